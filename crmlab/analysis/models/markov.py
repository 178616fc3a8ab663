"""Markov chains with absorbing states: where everything ends in the long run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def absorption(transitions: ArrayLike, absorbing: Sequence[int]) -> NDArray[np.floating]:
    """Return the chance with which each other state ends in each absorbing one.

    Parameters
    ----------
    transitions : array_like
        Square; row by row the chances of moving from one state to another in one step.
    absorbing : sequence of int
        The states that nothing leaves; what their rows say does not matter.

    Returns
    -------
    ndarray
        A row for each other state, a column for each absorbing one, both in their order in
        ``transitions``: (I - Q)^-1 R, where Q holds the moves among the others and R those into the
        absorbing ones.

    Raises
    ------
    numpy.linalg.LinAlgError
        When a state can never reach an absorbing one.

    References
    ----------
    Cyert, R. M., Davidson, H. J. and Thompson, G. L. (1962), "Estimation of the Allowance for Doubtful
    Accounts by Markov Chains", Management Science 8 (3), 287-303.

    Kemeny, J. G. and Snell, J. L. (1960), Finite Markov Chains, ch. III.

    Examples
    --------
    Paid, bad debt, up to a month old, older:

    >>> moves = [[1, 0, 0, 0], [0, 1, 0, 0], [0.4, 0, 0.3, 0.3], [0.4, 0.2, 0.3, 0.1]]
    >>> absorption(moves, [0, 1]).round(2).tolist()
    [[0.89, 0.11], [0.74, 0.26]]
    """
    moves = np.asarray(transitions, dtype=np.float64)
    other = [state for state in range(len(moves)) if state not in absorbing]
    among, out = moves[np.ix_(other, other)], moves[np.ix_(other, list(absorbing))]
    return np.linalg.solve(np.eye(len(other)) - among, out)
