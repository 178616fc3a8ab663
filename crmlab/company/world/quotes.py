"""Quotes: what was offered for an opportunity, and what became of the offer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.company.schema import QUOTE_STATUSES
from crmlab.company.world import MISSING, World, process
from crmlab.company.world.calendar import TODAY
from crmlab.company.world.duties import recorder_on
from crmlab.company.world.opportunities import LOST, NEGOTIATION, QUOTATION, WON
from crmlab.company.world.people import owner_on
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import Integers

_OPEN, _ACCEPTED, _REJECTED, _REPLACED, _EXPIRED = range(len(QUOTE_STATUSES))
# Of a thousand deals that are negotiated, those in which a second quote replaces the first.
_SECOND = 420
_VALID_DAYS = np.array([15, 30, 60], dtype=np.int64)
_YUAN = 100


@process(makes=["quotes"], needs=["opportunities"], ids=(60_001, 10_000))
def quotes(world: World) -> None:
    """Write the quotes, numbered in the order of time."""
    deal, day, replaced = _written(world)
    n = len(deal)
    customer = world.hidden["opportunities"]["customer"][deal]
    owner = owner_on(world, world.hidden["customers"]["first_owner"][customer], day)
    recorder = recorder_on(world, "quotes", owner, day, world.flaws.crm_recorder)
    valid = day + _VALID_DAYS[world.stream("quotes", "valid_until").below(len(_VALID_DAYS), n)]
    valid, status = _answered(world, deal, valid, replaced)
    world.tables["quotes"] = {
        "quote_id": world.ids("quotes", n),
        "opportunity_id": world.numbers("opportunities", "opportunity_id")[deal],
        "quoted_on": day,
        "valid_until": valid,
        "amount_cents": _amount(world, deal, replaced),
        "status": status,
        "recorder_id": world.numbers("employees", "employee_id")[recorder],
    }


def _written(world: World) -> tuple[Integers, Integers, NDArray[np.bool_]]:
    """Return deal and day of each quote, and whether a second one replaces it."""
    entered = world.hidden["opportunities"]["entered"]
    again = (entered[:, NEGOTIATION] != MISSING) & world.stream("quotes", "second").chance(
        _SECOND, len(entered)
    )
    first, second = (
        np.flatnonzero(rows).astype(np.int64) for rows in (entered[:, QUOTATION] != MISSING, again)
    )
    deal = np.concatenate([first, second])
    day = np.concatenate([entered[first, QUOTATION], entered[second, NEGOTIATION]])
    replaced = np.concatenate([again[first], np.zeros(len(second), dtype=bool)])
    sequence = in_order(day, deal, (~replaced).astype(np.int64))
    return deal[sequence], day[sequence], replaced[sequence]


def _answered(
    world: World, deal: Integers, valid: Integers, replaced: NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """Return the last day of each quote and its status; what is accepted was valid until then."""
    closed = world.hidden["opportunities"]["closed"][deal]
    outcome = world.numbers("opportunities", "outcome")[deal]
    accepted = (outcome == WON) & ~replaced
    valid = np.where(accepted, np.maximum(valid, closed), valid)
    late = valid < np.minimum(closed, TODAY)
    status = np.where(late, _EXPIRED, np.where(outcome == LOST, _REJECTED, _OPEN))
    status = np.where(replaced, _REPLACED, np.where(accepted, _ACCEPTED, status))
    return valid, status.astype(np.int64)


def _amount(world: World, deal: Integers, replaced: NDArray[np.bool_]) -> Integers:
    """Return the cents of each quote: the order's for the one that was accepted, more for one replaced."""
    found = world.hidden["opportunities"]
    percent = world.stream("quotes", "amount").between(92, 108, len(found["order"]))
    cents = found["expected"] * percent // 100 // _YUAN * _YUAN
    won = found["order"] != MISSING
    cents[won] = world.hidden["sales"]["net"][found["order"][won]]
    dearer = cents[deal] * world.stream("quotes", "dearer").between(102, 112, len(deal)) // 100
    return np.where(replaced, dearer // _YUAN * _YUAN, cents[deal])
