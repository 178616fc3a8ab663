"""The whole company on one page: the 7P report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import campaigns, numbers
from crmlab.analysis.charts import Card, Cards
from crmlab.analysis.cohorts import cohort_retention
from crmlab.analysis.customers import buyers, newcomers
from crmlab.analysis.deals import decided
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, sales
from crmlab.analysis.groups import CUSTOMERS
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.segments import by_product, classes
from crmlab.analysis.stages import have_ended, ordering
from crmlab.company.files import SALES_TABLES
from crmlab.company.schema import UNKNOWN
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

SEVEN = {
    "profiling": Text("Profiling", "客户概况"),
    "persistency": Text("Persistency", "客户忠诚度"),
    "profitability": Text("Profitability", "客户利润"),
    "performance": Text("Performance", "客户性能"),
    "prospecting": Text("Prospecting", "客户未来"),
    "product": Text("Product", "客户产品"),
    "promotion": Text("Promotion", "客户促销"),
}
MEASURES = {
    "buyers": Text("Buyers", "购买客户数"),
    "unknown_source": Text("Of unknown source", "来源不明的占比"),
    "ended": Text("Ended customers", "已终止客户占比"),
    "kept": Text("Back in the next year", "首购次年仍购买占比"),
    "margin": Text("Gross margin", "毛利"),
    "margin_rate": Text("Margin rate", "毛利率"),
    "net_sales": Text("Net sales", "净销售额"),
    "on_year": Text("Change on year", "同比"),
    "new_customers": Text("New customers", "新客户数"),
    "win_rate": Text("Win rate", "赢单率"),
    "class_a": Text("Class A products", "A类产品数"),
    "return": Text("Campaign return", "营销投入产出比"),
}
UNITS = {
    "customers": Text("customers", "个客户"),
    "products": Text("products", "种产品"),
    "yuan": Text("yuan", "元"),
    "percent": Text("%", "％"),
}


def _finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    value = result.set_index("measure")["value"]
    if value["buyers"] == 0:
        return Text("Nobody bought in this period.", "该期间没有客户购买。").to(language)
    sentence = Text(
        "{buyers} customers, {new} of them new, bought for {net} at a margin of {rate}; "
        "{ended} of all who ever bought have ended.",
        "{buyers}个客户（其中新客户{new}个）带来净销售额{net}，毛利率{rate}；历史购买客户中{ended}已终止。",
    )
    if value["new_customers"] == value["buyers"]:
        sentence = Text(
            "{buyers} customers, all of them new, bought for {net} at a margin of {rate}; "
            "{ended} of all who ever bought have ended.",
            "{buyers}个客户（均为新客户）带来净销售额{net}，毛利率{rate}；历史购买客户中{ended}已终止。",
        )
    return sentence.to(language).format(
        buyers=numbers.count(value["buyers"]),
        new=numbers.count(value["new_customers"]),
        net=numbers.yuan(value["net_sales"], language),
        rate=numbers.share(value["margin_rate"] / 100, language),
        ended=numbers.share(value["ended"] / 100, language),
    )


def _picture(result: pd.DataFrame, company: Company) -> Cards:
    language = company.language
    return Cards(
        [
            Card(
                MEASURES[row["measure"]].to(language),
                _spoken(row["value"], row["unit"], language),
                SEVEN[row["p"]].to(language),
            )
            for _, row in result.iterrows()
        ]
    )


def _spoken(value: float, unit: str, language: str) -> str:
    if np.isnan(value):
        return numbers.NONE
    match unit:
        case "percent":
            return numbers.share(value / 100, language)
        case "yuan":
            return numbers.short(value, language) + Text(" yuan", "元").to(language)
    return numbers.count(value)


@analysis(
    group=CUSTOMERS,
    name=Text("7P report", "7P分析"),
    about=Text(
        "Profiling, persistency, profitability, performance, prospecting, product and promotion: "
        "the figures of the other analyses in one table.",
        "从客户概况、忠诚度、利润、性能、未来、产品、促销七个方面汇总其他分析的主要指标。",
    ),
    honours=("period",),
    needs=tuple(dict.fromkeys((*SALES_TABLES, "order_lines.unit_cost", "opportunities", *campaigns.NEEDS))),
    columns={
        "p": Heading(Text("P", "方面"), "text", words=SEVEN),
        "measure": Heading(Text("Measure", "指标"), "text", words=MEASURES),
        "value": Heading(Text("Value", "数值"), "number"),
        "unit": Heading(Text("Unit", "单位"), "text", words=UNITS),
    },
    finding=_finding,
    picture=_picture,
)
def seven_p(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Bring the main figures of the company together, in seven parts.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Only ``start`` and ``end`` are honoured, and may be given as keywords.

    Returns
    -------
    pandas.DataFrame
        ``p``, ``measure``, ``value``, ``unit`` (codes but for the value): a row for each of

        - profiling: customers who bought, and how many percent of them are of unknown source
          (`customer_statistics`);
        - persistency: how many percent of all who ever bought have ended as of the last day (`lifecycle`);
          of those who first bought in a year, how many bought again in the next, over all years of which
          that is known (`cohort_retention`);
        - profitability: gross margin and margin rate (`profit`);
        - performance: net sales, and their change on the same days a year before (missing if these are not
          all on record);
        - prospecting: new customers (`new_customers`), and won / (won + lost) (`lost_deals`);
        - product: how many bring the first 80 % of net sales (`product_abc`);
        - promotion: (margin caused - cost) / cost of all campaigns that ended in the period and can be
          measured (`campaign_return`).

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = seven_p(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> list(dict.fromkeys(result["p"]))[:3], len(result)
    (['profiling', 'persistency', 'profitability'], 12)
    """
    return pd.DataFrame(list(_figures(company, conditions)), columns=["p", "measure", "value", "unit"])


