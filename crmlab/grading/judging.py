"""From what a kernel answered to a mark: read with care, judged on two companies, said in sentences.

What comes out of the kernel is a stranger's text. It is read as data of limited size and never trusted;
what is right is computed here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, get_args

from crmlab.checks import kept
from crmlab.checks.answer import Answer, Form, plain
from crmlab.checks.judge import Verdict, judge
from crmlab.checks.kinds import Choice
from crmlab.checks.overview import short
from crmlab.checks.question import Question
from crmlab.checks.sentences import FormError
from crmlab.company.company import Company
from crmlab.grading.course import Weights
from crmlab.grading.kernel import Reply
from crmlab.grading.probes import OWN
from crmlab.grading.result import SAME, Mark, printable
from crmlab.locale import say

#: What no answer that somebody computed reaches.
MOST_LETTERS, MOST_COLUMNS, MOST_VALUES, LONGEST_NAME = 1_000_000, 200, 100_000, 200
#: An answer is kept in the gradebook up to so many letters.
MOST_KEPT = 20_000
#: A sentence for the student may quote the answer; it is cut after so many letters.
LONGEST_SENTENCE = 1_000
NOTHING = plain(None)

Replies = Mapping[str, Reply]


class Pair(NamedTuple):
    """What belongs to the student's own company, and the same of the one that only the grader has."""

    seen: Company
    unseen: Company


@dataclass(frozen=True)
class _Told:
    """What was handed in on one company: the answer, its verdict, and why there is no answer."""

    verdict: Verdict
    answer: Answer = NOTHING
    json: str | None = None
    reason: str = ""


def read_answer(text: str) -> Answer:
    """Return the answer that a kernel wrote down.

    Raises
    ------
    ValueError
        When this is no answer, or one of a size that nobody computes.

    Examples
    --------
    >>> text = '{"form": "value", "columns": [{"name": null, "values": [800], "index": false}]}'
    >>> read_answer(text).columns[0].values
    (800,)
    """
    if len(text) > MOST_LETTERS:
        raise ValueError("too long")
    try:
        answer = kept.read(json.loads(text))
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    names = [column.name for column in answer.columns if column.name is not None]
    lengths = [len(column.values) for column in answer.columns]
    words = [value for column in answer.columns for value in column.values if isinstance(value, str)]
    fine = (
        answer.form in get_args(Form)
        and len(lengths) <= MOST_COLUMNS
        and sum(lengths) <= MOST_VALUES
        and len(set(lengths)) <= 1
        and all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in names)
    )
    if not fine:
        raise ValueError("not as an answer is written")
    "".join((*names, *words)).encode()  # half a letter can be written nowhere, and is a ValueError
    return answer


def mark(question: Question, companies: Pair, seen: Replies, unseen: Replies, weights: Weights) -> Mark:
    """Return the mark for one question.

    Parameters
    ----------
    question : Question
    companies : Pair
        In the student's language.
    seen, unseen : mapping of str to Reply
        What came when the answers were asked for, on the one and on the other company.
    weights : Weights
        What a right answer on each of them is worth. A question that is answered in words (a choice) is
        judged on the own company only: what somebody read there stands in the notebook and not in a
        calculation.
    """
    own = _told(question, companies.seen, seen)
    other = None if isinstance(question.kind, Choice) else _told(question, companies.unseen, unseen)
    same = other is not None and own.verdict.solves and _same(question, own, other)
    written_down = same and other is not None and other.verdict.points < own.verdict.points
    return Mark(
        question=question.number,
        points=_points(own, other, weights),
        of=question.points,
        verdict_seen=own.verdict.outcome,
        verdict_unseen=_outcome_unseen(other, same),
        points_seen=own.verdict.points,
        points_unseen=other.verdict.points if other else 0.0,
        mistake=", ".join(own.verdict.mistakes or (other.verdict.mistakes if other else ())) or None,
        sentences=tuple(_cut(one) for one in _sentences(question, companies, own, other, written_down)),
        hard_coded=written_down,
        answer=own.json if own.json is not None and len(own.json) <= MOST_KEPT else None,
    )


