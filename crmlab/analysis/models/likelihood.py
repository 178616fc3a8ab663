"""The search for the parameters, all positive, under which what was seen is most likely."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

#: No parameter is looked for beyond: where all customers are alike it would run to infinity.
_SMALLEST, _LARGEST = 1e-4, 1e6


def most_likely(
    log_likelihood: Callable[[Numbers], tuple[float, Numbers]],
    starts: Sequence[Sequence[float]],
    least: Sequence[float] = (),
    most: Sequence[float] = (),
) -> tuple[tuple[float, ...], float]:
    """Return the parameters of the greatest likelihood, and its logarithm.

    Parameters
    ----------
    log_likelihood : callable
        Positive parameters to the logarithm of the likelihood and its gradient.
    starts : sequence of sequence of float
        Parameters to begin with; the best of all searches counts.
    least, most : sequence of float, optional
        What the parameters must not fall below, or rise above.

    Examples
    --------
    >>> def of_an_exponential(rate):
    ...     return float(3 * np.log(rate[0]) - 12 * rate[0]), 3 / rate - 12
    >>> found, _ = most_likely(of_an_exponential, [(1.0,)])
    >>> round(found[0], 4)
    0.25
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    def negative(logs: Numbers) -> tuple[float, Numbers]:
        theta = np.exp(logs)
        value, gradient = log_likelihood(theta)
        return -value, -gradient * theta

    floor = np.maximum(_SMALLEST, least or np.zeros(len(starts[0])))
    ceiling = np.minimum(_LARGEST, most or np.full(len(starts[0]), np.inf))
    bounds = list(zip(np.log(floor), np.log(ceiling), strict=True))
    # For a handful of parameters, several threads cost ten times what they share.
    with threadpool_limits(1):
        searches = [
            minimize(
                negative,
                np.log(np.clip(start, floor, ceiling)),
                jac=True,
                method="L-BFGS-B",
                bounds=bounds,
                options={"ftol": 1e-14, "gtol": 1e-6, "maxiter": 500},
            )
            for start in starts
        ]
    best = min(searches, key=lambda search: search.fun)
    return tuple(map(float, np.exp(best.x))), -float(best.fun)
