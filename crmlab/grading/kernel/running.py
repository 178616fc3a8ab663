"""Running one notebook on one company: every cell, every question, whatever happens on the way."""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crmlab.errors import CrmlabError
from crmlab.grading.kernel import starting
from crmlab.grading.kernel.contract import CellOutcome, Death, Limits, Probe, Reply, RunResult
from crmlab.grading.kernel.starting import Kernel, NotStartedError, RefusedError
from crmlab.grading.kernel.wire import GoneError, SilenceError
from crmlab.grading.result import note
from crmlab.locale import Text

#: How often a kernel that died is replaced.
_RESTARTS = 3
#: Seconds for a kernel to begin; to let go of a cell; for the answers once the time is over.
_BEGIN, _LET_GO, _LAST = 120, 2, 10
_MESSAGE = 300


class _StuckError(Exception):
    """A kernel does not let go of what it does."""


def run(
    cells: Sequence[str],
    company: Path,
    probes: Sequence[Probe] = (),
    limits: Limits | None = None,
    *,
    trust: bool = False,
    warm: bool = True,
    language: str | None = None,
) -> RunResult:
    """Run the cells of a notebook in a kernel of its own, and ask it for answers on the way.

    A cell that takes too long is interrupted, and the next one goes on. A kernel that dies is replaced:
    the cells before are run again, without the one that it died of. Answers that it gave stay.

    Parameters
    ----------
    cells : sequence of str
        The code, in order.
    company : Path
        The folder with the company's public copy (`crmlab.grading.kernel.publish`).
    probes : sequence of Probe
        What to ask for, and when.
    limits : Limits, optional
    trust : bool
        Whether to run even where this computer offers no walls; the result says so.
    warm : bool
        Whether to fork the kernel from the warm parent where that can be done. The result is the same.
    language : str, optional
        Of the errors.

    Raises
    ------
    NotStartedError
        When no kernel begins; the next one may.
    CrmlabError
        When there are no walls and ``trust`` was not said.

    Examples
    --------
    >>> from crmlab import open_company
    >>> from crmlab.grading.kernel import publish
    >>> folder = getfixture("tmp_path")
    >>> publish(open_company(language="en"), folder)
    >>> cells = ["from crmlab import open_company", "n = len(open_company().customers)"]
    >>> run(cells, folder, [Probe("1.1", "n")], trust=True).replies["1.1"].json
    '{"form": "value", "columns": [{"name": null, "values": [800], "index": false}]}'
    """
    notebook = _Notebook(cells, probes, limits or Limits())
    return notebook.run(company, trust=trust, warm=warm, language=language)


class _Notebook:
    """A notebook on its way: what became of its cells, and what it has answered."""

    def __init__(self, cells: Sequence[str], probes: Sequence[Probe], limits: Limits) -> None:
        self.cells, self.probes, self.limits = cells, probes, limits
        self.outcomes: dict[int, CellOutcome] = {}
        self.replies: dict[str, Reply] = {}
        self.warnings: tuple[Text, ...] = ()
        self.died: Death | None = None
        self.deadline = 0.0

    def run(self, company: Path, **how: Any) -> RunResult:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            request = {"company": str(company.absolute()), "scratch": scratch}
            for _ in range(1 + _RESTARTS):
                kernel, self.warnings = started(request, self.limits, **how)
                self.deadline = self.deadline or time.monotonic() + self.limits.seconds
                try:
                    self._go_through(kernel)
                except _StuckError:
                    self.died = "time"
                except GoneError:
                    kernel.channel.close()  # so that it goes if it is still there
                    self.died = kernel.why()
                finally:
                    kernel.end()
                if len(self.replies) == len(self.probes) or self._left() <= 0:
                    break
        dead, skipped = Reply(problem="dead"), CellOutcome("skipped")
        return RunResult(
            {probe.question: self.replies.get(probe.question, dead) for probe in self.probes},
            tuple(self.outcomes.get(at, skipped) for at in range(len(self.cells))),
            self.died,
            round(time.monotonic() - begun, 3),
            self.warnings,
        )

    def _go_through(self, kernel: Kernel) -> None:
        """Run all cells but those that a kernel died of, and ask what has not been answered."""
        for at, code in enumerate(self.cells):
            if self.outcomes.get(at, CellOutcome("ok")).status != "killed" and self._left() > 0:
                self._run(kernel, at, code)
            self._ask_after(kernel, at)
        self._ask_after(kernel, None)

    def _run(self, kernel: Kernel, at: int, code: str) -> None:
        begun = time.monotonic()
        self.outcomes[at] = CellOutcome("killed")  # unless the kernel survives it
        seconds = min(self.limits.cell_seconds, self._left())
        said, late = _exchange(kernel, {"do": "cell", "code": code}, seconds)
        outcome = CellOutcome("timeout") if late else _outcome(said)
        self.outcomes[at] = replace(outcome, seconds=round(time.monotonic() - begun, 3))

    def _ask_after(self, kernel: Kernel, at: int | None) -> None:
        for probe in self.probes:
            if probe.after == at and probe.question not in self.replies:
                self.replies[probe.question] = Reply(problem="dead")  # unless it survives the question
                seconds = min(self.limits.cell_seconds, max(self._left(), _LAST))
                question = {"do": "ask", "expression": probe.expression, "longest": self.limits.answer_bytes}
                said, late = _exchange(kernel, question, seconds)
                late_reply = Reply(problem="timeout")
                self.replies[probe.question] = late_reply if late else _reply(said, self.limits.answer_bytes)

    def _left(self) -> float:
        return self.deadline - time.monotonic()


