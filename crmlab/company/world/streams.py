"""Random integers that are the same on every platform and with every NumPy.

Only the raw words of PCG64 and `numpy.random.SeedSequence` are stable across versions, so nothing else of
`numpy.random` is used, and nothing is ever a float. Every column of every table has a stream of its
own: a new column or a new table never moves the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import permutations
from typing import ClassVar

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import ArrayLike, DTypeLike, NDArray

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
    seed : ISeedSequence, optional
        What the key makes of it, where that is known already.

    Examples
    --------
    >>> Stream(2026, 0, "orders", "status").below(6, 10)
    array([2, 5, 0, 3, 5, 1, 4, 2, 1, 3])
    """

    def __init__(self, *key: object, seed: ISeedSequence | None = None) -> None:
        self._words = np.random.PCG64(seed or np.random.SeedSequence(digest(*key)))  # type: ignore[arg-type]

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


class Streams:
    """The streams of one partition, by table and column.

    To seed a stream takes as long as to draw thousands of numbers. All partitions need the same ones,
    so those that were asked for before are seeded together.

    Parameters
    ----------
    *key
        Seed and partition.

    Examples
    --------
    >>> Streams(2026, 0)["orders", "status"].below(6, 10)
    array([2, 5, 0, 3, 5, 1, 4, 2, 1, 3])
    """

    _known: ClassVar[dict[tuple[str, str], None]] = {}

    def __init__(self, *key: object) -> None:
        self._key = key
        names = list(self._known)
        self._seeds = dict(zip(names, seeds([digest(*key, *name) for name in names]), strict=True))

    def __getitem__(self, name: tuple[str, str]) -> Stream:
        self._known[name] = None
        return Stream(*self._key, *name, seed=self._seeds.get(name))


class Seed(ISeedSequence):
    """What PCG64 is given by a `numpy.random.SeedSequence`, worked out already."""

    def __init__(self, state: NDArray[np.uint64]) -> None:
        self._state = state

    def generate_state(self, n_words: int, dtype: DTypeLike = np.uint32) -> NDArray[np.uint64]:
        """Return the state; PCG64 asks for four words of 64 bits."""
        return self._state


def seeds(numbers: Sequence[int]) -> list[Seed]:
    """Return the seed of each 128-bit number as `numpy.random.SeedSequence` makes it, all at once.

    NumPy promises that its algorithm will stay: M. E. O'Neill, "Developing a seed_seq alternative" (2015).

    Examples
    --------
    >>> (seed,) = seeds([2026])
    >>> seed.generate_state(4, np.uint64)[0] == np.random.SeedSequence(2026).generate_state(4, np.uint64)[0]
    np.True_
    """
    raw = b"".join(number.to_bytes(16, "little") for number in numbers)
    pool = list(np.frombuffer(raw, dtype="<u4").astype(np.uint32).reshape(-1, 4).T)
    scramble = _Scramble(0x43B0D7E5, 0x931E8875)
    pool = [scramble(words) for words in pool]
    for source, target in permutations(range(4), 2):
        mixed = pool[target] * np.uint32(0xCA01F9DD) - scramble(pool[source]) * np.uint32(0x4973F715)
        pool[target] = mixed ^ (mixed >> np.uint32(16))
    scramble = _Scramble(0x8B51F9DD, 0x58F38DED)
    words = [scramble(pool[i % 4]).astype(np.uint64) for i in range(8)]
    state = [low | (high << np.uint64(32)) for low, high in zip(words[::2], words[1::2], strict=True)]
    return list(map(Seed, np.column_stack(state)))


class _Scramble:
    """A hash of 32-bit words that is another one each time."""

    def __init__(self, constant: int, factor: int) -> None:
        self._constant, self._factor = constant, factor

    def __call__(self, words: NDArray[np.uint32]) -> NDArray[np.uint32]:
        words = words ^ np.uint32(self._constant)
        self._constant = self._constant * self._factor % (1 << 32)
        words *= np.uint32(self._constant)
        return words ^ (words >> np.uint32(16))
