"""The certificate, and what an instructor can check: its code, and every kept answer."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from crmlab import certificate, check, hint, open_company
from crmlab.checks.answer import plain
from crmlab.checks.book import FILE, read
from crmlab.checks.judge import judge
from crmlab.checks.kept import keep
from crmlab.checks.kept import read as read_answer
from crmlab.checks.question import find, labs
from crmlab.checks.summary import Person, code, confirm, told
from crmlab.cli import app

from .forms import forms, right_answer

pytestmark = pytest.mark.usefixtures("own_folder")

QUESTIONS = [question for lab in labs() for question in lab.questions]
ME = Person("陈雪", "s2026017", None)


def verify(*arguments: str):
    return CliRunner().invoke(app, ["verify", *arguments])


@pytest.fixture
def done(own_folder):
    """A folder in which lab 01 was done with an account."""
    text = 'account = "s2026017"\nname = "陈雪"\n'
    (own_folder / "crmlab.toml").write_text(text, encoding="utf-8")
    for question in QUESTIONS:
        if question.lab == 1:
            check(question.number, right_answer(question, open_company()))
    return own_folder


def test_nothing_done_is_nothing_certified() -> None:
    assert certificate().tone == "note"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_certificate(done, language, monkeypatch) -> None:
    monkeypatch.setenv("CRMLAB_LANGUAGE", language)
    card = certificate()
    assert card.tone == "certificate" and card.heading.startswith("陈雪 · ")
    (row,) = card.rows
    assert row[1:5] == ("20 / 20", "8", "0", "0")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row[5])
    assert code(ME, 20, 1) in card.sentences[-1]
    assert bool(re.search("[\u4e00-\u9fff]", card.sentences[0])) == (language == "zh")
    ElementTree.fromstring(card._repr_html_())


def test_hints_are_told_and_a_missing_name_is_asked_for() -> None:
    hint("1.1")
    check("1.1", len(open_company().customers))
    card = certificate()
    assert card.rows[0][2:5] == ("0", "1", "0")
    assert "my_account()" in repr(card)


names = st.none() | st.text(min_size=1, max_size=20)


@settings(deadline=None)  # of a computer that is busy
@given(names, names, names, st.integers(0, 60_000), st.integers(1, 99))
def test_a_code_tells_its_points_to_its_person_only(name, account, course, hundredths, count) -> None:
    person = Person(name, account, course)
    made = code(person, hundredths / 100, count)
    assert told(made, person) == told(made.lower().replace("-", " "), person) == (hundredths / 100, count)
    assert told(made, person._replace(name=f"{name or ''}x")) is None
    for at in (0, 2, 5, len(made) - 2):
        if made[at] != "-":
            other = "A" if made[at] != "A" else "B"
            assert told(made[:at] + other + made[at + 1 :], person) is None


@pytest.mark.parametrize(
    "wrong", ["", "x", "AAAA", "AAAA-AAAA-AAAAA", "AAAA-AAAA-AAAAAAAA", "陈雪", "1" * 13]
)
def test_what_is_no_code(wrong) -> None:
    assert told(wrong, ME) is None


def test_a_code_on_the_command_line(done) -> None:
    made = code(ME, 18.5, 1)
    result = verify(made, "--name", "陈雪", "--account", "s2026017")
    assert (result.exit_code, "18.5 points" in result.output) == (0, True)
    assert verify(made, "--name", "陈雪").exit_code == 1
    assert "does not fit" in verify(made).output


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.number)
def test_every_answer_is_judged_the_same_after_it_was_kept(question) -> None:
    company = open_company(language="zh", account="s2026017")
    right = right_answer(question, company)
    for name, form in [("right", right), *forms(question.kind, right)]:
        answer = plain(form)
        again = read_answer(json.loads(json.dumps(keep(answer, company))))
        assert judge(question, company, again) == judge(question, company, answer), name


def test_a_file_is_confirmed_in_any_language_and_whatever_the_settings_here(done, monkeypatch) -> None:
    monkeypatch.setenv("CRMLAB_ACCOUNT", "teacher")
    monkeypatch.setenv("CRMLAB_COURSE", "another")
    for language in ("en", "zh"):
        result = verify(FILE, "--lang", language)
        assert result.exit_code == 0
        assert ("20 of 20" if language == "en" else "已核实 20 分") in result.output


def test_points_that_the_answers_do_not_earn_are_not_confirmed(done) -> None:
    records = json.loads((done / FILE).read_text(encoding="utf-8"))["questions"]
    records["1.1"]["answer"]["columns"][0]["values"] = [1]
    records["1.2"]["answer"] = None
    records["1.3"]["answer"]["columns"] = "nonsense"
    records["1.4"]["answer"]["account"] = "other"
    records["1.5"]["best"] = 5
    records["1.99"] = {**records["1.6"], "answer": {**records["1.6"]["answer"], "account": ["\x1b[2J[red]"]}}
    records["1.7"]["answer"]["columns"][0]["values"] = [{"a": []}]
    (done / FILE).write_text(json.dumps({"questions": records}), encoding="utf-8")
    found = {one.number: one for one in confirm(read(done / FILE), "en", account="s2026017")}
    assert {number: one.remark for number, one in found.items()} == {
        "1.1": "not_right",
        "1.2": "no_answer",
        "1.3": "unreadable",
        "1.4": "other_company",
        "1.5": "not_right",
        "1.6": "confirmed",
        "1.7": "unreadable",
        "1.8": "confirmed",
        "1.99": "no_question",
    }
    assert (found["1.5"].claimed, found["1.5"].confirmed) == (5, find("1.5").points)
    result = verify(FILE, "--account", "s2026017")
    assert result.exit_code == 1
    # What is a stranger's neither colours nor clears the terminal.
    assert "8 of" in result.output and "[red]" in result.output and "\x1b" not in result.output


def test_answers_about_the_company_of_another_are_not_confirmed(done) -> None:
    assert verify(FILE, "--account", "s2026017").exit_code == 0
    assert verify(FILE, "--account", "s2026018").exit_code == 1
    assert verify(FILE, "--course", "spring").exit_code == 1
    assert verify(FILE, "--seed", "7").exit_code == 1


def test_a_file_of_the_first_version_is_read(own_folder) -> None:
    old = {"first": "right", "tries": 1, "hints": 0, "solution": False, "best": 2.0, "solved": True}
    (own_folder / FILE).write_text(json.dumps({"questions": {"1.2": old}}), encoding="utf-8")
    assert certificate().rows[0][1] == "2 / 20"
    assert "no answer was kept" in verify(FILE).output


RECORD = '{"first": null, "tries": Infinity, "hints": 0, "solution": false, "best": 1, "solved": true}'


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"questions": 3}', '{"questions": {"1.1": {}}}', f'{{"questions": {{"1.1": {RECORD}}}}}'],
)
def test_what_is_no_progress_file(own_folder, content) -> None:
    (own_folder / FILE).write_text(content, encoding="utf-8")
    result = verify(FILE)
    assert result.exit_code == 1
    assert "cannot be read as a progress file" in " ".join(result.output.split())
    assert verify("nowhere.json").exit_code == 1


def test_the_last_right_answer_is_kept_and_a_wrong_one_is_not(own_folder) -> None:
    right = len(open_company().customers)
    check("1.1", right)
    check("1.1", 3)
    kept = read(own_folder / FILE)["1.1"].answer
    assert kept["columns"][0]["values"] == [right]
    best = right_answer(find("1.8"), open_company())
    check("1.8", best)
    check("1.8", range(1001, 1021))
    assert sorted(read(own_folder / FILE)["1.8"].answer["columns"][0]["values"]) == sorted(best)
