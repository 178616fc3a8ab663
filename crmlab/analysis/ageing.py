"""What customers owe, and since when it is due: steps 7 and 10."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Part, Stacked
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, sales
from crmlab.analysis.groups import RECEIVABLES
from crmlab.analysis.heading import Heading
from crmlab.analysis.ledger import AGE_WORDS, CREDIT, LEDGER_TABLES, OF_INVOICES, OVERDUE, open_items
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Own
from crmlab.analysis.terms import BUYERS, CUSTOMER, CUSTOMER_ID, SHARE
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: So many customers have a bar of their own in the chart of the debtors.
NAMED = 10
#: Days of sales that a balance is compared with.
YEAR = 365

CREDITS = Text("credit balances", "贷方余额")
BUCKETS = {**AGE_WORDS, CREDIT: CREDITS}
OVERDUE_AMOUNT = Text("Overdue", "逾期金额")
OLDEST = Text("Oldest overdue, days", "最长逾期天数")
NOTHING_OWED = Text(
    "On this day no customer who meets the conditions owes anything.", "该日没有符合条件的客户欠款。"
)


# Step 7


def _receivables_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    amount = result.set_index("bucket")["amount"]
    owed = amount.drop(CREDIT).sum()
    if owed == 0:
        return NOTHING_OWED.to(language)
    sentence = Text(
        "Customers owe {owed}; {overdue} of it is overdue, {old} by more than 90 days.",
        "客户共欠款{owed}，其中{overdue}已逾期，{old}逾期超过90天。",
    )
    if amount[CREDIT]:
        sentence = Text(
            "Customers owe {owed}; {overdue} of it is overdue, {old} by more than 90 days. "
            "Besides, they have {credit} to their credit.",
            "客户共欠款{owed}，其中{overdue}已逾期，{old}逾期超过90天；另有客户贷方余额{credit}。",
        )
    return sentence.to(language).format(
        owed=numbers.yuan(owed, language),
        overdue=numbers.share(amount[list(OVERDUE)].sum() / owed, language),
        old=numbers.share(amount["over_90"] / owed, language),
        credit=numbers.yuan(-amount[CREDIT], language),
    )


def _receivables_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    note = Text("{amount}  ({share}, invoices: {invoices})", "{amount}（{share}，{invoices}张）").to(language)
    credit = Text("{amount}  (invoices: {invoices})", "{amount}（{invoices}张）").to(language)
    return Bars(
        Text("Open on the day, yuan, by days overdue", "当日未收金额（元），按逾期天数").to(language),
        [BUCKETS[bucket].to(language) for bucket in result["bucket"]],
        result["amount"].tolist(),
        [
            (credit if bucket == CREDIT else note).format(
                amount=numbers.short(amount, language),
                share=numbers.share(share, language),
                invoices=numbers.count(invoices),
            )
            for bucket, amount, share, invoices in zip(
                result["bucket"], result["amount"], result["share"], result["invoices"], strict=True
            )
        ],
        stressed=BUCKETS["over_90"].to(language),
    )


def _owing(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """The customers in each bucket."""
    return open_items(company, conditions).select("customer_id", bucket="age").unique().sort("customer_id")


@analysis(
    step=7,
    group=RECEIVABLES,
    name=Text("Receivables", "应收帐款分析"),
    about=Text(
        "What is open on the day, invoice by invoice, less receipts until then: "
        "by days overdue, credit balances apart.",
        "截至当日逐张发票（已扣除收款）的未收金额，按逾期天数划分，贷方余额单独列示。",
    ),
    honours=("end", *OF_INVOICES),
    columns={
        "bucket": Heading(Text("Age", "帐龄"), "text", words=BUCKETS),
        "invoices": Heading(Text("Invoices", "发票数"), "count", additive=True),
        "customers": Heading(BUYERS, "count"),
        "amount": Heading(Text("Amount", "金额"), "yuan", additive=True),
        "share": Heading(SHARE, "share"),
    },
    needs=LEDGER_TABLES,
    finding=_receivables_finding,
    picture=_receivables_picture,
    members=_owing,
)
def receivables(company: Company, conditions: Conditions) -> pd.DataFrame:
    """State what customers owe at the end of a day, by how long it has been due.

    An invoice is a valid order. Open is what was booked for it until that day, less returns, less the
    receipts for it until then. An invoice that is due on the day itself is not overdue. What a customer
    paid ahead, or paid for goods that came back, is the customer's credit: it makes neither another
    invoice nor another customer's debt smaller. A receipt counts for the order that it paid, even if it
    was credited to the wrong customer.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the day, today unless given. ``recorder`` is who keyed the order in, ``owner`` who looks
        after the customer today. Products and the start of a period cannot be chosen.

    Returns
    -------
    pandas.DataFrame
        ``bucket`` (``not_due``, ``days_1_30``, ``days_31_60``, ``days_61_90``, ``over_90``, ``credit``),
        ``invoices``, ``customers``, ``amount`` in yuan, negative for credit balances, and ``share`` of
        what is owed, missing for credit balances and if nothing is owed: always these six rows, whose
        amounts add up to all that was ever invoiced less all that was ever received.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = receivables(open_company(language="en"), end="2025-12-31")
    >>> result["bucket"].tolist()
    ['not_due', 'days_1_30', 'days_31_60', 'days_61_90', 'over_90', 'credit']
    >>> f"{result['share'].sum():.6f}"
    '1.000000'
    """
    aged = collected(
        open_items(company, conditions)
        .group_by("age")
        .agg(
            invoices=nw.col("order_id").n_unique(),
            customers=nw.col("customer_id").n_unique(),
            open_cents=nw.col("open_cents").sum(),
        )
        .with_columns(nw.col("open_cents").cast(nw.Int64))
    )
    result = aged.set_index("age").reindex(list(BUCKETS), fill_value=0).rename_axis("bucket").reset_index()
    owed = result["open_cents"].where(result["bucket"] != CREDIT)
    return result.assign(amount=result["open_cents"] / 100, share=owed / (owed.sum() or np.nan))


# Step 10


def debtors(company: Company, conditions: Conditions) -> pd.DataFrame:
    """All customers with anything open or to their credit, in cents; the most overdue first."""
    parts = [
        nw.when(nw.col("age") == age).then(nw.col("open_cents")).otherwise(0).alias(age) for age in BUCKETS
    ]
    late = nw.col("age").is_in(OVERDUE)
    grouped = (
        open_items(company, conditions)
        .with_columns(*parts, overdue_due=nw.when(late).then(nw.col("due_on")))
        .group_by("customer_id")
        .agg(*(nw.col(age).sum() for age in BUCKETS), oldest_due=nw.col("overdue_due").min())
        .with_columns(nw.col(age).cast(nw.Int64) for age in BUCKETS)
    )
    names = company.frame("customers").select("customer_id", customer="name")
    found = collected(grouped.join(names, on="customer_id", how="left"))
    found["overdue"] = found[list(OVERDUE)].sum(axis=1)
    found["balance"] = found[list(BUCKETS)].sum(axis=1)
    found["oldest_overdue_days"] = (conditions.end - found["oldest_due"]).dt.days
    return found.sort_values(["overdue", "customer_id"], ascending=[False, True], ignore_index=True)


def _sold(company: Company, conditions: Conditions) -> pd.Series:
    """Net sales of the last 365 days by customer, in cents."""
    recent = nw.col("booked_at") >= conditions.after - timedelta(days=YEAR)
    sold = collected(
        conditions.match(sales(company, conditions).filter(recent & (nw.col("booked_at") < conditions.after)))
        .group_by("customer_id")
        .agg(nw.col("net_cents").sum())
        .with_columns(nw.col("net_cents").cast(nw.Int64))
    )
    return sold.set_index("customer_id")["net_cents"]


def _debtors_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return NOTHING_OWED.to(language)
    late = result[result["overdue"] > 0]
    if late.empty:
        return (
            Text("Nobody is overdue; the balance is {balance}.", "没有客户逾期；应收余额为{balance}。")
            .to(language)
            .format(balance=numbers.yuan(result["balance"].sum(), language))
        )
    first = late.iloc[0]
    sentence = Text(
        "{late} of {count} customers with an open account are overdue, with {overdue} in all; "
        "the largest is {customer}: {most}, up to {days} days late.",
        "{count}个有往来余额的客户中，{late}个逾期，共{overdue}；最多的是{customer}：{most}，最长逾期{days}天。",
    )
    if len(late) == len(result):  # the list may have been cut
        sentence = Text(
            "Overdue customers listed: {late}, with {overdue} in all; "
            "the largest is {customer}: {most}, up to {days} days late.",
            "所列{late}个逾期客户共逾期{overdue}；最多的是{customer}：{most}，最长逾期{days}天。",
        )
    return sentence.to(language).format(
        late=numbers.count(len(late)),
        count=numbers.count(len(result)),
        overdue=numbers.yuan(late["overdue"].sum(), language),
        customer=first["customer"],
        most=numbers.yuan(first["overdue"], language),
        days=numbers.count(first["oldest_overdue_days"]),
    )


def _debtors_picture(result: pd.DataFrame, company: Company) -> Stacked:
    language = company.language
    head = result[result["overdue"] > 0].head(NAMED)
    return Stacked(
        Text("The most overdue, yuan, by days overdue", "逾期金额最大的客户（元），按逾期天数").to(language),
        head["customer"].tolist(),
        [Part(AGE_WORDS[age].to(language), head[age].tolist()) for age in OVERDUE],
        [numbers.short(overdue, language) for overdue in head["overdue"]],
    )


@analysis(
    step=10,
    group=RECEIVABLES,
    name=Text("Receivables by customer", "应收帐款按客户"),
    about=Text(
        "What each customer owes on the day, by days overdue, with the oldest overdue day and DSO; "
        "credit balances are shown.",
        "当日各客户的应收余额，按逾期天数划分，并列示最长逾期天数、应收帐款周转天数（DSO）和贷方余额。",
    ),
    honours=("end", *OF_INVOICES),
    own=(Own("top", Text("Only the top", "只看前"), None, 1, 1000, 1, Text("customers", "个客户")),),
    columns={
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "balance": Heading(Text("Balance", "应收余额"), "yuan", additive=True),
        **{age: Heading(Text(text.en[:1].upper() + text.en[1:], text.zh), "yuan", additive=True)
           for age, text in AGE_WORDS.items()},
        "overdue": Heading(OVERDUE_AMOUNT, "yuan", additive=True),
        CREDIT: Heading(Text("Credit balances", CREDITS.zh), "yuan", additive=True),
        "oldest_overdue_days": Heading(OLDEST, "count", nullable=True),
        "dso": Heading(Text("DSO, days", "周转天数（DSO）"), "number"),
    },
    needs=LEDGER_TABLES,
    finding=_debtors_finding,
    picture=_debtors_picture,
)  # fmt: skip
def receivables_by_customer(company: Company, conditions: Conditions, top: int | None = None) -> pd.DataFrame:
    """State what each customer owes at the end of a day, and for how long.

    What is open, overdue and to a customer's credit is defined as for `receivables`.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        As for `receivables`.
    top : int, optional
        Only so many rows.

    Returns
    -------
    pandas.DataFrame
        ``customer_id``, ``customer``; in yuan ``balance``, ``not_due``, ``days_1_30``, ``days_31_60``,
        ``days_61_90``, ``over_90``, ``overdue`` (the sum of the four before it) and ``credit`` (negative):
        balance = not_due + overdue + credit; ``oldest_overdue_days``, missing when nothing is overdue;
        ``dso``: days sales outstanding, balance / net sales of the last 365 days x 365, missing without
        such sales. A row for every customer with an invoice that is not settled, also one who never paid
        or only has a credit; the most overdue first, ties by number.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = receivables_by_customer(open_company(language="en"), top=3)
    >>> parts = result[["not_due", "overdue", "credit"]].sum(axis=1)
    >>> bool(((result["balance"] - parts).abs() < 0.005).all())
    True
    """
    found = debtors(company, conditions)
    sold = found["customer_id"].map(_sold(company, conditions))
    amounts = [*BUCKETS, "overdue", "balance"]
    result = found.assign(
        **{name: found[name] / 100 for name in amounts},
        dso=found["balance"] / sold.where(sold > 0) * YEAR,
    )
    return result.head(len(result) if top is None else top)
