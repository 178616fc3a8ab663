"""Every question of every lab: right answers in many forms, known mistakes, and what is no answer."""

from __future__ import annotations

import string
import time
from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd
import pytest

from crmlab import Company, open_company
from crmlab.checks.answer import Answer, plain
from crmlab.checks.judge import judge
from crmlab.checks.kinds import Decision, Number, Table
from crmlab.checks.question import Question, labs
from crmlab.locale import Text

from .conftest import COMPANIES
from .forms import forms, right_answer

QUESTIONS = [question for lab in labs() for question in lab.questions]
COMPARED = [question for question in QUESTIONS if not isinstance(question.kind, Decision)]


@pytest.fixture(params=QUESTIONS, ids=lambda question: question.number)
def question(request: pytest.FixtureRequest) -> Question:
    return request.param


@pytest.fixture(params=COMPARED, ids=lambda question: question.number)
def compared(request: pytest.FixtureRequest) -> Question:
    return request.param


def test_right_answer_earns_all_points(question: Question, company: Company) -> None:
    verdict = judge(question, company, plain(right_answer(question, company)))
    assert verdict.outcome == ("played" if isinstance(question.kind, Decision) else "right")
    assert verdict.points == question.points
    assert all(verdict.sentences)
    assert "{" not in "".join(verdict.sentences)


def test_right_answer_is_right_in_every_form(question: Question, company: Company) -> None:
    answer = right_answer(question, company)
    verdicts = {name: judge(question, company, plain(form)) for name, form in forms(question.kind, answer)}
    assert len(verdicts) >= 5
    assert {name: v.sentences for name, v in verdicts.items() if v.points != question.points} == {}


def test_each_mistake_is_named(compared: Question, company: Company) -> None:
    right = compared.kind.read(plain(compared.expected(company)))
    told = set()
    for mistake in compared.mistakes:
        answer = plain(mistake.answer(company))
        verdict = judge(compared, company, answer)
        if compared.kind.same(compared.kind.read(answer), right):
            assert verdict.outcome == "right"
        else:
            assert (verdict.outcome, verdict.points) == ("mistake", 0)
            assert mistake.name in verdict.mistakes
            assert mistake.says.to(company.language) in verdict.sentences[0]
            told.add(verdict.sentences)
    assert len(told) >= 2


def test_mistakes_that_give_the_same_are_both_named(company: Company) -> None:
    first = next(question for question in QUESTIONS if question.number == "1.1")
    twin = Question(**(vars(first) | {"number": "1.1 twin", "mistakes": list(first.mistakes)}))
    twin.mistake(Text("Another reason.", "另一个原因。"))(counts_the_same)
    verdict = judge(twin, company, plain(len(company.contacts)))
    assert verdict.mistakes == ("counts_contacts", "counts_the_same")
    assert Text("Another reason.", "另一个原因。").to(company.language) in verdict.sentences[0]


def counts_the_same(company: Company) -> int:
    return len(company.contacts)


def test_unfinished_is_not_answered_yet(company: Company) -> None:
    for question, answer in product(QUESTIONS, (..., None, [...], {"source": ...})):
        verdict = judge(question, company, plain(answer))
        assert verdict.outcome == "open", (question.number, answer)
        assert not verdict.counts


STRANGE = {
    "truth value": True,
    "text": "many",
    "text of a number": "800",
    "missing": float("nan"),
    "missing of pandas": pd.NA,
    "infinite": float("inf"),
    "huge": 10**5000,
    "complex": 1 + 2j,
    "empty list": [],
    "empty set": set(),
    "empty mapping": {},
    "empty series": pd.Series(dtype=float),
    "empty frame": pd.DataFrame(),
    "frame without rows": pd.DataFrame({"customer_id": [], "source": [], "year": []}),
    "function": len,
    "type": int,
    "generator": (one for one in [1, 2]),
    "grouped": pd.DataFrame({"a": [1]}).groupby("a"),
    "ragged": [[1, 2], [3]],
    "bytes": b"1",
    "cube": np.zeros((2, 2, 2)),
    "list of tables": [pd.DataFrame({"a": [1]})] * 2,
    "date": pd.Timestamp("2025-01-01"),
}


def test_what_is_no_answer_gets_a_sentence(company: Company) -> None:
    read = {name: plain(answer) for name, answer in STRANGE.items()}
    for question, name in product(QUESTIONS, STRANGE):
        verdict = judge(question, company, read[name])
        assert verdict.outcome == "form", (question.number, name)
        assert verdict.points == 0
        assert not verdict.counts
        assert len(verdict.sentences) == 2
        assert "{" not in "".join(verdict.sentences)


