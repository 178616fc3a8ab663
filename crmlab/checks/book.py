"""What has been done so far: a small file beside the notebook, or memory where none can be kept."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from crmlab import browser
from crmlab.checks.judge import Verdict
from crmlab.checks.sentences import Sentence, sentence
from crmlab.files import replace_file
from crmlab.settings import settings

FILE = "crmlab-progress.json"
#: What reading a file raises that is no progress file.
DAMAGED = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Record:
    """What happened at one question.

    Attributes
    ----------
    first : str or None
        Outcome of the first try.
    tries : int
        How many answers were judged.
    hints : int
        How many hints were shown.
    solution : bool
        Whether the solution was shown.
    best : float
        The most points that a try earned.
    solved : bool
        Whether a try was right, or a decision was played out.
    when : str or None
        The day of the last try, as "2026-01-31".
    answer : mapping or None
        The last right answer (of a decision, the best one) as `crmlab.checks.kept` writes it, so that it
        can be judged again.
    """

    first: str | None = None
    tries: int = 0
    hints: int = 0
    solution: bool = False
    best: float = 0.0
    solved: bool = False
    when: str | None = None
    answer: Mapping[str, Any] | None = None

    @property
    def reached(self) -> tuple[bool, float, int, int]:
        """How far it got, to be compared."""
        return self.solved, self.best, self.tries, self.hints

    def after(self, verdict: Verdict, answer: Mapping[str, Any] | None = None) -> Record:
        """Return the record after one more try, which handed in ``answer``."""
        return replace(
            self,
            first=self.first or verdict.outcome,
            tries=self.tries + 1,
            best=max(self.best, float(verdict.points)),
            solved=self.solved or verdict.solves,
            when=date.today().isoformat(),
            answer=answer if verdict.solves and verdict.points >= self.best else self.answer,
        )


class Book:
    """The records of one folder.

    The file is read again before each change, because notebooks in one folder share it. Where it cannot
    be written, the records go on in memory, and `notices` says so once.

    Parameters
    ----------
    path : Path or None
        The file; None keeps the records in memory only.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.notices: list[Sentence] = []
        self._records: dict[str, Record] = {}
        if path is not None and not browser.files_are_seen():
            self.notices.append(sentence("progress_in_page"))  # where such a file lies, it ends with the page

    def records(self) -> dict[str, Record]:
        """Return the record of every question that was begun."""
        if self.path is not None:
            try:
                self._records = read(self.path)
            except OSError as problem:
                self._remember(self.path, problem)
            except DAMAGED:
                self._set_aside(self.path)
        return dict(self._records)

    def get(self, number: str) -> Record:
        """Return the record of one question."""
        return self.records().get(number, Record())

    def put(self, number: str, record: Record) -> None:
        """Keep the record of one question."""
        self._keep(self.records() | {number: record})

    def take(self, records: Mapping[str, Record]) -> int:
        """Add the records of elsewhere, and return how many are news: the one that got further stays."""
        here = self.records()
        further = {
            number: record
            for number, record in records.items()
            if number not in here or record.reached > here[number].reached
        }
        if further:
            self._keep(here | further)
        return len(further)

    def _keep(self, records: dict[str, Record]) -> None:
        self._records = records
        if self.path is not None:
            try:
                replace_file(self.path, written(records).encode())
            except OSError as problem:
                self._remember(self.path, problem)

    def told(self) -> list[Sentence]:
        """Return what has to be said to the person, once."""
        notices, self.notices = self.notices, []
        return notices

    def _set_aside(self, path: Path) -> None:
        names = (path.with_suffix(f".damaged-{number}.json") for number in itertools.count(1))
        aside = next(name for name in names if not name.exists())
        try:
            path.rename(aside)
            if self._records:  # of this session, which the file held too
                replace_file(path, written(self._records).encode())
        except OSError as problem:
            self._remember(path, problem)
        else:
            self.notices.append(sentence("progress_damaged", file=path.name, aside=aside.name))

    def _remember(self, path: Path, problem: OSError) -> None:
        self.notices.append(sentence("progress_in_memory", file=path.name, reason=problem.strerror))
        self.path = None


_books: dict[Path | None, Book] = {}


def book() -> Book:
    """Return the book of the notebook's folder."""
    path = Path(FILE).absolute() if settings().progress else None
    return _books.setdefault(path, Book(path))


def read(path: Path) -> dict[str, Record]:
    """Return the records in the file at ``path``; none where there is no file.

    Raises
    ------
    OSError
        When the file cannot be read; one of `DAMAGED` when it is no progress file.
    """
    if not path.exists():
        return {}
    return parsed(path.read_text(encoding="utf-8"))


def parsed(text: str) -> dict[str, Record]:
    """Return the records that the ``text`` of a progress file holds.

    Raises
    ------
    Exception
        One of `DAMAGED` when it is none.
    """
    return {number: _record(kept) for number, kept in json.loads(text)["questions"].items()}


def _record(kept: dict[str, Any]) -> Record:
    return Record(
        first=kept["first"],
        tries=int(kept["tries"]),
        hints=int(kept["hints"]),
        solution=bool(kept["solution"]),
        best=float(kept["best"]),
        solved=bool(kept["solved"]),
        # Files of the first version have neither.
        when=kept.get("when"),
        answer=kept.get("answer"),
    )


def written(records: Mapping[str, Record]) -> str:
    """Return the text of a progress file, with a line for each question."""
    lines = [
        f"  {json.dumps(number)}: {json.dumps(vars(records[number]), ensure_ascii=False)}"
        for number in sorted(records)
    ]
    return '{"questions": {\n' + ",\n".join(lines) + "\n}}\n"
