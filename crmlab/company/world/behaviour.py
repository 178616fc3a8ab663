"""What kind of buyer each customer is, how often it buys, and when it leaves: nobody at the company knows."""

from __future__ import annotations

import numpy as np

from crmlab.company.world import MISSING, World, process
from crmlab.company.world.calendar import TODAY
from crmlab.company.world.streams import SCALE, Integers

#: Kinds of buyers. One-off customers buy once; prospects never do; seasonal ones buy for the festivals.
TYPES = ("loyal", "steady", "seasonal", "occasional", "one_off", "prospect")
LOYAL, STEADY, SEASONAL, OCCASIONAL, ONE_OFF, PROSPECT = range(len(TYPES))

# Type by source, for new customers: those who were referred stay.
_NEW = np.array(
    [
        [145, 200, 50, 110, 420, 75],  # referral
        [75, 140, 65, 115, 515, 90],  # trade fair
        [50, 110, 50, 115, 575, 100],  # telephone
        [65, 130, 50, 110, 555, 90],  # website
        [50, 100, 60, 115, 575, 100],  # advertising
        [40, 90, 65, 120, 585, 100],  # social media
        [115, 170, 50, 110, 475, 80],  # partner
        [60, 120, 60, 115, 565, 80],  # walk-in
    ],
    dtype=np.int64,
)
_STOCK = np.array([[230, 280, 90, 170, 30, 200]], dtype=np.int64)
# Orders a year in thousandths: the middle of each type.
_RATE = np.array([14_000, 11_000, 6_600, 2_100, 0, 0], dtype=np.int64)
# The value of their orders, in percent: who buys rarely buys for a project.
_BASKET = np.array([80, 95, 125, 170, 170, 100], dtype=np.int64)
_REFERRED = 118
# A customer stays this many days on average.
_STAYS = np.array([6000, 3600, 3000, 1900, 1, 1], dtype=np.int64)
# What a suitable gift adds to a year's margin, in a thousandth: lowest and highest.
_GIFT = np.array([[40, 70], [60, 100], [70, 120], [30, 80], [0, 15], [0, 0]], dtype=np.int64)


@process(makes=["behaviour"], needs=["customers"])
def behaviour(world: World) -> None:
    """Draw type, rate, first purchase and leaving day of each customer."""
    n = world.customers
    known = world.hidden["customers"]
    kinds = np.concatenate([_NEW, _STOCK])
    rows = np.where(known["stock"] == 1, len(_NEW), known["source"])
    kind = world.stream("behaviour", "type").choose(kinds, n, rows=rows)
    spread = world.stream("behaviour", "rate").spread("lognormal_35", n)
    rate = _RATE[kind] * spread // SCALE
    rate = np.where(known["source"] == 0, rate * _REFERRED // 100, rate)
    first, cancelled = _first(world)
    stays = world.stream("behaviour", "stays").quantile("exponential", n) * _STAYS[kind] // SCALE
    world.hidden["behaviour"] = {
        "type": kind,
        "rate": rate,
        "first": first,
        "cancelled_first": cancelled,
        "left": np.where(kind == PROSPECT, first - 1, np.minimum(first + stays, TODAY + 1)),
        "gift": world.stream("behaviour", "gift").between(_GIFT[kind, 0], _GIFT[kind, 1], n),
        "basket": world.stream("behaviour", "basket").spread("lognormal_25", n) * _BASKET[kind] // 100,
    }


def _first(world: World) -> tuple[Integers, Integers]:
    """Return the day of the first purchase, and of the same order cancelled months before."""
    n = world.customers
    stock = world.hidden["customers"]["stock"] == 1
    wait = 1 + world.stream("behaviour", "wait").quantile("exponential", n) * 32 // SCALE
    asked = world.numbers("customers", "created_on") + np.where(stock, 0, wait)
    again = world.stream("behaviour", "first_cancelled").chance(world.flaws.first_cancelled, n) & ~stock
    months = world.stream("behaviour", "repeated").between(60, 240, n)
    return np.where(again, asked + months, asked), np.where(again, asked, MISSING)
