"""Order lines: what is in each basket, at what price, discount and cost, and what comes back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.company.world import MISSING, World, process
from crmlab.company.world.behaviour import SEASONAL
from crmlab.company.world.calendar import MINUTES, TODAY
from crmlab.company.world.orders import COMPLETED
from crmlab.company.world.products import cost_on, price_on, together
from crmlab.company.world.ragged import parents, starts
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import SCALE, Integers

_NUMBER = np.array([26, 27, 20, 13, 8, 4, 2], dtype=np.int64)
# Favourite major category by industry; gifts for the seasonal ones.
_FAVOURITES = np.array(
    [
        [14, 24, 20, 12, 10, 20],
        [20, 34, 22, 14, 4, 6],
        [14, 26, 20, 10, 6, 24],
        [10, 28, 22, 10, 18, 12],
        [6, 16, 14, 16, 32, 16],
        [18, 26, 24, 14, 14, 4],
        [14, 14, 44, 14, 10, 4],
        [16, 24, 18, 12, 6, 24],
        [10, 26, 20, 8, 8, 28],
        [18, 30, 24, 14, 10, 4],
    ],
    dtype=np.int64,
)
_GIFTS = 4
_FAVOURED = 6
#: In a thousand: lines of a product that are followed by what goes with it.
FOLLOWED = 300
# Yuan that a customer of each size spends on a line, in the middle.
_SPENDS = np.array([1900, 2150, 2500, 2950], dtype=np.int64)
_DISCOUNTS = np.array([0, 3, 5, 8, 10], dtype=np.int64)
_DISCOUNT_BY_SIZE = np.array(
    [[80, 12, 6, 2, 0], [64, 18, 12, 5, 1], [44, 20, 20, 12, 4], [25, 20, 25, 20, 10]]
)


@process(makes=["order_lines"], needs=["orders", "products"], ids=(1_000_001, 1_000_000))
def order_lines(world: World) -> None:
    """Fill the baskets, then book what comes back; lines are numbered in the order of time."""
    sold = _sold(world)
    world.hidden["sales"] = _sales(sold, len(world.hidden["orders"]["day"]))
    returned, back = _returned(world, sold)
    lines = {name: np.concatenate([sold[name], back[name]]) for name in sold}
    place = np.append(np.arange(len(sold["order"]), dtype=np.int64), returned)
    sequence = in_order(lines["booked_at"], place)  # places go by orders
    lines = {name: column[sequence] for name, column in lines.items()}
    n = len(sequence)
    line_id = world.ids("order_lines", n)
    new_place = np.empty(n, dtype=np.int64)
    new_place[sequence] = np.arange(n, dtype=np.int64)
    returned_line_id = np.full(n, MISSING, dtype=np.int64)
    returned_line_id[new_place[len(sold["order"]) :]] = line_id[new_place[returned]]
    world.tables["order_lines"] = {
        "line_id": line_id,
        "order_id": world.numbers("orders", "order_id")[lines["order"]],
        "product_id": world.numbers("products", "product_id")[lines["product"]],
        "booked_at": lines["booked_at"],
        "quantity": lines["quantity"],
        "unit_price_cents": lines["price"],
        "discount": lines["discount"],
        "unit_cost_cents": lines["cost"],
        "returned_line_id": returned_line_id,
    }
    world.hidden["order_lines"] = {"order": lines["order"], "net": net_cents(lines)}


def net_cents(lines: dict[str, Integers]) -> Integers:
    """Return what each line brings, in cents: exact, as prices are whole yuan."""
    return lines["quantity"] * (lines["price"] // 100) * (100 - lines["discount"])


def _sales(sold: dict[str, Integers], orders: int) -> dict[str, Integers]:
    """Return what each order was sold for and what it cost, in cents, before anything comes back."""
    net, cost = np.zeros((2, orders), dtype=np.int64)
    np.add.at(net, sold["order"], net_cents(sold))
    np.add.at(cost, sold["order"], sold["quantity"] * sold["cost"])
    return {"net": net, "cost": cost}


def _sold(world: World) -> dict[str, Integers]:
    """Return the lines of all orders, with prices and costs of their day."""
    order, product = _baskets(world)
    placed, spends = world.hidden["orders"], _spends(world)
    days, customer = placed["day"][order], placed["customer"][order]
    n = len(order)
    price = price_on(world, product, days)
    yuan = spends[order] * world.stream("order_lines", "quantity").quantile("lognormal_50", n) // SCALE
    quantity = _handy(np.maximum(yuan * 100 // price, 1))
    return {
        "order": order,
        "product": product,
        "booked_at": world.numbers("orders", "ordered_at")[order],
        "quantity": quantity,
        "price": price,
        "discount": _discount(world, customer, quantity * price),
        "cost": cost_on(world, product, days),
    }


def _baskets(world: World) -> tuple[Integers, Integers]:
    """Return order and product of each line, each product once in an order."""
    placed = world.hidden["orders"]
    orders = len(placed["day"])
    number = world.stream("order_lines", "number").choose(_NUMBER, orders) + 1
    order = parents(number)
    order, product = _repeated(world, order, number, _picked(world, order))
    # What is not yet on the market is replaced by a product that is.
    launched = world.numbers("products", "launched_on")
    on_sale = launched[product] <= placed["day"][order]
    product = np.where(on_sale, product, world.hidden["demand"]["instead"][product])
    once = np.flatnonzero(_once(order * len(launched) + product))
    return order[once], product[once]


def _once(key: Integers) -> NDArray[np.bool_]:
    """Return which lines are not the same as one before them; those of an order stand together."""
    once = np.ones(len(key), dtype=bool)
    for back in range(1, len(_NUMBER)):
        once[back:] &= key[back:] != key[:-back]
    return once


def _repeated(
    world: World, order: Integers, number: Integers, product: Integers
) -> tuple[Integers, Integers]:
    """Give an order that was cancelled and repeated later the products of the later one."""
    placed = world.hidden["orders"]
    by_customer = in_order(placed["customer"])
    again = np.flatnonzero(np.diff(placed["customer"][by_customer]) == 0)
    later = np.arange(len(number), dtype=np.int64)
    later[by_customer[again]] = by_customer[again + 1]
    like = np.where(placed["repeated"] == 1, later, np.arange(len(number), dtype=np.int64))
    first = starts(number)
    copied = parents(number[like])
    begins = starts(number[like])
    moved = first[like] - begins
    return copied, product[np.arange(len(copied), dtype=np.int64) + moved[copied]]


def _picked(world: World, order: Integers) -> Integers:
    """Pick a product for each line: mostly from the customer's favourites, or what goes with the last."""
    n = len(order)
    demand, placed = world.hidden["demand"], world.hidden["orders"]
    majors = np.arange(_FAVOURITES.shape[1], dtype=np.int64)
    industry = world.numbers("customers", "industry")
    favourite = world.stream("order_lines", "favourite").choose(_FAVOURITES, world.customers, rows=industry)
    favourite[world.hidden["behaviour"]["type"] == SEASONAL] = _GIFTS
    weights = demand["wanted"] * np.where(demand["major"] == majors[:, None], _FAVOURED, 1)
    rows = favourite[placed["customer"][order]]
    product = world.stream("order_lines", "product").choose(weights, n, rows=rows)
    companion = together()[np.roll(product, 1)]
    follows = (np.roll(order, 1) == order) & (companion >= 0) & (demand["wanted"][companion] > 0)
    return np.where(follows & world.stream("order_lines", "together").chance(FOLLOWED, n), companion, product)


