"""The folder of grades: everything that is made of the gradebook, written anew each time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from crmlab.checks.question import labs
from crmlab.checks.source import worked
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.grading.classpage import class_page
from crmlab.grading.course import Course
from crmlab.grading.export import Grades, canvas_csv, grades_csv, moodle_csv, number, questions_csv
from crmlab.grading.feedback import feedback
from crmlab.grading.gradebook import Gradebook
from crmlab.grading.items import items
from crmlab.grading.layouts import Place
from crmlab.grading.release import safe
from crmlab.grading.result import SubmissionResult
from crmlab.grading.roster import Roster
from crmlab.grading.sheets import workbook
from crmlab.grading.similar import Code
from crmlab.grading.submission import Submission
from crmlab.settings import ACCOUNT
from crmlab.work.folder import shipped_labs

GRADEBOOK = "gradebook.sqlite"


def write_outputs(
    out: Path, course: Course, book: Gradebook, roster: Roster | None, submissions: Path
) -> Grades:
    """Write grades, the page about the class and everybody's feedback, and return what they are made of.

    Parameters
    ----------
    out : Path
        The folder of grades.
    course : Course
    book : Gradebook
    roster : Roster or None
    submissions : Path
        Where the files are whose code is compared.

    Raises
    ------
    CrmlabError
        When a file cannot be written.
    """
    results = book.results()
    grades = Grades.of(book.rows(), book.manual(), course.labs, roster, course.language)
    for name, content in _contents(course, grades, results, submissions):
        try:
            replace_file(out / name, content)
        except OSError as error:
            raise CrmlabError(
                "grading.book_open_in_excel", course.language, file=out / name, reason=error.strerror
            ) from None
    return grades


def _contents(
    course: Course, grades: Grades, results: list[SubmissionResult], submissions: Path
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file."""
    yield "grades.csv", grades_csv(grades)
    yield "questions.csv", questions_csv(grades)
    yield "grades.xlsx", workbook(grades, items(grades.rows, grades.labs))
    yield "canvas.csv", canvas_csv(grades)
    yield "moodle.csv", moodle_csv(grades)
    given = {lab: handed_out(lab) for lab in course.labs}
    yield "class.html", class_page(course, grades, results, _codes(results, submissions), given)
    for student in grades.students:
        page = feedback(course, student, grades, results)
        yield f"feedback/{_page_name(student.account)}.html", page


def _page_name(student: str) -> str:
    """Return what a student's page is called: the account, or what is like the name and not taken.

    Examples
    --------
    >>> _page_name("s2026017"), _page_name("../陈 雪")
    ('s2026017', '陈-雪-4624bb')
    """
    if ACCOUNT.fullmatch(student):
        return student
    return f"{safe(student)[:40]}-{hashlib.sha256(student.encode()).hexdigest()[:6]}"


def _codes(results: list[SubmissionResult], submissions: Path) -> Mapping[str, Mapping[str, Code]]:
    """Return lab to account to the cells that were handed in, of the files that are still there."""
    found: dict[str, dict[str, Code]] = {}
    for one in results:
        path = submissions / one.file
        if one.lab and path.is_file():
            read = Submission.read(Place(path, one.file, one.student, None))
            found.setdefault(one.lab, {})[one.student] = [cell.source for cell in read.cells]
    return found


@cache
def handed_out(lab: str) -> Code:
    """Return the cells of a lab that everybody was given: the notebook's, and what `solution` shows."""
    path = next(path for path in shipped_labs("en") if path.name.startswith(f"{lab}-"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    questions = (one for known in labs() if number(known) == lab for one in known.questions)
    solutions = (worked(one.number, "en") for one in questions)
    return [*codes, *(one.code for one in solutions if one)]
