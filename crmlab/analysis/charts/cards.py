"""Big numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crmlab.analysis import numbers
from crmlab.analysis.charts import areas
from crmlab.analysis.charts.canvas import EDGE, SMALL_SIZE, WIDE, Canvas, Picture
from crmlab.analysis.charts.palette import BLUE, FAINT, QUIET
from crmlab.analysis.charts.plane import Box
from crmlab.analysis.charts.rows import MORE
from crmlab.analysis.charts.speech import pairs
from crmlab.locale import say

#: So many find room; and the sizes that the big numbers may have.
MOST = 20
_SIZES = (20, 17, 14, 12, 10.5)
#: The heights of title and note, and of the number for each point of its size, in dots.
TITLE, NOTE, SPACE = 15.5, 13, 1.6


@dataclass(frozen=True)
class Card:
    """One big number.

    Attributes
    ----------
    title : str
        What it is, with its unit.
    value : str
        As it is read.
    note : str
        What it is compared with, or how it came about.
    """

    title: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Cards(Picture):
    """Big numbers beside each other: measures that have no common unit.

    Attributes
    ----------
    cards : sequence of Card

    Examples
    --------
    >>> Cards([Card("Orders", "12", "2 more than in 2024"), Card("Net sales", "1.2 M")]).alt("en")
    'Key figures: Orders 12 (2 more than in 2024), Net sales 1.2 M.'
    """

    cards: Sequence[Card]

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        if not len(self.cards):
            return canvas.nothing("")
        shown = self.cards[:MOST]
        across = len(shown) if len(shown) <= 3 else math.ceil(math.sqrt(len(shown)))
        down = math.ceil(len(shown) / across)
        top, bottom = canvas.top - 12, 44
        wide, high = (WIDE - 2 * EDGE + 10) / across, min((top + 8 - bottom) / down, 130)
        noted = any(card.note for card in shown)
        size = _common_size(canvas, shown, wide - 30, high - 8 - TITLE - NOTE * noted)
        corners = [(EDGE + wide * (at % across), top - high * (at // across)) for at in range(len(shown))]
        boxes = [Box(left, upper - high + 8, left + wide - 10, upper) for left, upper in corners]
        areas.fill(canvas, boxes, FAINT)
        areas.fill(canvas, [box._replace(right=box.left + 3) for box in boxes], BLUE)
        for card, box in zip(shown, boxes, strict=True):
            _write(canvas, card, box, size, noted)
        if len(shown) < len(self.cards):
            more = MORE.to(canvas.language).format(count=numbers.count(len(self.cards) - len(shown)))
            canvas.write(EDGE, 29, more, color=QUIET)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        opening, closing = ("（", "）") if language == "zh" else (" (", ")")
        values = [card.value + (f"{opening}{card.note}{closing}" if card.note else "") for card in self.cards]
        said = pairs([card.title for card in self.cards], values, [math.nan] * len(values), language)
        return say("analysis.alt_cards", language, pairs=said)


def _common_size(canvas: Canvas, cards: Sequence[Card], wide: float, high: float) -> float:
    """The size of letters in which all values find room; the smallest if there is none."""
    return next(
        (
            size
            for size in _SIZES
            if SPACE * size <= high and canvas.room([card.value for card in cards], size) <= wide
        ),
        _SIZES[-1],
    )


def _write(canvas: Canvas, card: Card, box: Box, size: float, noted: bool) -> None:
    """Write one card, with room for a note if any card has one."""
    inner = box.wide - 20
    top = box.top - max((box.high - TITLE - SPACE * size - NOTE * noted) / 2, 1)
    x = box.left + 12
    canvas.write(x, top, canvas.fitted(card.title, inner), color=QUIET, va="top")
    canvas.write(x, top - TITLE, canvas.fitted(card.value, inner, size), size=size, va="top")
    note = canvas.fitted(card.note, inner, SMALL_SIZE)
    canvas.write(x, top - TITLE - SPACE * size, note, color=QUIET, size=SMALL_SIZE, va="top")
