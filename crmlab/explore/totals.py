"""Which columns of a result have a total, and what it is.

A sum means something only if the rows are parts of a whole. A share proves that they are; without one, a
row must be one customer, one product or one month, and the column an amount or a number of records that
belong to one row only. Numbers of buyers or orders by product are in no total: one order has several
products.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmlab.analysis.heading import Heading

SUMMED = ("count", "yuan", "hours")
#: What belongs to one customer, one employee, one campaign, one month and to no other.
BELONGING = frozenset(
    [
        "net_sales",
        "margin",
        "gross_margin",
        "receipts",
        "expenses",
        "target",
        "amount",
        "balance",
        "not_due",
        "days_1_30",
        "days_31_60",
        "days_61_90",
        "over_90",
        "overdue",
        "credit",
        "expected_gain",
        "extra_cost",
        "benefit",
        "monetary",
        "value",
        "net_sales_12_months",
        "sales_at_risk",
        "hours",
        "contacts",
        "visits",
        "calls",
        "mails",
        "demonstrations",
        "meetings",
        "claims",
        "invoices",
        "tickets",
        "open",
        "answered",
        "closed",
        "satisfied",
        "neutral",
        "dissatisfied",
        "no_answer",
        "responses",
        "new_customers",
        "customers_created",
        "opportunities_opened",
        "opportunities_won",
        "won",
        "lost",
        "demand",
    ]
)
NAMES = ("id", "text", "date", "year")


def totals(result: pd.DataFrame, columns: Mapping[str, Heading]) -> dict[str, float]:
    """Return the sum of each column of ``result`` of which a sum means something.

    Examples
    --------
    >>> from crmlab.locale import Text
    >>> headings = {name: Heading(Text(name, name), format) for name, format in
    ...             (("source", "text"), ("customers", "count"), ("share", "share"))}
    >>> totals(pd.DataFrame({"source": ["A", "B"], "customers": [3, 1], "share": [0.75, 0.25]}), headings)
    {'customers': 4.0}
    """
    if len(result) < 2:
        return {}
    belonging = BELONGING if _one_each(result, columns) else frozenset()
    found = {}
    for name, heading in columns.items():
        if heading.format not in SUMMED:
            continue
        values = result[name].dropna()
        if len(values) and (name in belonging or _proven(result, name, columns)):
            found[name] = float(values.sum())
    return found


def _one_each(result: pd.DataFrame, columns: Mapping[str, Heading]) -> bool:
    """Whether each row is one customer, product, employee or period: each leading name occurs once."""
    leading = []
    for name, heading in columns.items():
        if heading.format in NAMES and not heading.words:
            leading.append(name)
        elif not name.startswith("rank"):
            break
    numbered = [name for name in leading if columns[name].format != "text"]
    return bool(numbered) and not result.duplicated(leading).any()


def _proven(result: pd.DataFrame, name: str, columns: Mapping[str, Heading]) -> bool:
    """Whether a column of shares says of each row what part of the column's sum it is."""
    values = result[name].astype("float64").to_numpy()
    whole = values.sum()
    if not whole > 0:
        return False
    shares = (result[key].to_numpy() for key, heading in columns.items() if heading.format == "share")
    return any(np.allclose(share, values / whole, rtol=0, atol=1e-9) for share in shares)
