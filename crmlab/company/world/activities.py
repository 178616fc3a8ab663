"""Activities: what salespeople do with customers and without, planned and done, hour by hour."""

from __future__ import annotations

import numpy as np

from crmlab.company.schema import ACTIVITY_KINDS, ACTIVITY_STATUSES, STAGES
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.calendar import MINUTES, TODAY, day
from crmlab.company.world.duties import recorder_on, some_day, workday, workday_number
from crmlab.company.world.people import owner_on
from crmlab.company.world.ragged import parents, runs, starts
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import SCALE, Integers

PLANNED, DONE = range(len(ACTIVITY_STATUSES))
VISIT, CALL, MAIL, DEMONSTRATION, MEETING, *_ = range(len(ACTIVITY_KINDS))

# Contacts a year in thousandths, by type: see `behaviour.TYPES`; and how long somebody who left is cared for.
_CONTACTS = np.array([7000, 5600, 3800, 2600, 1900, 1500], dtype=np.int64)
_CARE = 120
# In a thousand entries of a stage, those for which a contact is on record.
_NOTED = 700
# Kinds of contacts in each stage of an opportunity, then in ordinary care.
_WITH_CUSTOMERS = np.array(
    [
        [38, 44, 14, 0, 4],
        [48, 30, 8, 2, 12],
        [20, 10, 14, 40, 16],
        [14, 34, 40, 2, 10],
        [30, 26, 12, 2, 30],
        [29, 41, 18, 3, 9],
    ],
    dtype=np.int64,
)
_ORDINARY = len(STAGES)
# Work without a customer: meetings, administration, travel, training; how much for a thousand contacts.
_INTERNAL = np.array([0, 0, 0, 0, 15, 42, 33, 10], dtype=np.int64)
_INTERNAL_NUMBER = 880
# Shortest and longest, in steps of five minutes.
_STEP = 5
_LENGTH = np.array([[9, 30], [1, 6], [1, 5], [12, 30], [9, 24], [10, 40], [8, 44], [24, 72]], dtype=np.int64)
# Customers in a thousand with a contact planned, and for how many workdays: up to Spring Festival.
_PLANNED, _AHEAD = 45, 9
_FIRST_DAY = day("2021-01-04")
# Work begins, ends on an ordinary day, ends on a very long one.
_MORNING, _SIX, _EVENING = 8 * 60 + 30, 18 * 60, 20 * 60 + 30


@process(makes=["activities"], needs=["opportunities"], ids=(700_001, 100_000))
def activities(world: World) -> None:
    """Fill the calendars, numbered in the order of time."""
    work = _timed(world, _work(world))
    n = len(work["day"])
    past = np.minimum(work["day"], TODAY)
    unnoted = world.stream("activities", "no_end").chance(world.flaws.no_end, n) & (work["status"] == DONE)
    recorder = recorder_on(world, "activities", work["owner"], past, world.flaws.activity_recorder)
    employee_id, customer = world.numbers("employees", "employee_id"), work["customer"]
    customer_id = world.numbers("customers", "customer_id")
    world.tables["activities"] = {
        "activity_id": world.ids("activities", n),
        "kind": work["kind"],
        "customer_id": np.where(customer == MISSING, MISSING, customer_id[np.maximum(customer, 0)]),
        "status": work["status"],
        "started_at": work["start"],
        "ended_at": np.where(unnoted, MISSING, work["start"] + work["minutes"]),
        "minutes": np.where(unnoted, MISSING, work["minutes"]),
        "recorder_id": employee_id[recorder],
        "owner_id": employee_id[work["owner"]],
    }
    world.hidden["activities"] = work


def _work(world: World) -> dict[str, Integers]:
    """Return all work with its owner and its length, before anybody looks at the clock."""
    customer, days, rows = _contacts(world)
    future = days > TODAY
    past = np.flatnonzero(~future)
    n = len(customer)
    kind = world.stream("activities", "kind").choose(_WITH_CUSTOMERS, n, rows=rows)
    # Nobody plans a mail.
    kind = np.where(future & (kind == MAIL), CALL, kind)
    never = world.stream("activities", "planned").chance(world.flaws.never_happened, n) & (kind != MAIL)
    first_owner = world.hidden["customers"]["first_owner"][customer]
    owner = owner_on(world, first_owner, np.minimum(days, TODAY))
    office = _internal(world, owner[past], days[past])
    kind = np.concatenate([kind, office["kind"]])
    not_done = np.append(never | future, np.zeros(len(office["day"]), dtype=bool))
    shortest, longest = _LENGTH.T
    length = world.stream("activities", "minutes").between(shortest[kind], longest[kind], len(kind))
    return {
        "customer": np.concatenate([customer, np.full(len(office["day"]), MISSING, dtype=np.int64)]),
        "day": np.concatenate([days, office["day"]]),
        "owner": np.concatenate([owner, office["owner"]]),
        "status": np.where(not_done, PLANNED, DONE).astype(np.int64),
        "kind": kind,
        "minutes": length * _STEP,
    }


