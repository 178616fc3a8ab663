"""A course from its roster to the exported gradebook, with a made-up class: ``pytest -m rehearsal -s -n0``.

It prints how long it took and how much memory it needed. ``CRMLAB_REHEARSAL=20`` makes a smaller class.
"""

import csv
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime

import pytest
from class_of import class_of, write

from crmlab.grading.course import Course
from crmlab.grading.gradebook import Gradebook

SIZE = int(os.environ.get("CRMLAB_REHEARSAL", "200"))
COURSE = """title = "Customer relationship management"
course = "crm-rehearsal"
secret = "nobody has seen this company"
language = "en"
labs = ["01", "02", "03", "04", "05", "06", "07"]
roster = "roster.csv"

[limits]
cell_seconds = 10
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course.toml").write_text(COURSE, encoding="utf-8")
    with (tmp_path / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["account", "name", "email"])
        writer.writerows(
            [f"s{i:03d}", f"Student No {i}", f"s{i:03d}@school.example"] for i in range(1, SIZE + 1)
        )
    return Course.read(tmp_path / "course.toml")


def crmlab(folder, *command):
    """Run a command as an instructor does, and return how long it took."""
    begun = time.monotonic()
    said = subprocess.run([sys.executable, "-m", "crmlab", *command], cwd=folder, check=False)
    assert said.returncode == 0, command
    return time.monotonic() - begun


@pytest.mark.rehearsal
def test_a_class_from_the_roster_to_the_gradebook(tmp_path, course):
    crmlab(tmp_path, "release", "--labs", ",".join(course.labs))
    assert len(list((tmp_path / "handout").glob("*.zip"))) == SIZE
    made = {}
    for one in class_of(SIZE, course):
        number = int(one.account[1:])
        folder = tmp_path / "moodle" / f"Student No {number}_{4000 + number}_assignsubmission_file_"
        write(one.content, folder / f"{one.lab}-homework.ipynb")
        made[one.account, one.lab] = one
    crmlab(tmp_path, "collect", "moodle")
    seconds = crmlab(tmp_path, "grade", "submissions")
    again = crmlab(tmp_path, "grade", "submissions")
    (file,) = (tmp_path / "grades").glob("*.sqlite")
    with Gradebook(file, course) as book:
        results = {(one.student, one.lab): one for one in book.results()}
    wrong = {key: differing(one, results[key]) for key, one in made.items() if differing(one, results[key])}
    print(f"\n{datetime.now():%Y-%m-%d}: {SIZE} students, {len(made)} notebooks, {os.cpu_count()} cores")
    print(f"graded in {seconds:,.0f} s, {seconds / len(made):.2f} s each; again in {again:.0f} s; {memory()}")
    print(Counter(one.kind for one in made.values()), Counter(one.outcome for one in results.values()))
    assert results.keys() == made.keys()
    assert wrong == {}


def differing(made, result):
    """Return the questions that earned something else than they must: what they must, and what they did."""
    earned = {mark.question: mark.points for mark in result.marks}
    if made.kind == "broken":
        return {} if result.outcome == "unreadable" else {"outcome": result.outcome}
    return {
        f"{made.kind} {question}": (points, earned.get(question))
        for question, points in made.expected.items()
        if (points is None and not earned.get(question, -1) >= 0)
        or (points is not None and earned.get(question) != pytest.approx(points))
    }


def memory():
    """Say what the largest process of all needed, where the system counts that."""
    try:
        import resource
    except ModuleNotFoundError:
        return "memory not measured"
    return f"the largest process had {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB"
