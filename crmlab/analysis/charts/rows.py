"""Charts whose things lie one below the other: their names, and how many there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from crmlab.analysis import numbers
from crmlab.analysis.charts.canvas import EDGE, ROW, WIDE, Canvas, Key
from crmlab.analysis.charts.palette import QUIET
from crmlab.analysis.charts.plane import Plane
from crmlab.locale import Text

#: Fewer rows than these do not grow to fill the height.
FEWEST = 5
MORE = Text("… and {count} more", "……另有{count}项")


def rows(
    canvas: Canvas,
    labels: Sequence[str],
    caption: str,
    *,
    right: float = WIDE - EDGE,
    most: float = 262,
    height: float = ROW,
    key: Sequence[Key] = (),
    bottom: float = 38,
) -> tuple[Plane, int]:
    """Return a plane with a row for each label, the first on top, and how many rows are shown.

    Parameters
    ----------
    canvas : Canvas
    labels : sequence of str
    caption : str
    right : float
        Where the plane ends, in dots.
    most : float
        How wide the names may be, in dots.
    height : float
        What a row needs at least, in dots; rows that find no room are counted below the others.
    key : sequence of Key
        What stands between caption and plane.
    bottom : float
        Where the plane begins, in dots.
    """
    possible = [canvas.fitted(label, most) for label in labels[:40]]
    left = EDGE + 7 + max(canvas.room(possible), 1)
    plane = canvas.plane(left, right, caption, key=key, bottom=bottom, reach=max(right, left + 200))
    room = max(int(plane.box.high / height), 1)
    shown = len(labels) if len(labels) <= room else max(int((plane.box.high - ROW) / height), 1)
    plane.ylim = max(len(labels) if shown == len(labels) else shown + 1, FEWEST) - 0.4, -0.6
    for place, label in enumerate(possible[:shown]):
        canvas.write(left, plane.y(place), label, dx=-5, ha="right", va="center_baseline")
    if shown < len(labels):
        more = MORE.to(canvas.language).format(count=numbers.count(len(labels) - shown))
        canvas.write(left, plane.y(shown), more, dx=3, color=QUIET, va="center_baseline")
    return plane, shown


def along(plane: Plane, values: Sequence[float], behind: float) -> None:
    """Let the bars of ``values`` start at 0 and leave ``behind`` dots free behind the longest."""
    low, high = min([0, *values]), max([0, *values])
    free = min(0.7, behind / plane.box.wide)
    plane.xlim = low, low + ((high - low) or 1) / (1 - free)


def behind(canvas: Canvas, plane: Plane, value: float, place: float, note: str) -> None:
    """Write ``note`` behind a bar that ends at ``value``."""
    end = plane.x(value)
    note = canvas.fitted(note, plane.box.right - end)
    canvas.write(end, plane.y(place), note, dx=4, va="center_baseline")
