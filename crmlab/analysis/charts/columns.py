"""Columns over calendar periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis.charts import areas
from crmlab.analysis.charts.canvas import EDGE, WIDE, Canvas, Picture
from crmlab.analysis.charts.palette import BLUE, INK, ORANGE
from crmlab.analysis.charts.plane import Plane
from crmlab.analysis.charts.scales import padded, periods, size_of
from crmlab.analysis.charts.speech import reading, spoken


@dataclass(frozen=True)
class Columns(Picture):
    """Columns over calendar periods and, beside them, the line of their running total.

    Attributes
    ----------
    caption, line_caption : str
        What the columns and the line are, with the unit.
    labels, values : sequence
        One of each for a period.
    notes : sequence of str
        What to write over each column; of many, only over the highest and the last, and a negative lowest.
    line : sequence of float
        The running total; without one, the columns take the whole width.
    whole : sequence of bool
        Whether the period is complete; a partial one is drawn hollow. None means all of them.

    Examples
    --------
    >>> Columns("Orders", "", ["2024", "2025"], [3, 4], ["3", "4"], (), ()).alt("en")
    'Column chart. Orders: 2024 3, 2025 4.'
    """

    caption: str
    line_caption: str
    labels: Sequence[str]
    values: Sequence[float]
    notes: Sequence[str]
    line: Sequence[float] = ()
    whole: Sequence[bool] = ()

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        if not len(self.labels):
            return canvas.nothing(self.caption)
        if not len(self.line):
            return self._columns(canvas, WIDE - EDGE)
        self._columns(canvas, 461)
        self._line(canvas)

    def _columns(self, canvas: Canvas, right: float) -> None:
        plane = canvas.plane(EDGE, right, self.caption, bottom=64, reach=right + 20)
        values = np.nan_to_num(np.asarray(self.values, float))
        whole = self.whole if len(self.whole) else [True] * len(values)
        plane.xlim = -0.5, max(len(values), 4) - 0.5
        pitch = plane.box.wide / max(len(values), 4)
        size = size_of(self.notes, canvas, pitch)
        lines = 1 + max((note.count("\n") for note in self.notes), default=0)
        shown = range(len(values)) if size else _telling(values)
        under = any(values[place] < 0 for place in shown)
        _stand(canvas, plane, values, above=6 + 18.5 * lines, below=(6 + 18.5 * lines) * under)
        fill = [BLUE if complete else "white" for complete in whole]
        places = np.arange(len(values))
        areas.fill(canvas, plane.boxes(places - 0.32, 0, places + 0.32, values), fill, edge=BLUE)
        periods(canvas, plane, self.labels)
        # A note that is wider than its column stands clear of the neighbours, too.
        around = 0 if size else int(canvas.room(self.notes) / pitch / 2 + 1)
        for place in shown:
            beside = values[max(place - around, 0) : place + around + 1]
            end, dy, va = (min(beside), -4, "top") if values[place] < 0 else (max(beside), 4, "bottom")
            x, y = plane.x(place), plane.y(end)
            canvas.write(x, y, self.notes[place], dy=dy, ha="center", va=va, size=size or 9)

    def _line(self, canvas: Canvas) -> None:
        line = np.asarray(self.line, float)
        plane = canvas.plane(504, 684, self.line_caption, bottom=64)
        plane.xlim = -0.3, max(len(line), 2) - 0.7
        known = line[np.isfinite(line)]
        _stand(canvas, plane, known, above=25)
        x, y = plane.x(range(len(line))), plane.y(line)
        canvas.line(x, y, color=ORANGE, linewidth=2, marker="o", markersize=4 if len(line) <= 24 else 0)
        for place in (len(line) - 1, 0):
            canvas.write(x[place], plane.box.bottom, self.labels[place], dy=-5, ha="center", va="top")
        if len(known):
            place = int(np.flatnonzero(np.isfinite(line))[-1])
            canvas.write(x[place], y[place], reading(known[-1], canvas.language), dy=7, ha="center")

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        kind = "alt_columns" if len(self.line) else "alt_columns_only"
        return spoken(kind, self.caption, self.labels, self.notes, self.values, language)


def _telling(values: np.ndarray) -> list[int]:
    """The places of the highest, the last, and the lowest if it is negative."""
    places = [int(values.argmax()), len(values) - 1]
    return list(dict.fromkeys([*places, int(values.argmin())] if values.min() < 0 else places))


def _stand(canvas: Canvas, plane: Plane, values: Sequence[float], *, above: float, below: float = 0) -> None:
    """Let columns stand on 0, with so many dots free above the highest and below the lowest."""
    low, high = min([0, *values]), max([0, *values])
    plane.ylim = padded(low, high if high > low else low + 1, plane.box.high, below, above)
    canvas.line(*plane.level(0), color=INK, linewidth=0.8)
