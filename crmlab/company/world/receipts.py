"""Receipts: who pays when, in how many parts, and what goes wrong with it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crmlab.company.world import Words, World, process
from crmlab.company.world.calendar import MINUTES, START, TODAY
from crmlab.company.world.orders import CANCELLED, DRAFT
from crmlab.company.world.people import CREDIT_CONTROLLER, owner_on
from crmlab.company.world.ragged import parents, starts
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import Integers
from crmlab.locale import Text

#: Kinds of payers, how many of twenty customers are of each, and how far behind the others they come.
PAYERS = ("prompt", "slow", "late")
_OF_TWENTY = parents(np.array([11, 6, 3], dtype=np.int64))
_TARDINESS = np.array([0, 450, 900], dtype=np.int64)
# Days late, and how much of a thousand yuan is paid by then.
_PAID_BY = (
    *((0, 632), (10, 647), (20, 690), (30, 770), (45, 866), (60, 888)),
    *((75, 902), (90, 928), (120, 976), (150, 992), (180, 1000)),
)
# Bills are paid in that proportion in every cycle of so many that come due together.
_CYCLE = 100
# In how many parts an order is paid: some in two; above so many cents in two, in three.
_PARTS = 90
_TWO_PARTS, _THREE_PARTS = 600_000, 1_200_000
# Cents below which nobody goes to court; how often the owner keys in the receipt, in a thousand.
_SMALL = 150_000
_BY_OWNER = 300
_METHODS = np.array([78, 13, 6, 3], dtype=np.int64)


@process(makes=["receipts"], needs=["orders", "order_lines"], ids=(500_001, 200_000))
def receipts(world: World) -> None:
    """Receive payments, pay back returns, and book a few to the wrong customer."""
    payer = _payers(world)
    world.hidden["payers"] = {"payer": payer}
    world.truth["payers"] = {
        "customer_id": world.numbers("customers", "customer_id"),
        "payer": Words(payer, [Text(name, name) for name in PAYERS]),
    }
    paid = _payments(world)
    kept = np.flatnonzero((paid["cents"] != 0) & (paid["day"] >= START) & (paid["day"] <= TODAY))
    paid = {name: column[kept] for name, column in paid.items()}
    sequence = in_order(paid["day"], paid["order"], paid["cents"])
    paid = {name: column[sequence] for name, column in paid.items()}
    n = len(sequence)
    world.tables["receipts"] = {
        "receipt_id": world.ids("receipts", n),
        "customer_id": _credited(world, paid["order"]),
        "order_id": world.numbers("orders", "order_id")[paid["order"]],
        "received_on": paid["day"],
        "amount_cents": paid["cents"],
        "method": world.stream("receipts", "method").choose(_METHODS, n),
        "recorder_id": _recorder(world, paid["order"], paid["day"]),
    }


def _payments(world: World) -> dict[str, Integers]:
    """Return bills paid and money paid back, of all orders that are paid at all."""
    placed, status = world.hidden["orders"], world.numbers("orders", "status")
    sold, returns = world.hidden["sales"]["net"], _returns(world)
    pays = (status != DRAFT) & (status != CANCELLED) & ~_never(world, sold)
    bills = _bills(world, sold)
    order = bills["order"]
    ahead = placed["day"] - world.stream("receipts", "prepaid_days").between(2, 30, len(sold))
    paid_on = np.where(bills["ahead"] == 1, ahead[order], _paid_on(world, bills))
    paid_on = paid_on[in_order(order, paid_on)]  # the parts of an order one after the other
    # What has come back by the day of the last bill is taken off it.
    last = np.flatnonzero(np.append(np.diff(order), 1)[: len(order)])
    settled = np.zeros(len(sold), dtype=np.int64)
    settled[order[last]] = paid_on[last]
    cents = bills["cents"]
    cents[last] = np.maximum(cents[last] - _returned_by(returns, settled)[order[last]], 0)
    back = _refunds(world, returns, settled, pays)
    return {
        "order": np.concatenate([order, back["order"]]),
        "day": np.concatenate([paid_on, back["day"]]),
        "cents": np.concatenate([np.where(pays[order], cents, 0), back["cents"]]),
    }


def _bills(world: World, sold: Integers) -> dict[str, Integers]:
    """Split orders into what is paid at a time: large ones in two or three parts, some partly ahead."""
    n = len(sold)
    ahead = world.stream("receipts", "prepaid").chance(world.flaws.prepaid, n)
    split = world.stream("receipts", "parts").chance(_PARTS, n) | ahead
    parts = 1 + np.maximum(split, (sold > _TWO_PARTS).astype(np.int64) + (sold > _THREE_PARTS))
    order = parents(parts)
    first = np.append(True, np.diff(order) > 0)[: len(order)]
    last = np.append(first[1:], True)[: len(order)]
    # All but the last part are round sums.
    even = sold // parts // 10_000 * 10_000
    cents = np.where(last, sold[order] - even[order] * (parts[order] - 1), even[order])
    return {"order": order, "cents": cents, "ahead": (ahead[order] & first & ~last).astype(np.int64)}


def _returns(world: World) -> dict[str, Integers]:
    """Return what came back, line by line."""
    lines, booked = world.hidden["order_lines"], world.numbers("order_lines", "booked_at")
    back = np.flatnonzero(lines["net"] < 0)
    return {
        "order": lines["order"][back],
        "day": booked[back] // MINUTES,
        "cents": -lines["net"][back],
    }


def _returned_by(returns: dict[str, Integers], day: Integers) -> Integers:
    """Return what had come back of each order by the ``day`` of its last payment."""
    back = np.zeros(len(day), dtype=np.int64)
    early = returns["day"] <= day[returns["order"]]
    np.add.at(back, returns["order"][early], returns["cents"][early])
    return back


def _paid_on(world: World, bills: dict[str, Integers]) -> Integers:
    """Return the day on which each bill is paid: about the due day, or late by the payer's habits."""
    order = bills["order"]
    placed, due = world.hidden["orders"], world.numbers("orders", "due_on")[order]
    payer = world.hidden["payers"]["payer"][placed["customer"]][order]
    late = _days_late()[_places(world, payer, due, bills["cents"])]
    early = world.stream("receipts", "early").below(9, len(order))
    return np.maximum(due + late - early * (late == 0), placed["day"][order] + 1)


