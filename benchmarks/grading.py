"""How long grading takes: crmlab, warm and cold, beside nbval, nbgrader and otter on the same submissions.

    python -m pip install -e ".[authoring,grading]" nbgrader otter-grader
    python benchmarks/grading.py

Half of the submissions are lab 01 solved, half of them solved to question 1.4. crmlab runs each on two
companies behind walls and judges it outside; the others run it on one, in the student's own kernel, with
nothing between it and the computer. Their tests call the same `check`. A way takes all submissions at
once, as its users start it; otter knows no batch without containers, so two of it run side by side.
What is not installed is left out. Processor seconds are those of the whole machine, which has to be idle.

The table goes into benchmarks/README.md. It ends with status 1 when a goal is missed, or when the warm
and the cold way do not give the same marks.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

import nbformat

from crmlab.authoring.editions import edition
from crmlab.authoring.source import Source, read
from crmlab.checks.question import labs
from crmlab.files import replace_file, with_section
from crmlab.grading import kernel
from crmlab.grading.course import Course
from crmlab.grading.grade import grade
from crmlab.grading.gradebook import Gradebook

ROOT = Path(__file__).parents[1]
README = Path(__file__).with_name("README.md")
LAB = "01"
#: Seconds a submission at most; how many times as fast as nbgrader and otter at least.
SECONDS, TIMES = 0.5, 10
JOBS = 2
QUESTIONS = {question.number for lab in labs() for question in lab.questions if f"{lab.number:02d}" == LAB}
HALF = {"1.1", "1.2", "1.3", "1.4"}
COURSE = Course("Benchmark", "benchmark", "a secret that nobody else knows", "en", (LAB,))


class Row(NamedTuple):
    """What one way took for one submission."""

    way: str
    seconds: float
    processor: float


def notebook(source: Source, solved: set[str]) -> str:
    """Return a lab in which the questions ``solved`` are answered and the others are not begun."""
    starters = {
        cell.metadata.crmlab.answer: cell.source
        for cell in edition(source, "en", solved=False).cells
        if "answer" in cell.metadata.get("crmlab", {})
    }
    made = edition(source, "en", solved=True)
    for cell in made.cells:
        answers = cell.metadata.get("crmlab", {}).get("answer")
        if answers in starters and answers not in solved:
            cell.source = starters[answers]
    return nbformat.writes(made)


def write_class(folder: Path, count: int) -> list[Path]:
    """Write ``count`` submissions as ``name/lab.ipynb``, and return them."""
    source = read(next((ROOT / "solutions").glob(f"{LAB}-*.py")))
    kinds = [notebook(source, solved) for solved in (QUESTIONS, HALF)]
    found = [folder / f"s{number:03d}" / f"lab{LAB}.ipynb" for number in range(count)]
    for number, path in enumerate(found):
        path.parent.mkdir(parents=True)
        path.write_text(kinds[number % 2], encoding="utf-8")
        settings = f'language = "en"\naccount = "{path.parent.name}"\ncourse = "{COURSE.course}"\n'
        (path.parent / "crmlab.toml").write_text(settings, encoding="utf-8")
    return found


def busy() -> float:
    """Return the processor seconds that the machine has worked so far."""
    user, nice, system, *_ = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    return sum(map(int, (user, nice, system))) / os.sysconf("SC_CLK_TCK")


def called(*command: object, cwd: Path, allowed: tuple[int, ...] = (0,)) -> None:
    """Run a command; of a failing one show what it says."""
    words = [str(word) for word in command]
    result = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    if result.returncode not in allowed:
        raise SystemExit(f"{words}\n{result.stdout[-2000:]}{result.stderr[-2000:]}")


def by_crmlab(folder: Path, book: Path, warm: bool) -> None:
    """Grade as `crmlab grade` does."""
    with Gradebook(book, COURSE) as marks:
        grade(COURSE, folder, marks, jobs=JOBS, run=None if warm else partial(kernel.run, warm=False))


def by_nbval(folder: Path) -> None:
    """Run the notebooks as tests."""
    plain = (
        "-q",
        "-p",
        "no:cacheprovider",
        "--nbval-lax",
        "--nbval-current-env",
        f"-n{JOBS}",
        "--dist=loadfile",
    )
    # A test that fails is a cell that raises.
    called(sys.executable, "-m", "pytest", *plain, folder, cwd=folder, allowed=(0, 1))


def prepare_nbgrader(folder: Path, found: list[Path]) -> Path:
    """Make a course of nbgrader's with the lab as an assignment, and hand the submissions in."""
    course = folder / "nbgrader"
    source = course / "source" / "lab" / f"lab{LAB}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(found[0].read_text(encoding="utf-8"), encoding="utf-8")
    called(sys.executable, "-m", "nbgrader", "generate_assignment", "lab", "--create", "--force", cwd=course)
    for path in found:
        handed_in = course / "submitted" / path.parent.name / "lab" / path.name
        handed_in.parent.mkdir(parents=True)
        for one in path.parent.iterdir():
            (handed_in.parent / one.name).write_bytes(one.read_bytes())
    return course


