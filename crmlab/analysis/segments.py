"""Which kinds of customers and products there are: RFM, the customer pyramid, and ABC."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Pareto
from crmlab.analysis.customers import ALL_FILTERS, ranking
from crmlab.analysis.filters import FIELDS, Conditions
from crmlab.analysis.frames import PRODUCT_FIELDS, collected, placed, sales
from crmlab.analysis.groups import SEGMENTS
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Own
from crmlab.analysis.terms import (
    BUYERS,
    CUSTOMER,
    CUSTOMER_ID,
    MAJOR_CATEGORY,
    MINOR_CATEGORY,
    NET_SALES,
    NOTHING_SOLD,
    PRODUCT,
    PRODUCT_ID,
    RANK,
    SHARE,
)
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

CUMULATIVE = Text("Cumulative share", "累计占比")
SHARE_OF_CUSTOMERS = Text("Share of customers", "客户占比")
SHARE_OF_SALES = Text("Share of net sales", "净销售额占比")
#: So many have a bar of their own in the chart of a ranking.
NAMED = 10


# RFM

RFM_SEGMENTS = {
    "champions": Text("Champions", "核心客户"),
    "loyal": Text("Loyal", "忠诚客户"),
    "new": Text("New", "新客户"),
    "occasional": Text("Occasional", "一般客户"),
    "at_risk": Text("At risk", "流失风险客户"),
    "lost": Text("Lost", "已流失客户"),
}


def buyers(company: Company, conditions: Conditions, months: int | None = None) -> pd.DataFrame:
    """Return who bought until the end, with last order, number of orders and net sales in cents.

    Of ``months`` only the orders of so many months count, with their returns.
    """
    orders = placed(company, conditions)
    lines = conditions.match(sales(company, conditions).filter(nw.col("booked_at") < conditions.after))
    if months is not None:
        first = pd.Timestamp(conditions.after) - pd.DateOffset(months=months)
        recent = nw.col("ordered_at") >= first.to_pydatetime()
        orders, lines = orders.filter(recent), lines.filter(recent)
    names = company.frame("customers").select("customer_id", customer="name")
    # Orders are counted where they are rows: the different ones among millions of lines take longer to find.
    return collected(
        orders.group_by("customer_id")
        .agg(nw.col("ordered_at").max(), orders=nw.len())
        .join(lines.group_by("customer_id").agg(nw.col("net_cents").sum()), on="customer_id", how="inner")
        .with_columns(nw.col("net_cents", "orders").cast(nw.Int64))
        .join(names, on="customer_id", how="left")
    ).sort_values("customer_id", ignore_index=True)


def quintiles(values: pd.Series) -> pd.Series:
    """Return scores from 1 to 5, the largest values 5; equal values have equal scores.

    The score is 1 plus the number of fifths of the others that are smaller, rounded down.

    Examples
    --------
    >>> quintiles(pd.Series([1, 1, 1, 1, 2, 3, 4, 5, 6, 7])).tolist()
    [1, 1, 1, 1, 3, 3, 4, 4, 5, 5]
    """
    smaller = values.rank(method="min").astype("int64") - 1
    return 1 + smaller * 5 // max(len(values), 1)


def _segment(scores: pd.DataFrame) -> np.ndarray:
    r, f, m = scores["r"], scores["f"], scores["m"]
    return np.select(
        [
            (r >= 4) & (f >= 4) & (m >= 4),
            (r >= 3) & (f >= 4),
            (r >= 4) & (f <= 2),
            r >= 3,
            f >= 3,
        ],
        ["champions", "loyal", "new", "occasional", "at_risk"],
        "lost",
    )


def _rfm_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return NOTHING_SOLD.to(language)
    by_segment = _by_segment(result)
    customers = dict(zip(by_segment.index, by_segment["customers"], strict=True))
    brought = dict(zip(by_segment.index, by_segment["monetary"], strict=True))
    total = by_segment["monetary"].sum()
    best = max(RFM_SEGMENTS, key=lambda segment: brought[segment])
    sentence = Text(
        "{best}: {count} of {total} customers bring {share} of net sales; {risk} customers are at risk.",
        "{best}：{total}个客户中的{count}个，贡献了净销售额的{share}；另有{risk}个客户有流失风险。",
    )
    if total <= 0:
        sentence = Text(
            "Customers who bought: {total}; at risk: {risk}.",
            "购买过的客户{total}个，其中有流失风险的{risk}个。",
        )
    return sentence.to(language).format(
        best=RFM_SEGMENTS[best].to(language),
        count=numbers.count(customers[best]),
        total=numbers.count(len(result)),
        share=numbers.share(brought[best] / (total or np.nan), language),
        risk=numbers.count(customers["at_risk"]),
    )


def _by_segment(result: pd.DataFrame) -> pd.DataFrame:
    """Customers and net sales of each segment, also of those without customers."""
    grouped = result.groupby("segment").agg(customers=("customer_id", "size"), monetary=("monetary", "sum"))
    return grouped.reindex(list(RFM_SEGMENTS), fill_value=0)


def _rfm_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    by_segment = _by_segment(result)
    shares = by_segment["monetary"] / (by_segment["monetary"].sum() or np.nan)
    note = Text("{count}  ({share} of net sales)", "{count}（占净销售额{share}）").to(language)
    return Bars(
        Text("Customers by RFM segment", "各RFM细分的客户数").to(language),
        [word.to(language) for word in RFM_SEGMENTS.values()],
        by_segment["customers"].tolist(),
        [
            note.format(count=numbers.count(count), share=numbers.share(share, language))
            for count, share in zip(by_segment["customers"], shares, strict=True)
        ],
        stressed=RFM_SEGMENTS["at_risk"].to(language),
    )


@analysis(
    group=SEGMENTS,
    name=Text("RFM", "RFM分析"),
    about=Text(
        "Recency, frequency and monetary value of each customer as of a day, each scored from 1 to 5 "
        "by fifths (equal values score alike), and the segment that follows.",
        "截至某日各客户的最近购买（R）、购买频次（F）和购买金额（M），各按五分位打1至5分（数值相同得分相同），"
        "并据此划分客户群。",
    ),
    honours=("end", *FIELDS),
    own=(
        Own("months", Text("Only orders of the last", "只看最近"), None, 1, 120, 1, Text("months", "个月")),
    ),
    columns={
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "last_order": Heading(Text("Last order", "最近下单日"), "date"),
        "recency_days": Heading(Text("Days since", "距今天数"), "count"),
        "frequency": Heading(Text("Orders", "订单数"), "count", additive=True),
        "monetary": Heading(NET_SALES, "yuan", additive=True),
        "r": Heading(Text("R score", "R得分"), "count"),
        "f": Heading(Text("F score", "F得分"), "count"),
        "m": Heading(Text("M score", "M得分"), "count"),
        "segment": Heading(Text("Segment", "客户群"), "text", words=RFM_SEGMENTS),
    },
    finding=_rfm_finding,
    picture=_rfm_picture,
)
def rfm(company: Company, conditions: Conditions, months: int | None = None) -> pd.DataFrame:
    """Score the customers by recency, frequency and monetary value, and name their segment.

    A score is 1 plus the number of fifths of the customers who are worse, rounded down, so that equal
    values always have equal scores: of customers of whom half ordered once, that half scores 1 and
    nobody 2. The segment is the first that fits:

    - champions: R, F and M all at least 4;
    - loyal: R at least 3, F at least 4;
    - new: R at least 4, F at most 2;
    - occasional: R at least 3;
    - at risk: F at least 3, so R at most 2;
    - lost: the others.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the day as of which is asked. With products or categories only what was bought of
        them counts; ``recorder`` is who keyed the order in, ``owner`` who looks after the customer today.
    months : int, optional
        Only the orders of the last so many months until that day, with their returns; all unless given.

    Returns
    -------
    pandas.DataFrame
        A row for each customer with a valid order: ``customer_id``, ``customer``, ``last_order``,
        ``recency_days`` since then, ``frequency`` (valid orders), ``monetary`` (net sales in yuan, less
        the returns until that day), the scores ``r``, ``f``, ``m``, ``segment`` (a code). The highest
        scores first, R before F before M, ties by number.

    References
    ----------
    Hughes, A. M. (1994). Strategic Database Marketing. Probus.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = rfm(open_company(language="en"), end="2025-12-31")
    >>> result["segment"].iloc[0], result[["r", "f", "m"]].iloc[0].tolist()
    ('champions', [5, 5, 5])
    """
    found = buyers(company, conditions, months)
    last_order = found["ordered_at"].dt.normalize()
    recency = (conditions.end - last_order).dt.days
    scored = found.assign(
        last_order=last_order,
        recency_days=recency,
        frequency=found["orders"],
        monetary=found["net_cents"] / 100,
        r=quintiles(-recency),
        f=quintiles(found["orders"]),
        m=quintiles(found["net_cents"]),
    )
    return scored.assign(segment=_segment(scored)).sort_values(
        ["r", "f", "m", "customer_id"], ascending=[False, False, False, True]
    )


# The customer pyramid

LEVELS = {
    "vip": Text("VIP", "VIP客户"),
    "main": Text("Main", "主要客户"),
    "ordinary": Text("Ordinary", "普通客户"),
    "small": Text("Small", "小客户"),
}
#: How many percent of the customers are of a level or above.
_UP_TO = {"vip": 1, "main": 5, "ordinary": 20, "small": 100}


def _pyramid_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    customers, total = result["customers"], result["net_sales"].sum()
    if customers.sum() == 0:
        return NOTHING_SOLD.to(language)
    if total <= 0:
        return (
            Text("Customers with sales or returns: {count}.", "有销售或退货的客户数：{count}。")
            .to(language)
            .format(count=numbers.count(customers.sum()))
        )
    count = dict(zip(result["level"], customers, strict=True))
    share = dict(zip(result["level"], result["share"], strict=True))
    sentence = Text(
        "The top 20 % of customers ({count}) bring {share} of net sales, the VIPs among them ({vips}) {vip}; "
        "the other {small} bring {rest}.",
        "前20%的客户（{count}个）贡献了净销售额的{share}，其中VIP客户（{vips}个）贡献{vip}；"
        "其余{small}个小客户只贡献{rest}。",
    )
    return sentence.to(language).format(
        count=numbers.count(customers.sum() - count["small"]),
        share=numbers.share(1 - share["small"], language),
        vips=numbers.count(count["vip"]),
        vip=numbers.share(share["vip"], language),
        small=numbers.count(count["small"]),
        rest=numbers.share(share["small"], language),
    )


def _pyramid_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    note = Text(
        "{share}  ({net}; {count} customers)",
        "{share}（{net}；{count}个客户）",
    ).to(language)
    return Bars(
        Text("Share of net sales by level of the pyramid", "金字塔各层客户的净销售额占比").to(language),
        [LEVELS[level].to(language) for level in result["level"]],
        result["share"].fillna(0).tolist(),
        [
            note.format(
                share=numbers.share(row["share"], language),
                net=numbers.yuan(row["net_sales"], language),
                count=numbers.count(row["customers"]),
            )
            for _, row in result.iterrows()
        ],
    )


@analysis(
    group=SEGMENTS,
    name=Text("Customer pyramid", "客户金字塔"),
    about=Text(
        "The customers of the period by net sales in four levels: VIP (top 1 %), main (next 4 %), "
        "ordinary (next 15 %), small (80 %).",
        "按期间净销售额把客户分为四层：VIP客户（前1%）、主要客户（其后4%）、普通客户（其后15%）和小客户（80%）。",
    ),
    honours=ALL_FILTERS,
    columns={
        "level": Heading(Text("Level", "层级"), "text", words=LEVELS),
        "customers": Heading(BUYERS, "count", additive=True),
        "share_of_customers": Heading(SHARE_OF_CUSTOMERS, "share"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "share": Heading(SHARE_OF_SALES, "share"),
    },
    finding=_pyramid_finding,
    picture=_pyramid_picture,
    members=lambda company, conditions: _levels(company, conditions)[["customer_id", "level"]],
)
def customer_pyramid(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Divide the customers by net sales into four levels.

    The limits are at 1, 5 and 20 % of the customers, rounded up: of 670 customers 7 are VIPs, 27 are
    main, 100 are ordinary customers. Who is at a limit is decided by net sales, then by number.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        As for `value_customers`, whose ranking this is.

    Returns
    -------
    pandas.DataFrame
        A row for each ``level`` (a code), also without customers: ``customers``, ``share_of_customers``,
        ``net_sales`` in yuan, ``share`` of net sales. Shares are missing when their total is 0.

    References
    ----------
    Curry, J., & Curry, A. (2000). The Customer Marketing Method. Free Press.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = customer_pyramid(open_company(language="en"))
    >>> result["level"].tolist(), f"{result['share'].sum():.6f}"
    (['vip', 'main', 'ordinary', 'small'], '1.000000')
    """
    by_level = _levels(company, conditions).groupby("level")["net_cents"].agg(["size", "sum"])
    by_level = by_level.reindex(list(LEVELS), fill_value=0).reset_index()
    return by_level.assign(
        customers=by_level["size"],
        share_of_customers=by_level["size"] / (by_level["size"].sum() or np.nan),
        net_sales=by_level["sum"] / 100,
        share=by_level["sum"] / (by_level["sum"].sum() or np.nan),
    )


