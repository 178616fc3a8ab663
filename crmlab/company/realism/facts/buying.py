"""Who buys, how often, and how much."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.company.realism.books import Books
from crmlab.company.realism.facts import fact
from crmlab.company.world.calendar import SPRING_FESTIVALS
from crmlab.locale import Text

EIGHTEEN_MONTHS = pd.Timedelta(days=548)


def _top_fifth(sales: pd.Series) -> float:
    ranked = sales.sort_values(ascending=False)
    return ranked.iloc[: round(len(ranked) * 0.2)].sum() / ranked.sum()


@fact(
    Text("sales of the top 20 % of customers", "前 20% 客户的销售占比"),
    *(0.55, 0.75),
    Text(
        "mean .67 over 339 firms (McCarthy & Winer); CDNOW .68, Complete Journey .55",
        "339 家企业平均 .67（McCarthy & Winer）；CDNOW .68，Complete Journey .55",
    ),
    "share",
)
def customers_share(books: Books) -> float:
    return _top_fifth(books.lines.groupby("customer_id")["net"].sum())


@fact(
    Text("sales of the top 20 % of products", "前 20% 产品的销售占比"),
    *(0.70, 0.85),
    Text("Complete Journey .84, Superstore .77", "Complete Journey .84，Superstore .77"),
    "share",
)
def products_share(books: Books) -> float:
    sales = books.lines.groupby("product_id")["net"].sum()
    return _top_fifth(sales.reindex(books.products["product_id"], fill_value=0))


@fact(
    Text("bought again within 18 months", "18 个月内再次购买"),
    *(0.40, 0.60),
    Text("CDNOW .49", "CDNOW .49"),
    "share",
)
def repeat_rate(books: Books) -> float:
    watched = books.repeated[books.repeated["first"] <= books.today - EIGHTEEN_MONTHS]
    return float((watched["days"] <= EIGHTEEN_MONTHS.days).mean())


@fact(
    Text("time between purchases, CV", "购买间隔的变异系数"),
    *(1.0, 3.0),
    Text("CDNOW 1.27", "CDNOW 1.27"),
)
def gap_variation(books: Books) -> float:
    return books.gaps.std() / books.gaps.mean()


@fact(
    Text("time between purchases, mean / median", "购买间隔的均值与中位数之比"),
    *(1.0, 5.0),
    Text("right-skewed; CDNOW 72 / 34 days", "右偏；CDNOW 72 / 34 天"),
)
def gap_skew(books: Books) -> float:
    return books.gaps.mean() / books.gaps.median()


@fact(
    Text("order value, sigma of the logarithm", "订单金额对数的标准差"),
    *(0.7, 1.2),
    Text("lognormal; CDNOW .74, Complete Journey 1.16", "对数正态；CDNOW .74，Complete Journey 1.16"),
)
def order_sigma(books: Books) -> float:
    return float(np.log(books.values).std())


@fact(
    Text("customers lost a year", "年客户流失率"),
    *(0.15, 0.35),
    Text("15-20 % (Reichheld); sector retention 62-86 %", "15-20%（Reichheld）；各行业留存率 62-86%"),
    "share",
)
def lost(books: Books) -> float:
    year = books.orders["ordered_at"].dt.year
    buyers = {y: set(books.orders.loc[year == y, "customer_id"]) for y in range(year.min(), books.today.year)}
    pairs = [(buyers[y], buyers[y + 1]) for y in list(buyers)[:-1]]
    return sum(len(a - b) for a, b in pairs) / sum(len(a) for a, _ in pairs)


@fact(
    Text("customers of unknown source", "来源未知的客户"),
    *(0.05, 0.14),
    Text("Olist .14", "Olist .14"),
    "share",
)
def unknown_source(books: Books) -> float:
    return float(books.customers["source"].isna().mean())


@fact(
    Text("orders in the month of Spring Festival", "春节所在月的订单变化"),
    *(-0.35, -0.20),
    Text(
        "Chinese imports 2000-13: -25 % for the full window; the month moves by the lunar date",
        "2000-13 年中国进口：整个窗口 -25%；所在月随农历移动",
    ),
    "share",
)
def spring_festival(books: Books) -> float:
    """Orders of the months that hold the holiday beside the mean of the other months of those years."""
    months = books.orders["ordered_at"].dt.to_period("M").value_counts()
    held, others = 0.0, 0.0
    for year in range(2021, books.today.year):
        festival = pd.Timestamp(SPRING_FESTIVALS[year], unit="D").to_period("M")
        rest = months[[m for m in months.index if m.year == year and m != festival]]
        held += months[festival]
        others += rest.mean()
    return held / others - 1
