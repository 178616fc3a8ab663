"""Months, quarters and years: which of them a filter touches, and how they change."""

from __future__ import annotations

from itertools import pairwise

import narwhals as nw
import pandas as pd

from crmlab.analysis.filters import Conditions
from crmlab.locale import Text

MONTHS = {"month": 1, "quarter": 3, "year": 12}
EVERY = {
    "month": Text("month", "月"),
    "quarter": Text("quarter", "季度"),
    "year": Text("year", "年"),
}


def slot_of(time: str, every: str) -> nw.Expr:
    """Return the number of the period in which column ``time`` lies: that of the next is one more."""
    year = nw.col(time).dt.year().cast(nw.Int64)
    if every == "year":
        return year
    return (year * 12 + nw.col(time).dt.month().cast(nw.Int64) - 1) // MONTHS[every]


def periods(conditions: Conditions, every: str) -> pd.DataFrame:
    """Return the calendar periods that the filter's period touches.

    Returns
    -------
    pandas.DataFrame
        ``slot`` (as `slot_of` numbers it), ``period`` ("2025-01", "2025-Q1", "2025"), ``start`` (its first
        day), ``complete`` (whether all its days are in the filter and in the records).
    """
    months = MONTHS[every]
    first, last = ((day.year * 12 + day.month - 1) // months for day in (conditions.start, conditions.end))
    starts = [_first_day(slot * months) for slot in range(first, last + 2)]
    after = pd.Timestamp(conditions.after)
    return pd.DataFrame(
        {
            "slot": range(first, last + 1),
            "period": [_label(start, every) for start in starts[:-1]],
            "start": pd.to_datetime(starts[:-1]),
            "complete": [start >= conditions.start and next_ <= after for start, next_ in pairwise(starts)],
        }
    )


def _first_day(month: int) -> pd.Timestamp:
    return pd.Timestamp(year=month // 12, month=month % 12 + 1, day=1)


def _label(start: pd.Timestamp, every: str) -> str:
    match every:
        case "month":
            return f"{start.year}-{start.month:02d}"
        case "quarter":
            return f"{start.year}-Q{start.quarter}"
    return f"{start.year}"


def whole_years(conditions: Conditions) -> pd.Series:
    """Return of each calendar year that the period touches whether it is in the filter as a whole."""
    years = range(conditions.start.year, conditions.end.year + 1)
    whole = [
        _first_day(12 * year) >= conditions.start and pd.Timestamp(year, 12, 31) <= conditions.end
        for year in years
    ]
    return pd.Series(whole, index=pd.Index(years, name="year"))


def change(values: pd.Series, complete: pd.Series, back: int) -> pd.Series:
    """Return the change on the value ``back`` rows before, as a share of it.

    It is missing unless both periods are complete and the base is above zero.

    Examples
    --------
    >>> change(pd.Series([100, 120, 0, 30]), pd.Series([True, True, True, False]), 1).round(2).tolist()
    [nan, 0.2, -1.0, nan]
    """
    base = values.shift(back).where(complete & complete.shift(back, fill_value=False))
    return values / base.where(base > 0) - 1
