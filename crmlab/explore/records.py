"""The records that a row of a result is made of: `KINDS`, and how a row says which of them.

An analysis is about the tables that it needs, so these say what kinds of records are behind its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import pandas as pd

from crmlab.analysis import deals, records
from crmlab.analysis.filters import FIELDS, Conditions
from crmlab.analysis.frames import CATEGORIES, of_customers, sales
from crmlab.analysis.heading import Format, Heading
from crmlab.analysis.ledger import invoices, open_items
from crmlab.analysis.menu import Entry
from crmlab.analysis.service import SCORES, STATUSES
from crmlab.company.company import Company
from crmlab.company.schema import TABLES
from crmlab.locale import Text

#: The column of a result with an employee's number; records carry the recorder's.
EMPLOYEE = "employee_id"

#: The fields of the filter by which records can be chosen.
ABOUT_CUSTOMERS = ("recorder", "owner", "customer", "source", "industry", "region")
ABOUT_PRODUCTS = ("major_category", "minor_category", "product")
NET_SALES = Text("Net sales", "净销售额")
RECEIVED = Text("Received", "已收款")
OPEN = Text("Open amount", "未收款")
CLAIMED = {
    "submitted": Text("submitted", "已提交"),
    "approved": Text("approved", "已批准"),
    "paid": Text("paid", "已支付"),
}
OUTCOMES = {
    "open": Text("open", "进行中"),
    "won": Text("won", "赢单"),
    "lost": Text("lost", "丢单"),
}
LEADS = {
    "new": Text("new", "新建"),
    "working": Text("working", "跟进中"),
    "converted": Text("converted", "已转为客户"),
    "dropped": Text("dropped", "已放弃"),
}
GROUPS = {
    "treated": Text("approached", "处理组"),
    "control": Text("held out", "对照组"),
}
MOVED = {
    "opening": Text("opening", "期初"),
    "purchase": Text("purchase", "采购入库"),
    "return": Text("return", "退货入库"),
    "adjustment": Text("adjustment", "盘点调整"),
    "sale": Text("sale", "销售出库"),
}


@dataclass(frozen=True)
class Row:
    """A row of a result, and what was asked.

    Attributes
    ----------
    entry : Entry
    values : mapping of str to value
        The cells by the names of their columns.
    own : mapping of str to value
        The analysis's own parameters.
    """

    entry: Entry
    values: Mapping[str, Any]
    own: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        """Return what the row is in ``name``, a column or the way in which it is grouped; else None."""
        grouped = self.values.get("group") if self.own.get("by") == name else None
        value = self.values.get(name, grouped)
        return value if known(value) else None


@dataclass(frozen=True)
class Kind:
    """One kind of records.

    Attributes
    ----------
    table : str
        The table whose rows they are.
    frame : callable
        ``(company, conditions, row)`` → the records in the period, with the columns of the filter.
    when : str
        The column of their day.
    columns : mapping of str to Heading
        What is shown of each.
    fields : tuple of str
        The fields of the filter that can choose among them.
    alike : mapping of str to str
        What a row may be, beside a value of the filter → the column in which its records are the same; an
        empty word where ``frame`` itself sees to it.
    details : callable or None
        ``(company, conditions, keys)`` → what is only looked up of the records that are shown.
    """

    table: str
    frame: Callable[[Company, Conditions, Row], nw.LazyFrame]
    when: str
    columns: Mapping[str, Heading]
    fields: tuple[str, ...] = ABOUT_CUSTOMERS
    alike: Mapping[str, str] = field(default_factory=dict)
    details: Callable[[Company, Conditions, list[int]], nw.LazyFrame] | None = None
    title: Text | None = None

    @property
    def name(self) -> Text:
        """What they are called."""
        return self.title or TABLES[self.table].title


_FORMATS: dict[str, Format] = {
    "id": "id",
    "date": "date",
    "timestamp": "date",
    "money": "yuan",
    "integer": "count",
    "percent": "count",
}
#: What can be added up over records.
SUMMED = ("amount", "expected_amount", "margin", "minutes")
#: What a record refers to by a number, and the table with its name.
NAMED = {"customer": "customers", "product": "products", "recorder": "employees", "campaign": "campaigns"}


def _columns(table: str, *names: str, **words: Mapping[str, Text] | Mapping[int, Text]) -> dict[str, Heading]:
    """The headings of columns of a table, and of the names of what its rows refer to."""
    found = {}
    for name in names:
        if name in NAMED:
            title = FIELDS[name].title if name in FIELDS else TABLES[NAMED[name]]["name"].title
            title = Text(title.en[:1].upper() + title.en[1:], title.zh)
            found[name] = Heading(title, "text")
            continue
        column = TABLES[table][name]
        form = _FORMATS.get(column.kind, "text")
        nullable = column.nullable and name not in words and form in ("id", "count")
        found[name] = Heading(
            column.title,
            form,
            nullable=nullable,
            words=words.get(name),  # type: ignore[arg-type]
            additive=name in SUMMED,
        )
    return found


# Each kind


def _lines(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    lines = conditions.keep(sales(company, conditions), "booked_at")
    return lines.rename({"net_cents": "net_sales_cents"})


def _quantities(company: Company, conditions: Conditions, lines: list[int]) -> nw.LazyFrame:
    return company.frame("order_lines").filter(nw.col("line_id").is_in(lines)).select("line_id", "quantity")


def _invoices(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    """Orders: as of a day those that are not settled then, of a period those that were due in it."""
    if "period" not in row.entry.honours:
        found, age = open_items(company, conditions), row["bucket"]
        return (found if age is None else found.filter(nw.col("age") == age)).drop("open_cents")
    due = conditions.keep(invoices(company, conditions), "due_on")
    booked = sales(company, conditions.everybody).filter(nw.col("booked_at") < conditions.after)
    invoiced = (
        booked.join(due.select("order_id"), on="order_id", how="semi")
        .group_by("order_id")
        .agg(nw.col("net_cents").sum())
        .filter(nw.col("net_cents") != 0)
    )
    return due.join(invoiced, on="order_id", how="inner")


def _amounts(company: Company, conditions: Conditions, orders: list[int]) -> nw.LazyFrame:
    """What was booked on orders until the last day, what was received for them, and what is open."""
    these = nw.col("order_id").is_in(orders)
    booked = sales(company, conditions.everybody).filter(these & (nw.col("booked_at") < conditions.after))
    received = company.frame("receipts").filter(these & (nw.col("received_on") < conditions.after))
    return (
        company.frame("orders")
        .filter(these)
        .select("order_id")
        .join(booked.group_by("order_id").agg(nw.col("net_cents").sum()), on="order_id", how="left")
        .join(received.group_by("order_id").agg(nw.col("amount_cents").sum()), on="order_id", how="left")
        .select(
            "order_id",
            net_sales_cents=nw.col("net_cents").fill_null(0).cast(nw.Int64),
            received_cents=nw.col("amount_cents").fill_null(0).cast(nw.Int64),
        )
        .with_columns(open_cents=nw.col("net_sales_cents") - nw.col("received_cents"))
    )


def _receipts(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    """Money received, of the customer whose order it paid.

    Where it is credited to somebody, or an invoice is looked at, the recorder is who keyed the order in.
    """
    orders = company.frame("orders").select("order_id", "customer_id", order_recorder_id="recorder_id")
    found = company.frame("receipts").drop("customer_id").join(orders, on="order_id", how="inner")
    if "attribution" in row.own or INVOICES in kinds(row):
        found = found.drop("recorder_id").rename({"order_recorder_id": "recorder_id"})
    return conditions.keep(of_customers(company, found), "received_on")


def _tickets(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    score = nw.col("satisfaction").fill_null(0).cast(nw.Int64)
    found = company.frame("tickets").with_columns(satisfaction=score)
    return conditions.keep(of_customers(company, _of_products(company, found)), "opened_at")


def _of_products(company: Company, frame: nw.LazyFrame) -> nw.LazyFrame:
    products = company.frame("products").select("product_id", *CATEGORIES)
    return frame.join(products, on="product_id", how="left")


def _expenses(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    claims = company.frame("expenses").filter(nw.col("status") != "rejected")
    claims = claims.rename({"employee_id": "recorder_id"})
    return conditions.keep(records.of_customers_if_any(company, claims), "incurred_on")


def _activities(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    return conditions.keep(records.activities(company), "started_at")


def _participations(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    return conditions.keep(records.shares(company), "started_at")


def _deals(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    """Opportunities: as of a day those open then, else those opened in the period or closed in it."""
    found = records.opportunities(company)
    if row["reason"] is not None:
        found = found.filter(nw.col("outcome") == "lost")
    if "period" not in row.entry.honours:
        still = nw.col("closed_on").is_null() | (nw.col("closed_on") >= conditions.after)
        found = conditions.match(found.filter(nw.col("opened_on") < conditions.after, still))
        return found if row["stage"] is None else _in_stage(company, conditions, found, row["stage"])
    opened = {"reached", "opportunities_opened"} & {*row.entry.columns}
    found = conditions.keep(found, "opened_on" if opened else "closed_on")
    return found if row["stage"] is None else _reached(company, found, row["stage"])


def _in_stage(company: Company, conditions: Conditions, found: nw.LazyFrame, stage: str) -> nw.LazyFrame:
    entered = deals.entries(company).filter(nw.col("entered_on") < conditions.after)
    last = entered.group_by("opportunity_id").agg(nw.col("step").max())
    there = last.filter(nw.col("step") == deals.stages(company).index(stage))
    return found.join(there.select("opportunity_id"), on="opportunity_id", how="semi")


def _reached(company: Company, found: nw.LazyFrame, stage: str) -> nw.LazyFrame:
    """The deals that have ever been in ``stage``; what is none is the end, where they are won."""
    stages = deals.stages(company)
    if stage not in stages:
        return found.filter(nw.col("outcome") == "won")
    there = deals.entries(company).filter(nw.col("step") == stages.index(stage))
    return found.join(there.select("opportunity_id").unique(), on="opportunity_id", how="semi")


def _leads(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    return conditions.keep(company.frame("leads"), "created_on")


def _responses(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    """Responses: all of a campaign, of any other row those in the period.

    Customers who were held out respond, too; an analysis counts those who were approached.
    """
    media = company.frame("campaigns").select("campaign_id", "medium")
    groups = company.frame("campaign_touches").select("campaign_id", "customer_id", "test_group")
    found = company.frame("campaign_responses").join(media, on="campaign_id", how="left")
    found = found.join(groups, on=["campaign_id", "customer_id"], how="left")
    found = of_customers(company, found)
    is_campaign = row["campaign_id"] is not None
    return conditions.match(found) if is_campaign else conditions.keep(found, "responded_on")


def _purchases(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    return conditions.keep(_of_products(company, company.frame("purchases")), "ordered_on")


def _movements(company: Company, conditions: Conditions, row: Row) -> nw.LazyFrame:
    return conditions.keep(_of_products(company, company.frame("stock_movements")), "moved_on")


_DONE = _columns("activities", "activity_id", "started_at", "kind", "customer", "recorder", "minutes")

LINES = Kind(
    "order_lines",
    _lines,
    "booked_at",
    {
        **_columns("orders", "order_id"),
        **_columns("order_lines", "booked_at", "customer", "product", "quantity"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
    },
    (*ABOUT_CUSTOMERS, *ABOUT_PRODUCTS),
    details=_quantities,
)
INVOICES = Kind(
    "orders",
    _invoices,
    "due_on",
    {
        **_columns("orders", "order_id", "due_on", "customer"),
        "net_sales": Heading(Text("Invoiced", "开票金额"), "yuan", additive=True),
        "received": Heading(RECEIVED, "yuan", additive=True),
        "open": Heading(OPEN, "yuan", additive=True),
    },
    alike={"bucket": ""},
    details=_amounts,
    title=Text("Invoices", "发票"),
)
RECEIPTS = Kind(
    "receipts",
    _receipts,
    "received_on",
    _columns("receipts", "receipt_id", "received_on", "customer", "order_id", "method", "amount"),
)
TICKETS = Kind(
    "tickets",
    _tickets,
    "opened_at",
    _columns(
        "tickets",
        *("ticket_id", "opened_at", "customer", "kind", "product", "status", "satisfaction"),
        status=STATUSES,
        satisfaction=SCORES,
    ),
    ("owner", "customer", "source", "industry", "region", *ABOUT_PRODUCTS),
    {"kind": "kind", "status": "status", "satisfaction": "satisfaction"},
)
EXPENSES = Kind(
    "expenses",
    _expenses,
    "incurred_on",
    _columns(
        "expenses",
        *("expense_id", "incurred_on", "kind", "recorder", "customer", "status", "amount"),
        status=CLAIMED,
    ),
    alike={"kind": "kind"},
)
ACTIVITIES = Kind("activities", _activities, "started_at", _DONE, alike={"kind": "kind"})
PARTICIPATIONS = Kind(
    "activities", _participations, "started_at", _DONE, alike={"kind": "kind", EMPLOYEE: EMPLOYEE}
)
DEALS = Kind(
    "opportunities",
    _deals,
    "opened_on",
    _columns(
        "opportunities",
        *("opportunity_id", "opened_on", "customer", "recorder", "stage"),
        *("expected_amount", "closed_on", "outcome", "lost_reason", "competitor"),
        outcome=OUTCOMES,
    ),
    alike={"reason": "lost_reason", "competitor": "competitor", "stage": ""},
)
PROSPECTS = Kind(
    "leads",
    _leads,
    "created_on",
    _columns("leads", "lead_id", "created_on", "name", "source", "recorder", "status", status=LEADS),
    ("recorder", "owner", "source", "industry", "region"),
)
RESPONSES = Kind(
    "campaign_responses",
    _responses,
    "responded_on",
    {
        **_columns("campaign_responses", "response_id", "responded_on", "campaign", "customer"),
        **_columns("campaign_touches", "test_group", test_group=GROUPS),
        **_columns("campaign_responses", "kind", "amount", "margin"),
    },
    ("owner", "customer", "source", "industry", "region"),
    {"campaign_id": "campaign_id", "medium": "medium"},
)
PURCHASES = Kind(
    "purchases",
    _purchases,
    "ordered_on",
    _columns(
        "purchases",
        "purchase_id",
        "ordered_on",
        "product",
        "warehouse",
        "quantity",
        "unit_cost",
        "received_on",
    ),
    ABOUT_PRODUCTS,
)
MOVEMENTS = Kind(
    "stock_movements",
    _movements,
    "moved_on",
    _columns(
        "stock_movements",
        *("movement_id", "moved_on", "product", "warehouse", "kind", "quantity", "balance"),
        kind=MOVED,
    ),
    ABOUT_PRODUCTS,
    {"warehouse": "warehouse"},
)

#: The customers that a row stands for: not the conditions say which, but the analysis itself.
CUSTOMERS = Kind(
    "customers",
    lambda company, conditions, row: company.frame("customers"),
    "customer_id",
    {
        **_columns("customers", "customer_id", "name"),
        **_columns("customers", "source", "industry", "region"),
        "owner": Heading(TABLES["customers"]["owner_id"].title, "text"),
    },
)

#: What an analysis needs → the records that are behind its rows.
KINDS = {
    "order_lines": LINES,
    "orders.due_on": INVOICES,
    "receipts": RECEIPTS,
    "activities": ACTIVITIES,
    "activity_participants": PARTICIPATIONS,
    "opportunities": DEALS,
    "leads": PROSPECTS,
    "expenses": EXPENSES,
    "tickets": TICKETS,
    "campaign_responses": RESPONSES,
    "purchases": PURCHASES,
    "stock_movements": MOVEMENTS,
}


def kinds(row: Row) -> list[Kind]:
    """Return the kinds of records behind a row, in the order in which its analysis needs them.

    Examples
    --------
    >>> from crmlab.analysis.menu import find
    >>> [kind.name.en for kind in kinds(Row(find("receivables"), {}, {}))]
    ['Invoices', 'Receipts']
    """
    found = [KINDS[place] for place in row.entry.needs if place in KINDS]
    # Who asks when an order is due looks at it as an invoice; who shares activities out, at the shares.
    if INVOICES in found:
        found.remove(LINES)
    if PARTICIPATIONS in found:
        found.remove(PARTICIPATIONS if "recorder" in row.own.values() else ACTIVITIES)
    return found


def known(value: Any) -> bool:
    """Return whether a cell holds a value."""
    return value is not None and value is not pd.NA and value == value
