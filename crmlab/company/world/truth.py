"""The truth: what was drawn and a real company would never know."""

from __future__ import annotations

import numpy as np

from crmlab.company.world import MISSING, Words, World, process
from crmlab.company.world.behaviour import PROSPECT, TYPES
from crmlab.company.world.calendar import TODAY
from crmlab.company.world.streams import Integers
from crmlab.locale import Text


@process(makes=["truth"], needs=["behaviour", "orders", "order_lines"])
def truth(world: World) -> None:
    """Set apart each customer's type, rate, leaving day, yearly margin and answer to a gift."""
    drawn = world.hidden["behaviour"]
    gone = (drawn["left"] <= TODAY) & (drawn["type"] != PROSPECT)
    rate = np.where(gone, 0, drawn["rate"])
    world.truth["customers"] = {
        "customer_id": world.numbers("customers", "customer_id"),
        "type": Words(drawn["type"], [Text(name, name) for name in TYPES]),
        "orders_per_year_milli": drawn["rate"],
        "left_on": np.where(gone, drawn["left"], MISSING),
        "margin_per_year_cents": np.maximum(_margin_of_an_order(world) * rate // 1000, 0),
        "gift_response_permille": np.where(gone, 0, drawn["gift"]),
    }


def _margin_of_an_order(world: World) -> Integers:
    """Return the mean gross margin in cents of an order of each customer."""
    lines, placed = world.hidden["order_lines"], world.hidden["orders"]
    margin = lines["net"] - world.numbers("order_lines", "quantity") * world.numbers(
        "order_lines", "unit_cost_cents"
    )
    total = np.zeros(world.customers, dtype=np.int64)
    np.add.at(total, placed["customer"][lines["order"]], margin)
    orders = np.zeros(world.customers, dtype=np.int64)
    np.add.at(orders, placed["customer"], 1)
    return total // np.maximum(orders, 1)
