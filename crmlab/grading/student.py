"""All that one student handed in: run on two companies, judged, and told about in sentences."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from crmlab.checks.question import Question
from crmlab.checks.question import labs as declared_labs
from crmlab.company.company import SEED, Company, opened
from crmlab.errors import CrmlabError
from crmlab.grading import kernel
from crmlab.grading.course import Course
from crmlab.grading.judging import Pair, failed, marks
from crmlab.grading.kernel import CellOutcome, NotStartedError, Probe, RunResult
from crmlab.grading.probes import Plan, plan
from crmlab.grading.result import Outcome, SubmissionResult, note, printable
from crmlab.grading.submission import Submission
from crmlab.locale import LANGUAGES, Text, listed

#: What of the truth a lab opens to everybody, by lab and table. All else stays with the grader.
OPENED = {"07": {"customers": ("customer_id", "type")}}
#: So many failing cells are told of; the others are counted.
MOST_TOLD = 3

#: Runs cells with a company's folder and asks for answers, within the limits: `crmlab.grading.kernel.run`.
Run = Callable[[Sequence[str], Path, Sequence[Probe], kernel.Limits], RunResult]


@dataclass(frozen=True)
class Task:
    """All that one student handed in: the companies are opened once for it."""

    submissions: tuple[Submission, ...]
    course: Course
    run: Run


class Graded(NamedTuple):
    """A graded submission.

    Attributes
    ----------
    result : SubmissionResult
    cells : tuple of CellOutcome
        What became of its cells on the own company.
    warnings : tuple of Text
        What protected nobody.
    unstarted : str or None
        Why no kernel could be started for it, where that is so.
    """

    result: SubmissionResult
    cells: tuple[CellOutcome, ...] = ()
    warnings: tuple[Text, ...] = ()
    unstarted: str | None = None


def grade_one(submission: Submission, course: Course, *, trust: bool = False) -> Graded:
    """Return what one submission earns."""
    run = partial(kernel.run, trust=trust, language=course.language)
    return next(graded(Task((submission,), course, run)))


def graded(task: Task) -> Iterator[Graded]:
    """Yield what each submission of a student earns; one that fails costs itself only."""
    with tempfile.TemporaryDirectory(prefix="crmlab-grading-") as folder:
        for submission in task.submissions:
            begun = time.monotonic()
            problem = _problem(submission, task.course)
            if problem is not None:
                yield not_run(submission, task.course, "unreadable", *problem)
                continue
            try:
                yield _one(submission, task, Path(folder), begun)
            except NotStartedError as error:
                why = note("judge_not_started", reason=error.reason)
                failed_one = not_run(submission, task.course, "failed", why)
                yield failed_one._replace(unstarted=error.reason)
            except CrmlabError:
                raise  # for the person who grades: nothing can be run here
            except Exception:
                logging.getLogger(__name__).exception("%s", submission.place.file)
                yield not_run(submission, task.course, "failed", note("judge_grader_failed"))


def _problem(submission: Submission, course: Course) -> tuple[Text, ...] | None:
    """Return why a submission is not run at all; None where it is."""
    if not submission.readable:
        return ()  # its own problems say it
    if submission.lab not in course.labs:
        labs = Text(*(listed(course.labs, language) for language in LANGUAGES))
        return (note("judge_other_lab", lab=submission.lab, labs=labs),)
    return None


def _one(submission: Submission, task: Task, folder: Path, begun: float) -> Graded:
    course, language = task.course, _language(submission, task.course)
    account = submission.place.account
    # Whatever the settings of the person who grades are.
    companies = Pair(*(opened(SEED, language, account, name) for name in (course.course, course.unseen)))
    steps = plan(submission.lab, submission.cells)
    seen, unseen = (
        task.run(steps.cells, _published(company, submission.lab, folder), steps.probes, course.limits)
        for company in companies
    )
    made, errors = marks(_questions(submission.lab), companies, seen.replies, unseen.replies, course.weights)
    stopped = any(
        run.died or any(cell.status not in ("ok", "error") for cell in run.cells) for run in (seen, unseen)
    )
    result = SubmissionResult(
        *submission.key,
        submission.sha256,
        language,
        "failed" if errors else "partly" if stopped else "graded",
        round(time.monotonic() - begun, 2),
        made,
        (*submission.place.notes, *submission.problems, *_told(steps, seen, unseen)),
    )
    return Graded(result, seen.cells, seen.warnings)


def not_run(submission: Submission, course: Course, outcome: Outcome, *notes: Text) -> Graded:
    """Return the result of a submission that was not run, or not to its end."""
    language = _language(submission, course)
    questions = _questions(submission.lab)
    result = SubmissionResult(
        *submission.key,
        submission.sha256,
        language,
        outcome,
        marks=tuple(failed(one, language) for one in questions) if outcome == "failed" else (),
        notes=(*submission.place.notes, *submission.problems, *notes),
    )
    return Graded(result)


def _questions(number: str) -> tuple[Question, ...]:
    return next((lab.questions for lab in declared_labs() if f"{lab.number:02d}" == number), ())


def _language(submission: Submission, course: Course) -> str:
    return submission.language or submission.place.language or course.language


def _published(company: Company, lab: str, folder: Path) -> Path:
    """Return the folder with what a kernel may know of ``company`` in ``lab``; it is written once."""
    shown = OPENED.get(lab, {})
    name = hashlib.sha256(repr((company.course, company.language, shown)).encode()).hexdigest()[:16]
    place = folder / name
    if not place.exists():
        kernel.publish(company, place, shown)
    return place


# What there is to say about the whole


def _told(steps: Plan, seen: RunResult, unseen: RunResult) -> Iterator[Text]:
    """Yield what happened while the notebook ran; of the other company only what was not so here."""
    yield from _troubles(steps, seen, RunResult())
    others = list(_troubles(steps, unseen, seen))
    if others:
        yield note("judge_on_the_other")
        yield from others


def _troubles(steps: Plan, run: RunResult, known: RunResult) -> Iterator[Text]:
    before = {at: cell.status for at, cell in enumerate(known.cells)}
    failing = [
        (at, cell)
        for at, cell in enumerate(run.cells)
        if cell.status != "ok" and before.get(at) != cell.status
    ]
    for at, cell in failing[:MOST_TOLD]:
        yield _trouble(steps.places[at], steps.cells[at], cell)
    if len(failing) > MOST_TOLD:
        yield note("judge_cells_more", count=len(failing) - MOST_TOLD)
    if run.died and run.died != known.died:
        yield note(f"judge_died_{run.died}")


def _trouble(place: int, source: str, cell: CellOutcome) -> Text:
    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    line = first if len(first) <= 60 else f"{first[:59]}…"
    blanks = {"line": line, "name": cell.name, "message": cell.message}
    shown = {name: printable(text) for name, text in blanks.items()}
    return note(f"judge_cell_{cell.status}", cell=place, **shown)
