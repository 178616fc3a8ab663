"""Marks and comments by hand: a CSV or Excel file of the instructor's, read into the gradebook."""

from __future__ import annotations

import math
from pathlib import Path

from crmlab.checks.question import find
from crmlab.company.cells import numbers, text_of
from crmlab.company.problems import Problems
from crmlab.company.sheets import read_sheet
from crmlab.errors import CrmlabError
from crmlab.grading.course import lab_numbers
from crmlab.grading.gradebook import Gradebook, Manual
from crmlab.grading.roster import Roster
from crmlab.locale import listed

COLUMNS = ("student", "question", "points", "comment")


def read_manual(path: Path, book: Gradebook, roster: Roster | None, language: str) -> int:
    """Put the marks and comments in a file into ``book``, and return how many there are.

    Parameters
    ----------
    path : Path
        With the columns student (account, name or mail), question ("1.2", or a lab, "01"), points and
        comment. A row without points leaves the grader's; one without either takes away what was said.
    book : Gradebook
    roster : Roster or None
    language : str
        Of the errors.

    Raises
    ------
    CrmlabError
        Naming row, column and value of all that is wrong; then nothing is put.
    """
    sheet = read_sheet(path, COLUMNS, language)
    header = [name.casefold() for name in sheet.header]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        columns = listed(missing, language)
        raise CrmlabError("grading.book_manual_columns", language, file=path, columns=columns)
    graded = {one.student for one in book.results()}
    problems = Problems(language)
    found: list[tuple[str, str, Manual | None]] = []
    for row_number, row in enumerate(sheet.rows, start=sheet.first):
        cells = {
            name: text_of(row[header.index(name)]) if header.index(name) < len(row) else ""
            for name in COLUMNS
        }
        if not any(cells.values()):
            continue
        student = roster.find(cells["student"]) if roster else None
        account = student.account if student else cells["student"]
        number, points, wrong = _judged(cells)
        if student is None and account not in graded:
            problems.report(sheet.name, "grading.book_rule_student", row_number, "student", cells["student"])
        for column, rule, blanks in wrong:
            problems.report(
                sheet.name, f"grading.book_rule_{rule}", row_number, column, cells[column], **blanks
            )
        given = Manual(points, cells["comment"])
        found.append((account, number, given if points is not None or given.comment else None))
    problems.stop("grading.book_manual_wrong", file=path)
    for account, number, manual in found:
        book.set_manual(account, number, manual)
    return len(found)


def _judged(cells: dict[str, str]) -> tuple[str, float | None, list[tuple[str, str, dict[str, object]]]]:
    """Return the question (or lab) and points of a row, and what is wrong with it: column, rule, blanks."""
    number = cells["question"]
    question = find(number)
    if question is None:
        # Spreadsheets make 1 of "01".
        lab = number.zfill(2)
        if lab not in lab_numbers():
            return number, None, [("question", "question", {})]
        return lab, None, [("points", "lab", {})] if cells["points"] else []
    if not cells["points"]:
        return question.number, None, []
    points = float(numbers([cells["points"]]).get(cells["points"], math.nan))
    if not 0 <= points <= question.points:
        return question.number, None, [("points", "points", {"of": question.points})]
    return question.number, points, []
