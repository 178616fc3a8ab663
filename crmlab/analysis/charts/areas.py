"""Filled rectangles, drawn at once: one by one they would take longer than all the rest of a chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from crmlab.analysis.charts.palette import blended

if TYPE_CHECKING:
    from crmlab.analysis.charts.canvas import Canvas
    from crmlab.analysis.charts.plane import Box

#: How far the strokes of a hatch lie apart, in dots.
APART = 6
Stroke = tuple[tuple[float, float], tuple[float, float]]


def fill(
    canvas: Canvas,
    boxes: Sequence[Box],
    colours: str | Sequence[str],
    *,
    hatch: str = "",
    edge: str = "none",
) -> None:
    r"""Fill ``boxes`` (in dots) with one colour or one of each, and with the strokes of ``hatch``.

    Parameters
    ----------
    canvas : Canvas
    boxes : sequence of Box
    colours : str or sequence of str
    hatch : str
        Of ``/ \ | -``, each of them a direction of the strokes, which are so pale that numbers can be
        read on them.
    edge : str
        The colour of the edges.
    """
    from matplotlib.collections import LineCollection, PolyCollection

    squares = [
        [(box.left, box.bottom), (box.right, box.bottom), (box.right, box.top), (box.left, box.top)]
        for box in boxes
    ]
    add = canvas.figure.add_artist
    add(PolyCollection(squares, facecolors=colours, edgecolors=edge, linewidths=1.2, transform=canvas.dots))
    strokes = [stroke for box in boxes for direction in hatch for stroke in _strokes(box, direction)]
    if strokes:
        pale = blended(colours if isinstance(colours, str) else colours[0], 0.55)
        add(LineCollection(strokes, colors=pale, linewidths=1, zorder=1, transform=canvas.dots))


def _strokes(box: Box, direction: str) -> Iterable[Stroke]:
    """The strokes of one direction across ``box``."""
    wide, high = box.wide, box.high
    if direction == "|":
        for x in np.arange(box.left + APART, box.right, APART):
            yield (x, box.bottom), (x, box.top)
    elif direction == "-":
        for y in np.arange(box.bottom + APART / 2, box.top, APART):
            yield (box.left, y), (box.right, y)
    else:
        for start in np.arange(APART - high, wide, APART):
            low, up = max(-start, 0), min(wide - start, high)
            ends = (box.left + start + low, low), (box.left + start + up, up)
            yield tuple(  # type: ignore[misc]
                (x, box.bottom + y if direction == "/" else box.top - y) for x, y in ends
            )
