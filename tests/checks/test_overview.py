"""The picture of all labs, and the table of one."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from crmlab import check, hint, open_company, progress, solution
from crmlab.checks.book import Record
from crmlab.checks.overview import STATES, picture
from crmlab.checks.question import find, labs

from .forms import right_answer
from .test_cards import contrast

pytestmark = pytest.mark.usefixtures("own_folder")

BUYERS = find("1.2").answer(open_company(language="en"))
DONE = Record(first="right", tries=1, best=1, solved=True)


FIRST = next(lab for lab in labs() if lab.number == 1)


def row():
    """The row of lab 01."""
    return next(row for row in progress().labs if row.number == "01")


def tiles() -> list[str]:
    return [f"{tile.state} {tile.sign}" for tile in row().tiles]


def test_each_state_has_its_tile() -> None:
    check("1.1", len(open_company().customers))
    hint("1.2")
    check("1.2", BUYERS)
    check("1.3", 1)
    solution("1.4")
    check("1.5", [1] * 10)
    check("1.5", list(range(1001, 1016)))
    check("1.8", right_answer(find("1.8"), open_company()))
    assert tiles() == [
        "first ★",
        "hints ◐",
        "open ○",  # what cannot be read is no try
        "solution ▷",
        "tried ✗",
        "open ○",
        "open ○",
        "played ◆100",
    ]
    assert row().after == "next: 1.3"


def test_right_later_is_another_tile() -> None:
    check("1.2", 1)
    check("1.2", BUYERS)
    assert tiles()[1] == "right ✓"


def test_a_decision_tells_the_same_share_of_the_best_everywhere() -> None:
    options = find("1.8").expected(open_company())
    hint("1.8")
    card = check("1.8", options.loc[options["naive"], "customer_id"])
    share = int(re.search(r"you reach (\d+) %", card.sentences[0])[1])
    points = f"{3 * share / 100:.2f}".rstrip("0")
    record = progress("01").rows[-1]
    assert 0 < share < 100 and f"{points} of 3" in card.heading
    assert tiles()[-1] == f"hints ◐{share}"
    assert record[1] == f"{points} / 3"
    assert "decided, with hints (1)" in record[2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lab_that_is_complete(language: str) -> None:
    records = {question.number: DONE for lab in labs() for question in lab.questions}
    shown = picture(records, language)
    assert {row.after for row in shown.labs} == {"complete" if language == "en" else "已完成"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_has_a_row_for_each_lab_and_a_tile_for_each_question(language: str, monkeypatch) -> None:
    monkeypatch.setenv("CRMLAB_LANGUAGE", language)
    check("1.2", BUYERS)
    body = ElementTree.fromstring(progress()._repr_html_())
    rows = list(body.iter("tr"))
    assert len(rows) == len(labs())
    for row, lab in zip(rows, labs(), strict=True):
        assert row.find("th").text == f"{lab.number:02d} {lab.title.to(language)}"
        told = [tile.get("aria-label") for tile in row.iter("span")]
        assert [one.split(" ")[0] for one in told] == [question.number for question in lab.questions]
    assert len(repr(progress()).splitlines()) == len(labs()) + 2


def test_a_tile_is_more_than_a_colour() -> None:
    signs = {sign for sign, *_ in STATES.values()}
    assert len(signs) == len(STATES)
    for sign, background, colour in STATES.values():
        if background != "transparent":
            assert contrast(background, colour) >= 4.5, sign
    for page in ("#ffffff", "#111111"):
        assert contrast("#808080", page) >= 3  # the edge of a tile


def test_only_signs_in_the_picture_are_explained() -> None:
    assert repr(progress()).splitlines()[-1] == "○ open"


@pytest.mark.parametrize("number", ["01", "1", 1, "Lab 01", " 01 "])
def test_one_lab_by_its_number(number: object) -> None:
    assert progress(number).heading.startswith("01 Value customers")
    assert len(progress(number).rows) == len(FIRST.questions)


@pytest.mark.parametrize("number", ["99", "", "x", 1.5, ..., [1], "<b>"])
def test_a_lab_that_is_not_there_names_the_others(number: object) -> None:
    card = progress(number)
    assert card.tone == "note"
    assert all(f"{lab.number:02d}" in card.sentences[0] for lab in labs())
    ElementTree.fromstring(card._repr_html_())
