"""Sorted bars and their cumulative share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crmlab.analysis import numbers
from crmlab.analysis.charts.bars import Bars
from crmlab.analysis.charts.canvas import Canvas, Picture
from crmlab.analysis.charts.palette import ORANGE, PALE
from crmlab.analysis.charts.speech import spoken

#: Of fewer, a line of shares says nothing that the bars do not.
FEWEST = 5


@dataclass(frozen=True)
class Pareto(Picture):
    """The largest as sorted bars with their names and, beside them, the cumulative share of all.

    Attributes
    ----------
    bars : Bars
        The largest.
    line_caption : str
        What the line is.
    shares : sequence of float
        Cumulative shares, the largest first.
    mark : int
        How many of them the marked point of the line stands for.
    mark_note : str
        What to write at it.

    Examples
    --------
    >>> Pareto(Bars("Yuan", ["A", "B"], [3, 1], ["3", "1"]), "Share", [0.75, 1], 1, "").alt("en")
    'Pareto chart: bars of the largest and the line of the cumulative share. Yuan: A 3, B 1.'
    """

    bars: Bars
    line_caption: str
    shares: Sequence[float]
    mark: int
    mark_note: str

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        self.bars.draw_within(canvas, 446, 190)
        if len(self.shares) < FEWEST or math.isnan(self.shares[0]):
            return
        plane = canvas.plane(504, 691, self.line_caption, bottom=64)
        last = len(self.shares)
        plane.xlim = 0, last
        plane.ylim = min(0, *self.shares), max(1, *self.shares) * 1.02
        for value in (0, 0.5, 1):
            canvas.line(*plane.level(value), color=PALE, linewidth=0.8)
            word = numbers.share(value, canvas.language)
            canvas.write(plane.box.left, plane.y(value), word, dx=-5, ha="right", va="center")
        for place in (last, 0):
            word = numbers.count(place)
            canvas.write(plane.x(place), plane.box.bottom, word, dy=-5, ha="center", va="top")
        canvas.line(plane.x(range(last + 1)), plane.y([0, *self.shares]), color=ORANGE, linewidth=2)
        if not 0 < self.mark <= last:
            return
        reached = self.shares[self.mark - 1]
        x, y = plane.x(self.mark), plane.y(reached)
        canvas.line([x], [y], marker="o", color=ORANGE, markersize=7)
        # Below the curve there is room, except at the end of a short one.
        dx, dy, side, edge = 8, -6, "left", "top"
        if self.mark > last / 2:
            dx, dy, side, edge = (0, 8, "right", "bottom") if reached < 0.8 else (0, -12, "right", "top")
        canvas.write(x, y, self.mark_note, dx=dx, dy=dy, ha=side, va=edge)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        bars = self.bars
        return spoken("alt_pareto", bars.caption, bars.labels, bars.notes, bars.values, language)
