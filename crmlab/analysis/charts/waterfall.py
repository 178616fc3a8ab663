"""Steps from one total to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis.charts import areas
from crmlab.analysis.charts.canvas import Canvas, Picture
from crmlab.analysis.charts.palette import BLUE, ORANGE, QUIET
from crmlab.analysis.charts.rows import along, behind, rows
from crmlab.analysis.charts.speech import spoken

#: Totals are no step up or down.
TOTAL = "#444444"


@dataclass(frozen=True)
class Waterfall(Picture):
    """Steps from one total to another, from top to bottom: blue what adds, orange what takes away.

    Attributes
    ----------
    caption : str
        What the length is, with its unit.
    labels, values, notes : sequence
        One of each for a bar: a total's value is where it ends, a step's value is how much it adds.
    totals : sequence of bool
        Whether the bar is a total.

    Examples
    --------
    >>> steps = ["Sales", "Cost", "Margin"], [5, -3, 2], ["5", "−3", "2"], [True, False, True]
    >>> Waterfall("Yuan", *steps).alt("en")
    'Waterfall chart. Yuan: Sales 5, Cost −3, Margin 2.'
    """

    caption: str
    labels: Sequence[str]
    values: Sequence[float]
    notes: Sequence[str]
    totals: Sequence[bool]

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        if not len(self.labels):
            return canvas.nothing(self.caption)
        plane, shown = rows(canvas, self.labels, self.caption)
        values = np.nan_to_num(np.asarray(self.values, float))[:shown]
        starts, ends = self._steps(values)
        along(plane, [*starts, *ends], canvas.room(self.notes[:shown]) + 12)
        colours = [
            TOTAL if total else ORANGE if value < 0 else BLUE
            for value, total in zip(values, self.totals[:shown], strict=True)
        ]
        places = np.arange(shown)
        areas.fill(canvas, plane.boxes(starts, places - 0.34, ends, places + 0.34), colours)
        for place, end in enumerate(plane.x(ends[:-1])):
            canvas.line([end, end], plane.y([place + 0.34, place + 0.66]), color=QUIET, linewidth=0.8)
        for place, note in enumerate(self.notes[:shown]):
            behind(canvas, plane, max(starts[place], ends[place]), place, note)

    def _steps(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where each bar starts and ends."""
        starts, ends, reached = [], [], 0.0
        for value, total in zip(values, self.totals, strict=False):
            starts.append(0.0 if total else reached)
            reached = value if total else reached + value
            ends.append(reached)
        return np.array(starts), np.array(ends)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        return spoken("alt_waterfall", self.caption, self.labels, self.notes, self.values, language)
