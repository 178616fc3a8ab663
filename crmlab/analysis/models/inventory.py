"""How much to order, when, and how much to keep for safety.

References
----------
Chopra, S., & Meindl, P. (2016). Supply chain management: Strategy, planning, and operation (6th ed.),
ch. 11-13. Pearson.

Harris, F. W. (1913). How many parts to make at once. Factory, The Magazine of Management, 10(2), 135-136.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def eoq(demand: Any, order_cost: Any, holding_cost: Any) -> Any:
    """Return the economic order quantity, at which ordering and holding cost least together.

    Parameters
    ----------
    demand : float or array
        Units in a year.
    order_cost : float or array
        Of one order, whatever its size.
    holding_cost : float or array
        Of one unit that lies there for a year.

    Examples
    --------
    >>> float(eoq(10_000, 5_000, 0.2 * 500))
    1000.0
    """
    return np.sqrt(2 * np.asarray(demand, dtype=float) * order_cost / holding_cost)


def orders_per_year(demand: Any, quantity: Any) -> Any:
    """Return how often ``quantity`` is ordered in a year.

    Examples
    --------
    >>> orders_per_year(10_000, 1_000)
    10.0
    """
    return demand / quantity


def cycle_stock(quantity: Any) -> Any:
    """Return the average stock of those who order ``quantity`` whenever it is used up.

    Examples
    --------
    >>> cycle_stock(1_000)
    500.0
    """
    return quantity / 2


def standard_score(service_level: float) -> float:
    """Return how many standard deviations above the mean cover ``service_level`` of all cycles.

    Examples
    --------
    >>> round(standard_score(0.95), 3)
    1.645
    """
    return NormalDist().inv_cdf(service_level)


def safety_stock(z: Any, lead_time: Any, demand_sd: Any, lead_time_sd: Any = 0.0, demand: Any = 0.0) -> Any:
    """Return the stock that is kept against a demand and a lead time that are not sure.

    Parameters
    ----------
    z : float
        The `standard_score` of the service level.
    lead_time, lead_time_sd : float or array
        Mean and standard deviation, in periods.
    demand_sd, demand : float or array
        Standard deviation and mean of the demand of one period.

    Returns
    -------
    float or array
        z times the standard deviation of the demand during the lead time:
        sqrt(lead_time * demand_sd^2 + demand^2 * lead_time_sd^2).

    Examples
    --------
    Chopra and Meindl's example 12-6 (a lead time of 7 days, give or take 7):

    >>> float(round(safety_stock(standard_score(0.90), 7, 500, 7, 2500)))
    22491.0
    """
    return z * np.sqrt(
        np.asarray(lead_time, dtype=float) * np.square(demand_sd)
        + np.square(demand) * np.square(lead_time_sd)
    )


def reorder_point(demand: Any, lead_time: Any, safety: Any) -> Any:
    """Return the stock at which to order: what is used until the goods arrive, and the safety stock.

    Examples
    --------
    >>> reorder_point(2_500, 2, 1_000)
    6000
    """
    return demand * lead_time + safety


def critical_ratio(price: Any, cost: Any, salvage: Any) -> Any:
    """Return the chance with which a single order should cover the demand.

    Parameters
    ----------
    price, cost : float or array
        Of one unit.
    salvage : float or array
        What a unit that is left over still brings; less than ``cost``.

    Returns
    -------
    float or array
        (price - cost) / (price - salvage): what a unit too few costs, as a share of that and what one too
        many costs.

    Examples
    --------
    >>> critical_ratio(100, 55, 50)
    0.9
    """
    return (price - cost) / (price - salvage)


@dataclass(frozen=True)
class Newsvendor:
    """One order for one season, with a demand that is normally distributed, and never below zero.

    Attributes
    ----------
    price, cost, salvage : float
        Of one unit; what is left over brings ``salvage``, which is less than ``cost``.
    mean, sd : float
        Of the demand of the season.

    Examples
    --------
    Chopra and Meindl's examples 13-2 and 13-3 (skis):

    >>> skis = Newsvendor(price=250, cost=100, salvage=80, mean=350, sd=100)
    >>> round(skis.ratio, 2), round(skis.quantity), round(skis.profit(468), -2)
    (0.88, 469, 49100.0)
    """

    price: float
    cost: float
    salvage: float
    mean: float
    sd: float

    @property
    def ratio(self) -> float:
        """The critical ratio."""
        return critical_ratio(self.price, self.cost, self.salvage)

    @property
    def quantity(self) -> float:
        """The order with the largest expected profit; 0 where a unit sold earns nothing."""
        if self.price <= self.cost:
            return 0.0
        if not self.sd:
            return self.mean
        return max(self.mean + self.sd * NormalDist().inv_cdf(self.ratio), 0.0)

    def left_over(self, quantity: float) -> float:
        """Return how many units of an order are left over, on average."""
        return self._above(quantity) - self._above(0.0)

    def _above(self, quantity: float) -> float:
        """By how much ``quantity`` exceeds the demand, on average, if that could be below zero."""
        if not self.sd:
            return max(quantity - self.mean, 0.0)
        z, standard = (quantity - self.mean) / self.sd, NormalDist()
        return self.sd * (z * standard.cdf(z) + standard.pdf(z))

    def profit(self, quantity: float) -> float:
        """Return what an order earns, on average."""
        over = self.left_over(quantity)
        return (self.price - self.cost) * (quantity - over) - (self.cost - self.salvage) * over


def observed_quantity(demands: ArrayLike, ratio: float) -> float:
    """Return the least of the demands seen that covers at least the share ``ratio`` of them.

    It is the newsvendor's order when the future is taken to be one of the seasons that were.

    Examples
    --------
    >>> observed_quantity([10, 20, 30, 40], 0.5), observed_quantity([10, 20, 30, 40], 0.51)
    (20.0, 30.0)
    """
    return float(np.quantile(np.asarray(demands, dtype=float), ratio, method="inverted_cdf"))


def bullwhip(orders: ArrayLike, demand: ArrayLike) -> float:
    """Return the variance of what is ordered / that of what is sold; above 1, ordering swings more.

    Examples
    --------
    >>> round(bullwhip([0, 40, 0, 40], [18, 22, 18, 22]))
    100

    References
    ----------
    Lee, H. L., Padmanabhan, V., & Whang, S. (1997). Information distortion in a supply chain: The
    bullwhip effect. Management Science, 43(4), 546-558.
    """
    bought, sold = (float(np.var(np.asarray(units, dtype=float), ddof=1)) for units in (orders, demand))
    return bought / sold if sold else float("nan")
