"""What students get: labs in their language, their account, the due dates; no solution, no secret."""

import io
import json
import zipfile
from datetime import datetime

import made
import pytest
from typer.testing import CliRunner

from crmlab.cli import app
from crmlab.errors import CrmlabError
from crmlab.grading.release import packed, release
from crmlab.settings import settings
from crmlab.work.folder import prepare

COURSE = made.course(title="客户关系管理", course="crm 2026", due={"01": datetime(2026, 3, 15, 23, 59)})


def opened(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_a_zip_for_each_student_with_account_and_due_date(tmp_path):
    written = release(COURSE, tmp_path, made.roster(2))
    assert [path.name for path in written] == ["s00.zip", "s01.zip"]
    held = opened(written[1].read_bytes())
    assert sorted(held) == [
        ".crmlab/labs.json",
        "01-value-customers.ipynb",
        "02-receivables.ipynb",
        "README.txt",
        "crmlab.toml",
    ]
    first = json.loads(held["01-value-customers.ipynb"])["cells"][0]["source"]
    assert "客户关系管理" in first and "请在 **2026-03-15 23:59** 之前提交" in first
    assert "提交" not in json.loads(held["02-receivables.ipynb"])["cells"][0]["source"]
    readme = held["README.txt"].decode("utf-8-sig")
    assert "2026-03-15 23:59" in readme and "s01" in readme and "\r\n" in readme
    (tmp_path / "crmlab.toml").write_bytes(held["crmlab.toml"])
    found = settings(tmp_path)
    assert (found.language, found.account, found.course, found.name) == (
        "zh",
        "s01",
        "crm 2026",
        "Amy Müller",
    )
    everything = b"".join(held.values())
    assert COURSE.secret.encode() not in everything and COURSE.unseen.encode() not in everything
    assert b"school.example" not in everything


def test_one_for_all_knows_no_account(tmp_path):
    (path,) = release(COURSE, tmp_path, None, ["02"], one=True)
    held = opened(path.read_bytes())
    assert path.name == "crm-2026-en.zip" and b"account =" not in held["crmlab.toml"]
    assert b"my_account()" in held["README.txt"] and "01-value-customers.ipynb" not in held
    both = release(COURSE, tmp_path, made.roster(2), one=True)
    assert [path.name for path in both] == ["crm-2026-en.zip", "crm-2026-zh.zip"]


def test_crmlab_lab_takes_the_unpacked_labs_for_its_own(tmp_path):
    # One week the one, next week the other, into the same folder.
    for lab in ("01", "02"):
        for name, content in opened(packed(COURSE, [lab], made.roster(1).students[0], "en")).items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    before = (tmp_path / "01-value-customers.ipynb").read_bytes()
    work = prepare(tmp_path)
    assert (tmp_path / "01-value-customers.ipynb").read_bytes() == before
    assert not any("new" in path.name for path in tmp_path.glob("0[12]-*"))
    assert work.language == "en"


def test_a_lab_of_another_course_is_refused(tmp_path):
    with pytest.raises(CrmlabError, match="Lab 07 is not among"):
        release(COURSE, tmp_path, made.roster(1), ["07"])


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_course_begins_with_a_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "crmlab release --new" in " ".join(run("release").output.split())
    assert run("release", "--new", "--lang", "zh").exit_code == 0
    kept = (tmp_path / "course.toml").read_bytes()
    assert run("release", "--new").exit_code == 1
    assert (tmp_path / "course.toml").read_bytes() == kept
    assert "找不到名单" in run("release").output
    (tmp_path / "roster.csv").write_text("学号,姓名\ns1,陈雪\n", encoding="utf-8")
    result = run("release", "--labs", "1,2", "--out", "发放")
    assert result.exit_code == 0 and "01、02" in result.output
    assert [path.name for path in (tmp_path / "发放").iterdir()] == ["s1.zip"]
