"""Points in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis import numbers
from crmlab.analysis.charts.canvas import EDGE, SMALL_SIZE, Canvas, Key, Picture
from crmlab.analysis.charts.curve import Line, beside, end_of, line_spoken
from crmlab.analysis.charts.lines import room_at_the_ends, write_ends
from crmlab.analysis.charts.palette import look
from crmlab.analysis.charts.plane import Box
from crmlab.analysis.charts.scales import Scale
from crmlab.analysis.charts.speech import READ_OUT, by_name, reading
from crmlab.locale import say

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
    logarithmic : bool
        Whether each step along an axis is ten times the one before, for values of very different sizes;
        what is not above 0 is left out.

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
    logarithmic: bool = False

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        x, y = self._placed(self.x), self._placed(self.y)
        known = np.isfinite(x) & np.isfinite(y)
        if not known.any():
            return canvas.nothing(self.y_caption)
        across, up = self._scales(canvas, x[known], y[known])
        named = list(dict.fromkeys([*self.order, *self.groups]))
        key = [Key(name, look(place).colour, marker=look(place).marker) for place, name in enumerate(named)]
        ends = [end_of(line, len(named) + place + 1) for place, line in enumerate(self.lines)]
        right = room_at_the_ends(canvas, ends)
        plane = canvas.plane(EDGE + up.room(canvas), right, self.y_caption, bottom=84, key=key)
        up.up(canvas, plane, below=8)
        across.across(canvas, plane, self.x_caption)
        for line, end in zip(self.lines, ends, strict=True):
            along = plane.x(self._placed(line.x)), plane.y(self._placed(line.y))
            canvas.line(*along, color=end.look.colour, linewidth=1.5, linestyle="--", zorder=1)
        x, y = plane.x(x), plane.y(y)
        self._scatter(canvas, x, y, known, named)
        write_ends(canvas, plane, ends)
        self._names(canvas, x, y, known)

    def _placed(self, values: Sequence[float]) -> np.ndarray:
        """Where values lie on their scale; nan for what has no place."""
        found = np.asarray(values, float)
        return np.log10(np.where(found > 0, found, np.nan)) if self.logarithmic else found

    def _scales(self, canvas: Canvas, x: np.ndarray, y: np.ndarray) -> tuple[Scale, Scale]:
        """The scales of the points and of the lines to compare them with."""
        across = [*x, *(value for line in self.lines for value in self._placed(line.x))]
        up = [*y, *(value for line in self.lines for value in self._placed(line.y))]
        language = canvas.language
        if self.logarithmic:
            return Scale.of_powers(across, language), Scale.of_powers(up, language)
        return (
            Scale.of(across, language, share=self.x_share, zero=self.x_zero, most=6),
            Scale.of(up, language, share=self.y_share, zero=self.y_zero),
        )

    def _scatter(
        self, canvas: Canvas, x: np.ndarray, y: np.ndarray, known: np.ndarray, named: list[str]
    ) -> None:
        groups = np.array(self.groups if len(self.groups) else [""] * len(x), dtype=object)
        size = 5.7 if known.sum() <= 60 else 3.7 if known.sum() <= 2000 else 2.4
        for place, name in enumerate(named or [""]):
            chosen = known & (groups == name)
            if chosen.any():
                style = look(place)
                canvas.line(
                    x[chosen],
                    y[chosen],
                    linewidth=0,
                    color=style.colour,
                    marker=style.marker,
                    markersize=size,
                    markeredgecolor="white",
                    markeredgewidth=0.4,
                    zorder=1,
                )

    def _names(self, canvas: Canvas, x: np.ndarray, y: np.ndarray, known: np.ndarray) -> None:
        if not len(self.names):
            return
        places = np.flatnonzero(known)
        for across, up in zip(x[places], y[places], strict=True):
            canvas.keep_clear(Box(across - 3, up - 3, across + 3, up + 3))
        written = 0
        for place in places.tolist():
            name = canvas.fitted(self.names[place], 150, SMALL_SIZE)
            written += bool(name) and beside(canvas, x[place], y[place], name, SMALL_SIZE)
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
