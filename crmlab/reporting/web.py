"""A result as one HTML file that opens anywhere and asks nothing of the network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from crmlab.analysis.charts import width
from crmlab.analysis.totals import totals
from crmlab.locale import say

if TYPE_CHECKING:
    from crmlab.reporting.report import Report

#: So many rows are in the file; a browser would be slow with more, and CSV and Excel have them all.
ROWS = 2000
#: Words wider than so many letters are written in several lines.
LONG = 48
#: More dots than most screens need, so that letters stay sharp when the page is enlarged or printed.
DPI = 192
LANGUAGES = {"en": "en", "zh": "zh-CN"}
#: Said in the file itself, so that it holds whatever is in the data.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(report: Report) -> bytes:
    """Return the whole screen as one file: title, finding, scope, chart, table and code.

    Examples
    --------
    >>> from crmlab import open_company
    >>> from crmlab.analysis.filters import Filter
    >>> from crmlab.analysis.menu import find
    >>> from crmlab.reporting.report import Report
    >>> page(Report.of(find(1), open_company(language="en"), Filter(), {})).count(b"<h1>")
    1
    """
    language = report.company.language
    name = escape(report.entry.name.to(language))
    style = files(__package__).joinpath("web.css").read_text(encoding="utf-8")
    parts = [
        f'<!DOCTYPE html>\n<html lang="{LANGUAGES[language]}">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{name} · {escape(report.scope)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>",
        f"<h1>{name}</h1>\n<p>{escape(report.entry.about.to(language))}</p>",
        f'<p class="finding">{escape(report.finding)}</p>\n<p class="scope">{escape(report.scope)}</p>',
        *_chart(report),
        *_table(report),
        *_code(report),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts).encode("utf-8")


def _chart(report: Report) -> Iterator[str]:
    if report.result.empty:
        return
    from crmlab.analysis.charts import png

    language, picture = report.company.language, report.picture
    data = b64encode(png(picture.figure("", "", language), DPI)).decode("ascii")
    yield f'<img alt="{escape(picture.alt(language))}" src="data:image/png;base64,{data}">'


def _table(report: Report) -> Iterator[str]:
    language, headings = report.company.language, report.entry.columns
    sides = ["words" if one.words or one.format in ("text", "flag") else "" for one in headings.values()]
    yield f'<div tabindex="0" role="region" aria-label="{escape(report.scope)}">\n<table>'
    head = "".join(_cell("th", side, title) for side, title in zip(sides, report.titles(), strict=True))
    yield f"<thead><tr>{head}</tr></thead>\n<tbody>"
    shown = report.result.head(ROWS)
    columns = [[heading.cell(value, language) for value in shown[key]] for key, heading in headings.items()]
    for row in zip(*columns, strict=True):
        yield f"<tr>{''.join(_cell('td', side, value) for side, value in zip(sides, row, strict=True))}</tr>"
    yield "</tbody>"
    yield from _total(report)
    yield "</table>\n</div>"
    rows = len(report.result)
    key = "export.some_rows" if rows > ROWS else "export.all_rows"
    yield f"<p>{escape(say(key, language, rows=f'{rows:,}', shown=f'{ROWS:,}'))}</p>"


def _total(report: Report) -> Iterator[str]:
    """The last row: what the columns add up to. Its name stands in those before the first sum."""
    language, headings = report.company.language, report.entry.columns
    sums = totals(report.result, headings)
    if not sums:
        return
    before = max([*headings].index(next(iter(sums))), 1)
    word = escape(say("explore.total", language))
    cells = (headings[key].cell(sums[key], language) if key in sums else "" for key in [*headings][before:])
    foot = "".join(_cell("td", "", value) for value in cells)
    yield f'<tfoot><tr><th scope="row" colspan="{before}" class="words">{word}</th>{foot}</tr></tfoot>'


def _cell(tag: str, side: str, value: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    long = " long" if side and width(value) > LONG else ""
    return f'<{tag}{scope} class="{side}{long}">{escape(value)}</{tag}>'


def _code(report: Report) -> Iterator[str]:
    if report.code:
        yield f"<h2>{escape(say('export.code', report.company.language))}</h2>"
        yield f'<pre tabindex="0">{escape(report.code)}</pre>'
