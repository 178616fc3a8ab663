"""What comes back: sorted by account and lab, nothing overwritten, nothing believed."""

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import made
import pytest

from crmlab.errors import CrmlabError
from crmlab.grading import unpacking
from crmlab.grading.collect import collect
from crmlab.grading.roster import Roster, Student

COURSE = made.course(due={"01": datetime(2026, 3, 15, 23, 59)})
ROSTER = Roster(
    (Student("s1", "Chen Xue"), Student("s2", "李明"), Student("s3", "Miller, Amy", canvas_id="77"))
)


def notebook(lab, text="x = 1"):
    cell = {"cell_type": "code", "id": f"lab{lab}-007", "metadata": {}, "source": text, "outputs": []}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode()


def zipped(path, entries, when=(2026, 3, 10, 12, 0, 0)):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, when) if isinstance(name, str) else name
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return path


def inner(entries):
    buffer = io.BytesIO()
    zipped(buffer, entries)
    return buffer.getvalue()


@pytest.fixture
def out(tmp_path):
    return tmp_path / "submissions"


def there(out):
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def test_a_download_from_moodle(tmp_path, out):
    archive = zipped(
        tmp_path / "moodle.zip",
        {
            "Chen Xue_4711_assignsubmission_file_/homework.ipynb": notebook("01"),
            "李明_4712_assignsubmission_file_/work.zip": inner(
                {"crm/a.ipynb": notebook("01"), "b.ipynb": notebook("02")}
            ),
            "Nobody_4713_assignsubmission_file_/01.ipynb": notebook("01"),
            "Chen Xue_4711_assignsubmission_file_/.ipynb_checkpoints/01.ipynb": notebook("01", "old"),
        },
    )
    found = collect([archive], out, COURSE, ROSTER)
    assert there(out) == ["s1/01.ipynb", "s2/01.ipynb", "s2/02.ipynb"]
    assert found.missing == {"01": ["s3"], "02": ["s1", "s3"]}
    assert found.unknown == ["Nobody_4713_assignsubmission_file_/01.ipynb"]
    assert (found.late, found.twice, found.refused) == ([], [], [])


def test_a_download_from_canvas(tmp_path, out):
    folder = tmp_path / "canvas"
    folder.mkdir()
    for name, lab in (("milleramy_77_901_lab.ipynb", "01"), ("chenxue_LATE_12_902_lab-1.ipynb", "02")):
        (folder / name).write_bytes(notebook(lab))
    found = collect([folder], out, COURSE, ROSTER)
    assert there(out) == ["s1/02.ipynb", "s3/01.ipynb"]
    assert ("s1", "02") in found.late


def test_nothing_is_overwritten_and_nothing_is_there_twice(tmp_path, out):
    first = zipped(tmp_path / "one.zip", {"s1/01.ipynb": notebook("01")})
    second = zipped(tmp_path / "two.zip", {"s1/01.ipynb": notebook("01", "better")}, (2026, 3, 16, 0, 0, 0))
    collect([first], out, COURSE, ROSTER)
    again = collect([first], out, COURSE, ROSTER)
    assert (again.new, again.same) == ([], 1)
    found = collect([second], out, COURSE, ROSTER)
    assert there(out) == ["s1/01 (2).ipynb", "s1/01.ipynb"]
    assert found.twice == found.late == [("s1", "01")]
    assert "better" not in (out / "s1" / "01.ipynb").read_text(encoding="utf-8")
    assert collect([second], out, COURSE, ROSTER).same == 1


@pytest.mark.parametrize("copy", ["s1 (1)", "s1(1)", "s1 - Copy", "s1 - 副本 (2)", "s1的副本", "s1 copy 2"])
def test_what_a_browser_calls_the_second_download(tmp_path, out, copy):
    folder = tmp_path / "downloads"
    folder.mkdir()
    # The newer one comes first in the alphabet, as "s1 (1)" does before "s1.zip".
    zipped(folder / f"{copy}.zip", {"s1/01.ipynb": notebook("01", "better")}, (2026, 3, 11, 0, 0, 0))
    zipped(folder / "s1.zip", {"s1/01.ipynb": notebook("01")})
    found = collect([folder], out, COURSE, ROSTER)
    assert (found.unknown, found.twice) == ([], [("s1", "01")])
    assert "better" in (out / "s1" / "01 (2).ipynb").read_text(encoding="utf-8")
    assert collect([folder], out, COURSE, ROSTER).same == 2


def test_a_name_that_only_looks_like_a_copy(tmp_path, out):
    roster = Roster((Student("s1", "王芳"), Student("s2", "王芳(2)")))
    archive = zipped(tmp_path / "a.zip", {"王芳(2)/01.ipynb": notebook("01")})
    assert collect([archive], out, COURSE, roster).new == [("s2", "01")]


def test_what_is_packed_in_another_way_is_named(tmp_path, out):
    folder = tmp_path / "downloads"
    (folder / "s1").mkdir(parents=True)
    (folder / "s1" / "实验一.rar").write_bytes(b"Rar!")
    (folder / "s1" / "._s2.zip").write_bytes(b"what a Mac leaves")
    zipped(folder / "all.zip", {"s2/work.7Z": b"7z", "s3/01.ipynb": notebook("01")})
    found = collect([folder], out, COURSE, ROSTER)
    assert there(out) == [] and found.unknown == ["all/s3/01.ipynb"]
    said = "\n".join(found.refused)
    assert len(found.refused) == 2 and "s1/实验一.rar" in said and "s2/work.7Z" in said


