"""The sheet that every form of chart is drawn on: title, what it covers, and texts that keep clear."""

from __future__ import annotations

import io
import math
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import ArrayLike

from crmlab import fonts
from crmlab.analysis.charts import areas
from crmlab.analysis.charts.letters import DPI, HEIGHT, LINE, pixels, shortened, width, wrapped
from crmlab.analysis.charts.palette import INK, QUIET
from crmlab.analysis.charts.plane import Box, Plane
from crmlab.locale import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The size of a figure in inches, and in dots.
SIZE = 7.2, 3.8
WIDE, HIGH = SIZE[0] * DPI, SIZE[1] * DPI
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 11.5, 9, 8
#: The height that a row of text takes, and the edge that stays free, in dots.
ROW, EDGE = 15.5, 14
NOTHING = Text("Nothing to show.", "没有可显示的数据。")


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
    """Return ``figure`` as a PNG file, packed no tighter than a change of the filter has time for."""
    buffer = io.BytesIO()
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
            super().__init__(figsize=SIZE, dpi=DPI, facecolor="white")
            FigureCanvasAgg(self)

        def __repr__(self) -> str:
            return self.alt

        def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
            # By this name, because IPython draws figures itself, but for those that it takes to be empty:
            # they have neither axes nor lines of their own.
            # Two dots for each that it is wide, for sharp letters on a laptop's screen.
            image = b64encode(png(self, 2 * DPI)).decode("ascii")
            size = {"width": round(WIDE), "height": round(HIGH)}
            return {"image/png": image, "text/plain": self.alt}, {"image/png": size}

    return Chart


class Key(NamedTuple):
    """What a colour, hatch or marker stands for, to be written above the plane."""

    name: str
    colour: str
    hatch: str = ""
    marker: str = ""


