"""The site without a network: a service worker that keeps what was fetched, and the list of all files."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from crmlab.errors import CrmlabError

#: All files of the site with their sizes, for the button that fetches them all.
LIST = "crmlab-site.json"
WORKER = "service-worker.js"
WEB = Path(__file__).parent / "web"
#: What the page of JupyterLab waits for, so that nothing is fetched past the service worker.
_WAIT = "await (await import('../../offline.js')).controlled('../service-worker.js?enableCache=false', {});"
_CONFIG = "await import(\n          '../config-utils.js"
_PRELOAD = 'rel="preload"\n      href="../build/lab/bundle.js'


def write(site: Path, languages: Sequence[str], remote: str | None) -> None:
    """Make a built site work without a network after it was visited.

    Each edition gets the service worker in place of JupyterLite's, which keeps nothing. It has the same
    duties: it hands the files of a notebook to Python.

    Parameters
    ----------
    site : Path
    languages : sequence of str
    remote : str or None
        The address that Python comes from, where that is another server.
    """
    shutil.copyfile(WEB / "offline.js", site / "offline.js")
    for language in languages:
        _await_worker(site / language)
    digest, files = _files(site)
    content = json.dumps({"version": digest, "files": files}, indent=0, sort_keys=True)
    (site / LIST).write_text(content, encoding="utf-8")
    known = {'"@version@"': digest, '"@remote@"': remote or ""}
    _write_worker(site, known | {'"@root@"': "./", '["@ahead@"]': _ahead(site, "*")})
    for language in languages:
        edition = site / language
        _write_worker(edition, known | {'"@root@"': "../", '["@ahead@"]': _ahead(edition, "files/*")})


def _ahead(folder: Path, pattern: str) -> list[str]:
    """Return the addresses of what is fetched at the first visit: small, and needed by all."""
    found = (path for path in folder.glob(pattern) if path.is_file() and path.name not in (WORKER, LIST))
    return sorted(quote(path.relative_to(folder).as_posix()) for path in found)


def _write_worker(folder: Path, blanks: Mapping[str, object]) -> None:
    script = (WEB / WORKER).read_text(encoding="utf-8")
    for blank, value in blanks.items():
        script = script.replace(blank, json.dumps(value))
    (folder / WORKER).write_text(script, encoding="utf-8")


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
