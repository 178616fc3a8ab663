"""The realism report: every fact beside what was generated, for one company or several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from crmlab.company.realism.facts import FACTS, Fact
from crmlab.locale import say

#: One company in so many may lie outside a range.
ALLOWED = 20


class Line(NamedTuple):
    """One line of the report: a fact, and what was measured in each company."""

    fact: Fact
    values: pd.Series

    @property
    def within(self) -> int:
        """How many companies lie in the range."""
        return sum(self.fact.holds(value) for value in self.values)

    @property
    def passed(self) -> bool:
        """Whether at most one in twenty lies outside."""
        return (len(self.values) - self.within) * ALLOWED <= len(self.values)

    def generated(self) -> str:
        """Return the value; of several companies the median, lowest and highest."""
        if len(self.values) == 1:
            return self.fact.shown(self.values.iloc[0])
        middle, low, high = self.values.median(), self.values.min(), self.values.max()
        return f"{self.fact.shown(middle)} ({_span(self.fact, low, high)})"

    def cells(self, language: str) -> tuple[str, ...]:
        """Return fact, what was generated, range, verdict and evidence as people read them."""
        verdict = say("realism.pass" if self.passed else "realism.fail", language)
        if len(self.values) > 1:
            verdict += f" {self.within}/{len(self.values)}"
        return (
            self.fact.name.to(language),
            self.generated(),
            _span(self.fact, self.fact.low, self.fact.high),
            verdict,
            self.fact.evidence.to(language),
        )


def _span(fact: Fact, low: float, high: float) -> str:
    return f"{fact.shown(low)}..{fact.shown(high)}"


def lines(measurements: Iterable[pd.Series]) -> list[Line]:
    """Return the report of companies that were `measured`."""
    values = pd.DataFrame(list(measurements))
    return [Line(fact, values[fact.name.en]) for fact in FACTS]


def headings(language: str) -> list[str]:
    """Return the headers of the report's columns."""
    return [
        say(f"realism.{name}", language) for name in ("fact", "generated", "range", "verdict", "evidence")
    ]


def as_table(report: list[Line], language: str) -> Table:
    """Return the report for a terminal."""
    table = Table(box=SIMPLE_HEAD)
    for heading in headings(language):
        table.add_column(heading, overflow="fold")  # Chinese has no blanks to break at
    for line in report:
        cells = [escape(cell) for cell in line.cells(language)]
        cells[3] = f"[{'green' if line.passed else 'bold red'}]{cells[3]}[/]"
        table.add_row(*cells)
    return table
