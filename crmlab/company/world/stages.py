"""Stages of opportunities: when each was entered, never backwards."""

from __future__ import annotations

import numpy as np

from crmlab.company.world import MISSING, World, process
from crmlab.company.world.sorting import in_order


@process(makes=["opportunity_stages"], needs=["opportunities"], ids=(200_001, 50_000))
def opportunity_stages(world: World) -> None:
    """Note each stage that was entered, in the order of time."""
    entered = world.hidden["opportunities"]["entered"]
    deal, stage = (axis.astype(np.int64) for axis in np.nonzero(entered != MISSING))
    days = entered[deal, stage]
    sequence = in_order(days, deal, stage)
    deal, stage, days = deal[sequence], stage[sequence], days[sequence]
    world.tables["opportunity_stages"] = {
        "entry_id": world.ids("opportunity_stages", len(days)),
        "opportunity_id": world.numbers("opportunities", "opportunity_id")[deal],
        "stage": stage,
        "entered_on": days,
    }
