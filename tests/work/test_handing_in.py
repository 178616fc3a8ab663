"""One file to hand in, what the instructor makes of it, and everything back on another computer."""

import io
import json
import sys
import types
import zipfile
from pathlib import Path

import pytest

from crmlab import browser, check, hand_in, open_company, progress, restore
from crmlab.checks.book import FILE as PROGRESS
from crmlab.checks.book import book
from crmlab.company.connect import place_of
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.grading.collect import collect
from crmlab.grading.course import Course
from crmlab.grading.roster import Roster, Student
from crmlab.settings import Settings, settings

COURSE = Course(title="CRM", course="crm", secret="a secret of 16 letters", language="en", labs=("01", "02"))
ROSTER = Roster((Student("s1", "Chen Xue"), Student("s2", "李明")))


def notebook(lab, *sources, run=True):
    cells = [
        {
            "cell_type": "code",
            "id": f"lab{lab}-{at:03}",
            "metadata": {},
            "source": source,
            "execution_count": at + 1 if run else None,
            "outputs": [],
        }
        for at, source in enumerate(sources)
    ]
    metadata = {"crmlab": {"lab": lab, "language": "en"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})


@pytest.fixture(autouse=True)
def mine(tmp_path, monkeypatch):
    """A folder in which lab 01 was begun, lab 02 was not, and something else lies about."""
    folder = tmp_path / "my work 我的 客户"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write("01-value-customers.ipynb", notebook("01", "mine = 800", 'check("1.1", mine)'))
    write("02-receivables.ipynb", notebook("02", "...", run=False))
    write("my own.ipynb", '{"cells": [], "metadata": {}}')
    write("crmlab.toml", 'language = "en"\naccount = "s1"\n')
    return folder


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Go to another computer, with what was handed in, and labs that nobody has begun."""

    def go(file, *labs):
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        (folder / file.name).write_bytes(file.read_bytes())
        monkeypatch.chdir(folder)
        for name, text in labs:
            write(name, text)

    return go


def write(name, text):
    Path(name).write_text(text, encoding="utf-8")


def names(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def test_the_labs_that_were_begun_go_into_one_file():
    check("1.1", 800)
    found = hand_in()
    assert names(found.file.read_bytes()) == [
        "s1/01-value-customers.ipynb",
        "s1/crmlab.toml",
        f"s1/{PROGRESS}",
    ]
    assert "In it: 01-value-customers.ipynb (saved 20" in str(found)
    assert "browser" not in str(found)
    # The link holds the file, in a widget that is not saved with the notebook.
    assert 'download="s1.zip" href="data:application/zip;base64,UEsDB' in found.value
    assert "base64" not in found._repr_mimebundle_()["text/plain"]
    assert names(hand_in(2).file.read_bytes())[0] == "s1/02-receivables.ipynb"


@pytest.mark.parametrize("around", ["", "Chen Xue_4711_assignsubmission_file_/"])
def test_the_instructor_collects_it(tmp_path, around):
    file = hand_in().file.absolute()
    if around:
        download = tmp_path / "moodle.zip"
        with zipfile.ZipFile(download, "w") as archive:
            archive.write(file, f"{around}{file.name}")
        file = download
    found = collect([file], tmp_path / "submissions", COURSE, ROSTER)
    assert (found.new, found.unknown, found.nameless, found.refused) == ([("s1", "01")], [], [], [])
    assert found.missing["02"] == ["s1", "s2"]
    assert (tmp_path / "submissions" / "s1" / "01.ipynb").read_text(encoding="utf-8") == Path(
        "01-value-customers.ipynb"
    ).read_text(encoding="utf-8")


def test_a_name_stands_for_an_account(tmp_path):
    write("crmlab.toml", 'name = "李明"\n')
    file = hand_in().file.absolute()
    assert file.name == "李明.zip"
    assert collect([file], tmp_path / "submissions", COURSE, ROSTER).new == [("s2", "01")]


def test_a_file_that_cannot_be_written_is_named(monkeypatch):
    file = hand_in().file

    def open_elsewhere(self, target):
        raise PermissionError(13, "Permission denied", str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", open_elsewhere)
    with pytest.raises(CrmlabError, match=r"s1\.zip cannot be written \(Permission denied\)"):
        hand_in()
    assert names(file.read_bytes())[0] == "s1/01-value-customers.ipynb"


def test_what_is_missing_is_said():
    with pytest.raises(CrmlabError, match=r"no notebook of lab 09 in this folder\. There are: 01, 02"):
        hand_in("09")
    write("crmlab.toml", "")
    assert "does not say whose it is" in str(hand_in())
    Path("01-value-customers.ipynb").unlink()
    with pytest.raises(CrmlabError, match="No lab in this folder has been run"):
        hand_in()


def test_work_that_is_not_saved_is_named(monkeypatch):
    run = ["", "mine = 800", "%pip list", "other: int = 1\nfor mine in (1, 2): pass", 'check("1.1", mine)']
    shell = types.SimpleNamespace(history_manager=types.SimpleNamespace(input_hist_raw=run))
    running = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", running)
    assert "does not hold what you last ran for mine, other." in str(hand_in())
    run.append("mine = 800")
    assert "does not hold what you last ran for other." in str(hand_in())
    del run[3]
    assert "goes in as it was saved" in str(hand_in())


def solve():
    check("1.1", len(open_company().customers))


def test_everything_comes_back_on_another_computer(elsewhere):
    solve()
    write("crmlab.toml", 'language = "zh"\naccount = "s1"\ncourse = "c"\nname = "陈雪"\n')
    file = hand_in().file.absolute()
    elsewhere(file, ("01-value-customers.ipynb", notebook("01", "...", run=False)))
    card = repr(restore("s1.zip"))
    assert "Notebooks: 01-value-customers.ipynb." in card
    assert "further: 1." in card and "s1, c, 陈雪" in card
    # The language was not said here, and is that of the labs here.
    assert settings() == Settings(account="s1", course="c", name="陈雪")
    assert "mine = 800" in Path("01-value-customers.ipynb").read_text(encoding="utf-8")
    assert "points: 1 of 20" in repr(progress("01"))
    again = repr(restore())
    assert "here already" in again and "further: 0." in again and "Settings" not in again


def test_nothing_is_overwritten(elsewhere):
    check("1.2", 1)
    file = hand_in().file.absolute()
    newer = notebook("01", "mine = 801")
    elsewhere(file, ("01-value-customers.ipynb", newer), ("crmlab.toml", 'account = "s9"\n'))
    solve()
    check("1.2", 2), check("1.2", 3)
    said = repr(restore("s1.zip"))
    assert "beside them: 01-value-customers (s1).ipynb." in said and "further: 0." in said
    assert Path("01-value-customers.ipynb").read_text(encoding="utf-8") == newer
    assert (settings().account, book().get("1.2").tries, book().get("1.1").solved) == ("s9", 2, True)


def test_a_file_that_is_not_ours():
    with pytest.raises(CrmlabError, match=r"no file s1\.zip beside this notebook"):
        restore()
    whole = hand_in().file.read_bytes()
    begins = whole.index(b".ipynb") + len(".ipynb")
    damaged = whole[:begins] + bytes(20) + whole[begins + 20 :]
    for content in (b"no zip", damaged):
        Path("s1.zip").write_bytes(content)
        with pytest.raises(CrmlabError, match=r"s1\.zip is no file that hand_in"):
            restore()
    with zipfile.ZipFile("s1.zip", "w") as archive:
        archive.writestr(f"s1/{PROGRESS}", "{}")
        archive.writestr("../../crmlab.toml", "account = 'not one'")
        archive.writestr("/etc/a.ipynb", "{}")
    assert "damaged" in repr(restore()) and settings().account == "s1"
    assert not Path("a.ipynb").exists()


def test_in_a_browser_it_warns(monkeypatch, tmp_path):
    monkeypatch.setattr(browser, "HERE", True)
    monkeypatch.setattr(browser, "DRIVE", tmp_path)
    assert 'run restore("s1.zip")' in str(hand_in())
    # What a notebook is written to first has to end like one: JupyterLite goes by that.
    monkeypatch.setattr(Path, "replace", lambda self, to: written.append(self.suffix))
    written: list[str] = []
    replace_file(Path("a.ipynb"), b"{}")
    assert written == [".ipynb"]
    monkeypatch.setattr(browser, "DRIVE", tmp_path / "none")
    for function in (hand_in, restore):
        with pytest.raises(CrmlabError, match="did not come over https"):
            function()
    monkeypatch.chdir(tmp_path)  # where progress is written down in another book
    assert "your progress is lost when you close it" in repr(check("1.1", 5))
    assert "your progress is lost" not in repr(check("1.1", 5))
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(CrmlabError, match="duckdb does not run in this browser"):
        place_of(tmp_path, None, None, "en")