def _figures(company: Company, conditions: Conditions) -> Iterator[tuple[str, str, float, str]]:
    unknown = (nw.col("source") == UNKNOWN.to(company.language)).cast(nw.Int64)
    bought = _sums(buyers(company, conditions).with_columns(unknown=unknown), "unknown")
    yield "profiling", "buyers", bought["rows"], "customers"
    yield "profiling", "unknown_source", _percent(bought["unknown"], bought["rows"]), "percent"

    for measure, percent in _persistency(company, conditions).items():
        yield "persistency", measure, percent, "percent"

    net_sales, margin = _sold(company, conditions)
    yield "profitability", "margin", margin, "yuan"
    yield "profitability", "margin_rate", _percent(margin, net_sales), "percent"

    yield "performance", "net_sales", net_sales, "yuan"
    yield "performance", "on_year", _change(company, conditions, net_sales), "percent"

    closed = _sums(conditions.keep(decided(company), "closed_on"), "won")
    yield "prospecting", "new_customers", _sums(newcomers(company, conditions))["rows"], "customers"
    yield "prospecting", "win_rate", _percent(closed["won"], closed["rows"]), "percent"

    brought = by_product(company, conditions)["net_cents"].sort_values(ascending=False)
    yield "product", "class_a", (classes(brought) == "A").sum(), "products"

    returns = campaigns.campaign_return(company, start=conditions.start, end=conditions.end)
    measured = returns[returns["margin_caused"].notna()]
    gain = measured["margin_caused"].sum() - measured["cost"].sum()
    yield "promotion", "return", _percent(gain, measured["cost"].sum()), "percent"


def _persistency(company: Company, conditions: Conditions) -> dict[str, float]:
    """What depends on the last day alone."""
    known = ordering(company, conditions, conditions.end)
    cohorts = cohort_retention(company, end=conditions.end, every="year")
    second = cohorts[(cohorts["k"] == 1) & cohorts["active"].notna()]
    return {
        "ended": _percent(have_ended(known, conditions.end).sum(), len(known)),
        "kept": _percent(second["active"].sum(), second["customers"].sum()),
    }


def _sums(frame: nw.LazyFrame, *columns: str) -> pd.Series:
    """The sums of some columns, and how many ``rows`` there are."""
    sums = [nw.col(column).sum() for column in columns]
    return collected(frame.select(*sums, rows=nw.len())).astype("float64").iloc[0]


def _percent(part: float, whole: float) -> float:
    return 100 * float(part) / (float(whole) or np.nan)


def _sold(company: Company, conditions: Conditions) -> tuple[float, float]:
    """Net sales and gross margin in yuan: see `profit`."""
    lines = conditions.keep(sales(company, conditions, "cost_cents"), "booked_at")
    net, cost, _ = _sums(lines, "net_cents", "cost_cents")
    return net / 100, (net - cost) / 100


def _change(company: Company, conditions: Conditions, net_sales: float) -> float:
    """Percent by which net sales are above those of the same days a year before."""
    start, end = (day - pd.DateOffset(years=1) for day in (conditions.start, conditions.end))
    if start < company.start:
        return np.nan
    before, _ = _sold(company, replace(conditions, start=start, end=end))
    return _percent(net_sales - before, before if before > 0 else 0)
