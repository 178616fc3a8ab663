"""Know whether an answer is right, and if not, what the misunderstanding is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crmlab.checks.answer import plain
from crmlab.checks.book import book
from crmlab.checks.feedback import Card, Score, WorkedCard
from crmlab.checks.judge import judge
from crmlab.checks.kept import keep
from crmlab.checks.overview import find_lab, no_such_lab, no_such_question, one_lab, picture, short, written
from crmlab.checks.question import Question, find
from crmlab.checks.source import worked
from crmlab.checks.summary import certified
from crmlab.company.company import Company, open_company
from crmlab.errors import CrmlabError
from crmlab.locale import say
from crmlab.settings import settings

__all__ = ["certificate", "check", "hint", "progress", "solution"]


def check(number: object = ..., answer: object = ..., company: Company | None = None) -> Card | Score:
    """Say whether the answer to a question is right, and if not, why.

    Parameters
    ----------
    number : str
        The question, as in "1.2".
    answer : object
        The answer in any form that holds it: a number, a list, a Series, a table, …
    company : Company, optional
        The company that the answer is about; that of the settings unless given.

    Returns
    -------
    Card
        Shown in a notebook; its text elsewhere. While nbgrader grades, its text is the number of points.

    Examples
    --------
    >>> check("1.1", "eight hundred")
    ! Another form, please · 1.1 Customers on file · points: 0 of 1
    There is the text "eight hundred" where a number is asked for.
    Asked for: one number (customers).
    """
    earned = 0.0

    def judged(question: Question, language: str) -> Card:
        nonlocal earned
        if company is not None and not isinstance(company, Company):
            return Card("note", question.heading(language), (say("checks.no_company", language),), language)
        about = open_company() if company is None else company
        given = plain(answer)
        verdict = judge(question, about, given)
        earned = verdict.points
        if verdict.counts:
            kept = keep(given, about) if verdict.solves else None
            book().put(question.number, book().get(question.number).after(verdict, kept))
        points = say("checks.points_of", about.language, points=short(verdict.points), of=question.points)
        heading = f"{question.heading(about.language)} · {points}"
        return Card(verdict.outcome, heading, verdict.sentences, about.language)

    card = _about(number, judged)
    return Score(card, earned) if os.environ.get("NBGRADER_EXECUTION") else card


def hint(number: object = ...) -> Card:
    """Show the next hint to a question, one at each call.

    Examples
    --------
    >>> hint("1.99")
    ! Note · 1.99
    There is no question 1.99. Do you mean ...? There are: 1.1, 1.2, ...
    >>> hint()
    ! Note · crmlab
    Which question? Write its number in quotation marks, as in hint("1.2").
    """

    def next_hint(question: Question, language: str) -> Card:
        record = book().get(question.number)
        count = len(question.hints)
        shown = question.hints[: record.hints + 1]
        sentences = [f"{at}. {one.to(language)}" for at, one in enumerate(shown, start=1)]
        if record.hints >= count:
            sentences.append(say("checks.hints_over", language, number=question.number))
        else:
            book().put(question.number, replace(record, hints=record.hints + 1))
        place = say("checks.hint_of", language, at=len(shown), count=count)
        return Card("hint", f"{question.heading(language)} · {place}", tuple(sentences), language)

    return _about(number, next_hint)


def solution(number: object = ...) -> Card | WorkedCard:
    """Show the worked solution of a question; the progress records that it was shown.

    Examples
    --------
    >>> solution("one")
    ! Note · one
    There is no question one. There are: 0.1, 0.2, ...
    """

    def shown(question: Question, language: str) -> Card | WorkedCard:
        found = worked(question.number, language)
        if found is None:
            kept = say("checks.solution_kept", language, number=question.number)
            return Card("note", question.heading(language), (kept,), language)
        record = book().get(question.number)
        if not record.solved:  # who has solved it may look how others do
            book().put(question.number, replace(record, solution=True))
        heading = f"{say('checks.solution', language)} · {question.heading(language)}"
        return WorkedCard(heading, found.explanation, found.code)

    return _about(number, shown)


def progress(lab: object = None) -> Card:
    """Show what has been done so far: all labs in a picture, or one lab question by question.

    Parameters
    ----------
    lab : str, optional
        The lab, as in "01"; all unless given.

    Examples
    --------
    >>> progress()
    ▤ Progress · points: ... of ...
    01  ○ ○ ○ ○ ○ ○ ○ ○  0 / 20  Value customers  next: 1.1
    ...
    ○ open
    >>> progress("01")
    ▤ Progress · 01 Value customers · points: 0 of 20
    Question  Points  State
    1.1 Customers on file  0 / 1  open
    ...
    """

    def shown(language: str) -> Card:
        if lab is None:
            return picture(book().records(), language)
        found = find_lab(lab)
        return one_lab(found, book().records(), language) if found else no_such_lab(lab, language)

    return _safely(shown, "crmlab")


def certificate() -> Card:
    """Show what you have done in all labs, with a code that an instructor can check.

    The name and the account are those of the settings; `crmlab.my_account` shows the form for them.

    Examples
    --------
    >>> certificate()
    ! Note · Certificate
    There is nothing to certify yet: ...
    """
    return _safely(lambda language: certified(book().records(), settings(), language), "crmlab")


def _about(number: object, show: Callable[[Question, str], Any]) -> Any:
    """Show something about a question, or say that there is no such question."""

    def shown(language: str) -> Any:
        if number is ...:
            return Card("note", "crmlab", (say("checks.no_number", language),), language)
        question = find(number)
        return show(question, language) if question else no_such_question(number, language)

    return _safely(shown, "crmlab" if number is ... else written(number))


def _safely(show: Callable[[str], Any], heading: str) -> Any:
    """Return what ``show`` makes in the notebook's language, with what the progress file has to say.

    What the person can put right (damaged settings, for one) is a card under ``heading``, not a traceback.
    """
    language = "en"
    try:
        language = settings().language
        card = show(language)
        if isinstance(card, WorkedCard):
            return card
        notices = tuple(notice.to(language) for notice in book().told())
    except CrmlabError as problem:
        return Card("note", heading, (str(problem),), language)
    return replace(card, sentences=(*card.sentences, *notices))
