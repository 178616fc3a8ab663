"""The form at the top of a lab: what it writes, and what it says."""

import re
from pathlib import Path

import pytest

from crmlab import my_account, open_company
from crmlab.settings import Settings, settings

OWN = '# my own words\nlanguage = "en" # not zh\ncolour = "blue"\n\n[other]\naccount = "of a table"\n'


@pytest.fixture(autouse=True)
def beside(tmp_path, monkeypatch):
    """The settings file beside the notebook."""
    folder = tmp_path / "my work 我的 客户"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder / "crmlab.toml"


def test_account_and_name_are_written_and_in_force(beside):
    form = my_account()
    form.account.value, form.name.value = " s2026017 ", "陈雪"
    form.save.click()
    assert "you are s2026017" in form.sentence and "open_company()" in form.sentence
    assert settings() == Settings(account="s2026017", name="陈雪")
    assert open_company().account == "s2026017"
    assert beside.read_text(encoding="utf-8").startswith("# Who works in this folder")
    again = my_account()
    assert (again.account.value, again.name.value) == ("s2026017", "陈雪")


def test_every_other_line_stays(beside):
    beside.write_text(OWN, encoding="utf-8")
    form = my_account()
    form.account.value = "s1"
    form.save.click()
    assert beside.read_text(encoding="utf-8") == OWN.replace('"blue"\n', '"blue"\naccount = "s1"\n')


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("account", ["s 1", "陈雪", "a" * 33, "-s1"])
def test_an_account_that_cannot_be_one_is_not_written(beside, account, language):
    beside.write_text(f'language = "{language}"\n', encoding="utf-8")
    form = my_account()
    form.account.value = account
    form.save.click()
    assert account in form.sentence and "s2026017" in form.sentence
    assert 'role="alert"' in form.children[-1].value
    assert bool(re.search("[\u4e00-\u9fff]", form.sentence.replace(account, ""))) == (language == "zh")
    assert beside.read_text(encoding="utf-8") == f'language = "{language}"\n'


def test_a_name_that_cannot_be_one_is_not_written(beside):
    form = my_account()
    form.account.value, form.name.value = "s1", "x" * 61
    form.save.click()
    assert "60 characters" in form.sentence
    assert not beside.exists()


def test_nothing_typed_makes_no_file(beside):
    form = my_account()
    form.save.click()
    assert "without an account" in form.sentence
    assert not beside.exists()


def test_the_same_account_again_is_said(beside):
    beside.write_text('account = "s1"\n', encoding="utf-8")
    form = my_account()
    form.save.click()
    assert "same as before" in form.sentence


def test_an_account_can_be_taken_back(beside):
    beside.write_text('account = "s1"\n', encoding="utf-8")
    form = my_account()
    assert "You work as s1" in form.sentence
    form.account.value = ""
    form.save.click()
    assert "without an account" in form.sentence
    assert settings().account is None


def test_an_account_from_outside_is_not_changed(beside, monkeypatch):
    monkeypatch.setenv("CRMLAB_ACCOUNT", "graded")
    form = my_account()
    assert form.account.disabled and form.save.disabled
    assert (
        repr(form)
        == "You work as graded. This was set before the notebook was opened and is not changed here."
    )
    assert not beside.exists()


def test_without_widgets_it_says_what_to_do():
    form = my_account()
    assert "crmlab lab --account" in repr(form)
    assert form._repr_mimebundle_()["text/plain"] == repr(form)


def test_a_file_that_cannot_be_written_is_said(monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    form = my_account()
    form.account.value = "s1"
    monkeypatch.setattr(Path, "write_bytes", refuse)
    form.save.click()
    assert "Permission denied" in form.sentence and "crmlab lab --account" in form.sentence


def test_what_is_typed_is_not_run():
    form = my_account()
    form.account.value = "<script>"
    form.save.click()
    assert "<script>" not in form.children[-1].value
