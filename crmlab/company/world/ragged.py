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


def starts(counts: Integers) -> Integers:
    """Return how many children come before those of each parent.

    Examples
    --------
    >>> starts(np.array([2, 0, 1])).tolist()
    [0, 2, 2]
    """
    return np.cumsum(counts, dtype=np.int64) - counts
