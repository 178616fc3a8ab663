"""What the grader and the kernel agree on: what to run and to ask, how much it may use, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from crmlab.locale import Text

#: "ok"; "error": the cell raised; "timeout": it was interrupted; "killed": the kernel died of it;
#: "skipped": no time was left for it.
CellStatus = Literal["ok", "error", "timeout", "killed", "skipped"]
#: Why a kernel died.
Death = Literal["time", "memory", "crash"]


@dataclass(frozen=True)
class Probe:
    """An answer to ask for.

    Attributes
    ----------
    question : str
        As in "1.2".
    expression : str
        What the check cell hands in: Python, evaluated where the notebook's variables are.
    after : int or None
        The cell (its place in the list, from 0) after which it is asked for; None is at the end.
    """

    question: str
    expression: str
    after: int | None = None


@dataclass(frozen=True)
class Limits:
    """What the code of one submission may use on one company.

    Attributes
    ----------
    cell_seconds, seconds : float
        Wall time of one cell, and of all of them.
    memory_mb : int
        Memory of one process, beyond what an idle kernel has, and of all together.
    scratch_mb : int
        What it may write to its scratch folder.
    processes, files : int
        How many at the same time.
    answer_bytes : int
        Length of one answer as JSON.
    """

    cell_seconds: float = 30
    seconds: float = 120
    memory_mb: int = 2048
    scratch_mb: int = 64
    processes: int = 32
    files: int = 256
    answer_bytes: int = 1_000_000


@dataclass(frozen=True)
class CellOutcome:
    """What became of one cell.

    Attributes
    ----------
    status : str
        One of `CellStatus`.
    name, message : str
        Of an error, as "NameError" and what it says, cut short. A stranger's text: escape it.
    seconds : float
        Wall time.
    """

    status: CellStatus
    name: str = ""
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Reply:
    """What came when an answer was asked for.

    Attributes
    ----------
    json : str or None
        The answer as `crmlab.checks.kept.keep` gives it, in JSON. A stranger's text: it may be anything
        up to the limit of its length.
    problem : str
        Why there is none: "error" (see `name` and `message`), "timeout", "large" or "dead".
    name, message : str
        Of the error that the expression raised, cut short.
    """

    json: str | None = None
    problem: str = ""
    name: str = ""
    message: str = ""


@dataclass(frozen=True)
class RunResult:
    """What came of running a notebook on one company.

    Attributes
    ----------
    replies : mapping of str to Reply
        By question; one for each probe.
    cells : tuple of CellOutcome
        One for each cell.
    died : str or None
        Why a kernel died on the way (one of `Death`), whether or not another one went on.
    seconds : float
        Wall time of all.
    warnings : tuple of Text
        What does not protect the grader on this computer, in both languages.
    """

    replies: Mapping[str, Reply] = field(default_factory=dict)
    cells: tuple[CellOutcome, ...] = ()
    died: Death | None = None
    seconds: float = 0.0
    warnings: tuple[Text, ...] = ()
