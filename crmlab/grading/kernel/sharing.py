"""One warm parent for all processes of one person: found, or started, under a lock."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import crmlab
from crmlab.errors import CrmlabError
from crmlab.grading.kernel import starting
from crmlab.grading.kernel.parent import SOCKET, STARTING, USERS

_LOG = "parent.log"
#: Seconds for the imports of the parent, on a slow or busy computer.
_PATIENCE = 120


def connected() -> socket.socket:
    """Return a new connection to the parent, which is started if it is not there."""
    home = folder()
    _remain_user(home)
    try:
        return _connected(home)
    except OSError:
        with (home / STARTING).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                return _connected(home)  # somebody else was faster
            except OSError:
                return _started(home)


@cache
def folder() -> Path:
    """Return the folder of the parent of this Python and this crmlab; nobody else may look into it."""
    which = hashlib.sha256(f"{sys.executable} {crmlab.__file__} {crmlab.__version__}".encode()).hexdigest()
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    private = base / f"crmlab-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    found = private.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise CrmlabError("grading.kernel_folder", folder=private)
    home = private / which[:12]
    home.mkdir(exist_ok=True)
    return home


@cache
def _remain_user(home: Path) -> int:
    """Hold the lock of the users until this process ends: as long as somebody does, the parent stays."""
    handle = os.open(home / USERS, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def _connected(home: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(home / SOCKET))
    except OSError:
        connection.close()
        raise
    return connection


def _started(home: Path) -> socket.socket:
    with (home / _LOG).open("wb") as log:
        process = subprocess.Popen(
            [*starting.python("parent"), str(home)],
            env=starting.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C is meant for the grader
        )
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return _connected(home)
        except OSError:
            time.sleep(0.02)
    process.kill()
    said = (home / _LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise starting.NotStartedError(said[-1] if said else process.wait())
