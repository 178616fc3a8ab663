"""Horizontal bars made of parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis.charts import areas
from crmlab.analysis.charts.canvas import SMALL_SIZE, Canvas, Key, Picture
from crmlab.analysis.charts.palette import BLUE, ORANGE, Look, blended, ink_on, look
from crmlab.analysis.charts.plane import Box, Plane
from crmlab.analysis.charts.rows import along, behind, rows
from crmlab.analysis.charts.speech import by_name, pairs, readings
from crmlab.locale import say


@dataclass(frozen=True)
class Part:
    """What belongs together in several bars: one segment of each bar, or one bar of each group.

    Attributes
    ----------
    name : str
    values : sequence of float
        One for each label of the chart.
    notes : sequence of str
        How the values are written; without any, as numbers.
    """

    name: str
    values: Sequence[float]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Stacked(Picture):
    """Horizontal bars made of parts, whose names stand above in the order of the segments.

    Attributes
    ----------
    caption : str
        What the length is, with its unit.
    labels : sequence of str
        One for each bar.
    parts : sequence of Part
        From left to right; negative values are to the left of 0.
    notes : sequence of str
        What to write behind each bar.
    percent : bool
        Whether each bar is drawn as 100 %, to compare how it is made up.
    ordered : bool
        Whether the parts are steps from little to much (days overdue): one colour, ever darker.

    Examples
    --------
    >>> parts = [Part("Not due", [3, 1]), Part("Overdue", [1, 0])]
    >>> Stacked("Receivables", ["East", "West"], parts).alt("en")
    'Stacked bar chart. Receivables. Not due: East 3, West 1; Overdue: East 1, West 0.'
    """

    caption: str
    labels: Sequence[str]
    parts: Sequence[Part]
    notes: Sequence[str] = ()
    percent: bool = False
    ordered: bool = False

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        if not len(self.labels) or not len(self.parts):
            return canvas.nothing(self.caption)
        looks = [self._look(place) for place in range(len(self.parts))]
        key = [Key(part.name, look.colour, look.hatch) for part, look in zip(self.parts, looks, strict=True)]
        plane, shown = rows(canvas, self.labels, self.caption, key=key)
        values = self._lengths()[:, :shown]
        notes = list(self.notes[:shown]) or [""] * shown
        ends = np.maximum(values, 0).sum(axis=0)
        along(plane, [*np.minimum(values, 0).sum(axis=0), *ends], canvas.room(notes) + 12)
        below, above = np.zeros(shown), np.zeros(shown)
        for part, look_, lengths in zip(self.parts, looks, values, strict=True):
            left = np.where(lengths < 0, below + lengths, above)
            _segments(canvas, plane, left, lengths, look_, self._said(part, lengths, canvas.language))
            above, below = above + np.maximum(lengths, 0), below + np.minimum(lengths, 0)
        for place, note in enumerate(notes):
            behind(canvas, plane, ends[place], place, note)

    def _look(self, place: int) -> Look:
        if not self.ordered:
            return look(place)
        last = max(len(self.parts) - 1, 1)
        colour = ORANGE if place == last else blended(BLUE, 0.18 + 0.6 * place / last)
        return Look(colour, "o", "-", "")

    def _lengths(self) -> np.ndarray:
        """The values, parts by labels; as shares of each bar if that is asked for."""
        values = np.nan_to_num(np.asarray([part.values for part in self.parts], float))
        if not self.percent:
            return values
        whole = np.abs(values).sum(axis=0)
        return values / np.where(whole == 0, 1, whole)

    def _said(self, part: Part, lengths: np.ndarray, language: str) -> list[str]:
        return readings(part.notes, [float(length) for length in lengths], language, share=self.percent)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        said = [
            pairs(self.labels, self._said(part, lengths, language), lengths, language)
            for part, lengths in zip(self.parts, self._lengths(), strict=True)
        ]
        parts = by_name([part.name for part in self.parts], said, language)
        return say("analysis.alt_stacked", language, caption=self.caption, parts=parts)


def _segments(
    canvas: Canvas, plane: Plane, left: np.ndarray, lengths: np.ndarray, look: Look, notes: Sequence[str]
) -> None:
    """The segments of one part, each with its value where there is room for it."""
    places = np.arange(len(left))
    boxes = plane.boxes(left, places - 0.34, left + np.abs(lengths), places + 0.34)
    # One dot less, so that segments stand apart.
    boxes = [box._replace(right=max(box.right - 1, box.left)) for box in boxes]
    areas.fill(canvas, boxes, look.colour, hatch=look.hatch)
    roomy = [
        place for place, box in enumerate(boxes) if box.wide > canvas.room([notes[place]], SMALL_SIZE) + 8
    ]
    if look.hatch:  # numbers are read more easily where there are no strokes
        areas.fill(canvas, [_behind(canvas, boxes[place], notes[place]) for place in roomy], look.colour)
    for place in roomy:
        box = boxes[place]
        canvas.write(
            (box.left + box.right) / 2,
            (box.bottom + box.top) / 2,
            notes[place],
            ha="center",
            va="center_baseline",
            size=SMALL_SIZE,
            color=ink_on(look.colour),
        )


def _behind(canvas: Canvas, box: Box, note: str) -> Box:
    """What ``note`` covers of its segment."""
    middle, half = (box.left + box.right) / 2, canvas.room([note], SMALL_SIZE) / 2 + 2
    return box._replace(left=middle - half, right=middle + half)
