"""What somebody did in all labs, and what an instructor can check of it.

A student's computer can keep no secret, so the code of a certificate proves little: that its name, account,
course and points belong together, as crmlab wrote them. What proves that answers are right is to judge them
again (`confirm`); who found them, nothing here can prove.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b32decode, b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from crmlab.checks import kept
from crmlab.checks.book import Record
from crmlab.checks.feedback import Card
from crmlab.checks.judge import judge
from crmlab.checks.overview import short, sums
from crmlab.checks.question import Lab, find, labs
from crmlab.company.company import SEED, Company, opened
from crmlab.locale import say
from crmlab.settings import Settings, valid_account

#: Bytes of the checksum in a code: one in a million million fits by chance.
CHECKSUM = 5
COLUMNS = ("lab", "points", "first", "hints", "solutions", "when")


class Person(NamedTuple):
    """Whose certificate it is."""

    name: str | None
    account: str | None
    course: str | None


def certified(records: Mapping[str, Record], known: Settings, language: str) -> Card:
    """Return the certificate, or say what is missing for one."""
    begun = [lab for lab in labs() if any(one.number in records for one in lab.questions)]
    title = say("checks.tone_certificate", language)
    if not begun:
        return Card("note", title, (say("checks.nothing_to_certify", language),), language)
    person = Person(known.name, known.account, known.course)
    earned, possible = sums(begun, records)
    whose = [
        say(f"checks.certificate_{key}", language, value=value)
        for key, value in person._asdict().items()
        if value and key != "name"
    ]
    return Card(
        "certificate",
        f"{known.name or '…'} · {say('checks.points_of', language, points=short(earned), of=possible)}",
        (
            *([] if known.name else [say("checks.certificate_nameless", language)]),
            *whose,
            say("checks.certificate_code", language, code=code(person, earned, len(begun))),
        ),
        language,
        tuple(say(f"checks.certificate_column_{name}", language) for name in COLUMNS),
        tuple(_line(lab, records, language) for lab in begun),
    )


def _line(lab: Lab, records: Mapping[str, Record], language: str) -> tuple[str, ...]:
    mine = [records[one.number] for one in lab.questions if one.number in records]
    earned, possible = sums([lab], records)
    return (
        f"{lab.number:02d} {lab.title.to(language)}",
        f"{short(earned)} / {possible}",
        str(sum(_at_once(record) for record in mine)),
        str(sum(record.hints > 0 for record in mine)),
        str(sum(record.solution for record in mine)),
        max((record.when or "" for record in mine), default=""),
    )


def _at_once(record: Record) -> bool:
    return record.first in ("right", "played") and not record.hints and not record.solution


def code(person: Person, points: float, labs: int) -> str:
    """Return the code of a certificate: the points, the number of labs, and a checksum over all of it.

    Examples
    --------
    >>> code(Person("陈雪", "s2026017", None), 18.5, 1)
    'A45A-DN43-JTCGM'
    """
    told = round(100 * points).to_bytes(2, "big") + labs.to_bytes(1, "big")
    letters = b32encode(told + _checksum(person, told)).decode().rstrip("=")
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def told(code: str, person: Person) -> tuple[float, int] | None:
    """Return the points and the number of labs in a code, or None when it is not that of ``person``.

    Examples
    --------
    >>> told(code(Person("陈雪", "s2026017", None), 18.5, 1), Person("陈雪", "s2026017", None))
    (18.5, 1)
    """
    letters = "".join(code.upper().replace("-", " ").split())
    try:
        found = b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        return None
    if len(found) != 3 + CHECKSUM or found[3:] != _checksum(person, found[:3]):
        return None
    return int.from_bytes(found[:2], "big") / 100, found[2]


def _checksum(person: Person, told: bytes) -> bytes:
    named = json.dumps([value or "" for value in person], ensure_ascii=False).encode()
    return hashlib.sha256(named + told).digest()[:CHECKSUM]


@dataclass(frozen=True)
class Finding:
    """What judging a kept answer again gave.

    Attributes
    ----------
    number : str
        The question.
    claimed, confirmed : float
        The points in the progress file, and those that the kept answer earns.
    account : str or None
        Whose company the answer is about.
    remark : str
        "confirmed", "not_right", "no_answer" (an old file), "other_company", "no_question" or "unreadable".
    """

    number: str
    claimed: float
    confirmed: float
    account: str | None
    remark: str


def confirm(
    records: Mapping[str, Record], language: str, seed: int = SEED, **expected: str | None
) -> Iterator[Finding]:
    """Judge every kept answer again, each against the company that it is about.

    Parameters
    ----------
    records : mapping
        What a progress file holds.
    language : str
        "en" or "zh".
    seed : int
        The seed of the company.
    **expected
        The account and the course that answers must be about; any unless given.
    """
    wanted = {"seed": seed} | {name: value for name, value in expected.items() if value is not None}
    for number, record in records.items():
        if record.best > 0:
            # Another person wrote the file: whatever stands there, the other answers are looked at.
            try:
                points, remark = _judged(number, record, language, wanted)
            except Exception:
                points, remark = 0.0, "unreadable"
            account = record.answer.get("account") if isinstance(record.answer, Mapping) else None
            yield Finding(number, record.best, points, account and str(account), remark)


def _judged(number: str, record: Record, language: str, wanted: Mapping[str, object]) -> tuple[float, str]:
    question = find(number)
    if question is None:
        return 0.0, "no_question"
    if record.answer is None:
        return 0.0, "no_answer"
    if any(record.answer[name] != value for name, value in wanted.items()):
        return 0.0, "other_company"
    points = judge(question, _company(record.answer, language), kept.read(record.answer)).points
    return min(points, record.best), "confirmed" if points >= record.best else "not_right"


def _company(about: Mapping[str, object], language: str) -> Company:
    """Return the company that an answer is about, whatever the settings here are."""
    account, course = about["account"], about["course"]
    return opened(
        int(str(about["seed"])),
        language,
        None if account is None else valid_account(str(account)),
        None if course is None else str(course),
        None,
    )
