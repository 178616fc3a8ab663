// Keeps what was fetched, so that the site goes on without a network, and hands a notebook's files to Python.
const VERSION = "@version@";
const ROOT = new URL("@root@", self.location).href;
const REMOTE = "@remote@";
const AHEAD = ["@ahead@"];
const CACHE = `crmlab ${ROOT} ${VERSION}`;

// JupyterLite's page answers here; the names are its own.
const jupyterlite = new BroadcastChannel("/sw-api.v1");

self.addEventListener("install", (event) => event.waitUntil(begin()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const answer = answered(event.request);
  if (answer) event.respondWith(answer);
});

// The start pages, or all labs: they are small, and whoever has opened one has them all.
async function begin() {
  await (await caches.open(CACHE)).addAll(AHEAD);
  await self.skipWaiting();
}

async function takeOver() {
  const older = (name) => name.startsWith(`crmlab ${ROOT} `) && name !== CACHE;
  for (const name of await caches.keys()) if (older(name)) await caches.delete(name);
  await self.clients.claim();
}

function answered(request) {
  const { href, origin, pathname } = new URL(request.url);
  const ours = origin === self.location.origin;
  if (ours && pathname.endsWith("/api/service-worker-heartbeat")) return new Response("ok");
  if (ours && /\/api\/(drive|stdin\/)/.test(pathname)) return fromPage(request, pathname);
  if (request.method !== "GET") return null;
  return href.startsWith(ROOT) || (REMOTE && href.startsWith(REMOTE)) ? kept(request) : null;
}

// What stands behind a question mark says which lab to open, never which file to send.
async function kept({ url }) {
  const address = url.replace(/[?#].*/, "");
  const cache = await caches.open(CACHE);
  const known = await cache.match(address);
  if (known) return known;
  const answer = await fetch(address);
  if (answer.ok) await cache.put(address, answer.clone());
  return answer;
}

async function fromPage(request, pathname) {
  const message = await request.json();
  const answer = new Promise((resolve) => {
    const listen = ({ data }) => {
      if (data.browsingContextId !== message.browsingContextId) return;
      jupyterlite.removeEventListener("message", listen);
      resolve(new Response(JSON.stringify(data.response)));
    };
    jupyterlite.addEventListener("message", listen);
  });
  jupyterlite.postMessage({ ...message, pathname });
  return await answer;
}
