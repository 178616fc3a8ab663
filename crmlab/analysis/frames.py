"""Prepared frames that the analyses share: one place that says what a valid sale is.

They are Narwhals frames and run where the company's tables live. Of a company in memory the rows are
remembered, so that a change of the filter joins nothing again; of a database it is the query, or the rows
too if it was asked to `keep` them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

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
#: Of each order, and of each line; what a line is about beside its net amount.
_ORDER = ("order_id", "customer_id", "ordered_at", "recorder_id")
_LINE = ("line_id", "product_id", "booked_at", "net_cents", *_ORDER)
AMOUNTS = ("quantity", "gross_cents", "cost_cents")

#: What a line is worth. Prices are whole yuan and discounts whole percents, so nothing is rounded away;
#: a company of one's own has a column ``net_amount`` where that is not so.
NET_CENTS = nw.col("quantity") * nw.col("unit_price_cents") * (100 - nw.col("discount")) // 100

#: Rows are kept of a company of at most so many order lines; each takes some 90 bytes, and Polars has them
#: all in memory.
MOST_KEPT = {"duckdb": 50_000_000, "polars": 20_000_000}
_kept: WeakSet[Company] = WeakSet()
_tables = count(1)


def keep(company: Company) -> None:
    """Have the rows of what is prepared of ``company`` remembered from now on.

    Joining lines to orders once pays where one question follows another, as on the Analysis page. DuckDB has
    them in temporary tables, and puts on the disk what does not fit into memory; Polars has them in memory.
    What changes in the files or the database later is not seen. Spark goes on as before.
    """
    most = MOST_KEPT.get(company.engine)
    if most is not None and company.rows("order_lines") <= most:
        _kept.add(company)


def remembers(company: Company) -> bool:
    """Return whether the rows of what is prepared are remembered, and not only the query."""
    return company in _kept or _in_memory(company)


def prepared(company: Company, key: Hashable, build: Callable[[], nw.LazyFrame]) -> nw.LazyFrame:
    """Return what ``build`` returned the first time that ``key`` was asked for: see `remembers`."""
    if company in _kept:
        return company.cached((key, "kept"), lambda: _with_rows(build()))
    return company.cached(key, build)


def prepared_of_customers(
    company: Company, conditions: Conditions | None, key: Hashable, build: Callable[[], nw.LazyFrame]
) -> nw.LazyFrame:
    """Return what is `prepared`, joined to the customers if ``conditions`` ask for a field of theirs."""
    found = prepared(company, key, build)
    if not asks_of_customers(company, conditions):
        return found
    return company.cached((key, "customers"), lambda: of_customers(company, found))


def _in_memory(company: Company) -> bool:
    return isinstance(company.raw["orders"], pd.DataFrame)


def _with_rows(frame: nw.LazyFrame) -> nw.LazyFrame:
    """The rows of a frame: of DuckDB in a table that goes with the connection."""
    if frame.implementation.is_polars():
        return frame.collect().lazy()
    name, relation = f"crmlab_{next(_tables)}", nw.to_native(frame)
    relation.query("prepared", f"create temporary table {name} as from prepared")
    return nw.from_native(relation.query("prepared", f"from {name}"))


def of_customers(company: Company, frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return ``frame``, which has a ``customer_id``, with that customer's fields of the filter bar."""
    customers = company.frame("customers").select("customer_id", *CUSTOMER_FIELDS)
    return frame.join(customers, on="customer_id", how="left")


def valid_orders(company: Company, conditions: Conditions | None = None, *fields: str) -> nw.LazyFrame:
    """Return the confirmed, shipped and completed orders with the customer's filter fields.

    ``owner_id`` is the one who looks after the customer today. With ``conditions`` only those of these fields
    are there that the conditions or ``fields`` ask for: a database joins no customers without need.
    """
    wanted = _wanted(CUSTOMER_FIELDS, conditions, fields)
    joined = asks_of_customers(company, conditions, *fields)

    def build() -> nw.LazyFrame:
        return of_customers(company, _orders(company)) if joined else _orders(company)

    orders = company.cached(("frames.valid_orders", joined), build)
    return orders.select(*_ORDER, *wanted)


def _orders(company: Company) -> nw.LazyFrame:
    orders = company.frame("orders")
    return orders.filter(nw.col("status").is_in(VALID_STATUSES)).select(_ORDER)


def sales(company: Company, conditions: Conditions | None = None, *fields: str) -> nw.LazyFrame:
    """Return the lines of valid orders, returns included, with ``net_cents`` and all filter fields.

    A return has its own ``booked_at`` and the ``ordered_at`` of the order that it belongs to. Of `AMOUNTS`,
    ``gross_cents`` is before discount, and ``cost_cents`` the cost of the goods on the day of sale; a return
    takes it back with the sale that it reverses. With ``conditions`` only those amounts, and fields of
    customers and products, are there that the conditions or ``fields`` ask for.
    """
    names = (CUSTOMER_FIELDS, CATEGORIES, AMOUNTS)
    customers, categories, amounts = (_wanted(group, conditions, fields) for group in names)
    joins = bool(customers) or _in_memory(company), bool(categories) or _in_memory(company)
    lines = company.cached(("frames.sales", joins, company in _kept), lambda: _sold(company, *joins))
    return lines.select(*_LINE, *amounts, *customers, *categories)


def _sold(company: Company, customers: bool, categories: bool) -> nw.LazyFrame:
    """The lines of valid orders, with the fields of customers, and of products, if asked for."""
    orders = _orders(company)
    if company in _kept:
        # One table serves whatever is asked for, as the lines are joined to few customers and products.
        sold = prepared(
            company, "frames.sold", lambda: _lines(company).join(orders, on="order_id", how="inner")
        )
        sold = of_customers(company, sold) if customers else sold
    else:
        orders = of_customers(company, orders) if customers else orders
        sold = _lines(company).join(orders, on="order_id", how="inner")
    if not categories:
        return sold
    products = company.frame("products").select("product_id", *CATEGORIES)
    return sold.join(products, on="product_id", how="left")


def _lines(company: Company) -> nw.LazyFrame:
    lines = company.frame("order_lines")
    # A company of one's own has the amounts of a line where those of each unit are not exact in cents.
    given, quantity = lines.collect_schema().names(), nw.col("quantity")
    cost_cents = (
        nw.col("cost_amount_cents") if "cost_amount_cents" in given else quantity * nw.col("unit_cost_cents")
    )
    return lines.select(
        *("line_id", "order_id", "product_id", "booked_at", "quantity"),
        net_cents=nw.col("net_amount_cents") if "net_amount_cents" in given else NET_CENTS,
        gross_cents=quantity * nw.col("unit_price_cents"),
        cost_cents=cost_cents,
    )


def asks_of_customers(company: Company, conditions: Conditions | None, *fields: str) -> bool:
    """Return whether records must be joined to their customers; a company in memory has them joined once."""
    return _in_memory(company) or bool(_wanted(CUSTOMER_FIELDS, conditions, fields))


def _wanted(
    names: tuple[str, ...], conditions: Conditions | None, fields: tuple[str, ...]
) -> tuple[str, ...]:
    """Those of ``names`` that are asked for: without conditions, all."""
    if conditions is None:
        return names
    return tuple(name for name in names if name in conditions.columns or name in fields)


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

    return prepared(company, "frames.first_orders", build)


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
