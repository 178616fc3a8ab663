"""A result as an Excel workbook that can be handed on as it is."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab.analysis.charts import width
from crmlab.analysis.heading import Heading

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from crmlab.reporting.report import Report

#: How Excel shows the values of each format; words need none.
NUMBER_FORMATS = {
    "count": "#,##0",
    "yuan": "#,##0.00",
    "share": "0.0%",
    "change": "+0.0%;-0.0%;0.0%",
    "id": "0",
    "year": "0",
    "date": "yyyy-mm-dd",
    "number": "#,##0.00",
    "hours": "#,##0.0",
}
#: Rows above the table: the finding, what was looked at, and an empty one.
ABOVE = 3
#: Widths of columns, in characters.
_LEAST, _MOST = 8, 45
#: What the name of a sheet must not contain.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def workbook(report: Report) -> bytes:
    """Return the result of ``report`` as a workbook: finding and scope above, the header stays in view."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    name = report.entry.name.to(report.company.language)
    sheet.title = _FORBIDDEN.sub(" ", name)[:31]
    book.properties.title = name
    for row, text in ((1, report.finding), (2, report.scope)):
        _write(sheet, row, 1, text)
    sheet["A1"].font = Font(bold=True, size=13)
    sheet["A2"].font = Font(color="666666")
    headings = report.entry.columns.values()
    columns = zip(
        report.titles(), headings, (report.result[key] for key in report.entry.columns), strict=True
    )
    for place, (title, heading, values) in enumerate(columns, start=1):
        _column(sheet, place, title, heading, values, report.company.language)
    last = get_column_letter(len(report.entry.columns))
    sheet.freeze_panes = f"A{ABOVE + 2}"
    sheet.auto_filter.ref = f"A{ABOVE + 1}:{last}{ABOVE + 1 + len(report.result)}"
    sheet.print_title_rows = f"{ABOVE + 1}:{ABOVE + 1}"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _column(
    sheet: Worksheet, place: int, title: str, heading: Heading, values: pd.Series, language: str
) -> None:
    """Write one column, in its format and as wide as it needs to be."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    form = None if heading.words else NUMBER_FORMATS.get(heading.format)
    top = _write(sheet, ABOVE + 1, place, title)
    top.font, top.fill = Font(bold=True), PatternFill("solid", fgColor="E6EEF5")
    top.alignment = Alignment(horizontal="right" if form else "left", vertical="top", wrap_text=True)
    widest = width(title)
    for row, value in enumerate(values, start=ABOVE + 2):
        if pd.isna(value):
            continue
        shown = heading.cell(value, language)
        cell = _write(sheet, row, place, _plain(value) if form else shown)
        if form:
            cell.number_format = form
        widest = max(widest, width(shown))
    # Room for the arrow of the filter.
    sheet.column_dimensions[get_column_letter(place)].width = min(max(widest + 4, _LEAST), _MOST)


def _write(sheet: Worksheet, row: int, column: int, value: Any) -> Any:
    """Write a value; text is text, whatever it begins with, and never a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