def _payers(world: World) -> Integers:
    """Return what kind of payer each customer is: the same mix among large and small ones."""
    drawn, n = world.hidden["behaviour"], world.customers
    weight = drawn["rate"] * drawn["basket"] * (world.numbers("customers", "size") + 1)
    by_weight = in_order((drawn["left"] > TODAY).astype(np.int64), weight)
    block = np.empty(n, dtype=np.int64)
    block[by_weight] = np.arange(n, dtype=np.int64) // len(_OF_TWENTY)
    shuffled = in_order(block, world.stream("receipts", "payer").words(n).view(np.int64))
    payer = np.empty(n, dtype=np.int64)
    payer[shuffled] = np.resize(_OF_TWENTY, n)
    return payer


@cache
def _days_late() -> Integers:
    """Return how many days late each of a thousand yuan is paid, the promptest first."""
    days = [0] * _PAID_BY[0][1]
    for (day, paid), (next_day, next_paid) in pairwise(_PAID_BY):
        width = next_paid - paid
        days += [day + 1 + (next_day - day) * i // width for i in range(width)]
    return np.array(days, dtype=np.int64)


def _places(world: World, payer: Integers, due: Integers, cents: Integers) -> Integers:
    """Return the place of each bill among a thousand yuan, from the promptest to the latest.

    Bills that come due together queue up, late payers mostly behind prompt ones, and each takes as
    much room as it is worth. So the receivables of any day show the same habits, although a few bills
    are most of their value.
    """
    n = len(due)
    cycle = np.empty(n, dtype=np.int64)
    cycle[in_order(due)] = np.arange(n, dtype=np.int64) // _CYCLE
    queue = in_order(cycle, _TARDINESS[payer] + world.stream("receipts", "queue").below(1000, n))
    value = cents[queue] + 1
    total = np.zeros(n // _CYCLE + 1, dtype=np.int64)
    np.add.at(total, cycle, cents + 1)
    before = starts(value) - starts(total)[cycle[queue]]
    places = np.empty(n, dtype=np.int64)
    places[queue] = (before + value // 2) * 1000 // total[cycle[queue]]
    return places


def _never(world: World, sold: Integers) -> NDArray[np.bool_]:
    """Return which orders are never paid: small ones that nobody goes to court for."""
    # About one order in ten is that small.
    chance = np.where(sold < _SMALL, world.flaws.never_paid * 11, 0)
    return world.stream("receipts", "never_paid").chance(chance, len(sold))


def _refunds(
    world: World, returns: dict[str, Integers], paid_on: Integers, pays: NDArray[np.bool_]
) -> dict[str, Integers]:
    """Return what is paid back for goods that came back after they were paid."""
    n = len(returns["order"])
    after = world.stream("receipts", "refund_after").between(5, 40, n)
    refunded = ~world.stream("receipts", "no_refund").chance(world.flaws.no_refund, n)
    due = refunded & pays[returns["order"]] & (returns["day"] > paid_on[returns["order"]])
    return {
        "order": returns["order"],
        "day": returns["day"] + after,
        "cents": np.where(due, -returns["cents"], 0),
    }


def _credited(world: World, order: Integers) -> Integers:
    """Return the customer to whom each receipt is credited: now and then the wrong one."""
    right, customers = world.hidden["orders"]["customer"][order], world.customers
    n = len(order)
    wrong = np.flatnonzero(world.stream("receipts", "wrong_customer").chance(world.flaws.wrong_customer, n))
    other = world.stream("receipts", "customer_id").below(max(customers - 1, 1), n)
    right[wrong] = (right + 1 + other)[wrong] % customers
    return world.numbers("customers", "customer_id")[right]


def _recorder(world: World, order: Integers, days: Integers) -> Integers:
    """Return who keyed each receipt in: the credit controller, or the customer's owner on that day."""
    customer = world.hidden["orders"]["customer"][order]
    first_owner = world.hidden["customers"]["first_owner"]
    recorder = np.full(len(order), CREDIT_CONTROLLER, dtype=np.int64)
    by_owner = np.flatnonzero(world.stream("receipts", "recorder").chance(_BY_OWNER, len(order)))
    recorder[by_owner] = owner_on(world, first_owner[customer[by_owner]], days[by_owner])
    return world.numbers("employees", "employee_id")[recorder]
