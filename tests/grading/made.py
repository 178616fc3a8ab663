"""Marks made up for tests of what comes after grading: nothing is run, nothing is judged."""

import json
import random

from crmlab.checks.question import labs as all_labs
from crmlab.grading.course import Course
from crmlab.grading.result import Mark, SubmissionResult
from crmlab.grading.roster import Roster, Student

NAMES = ("陈雪", "Amy Müller", "李明", "=HYPERLINK(1)", "Zoë O'Neil", "王芳")


def course(**changes):
    given = {"title": "CRM", "course": "crm-2026", "secret": "a secret of 16 letters", "language": "en"}
    return Course(**{**given, "labs": ("01", "02"), **changes})


def roster(size):
    students = [
        Student(f"s{i:02}", NAMES[i % len(NAMES)], f"s{i:02}@school.example", ("en", "zh")[i % 2])
        for i in range(size)
    ]
    return Roster(tuple(students))


def answer(*values):
    """An answer as it is kept."""
    return json.dumps({"form": "list", "columns": [{"name": None, "values": values, "index": False}]})


def mark(question, outcome, language):
    """A mark for a question: "right", "mistake" (its first or second), "written_down", "wrong" or "open"."""
    if outcome == "right":
        said = question.meaning.to(language)
        return Mark(
            question.number, question.points, question.points, "right", "right", question.points,
            question.points, sentences=(said,), answer=answer(question.points),
        )  # fmt: skip
    if outcome == "mistake" and question.mistakes:
        made = question.mistakes[-1]
        return Mark(
            question.number, 0, question.points, "mistake", "mistake", mistake=made.name,
            sentences=(made.says.to(language),),
        )  # fmt: skip
    if outcome == "written_down":
        return Mark(
            question.number, 0, question.points, "right", "wrong", question.points, hard_coded=True,
            sentences=("Written down.",),
        )  # fmt: skip
    return Mark(question.number, 0, question.points, "wrong" if outcome == "mistake" else outcome, "open")


def results(size, labs=("01", "02"), seed=1):
    """Results of a class in which some are stronger than others; the last student handed in nothing."""
    draw = random.Random(seed)
    made = []
    for i, student in enumerate(list(roster(size))[:-1]):
        for lab in all_labs():
            if f"{lab.number:02d}" not in labs:
                continue
            marks = tuple(
                mark(question, _outcome(draw.random(), i / size, at / 12), student.language)
                for at, question in enumerate(lab.questions)
            )
            number, account = f"{lab.number:02d}", student.account
            file = f"{account}/{number}.ipynb"
            result = SubmissionResult(
                account, number, file, f"{i:064x}", student.language, "graded", 0.4, marks
            )
            made.append(result)
    return made


def _outcome(chance, strong, hard):
    level = chance + 0.6 * strong - 0.8 * hard
    return "right" if level > 0.25 else "mistake" if level > 0 else "written_down" if level > -0.1 else "open"
