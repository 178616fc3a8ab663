"""Grading a folder of submissions: each goes into the gradebook when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
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
from crmlab.grading.student import Graded, Run, Task
from crmlab.grading.submission import Submission
from crmlab.grading.workers import all_graded
from crmlab.locale import Text, say

#: So many submissions one after another for which no kernel begins: then it is not they.
MOST_UNSTARTED = 3


@dataclass(frozen=True)
class Batch:
    """What came of grading a folder.

    Attributes
    ----------
    graded : int
        Submissions that were run now.
    kept : int
        Those whose marks stand from before.
    unreadable : tuple of str
        Files that earned no marks now, because they are no lab of the course.
    failed : tuple of str
        Files at which the grader itself failed; they are tried again the next time.
    warnings : tuple of Text
        What does not protect the grader on this computer.
    """

    graded: int = 0
    kept: int = 0
    unreadable: tuple[str, ...] = ()
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
        When there is no notebook in the folder, none can be run safely here, or no kernel begins.
    """
    found = [Submission.read(place) for place in places(folder, roster)]
    if not found:
        raise CrmlabError("grading.judge_no_notebooks", course.language, folder=folder)
    todo = [one for one in found if not book.stands(*one.key, one.sha256)]
    if todo and run is None:
        kernel.wake()
    tasks = _tasks(todo, course, run or partial(kernel.run, trust=trust, language=course.language))
    files: dict[str, list[str]] = {}
    warnings: dict[Text, None] = {}
    unstarted = 0
    with _progress_bar(len(todo), course.language) as advance, closing(all_graded(tasks, jobs)) as results:
        for some in results:
            for one in some:
                book.put(one.result)
                warnings |= dict.fromkeys(one.warnings)
                files.setdefault(one.result.outcome, []).append(one.result.file)
                unstarted = _unstarted(unstarted, one, course.language)
            advance(len(some))
    unreadable, failed = (tuple(files.get(outcome, ())) for outcome in ("unreadable", "failed"))
    return Batch(len(todo), len(found) - len(todo), unreadable, failed, tuple(warnings))


def _unstarted(before: int, one: Graded, language: str) -> int:
    """Return for how many submissions in a row no kernel began; too many are an error."""
    if one.unstarted is None:
        # What was not run at all says nothing about kernels.
        return 0 if one.result.outcome in ("graded", "partly") else before
    if before + 1 == MOST_UNSTARTED:
        blanks = {"count": MOST_UNSTARTED, "reason": one.unstarted}
        raise CrmlabError("grading.judge_machine", language, **blanks)
    return before + 1


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
