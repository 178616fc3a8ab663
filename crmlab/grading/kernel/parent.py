"""The warm parent: one process that has imported everything, and forks a kernel whenever one is asked for.

All processes of one person share it. It never runs a stranger's code, and reads neither what is asked of
a kernel nor any company: its children do, so that no child finds there what was meant for another.
"""

from __future__ import annotations

import fcntl
import gc
import os
import select
import signal
import socket
import sys
from pathlib import Path

from crmlab.grading.kernel import imports, keeper

SOCKET, STARTING, USERS = "socket", "starting.lock", "users.lock"
#: How often it looks whether anybody still needs it, in seconds.
_LOOK = 1.0


def main(folder: Path) -> None:
    """Serve at a socket in ``folder`` until nobody holds the lock of its users any more."""
    imports.load()
    imports.try_out()
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        raise RuntimeError(f"{threads} threads before the first fork: a forked kernel could hang")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are buried as they end
    gc.collect()
    gc.freeze()  # what is never looked at again is never copied
    path = folder / SOCKET
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(64)
        while True:
            if select.select([listener], [], [], _LOOK)[0]:
                _start(listener)
            elif _abandoned(folder):
                return


def _start(listener: socket.socket) -> None:
    control = listener.accept()[0]
    if os.fork():
        control.close()
        return
    listener.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    keeper.keep(control)


def _abandoned(folder: Path) -> bool:
    """Say whether nobody holds the lock of the users; then nobody new may begin to, either."""
    handles = [os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600) for name in (STARTING, USERS)]
    try:
        for handle in handles:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        for handle in handles:
            os.close(handle)
        return False
    (folder / SOCKET).unlink(missing_ok=True)
    return True  # both are held until this process ends


if __name__ == "__main__":
    main(Path(sys.argv[1]))
