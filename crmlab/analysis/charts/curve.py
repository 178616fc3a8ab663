"""Continuous curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis.charts.canvas import EDGE, TEXT_SIZE, Canvas, Picture
from crmlab.analysis.charts.lines import End, room_at_the_ends, write_ends
from crmlab.analysis.charts.palette import INK, look
from crmlab.analysis.charts.plane import Box
from crmlab.analysis.charts.scales import Scale
from crmlab.analysis.charts.speech import by_name, reading
from crmlab.locale import say


@dataclass(frozen=True)
class Line:
    """One curve: its name, and its points in the order in which they are joined."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class Mark:
    """A point worth a note."""

    x: float
    y: float
    note: str


@dataclass(frozen=True)
class Curve(Picture):
    """Continuous curves, each named at its end, with the points worth a note.

    Attributes
    ----------
    x_caption, y_caption : str
        What the axes are, with their units.
    lines : sequence of Line
    marks : sequence of Mark
    x_share, y_share : bool
        Whether the values are ratios, to be written in percent.
    x_zero, y_zero : bool
        Whether the scales contain 0.

    Examples
    --------
    >>> Curve("Quantity", "Cost, yuan", [Line("Total", [1, 2], [9, 5])], [Mark(2, 5, "least")]).alt("en")
    'Curve. Quantity × Cost, yuan. Total: from (1, 9) to (2, 5); least: (2, 5).'
    """

    x_caption: str
    y_caption: str
    lines: Sequence[Line]
    marks: Sequence[Mark] = ()
    x_share: bool = False
    y_share: bool = False
    x_zero: bool = False
    y_zero: bool = True

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        xs = np.array([x for line in self.lines for x in line.x] + [mark.x for mark in self.marks], float)
        ys = np.array([y for line in self.lines for y in line.y] + [mark.y for mark in self.marks], float)
        if not len(xs):
            return canvas.nothing(self.y_caption)
        across = Scale.of(xs, canvas.language, share=self.x_share, zero=self.x_zero, most=6)
        up = Scale.of(ys, canvas.language, share=self.y_share, zero=self.y_zero)
        ends = [end_of(line, place) for place, line in enumerate(self.lines)]
        right = room_at_the_ends(canvas, ends)
        plane = canvas.plane(EDGE + up.room(canvas), right, self.y_caption, bottom=84)
        up.up(canvas, plane)
        across.across(canvas, plane, self.x_caption, around=0)
        for line, end in zip(self.lines, ends, strict=True):
            x, y = plane.x(line.x), plane.y(line.y)
            canvas.line(x, y, color=end.look.colour, linewidth=2, linestyle=end.look.dash)
        for mark in self.marks:
            x, y = plane.x(mark.x), plane.y(mark.y)
            canvas.line([x], [y], marker="o", markersize=7, color=INK)
            canvas.keep_clear(Box(x - 4, y - 4, x + 4, y + 4))
        write_ends(canvas, plane, ends)
        for mark in self.marks:
            beside(canvas, plane.x(mark.x), plane.y(mark.y), mark.note)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        names = [line.name for line in self.lines] + [mark.note for mark in self.marks]
        said = [line_spoken(line, language, self.x_share, self.y_share) for line in self.lines]
        said += [_point(mark.x, mark.y, language, self.x_share, self.y_share) for mark in self.marks]
        parts = by_name([" ".join(name.split()) for name in names], said, language)
        return say("analysis.alt_curve", language, x=self.x_caption, y=self.y_caption, parts=parts)


def end_of(line: Line, place: int) -> End:
    """Return the last known point of ``line``, with its name."""
    known = np.flatnonzero(np.isfinite(np.asarray(line.x, float)) & np.isfinite(np.asarray(line.y, float)))
    if not len(known):
        return End(np.nan, np.nan, line.name, "", look(place))
    own = look(place)._replace(marker="")
    return End(float(line.x[known[-1]]), float(line.y[known[-1]]), line.name, "", own)


def line_spoken(line: Line, language: str, x_share: bool, y_share: bool) -> str:
    """Return where ``line`` begins and ends."""
    if not len(line.x):
        return say("analysis.alt_none", language)
    first, last = (_point(line.x[place], line.y[place], language, x_share, y_share) for place in (0, -1))
    return say("analysis.alt_from_to", language, first=first, last=last)


def _point(x: float, y: float, language: str, x_share: bool, y_share: bool) -> str:
    pair = reading(x, language, share=x_share), reading(y, language, share=y_share)
    return f"({', '.join(pair)})"


def beside(canvas: Canvas, x: float, y: float, note: str, size: float = TEXT_SIZE) -> bool:
    """Write ``note`` next to the point (x, y) in dots, on the first side where there is room."""
    sides = (
        (7, 4, "left", "bottom"),
        (7, -4, "left", "top"),
        (-7, 4, "right", "bottom"),
        (-7, -4, "right", "top"),
        (0, 8, "center", "bottom"),
        (0, -8, "center", "top"),
    )
    return any(canvas.write(x, y, note, dx=dx, dy=dy, ha=ha, va=va, size=size) for dx, dy, ha, va in sides)