def _spends(world: World) -> Integers:
    """Return the yuan that a line of each order is about: by the customer's size and habits."""
    customer = world.hidden["orders"]["customer"]
    size = world.numbers("customers", "size")[customer]
    return _SPENDS[size] * world.hidden["behaviour"]["basket"][customer] // SCALE


def _handy(quantity: Integers) -> Integers:
    """Return quantities as people order them: tens when it is many."""
    fives, tens = quantity // 5 * 5, quantity // 10 * 10
    return quantity + (fives - quantity) * (quantity >= 20) + (tens - fives) * (quantity >= 100)


def _discount(world: World, customer: Integers, cents: Integers) -> Integers:
    """Return whole percents: what the customer is used to, and more on a large line."""
    size = world.numbers("customers", "size")
    usual = world.stream("order_lines", "usual_discount").choose(
        _DISCOUNT_BY_SIZE, world.customers, rows=size
    )
    given = world.stream("order_lines", "discount").chance(750, len(customer))
    large = np.where(cents > 2_000_000, 4, np.where(cents > 800_000, 2, 0))
    return _DISCOUNTS[usual[customer]] * given + large


def _returned(world: World, sold: dict[str, Integers]) -> tuple[Integers, dict[str, Integers]]:
    """Return which lines come back, whole or in part, and how: some weeks later at the terms of the sale."""
    n = len(sold["order"])
    chance = world.stream("order_lines", "returned").chance(world.flaws.returned, n)
    later = world.stream("order_lines", "returned_after").between(4, 75, n)
    minute = world.stream("order_lines", "returned_minute").between(540, 1050, n)
    day = world.hidden["orders"]["day"][sold["order"]] + later
    whole = world.stream("order_lines", "returned_whole").chance(350, n)
    part = 1 + world.stream("order_lines", "returned_quantity").below((sold["quantity"] + 1) // 2, n)
    completed = world.numbers("orders", "status")[sold["order"]] == COMPLETED
    rows = np.flatnonzero(chance & completed & (day <= TODAY)).astype(np.int64)
    back = {name: column[rows] for name, column in sold.items()}
    back["quantity"] = -np.where(whole[rows], back["quantity"], part[rows])
    back["booked_at"] = day[rows] * MINUTES + minute[rows]
    return rows, back
