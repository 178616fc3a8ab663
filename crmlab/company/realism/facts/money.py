"""What is earned, and when it is paid."""

from __future__ import annotations

from crmlab.company.realism.books import YEAR, Books
from crmlab.company.realism.facts import Measure, fact
from crmlab.locale import Text

_PAYING = Text(
    "Atradius China 2024: over a third late; a public invoice data set: 36 %",
    "Atradius 中国 2024：超过三分之一逾期；公开发票数据集：36%",
)


@fact(
    Text("DSO in days", "应收帐款周转天数（DSO）"),
    *(55, 90),
    Text("Chinese industrial firms 66.7 (2024), 70.5 (2025)", "中国工业企业 66.7（2024）、70.5（2025）"),
    "days",
)
def dso(books: Books) -> float:
    recent = books.lines.loc[books.lines["booked_at"] > books.today - YEAR, "net"].sum()
    return books.invoices(books.today)["open"].sum() / recent * 365


@fact(
    Text("paid late, by value", "逾期付款占比（按金额）"),
    *(0.30, 0.40),
    _PAYING,
    "share",
)
def late(books: Books) -> float:
    invoices = books.invoices(books.today)
    due = invoices[(invoices["due_on"] < books.today) & (invoices["net"] > 0)]
    return (due["net"] - due["in_time"]).clip(lower=0).sum() / due["net"].sum()


@fact(
    Text("never paid, by number", "从未付款占比（按张数）"),
    *(0.01, 0.03),
    _PAYING,
    "share",
)
def never(books: Books) -> float:
    invoices = books.invoices(books.today)
    old = invoices[(invoices["due_on"] < books.today - YEAR) & (invoices["net"] > 0)]
    return float((old["received"] == 0).mean())


_AGEING = (
    (Text("receivables not due", "未到期的应收帐款"), 0.60, 0.75),
    (Text("receivables 1-30 days late", "逾期 1-30 天的应收帐款"), 0.12, 0.20),
    (Text("receivables 31-60 days late", "逾期 31-60 天的应收帐款"), 0.05, 0.08),
    (Text("receivables 61-90 days late", "逾期 61-90 天的应收帐款"), 0.03, 0.05),
    (Text("receivables over 90 days late", "逾期 90 天以上的应收帐款"), 0.05, 0.10),
)


def _aged(group: int) -> Measure:
    return lambda books: float(books.ageing[group])


for _group, (_name, _low, _high) in enumerate(_AGEING):
    fact(_name, _low, _high, Text("industry guidance", "行业惯例"), "share")(_aged(_group))


@fact(
    Text("gross margin", "毛利率"),
    *(0.10, 0.20),
    Text("Chinese wholesale .06-.11", "中国批发业 .06-.11"),
    "share",
)
def margin(books: Books) -> float:
    return 1 - books.lines["cogs"].sum() / books.lines["net"].sum()


@fact(
    Text("products sold at a loss", "亏本销售的产品数"),
    *(1, 20),
    Text("some products negative", "部分产品毛利为负"),
    "count",
)
def losing_products(books: Books) -> float:
    sums = books.lines.groupby("product_id")[["net", "cogs"]].sum()
    return float((sums["net"] < sums["cogs"]).sum())
