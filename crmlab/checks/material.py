"""What the questions of all labs compute with: tables as stored, joined and selected as a student would.

A mistake computes on its own what a person computes wrongly, so it starts from the tables and not from
the analyses, which are right.
"""

from __future__ import annotations

import pandas as pd

from crmlab.company.company import Company
from crmlab.company.schema import VALID_STATUSES


def table(company: Company, name: str) -> pd.DataFrame:
    """Return a table as stored, in cents, wherever it lives.

    Examples
    --------
    >>> from crmlab import open_company
    >>> table(open_company(language="en"), "order_lines")["unit_price_cents"].dtype
    dtype('int64')
    """
    return company.frame(name).collect("pandas").to_native()


def within(days: pd.Series, start: str, end: str) -> pd.Series:
    """Return which ``days`` are from ``start`` to ``end``, both included to the last minute.

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2025-12-31 17:00", "2026-01-01 00:00"]))
    >>> within(days, "2025-01-01", "2025-12-31").tolist()
    [True, False]
    """
    return (days >= pd.Timestamp(start)) & (days < pd.Timestamp(end) + pd.Timedelta(days=1))


def until(days: pd.Series, day: str | None) -> pd.Series:
    """Return which ``days`` are not after ``day``, included to the last minute; all of them without one.

    Examples
    --------
    >>> until(pd.to_datetime(pd.Series(["2025-12-31 17:00", "2026-01-01 00:00"])), "2025-12-31").tolist()
    [True, False]
    """
    return days < (pd.Timestamp(day) + pd.Timedelta(days=1) if day else pd.Timestamp.max)


def valid_orders(company: Company) -> pd.DataFrame:
    """Return the confirmed, shipped and completed orders."""
    orders = table(company, "orders")
    return orders[orders["status"].isin(VALID_STATUSES)]


def latest_orders(company: Company, months: int) -> pd.DataFrame:
    """Return the valid orders of the last ``months`` before today."""
    orders = valid_orders(company)
    return orders[orders["ordered_at"] >= company.today - pd.DateOffset(months=months)]


def all_lines(company: Company) -> pd.DataFrame:
    """Return all order lines with their order, what they are worth and cost, and whether they are valid.

    ``gross_cents`` is before the discount, ``net_cents`` after it; ``cost_cents`` is the cost on the day
    of the sale. Returns are negative in all three.
    """

    def build() -> pd.DataFrame:
        orders = table(company, "orders").drop(columns="owner_id")
        joined = table(company, "order_lines").merge(orders, on="order_id")
        gross = joined["quantity"] * joined["unit_price_cents"]
        return joined.assign(
            gross_cents=gross,
            net_cents=gross * (100 - joined["discount"]) // 100,
            cost_cents=joined["quantity"] * joined["unit_cost_cents"],
            valid=joined["status"].isin(VALID_STATUSES),
        )

    return company.cached(("checks", "lines"), build)


def sales(company: Company, start: str, end: str) -> pd.DataFrame:
    """Return the valid lines that were booked in the period, returns included."""
    every = all_lines(company)
    return every[every["valid"] & within(every["booked_at"], start, end)]


def yuan(cents: pd.Series) -> float:
    """Return the sum of ``cents`` in yuan, exact to the cent."""
    return int(cents.sum()) / 100


def best(values: pd.Series, size: int) -> list[int]:
    """Return the ids (the index) of the highest ``values``; of two the same, the smaller id first.

    Examples
    --------
    >>> best(pd.Series([5, 9, 5], index=[3, 2, 1]), 2)
    [2, 1]
    """
    ordered = values.rename_axis("id").reset_index(name="value")
    return ordered.sort_values(["value", "id"], ascending=[False, True])["id"].head(size).tolist()
