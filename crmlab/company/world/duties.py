"""Who does what at the company and on which days: shared by the records of the CRM."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from crmlab.company.world import World
from crmlab.company.world.calendar import START, TODAY, history, workdays
from crmlab.company.world.people import DIRECTOR, SALESPEOPLE, team, works_on
from crmlab.company.world.sorting import number_upto
from crmlab.company.world.streams import Integers, Stream

# Days that are less busy than this are weekends and holidays.
_BUSY = 3000
# How far ahead workdays are known: far enough for whatever is under way today.
_AHEAD = 1000
_WEEKEND = 5


@cache
def _workdays() -> Integers:
    ahead = np.arange(TODAY + 1, TODAY + _AHEAD, dtype=np.int64)
    return np.concatenate([history()[workdays() > _BUSY], ahead[(ahead + 3) % 7 < _WEEKEND]])


@cache
def _numbers() -> Integers:
    days = np.arange(START, TODAY + _AHEAD, dtype=np.int64)
    return np.maximum(np.searchsorted(_workdays(), days, side="right").astype(np.int64) - 1, 0)


def workday_number(days: Integers) -> Integers:
    """Return how many workdays lie between the first of the history and the last up to each of ``days``.

    Examples
    --------
    >>> from crmlab.company.world.calendar import day
    >>> friday, monday = np.array([day("2024-05-31")]), np.array([day("2024-06-03")])
    >>> (workday_number(monday) - workday_number(friday)).tolist()
    [1]
    """
    return _numbers()[days - START]


def workday(number: Integers, earliest: ArrayLike = START) -> Integers:
    """Return the workday of each number, but no day before ``earliest``."""
    return np.maximum(_workdays()[np.maximum(number, 0)], np.asarray(earliest, dtype=np.int64))


def at_work(days: Integers, earliest: ArrayLike = START) -> Integers:
    """Return the last workday up to each of ``days``, but no day before ``earliest``.

    Examples
    --------
    >>> from crmlab.company.world.calendar import day
    >>> sunday = np.array([day("2024-06-02")])
    >>> (sunday - at_work(sunday)).tolist()
    [2]
    """
    return workday(workday_number(days), earliest)


def some_day(stream: Stream, first: Integers, last: Integers) -> Integers:
    """Return for each row a day from ``first`` to ``last``, busy days more often than quiet ones."""
    effort = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(workdays(), dtype=np.int64)])
    reached = stream.between(effort[first - START], effort[last + 1 - START] - 1, len(first))
    return START + number_upto(effort, reached) - 1


def recorder_on(world: World, table: str, owner: Integers, days: Integers, permille: int) -> Integers:
    """Return who keyed each record in (by row): the owner, or now and then a colleague or the director."""
    recorder, n = owner.copy(), len(owner)
    other = np.flatnonzero(world.stream(table, "other_recorder").chance(permille, n))
    colleague = world.stream(table, "recorder_id").below(SALESPEOPLE, n)[other]
    free = works_on(world, colleague, days[other]) & (colleague != owner[other])
    recorder[other] = np.where(free, colleague, DIRECTOR)
    return recorder


def seller_on(world: World, table: str, region: Integers, days: Integers) -> Integers:
    """Return a salesperson at work on each day (by row): mostly one of the region."""
    sellers = team(world)
    at_hand = works_on(world, sellers[None, :], days[:, None])
    near = world.numbers("employees", "region")[sellers][None, :] == region[:, None]
    rows = np.arange(len(days), dtype=np.int64)
    weights = at_hand * np.where(near, 30, 1)
    return sellers[world.stream(table, "owner_id").choose(weights, len(days), rows=rows)]
