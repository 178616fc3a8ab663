"""What a student sees: check, hint, solution, progress, and what they leave in the folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from crmlab import Company, check, hint, open_company, progress, solution
from crmlab.checks import source
from crmlab.checks.book import FILE, Book, Record
from crmlab.checks.feedback import TONES, Card
from crmlab.checks.question import find, labs
from crmlab.checks.source import worked

from .forms import right_answer

pytestmark = pytest.mark.usefixtures("own_folder")

NUMBERS = [question.number for lab in labs() for question in lab.questions]
BUYERS = find("1.2").answer(open_company(language="en"))


def test_right_at_first_try() -> None:
    card = check("1.2", BUYERS)
    assert card.tone == "right"
    assert "✓ Right · 1.2" in repr(card)
    assert "points: 2 of 2" in card.heading
    assert "right at the first try" in repr(progress("01"))


def test_right_after_a_mistake() -> None:
    assert check("1.2", len(open_company().customers)).tone == "mistake"
    assert check("1.2", 7).tone == "wrong"
    assert "not right yet (tries: 2)" in repr(progress("01"))
    check("1.2", BUYERS)
    check("1.2", 1)
    assert "2 / 2  right (tries: 4)" in repr(progress("01"))


def test_what_is_no_try_leaves_no_trace(own_folder: Path) -> None:
    assert check("1.2").tone == check("1.2", ...).tone == check("1.2", None).tone == "open"
    assert check("1.2", "611").tone == "form"
    assert list(own_folder.iterdir()) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_language_of_the_folder(own_folder: Path, language: str) -> None:
    (own_folder / "crmlab.toml").write_text(f'language = "{language}"', encoding="utf-8")
    shown = [check("1.1", 1), check("1.1", "x"), check("1.9"), hint("1.1"), solution("1.1"), progress()]
    chinese = [bool(re.search("[\u4e00-\u9fff]", repr(card))) for card in shown]
    assert chinese == [language == "zh"] * len(shown)


def test_company_goes_before_the_folder() -> None:
    company = open_company(language="zh")
    assert "正确" in repr(check("1.1", len(company.customers), company))


def test_number_may_be_written_without_quotes() -> None:
    assert check(1.2, BUYERS).tone == "right"
    assert check(" 1.2 ", BUYERS).tone == "right"


@pytest.mark.parametrize(
    "number",
    ["1.99", "Q1", 12, 1, None, "", "1.2.3", "一点二", [1.2], pd.DataFrame({"a": [1]}), print, "<b>"],
)
@pytest.mark.parametrize("do", [check, hint, solution])
def test_unknown_question_names_the_others(do, number: object) -> None:
    card = do(number)
    assert card.tone == "note"
    lab = [known for known in NUMBERS if known.split(".")[0] == str(number).split(".")[0]]
    assert all(known in card.sentences[0] for known in lab or NUMBERS)
    ElementTree.fromstring(card._repr_html_())


@pytest.mark.parametrize("do", [check, hint, solution])
def test_without_a_number_it_is_asked_for(do) -> None:
    assert repr(do()) == repr(do(...))
    assert do().tone == "note" and '`hint("1.2")`' in do().sentences[0]


def test_near_number_is_offered() -> None:
    assert "Do you mean 1.2" in repr(check("Q1.2", 3))


@pytest.mark.parametrize("company", ["my company", 3, pd.DataFrame()], ids=type)
def test_what_is_no_company(company: object) -> None:
    assert "open_company()" in check("1.2", 3, company).sentences[0]


def test_company_without_truth() -> None:
    company = Company(open_company(language="en").raw, language="en")
    card = check("1.8", open_company(language="en").customers["customer_id"].head(20), company)
    assert card.tone == "note"


def test_damaged_settings_are_a_card(own_folder: Path) -> None:
    (own_folder / "crmlab.toml").write_text("language = ", encoding="utf-8")
    for card in (check("1.2", 3), hint("1.2"), solution("1.2"), progress()):
        assert "crmlab.toml" in card.sentences[0]


@pytest.mark.parametrize("number", NUMBERS)
def test_hints_come_one_at_a_time(number: str) -> None:
    hints = [one.to("en") for one in find(number).hints]
    for at in range(1, len(hints) + 1):
        card = hint(number)
        assert [one.split(". ", 1)[1] for one in card.sentences] == hints[:at]
        assert f"{at} of {len(hints)}" in card.heading
    for _ in range(2):
        assert f'solution("{number}")' in hint(number).sentences[-1]
    check(number, right_answer(find(number), open_company()))
    assert f", with hints ({len(hints)})" in repr(progress(find(number).lab))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("number", NUMBERS)
def test_solution_is_read_from_the_source(number: str, language: str, monkeypatch) -> None:
    monkeypatch.setenv("CRMLAB_LANGUAGE", language)
    card = solution(number)
    assert card.code in card._repr_markdown_()
    assert compile(card.code, number, "exec")
    assert worked(number, "en").code == worked(number, "zh").code == card.code
    assert bool(re.search("[\u4e00-\u9fff]", card.explanation)) == (language == "zh")
    assert ("看过解答" if language == "zh" else "solution shown") in repr(progress(find(number).lab))


def test_solution_that_the_instructor_keeps(own_folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(source.crmlab, "__file__", str(own_folder / "crmlab" / "__init__.py"))
    card = solution("1.2")
    assert "instructor" in card.sentences[0]
    assert "solution shown" not in repr(progress("01"))


def test_solution_beside_an_installed_package(own_folder: Path, monkeypatch) -> None:
    folder = own_folder / "crmlab" / "_solutions"
    folder.mkdir(parents=True)
    text = '# %% [markdown] lang="en" solution="1.2"\n# Why.\n#\n# So.\n\n# %% solution="1.2"\nbuyers = 1\n'
    (folder / "01-x.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(source.crmlab, "__file__", str(own_folder / "crmlab" / "__init__.py"))
    assert (solution("1.2").explanation, solution("1.2").code) == ("Why.\n\nSo.", "buyers = 1")


def test_solution_after_a_right_answer_is_no_help() -> None:
    check("1.2", BUYERS)
    solution("1.2")
    assert "right at the first try" in repr(progress("01"))


def test_installed_without_solutions(own_folder: Path, monkeypatch) -> None:
    package = own_folder / "site" / "crmlab"
    (package / "_labs" / "en").mkdir(parents=True)
    monkeypatch.setattr(source.crmlab, "__file__", str(package / "__init__.py"))
    for number in NUMBERS:
        card = solution(number)
        assert card.tone == "note"
        assert "your instructor keeps them" in card.sentences[0] and number in card.sentences[0]
    monkeypatch.setenv("CRMLAB_LANGUAGE", "zh")
    assert "由老师保管" in solution("1.2").sentences[0]
    assert not (own_folder / FILE).exists()


def test_progress_survives_a_restart(own_folder: Path) -> None:
    check("1.2", BUYERS)
    hint("1.3")
    code = "from crmlab import hint, progress; print(progress('01')); print(hint('1.3'))"
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    again = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment, check=True
    )
    assert "points: 2 of 20" in again.stdout
    assert "2 of 3" in again.stdout


def test_notebooks_in_one_folder_share_progress(own_folder: Path) -> None:
    mine, theirs = Book(own_folder / FILE), Book(own_folder / FILE)
    mine.put("1.1", Record(tries=1))
    theirs.put("1.2", Record(tries=2))
    assert mine.records() == theirs.records() == {"1.1": Record(tries=1), "1.2": Record(tries=2)}


DAMAGED = [
    "{",
    "",
    "[]",
    "null",
    '{"questions": [1]}',
    '{"questions": {"1.1": 3}}',
    "\ufffd",
    '{"questions": {"1.1": {}}}',
]


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_progress_is_moved_aside(own_folder: Path, content: str) -> None:
    (own_folder / FILE).write_text(content, encoding="utf-16" if content == "\ufffd" else "utf-8")
    damaged = (own_folder / FILE).read_bytes()
    card = check("1.2", BUYERS)
    assert card.tone == "right"
    assert "crmlab-progress.damaged-1.json" in card.sentences[-1]
    assert (own_folder / "crmlab-progress.damaged-1.json").read_bytes() == damaged
    assert len(check("1.2", BUYERS).sentences) == 1
    assert "points: 2 of 20" in repr(progress("01"))
    (own_folder / FILE).write_text(content, encoding="utf-8")
    assert "damaged-2" in check("1.1", 800).sentences[-1]
    assert "points: 3 of 20" in repr(progress("01"))  # what was done in this session is not lost


def test_folder_that_cannot_be_written(own_folder: Path, monkeypatch) -> None:
    check("1.1", 800)
    kept = (own_folder / FILE).read_bytes()

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    card = check("1.2", BUYERS)
    assert card.tone == "right"
    assert "Permission denied" in card.sentences[-1]
    assert len(check("1.2", BUYERS).sentences) == 1
    assert "points: 3 of 20" in repr(progress("01"))
    assert (own_folder / FILE).read_bytes() == kept
    assert [path.name for path in own_folder.iterdir()] == [FILE]


def test_file_that_cannot_be_read(own_folder: Path) -> None:
    (own_folder / FILE).mkdir()
    card = check("1.2", BUYERS)
    assert FILE in card.sentences[-1]
    assert "points: 2 of 20" in repr(progress("01"))


def test_no_progress_file_when_it_is_switched_off(own_folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("CRMLAB_PROGRESS", "off")
    before = repr(progress("01"))
    check("1.2", BUYERS)
    assert repr(progress("01")) != before
    assert list(own_folder.iterdir()) == []


def test_progress_file_is_data_for_people(own_folder: Path) -> None:
    check("1.2", 1)
    hint("1.2")
    kept = json.loads((own_folder / FILE).read_text(encoding="utf-8"))["questions"]["1.2"]
    assert kept == {
        "first": "wrong",
        "tries": 1,
        "hints": 1,
        "solution": False,
        "best": 0.0,
        "solved": False,
        "when": date.today().isoformat(),
        "answer": None,
    }
    check("1.2", BUYERS)
    kept = json.loads((own_folder / FILE).read_text(encoding="utf-8"))["questions"]["1.2"]
    assert kept["answer"]["columns"] == [{"name": None, "values": [BUYERS], "index": False}]
    assert len((own_folder / FILE).read_text(encoding="utf-8").splitlines()) == 3


def test_cards_are_the_same_each_time() -> None:
    first, second = check("1.8", range(1001, 1021)), check("1.8", range(1001, 1021))
    assert first.tone == "played"
    assert (repr(first), first._repr_html_()) == (repr(second), second._repr_html_())
    assert "0x" not in repr(first)


def test_html_is_well_formed_and_inert() -> None:
    for card in (check("1.2", "<script>alert(1)</script>"), check("1.2", BUYERS), hint("1.3"), progress()):
        html = card._repr_html_()
        ElementTree.fromstring(html)
        assert "<script" not in html
        assert ' id="' not in html


def test_code_in_sentences_is_code() -> None:
    assert "<code>company.customers</code>" in hint("1.1")._repr_html_()
    assert "`" not in repr(hint("1.1"))


@pytest.mark.parametrize("tone", TONES)
def test_tone_is_more_than_a_colour(tone: str) -> None:
    icon, colour = TONES[tone]
    for language in ("en", "zh"):
        html = Card(tone, "x", ("y",), language)._repr_html_()
        assert icon in html
        assert Card(tone, "x", ("y",), language).word in html
        assert "--jp-content-font-color1, inherit" in html
    fallback = re.search(r"#[0-9a-f]{6}", colour)[0]
    assert contrast(fallback, "#ffffff") >= 3
    assert contrast(fallback, "#111111") >= 3


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of the Web Content Accessibility Guidelines."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
