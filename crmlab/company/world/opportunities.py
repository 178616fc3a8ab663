"""Opportunities: deals that are won, lost or open, and what will become of the open ones.

What is won ends in an order that exists, so the deals that were won are laid before orders; those that were
lost lie anywhere in a customer's time, and the open ones are drawn as the deals that are under way today.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.company.schema import COMPETITORS, OUTCOMES, STAGES
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.behaviour import PROSPECT
from crmlab.company.world.calendar import TODAY
from crmlab.company.world.duties import recorder_on, some_day, workday, workday_number
from crmlab.company.world.orders import CANCELLED, DRAFT
from crmlab.company.world.people import owner_on
from crmlab.company.world.ragged import parents, starts
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import SCALE, Integers

OPEN, WON, LOST = range(len(OUTCOMES))
CONTACT, NEEDS, PROPOSAL, QUOTATION, NEGOTIATION = range(len(STAGES))

# Deals of a customer in thousandths, by type (see `behaviour.TYPES`): when it is new, and in each year.
_WHEN_NEW = np.array([900, 900, 800, 900, 1050, 1000], dtype=np.int64)
_A_YEAR = np.array([1300, 1050, 600, 550, 250, 200], dtype=np.int64)
# The chance of a deal in a thousand, by source; in percent of it without and with a competitor.
_CHANCE = np.array([405, 300, 280, 160, 275, 140, 315, 300], dtype=np.int64)
_ALONE, _CONTESTED = 124, 82
# In how many deals no competitor is known, and how many each of them bids for.
_BIDS = np.array([45, 15, 13, 11, 9, 7], dtype=np.int64)
# Workdays from the opening to the end, in the middle; those under way on any given day are longer ones.
_DAYS_WON, _DAYS_LOST, _DAYS_OPEN = 26, 36, 43
# More days than any deal takes.
_NEVER = 1 << 30
# Days that a deal takes on average; in which a customer is new; in which nobody knows that it has gone.
_UNDER_WAY, _NEW, _HOPE = 50, 120, 200
# In which stage the lost ones end.
_ENDS = np.array([22, 24, 20, 19, 15], dtype=np.int64)
# Reasons without and with a competitor.
_REASONS = np.array([[26, 0, 28, 16, 8, 22], [33, 30, 10, 10, 9, 8]], dtype=np.int64)
# Cents that customers of each size who never bought would spend.
_WOULD_SPEND = np.array([500_000, 600_000, 750_000, 950_000], dtype=np.int64)
_LARGER = 165
_HUNDRED_YUAN = 10_000


@process(makes=["opportunities"], needs=["behaviour", "orders", "order_lines"], ids=(30_001, 10_000))
def opportunities(world: World) -> None:
    """Enter the opportunities in the order of their opening; set apart how the open ones will end."""
    deals = _dated(world, _decided(world, _deals(world)))
    deals |= _course(world, deals)
    sequence = in_order(deals["opened"], deals["customer"])
    deals = {name: column[sequence] for name, column in deals.items()}
    customer, opened, closed = deals["customer"], deals["opened"], deals["closed"]
    n = len(customer)
    outcome = np.where(closed > TODAY, OPEN, np.where(deals["wins"] == 1, WON, LOST))
    first_owner = world.hidden["customers"]["first_owner"][customer]
    owner = owner_on(world, first_owner, np.minimum(closed, TODAY))
    opener = owner_on(world, first_owner, opened)
    recorder = recorder_on(world, "opportunities", opener, opened, world.flaws.crm_recorder)
    employee_id = world.numbers("employees", "employee_id")
    expected = _expected(world, deals)
    world.tables["opportunities"] = {
        "opportunity_id": world.ids("opportunities", n),
        "customer_id": world.numbers("customers", "customer_id")[customer],
        "recorder_id": employee_id[recorder],
        "owner_id": employee_id[owner],
        "source": world.numbers("customers", "source")[customer],
        "opened_on": opened,
        "expected_amount_cents": expected,
        "stage": (deals["entered"] != MISSING).sum(axis=1, dtype=np.int64) - 1,
        "closed_on": np.where(outcome == OPEN, MISSING, closed),
        "outcome": outcome.astype(np.int64),
        "lost_reason": _reason(world, deals, outcome),
        "competitor": deals["competitor"],
        "order_id": _order_id(world, deals, outcome),
    }
    world.hidden["opportunities"] = deals | {"expected": expected}
    # How the closed ones ended is known.
    is_open = outcome == OPEN
    world.truth["opportunities"] = {
        "opportunity_id": world.numbers("opportunities", "opportunity_id")[is_open],
        "win_permille": deals["chance"][is_open],
        "wins": deals["wins"][is_open],
        "closes_on": closed[is_open],
    }


def _deals(world: World) -> dict[str, Integers]:
    """Return whose deals there are, closed ones and then open ones, and who else bids."""
    n = world.customers
    kind, left = world.hidden["behaviour"]["type"], world.hidden["behaviour"]["left"]
    created = world.numbers("customers", "created_on")
    days, stayed = TODAY - created, np.maximum(np.minimum(left, TODAY) - created, 0)
    number = _WHEN_NEW[kind] * np.minimum(days, _NEW) // _NEW + _A_YEAR[kind] * stayed // 365
    number = np.where(days > 30, 2 * number + 1000, 1)
    closed = parents(world.stream("opportunities", "number").below(number, n) // 1000)
    # As many as are opened in the days that a deal takes.
    soon = np.where(days < _NEW, _WHEN_NEW[kind] * _UNDER_WAY // _NEW, 0)
    later = np.where(left > TODAY - _HOPE, _A_YEAR[kind] * _UNDER_WAY // 365, 0)
    under_way = np.where(days > 3, soon + later, 0)
    is_open = np.flatnonzero(world.stream("opportunities", "open").chance(under_way, n)).astype(np.int64)
    customer = np.concatenate([closed, is_open])
    bids = world.stream("opportunities", "competitor").choose(_BIDS[: 1 + len(COMPETITORS)], len(customer))
    return {
        "customer": customer,
        "open": (np.arange(len(customer), dtype=np.int64) >= len(closed)).astype(np.int64),
        "competitor": np.where(bids == 0, MISSING, bids - 1),
    }


def _decided(world: World, deals: dict[str, Integers]) -> dict[str, Integers]:
    """Add each deal's chance, whether it is won, and of which order it is the beginning."""
    customer, is_open = deals["customer"], deals["open"] == 1
    drawn, source = world.hidden["behaviour"], world.hidden["customers"]["source"][customer]
    orders, number = _orders_to_win(world)
    buys = (drawn["type"] != PROSPECT) & (drawn["left"] > TODAY)
    may_win = np.where(is_open, buys[customer], number[customer] > 0)
    percent = np.where(deals["competitor"] == MISSING, _ALONE, _CONTESTED)
    chance = np.where(may_win, _CHANCE[source] * percent // 100, 0)
    wins = _evenly(world, chance, source * 2 + is_open)
    # A customer's first win takes its first order, and so on; nobody wins more deals than there are orders.
    won = wins & ~is_open
    nth = np.cumsum(won, dtype=np.int64) - 1 - starts(_number(customer[won], world.customers))[customer]
    won &= nth < number[customer]
    order = np.full(len(customer), MISSING, dtype=np.int64)
    order[won] = orders[(starts(number)[customer] + nth)[won]]
    return deals | {"chance": chance, "wins": (won | (wins & is_open)).astype(np.int64), "order": order}


def _orders_to_win(world: World) -> tuple[Integers, Integers]:
    """Return the orders (by row) that a deal may lead to, customer by customer, and how many each has.

    A customer's larger orders mostly come first: for the small ones nobody opens an opportunity.
    """
    placed, status = world.hidden["orders"], world.numbers("orders", "status")
    known = world.numbers("customers", "created_on")[placed["customer"]]
    valid = (status != DRAFT) & (status != CANCELLED) & (placed["day"] >= known + 5)
    luck = 1 + world.stream("opportunities", "order_id").below(8, len(status))
    weight = -world.hidden["sales"]["net"] * luck
    rows = np.flatnonzero(valid).astype(np.int64)
    rows = rows[in_order(placed["customer"][rows], weight[rows])]
    return rows, _number(placed["customer"][rows], world.customers)


def _number(customer: Integers, customers: int) -> Integers:
    """Return how many rows each customer has."""
    # Not np.bincount, which counts 32-bit numbers only where those are the platform's.
    number = np.zeros(customers, dtype=np.int64)
    np.add.at(number, customer, 1)
    return number


def _evenly(world: World, chance: Integers, group: Integers) -> NDArray[np.bool_]:
    """Return which deals are won: of each group as many as its chances add up to, without luck."""
    n = len(chance)
    sequence = in_order(group, world.stream("opportunities", "place").words(n).view(np.int64))
    passed = np.cumsum(chance[sequence], dtype=np.int64) + world.stream("opportunities", "wins").below(
        1000, 1
    )
    wins = np.zeros(n, dtype=bool)
    wins[sequence] = passed // 1000 > (passed - chance[sequence]) // 1000
    return wins


def _dated(world: World, deals: dict[str, Integers]) -> dict[str, Integers]:
    """Add the days on which each deal is opened and closed; an open one is closed after today."""
    customer, won, is_open = deals["customer"], deals["order"] != MISSING, deals["open"] == 1
    n, created = len(customer), world.numbers("customers", "created_on")[customer]
    spread = world.stream("opportunities", "days").quantile("lognormal_50", n)
    # Won: signed some days before the order.
    signed = world.stream("opportunities", "signed").below(7, n)
    ordered = created.copy()
    ordered[won] = world.hidden["orders"]["day"][deals["order"][won]]
    wins = workday(workday_number(ordered) - signed, created)
    # Lost: at any time as long as the customer is worked on.
    last = np.maximum(world.hidden["behaviour"]["left"][customer], created + 90)
    first = np.minimum(created + 10, TODAY)
    losses = some_day(world.stream("opportunities", "closed_on"), first, np.minimum(last, TODAY))
    closed = np.where(won, wins, losses)
    days = np.maximum(spread * np.where(won, _DAYS_WON, _DAYS_LOST) // SCALE, 3)
    opened = workday(workday_number(closed) - days, created)
    # Open: somewhere on its way.
    days = np.maximum(spread * _DAYS_OPEN // SCALE, 4)
    today = workday_number(np.full(n, TODAY, dtype=np.int64))
    age = np.minimum(world.stream("opportunities", "age").below(days, n), today - workday_number(created))
    return deals | {
        "opened": np.where(is_open, workday(today - age, created), opened),
        "closed": np.where(is_open, workday(today - age + days), closed),
    }


def _course(world: World, deals: dict[str, Integers]) -> dict[str, Integers]:
    """Return the day on which each deal entered each stage, as far as it has by today."""
    opened, n, stages = deals["opened"], len(deals["opened"]), len(STAGES)
    ends = world.stream("opportunities", "stage").choose(_ENDS, n)
    reached = np.where(deals["wins"] == 1, NEGOTIATION, ends)[:, None] >= np.arange(stages)
    first = workday_number(opened)
    days = np.repeat(workday_number(deals["closed"]) - first, stages)
    passed = world.stream("opportunity_stages", "entered_on").below(days + 1, n * stages).reshape(n, stages)
    passed[:, CONTACT] = 0
    passed = np.sort(np.where(reached, passed, _NEVER), axis=1)
    entered = workday(first[:, None] + np.where(reached, passed, 0), opened[:, None])
    return {"entered": np.where(reached & (entered <= TODAY), entered, MISSING)}


def _expected(world: World, deals: dict[str, Integers]) -> Integers:
    """Return the cents that each deal is expected to bring: by the order, or the customer's usual ones."""
    n, customer, won = len(deals["customer"]), deals["customer"], deals["order"] != MISSING
    value, buyer = world.hidden["sales"]["net"], world.hidden["orders"]["customer"]
    total, orders = np.zeros(world.customers, dtype=np.int64), _number(buyer, world.customers)
    np.add.at(total, buyer, value)
    would = _WOULD_SPEND[world.numbers("customers", "size")]
    usual = np.where(orders > 0, total // np.maximum(orders, 1), would)[customer]
    guess = usual * world.stream("opportunities", "expected_amount").quantile("lognormal_50", n) // SCALE
    cents = guess * _LARGER // 100
    error = world.stream("opportunities", "error").between(80, 130, n)
    cents[won] = value[deals["order"][won]] * error[won] // 100
    return np.maximum(cents // _HUNDRED_YUAN, 5) * _HUNDRED_YUAN


def _reason(world: World, deals: dict[str, Integers], outcome: Integers) -> Integers:
    n = len(outcome)
    contested = (deals["competitor"] != MISSING).astype(np.int64)
    reason = world.stream("opportunities", "lost_reason").choose(_REASONS, n, rows=contested)
    unnoted = world.stream("opportunities", "reason_missing").chance(world.flaws.lost_reason_missing, n)
    return np.where((outcome == LOST) & ~unnoted, reason, MISSING)


def _order_id(world: World, deals: dict[str, Integers], outcome: Integers) -> Integers:
    n = len(outcome)
    unnoted = world.stream("opportunities", "order_missing").chance(world.flaws.order_not_noted, n)
    noted = np.flatnonzero((outcome == WON) & ~unnoted)
    order_id = np.full(n, MISSING, dtype=np.int64)
    order_id[noted] = world.numbers("orders", "order_id")[deals["order"][noted]]
    return order_id
