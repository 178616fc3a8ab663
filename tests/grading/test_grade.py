"""Grading a folder: each submission costs only itself, and nothing that is done is done again."""

import json
import shutil
from pathlib import Path

import pytest
from class_of import code_cell, solved, write
from made import course
from stubs import answer_nothing
from typer.testing import CliRunner

from crmlab.cli import app
from crmlab.errors import CrmlabError
from crmlab.grading import kernel
from crmlab.grading.grade import grade
from crmlab.grading.gradebook import Gradebook
from crmlab.grading.layouts import places
from crmlab.grading.probes import check_cells
from crmlab.grading.student import OPENED, Task
from crmlab.grading.submission import Submission
from crmlab.grading.workers import finished

COURSE = course(labs=("01", "02"))


@pytest.fixture
def folder(tmp_path):
    """Submissions by what is in them; what is in them may end the grader."""

    def made(**sources):
        for name, source in sources.items():
            cells = [code_cell(source), code_cell('check("1.1", x)')]
            write({"cells": cells}, tmp_path / "submissions" / name / "01.ipynb")
        return tmp_path / "submissions"

    return made


@pytest.fixture
def book(tmp_path):
    with Gradebook(tmp_path / "gradebook.sqlite", COURSE) as book:
        yield book


def outcomes(book):
    return {one.student: one.outcome for one in book.results()}


def test_a_folder_is_graded_once(folder, book):
    where = folder(amy="x = 1", bob="x = 2")
    (where / "cy").mkdir()
    (where / "cy" / "02.ipynb").write_bytes(b"{")
    batch = grade(COURSE, where, book, jobs=1, run=answer_nothing)
    assert (batch.graded, batch.kept, batch.unreadable, batch.failed) == (3, 0, ("cy/02.ipynb",), ())
    assert outcomes(book) == {"amy": "graded", "bob": "graded", "cy": "unreadable"}
    assert {row.question for row in book.rows()} == {one.question for one in check_cells("01")}
    folder(bob="x = 3")
    batch = grade(COURSE, where, book, jobs=1, run=answer_nothing)
    assert (batch.graded, batch.kept) == (1, 2)


def test_whoever_interrupts_keeps_what_is_done(folder, book):
    where = folder(amy="x = 1", bob="INTERRUPT", cy="x = 3")
    with pytest.raises(KeyboardInterrupt):
        grade(COURSE, where, book, jobs=1, run=answer_nothing)
    assert outcomes(book) == {"amy": "graded"}
    folder(bob="x = 2")
    assert grade(COURSE, where, book, jobs=1, run=answer_nothing).kept == 1
    assert set(outcomes(book)) == {"amy", "bob", "cy"}


def test_what_ends_the_grader_costs_one_student(folder, book):
    """In two processes; one of them dies of bob, cy makes it fail, and for eve there is no kernel."""
    where = folder(amy="x = 1", bob="END THE GRADER", cy="FAIL", dan="x = 4", eve="NO KERNEL")
    batch = grade(COURSE, where, book, jobs=2, run=answer_nothing)
    assert sorted(batch.failed) == ["bob/01.ipynb", "cy/01.ipynb", "eve/01.ipynb"]
    assert outcomes(book) == {
        "amy": "graded",
        "bob": "failed",
        "cy": "failed",
        "dan": "graded",
        "eve": "failed",
    }
    marks = [row.mark for row in book.rows() if row.student == "bob"]
    assert len(marks) == len(check_cells("01")) and all(mark.sentences for mark in marks)
    batch = grade(COURSE, folder(bob="x = 2", eve="x = 5"), book, jobs=1, run=answer_nothing)
    assert (batch.graded, batch.kept, batch.failed) == (3, 2, ("cy/01.ipynb",))


def test_where_nothing_can_be_run_safely_nobody_is_marked(folder, book):
    where = folder(amy="NO WALLS", bob="NO WALLS")
    with pytest.raises(CrmlabError, match="none of this"):
        grade(COURSE, where, book, jobs=1, run=answer_nothing)
    assert outcomes(book) == {}
    submissions = tuple(map(Submission.read, places(where)))
    said = finished(Task(submissions, COURSE, answer_nothing))  # what comes through from another process
    assert "none of this" in said


def test_a_kernel_that_does_not_start_costs_its_submission(folder, book):
    where = folder(amy="NO KERNEL", bob="NO KERNEL", cy="x = 3", dan="NO KERNEL", eve="NO KERNEL")
    batch = grade(COURSE, where, book, jobs=1, run=answer_nothing)
    assert (batch.graded, len(batch.failed)) == (5, 4)
    (amy,) = (one for one in book.results() if one.student == "amy")
    assert "no more processes" in amy.notes[-1].en and "no more processes" in amy.notes[-1].zh
    where = folder(amy="x = 1", bob="x = 2", dan="x = 4", eve="x = 5")
    batch = grade(COURSE, where, book, jobs=1, run=answer_nothing)
    assert (batch.graded, batch.kept, batch.failed) == (4, 1, ())


def test_where_no_kernel_starts_it_is_the_computer(folder, book):
    where = folder(**{f"student{at}": "NO KERNEL" for at in range(9)})
    with pytest.raises(CrmlabError, match=r"3 submissions in a row.*no more processes"):
        grade(COURSE, where, book, jobs=1, run=answer_nothing)
    assert list(outcomes(book).values()) == ["failed"] * 3


def test_a_folder_without_notebooks_is_an_error(tmp_path, book):
    with pytest.raises(CrmlabError, match="no notebook"):
        grade(COURSE, tmp_path, book)


def test_what_is_packed_is_collected_first(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(kernel, "run", lambda *given, **_: answer_nothing(*given))
    monkeypatch.chdir(tmp_path)
    shutil.make_archive("downloads/s1 (1)", "zip", folder(s1="x = 1"))
    shutil.rmtree("submissions")
    text = 'title = "C"\ncourse = "c"\nsecret = "a secret of 16 letters"\nlabs = ["01"]\nroster = "r.csv"\n'
    Path("course.toml").write_text(text, encoding="utf-8")
    Path("r.csv").write_text("account\ns1\ns2\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["grade", "downloads", "--jobs", "1"])
    assert said.exit_code == 0, said.output
    assert "Lab 01 is missing from 1: s2" in said.output and "Submissions graded: 1." in said.output
    assert Path("submissions/s1/01.ipynb").is_file() and Path("grades/feedback/s2.html").is_file()


def test_of_the_truth_a_lab_opens_only_what_its_notebook_reads():
    """And the notebook of a lab that opens nothing reads nothing of it."""
    for lab in ("00", "01", "02", "03", "04", "05", "06", "07"):
        code = json.dumps([cell["source"] for cell in solved(lab)["cells"] if cell["cell_type"] == "code"])
        opened = OPENED.get(lab, {})
        assert ("truth" in code) == bool(opened), lab
        for table, columns in opened.items():
            assert f"truth.{table}" in code
            assert [column for column in columns if column not in code] == [], lab
