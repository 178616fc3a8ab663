"""CDNOW, a music shop's 23,570 new customers of early 1997 over eighteen months: the yardstick of such data.

Only its published figures are here. Who has the file, `CDNOW_master.txt`, can show the whole distributions.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from crmlab.company.realism.books import Books
from crmlab.errors import CrmlabError

NAME = "CDNOW"
#: The published figures: days between purchases, sigma of log order value, bought again in 18 months.
MEDIAN_GAP, MEAN_GAP, GAP_VARIATION = 34, 72, 1.27
SIGMA = 0.74
REPEATED = 0.49

MONTHS = 18
_DAYS_OF_MONTH = 365.25 / 12


class Buying(NamedTuple):
    """How customers buy.

    Attributes
    ----------
    gaps : Series
        Days between one purchase and the next.
    values : Series
        What each purchase came to, as a multiple of the median.
    again : Series
        By months since the first purchase, the share of customers who bought again.
    """

    gaps: pd.Series
    values: pd.Series
    again: pd.Series


def generated(books: Books) -> Buying:
    """Return how the customers of a company buy."""
    months = pd.DateOffset(months=MONTHS)
    watched = books.repeated[books.repeated["first"] <= books.today - months]
    return Buying(books.gaps, books.values / books.values.median(), _again(watched["days"]))


def read(path: Path, language: str | None = None) -> Buying:
    """Return how CDNOW's customers bought, out of the file of its transactions.

    Raises
    ------
    CrmlabError
        When the file cannot be read, or its lines are not customer, date, number of CDs, dollars.
    """
    try:
        cells = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        if cells and not cells[0][0].isdigit():
            cells = cells[1:]  # some copies have a header
        log = pd.DataFrame(cells, columns=["customer", "date", "number", "dollars"])
        log = log.astype({"dollars": float}).assign(date=pd.to_datetime(log["date"], format="%Y%m%d"))
    except OSError as error:
        raise CrmlabError("realism.no_cdnow", language, file=path, reason=error.strerror) from None
    except ValueError:
        raise CrmlabError("realism.bad_cdnow", language, file=path) from None
    if log.empty:
        raise CrmlabError("realism.bad_cdnow", language, file=path)
    # What somebody bought on one day is one purchase.
    orders = log.groupby(["customer", "date"])["dollars"].sum().reset_index()
    orders["gap"] = orders.groupby("customer")["date"].diff().dt.days
    place = orders.groupby("customer").cumcount()
    second = orders[place == 1].set_index("customer")["gap"]
    paid = orders.loc[orders["dollars"] > 0, "dollars"]
    return Buying(
        orders["gap"].dropna(), paid / paid.median(), _again(second.reindex(log["customer"].unique()))
    )


def _again(days: pd.Series) -> pd.Series:
    months = np.arange(MONTHS + 1)
    return pd.Series([(days <= month * _DAYS_OF_MONTH).mean() for month in months], index=months)
