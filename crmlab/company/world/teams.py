"""Sales teams, and what each salesperson is to sell in a year."""

from __future__ import annotations

import numpy as np

from crmlab.company.world import MISSING, World, process
from crmlab.company.world.calendar import TODAY, day, month_of
from crmlab.company.world.people import SALESPEOPLE, STUDENT
from crmlab.company.world.sorting import firsts, in_order
from crmlab.company.world.streams import Integers, Stream

# Which team looks after each region.
_TEAM = np.array([0, 1, 2, 1, 3, 3, 2], dtype=np.int64)
_TEAMS = int(_TEAM.max()) + 1
_FIRST_YEAR = 2021
# Thousand yuan that one salesperson is to sell in each year, and percent of it by region.
_AIM = np.array([780, 880, 1020, 1230, 1520, 1700], dtype=np.int64)
_BY_REGION = np.array([108, 112, 104, 76, 104, 90, 92], dtype=np.int64)
_STUDENT = 70
#: Targets are round sums: so many cents.
_ROUND = 1_000_000


@process(makes=["teams"], needs=["employees"], once=True)
def teams(world: World) -> None:
    """Form the teams, each led by the one of longest service who is still here."""
    hired, left, region = (
        world.numbers("employees", name)[:SALESPEOPLE] for name in ("hired_on", "left_on", "region")
    )
    by_service = in_order(_TEAM[region], (left != MISSING).astype(np.int64), hired)
    leader = by_service[firsts(_TEAM[region][by_service])]
    world.tables["teams"] = {
        "team_id": world.ids("teams", _TEAMS),
        "name": np.arange(_TEAMS, dtype=np.int64),
        "leader_id": world.numbers("employees", "employee_id")[leader],
        "formed_on": world.stream("teams", "formed_on").between(day("2020-11-02"), day("2020-12-30"), _TEAMS),
    }


@process(makes=["targets"], needs=["teams"], ids=(1, 100), office=True)
def targets(world: World) -> None:
    """Set the targets of all years in which somebody is here, if only for some months."""
    grid = np.arange(SALESPEOPLE * len(_AIM), dtype=np.int64)
    employee, year = grid // len(_AIM), grid % len(_AIM)
    percent = world.stream("targets", "amount").between(88, 114, len(grid))
    here = _months(world, employee, year) > 0
    employee, year, percent = employee[here], year[here], percent[here]
    target_id = world.ids("targets", len(employee))
    if world.account is not None:
        own = Stream(world.seed, f"account {world.account.lower()}", "targets", "amount")
        years = np.arange(len(_AIM), dtype=np.int64)
        employee = np.append(employee, np.full(len(years), STUDENT, dtype=np.int64))
        year = np.append(year, years)
        percent = np.append(percent, own.between(88, 114, len(years)))
        target_id = np.append(target_id, 1 + 100 * world.partition + years)
    region = world.numbers("employees", "region")[employee]
    usual = np.where(employee == STUDENT, _STUDENT, _BY_REGION[region])
    cents = _AIM[year] * 1000 * usual * percent // 100 * _months(world, employee, year) // 12
    world.tables["targets"] = {
        "target_id": target_id,
        "employee_id": world.numbers("employees", "employee_id")[employee],
        "team_id": world.numbers("teams", "team_id")[_TEAM[region]],
        "year": _FIRST_YEAR + year,
        "amount_cents": np.maximum(cents // _ROUND, 1) * _ROUND,
    }


def _months(world: World, employee: Integers, year: Integers) -> Integers:
    """Return in how many months of a year each employee is here, the months of coming and going too."""
    january = month_of(np.array([day(f"{_FIRST_YEAR}-01-01")], dtype=np.int64)) + 12 * year
    hired, left = (world.numbers("employees", name)[employee] for name in ("hired_on", "left_on"))
    last = np.where(left == MISSING, january + 11, month_of(np.where(left == MISSING, TODAY, left)))
    first = np.maximum(month_of(hired), january)
    return np.clip(np.minimum(last, january + 11) - first + 1, 0, 12)
