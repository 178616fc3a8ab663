"""The Analysis page in the browser without a notebook: Voilà, run on a notebook of one cell."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from crmlab.errors import CrmlabError
from crmlab.locale import say
from crmlab.work.jupyter import run, write_kernel

#: The first port that is tried; Voilà's own.
PORT = 8866
HOST = "127.0.0.1"
#: Beside this file are, where Voilà looks for them, the templates of the page.
TEMPLATES = Path(__file__).parent
NOTEBOOK = "dashboard.ipynb"
#: Of the extensions of JupyterLab, the page needs these; others may not fit Voilà.
EXTENSIONS = [
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
]
TORNADO = {
    # Nothing leaves this computer, whatever a package in the page would like to fetch.
    "headers": {"Content-Security-Policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"},
    # As often as Voilà asks whether the page is still there; otherwise Tornado says that it corrects it.
    "ws_ping_timeout": 30_000,
}
#: What an HTML page calls its language.
HTML_LANGUAGES = {"en": "en", "zh": "zh-CN"}


def check(language: str, port: int | None) -> int:
    """Return the port to use.

    Raises
    ------
    CrmlabError
        When Voilà is not installed, or ``port`` is in use.
    """
    if find_spec("voila") is None:
        raise CrmlabError("dashboard.no_voila", language)
    if port is None:
        return next(filter(_is_free, range(PORT, PORT + 100)))
    if not _is_free(port):
        raise CrmlabError("dashboard.port_taken", language, port=port)
    return port


def _is_free(port: int) -> bool:
    """Say whether nobody answers at ``port``."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex((HOST, port)) != 0


def serve(call: str, language: str, port: int, tell: Callable[[str], None], *, browser: bool = True) -> int:
    """Show what ``call`` returns until it is stopped, and return the exit status.

    Parameters
    ----------
    call : str
        The Python of the one cell; it runs in the current folder.
    language : str
        "en" or "zh".
    port : int
    tell : callable
        Called with the sentence that says where the page is, once it is there.
    browser : bool
        Whether to open the page, too.
    """
    address = f"http://{HOST}:{port}/"

    def announce() -> None:
        while _is_free(port):
            time.sleep(0.1)
        tell(say("dashboard.open", language, address=address))
        if browser:
            webbrowser.open(address)

    with TemporaryDirectory(prefix="crmlab-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page = notebook(f"import os\n\nos.chdir({str(Path.cwd())!r})\n{call}", language)
        for file, content in ((NOTEBOOK, page), ("voila.json", configuration(port))):
            (folder / file).write_text(json.dumps(content), encoding="utf-8")
        write_kernel(folder / "jupyter")
        threading.Thread(target=announce, daemon=True).start()
        command = [sys.executable, "-m", "voila", NOTEBOOK]
        return run(command, environment(folder), folder)


def notebook(code: str, language: str) -> dict[str, object]:
    """Return a notebook of one cell, with its language, its title and what is said until it has run.

    Examples
    --------
    >>> notebook("1 + 1", "zh")["metadata"]["title"]
    'CRM 分析'
    """
    cell = {"id": "page", "cell_type": "code", "source": code, "metadata": {}, "outputs": []}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "title": say("dashboard.title", language),
            "crmlab": {"language": HTML_LANGUAGES[language], "loading": say("dashboard.loading", language)},
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        },
        "cells": [{**cell, "execution_count": None}],
    }


def configuration(port: int) -> dict[str, dict[str, object]]:
    """Return what stands in the file in which Voilà looks for its settings."""
    return {
        "Voila": {
            "ip": HOST,
            "port": port,
            "port_retries": 0,
            "open_browser": False,
            "log_level": "ERROR",
            "tornado_settings": TORNADO,
        },
        "VoilaConfiguration": {
            "template": "crmlab",
            "theme": "light",
            "extension_allowlist": EXTENSIONS,
        },
    }


def environment(folder: Path) -> Mapping[str, str]:
    """Return the environment for Voilà: where its templates are, and the Python that runs crmlab."""
    paths = [str(TEMPLATES), str(folder / "jupyter"), os.environ.get("JUPYTER_PATH")]
    return os.environ | {"JUPYTER_PATH": os.pathsep.join(filter(None, paths))}
