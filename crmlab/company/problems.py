"""What is wrong with what was given: all of it at once, a screenful at most."""

from __future__ import annotations

from itertools import chain, islice
from typing import Any, NamedTuple

from crmlab.errors import CrmlabError
from crmlab.locale import listed, say

#: A message shows at most so many problems, and says how many more there are.
SHOWN = 12


class Problem(NamedTuple):
    """One thing that is wrong: where, what is there, and which rule it breaks."""

    file: str
    rule: str
    row: int | None
    column: str | None
    value: str | None
    blanks: dict[str, Any]

    def to(self, language: str) -> str:
        """Return the problem as a line for a person."""
        where = [say("company.at_file", language, file=self.file)]
        if self.row is not None:
            where.append(say("company.at_row", language, row=self.row))
        if self.column is not None:
            where.append(say("company.at_column", language, column=self.column))
        if self.value is not None:
            where.append(say("company.at_value", language, value=self.value[:40]))
        rule = say(self.rule, language, **self.blanks)
        return say("company.problem", language, where=listed(where, language), rule=rule)


class Problems:
    """A list of what is wrong, kept while something is read.

    Examples
    --------
    >>> problems = Problems("en")
    >>> problems.report("orders.csv", "company.rule_missing", row=2, column="status")
    >>> problems.stop("company.unreadable", folder="shop")
    Traceback (most recent call last):
    ...
    crmlab.errors.CrmlabError: The company in shop was not loaded. Put these right:
    - orders.csv, row 2, column status: must not be empty.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self.found)

    def report(
        self,
        file: str,
        rule: str,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        **blanks: Any,
    ) -> None:
        """Note that ``rule``, a message of the catalogues, is broken here."""
        self.found.append(Problem(file, rule, row, column, None if value is None else str(value), blanks))

    def stop(self, key: str, **blanks: Any) -> None:
        """Raise the message ``key`` with what is wrong, if anything is."""
        if not self.found:
            return
        lines = [problem.to(self.language) for problem in self._screenful()]
        more = len(self.found) - len(lines)
        if more:
            lines.append(say("company.more_problems", self.language, count=more))
        raise CrmlabError(key, self.language, problems="\n".join(lines), **blanks)

    def _screenful(self) -> list[Problem]:
        """Each kind of problem once, then more of them, in the order in which they were found."""
        firsts: dict[tuple[str, str | None, str], int] = {}
        for place, problem in enumerate(self.found):
            firsts.setdefault((problem.file, problem.column, problem.rule), place)
        first = set(firsts.values())
        others = (place for place in range(len(self.found)) if place not in first)
        return [self.found[place] for place in sorted(islice(chain(firsts.values(), others), SHOWN))]
