"""What the catalogue was in the past: what products cost, and under which category they stood."""

from __future__ import annotations

import numpy as np

from crmlab.company.world import Words, World, process
from crmlab.company.world.calendar import START, history, month_of, quarter_of
from crmlab.company.world.products import QUARTERS, catalogue
from crmlab.company.world.streams import Integers
from crmlab.locale import Text

#: Days before its launch from which a product has a cost: it is bought before it is sold.
BOUGHT_AHEAD = 60
# What minor categories may have been called before, and under which major one they may have stood.
_FORMER_NAMES = {
    "Presentation": Text("Meeting equipment", "会议设备"),
    "Writing": Text("Pens", "笔类"),
    "Desk supplies": Text("Stationery", "文具"),
    "Peripherals": Text("Computer parts", "电脑周边"),
    "Storage": Text("Disks and memory", "存储介质"),
    "Cabinets": Text("Storage furniture", "储物家具"),
    "Coffee and drinks": Text("Beverages", "饮料"),
    "Business gifts": Text("Promotional items", "促销品"),
    "Cleaning": Text("Hygiene", "卫生用品"),
}
_FORMER_MAJORS = {
    "Copiers and scanners": "IT accessories",
    "Shredders and safes": "Office supplies",
    "Toner and ink": "Office supplies",
    "Network and power": "Office equipment",
    "Safety and first aid": "Office supplies",
}
# The catalogue is put in order on the first of a month, so many months after the start of the history.
_MONTHS = 15, 45


@process(makes=["product_costs"], needs=["products"], ids=(1, 0), once=True)
def product_costs(world: World) -> None:
    """List each product's cost from the day on which it changed."""
    cost = world.hidden["prices"]["cost"]
    bought = np.maximum(world.numbers("products", "launched_on") - BOUGHT_AHEAD, START)
    first = quarter_of(bought)[:, None]
    quarters = np.arange(QUARTERS, dtype=np.int64)[None, :]
    changed = np.diff(cost, axis=1, prepend=-1) != 0
    product, quarter = np.nonzero((quarters == first) | (changed & (quarters > first)))
    world.tables["product_costs"] = {
        "cost_id": world.ids("product_costs", len(product)),
        "product_id": world.numbers("products", "product_id")[product],
        "valid_from": _first_of_month(3 * quarter.astype(np.int64)),
        "unit_cost_cents": cost[product, quarter],
    }


@process(makes=["product_categories"], needs=["products"], ids=(1, 0), once=True)
def product_categories(world: World) -> None:
    """List the category of each product from the day on which it came there."""
    rows = catalogue()
    former = _former(world, rows)
    launched = world.numbers("products", "launched_on")
    changed = former["until"][rows["minor"]]
    old = np.flatnonzero(launched < changed).astype(np.int64)
    product = np.concatenate([old, np.arange(len(launched), dtype=np.int64)])
    since = np.concatenate([launched[old], np.maximum(launched, changed)])
    major = np.concatenate([former["major"][rows["minor"][old]], rows["major"]])
    minor = np.concatenate([former["minor"][rows["minor"][old]], rows["minor"]])
    sequence = np.lexsort((since, product))
    world.tables["product_categories"] = {
        "history_id": world.ids("product_categories", len(sequence)),
        "product_id": world.numbers("products", "product_id")[product[sequence]],
        "valid_from": since[sequence],
        "major_category": Words(major[sequence], rows["majors"]),
        "minor_category": Words(minor[sequence], [*rows["minors"], *_FORMER_NAMES.values()]),
    }


def _former(world: World, rows: dict) -> dict[str, Integers]:
    """Return for each minor category what it was before, and until when: 0 if it was always the same."""
    majors, minors = ([text.en for text in rows[name]] for name in ("majors", "minors"))
    n = len(minors)
    minor, major = np.arange(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    major[rows["minor"]] = rows["major"]
    until = np.zeros(n, dtype=np.int64)
    months = world.stream("product_categories", "valid_from").between(*_MONTHS, n)
    for name in _some(world, "renamed", list(_FORMER_NAMES), n * world.flaws.category_renamed):
        minor[minors.index(name)] = n + list(_FORMER_NAMES).index(name)
        until[minors.index(name)] = _first_of_month(months)[minors.index(name)]
    for name in _some(world, "moved", list(_FORMER_MAJORS), n * world.flaws.category_moved):
        major[minors.index(name)] = majors.index(_FORMER_MAJORS[name])
        until[minors.index(name)] = _first_of_month(months)[minors.index(name)]
    return {"major": major, "minor": minor, "until": until}


def _some(world: World, column: str, names: list[str], milli: int) -> list[str]:
    """Return ``milli`` thousandths of a name, drawn: at most all."""
    order = world.stream("product_categories", column).order(len(names))
    return [names[place] for place in order[: milli // 1000].tolist()]


def _first_of_month(months: Integers) -> Integers:
    """Return the first day of each month, counted from the start of the history."""
    since = month_of(history()[:1]) + months
    return since.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
