"""For instructors: ``crmlab release``, ``crmlab collect``, ``crmlab grade``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmlab.cli.common import Lang, tell
from crmlab.errors import CrmlabError
from crmlab.locale import listed, say, spoken

if TYPE_CHECKING:
    from crmlab.grading.collect import Collected
    from crmlab.grading.course import Course
    from crmlab.grading.roster import Roster

#: Where notebooks are, sorted by account and lab, unless another folder is named.
SUBMISSIONS = Path("submissions")

CourseFile = Annotated[Path, typer.Option("--course", help="The description of the course.")]
RosterFile = Annotated[
    Path | None, typer.Option("--roster", help="The students, CSV or Excel; the course's own unless given.")
]


def release(
    course: CourseFile = Path("course.toml"),
    roster: RosterFile = None,
    labs: Annotated[
        str | None, typer.Option(help="Which labs: 01,02. All of the course unless given.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the zip files.")] = Path("handout"),
    one: Annotated[bool, typer.Option("--one", help="One zip file for all, which knows no account.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Write a first course.toml instead.")] = False,
    lang: Lang = None,
) -> None:
    """Hand labs out: make a zip file for each student, with the account set and the due dates shown.

    A course begins with crmlab release --new.
    """
    from crmlab.grading.course import Course, begin
    from crmlab.grading.release import release as hand_out

    if new:
        language = lang or spoken()
        begin(course, language)
        return tell(say("grading.hand_course_written", language, file=course, roster="roster.csv"))
    described = Course.read(course)
    students = None if one and roster is None else _roster(described, course, roster)
    chosen = [lab.zfill(2) for lab in re.findall(r"[^\s,，、]+", labs or "")]
    written = hand_out(described, out, students, chosen, one=one)
    known = listed(chosen or described.labs, described.language)
    tell(say("grading.hand_released", described.language, count=len(written), folder=out, labs=known))


def collect(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="ZIP|FOLDER...", help="What came back, as Moodle or Canvas packs it."),
    ],
    course: CourseFile = Path("course.toml"),
    roster: RosterFile = None,
    out: Annotated[Path, typer.Option(help="Folder for the notebooks, by account.")] = SUBMISSIONS,
) -> None:
    """Sort what students handed in by account and lab, and say what is missing or late.

    Nothing is ever overwritten, so that the same command may be given again.
    """
    from crmlab.grading.course import Course

    described = Course.read(course)
    collected = _collected(sources, out, described, _roster(described, course, roster))
    if collected.refused:
        raise typer.Exit(1)


def grade(
    submissions: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|ZIP",
            help="The notebooks, as they were collected. What holds zip files is collected into "
            "submissions first.",
        ),
    ],
    course: CourseFile = Path("course.toml"),
    roster: RosterFile = None,
    out: Annotated[Path, typer.Option(help="Folder for the gradebook and all that is made of it.")] = Path(
        "grades"
    ),
    manual: Annotated[
        Path | None, typer.Option(help="Marks and comments by hand: student, question, points, comment.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Submissions that are graded at the same time.")] = 2,
    trust: Annotated[
        bool, typer.Option("--i-trust-this-class", help="Run their code where nothing can be walled off.")
    ] = False,
) -> None:
    """Grade a class: run each notebook on two companies, judge its answers, write grades and feedback.

    Only what has changed is graded again. When it is interrupted, the same command goes on where it was.
    """
    from crmlab.grading.course import Course
    from crmlab.grading.grade import grade as grade_all
    from crmlab.grading.gradebook import Gradebook
    from crmlab.grading.manual import read_manual
    from crmlab.grading.outputs import GRADEBOOK, write_outputs

    described = Course.read(course)
    language = described.language
    named = roster or described.roster
    students = _roster(described, course, roster) if named is not None else None
    submissions, refused = _unpacked(submissions, described, course, roster)
    with Gradebook(out / GRADEBOOK, described) as book:
        batch = grade_all(described, submissions, book, students, jobs=jobs, trust=trust)
        for warning in batch.warnings:
            tell(warning.to(language), style="yellow", stderr=True)
        tell(say("grading.book_graded", language, graded=batch.graded, kept=batch.kept))
        if batch.unreadable:
            tell(say("grading.book_unreadable", language, files=listed(batch.unreadable, language)))
        if manual is not None:
            count = read_manual(manual, book, students, language)
            tell(say("grading.book_manual_read", language, count=count))
        grades = write_outputs(out, described, book, students, submissions)
    tell(say("grading.book_written", language, folder=out, count=len(grades.students)))
    if batch.failed:
        raise CrmlabError("grading.book_failed", language, files=listed(batch.failed, language))
    if refused:
        raise typer.Exit(1)


def _unpacked(given: Path, course: Course, file: Path, roster: Path | None) -> tuple[Path, list[str]]:
    """Return the folder to grade, and what was refused where it had to be collected first."""
    from crmlab.grading.collect import is_packed

    if not is_packed(given):
        return given, []
    # Whose the notebooks in a zip file are, only a roster can say.
    collected = _collected([given], SUBMISSIONS, course, _roster(course, file, roster))
    return collected.folder, collected.refused


def _collected(sources: Sequence[Path], out: Path, course: Course, roster: Roster) -> Collected:
    """Sort what was handed in, and say what there is to say about it."""
    from crmlab.grading.collect import collect as sort

    collected = sort(sources, out, course, roster)
    for sentence in collected.sentences(course.language):
        tell(sentence)
    return collected


def _roster(course: Course, file: Path, asked: Path | None) -> Roster:
    """Return the roster that was asked for, else the course's own."""
    from crmlab.grading.roster import read_roster

    path = asked or course.roster
    if path is None:
        raise CrmlabError("grading.hand_roster_unnamed", course.language, file=file)
    return read_roster(path, course.language)
