"""Names at the ends of lines, kept apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from crmlab.analysis.charts.canvas import EDGE, ROW, WIDE, Canvas
from crmlab.analysis.charts.palette import QUIET, Look
from crmlab.analysis.charts.plane import Plane

#: How far the names stand from the plane, and how wide they may be, in dots.
GAP, MOST = 38, 210


class End(NamedTuple):
    """Where a line ends, in data coordinates, and what to write there."""

    x: float
    y: float
    name: str
    value: str
    look: Look


def room_at_the_ends(canvas: Canvas, ends: Sequence[End]) -> float:
    """Return where the plane must end, in dots, for the names to find room behind them."""
    wide = min(canvas.room(f"{end.name}  {end.value}".strip() for end in ends), MOST)
    return WIDE - EDGE - wide - (_gap(ends) if wide else 4)


def _gap(ends: Sequence[End]) -> float:
    """How far the names stand from the plane: where there are several, a piece of each line is between."""
    return GAP if len(ends) > 1 else 12


def write_ends(canvas: Canvas, plane: Plane, ends: Sequence[End]) -> None:
    """Write the text of each end to the right of ``plane``, as near to its height as the others let it."""
    known = [end for end in ends if (end.name or end.value) and math.isfinite(end.x) and math.isfinite(end.y)]
    known.sort(key=lambda end: plane.y(end.y))
    left = plane.box.right + _gap(ends)
    heights = spread([plane.y(end.y) for end in known], ROW, plane.box.bottom, canvas.top - 30)
    for end, height in zip(known, heights, strict=True):
        text = canvas.titled(end.name, end.value, WIDE - EDGE / 2 - left)
        if not canvas.write(left, height, text, va="center_baseline") or len(ends) == 1:
            continue
        bent = [plane.x(end.x) + 5, left - 26, left - 23], [plane.y(end.y), height, height]
        canvas.line(*bent, color=QUIET, linewidth=0.7)
        canvas.line(
            [left - 22, left - 14, left - 6],
            [height] * 3,
            color=end.look.colour,
            linewidth=2,
            linestyle=end.look.dash,
            marker=end.look.marker,
            markevery=[1],
            markersize=5,
        )


def spread(places: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Return ascending ``places`` moved as little as need be to lie ``apart``, from ``low`` to ``high``.

    Examples
    --------
    >>> spread([10, 12, 40], 10, 0, 100)
    [10, 20, 40]
    >>> spread([95, 98], 10, 0, 100)
    [90, 100]
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + apart if moved else low))
    limit = high
    for i in reversed(range(len(moved))):
        moved[i] = min(moved[i], limit)
        limit = moved[i] - apart
    return moved
