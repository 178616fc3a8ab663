// Python comes from another server; the lock file and the wheels of the labs are beside this script.
importScripts(new URL("pyodide.js", "@address@").href);

self.loadPyodide = ((load) => async (options) => {
  const here = options.indexURL;
  const lock = await (await fetch(new URL("pyodide-lock.json", here))).json();
  for (const one of Object.values(lock.packages)) one.file_name = new URL(one.file_name, here).href;
  const whole = new Blob([JSON.stringify(lock)], { type: "application/json" });
  return load({ ...options, indexURL: "@address@", lockFileURL: URL.createObjectURL(whole) });
})(self.loadPyodide);
