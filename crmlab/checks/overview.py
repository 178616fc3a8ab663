"""Which questions there are, and how far somebody is with them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from crmlab.checks.book import Record
from crmlab.checks.feedback import Card
from crmlab.checks.question import Question, labs
from crmlab.locale import listed, say


def overview(records: Mapping[str, Record], language: str) -> Card:
    """Return the table of all questions, each with its points and its state."""
    asked = [question for lab in labs() for question in lab.questions]
    kept = [records.get(question.number, Record()) for question in asked]
    earned, possible = sum(record.best for record in kept), sum(question.points for question in asked)
    return Card(
        "progress",
        say("checks.points_of", language, points=short(earned), of=possible),
        (),
        language,
        tuple(say(f"checks.column_{name}", language) for name in ("question", "points", "state")),
        tuple(_row(question, record, language) for question, record in zip(asked, kept, strict=True)),
    )


def _row(question: Question, record: Record, language: str) -> tuple[str, str, str]:
    state = say(f"checks.state_{_state(record)}", language, tries=record.tries, hints=record.hints)
    return question.heading(language), f"{short(record.best)} / {question.points}", state


def _state(record: Record) -> str:
    if record.solution:
        return "solution"
    if not record.solved:
        return "tried" if record.tries else "open"
    if record.hints:
        return "hints"
    return {"right": "first", "played": "played"}.get(record.first or "", "right")


def no_such_question(number: object, language: str) -> Card:
    """Say that there is no question ``number``, and which there are in its lab (or in all)."""
    wanted = written(number)
    lab = [one for one in labs() if wanted.split(".")[0] == str(one.number)] or labs()
    offered = [question.number for one in lab for question in one.questions]
    near = difflib.get_close_matches(wanted.lower().removeprefix("q").strip(), offered, n=2, cutoff=0.5)
    key = "checks.unknown_near" if near else "checks.unknown_question"
    words = {"near": listed(near, language), "known": listed(offered, language)}
    return Card("note", wanted, (say(key, language, number=wanted, **words),), language)


def written(number: object) -> str:
    """Return ``number`` as it can stand in a sentence, whatever it is."""
    return " ".join(str(number).split())[:20]


def short(points: float) -> str:
    """Return points to a tenth, and without it where they are whole.

    Examples
    --------
    >>> short(2.0), short(2.35)
    ('2', '2.4')
    """
    return f"{points:.1f}".removesuffix(".0")
