"""The gradebook: nothing is lost, nothing is graded twice, and what the instructor says stays."""

import dataclasses
import sqlite3

import made
import pytest

from crmlab.checks.question import find
from crmlab.errors import CrmlabError
from crmlab.grading import gradebook
from crmlab.grading.gradebook import Gradebook, Manual
from crmlab.grading.manual import read_manual
from crmlab.locale import Text


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.sqlite"


@pytest.fixture
def results():
    return made.results(4)


def key(result, **changes):
    one = dataclasses.replace(result, **changes)
    return one.student, one.lab, one.file, one.sha256


def test_what_is_put_comes_out_again(path, results):
    results[0] = dataclasses.replace(results[0], notes=(Text("Stopped.", "停了。"),), outcome="partly")
    with Gradebook(path, made.course()) as book:
        for result in results:
            book.put(result)
    with Gradebook(path, made.course()) as book:
        assert book.results() == sorted(results, key=lambda one: (one.student, one.lab))


def test_only_what_changed_is_graded_again(path, results, monkeypatch):
    one = results[0]
    with Gradebook(path, made.course()) as book:
        assert not book.stands(*key(one))
        book.put(one)
        book.put(dataclasses.replace(results[1], outcome="failed"))
        assert book.stands(*key(one))
        assert not book.stands(*key(one, sha256="other bytes"))
        assert not book.stands(*key(results[1]))
    with Gradebook(path, made.course(title="Another title")) as book:
        assert book.stands(*key(one))
    with Gradebook(path, made.course(secret="another secret, as long")) as book:
        assert not book.stands(*key(one))
    monkeypatch.setattr(gradebook, "__version__", "99")
    with Gradebook(path, made.course()) as book:
        assert not book.stands(*key(one))


def test_of_two_files_the_better_counts_and_of_two_runs_the_later(path, results):
    weak, strong = sorted((results[0], results[2]), key=lambda one: one.points)
    weak = dataclasses.replace(weak, student="amy", file="amy/01.ipynb")
    strong = dataclasses.replace(strong, student="amy", file="amy/01 (2).ipynb")
    with Gradebook(path, made.course()) as book:
        book.put(strong)
        book.put(weak)
        assert [one.file for one in book.results()] == ["amy/01 (2).ipynb"]
    with Gradebook(path, made.course()) as book:
        # The other file is no longer there.
        assert book.stands(*key(weak))
        assert [one.file for one in book.results()] == ["amy/01.ipynb"]


def test_a_file_that_turns_out_to_be_somebody_s_is_not_there_twice(path, results):
    nameless = dataclasses.replace(results[0], student="Chen Xue", lab="")
    with Gradebook(path, made.course()) as book:
        book.put(nameless)
        book.put(results[0])
        assert book.results() == [results[0]]


def test_marks_by_hand_outlive_grading_again(path, results):
    one = results[0]
    with Gradebook(path, made.course()) as book:
        book.put(one)
        book.set_manual(one.student, "1.2", Manual(1.5, "Nice idea."))
        book.set_manual(one.student, "1.3", Manual(None, "Look again."))
        book.set_manual("only by word", "1.1", Manual(1))
    with Gradebook(path, made.course()) as book:
        book.put(dataclasses.replace(one, sha256="new"))
        rows = {(row.student, row.question): row for row in book.rows()}
    assert rows[one.student, "1.2"].points == 1.5
    assert rows[one.student, "1.3"].points == one.marks[2].points
    assert rows[one.student, "1.3"].manual.comment == "Look again."
    assert rows["only by word", "1.1"].points == 1


def test_a_crash_in_the_middle_leaves_the_old_marks(path, results):
    with Gradebook(path, made.course()) as book:
        book.put(results[0])
        broken = dataclasses.replace(results[0], sha256="new", marks=(*results[0].marks, results[0].marks[0]))
        broken = dataclasses.replace(broken, marks=(dataclasses.replace(broken.marks[0], points=None),))
        with pytest.raises(sqlite3.IntegrityError):
            book.put(broken)
        assert book.results() == [results[0]]


def test_another_file_is_not_touched(path):
    path.write_bytes(b"my notes, and no database at all" * 100)
    with pytest.raises(CrmlabError, match="cannot be read"):
        Gradebook(path, made.course())
    assert path.read_bytes().startswith(b"my notes")
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(CrmlabError, match="another version"):
        Gradebook(path, made.course())


def test_a_book_that_is_being_written_is_not_called_damaged(path, monkeypatch):
    monkeypatch.setattr(gradebook, "PATIENCE", 0.01)
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CrmlabError, match="written by another program"):
        Gradebook(path, made.course())
    other.close()


def test_marks_by_hand_from_a_file(path, tmp_path, results):
    file = tmp_path / "manual.csv"
    file.write_bytes(
        "student,question,points,comment\ns00,1.2,1.5,好\ns01@school.example,1,,Well done\n".encode("gbk")
    )
    with Gradebook(path, made.course()) as book:
        book.put(results[0])
        assert read_manual(file, book, made.roster(4), "en") == 2
        assert book.manual() == {("s00", "1.2"): Manual(1.5, "好"), ("s01", "01"): Manual(None, "Well done")}
        file.write_text("student,question,points,comment\ns00,1.2,,\n", encoding="utf-8")
        read_manual(file, book, None, "en")
        assert ("s00", "1.2") not in book.manual()


def test_a_file_with_one_wrong_row_changes_nothing(path, tmp_path, results):
    file = tmp_path / "manual.csv"
    file.write_text(
        "student,question,points,comment\ns00,1.2,1,\ns00,1.2,2.5,\nnobody,1.1,1,\ns00,9.9,,x\ns00,01,3,\n",
        encoding="utf-8",
    )
    with Gradebook(path, made.course()) as book:
        book.put(results[0])
        with pytest.raises(CrmlabError) as raised:
            read_manual(file, book, None, "en")
        assert book.manual() == {}
    lines = str(raised.value).splitlines()[1:]
    assert [line.split(",")[1] for line in lines] == [" row 3", " row 4", " row 5", " row 6"]
    assert f"from 0 to {find('1.2').points}" in lines[0]
