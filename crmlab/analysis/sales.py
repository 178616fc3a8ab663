"""Whether sales grow, what they are made of, what they leave: steps 11, 12 and 13."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.breakdown import CATEGORIES, by_group, choice, largest_first
from crmlab.analysis.charts import Bars, Picture, Pie, Series, Trend, Waterfall
from crmlab.analysis.customers import ALL_FILTERS
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, sales
from crmlab.analysis.groups import SALES
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Choice
from crmlab.analysis.periods import EVERY, MONTHS, change, periods, slot_of
from crmlab.analysis.terms import (
    COST,
    MARGIN,
    MARGIN_RATE,
    NET_SALES,
    NOTHING_SOLD,
    ON_PREVIOUS,
    ON_YEAR,
    PERIOD,
    PERIOD_START,
    SHARE,
    WHOLE_PERIOD,
)
from crmlab.company.files import SALES_TABLES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: So many groups have a slice, or a bar, of their own.
SLICES, BARS = 7, 10

#: What net sales can be composed of.
COMPOSED_BY = (
    "source",
    "customer",
    "major_category",
    "minor_category",
    "product",
    "region",
    "industry",
    "owner",
)

GROUP_ID = Heading(Text("No.", "编号"), "id", nullable=True)
GROUP = Heading(Text("Group", "分组"), "text")


# Step 11


#: What a period is compared with.
_BEFORE = {
    "month": Text("in the month before", "环比"),
    "quarter": Text("in the quarter before", "环比"),
    "year": Text("in the year before", "同比"),
}
_YEAR_EARLIER = Text("a year earlier", "同比")


def _trend_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if not result["net_sales"].any():
        return NOTHING_SOLD.to(language)
    every, whole = _every(result), result[result["complete"]]
    if whole.empty:
        sentence = Text(
            "Net sales in the period: {net}. It holds no whole {every} to compare.",
            "该期间净销售额为{net}；其中没有完整的自然{every}，无法比较。",
        )
        return sentence.to(language).format(
            net=numbers.yuan(result["net_sales"].sum(), language), every=EVERY[every].to(language)
        )
    last = whole.iloc[-1]
    changes = [_compared(last["on_previous"], _BEFORE[every], language)]
    if every != "year":
        changes.append(_compared(last["on_year"], _YEAR_EARLIER, language))
    said = ("，" if language == "zh" else ", ").join(filter(None, changes))
    sentence = Text("Net sales in {period}: {net}.", "{period}净销售额为{net}。")
    if said:
        sentence = Text("Net sales in {period}: {net}, {changes}.", "{period}净销售额为{net}，{changes}。")
    return sentence.to(language).format(
        period=_spoken(last["period"], language), net=numbers.yuan(last["net_sales"], language), changes=said
    )


def _every(result: pd.DataFrame) -> str:
    """What the periods are: their names say it."""
    name = result["period"].iloc[0]
    return "quarter" if "Q" in name else "month" if "-" in name else "year"


def _spoken(period: str, language: str) -> str:
    """The name of a period, or of another group, in a sentence."""
    year, _, part = period.partition("-")
    if language == "en" or not year.isdigit():
        return period
    return f"{year}年" + (f"第{part[1:]}季度" if "Q" in part else f"{int(part)}月" if part else "")


def _compared(change: float, base: Text, language: str) -> str:
    """What a change is, in words; nothing if there is none to speak of."""
    if np.isnan(change):
        return ""
    sentence = Text("as much as {base}", "{base}持平")
    if change:
        more, less = (
            Text("{change} more than {base}", "{base}增长{change}"),
            Text("{change} less than {base}", "{base}下降{change}"),
        )
        sentence = more if change > 0 else less
    return sentence.to(language).format(change=numbers.share(abs(change), language), base=base.to(language))


def _trend_picture(result: pd.DataFrame, company: Company) -> Trend:
    language = company.language
    name = NET_SALES.to(language)
    values = result["net_sales"].tolist()
    caption = Text("Net sales, yuan", "净销售额（元）")
    if not result["complete"].all():
        caption = Text("Net sales, yuan; hollow: not a whole period", "净销售额（元）；空心表示期间不完整")
    return Trend(
        caption.to(language),
        result["period"].tolist(),
        [
            Series(
                name,
                values,
                notes=[numbers.short(value, language) for value in values],
                whole=result["complete"].tolist(),
            )
        ],
    )


@analysis(
    step=11,
    group=SALES,
    name=Text("Sales trend", "销售趋势分析"),
    about=Text(
        "Net sales by month, quarter or year, with the change on the previous period and on the year before.",
        "按月、季度或年统计净销售额，并计算环比和同比。",
    ),
    honours=ALL_FILTERS,
    own=(Choice("every", Text("Every", "周期"), "month", EVERY),),
    columns={
        "period": Heading(PERIOD, "text"),
        "start": Heading(PERIOD_START, "date"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "on_previous": Heading(ON_PREVIOUS, "change"),
        "on_year": Heading(ON_YEAR, "change"),
        "complete": Heading(WHOLE_PERIOD, "flag"),
    },
    finding=_trend_finding,
    picture=_trend_picture,
)
def sales_trend(company: Company, conditions: Conditions, every: str = "month") -> pd.DataFrame:
    """Follow net sales over months, quarters or years.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword: without one it is the whole company, with
        ``product=...`` one product.
    every : {"month", "quarter", "year"}
        How long a period is.

    Returns
    -------
    pandas.DataFrame
        ``period`` ("2025-01", "2025-Q1", "2025"), ``start`` (its first day), ``net_sales`` in yuan,
        ``on_previous`` (环比, the change on the period before), ``on_year`` (同比, on the same period a year
        before), ``complete`` (whether the filter and the records cover all its days): a row for every
        calendar period that the filter touches, also without sales. A change is missing unless both
        periods are among the rows and complete, and where the base is not above zero.

    Examples
    --------
    >>> from crmlab import open_company
    >>> company = open_company(language="en")
    >>> result = sales_trend(company, start="2024-01-01", end="2025-11-30", every="quarter")
    >>> result["period"].tolist()[-1], result["complete"].tolist()[-1]
    ('2025-Q4', False)
    """
    found = collected(
        conditions.keep(sales(company, conditions), "booked_at")
        .select("net_cents", slot=slot_of("booked_at", every))
        .group_by("slot")
        .agg(nw.col("net_cents").sum())
        .with_columns(nw.col("net_cents").cast(nw.Int64))
    ).set_index("slot")["net_cents"]
    result = periods(conditions, every)
    cents = found.reindex(result["slot"], fill_value=0).reset_index(drop=True)
    return result.assign(
        net_sales=cents / 100,
        on_previous=change(cents, result["complete"], 1),
        on_year=change(cents, result["complete"], 12 // MONTHS[every]),
    )


# Step 12


def _composition_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    total = result["net_sales"].sum()
    if not result["net_sales"].any():
        return NOTHING_SOLD.to(language)
    first, three = result.iloc[0], result["share"].head(3).sum()
    if total <= 0:
        sentence = Text(
            "More came back than was sold: net sales are {net}.", "退货多于销售：净销售额为{net}。"
        )
    elif len(result) > 4 and (result["net_sales"] >= 0).all():
        sentence = Text(
            "{group} has the largest share of net sales: {share} of {net}; "
            "the three largest have {three} together.",
            "{group}占净销售额的比重最大：{net}中占{share}；前三名合计占{three}。",
        )
    else:
        sentence = Text(
            "{group} has the largest share of net sales: {share} of {net}.",
            "{group}占净销售额的比重最大：{net}中占{share}。",
        )
    return sentence.to(language).format(
        group=first["group"],
        share=numbers.share(first["share"], language),
        three=numbers.share(three, language),
        net=numbers.yuan(total, language),
    )


def _composition_picture(result: pd.DataFrame, company: Company) -> Picture:
    language = company.language
    none_below_zero = (result["net_sales"] >= 0).all() and result["net_sales"].any()
    slices = none_below_zero and result["share"].iloc[SLICES:].sum() <= 0.5
    shown = _with_others(result, language) if slices else _both_ends(result)
    labels, values = shown["group"].tolist(), shown["net_sales"].tolist()
    notes = [
        numbers.beside(numbers.short(net, language), numbers.share(share, language), language)
        for net, share in zip(values, shown["share"], strict=True)
    ]
    if slices:
        return Pie(Text("Share of net sales", "净销售额占比").to(language), labels, values, notes)
    caption = Text("Net sales, yuan, and their share", "净销售额（元）及占比").to(language)
    return Bars(caption, labels, values, notes)


def _with_others(result: pd.DataFrame, language: str) -> pd.DataFrame:
    """The first groups, and all others as one."""
    if len(result) <= SLICES + 1:
        return result
    rest = result.iloc[SLICES:]
    name = Text("{count} others", "其他{count}项").to(language).format(count=len(rest))
    others = {"group": name, "net_sales": rest["net_sales"].sum(), "share": rest["share"].sum()}
    return pd.concat([result.head(SLICES), pd.DataFrame([others])], ignore_index=True)


def _both_ends(result: pd.DataFrame) -> pd.DataFrame:
    """The largest groups, and the smallest if more came back from them than they bought."""
    negative = result[result["net_sales"] < 0]
    if len(result) <= BARS or negative.empty:
        return result.head(BARS)
    return pd.concat([result.head(SLICES), negative.tail(BARS - SLICES)])


@analysis(
    step=12,
    group=SALES,
    name=Text("Sales composition", "销售构成分析"),
    about=Text(
        "Share of net sales by source, customer, category, product, region, industry or owner.",
        "按客户来源、客户、产品分类、产品、地区、行业或负责人统计净销售额的构成。",
    ),
    honours=ALL_FILTERS,
    own=(choice("source", *COMPOSED_BY), CATEGORIES),
    columns={
        "group_id": GROUP_ID,
        "group": GROUP,
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "share": Heading(SHARE, "share"),
    },
    finding=_composition_finding,
    picture=_composition_picture,
)
def sales_composition(
    company: Company, conditions: Conditions, by: str = "source", categories: str = "then"
) -> pd.DataFrame:
    """Say what net sales are made of.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword. A category in the filter is that of
        today's catalogue, whatever ``categories`` says.
    by : {"source", "customer", "major_category", "minor_category", "product", "region", "industry", "owner"}
        ``owner`` is who looks after the customer today.
    categories : {"then", "today"}
        A product that moved, or whose category was renamed, counts in the category of the day on which
        the line was booked, or in that of today. A company without a history of categories has those of
        today only.

    Returns
    -------
    pandas.DataFrame
        ``group_id`` (of a customer, product or employee), ``group``, ``net_sales`` in yuan, ``share``: a row
        for every group of the CRM's list that the filter leaves, also without sales; of owners, every
        salesperson and whoever else has sales; of categories then, those that stood in the catalogue in
        the period. Largest first, ties in the order of the list. A group from which more came back than
        it bought has a negative share. Shares sum to 1; they are missing when the total is 0.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = sales_composition(open_company(language="en"), by="major_category")
    >>> f"{result['share'].sum():.6f}"
    '1.000000'
    """
    groups = by_group(company, conditions, ["net_cents"], by, categories)
    result = largest_first(groups, "net_cents")
    total = result["net_cents"].sum() or np.nan
    return result.assign(net_sales=result["net_cents"] / 100, share=result["net_cents"] / total)


# Step 13


def _profit_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if not result[["net_sales", "cost"]].any(axis=None):
        return NOTHING_SOLD.to(language)
    net, margin = result["net_sales"].sum(), result["margin"].sum()
    rated = result[result["net_sales"] > 0]
    if net <= 0:
        sentence = Text(
            "More came back than was sold: net sales are {net}, the gross margin is {margin}.",
            "退货多于销售：净销售额为{net}，毛利为{margin}。",
        )
    elif len(rated) < 2:
        sentence = Text(
            "The gross margin is {rate} of net sales: {margin} of {net}.",
            "毛利率为{rate}：净销售额{net}，毛利{margin}。",
        )
    else:
        sentence = Text(
            "The gross margin is {rate} of net sales ({margin} of {net}): "
            "highest for {best} with {high}, lowest for {worst} with {low}.",
            "毛利率为{rate}（净销售额{net}，毛利{margin}）：{best}最高，为{high}；{worst}最低，为{low}。",
        )
    order = rated.sort_values("margin_rate", ascending=False, kind="stable")

    def name(row: pd.Series) -> str:
        return str(row["group"]) if pd.isna(row["start"]) else _spoken(row["group"], language)

    ends = [order.iloc[0], order.iloc[-1]] if len(order) else [result.iloc[0]] * 2
    return sentence.to(language).format(
        rate=_rate(margin / net if net else np.nan, language),
        net=numbers.yuan(net, language),
        margin=numbers.yuan(margin, language),
        best=name(ends[0]),
        high=_rate(ends[0]["margin_rate"], language),
        worst=name(ends[1]),
        low=_rate(ends[1]["margin_rate"], language),
    )


def _rate(value: float, language: str) -> str:
    """A margin rate with its decimal: they differ little."""
    return numbers.NONE if np.isnan(value) else f"{100 * value:.1f}" + ("%" if language == "zh" else " %")


def _profit_picture(result: pd.DataFrame, company: Company) -> Picture:
    language = company.language
    if result["start"].notna().any():
        return Trend(
            Text("Gross margin as a share of net sales", "毛利率").to(language),
            result["group"].tolist(),
            [
                Series(
                    MARGIN_RATE.to(language),
                    result["margin_rate"].tolist(),
                    notes=[_rate(rate, language) for rate in result["margin_rate"]],
                )
            ],
            share=True,
        )
    if len(result) == 1:
        steps = [result["net_sales"].iloc[0], -result["cost"].iloc[0], result["margin"].iloc[0]]
        return Waterfall(
            Text("From net sales to the gross margin, yuan", "从净销售额到毛利（元）").to(language),
            [term.to(language) for term in (NET_SALES, COST, MARGIN)],
            steps,
            [numbers.short(step, language) for step in steps],
            [True, False, True],
        )
    head = result.head(BARS)
    return Bars(
        Text("Gross margin, yuan, and as a share of net sales", "毛利（元）及毛利率").to(language),
        head["group"].tolist(),
        head["margin"].tolist(),
        [
            f"{numbers.short(margin, language)}  ({_rate(rate, language)})"
            for margin, rate in zip(head["margin"], head["margin_rate"], strict=True)
        ],
    )


@analysis(
    step=13,
    group=SALES,
    name=Text("Profit", "利润分析"),
    about=Text(
        "Net sales less the cost of the goods on the day of sale, and the margin as a share of net sales.",
        "净销售额减去按销售当日成本计算的销售成本，得出毛利和毛利率。",
    ),
    honours=ALL_FILTERS,
    own=(choice("total"), CATEGORIES),
    columns={
        "group_id": GROUP_ID,
        "group": GROUP,
        "start": Heading(PERIOD_START, "date"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "cost": Heading(COST, "yuan", additive=True),
        "margin": Heading(MARGIN, "yuan", additive=True),
        "margin_rate": Heading(MARGIN_RATE, "share"),
    },
    needs=(*SALES_TABLES, "order_lines.unit_cost"),
    finding=_profit_finding,
    picture=_profit_picture,
)
def profit(
    company: Company, conditions: Conditions, by: str = "total", categories: str = "then"
) -> pd.DataFrame:
    """Say what is left of net sales after the cost of the goods.

    A return takes back the price and the cost of the sale that it reverses, on its own day.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword: ``recorder=company.me`` is my own margin.
    by : str
        "total", "month", "quarter", "year", "source", "customer", "major_category", "minor_category",
        "product", "region", "industry", "owner" (of today) or "recorder".
    categories : {"then", "today"}
        As for `sales_composition`.

    Returns
    -------
    pandas.DataFrame
        ``group_id`` (of a customer, product or employee), ``group``, ``start`` (the first day, if it is a
        period), ``net_sales``, ``cost``, ``margin`` in yuan, ``margin_rate`` (the margin as a share of net
        sales, of sums, missing without sales): the groups of `sales_composition`, the largest margin
        first; periods in their order. A period counts as far as the filter covers it.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = profit(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> bool((result["net_sales"] - result["cost"] - result["margin"]).abs().max() < 0.005)
    True
    """
    amounts = ["net_cents", "cost_cents"]
    groups = by_group(company, conditions, amounts, by, categories)
    groups = groups.assign(margin_cents=groups["net_cents"] - groups["cost_cents"])
    result = largest_first(groups, "margin_cents")
    return result.assign(
        net_sales=result["net_cents"] / 100,
        cost=result["cost_cents"] / 100,
        margin=result["margin_cents"] / 100,
        margin_rate=result["margin_cents"] / result["net_cents"].where(result["net_cents"] != 0),
    )
