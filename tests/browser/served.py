"""A built site, served from a sub-path as a school would serve it, and a browser that can reach nothing else.

What goes over the wire is counted; so is every attempt to reach another host.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
from driver import FLAGS, LOCALES, WINDOW, chromium
from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).parents[2]
#: The site is not at the root of its server.
UNDER = "/courses/crm"

#: Where Chromium itself looks for news, whatever page is open.
OF_CHROMIUM = {
    "accounts.google.com",
    "clients2.google.com",
    "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "redirector.gvt1.com",
    "update.googleapis.com",
}

#: The last cell of a solved lab: what can be compared with Python on a desktop.
REPORT = """\
import json
from pathlib import Path

from crmlab import open_company

progress = Path("crmlab-progress.json").read_text(encoding="utf-8")
print("REPORT", json.dumps({"checksums": open_company().checksums(), "progress": json.loads(progress)}))
"""


def distribution() -> Path | None:
    """Return the folder of a Pyodide distribution, if there is one."""
    named = os.environ.get("CRMLAB_PYODIDE")
    found = [Path(named)] if named else sorted((REPOSITORY.parent / "shared").glob("pyodide-*"))
    return next((folder for folder in found if (folder / "pyodide-lock.json").is_file()), None)


@dataclass
class Traffic:
    """What was asked of a server.

    Attributes
    ----------
    address : str
        Where the site is.
    files : dict
        Bytes sent, for each path.
    elsewhere : list of str
        What was asked of other hosts: nothing, it should be.
    stopped : bool
        Whether the server answers no more.
    """

    address: str = ""
    files: dict[str, int] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    stopped: bool = False

    def stop(self) -> None:
        """Let nothing be answered from now on, as if the network were gone."""
        self.stopped = True

    @property
    def sent(self) -> int:
        """Bytes of all files together."""
        return sum(self.files.values())


class _Site(SimpleHTTPRequestHandler):
    """Serves a folder, and notebooks besides that are not in it."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args, traffic: Traffic, extra: dict[str, bytes], **kwargs) -> None:
        self.traffic, self.extra = traffic, extra
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        if self.traffic.stopped:
            self.close_connection = True
            self.connection.close()
            return
        path = self.path.partition("?")[0].partition("#")[0]
        if not path.startswith(UNDER):
            self.send_error(404)
            return
        self.path = path.removeprefix(UNDER) or "/"
        if self.path in self.extra:
            self._send(self.extra[self.path])
            return
        super().do_GET()

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def copyfile(self, source, outputfile) -> None:
        self.traffic.files[self.path] = (
            self.traffic.files.get(self.path, 0) + os.fstat(source.fileno()).st_size
        )
        super().copyfile(source, outputfile)

    def log_message(self, *_) -> None:
        pass


class _Elsewhere(BaseHTTPRequestHandler):
    """A proxy that notes what it is asked for, and refuses."""

    def __init__(self, *args, traffic: Traffic) -> None:
        self.traffic = traffic
        super().__init__(*args)

    def do_GET(self) -> None:
        host = urlsplit(self.path if "//" in self.path else f"//{self.path}").hostname
        if host not in OF_CHROMIUM:
            self.traffic.elsewhere.append(self.path)
        self.send_error(403)

    do_CONNECT = do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@contextmanager
def _running(handler) -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def served(site: Path, solved: bool = False) -> Iterator[Traffic]:
    """Serve a site, with the solved labs besides where they are asked for: ``solved-01.ipynb`` and so on."""
    traffic = Traffic()
    extra = (
        {name: data for one in ("en", "zh") for name, data in _solved(site, one).items()} if solved else {}
    )
    with _running(partial(_Site, traffic=traffic, extra=extra, directory=str(site))) as server:
        traffic.address = f"http://127.0.0.1:{server.server_port}{UNDER}/"
        yield traffic


@contextmanager
def visitor(language: str, traffic: Traffic) -> Iterator[Page]:
    """Open a page in the browser of somebody who was never there, and can reach this computer alone."""
    with _running(partial(_Elsewhere, traffic=traffic)) as proxy, sync_playwright() as playwright:
        flags = [*FLAGS, f"--proxy-server=127.0.0.1:{proxy.server_port}"]
        opened = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield opened.new_context(locale=LOCALES[language], viewport=WINDOW).new_page()
        opened.close()


def _solved(site: Path, language: str) -> dict[str, bytes]:
    """Return the solved labs of an edition, and a list of its files that has them."""
    listing = site / language / "api" / "contents" / "all.json"
    if not listing.is_file():
        return {}
    listed = json.loads(listing.read_text(encoding="utf-8"))
    like = next(one for one in listed["content"] if one["type"] == "notebook")
    added = {}
    for path in sorted((REPOSITORY / "solutions" / language).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(REPORT))
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        name = f"solved-{path.name[:2]}.ipynb"
        data = nbformat.writes(notebook).encode()
        added[f"/{language}/files/{name}"] = data
        listed["content"].append({**like, "name": name, "path": name, "size": len(data)})
    added[f"/{language}/api/contents/all.json"] = json.dumps(listed).encode()
    return added
