"""Orders: when each customer buys, who keys it in, and what becomes of the order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.company.schema import STATUSES
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.behaviour import ONE_OFF, SEASONAL
from crmlab.company.world.calendar import (
    DAYS,
    MINUTES,
    START,
    TODAY,
    giving_season,
    month_of,
    trend,
    workdays,
)
from crmlab.company.world.people import DIRECTOR, SALESPEOPLE, owner_on, works_on
from crmlab.company.world.ragged import parents, starts
from crmlab.company.world.sorting import in_order, number_upto
from crmlab.company.world.streams import SCALE, Integers, Stream

DRAFT, CONFIRMED, SHIPPED, COMPLETED, CANCELLED = range(len(STATUSES))
_HALF_PAST_EIGHT, _SIX = 8 * 60 + 30, 18 * 60


@process(makes=["orders"], needs=["behaviour"], ids=(100_001, 100_000))
def orders(world: World) -> None:
    """Place the orders, numbered in the order of time."""
    customer, days, repeated = _placed(world)
    minute = days * MINUTES + _minute(world, days)
    sequence = in_order(minute, customer)
    customer, days, minute = customer[sequence], days[sequence], minute[sequence]
    repeated = repeated[sequence]
    n = len(customer)
    owner = owner_on(world, world.hidden["customers"]["first_owner"][customer], days)
    terms = world.numbers("customers", "credit_days")[customer]
    employee_id = world.numbers("employees", "employee_id")
    world.tables["orders"] = {
        "order_id": world.ids("orders", n),
        "customer_id": world.numbers("customers", "customer_id")[customer],
        "ordered_at": minute,
        "status": _status(world, days, repeated),
        "recorder_id": employee_id[_recorder(world, owner, days)],
        "owner_id": employee_id[owner],
        "due_on": days + terms,
    }
    world.hidden["orders"] = {
        "customer": customer,
        "day": days,
        "owner": owner,
        "repeated": repeated.astype(np.int64),
    }


def _placed(world: World) -> tuple[Integers, Integers, NDArray[np.bool_]]:
    """Return customer and day of each order, and which were cancelled and repeated months later.

    Busy days pass quickly: purchases follow one another in *effort*, the sum of how busy the days are,
    and the calendar turns effort into dates.
    """
    climate = trend(Stream(world.seed, "company", "calendar", "trend"))
    seasonal = world.hidden["behaviour"]["type"] == SEASONAL
    found = [
        _purchases(
            world, np.flatnonzero(chosen).astype(np.int64), np.cumsum(busy * climate // 10, dtype=np.int64)
        )
        for chosen, busy in ((~seasonal, workdays()), (seasonal, giving_season()))
    ]
    cancelled = world.hidden["behaviour"]["cancelled_first"]
    early = np.flatnonzero((cancelled != MISSING) & (cancelled <= TODAY)).astype(np.int64)
    customer = np.concatenate([found[0][0], found[1][0], early])
    days = np.concatenate([found[0][1], found[1][1], cancelled[early]])
    repeated = np.zeros(len(customer), dtype=bool)
    repeated[len(customer) - len(early) :] = True
    return customer, days, repeated


def _purchases(world: World, customer: Integers, effort: Integers) -> tuple[Integers, Integers]:
    """Return customer and day of the purchases of some customers, by a renewal process in effort."""
    drawn = {name: column[customer] for name, column in world.hidden["behaviour"].items()}
    begins = np.clip(drawn["first"] - START, 0, DAYS)
    ends = np.clip(drawn["left"] - START, 0, DAYS)
    before = np.concatenate([np.zeros(1, dtype=np.int64), effort])
    once = drawn["type"] == ONE_OFF
    year = effort[-1] * 365 // DAYS
    gap = year * 1000 // np.maximum(drawn["rate"], 1)
    expected = (before[ends] - before[begins]) // gap
    number = np.where(once, 1, np.where(ends > begins, expected * 3 // 2 + 12, 0))
    owner = parents(number)
    first = np.zeros(len(owner), dtype=bool)
    first[starts(number)[number > 0]] = True
    key = "seasonal" if len(customer) and drawn["type"][0] == SEASONAL else "even"
    # The mean of two exponential waits: people buy somewhat more regularly than by mere chance.
    drawn_waits = world.stream("orders", f"ordered_at {key}").quantile("exponential", 2 * len(owner))
    waits = drawn_waits.reshape(2, -1).sum(axis=0, dtype=np.int64) * gap[owner] // (2 * SCALE)
    # A new customer's first purchase is where it begins; an old customer's lies somewhere ahead.
    waits[first & (world.hidden["customers"]["stock"][customer][owner] == 0)] = 0
    passed = np.cumsum(waits, dtype=np.int64)
    start = (passed - waits)[first]
    reached = before[begins][owner] + passed - start[parents(number[number > 0])]
    days = number_upto(effort, reached)
    kept = np.flatnonzero((days < DAYS) & ((days < ends[owner]) | (once[owner] & first)))
    return customer[owner[kept]], START + days[kept]


def _minute(world: World, days: Integers) -> Integers:
    """Return the minute of the day: office hours, and late evenings when a month is closed."""
    n = len(days)
    last = month_of(days + 1) != month_of(days)
    late = world.stream("orders", "late").chance(np.where(last, 160, 25), n)
    office = world.stream("orders", "minute").between(_HALF_PAST_EIGHT, _SIX, n)
    evening = world.stream("orders", "evening").between(_SIX, MINUTES - 1, n)
    return np.where(late, evening, office)


def _status(world: World, days: Integers, repeated: NDArray[np.bool_]) -> Integers:
    """Return what has become of each order by today."""
    n = len(days)
    age = TODAY - days
    ripe = age + world.stream("orders", "status").between(-4, 4, n)
    status = np.where(ripe < 3, CONFIRMED, np.where(ripe < 12, SHIPPED, COMPLETED))
    fresh = (age < 6) & world.stream("orders", "fresh_draft").chance(250, n)
    forgotten = world.stream("orders", "old_draft").chance(world.flaws.old_draft, n)
    status[fresh | forgotten] = DRAFT
    status[world.stream("orders", "cancelled").chance(world.flaws.cancelled, n) | repeated] = CANCELLED
    return status.astype(np.int64)


def _recorder(world: World, owner: Integers, days: Integers) -> Integers:
    """Return who keyed each order in: the owner, else a colleague at work or the director."""
    recorder, n = owner.copy(), len(owner)
    other = np.flatnonzero(world.stream("orders", "other_recorder").chance(world.flaws.other_recorder, n))
    colleague = world.stream("orders", "recorder").below(SALESPEOPLE, n)[other]
    recorder[other] = np.where(works_on(world, colleague, days[other]), colleague, DIRECTOR)
    return recorder
