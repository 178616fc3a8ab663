"""The gradebook as an Excel workbook: grades with sums, every question, and the item analysis."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crmlab.grading.export import Grades, number, possible
from crmlab.grading.items import Item, columns
from crmlab.locale import say

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEAD, WARN, FINE = "E6EEF5", "F6D5BF", "CFE8DF"
POINTS, SHARE, TWO = "0.##", "0%", "0.00"


def workbook(grades: Grades, items: Sequence[Item]) -> bytes:
    """Return the workbook. Sums are formulas, so that they follow when a mark is changed in Excel."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    _grades(book, grades)
    _questions(book, grades)
    _items(book, items, grades.language)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _grades(book: Workbook, grades: Grades) -> None:
    """A row for each student, a column for each lab; below, the average and how many handed in."""
    from openpyxl.utils import get_column_letter as letter

    sheet = _sheet(book, "grades", grades.language)
    labs, points = grades.labs, grades.points()
    titles = [*grades.headings("account", "name"), *map(grades.called, labs), *grades.headings("total")]
    _head(sheet, titles)
    _row(sheet, 2, ["", *grades.headings("of"), *map(possible, labs)], bold=True)
    first, last = 3, 2 + len(grades.students)
    for at, student in enumerate(grades.students, start=first):
        mine = [points.get((student.account, number(lab))) for lab in labs]
        _row(sheet, at, [student.account, student.name, *mine])
    for at in range(2, last + 1):
        _formula(sheet, at, len(titles), f"=SUM(C{at}:{letter(len(titles) - 1)}{at})", POINTS)
    for at, (key, function) in enumerate((("average", "AVERAGE"), ("handed_in", "COUNT")), start=last + 1):
        _row(sheet, at, ["", say(f"grading.book_{key}", grades.language)], bold=True)
        for column in range(3, len(titles) + (key == "average")):
            cells = f"{letter(column)}{first}:{letter(column)}{last}"
            value = f'=IF(COUNT({cells})=0,"",{function}({cells}))'
            _formula(sheet, at, column, value, TWO if key == "average" else "0")


def _questions(book: Workbook, grades: Grades) -> None:
    """A row for each student, a column for each question, coloured by what it earned."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter as letter

    sheet = _sheet(book, "questions", grades.language)
    questions = [question for lab in grades.labs for question in lab.questions]
    _head(sheet, [*grades.headings("account", "name"), *(one.number for one in questions)])
    _row(sheet, 2, ["", *grades.headings("of"), *(one.points for one in questions)], bold=True)
    earned = {(row.student, row.question): row.points for row in grades.rows}
    for at, student in enumerate(grades.students, start=3):
        mine = [earned.get((student.account, one.number)) for one in questions]
        _row(sheet, at, [student.account, student.name, *mine])
    last = 2 + len(grades.students)
    for column in range(3, 3 + len(questions)):
        name = letter(column)
        for sign, colour in ((">=", FINE), ("<", WARN)):
            # An empty cell, nothing handed in, is no 0.
            rule = FormulaRule(
                formula=[f'AND({name}3<>"",{name}3{sign}{name}$2)'],
                fill=PatternFill("solid", bgColor=colour),
            )
            sheet.conditional_formatting.add(f"{name}3:{name}{last}", rule)


def _items(book: Workbook, items: Sequence[Item], language: str) -> None:
    sheet = _sheet(book, "items", language)
    named = columns(language)
    _head(sheet, [title for title, _, _ in named])
    for at, item in enumerate(items, start=2):
        _row(sheet, at, [value(item) for _, value, _ in named])
        for column, (_, _, form) in enumerate(named, start=1):
            if form:
                sheet.cell(at, column).number_format = form


def _sheet(book: Workbook, key: str, language: str) -> Worksheet:
    return book.create_sheet(say(f"grading.book_sheet_{key}", language))


def _head(sheet: Worksheet, titles: Sequence[str]) -> None:
    """Write the first row, keep it in view, and make columns as wide as they need to be."""
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter as letter

    from crmlab.analysis.charts import width

    _row(sheet, 1, titles, bold=True)
    for column, title in enumerate(titles, start=1):
        cell = sheet.cell(1, column)
        cell.fill = PatternFill("solid", fgColor=HEAD)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letter(column)].width = max(
            18 if column < 3 else 8, min(width(title) + 2, 30)
        )
    sheet.freeze_panes = "C2"


def _row(sheet: Worksheet, row: int, values: Sequence[Any], *, bold: bool = False) -> None:
    """Write values; text is text, whatever it begins with, and never a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    for column, value in enumerate(values, start=1):
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell = sheet.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)


def _formula(sheet: Worksheet, row: int, column: int, formula: str, form: str) -> None:
    from openpyxl.styles import Font

    cell = sheet.cell(row, column, formula)
    cell.font, cell.number_format = Font(bold=True), form
