"""The periods that people ask for by name: this year, last quarter, and so on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: First and last day of a period; (None, None) is all that there is.
Period = tuple[date | None, date | None]

ALL: Period = (None, None)
#: Not the name of a period, but of any other one.
OWN = "own_period"
#: The periods that last until today, and the months of that of which each is a part.
TO_DATE = {"this_year": 12, "this_quarter": 3, "this_month": 1}


def presets(company: Company) -> dict[str, Period]:
    """Return the periods that have a name and lie in the company's history, by ``explore.<name>``.

    Examples
    --------
    >>> from crmlab import open_company
    >>> start, end = presets(open_company(language="en"))["last_quarter"]
    >>> start.isoformat(), end.isoformat()
    ('2025-10-01', '2025-12-31')
    """
    first, today = company.start.normalize(), company.today.normalize()
    year = pd.Timestamp(today.year, 1, 1)
    quarter = pd.Timestamp(today.year, 3 * today.quarter - 2, 1)
    day, months = pd.Timedelta(days=1), pd.DateOffset
    wanted = {
        "this_year": (year, today),
        "last_year": (year - months(years=1), year - day),
        "this_quarter": (quarter, today),
        "last_quarter": (quarter - months(months=3), quarter - day),
        "this_month": (today.replace(day=1), today),
        "last_12_months": (today + day - months(months=12), today),
        "same_period_last_year": (year - months(years=1), today - months(years=1)),
    }
    inside = {name: (max(start, first), end) for name, (start, end) in wanted.items() if end >= first}
    return {"all": ALL} | {name: (start.date(), end.date()) for name, (start, end) in inside.items()}
