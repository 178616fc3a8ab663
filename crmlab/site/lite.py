"""One edition: a JupyterLite with its labs, its menus and its Python, built by ``jupyter lite``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crmlab.errors import CrmlabError
from crmlab.site.python import preloaded
from crmlab.site.wheels import installed
from crmlab.work.folder import shipped_labs
from crmlab.work.jupyter import LOCALES

#: The extensions of JupyterLab that go into the site, whatever else is installed.
EXTENSIONS = {
    "jupyterlite-pyodide-kernel": "@jupyterlite/pyodide-kernel-extension",
    "jupyterlab-widgets": "@jupyter-widgets/jupyterlab-manager",
}
#: When the files are said to be of, so that a site depends on its content alone: the company's today.
EPOCH = int(datetime(2026, 1, 31, tzinfo=UTC).timestamp())
#: Seconds between two automatic saves.
SAVED_EVERY = 20


def bring(language: str, course: str | None, folder: Path) -> None:
    """Build the edition in ``language`` into ``folder``.

    Raises
    ------
    CrmlabError
        When JupyterLite does not build it; the end of what it said is in the message.
    """
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        shutil.copytree(
            shipped_labs(language)[0].parent,
            here / "files",
            ignore=lambda _, names: {name for name in names if not name.endswith((".ipynb", ".toml"))},
        )
        _write(here / "jupyter_lite_config.json", {"LiteBuildConfig": _build(folder)})
        _write(here / "jupyter-lite.json", _config(language, course))
        _write(here / "overrides.json", _overrides(language))
        done = subprocess.run(
            [sys.executable, "-m", "jupyterlite_core", "build"],
            cwd=here,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    if done.returncode:
        raise CrmlabError("site.not_built", reason="\n".join((done.stdout + done.stderr).splitlines()[-12:]))


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def _build(folder: Path) -> dict[str, Any]:
    return {
        "apps": ["lab"],
        "contents": ["files"],
        "federated_extensions": [str(_extension(package, name)) for package, name in EXTENSIONS.items()],
        "ignore_sys_prefix": ["federated_extensions"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(folder.absolute()),
        "source_date_epoch": EPOCH,
    }


def _extension(package: str, name: str) -> Path:
    """Return the folder in which an extension is installed."""
    ending = f"labextensions/{name}/package.json"
    for path in installed(package).files or ():
        if path.as_posix().endswith(ending):
            return Path(str(path.locate())).resolve().parent
    raise CrmlabError("site.no_package", package=package)


def _config(language: str, course: str | None) -> dict[str, Any]:
    environment = {"CRMLAB_LANGUAGE": language} | ({"CRMLAB_COURSE": course} if course else {})
    kernel = {
        "pyodideUrl": "./../static/pyodide/pyodide.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"env": environment, "packages": preloaded()},
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "crmlab",
            "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
        },
    }


def _overrides(language: str) -> dict[str, Any]:
    return {
        "@jupyterlab/translation-extension:plugin": {"locale": LOCALES[language]},
        "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": SAVED_EVERY},
    }
