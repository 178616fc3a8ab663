"""Submissions as pytest sees them: a file of nbval's for each, an item for each cell and each question.

The notebook runs once, in the grader's own kernels and on both companies, when its first item needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from crmlab.checks.overview import short
from crmlab.errors import CrmlabError
from crmlab.grading.course import Course
from crmlab.grading.kernel import CellOutcome
from crmlab.grading.layouts import Place, places
from crmlab.grading.probes import check_cells, plan
from crmlab.grading.result import SAME, Mark, printable
from crmlab.grading.roster import Roster, read_roster
from crmlab.grading.student import Graded, grade_one
from crmlab.grading.submission import Submission
from crmlab.locale import say

DONE = ("right", "played")
NOTEBOOK = "notebook"
#: What nbval says of a cell, by its status.
FAILED = {
    "error": "Cell execution caused an exception",
    "timeout": "Timeout exceeded executing cell",
    "killed": "Kernel died executing cell",
    "skipped": "Cell was not executed: no time was left",
}


class MissedError(Exception):
    """A question did not earn what it could."""


class Grading:
    """Collects notebooks below the folders that are named, and nothing else that lies there.

    Parameters
    ----------
    config : pytest.Config
    """

    def __init__(self, config: pytest.Config) -> None:
        if not config.pluginmanager.hasplugin("nbval"):
            raise pytest.UsageError(say("grading.judge_no_nbval"))
        if config.getoption("nbval") or config.getoption("nbval_lax"):
            # nbval would run the same notebooks beside us, in a kernel that protects nobody.
            raise pytest.UsageError(say("grading.judge_nbval_too"))
        try:
            self.course = Course.read(Path(config.getoption("crmlab_course")))
            self.roster = _roster(self.course)
        except CrmlabError as error:
            raise pytest.UsageError(str(error)) from None
        self.trust = config.getoption("i_trust_this_class")
        self.warnings: set[str] = set()
        self._places: dict[Path, dict[Path, Place]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out what is no notebook: a stranger's module would be imported."""
        if collection_path.is_dir() and not collection_path.is_symlink():
            return None
        return collection_path.suffix.lower() != ".ipynb" or collection_path.is_symlink()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector:
        """Take every folder as a folder: that of a package would have its ``__init__.py`` imported."""
        return pytest.Dir.from_parent(parent, path=path)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SubmissionFile | None:
        """Return a submission."""
        folder = self._folder(file_path, parent.config)
        if folder not in self._places:
            self._places[folder] = {place.path: place for place in places(folder, self.roster)}
        place = self._places[folder].get(file_path)
        if place is None:
            return None
        return SubmissionFile.from_parent(parent, path=file_path, grading=self, place=place)

    @staticmethod
    def _folder(file: Path, config: pytest.Config) -> Path:
        """Return the folder of submissions that a file is in: the one that was named."""
        named = (config.invocation_params.dir / argument.partition("::")[0] for argument in config.args)
        for folder in (path.resolve() for path in named):
            if folder.is_dir() and folder in file.parents:
                return folder
        return file.parents[1]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Let one process have all items of a notebook, which runs once."""
        if config.getoption("dist") != "load":
            return None
        from xdist.scheduler import LoadFileScheduling

        return LoadFileScheduling(config, log)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what did not protect the grader."""
        for warning in sorted(self.warnings):
            terminalreporter.write_line(warning, yellow=True)


class SubmissionFile(IPyNbFile):
    """A submission: its cells as they ran on the own company, and its questions."""

    def __init__(self, grading: Grading, place: Place, **given: Any) -> None:
        super().__init__(**given)
        self.grading = grading
        self.submission = Submission.read(place)

    def setup(self) -> None:
        """Start no kernel: nbval's would be that of the notebook's metadata."""

    def collect(self) -> Iterator[IPyNbCell]:
        """Yield the notebook's cells and the lab's questions, or one item that says why there are none."""
        submission = self.submission
        if not submission.readable or submission.lab not in self.grading.course.labs:
            yield self._item(WholeNotebook, NOTEBOOK, 0, "")
            return
        steps = plan(submission.lab, submission.cells)
        for place, source in zip(steps.places, steps.cells, strict=True):
            yield self._item(RunCell, f"Cell {place - 1}", place - 1, source)
        for question, expression, _ in check_cells(submission.lab):
            yield self._item(AnsweredQuestion, question, 0, expression)

    def _item(self, kind: type[IPyNbCell], name: str, number: int, source: str) -> IPyNbCell:
        shown = "\n".join(printable(line) for line in source.splitlines())
        return kind.from_parent(self, name=name, cell_num=number, cell=new_code_cell(shown), options={})

    @cached_property
    def graded(self) -> Graded:
        """What the submission earned."""
        graded = grade_one(self.submission, self.grading.course, trust=self.grading.trust)
        language = self.grading.course.language
        if graded.unstarted is not None:
            raise CrmlabError("grading.kernel_start", language, reason=graded.unstarted)
        self.grading.warnings |= {warning.to(language) for warning in graded.warnings}
        return graded

    def outcome(self, number: int) -> CellOutcome | None:
        """Return what became of code cell ``number``; None where the grader itself failed."""
        places = plan(self.submission.lab, self.submission.cells).places
        return dict(zip(places, self.graded.cells, strict=False)).get(number + 1)

    def notes(self) -> str:
        """What there is to say about the whole."""
        result = self.graded.result
        return "\n".join(note.to(result.language) for note in result.notes)


class WholeNotebook(IPyNbCell):
    """A submission that cannot be graded."""

    def runtest(self) -> None:
        """Say why."""
        raise MissedError(self.parent.notes())

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> str:
        """Return the sentences, or what went wrong with the grader itself."""
        if isinstance(excinfo.value, (MissedError, CrmlabError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it is, and its name."""
        return self.path, 0, f"{self.parent.submission.place.file}::{self.name}"


class RunCell(WholeNotebook):
    """A cell, as it ran on the student's own company."""

    def runtest(self) -> None:
        """Fail as a cell of nbval's fails."""
        cell = self.parent.outcome(self.cell_num)
        if cell is not None and cell.status != "ok":
            said = f"{cell.name}: {cell.message}" if cell.name else None
            raise NbCellError(self.cell_num, FAILED[cell.status], self.cell.source, said and printable(said))


class AnsweredQuestion(WholeNotebook):
    """A question: what was handed in for it, judged on both companies."""

    def runtest(self) -> None:
        """Fail with the sentences that the student reads."""
        mark = next(one for one in self.parent.graded.result.marks if one.question == self.name)
        points = {"points": short(mark.points), "of": short(mark.of)}
        self.user_properties += list(points.items())
        earned = say("checks.points_of", self.parent.graded.result.language, **points)
        told = "\n".join((earned, *mark.sentences))
        if not _done(mark):
            raise MissedError(told)
        self.add_report_section("call", "crmlab", told)


def _roster(course: Course) -> Roster | None:
    return None if course.roster is None else read_roster(course.roster, course.language)


def _done(mark: Mark) -> bool:
    return mark.verdict_seen in DONE and mark.verdict_unseen in (*DONE, SAME, None) and not mark.hard_coded
