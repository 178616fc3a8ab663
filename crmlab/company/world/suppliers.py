"""Suppliers: from whom each product is bought, how long that takes, and how reliable they are."""

from __future__ import annotations

import numpy as np

from crmlab.company.world import Words, World, naming, process
from crmlab.company.world.products import catalogue
from crmlab.company.world.ragged import parents, starts
from crmlab.locale import Text

# What the suppliers of each major category are called; how many there are; days from order to delivery.
_TRADES = (
    Text("Office Equipment Manufacturing", "办公设备制造"),
    Text("Stationery Manufacturing", "文具制造"),
    Text("Digital Accessories", "数码配件"),
    Text("Office Furniture Manufacturing", "办公家具制造"),
    Text("Tea and Gift Supply", "茶礼供应"),
    Text("Safety Products", "安防劳保用品"),
)
_NUMBER = np.array([3, 2, 3, 2, 3, 2], dtype=np.int64)
_LEAD_DAYS = np.array([10, 6, 8, 18, 7, 6], dtype=np.int64)
_PAYMENT_DAYS = np.array([0, 30, 45, 60], dtype=np.int64)
_PAYMENT = np.array([15, 45, 25, 15], dtype=np.int64)


@process(makes=["suppliers"], needs=["products"], ids=(11, 0), once=True)
def suppliers(world: World) -> None:
    """Choose suppliers for each major category, and for each product a first and a second one."""
    rows, major = catalogue(), parents(_NUMBER)
    n = len(major)
    city = world.stream("suppliers", "city").below(len(naming.cities()), n)
    words = naming.words(False)
    word = world.stream("suppliers", "word").order(len(words))[:n]
    names = [
        _name(naming.cities()[place], words[which], _TRADES[kind])
        for place, which, kind in zip(city.tolist(), word.tolist(), major.tolist(), strict=True)
    ]
    lead = _LEAD_DAYS[major] + world.stream("suppliers", "lead_days").between(-2, 4, n)
    payment = world.stream("suppliers", "payment_days").choose(_PAYMENT, n)
    world.tables["suppliers"] = {
        "supplier_id": world.ids("suppliers", n),
        "name": Words(np.arange(n, dtype=np.int64), names),
        "city": Words(city, naming.cities()),
        "major_category": Words(major, rows["majors"]),
        "lead_days": lead,
        "payment_days": _PAYMENT_DAYS[payment],
    }
    number, before = _NUMBER[rows["major"]], starts(_NUMBER)[rows["major"]]
    first = world.stream("suppliers", "first").below(number, len(number))
    world.hidden["suppliers"] = {
        "first": before + first,
        "second": before + (first + 1) % number,
        "late": world.stream("suppliers", "late").between(60, 400, n),
    }


def _name(city: Text, word: Text, trade: Text) -> Text:
    return Text(f"{city.en} {word.en} {trade.en} Co., Ltd.", f"{city.zh}{word.zh}{trade.zh}有限公司")