def failed(question: Question, language: str) -> Mark:
    """Return the mark for a question at which the grader itself failed."""
    told = (say("grading.judge_failed", language),)
    return Mark(question.number, 0, question.points, "open", sentences=told)


def marks(
    questions: tuple[Question, ...], companies: Pair, seen: Replies, unseen: Replies, weights: Weights
) -> tuple[tuple[Mark, ...], list[Exception]]:
    """Return the marks for all questions of a lab, and the errors of the grader: one costs one question."""
    made, errors = [], []
    for question in questions:
        try:
            made.append(mark(question, companies, seen, unseen, weights))
        except Exception as error:
            logging.getLogger(__name__).exception("question %s", question.number)
            made.append(failed(question, companies.seen.language))
            errors.append(error)
    return tuple(made), errors


def _told(question: Question, company: Company, replies: Replies) -> _Told:
    """Return what was handed in: what our check cell hands in, else what the student's own does."""
    given = _read(question, company, replies.get(question.number))
    if given.answer.form == "nothing" and question.number + OWN in replies:
        own = _read(question, company, replies[question.number + OWN])
        return given if own.answer.form == "nothing" else own
    return given


def _read(question: Question, company: Company, reply: Reply | None) -> _Told:
    if reply is None or reply.json is None:
        return _Told(Verdict("open", 0, ()), reason=_reason(reply, company.language))
    try:
        answer = read_answer(reply.json)
    except ValueError:
        return _Told(Verdict("form", 0, (say("grading.judge_no_data", company.language),)))
    if answer.form == "other":
        return _Told(Verdict("form", 0, (say("grading.judge_no_data", company.language),)), answer)
    return _Told(judge(question, company, answer), answer, reply.json)


def _reason(reply: Reply | None, language: str) -> str:
    """Say why there is no answer; nothing where the student has not come that far."""
    if reply is None or (reply.problem == "error" and reply.name == "NameError"):
        return ""
    if reply.problem == "error":
        return say("grading.judge_reply_error", language, name=reply.name, message=reply.message)
    return say(f"grading.judge_reply_{reply.problem}", language)


def _points(own: _Told, other: _Told | None, weights: Weights) -> float:
    if other is None:
        return own.verdict.points
    if weights.rule == "both":
        return min(own.verdict.points, other.verdict.points)
    return round(weights.seen * own.verdict.points + weights.unseen * other.verdict.points, 2)


def _outcome_unseen(other: _Told | None, same: bool) -> str | None:
    """Return the outcome on the other company; `SAME` where its right answer is no other than on the own."""
    if other is None:
        return None
    return SAME if same and other.verdict.outcome == "right" else other.verdict.outcome


def _same(question: Question, own: _Told, other: _Told) -> bool:
    """Say whether the same was handed in on both companies."""
    if other.answer.form == "nothing":
        return False
    try:
        given, again = question.kind.read(own.answer), question.kind.read(other.answer)
    except FormError:
        return False
    same: Callable[[object, object], bool] = getattr(question.kind, "same", lambda a, b: set(a) == set(b))
    return bool(same(again, given))


def _sentences(
    question: Question, companies: Pair, own: _Told, other: _Told | None, written_down: bool
) -> tuple[str, ...]:
    """Return what to tell the student."""
    language = companies.seen.language
    if own.verdict.outcome == "open":
        asked = question.kind.asked.to(language)
        return (own.reason,) if own.reason else (say("grading.judge_open", language), asked)
    if other is None or other.verdict.points == own.verdict.points:
        return own.verdict.sentences
    points = {"seen": short(own.verdict.points), "unseen": short(other.verdict.points), "of": question.points}
    if written_down:
        return (*own.verdict.sentences, say("grading.judge_written_down", language, **points))
    why = other.reason or " ".join(other.verdict.sentences) or say("grading.judge_open", language)
    if other.verdict.solves:  # decisions, which earn more here and less there
        return (*own.verdict.sentences, say("grading.judge_two_points", language, **points))
    if own.verdict.solves:
        return (*own.verdict.sentences, say("grading.judge_only_seen", language), why)
    return own.verdict.sentences


def _cut(text: str) -> str:
    text = printable(text)
    return text if len(text) <= LONGEST_SENTENCE else f"{text[: LONGEST_SENTENCE - 1]}…"
