"""Axes of values and of periods: a few round numbers, and as many names as there is room for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from crmlab.analysis import numbers
from crmlab.analysis.charts.canvas import TEXT_SIZE, Canvas
from crmlab.analysis.charts.palette import PALE, QUIET
from crmlab.analysis.charts.plane import Plane

#: What is wider is a name, and is cut rather than left out.
WIDEST = 72
#: Steps at which periods are named: a quarter, half a year, a year of months are round.
_STEPS = (1, 2, 3, 4, 6, 12)


@dataclass(frozen=True)
class Scale:
    """The range of some values, and the round numbers to write along it.

    Attributes
    ----------
    low, high : float
    ticks : sequence of float
    words : sequence of str
        One for each tick.
    """

    low: float
    high: float
    ticks: Sequence[float]
    words: Sequence[str]

    @classmethod
    def of(
        cls, values: Iterable[float], language: str, *, share: bool = False, zero: bool = True, most: int = 4
    ) -> Scale:
        """Return the scale of ``values``; missing ones do not matter.

        Parameters
        ----------
        values : iterable of float
        language : str
        share : bool
            Whether the values are ratios, to be written in percent.
        zero : bool
            Whether the scale begins at 0 (or ends there, if all values are negative).
        most : int
            About how many ticks there may be.
        """
        from matplotlib.ticker import MaxNLocator

        known = [float(value) for value in values if math.isfinite(value)] + ([0.0] if zero else [])
        low, high = min(known, default=0.0), max(known, default=1.0)
        if low == high:
            low, high = (
                (low, low + (abs(low) or 1)) if zero else (low - (abs(low) or 1), low + (abs(low) or 1))
            )
        ticks = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        ticks = [0.0 if abs(tick) < 1e-12 * (high - low) else float(tick) for tick in ticks]
        inside = [tick for tick in ticks if low - 1e-9 * (high - low) <= tick <= high + 1e-9 * (high - low)]
        return cls(low, high, inside, _words(inside, language, share))

    @classmethod
    def of_powers(cls, exponents: Iterable[float], language: str) -> Scale:
        """Return the logarithmic scale of powers of ten, of which only the exponents are given.

        Examples
        --------
        >>> Scale.of_powers([0.3, 2.1], "en").words
        ['1', '10', '100']
        """
        known = [value for value in exponents if math.isfinite(value)]
        low, high = math.floor(min(known, default=0)), max(known, default=1)
        ticks = [float(tick) for tick in range(low, math.floor(high) + 1)]
        words = [numbers.short(10**tick, language) for tick in ticks]
        return cls(low, max(high, low + 1), ticks, words)

    def room(self, canvas: Canvas) -> float:
        """Return how wide the numbers are, in dots, with the gap to the plane."""
        return canvas.room(self.words) + 7

    def up(self, canvas: Canvas, plane: Plane, above: float = 12, below: float = 0) -> None:
        """Make it the vertical axis, with ``above`` and ``below`` dots free at its ends."""
        plane.ylim = padded(self.low, self.high, plane.box.high, below, above)
        for tick, word in zip(self.ticks, self.words, strict=True):
            canvas.line(*plane.level(tick), color=PALE if tick else QUIET, linewidth=0.8, zorder=0)
            canvas.write(plane.box.left, plane.y(tick), word, dx=-5, ha="right", va="center", color=QUIET)

    def across(
        self, canvas: Canvas, plane: Plane, caption: str = "", *, around: float = 8, grid: bool = False
    ) -> None:
        """Make it the horizontal axis, with its caption below and ``around`` dots free at both ends."""
        plane.xlim = padded(self.low, self.high, plane.box.wide, around, around)
        caption = canvas.fitted(caption, plane.box.wide + 30)
        canvas.write(plane.box.right, plane.box.bottom, caption, dy=-19, ha="right", va="top", color=QUIET)
        for tick, word in zip(self.ticks, self.words, strict=True):
            if grid:
                canvas.line(*plane.upright(tick), color=PALE if tick else QUIET, linewidth=0.8, zorder=0)
            canvas.write(plane.x(tick), plane.box.bottom, word, dy=-5, ha="center", va="top", color=QUIET)


def padded(low: float, high: float, length: float, before: float, after: float) -> tuple[float, float]:
    """Return the limits of an axis of so many dots that leave so many free before ``low`` and after ``high``.

    Examples
    --------
    >>> padded(0, 10, 120, 0, 20)
    (0.0, 12.0)
    """
    unit = (high - low) / max(length - before - after, length / 3)
    return low - unit * before, high + unit * after


def _words(ticks: Sequence[float], language: str, share: bool) -> list[str]:
    """The ticks as they are read: all with as many decimals as the closest two need."""
    step = min(np.diff(ticks), default=1) * (100 if share else 1)
    decimals = min(max(0, -math.floor(math.log10(step) + 1e-9)), 6) if step > 0 else 0
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1
    if share:
        sign = "%" if language == "zh" else " %"
        return [f"{100 * tick:,.{decimals}f}{sign}" for tick in ticks]
    if max(map(abs, ticks), default=0) < 1e4:
        return [f"{tick:,.{decimals}f}" for tick in ticks]
    return [_stripped(numbers.short(tick, language)) for tick in ticks]


def _stripped(word: str) -> str:
    """``word`` without zeros at the end of its decimals."""
    return re.sub(r"(\.\d*?)0+(?!\d)", lambda found: found[1].rstrip("."), word)


def periods(canvas: Canvas, plane: Plane, labels: Sequence[str]) -> None:
    """Write the labels of the places 0, 1, 2, … below ``plane``: all, or at a round distance."""
    if not labels:
        return
    low, high = plane.xlim
    pitch = plane.box.wide / (high - low)
    step = thinned(len(labels), min(canvas.room(labels), WIDEST), pitch)
    last = len(labels) - 1
    # The last is named whatever the distance, and then not the one before it.
    for place in dict.fromkeys([last, *range(0, last - step + 1, step)]):
        label = canvas.in_lines(labels[place], max(pitch * step - 8, WIDEST), 2)
        canvas.write(plane.x(place), plane.box.bottom, label, dy=-6, ha="center", va="top")


def thinned(count: int, wide: float, pitch: float) -> int:
    """Return at which distance labels ``wide`` dots wide can be written on places ``pitch`` apart.

    Examples
    --------
    >>> thinned(61, 50, 10), thinned(5, 50, 100)
    (6, 1)
    """
    least = (wide + 8) / pitch
    return next((step for step in _STEPS if step >= least), 12 * math.ceil(least / 12)) if count > 1 else 1


def size_of(notes: Sequence[str], canvas: Canvas, pitch: float) -> float:
    """Return the size of letters in which ``notes`` fit beside each other, 0 if they do not."""
    return next((size for size in (TEXT_SIZE, 8, 7) if canvas.room(notes, size) + 4 <= pitch), 0)
