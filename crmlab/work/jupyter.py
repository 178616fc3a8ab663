"""JupyterLab, started on a student's folder and leaving the student's own JupyterLab alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from crmlab.files import replace_file
from crmlab.work.folder import HIDDEN, usable

SETTINGS = HIDDEN / "lab-settings"
WINDOWS = HIDDEN / "lab-workspaces"
KERNELS = HIDDEN / "jupyter"
_IN_FILE = ("CRMLAB_LANGUAGE", "CRMLAB_ACCOUNT", "CRMLAB_COURSE")

#: For kernels: newer ones warn that what they say within this computer is not encrypted.
QUIET = "--log-level=40"

#: JupyterLab's names for the languages of its menus.
LOCALES = {"en": "en", "zh": "zh_CN"}


def start(folder: Path, language: str, notebook: Path | None, arguments: Sequence[str] = ()) -> int:
    """Run JupyterLab until it is stopped, and return its exit status.

    Parameters
    ----------
    folder : Path
        The student's folder.
    language : str
        Language of the menus, "en" or "zh".
    notebook : Path, optional
        What to open in it. Without one, what was open when it was left is open again.
    arguments : sequence of str
        Handed on to JupyterLab.
    """
    with usable(folder, language):
        surroundings = environment(folder, language)
    return run(command(folder, notebook, arguments), surroundings)


def run(command: Sequence[str], surroundings: Mapping[str, str], folder: Path | None = None) -> int:
    """Run a server in ``folder`` until it is stopped, and return its exit status.

    Ctrl-C reaches the server by itself, which knows what to do with it; crmlab has only to outlive it.
    """
    interrupt = signal.signal(signal.SIGINT, lambda *_: None)
    running = subprocess.Popen(command, env=surroundings, cwd=folder)
    terminate = signal.signal(signal.SIGTERM, lambda *_: running.terminate())
    try:
        status = running.wait()
    finally:
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, terminate)
    return status if status >= 0 else 128 - status


def was_open(folder: Path) -> bool:
    """Say whether JupyterLab remembers what was open in ``folder``."""
    return any((folder / WINDOWS).glob("*.jupyterlab-workspace"))


def command(folder: Path, notebook: Path | None, arguments: Sequence[str] = ()) -> list[str]:
    """Return the command that starts JupyterLab."""
    url = f"/lab/tree/{quote(notebook.relative_to(folder).as_posix())}" if notebook else "/lab"
    line = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url={url}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container there is often nobody but root.
        line.append("--allow-root")
    return [*line, "--ServerApp.log_level=ERROR", "--LabApp.log_level=ERROR", *arguments]


def environment(folder: Path, language: str) -> dict[str, str]:
    """Return the environment for JupyterLab, and write what it points to.

    JupyterLab's settings and its memory of open windows belong to the folder. The kernel called "python3"
    is the Python that runs crmlab, also where another one was installed under that name. Who works here
    stands in the folder's ``crmlab.toml`` and nowhere else.
    """
    _write_settings(folder / SETTINGS, language)
    write_kernel(folder / KERNELS)
    inherited = {name: value for name, value in os.environ.items() if name not in _IN_FILE}
    kernels = os.pathsep.join(filter(None, [str(folder / KERNELS), inherited.get("JUPYTER_PATH")]))
    return inherited | {
        "JUPYTER_PATH": kernels,
        "JUPYTERLAB_SETTINGS_DIR": str(folder / SETTINGS),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / WINDOWS),
    }


def _write_settings(folder: Path, language: str) -> None:
    """Write the settings that are not there yet; what the student set later stays."""
    first = {
        "translation-extension/plugin": {"locale": LOCALES[language]},
        # Jupyter's news are fetched from abroad, and asking for them is the first thing a student sees.
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    for name, values in first.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        if not path.exists():
            replace_file(path, json.dumps(values, indent=4).encode())


def write_kernel(folder: Path) -> None:
    """Write, under ``folder``, that the kernel called "python3" is the Python that runs crmlab."""
    from ipykernel.kernelspec import get_kernel_dict

    kernel = get_kernel_dict(extra_arguments=[QUIET])
    replace_file(folder / "kernels" / "python3" / "kernel.json", json.dumps(kernel).encode())
