"""Colours, and what tells things apart besides colour."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

INK, QUIET, PALE, FAINT = "#222222", "#666666", "#d9d9d9", "#f3f5f7"
# The palette of Okabe and Ito, which people with any kind of colour vision can tell apart.
BLUE, ORANGE, GREEN, AMBER = "#0072b2", "#d55e00", "#009e73", "#e69f00"
SKY, PURPLE, GREY = "#56b4e9", "#cc79a7", "#999999"


class Look(NamedTuple):
    """How one of several things is drawn: the colour is never the only difference."""

    colour: str
    marker: str
    dash: str
    hatch: str


_COLOURS = (BLUE, AMBER, GREEN, PURPLE, SKY, ORANGE, GREY)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("-", "--", ":", "-.")
_HATCHES = ("", "/", "|", "\\", "-", "/\\", "|-")


def look(place: int) -> Look:
    """Return the look of the thing at ``place``, counted from 0.

    Examples
    --------
    >>> look(0) != look(1), look(0).colour == look(7).colour, look(0) == look(7)
    (True, True, False)
    """
    turn = place // len(_COLOURS)
    return Look(
        _COLOURS[place % len(_COLOURS)],
        _MARKERS[(place + turn) % len(_MARKERS)],
        _DASHES[turn % len(_DASHES)],
        _HATCHES[(place + turn) % len(_HATCHES)],
    )


@lru_cache(maxsize=1000)
def blended(colour: str, strength: float) -> str:
    """Return ``colour`` thinned with white: 1 is the colour itself, 0 is white.

    Examples
    --------
    >>> blended("#0072b2", 0), blended("#0072b2", 1)
    ('#ffffff', '#0072b2')
    """
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * strength):02x}" for part in parts)


def ink_on(colour: str) -> str:
    """Return the colour of letters that can be read on ``colour``.

    Examples
    --------
    >>> ink_on("#0072b2"), ink_on("#e69f00")
    ('white', '#222222')
    """
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    # Relative luminance, with 2.2 for the curve of the screen (WCAG 2).
    light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return "white" if light < 0.22 else INK
