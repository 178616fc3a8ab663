"""Lines of JSON over a socket, read as from a stranger: with a limit of time and of length."""

from __future__ import annotations

import json
import socket
import time
from typing import Any


def packed(message: dict[str, Any]) -> bytes:
    """Return a message as it goes over the wire."""
    return json.dumps(message).encode() + b"\n"


class SilenceError(Exception):
    """Nothing came in time."""


class GoneError(Exception):
    """The other side has closed, or sends what is no message."""


class Wire:
    """One end of a connection.

    Parameters
    ----------
    end : socket
        Belongs to the wire from now on.
    longest : int
        Bytes that one message may have.

    Examples
    --------
    >>> here, there = map(Wire, socket.socketpair())
    >>> here.send({"do": "cell"})
    >>> there.receive(1)
    {'do': 'cell'}
    >>> here.close()
    >>> there.receive(1)
    Traceback (most recent call last):
    ...
    crmlab.grading.kernel.wire.GoneError
    """

    def __init__(self, end: socket.socket, longest: int = 8_000_000) -> None:
        self.end = end
        self._longest = longest
        self._read = bytearray()

    def send(self, message: dict[str, Any], seconds: float | None = None) -> None:
        """Send a message; whoever does not take it in time is gone."""
        self.end.settimeout(seconds)
        try:
            self.end.sendall(packed(message))
        except OSError as error:
            raise GoneError from error

    def receive(self, seconds: float | None = None) -> dict[str, Any]:
        """Return the next message.

        Raises
        ------
        SilenceError
            When it is not there after ``seconds``.
        GoneError
            When none will come.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        searched = 0
        while (end := self._read.find(b"\n", searched)) < 0:
            searched = len(self._read)
            self._read += self._more(deadline)
            if len(self._read) > self._longest:
                raise GoneError
        line = bytes(self._read[:end])
        del self._read[: end + 1]
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            raise GoneError from None
        if not isinstance(message, dict):
            raise GoneError
        return message

    def _more(self, deadline: float | None) -> bytes:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise SilenceError
        self.end.settimeout(left)
        try:
            found = self.end.recv(1 << 20)
        except TimeoutError:
            raise SilenceError from None
        except OSError:
            raise GoneError from None
        if not found:
            raise GoneError
        return found

    def close(self) -> None:
        """Close the connection."""
        self.end.close()
