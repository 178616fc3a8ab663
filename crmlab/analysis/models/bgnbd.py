"""How often customers buy and when they silently leave: the BG/NBD model.

While alive a customer buys at a rate of its own, and after any purchase may leave for good, with a
probability of its own. Rates are gamma distributed over the customers (``r``, ``alpha``), probabilities
beta (``a``, ``b``). All that matters of a customer is

- ``frequency``: the number of repeat purchases, the first not counted;
- ``recency``: the time from the first purchase to the last, 0 without repeat purchases;
- ``age``: the time from the first purchase to the day of looking.

References
----------
Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). "Counting your customers" the easy way: An
alternative to the Pareto/NBD model. Marketing Science, 24(2), 275-284.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.analysis.models.likelihood import most_likely

Numbers = NDArray[np.float64]

#: Where the search begins: r, alpha (as a share of the mean age), a, b.
_STARTS = ((1.0, 1.0, 1.0, 1.0), (0.25, 0.1, 0.8, 2.5), (2.0, 0.3, 0.1, 2.0))

#: With an r, a or b of so much, customers are all but alike. More would be of no use but overflow.
_MOST = (100, np.inf, 100, 100)


@dataclass(frozen=True)
class BGNBD:
    """A fitted model; times are in the unit that it was fitted with.

    Attributes
    ----------
    r, alpha : float
        Shape and rate of the gamma distribution of purchase rates.
    a, b : float
        The beta distribution of the chance of leaving after a purchase.
    log_likelihood : float

    Examples
    --------
    >>> cdnow = BGNBD(r=0.2426, alpha=4.4135, a=0.7929, b=2.4258, log_likelihood=-9582.43)
    >>> f"{float(cdnow.expected_purchases(39, frequency=2, recency=30.43, age=38.86)):.3f}"
    '1.226'
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Numbers:
        """Return the probability that a customer has not left.

        It is 1 for a customer without repeat purchases: in this model nobody leaves but after one.

        Examples
        --------
        >>> model = BGNBD(r=0.2426, alpha=4.4135, a=0.7929, b=2.4258, log_likelihood=-9582.43)
        >>> model.p_alive([0, 4, 4], [0, 37, 10], [39, 39, 39]).round(2).tolist()
        [1.0, 0.85, 0.06]
        """
        x, t_x, total = _arrays(frequency, recency, age)
        with np.errstate(divide="ignore"):
            odds = np.log(self.a / (self.b + np.maximum(x, 1) - 1)) + (self.r + x) * np.log(
                (self.alpha + total) / (self.alpha + t_x)
            )
        # 1 / (1 + exp(odds)) without overflow.
        return np.where(x > 0, np.exp(-np.logaddexp(0, odds)), 1.0)

    def expected_purchases(
        self, time: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Numbers:
        """Return how many purchases to expect of a customer in the ``time`` to come.

        Equation 10 of the paper, with the Gaussian hypergeometric function after Euler's transformation:
        its arguments then stay small for customers with many purchases.
        """
        from scipy.special import hyp2f1

        x, _, total = _arrays(frequency, recency, age)
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        share = time / (alpha + total + time)
        stays = (1 - share) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, share)
        return (a + b + x - 1) / (a - 1) * (1 - stays) * self.p_alive(frequency, recency, age)


def fit(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, customers: ArrayLike | None = None
) -> BGNBD:
    """Fit the model by maximum likelihood.

    Parameters
    ----------
    frequency, recency, age : array
        One of each for a customer, times in any unit.
    customers : array, optional
        How many customers each stands for; one unless given.

    Raises
    ------
    ValueError
        When nobody bought again: nothing can be learnt about leaving then.

    Examples
    --------
    >>> model = fit(frequency=[0, 1, 3, 8, 2, 0], recency=[0, 9, 30, 50, 4, 0], age=[52, 40, 35, 52, 50, 20])
    >>> bool(model.p_alive(2, 4, 50) < model.p_alive(2, 40, 50))
    True
    """
    x, t_x, total = _arrays(frequency, recency, age)
    if not (x > 0).any():
        raise ValueError("the model needs customers with repeat purchases")
    weights = np.ones_like(x) if customers is None else np.asarray(customers, dtype=float)
    scale = float(total.mean())
    starts = [(r, alpha * scale, a, b) for r, alpha, a, b in _STARTS]
    (r, alpha, a, b), value = most_likely(
        lambda theta: _log_likelihood(theta, x, t_x, total, weights), starts, most=_MOST
    )
    return BGNBD(r, alpha, a, b, value)


def _arrays(*values: ArrayLike) -> tuple[Numbers, ...]:
    return tuple(np.asarray(value, dtype=float) for value in values)


def _log_likelihood(
    theta: Numbers, x: Numbers, t_x: Numbers, total: Numbers, weights: Numbers
) -> tuple[float, Numbers]:
    """Equation 6 of the paper, in logarithms, with its gradient."""
    from scipy.special import digamma, gammaln

    r, alpha, a, b = theta
    repeated = x > 0
    # The special functions take longest: once for each number of purchases, of which there are few.
    of, times = pd.factorize(x)
    buying = gammaln(r + times) - gammaln(r) + r * np.log(alpha)
    staying = gammaln(a + b) + gammaln(b + times) - gammaln(b) - gammaln(a + b + times)
    here = -(r + x) * np.log(alpha + total)
    before = np.maximum(b + x - 1, np.finfo(float).tiny)
    left = np.where(repeated, np.log(a) - np.log(before) - (r + x) * np.log(alpha + t_x), -np.inf)
    either = np.logaddexp(here, left)
    gone = np.exp(left - either)
    both = digamma(a + b) - digamma(a + b + times)
    gradient = np.array(
        [
            (digamma(r + times) - digamma(r) + np.log(alpha))[of]
            - (1 - gone) * np.log(alpha + total)
            - gone * np.log(alpha + t_x),
            r / alpha - (r + x) * ((1 - gone) / (alpha + total) + gone / (alpha + t_x)),
            both[of] + gone / a,
            (both + digamma(b + times) - digamma(b))[of] - np.where(repeated, gone / before, 0),
        ]
    )
    return float(weights @ ((buying + staying)[of] + either)), gradient @ weights