class Canvas:
    """A figure with its title, and the means to write on it in the fonts of one language.

    There are no ticks and spines: values written where they belong are easier to read. No text is
    written over another one or over the edge: what comes first has its place, so the most important is
    written first.
    """

    def __init__(self, title: str, scope: str, language: str) -> None:
        self.language = language
        self.family = fonts.family(language)
        self.figure = _chart()()
        self._taken: list[Box] = []
        from matplotlib.transforms import Affine2D

        #: The coordinates of the figure in dots.
        self.dots = Affine2D().scale(1 / WIDE, 1 / HIGH) + self.figure.transFigure
        across = WIDE - 2 * EDGE
        title = self.wrap(title, across, TITLE_SIZE)
        self.write(EDGE, 0.965 * HIGH, title, size=TITLE_SIZE, linespacing=1.35, va="top")
        scope = self.fitted(scope, across, SMALL_SIZE)
        self.write(EDGE, 0.025 * HIGH, scope, color=QUIET, size=SMALL_SIZE)
        #: Where the title ends, in dots.
        self.top = 0.93 * HIGH - 25.65 * (1 + title.count("\n"))

    def plane(
        self,
        left: float,
        right: float,
        caption: str,
        *,
        bottom: float = 38,
        key: Sequence[Key] = (),
        above: int = 0,
        reach: float = WIDE - EDGE,
    ) -> Plane:
        """Return a plane with its caption above it, all in dots.

        Parameters
        ----------
        left, right, bottom : float
            Where it lies; the top is what the title leaves.
        caption : str
            What is written above it, in as many lines as it needs.
        key : sequence of Key
            What stands between caption and plane.
        above : int
            How many rows the caller writes directly above the plane.
        reach : float
            How far to the right caption and key may go.
        """
        caption = self.wrap(caption, reach - left, TEXT_SIZE)
        rows = self._key_rows(key, reach - left)
        start = left
        if len(rows) > 1:
            start, rows = EDGE, self._key_rows(key, reach - EDGE)
        base = self.top - 18 - 18.5 * caption.count("\n")
        top = max(base - 8 - (ROW + 2) * len(rows) - ROW * above, bottom + ROW)
        self.write(left, base, caption, color=QUIET)
        for place, row in enumerate(rows):
            self._key_row(row, start, base - (ROW + 2) * (place + 1))
        return Plane(Box(left, bottom, right, top))

    def _key_rows(self, key: Sequence[Key], across: float) -> list[list[Key]]:
        """The key in rows no wider than ``across``."""
        rows: list[list[Key]] = []
        used = math.inf
        for one in key:
            one = one._replace(name=self.fitted(one.name, min(across - 30, 220)))
            need = self.room([one.name]) + 34
            if used + need > across + 14:
                rows.append([])
                used = 0
            rows[-1].append(one)
            used += need
        return rows

    def _key_row(self, row: list[Key], left: float, base: float) -> None:
        for one in row:
            if one.marker:
                self.line([left + 7], [base + 4.5], color=one.colour, marker=one.marker, markersize=6)
            else:
                areas.fill(self, [Box(left, base - 1, left + 14, base + 10)], one.colour, hatch=one.hatch)
            self.write(left + 19, base, one.name)
            left += self.room([one.name]) + 34

    def room(self, texts: Iterable[str], size: float = TEXT_SIZE) -> float:
        """Return how wide the widest of ``texts`` is, in dots."""
        return max((pixels(text, self.language, size) for text in texts), default=0)

    def titled(self, name: str, value: str, most: float, size: float = TEXT_SIZE) -> str:
        """Return ``name`` and ``value`` on one line of at most ``most`` dots, cutting the name first."""
        value = self.fitted(value, most, size)
        left = most - (self.room(["  " + value], size) if value else 0)
        return "  ".join(part for part in (self.fitted(name, left, size), value) if part)

    def fitted(self, text: str, most: float, size: float = TEXT_SIZE) -> str:
        """Return ``text`` on one line, cut to ``most`` dots."""
        return shortened(" ".join(text.split()), most, lambda cut: pixels(cut, self.language, size))

    def wrap(self, text: str, most: float, size: float = TEXT_SIZE) -> str:
        """Return ``text`` broken into lines of at most ``most`` dots (a longer word stays whole)."""
        text = " ".join(text.split())
        need = pixels(text, self.language, size)
        if need <= most:
            return text
        letters = int(width(text) * most / need)
        lines = wrapped(text, letters)
        while letters > 8 and self.room([lines], size) > most:
            letters -= 2
            lines = wrapped(text, letters)
        return lines

    def in_lines(self, text: str, most: float, lines: int, size: float = TEXT_SIZE) -> str:
        """Return ``text`` in at most so many lines of at most ``most`` dots, cut if need be."""
        broken = self.wrap(text, most, size).split("\n")
        rest = " ".join(broken[lines - 1 :])
        return "\n".join(self.fitted(line, most, size) for line in [*broken[: lines - 1], rest])

    def line(self, x: ArrayLike, y: ArrayLike, **style: Any) -> None:
        """Draw a line through points, in dots, or a marker at each of them: see `matplotlib.lines.Line2D`."""
        from matplotlib.lines import Line2D

        self.figure.add_artist(Line2D(x, y, transform=self.dots, **style))

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        dx: float = 0,
        dy: float = 0,
        ha: str = "left",
        va: str = "baseline",
        size: float = TEXT_SIZE,
        color: str = INK,
        linespacing: float | None = None,
    ) -> bool:
        """Write ``text`` at (x, y) in dots, moved by (dx, dy) in points.

        The text is moved sideways to stay on the figure. Nothing is written, and False returned, where
        another text already stands, or beyond the upper and lower edge.
        """
        if not text or not math.isfinite(x + y):
            return False
        x, y = x + dx * DPI / 72, y + dy * DPI / 72
        box = self._box(x, y, text, ha, va, size, linespacing)
        shift = max(EDGE / 3 - box.left, 0) or min(WIDE - EDGE / 3 - box.right, 0)
        box = box._replace(left=box.left + shift, right=box.right + shift)
        if not self.free(box):
            return False
        self.keep_clear(box)
        from crmlab.analysis.charts.lettering import Lettering

        how: dict[str, Any] = {"ha": ha, "va": va, "size": size, "color": color}
        how |= {"linespacing": linespacing} if linespacing else {}
        lettering = Lettering(text, x + shift, y, self.language, **how)
        lettering.set_transform(self.dots)
        lettering.set_figure(self.figure)
        self.figure.texts.append(lettering)
        return True

    def _box(
        self, x: float, y: float, text: str, ha: str, va: str, size: float, linespacing: float | None
    ) -> Box:
        """Where a text will stand."""
        em = size * DPI / 72
        wide = pixels(text, self.language, size)
        high = em * (max(HEIGHT, linespacing or 0) + LINE * (linespacing or 1.2) * text.count("\n"))
        left = x - wide * {"left": 0, "center": 0.5, "right": 1}[ha]
        below = {"top": high, "bottom": 0, "center": high / 2, "baseline": 0.34 * em}
        bottom = y - (below["center"] + 0.15 * em if va == "center_baseline" else below[va])
        return Box(left, bottom, left + wide, bottom + high)

    def free(self, box: Box) -> bool:
        """Return whether nothing stands in ``box`` and it is on the figure."""
        inside = box.left >= 0 and box.bottom >= 0 and box.right <= WIDE and box.top <= HIGH
        return inside and not any(box.meets(other) for other in self._taken)

    def keep_clear(self, box: Box) -> None:
        """Let no text be written in ``box`` from now on."""
        self._taken.append(box)

    def nothing(self, caption: str) -> None:
        """Say that there is nothing to show."""
        self.plane(EDGE, WIDE - EDGE, caption)
        self.write(EDGE, self.top - 60, NOTHING.to(self.language), color=QUIET)
