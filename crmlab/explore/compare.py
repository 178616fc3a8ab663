"""The same table for another period, side by side with the one on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.filters import Filter, day
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import Entry
from crmlab.analysis.totals import SUMMED, totals
from crmlab.company.company import Company
from crmlab.errors import CrmlabError
from crmlab.explore import markup
from crmlab.explore.bar import day_field
from crmlab.explore.drill import PERIODS
from crmlab.explore.grid import Grid
from crmlab.locale import Text, say

#: With what one can compare, by ``explore.<name>``.
NOTHING, PREVIOUS, LAST_YEAR, OWN = "compare_nothing", "compare_previous", "compare_last_year", "compare_own"
WAYS = (NOTHING, PREVIOUS, LAST_YEAR, OWN)
#: A table of more measures, each of them four times, cannot be read.
MEASURES = 3

_OTHER = Text("{title}, compared", "{title}（对比）")
_DIFFERENCE = Text("{title}, difference", "{title}（差额）")
_CHANGE = Text("{title}, change", "{title}（变化率）")


def other_period(
    start: date | None, end: date, way: str, unit: int | None = None
) -> tuple[date | None, date]:
    """Return the period before, or the same one a year earlier; without a start, the day.

    The period before whole months is as many whole months; before other days, as many days. Before the part
    of a year, a quarter or a month until today, of ``unit`` months, it is the same part of the one before.

    Examples
    --------
    >>> other_period(date(2025, 2, 1), date(2025, 2, 28), PREVIOUS)
    (datetime.date(2025, 1, 1), datetime.date(2025, 1, 31))
    >>> other_period(date(2025, 2, 10), date(2025, 2, 12), PREVIOUS)
    (datetime.date(2025, 2, 7), datetime.date(2025, 2, 9))
    >>> other_period(date(2025, 4, 1), date(2025, 5, 10), PREVIOUS, unit=3)
    (datetime.date(2025, 1, 1), datetime.date(2025, 2, 10))
    >>> other_period(None, date(2024, 2, 29), LAST_YEAR)
    (None, datetime.date(2023, 2, 28))
    """
    last, after = pd.Timestamp(end), pd.Timestamp(end) + pd.Timedelta(days=1)
    if start is None:
        return None, _back(after, 12 if way == LAST_YEAR else 1, last)
    first = pd.Timestamp(start)
    back = 12 if way == LAST_YEAR else unit
    if back:
        return (first - pd.DateOffset(months=back)).date(), _back(after, back, last)
    if first.day == 1 and after.day == 1:
        months = 12 * (after.year - first.year) + after.month - first.month
        return (first - pd.DateOffset(months=months)).date(), (first - pd.Timedelta(days=1)).date()
    return (first - (after - first)).date(), (first - pd.Timedelta(days=1)).date()


def _back(after: pd.Timestamp, months: int, last: pd.Timestamp) -> date:
    """The day so many months before ``last``; the end of a month stays the end of a month."""
    if after.day == 1:
        return (after - pd.DateOffset(months=months) - pd.Timedelta(days=1)).date()
    return (last - pd.DateOffset(months=months)).date()


def measures(result: pd.DataFrame, columns: Mapping[str, Heading]) -> list[str]:
    """Return the columns to compare: those that can be added up, else the first that are no ranks."""
    additive = list(totals(result, columns))
    others = [
        name
        for name, heading in columns.items()
        if heading.format in SUMMED and not heading.words and not name.startswith("rank")
    ]
    return (additive or others)[:MEASURES]


def side_by_side(
    result: pd.DataFrame, other: pd.DataFrame, columns: Mapping[str, Heading]
) -> tuple[pd.DataFrame, dict[str, Heading]]:
    """Return both results in one table: each measure here, there, their difference and the change.

    Rows of the same words and numbers belong together, and of periods the first with the first.

    Examples
    --------
    >>> columns = {"source": Heading(Text("s", "s"), "text"), "buyers": Heading(Text("Buyers", "b"), "count")}
    >>> here, there = ({"source": ["A", "B"], "buyers": [6, 2]}, {"source": ["A", "C"], "buyers": [4, 1]})
    >>> both, headings = side_by_side(pd.DataFrame(here), pd.DataFrame(there), columns)
    >>> both["buyers_difference"].tolist(), both["buyers_change"].tolist()
    ([2, 2, -1], [0.5, nan, -1.0])
    """
    longer = result if len(result) >= len(other) else other
    wanted, summed = measures(longer, columns), totals(longer, columns)
    names = _names(columns)
    keys = [name for name in names if columns[name].format not in ("date", "year") and name not in PERIODS]
    here, there = (_placed(frame, names, keys, wanted) for frame in (result, other))
    both = here.merge(
        there.drop(columns=[n for n in names if n not in keys]),
        how="outer",
        sort=False,
        on=[*keys, "_place"],
        suffixes=("", "_other"),
        indicator="_side",
    )
    # The rows of the table on the screen come first, in its order.
    both = both.sort_values("_row", kind="stable", na_position="last").reset_index(drop=True)
    found = {name: both[name] for name in names}
    headings = {
        name: replace(columns[name], nullable=columns[name].format in ("id", "year")) for name in names
    }
    for name in wanted:
        title, kind = columns[name].title, columns[name].format
        now, then = both[name].fillna(0), both[f"{name}_other"].fillna(0)
        found |= {name: now, f"{name}_other": then, f"{name}_difference": now - then}
        found[f"{name}_change"] = (now - then) / then.where(then > 0)
        additive = name in summed
        headings |= {
            name: Heading(title, kind, additive=additive),
            f"{name}_other": Heading(_called(_OTHER, title), kind, additive=additive),
            f"{name}_difference": Heading(_called(_DIFFERENCE, title), kind, additive=additive),
            f"{name}_change": Heading(_called(_CHANGE, title), "change"),
        }
    return pd.DataFrame({name: heading.cast(found[name]) for name, heading in headings.items()}), headings


def _called(words: Text, title: Text) -> Text:
    return Text(words.en.format(title=title.en), words.zh.format(title=title.zh))


def _names(columns: Mapping[str, Heading]) -> list[str]:
    """The columns that say what a row is about: those before the first measure, ranks left out."""
    found = []
    for name, heading in columns.items():
        if heading.format in ("text", "id", "date", "year") or heading.words:
            found.append(name)
        elif not name.startswith("rank"):
            break
    return found


def _placed(frame: pd.DataFrame, names: list[str], keys: list[str], wanted: list[str]) -> pd.DataFrame:
    """The columns to compare; rows of the same keys are numbered in their order."""
    chosen = frame[[*names, *wanted]].astype(dict.fromkeys(wanted, "float64"))
    count = frame.groupby(keys, dropna=False).cumcount() if keys else np.arange(len(frame))
    return chosen.assign(_place=np.asarray(count), _row=np.arange(len(frame)))


class Comparison(widgets.VBox):
    """What to compare with, and the two side by side.

    Parameters
    ----------
    company : Company
    changed : callable
        Called without arguments when a person chooses something else to compare with.

    Attributes
    ----------
    way : widget
        One of `WAYS`.
    start, end : widget
        The own period.
    grid : Grid
        The two tables in one.
    """

    def __init__(self, company: Company, changed: Callable[[], None]) -> None:
        self._company, self._language = company, company.language
        self.way = widgets.Dropdown(
            description=self._say("compare_with"), options=[(self._say(way), way) for way in WAYS]
        )
        days = (("start", company.start), ("end", company.today))
        self.start, self.end = (day_field(self._say(name), str(found.date())) for name, found in days)
        for field in (self.way, self.start, self.end):
            field.observe(lambda _: changed(), "value")
        self._note = widgets.HTML()
        self.grid = Grid(self._language)
        row = widgets.HBox([self.way, self.start, self.end])
        row.add_class("crm-row")
        super().__init__([row, self._note, self.grid])
        self.add_class("crm-compare")
        self.clear()

    def clear(self) -> None:
        """Show nothing, and offer nothing to compare with."""
        self._show_only("")
        self.layout.display = "none"

    def _show_only(self, words: str) -> None:
        self._tell(words)
        self.grid.clear()

    def show(
        self, entry: Entry, filter: Filter, own: Mapping[str, Any], result: pd.DataFrame, unit: int | None
    ) -> None:
        """Compare ``result`` with what ``entry`` says of the other period; say why, if it cannot.

        Of a period until today, ``unit`` is the number of months of that of which it is a part.
        """
        if not {"period", "end"} & {*entry.honours}:
            return self.clear()
        self.layout.display = ""
        is_own = self.way.value == OWN
        self.start.layout.display = "" if is_own and "period" in entry.honours else "none"
        self.end.layout.display = "" if is_own else "none"
        if self.way.value == NOTHING:
            return self._show_only("")
        try:
            other = self._other(entry, filter, unit)
            compared = entry.run(self._company, other, **own)
        except CrmlabError as problem:
            return self._show_only(str(problem))
        both, headings = side_by_side(result, compared, entry.columns)
        longer = result if len(result) >= len(compared) else compared
        summed = next(iter(totals(longer, entry.columns)), None)
        finding = self._finding(summed, both, headings, compared)
        # A year that has a month so far would lose against a whole one.
        part = self._say("compare_part") if self._is_part(filter, unit) else ""
        self._tell(markup.sentences([finding, part], self._language))
        self.grid.show(both, headings, f"{result.attrs['scope']} ↔ {compared.attrs['scope']}")

    def _tell(self, words: str) -> None:
        self._note.value = markup.sentence(words, "status") if words else ""
        self._note.layout.display = "" if words else "none"

    def _other(self, entry: Entry, filter: Filter, unit: int | None) -> Filter:
        """The filter with the other period, which must lie in the records."""
        language, is_period = self._language, "period" in entry.honours
        if self.way.value == OWN:
            start, end = (
                day(field.value, language).date() if field.value and asked else None
                for field, asked in ((self.start, is_period), (self.end, True))
            )
            if end is None or (is_period and start is None):
                raise CrmlabError("explore.compare_choose_days", language)
        else:
            if is_period and filter.start is None:
                raise CrmlabError("explore.compare_choose_period", language)
            # What is beyond the records is not there to be compared, so it is not asked for either.
            first = max(day(filter.start, language), self._company.start).date() if is_period else None
            start, end = other_period(first, self._last(filter).date(), self.way.value, unit)
        if (start or end) < self._company.start.date():
            begun = self._company.start.date()
            raise CrmlabError("explore.compare_before", language, start=start or end, end=end, first=begun)
        return replace(filter, start=start, end=end)

    def _last(self, filter: Filter) -> pd.Timestamp:
        """The last day of the records that the filter asks for."""
        today = self._company.today
        return today if filter.end is None else min(day(filter.end, self._language), today)

    def _is_part(self, filter: Filter, unit: int | None) -> bool:
        """Whether the period is not over, so that only a part of the other one is looked at."""
        if self.way.value == OWN or filter.start is None:
            return False
        beyond = filter.end is not None and day(filter.end, self._language) > self._company.today
        until = self._last(filter) + pd.Timedelta(days=1)
        return beyond or bool(unit and until < day(filter.start) + pd.DateOffset(months=unit))

    def _finding(
        self, name: str | None, both: pd.DataFrame, headings: Mapping[str, Heading], other: pd.DataFrame
    ) -> str:
        """What the column ``name``, if any can be added up, comes to here and there."""
        if name is None:
            return say("explore.compared", self._language, scope=other.attrs["scope"])
        here, there = both[name].sum(), both[f"{name}_other"].sum()
        heading, language = headings[name], self._language

        def spoken(total: float) -> str:
            return (
                numbers.yuan(total, language) if heading.format == "yuan" else heading.show(total, language)
            )

        return say(
            "explore.compared_total",
            language,
            title=heading.title.to(language),
            here=spoken(here),
            there=spoken(there),
            scope=other.attrs["scope"],
            change=numbers.share((here - there) / there if there > 0 else np.nan, language, sign=True),
        )

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self._language)
