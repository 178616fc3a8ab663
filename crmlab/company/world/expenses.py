"""Expenses: what is spent on customers, on campaigns, and on the office, and what became of the claim."""

from __future__ import annotations

import numpy as np

from crmlab.company.schema import EXPENSE_KINDS, EXPENSE_STATUSES
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.calendar import MID_AUTUMNS, SPRING_FESTIVALS, START, TODAY, history, month_of
from crmlab.company.world.campaign_touches import TREATED
from crmlab.company.world.duties import at_work
from crmlab.company.world.people import DIRECTOR, MARKETING_MANAGER, SERVICE_MANAGER, owner_on, team, works_on
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import SCALE, Integers

TRAVEL, ENTERTAINMENT, GIFTS, SAMPLES, FREIGHT, ADVERTISING, OFFICE, COMMUNICATION, TRAINING = range(
    len(EXPENSE_KINDS)
)
SUBMITTED, APPROVED, PAID, REJECTED = range(len(EXPENSE_STATUSES))

Claims = dict[str, Integers]

# In a thousand: orders for which something is spent, customers who are visited when they are new,
# months in which somebody has expenses of no customer; for managers and for salespeople.
_FOR_ORDER, _FOR_NEW_CUSTOMER = 150, 500
_FOR_NOBODY = (650, 420)
# What it is spent on, by `EXPENSE_KINDS`: for an order, a new customer, by salespeople, by managers.
_ON_ORDER = np.array([38, 24, 14, 10, 14, 0, 0, 0, 0], dtype=np.int64)
_ON_NEW_CUSTOMER = np.array([55, 20, 0, 25, 0, 0, 0, 0, 0], dtype=np.int64)
_ON_SELLING = np.array([14, 0, 0, 8, 0, 0, 34, 38, 6], dtype=np.int64)
_ON_MANAGING = np.array([16, 0, 0, 0, 0, 26, 36, 12, 10], dtype=np.int64)
# The middle amount of each kind, in cents; days from the order, first and last.
_AMOUNT = np.array([68_000, 52_000, 32_000, 24_000, 16_000, 90_000, 21_000, 9_000, 60_000], dtype=np.int64)
_DAYS = np.array([[-20, -1], [-20, 10], [0, 0], [-30, -3], [1, 6]] + [[0, 0]] * 4, dtype=np.int64)
# Gifts are bought in the weeks before a festival: days before it, last and first.
_GIFT_DAYS = (4, 24)
# Bills of a campaign's fixed cost, in percent of it, their kinds, and days from its start.
_BILLS = ((55, ADVERTISING, -20), (30, OFFICE, -8), (15, TRAVEL, 5))
# The kind of what each customer approached costs, by `MEDIA`.
_EACH = np.array(
    [ADVERTISING, COMMUNICATION, FREIGHT, ADVERTISING, ENTERTAINMENT, ENTERTAINMENT], dtype=np.int64
)
# Days until a claim is decided, and from then until it is paid.
_DECIDED, _PAID = (2, 15), (5, 40)


@process(makes=["expenses"], needs=["orders", "campaign_touches"], ids=(1, 20_000))
def expenses(world: World) -> None:
    """Claim the expenses, numbered in the order of time, and decide on them."""
    found = [_for_orders(world), _for_new_customers(world), *_for_nobody(world), *_for_campaigns(world)]
    claims = {name: np.concatenate([each[name] for each in found]) for name in found[0]}
    happened = (claims["day"] >= START) & (claims["day"] <= TODAY)
    claims = _claimed_twice(world, {name: column[happened] for name, column in claims.items()})
    sequence = in_order(claims["day"], claims["again"])
    claims = {name: column[sequence] for name, column in claims.items()}
    status, paid_on = _decided(world, claims)
    world.tables["expenses"] = {
        "expense_id": world.ids("expenses", len(sequence)),
        "kind": claims["kind"],
        "incurred_on": claims["day"],
        "paid_on": paid_on,
        "amount_cents": claims["cents"],
        "status": status,
        "employee_id": world.numbers("employees", "employee_id")[claims["employee"]],
        "customer_id": _ids(world.numbers("customers", "customer_id"), claims["customer"]),
        "campaign_id": _ids(world.numbers("campaigns", "campaign_id"), claims["campaign"]),
    }


