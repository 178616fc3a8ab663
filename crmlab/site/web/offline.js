// Nothing is fetched before the service worker can keep it.

/**
 * Register a service worker, and wait until this page is in its hands.
 *
 * `jupyterlite` is JupyterLite's version: where it finds another one noted, it drops all service workers.
 */
export async function controlled(script, jupyterlite = null) {
  const workers = navigator.serviceWorker;
  if (!workers) return false; // plain http, and not from this computer: the browser allows none
  const wanted = new URL(script, document.baseURI).href;
  if (jupyterlite) localStorage.setItem(`${wanted}-version`, jupyterlite);
  await workers.register(wanted);
  const ours = () => workers.controller?.scriptURL === wanted;
  if (!ours()) {
    await Promise.race([
      new Promise((taken) => workers.addEventListener("controllerchange", () => ours() && taken())),
      new Promise((patience) => setTimeout(patience, 4000)),
    ]);
    await Promise.all([location.href, import.meta.url].map((once) => fetch(once)));
  }
  return Boolean(workers.controller);
}

/** Fetch all files that `wanted` names, a few at a time; the service worker keeps them. */
export async function fetchAll(wanted, tell) {
  let done = 0;
  const waiting = [...wanted];
  async function next() {
    while (waiting.length) {
      const [name, size] = waiting.shift();
      const answer = await fetch(name);
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      await answer.arrayBuffer();
      tell((done += size));
    }
  }
  await Promise.all(Array.from({ length: 4 }, next));
}
