"""docs/instructors.md: its commands are run, and print what it says.

With ``CRMLAB_SCREENSHOTS=docs/images`` the pictures of the page are made, too.
"""

import csv
import json
import os
import re
import shlex
import shutil
import sys
import zipfile
from pathlib import Path

import class_of
import made
import pytest
import stubs
from typer.testing import CliRunner

from crmlab.checks.question import find
from crmlab.cli import app
from crmlab.company.company import open_company
from crmlab.grading import kernel
from crmlab.grading.classpage import class_page
from crmlab.grading.export import Grades
from crmlab.grading.gradebook import Row

DOCS = Path(__file__).parents[2] / "docs"
#: The marks that the page shows are those of this one.
SECRET = "a secret of the documentation"
BLOCK = re.compile(r"(?:<!-- (file|shows): (\S+) -->\n)?```(\w*)\n(.*?)```\n", re.DOTALL)


def page(language):
    name = "instructors.zh.md" if language == "zh" else "instructors.md"
    text = (DOCS / name).read_text(encoding="utf-8")
    # In this process, which is there already. Where nothing can be walled off, the page says what to type.
    trust = "" if sys.platform == "linux" else " --i-trust-this-class"
    return text.replace("crmlab grade submissions", f"crmlab grade submissions --jobs 1{trust}")


def hand_in(language):
    """What Moodle's zip file holds: one worked lab, one with a common mistake, one with a value typed in."""
    worked, mixed, typed = (class_of.solved("01", language) for _ in range(3))
    source = class_of.answer_cell(mixed, "1.2")["source"]
    class_of.put(mixed, "1.2", source.replace("nunique()", "count()"))
    amys = open_company(account="s2026003", course="crm-2026", language=language)
    source = class_of.answer_cell(typed, "1.2")["source"]
    class_of.put(typed, "1.2", f"{source}\nbuyers_2025 = {find('1.2').expected(amys)}")
    names = ("陈雪", "李明", "Amy Miller") if language == "zh" else ("Chen Xue", "Li Ming", "Amy Miller")
    with zipfile.ZipFile("moodle.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, notebook) in enumerate(
            zip(names, (worked, mixed, typed), strict=True), start=4711
        ):
            entry = zipfile.ZipInfo(
                f"{name}_{number}_assignsubmission_file_/lab.ipynb", (2026, 3, 14, 20, 0, 0)
            )
            archive.writestr(entry, json.dumps(notebook), zipfile.ZIP_DEFLATED)


def run(commands):
    """Run what a console shows, and return what it would show."""
    shown = []
    for line in commands.splitlines():
        if line.startswith("$ crmlab "):
            result = CliRunner().invoke(app, shlex.split(line.removeprefix("$ crmlab ")))
            assert result.exit_code == 0, result.output
            shown += [line, *result.stdout.splitlines()]
    return shown


def follow(text):
    """Write the files of the page, run its commands, and compare what it shows."""
    for what, name, kind, block in BLOCK.findall(text):
        if what == "file":
            block = re.sub(r"^secret = .*", f'secret = "{SECRET}"', block, flags=re.MULTILINE)
            Path(name).write_text(block, encoding="utf-8")
        elif what == "shows":
            assert Path(name).read_text(encoding="utf-8-sig").split() == block.split()
        elif kind == "console":
            assert run(block) == block.splitlines()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_english_page_is_true(folder):
    hand_in("en")
    follow(page("en"))
    header, *rows = csv.reader(Path("grades/grades.csv").read_text(encoding="utf-8-sig").splitlines())
    assert header[3] == "Lab 01" and float(rows[0][3]) > float(rows[2][3]) > 0
    feedback = Path("grades/feedback/s2026003.html").read_text(encoding="utf-8")
    assert "The idea was right." in feedback and "written down and not calculated" in feedback
    if "CRMLAB_SCREENSHOTS" in os.environ:
        screenshot(Path("grades/feedback/s2026003.html"), "feedback-en", 1050)


def test_the_chinese_page_is_true(folder, monkeypatch):
    # Nothing that this page shows depends on what the notebooks earn.
    if "CRMLAB_SCREENSHOTS" not in os.environ:
        monkeypatch.setattr(kernel, "run", lambda *arguments, **_: stubs.answer_nothing(*arguments))
    hand_in("zh")
    follow(page("zh"))
    if "CRMLAB_SCREENSHOTS" in os.environ:
        screenshot(Path("grades/feedback/s2026002.html"), "feedback-zh", 1050)


def test_both_pages_have_the_same_steps():
    english, chinese = (
        [(what, name, kind) for what, name, kind, _ in BLOCK.findall(page(language)) if what != "shows"]
        for language in ("en", "zh")
    )
    assert english == chinese
    keys = re.findall(r"^\| `([\w\[\]]+)`", page("en"), re.MULTILINE)
    assert keys == re.findall(r"^\| `([\w\[\]]+)`", page("zh"), re.MULTILINE)


@pytest.mark.skipif("CRMLAB_SCREENSHOTS" not in os.environ, reason="makes a picture of the documentation")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_picture_of_the_class(folder, language):
    results = made.results(30)
    rows = [Row(one.student, one.lab, mark, None) for one in results for mark in one.marks]
    title = "客户关系管理" if language == "zh" else "Customer relationship management"
    grades = Grades.of(rows, {}, ("01", "02"), made.roster(30), language)
    Path("class.html").write_bytes(class_page(made.course(title=title), grades, results, {}, {}))
    screenshot(Path("class.html"), f"class-{language}", 1400)


def screenshot(page, name, height):
    from playwright.sync_api import sync_playwright

    target = Path(__file__).parents[2] / os.environ["CRMLAB_SCREENSHOTS"] / f"{name}.png"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 960, "height": height})
        tab.goto(page.absolute().as_uri())
        tab.screenshot(path=target)
        browser.close()
