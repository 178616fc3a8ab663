"""The site without a network: a service worker that keeps what was fetched, and the list of all files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from crmlab.errors import CrmlabError

#: All files of the site with their sizes, for the button that fetches them all.
LIST = "crmlab-site.json"
WORKER = "service-worker.js"
#: What the page of JupyterLab waits for, so that nothing is fetched past the service worker.
_WAIT = "await (await import('../../offline.js')).controlled('../service-worker.js?enableCache=false', {});"
_CONFIG = "await import(\n          '../config-utils.js"
_PRELOAD = 'rel="preload"\n      href="../build/lab/bundle.js'


def write(site: Path, languages: Sequence[str], pyodide: str) -> None:
    """Make a built site work without a network after it was visited.

    Each edition gets the service worker in place of JupyterLite's, which keeps nothing. It has the same
    duties: it hands the files of a notebook to Python.
    """
    web = Path(__file__).parent / "web"
    (site / "offline.js").write_bytes((web / "offline.js").read_bytes())
    for language in languages:
        _await_worker(site / language)
    digest, files = _files(site)
    content = json.dumps({"version": digest, "files": files}, indent=0, sort_keys=True)
    (site / LIST).write_text(content, encoding="utf-8")
    remote = pyodide if pyodide.startswith(("http://", "https://")) else ""
    script = (web / WORKER).read_text(encoding="utf-8")
    for folder in (site, *(site / language for language in languages)):
        kept = folder.iterdir() if folder == site else (folder / "files").glob("*")
        ahead = sorted(
            quote(path.relative_to(folder).as_posix())
            for path in kept
            if path.is_file() and path.name not in (WORKER, LIST)
        )
        blanks = {
            '"@version@"': digest,
            '"@remote@"': remote,
            '"@root@"': "./" if folder == site else "../",
            '["@ahead@"]': ahead,
        }
        filled = script
        for blank, value in blanks.items():
            filled = filled.replace(blank, json.dumps(value))
        (folder / WORKER).write_text(filled, encoding="utf-8")


def _await_worker(edition: Path) -> None:
    page = edition / "lab" / "index.html"
    text = page.read_text(encoding="utf-8")
    config = json.loads((edition / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    if _CONFIG not in text or _PRELOAD not in text:
        raise CrmlabError("site.other_jupyterlite", page=page)
    text = text.replace(
        _CONFIG, f"{_WAIT.format(json.dumps(config['appVersion']))}\n        {_CONFIG}"
    ).replace(_PRELOAD, _PRELOAD.replace('rel="preload"', 'rel="bundle"'))
    page.write_text(text.replace("<title>JupyterLite</title>", "<title>crmlab</title>"), encoding="utf-8")


def _files(site: Path) -> tuple[str, dict[str, int]]:
    """Return a digest of all files, and each with its size."""
    whole, files = hashlib.sha256(), {}
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.is_file() and not name.endswith((WORKER, LIST)):
            data = path.read_bytes()
            whole.update(f"{name} {hashlib.sha256(data).hexdigest()}\n".encode())
            files[name] = len(data)
    return whole.hexdigest()[:16], files
