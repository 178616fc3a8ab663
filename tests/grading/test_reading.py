"""Whose a submission is, which lab, what of it is run, and where each answer is asked for."""

import json
import os
import sys
from contextlib import suppress

import pytest
from class_of import check_cell, code_cell, handed_out

from crmlab.grading import submission as reading
from crmlab.grading.calls import handed_in, only_helps
from crmlab.grading.layouts import Place, places
from crmlab.grading.probes import check_cells, plan
from crmlab.grading.roster import Roster, Student
from crmlab.grading.submission import Cell, Submission

ROSTER = Roster(
    (
        Student("s01", "Chen Xue", "chen@school.example", "zh"),
        Student("s02", "陈雪", language="zh"),
        Student("s03", "Amy Müller", canvas_id="4713"),
        Student("s04", "Li Ming"),
        Student("s05", "Li Ming"),
    )
)


def put(folder, *files):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"{}")


@pytest.mark.parametrize(
    ("file", "student", "account"),
    [
        ("Chen Xue_4711_assignsubmission_file_/01.ipynb", "s01", "s01"),  # Moodle, with folders
        ("Chen Xue_4711_assignsubmission_file_/deep/er/01.ipynb", "s01", "s01"),
        ("陈雪_4712_assignsubmission_file_01.ipynb", "s02", "s02"),  # Moodle, without folders
        ("chenxue_1_90210_labs.zip/lab/01.ipynb", "s01", "s01"),  # a zip file handed in to Canvas
        ("chenxue_1_90210_01-value-customers.ipynb", "s01", "s01"),  # Canvas: "Chen, Xue", in small letters
        ("müller_amy_LATE_4713_90211_01-1.ipynb", "müller_amy_LATE_4713_90211_01-1", None),
        ("mülleramy_LATE_4713_90211_01-1.ipynb", "s03", "s03"),  # Canvas, by its own number
        ("s02/01.ipynb", "s02", "s02"),
        ("S02/01.ipynb", "s02", "s02"),
        ("chen@school.example/01.ipynb", "s01", "s01"),
        ("Li Ming/01.ipynb", "Li Ming", None),  # two of that name
        ("nobody/01.ipynb", "nobody", "nobody"),
        ("s04.ipynb", "s04", "s04"),
    ],
)
def test_whose_it_is(tmp_path, file, student, account):
    put(tmp_path, file)
    (place,) = places(tmp_path, ROSTER)
    assert (place.student, place.account) == (student, account)
    assert place.file == file
    assert bool(place.notes) == (student not in {one.account for one in ROSTER})


def test_a_student_cannot_claim_somebody_elses_marks(tmp_path):
    put(tmp_path, "Eve_4799_assignsubmission_file_/01.ipynb", "s01/01.ipynb")
    (tmp_path / "Eve_4799_assignsubmission_file_/crmlab.toml").write_text(
        'account = "s01"\n', encoding="utf-8"
    )
    (tmp_path / "s01/crmlab.toml").write_text('account = "s02"\nlanguage = "en"\n', encoding="utf-8")
    eve, chen = places(tmp_path, ROSTER)
    assert (eve.student, eve.account) == ("Eve", "s01")
    assert "s01" in eve.notes[0].en and "Eve" in eve.notes[0].zh
    assert (chen.student, chen.account, chen.language) == ("s01", "s01", "zh")


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere names are letters, and not bytes")
def test_a_folder_that_linux_unpacked_from_a_zip_file_of_windows(tmp_path):
    put(tmp_path, f"{os.fsdecode('陈雪'.encode('gbk'))}/01.ipynb")
    (place,) = places(tmp_path, ROSTER)
    assert (place.student, place.file) == ("s02", "陈雪/01.ipynb")


@pytest.mark.parametrize("said", ["account = 5", "account = " + "1" * 5000, "a = " + "[" * 3000, "\ud800"])
def test_settings_that_are_none_say_nothing(tmp_path, said):
    put(tmp_path, "somebody else/01.ipynb")
    beside = tmp_path / "somebody else" / "crmlab.toml"
    beside.write_bytes(said.encode("utf-8", "surrogatepass"))
    (place,) = places(tmp_path, ROSTER)
    assert place.account is None and len(place.notes) == 1


def test_only_real_notebooks_are_found(tmp_path):
    put(tmp_path, "amy/01.ipynb", "amy/.ipynb_checkpoints/01-checkpoint.ipynb", "__MACOSX/amy/._01.ipynb")
    put(tmp_path, "amy/conftest.py", "amy/report.pdf", "bob/02.IPYNB")
    secret = tmp_path.with_name("secret.ipynb")
    secret.write_bytes(b"{}")
    with suppress(OSError):  # Windows lets only some people make links
        (tmp_path / "amy" / "link.ipynb").symlink_to(secret)
    assert [place.file for place in places(tmp_path)] == ["amy/01.ipynb", "bob/02.IPYNB"]


def read(tmp_path, name, cells):
    path = tmp_path / name
    path.write_text(json.dumps({"cells": [code_cell(*cell) for cell in cells]}), encoding="utf-8")
    return Submission.read(Place(path, name, "amy", "amy"))