def test_answer_of_another_company_is_wrong(compared: Question, company: Company) -> None:
    other = open_company(company.seed + 100, language=company.language)
    mine, theirs = (compared.kind.read(plain(compared.expected(one))) for one in (company, other))
    verdict = judge(compared, company, plain(compared.expected(other)))
    assert (verdict.outcome == "right") == compared.kind.same(theirs, mine)
    assert len(verdict.sentences[0]) > 10


def test_constant_column_is_wrong(company: Company) -> None:
    for question in COMPARED:
        if isinstance(question.kind, Table):
            for value in list(question.kind.columns)[1:]:
                answer = question.expected(company)[list(question.kind.columns)]
                if answer[value].nunique(dropna=False) > 1:
                    constant = answer.assign(**{value: answer[value].iloc[0]})
                    verdict = judge(question, company, plain(constant))
                    assert verdict.outcome == "wrong"
                    assert value in verdict.sentences[0]


def test_feedback_never_gives_the_answer_away(company: Company) -> None:
    for question in COMPARED:
        if isinstance(question.kind, Number):
            right = question.kind.read(plain(question.expected(company)))
            for wrong in (right + 1, right * 2, -right):
                sentences = " ".join(judge(question, company, plain(wrong)).sentences)
                assert f"{right:g}" not in sentences.replace(",", "")


def test_check_is_fast(question: Question) -> None:
    """The first check of a question computes its answer and all its mistakes; one try in three is enough."""
    company = open_company(COMPANIES[0]["seed"], language="en")
    truth = {name: getattr(company.truth, name) for name in dir(company.truth)}
    answers = [right_answer(question, company)]
    answers += [mistake.answer(company) for mistake in question.mistakes[-1:]]
    for answer in map(plain, answers):
        assert any(judged_in(question, company.raw, truth, answer) < 0.15 for _ in range(3))


def judged_in(question: Question, raw: Mapping, truth: Mapping, answer: Answer) -> float:
    """Return the seconds of processor time that judging takes on a company that was just opened."""
    fresh = Company(raw, language="en", truth=truth)
    begun = time.process_time()
    judge(question, fresh, answer)
    return time.process_time() - begun


def test_decision_is_played_out(company: Company) -> None:
    for question in QUESTIONS:
        if isinstance(question.kind, Decision):
            options = question.expected(company)
            size, column = question.kind.size, question.kind.column
            ordered = options.sort_values("value_cents")[column].tolist()
            assert len(ordered) > 2 * size
            worst = judge(question, company, plain(ordered[:size]))
            naive = judge(question, company, plain(options.loc[options["naive"], column].tolist()))
            best = judge(question, company, plain(ordered[-size:]))
            assert 0 <= worst.points <= naive.points < best.points == question.points
            assert worst.points <= question.points / 4, question.number
            assert options["naive"].sum() == size


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda ids: ids[:-1], "19"),
        (lambda ids: [*ids[:-1], ids[0]], "customer_id"),
        (lambda ids: [*ids[:-1], 999_999], "999999"),
        (lambda ids: [*ids[:-1], "1001"], "1001"),
        (lambda ids: [*ids[:-1], 1.5], "1.5"),
        (lambda ids: [*ids[:-1], None], ""),
    ],
)
def test_impossible_decision_is_no_try(company: Company, spoil, word: str) -> None:
    question = next(one for one in QUESTIONS if one.number == "1.8")
    ids = company.customers["customer_id"].head(20).tolist()
    verdict = judge(question, company, plain(spoil(ids)))
    assert verdict.outcome == "form"
    assert word in verdict.sentences[0]


def test_declarations_are_whole() -> None:
    for lab in labs():
        assert 5 <= len(lab.questions) <= 9
        assert sum(question.points for question in lab.questions) == 20
    assert len({question.number for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        assert len(question.hints) >= 2
        assert isinstance(question.kind, Decision) or len(question.mistakes) >= 2
        names = [mistake.name for mistake in question.mistakes]
        assert len({*names, question.answer.__name__}) == len(names) + 1
        for text in (question.title, question.meaning, *question.hints, *(m.says for m in question.mistakes)):
            assert blanks(text.en) == blanks(text.zh)
            assert text.zh != text.en


def blanks(message: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(message)} - {None}
