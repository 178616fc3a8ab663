"""A part of the sheet on which values have their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Box(NamedTuple):
    """A rectangle on the figure, in dots from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def wide(self) -> float:
        """How wide it is."""
        return self.right - self.left

    @property
    def high(self) -> float:
        """How high it is."""
        return self.top - self.bottom

    def meets(self, other: Box) -> bool:
        """Return whether the two have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


@dataclass
class Plane:
    """A rectangle with a scale along each side: matplotlib's axes take longer than all that they hold.

    Attributes
    ----------
    box : Box
        Where it lies on the figure.
    xlim, ylim : tuple of float
        The values at its left and right edge, and at its lower and upper one.

    Examples
    --------
    >>> plane = Plane(Box(100, 0, 200, 50), xlim=(0, 4))
    >>> float(plane.x(1)), plane.y([0, 0.5]).tolist()
    (125.0, [0.0, 25.0])
    """

    box: Box
    xlim: tuple[float, float] = (0, 1)
    ylim: tuple[float, float] = (0, 1)

    def x(self, values: ArrayLike) -> Any:
        """Return where ``values`` lie from left to right, in dots."""
        low, high = self.xlim
        return self.box.left + (np.asarray(values, float) - low) / (high - low) * self.box.wide

    def y(self, values: ArrayLike) -> Any:
        """Return where ``values`` lie from bottom to top, in dots."""
        low, high = self.ylim
        return self.box.bottom + (np.asarray(values, float) - low) / (high - low) * self.box.high

    def level(self, value: float) -> tuple[Sequence[float], Sequence[float]]:
        """Return the line across the plane at the height of ``value``."""
        return (self.box.left, self.box.right), (self.y(value),) * 2

    def upright(self, value: float) -> tuple[Sequence[float], Sequence[float]]:
        """Return the line from bottom to top at ``value``."""
        return (self.x(value),) * 2, (self.box.bottom, self.box.top)

    def boxes(self, lefts: ArrayLike, bottoms: ArrayLike, rights: ArrayLike, tops: ArrayLike) -> list[Box]:
        """Return the rectangles between these values; one value may stand for all of its side."""
        edges = np.broadcast_arrays(self.x(lefts), self.y(bottoms), self.x(rights), self.y(tops))
        first, second = np.column_stack(edges[:2]), np.column_stack(edges[2:])
        corners = np.column_stack([np.minimum(first, second), np.maximum(first, second)])
        return [Box(*row) for row in corners.tolist()]
