"""A result as one HTML file that opens anywhere and asks nothing of the network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from crmlab.locale import say

if TYPE_CHECKING:
    from crmlab.reporting.report import Report

#: So many rows are in the file; a browser would be slow with more, and CSV and Excel have them all.
ROWS = 2000
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
    language, headings = report.company.language, report.entry.columns.values()
    sides = ["words" if heading.words or heading.format in ("text", "flag") else "" for heading in headings]
    titles = zip(sides, headings, report.titles(), strict=True)
    head = "".join(
        f'<th scope="col" class="{side}">'
        + escape(say("explore.in_yuan", language, title=title) if heading.format == "yuan" else title)
        + "</th>"
        for side, heading, title in titles
    )
    yield f'<div tabindex="0" role="region" aria-label="{escape(report.scope)}">\n<table>'
    yield f"<thead><tr>{head}</tr></thead>\n<tbody>"
    shown = report.result.head(ROWS)
    columns = [
        [heading.show(value, language) for value in shown[key]]
        for key, heading in report.entry.columns.items()
    ]
    for row in zip(*columns, strict=True):
        cells = zip(sides, row, strict=True)
        yield "<tr>" + "".join(f'<td class="{side}">{escape(value)}</td>' for side, value in cells) + "</tr>"
    yield "</tbody>\n</table>\n</div>"
    rows = len(report.result)
    key = "export.some_rows" if rows > ROWS else "export.all_rows"
    yield f"<p>{escape(say(key, language, rows=f'{rows:,}', shown=f'{ROWS:,}'))}</p>"


def _code(report: Report) -> Iterator[str]:
    if report.code:
        yield f"<h2>{escape(say('export.code', report.company.language))}</h2>"
        yield f'<pre tabindex="0">{escape(report.code)}</pre>'
