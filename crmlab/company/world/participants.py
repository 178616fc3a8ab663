"""Participants: who went along on visits, demonstrations and meetings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.company.schema import ACTIVITY_KINDS
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.activities import DEMONSTRATION, MEETING, VISIT
from crmlab.company.world.calendar import TODAY
from crmlab.company.world.people import DIRECTOR, SALESPEOPLE, SERVICE_MANAGER, works_on
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import Integers

# Who goes along: a colleague, the director, nobody from credit control, the service manager.
_COMPANIONS = np.array([6] * SALESPEOPLE + [14, 0, 14], dtype=np.int64)
_TOGETHER = np.isin(np.arange(len(ACTIVITY_KINDS)), [VISIT, DEMONSTRATION, MEETING])
# In a thousand of these a third comes too.
_THIRD = 150


@process(makes=["activity_participants"], needs=["activities"], ids=(300_001, 50_000))
def activity_participants(world: World) -> None:
    """Send a second and sometimes a third along, if they are free."""
    activity, employee = _companions(world)
    joint = np.unique(activity)
    owners = world.hidden["activities"]["owner"][joint]
    everybody = np.concatenate([joint, activity])
    is_owner = np.arange(len(everybody)) < len(joint)
    sequence = in_order(everybody, (~is_owner).astype(np.int64))
    world.tables["activity_participants"] = {
        "participant_id": world.ids("activity_participants", len(everybody)),
        "activity_id": world.numbers("activities", "activity_id")[everybody[sequence]],
        "employee_id": world.numbers("employees", "employee_id")[
            np.concatenate([owners, employee])[sequence]
        ],
    }


def _companions(world: World) -> tuple[Integers, Integers]:
    """Return activity and employee (by row) of those who go along: nobody is in two places at once."""
    work = world.hidden["activities"]
    n = len(work["day"])
    together = _TOGETHER[work["kind"]] & (work["customer"] != MISSING)
    chosen = together & world.stream("activity_participants", "joint").chance(world.flaws.joint, n)
    joint = np.flatnonzero(chosen).astype(np.int64)
    colleague = world.stream("activity_participants", "employee_id").choose(_COMPANIONS, len(joint))
    here = works_on(world, colleague, np.minimum(work["day"][joint], TODAY))
    free = here & ~_busy(work, colleague, joint) & (colleague != work["owner"][joint])
    second = np.where(free, colleague, DIRECTOR)
    three = world.stream("activity_participants", "third").chance(_THIRD, len(joint))
    third = np.where(second == DIRECTOR, SERVICE_MANAGER, DIRECTOR)[three]
    activity, employee = np.concatenate([joint, joint[three]]), np.concatenate([second, third])
    start = work["start"][activity]
    sequence = in_order(employee, start)
    ends = (start + work["minutes"][activity])[sequence]
    same = np.append(False, np.diff(employee[sequence]) == 0)[: len(sequence)]
    clash = same & (start[sequence] < np.append(0, ends)[: len(sequence)])
    kept = np.sort(sequence[~clash])
    return activity[kept], employee[kept]


def _busy(work: dict[str, Integers], employee: Integers, activity: Integers) -> NDArray[np.bool_]:
    """Return whether each employee has work of the own while an activity lasts."""
    own = in_order(work["owner"], work["start"])
    key = (work["owner"] << 32 | work["start"])[own]
    end = work["start"] + work["minutes"]
    last = np.searchsorted(key, employee << 32 | end[activity]) - 1
    before = own[np.maximum(last, 0)]
    return (last >= 0) & (work["owner"][before] == employee) & (end[before] > work["start"][activity])