def _contacts(world: World) -> tuple[Integers, Integers, Integers]:
    """Return customer and day of each contact, and its row of `_WITH_CUSTOMERS`."""
    n = world.customers
    created, drawn = world.numbers("customers", "created_on"), world.hidden["behaviour"]
    last = np.minimum(np.maximum(drawn["left"], created) + _CARE, TODAY)
    number = _CONTACTS[drawn["type"]] * (last - created) // 365
    number = number * world.stream("activities", "number").spread("lognormal_50", n) // SCALE
    cared = parents((number + world.stream("activities", "rounded").below(1000, n)) // 1000)
    on = some_day(world.stream("activities", "care"), created[cared], last[cared])
    deals = world.hidden["opportunities"]
    deal, stage = (axis.astype(np.int64) for axis in np.nonzero(deals["entered"] != MISSING))
    noted = np.flatnonzero(world.stream("activities", "stage").chance(_NOTED, len(deal)))
    deal, stage = deal[noted], stage[noted]
    planned = (drawn["left"] > TODAY - _CARE) & world.stream("activities", "ahead").chance(_PLANNED, n)
    ahead = np.flatnonzero(planned).astype(np.int64)
    soon = world.stream("activities", "ahead_day").between(1, _AHEAD, len(ahead))
    soon = workday(workday_number(np.full(len(ahead), TODAY, dtype=np.int64)) + soon)
    ordinary = np.full(len(cared) + len(ahead), _ORDINARY, dtype=np.int64)
    customer = np.concatenate([cared, ahead, deals["customer"][deal]])
    days = np.concatenate([on, soon, deals["entered"][deal, stage]])
    return customer, days, np.concatenate([ordinary, stage])


def _internal(world: World, owner: Integers, days: Integers) -> dict[str, Integers]:
    """Return work without customers: the more of it, the more somebody has to do with customers."""
    n = len(days) * _INTERNAL_NUMBER // 1000
    like = world.stream("activities", "internal").below(len(days), n)
    earlier = world.stream("activities", "internal_day").below(5, n)
    earliest = np.maximum(world.numbers("employees", "hired_on")[owner[like]], _FIRST_DAY)
    return {
        "owner": owner[like],
        "day": workday(workday_number(days[like]) - earlier, earliest),
        "kind": world.stream("activities", "internal_kind").choose(_INTERNAL, n),
    }


def _timed(world: World, work: dict[str, Integers]) -> dict[str, Integers]:
    """Give each day's work its hours, nothing at the same time; internal work without room is left out."""
    pause = world.stream("activities", "pause").between(1, 8, len(work["day"])) * _STEP
    page, lasts = work["owner"] << 32 | work["day"], work["minutes"] + pause
    rows = in_order(page, (work["customer"] == MISSING).astype(np.int64))
    page, lasts = page[rows], lasts[rows]
    fits = np.flatnonzero(lasts <= _EVENING - _MORNING - _before(*runs(page), lasts))
    rows, page, lasts = rows[fits], page[fits], lasts[fits]
    # What is left of an ordinary day lies before, between and after: each has so much of it before.
    opens, number = runs(page)
    total = np.zeros(len(opens), dtype=np.int64)
    np.add.at(total, number, lasts)
    left = (np.maximum(_SIX - _MORNING - total, 0) // _STEP + 1)[number]
    idle = world.stream("activities", "started_at").below(left, len(number)) * _STEP
    sequence = in_order(number, idle)  # pages stay where they are
    rows, idle, lasts = rows[sequence], idle[sequence], lasts[sequence]
    start = work["day"][rows] * MINUTES + _MORNING + idle + _before(opens, number, lasts)
    sequence = in_order(start, work["owner"][rows])
    return {name: column[rows[sequence]] for name, column in work.items()} | {"start": start[sequence]}


def _before(opens: Integers, number: Integers, lasts: Integers) -> Integers:
    """Return how many minutes of its page are taken before each piece of work."""
    passed = starts(lasts)
    return passed - passed[opens][number]
