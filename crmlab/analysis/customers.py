"""Who buys, who brings the money, who is new: steps 1, 2 and 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Columns, Pareto
from crmlab.analysis.filters import FIELDS, Conditions
from crmlab.analysis.frames import collected, first_orders, placed, sales
from crmlab.analysis.groups import CUSTOMERS
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Own
from crmlab.analysis.periods import slot_of, whole_years
from crmlab.analysis.terms import (
    BUYERS,
    CUSTOMER,
    CUSTOMER_ID,
    NET_SALES,
    NOTHING_SOLD,
    ON_YEAR,
    RANK,
    SHARE,
    SOURCE,
)
from crmlab.company.schema import UNKNOWN
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: Everything on the filter bar can be asked of the lines of sales.
ALL_FILTERS = ("period", *FIELDS)
#: So many customers have a bar of their own in the chart of the ranking.
NAMED = 10


# Step 1


def _statistics_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    unknown = UNKNOWN.to(language)
    total = int(result["customers"].sum())
    known = result[result["source"] != unknown]
    if total == 0:
        return NOTHING_SOLD.to(language)
    if known["customers"].sum() == 0:
        return (
            Text(
                "Customers who bought: {total}, all of unknown source.",
                "购买过的{total}个客户，来源均未登记。",
            )
            .to(language)
            .format(total=numbers.count(total))
        )
    best = known.iloc[0]
    missing = result.loc[result["source"] == unknown, "customers"].sum()
    sentence = Text(
        "{source} brings the most customers who buy: {count} of {total} ({share}).",
        "{source}带来的购买客户最多：{total}个中有{count}个（{share}）。",
    )
    if missing:
        sentence = Text(
            "{source} brings the most customers who buy: {count} of {total} ({share}); "
            "the source of {missing} is unknown.",
            "{source}带来的购买客户最多：{total}个中有{count}个（{share}）；另有{missing}个来源不明。",
        )
    return sentence.to(language).format(
        source=best["source"],
        count=numbers.count(best["customers"]),
        total=numbers.count(total),
        share=numbers.share(best["share"], language),
        missing=numbers.count(missing),
    )


def _statistics_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    return Bars(
        Text(
            "Customers with at least one valid sale, by source", "至少有一笔有效销售的客户数，按客户来源"
        ).to(language),
        result["source"].tolist(),
        result["customers"].tolist(),
        [
            numbers.beside(numbers.count(count), numbers.share(share, language), language)
            for count, share in zip(result["customers"], result["share"], strict=True)
        ],
        stressed=UNKNOWN.to(language),
    )


@analysis(
    step=1,
    group=CUSTOMERS,
    name=Text("Customer statistics", "客户统计分析"),
    about=Text(
        "Distinct customers with at least one valid sale in the period, by source, with each source's share.",
        "期间内至少有一笔有效销售的客户数（不重复计数），按客户来源统计，并计算占比。",
    ),
    honours=ALL_FILTERS,
    columns={
        "source": Heading(SOURCE, "text"),
        "customers": Heading(BUYERS, "count", additive=True),
        "share": Heading(SHARE, "share"),
    },
    finding=_statistics_finding,
    picture=_statistics_picture,
    members=lambda *asked: collected(buyers(*asked).sort("customer_id")),
)
def customer_statistics(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Count the customers who bought, by source.

    A customer counts once, whatever the number of orders, if an order that was confirmed, shipped or
    completed was placed in the period; with a product or a category in the filter, an order for it.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword. ``recorder`` is who keyed the order in,
        ``owner`` who looks after the customer today.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``customers``, ``share``: a row for every source, also without customers, and for
        the unknown one; of a filter on sources, those. Most customers first, ties in the order of the
        CRM's list, unknown last among them. Shares are missing when nobody bought.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = customer_statistics(open_company(language="en"), source=["Website", "Unknown"])
    >>> sorted(result["source"])
    ['Unknown', 'Website']
    """
    unknown = UNKNOWN.to(company.language)
    counted = collected(
        buyers(company, conditions)
        .group_by("source")
        .agg(customers=nw.len())
        .with_columns(nw.col("customers").cast(nw.Int64))
    )
    sources = [word.to(company.language) for word in company.choices("customers", "source")]
    chosen = conditions.chosen.get("source", (*sources, None))
    rows = [word for word in sources if word in chosen]
    rows += [unknown] if None in chosen else []
    customers = counted.set_index("source")["customers"].reindex(rows, fill_value=0)
    result = customers.sort_values(ascending=False, kind="stable").rename_axis("source").reset_index()
    total = result["customers"].sum()
    return result.assign(share=result["customers"] / (total or np.nan))