def started(
    request: dict[str, Any],
    limits: Limits,
    *,
    trust: bool = False,
    warm: bool = True,
    bare: dict[str, Any] | None = None,
    language: str | None = None,
) -> tuple[Kernel, tuple[Text, ...]]:
    """Return a kernel that is ready, behind walls if this computer has any, and what to warn of.

    Parameters
    ----------
    request : dict
        See `crmlab.grading.kernel.keeper.keep`.
    limits : Limits
    trust, warm, language
        See `run`.
    bare : dict, optional
        The request for a kernel without walls, where it is another one.
    """
    reason = sys.platform
    if sys.platform == "linux":
        try:
            return _ready(request, limits, warm=warm, bare=False), ()
        except RefusedError as refused:
            reason = str(refused)
    if not trust:
        raise CrmlabError("grading.kernel_untrusted", language, reason=reason)
    kernel = _ready(bare or request, limits, warm=warm, bare=True)
    return kernel, (note("kernel_bare", reason=reason),)


def _ready(request: dict[str, Any], limits: Limits, *, warm: bool, bare: bool) -> Kernel:
    """Return a kernel once it has begun."""
    try:
        kernel = starting.start(request, limits, warm=warm, bare=bare)
    except (OSError, GoneError) as error:
        raise NotStartedError(f"{type(error).__name__}: {error}") from error
    try:
        _await(kernel)
    except (NotStartedError, RefusedError):
        kernel.end()
        raise
    return kernel


def _await(kernel: Kernel) -> None:
    try:
        said = kernel.channel.receive(_BEGIN)
    except SilenceError:
        raise NotStartedError(f"TimeoutError: {_BEGIN} s") from None
    except GoneError:
        raise NotStartedError(kernel.why()) from None
    if "failed" in said:
        raise NotStartedError(said["failed"])


def _exchange(kernel: Kernel, message: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bool]:
    """Return what the kernel replies to ``message``, and whether it had to be interrupted.

    Only a message with the number that was sent along is the reply to it.
    """
    nonce = secrets.token_hex(8)
    kernel.channel.send(message | {"nonce": nonce}, seconds)
    for wait, late in ((seconds, False), (_LET_GO, True)):
        deadline = time.monotonic() + wait
        try:
            while (said := kernel.channel.receive(deadline - time.monotonic())).get("nonce") != nonce:
                pass
            return said, late
        except SilenceError:
            kernel.interrupt()
    raise _StuckError


def _outcome(said: dict[str, Any]) -> CellOutcome:
    if said.get("status") == "ok":
        return CellOutcome("ok")
    if said.get("status") == "timeout":
        return CellOutcome("timeout")
    return CellOutcome("error", cut(said.get("name")), cut(said.get("message")))


def _reply(said: dict[str, Any], longest: int) -> Reply:
    text = said.get("json")
    if isinstance(text, str):
        return Reply(clean(text)) if len(text) <= longest else Reply(problem="large")
    if said.get("problem") in ("timeout", "large"):
        return Reply(problem=str(said["problem"]))
    return Reply(problem="error", name=cut(said.get("name")), message=cut(said.get("message")))


def cut(text: object) -> str:
    """Return the beginning of a stranger's text."""
    return clean(str(text or "")[:_MESSAGE])


def clean(text: str) -> str:
    """Return a stranger's text as one that can be written to a file.

    Examples
    --------
    >>> clean("half of a pair: " + chr(0xD83D))
    'half of a pair: ?'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
