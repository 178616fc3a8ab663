"""Judging: from a question, a company, and an answer as plain data, to a verdict. Nothing else counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from crmlab.checks.answer import Answer, plain
from crmlab.checks.kinds import Decision, Kind
from crmlab.checks.question import Mistake, Question
from crmlab.checks.sentences import FormError, sentence
from crmlab.company.company import Company
from crmlab.locale import say

Outcome = Literal["right", "played", "mistake", "wrong", "form", "open"]


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth, and what to say about it.

    Attributes
    ----------
    outcome : str
        "right", "played" (a decision, by its consequences), "mistake" (a known one), "wrong",
        "form" (cannot be read as what was asked for) or "open" (not answered yet).
    points : float
        What it earns.
    sentences : tuple of str
        In the company's language.
    mistakes : tuple of str
        Names of the mistakes that give this answer.
    """

    outcome: Outcome
    points: float
    sentences: tuple[str, ...]
    mistakes: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether this was a try: an answer that could be judged."""
        return self.outcome not in ("open", "form")

    @property
    def solves(self) -> bool:
        """Whether the question is done: answered rightly, or decided."""
        return self.outcome in ("right", "played")


def judge(question: Question, company: Company, answer: Answer) -> Verdict:
    """Return the verdict on ``answer``.

    Examples
    --------
    >>> from crmlab import open_company
    >>> from crmlab.checks.question import find
    >>> judge(find("1.1"), open_company(language="en"), plain(800)).outcome
    'right'
    """
    language, kind = company.language, question.kind
    if answer.form == "nothing":
        return Verdict("open", 0, (say("checks.open", language), kind.asked.to(language)))
    try:
        given = kind.read(answer)
        if isinstance(kind, Decision):
            return _played(question, kind, company, given)
    except FormError as problem:
        return Verdict("form", 0, (problem.sentence.to(language), kind.asked.to(language)))
    return _compared(question, kind, company, given)


def _compared(question: Question, kind: Kind, company: Company, given: Any) -> Verdict:
    language = company.language
    expected = kind.read(plain(question.expected(company)))
    if kind.same(given, expected):
        return Verdict("right", question.points, (question.means(company),))
    made = [
        mistake
        for mistake in question.mistakes
        if kind.same(given, _mistaken(question, kind, company, mistake))
    ]
    if made:
        return Verdict("mistake", 0, (_joined(made, language),), tuple(mistake.name for mistake in made))
    near = kind.near(given, expected) or sentence("wrong", number=question.number)
    return Verdict("wrong", 0, (near.to(language),))


def _mistaken(question: Question, kind: Kind, company: Company, mistake: Mistake) -> Any:
    """Return the answer that a mistake gives, as ``kind`` reads it; remembered, because people try often."""
    key = ("checks", question.number, mistake.name)
    return company.cached(key, lambda: kind.read(plain(mistake.answer(company))))


def _joined(made: list[Mistake], language: str) -> str:
    """Return the sentences of mistakes that give the same answer, honestly not told apart."""
    return say("checks.or", language).join(mistake.says.to(language) for mistake in made)


def _played(question: Question, kind: Decision, company: Company, given: list[int]) -> Verdict:
    """Play a decision out, and report it beside the best possible and the naive one."""
    language = company.language
    options = question.expected(company)
    chosen = kind.chosen(given, options)
    earned, best = int(chosen["value_cents"].sum()), kind.best(options)
    naive = int(options.loc[options["naive"], "value_cents"].sum())
    percent = math.floor(100 * max(0, earned) / best + 1e-9) if best > 0 else 0
    report = sentence(
        "played_out",
        earned=_yuan(earned),
        best=_yuan(best),
        share=percent,
        rule=kind.naive,
        naive=_yuan(naive),
    )
    counts = {flag: int(chosen[flag].sum()) for flag in kind.remarks}
    remarks = [
        kind.remarks[flag].to(language).format(count=count, size=kind.size)
        for flag, count in counts.items()
        if count
    ]
    points = question.points * percent / 100
    return Verdict("played", points, (report.to(language), *remarks, question.means(company)))


def _yuan(cents: int) -> str:
    return f"{cents / 100:,.0f}"
