"""Campaign touches and responses: who was approached, who was held out, and who bought.

Orders are there before any campaign is: yet campaigns have a real effect on them. What decides is not
whether a customer orders, but, once that is known, whether the customer was approached. If approaching
a customer raises the chance of an order from ``low`` to ``high``, then by Bayes' rule those who ordered are
more likely to have been approached than those who did not; drawn so, group and order are distributed
exactly as if the groups had been drawn first, at random, and the campaign had then worked. Knowing
only what was before the campaign, each customer has the same chance of either group.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.company.schema import TARGETS
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.behaviour import ONE_OFF, PROSPECT, SEASONAL
from crmlab.company.world.calendar import DAYS, START, giving_season, trend, workdays
from crmlab.company.world.orders import CANCELLED, DRAFT
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import SCALE, Integers, Stream, distribution

TREATED, CONTROL = range(2)
ENQUIRY, ORDER = range(2)
ALL, ACTIVE, FREQUENT, QUIET = range(len(TARGETS))

# Customers are approached in the first days of a campaign.
_APPROACHED_WITHIN = 10
_YEAR, _QUIET_DAYS, _OFTEN, _AGAIN = 365, 60, 4, 2
# Between the days of one customer and of the next, where both are put in one number.
_SPAN = 4096
# How much of a campaign's strength works, in percent: who is loyal buys anyway, by `behaviour.TYPES`;
# small firms like to be called and large ones to be invited, by medium and `SIZES`.
_TYPES = np.array([60, 120, 90, 135, 0, 0], dtype=np.int64)
_SUITS = np.array(
    [
        [90, 100, 110, 100],
        [130, 115, 85, 40],
        [80, 100, 110, 110],
        [140, 120, 80, 50],
        [60, 90, 120, 130],
        [50, 80, 125, 150],
    ],
    dtype=np.int64,
)
# In a thousand: who only enquires, approached or not; the strength of a campaign comes on top.
_ENQUIRES, _ENQUIRES_ANYWAY = 40, 18

Flags = NDArray[np.bool_]


@process(
    makes=["campaign_touches", "campaign_responses"],
    needs=["campaigns", "orders", "order_lines"],
    ids=(1, 20_000),
)
def campaign_touches(world: World) -> None:
    """Approach the target group but for the control group, and note who responds; keep the real effects."""
    pairs = _pairs(world)
    chance = _chance_of_an_order(world, pairs)
    works = _works(world, pairs)
    pairs["treated"] = _treated(world, pairs, chance, works).astype(np.int64)
    amount = world.hidden["sales"]["net"]
    margin = amount - world.hidden["sales"]["cost"]
    _keep_effects(world, pairs, works * chance * (SCALE - chance) // SCALE**2, margin)
    chosen = np.flatnonzero(_in_target(world, pairs))
    touched = {name: column[chosen] for name, column in pairs.items()}
    sequence = in_order(touched["day"], touched["customer"])
    touched = {name: column[sequence] for name, column in touched.items()}
    world.tables["campaign_touches"] = {
        "touch_id": world.ids("campaign_touches", len(sequence)),
        **_keys(world, touched),
        "test_group": np.where(touched["treated"] == 1, TREATED, CONTROL).astype(np.int64),
        "touched_on": touched["day"],
    }
    _respond(world, touched, amount, margin)


def _pairs(world: World) -> dict[str, Integers]:
    """Return each campaign with each customer on file: when it is approached, and what it orders then."""
    starts, ends = world.numbers("campaigns", "starts_on"), world.numbers("campaigns", "ends_on")
    n = len(starts) * world.customers
    campaign, customer = np.divmod(np.arange(n, dtype=np.int64), max(world.customers, 1))
    day = starts[campaign] + world.stream("campaign_touches", "touched_on").below(_APPROACHED_WITHIN, n)
    on_file = np.flatnonzero(world.numbers("customers", "created_on")[customer] < starts[campaign])
    campaign, customer, day = campaign[on_file], customer[on_file], day[on_file]
    placed, rows = _timeline(world, world.hidden["orders"]["repeated"] == 0)
    following = np.searchsorted(placed, _at(customer, day))
    last, first = placed[following - 1], placed[following]
    return {
        "campaign": campaign,
        "customer": customer,
        "day": day,
        "last": np.where(last >= _at(customer, START), last % _SPAN + START, MISSING),
        "order": np.where(first <= _at(customer, ends[campaign]), rows[following], MISSING),
    }


def _at(customer: Integers, days: Integers | int) -> Integers:
    return customer * _SPAN + days - START


def _timeline(world: World, which: Flags) -> tuple[Integers, Integers]:
    """Return some orders by customer and day, each as one number, and their rows; walls at both ends."""
    placed = world.hidden["orders"]
    rows = np.flatnonzero(which).astype(np.int64)
    times = _at(placed["customer"][rows], placed["day"][rows])
    sequence = in_order(times)
    walls = np.array([-1], dtype=np.int64), np.array([1 << 62], dtype=np.int64)
    nobody = np.array([MISSING], dtype=np.int64)
    times, rows = times[sequence], rows[sequence]
    return np.concatenate([walls[0], times, walls[1]]), np.concatenate([nobody, rows, nobody])


def _in_target(world: World, pairs: dict[str, Integers]) -> Flags:
    """Return who belongs to the target group, by the valid sales before the campaign starts."""
    status = world.numbers("orders", "status")
    bought, _ = _timeline(world, (status != DRAFT) & (status != CANCELLED))
    customer, start = pairs["customer"], world.numbers("campaigns", "starts_on")[pairs["campaign"]]
    until = np.searchsorted(bought, _at(customer, start))

    def since(days: Integers) -> Integers:
        return until - np.searchsorted(bought, _at(customer, np.maximum(days, START)))

    year = since(start - _YEAR)
    ever = since(np.full(len(start), START, dtype=np.int64))
    quiet = (ever >= _AGAIN) & (since(start - _QUIET_DAYS) == 0)
    groups = np.stack([np.ones(len(year), dtype=bool), year > 0, year >= _OFTEN, quiet])
    return groups[world.numbers("campaigns", "target")[pairs["campaign"]], np.arange(len(year))]


def _chance_of_an_order(world: World, pairs: dict[str, Integers]) -> Integers:
    """Return the chance in a thousand that the customer orders in the campaign, knowing what was before.

    Purchases follow one another as in `crmlab.company.world.orders`: waits are means of two exponential ones.
    """
    customer, drawn = pairs["customer"], world.hidden["behaviour"]
    climate = trend(Stream(world.seed, "company", "calendar", "trend"))
    passed = np.zeros((2, DAYS + 1), dtype=np.int64)
    np.cumsum(np.stack([workdays(), giving_season()]) * climate // 10, axis=1, out=passed[:, 1:])
    kind = drawn["type"][customer]
    pace = (kind == SEASONAL).astype(np.int64)

    def effort(days: Integers) -> Integers:
        return passed[pace, np.clip(days - START, 0, DAYS)]

    gap = passed[pace, -1] * 365 // DAYS * 1000 // np.maximum(drawn["rate"][customer], 1)
    now = effort(pairs["day"])
    ends = np.minimum(world.numbers("campaigns", "ends_on")[pairs["campaign"]] + 1, drawn["left"][customer])
    ahead = np.maximum(effort(ends) - now, 0)
    ordered = pairs["last"] != MISSING
    last = np.where(ordered, pairs["last"], drawn["first"][customer])
    waited = now - (effort(last) + effort(last + ordered)) // 2
    table = distribution("exponential")
    outlasts = len(table) - np.searchsorted(table, 2 * SCALE * ahead // gap).astype(np.int64)
    none = SCALE * outlasts * (gap + 2 * (waited + ahead)) // (len(table) * (gap + 2 * waited))
    open_to_it = ordered | (world.hidden["customers"]["stock"][customer] == 1)
    return np.where(open_to_it & (kind != ONE_OFF) & (kind != PROSPECT), SCALE - none, 0)


def _works(world: World, pairs: dict[str, Integers]) -> Integers:
    """Return how much each campaign works on each customer, in thousandths; on a few the wrong way."""
    campaign, customer = pairs["campaign"], pairs["customer"]
    n = len(campaign)
    medium = world.numbers("campaigns", "medium")[campaign]
    percent = _TYPES[world.hidden["behaviour"]["type"][customer]]
    percent = percent * _SUITS[medium, world.numbers("customers", "size")[customer]] // 100
    taste = world.stream("campaign_touches", "taste").quantile("normal", n) * 35 // 100 + SCALE
    strength = world.hidden["campaigns"]["strength"][campaign]
    # Above 1428 chances would leave the range of 0 to 1 where seven tenths are approached.
    return np.clip(strength * percent // 100 * taste // SCALE, -500, 1400)


def _treated(world: World, pairs: dict[str, Integers], chance: Integers, works: Integers) -> Flags:
    """Return who is approached: at random, yet so that the campaign works as it should."""
    share = SCALE - 10 * world.numbers("campaigns", "control_share")[pairs["campaign"]]
    more = share * (SCALE - share) * works
    responds = pairs["order"] != MISSING
    odds = share + np.where(responds, more * (SCALE - chance), -more * chance) // SCALE**3
    return world.stream("campaign_touches", "test_group").chance(odds, len(odds))


def _keep_effects(world: World, pairs: dict[str, Integers], effect: Integers, margin: Integers) -> None:
    """Set apart what being approached adds to the chance of an order, and to the margin expected."""
    status, customer = world.numbers("orders", "status"), world.hidden["orders"]["customer"]
    valid = (status != DRAFT) & (status != CANCELLED)
    sums = np.zeros((2, world.customers), dtype=np.int64)
    np.add.at(sums[0], customer[valid], margin[valid])
    np.add.at(sums[1], customer[world.hidden["orders"]["repeated"] == 0], 1)
    usual = sums[0] // np.maximum(sums[1], 1)
    world.truth["campaign_effects"] = {
        **_keys(world, pairs),
        "effect_permille": effect,
        "effect_margin_cents": effect * usual[pairs["customer"]] // SCALE,
    }


def _respond(world: World, touched: dict[str, Integers], amount: Integers, margin: Integers) -> None:
    """Note the first order of each customer approached or held out, or that it only enquired."""
    n = len(touched["day"])
    ends = world.numbers("campaigns", "ends_on")[touched["campaign"]]
    strength = world.hidden["campaigns"]["strength"][touched["campaign"]]
    asks = np.where(touched["treated"] == 1, _ENQUIRES + strength // 12, _ENQUIRES_ANYWAY)
    enquires = world.stream("campaign_responses", "kind").chance(asks, n)
    asked = world.stream("campaign_responses", "responded_on").between(touched["day"], ends, n)
    orders = touched["order"] != MISSING
    order = np.where(orders, touched["order"], 0)
    placed = np.append(world.hidden["orders"]["day"], 0)[order]
    day = np.where(orders, placed, asked)
    rows = np.flatnonzero(orders | enquires)
    rows = rows[in_order(day[rows])]
    orders, order = orders[rows], order[rows]

    def of_the_order(column: Integers, otherwise: int) -> Integers:
        return np.where(orders, np.append(column, 0)[order], otherwise)

    world.tables["campaign_responses"] = {
        "response_id": world.ids("campaign_responses", len(rows)),
        **_keys(world, {name: touched[name][rows] for name in ("campaign", "customer")}),
        "kind": np.where(orders, ORDER, ENQUIRY).astype(np.int64),
        "responded_on": day[rows],
        "order_id": of_the_order(world.numbers("orders", "order_id"), MISSING),
        "amount_cents": of_the_order(amount, 0),
        "margin_cents": of_the_order(margin, 0),
    }


def _keys(world: World, rows: dict[str, Integers]) -> dict[str, Integers]:
    return {
        "campaign_id": world.numbers("campaigns", "campaign_id")[rows["campaign"]],
        "customer_id": world.numbers("customers", "customer_id")[rows["customer"]],
    }
