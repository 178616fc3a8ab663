"""Stock movements: all that comes into a warehouse or leaves it, and what is there afterwards."""

from __future__ import annotations

import numpy as np

from crmlab.company.schema import MOVEMENTS
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.calendar import DAYS, START
from crmlab.company.world.purchases import Moved, warehouse
from crmlab.company.world.ragged import starts
from crmlab.company.world.sorting import in_order, number_upto
from crmlab.company.world.streams import Integers

#: Within a day they are booked in this order, so that no sale leaves before what arrives the same day.
OPENING, PURCHASE, RETURN, ADJUSTMENT, SALE = range(len(MOVEMENTS))


@process(makes=["stock_movements"], needs=["purchases"], ids=(1_000_001, 1_000_000))
def stock_movements(world: World) -> None:
    """Book the opening stock, purchases, returns, differences and sales, in the order of time."""
    kinds = [_opened(world), _bought(world), *_moved(world)]
    rows = {name: np.concatenate([kind[name] for kind in kinds]) for name in kinds[0]}
    sequence = in_order(rows["day"], rows["kind"])
    rows = {name: column[sequence] for name, column in rows.items()}
    n, product, days = len(sequence), rows["product"], rows["day"]
    world.tables["stock_movements"] = {
        "movement_id": world.ids("stock_movements", n),
        "warehouse": warehouse(world, n),
        "product_id": world.numbers("products", "product_id")[product],
        "moved_on": START + days,
        "kind": rows["kind"],
        "quantity": rows["quantity"],
        "balance": _balance(product, rows["quantity"]),
        "is_back_ordered": _back_ordered(world, product, days),
        "line_id": rows["line_id"],
        "purchase_id": rows["purchase_id"],
    }


def _movements(
    kind: int | Integers,
    product: Integers,
    day: int | Integers,
    quantity: Integers,
    line_id: int | Integers = MISSING,
    purchase_id: int | Integers = MISSING,
) -> dict[str, Integers]:
    given = {
        "kind": kind,
        "product": product,
        "day": day,
        "quantity": quantity,
        "line_id": line_id,
        "purchase_id": purchase_id,
    }
    return {
        name: np.broadcast_to(np.asarray(value, dtype=np.int64), product.shape)
        for name, value in given.items()
    }


def _opened(world: World) -> dict[str, Integers]:
    """Return what was there when the history began."""
    opening = world.hidden["stock"]["opening"]
    product = np.flatnonzero(opening).astype(np.int64)
    return _movements(OPENING, product, 0, opening[product])


def _bought(world: World) -> dict[str, Integers]:
    """Return the purchases that have arrived."""
    bought = world.hidden["purchases"]
    row = np.flatnonzero(bought["received"] < DAYS)
    return _movements(
        PURCHASE,
        bought["product"][row],
        bought["received"][row],
        world.numbers("purchases", "quantity")[row],
        purchase_id=world.numbers("purchases", "purchase_id")[row],
    )


def _moved(world: World) -> list[dict[str, Integers]]:
    """Return what went to customers and came back, and the differences found when stock was counted."""
    goods, counted = Moved(**world.hidden["moved"]), world.hidden["counted"]
    return [
        _movements(
            np.where(goods.quantity > 0, RETURN, SALE),
            goods.product,
            goods.day,
            goods.quantity,
            line_id=world.numbers("order_lines", "line_id")[goods.line],
        ),
        _movements(ADJUSTMENT, counted["product"], counted["day"], counted["quantity"]),
    ]


def _balance(product: Integers, quantity: Integers) -> Integers:
    """Return what is there of the product after each movement."""
    sequence = in_order(product)
    total = np.cumsum(quantity[sequence], dtype=np.int64)
    # What all products before it come to.
    others = np.zeros(int(product.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(others, product, quantity)
    balance = np.empty_like(total)
    balance[sequence] = total - starts(others)[product[sequence]]
    return balance


def _back_ordered(world: World, product: Integers, days: Integers) -> Integers:
    """Return whether customers wait for a product on a day: 1 until the purchase has arrived."""
    late = np.flatnonzero(world.hidden["purchases"]["short"])
    bought = {name: column[late] for name, column in world.hidden["purchases"].items()}

    def at(product: Integers, days: Integers) -> Integers:
        return product * (DAYS + 1) + np.minimum(days, DAYS)

    # All products are laid end to end: of those before it, as many have come as were waited for.
    begun = number_upto(np.sort(at(bought["product"], bought["needed"])), at(product, days))
    ended = number_upto(np.sort(at(bought["product"], bought["received"])), at(product, days))
    return (begun > ended).astype(np.int64)
