"""A result as an HTML table for the page, and as plain text for where there are no widgets."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import width
from crmlab.analysis.heading import Heading
from crmlab.locale import say

#: So many rows are on the screen; the others are one line of code away.
ROWS = 30
TEXT_ROWS = 5
WORDS = {"text", "flag", "date"}


def html(result: pd.DataFrame, columns: Mapping[str, Heading], caption: str, language: str) -> str:
    """Return the first rows of ``result`` as an HTML table with its caption.

    Examples
    --------
    >>> from crmlab.locale import Text
    >>> columns = {"year": Heading(Text("Year", "年份"), "year")}
    >>> html(pd.DataFrame({"year": [2025]}), columns, "Sales", "en").count("<td")
    1
    """
    head = "".join(
        f'<th scope="col" class="{_side(heading)}">{escape(title(heading, language))}</th>'
        for heading in columns.values()
    )
    rows = cells(result.head(ROWS), columns, language)
    body = "".join(f"<tr>{_row(row, columns)}</tr>" for row in rows)
    # What scrolls must be reachable from the keyboard.
    return (
        f'<div class="crm-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="crm-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<p class="crm-note">{escape(note(len(result), language))}</p>'
    )


def _row(row: list[str], columns: Mapping[str, Heading]) -> str:
    """One row; the first column of words is its header."""
    named = next((name for name, heading in columns.items() if heading.format == "text"), None)
    found = []
    for (name, heading), value in zip(columns.items(), row, strict=True):
        tag = 'th scope="row"' if name == named else "td"
        found.append(f'<{tag} class="{_side(heading)}">{escape(value)}</{tag[:2]}>')
    return "".join(found)


def _side(heading: Heading) -> str:
    return "crm-words" if heading.format in WORDS or heading.words else "crm-number"


def title(heading: Heading, language: str) -> str:
    """Return the title of a column, with the unit where that is yuan.

    Examples
    --------
    >>> from crmlab.locale import Text
    >>> title(Heading(Text("Net sales", "净销售额"), "yuan"), "zh")
    '净销售额（元）'
    """
    words = heading.title.to(language)
    return say("explore.in_yuan", language, title=words) if heading.format == "yuan" else words


def cells(result: pd.DataFrame, columns: Mapping[str, Heading], language: str) -> list[list[str]]:
    """Return what stands in each row of ``result``."""
    shown = [[cell(heading, value, language) for value in result[name]] for name, heading in columns.items()]
    return [list(row) for row in zip(*shown, strict=True)]


def cell(heading: Heading, value: Any, language: str) -> str:
    """Return one value; shares with one decimal, so that they can be compared down a column.

    Examples
    --------
    >>> from crmlab.locale import Text
    >>> cell(Heading(Text("Share", "占比"), "share"), 0.256, "en")
    '25.6 %'
    >>> cell(Heading(Text("Change", "同比"), "change"), 0.256, "zh")
    '+25.6%'
    """
    if heading.format not in ("share", "change") or pd.isna(value):
        return heading.show(value, language)
    plus = "+" if heading.format == "change" else ""
    return f"{100 * value:{plus}.1f}" + ("%" if language == "zh" else " %")


def note(rows: int, language: str) -> str:
    """Return how many rows there are, and how many of them are shown."""
    return say("explore.some_rows" if rows > ROWS else "explore.all_rows", language, shown=ROWS, rows=rows)


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
    lines = [[title(heading, language) for heading in columns.values()]]
    lines += cells(result.head(TEXT_ROWS), columns, language)
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    more = [numbers.count(len(result) - TEXT_ROWS)] if len(result) > TEXT_ROWS else []
    padded = ["  ".join(map(_pad, line, widths, columns.values())).rstrip() for line in lines]
    return "\n".join(padded + [say("explore.more_rows", language, rows=rows) for rows in more])


def _pad(words: str, wide: int, heading: Heading) -> str:
    space = " " * (wide - width(words))
    return words + space if _side(heading) == "crm-words" else space + words
