"""Campaigns: which customers are to be approached, how, when, and at what cost."""

from __future__ import annotations

import numpy as np

from crmlab.company.world import Words, World, process
from crmlab.company.world.calendar import START, month_of
from crmlab.company.world.ragged import parents
from crmlab.company.world.streams import Integers
from crmlab.locale import Text

NUMBER = 14
# One campaign after the other, so that no order can be due to two: days between the earliest starts,
# how far a start may slip, and how long a campaign lasts.
_FIRST, _APART, _SLIP = 120, 124, 46
_LASTS = (28, 45)
# How many campaigns use each of `MEDIA`, and how many are for each of `TARGETS`; the first ones are for
# whoever is there, as it takes a year or two to know who buys often and who has gone quiet.
_MEDIA = parents(np.array([3, 3, 2, 3, 1, 2], dtype=np.int64))
_FIRST_TARGETS = parents(np.array([1, 2], dtype=np.int64))
_TARGETS = parents(np.array([2, 4, 3, 2], dtype=np.int64))
_CONTROL = np.array([30, 35, 40], dtype=np.int64)
# Yuan to prepare a campaign, lowest and highest, and cents for each customer approached, by medium.
_FIXED = np.array(
    [[800, 2400], [600, 1800], [1000, 2800], [800, 2600], [6000, 11000], [4000, 8000]], dtype=np.int64
)
_EACH = np.array(
    [[40, 60], [1800, 2700], [800, 1200], [70, 110], [6000, 9000], [7000, 11000]], dtype=np.int64
)
# How strongly customers take to it, in thousandths, lowest and highest, by medium.
_STRENGTH = np.array(
    [[0, 500], [700, 1300], [300, 900], [200, 900], [800, 1400], [800, 1400]], dtype=np.int64
)
_OFFERS = (
    Text("New Year offer", "新年优惠"),
    Text("Back-to-work offer", "开工优惠"),
    Text("Spring buying", "春季采购"),
    Text("Spring office refresh", "春季办公焕新"),
    Text("Early summer offer", "初夏优惠"),
    Text("Half-year offer", "年中优惠"),
    Text("Summer stock-up", "夏季备货"),
    Text("Back-to-school offer", "开学季优惠"),
    Text("Autumn buying", "秋季采购"),
    Text("Autumn refresh", "秋季焕新"),
    Text("Year-end budget offer", "年末预算采购"),
    Text("Year-end thanks", "岁末答谢"),
)


@process(makes=["campaigns"], once=True)
def campaigns(world: World) -> None:
    """Plan the campaigns of all years."""

    def drawn(column: str, ranges: Integers) -> Integers:
        return world.stream("campaigns", column).between(ranges[medium, 0], ranges[medium, 1], NUMBER)

    row = np.arange(NUMBER, dtype=np.int64)
    medium = _MEDIA[world.stream("campaigns", "medium").order(NUMBER)]
    later = _TARGETS[world.stream("campaigns", "target").order(len(_TARGETS))]
    starts = START + _FIRST + _APART * row + world.stream("campaigns", "starts_on").below(_SLIP, NUMBER)
    world.tables["campaigns"] = {
        "campaign_id": world.ids("campaigns", NUMBER),
        "name": Words(row, [_name(month) for month in month_of(starts).tolist()]),
        "medium": medium,
        "target": np.append(_FIRST_TARGETS, later),
        "starts_on": starts,
        "ends_on": starts + world.stream("campaigns", "ends_on").between(*_LASTS, NUMBER),
        "control_share": _CONTROL[world.stream("campaigns", "control_share").below(len(_CONTROL), NUMBER)],
        "fixed_cost_cents": drawn("fixed_cost", _FIXED) * 100,
        "cost_per_customer_cents": drawn("cost_per_customer", _EACH),
    }
    world.hidden["campaigns"] = {"strength": drawn("strength", _STRENGTH)}


def _name(month: int) -> Text:
    offer, year = _OFFERS[month % 12], 1970 + month // 12
    return Text(f"{offer.en} {year}", f"{year} 年{offer.zh}")
