"""Points in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmlab.analysis import numbers
from crmlab.analysis.charts.canvas import EDGE, SMALL_SIZE, Box, Canvas, Key, Picture
from crmlab.analysis.charts.curve import Line, beside, end_of, line_spoken
from crmlab.analysis.charts.lines import room_at_the_ends, write_ends
from crmlab.analysis.charts.palette import look
from crmlab.analysis.charts.scales import Scale
from crmlab.analysis.charts.speech import READ_OUT, by_name, reading
from crmlab.locale import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: More names would hide the points.
NAMED = 30


@dataclass(frozen=True)
class Points(Picture):
    """Points in the plane, their groups told apart by colour and by shape.

    Attributes
    ----------
    x_caption, y_caption : str
        What the axes are, with their units.
    x, y : sequence of float
        One of each for a point; a point without one of them is left out.
    groups : sequence of str
        The group of each point; or none.
    names : sequence of str
        What to write at each point if there is room ("" for nothing), the most important first; or none.
    lines : sequence of Line
        Lines to compare the points with.
    x_share, y_share : bool
        Whether the values are ratios, to be written in percent.
    x_zero, y_zero : bool
        Whether the scales contain 0.
    order : sequence of str
        The groups in the order in which they are named; without it, as they occur.

    Examples
    --------
    >>> Points("Days", "Yuan", [1, 2], [30, 20], names=["A", "B"]).alt("en")
    'Scatter plot of 2 points. Days: 1 to 2; Yuan: 20 to 30. A: (1, 30); B: (2, 20).'
    """

    x_caption: str
    y_caption: str
    x: Sequence[float]
    y: Sequence[float]
    groups: Sequence[str] = ()
    names: Sequence[str] = ()
    lines: Sequence[Line] = ()
    x_share: bool = False
    y_share: bool = False
    x_zero: bool = True
    y_zero: bool = True
    order: Sequence[str] = ()

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        x, y = np.asarray(self.x, float), np.asarray(self.y, float)
        known = np.isfinite(x) & np.isfinite(y)
        if not known.any():
            return canvas.nothing(self.y_caption)
        lines_x = [value for line in self.lines for value in line.x]
        lines_y = [value for line in self.lines for value in line.y]
        across = Scale.of(
            [*x[known], *lines_x], canvas.language, share=self.x_share, zero=self.x_zero, most=6
        )
        up = Scale.of([*y[known], *lines_y], canvas.language, share=self.y_share, zero=self.y_zero)
        named = list(dict.fromkeys([*self.order, *self.groups]))
        key = [Key(name, look(place).colour, marker=look(place).marker) for place, name in enumerate(named)]
        ends = [end_of(line, len(named) + place + 1) for place, line in enumerate(self.lines)]
        right = room_at_the_ends(canvas, ends)
        axes = canvas.axes(EDGE + up.room(canvas), right, self.y_caption, bottom=84, key=key)
        up.up(canvas, axes, below=8)
        across.across(canvas, axes, self.x_caption)
        for line, end in zip(self.lines, ends, strict=True):
            axes.plot(line.x, line.y, color=end.look.colour, linewidth=1.5, linestyle="--", zorder=1)
        self._scatter(axes, x, y, known, named)
        write_ends(canvas, axes, ends)
        self._names(canvas, axes, x, y, known)

    def _scatter(self, axes: Axes, x: np.ndarray, y: np.ndarray, known: np.ndarray, named: list[str]) -> None:
        groups = np.array(self.groups if len(self.groups) else [""] * len(x), dtype=object)
        size = 32 if known.sum() <= 60 else 14 if known.sum() <= 600 else 6
        for place, name in enumerate(named or [""]):
            chosen = known & (groups == name)
            if chosen.any():
                style = look(place)
                axes.scatter(
                    x[chosen],
                    y[chosen],
                    s=size,
                    color=style.colour,
                    marker=style.marker,
                    edgecolors="white",
                    linewidths=0.4,
                    clip_on=False,
                )

    def _names(self, canvas: Canvas, axes: Axes, x: np.ndarray, y: np.ndarray, known: np.ndarray) -> None:
        if not len(self.names):
            return
        places = np.flatnonzero(known)
        for across, up in axes.transData.transform(np.column_stack([x[places], y[places]])):
            canvas.keep_clear(Box(across - 3, up - 3, across + 3, up + 3))
        written = 0
        for place in places.tolist():
            name = canvas.fitted(self.names[place], 150, SMALL_SIZE)
            written += bool(name) and beside(canvas, axes, x[place], y[place], name, SMALL_SIZE)
            if written == NAMED:
                break

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        x, y = np.asarray(self.x, float), np.asarray(self.y, float)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y)).tolist()
        said = {}
        if len(known) <= READ_OUT and len(self.names):
            for i in known:
                pair = (
                    reading(x[i], language, share=self.x_share),
                    reading(y[i], language, share=self.y_share),
                )
                said[self.names[i]] = f"({', '.join(pair)})"
        elif len(self.groups):
            of = [self.groups[i] for i in known]
            said = {group: numbers.count(of.count(group)) for group in dict.fromkeys([*self.order, *of])}
        said |= {line.name: line_spoken(line, language, self.x_share, self.y_share) for line in self.lines}
        text = say(
            "analysis.alt_points",
            language,
            count=numbers.count(len(known)),
            x=self._span(self.x_caption, x[known], language, self.x_share),
            y=self._span(self.y_caption, y[known], language, self.y_share),
        )
        if not said:
            return text
        stop, gap = ("。", "") if language == "zh" else (".", " ")
        return text + gap + by_name(list(said), list(said.values()), language) + stop

    def _span(self, caption: str, values: np.ndarray, language: str, share: bool) -> str:
        low, high = (
            reading(float(end(values)) if len(values) else np.nan, language, share=share)
            for end in (np.min, np.max)
        )
        return say("analysis.alt_span", language, caption=caption, low=low, high=high)
