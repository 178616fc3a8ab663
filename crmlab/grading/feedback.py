"""Feedback: a page for each student, in the student's language, with nothing in it but the student's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crmlab import __version__
from crmlab.checks.overview import short
from crmlab.checks.question import Lab, find
from crmlab.grading.course import Course
from crmlab.grading.export import Grades, number, possible
from crmlab.grading.gradebook import Row
from crmlab.grading.pages import page
from crmlab.grading.result import SubmissionResult
from crmlab.grading.roster import Student
from crmlab.locale import Text, listed, say


@dataclass(frozen=True)
class Part:
    """One lab in the page of a student.

    Attributes
    ----------
    lab : Lab
    rows : tuple of Row
        Of this student and lab.
    result : SubmissionResult or None
        None where nothing was handed in.
    comment : str
        What the instructor says about the whole lab.
    """

    lab: Lab
    rows: tuple[Row, ...]
    result: SubmissionResult | None
    comment: str

    @property
    def points(self) -> float:
        """What was earned."""
        return sum(row.points for row in self.rows)

    @property
    def of(self) -> int:
        """What could be earned."""
        return possible(self.lab)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What the grader says about the whole."""
        return self.result.notes if self.result else ()

    def called(self, language: str) -> str:
        """Return "Lab 01"."""
        return say("grading.book_lab", language, lab=number(self.lab))

    def titled(self, language: str) -> str:
        """Return number and title."""
        title = self.lab.title.to(language)
        return say("grading.book_lab_titled", language, lab=number(self.lab), title=title)

    def earned(self, language: str) -> str:
        """Return "13 of 20", or a dash where there is nothing."""
        if not self.rows:
            return "–"
        return say("grading.book_feedback_points", language, points=short(self.points), of=self.of)

    def heading(self, row: Row, language: str) -> str:
        """Return number and title of a question."""
        question = find(row.question)
        return question.heading(language) if question else row.question


def feedback(course: Course, student: Student, grades: Grades, results: Sequence[SubmissionResult]) -> bytes:
    """Return the page of one student.

    Parameters
    ----------
    course : Course
    student : Student
    grades : Grades
        Of the class; the student's rows are taken from it.
    results : sequence of SubmissionResult
        What there is of the class; the student's are taken from it.
    """
    language = student.language
    mine = {one.lab: one for one in results if one.student == student.account}
    rows = [row for row in grades.rows if row.student == student.account]
    parts = [
        Part(
            lab,
            tuple(row for row in rows if row.lab == number(lab)),
            mine.pop(number(lab), None),
            grades.comments.get((student.account, number(lab)), ""),
        )
        for lab in grades.labs
    ]
    pairs = [
        say(
            "grading.book_feedback_pair",
            language,
            lab=part.called(language),
            points=short(part.points),
            of=part.of,
        )
        for part in parts
    ]
    return page(
        "feedback.html",
        language,
        course=course,
        student=student,
        parts=parts,
        strange=list(mine.values()),
        points=sum(part.points for part in parts),
        of=sum(part.of for part in parts),
        alt=say("grading.book_feedback_alt", language, pairs=listed(pairs, language)),
        version=__version__,
    )
