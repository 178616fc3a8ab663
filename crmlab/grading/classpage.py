"""The page for the instructor: what to talk about next week, and where to look."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmlab.analysis import numbers
from crmlab.analysis.charts import png
from crmlab.checks.question import Lab
from crmlab.grading.course import Course
from crmlab.grading.export import Grades, number, possible
from crmlab.grading.gradebook import Row
from crmlab.grading.items import Chart, Item, charts, columns, items, says
from crmlab.grading.pages import page
from crmlab.grading.result import SubmissionResult
from crmlab.grading.similar import Code, alike, borrowed
from crmlab.locale import listed, say

DPI = 150


@dataclass(frozen=True)
class Drawn:
    """A chart in the page: its picture, and what it says in words."""

    data: str
    alt: str


@dataclass(frozen=True)
class AboutLab:
    """One lab in the page."""

    titled: str
    of: int
    points: list[float]
    charts: list[Drawn]
    items: list[list[str]]
    mistakes: list[tuple[str, int, str]]
    looks: list[str]


def class_page(
    course: Course,
    grades: Grades,
    results: Sequence[SubmissionResult],
    codes: Mapping[str, Mapping[str, Code]],
    handed_out: Mapping[str, Code],
) -> bytes:
    """Return the page about a class.

    Parameters
    ----------
    course : Course
    grades : Grades
    results : sequence of SubmissionResult
        Whatever there is a note about is listed.
    codes : mapping
        Lab to account to the cells handed in.
    handed_out : mapping
        Lab to the cells that everybody was given.
    """
    language = grades.language
    analysed = items(grades.rows, grades.labs)
    labs = [
        _about(grades, lab, analysed, _looks(grades, lab, codes.get(number(lab), {}), handed_out))
        for lab in grades.labs
    ]
    return page(
        "class.html",
        language,
        course=course,
        finding=_finding(grades, labs),
        labs=labs,
        titles=[title for title, _, _ in columns(language)[:-1]],
        troubles=[one for one in results if one.notes],
    )


def _finding(grades: Grades, labs: Sequence[AboutLab]) -> str:
    handed_in = {row.student for row in grades.rows}
    most = sum(lab.of * len(lab.points) for lab in labs)
    if not most:
        return say("grading.book_class_nobody", grades.language)
    earned = sum(sum(lab.points) for lab in labs) / most
    return say(
        "grading.book_class_finding",
        grades.language,
        handed_in=len(handed_in),
        students=len(grades.students),
        share=numbers.share(earned, grades.language),
    )


def _about(grades: Grades, lab: Lab, analysed: Sequence[Item], looks: list[str]) -> AboutLab:
    language, title = grades.language, lab.title.to(grades.language)
    mine = [item for item in analysed if item.question in lab.questions]
    return AboutLab(
        say("grading.book_lab_titled", language, lab=number(lab), title=title),
        possible(lab),
        [points for (_, where), points in grades.points().items() if where == number(lab)],
        [_drawn(chart, language) for chart in charts(mine, lab, language)],
        [[_shown(value(item), form, language) for _, value, form in columns(language)[:-1]] for item in mine],
        [
            (item.question.number, count, says(item.question.number, name, language))
            for item in mine
            for name, count in item.mistakes.most_common()
        ],
        looks,
    )


def _drawn(chart: Chart, language: str) -> Drawn:
    figure = chart.picture.figure(chart.finding, "", language)
    return Drawn(
        b64encode(png(figure, DPI)).decode("ascii"), f"{chart.finding}. {chart.picture.alt(language)}"
    )


def _shown(value: Any, form: str, language: str) -> str:
    if value is None:
        return numbers.NONE
    if form == "0%":
        return numbers.share(value, language)
    return f"{value:.2f}" if form == "0.00" else str(value)


def _looks(grades: Grades, lab: Lab, codes: Mapping[str, Code], handed_out: Mapping[str, Code]) -> list[str]:
    """Return the places to look, a sentence each."""
    rows = [row for row in grades.rows if row.lab == number(lab)]
    given = handed_out.get(number(lab), ())
    return [*_alike(grades, codes, given), *_borrowed(grades, rows), *_written_down(grades, rows)]


def _alike(grades: Grades, codes: Mapping[str, Code], handed_out: Code) -> Iterator[str]:
    for one in alike(codes, handed_out):
        first, second = (_called(grades, student) for student in one.students)
        share = numbers.share(one.share, grades.language)
        yield say("grading.book_class_look_code", grades.language, first=first, second=second, share=share)


def _borrowed(grades: Grades, rows: Sequence[Row]) -> Iterator[str]:
    for one in borrowed(rows):
        blanks = {
            "student": _called(grades, one.student),
            "owner": _called(grades, one.owner),
            "questions": listed(one.questions, grades.language),
        }
        yield say("grading.book_class_look_answer", grades.language, **blanks)


def _written_down(grades: Grades, rows: Sequence[Row]) -> Iterator[str]:
    students = dict.fromkeys(row.student for row in rows if row.mark.hard_coded)
    for student in students:
        questions = [row.question for row in rows if row.student == student and row.mark.hard_coded]
        blanks = {"student": _called(grades, student), "questions": listed(questions, grades.language)}
        yield say("grading.book_class_look_written", grades.language, **blanks)


def _called(grades: Grades, account: str) -> str:
    student = next(one for one in grades.students if one.account == account)
    return f"{student.name} ({account})" if student.name else account