def _ids(ids: Integers, rows: Integers) -> Integers:
    return np.where(rows == MISSING, MISSING, np.append(ids, MISSING)[np.maximum(rows, -1)])


def _claims(kind: Integers, day: Integers, cents: Integers, employee: Integers, **of: Integers) -> Claims:
    """Return claims as columns: of no customer and no campaign unless given."""
    none = np.full(len(kind), MISSING, dtype=np.int64)
    about = {"customer": none, "campaign": none} | of
    return {"kind": kind, "day": day, "cents": cents, "employee": employee} | about


def _amounts(world: World, key: str, kind: Integers) -> Integers:
    drawn = world.stream("expenses", f"amount {key}").quantile("lognormal_50", len(kind))
    return _AMOUNT[kind] * drawn // SCALE


def _for_orders(world: World) -> Claims:
    """Return what the owner spends on customers around their orders, and on gifts before a festival."""
    placed = world.hidden["orders"]
    spent = world.stream("expenses", "order").chance(_FOR_ORDER, len(placed["day"]))
    customer, ordered = placed["customer"][spent], placed["day"][spent]
    n = len(customer)
    kind = world.stream("expenses", "kind order").choose(_ON_ORDER, n)
    day = ordered + world.stream("expenses", "incurred_on order").between(_DAYS[kind, 0], _DAYS[kind, 1], n)
    before = world.stream("expenses", "incurred_on gifts").between(*_GIFT_DAYS, n)
    festivals = np.sort(np.array([*SPRING_FESTIVALS.values(), *MID_AUTUMNS.values()], dtype=np.int64))
    coming = festivals[np.searchsorted(festivals, ordered)]
    return _for_customers(world, "order", customer, kind, np.where(kind == GIFTS, coming - before, day))


def _for_new_customers(world: World) -> Claims:
    """Return what is spent on customers when they are new, whether they ever order or not."""
    visited = world.stream("expenses", "customer").chance(_FOR_NEW_CUSTOMER, world.customers)
    customer = np.flatnonzero(visited).astype(np.int64)
    n = len(customer)
    day = world.numbers("customers", "created_on")[customer]
    day = day + world.stream("expenses", "incurred_on customer").below(120, n)
    kind = world.stream("expenses", "kind customer").choose(_ON_NEW_CUSTOMER, n)
    return _for_customers(world, "customer", customer, kind, day)


def _for_customers(world: World, key: str, customer: Integers, kind: Integers, day: Integers) -> Claims:
    """Return claims for customers; some are used to being treated well, whatever they buy."""
    n = len(customer)
    created = world.numbers("customers", "created_on")[customer]
    # What lies ahead is dropped later.
    day = np.where(day <= TODAY, at_work(np.clip(day, START, TODAY), created), day)
    owner = owner_on(world, world.hidden["customers"]["first_owner"][customer], day)
    director = world.stream("expenses", f"director {key}").chance(40, n)
    used_to = world.stream("expenses", "used to").spread("lognormal_50", world.customers)[customer]
    unnoted = world.stream("expenses", f"unnoted {key}").chance(world.flaws.expense_customer_missing, n)
    return _claims(
        kind,
        day,
        _amounts(world, key, kind) * used_to // SCALE,
        np.where(director, DIRECTOR, owner),
        customer=np.where(unnoted, MISSING, customer),
    )


def _for_nobody(world: World) -> list[Claims]:
    """Return the overhead: what salespeople, and in the head office managers, spend on no customer."""
    managers = np.array([DIRECTOR, SERVICE_MANAGER, MARKETING_MANAGER], dtype=np.int64)
    sellers = _overhead(world, "sellers", team(world), _FOR_NOBODY[1], _ON_SELLING)
    if world.account is not None:
        return [sellers]
    return [sellers, _overhead(world, "managers", managers, _FOR_NOBODY[0], _ON_MANAGING)]


