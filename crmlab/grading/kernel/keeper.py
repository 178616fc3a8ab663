"""The process beside a kernel: locks it in, watches over it, and takes all that it started with it.

The kernel is the first process of a namespace of its own, so that whatever it starts ends with it; and it
ends when the grader hangs up. The keeper stays outside of that namespace, where the kernel cannot see it.
"""

from __future__ import annotations

import errno
import json
import os
import re
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from crmlab.grading.kernel import inside, public, sandbox
from crmlab.grading.kernel.contract import Limits
from crmlab.grading.kernel.wire import packed

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: How often a keeper looks at the memory, in seconds.
_LOOK = 0.25
#: What a busy computer says, and an unwilling one does not.
_BUSY = (errno.EAGAIN, errno.ENOMEM)
#: No process here has opened as many files.
_MOST_FILES = 65536
_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


def keep(control: socket.socket) -> NoReturn:
    """Start the kernel that is asked for over ``control``, and stay with it to its end.

    The request is a line of JSON with the kernel's own connection beside it: "company", the folder with
    the public copy; "limits"; "bare", whether to do without walls; "scratch", the folder to work in then;
    "jupyter" and "sockets" of a kernel that speaks Jupyter's protocol. An answer comes only if there is
    no kernel: "refused" where there can be no walls, "failed" where there was another reason, or "died".
    """
    try:
        line, (handle,), *_ = socket.recv_fds(control, 65536, 1)
        request, channel = json.loads(line), socket.socket(fileno=handle)
        limits, number = Limits(**request["limits"]), sandbox.FIRST_USER + os.getpid()
        company = public.read(Path(request["company"]))
        if request.get("sockets"):
            sandbox.hand_over(request["sockets"], number)
        if not request["bare"]:
            _wall(control, sandbox.enter)
        parent = os.getppid()
        built, building = os.pipe()  # the kernel closes its end when its walls stand
        kernel = os.fork()
        if kernel == 0:
            _be_kernel(control, channel, request, company, limits, number)
        channel.close()
        os.close(building)
        _watch(kernel, control, built, limits, parent, walls=not request["bare"])
    except Exception as error:
        _tell(control, failed=_said(error))
    os._exit(0)


def _wall(control: socket.socket, build: Callable[..., None], *given: object) -> None:
    """Build a part of the walls; where that fails, there is no kernel."""
    try:
        build(*given)
    except Exception as error:
        busy = isinstance(error, OSError) and error.errno in _BUSY
        _tell(control, **{"failed" if busy else "refused": _said(error)})
        os._exit(1)


def _be_kernel(
    control: socket.socket,
    channel: socket.socket,
    request: dict[str, Any],
    company: Company,
    limits: Limits,
    number: int,
) -> NoReturn:
    """Build the walls, give everything up but the connection, then serve."""
    os.setsid()
    if not request["bare"]:
        _wall(control, sandbox.furnish, request.get("sockets"), limits)
    try:
        control.close()
        _close_all_but(channel.fileno())
        sandbox.limit(limits, walls=not request["bare"])
        if not request["bare"]:
            sandbox.give_up_privileges(number)
            request["scratch"] = sandbox.SCRATCH
        inside.prepare(Path(request["scratch"]), company)
    except Exception as error:
        _tell(channel, failed=_said(error))
        os._exit(1)
    inside.serve(channel, request.get("jupyter"))


def _close_all_but(handle: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, handle)
    os.closerange(handle + 1, _MOST_FILES)


def _watch(
    kernel: int, control: socket.socket, built: int, limits: Limits, parent: int, *, walls: bool
) -> None:
    """Pass interrupts on until the kernel ends, uses too much memory, or nobody is there who needs it.

    Until the walls stand, which is when ``built`` is closed, the processes to be seen are all those of the
    computer.
    """
    while os.waitpid(kernel, os.WNOHANG) == (0, 0):
        if select.select([control], [], [], _LOOK)[0]:
            asked = control.recv(1)
            if asked == b"i":
                os.kill(kernel, signal.SIGINT)
            elif asked == b"s":
                sandbox.close_sockets() if walls else None
            else:
                return _end(kernel, walls)
        if os.getppid() != parent:
            return _end(kernel, walls)
        if walls and select.select([built], [], [], 0)[0] and _memory() > limits.memory_mb:
            _end(kernel, walls)
            return _tell(control, died="memory")
    _tell(control, died="crash")
    return None


def _end(kernel: int, walls: bool) -> None:
    """End everything; without walls whatever stays in the kernel's own group of processes."""
    with suppress(ProcessLookupError):
        os.kill(kernel, signal.SIGKILL) if walls else os.killpg(kernel, signal.SIGKILL)
    os.waitpid(kernel, 0)


def _memory() -> float:
    """Return the megabytes that the kernel and the processes that it started use.

    One process alone is held by its own limit, and is not looked at.
    """
    processes = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
    return sum(map(_share, processes)) / 1024 if len(processes) > 1 else 0


def _share(process: Path) -> float:
    try:
        found = _PSS.search((process / "smaps_rollup").read_bytes())
    except PermissionError:
        return float("inf")  # it hides, which no notebook needs
    except OSError:
        return 0  # it has ended
    return int(found[1]) if found else 0


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _tell(end: socket.socket, **words: str) -> None:
    with suppress(OSError):
        end.sendall(packed(words))
