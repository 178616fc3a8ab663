"""Lines over calendar periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis import numbers
from crmlab.analysis.charts.canvas import EDGE, Canvas, Picture
from crmlab.analysis.charts.lines import End, room_at_the_ends, write_ends
from crmlab.analysis.charts.palette import Look, look
from crmlab.analysis.charts.plane import Plane
from crmlab.analysis.charts.scales import Scale, periods
from crmlab.analysis.charts.speech import READ_OUT, by_name, pairs, readings
from crmlab.locale import say

#: Up to so many points, every note of a single line is written.
FEW = 13


@dataclass(frozen=True)
class Series:
    """One line of a `Trend`.

    Attributes
    ----------
    name : str
    values : sequence of float
        One for each period of the trend; a missing one is a gap.
    notes : sequence of str
        What to write at the points; without any, the last value is written.
    whole : sequence of bool
        Whether the period is complete; a partial one has a hollow point. None means all of them.
    dashed : bool
        Whether the line is no record but a forecast or a target.
    """

    name: str
    values: Sequence[float]
    notes: Sequence[str] = ()
    whole: Sequence[bool] = ()
    dashed: bool = False


@dataclass(frozen=True)
class Trend(Picture):
    """Lines over calendar periods, each named at its end.

    Attributes
    ----------
    caption : str
        What the height is, with its unit.
    labels : sequence of str
        The periods.
    series : sequence of Series
    share : bool
        Whether the values are ratios, to be written in percent.
    zero : bool
        Whether the scale contains 0.

    Examples
    --------
    >>> Trend("Net sales, yuan", ["Jan", "Feb"], [Series("2025", [3, 4])]).alt("en")
    'Line chart. Net sales, yuan. 2025: Jan 3, Feb 4.'
    """

    caption: str
    labels: Sequence[str]
    series: Sequence[Series]
    share: bool = False
    zero: bool = True

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        if not len(self.labels) or not len(self.series):
            return canvas.nothing(self.caption)
        lines = [np.asarray(series.values, float) for series in self.series]
        if not np.isfinite(np.concatenate(lines)).any():
            return canvas.nothing(self.caption)
        scale = Scale.of(np.concatenate(lines), canvas.language, share=self.share, zero=self.zero)
        notes = [self._notes(series, canvas.language) for series in self.series]
        ends = [self._end(place, line, notes[place]) for place, line in enumerate(lines)]
        left = EDGE + scale.room(canvas)
        plane = canvas.plane(left, room_at_the_ends(canvas, ends), self.caption, bottom=64)
        plane.xlim = -0.3, max(len(self.labels), 2) - 0.7
        scale.up(canvas, plane, above=20)
        periods(canvas, plane, self.labels)
        for series, line, end in zip(self.series, lines, ends, strict=True):
            _draw(canvas, plane, series, line, end.look)
        write_ends(canvas, plane, ends)
        for series, line, said in zip(self.series, lines, notes, strict=True):
            self._write_notes(canvas, plane, series, line, said)

    def _notes(self, series: Series, language: str) -> list[str]:
        return readings(series.notes, series.values, language, share=self.share)

    def _end(self, place: int, line: np.ndarray, notes: Sequence[str]) -> End:
        """The end of the line at ``place``, with its name and last value."""
        name, own = self.series[place].name, look(place)
        if self.series[place].dashed:
            own = own._replace(dash="--")
        known = np.flatnonzero(np.isfinite(line))
        if not len(known):
            return End(0, np.nan, name, numbers.NONE, own)
        last = int(known[-1])
        return End(last, line[last], name, notes[last], own)

    def _write_notes(
        self, canvas: Canvas, plane: Plane, series: Series, line: np.ndarray, notes: Sequence[str]
    ) -> None:
        """Notes at the highest and the lowest point; of a short single line, at all points."""
        known = [int(place) for place in np.flatnonzero(np.isfinite(line))[:-1]]
        if not known or not (series.notes or len(self.series) == 1):
            return
        highest, lowest = max(known, key=lambda place: line[place]), min(known, key=lambda place: line[place])
        others = known if len(self.series) == 1 and len(self.labels) <= FEW else []
        for place in dict.fromkeys([highest, lowest, *others]):
            around = line[max(place - 1, 0) : place + 2]
            # Where the line comes from above, there is room below.
            under = line[place] < np.nanmean(around) or place == lowest != highest
            dy, va = (-7, "top") if under else (6, "bottom")
            canvas.write(plane.x(place), plane.y(line[place]), notes[place], dy=dy, ha="center", va=va)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        said = [
            pairs(self.labels, self._notes(series, language), series.values, language)
            for series in self.series
        ]
        lines = by_name([series.name for series in self.series], said, language)
        return say("analysis.alt_trend", language, caption=self.caption, parts=lines)


def _draw(canvas: Canvas, plane: Plane, series: Series, line: np.ndarray, look: Look) -> None:
    """One line, with a point at each period if they are few."""
    x, y = plane.x(range(len(line))), plane.y(line)
    canvas.line(x, y, color=look.colour, linewidth=2, linestyle=look.dash)
    known = np.isfinite(line)
    alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    pointed = known if len(line) <= READ_OUT else alone
    whole = np.asarray(series.whole if len(series.whole) else [True] * len(line), bool)
    for chosen, fill in ((pointed & whole, look.colour), (known & ~whole, "white")):
        places = np.flatnonzero(chosen)
        if len(places):
            canvas.line(
                x[places],
                y[places],
                color=look.colour,
                marker=look.marker,
                markersize=5,
                markerfacecolor=fill,
                linewidth=0,
            )
