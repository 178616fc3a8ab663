"""Purchases: what the company orders from its suppliers so that the shelves do not run empty.

Every partition has a warehouse of its own, so that partitions can be generated apart: an account adds
a warehouse, and no movement of another one changes. Each working Monday the purchaser looks at what is
on hand and on order; what is below the reorder point is ordered up to the target level. Both follow the
sales of the last half-year. What is sold sooner than its purchase arrives is fetched at once; now and
then nobody has it, and the product is on back-order until the purchase arrives.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmlab.company.blocks import CUSTOMERS
from crmlab.company.world import MISSING, Words, World, process
from crmlab.company.world.calendar import DAYS, MINUTES, SPRING_FESTIVALS, START, day
from crmlab.company.world.orders import COMPLETED, SHIPPED
from crmlab.company.world.products import cost_on
from crmlab.company.world.ragged import runs
from crmlab.company.world.sorting import in_order, number_upto
from crmlab.company.world.streams import Integers
from crmlab.locale import Text

# Days of sales kept for safety, and ordered at a time beyond the reorder point.
_SAFETY, _CYCLE = 14, 30
# Days of sales that the purchaser looks back on, and at least.
_HALF_YEAR, _MONTH = 182, 28
# A new product is stocked so many days before its launch and watched so many after it.
_STOCKED_AHEAD, _WATCHED = 40, 120
# Yuan for which a new product is bought first, and for which one lies there that nobody wants.
_FIRST_LOT, _DEAD = (4_000, 12_000), (3_000, 25_000)
# Units in a pack, by the price in yuan from which on.
_PACKS = ((0, 20), (40, 10), (200, 5), (800, 2), (1500, 1))
# In a thousand: purchases from the second supplier. Days by which late ones are late.
_SECOND, _LATE = 120, (2, 14)
# Stock is counted on the last day of June and of December.
_COUNTS = tuple(day(f"{year}-{end}") - START for year in range(2021, 2026) for end in ("06-30", "12-31"))
# In a thousand of what has been sold since the last count: at most so much is missing or too much.
_MISCOUNTED = 15
# When suppliers do not work, besides Spring Festival: first and last day.
_HOLIDAYS = (("01-01", "01-01"), ("05-01", "05-05"), ("10-01", "10-07"))
# Days after today for which the calendar is needed: the longest a purchase takes.
_AHEAD = 120


class Moved(NamedTuple):
    """Goods that moved: row of the order line or nothing, product, day since the start, units in."""

    line: Integers
    product: Integers
    day: Integers
    quantity: Integers


class Levels(NamedTuple):
    """By review and product: below which position to order, and up to where."""

    reorder: Integers
    target: Integers


@process(makes=["purchases"], needs=["order_lines", "suppliers"], ids=(10_001, 100_000))
def purchases(world: World) -> None:
    """Order by the rule, and receive; purchases are numbered in the order of time."""
    moved = _delivered(world)
    counted = _counted(world, moved)
    goods = Moved(*(np.concatenate(both) for both in zip(moved, counted, strict=True)))
    usual = _usual(moved, len(world.numbers("products", "product_id")))
    levels = _levels(world, usual, goods)
    opening = _opening(world, levels, usual)
    ordered = _ordered(world, goods, opening, levels)
    bought = _received(world, goods, opening, ordered)
    sequence = in_order(bought["ordered"], bought["product"])
    bought = {name: column[sequence] for name, column in bought.items()}
    product, n = bought["product"], len(sequence)
    received = bought["received"]
    world.tables["purchases"] = {
        "purchase_id": world.ids("purchases", n),
        "supplier_id": world.numbers("suppliers", "supplier_id")[bought["supplier"]],
        "product_id": world.numbers("products", "product_id")[product],
        "warehouse": warehouse(world, n),
        "ordered_on": START + bought["ordered"],
        "expected_on": START + bought["expected"],
        "received_on": np.where(received < DAYS, START + received, MISSING),
        "quantity": bought["quantity"],
        "unit_cost_cents": cost_on(world, product, START + bought["ordered"]),
        "is_urgent": bought["urgent"],
    }
    world.hidden["stock"] = {"opening": opening}
    world.hidden["moved"] = moved._asdict()
    world.hidden["counted"] = counted._asdict()
    world.hidden["purchases"] = {name: bought[name] for name in ("product", "needed", "received", "short")}


def warehouse(world: World, n: int) -> Words:
    """Return the warehouse of this partition for ``n`` rows."""
    code = f"W{world.partition + 1}"
    return Words(np.zeros(n, dtype=np.int64), [Text(code, code)])


def _delivered(world: World) -> Moved:
    """Return what left for customers and came back: orders move stock when they are shipped or completed."""
    status = world.numbers("orders", "status")[world.hidden["order_lines"]["order"]]
    line = np.flatnonzero((status == SHIPPED) | (status == COMPLETED)).astype(np.int64)
    product = world.numbers("order_lines", "product_id")[line] - world.numbers("products", "product_id")[0]
    days = world.numbers("order_lines", "booked_at")[line] // MINUTES - START
    return Moved(line, product, days, -world.numbers("order_lines", "quantity")[line])


def _counted(world: World, moved: Moved) -> Moved:
    """Return the differences found when stock is counted: more is missing than too much."""
    n = len(world.tables["products"]["product_id"])
    counts = np.array(_COUNTS, dtype=np.int64)
    period = number_upto(counts + 1, moved.day)
    sold = np.zeros((len(counts) + 1, n), dtype=np.int64)
    np.add.at(sold.ravel(), period * n + moved.product, -moved.quantity)
    sold = np.maximum(sold[:-1].ravel(), 0)
    size = len(sold)
    wrong = world.stream("stock_movements", "miscounted").chance(world.flaws.miscounted, size) & (sold > 0)
    most = sold * _MISCOUNTED // 1000
    units = 1 + world.stream("stock_movements", "difference").below(most + 1, size)
    too_much = world.stream("stock_movements", "too_much").chance(300, size)
    found = np.flatnonzero(wrong).astype(np.int64)
    return Moved(
        np.full(len(found), MISSING, dtype=np.int64),
        found % n,
        counts[found // n],
        np.where(too_much, units, -units)[found],
    )


def _left(goods: Moved, products: int, days: Integers) -> Integers:
    """Return by day and product how much had left, net, before each of ``days``, which are in order."""
    # Before how many of the days each day of the history lies, and so from which of them on it counts.
    upto = number_upto(days, np.arange(DAYS, dtype=np.int64))
    net = np.zeros((len(days) + 1, products), dtype=np.int64)
    np.add.at(net.ravel(), upto[goods.day] * products + goods.product, -goods.quantity)
    return np.cumsum(net[:-1], axis=0, dtype=np.int64)


def _levels(world: World, usual: Integers, goods: Moved) -> Levels:
    """Return reorder points and target levels by the sales of the half-year before each review.

    The half-year before the history is not on file: its first half-year stands for it.
    """
    reviews = _reviews()[:, None]
    launched = np.maximum(world.numbers("products", "launched_on") - START, 0)
    until = np.maximum(reviews, _HALF_YEAR)
    since = np.maximum(until - _HALF_YEAR, 0)
    days = np.clip(until - np.maximum(since, launched), _MONTH, _HALF_YEAR)
    sold = _left(goods, len(usual), until[:, 0]) - _left(goods, len(usual), since[:, 0])
    per_day = np.maximum(sold, 0) * 1000 // days
    reorder = per_day * (_cover(world) + _SAFETY) // 1000 + np.where(per_day > 0, usual, 0)
    target = reorder + per_day * _CYCLE // 1000
    new = (reviews >= launched - _STOCKED_AHEAD) & (reviews < launched + _WATCHED) & (launched > 0)
    first = _worth(world, "first_lot", _FIRST_LOT)
    return Levels(
        np.where(new, np.maximum(reorder, (first + 1) // 2), reorder),
        np.where(new, np.maximum(target, first), target),
    )


def _usual(moved: Moved, products: int) -> Integers:
    """Return how many units of each product one line is about, on average."""
    units, lines = np.zeros((2, products), dtype=np.int64)
    np.add.at(units, moved.product, np.maximum(-moved.quantity, 0))
    np.add.at(lines, moved.product, (moved.quantity < 0).astype(np.int64))
    return -(-units // np.maximum(lines, 1))


def _cover(world: World) -> Integers:
    """Return the days from each review until what the next one orders arrives, by product."""
    reviews = np.append(_reviews(), DAYS + 7)
    lead = world.numbers("suppliers", "lead_days")[world.hidden["suppliers"]["first"]]
    return _open_from()[reviews[1:, None] + lead] - reviews[:-1, None]


def _opening(world: World, levels: Levels, usual: Integers) -> Integers:
    """Return what was there when the history began: nothing of what was launched later."""
    n = levels.target.shape[1]
    low, high = levels.reorder[0], np.maximum(levels.target[0], usual)
    alive = low + (high - low) * world.stream("stock_movements", "opening").below(1000, n) // 1000
    dead = _worth(world, "dead", _DEAD)
    pack = _packs(world)
    opening = -(-np.where(world.hidden["demand"]["wanted"] == 0, dead, alive) // pack) * pack
    return np.where(world.numbers("products", "launched_on") <= START, opening, 0)


def _worth(world: World, column: str, yuan: tuple[int, int]) -> Integers:
    """Return how many units of each product so many yuan buy: less in a smaller company."""
    price = world.hidden["prices"]["price"][:, 0]
    spent = world.stream("purchases", column).between(*yuan, len(price)) * world.customers // CUSTOMERS
    return np.maximum(spent // price, 1)


def _packs(world: World) -> Integers:
    """Return how many units of each product are in a pack: purchases are whole packs."""
    limits, sizes = np.array(_PACKS, dtype=np.int64).T
    return sizes[np.searchsorted(limits, world.hidden["prices"]["price"][:, 0], side="right") - 1]


def _ordered(world: World, goods: Moved, opening: Integers, levels: Levels) -> Integers:
    """Return what each review orders of each product, by what is on hand and on order."""
    ordered = np.zeros_like(levels.target)
    supplied, pack = opening.copy(), _packs(world)
    gone = _left(goods, len(opening), _reviews())
    for lots, low, full in zip(ordered, gone + levels.reorder, gone + levels.target, strict=True):
        lots[:] = (supplied - full) // pack * -pack * (supplied < low)
        supplied += lots
    return ordered


def _received(world: World, goods: Moved, opening: Integers, ordered: Integers) -> dict[str, Integers]:
    """Return the purchases, with days since the start: when ordered, expected, needed and received."""
    product, review = (rows.astype(np.int64) for rows in np.nonzero(ordered.T))
    before = opening + np.cumsum(ordered, axis=0, dtype=np.int64) - ordered
    needed = _needed(goods, before[review, product], product)
    placed = np.minimum(_reviews()[review], needed)
    kept = placed < DAYS
    product, review, needed, placed = product[kept], review[kept], needed[kept], placed[kept]
    n = len(product)
    sources = world.hidden["suppliers"]
    second = world.stream("purchases", "supplier_id").chance(_SECOND, n)
    supplier = np.where(second, sources["second"][product], sources["first"][product])
    expected = _open_from()[placed + world.numbers("suppliers", "lead_days")[supplier]]
    late = world.stream("purchases", "late").chance(sources["late"][supplier], n)
    delay = np.where(late, world.stream("purchases", "delay").between(*_LATE, n), 0)
    arrives = _open_from()[expected + delay]
    early = needed < np.minimum(arrives, DAYS)
    # Nobody counts what is not there: no back-order lasts over a count.
    counts = np.array(_COUNTS, dtype=np.int64)
    uncounted = np.searchsorted(counts, needed) == np.searchsorted(counts, arrives)
    short = early & uncounted & world.stream("purchases", "back_ordered").chance(world.flaws.back_ordered, n)
    urgent = early & ~short
    return {
        "product": product,
        "quantity": ordered[review, product],
        "supplier": supplier,
        "ordered": placed,
        "expected": expected,
        "needed": needed,
        "received": np.where(urgent, needed, arrives),
        "urgent": urgent.astype(np.int64),
        "short": short.astype(np.int64),
    }


def _needed(goods: Moved, supplied: Integers, product: Integers) -> Integers:
    """Return the first day whose sales exceed what was ``supplied`` of a product; `DAYS` for none."""
    sequence = in_order(goods.product, goods.day)
    which, days = goods.product[sequence], goods.day[sequence]
    gone = np.cumsum(-goods.quantity[sequence], dtype=np.int64)
    # What counts is what has left by the end of a day.
    closes = np.append((which[1:] != which[:-1]) | (days[1:] != days[:-1]), True)[: len(which)]
    closes = np.flatnonzero(closes)
    which, days, gone = which[closes], days[closes], gone[closes]
    opens, number = runs(which)
    gone = np.maximum(gone - np.append(0, gone)[opens][number], 0)
    # All products are laid end to end, so that one search serves them all.
    room = int(gone.max(initial=0)) + 1
    laid = np.maximum.accumulate(gone + room * which)
    found = np.searchsorted(laid, room * product + np.minimum(supplied, room - 1), side="right")
    return np.where(np.append(which, MISSING)[found] == product, np.append(days, DAYS)[found], DAYS)


@cache
def _open() -> NDArray[np.bool_]:
    """Return for each day of the history and some after it whether suppliers work and deliver."""
    days = START + np.arange(DAYS + _AHEAD, dtype=np.int64)
    is_open = (days + 3) % 7 < 5
    closed = [(festival - 6, festival + 9) for festival in SPRING_FESTIVALS.values()]
    for year in SPRING_FESTIVALS:
        closed += [(day(f"{year}-{first}"), day(f"{year}-{last}")) for first, last in _HOLIDAYS]
    for first, last in closed:
        is_open &= (days < first) | (days > last)
    return is_open


@cache
def _open_from() -> Integers:
    """Return for each day the first one from it on when goods can be received."""
    days = np.arange(DAYS + _AHEAD, dtype=np.int64)
    after = np.where(_open(), days, DAYS + _AHEAD)
    return np.minimum.accumulate(after[::-1])[::-1]


@cache
def _reviews() -> Integers:
    """Return the days of review: Mondays when suppliers work, and the day after today.

    The last review orders nothing but what is missing already, and that is ordered when it is missing.
    """
    days = np.flatnonzero(_open()[:DAYS]).astype(np.int64)
    return np.append(days[(START + days + 3) % 7 == 0], DAYS)