@pytest.mark.parametrize(
    ("name", "source", "lab", "problems"),
    [
        ("homework.ipynb", 'check("2.4", dso)', "02", 0),
        ("01-value-customers.ipynb", 'check("2.4", dso)', "02", 1),  # what is in it counts
        ("my lab 03 (2).ipynb", "x = 1", "03", 0),
        ("2026 homework.ipynb", "x = 1", "", 1),
        ("homework.ipynb", 'check("99.1", x)', "", 1),
    ],
)
def test_which_lab_it_is(tmp_path, name, source, lab, problems):
    found = read(tmp_path, name, [[source]])
    assert (found.lab, len(found.problems), found.readable) == (lab, problems, bool(lab))


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"crmlab": {"language": "zh"}}, "zh"),
        ({"crmlab": {"language": ["zh"]}}, None),
        ({"crmlab": {"language": "fr"}}, None),
        ({"crmlab": []}, None),
        (7, None),
        (None, None),
    ],
)
def test_the_edition_is_the_language_of_the_words_in_the_code(tmp_path, metadata, language):
    path = tmp_path / "01.ipynb"
    path.write_text(json.dumps({"cells": [code_cell("x = 1")], "metadata": metadata}), encoding="utf-8")
    assert Submission.read(Place(path, "01.ipynb", "amy", "amy")).language == language


def test_a_file_that_is_too_large_or_cannot_be_read_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 0)
    large = read(tmp_path, "01.ipynb", [["x = 1"]])
    gone = Submission.read(Place(tmp_path / "gone.ipynb", "gone.ipynb", "amy", "amy"))
    assert not large.readable and not gone.readable
    assert len(large.problems) == len(gone.problems) == 1


@pytest.mark.parametrize("sheets", [5, True, [5], [{"cells": 5}], [{"cells": [5, {}]}], {"cells": []}])
def test_an_old_notebook_with_something_else_inside_is_a_sentence(tmp_path, sheets):
    path = tmp_path / "01.ipynb"
    path.write_text(json.dumps({"worksheets": sheets}), encoding="utf-8")
    found = Submission.read(Place(path, "01.ipynb", "amy", "amy"))
    assert not found.readable and len(found.problems) == 1


def test_half_a_letter_does_not_reach_the_kernel(tmp_path):
    path = tmp_path / "01.ipynb"
    path.write_bytes(rb'{"cells": [{"cell_type": "code", "source": ["x = \"\ud800\"\n", "y = 1"]}]}')
    (cell,) = Submission.read(Place(path, "01.ipynb", "amy", "amy")).cells
    assert cell.source.encode("utf-8").endswith(b"y = 1")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("%matplotlib inline\n!ls\ncheck('1.2', n)", [("1.2", "n")]),
        ("crmlab.check(1.2, answer=n + 1)", [("1.2", "n + 1")]),
        ("check('1.1', a); check('1.2', b)", [("1.1", "a"), ("1.2", "b")]),
        ("if ok:\n    check(number='6.3', answer=[a, b])", [("6.3", "[a, b]")]),
        ("# check('1.2', n)\ntext = \"check('1.2', n)\"", []),
        ("check('1.2')", []),
        ("check(number, n)", []),
        ("check('1.2', n", []),
        ("check(" * 9_000, []),
        ("check('1.1', " + "-" * 15_000 + "1)", []),
        ("check('1.1', " + "(" * 190 + ")" * 190 + ")", [("1.1", "()")]),
        ("x = 1 # check\n" * 100_000, []),
    ],
)
def test_what_is_handed_in(source, found):
    assert handed_in(source) in (found, []) if len(source) > 300 else handed_in(source) == found


def test_what_python_thinks_of_a_strangers_code_is_not_said(recwarn):
    assert handed_in("pattern = '\\d'\ncheck('1.2', 1 is 1)")
    assert list(recwarn) == []


def test_a_cell_that_does_more_than_check_is_run():
    assert only_helps("hint('1.2')\nprogress()")
    assert not only_helps("check('1.2', n)\nn = 3")
    assert not only_helps("")
    assert not only_helps("print('check')")


@pytest.mark.parametrize("lab", ["00", "01", "02", "03", "04", "05", "06", "07"])
def test_every_question_of_a_lab_is_asked_for(lab):
    cells = [
        Cell(cell["id"], "".join(cell["source"]))
        for cell in handed_out(lab)["cells"]
        if cell["cell_type"] == "code"
    ]
    steps = plan(lab, cells)
    assert [probe.question for probe in steps.probes] == [one.question for one in check_cells(lab)]
    assert all(probe.after is not None for probe in steps.probes)
    afters = [probe.after for probe in steps.probes]
    assert afters == sorted(afters)
    assert not any(source.startswith("check(") for source in steps.cells)
    assert [cells[place - 1].source for place in steps.places] == list(steps.cells)


def test_where_an_answer_is_asked_for():
    ours = {one.question: one for one in check_cells("01")}
    cells = [
        Cell("", 'check("1.3", buyers_by_source)'),  # before there is anything
        Cell("", "a = 1"),
        Cell("", 'check("1.1", customers_on_file)'),
        Cell("", "b = 2"),
        Cell("", 'check("1.1", b)'),  # of two, the last
        Cell("", "c = 3"),
        Cell(ours["1.2"].id, "# here it was checked"),  # known by its id
        Cell("", "d = 4"),
    ]
    steps = plan("01", cells)
    found = {probe.question: (probe.expression, probe.after) for probe in steps.probes}
    assert steps.cells == ("a = 1", "b = 2", "c = 3", "d = 4")
    assert found["1.1"] == ("customers_on_file", 1)
    assert found["1.1/own"] == ("b", 1)
    assert found["1.2"] == ("buyers_2025", 2)
    assert found["1.3"] == ("buyers_by_source", None)
    assert found["1.4"] == ("net_sales_2025", None)


def test_the_check_cells_of_the_labs_hand_in_names_that_the_answer_cell_has():
    notebook = handed_out("06")
    assert {one.question: one.expression for one in check_cells("06")}["6.3"] == "[unassigned, share]"
    assert "".join(check_cell(notebook, "6.3")["source"]) == 'check("6.3", [unassigned, share])'
