"""Texts drawn from the outlines of their letters: a tenth of the time that matplotlib's own texts take."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox

from crmlab import fonts
from crmlab.analysis.charts.letters import DPI, advance

#: How far letters reach above and below the line that they stand on, and how far lines are apart, in their
#: sizes: the same with every font and every version of matplotlib.
ASCENT, DESCENT, APART = 0.76, 0.24, 1.2


class Lettering(Artist):
    """A text of which every letter stands for itself, in the place where matplotlib would write it.

    Parameters
    ----------
    text : str
    x, y : float
        Where it stands, in dots.
    language : str
        In whose fonts it is written.
    **how
        ``ha``, ``va``, ``size``, ``color`` and perhaps ``linespacing``, as `matplotlib.text.Text` takes them.
    """

    zorder = Text.zorder

    def __init__(self, text: str, x: float, y: float, language: str, **how: Any) -> None:
        super().__init__()
        self._text, self._at, self._language = text, (x, y), language
        self._how = {"linespacing": APART} | how
        self._em = how["size"] * DPI / 72

    def get_text(self) -> str:
        """Return the text."""
        return self._text

    def draw(self, renderer: Any) -> None:
        """Draw the outlines; of letters that change with their neighbours, what matplotlib makes of them."""
        if not _separate(self._text):
            return self._plain().draw(renderer)
        context = renderer.new_gc()
        context.set_linewidth(0)
        context.set_snap(False)  # a line of "EHL" is no grid
        colour = to_rgba(self._how["color"])
        for line, left, base in self._placed():
            place = Affine2D().scale(self._em).translate(left, base) + self.get_transform()
            renderer.draw_path(context, line.path, place, colour)
        context.restore()

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return what the lines fill."""
        if not _separate(self._text):
            return self._plain().get_window_extent(renderer)
        boxes = [
            Bbox.from_bounds(left, base - DESCENT * self._em, line.wide * self._em, self._em)
            for line, left, base in self._placed()
        ]
        return Bbox.union(boxes).transformed(self.get_transform())

    def _plain(self) -> Text:
        """The same as a text of matplotlib."""
        family = fonts.family(self._language)
        text = Text(*self._at, self._text, family=family, parse_math=False, **self._how)
        text.set_transform(self.get_transform())
        if figure := self.get_figure():
            text.set_figure(figure)
        return text

    def _placed(self) -> Iterator[tuple[_Line, float, float]]:
        """Each line with its left end and the height on which it stands, in dots."""
        texts = self._text.split("\n")
        apart = self._how["linespacing"]
        high = apart * (len(texts) - 1)
        first = {
            "top": -ASCENT,
            "center": (high + DESCENT - ASCENT) / 2,
            "center_baseline": (high - ASCENT) / 2,
            "baseline": high,
            "bottom": high + DESCENT,
        }[self._how["va"]]
        before = {"left": 0, "center": 0.5, "right": 1}[self._how["ha"]]
        x, y = self._at
        for place, text in enumerate(texts):
            line = _line(text, self._language)
            yield line, x - before * line.wide * self._em, y + (first - apart * place) * self._em


@lru_cache(maxsize=5_000)
def _separate(text: str) -> bool:
    """Whether no letter of ``text`` joins, stands upon or goes before the one to its left."""
    return text.isascii() or not any(
        unicodedata.combining(letter) or unicodedata.bidirectional(letter) in ("R", "AL", "NSM")
        for letter in text
    )


class _Line(NamedTuple):
    """The outlines of a line and how wide it is, in sizes of its letters."""

    path: Path
    wide: float


@lru_cache(maxsize=5_000)
def _line(text: str, language: str) -> _Line:
    *starts, wide = accumulate((advance(letter, language) for letter in text), initial=0.0)
    letters = [_letter(letter, language) for letter in text]
    corners = [np.add(corners, (start, 0)) for (corners, _), start in zip(letters, starts, strict=True)]
    # A line may be empty.
    path = Path(
        np.concatenate([np.empty((0, 2)), *corners]),
        np.concatenate([np.empty(0, Path.code_type), *(codes for _, codes in letters)]),
    )
    return _Line(path, wide)


@cache
def _letter(letter: str, language: str) -> tuple[np.ndarray, np.ndarray]:
    """The corners and codes of the outline of one letter, in its size; none of a blank."""
    family = FontProperties(family=fonts.family(language))
    corners, codes = text_to_path.get_text_path(family, letter)
    scaled = np.asarray(corners, float).reshape(-1, 2) / text_to_path.FONT_SCALE
    return scaled, np.asarray(codes, Path.code_type)
