"""How wide a text is, and how it is cut or broken to fit."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from crmlab import fonts

#: Dots to the inch on a screen; a point is 1/72 of an inch.
DPI = 100
#: How far the lines of a text are apart, and how high one line is, in sizes of its letters.
LINE, HEIGHT = 1.23, 1.13
#: How wide a letter is taken to be that no font has.
NO_GLYPH = 0.7


def width(text: str) -> int:
    """Return how many narrow letters ``text`` is wide; a Chinese character counts for two.

    Examples
    --------
    >>> width("Tea 品茶")
    8
    """
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def shortened(text: str, most: float, measure: Callable[[str], float] = width) -> str:
    """Return ``text`` cut to ``most`` narrow letters, with an ellipsis where it was cut.

    Parameters
    ----------
    text : str
    most : float
    measure : callable, optional
        What else than narrow letters ``most`` is counted in.

    Examples
    --------
    >>> shortened("Harbour Trading Company", 12)
    'Harbour Tra…'
    """
    if measure(text) <= most:
        return text
    # The longest start that fits, found by halving.
    fits, over = 0, len(text)
    while over - fits > 1:
        middle = (fits + over) // 2
        if measure(text[:middle].rstrip() + "…") <= most:
            fits = middle
        else:
            over = middle
    return text[:fits].rstrip(" ,.;:，。；：") + "…"


def wrapped(text: str, most: float) -> str:
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
    while len(lines) > 1:
        narrower = _filled(pieces, max(map(width, lines)) - 1)
        # What must not be broken may be too long for any line: then they stay as they are.
        if len(narrower) > len(lines) or narrower == lines:
            break
        lines = narrower
    return "\n".join(lines)


def _filled(pieces: list[str], most: float) -> list[str]:
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
        if pieces and (word or letter in "，。；：、！？）》”%万亿元件个种张笔 " or before in "（《“"):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def pixels(text: str, language: str, size: float) -> float:
    """Return how wide ``text`` is on a chart, in dots of `DPI`, its letters ``size`` points high.

    Drawing a text to measure it would take as long as the chart itself.

    Examples
    --------
    >>> pixels("net sales", "en", 9) < pixels("净销售额净销售额", "zh", 9)
    True
    """
    return max(_line(line, language, size * DPI / 72) for line in text.split("\n"))


@lru_cache(maxsize=20_000)
def _line(text: str, language: str, dots: float) -> float:
    # A renderer may round each letter to whole dots.
    steps = (dots * advance(letter, language) for letter in text)
    return sum(max(step, math.floor(step + 0.55)) for step in steps)


@cache
def advance(letter: str, language: str) -> float:
    """Return the way from ``letter`` to the next, in sizes of the letters."""
    for font in _fonts(language):
        if font.get_char_index(ord(letter)):
            return font.load_char(ord(letter)).linearHoriAdvance / 65536 / DPI
    return NO_GLYPH


@cache
def _fonts(language: str) -> list[Any]:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    found = [FT2Font(font_manager.findfont(name)) for name in fonts.family(language)]
    for font in found:
        font.set_size(DPI, 72)
    return found
