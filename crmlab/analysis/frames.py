"""Prepared frames that the analyses share: one place that says what a valid sale is.

They are Narwhals frames and run where the company's tables live. Of a company in memory the rows are
remembered, so that a change of the filter joins nothing again; of a database it is the query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from crmlab.company.schema import VALID_STATUSES

if TYPE_CHECKING:
    from crmlab.analysis.filters import Conditions
    from crmlab.company.company import Company

#: What the filter bar chooses by that stands in the tables of customers and of products.
CUSTOMER_FIELDS = ("owner_id", "source", "industry", "region")
CATEGORIES = ("major_category", "minor_category")
PRODUCT_FIELDS = (*CATEGORIES, "product")

#: What a line is worth. Prices are whole yuan and discounts whole percents, so nothing is rounded away;
#: a company of one's own has a column ``net_amount`` where that is not so.
NET_CENTS = nw.col("quantity") * nw.col("unit_price_cents") * (100 - nw.col("discount")) // 100


def of_customers(company: Company, frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return ``frame``, which has a ``customer_id``, with that customer's fields of the filter bar."""
    customers = company.frame("customers").select("customer_id", *CUSTOMER_FIELDS)
    return frame.join(customers, on="customer_id", how="left")


def valid_orders(company: Company, conditions: Conditions | None = None, *fields: str) -> nw.LazyFrame:
    """Return the confirmed, shipped and completed orders with the customer's filter fields.

    ``owner_id`` is the one who looks after the customer today. With ``conditions`` a database joins the
    customers only if these or ``fields`` ask for a column of theirs; a company in memory has them anyway.
    """
    joined = _joined(company, conditions, fields) & {*CUSTOMER_FIELDS}

    def build() -> nw.LazyFrame:
        orders = (
            company.frame("orders")
            .filter(nw.col("status").is_in(VALID_STATUSES))
            .select("order_id", "customer_id", "ordered_at", "recorder_id")
        )
        return of_customers(company, orders) if joined else orders

    return company.cached(("frames.valid_orders", bool(joined)), build)


def sales(company: Company, conditions: Conditions | None = None, *fields: str) -> nw.LazyFrame:
    """Return the lines of valid orders, returns included, with all filter fields and ``net_cents``.

    A return has its own ``booked_at`` and the ``ordered_at`` of the order that it belongs to. With
    ``conditions`` a database joins customers and products only if these or ``fields`` ask for a column of
    theirs; a company in memory has them anyway.
    """
    joined = _joined(company, conditions, fields)
    categories = not joined.isdisjoint(CATEGORIES)

    def build() -> nw.LazyFrame:
        lines = company.frame("order_lines")
        given = "net_amount_cents" in lines.collect_schema().names()
        net_cents = nw.col("net_amount_cents") if given else NET_CENTS
        lines = lines.select("line_id", "order_id", "product_id", "booked_at", net_cents=net_cents)
        sold = lines.join(valid_orders(company, conditions, *fields), on="order_id", how="inner")
        if not categories:
            return sold
        products = company.frame("products").select("product_id", *CATEGORIES)
        return sold.join(products, on="product_id", how="left")

    key = ("frames.sales", not joined.isdisjoint(CUSTOMER_FIELDS), categories)
    return company.cached(key, build)


def _joined(company: Company, conditions: Conditions | None, fields: tuple[str, ...]) -> set[str]:
    """The columns of customers and products that must be joined."""
    if conditions is None or isinstance(company.raw["orders"], pd.DataFrame):
        return {*CUSTOMER_FIELDS, *CATEGORIES}
    return {*CUSTOMER_FIELDS, *CATEGORIES} & {*conditions.columns, *fields}


def placed(company: Company, conditions: Conditions, *fields: str) -> nw.LazyFrame:
    """Return the valid orders that were placed in the period and meet ``conditions``.

    With a product or a category among them, an order that has a line of it. ``fields`` are those of the
    customers that are asked for.
    """
    orders = valid_orders(company, conditions, *fields)
    if conditions.chosen.keys().isdisjoint(PRODUCT_FIELDS):
        return conditions.keep(orders, "ordered_at")
    lines = conditions.keep(sales(company, conditions, *fields), "ordered_at")
    return lines.select(orders.collect_schema().names()).unique()


def first_orders(company: Company) -> nw.LazyFrame:
    """Return each customer's first-ever valid order; of two in the same minute, the smaller number."""

    def build() -> nw.LazyFrame:
        orders = valid_orders(company)
        first_at = orders.group_by("customer_id").agg(nw.col("ordered_at").min())
        first_ids = (
            orders.join(first_at, on=["customer_id", "ordered_at"], how="inner")
            .group_by("customer_id")
            .agg(nw.col("order_id").min())
            .select("order_id")
        )
        return orders.join(first_ids, on="order_id", how="inner")

    return company.cached("frames.first_orders", build)


def collected(frame: nw.LazyFrame) -> pd.DataFrame:
    """Run ``frame`` on its engine and return the (small) result to be finished in pandas."""
    found = _run(frame)
    return pd.DataFrame({name: _values(found[name]) for name in found.columns})


def _values(column: nw.Series[Any]) -> Any:
    # Words that are in pandas already need not become objects and words again.
    if column.implementation.is_pandas() and column.dtype == nw.String:
        return column.to_native().array
    return column.to_numpy()


def rows_of(frame: nw.LazyFrame) -> dict[str, list[Any]]:
    """Run ``frame`` on its engine and return its columns as lists."""
    return _run(frame).to_dict(as_series=False)


def _run(frame: nw.LazyFrame) -> nw.DataFrame[Any]:
    # Each engine has a way into memory that needs no further package: Polars its own, the others pandas.
    return frame.collect("polars") if frame.implementation.is_polars() else frame.collect("pandas")
