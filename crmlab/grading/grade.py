"""Grading a folder of submissions: each goes into the gradebook when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from crmlab.errors import CrmlabError
from crmlab.grading import kernel
from crmlab.grading.course import Course
from crmlab.grading.gradebook import Gradebook
from crmlab.grading.layouts import places
from crmlab.grading.roster import Roster
from crmlab.grading.student import Run, Task
from crmlab.grading.submission import Submission
from crmlab.grading.workers import all_graded
from crmlab.locale import Text, say


@dataclass(frozen=True)
class Batch:
    """What came of grading a folder.

    Attributes
    ----------
    graded : int
        Submissions that were run now.
    kept : int
        Those whose marks stand from before.
    failed : tuple of str
        Files at which the grader itself failed; they are tried again the next time.
    warnings : tuple of Text
        What does not protect the grader on this computer.
    """

    graded: int = 0
    kept: int = 0
    failed: tuple[str, ...] = ()
    warnings: tuple[Text, ...] = ()


def grade(
    course: Course,
    folder: Path,
    book: Gradebook,
    roster: Roster | None = None,
    *,
    jobs: int = 2,
    trust: bool = False,
    run: Run | None = None,
) -> Batch:
    """Grade what has changed of the submissions in ``folder``, and put each into ``book`` when it is done.

    Parameters
    ----------
    course : Course
    folder : Path
        As Moodle or Canvas packs it, or ``name/lab.ipynb``.
    book : Gradebook
        Whoever interrupts loses nothing that is in it; the same call goes on from there.
    roster : Roster, optional
        Who the names of folders and files are.
    jobs : int
        Processes that grade at the same time; each starts kernels of its own.
    trust : bool
        Whether to run the code even where nothing protects the grader from it.
    run : callable, optional
        Runs the code; `crmlab.grading.kernel.run` unless given.

    Raises
    ------
    CrmlabError
        When there is no notebook in the folder, or none can be run safely here.
    """
    found = [Submission.read(place) for place in places(folder, roster)]
    if not found:
        raise CrmlabError("grading.judge_no_notebooks", course.language, folder=folder)
    todo = [one for one in found if not book.stands(*one.key, one.sha256)]
    if todo and run is None:
        kernel.wake()
    tasks = _tasks(todo, course, run or partial(kernel.run, trust=trust))
    failures: list[str] = []
    warnings: dict[Text, None] = {}
    with _progress_bar(len(todo), course.language) as advance:
        for some in all_graded(tasks, jobs):
            for one in some:
                book.put(one.result)
                warnings |= dict.fromkeys(one.warnings)
                if one.result.outcome == "failed":
                    failures.append(one.result.file)
            advance(len(some))
    return Batch(len(todo), len(found) - len(todo), tuple(failures), tuple(warnings))


def _tasks(submissions: Sequence[Submission], course: Course, run: Run) -> list[Task]:
    ordered = sorted(submissions, key=lambda one: one.key)
    by_student = groupby(ordered, key=lambda one: one.place.student)
    return [Task(tuple(group), course, run) for _, group in by_student]


@contextmanager
def _progress_bar(total: int, language: str) -> Iterator[Callable[[int], None]]:
    """Show how many submissions are graded and how long the others will take."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(say("grading.judge_grading", language)),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(say("size.time_left", language)),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)
