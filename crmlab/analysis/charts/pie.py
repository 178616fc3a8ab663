"""A whole and its few parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crmlab.analysis import numbers
from crmlab.analysis.charts.bars import Bars
from crmlab.analysis.charts.canvas import EDGE, ROW, WIDE, Canvas, Picture
from crmlab.analysis.charts.lines import spread
from crmlab.analysis.charts.palette import PALE, QUIET, look
from crmlab.analysis.charts.plane import Box
from crmlab.analysis.charts.speech import spoken
from crmlab.locale import Text

#: More slices than these cannot be compared: the last ones are one slice.
MOST = 8
OTHERS = Text("{count} others", "其他{count}项")


class Slice(NamedTuple):
    """One slice: its name, its value, and how that is written."""

    label: str
    value: float
    note: str


class Circle(NamedTuple):
    """Where the pie lies on the figure, in dots."""

    x: float
    y: float
    radius: float

    def ray(self, turn: float) -> tuple[list[float], list[float]]:
        """Return the line from the centre to the edge, so far turned clockwise from the top."""
        return (
            [self.x, self.x + self.radius * math.sin(turn)],
            [self.y, self.y + self.radius * math.cos(turn)],
        )


@dataclass(frozen=True)
class Pie(Picture):
    """A whole and its few parts, clockwise from the top, their names outside.

    Attributes
    ----------
    caption : str
        What the whole is, with its unit.
    labels, values : sequence
        One of each for a slice.
    notes : sequence of str
        What to write behind each name.

    Raises
    ------
    ValueError
        If a value is negative: there is no negative slice. `composition` chooses bars then.

    Examples
    --------
    >>> Pie("Net sales", ["A", "B"], [3, 1], ["75 %", "25 %"]).alt("en")
    'Pie chart. Net sales: A 75 %, B 25 %.'
    """

    caption: str
    labels: Sequence[str]
    values: Sequence[float]
    notes: Sequence[str]

    def __post_init__(self) -> None:
        if any(value < 0 for value in self.values):
            raise ValueError("A pie has no negative slices: use Bars, or composition() which chooses.")

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        from matplotlib.patches import Wedge

        slices = self._slices(canvas.language)
        whole = sum(each.value for each in slices)
        if not whole > 0:
            return canvas.nothing(self.caption)
        box = canvas.plane(EDGE, WIDE - EDGE, self.caption).box
        circle = Circle(
            box.left + box.wide / 2, box.bottom + box.high / 2, max(min(box.high / 2 - 4, 125), 10)
        )
        reached = 0.0
        sides: dict[bool, list[tuple[float, Slice]]] = {True: [], False: []}
        for place, each in enumerate(slices):
            share, colour = each.value / whole, PALE if place == MOST - 1 else look(place).colour
            if share > 0:
                ends = 90 - 360 * (reached + share), 90 - 360 * reached
                style = {"color": colour, "linewidth": 0, "transform": canvas.dots}
                canvas.figure.add_artist(Wedge((circle.x, circle.y), circle.radius, *ends, **style))
                canvas.line(*circle.ray(2 * math.pi * reached), color="white", linewidth=1.2)
                turn = 2 * math.pi * (reached + share / 2)
                sides[turn <= math.pi].append((turn, each))
            reached += share
        for right, names in sides.items():
            _write_names(canvas, box, names, circle, right)

    def _slices(self, language: str) -> list[Slice]:
        """The slices, of which the last are one if they are many."""
        values = np.nan_to_num(np.asarray(self.values, float))
        slices = [Slice(*each) for each in zip(self.labels, values, self.notes, strict=True)]
        if len(slices) <= MOST:
            return slices
        rest = values[MOST - 1 :].sum()
        label = OTHERS.to(language).format(count=numbers.count(len(slices) - MOST + 1))
        share = numbers.share(rest / (values.sum() or 1), language)
        return [*slices[: MOST - 1], Slice(label, rest, share)]

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        return spoken("alt_pie", self.caption, self.labels, self.notes, self.values, language)


def _write_names(
    canvas: Canvas, box: Box, slices: list[tuple[float, Slice]], circle: Circle, right: bool
) -> None:
    """The names of one side, each as near to its slice as the others let it."""
    side = 1 if right else -1
    x, y, _ = circle
    across = x + side * (circle.radius + 22)
    room = WIDE - EDGE - across if right else across - EDGE
    from_below = sorted(slices, key=lambda each: math.cos(each[0]))
    wanted = [y + 1.08 * circle.radius * math.cos(turn) for turn, _ in from_below]
    for (turn, each), up in zip(from_below, spread(wanted, ROW, box.bottom, box.top - 6), strict=True):
        text = canvas.titled(each.label, each.note, room)
        canvas.write(across + 4 * side, up, text, ha="left" if right else "right", va="center_baseline")
        edge = x + circle.radius * math.sin(turn), y + circle.radius * math.cos(turn)
        bent = [edge[0], x + side * (circle.radius + 8), across], [edge[1], up, up]
        canvas.line(*bent, color=QUIET, linewidth=0.7)


def composition(
    caption: str,
    labels: Sequence[str],
    values: Sequence[float],
    notes: Sequence[str],
    stressed: str | None = None,
) -> Picture:
    """Return a pie if one can be read, else bars: of negative values, or of many parts.

    Examples
    --------
    >>> type(composition("Net sales", ["A", "B"], [3, -1], ["3", "−1"])).__name__
    'Bars'
    """
    if len(labels) > MOST or any(value < 0 for value in values) or not sum(values) > 0:
        return Bars(caption, labels, values, notes, stressed)
    return Pie(caption, labels, values, notes)
