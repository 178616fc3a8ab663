"""A matrix of values as a matrix of colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis.charts import areas
from crmlab.analysis.charts.canvas import EDGE, ROW, WIDE, Canvas, Key, Picture
from crmlab.analysis.charts.palette import BLUE, ORANGE, blended, ink_on
from crmlab.analysis.charts.plane import Plane
from crmlab.analysis.charts.scales import WIDEST, size_of, thinned
from crmlab.analysis.charts.speech import READ_OUT, by_name, pairs
from crmlab.locale import say

#: Between more cells, white lines would be most of what is seen.
CELLS = 400


@dataclass(frozen=True)
class Heatmap(Picture):
    """A matrix of values, each a cell that is the darker the further the value is from 0.

    Attributes
    ----------
    caption : str
        What the values are, and what rows and columns are.
    row_labels, column_labels : sequence of str
    values : sequence of sequence of float
        Rows of values; a missing one is an empty cell. Negative ones have another colour.
    notes : sequence of sequence of str
        What to write in the cells if there is room.

    Examples
    --------
    >>> Heatmap("Share", ["2024", "2025"], ["0", "1"], [[1, 0.5], [1, float("nan")]],
    ...         [["100 %", "50 %"], ["100 %", ""]]).alt("en")
    'Heat map. Share. 2024: 0 100 %, 1 50 %; 2025: 0 100 %.'
    """

    caption: str
    row_labels: Sequence[str]
    column_labels: Sequence[str]
    values: Sequence[Sequence[float]]
    notes: Sequence[Sequence[str]]

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        if not len(self.row_labels) or not len(self.column_labels):
            return canvas.nothing(self.caption)
        names = [canvas.fitted(label, 190) for label in self.row_labels]
        left = EDGE + 7 + canvas.room(names)
        down, across = max(len(self.row_labels), 3), max(len(self.column_labels), 3)
        wide = (WIDE - EDGE - left) / across
        size = size_of([note for row in self.notes for note in row], canvas, wide)
        # Where there is no room for numbers, the two extremes tell what the colours mean.
        noted = size and (canvas.top - 80) / down >= ROW - 2
        colours = self._colours()
        key = () if noted else self._key(colours)
        plane = canvas.plane(left, WIDE - EDGE, self.caption, above=1, key=key)
        plane.xlim, plane.ylim = (0, across), (down, 0)
        self._cells(canvas, plane, colours)
        self._names(canvas, plane, names, wide, plane.box.high / down)
        if noted:
            for i, row in enumerate(self.notes):
                for j, note in enumerate(row):
                    if np.isfinite(self.values[i][j]):
                        ink = ink_on(colours[i][j])
                        canvas.write(
                            plane.x(j + 0.5),
                            plane.y(i + 0.5),
                            note,
                            ha="center",
                            va="center_baseline",
                            size=size,
                            color=ink,
                        )

    def _colours(self) -> list[list[str]]:
        values = np.nan_to_num(np.asarray(self.values, float))
        furthest = np.abs(values).max() or 1
        return [
            [blended(ORANGE if value < 0 else BLUE, round(abs(value) / furthest, 2)) for value in row]
            for row in values
        ]

    def _key(self, colours: list[list[str]]) -> list[Key]:
        """The lowest and the highest value."""
        values = np.asarray(self.values, float)
        cells = [cell for cell in np.ndindex(values.shape) if np.isfinite(values[cell])]
        ends = [min(cells, key=values.__getitem__), max(cells, key=values.__getitem__)] if cells else []
        return [Key(self.notes[i][j], colours[i][j]) for i, j in ends]

    def _cells(self, canvas: Canvas, plane: Plane, colours: list[list[str]]) -> None:
        known = np.argwhere(np.isfinite(np.asarray(self.values, float)))
        boxes = plane.boxes(known[:, 1], known[:, 0], known[:, 1] + 1, known[:, 0] + 1)
        edge = "white" if len(known) <= CELLS else "none"
        areas.fill(canvas, boxes, [colours[i][j] for i, j in known], edge=edge)

    def _names(self, canvas: Canvas, plane: Plane, names: Sequence[str], wide: float, high: float) -> None:
        down = thinned(len(names), ROW - 8, high)
        for i in range(0, len(names), down):
            y = plane.y(i + 0.5)
            canvas.write(plane.box.left, y, names[i], dx=-5, ha="right", va="center_baseline")
        step = thinned(len(self.column_labels), min(canvas.room(self.column_labels), WIDEST), wide)
        for j in range(0, len(self.column_labels), step):
            label = canvas.fitted(self.column_labels[j], wide * step - 6)
            canvas.write(plane.x(j + 0.5), plane.box.top, label, dy=4, ha="center")

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        values = np.asarray(self.values, float)
        if values.size > READ_OUT:
            return say(
                "analysis.alt_heatmap", language, caption=self.caption, parts=self._extremes(values, language)
            )
        said = []
        for row, notes in zip(values, self.notes, strict=True):
            known = [j for j in range(len(row)) if np.isfinite(row[j])]
            labels = [self.column_labels[j] for j in known]
            said.append(pairs(labels, [notes[j] for j in known], [row[j] for j in known], language))
        parts = by_name(self.row_labels, said, language)
        return say("analysis.alt_heatmap", language, caption=self.caption, parts=parts)

    def _extremes(self, values: np.ndarray, language: str) -> str:
        """All cells as one list, of which the first, the last and the extremes are named."""
        cells = [(i, j) for i, j in np.ndindex(values.shape) if np.isfinite(values[i, j])]
        return pairs(
            [f"{self.row_labels[i]} × {self.column_labels[j]}" for i, j in cells],
            [self.notes[i][j] for i, j in cells],
            [float(values[cell]) for cell in cells],
            language,
        )
