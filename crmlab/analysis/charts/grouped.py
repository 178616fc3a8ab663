"""Bars side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis.charts import areas
from crmlab.analysis.charts.canvas import ROW, Canvas, Key, Picture
from crmlab.analysis.charts.palette import look
from crmlab.analysis.charts.rows import along, behind, rows
from crmlab.analysis.charts.scales import Scale
from crmlab.analysis.charts.speech import by_name, pairs, readings
from crmlab.analysis.charts.stacked import Part
from crmlab.locale import say

#: What a bar with a number behind it needs, in dots.
THICK = 14.5


@dataclass(frozen=True)
class Grouped(Picture):
    """For each label one horizontal bar of each part, to compare them.

    Attributes
    ----------
    caption : str
        What the length is, with its unit.
    labels : sequence of str
        One for each group of bars.
    parts : sequence of Part
        From top to bottom.
    share : bool
        Whether the values are ratios, to be written in percent.

    Examples
    --------
    >>> Grouped("Orders", ["East"], [Part("2024", [3]), Part("2025", [4])]).alt("en")
    'Grouped bar chart. Orders. 2024: East 3; 2025: East 4.'
    """

    caption: str
    labels: Sequence[str]
    parts: Sequence[Part]
    share: bool = False

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        if not len(self.labels) or not len(self.parts):
            return canvas.nothing(self.caption)
        looks = [look(place) for place in range(len(self.parts))]
        key = [Key(part.name, look.colour, look.hatch) for part, look in zip(self.parts, looks, strict=True)]
        # Where there is no room for a number behind each bar, a scale below tells how long they are.
        bars = len(self.labels) * len(self.parts)
        scaled = bars * THICK > canvas.top - 100
        height, bottom = max(ROW, 6 * len(self.parts)), 56 if scaled else 38
        plane, shown = rows(canvas, self.labels, self.caption, key=key, height=height, bottom=bottom)
        notes = [self._said(part, canvas.language)[:shown] for part in self.parts]
        values = np.nan_to_num(np.asarray([part.values for part in self.parts], float))[:, :shown]
        if scaled:
            scale = Scale.of(values.ravel(), canvas.language, share=self.share, most=6)
            scale.across(canvas, plane, grid=True)
            notes = [[""] * shown] * len(self.parts)
        else:
            along(plane, values.ravel(), canvas.room(note for row in notes for note in row) + 12)
        thick = 0.8 / len(self.parts)
        for i, (row, style) in enumerate(zip(values, looks, strict=True)):
            places = np.arange(shown) - 0.4 + thick * (i + 0.5)
            boxes = plane.boxes(0, places - 0.45 * thick, row, places + 0.45 * thick)
            areas.fill(canvas, boxes, style.colour, hatch=style.hatch)
            for place, value, note in zip(places, row, notes[i], strict=True):
                behind(canvas, plane, max(value, 0), place, note)

    def _said(self, part: Part, language: str) -> list[str]:
        return readings(part.notes, part.values, language, share=self.share)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        said = [pairs(self.labels, self._said(part, language), part.values, language) for part in self.parts]
        parts = by_name([part.name for part in self.parts], said, language)
        return say("analysis.alt_grouped", language, caption=self.caption, parts=parts)
