"""What a purchase of a customer is worth: the Gamma-Gamma model.

The values of a customer's purchases vary around a mean of its own, gamma distributed (shape ``p``); the
rates of these distributions are gamma distributed over the customers (``q``, ``v``). A customer with few
purchases is therefore expected to be nearer to the average than its own mean.

References
----------
Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). RFM and CLV: Using iso-value curves for customer
base analysis. Journal of Marketing Research, 42(4), 415-430.

Fader, P. S., & Hardie, B. G. S. (2013). The Gamma-Gamma model of monetary value.
http://brucehardie.com/notes/025/
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmlab.analysis.models.likelihood import most_likely

Numbers = NDArray[np.float64]

#: Where the search begins: p, q, v (as a share of the mean value).
_STARTS = ((1.0, 2.0, 1.0), (6.0, 4.0, 0.5), (0.5, 3.0, 3.0))
#: With a q of 1 or less the model has no mean.
_LEAST_Q = 1.01


@dataclass(frozen=True)
class GammaGamma:
    """A fitted model; values are in the unit that it was fitted with.

    Attributes
    ----------
    p : float
        Shape of the values of one customer.
    q, v : float
        Shape and rate of the gamma distribution of the customers' rates.
    log_likelihood : float

    Examples
    --------
    >>> cdnow = GammaGamma(p=6.25, q=3.74, v=15.44, log_likelihood=-4055.92)
    >>> f"{cdnow.mean:.2f}"
    '35.22'
    """

    p: float
    q: float
    v: float
    log_likelihood: float

    @property
    def mean(self) -> float:
        """The mean value of the purchases of a customer of whom nothing is known."""
        return self.p * self.v / (self.q - 1)

    def expected_value(self, purchases: ArrayLike, mean_value: ArrayLike) -> Numbers:
        """Return the expected mean value of a customer's purchases, given those that were seen.

        Examples
        --------
        >>> cdnow = GammaGamma(p=6.25, q=3.74, v=15.44, log_likelihood=-4055.92)
        >>> cdnow.expected_value([0, 1, 10], [0, 80, 80]).round(1).tolist()
        [35.2, 66.4, 78.1]
        """
        x, m = np.asarray(purchases, dtype=float), np.asarray(mean_value, dtype=float)
        return self.p * (self.v + x * m) / (self.p * x + self.q - 1)


def fit(purchases: ArrayLike, mean_value: ArrayLike) -> GammaGamma:
    """Fit the model by maximum likelihood.

    Parameters
    ----------
    purchases, mean_value : array
        Of each customer the number of purchases and their mean value, both positive.

    Raises
    ------
    ValueError
        When there are no such customers, or a number is not positive.

    Examples
    --------
    >>> model = fit(purchases=[2, 5, 1, 9, 3], mean_value=[20.0, 35.0, 50.0, 31.0, 26.0])
    >>> 20 < model.mean < 50
    True
    """
    x, m = np.asarray(purchases, dtype=float), np.asarray(mean_value, dtype=float)
    if not (len(x) and (x > 0).all() and (m > 0).all()):
        raise ValueError("the model needs customers with purchases of a positive value")
    # In units of the mean value, so that the search is the same for cents and for millions.
    unit = float(m.mean())
    (p, q, v), value = most_likely(
        lambda theta: _log_likelihood(theta, x, m / unit), _STARTS, least=(0, _LEAST_Q, 0)
    )
    return GammaGamma(p, q, v * unit, value - len(x) * math.log(unit))


def _log_likelihood(theta: Numbers, x: Numbers, m: Numbers) -> tuple[float, Numbers]:
    """Equation 1a of the note, in logarithms, with its gradient."""
    from scipy.special import digamma, gammaln

    p, q, v = theta
    total = np.log(v + x * m)
    values = (
        gammaln(p * x + q)
        - gammaln(p * x)
        - gammaln(q)
        + q * np.log(v)
        + (p * x - 1) * np.log(m)
        + p * x * np.log(x)
        - (p * x + q) * total
    )
    gradient = [
        x @ (digamma(p * x + q) - digamma(p * x) + np.log(m) + np.log(x) - total),
        np.sum(digamma(p * x + q) - digamma(q) + np.log(v) - total),
        np.sum(q / v - (p * x + q) / (v + x * m)),
    ]
    return float(values.sum()), np.array(gradient)
