"""The truth about products: how sales answer to the price, and what demand to expect of each."""

from __future__ import annotations

import numpy as np

from crmlab.company.world import World, process
from crmlab.company.world.behaviour import SEASONAL
from crmlab.company.world.calendar import MINUTES, TODAY
from crmlab.company.world.order_lines import FOLLOWED
from crmlab.company.world.orders import CANCELLED, DRAFT
from crmlab.company.world.products import catalogue, together
from crmlab.company.world.purchases import warehouse
from crmlab.company.world.streams import Integers

# What one percent of price takes from sales, in thousandths of a percent, by major category: lowest and
# highest. A higher price pays below about 1 / margin, so that it pays for some products and not for others.
_ELASTICITY = np.array(
    [[3000, 7000], [4000, 9000], [4000, 8500], [2500, 6000], [1500, 4500], [3500, 8000]], dtype=np.int64
)
_WEEKS = 52
# Lines of products below so many yuan show what people spend on a line; as many of them as are looked at.
_CHEAP, _SAMPLE = 100, 64
# What a line comes to where there are no sales to look at, in yuan.
_USUAL = 2000


@process(makes=["truth_products"], needs=["products"], once=True)
def elasticities(world: World) -> None:
    """Draw how sales answer to the price."""
    low, high = _ELASTICITY[catalogue()["major"]].T
    world.truth["products"] = {
        "product_id": world.numbers("products", "product_id"),
        "elasticity_milli": -world.stream("products", "elasticity").between(low, high, len(low)),
    }


@process(makes=["truth_demand"], needs=["order_lines", "behaviour"])
def demand(world: World) -> None:
    """Work out what to expect of each product from how much it is wanted, at last year's volume."""
    lines = _lines(world)
    units = _units(world)
    world.truth["demand"] = {
        "product_id": world.numbers("products", "product_id"),
        "warehouse": warehouse(world, len(units)),
        "units_per_week_milli": lines.sum(axis=0, dtype=np.int64) * units // (1000 * _WEEKS),
        "units_per_line_milli": units,
        "festive_permille": lines[1] * 1000 // np.maximum(lines.sum(axis=0, dtype=np.int64), 1),
    }


def _last_year(world: World) -> Integers:
    """Return the rows of the sales lines of the last 52 weeks."""
    status = world.numbers("orders", "status")[world.hidden["order_lines"]["order"]]
    recent = world.numbers("order_lines", "booked_at") // MINUTES > TODAY - 7 * _WEEKS
    sold = (world.numbers("order_lines", "quantity") > 0) & (status != DRAFT) & (status != CANCELLED)
    return np.flatnonzero(sold & recent).astype(np.int64)


def _lines(world: World) -> Integers:
    """Return the lines to expect of each product in thousandths: of ordinary and of festive customers.

    Within a major category a product is chosen as it is wanted, or because it goes with the last one.
    """
    wanted, major = world.hidden["demand"]["wanted"], world.hidden["demand"]["major"]
    volume, followed = _volume(world)
    total = np.zeros(volume.shape[1], dtype=np.int64)
    np.add.at(total, major, wanted)
    chosen = volume[:, major] * wanted // np.maximum(total, 1)[major]
    companion = together()
    leads = np.flatnonzero((companion >= 0) & (wanted[companion] > 0)).astype(np.int64)
    along = np.zeros_like(chosen)
    np.add.at(along.T, companion[leads], chosen.T[leads] * followed // 1000)
    taken = np.zeros_like(volume)
    np.add.at(taken.T, major, along.T)
    volume = np.maximum(volume - taken, 0)
    return volume[:, major] * wanted // np.maximum(total, 1)[major] + along


def _volume(world: World) -> tuple[Integers, int]:
    """Return the lines of each major category in thousandths, and how many are followed, in a thousand."""
    rows = _last_year(world)
    order = world.hidden["order_lines"]["order"][rows]
    festive = world.hidden["behaviour"]["type"][world.hidden["orders"]["customer"][order]] == SEASONAL
    product = world.numbers("order_lines", "product_id")[rows] - world.numbers("products", "product_id")[0]
    volume = np.zeros((2, int(catalogue()["major"].max()) + 1), dtype=np.int64)
    np.add.at(volume, (festive.astype(np.int64), world.hidden["demand"]["major"][product]), 1000)
    orders = len(np.unique(order))
    return volume, (len(rows) - orders) * FOLLOWED // max(len(rows), 1)


def _units(world: World) -> Integers:
    """Return the units to expect on a line of each product in thousandths: what people spend buys so many."""
    rows = _last_year(world)
    price = world.numbers("order_lines", "unit_price_cents")[rows] // 100
    spent = (world.numbers("order_lines", "quantity")[rows] * price)[price < _CHEAP]
    spent = np.sort(np.append(spent, _USUAL))
    sample = spent[(np.arange(_SAMPLE, dtype=np.int64) * 2 + 1) * len(spent) // (2 * _SAMPLE)]
    today = world.hidden["prices"]["price"][:, -1]
    units = np.maximum(sample[:, None] // today, 1)
    return units.sum(axis=0, dtype=np.int64) * 1000 // _SAMPLE
