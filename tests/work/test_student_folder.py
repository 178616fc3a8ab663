"""The student's folder: what is copied, what is kept, what is said."""

import json
import os

import pytest

from crmlab.errors import CrmlabError
from crmlab.settings import settings
from crmlab.work import folder as work_folder
from crmlab.work.folder import prepare


def names(folder):
    return sorted(path.name for path in folder.glob("*.ipynb"))


def work_on(folder, lab="01-value-customers.ipynb", source="one = 42"):
    """Change a notebook as a student does, and return what the file holds then."""
    path = folder / lab
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][-1]["source"] = source
    path.write_text(json.dumps(content), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_the_first_time_all_labs_are_copied(shipped, mine):
    work = prepare(mine, "en")
    assert names(mine) == ["01-value-customers.ipynb", "02-receivables.ipynb"]
    assert [lab.name for lab in work.labs] == names(mine)
    assert work.notes == [f"New in {mine}: 01-value-customers, 02-receivables."]
    assert settings(mine).language == "en"


def test_the_second_time_nothing_is_done_and_nothing_said(shipped, mine):
    prepare(mine, "en")
    before = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    assert prepare(mine).notes == []
    assert {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()} == before


def test_a_lab_that_was_not_changed_is_brought_up_to_date(shipped, mine):
    prepare(mine, "en")
    shipped.release("0.2.0", "one = ...", "more = ...")
    work = prepare(mine)
    assert "more" in (mine / "01-value-customers.ipynb").read_text(encoding="utf-8")
    assert work.notes == ["Brought up to date, as you had not changed it: 01-value-customers."]


def test_a_changed_lab_is_kept_and_the_new_version_put_beside_it_once(shipped, mine):
    prepare(mine, "en")
    kept = work_on(mine)
    shipped.release("0.2.0", "one = ...", "more = ...")
    work = prepare(mine)
    assert (mine / "01-value-customers.ipynb").read_text(encoding="utf-8") == kept
    assert "more" in (mine / "01-value-customers (new 0.2.0).ipynb").read_text(encoding="utf-8")
    assert work.notes == [
        "01-value-customers.ipynb has a new version. Yours stays as it is; "
        "the new one is beside it: 01-value-customers (new 0.2.0).ipynb."
    ]
    assert prepare(mine).notes == []
    assert len(names(mine)) == 3


def test_a_release_that_leaves_a_lab_alone_leaves_a_changed_notebook_alone(shipped, mine):
    prepare(mine, "en")
    work_on(mine)
    shipped.release("0.2.0", "one = ...")
    assert prepare(mine).notes == []
    assert len(names(mine)) == 2


def test_two_new_versions_under_one_number_do_not_overwrite_each_other(shipped, mine):
    prepare(mine, "en")
    work_on(mine)
    shipped.release("0.2.0", "first")
    prepare(mine)
    shipped.release("0.2.0", "second")
    prepare(mine)
    assert "first" in (mine / "01-value-customers (new 0.2.0).ipynb").read_text(encoding="utf-8")
    assert "second" in (mine / "01-value-customers (new 0.2.0, 2).ipynb").read_text(encoding="utf-8")


def test_saving_without_a_change_is_no_change(shipped, mine):
    prepare(mine, "en")
    path = mine / "01-value-customers.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["language_info"] = {"name": "python", "version": "3.13.1"}
    path.write_text(json.dumps(content), encoding="utf-8")
    shipped.release("0.2.0", "one = ...", "more = ...")
    prepare(mine)
    assert "more" in path.read_text(encoding="utf-8")


def test_running_a_cell_is_a_change(shipped, mine):
    prepare(mine, "en")
    path = mine / "01-value-customers.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hello"}]
    path.write_text(json.dumps(content), encoding="utf-8")
    shipped.release("0.2.0", "one = ...", "more = ...")
    prepare(mine)
    assert "hello" in path.read_text(encoding="utf-8")
    assert len(names(mine)) == 3


def test_a_deleted_lab_comes_back(shipped, mine):
    prepare(mine, "en")
    (mine / "02-receivables.ipynb").unlink()
    assert prepare(mine).notes == [f"Missing in {mine} and copied again: 02-receivables."]
    assert len(names(mine)) == 2


def test_a_notebook_of_the_same_name_that_was_there_before_is_kept(shipped, mine):
    mine.mkdir()
    (mine / "02-receivables.ipynb").write_text('{"cells": []}', encoding="utf-8")
    prepare(mine, "en")
    assert (mine / "02-receivables.ipynb").read_text(encoding="utf-8") == '{"cells": []}'
    assert "02-receivables (new 0.1.0).ipynb" in names(mine)


