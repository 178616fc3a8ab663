"""Products: the catalogue, its prices and costs over the years, and how much people want each."""

from __future__ import annotations

from functools import cache

import numpy as np

from crmlab.company.world import Words, World, process
from crmlab.company.world.calendar import START, TODAY, day, quarter_of, year_of
from crmlab.company.world.pools import pool
from crmlab.company.world.streams import SCALE, Integers
from crmlab.locale import Text

YEARS = 6
QUARTERS = 21
# Products that came in mid-history, in a thousand.
_NEW = 70
# What a product costs, in a thousandth of its price: middle and spread; some cost more than they bring.
_COST, _COST_SPREAD = 828, 80


@process(makes=["products", "prices"], ids=(101, 0), once=True)
def products(world: World) -> None:
    """Price the catalogue for this seed; prices rise a little each year, costs go up and down."""
    rows = catalogue()
    n = len(rows["price"])
    price = _rounded(rows["price"] * world.stream("products", "list_price").between(92, 110, n) // 100)
    launched = _launched(world, n)
    prices = _prices(world, price)
    costs = _costs(world, prices)
    world.tables["products"] = {
        "product_id": world.ids("products", n),
        "name": Words(np.arange(n, dtype=np.int64), rows["name"]),
        "major_category": Words(rows["major"], rows["majors"]),
        "minor_category": Words(rows["minor"], rows["minors"]),
        "unit": Words(rows["minor"], rows["units"]),
        "list_price_cents": prices[:, -1] * 100,
        "unit_cost_cents": costs[:, -1],
        "launched_on": launched,
    }
    world.hidden["prices"] = {"price": prices, "cost": costs}
    wanted = _wanted(world, launched)
    world.hidden["demand"] = {
        "wanted": wanted,
        "major": rows["major"],
        "instead": _instead(wanted, rows["major"], launched),
    }


def catalogue() -> dict:
    """Return the pool of products as columns."""
    found: dict = {key: [] for key in ("name", "price", "major", "minor", "majors", "minors", "units")}
    for major_en, major_zh, minors in pool("products")["catalogue"]:
        found["majors"].append(Text(major_en, major_zh))
        for minor_en, minor_zh, unit_en, unit_zh, items in minors:
            found["minors"].append(Text(minor_en, minor_zh))
            found["units"].append(Text(unit_en, unit_zh))
            for en, zh, price in items:
                found["name"].append(Text(en, zh))
                found["price"].append(price)
                found["major"].append(len(found["majors"]) - 1)
                found["minor"].append(len(found["minors"]) - 1)
    return found | {key: np.array(found[key], dtype=np.int64) for key in ("price", "major", "minor")}


@cache
def together() -> Integers:
    """Return for each product the one that people buy with it, or -1."""
    names = [name.en for name in catalogue()["name"]]
    companion = np.full(len(names), -1, dtype=np.int64)
    for product, other in pool("products")["together"]:
        companion[names.index(product)] = names.index(other)
    return companion


def _rounded(price: Integers) -> Integers:
    # As on a price list: ...8 and ...9 for dear things, whole yuan for the rest.
    return np.where(price >= 1000, price // 10 * 10 + 8, np.where(price >= 200, price // 10 * 10 + 9, price))


def _launched(world: World, n: int) -> Integers:
    stream = world.stream("products", "launched_on")
    late = stream.chance(_NEW, n)
    early = stream.between(day("2014-03-01"), day("2020-12-01"), n)
    return np.where(late, stream.between(START + 200, TODAY - 300, n), early)


def _prices(world: World, today: Integers) -> Integers:
    """Return whole yuan by product and year: today's price less the rises since."""
    rise = world.stream("products", "rise").between(4, 28, len(today))
    years_ago = np.arange(YEARS - 1, -1, -1, dtype=np.int64)
    return np.maximum((today[:, None] * (1000 - rise[:, None] * years_ago) + 500) // 1000, 1)


def _costs(world: World, prices: Integers) -> Integers:
    """Return cents by product and quarter: a share of the price that wanders."""
    n = len(prices)
    normal = world.stream("products", "unit_cost").spread("normal", n)
    share = np.clip(_COST + normal * _COST_SPREAD // SCALE, 560, 1090)
    steps = world.stream("products", "cost_steps").between(-9, 9, n * QUARTERS).reshape(n, QUARTERS)
    wandering = np.cumsum(steps, axis=1, dtype=np.int64)
    year = np.arange(QUARTERS, dtype=np.int64) // 4
    return prices[:, year] * (share[:, None] * 1000 + share[:, None] * wandering) // 10_000


def _wanted(world: World, launched: Integers) -> Integers:
    """Return how much each product is wanted: a few sell everywhere, some never."""
    n = len(launched)
    wanted = world.stream("products", "wanted").spread("lognormal_180", n) + 5
    never = world.stream("products", "never_sold").order(n) < n * world.flaws.never_sold // 1000
    return np.where(never, 0, wanted)


def _instead(wanted: Integers, major: Integers, launched: Integers) -> Integers:
    """Return for each product the most wanted of its category that was always on sale."""
    always = np.where(launched < START, wanted, -1)
    same = major[:, None] == major[None, :]
    return np.argmax(np.where(same, always[None, :], -2), axis=1).astype(np.int64)


def price_on(world: World, product: Integers, days: Integers) -> Integers:
    """Return the price in cents of each product (by row) on each day."""
    return world.hidden["prices"]["price"][product, year_of(days)] * 100


def cost_on(world: World, product: Integers, days: Integers) -> Integers:
    """Return what one unit of each product (by row) costs in cents on each day."""
    return world.hidden["prices"]["cost"][product, quarter_of(days)]
