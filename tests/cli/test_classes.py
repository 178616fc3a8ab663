"""What goes wrong with the commands for instructors is one sentence, and nothing is lost."""

import zipfile

import pytest
from typer.testing import CliRunner

from crmlab.cli import app

COURSE = 'title = "CRM"\ncourse = "crm-2026"\nsecret = "a secret of 16 letters"\nlabs = ["01"]\n'


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "course.toml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("account\ns1\n", encoding="utf-8")
    (tmp_path / "no.zip").write_text("mine", encoding="utf-8")
    return tmp_path


def test_the_name_of_a_strangers_file_steers_no_terminal(course):
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.writestr("\x1b[2J\u202eevil/01.ipynb", "{}")
    said = CliRunner().invoke(app, ["collect", "a.zip", "--roster", "roster.csv"])
    assert "evil/01.ipynb" in said.output
    assert not {"\x1b", "\u202e"} & set(said.output)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("grade", "nowhere"), "There is no notebook"),
        (("grade", "nowhere", "--course", "none.toml"), "crmlab release --new --course none.toml"),
        (("grade", "nowhere", "--roster", "none.csv"), "There is no roster none.csv"),
        (("grade", "no.zip", "--roster", "roster.csv"), "no.zip cannot be read as a zip file"),
        (("grade", "no.zip"), "course.toml does not say where the list of students is"),
        (("collect", "nowhere.zip", "--roster", "roster.csv"), "There is no file or folder nowhere.zip"),
        (("collect", "no.zip", "--roster", "roster.csv"), "no.zip cannot be read as a zip file"),
        (("collect", "no.zip"), "course.toml does not say where the list of students is"),
        (("release", "--roster", "roster.csv", "--labs", "7"), "Lab 07 is not among the labs"),
        (("release", "--new"), "course.toml is there already"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_goes_wrong_is_one_sentence_and_status_1(course, monkeypatch, arguments, words, language):
    if language == "zh":
        monkeypatch.setenv("CRMLAB_LANGUAGE", "zh")
        (course / "course.toml").write_text(f'{COURSE}language = "zh"\n', encoding="utf-8")
    before = sorted(path.name for path in course.iterdir())
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 1 and "Traceback" not in result.output
    said = " ".join(result.output.split())
    assert words in said if language == "en" else any("一" <= letter <= "鿿" for letter in said)
    # A gradebook may have been begun; everything else is as it was.
    assert sorted(path.name for path in course.iterdir() if path.name != "grades") == before
