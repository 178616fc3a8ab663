"""The newest wins: of changes in quick succession only the last one is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

#: So many seconds nothing must change before an answer is worked out.
QUIET = 0.08
#: And that part of the last answer's time: a browser holds changes back while it waits for that answer, and
#: sends the newest a moment later.
PATIENCE = 0.25


class Coalesced:
    """A function that answers once, when its calls have stopped for a moment.

    In a kernel each change is a message, and those that arrive while an answer is worked out wait in the
    event loop; each of them puts the next answer off. Without a running loop there is nothing to wait for,
    and each call answers at once.

    Parameters
    ----------
    function : callable
        Called without arguments.

    Examples
    --------
    >>> answers = []
    >>> ask = Coalesced(lambda: answers.append(1))
    >>> ask(), ask(), answers
    (None, None, [1, 1])
    """

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._took = 0.0
        self._waiting: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Answer as soon as it is quiet."""
        self.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._function()
        else:
            self._waiting = loop.call_later(QUIET + PATIENCE * self._took, self._answer)

    def cancel(self) -> None:
        """Give up what waits, because something newer has been answered."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def flush(self) -> None:
        """Answer now what waits."""
        if self._waiting is not None:
            self.cancel()
            self._function()

    def _answer(self) -> None:
        self._waiting = None
        begun = time.perf_counter()
        self._function()
        self._took = time.perf_counter() - begun
