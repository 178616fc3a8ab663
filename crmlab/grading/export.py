"""What leaves the gradebook: CSV, an Excel workbook, and the files that Canvas and Moodle import."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from crmlab.checks.question import Lab
from crmlab.checks.question import labs as all_labs
from crmlab.grading.gradebook import Manual, Row
from crmlab.grading.roster import Roster, Student
from crmlab.locale import say

#: What a cell of a CSV file must not begin with: a spreadsheet would compute it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Grades:
    """The marks of a class, as they are handed on.

    Attributes
    ----------
    students : tuple of Student
        Those on the roster, in its order, then those of whom there is only a submission.
    enrolled : int
        How many of them are on the roster; all where there is none.
    labs : tuple of Lab
    rows : tuple of Row
    comments : mapping of (str, str) to str
        By account and lab: what the instructor says about a whole lab.
    language : str
        Of headings.
    """

    students: tuple[Student, ...]
    enrolled: int
    labs: tuple[Lab, ...]
    rows: tuple[Row, ...]
    comments: Mapping[tuple[str, str], str]
    language: str

    @classmethod
    def of(
        cls,
        rows: Sequence[Row],
        manual: Mapping[tuple[str, str], Manual],
        labs: Sequence[str],
        roster: Roster | None,
        language: str,
    ) -> Grades:
        """Return the marks in ``rows`` for the students of the roster, and for whoever else has some."""
        students = {student.account: student for student in roster or ()}
        enrolled = len(students)
        for row in rows:
            students.setdefault(row.student, Student(row.student, language=language))
        chosen = tuple(lab for lab in all_labs() if number(lab) in labs)
        comments = {key: one.comment for key, one in manual.items() if one.comment and "." not in key[1]}
        return cls(
            tuple(students.values()), enrolled or len(students), chosen, tuple(rows), comments, language
        )

    def points(self) -> dict[tuple[str, str], float]:
        """Return what each student earned in each lab; nothing where there is no submission."""
        key = {(row.student, row.lab): 0.0 for row in self.rows}
        for row in self.rows:
            key[row.student, row.lab] += row.points
        return {where: round(points, 2) for where, points in key.items()}

    def called(self, lab: Lab) -> str:
        """Return what a lab is called in a heading."""
        return say("grading.book_lab", self.language, lab=number(lab))

    def headings(self, *keys: str) -> list[str]:
        """Return headings of columns."""
        return [say(f"grading.book_{key}", self.language) for key in keys]


def number(lab: Lab) -> str:
    """Return the number of a lab as it is written: "01"."""
    return f"{lab.number:02d}"


def possible(lab: Lab) -> int:
    """Return what a lab can earn."""
    return sum(question.points for question in lab.questions)


def grades_csv(grades: Grades) -> bytes:
    """Return a row for each student: points in each lab, and in all."""
    points = grades.points()
    header = [
        *grades.headings("account", "name", "email"),
        *(grades.called(lab) for lab in grades.labs),
        *grades.headings("total", "of"),
    ]
    rows = []
    for student in grades.students:
        mine = [points.get((student.account, number(lab))) for lab in grades.labs]
        total = round(sum(one or 0 for one in mine), 2)
        rows.append(
            [student.account, student.name, student.email, *mine, total, sum(map(possible, grades.labs))]
        )
    return _csv([header, *rows])


def questions_csv(grades: Grades) -> bytes:
    """Return a row for each student and question, with all that is known about it."""
    header = grades.headings(
        "account", "question", "points", "of", "seen", "unseen", "mistake", "hard_coded", "by_hand",
        "comment", "seconds", "file",
    )  # fmt: skip
    rows = [
        [
            row.student, row.question, row.points, row.mark.of,
            *(verdict(one, grades.language) for one in (row.mark.verdict_seen, row.mark.verdict_unseen)),
            row.mark.mistake, say("grading.book_yes", grades.language) if row.mark.hard_coded else "",
            row.manual and row.manual.points, row.manual and row.manual.comment,
            round(row.seconds, 2), row.file, row.sha256,
        ]
        for row in grades.rows
    ]  # fmt: skip
    return _csv([[*header, "sha256"], *rows])


def canvas_csv(grades: Grades) -> bytes:
    """Return what Canvas imports into its gradebook: its own headings, and the points possible in row two.

    A lab without submission stays empty, which takes a score away that Canvas already has: its preview
    of the import shows that.
    """
    points = grades.points()
    labs = [grades.called(lab) for lab in grades.labs]
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *labs]
    most = ["    Points Possible", "", "", "", "", *map(possible, grades.labs)]
    rows = [
        [
            one.called, one.canvas_id, one.sis_id, one.account, one.section,
            *(points.get((one.account, number(lab))) for lab in grades.labs),
        ]
        for one in grades.students
    ]  # fmt: skip
    return _csv([header, most, *rows])


def moodle_csv(grades: Grades) -> bytes:
    """Return what Moodle imports: who it is, then points and feedback for each lab.

    Moodle refuses a file in which it does not know somebody, and gives a row without mail to whoever stands
    in the row before: only the roster is in it.
    """
    points = grades.points()
    header = ["Username", "Email address"]
    for lab in grades.labs:
        name = grades.called(lab)
        header += [name, say("grading.book_feedback_column", grades.language, lab=name)]
    said = {key: list(rows) for key, rows in groupby(grades.rows, key=lambda row: (row.student, row.lab))}
    rows = []
    for student in grades.students[: grades.enrolled]:
        cells: list[Any] = [student.account, student.email]
        for lab in grades.labs:
            key = (student.account, number(lab))
            cells += [points.get(key), _feedback(said.get(key, ()), grades.comments.get(key, ""))]
        rows.append(cells)
    return _csv([header, *rows])


def verdict(outcome: str | None, language: str) -> str:
    """Return an outcome in a word or two.

    Examples
    --------
    >>> verdict("played", "zh"), verdict(None, "en")
    ('已决策', 'not asked')
    """
    return say(f"grading.book_verdict_{outcome or 'none'}", language)


def _feedback(rows: Iterable[Row], comment: str) -> str:
    """Return what to say about the questions that did not earn all points, as text that HTML shows."""
    lines = [comment] if comment else []
    for row in rows:
        words = [row.manual.comment] if row.manual and row.manual.comment else []
        if row.points < row.mark.of:
            words = [*words, *row.mark.sentences]
        if words:
            lines.append(f"{row.question}: {' '.join(words)}")
    return escape("\n".join(lines), quote=False)


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file that Excel opens in any language."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    """Return a value for a CSV file: whole numbers without a decimal, text that is no formula."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
