"""Service tickets: what customers ask, how soon they are answered, and how satisfied they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crmlab.company.schema import TICKET_KINDS, TICKET_STATUSES
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.calendar import MINUTES, TODAY
from crmlab.company.world.duties import at_work
from crmlab.company.world.orders import COMPLETED, SHIPPED
from crmlab.company.world.people import SERVICE_MANAGER, owner_on
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import SCALE, Integers, Stream

COMPLAINT, REPAIR, QUESTION, RETURN, INSTALLATION, PRAISE = range(len(TICKET_KINDS))
OPEN, ANSWERED, CLOSED = range(len(TICKET_STATUSES))

# In a thousand: lines that lead to a ticket, returns that are announced by one, customers who ask
# before they order; and how much more of them come from customers about to leave, in percent.
_FOR_LINE, _FOR_RETURN, _FOR_CUSTOMER = 54, 600, 90
_LEAVING_SOON, _LEAVERS_ASK = 200, 230
# Kind by major category, for customers who stay and for those about to leave.
_KINDS = np.array(
    [
        [20, 30, 20, 0, 22, 8],
        [40, 0, 38, 0, 0, 22],
        [26, 26, 34, 0, 4, 10],
        [28, 14, 16, 0, 32, 10],
        [44, 0, 28, 0, 0, 28],
        [38, 0, 42, 0, 0, 20],
    ],
    dtype=np.int64,
)
_LEAVERS_KINDS = _KINDS + _KINDS[:, [PRAISE]] * np.array([1, 0, 0, 0, 0, -1], dtype=np.int64)
# Mean days from the order to the ticket, and from the answer to the end, by kind.
_COMES_AFTER = np.array([10, 110, 18, 0, 4, 16], dtype=np.int64)
_TAKES = np.array([5, 9, 1, 8, 4, 0], dtype=np.int64)
# Days until the first answer: on the same day, on the next, ...
_ANSWERED_AFTER = np.array([52, 24, 9, 6, 4, 2, 1, 1, 1], dtype=np.int64)
# The marks 1 to 5 by mood; how bad the mood is to begin with, by kind.
_MARKS = np.array(
    [[1, 1, 5, 35, 58], [2, 3, 9, 42, 44], [4, 8, 17, 42, 29], [11, 16, 27, 31, 15], [22, 24, 28, 18, 8]],
    dtype=np.int64,
)
_MOOD = np.array([2, 1, 0, 1, 0, 0], dtype=np.int64)
_SLOW = 2
# In a thousand: who says how satisfied it is, by kind; tickets that the customer's owner handles.
_SAYS = np.array([520, 430, 380, 400, 460, 620], dtype=np.int64)
_BY_OWNER = 350
# Minutes of the day: when customers ask, when the last answer goes out, and when work ends.
_HALF_PAST_EIGHT, _NINE, _SIX, _SEVEN = 510, 540, 1080, 1140

Asked = dict[str, Integers]


@process(makes=["tickets"], needs=["order_lines"], ids=(1, 20_000))
def tickets(world: World) -> None:
    """Open the tickets, numbered in the order of time, and see to them."""
    found = [_about_lines(world), _about_returns(world), _before_an_order(world)]
    asked = {name: np.concatenate([each[name] for each in found]) for name in found[0]}
    happened = asked["day"] <= TODAY
    asked = {name: column[happened] for name, column in asked.items()}
    n = len(asked["day"])
    opened = asked["day"] * MINUTES + world.stream("tickets", "opened_at").between(_HALF_PAST_EIGHT, _SIX, n)
    sequence = in_order(opened, asked["customer"])
    asked = {name: column[sequence] for name, column in asked.items()} | {"opened": opened[sequence]}
    answered, closed = _seen_to(world, asked)
    status = np.where(answered == MISSING, OPEN, np.where(closed == MISSING, ANSWERED, CLOSED))
    unnoted = world.stream("tickets", "product_missing").chance(world.flaws.ticket_product_missing, n)
    product = np.where(unnoted, MISSING, asked["product"])
    world.tables["tickets"] = {
        "ticket_id": world.ids("tickets", n),
        "customer_id": world.numbers("customers", "customer_id")[asked["customer"]],
        "kind": asked["kind"],
        "product_id": np.where(
            product == MISSING, MISSING, world.numbers("products", "product_id")[np.maximum(product, 0)]
        ),
        "opened_at": asked["opened"],
        "first_answer_at": answered,
        "closed_at": closed,
        "status": status.astype(np.int64),
        "satisfaction": _satisfaction(world, asked, answered, closed),
        "handler_id": world.numbers("employees", "employee_id")[_handler(world, asked, answered, closed)],
    }


def _about_lines(world: World) -> Asked:
    """Return what is asked about goods that were delivered: more about some products, and by leavers."""
    lines, placed = world.hidden["order_lines"], world.hidden["orders"]
    status = world.numbers("orders", "status")[lines["order"]]
    delivered = np.flatnonzero(
        (world.numbers("order_lines", "quantity") > 0) & ((status == SHIPPED) | (status == COMPLETED))
    )
    order = lines["order"][delivered]
    product = _product_rows(world)[delivered]
    customer, day = placed["customer"][order], placed["day"][order]
    n = len(order)
    products = len(world.numbers("products", "product_id"))
    # A product gives the same trouble to everybody.
    trouble = Stream(world.seed, "company", "tickets", "trouble").spread("lognormal_50", products)[product]
    leaving = _leaving(world, customer, day)
    permille = _FOR_LINE * trouble * np.where(leaving == 1, _LEAVERS_ASK, 100) // (100 * SCALE)
    asks = np.flatnonzero(world.stream("tickets", "line").chance(permille, n))
    customer, day, product, leaving = customer[asks], day[asks], product[asks], leaving[asks]
    n = len(customer)
    majors = world.hidden["demand"]["major"][product]
    kinds = np.concatenate([_KINDS, _LEAVERS_KINDS])
    kind = world.stream("tickets", "kind").choose(kinds, n, rows=majors + leaving * len(_KINDS))
    wait = world.stream("tickets", "opened_on").quantile("exponential", n) * _COMES_AFTER[kind] // SCALE
    return _asked(customer, _workday(day + 3 + wait, day + 1), kind, product, leaving)


def _about_returns(world: World) -> Asked:
    """Return what is asked some days before goods come back."""
    lines, placed = world.hidden["order_lines"], world.hidden["orders"]
    quantity = world.numbers("order_lines", "quantity")
    announced = world.stream("tickets", "return").chance(_FOR_RETURN, len(quantity))
    back = np.flatnonzero((quantity < 0) & announced)
    order = lines["order"][back]
    product = _product_rows(world)[back]
    customer, placed_on = placed["customer"][order], placed["day"][order]
    booked_on = world.numbers("order_lines", "booked_at")[back] // MINUTES
    day = booked_on - world.stream("tickets", "return_opened_on").between(1, 3, len(order))
    kind = np.full(len(order), RETURN, dtype=np.int64)
    return _asked(customer, _workday(day, placed_on + 1), kind, product, _leaving(world, customer, day))


def _before_an_order(world: World) -> Asked:
    """Return what customers ask in general, in the months after they were entered."""
    asks = world.stream("tickets", "customer").chance(_FOR_CUSTOMER, world.customers)
    customer = np.flatnonzero(asks).astype(np.int64)
    n = len(customer)
    created = world.numbers("customers", "created_on")[customer]
    day = created + world.stream("tickets", "asked_on").quantile("exponential", n) * 60 // SCALE
    nothing = np.full(n, MISSING, dtype=np.int64)
    kind = np.full(n, QUESTION, dtype=np.int64)
    return _asked(customer, _workday(day, created), kind, nothing, np.zeros(n, dtype=np.int64))


def _product_rows(world: World) -> Integers:
    return world.numbers("order_lines", "product_id") - world.numbers("products", "product_id")[0]


def _asked(customer: Integers, day: Integers, kind: Integers, product: Integers, leaving: Integers) -> Asked:
    return {"customer": customer, "day": day, "kind": kind, "product": product, "leaving": leaving}


def _workday(days: Integers, earliest: ArrayLike) -> Integers:
    """Return the last workday up to each of ``days``; what lies ahead of today stays there."""
    return np.where(days > TODAY, days, at_work(np.minimum(days, TODAY), earliest))


def _leaving(world: World, customer: Integers, day: Integers) -> Integers:
    """Return 1 for customers who leave soon after each day."""
    left = world.hidden["behaviour"]["left"][customer]
    return ((left <= TODAY) & (left - day <= _LEAVING_SOON)).astype(np.int64)


def _seen_to(world: World, asked: Asked) -> tuple[Integers, Integers]:
    """Return when each ticket was first answered and when closed, as far as that has happened."""
    n = len(asked["day"])
    opened_on, opened = asked["day"], asked["opened"] % MINUTES
    lag = world.stream("tickets", "answered_after").choose(_ANSWERED_AFTER, n)
    answered_on = _workday(opened_on + lag, opened_on)
    same = answered_on == opened_on
    answered = answered_on * MINUTES + world.stream("tickets", "first_answer_at").between(
        np.where(same, opened + 5, _NINE), np.where(same, _SIX + 30, _SIX), n
    )
    wait = world.stream("tickets", "closed_after").quantile("exponential", n) * _TAKES[asked["kind"]] // SCALE
    closed_on = _workday(answered_on + wait, answered_on)
    same = closed_on == answered_on
    closed = closed_on * MINUTES + world.stream("tickets", "closed_at").between(
        np.where(same, answered % MINUTES + 5, _NINE), _SEVEN, n
    )
    never = world.stream("tickets", "never_answered").chance(world.flaws.never_answered, n)
    answered = np.where(never | (answered_on > TODAY), MISSING, answered)
    return answered, np.where((answered == MISSING) | (closed_on > TODAY), MISSING, closed)


def _satisfaction(world: World, asked: Asked, answered: Integers, closed: Integers) -> Integers:
    """Return the mark of those who give one: worse after a slow answer, and from who leaves soon."""
    n = len(answered)
    waited = np.where(answered == MISSING, 0, answered // MINUTES - asked["day"])
    # The worst mood is that of a complaint, answered late, of somebody about to leave.
    mood = _MOOD[asked["kind"]] + (waited >= _SLOW) + asked["leaving"]
    mark = 1 + world.stream("tickets", "satisfaction").choose(_MARKS, n, rows=mood)
    says = world.stream("tickets", "says").chance(_SAYS[asked["kind"]], n) & (closed != MISSING)
    return np.where(says, mark, MISSING)


def _handler(world: World, asked: Asked, answered: Integers, closed: Integers) -> Integers:
    """Return who handled each ticket, by row: the service manager, or the owner who was there throughout."""
    first_owner = world.hidden["customers"]["first_owner"][asked["customer"]]
    last = np.where(closed != MISSING, closed, np.where(answered != MISSING, answered, asked["opened"]))
    owner = owner_on(world, first_owner, asked["day"])
    throughout = owner == owner_on(world, first_owner, last // MINUTES)
    by_owner = world.stream("tickets", "handler_id").chance(_BY_OWNER, len(last))
    return np.where(by_owner & throughout, owner, SERVICE_MANAGER)
