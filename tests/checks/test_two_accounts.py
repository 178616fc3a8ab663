"""What the labs ask about one's own account has another answer for each account."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import pytest

from crmlab import Company, open_company
from crmlab.checks.answer import plain
from crmlab.checks.kinds import Decision
from crmlab.checks.question import Question, labs
from tests.checks.forms import right_answer

#: The labs that ask about one's own customers, margin, year and hours.
ASKING = {0, 3, 5}


def answer(question: Question, company: Company) -> Any:
    """Return the right answer as its kind reads it; the best decision in no order."""
    read = question.kind.read(plain(right_answer(question, company)))
    return sorted(read) if isinstance(question.kind, Decision) else read


def same(question: Question, one: Any, other: Any) -> bool:
    kind = question.kind
    return one == other if isinstance(kind, Decision) else kind.same(one, other)


def differs(question: Question, one: Company, other: Company) -> bool:
    return not same(question, answer(question, one), answer(question, other))


@cache
def own_questions() -> tuple[Question, ...]:
    """Return the questions about one's own account.

    Two salespeople of the company who log in see the very same tables, and differ only in who they are:
    where their answers differ, the question is about whoever asks.
    """
    one, other = open_company(2026, language="en"), open_company(2026, language="en", account="sales06")
    assert one.me != other.me
    assert all(one.raw[name].equals(other.raw[name]) for name in one.raw)
    return tuple(question for lab in labs() for question in lab.questions if differs(question, one, other))


def test_labs_ask_about_ones_own_account() -> None:
    assert {question.lab for question in own_questions()} == ASKING


def test_accounts_have_different_answers() -> None:
    companies = [open_company(2026, language="en", account=f"s202601{number}") for number in range(4)]
    for question in own_questions():
        for one, other in combinations(companies, 2):
            assert differs(question, one, other), (question.number, one.account, other.account)


@pytest.mark.seeds
def test_no_two_of_a_hundred_accounts_have_the_same_answer() -> None:
    companies = [open_company(2026, language="en", account=f"s2026{number:03}") for number in range(100)]
    for question in own_questions():
        answers = [answer(question, company) for company in companies]
        equal = sum(same(question, one, other) for one, other in combinations(answers, 2))
        assert equal == 0, question.number
