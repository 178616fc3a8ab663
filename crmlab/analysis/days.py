"""Days as numbers: not every engine subtracts dates."""

from __future__ import annotations

import narwhals as nw
import pandas as pd


def day_number(column: str) -> nw.Expr:
    """Return the number of the day in ``column``: that of the next day is one more, from 1901 to 2099."""
    year = nw.col(column).dt.year().cast(nw.Int64)
    return year * 365 + (year - 1) // 4 + nw.col(column).dt.ordinal_day().cast(nw.Int64)


def number_of(day: pd.Timestamp) -> int:
    """Return the number of one day, as `day_number` counts.

    Examples
    --------
    >>> number_of(pd.Timestamp("2024-03-01")) - number_of(pd.Timestamp("2024-02-28"))
    2
    """
    return day.year * 365 + (day.year - 1) // 4 + day.day_of_year


def week_number(column: str) -> nw.Expr:
    """Return the number of the week of the day in ``column``; it begins on Monday."""
    return (day_number(column) + _TO_MONDAY) // 7


def weeks(start: pd.Timestamp, end: pd.Timestamp) -> range:
    """Return the numbers of the weeks that lie between two days, both included, as a whole.

    Examples
    --------
    >>> len(weeks(pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-31")))
    3
    """
    first = -(-(number_of(start) + _TO_MONDAY) // 7)
    return range(first, (number_of(end) + 1 + _TO_MONDAY) // 7)


#: What makes the numbers of Mondays divisible by 7.
_TO_MONDAY = -number_of(pd.Timestamp("2024-01-01")) % 7
