"""Other charts of a result than the analysis's own: drawn from its columns alone."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Pareto, Picture, Pie, Series, Trend
from crmlab.analysis.charts.speech import reading
from crmlab.analysis.heading import Heading
from crmlab.analysis.totals import totals
from crmlab.explore.drill import PERIODS
from crmlab.explore.grid import row_name
from crmlab.locale import say

#: The kinds, by ``explore.<name>``; the first is the analysis's own picture.
OWN, BARS, LINE, PIE, PARETO = "chart_own", "chart_bars", "chart_line", "chart_pie", "chart_pareto"
KINDS = (OWN, BARS, LINE, PIE, PARETO)
MEASURES = ("count", "yuan", "share", "hours", "number", "change")


def measures(columns: Mapping[str, Heading]) -> list[str]:
    """Return the columns that a chart can show: numbers that are no ranks."""
    return [
        name
        for name, heading in columns.items()
        if heading.format in MEASURES and not heading.words and not name.startswith("rank")
    ]


def kinds(result: pd.DataFrame, columns: Mapping[str, Heading], measure: str | None) -> list[str]:
    """Return the kinds of chart that make sense for ``measure``, the analysis's own first.

    A pie and a Pareto chart need parts of a whole, a line needs periods.

    Examples
    --------
    >>> from crmlab import open_company
    >>> from crmlab.analysis import customer_statistics as statistics
    >>> kinds(statistics(open_company(language="en")), statistics.entry.columns, "customers")
    ['chart_own', 'chart_bars', 'chart_pie', 'chart_pareto']
    """
    if measure is None or result.empty:
        return [OWN]
    found = [OWN, BARS]
    timed = any(name in PERIODS or heading.format == "date" for name, heading in _leading(columns))
    if timed and len(result) > 1:
        found.append(LINE)
    if measure in totals(result, columns) and not timed:
        values = result[measure]
        if values.min() >= 0:
            found += [PIE, PARETO]
    return found


def _leading(columns: Mapping[str, Heading]) -> list[tuple[str, Heading]]:
    """The columns before the first number."""
    found = []
    for name, heading in columns.items():
        if name in measures(columns):
            break
        found.append((name, heading))
    return found


def picture(
    kind: str, result: pd.DataFrame, columns: Mapping[str, Heading], measure: str, language: str
) -> Picture:
    """Return ``result`` as a chart of one kind, the rows named by their words.

    Examples
    --------
    >>> from crmlab import open_company
    >>> from crmlab.analysis import customer_statistics as statistics
    >>> found = statistics(open_company(language="en"))
    >>> picture(PIE, found, statistics.entry.columns, "customers", "en").alt("en")[:21]
    'Pie chart. Customers:'
    """
    heading = columns[measure]
    rows = result[result[measure].notna()] if kind != LINE else result
    if kind in (BARS, PIE, PARETO):
        rows = rows.sort_values(measure, ascending=False, kind="stable")
    labels = [row_name(row, columns, language) for row in rows.to_dict("records")]
    values = rows[measure].astype("float64").tolist()
    share = heading.format in ("share", "change")
    notes = [reading(value, language, share=share) for value in values]
    caption = heading.titled(language)
    if kind == LINE:
        return Trend(caption, labels, [Series(heading.title.to(language), values)], share=share)
    if kind == PIE:
        parts = [numbers.share(value / (sum(values) or 1), language) for value in values]
        return Pie(caption, labels, values, parts)
    bars = Bars(caption, labels, values, notes)
    if kind == BARS:
        return bars
    whole = sum(values) or 1
    reached = [so_far / whole for so_far in accumulate(values)]
    fifth = max(1, round(len(values) / 5))
    note = say(
        "explore.pareto_mark", language, count=fifth, share=numbers.share(reached[fifth - 1], language)
    )
    return Pareto(bars, say("explore.pareto_line", language), reached, fifth, note)