def _levels(company: Company, conditions: Conditions) -> pd.DataFrame:
    """`ranking` with the ``level`` of each customer."""
    ranked = ranking(company, conditions)
    count = len(ranked)
    last = [-(-count * percent // 100) for percent in _UP_TO.values()]
    place = np.searchsorted(last, np.arange(count), side="right")
    return ranked.assign(level=np.array(list(LEVELS), dtype=object)[place])


# ABC

CLASSES = {
    "A": Text("A: brings the first 80 %", "A类：贡献前80%"),
    "B": Text("B: brings the next 15 %", "B类：贡献其后15%"),
    "C": Text("C: the rest", "C类：其余"),
}


def classes(net: pd.Series) -> np.ndarray:
    """Return the class of each amount, of which the largest comes first.

    A is the smallest set that reaches 80 % of the total, B what then reaches 95 %. What brought nothing,
    or less, is C; so is everything when the total is not positive.

    Examples
    --------
    >>> classes(pd.Series([70, 20, 6, 4, 0])).tolist()
    ['A', 'A', 'B', 'C', 'C']
    """
    total, before = net.sum(), net.cumsum() - net
    selling = (net > 0) & (total > 0)
    return np.select(
        [selling & (before * 100 < total * 80), selling & (before * 100 < total * 95)], ["A", "B"], "C"
    )


def classified(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return ``ranked`` (by ``net_cents``, the largest first) with rank, shares and `classes`."""
    net = ranked["net_cents"]
    total = net.sum()
    return ranked.assign(
        rank=net.rank(method="min", ascending=False),
        net_sales=net / 100,
        share=net / (total or np.nan),
        cumulative_share=net.cumsum() / (total or np.nan),
        abc=classes(net),
    )


def _abc_finding(result: pd.DataFrame, company: Company, sentence: Text) -> str:
    language = company.language
    best = result[result["abc"] == "A"]
    if best.empty:
        return NOTHING_SOLD.to(language)
    return sentence.to(language).format(
        best=numbers.count(len(best)),
        total=numbers.count(len(result)),
        part=numbers.share(len(best) / len(result), language),
        share=numbers.share(best["cumulative_share"].iloc[-1], language),
        rest=numbers.count((result["abc"] == "C").sum()),
    )


def _abc_picture(result: pd.DataFrame, company: Company, column: str, caption: Text) -> Pareto:
    language = company.language
    head = result.head(NAMED)
    best = result[result["abc"] == "A"]
    share = best["cumulative_share"].iloc[-1] if len(best) else np.nan
    return Pareto(
        Bars(
            caption.to(language),
            head[column].tolist(),
            head["net_sales"].tolist(),
            [numbers.short(value, language) for value in head["net_sales"]],
        ),
        Text("Cumulative share of net sales", "净销售额累计占比").to(language),
        result["cumulative_share"].tolist(),
        len(best),
        Text("Class A: {count}\n{share}", "A类：{count}\n{share}")
        .to(language)
        .format(count=numbers.count(len(best)), share=numbers.share(share, language)),
    )


_ABC_COLUMNS = {
    "net_sales": Heading(NET_SALES, "yuan", additive=True),
    "share": Heading(SHARE, "share"),
    "cumulative_share": Heading(CUMULATIVE, "share"),
    "abc": Heading(Text("Class", "类别"), "text", words=CLASSES),
}


@analysis(
    group=SEGMENTS,
    name=Text("ABC of customers", "客户ABC分析"),
    about=Text(
        "Customers by net sales in the period: A is the smallest set that reaches 80 %, "
        "B the next up to 95 %, C the rest.",
        "按期间净销售额给客户分类：A类为达到80%的最小客户集合，B类为其后达到95%的客户，C类为其余客户。",
    ),
    honours=ALL_FILTERS,
    columns={
        "rank": Heading(RANK, "count"),
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        **_ABC_COLUMNS,
    },
    finding=lambda result, company: _abc_finding(
        result,
        company,
        Text(
            "{best} of {total} customers ({part}) bring {share} of net sales: they are class A. "
            "{rest} customers are class C.",
            "{total}个客户中的{best}个（{part}）贡献了净销售额的{share}，属于A类；C类客户有{rest}个。",
        ),
    ),
    picture=lambda result, company: _abc_picture(
        result, company, "customer", Text("Net sales of the largest, yuan", "最大客户的净销售额（元）")
    ),
)
def customer_abc(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Class the customers by what they bring.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        As for `value_customers`, whose ranking this is.

    Returns
    -------
    pandas.DataFrame
        ``rank`` (1, 2, 2, 4), ``customer_id``, ``customer``, ``net_sales`` in yuan, ``share``,
        ``cumulative_share``, ``abc``: a row for every customer with a valid line in the period, ties by
        number. A is the smallest set that reaches 80 % of the total, B what then reaches 95 %; who
        brought nothing, or less, is C.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = customer_abc(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> bool(result.loc[result["abc"] == "A", "share"].sum() >= 0.8)
    True
    """
    return classified(ranking(company, conditions))


@analysis(
    group=SEGMENTS,
    name=Text("ABC of products", "产品ABC分析"),
    about=Text(
        "Products by net sales in the period: A is the smallest set that reaches 80 %, "
        "B the next up to 95 %, C the rest; what was never sold is C.",
        "按期间净销售额给产品分类：A类为达到80%的最小产品集合，B类为其后达到95%的产品，其余（含从未售出的）为C类。",
    ),
    honours=ALL_FILTERS,
    columns={
        "rank": Heading(RANK, "count"),
        "product_id": Heading(PRODUCT_ID, "id"),
        "product": Heading(PRODUCT, "text"),
        "major_category": Heading(MAJOR_CATEGORY, "text"),
        "minor_category": Heading(MINOR_CATEGORY, "text"),
        **_ABC_COLUMNS,
    },
    finding=lambda result, company: _abc_finding(
        result,
        company,
        Text(
            "{best} of {total} products ({part}) bring {share} of net sales: they are class A. "
            "{rest} products are class C.",
            "{total}种产品中的{best}种（{part}）贡献了净销售额的{share}，属于A类；C类产品有{rest}种。",
        ),
    ),
    picture=lambda result, company: _abc_picture(
        result, company, "product", Text("Net sales of the best sold, yuan", "最畅销产品的净销售额（元）")
    ),
)
def product_abc(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Class the products by what they bring.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword. Categories are today's.

    Returns
    -------
    pandas.DataFrame
        ``rank`` (1, 2, 2, 4), ``product_id``, ``product``, ``major_category``, ``minor_category``,
        ``net_sales`` in yuan, ``share``, ``cumulative_share``, ``abc``: a row for every product that
        was launched by the end of the period or sold in it, also those never sold; ties by number.
        A is the smallest set that reaches 80 % of the total, B what then reaches 95 %; what brought
        nothing, or less, is C.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = product_abc(open_company(language="en"), start="2026-01-01")
    >>> set(result.loc[result["net_sales"] == 0, "abc"])
    {'C'}
    """
    sold = by_product(company, conditions)
    chosen = {name: conditions.chosen[name] for name in PRODUCT_FIELDS if name in conditions.chosen}
    products = collected(
        replace(conditions, chosen=chosen)
        .match(company.frame("products"))
        .select("product_id", "major_category", "minor_category", "launched_on", product="name")
    )
    there = (products["launched_on"] < conditions.after) | products["product_id"].isin(sold["product_id"])
    listed = products[there].merge(sold, on="product_id", how="left")
    net_cents = listed["net_cents"].fillna(0).astype("int64")
    return classified(
        listed.assign(net_cents=net_cents).sort_values(
            ["net_cents", "product_id"], ascending=[False, True], ignore_index=True
        )
    )


def by_product(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Return the net sales of each product with a line in the period, in cents."""
    return collected(
        conditions.keep(sales(company, conditions), "booked_at")
        .group_by("product_id")
        .agg(nw.col("net_cents").sum())
        .with_columns(nw.col("net_cents").cast(nw.Int64))
    )
