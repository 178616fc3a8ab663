"""nbgrader makes an assignment of a solved notebook and grades it, for schools that have it."""

import os
import subprocess
import sys

import nbformat
import pytest

from crmlab.authoring.building import checkout, sources
from crmlab.authoring.editions import edition
from crmlab.checks.question import find
from crmlab.checks.source import worked

LAB = "01"
NAME = "01-value-customers"
#: What amy hands in, and what it earns; she left the rest as it was.
RIGHT = {number: worked(number, "en").code for number in ("1.1", "1.2", "1.3")}
WRONG = {"1.4": "net_sales_2025 = 12.5", "1.8": "gifts_to = [1, 2]"}


@pytest.fixture(scope="module")
def solved():
    (source,) = sources(checkout(), (LAB,))
    return edition(source, "en", solved=True)


def roles(notebook):
    return [(cell, cell.metadata.nbgrader) for cell in notebook.cells if "nbgrader" in cell.metadata]


def test_the_solved_notebook_says_what_is_solution_and_what_is_graded(solved):
    checks = {
        cell.metadata.crmlab.check: role
        for cell, role in roles(solved)
        if role.grade and "check" in cell.metadata.get("crmlab", {})
    }
    assert list(checks) == [f"1.{number}" for number in range(1, 9)]
    for number, role in checks.items():
        assert (role.points, role.locked, role.solution) == (find(number).points, True, False)
    solutions = [cell for cell, role in roles(solved) if role.solution]
    assert [cell.source for cell in solutions if cell.cell_type == "code"][:1] == [RIGHT["1.1"]]
    assert len({role.grade_id for _, role in roles(solved)}) == len(roles(solved))


def test_students_get_nothing_of_it():
    for path in sorted((checkout() / "labs").glob("*/*.ipynb")):
        assert "nbgrader" not in path.read_text(encoding="utf-8")


def test_nbgrader_makes_an_assignment_and_grades_it(solved, tmp_path):
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install nbgrader")
    write(solved, tmp_path / "source/lab01")
    nbgrader(tmp_path, "generate_assignment", "lab01", "--create")
    released = nbformat.read(tmp_path / f"release/lab01/{NAME}.ipynb", as_version=4)
    for code in RIGHT.values():
        assert code not in "\n".join(cell.source for cell in released.cells)
    for cell in released.cells:
        answers = RIGHT | WRONG
        if (number := cell.metadata.get("crmlab", {}).get("answer")) in answers:
            cell.source = answers[number]
    write(released, tmp_path / "submitted/amy/lab01")
    nbgrader(tmp_path, "autograde", "lab01", "--create")
    assert scores(tmp_path) == dict.fromkeys((f"1.{n}" for n in range(1, 9)), 0) | {
        "1.1": 1,
        "1.2": 2,
        "1.3": 3,
    }


def write(notebook, folder):
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")


def nbgrader(folder, *command):
    said = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command, "--course-dir", str(folder)],
        cwd=folder,
        env=os.environ | {"CRMLAB_PROGRESS": "off"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert said.returncode == 0, said.stderr


def scores(folder):
    """Return what nbgrader gave for each check cell."""
    from nbgrader.api import Gradebook

    notebook = nbformat.read(folder / f"autograded/amy/lab01/{NAME}.ipynb", as_version=4)
    questions = {
        cell.id: number for cell in notebook.cells if (number := cell.metadata.get("crmlab", {}).get("check"))
    }
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        submission = book.find_submission_notebook(NAME, "lab01", "amy")
        return {questions[grade.name]: grade.score for grade in submission.grades if grade.name in questions}
