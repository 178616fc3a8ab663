"""Grading with plain pytest: an item for each cell and question, and nothing of a stranger's imported."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from unittest.mock import Mock
from xml.etree import ElementTree

import pytest
from class_of import check_cell, code_cell, handed_out, write

import crmlab
from crmlab import open_company
from crmlab.grading.pytest_items import Grading

ROOT = Path(crmlab.__file__).parents[1]
#: An installed crmlab brings the plugin itself.
PLUGIN = () if entry_points(group="pytest11", name="crmlab") else ("-p", "crmlab.grading.plugin")
COURSE = """title = "CRM"
course = "crm-2026"
secret = "a secret of 16 letters"
language = "en"
labs = ["01"]
"""
#: Marks that everything of a stranger's would leave if it were imported.
STRANGER = "import pathlib\npathlib.Path('imported').write_text('', encoding='utf-8')\n"


def short_lab(answer):
    """Lab 01 as somebody hands it in who deletes all but two questions."""
    as_given = handed_out("01")
    return {
        "cells": [
            code_cell("from crmlab import check, open_company\ncompany = open_company()"),
            code_cell(answer),
            check_cell(as_given, "1.1"),
            code_cell("buyers_2025 = 1 / 0"),
            check_cell(as_given, "1.2"),
        ]
    }


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder of a course, and what pytest said about it."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "course.toml").write_text(COURSE, encoding="utf-8")
    write(short_lab("customers_on_file = len(company.customers)"), folder / "submissions/amy/01.ipynb")
    on_file = len(open_company(account="bob", course="crm-2026").customers)
    write(short_lab(f"customers_on_file = {on_file}"), folder / "submissions/bob/01.ipynb")
    write(b"{", folder / "submissions/cy/01.ipynb")
    for name in ("conftest.py", "test_mine.py", "__init__.py", "pytest.ini", "test_mine.txt"):
        (folder / "submissions/amy" / name).write_text(STRANGER, encoding="utf-8")
    return folder, run(folder, "--junitxml=marks.xml")


def run(folder, *more):
    command = [sys.executable, "-m", "pytest", *PLUGIN, "--crmlab-grade", "submissions"]
    return subprocess.run(
        [*command, "--color=no", "--doctest-modules", "--doctest-glob=*.txt", *more],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        check=False,
    )


def test_each_question_is_an_item(graded):
    folder, said = graded
    assert said.returncode == 1, said.stdout + said.stderr
    cases = ElementTree.parse(folder / "marks.xml").getroot().iter("testcase")
    items = {
        (case.get("classname"), case.get("name")): None if (bad := case.find("failure")) is None else bad.text
        for case in cases
    }
    amy, bob, cy = (f"submissions.{name}.01.ipynb" for name in ("amy", "bob", "cy"))
    failed = {item for item, reason in items.items() if reason is not None}
    unanswered = {(name, f"1.{number}") for name in (amy, bob) for number in range(2, 9)}
    broken = {(amy, "Cell 3"), (bob, "Cell 3"), (cy, "notebook")}
    assert failed == unanswered | broken | {(bob, "1.1")}
    assert (amy, "1.1") in items and (amy, "Cell 1") in items and (amy, "Cell 2") not in items
    assert "ZeroDivisionError" in items[amy, "Cell 3"]
    assert "is damaged" in items[cy, "notebook"]


def test_it_says_what_the_student_reads(graded):
    _, said = graded
    assert "points: 0 of 1" in said.stdout
    assert "written down and not calculated" in said.stdout


def test_nothing_that_lies_among_submissions_is_imported(graded):
    folder, _ = graded
    assert not list(folder.rglob("imported"))


def test_the_usual_options_of_pytest_work(graded):
    folder, _ = graded
    said = run(folder, "--lf", "-k", "bob and 1.1", "--collect-only", "-q")
    assert said.stdout.splitlines()[0] == "submissions/bob/01.ipynb::1.1"
    assert "1/" in said.stdout and "deselected" in said.stdout


def test_nbval_beside_it_is_refused():
    config = Mock()  # says yes to every option
    with pytest.raises(pytest.UsageError, match="--nbval-lax"):
        Grading(config)


def test_it_costs_nothing_where_nobody_grades():
    code = (
        "import sys, crmlab.grading.plugin; print(sorted({'pandas', 'nbval', 'nbformat'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
