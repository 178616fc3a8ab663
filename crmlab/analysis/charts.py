"""The few forms of chart that all analyses share, drawn without pyplot and without global state.

A picture is data first: what is compared, in which unit, what to call it. From that come both the
figure and the words for those who cannot see it. The title is the finding; values stand beside what
they belong to, so that no legend and hardly an axis is needed.
"""

from __future__ import annotations

import io
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from crmlab import fonts
from crmlab.analysis import numbers
from crmlab.locale import listed, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Transform

WIDTH, HEIGHT, DPI = 7.2, 3.8, 100
TITLE_SIZE, TEXT_SIZE = 11.5, 9
#: How many narrow letters fit across the figure, and how wide one is as a share of its width.
TITLE_WIDTH, SCOPE_WIDTH, LETTER = 80, 110, 0.0103
#: Of fewer, a line of shares says nothing that the bars do not.
FEWEST = 5
INK, QUIET, PALE = "#222222", "#666666", "#d9d9d9"
# From the palette of Okabe and Ito, which people with any kind of colour vision can tell apart.
BLUE, ORANGE = "#0072b2", "#d55e00"


def width(text: str) -> int:
    """Return how many narrow letters ``text`` is wide; a Chinese character counts for two.

    Examples
    --------
    >>> width("Tea 品茶")
    8
    """
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def shortened(text: str, most: int) -> str:
    """Return ``text`` cut to ``most`` narrow letters, with an ellipsis where it was cut.

    Examples
    --------
    >>> shortened("Harbour Trading Company", 12)
    'Harbour Tra…'
    """
    if width(text) <= most:
        return text
    while width(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, most: int) -> str:
    r"""Return ``text`` in few lines of even length, none over ``most`` narrow letters.

    Examples
    --------
    >>> wrapped("one two three", 8)
    'one two\nthree'
    >>> wrapped("客户很多。净销售额", 12)
    '客户很多。\n净销售额'
    """
    pieces = _pieces(text)
    lines = _filled(pieces, most)
    while len(lines) > 1 and len(narrower := _filled(pieces, max(map(width, lines)) - 1)) == len(lines):
        lines = narrower
    return "\n".join(lines)


def _filled(pieces: list[str], most: int) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and width(lines[-1] + piece.rstrip()) > most:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> list[str]:
    """What a line must not be broken within: a word, a number with its unit, a letter and its comma."""
    pieces: list[str] = []
    for letter in text:
        before = pieces[-1][-1] if pieces else " "
        word = letter.isascii() and before.isascii() and before != " "
        if pieces and (word or letter in "，。；：、！？）》”%万亿元 " or before in "（《“"):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


@dataclass(frozen=True)
class Picture(ABC):
    """What a chart shows: `figure` draws it, `alt` says it."""

    @abstractmethod
    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""

    @abstractmethod
    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""

    def figure(self, title: str, scope: str, language: str) -> Figure:
        """Return the chart with its title above and what it covers below."""
        canvas = Canvas(title, scope, language)
        self.draw(canvas)
        canvas.figure.alt = f"{title} {self.alt(language)}".strip()
        return canvas.figure


def png(figure: Figure, dpi: int = DPI) -> bytes:
    """Return ``figure`` as a PNG file, fast enough to follow a filter.

    Fitting letters to the pixel grid would be a third of the time, and is not needed when they are smoothed.
    """
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"text.hinting": "none"}):
        figure.savefig(buffer, format="png", dpi=dpi, pil_kwargs={"compress_level": 1})
    return buffer.getvalue()


