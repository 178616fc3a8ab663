"""A result as an HTML table for the page, and as plain text for where there are no widgets."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import width
from crmlab.analysis.heading import Heading
from crmlab.locale import say

#: So many rows are on a page.
ROWS = 30
TEXT_ROWS = 5
WORDS = {"text", "flag", "date"}


def html(
    result: pd.DataFrame,
    columns: Mapping[str, Heading],
    caption: str,
    language: str,
    *,
    start: int = 0,
    sums: Mapping[str, float] | None = None,
    by: tuple[str, bool] | None = None,
    chosen: int | None = None,
) -> str:
    """Return a page of ``result`` as an HTML table with its caption.

    Parameters
    ----------
    result : pandas.DataFrame
    columns : mapping of str to Heading
    caption : str
    language : str
    start : int
        The first row of the page.
    sums : mapping of str to number, optional
        The totals of columns, for all rows.
    by : tuple of str and bool, optional
        The column by which the rows are sorted, and whether the largest comes first.
    chosen : int, optional
        The row of this page that is chosen; without it, none can be.

    Examples
    --------
    >>> from crmlab.locale import Text
    >>> columns = {"year": Heading(Text("Year", "年份"), "year")}
    >>> html(pd.DataFrame({"year": [2025]}), columns, "Sales", "en").count("<td")
    1
    """
    head = "".join(
        _head(place, name, heading, by, language)
        for place, (name, heading) in enumerate(columns.items(), start=1)
    )
    rows = cells(result.iloc[start : start + ROWS], columns, language)
    body = "".join(f"<tr{_choice(place, chosen)}>{_row(row, columns)}</tr>" for place, row in enumerate(rows))
    foot = f"<tfoot>{_totals(sums, columns, language)}</tfoot>" if sums else ""
    # What scrolls must be reachable from the keyboard.
    return (
        f'<div class="crm-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="crm-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>"
        f'<p class="crm-note">{escape(note(len(result), start, language))}</p>'
    )


def _row(row: list[str], columns: Mapping[str, Heading]) -> str:
    """One row; the first column of words is its header."""
    named = next((name for name, heading in columns.items() if heading.format == "text"), None)
    found = []
    for (name, heading), value in zip(columns.items(), row, strict=True):
        tag = 'th scope="row"' if name == named else "td"
        found.append(f'<{tag} class="{_side(heading)}">{escape(value)}</{tag[:2]}>')
    return "".join(found)


def _totals(sums: Mapping[str, float], columns: Mapping[str, Heading], language: str) -> str:
    """The last row: what the columns add up to, over all pages."""
    # The word stands in the columns before the first sum, or in front of it.
    width = max(list(columns).index(next(iter(sums))), 1)
    word = escape(say("explore.total", language))
    found = [f'<th scope="row" class="crm-words" colspan="{width}">{word}</th>']
    for name, heading in list(columns.items())[width:]:
        value = heading.cell(sums[name], language) if name in sums else ""
        found.append(f'<td class="{_side(heading)}">{escape(value)}</td>')
    return f'<tr class="crm-total">{"".join(found)}</tr>'


def _head(place: int, name: str, heading: Heading, by: tuple[str, bool] | None, language: str) -> str:
    """The header of a column, which sorts by it: ``data-sort`` is its place in the list of page.js."""
    order, sign = "", ""
    if by is not None and by[0] == name:
        order = f' aria-sort="{"descending" if by[1] else "ascending"}"'
        sign = f'<span aria-hidden="true"> {"▼" if by[1] else "▲"}</span>'
    words = escape(heading.titled(language))
    button = f'<button type="button" class="crm-head" data-sort="{place}">{words}{sign}</button>'
    return f'<th scope="col" class="{_side(heading)}"{order}>{button}</th>'


def _choice(place: int, chosen: int | None) -> str:
    """What makes a row one that can be chosen; the tab key reaches one of them, the arrows the others."""
    if chosen is None:
        return ""
    return f' data-row="{place}" tabindex="{0 if place == chosen else -1}"'


def of_words(heading: Heading) -> bool:
    """Return whether a column is read as words and not as numbers."""
    return heading.format in WORDS or heading.words is not None


def _side(heading: Heading) -> str:
    return "crm-words" if of_words(heading) else "crm-number"


def cells(result: pd.DataFrame, columns: Mapping[str, Heading], language: str) -> list[list[str]]:
    """Return what stands in each row of ``result``."""
    shown = [[heading.cell(value, language) for value in result[name]] for name, heading in columns.items()]
    return [list(row) for row in zip(*shown, strict=True)]


def note(rows: int, start: int, language: str) -> str:
    """Return how many rows there are, and which of them are shown.

    Examples
    --------
    >>> note(1234, 30, "en")
    'Rows 31 to 60 of 1,234.'
    """
    if rows <= ROWS:
        return say("explore.all_rows", language, rows=numbers.count(rows))
    first, last = start + 1, min(start + ROWS, rows)
    return say("explore.some_rows", language, first=first, last=last, rows=numbers.count(rows))


def text(result: pd.DataFrame, columns: Mapping[str, Heading], language: str) -> str:
    """Return the titles and the first rows as plain text.

    Examples
    --------
    >>> from crmlab.locale import Text
    >>> columns = {"source": Heading(Text("Source", "来源"), "text"), "n": Heading(Text("n", "数"), "count")}
    >>> print(text(pd.DataFrame({"source": ["Website", "Fair"], "n": [12, 3]}), columns, "en"))
    Source    n
    Website  12
    Fair      3
    """
    lines = [[heading.titled(language) for heading in columns.values()]]
    lines += cells(result.head(TEXT_ROWS), columns, language)
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    more = [numbers.count(len(result) - TEXT_ROWS)] if len(result) > TEXT_ROWS else []
    padded = ["  ".join(map(_pad, line, widths, columns.values())).rstrip() for line in lines]
    return "\n".join(padded + [say("explore.more_rows", language, rows=rows) for rows in more])


def _pad(words: str, wide: int, heading: Heading) -> str:
    space = " " * (wide - width(words))
    return words + space if _side(heading) == "crm-words" else space + words