def test_a_zip_file_beside_what_was_packed(tmp_path, out):
    packed = inner({"01.ipynb": notebook("01", "packed")})
    entries = {"s1/01.ipynb": notebook("01"), "s1/01.ipynb.zip": packed, "s1/lab/01.ipynb": notebook("02")}
    entries["s1/lab.zip"] = inner({"01.ipynb": notebook("02", "packed")})
    archive = zipped(tmp_path / "a.zip", entries)
    assert collect([archive], out, COURSE, ROSTER).refused == []
    assert there(out) == ["s1/01 (2).ipynb", "s1/01.ipynb", "s1/02 (2).ipynb", "s1/02.ipynb"]


def test_what_is_no_notebook_is_kept_under_its_name(tmp_path, out):
    archive = zipped(tmp_path / "a.zip", {"s1/essay.ipynb": b"{broken", "s1/essay.docx": b"PK"})
    assert collect([archive], out, COURSE, ROSTER).nameless == ["s1/essay.ipynb"]
    assert there(out) == ["s1/essay.ipynb"]


def test_names_of_an_older_windows(tmp_path, out):
    # Written in GBK, and read as the letters of DOS by whoever does not ask.
    name = "李明/作业.ipynb".encode("gbk").decode("cp437")
    path = tmp_path / "gbk.zip"
    entry = zipfile.ZipInfo("x" * len("李明/作业.ipynb".encode("gbk")), (2026, 3, 1, 0, 0, 0))
    zipped(path, {entry: notebook("02")})
    path.write_bytes(path.read_bytes().replace(entry.filename.encode(), name.encode("cp437")))
    collect([path], out, COURSE, ROSTER)
    assert there(out) == ["s2/02.ipynb"]


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"../../evil.ipynb": b"{}"}, "outside of its folder"),
        ({"/etc/evil.ipynb": b"{}"}, "outside of its folder"),
        ({"a\\..\\..\\evil.ipynb": b"{}"}, "outside of its folder"),
        ({"C:\\evil.ipynb": b"{}"}, "outside of its folder"),
        ({link("s1/01.ipynb"): b"/etc/passwd"}, "is a link"),
    ],
)
def test_a_zip_file_that_reaches_outside_is_refused(tmp_path, out, entries, said):
    archive = zipped(tmp_path / "evil.zip", {"s1/01.ipynb": notebook("01")} if "link" not in said else {})
    with zipfile.ZipFile(archive, "a") as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    with pytest.raises(CrmlabError, match=said):
        collect([archive], out, COURSE, ROSTER)
    assert not out.exists() and not (tmp_path.parent / "evil.ipynb").exists()


def test_a_bomb_inside_costs_only_who_sent_it(tmp_path, out, monkeypatch):
    monkeypatch.setattr(unpacking, "MOST", 3)
    monkeypatch.setattr(unpacking, "LARGEST", 1)
    bomb = inner({f"{i}.ipynb": bytes(900_000) for i in range(5)})
    deep = inner({"a.zip": inner({"b.zip": inner({"01.ipynb": notebook("01")})})})
    archive = zipped(
        tmp_path / "all.zip",
        {
            "s1/bomb.zip": bomb,
            "s1/big.ipynb": bytes(1_500_000),
            "s2/deep.zip": deep,
            "s2/broken.zip": b"PK no zip",
            "s3/01.ipynb": notebook("01"),
        },
    )
    found = collect([archive], out, COURSE, ROSTER)
    assert there(out) == ["s3/01.ipynb"]
    assert len(found.refused) == 4
    assert any("more than anybody hands in" in one for one in found.refused)


def test_a_damaged_zip_file_costs_only_itself(tmp_path, out):
    folder = tmp_path / "downloads"
    folder.mkdir()
    whole = inner({"01.ipynb": notebook("01")})
    begins = whole.index(b"01.ipynb") + len("01.ipynb")
    (folder / "s1.zip").write_bytes(whole[:begins] + bytes(20) + whole[begins + 20 :])  # what was compressed
    letters = "作业.ipynb".encode()
    other = inner({"作业.ipynb": notebook("01")}).replace(letters, b"\xff" * 3 + letters[3:])
    (folder / "s2.zip").write_bytes(other)  # a name
    (folder / "s3.zip").write_bytes(whole)
    found = collect([folder], out, COURSE, ROSTER)
    assert there(out) == ["s3/01.ipynb"]
    assert [one.split()[0] for one in found.refused] == ["s1.zip", "s2.zip"]


def test_dates_and_sentences(tmp_path, out):
    archive = zipped(tmp_path / "a.zip", {"s1/01.ipynb": notebook("01")}, (2026, 3, 20, 8, 30, 0))
    found = collect([archive], out, COURSE, ROSTER)
    kept = datetime.fromtimestamp((out / "s1" / "01.ipynb").stat().st_mtime)
    assert kept == datetime(2026, 3, 20, 8, 30)
    said = "\n".join(found.sentences("zh"))
    assert "迟交" in said and "s1 的 01" in said and "实验 02 有 3 人未交：s1、s2、s3" in said


def test_a_source_that_is_not_there(out):
    with pytest.raises(CrmlabError, match="no file or folder"):
        collect([Path("nowhere.zip")], out, COURSE, ROSTER)
