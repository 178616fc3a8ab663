"""What a randomised experiment shows: the difference of two groups, and how far chance may have made it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: How often the intervals hold the truth.
CONFIDENCE = 0.95


class Difference(NamedTuple):
    """Treated less control, one value for each experiment; missing where a group is too small.

    Attributes
    ----------
    value : ndarray
    low, high : ndarray
        Confidence interval.
    p_value : ndarray
        How likely chance alone makes a difference at least as large.
    """

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p_value: NDArray[np.float64]


def rate_difference(
    successes: ArrayLike, trials: ArrayLike, control_successes: ArrayLike, control_trials: ArrayLike
) -> Difference:
    """Compare the rates of two groups.

    The interval is Newcombe's, made of two Wilson intervals, which holds what it promises also in small
    groups and near 0 and 1, where the textbook's (Wald's) is too short. The p value is that of the pooled
    z test, which is Pearson's chi-square test without correction.

    Parameters
    ----------
    successes, trials : array_like of int
        Who bought, and how many there are, of the treated of each experiment.
    control_successes, control_trials : array_like of int
        The same of the control group.

    Returns
    -------
    Difference

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions:
    Comparison of eleven methods. Statistics in Medicine, 17(8), 873-890. Method 10.

    Examples
    --------
    >>> found = rate_difference([56], [70], [48], [80])
    >>> [round(float(each[0]), 4) for each in found[:3]]
    [0.2, 0.0524, 0.3339]
    """
    from scipy.special import ndtr

    counts = np.array([successes, trials, control_successes, control_trials], dtype=float)
    found = np.full((4, counts.shape[1]), np.nan)
    known = (counts[1] > 0) & (counts[3] > 0)
    hits, n, hits_control, n_control = counts[:, known]
    value = hits / n - hits_control / n_control
    pooled = (hits + hits_control) / (n + n_control)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / n_control))
    z = np.divide(value, error, out=np.full_like(value, np.nan), where=error > 0)
    below, above = _wilson(hits, n)
    control_below, control_above = _wilson(hits_control, n_control)
    low, high = value - np.hypot(below, control_above), value + np.hypot(above, control_below)
    found[:, known] = value, low, high, 2 * ndtr(-np.abs(z))
    return Difference(*found)


def _wilson(hits: NDArray[np.float64], n: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
    """How far Wilson's interval reaches below and above each rate."""
    from scipy.special import ndtri

    z = ndtri((1 + CONFIDENCE) / 2)
    rate, shrunk = hits / n, 1 + z**2 / n
    centre = (rate + z**2 / (2 * n)) / shrunk
    reach = z * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2)) / shrunk
    return rate - np.maximum(centre - reach, 0), np.minimum(centre + reach, 1) - rate


def mean_difference(
    n: ArrayLike,
    mean: ArrayLike,
    variance: ArrayLike,
    control_n: ArrayLike,
    control_mean: ArrayLike,
    control_variance: ArrayLike,
) -> Difference:
    """Compare the means of two groups whose variances need not be equal (Welch).

    Parameters
    ----------
    n, mean, variance : array_like of float
        Size, mean and sample variance (divided by n - 1) of the treated of each experiment.
    control_n, control_mean, control_variance : array_like of float
        The same of the control group.

    Returns
    -------
    Difference

    References
    ----------
    Welch, B. L. (1947). The generalization of "Student's" problem when several different population
    variances are involved. Biometrika, 34(1-2), 28-35.

    Examples
    --------
    >>> found = mean_difference([10], [5.0], [4.0], [10], [3.0], [4.0])
    >>> [round(float(each[0]), 3) for each in found]
    [2.0, 0.121, 3.879, 0.038]
    """
    from scipy.special import stdtr, stdtrit

    given = np.array([n, mean, variance, control_n, control_mean, control_variance], dtype=float)
    found = np.full((4, given.shape[1]), np.nan)
    found[0] = given[1] - given[4]
    known = (given[0] > 1) & (given[3] > 1) & (given[2] + given[5] > 0)
    size, _, spread, control_size, _, control_spread = given[:, known]
    part, control_part = spread / size, control_spread / control_size
    error = np.sqrt(part + control_part)
    freedom = (part + control_part) ** 2 / (part**2 / (size - 1) + control_part**2 / (control_size - 1))
    reach = stdtrit(freedom, (1 + CONFIDENCE) / 2) * error
    value = found[0, known]
    found[1:, known] = value - reach, value + reach, 2 * stdtr(freedom, -np.abs(value) / error)
    return Difference(*found)