def _overhead(world: World, key: str, staff: Integers, permille: int, weights: Integers) -> Claims:
    days = history()
    firsts = days[np.diff(month_of(days), prepend=0) > 0]
    n = len(staff) * len(firsts)
    month, place = np.divmod(np.arange(n, dtype=np.int64), len(staff))
    employee = staff[place]
    day = np.minimum(firsts[month] + world.stream("expenses", f"incurred_on {key}").below(28, n), TODAY)
    day = at_work(day, firsts[month])
    spent = world.stream("expenses", f"spent {key}").chance(permille, n) & works_on(world, employee, day)
    kind = world.stream("expenses", f"kind {key}").choose(weights, n)
    claims = _claims(kind, day, _amounts(world, key, kind), employee)
    rows = np.flatnonzero(spent)
    return {name: column[rows] for name, column in claims.items()}


def _for_campaigns(world: World) -> list[Claims]:
    """Return the bills of the campaigns: of the head office, and for the customers who were approached."""
    return [_reaching(world)] if world.partition else [_preparing(world), _reaching(world)]


def _preparing(world: World) -> Claims:
    """Return some bills for each campaign that add up to its fixed cost."""
    fixed = world.numbers("campaigns", "fixed_cost_cents")
    campaign, bill = np.divmod(np.arange(len(fixed) * len(_BILLS), dtype=np.int64), len(_BILLS))
    percent, kind, day = np.array(_BILLS, dtype=np.int64).T
    upto = np.cumsum(percent, dtype=np.int64)
    cents = fixed[campaign] * upto[bill] // 100 - fixed[campaign] * (upto - percent)[bill] // 100
    days = at_work(world.numbers("campaigns", "starts_on")[campaign] + day[bill])
    return _claims(
        kind[bill], days, cents, np.full(len(bill), MARKETING_MANAGER, dtype=np.int64), campaign=campaign
    )


def _reaching(world: World) -> Claims:
    """Return one bill for each campaign: its cost per customer, for all of them who were approached."""
    treated = world.numbers("campaign_touches", "test_group") == TREATED
    reached = world.numbers("campaign_touches", "campaign_id")[treated]
    campaign, number = np.unique(reached, return_counts=True)
    row = campaign - world.numbers("campaigns", "campaign_id")[0]
    cents = world.numbers("campaigns", "cost_per_customer_cents")[row] * number
    day = at_work(world.numbers("campaigns", "ends_on")[row])
    kind = _EACH[world.numbers("campaigns", "medium")[row]]
    return _claims(kind, day, cents, np.full(len(row), MARKETING_MANAGER, dtype=np.int64), campaign=row)


def _claimed_twice(world: World, claims: Claims) -> Claims:
    """Add what is claimed a second time by mistake, marked by ``again``."""
    n = len(claims["day"])
    rows = np.flatnonzero(world.stream("expenses", "claimed_twice").chance(world.flaws.claimed_twice, n))
    twice = {name: np.concatenate([column, column[rows]]) for name, column in claims.items()}
    return twice | {"again": (np.arange(n + len(rows)) >= n).astype(np.int64)}


def _decided(world: World, claims: Claims) -> tuple[Integers, Integers]:
    """Return what has become of each claim by today, and when it was paid; bills of campaigns are right."""
    n = len(claims["day"])
    decided = claims["day"] + world.stream("expenses", "decided").between(*_DECIDED, n)
    paid = decided + world.stream("expenses", "paid_on").between(*_PAID, n)
    status = np.where(decided > TODAY, SUBMITTED, np.where(paid > TODAY, APPROVED, PAID))
    forgotten = world.stream("expenses", "forgotten").chance(world.flaws.claim_forgotten, n)
    status = np.where(forgotten, SUBMITTED, status)
    wrong = world.stream("expenses", "rejected").chance(world.flaws.rejected, n)
    wrong &= (status != SUBMITTED) & (claims["campaign"] == MISSING)
    status = np.where(wrong | (claims["again"] == 1), REJECTED, status).astype(np.int64)
    return status, np.where(status == PAID, paid, MISSING)
