"""The commands as they are typed."""

import hashlib
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import crmlab
from crmlab.cli import app
from crmlab.work import jupyter


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def said(result):
    return " ".join(result.output.split())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_version():
    assert run("--version").output == f"crmlab {crmlab.__version__}\n"


def test_without_a_command_the_help_names_all_of_them():
    output = run().output
    assert all(command in output for command in ("lab", "company", "build"))


@pytest.fixture
def started(monkeypatch):
    """What JupyterLab would have been started with."""
    calls = []
    monkeypatch.setattr(jupyter, "start", lambda *arguments: calls.append(arguments) or 7)
    return calls


def test_lab_opens_the_first_lab_in_a_folder_of_its_own(started, elsewhere):
    result = run("lab")
    folder = elsewhere / "crmlab-work"
    first = sorted(folder.glob("*.ipynb"))[0]
    assert started == [(folder, "en", first, [])]
    assert result.exit_code == 7
    assert "JupyterLab opens in" in said(result)


def test_lab_hands_its_options_on(started, elsewhere):
    run(
        "lab",
        "--dir",
        "我的",
        "--lang",
        "zh",
        "--account",
        "s1",
        "--no-browser",
        "--port",
        "9999",
        "--",
        "--debug",
    )
    assert started[0][:2] == (elsewhere / "我的", "zh")
    assert started[0][3] == ["--no-browser", "--port=9999", "--debug"]
    assert 'account = "s1"' in (elsewhere / "我的" / "crmlab.toml").read_text(encoding="utf-8")


def test_lab_from_inside_of_the_folder_uses_that_folder(started, elsewhere, monkeypatch):
    run("lab")
    monkeypatch.chdir(elsewhere / "crmlab-work")
    run("lab")
    assert started[1][0] == elsewhere / "crmlab-work"


def test_lab_opens_what_was_open_but_a_fresh_lab_first(started, elsewhere):
    run("lab")
    windows = elsewhere / "crmlab-work" / jupyter.WINDOWS
    windows.mkdir(parents=True)
    (windows / "default.jupyterlab-workspace").write_text("{}", encoding="utf-8")
    run("lab")
    assert started[1][2] is None
    run("lab", "--reset", "01")
    assert started[2][2].name.startswith("01-")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lab", "--reset", "99"), 'There is no lab "99"'),
        (("lab", "--dir", "file"), "is a file, not a folder"),
        (("lab", "--lang", "zh", "--dir", "file"), "是文件，不是文件夹"),
        (("lab", "--account", "a b"), "cannot be an account"),
        (("company", "--account", "a b"), "cannot be an account"),
        (("company", "--out", "file"), "cannot be used"),
        (("build", "99"), 'no source for lab "99"'),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_status_1(started, elsewhere, arguments, words):
    (elsewhere / "file").write_text("mine", encoding="utf-8")
    result = run(*arguments)
    assert result.exit_code == 1
    assert words in said(result)
    assert "Traceback" not in result.output
    assert (elsewhere / "file").read_text(encoding="utf-8") == "mine"
    assert started == []


def test_settings_that_are_damaged_are_one_sentence(started, elsewhere):
    (elsewhere / "crmlab-work").mkdir()
    (elsewhere / "crmlab-work" / "crmlab.toml").write_text("language = ", encoding="utf-8")
    result = run("lab")
    assert (result.exit_code, started) == (1, [])
    assert "cannot be read" in said(result)


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_company_writes_files_and_says_which(elsewhere):
    result = run("company", "--out", "公司 files", "--lang", "zh", "--seed", "7")
    written = digests(elsewhere / "公司 files")
    assert result.exit_code == 0
    assert "orders.csv" in written
    assert all(name in said(result) for name in written)
    assert run("company", "--out", "公司 files", "--lang", "zh", "--seed", "7").exit_code == 0
    assert digests(elsewhere / "公司 files") == written


def test_company_overwrites_nothing(elsewhere):
    run("company")
    changed = elsewhere / "crmlab-company" / "customers.csv"
    changed.write_text("my notes", encoding="utf-8")
    (elsewhere / "crmlab-company" / "other.txt").write_text("mine", encoding="utf-8")
    before = digests(elsewhere / "crmlab-company")
    result = run("company", "--seed", "7")
    assert result.exit_code == 1
    assert "Nothing was written" in said(result)
    assert digests(elsewhere / "crmlab-company") == before


def test_a_build_needs_a_checkout(elsewhere, monkeypatch):
    monkeypatch.setattr(crmlab, "__file__", str(elsewhere / "site-packages" / "crmlab" / "__init__.py"))
    result = run("build")
    assert result.exit_code == 1
    assert "Labs are built in a checkout" in said(result)


def test_a_terminal_without_chinese_letters_gets_no_traceback(elsewhere):
    (elsewhere / "file").write_text("", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "crmlab", "lab", "--lang", "zh", "--dir", "file"],
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        encoding="ascii",
        check=False,
    )
    assert result.returncode == 1
    assert "--dir" in result.stderr
    assert "Traceback" not in result.stderr