@cache
def _chart() -> type[Any]:
    """Return the class of all charts; matplotlib takes as long to import as everything else here."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    class Chart(Figure):
        """A figure that a notebook shows without pyplot, and whose text is its alt text."""

        alt = ""

        def __init__(self) -> None:
            super().__init__(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
            FigureCanvasAgg(self)

        def __repr__(self) -> str:
            return self.alt

        def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
            # Two dots for each that it is wide, for sharp letters on a laptop's screen.
            return png(self, 2 * DPI), {"width": round(WIDTH * DPI), "height": round(HEIGHT * DPI)}

    return Chart


class Canvas:
    """A figure with its title, and the means to write on it in the fonts of one language.

    The axes are bare: ticks and spines would be most of the time that a chart takes, and values
    written where they belong are easier to read.
    """

    def __init__(self, title: str, scope: str, language: str) -> None:
        self.language = language
        self.family = fonts.family(language)
        self.figure = _chart()()
        title = wrapped(title, TITLE_WIDTH)
        style: dict[str, Any] = {"x": 0.02, "family": self.family}
        self.figure.text(y=0.965, s=title, va="top", color=INK, size=TITLE_SIZE, linespacing=1.35, **style)
        self.figure.text(y=0.025, s=shortened(scope, SCOPE_WIDTH), color=QUIET, size=TEXT_SIZE - 1, **style)
        #: Where the title ends, as a share of the height of the figure.
        self.top = 0.93 - 0.0675 * (1 + title.count("\n"))

    def axes(self, left: float, right: float, caption: str, *, bottom: float = 0.1) -> Axes:
        """Return bare axes between ``left`` and ``right`` (shares of the width) with their caption above."""
        axes = self.figure.add_axes((left, bottom, right - left, self.top - 0.07 - bottom))
        axes.set_axis_off()
        self.write(axes, 0, 1, caption, dy=6, transform=axes.transAxes, color=QUIET)
        return axes

    def write(
        self,
        axes: Axes,
        x: float,
        y: float,
        text: str,
        *,
        dx: float = 0,
        dy: float = 0,
        transform: Transform | None = None,
        **style: object,
    ) -> None:
        """Write ``text`` at (x, y) in data coordinates (or those of ``transform``), moved by points."""
        from matplotlib.transforms import offset_copy

        style = {"color": INK, "size": TEXT_SIZE, "family": self.family} | style
        place = offset_copy(transform or axes.transData, self.figure, dx, dy, units="points")
        axes.text(x, y, text, transform=place, **style)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Bars(Picture):
    """Ranked horizontal bars, the first on top, each with its value written behind it.

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
    """

    caption: str
    labels: Sequence[str]
    values: Sequence[float]
    notes: Sequence[str]
    stressed: str | None = None

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        _bars(canvas, self, right=0.98, most=36)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        return _spoken("analysis.alt_bars", self.caption, self.labels, self.notes, language)


def _bars(canvas: Canvas, bars: Bars, *, right: float, most: int) -> None:
    """Horizontal bars, their labels (at most so wide) before them and their notes behind them."""
    labels = [shortened(label, most) for label in bars.labels]
    left = 0.03 + LETTER * max(map(width, labels), default=0)
    axes = canvas.axes(left, right, bars.caption)
    places = range(len(labels))
    colours = [ORANGE if label == bars.stressed else BLUE for label in bars.labels]
    axes.barh(places, bars.values, height=0.68, color=colours)
    axes.set_ylim(max(len(labels), 5) - 0.4, -0.6)
    behind = min(0.6, LETTER * (2 + max(map(width, bars.notes), default=0)) / (right - left))
    low, high = min([0, *bars.values]), max([0, *bars.values])
    axes.set_xlim(low, low + ((high - low) or 1) / (1 - behind))
    for place, value, label, note in zip(places, bars.values, labels, bars.notes, strict=True):
        canvas.write(axes, low, place, label, dx=-5, ha="right", va="center_baseline")
        canvas.write(axes, max(value, 0), place, note, dx=4, va="center_baseline")


@dataclass(frozen=True)
class Columns(Picture):
    """Columns over calendar periods and, above them, the line of their running total.

    Attributes
    ----------
    caption, line_caption : str
        What the columns and the line are, with the unit.
    labels, values, line : sequence
        One of each for a period.
    notes : sequence of str
        What to write over each column.
    whole : sequence of bool
        Whether the period is complete; a partial one is drawn hollow.
    """

    caption: str
    line_caption: str
    labels: Sequence[str]
    values: Sequence[float]
    notes: Sequence[str]
    line: Sequence[float]
    whole: Sequence[bool]

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        places = range(len(self.values))
        axes = canvas.axes(0.02, 0.64, self.caption, bottom=0.17)
        fill = [BLUE if whole else "white" for whole in self.whole]
        axes.bar(places, self.values, width=0.64, color=fill, edgecolor=BLUE, linewidth=1.2)
        axes.set_xlim(-0.5, max(len(self.values), 4) - 0.5)
        for place, value, note in zip(places, self.values, self.notes, strict=True):
            canvas.write(axes, place, value, note, dy=4, ha="center")

        beside = canvas.axes(0.7, 0.95, self.line_caption, bottom=0.17)
        beside.plot(places, self.line, color=ORANGE, linewidth=2, marker="o", markersize=4, clip_on=False)
        beside.set_xlim(-0.3, max(len(self.line), 2) - 0.7)
        last = len(self.line) - 1
        canvas.write(beside, last, self.line[last], numbers.count(self.line[last]), dy=7, ha="center")

        for each, heights, shown in ((axes, self.values, places), (beside, self.line, {0, last})):
            each.set_ylim(0, 1.32 * (max(heights) or 1))
            each.axhline(0, color=INK, linewidth=0.8, clip_on=False)
            for place in shown:
                canvas.write(each, place, 0, self.labels[place], dy=-5, ha="center", va="top")

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        return _spoken("analysis.alt_columns", self.caption, self.labels, self.notes, language)


@dataclass(frozen=True)
class Pareto(Picture):
    """The largest as sorted bars with their names and, beside them, the cumulative share of all.

    Attributes
    ----------
    bars : Bars
        The largest.
    line_caption : str
        What the line is.
    shares : sequence of float
        Cumulative shares, the largest first.
    mark : int
        How many of them the marked point of the line stands for.
    mark_note : str
        What to write at it.
    """

    bars: Bars
    line_caption: str
    shares: Sequence[float]
    mark: int
    mark_note: str

    def draw(self, canvas: Canvas) -> None:
        """Draw on ``canvas``."""
        _bars(canvas, self.bars, right=0.62, most=26)
        if len(self.shares) < FEWEST or math.isnan(self.shares[0]):
            return
        axes = canvas.axes(0.7, 0.96, self.line_caption, bottom=0.17)
        last = len(self.shares)
        axes.set_xlim(0, last)
        axes.set_ylim(min(0, *self.shares, 0), max(1, *self.shares) * 1.02)
        for value in (0, 0.5, 1):
            axes.axhline(value, color=PALE, linewidth=0.8)
            canvas.write(
                axes, 0, value, numbers.share(value, canvas.language), dx=-5, ha="right", va="center"
            )
        for place in (0, last):
            canvas.write(axes, place, 0, numbers.count(place), dy=-5, ha="center", va="top")
        axes.plot(range(last + 1), [0, *self.shares], color=ORANGE, linewidth=2)
        reached = self.shares[self.mark - 1]
        axes.plot([self.mark], [reached], marker="o", color=ORANGE, markersize=7, clip_on=False)
        # Below the curve there is room, except at the end of a short one.
        dx, dy, side, edge = 8, -6, "left", "top"
        if self.mark > last / 2:
            dx, dy, side, edge = (0, 8, "right", "bottom") if reached < 0.8 else (0, -12, "right", "top")
        canvas.write(axes, self.mark, reached, self.mark_note, dx=dx, dy=dy, ha=side, va=edge)

    def alt(self, language: str) -> str:
        """Return the kind of chart and its main numbers."""
        return _spoken("analysis.alt_pareto", self.bars.caption, self.bars.labels, self.bars.notes, language)


def _spoken(key: str, caption: str, labels: Sequence[str], notes: Sequence[str], language: str) -> str:
    pairs = [
        say("analysis.alt_pair", language, label=label, value=" ".join(note.split()))
        for label, note in zip(labels, notes, strict=True)
    ]
    return say(key, language, caption=caption, pairs=listed(pairs, language))
