"""Starting a kernel from the grader's side: warm where there is a parent, cold elsewhere."""

from __future__ import annotations

import os
import site
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import crmlab
from crmlab.errors import CrmlabError
from crmlab.grading.kernel.contract import Death, Limits
from crmlab.grading.kernel.wire import GoneError, SilenceError, Wire, packed

#: A process with several threads cannot be forked safely, and kernels would wait for each other.
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # PyArrow's memory has a thread of its own
}
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME",
         "XDG_CONFIG_HOME", "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP")  # fmt: skip
#: Seconds for a keeper to say why its kernel has ended.
_TOLD = 1.5


class RefusedError(Exception):
    """There are no walls on this computer; the message says what was refused."""


class NotStartedError(CrmlabError):
    """A kernel did not begin, which says nothing about the next one.

    Parameters
    ----------
    reason : object
        What this computer says, which knows no languages.
    """

    def __init__(self, reason: object) -> None:
        super().__init__("grading.kernel_start", reason=reason)
        self.reason = str(reason)


class Kernel:
    """A running kernel.

    Parameters
    ----------
    control : Wire or None
        To its keeper, which ends everything when this is closed; None where there is no keeper.
    channel : Wire
        To the kernel.
    process : Popen, optional
        Of a cold kernel.
    """

    def __init__(self, control: Wire | None, channel: Wire, process: subprocess.Popen | None = None) -> None:
        self._control, self.channel, self._process = control, channel, process

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the cell that runs, where that can be done."""
        try:
            if self._control is not None:
                self._control.end.sendall(b"i")
        except OSError:
            pass  # it has just ended

    def seal(self) -> None:
        """Let nothing more be written beside the sockets of Jupyter's protocol."""
        if self._control is not None:
            self._control.end.sendall(b"s")

    def is_alive(self) -> bool:
        """Say whether the kernel still has its end of the connection open."""
        try:
            self.channel.receive(0.001)
        except SilenceError:
            return True
        except GoneError:
            return False
        return True

    def why(self) -> Death:
        """Return why the kernel is gone.

        Raises
        ------
        RefusedError, NotStartedError
            When it never was there.
        """
        try:
            said = self._control.receive(_TOLD) if self._control else {}
        except (GoneError, SilenceError):
            said = {}
        if "refused" in said:
            raise RefusedError(said["refused"])
        if "failed" in said:
            raise NotStartedError(said["failed"])
        return "memory" if said.get("died") == "memory" else "crash"

    def end(self) -> None:
        """End the kernel, with all that it started; a second time does nothing."""
        self.channel.close()
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            if self._control is None:
                self._process.kill()
            self._process.wait()


def start(request: dict[str, Any], limits: Limits, *, warm: bool, bare: bool) -> Kernel:
    """Return a kernel, before it is ready.

    Parameters
    ----------
    request : dict
        See `crmlab.grading.kernel.keeper.keep`.
    limits : Limits
    warm : bool
        Whether to fork it from the parent, where there can be one.
    bare : bool
        Whether to do without walls.
    """
    request = {**request, "limits": asdict(limits), "bare": bare}
    here, there = socket.socketpair()
    with there:
        if sys.platform == "win32":
            return _started_on_windows(here, there, request)
        control, process = (_forked(), None) if warm and can_fork() else _alone()
        socket.send_fds(control, [packed(request)], [there.fileno()])
        return Kernel(Wire(control), Wire(here), process)


def can_fork() -> bool:
    """Say whether kernels can be forked here: elsewhere libraries of the system do not survive it."""
    return sys.platform == "linux"


def wake() -> None:
    """Have the warm parent started for those who will need it, where there can be one, and do not wait."""
    if can_fork():
        threading.Thread(target=_wake, daemon=True).start()


def _wake() -> None:
    with suppress(CrmlabError, OSError):  # whoever needs it is told
        _forked().close()


def _forked() -> socket.socket:
    from crmlab.grading.kernel import sharing  # knows locks that only POSIX has

    return sharing.connected()


def _alone() -> tuple[socket.socket, subprocess.Popen]:
    here, there = socket.socketpair()
    with there:
        command = [*python("alone"), str(there.fileno())]
        process = subprocess.Popen(
            command, env=environment(), pass_fds=[there.fileno()], stdin=subprocess.DEVNULL, cwd="/"
        )
    return here, process


def _started_on_windows(here: Any, there: Any, request: dict[str, Any]) -> Kernel:
    process = subprocess.Popen(python("alone"), env=environment(), stdin=subprocess.PIPE)
    assert process.stdin is not None
    shared = there.share(process.pid)
    process.stdin.write(len(shared).to_bytes(4, "little") + shared)
    process.stdin.close()
    channel = Wire(here)
    channel.send(request)
    return Kernel(None, channel, process)


def python(module: str) -> list[str]:
    """Return the command that runs a module of this package."""
    return [sys.executable, "-P", "-m", f"crmlab.grading.kernel.{module}"]


def environment() -> dict[str, str]:
    """Return the environment of kernels and of their parent: nothing of the grader's that is not needed."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    package = str(Path(crmlab.__file__).parents[1])
    path = {} if package in (*site.getsitepackages(), site.getusersitepackages()) else {"PYTHONPATH": package}
    return kept | _ONE_THREAD | {"PYTHONHASHSEED": "0"} | path
