"""Ranked horizontal bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis.charts import areas
from crmlab.analysis.charts.canvas import EDGE, WIDE, Canvas, Picture
from crmlab.analysis.charts.palette import BLUE, ORANGE
from crmlab.analysis.charts.rows import along, behind, rows
from crmlab.analysis.charts.speech import spoken


@dataclass(frozen=True)
class Bars(Picture):
    """Ranked horizontal bars, the first on top, each with its value written behind it.

    Of more than about fifteen, the last are counted below the others.

    Attributes
    ----------
    caption : str
        What the length of a bar is, with its unit.
    labels, values : sequence
        One of each for a bar.
    notes : sequence of str
        What to write behind each bar.
    stressed : str, optional
        The label of a bar in another colour.

    Examples
    --------
    >>> Bars("Customers", ["Website", "Referral"], [12, 7], ["12", "7"]).alt("en")
    'Bar chart. Customers: Website 12, Referral 7.'
    """

    caption: str
    labels: Sequence[str]
    values: Sequence[float]
    notes: Sequence[str]
    stressed: str | None = None

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        self.draw_within(canvas, WIDE - EDGE, 262)

    def draw_within(self, canvas: Canvas, right: float, most: float) -> None:
        """Draw as far as ``right``, with names of at most ``most`` dots."""
        if not len(self.labels):
            return canvas.nothing(self.caption)
        plane, shown = rows(canvas, self.labels, self.caption, right=right, most=most)
        values = np.nan_to_num(np.asarray(self.values, float))[:shown]
        notes = self.notes[:shown]
        along(plane, values, canvas.room(notes) + 12)
        colours = [ORANGE if label == self.stressed else BLUE for label in self.labels[:shown]]
        places = np.arange(shown)
        areas.fill(canvas, plane.boxes(0, places - 0.34, values, places + 0.34), colours)
        for place, (value, note) in enumerate(zip(values, notes, strict=True)):
            behind(canvas, plane, max(value, 0), place, note)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        return spoken("alt_bars", self.caption, self.labels, self.notes, self.values, language)
