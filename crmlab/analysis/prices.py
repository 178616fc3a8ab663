"""What a price does: to the operating profit, and to the units that are sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.breakdown import DIMENSIONS, choice, groups_of_products
from crmlab.analysis.charts import Bars
from crmlab.analysis.customers import ALL_FILTERS
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, sales
from crmlab.analysis.groups import PRICING
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.models.pricing import Business, break_even_elasticity, estimated_elasticity
from crmlab.analysis.own import Own
from crmlab.analysis.periods import periods, slot_of
from crmlab.analysis.sales import GROUP, GROUP_ID
from crmlab.analysis.terms import COST, NET_SALES, NOTHING_SOLD
from crmlab.company.files import SALES_TABLES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: Claims that the company stands for; what is only submitted, or was rejected, it does not.
COUNTED = ("approved", "paid")


# Price leverage

LEVERS = {
    "none": Text("as it is", "现状"),
    "price": Text("price", "价格"),
    "volume": Text("volume", "销量"),
    "unit_cost": Text("unit cost", "单位成本"),
    "fixed_costs": Text("fixed costs", "固定费用"),
}


def _leverage_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    base, price = (result[result["lever"] == lever].iloc[0] for lever in ("none", "price"))
    if not base[["net_sales", "cost"]].any():
        return NOTHING_SOLD.to(language)
    margin = (base["net_sales"] - base["cost"]) / base["net_sales"] if base["net_sales"] > 0 else np.nan
    bearable = break_even_elasticity(margin, price["change"])
    up = Text("up", "上调") if price["change"] >= 0 else Text("down", "下调")
    sentence = Text(
        "With prices {up} {change} the operating profit goes from {before} to {after}{effect}.",
        "价格{up}{change}，营业利润由{before}变为{after}{effect}。",
    )
    if not np.isnan(bearable) and price["change"]:
        sentence = Text(
            "With prices {up} {change} the operating profit goes from {before} to {after}{effect}; "
            "at an elasticity of {bearable} it would stay as it is.",
            "价格{up}{change}，营业利润由{before}变为{after}{effect}；若价格弹性为{bearable}，则利润不变。",
        )
    effect = numbers.share(price["on_profit"], language, sign=True)
    wrapped = Text(" ({effect})", "（{effect}）").to(language).format(effect=effect)
    return sentence.to(language).format(
        up=up.to(language),
        change=numbers.share(abs(price["change"]), language),
        effect="" if np.isnan(price["on_profit"]) else wrapped,
        before=numbers.yuan(base["profit"], language),
        after=numbers.yuan(price["profit"], language),
        bearable=f"{bearable:.1f}",
    )


def _leverage_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    levers = result[result["lever"] != "none"]
    gains = levers["profit"].to_numpy() - result["profit"].iloc[0]
    labels = [
        f"{LEVERS[lever].to(language)} {numbers.share(change, language, sign=True)}"
        for lever, change in zip(levers["lever"], levers["change"], strict=True)
    ]
    return Bars(
        Text("What each lever adds to the operating profit, yuan", "各项变动对营业利润的影响（元）").to(
            language
        ),
        labels,
        gains.tolist(),
        [
            numbers.beside(
                numbers.short(gain, language), numbers.share(effect, language, sign=True), language
            )
            for gain, effect in zip(gains, levers["on_profit"], strict=True)
        ],
        stressed=labels[0],
    )


@analysis(
    group=PRICING,
    name=Text("Price leverage", "价格杠杆分析"),
    about=Text(
        "What a change of price does to the operating profit, beside the same change of volume, "
        "unit cost and fixed costs.",
        "价格变动对营业利润的影响，并与销量、单位成本、固定费用的同幅变动对比。",
    ),
    honours=("period",),
    own=(
        Own("price_change", Text("Change of price", "价格变动"), 1.0, -50.0, 50.0, 0.5, Text("%", "百分比")),
        Own(
            "elasticity",
            Text("Price elasticity", "价格弹性"),
            0.0,
            -20.0,
            5.0,
            0.1,
            Text("% of volume for 1 % of price", "价格变动1%时销量变动的百分比"),
        ),
        Own("fixed_costs", Text("Fixed costs", "固定费用"), None, 0, 10**12, 1000, Text("yuan", "元")),
    ),
    columns={
        "lever": Heading(Text("Lever", "变动项目"), "text", words=LEVERS),
        "change": Heading(Text("Change", "变动幅度"), "change"),
        "net_sales": Heading(NET_SALES, "yuan"),
        "cost": Heading(COST, "yuan"),
        "fixed_costs": Heading(Text("Fixed costs", "固定费用"), "yuan"),
        "profit": Heading(Text("Operating profit", "营业利润"), "yuan"),
        "on_profit": Heading(Text("Change of profit", "利润变动"), "change"),
    },
    needs=(*SALES_TABLES, "order_lines.unit_cost", "expenses"),
    finding=_leverage_finding,
    picture=_leverage_picture,
)
def price_leverage(
    company: Company,
    conditions: Conditions,
    price_change: float = 1.0,
    elasticity: float = 0.0,
    fixed_costs: float | None = None,
) -> pd.DataFrame:
    """Compare what the price does to the operating profit with the other levers.

    The operating profit is the gross margin less fixed costs. Fixed costs are the expenses that were
    incurred in the period and are approved or paid: they do not rise with the volume.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        The period is honoured: fixed costs are those of the whole company.
    price_change : float
        In percent. The other levers move by as much to the same side of the profit: volume by as many
        percent, costs by as many percent the other way.
    elasticity : float
        By how many percent the volume changes for a percent of price; 0 is unchanged volume.
    fixed_costs : float, optional
        In yuan, instead of the expenses of the period.

    Returns
    -------
    pandas.DataFrame
        ``lever`` ("none", "price", "volume", "unit_cost", "fixed_costs"), ``change``, and after it
        ``net_sales``, ``cost``, ``fixed_costs``, ``profit`` in yuan and ``on_profit`` (the change of the
        profit as a share; missing unless there is a profit to change): a row each, in this order.

    References
    ----------
    Marn, M. V., & Rosiello, R. L. (1992). Managing price, gaining profit. Harvard Business Review, 70(5),
    84-94: with unchanged volume, 1 % of price is worth 11.1 % of the operating profit of the average of
    2,463 companies. It is 1 / (profit / sales): 8.7 % at a profit of 11.5 % of sales, and no constant.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = price_leverage(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> result["lever"].tolist()
    ['none', 'price', 'volume', 'unit_cost', 'fixed_costs']
    """
    base = _business(company, conditions, fixed_costs)
    by = price_change / 100
    after = {
        "none": base,
        "price": base.after(price=by, elasticity=elasticity),
        "volume": base.after(volume=by),
        "unit_cost": base.after(unit_cost=-by),
        "fixed_costs": base.after(fixed=-by),
    }
    result = pd.DataFrame(
        {
            "lever": list(after),
            "change": [0, by, by, -by, -by],
            "net_sales": [each.sales for each in after.values()],
            "cost": [each.cost for each in after.values()],
            "fixed_costs": [each.fixed for each in after.values()],
            "profit": [each.profit for each in after.values()],
        }
    )
    return result.assign(on_profit=result["profit"] / (base.profit if base.profit > 0 else np.nan) - 1)


def _business(company: Company, conditions: Conditions, fixed_costs: float | None) -> Business:
    """What the period brought, in yuan."""
    sold = conditions.keep(sales(company, conditions, "cost_cents"), "booked_at")
    if fixed_costs is None:
        spent = conditions.keep(company.frame("expenses"), "incurred_on")
        fixed_costs = _total(spent.filter(nw.col("status").is_in(COUNTED)), "amount_cents")
    return Business(_total(sold, "net_cents"), _total(sold, "cost_cents"), fixed_costs)


def _total(frame: nw.LazyFrame, cents: str) -> float:
    """The sum of a column in yuan, 0 of no rows."""
    return float(collected(frame.select(nw.col(cents).sum().cast(nw.Int64)))[cents].sum()) / 100


# Price elasticity

#: So many groups have a bar in the chart.
DRAWN = 10


def _elasticity_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    told = _narrowest_first(result)
    if told.empty:
        return Text(
            "The records do not show how sales answer to prices: these hardly moved, or too little was sold.",
            "从记录中看不出销量对价格的反应：价格几乎没有变动，或销售记录太少。",
        ).to(language)
    sentence = Text(
        "The effect of the price differs from 0 for {sure} of {count} groups; "
        "its 95 % interval is typically {wide} wide, at best {low} to {high} ({group}).",
        "{count}个分组中有{sure}个的价格弹性显著不为0；95%置信区间的宽度一般为{wide}，最窄的是{group}：{low}至{high}。",
    )
    if len(told) == 1:
        sentence = Text(
            "Price elasticity ({group}): about {value}, with 95 % confidence between {low} and {high}.",
            "价格弹性（{group}）的估计值为{value}，95%置信区间为{low}至{high}。",
        )
    narrow = told.iloc[0]
    return sentence.to(language).format(
        group=narrow["group"],
        value=f"{narrow['elasticity']:.1f}",
        low=f"{narrow['low']:.1f}",
        high=f"{narrow['high']:.1f}",
        wide=f"{told['wide'].median():.1f}",
        sure=numbers.count(told["telling"].sum()),
        count=numbers.count(len(told)),
    )


def _elasticity_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    shown = _narrowest_first(result).head(DRAWN)
    if shown.empty:
        observed = result.sort_values("observations", ascending=False, kind="stable").head(DRAWN)
        return Bars(
            Text("Observations: a product in a whole quarter", "观测数（一种产品的一个完整季度）").to(
                language
            ),
            observed["group"].tolist(),
            observed["observations"].tolist(),
            [numbers.count(value) for value in observed["observations"]],
        )
    note = Text("{value:.1f}  ({low:.1f} to {high:.1f})", "{value:.1f}（{low:.1f}至{high:.1f}）").to(language)
    return Bars(
        Text(
            "Price elasticity and its 95 % interval, the narrowest first",
            "价格弹性及其95%置信区间，区间最窄者在前",
        ).to(language),
        shown["group"].tolist(),
        shown["elasticity"].tolist(),
        [
            note.format(value=value, low=low, high=high)
            for value, low, high in zip(shown["elasticity"], shown["low"], shown["high"], strict=True)
        ],
    )


def _narrowest_first(result: pd.DataFrame) -> pd.DataFrame:
    """The groups with an estimate, and how ``wide`` its interval is."""
    told = result[result["elasticity"].notna()]
    return told.assign(wide=told["high"] - told["low"]).sort_values("wide", kind="stable")


@analysis(
    group=PRICING,
    name=Text("Price elasticity", "价格弹性分析"),
    about=Text(
        "By how many percent the units sold answered to one percent of price, with the 95 % interval.",
        "价格每变动1%，销量变动的百分比及其95%置信区间。",
    ),
    honours=ALL_FILTERS,
    own=(choice("minor_category", "total", "major_category", "minor_category", "product"),),
    columns={
        "group_id": GROUP_ID,
        "group": GROUP,
        "products": Heading(Text("Products", "产品数"), "count"),
        "observations": Heading(Text("Observations", "观测数"), "count"),
        "elasticity": Heading(Text("Elasticity", "价格弹性"), "number"),
        "low": Heading(Text("95 % interval from", "95%区间下限"), "number"),
        "high": Heading(Text("95 % interval to", "95%区间上限"), "number"),
        "telling": Heading(Text("Differs from 0", "是否显著"), "flag"),
    },
    needs=(*SALES_TABLES, "order_lines.quantity"),
    finding=_elasticity_finding,
    picture=_elasticity_picture,
)
def price_elasticity(company: Company, conditions: Conditions, by: str = "minor_category") -> pd.DataFrame:
    """Estimate how the units sold answered to the price.

    An observation is a product in a quarter that the period covers completely: the units of its sales
    (returns are not counted) and their mean price before discount, as discounts follow the size of an
    order. For each group, ordinary least squares explain the logarithm of the units by the logarithm of
    the price, beside a constant for each product, the quarter of the year and a trend.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword. Categories are those of today.
    by : {"total", "major_category", "minor_category", "product"}

    Returns
    -------
    pandas.DataFrame
        ``group_id`` (of a product), ``group``, ``products``, ``observations``, ``elasticity``, ``low``,
        ``high`` (its 95 % confidence interval), ``telling`` (whether 0 lies outside it): a row for every
        group that the filter leaves, in the order of the catalogue. The estimate is missing where prices
        hardly moved on their own (their logarithm by less than 0.005 beside constants, season and trend),
        or where fewer than eight degrees of freedom remain.

    Notes
    -----
    Of twenty groups without any effect, one will differ from 0 by chance. Prices are set by people who
    expect something of them, and they were changed seldom: what the records show is not yet what a change
    would cause. A trial in which prices are changed at random would tell.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = price_elasticity(open_company(language="en"), by="total")
    >>> bool(result["low"].iloc[0] < result["elasticity"].iloc[0] < result["high"].iloc[0])
    True
    """
    observed = _observations(company, conditions)
    groups = groups_of_products(company, conditions, by)
    parts = dict(iter(observed.groupby(DIMENSIONS[by].column)))
    fitted = pd.DataFrame([_fitted(parts.get(key, observed.head(0))) for key in groups["key"]])
    return pd.concat([groups, fitted], axis=1)


def _fitted(observed: pd.DataFrame) -> dict[str, object]:
    """A row of the result for the observations of one group."""
    found = estimated_elasticity(
        np.log(observed["units"]),
        np.log(observed["price"]),
        _season_and_trend(observed["slot"]),
        observed["product_id"],
    )
    return {
        "products": observed["product_id"].nunique(),
        "observations": len(observed),
        "elasticity": found.value if found else np.nan,
        "low": found.low if found else np.nan,
        "high": found.high if found else np.nan,
        "telling": found is not None and not found.low <= 0 <= found.high,
    }


def _observations(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Units and mean price before discount of each product in each whole quarter, by product and quarter."""
    sold = collected(
        conditions.keep(sales(company, conditions, "quantity", "gross_cents"), "booked_at")
        .filter(nw.col("quantity") > 0)
        .with_columns(slot_of("booked_at", "quarter").alias("slot"))
        .group_by("product_id", "slot")
        .agg(nw.col("quantity", "gross_cents").sum())
        .with_columns(nw.col("quantity", "gross_cents").cast(nw.Int64))
    )
    names = company.frame("products").select("product_id", "name", "major_category", "minor_category")
    quarters = periods(conditions, "quarter")
    whole = sold[sold["slot"].isin(quarters.loc[quarters["complete"], "slot"]) & (sold["gross_cents"] > 0)]
    found = whole.merge(collected(names), on="product_id").sort_values(["product_id", "slot"])
    return found.assign(units=found["quantity"], price=found["gross_cents"] / found["quantity"], whole=0)


def _season_and_trend(quarters: pd.Series) -> np.ndarray:
    """Three of the four quarters of the year, and the number of the quarter."""
    number = quarters.to_numpy("float64")
    return np.column_stack([*(number % 4 == place for place in (1, 2, 3)), number])
