"""Names at the ends of lines, kept apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from crmlab.analysis.charts.canvas import EDGE, ROW, WIDE, Canvas
from crmlab.analysis.charts.palette import QUIET, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: How far the names stand from the axes, and how wide they may be, in dots.
GAP, MOST = 38, 210


class End(NamedTuple):
    """Where a line ends, in data coordinates, and what to write there."""

    x: float
    y: float
    name: str
    value: str
    look: Look


def room_at_the_ends(canvas: Canvas, ends: Sequence[End]) -> float:
    """Return where the axes must end, in dots, for the names to find room behind them."""
    wide = min(canvas.room(f"{end.name}  {end.value}".strip() for end in ends), MOST)
    return WIDE - EDGE - wide - (_gap(ends) if wide else 4)


def _gap(ends: Sequence[End]) -> float:
    """How far the names stand from the axes: where there are several, a piece of each line is between."""
    return GAP if len(ends) > 1 else 12


def write_ends(canvas: Canvas, axes: Axes, ends: Sequence[End]) -> None:
    """Write the text of each end to the right of ``axes``, as near to its height as the others let it."""
    from matplotlib.lines import Line2D

    known = [end for end in ends if (end.name or end.value) and math.isfinite(end.x) and math.isfinite(end.y)]
    ends_at = {end: axes.transData.transform((end.x, end.y)) for end in known}
    known.sort(key=lambda end: ends_at[end][1])
    left = axes.bbox.x1 + _gap(ends)
    heights = spread([ends_at[end][1] for end in known], ROW, axes.bbox.y0, canvas.top - 30)
    for end, height in zip(known, heights, strict=True):
        x, y = ends_at[end]
        text = canvas.titled(end.name, end.value, WIDE - EDGE / 2 - left)
        if not canvas.write(None, left, height, text, va="center_baseline") or len(ends) == 1:
            continue
        style: dict[str, Any] = {"transform": canvas.dots, "color": QUIET, "linewidth": 0.7}
        bent = [x + 5, left - 26, left - 23], [y, height, height]
        canvas.figure.add_artist(Line2D(*bent, **style))
        style |= {"color": end.look.colour, "linewidth": 2, "linestyle": end.look.dash}
        style |= {"marker": end.look.marker, "markevery": [1], "markersize": 5}
        canvas.figure.add_artist(Line2D([left - 22, left - 14, left - 6], [height] * 3, **style))


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
