"""Tables whose parents have any number of rows: lines of orders, contacts of customers."""

from __future__ import annotations

import numpy as np

from crmlab.company.world.streams import Integers


def parents(counts: Integers) -> Integers:
    """Return for each child the row of its parent.

    Examples
    --------
    >>> parents(np.array([2, 0, 1])).tolist()
    [0, 0, 2]
    """
    # On 32-bit platforms NumPy repeats by 32-bit counts only.
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts.astype(np.intp))


def runs(key: Integers) -> tuple[Integers, Integers]:
    """Return where each run of equal keys begins, and for each row the number of its run.

    Examples
    --------
    >>> [each.tolist() for each in runs(np.array([7, 7, 3, 3, 7]))]
    [[0, 2, 4], [0, 0, 1, 1, 2]]
    """
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)]).astype(np.int64)
    return begins, parents(np.diff(begins, append=len(key)))


def starts(counts: Integers) -> Integers:
    """Return how many children come before those of each parent.

    Examples
    --------
    >>> starts(np.array([2, 0, 1])).tolist()
    [0, 2, 2]
    """
    return np.cumsum(counts, dtype=np.int64) - counts