def by_nbgrader(course: Path) -> None:
    """Grade all that was handed in."""
    called(sys.executable, "-m", "nbgrader", "autograde", "lab", cwd=course)


def prepare_otter(folder: Path, source: Path) -> Path:
    """Make otter's package of tests, one for each question."""
    package = folder / "autograder.zip"
    cells = nbformat.read(source, as_version=4).cells
    checks = {
        cell.metadata.crmlab.check: cell.source
        for cell in cells
        if "check" in cell.metadata.get("crmlab", {})
    }
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("otter_config.json", "{}")
        for number, check in checks.items():
            name = f"q{number.replace('.', '_')}"
            case = {"code": f">>> {check}.tone == 'right'\nTrue", "hidden": False, "locked": False}
            suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
            test = {"name": name, "points": 1, "suites": [suite]}
            file.writestr(f"tests/{name}.py", f"OK_FORMAT = True\ntest = {test!r}\n")
    return package


def by_otter(package: Path, found: list[Path]) -> None:
    """Grade one after another, two at a time."""

    def one(path: Path) -> None:
        command = ("run", "--no-logo", "-a", package, "-o", path.parent, path)
        called(sys.executable, "-m", "otter", *command, cwd=path.parent)
        score = json.loads((path.parent / "results.json").read_text(encoding="utf-8"))
        if "tests" not in score:
            raise SystemExit(f"otter did not grade {path.parent.name}")

    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(one, found))


def timed(way: str, count: int, work: Callable[[], object]) -> Row:
    """Return how long ``work`` took for each of ``count`` submissions."""
    begun, worked = time.perf_counter(), busy()
    work()
    row = Row(way, (time.perf_counter() - begun) / count, (busy() - worked) / count)
    print(f"{row.way:<32} {row.seconds:6.2f} s {row.processor:6.2f} s", flush=True)
    return row


def marks(book: Path) -> list[tuple[object, ...]]:
    """Return what each student earned for each question."""
    with Gradebook(book, COURSE) as found:
        return [
            (result.student, mark.question, mark.points, mark.verdict_seen, mark.verdict_unseen, mark.answer)
            for result in found.results()
            for mark in result.marks
        ]


def section(rows: list[Row], count: int) -> str:
    """Return the section for the README."""
    warm = rows[0]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    lines = [
        f"## Grading {count} submissions",
        "",
        f"`python benchmarks/grading.py`, {date.today()}, {machine}, Python {platform.python_version()}:",
        f"seconds for one submission of lab {LAB}, start-up included, {JOBS} at once where the tool can.",
        "crmlab runs each on two companies, behind walls, and judges it outside of the kernel.",
        "",
        "| way | companies | seconds | of the processors | times crmlab |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {row.way} | {2 if 'crmlab' in row.way else 1} | {row.seconds:.2f} | {row.processor:.2f} "
            f"| {row.seconds / warm.seconds:.1f} |"
            for row in rows
        ),
        "",
        f"Goals: at most {SECONDS} seconds; nbgrader and otter take at least {TIMES} times as long; "
        "the cold kernels give the same marks.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Grade one class in every way, write the table, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="submissions")
    parser.add_argument("--slow", type=int, default=8, help="submissions for the slow ways")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    given = parser.parse_args()
    # For the tools: this checkout, and the programs that they call.
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_class(folder / "class", given.count)
        few = write_class(folder / "few", given.slow)
        books = folder / "warm.sqlite", folder / "cold.sqlite"
        rows = [timed("`crmlab grade`", given.count, lambda: by_crmlab(folder / "class", books[0], True))]
        by_crmlab(folder / "few", folder / "few.sqlite", True)
        rows.append(
            timed(
                "`crmlab grade`, cold kernels", given.slow, lambda: by_crmlab(folder / "few", books[1], False)
            )
        )
        rows.append(timed("`pytest --nbval-lax`", given.slow, lambda: by_nbval(folder / "few")))
        if importlib.util.find_spec("nbgrader"):
            course = prepare_nbgrader(folder, few)
            rows.append(timed("`nbgrader autograde`", given.slow, lambda: by_nbgrader(course)))
        if importlib.util.find_spec("otter"):
            package = prepare_otter(folder, few[0])
            rows.append(timed("`otter run`, two at a time", given.slow, lambda: by_otter(package, few)))
        same = marks(folder / "few.sqlite") == marks(books[1])
    if not given.dry:
        page = README.read_text(encoding="utf-8")
        replace_file(README, with_section(page, "grading", section(rows, given.count)).encode())
    slow = [row for row in rows if "nbgrader" in row.way or "otter" in row.way]
    missed = rows[0].seconds > SECONDS or any(row.seconds < TIMES * rows[0].seconds for row in slow)
    if not same:
        print("Warm and cold kernels do not give the same marks.")
    sys.exit(missed or not same)


if __name__ == "__main__":
    main()
