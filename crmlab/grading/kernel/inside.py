"""The kernel itself: runs cells as IPython does, and hands over answers as plain data.

What is in here shares its process with a stranger's code. Nothing depends on it being left alone: all
that can be forged is the value of an answer, which is judged elsewhere.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from crmlab.grading.kernel import public
from crmlab.grading.kernel.wire import GoneError, Wire

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: A submission that draws at random earns the same marks each time that it is graded.
SEED = 2026
#: Characters of an error's message that leave the kernel.
_MESSAGE = 300
#: What the environment of a kernel holds, and no more.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def prepare(scratch: Path, company: Company) -> None:
    """Make the process look new: its environment, its folder, its random numbers, its company."""
    import numpy as np

    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=str(scratch), TMPDIR=str(scratch))
    os.environ.update(CRMLAB_LANGUAGE=company.language, CRMLAB_PROGRESS="off")
    os.chdir(scratch)
    random.seed(SEED)
    np.random.seed(SEED)
    public.use(company)


def serve(channel: socket.socket, jupyter: dict[str, Any] | None = None) -> NoReturn:
    """Run the cells and answer the questions that come over ``channel``, until the grader hangs up.

    Parameters
    ----------
    channel : socket
    jupyter : dict, optional
        The connection of a kernel that speaks Jupyter's own protocol instead.
    """
    wire = Wire(channel)
    try:
        if jupyter:
            from crmlab.grading.kernel import protocol

            protocol.serve(jupyter, made=lambda: wire.send({"ready": True}))
        else:
            _serve_cells(wire)
    except GoneError:
        pass
    except Exception as error:
        wire.send({"failed": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)  # without what a stranger has registered for the end


def _serve_cells(wire: Wire) -> None:
    from crmlab.grading.kernel.shell import shell as own_shell

    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (to the end)
    shell, process = own_shell(), os.getpid()
    wire.send({"ready": True})
    while True:
        with suppress(KeyboardInterrupt):  # which came too late for the cell that it was meant for
            message = wire.receive()
            work = _run if message["do"] == "cell" else _ask
            reply = work(shell, message)
            if os.getpid() != process:
                os._exit(0)  # a copy that a cell has made of the kernel
            wire.send(reply | {"nonce": message["nonce"]})


def _run(shell: Any, message: dict[str, Any]) -> dict[str, Any]:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    result = shell.run_cell(message["code"])
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return {"status": "ok"}
    if isinstance(error, KeyboardInterrupt):
        return {"status": "timeout"}
    return {"status": "error"} | _described(error)


def _ask(shell: Any, message: dict[str, Any]) -> dict[str, Any]:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        answer = eval(message["expression"], shell.user_global_ns, shell.user_ns)
        text = as_json(answer)
    except KeyboardInterrupt:
        return {"problem": "timeout"}
    except BaseException as error:  # a stranger's: it may raise whatever it likes
        return {"problem": "error"} | _described(error)
    return {"json": text} if len(text) <= message["longest"] else {"problem": "large"}


def as_json(answer: object) -> str:
    """Return an answer as data for `crmlab.checks.kept.read`.

    Examples
    --------
    >>> as_json(800)
    '{"form": "value", "columns": [{"name": null, "values": [800], "index": false}]}'
    """
    from crmlab.checks.answer import plain

    read = plain(answer)
    return json.dumps({"form": read.form, "columns": [vars(column) for column in read.columns]})


def _described(error: BaseException) -> dict[str, str]:
    try:
        message = str(error)
    except Exception:
        message = ""
    return {"name": type(error).__name__[:_MESSAGE], "message": message[:_MESSAGE]}