def buyers(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """Return the customers who bought, with their source."""
    bought = placed(company, conditions).select("customer_id")
    return (
        company.frame("customers")
        .select("customer_id", "source")
        .join(bought, on="customer_id", how="semi")
        .with_columns(nw.col("source").fill_null(UNKNOWN.to(company.language)))
    )


# Step 2


def ranking(company: Company, conditions: Conditions) -> pd.DataFrame:
    """All customers with a line in the period by net sales, in cents, the largest first."""
    names = company.frame("customers").select("customer_id", customer="name")
    ranked = collected(
        conditions.keep(sales(company, conditions), "booked_at")
        .group_by("customer_id")
        .agg(nw.col("net_cents").sum())
        .with_columns(nw.col("net_cents").cast(nw.Int64))
        .join(names, on="customer_id", how="left")
    ).sort_values(["net_cents", "customer_id"], ascending=[False, True], ignore_index=True)
    return ranked.assign(
        rank=ranked["net_cents"].rank(method="min", ascending=False), net_sales=ranked["net_cents"] / 100
    )


def _value_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return NOTHING_SOLD.to(language)
    best, count = result.iloc[0], len(result)
    mark = _mark(result)
    if count < 5:
        sentence = Text(
            "Customers: {count}. The largest is {customer} with {net} ({share} of net sales).",
            "{count}个客户中，{customer}最大：{net}（占净销售额的{share}）。",
        )
    elif mark == count:
        sentence = Text(
            "The {count} largest customers bring {reached} of net sales; "
            "the largest is {customer} with {net} ({share}).",
            "最大的{count}个客户贡献了净销售额的{reached}；其中最大的是{customer}：{net}（{share}）。",
        )
    else:
        sentence = Text(
            "20 % of the customers ({mark} of {count}) bring {reached} of net sales; "
            "the largest is {customer} with {net} ({share}).",
            "20%的客户（{count}个中的{mark}个）贡献了净销售额的{reached}；最大的是{customer}：{net}（{share}）。",
        )
    return sentence.to(language).format(
        customer=best["customer"],
        count=numbers.count(count),
        mark=numbers.count(mark),
        reached=numbers.share(result["cumulative_share"].iloc[mark - 1], language),
        net=numbers.yuan(best["net_sales"], language),
        share=numbers.share(best["share"], language),
    )


def _mark(result: pd.DataFrame) -> int:
    """How many customers are 20 % of all; all that are shown if the list was cut."""
    cut = not np.isclose(result["cumulative_share"].iloc[-1], 1)
    return len(result) if cut else max(1, round(0.2 * len(result)))


def _value_picture(result: pd.DataFrame, company: Company) -> Pareto:
    language = company.language
    head = result.head(NAMED)
    bars = Bars(
        Text("Net sales of the largest, yuan", "最大客户的净销售额（元）").to(language),
        head["customer"].tolist(),
        head["net_sales"].tolist(),
        [numbers.short(value, language) for value in head["net_sales"]],
    )
    mark = _mark(result) if len(result) else 0
    note = Text("Top {mark}:\n{reached}", "前{mark}名：\n{reached}").to(language)
    reached = result["cumulative_share"].iloc[mark - 1] if mark else np.nan
    return Pareto(
        bars,
        Text("Cumulative share of net sales", "净销售额累计占比").to(language),
        result["cumulative_share"].tolist(),
        mark,
        note.format(mark=numbers.count(mark), reached=numbers.share(reached, language)),
    )


@analysis(
    step=2,
    group=CUSTOMERS,
    name=Text("Customer value ranking", "价值客户分析"),
    about=Text(
        "Net sales by customer in the period, less returns, with rank, share and cumulative share (Pareto).",
        "期间内各客户的净销售额（已扣除退货），以及排名、占比和累计占比（帕累托分析）。",
    ),
    honours=ALL_FILTERS,
    own=(Own("top", Text("Only the top", "只看前"), None, 1, 1000, 1, Text("customers", "个客户")),),
    columns={
        "rank": Heading(RANK, "count"),
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "share": Heading(SHARE, "share"),
        "cumulative_share": Heading(Text("Cumulative share", "累计占比"), "share"),
    },
    finding=_value_finding,
    picture=_value_picture,
)
def value_customers(company: Company, conditions: Conditions, top: int | None = None) -> pd.DataFrame:
    """Rank the customers by net sales.

    A line counts on the day it was booked: a sale when it was ordered, a return when the goods came back.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword. ``recorder`` is who keyed the order in,
        ``owner`` who looks after the customer today.
    top : int, optional
        Only so many rows; the shares are of all customers nevertheless.

    Returns
    -------
    pandas.DataFrame
        ``rank`` (1, 2, 2, 4), ``customer_id``, ``customer``, ``net_sales`` in yuan, ``share``,
        ``cumulative_share``: a row for every customer with a valid line in the period, ties by number.
        Shares are missing when the total is 0.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = value_customers(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> f"{result['share'].sum():.6f}"
    '1.000000'
    """
    ranked = ranking(company, conditions)
    total = ranked["net_cents"].sum() or np.nan
    return ranked.assign(
        share=ranked["net_cents"] / total, cumulative_share=ranked["net_cents"].cumsum() / total
    ).head(len(ranked) if top is None else top)


# Step 3


def _new_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    compared = result[result["change"].notna()]
    if compared.empty:
        return (
            Text(
                "New customers in this period: {count}.",
                "该期间的新客户数：{count}。",
            )
            .to(language)
            .format(count=numbers.count(result["new_customers"].sum()))
        )
    last = compared.iloc[-1]
    if last["change"] == 0:
        sentence = Text(
            "New customers in {year}: {count}, as many as in {before}.",
            "{year}年新客户{count}个，与{before}年持平。",
        )
    elif last["change"] > 0:
        sentence = Text(
            "New customers in {year}: {count}, {change} more than in {before}.",
            "{year}年新客户{count}个，比{before}年增长{change}。",
        )
    else:
        sentence = Text(
            "New customers in {year}: {count}, {change} fewer than in {before}.",
            "{year}年新客户{count}个，比{before}年减少{change}。",
        )
    return sentence.to(language).format(
        count=numbers.count(last["new_customers"]),
        year=last["year"],
        before=last["year"] - 1,
        change=numbers.share(abs(last["change"]), language),
    )


def _new_picture(result: pd.DataFrame, company: Company) -> Columns:
    language = company.language
    partial = Text("so far", "未满一年").to(language)
    notes = []
    for _, row in result.iterrows():
        change = numbers.share(row["change"], language, sign=True) if row["complete"] else partial
        notes.append(numbers.count(row["new_customers"]) + ("" if change == numbers.NONE else f"\n{change}"))
    return Columns(
        Text("New customers a year, change on the year before", "每年新客户数及同比").to(language),
        Text("Cumulative", "累计").to(language),
        result["year"].astype(str).tolist(),
        result["new_customers"].tolist(),
        notes,
        result["cumulative"].tolist(),
        result["complete"].tolist(),
    )


@analysis(
    step=3,
    group=CUSTOMERS,
    name=Text("New-customer growth", "新客户增长分析"),
    about=Text(
        "Customers whose first-ever valid purchase falls in the year: "
        "count, change on the year before, running total.",
        "历史上首次有效购买发生在当年的客户数、同比增长率及累计数。",
    ),
    honours=("period", "recorder", "owner", "customer", "source", "industry", "region"),
    columns={
        "year": Heading(Text("Year", "年份"), "year"),
        "new_customers": Heading(Text("New customers", "新客户数"), "count", additive=True),
        "change": Heading(ON_YEAR, "change"),
        "cumulative": Heading(Text("Cumulative", "累计"), "count"),
        "complete": Heading(Text("Whole year", "是否整年"), "flag"),
    },
    finding=_new_finding,
    picture=_new_picture,
    members=lambda *asked: collected(newcomers(*asked).sort("customer_id")),
)
def new_customers(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Count the customers who bought for the first time ever, by year.

    The first purchase is looked for in the whole history, also before the period; only then does the
    filter choose. Products and categories cannot be chosen: a first purchase is one of any product.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Fields may be given as keywords. ``recorder`` is who keyed that first order in, ``owner`` who
        looks after the customer today.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``new_customers``, ``change`` (on the year before; missing for the first row and
        unless both years are complete), ``cumulative`` over the rows, ``complete`` (whether the period
        and the records cover the whole year): a row for every calendar year that the period touches.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = new_customers(open_company(language="en"), start="2023-01-01", end="2025-12-31")
    >>> result["year"].tolist(), result["complete"].tolist()
    ([2023, 2024, 2025], [True, True, True])
    """
    counted = collected(
        newcomers(company, conditions)
        .group_by("year")
        .agg(new_customers=nw.len())
        .with_columns(nw.col("new_customers").cast(nw.Int64))
    )
    complete = whole_years(conditions)
    result = counted.set_index("year").reindex(complete.index, fill_value=0).reset_index()
    count, complete = result["new_customers"], complete.reset_index(drop=True)
    base = count.shift().where(complete & complete.shift(fill_value=False))
    return result.assign(
        change=(count - base) / base.where(base != 0), cumulative=count.cumsum(), complete=complete
    )


def newcomers(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """Return the customers whose first-ever order was in the period, with its year."""
    first = conditions.keep(first_orders(company), "ordered_at")
    return first.select("customer_id", year=slot_of("ordered_at", "year"))
