"""What a change of the price does to profit, and how sales answered to prices.

References
----------
Marn, M. V., & Rosiello, R. L. (1992). Managing price, gaining profit. Harvard Business Review, 70(5), 84-94.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]

#: How often the intervals hold the truth.
CONFIDENCE = 0.95
#: An interval that rests on fewer degrees of freedom says next to nothing.
LEAST_FREEDOM = 8
#: Prices that move by less beside the controls (standard deviation of the logarithm) did not move.
LEAST_MOVE = 0.005


@dataclass(frozen=True)
class Business:
    """What a period brought.

    Attributes
    ----------
    sales : float
    cost : float
        What rises with the volume: the cost of the goods.
    fixed : float
        What does not.

    Examples
    --------
    >>> average = Business(sales=100, cost=70.3, fixed=20.7)
    >>> f"{average.after(price=0.01).profit / average.profit - 1:.3f}"
    '0.111'
    """

    sales: float
    cost: float
    fixed: float

    @property
    def profit(self) -> float:
        """The operating profit."""
        return self.sales - self.cost - self.fixed

    def after(
        self,
        *,
        price: float = 0,
        volume: float = 0,
        unit_cost: float = 0,
        fixed: float = 0,
        elasticity: float = 0,
    ) -> Business:
        """Return the business after these changes, each a share.

        The volume answers to the price: by ``elasticity`` percent for each percent, and never below zero.
        """
        sold = (1 + volume) * max(0.0, 1 + elasticity * price)
        return Business(
            self.sales * sold * (1 + price), self.cost * sold * (1 + unit_cost), self.fixed * (1 + fixed)
        )


def break_even_elasticity(margin_rate: float, price: float) -> float:
    """Return the elasticity at which a change of the price leaves the profit as it is.

    Parameters
    ----------
    margin_rate : float
        Gross margin as a share of sales before the change.
    price : float
        The change, as a share.

    Examples
    --------
    >>> f"{break_even_elasticity(0.4, 0.1):.1f}"  # at -2 a tenth on the price costs a fifth of the volume
    '-2.0'
    """
    return -1 / (margin_rate + price) if margin_rate + price > 0 else np.nan


@dataclass(frozen=True)
class Elasticity:
    """An estimate and its 95 % confidence interval."""

    value: float
    low: float
    high: float


def estimated_elasticity(
    log_units: ArrayLike, log_prices: ArrayLike, controls: ArrayLike, products: ArrayLike
) -> Elasticity | None:
    """Estimate by how many percent sales answer to a percent of price, by ordinary least squares.

    Each product has a constant of its own, so that only changes within a product count.

    Parameters
    ----------
    log_units, log_prices : array of float
        Logarithms, an observation each.
    controls : array of float
        What else explains the units, a column each.
    products : array
        Of which product the observation is.

    Returns
    -------
    Elasticity or None
        None where prices hardly move beside the controls, or where fewer than eight degrees of freedom
        remain.

    Examples
    --------
    >>> prices = np.log(np.arange(1.0, 13.0))
    >>> found = estimated_elasticity(3 - 1.5 * prices, prices, np.empty((12, 0)), np.zeros(12))
    >>> f"{found.value:.4f}"
    '-1.5000'
    """
    from scipy.special import stdtrit

    _, places = np.unique(np.asarray(products), return_inverse=True)
    units, prices = (_within(np.asarray(each, dtype=float), places) for each in (log_units, log_prices))
    columns = [_within(column, places) for column in np.asarray(controls, dtype=float).T]
    given = np.column_stack([*columns, np.zeros(len(units))])
    constants = places.max(initial=-1) + 1
    freedom = len(units) - constants - 1 - (np.linalg.matrix_rank(given) if len(units) else 0)
    if freedom < LEAST_FREEDOM:
        return None
    # What the constants and the controls explain is taken out of both: the slope between what is left is
    # that of the whole regression (the theorem of Frisch, Waugh and Lovell).
    units, prices = (each - given @ np.linalg.lstsq(given, each, rcond=None)[0] for each in (units, prices))
    if np.sqrt(np.mean(prices**2)) < LEAST_MOVE:
        return None
    moves = prices @ prices
    value = prices @ units / moves
    missed = units - value * prices
    error = np.sqrt(missed @ missed / freedom / moves)
    reach = stdtrit(freedom, (1 + CONFIDENCE) / 2) * error
    return Elasticity(float(value), float(value - reach), float(value + reach))


def _within(values: Numbers, places: NDArray[np.intp]) -> Numbers:
    """``values`` less the mean of their product."""
    return values - (np.bincount(places, values) / np.bincount(places))[places]
