"""Prepared frames of what customers owe: every invoice, return and receipt with its day.

An invoice is a valid order: its lines count from the day on which they were booked, a return from the day
on which the goods came back. A receipt counts from the day on which the money arrived, for the order that
it paid and so for the customer of that order, even if it was credited to another customer by mistake.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import narwhals as nw

from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import asks_of_customers, of_customers, prepared, sales
from crmlab.company.files import SALES_TABLES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: What an analysis of receivables reads, and what it honours beside its day or its period.
LEDGER_TABLES = (*SALES_TABLES, "orders.due_on", "receipts")
OF_INVOICES = ("recorder", "owner", "customer", "source", "industry", "region")

#: How late an open invoice is: the code of each group, from how many days on, and what it is called.
AGES: dict[str, tuple[int, Text]] = {
    "not_due": (0, Text("not due", "未到期")),
    "days_1_30": (1, Text("1-30 days", "逾期1-30天")),
    "days_31_60": (31, Text("31-60 days", "逾期31-60天")),
    "days_61_90": (61, Text("61-90 days", "逾期61-90天")),
    "over_90": (91, Text("over 90 days", "逾期90天以上")),
}
OVERDUE = tuple(AGES)[1:]
CREDIT = "credit"
AGE_WORDS = {code: text for code, (_, text) in AGES.items()}


def invoices(company: Company, conditions: Conditions | None = None) -> nw.LazyFrame:
    """Return every order with its ``due_on`` and the filter fields, whether it was a sale or not.

    Money that came for an order that was cancelled is owed back, so its order must be known. With
    ``conditions`` a database joins the customers only if these ask for a field of theirs.
    """
    joined = asks_of_customers(company, conditions)

    def build() -> nw.LazyFrame:
        orders = company.frame("orders").select(
            "order_id", "customer_id", "recorder_id", nw.col("due_on").cast(nw.Datetime("us"))
        )
        return of_customers(company, orders) if joined else orders

    return company.cached(("ledger.invoices", joined), build)


def changes(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """Return what changes the open amount of an order: ``order_id``, ``at`` and ``cents``.

    Lines of valid orders add (returns are negative), receipts take off (refunds are negative). They are
    those of all orders, whatever is chosen: most are settled, and only the others need their customers.
    """
    at, cents = nw.col("at").cast(nw.Datetime("us")), nw.col("cents").cast(nw.Int64)
    booked = sales(company, conditions.everybody).select("order_id", at="booked_at", cents="net_cents")
    received = company.frame("receipts").select(
        "order_id", at="received_on", cents=nw.col("amount_cents") * -1
    )
    return nw.concat([frame.with_columns(at, cents) for frame in (booked, received)])


def open_items(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """Return the orders that are not settled on the last day of the conditions.

    ``open_cents`` is what was booked until then less what was received until then: positive when the
    customer owes it, negative when it is the customer's credit (money that came ahead, or goods that came
    back after they were paid). ``age`` is a code of `AGES`, or "credit".
    """

    def build() -> nw.LazyFrame:
        amounts = (
            changes(company, conditions)
            .filter(nw.col("at") < conditions.after)
            .group_by("order_id")
            .agg(open_cents=nw.col("cents").sum())
            .with_columns(nw.col("open_cents").cast(nw.Int64))
            .filter(nw.col("open_cents") != 0)
        )
        items = amounts.join(invoices(company), on="order_id", how="inner")
        return items.with_columns(age=_age(conditions))

    items = prepared(company, ("ledger.open_items", conditions.end), build)
    return conditions.match(items).select("order_id", "customer_id", "due_on", "open_cents", "age")


def _age(conditions: Conditions) -> nw.Expr:
    """How late an open invoice is by the day on which it was due; the day itself is not late."""
    day = conditions.end.to_pydatetime()
    age = nw.lit("over_90")
    for code, following in zip(reversed(tuple(AGES)[:-1]), reversed(OVERDUE), strict=True):
        since = day - timedelta(days=AGES[following][0] - 1)
        age = nw.when(nw.col("due_on") >= since).then(nw.lit(code)).otherwise(age)
    return nw.when(nw.col("open_cents") < 0).then(nw.lit(CREDIT)).otherwise(age)
