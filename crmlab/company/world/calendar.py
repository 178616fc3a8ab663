"""The company's calendar: its history, the holidays, and how busy each day is."""

from __future__ import annotations

from functools import cache

import numpy as np

from crmlab.company.world.streams import Integers, Stream

MINUTES = 24 * 60


def day(text: str) -> int:
    """Return the number of a date, counted from 1970-01-01.

    Examples
    --------
    >>> day("1970-01-31")
    30
    """
    return int(np.datetime64(text, "D").astype(np.int64))


START, TODAY = day("2021-01-01"), day("2026-01-31")
DAYS = TODAY - START + 1
_FIRST_DAY, _LAST_DAY = day("1900-01-01"), day("2099-12-31")

#: First day of the lunar year, and the Mid-Autumn Festival.
SPRING_FESTIVALS = {
    2021: day("2021-02-12"),
    2022: day("2022-02-01"),
    2023: day("2023-01-22"),
    2024: day("2024-02-10"),
    2025: day("2025-01-29"),
    2026: day("2026-02-17"),
}
MID_AUTUMNS = {
    2021: day("2021-09-21"),
    2022: day("2022-09-10"),
    2023: day("2023-09-29"),
    2024: day("2024-09-17"),
    2025: day("2025-10-06"),
}

# How busy a month is beside the others, in percent: a quiet summer, a strong last quarter.
_SEASON = np.array([100, 98, 104, 101, 99, 101, 95, 94, 101, 99, 103, 104], dtype=np.int64)
# Monday to Sunday.
_WEEKDAYS = np.array([106, 104, 102, 100, 98, 8, 3], dtype=np.int64)


def history() -> Integers:
    """Return all days of the history."""
    return np.arange(START, TODAY + 1, dtype=np.int64)


def year_of(days: Integers) -> Integers:
    """Return the years of the history (0 = the first) in which ``days`` lie."""
    return (month_of(days) - month_of(history()[:1])) // 12


def month_of(days: Integers) -> Integers:
    """Return the months (0 = January 1970) in which ``days`` lie."""
    return _months()[days - _FIRST_DAY]


@cache
def _months() -> Integers:
    # Of all days of two centuries: looking up is many times as fast as counting.
    days = np.arange(_FIRST_DAY, _LAST_DAY + 1, dtype=np.int64)
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def quarter_of(days: Integers) -> Integers:
    """Return the quarters since the start of the history."""
    return (month_of(days) - month_of(history()[:1])) // 3


@cache
def workdays() -> Integers:
    """Return how busy each day of the history is for weekday, month, month end and holidays."""
    days = history()
    months = month_of(days)
    busy = _WEEKDAYS[(days + 3) % 7] * _SEASON[months % 12]
    # People close their books: the last days of a month are busier.
    busy = np.where(month_of(days + 2) != months, busy * 140 // 100, busy)
    for festival in SPRING_FESTIVALS.values():
        away = days - festival
        busy = np.where((away >= -30) & (away < -8), busy * 113 // 100, busy)
        busy = np.where((away >= -4) & (away < 0), busy * 40 // 100, busy)
        busy = np.where((away >= 0) & (away < 8), busy * 3 // 100, busy)
        busy = np.where((away >= 8) & (away < 15), busy * 77 // 100, busy)
    for year in SPRING_FESTIVALS:
        for first, length in (
            (day(f"{year}-10-01"), 7),
            (day(f"{year}-05-01"), 5),
            (day(f"{year}-01-01"), 1),
        ):
            away = days - first
            busy = np.where((away >= 0) & (away < length), busy * 10 // 100, busy)
    return busy


@cache
def giving_season() -> Integers:
    """Return how busy each day is for customers who buy for the festivals only."""
    days = history()
    near = np.full(DAYS, 6, dtype=np.int64)
    for festival in (*SPRING_FESTIVALS.values(), *MID_AUTUMNS.values()):
        away = days - festival
        near[(away >= -50) & (away < -6)] = 100
    return workdays() * near // 40


def trend(stream: Stream) -> Integers:
    """Return the business climate of each day in percent: another level each year, drawn."""
    years = year_of(history())
    return stream.between(90, 112, int(years[-1]) + 1)[years]