def test_reset_keeps_a_backup_each_time(shipped, mine):
    prepare(mine, "en")
    kept = work_on(mine)
    work = prepare(mine, reset="01")
    assert work.fresh == mine / "01-value-customers.ipynb"
    again = work_on(mine, source="one = 43")
    prepare(mine, reset="01-value-customers")
    backups = sorted(mine.glob("*(backup*.ipynb"))
    assert {path.read_text(encoding="utf-8") for path in backups} == {kept, again}
    assert "one = ..." in (mine / "01-value-customers.ipynb").read_text(encoding="utf-8")
    assert backups[0].name in work.notes[0] or backups[1].name in work.notes[0]


def test_reset_names_the_labs_when_there_is_none_like_that(shipped, mine):
    with pytest.raises(CrmlabError, match=r'no lab "07"\. The labs are: 01, 02'):
        prepare(mine, "en", reset="07")


def test_the_other_language_has_a_folder_of_its_own(shipped, mine):
    prepare(mine, "en", account="s2026017")
    kept = work_on(mine)
    work = prepare(mine, "zh")
    assert work.path == mine / "zh"
    assert work.notes[0] == f"{mine} 中是另一种语言的实验，保持不变。中文实验在 {mine / 'zh'} 中。"
    assert "'zh'" in (mine / "zh" / "01-value-customers.ipynb").read_text(encoding="utf-8")
    assert (mine / "01-value-customers.ipynb").read_text(encoding="utf-8") == kept
    assert (settings(mine).language, settings(mine / "zh").language) == ("en", "zh")
    assert settings(mine / "zh").account == "s2026017"
    assert prepare(mine).path == mine
    assert prepare(mine / "zh").path == mine / "zh"


def test_the_language_is_known_without_the_settings_file(shipped, mine):
    prepare(mine, "zh")
    (mine / "crmlab.toml").unlink()
    work = prepare(mine)
    assert (work.path, work.language) == (mine, "zh")
    assert settings(mine).language == "zh"


def test_what_the_environment_says_is_written_down(shipped, mine, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", "zh")
    monkeypatch.setenv("CRMLAB_COURSE", "CRM 2026")
    prepare(mine)
    monkeypatch.delenv("CRMLAB_LANGUAGE")
    monkeypatch.delenv("CRMLAB_COURSE")
    assert (settings(mine).language, settings(mine).course) == ("zh", "CRM 2026")


def test_an_account_that_cannot_be_one_changes_nothing(shipped, mine):
    with pytest.raises(CrmlabError, match="cannot be an account"):
        prepare(mine, "en", account="no such/account")
    assert not mine.exists()


@pytest.mark.parametrize(("language", "words"), [("en", "not a folder"), ("zh", "不是文件夹")])
def test_a_file_where_the_folder_should_be(shipped, mine, language, words):
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(CrmlabError, match=words):
        prepare(mine, language)
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"labs": []}', "\udcff"])
def test_a_damaged_list_of_labs(shipped, mine, damage):
    prepare(mine, "en")
    kept = work_on(mine)
    manifest = mine / work_folder.MANIFEST
    manifest.write_bytes(damage.encode("utf-8", "surrogateescape"))
    with pytest.raises(CrmlabError, match=r"labs\.json, is damaged .* Delete this file"):
        prepare(mine)
    manifest.unlink()
    prepare(mine)
    assert (mine / "01-value-customers.ipynb").read_text(encoding="utf-8") == kept


@pytest.mark.parametrize("damage", ["", '{"cells": [', "[]", '{"cells": [{}]}', "\udcff"])
def test_a_damaged_notebook_is_kept_by_the_reset_that_the_sentence_asks_for(shipped, mine, damage):
    prepare(mine, "en")
    path = mine / "01-value-customers.ipynb"
    path.write_bytes(damage.encode("utf-8", "surrogateescape"))
    with pytest.raises(CrmlabError, match="crmlab lab --reset 01"):
        prepare(mine)
    before = path.read_bytes()
    prepare(mine, reset="01")
    assert next(mine.glob("*(backup*.ipynb")).read_bytes() == before
    assert "one = ..." in path.read_text(encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only(shipped, mine):
    mine.mkdir()
    mine.chmod(0o500)
    with pytest.raises(CrmlabError, match="cannot be used"):
        prepare(mine, "en")


def test_a_disk_that_is_full(shipped, mine, monkeypatch):
    prepare(mine, "en")
    kept = work_on(mine)

    def full(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(work_folder, "replace_file", full)
    with pytest.raises(CrmlabError, match=r"cannot be used \(No space left on device\)"):
        prepare(mine, reset="01")
    assert (mine / "01-value-customers.ipynb").read_text(encoding="utf-8") == kept


def test_no_labs_are_installed(shipped, mine):
    for path in shipped.folder.rglob("*.ipynb"):
        path.unlink()
    with pytest.raises(CrmlabError, match="Install crmlab again"):
        prepare(mine, "en")
