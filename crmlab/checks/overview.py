"""Which questions there are, and how far somebody is with them: all labs in a picture, one lab in a table."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from crmlab.checks.book import Record
from crmlab.checks.feedback import CELL, TEXT, Card
from crmlab.checks.kinds import Decision
from crmlab.checks.question import Lab, Question, labs
from crmlab.locale import listed, say

#: For each state: a sign, its background and its colour (Okabe and Ito's, which colour-blind people tell
#: apart; each pair readable on its own, whatever the page's theme). Without a background it is the page's.
STATES: dict[str, tuple[str, str, str]] = {
    "first": ("★", "#00735c", "#ffffff"),
    "right": ("✓", "#0072b2", "#ffffff"),
    "hints": ("◐", "#e69f00", "#000000"),
    "played": ("◆", "#56b4e9", "#000000"),
    "solution": ("▷", "#cc79a7", "#000000"),
    "tried": ("✗", "transparent", "inherit"),
    "open": ("○", "transparent", "inherit"),
}
TILE = (
    "display:inline-block;min-width:1.7em;padding:0 .2em;margin-right:2px;text-align:center;"
    "border:1px solid #808080;border-radius:3px;line-height:1.5;box-sizing:border-box"
)


@dataclass(frozen=True)
class Tile:
    """One question in the picture.

    Attributes
    ----------
    state : str
        One of `STATES`.
    sign : str
        What stands in it: of a decision, with its share of the best in percent.
    says : str
        The same in words.
    """

    state: str
    sign: str
    says: str


@dataclass(frozen=True)
class Row:
    """One lab in the picture; `after` is the number of its next question, if any is left."""

    number: str
    title: str
    tiles: tuple[Tile, ...]
    points: str
    after: str


@dataclass(frozen=True, repr=False)
class Picture(Card):
    """All labs: a row for each, a tile for each question."""

    labs: tuple[Row, ...] = field(default=())

    def _lines(self) -> list[str]:
        rows = [
            (row.number, " ".join(tile.sign for tile in row.tiles), row.points, row.title, row.after)
            for row in self.labs
        ]
        return [*("  ".join(row) for row in rows), self._legend()]

    def _parts(self) -> list[str]:
        body = "".join(_line(row) for row in self.labs)
        return [
            f'<table style="{TEXT};border-collapse:collapse;margin:.4em 0"><tbody>{body}</tbody></table>',
            f'<p style="margin:.3em 0;font-size:90%">{escape(self._legend())}</p>',
        ]

    def _legend(self) -> str:
        """Say what the signs mean that are in the picture."""
        there = {tile.state for row in self.labs for tile in row.tiles}
        meant = [
            f"{sign} {say(f'checks.legend_{state}', self.language)}"
            for state, (sign, *_) in STATES.items()
            if state in there
        ]
        return " · ".join(meant)


def _line(row: Row) -> str:
    tiles = "".join(_tile(tile) for tile in row.tiles)
    cells = [
        (f"{row.number} {escape(row.title)}", "left"),
        (tiles, "left"),
        (row.points, "right"),
        (escape(row.after), "left"),
    ]
    first, *others = (f'style="{CELL.format(side=side)};white-space:nowrap">{text}' for text, side in cells)
    return f'<tr><th scope="row" {first}</th>' + "".join(f"<td {one}</td>" for one in others) + "</tr>"


def _tile(tile: Tile) -> str:
    _, background, colour = STATES[tile.state]
    says = escape(tile.says)
    return (
        f'<span role="img" aria-label="{says}" title="{says}" '
        f'style="{TILE};background:{background};color:{colour}">{tile.sign}</span>'
    )


def picture(records: Mapping[str, Record], language: str) -> Picture:
    """Return all labs with the state of each question, and what comes next."""
    rows = tuple(_lab(lab, records, language) for lab in labs())
    return Picture("progress", _points(labs(), records, language), (), language, labs=rows)


def _lab(lab: Lab, records: Mapping[str, Record], language: str) -> Row:
    after = next((one.number for one in lab.questions if not _done(records.get(one.number, Record()))), None)
    return Row(
        f"{lab.number:02d}",
        lab.title.to(language),
        tuple(_question(question, records, language) for question in lab.questions),
        _of(*sums((lab,), records)),
        say("checks.next", language, number=after) if after else say("checks.complete", language),
    )


def _question(question: Question, records: Mapping[str, Record], language: str) -> Tile:
    record = records.get(question.number, Record())
    state = _state(question, record).removesuffix("_played")
    sign, *_ = STATES[state]
    if record.solved and isinstance(question.kind, Decision):
        sign = f"{sign}{100 * record.best / question.points:.0f}"
    heading, points, words = _row(question, record, language)
    return Tile(state, sign, f"{heading} · {words} · {points}")


def one_lab(lab: Lab, records: Mapping[str, Record], language: str) -> Card:
    """Return the table of the questions of one lab, each with its points and its state."""
    return Card(
        "progress",
        f"{lab.number:02d} {lab.title.to(language)} · {_points((lab,), records, language)}",
        (),
        language,
        tuple(say(f"checks.column_{name}", language) for name in ("question", "points", "state")),
        tuple(_row(question, records.get(question.number, Record()), language) for question in lab.questions),
    )


def _row(question: Question, record: Record, language: str) -> tuple[str, str, str]:
    words = say(f"checks.state_{_state(question, record)}", language, tries=record.tries, hints=record.hints)
    return question.heading(language), _of(record.best, question.points), words


def _state(question: Question, record: Record) -> str:
    if record.solution:
        return "solution"
    if not record.solved:
        return "tried" if record.tries else "open"
    decided = isinstance(question.kind, Decision)
    if record.hints:
        return "hints_played" if decided else "hints"
    if decided:
        return "played"
    return "first" if record.first == "right" else "right"


def _done(record: Record) -> bool:
    return record.solved or record.solution


def _points(some: Sequence[Lab], records: Mapping[str, Record], language: str) -> str:
    earned, possible = sums(some, records)
    return say("checks.points_of", language, points=short(earned), of=possible)


def sums(some: Sequence[Lab], records: Mapping[str, Record]) -> tuple[float, int]:
    """Return the points earned in labs, and those that can be earned."""
    asked = [question for lab in some for question in lab.questions]
    earned = sum(records[one.number].best for one in asked if one.number in records)
    return earned, sum(one.points for one in asked)


def _of(points: float, possible: int) -> str:
    return f"{short(points)} / {possible}"


def find_lab(number: object) -> Lab | None:
    """Return the lab that ``number`` names: "01", "1" or 1.

    Examples
    --------
    >>> find_lab("01") is find_lab(1)
    True
    """
    wanted = str(number).strip().lower().removeprefix("lab").strip()
    return next((lab for lab in labs() if wanted in (str(lab.number), f"{lab.number:02d}")), None)


def no_such_lab(number: object, language: str) -> Card:
    """Say that there is no lab ``number``, and which there are."""
    known = listed((f"{lab.number:02d}" for lab in labs()), language)
    said = say("checks.unknown_lab", language, number=written(number), known=known)
    return Card("note", written(number), (said,), language)


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
    """Return points with as many decimals as they have: a decision earns hundredths.

    Examples
    --------
    >>> short(20.0), short(2.7), short(2.73)
    ('20', '2.7', '2.73')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")
