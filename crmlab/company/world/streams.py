"""Random integers that are the same on every platform and with every NumPy.

Only the raw words of PCG64 and `numpy.random.SeedSequence` are stable across versions, so nothing else of
`numpy.random` is used, and nothing is ever a float. Every column of every table has a stream of its
own: a new column or a new table never moves the others.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmlab.company.world.sorting import Integers, number_upto

#: The unit of `Stream.quantile`: a table holds thousandths.
SCALE = 1000


@cache
def distribution(name: str) -> Integers:
    """Return the quantiles of one distribution, in thousandths."""
    text = files(__package__).joinpath("pools", "distributions.json").read_text(encoding="utf-8")
    return np.array(json.loads(text)[name], dtype=np.int64)


def digest(*key: object) -> int:
    """Return a 128-bit number for ``key``, the same in every process (unlike `hash`)."""
    text = "\x1f".join(str(part) for part in key)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=16).digest(), "big")


class Stream:
    """The random numbers of one column.

    Parameters
    ----------
    *key
        What they belong to: seed, partition, table, column.

    Examples
    --------
    >>> Stream(2026, 0, "orders", "status").below(6, 10)
    array([2, 5, 0, 3, 5, 1, 4, 2, 1, 3])
    """

    def __init__(self, *key: object) -> None:
        # As words of 32 bits, which is what the number would be split into: there are many streams.
        seed = np.frombuffer(digest(*key).to_bytes(16, "little"), dtype="<u4").astype(np.uint32)
        self._words = np.random.PCG64(np.random.SeedSequence(seed))

    def words(self, n: int) -> NDArray[np.uint64]:
        """Return ``n`` uniform 32-bit numbers."""
        drawn = self._words.random_raw(n)
        drawn >>= np.uint64(32)
        return drawn

    def below(self, bound: ArrayLike, n: int) -> Integers:
        """Return ``n`` uniform integers from 0 to ``bound - 1``; one bound, or one for each."""
        drawn = self.words(n)  # worked on in place: most of a large company's time goes by here
        drawn *= np.asarray(bound, dtype=np.uint64)
        drawn >>= np.uint64(32)
        return drawn.view(np.int64)

    def between(self, low: ArrayLike, high: ArrayLike, n: int) -> Integers:
        """Return ``n`` uniform integers from ``low`` to ``high``, both included."""
        low, high = np.asarray(low, dtype=np.int64), np.asarray(high, dtype=np.int64)
        return low + self.below(high - low + 1, n)

    def chance(self, permille: ArrayLike, n: int) -> NDArray[np.bool_]:
        """Return ``n`` flags, each set with a chance of ``permille`` in a thousand."""
        return self.words(n).view(np.int64) < -(-(np.asarray(permille, dtype=np.int64) << 32) // 1000)

    def choose(self, weights: ArrayLike, n: int, rows: Integers | None = None) -> Integers:
        """Return ``n`` indices drawn by integer ``weights``; with ``rows``, each by its row of a table."""
        table = np.atleast_2d(np.asarray(weights, dtype=np.int64))
        totals = table.sum(axis=1, dtype=np.int64)
        if rows is None:
            return number_upto(np.cumsum(table[0], dtype=np.int64), self.below(totals[0], n))
        # All rows are laid end to end, so that one search serves them all.
        before = np.cumsum(totals, dtype=np.int64) - totals
        place = before[rows] + self.below(totals[rows], n)
        return number_upto(np.cumsum(table, dtype=np.int64), place) - rows * table.shape[1]

    def quantile(self, name: str, n: int) -> Integers:
        """Return ``n`` draws, in thousandths, of a distribution in ``pools/distributions.json``."""
        table = distribution(name)
        return table[self.below(len(table), n)]

    def spread(self, name: str, n: int) -> Integers:
        """Return ``n`` draws that lie evenly over a distribution, shuffled: a small sample without luck."""
        table = distribution(name)
        slices = max(n, 1)
        return table[(self.order(n) * 2 + 1) * len(table) // (2 * slices)]

    def order(self, n: int) -> Integers:
        """Return the numbers 0 to ``n - 1`` shuffled."""
        return np.argsort(self.words(n), kind="stable").astype(np.int64)
