"""What customers will want: the monthly demand ahead, how good forecasts are, and one order for a season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Curve, Line, Mark, Picture, Series, Trend
from crmlab.analysis.filters import FIELDS, Conditions
from crmlab.analysis.frames import AMOUNTS, PRODUCT_FIELDS, collected, sales
from crmlab.analysis.groups import STOCK
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.models.forecasting import (
    SEASONS,
    Forecast,
    errors,
    holt,
    moving_average,
    simple,
    winters,
)
from crmlab.analysis.models.inventory import Newsvendor, observed_quantity
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.periods import periods, slot_of
from crmlab.analysis.terms import NOTHING_SOLD, PERIOD, PERIOD_START, PRODUCT, PRODUCT_ID
from crmlab.company.files import SALES_TABLES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

ALL_FILTERS = ("period", *FIELDS)
#: So many products have a bar of their own in a chart.
NAMED = 8
YEAR = 12
#: A tracking signal beyond this says that the errors do not cancel out.
ALARM = 6

DEMAND = Text("Demand, units", "需求量")
METHOD = Text("Method", "方法")
METHODS = {
    "moving_average": Text("moving average", "移动平均法"),
    "simple": Text("simple smoothing", "简单指数平滑法"),
    "holt": Text("Holt's method", "霍尔特法"),
    "winters": Text("Winters' method", "温特斯法"),
}
MONTHS = Text("months", "个月")
WINDOW = Own("window", Text("Moving average over", "移动平均期数"), 3, 1, 12, 1, MONTHS)


def demand(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """Return the lines of sales that customers ordered, with their amounts and ``month``.

    A return is no demand that was not there: it stays out.
    """

    def build() -> nw.LazyFrame:
        sold = sales(company, conditions, *AMOUNTS).filter(nw.col("quantity") > 0)
        return sold.with_columns(month=slot_of("booked_at", "month"))

    return company.cached(("demand.demand", conditions.columns), build)


def products(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Return the products that ``conditions`` choose, also those without demand, by number."""
    chosen = {name: values for name, values in conditions.chosen.items() if name in PRODUCT_FIELDS}
    names = ("product_id", "launched_on", "unit_cost_cents")
    found = replace(conditions, chosen=chosen).match(company.frame("products"))
    return collected(found.select(*names, product="name")).set_index("product_id").sort_index()


def monthly(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Return the complete months of the period, with the ``units`` of each.

    The series begins with the first month that ever had any: before, there was nothing to be had.
    """
    ordered = conditions.match(demand(company, conditions).filter(nw.col("booked_at") < conditions.after))
    found = collected(
        ordered.group_by("month")
        .agg(units=nw.col("quantity").sum())
        .with_columns(nw.col("units").cast(nw.Int64))
    ).set_index("month")["units"]
    months = periods(conditions, "month")
    first = found.index.min() if len(found) else np.inf
    months = months[months["complete"] & (months["slot"] >= first)].reset_index(drop=True)
    return months.assign(units=months["slot"].map(found).fillna(0).astype("int64"))


def least(method: str, window: int) -> int:
    """Return how many months a method needs before it can forecast."""
    return {"moving_average": window, "simple": 2, "holt": 3, "winters": SEASONS * YEAR}[method]


def forecast(
    method: str,
    units: np.ndarray,
    *,
    window: int,
    horizon: int = 1,
    constants: Mapping[str, float] | None = None,
) -> Forecast:
    """Return what ``method`` says about a monthly series; missing where that is too short.

    Seasons are factors, or amounts if there are months without demand. Nothing below zero is forecast.
    """
    given: dict[str, Any] = dict(constants or {})
    if len(units) < least(method, window):
        found = Forecast(np.full(len(units), np.nan), np.full(horizon, np.nan))
    elif method == "moving_average":
        found = moving_average(units, window, horizon=horizon)
    elif method == "simple":
        found = simple(units, **given, horizon=horizon)
    elif method == "holt":
        found = holt(units, **given, horizon=horizon)
    else:
        seasonal: Any = "multiplicative" if units.min() > 0 else "additive"
        found = winters(units, YEAR, **given, seasonal=seasonal, horizon=horizon)
    return replace(found, fitted=np.maximum(found.fitted, 0), ahead=np.maximum(found.ahead, 0))


# The months ahead


def _forecast_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    past, ahead = result[result["demand"].notna()], result[result["demand"].isna()]
    if past.empty:
        return NOTHING_SOLD.to(language)
    method = METHODS[result["method"].iloc[0]].to(language)
    if ahead["forecast"].isna().any():
        sentence = Text(
            "There are not enough complete months for {method}: {count}.",
            "完整月份只有{count}个，不足以使用{method}。",
        )
        return sentence.to(language).format(method=method, count=len(past))
    total = ahead["forecast"].sum()
    months = ahead["start"] - pd.DateOffset(years=1)
    before = past.set_index("start")["demand"].reindex(months)
    known = before.notna().all() and before.sum() > 0
    change = total / float(before.sum()) - 1 if known else np.nan
    missed = errors(past["demand"].astype("float64"), past["fitted"]).mape
    parts = [_EXPECTED]
    if known:
        parts.append(_MORE if change >= 0 else _LESS)
    if not np.isnan(missed):
        parts.append(_MISSED)
    return _sentence(parts, language).format(
        method=method[:1].upper() + method[1:],
        count=len(ahead),
        total=numbers.short(total, language),
        change=numbers.share(abs(change), language),
        missed=numbers.share(missed, language),
    )


_EXPECTED = Text(
    "{method} expects a demand of {total} units in the {count} months ahead",
    "{method}预计未来{count}个月的需求量为{total}件",
)
_MORE = Text(", {change} more than in the same months a year before", "，比上年同期多{change}")
_LESS = Text(", {change} less than in the same months a year before", "，比上年同期少{change}")
_MISSED = Text("; so far it missed a month by {missed} on average", "；以往逐月预测的平均误差为{missed}")


def _sentence(parts: Sequence[Text], language: str) -> str:
    return "".join(part.to(language) for part in (*parts, Text(".", "。")))


def _forecast_picture(result: pd.DataFrame, company: Company) -> Trend:
    language = company.language
    names = {
        "demand": Text("Demand", "需求"),
        "fitted": Text("Forecast a month before", "提前一个月的预测"),
        "forecast": Text("Forecast", "预测"),
    }
    shown = result[result[list(names)].notna().any(axis=1)]
    return Trend(
        Text("Units a month", "每月件数").to(language),
        shown["period"].tolist(),
        [
            Series(
                name.to(language),
                shown[column].astype("float64").tolist(),
                dashed=column != "demand",
            )
            for column, name in names.items()
            if shown[column].notna().any()
        ],
    )


@analysis(
    group=STOCK,
    name=Text("Demand forecast", "需求预测"),
    about=Text(
        "Units ordered a month, complete months only, with the forecast of the months ahead: "
        "moving average, simple smoothing, Holt or Winters.",
        "各完整月份的订购件数及未来各月的预测：移动平均法、简单指数平滑法、霍尔特法或温特斯法。",
    ),
    honours=ALL_FILTERS,
    own=(
        Choice("method", METHOD, "winters", METHODS),
        Own("horizon", Text("Months ahead", "预测月数"), 6, 1, 24, 1, MONTHS),
        WINDOW,
    ),
    columns={
        "period": Heading(PERIOD, "text"),
        "start": Heading(PERIOD_START, "date"),
        "demand": Heading(DEMAND, "count", nullable=True, additive=True),
        "fitted": Heading(Text("Forecast a month before", "提前一个月的预测"), "number"),
        "forecast": Heading(Text("Forecast ahead", "未来预测"), "number"),
        "method": Heading(METHOD, "text", words=METHODS),
    },
    finding=_forecast_finding,
    picture=_forecast_picture,
)
def demand_forecast(
    company: Company, conditions: Conditions, method: str, horizon: int, window: int
) -> pd.DataFrame:
    """Forecast the monthly demand.

    Demand is what was ordered: the units on the lines of valid orders, in the month of the order, before
    any return. Only complete months count, from the first that ever had such a demand.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword. The months ahead follow the last complete
        month of the period.
    method : str
        ``moving_average``, ``simple`` (exponential smoothing), ``holt`` (with a trend) or ``winters``
        (with trend and season; needs 24 months). The constants are those with the least squared errors.
    horizon : int
        How many months ahead.
    window : int
        Months of the moving average.

    Returns
    -------
    pandas.DataFrame
        ``period``, ``start`` (its first day), ``demand`` in units, missing ahead, ``fitted`` (what would
        have been forecast a month before, with the constants of today), ``forecast`` (ahead only),
        ``method``: a row for each month, also without demand, and for each month ahead. A forecast is
        missing where the months before are too few, and never below zero.

    References
    ----------
    See `crmlab.analysis.models.forecasting`.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = demand_forecast(open_company(language="en"), end="2025-12-31", horizon=3)
    >>> result["period"].tail(3).tolist()
    ['2026-01', '2026-02', '2026-03']
    """
    months = monthly(company, conditions)
    found = forecast(method, months["units"].to_numpy(), window=window, horizon=horizon)
    past = months.assign(demand=months["units"].astype("Int64"), fitted=found.fitted, forecast=np.nan)
    if past.empty:
        return past.assign(method=method)
    starts = [past["start"].iloc[-1] + pd.DateOffset(months=ahead) for ahead in range(1, horizon + 1)]
    ahead = pd.DataFrame(
        {
            "period": [f"{start:%Y-%m}" for start in starts],
            "start": pd.to_datetime(starts),
            "demand": pd.array([pd.NA] * horizon, dtype="Int64"),
            "fitted": np.full(horizon, np.nan),
            "forecast": found.ahead,
        }
    )
    return pd.concat([past[list(ahead)], ahead], ignore_index=True).assign(method=method)


# How good the methods are


def _accuracy_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    known = result[result["mad"].notna()]
    if known.empty:
        return Text(
            "There are not enough complete months to try the methods.", "完整月份不足，无法检验预测方法。"
        ).to(language)
    best, last = known.iloc[0], known.iloc[-1]
    parts = [_CLOSEST]
    if not np.isnan(best["mape"]):
        parts.append(Text(" ({mape})", "（{mape}）"))
    if len(known) > 1:
        parts.append(Text(", {other} by {most}", "，{other}偏差{most}件"))
    if abs(best["tracking_signal"]) > ALARM:
        parts.append(_TOO_MUCH if best["bias"] > 0 else _TOO_LITTLE)
    method = METHODS[best["method"]].to(language)
    return _sentence(parts, language).format(
        method=method[:1].upper() + method[1:],
        months=best["months"],
        mad=numbers.short(best["mad"], language),
        mape=numbers.share(best["mape"], language),
        other=METHODS[last["method"]].to(language),
        most=numbers.short(last["mad"], language),
        signal=f"{best['tracking_signal']:.1f}",
    )


_CLOSEST = Text(
    "{method} came closest: over the last {months} months it missed by {mad} units a month on average",
    "{method}最准确：最近{months}个月平均每月偏差{mad}件",
)
_TOO_MUCH = Text(
    "; {method} forecasts too much again and again (tracking signal {signal})",
    "；但持续偏高（跟踪信号{signal}）",
)
_TOO_LITTLE = Text(
    "; {method} forecasts too little again and again (tracking signal {signal})",
    "；但持续偏低（跟踪信号{signal}）",
)


def _accuracy_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    known = result[result["mad"].notna()]
    note = Text("{mad}  ({mape}, tracking signal {signal})", "{mad}（{mape}，跟踪信号{signal}）").to(language)
    return Bars(
        Text("Mean absolute deviation (MAD), units a month, and MAPE", "平均绝对偏差（MAD，件/月）及MAPE").to(
            language
        ),
        [METHODS[method].to(language) for method in known["method"]],
        known["mad"].tolist(),
        [
            note.format(
                mad=numbers.short(mad, language),
                mape=numbers.share(mape, language),
                signal=numbers.NONE if np.isnan(signal) else f"{signal:.1f}",
            )
            for mad, mape, signal in zip(known["mad"], known["mape"], known["tracking_signal"], strict=True)
        ],
    )


@analysis(
    group=STOCK,
    name=Text("Forecast accuracy", "预测精度"),
    about=Text(
        "How far each method's forecasts, made a month before, were from the demand of the last months: "
        "bias, MAD, MSE, MAPE, tracking signal.",
        "各方法提前一个月的预测与最近几个月实际需求的偏差：偏差合计、MAD、MSE、MAPE和跟踪信号。",
    ),
    honours=ALL_FILTERS,
    own=(Own("months", Text("Months tried", "检验月数"), 12, 3, 24, 1, MONTHS), WINDOW),
    columns={
        "method": Heading(METHOD, "text", words=METHODS),
        "months": Heading(Text("Months", "月数"), "count"),
        "bias": Heading(Text("Bias (sum of errors)", "偏差合计"), "number"),
        "mad": Heading(Text("MAD", "平均绝对偏差（MAD）"), "number"),
        "mse": Heading(Text("MSE", "均方误差（MSE）"), "number"),
        "mape": Heading(Text("MAPE", "平均绝对百分误差（MAPE）"), "share"),
        "tracking_signal": Heading(Text("Tracking signal", "跟踪信号"), "number"),
    },
    finding=_accuracy_finding,
    picture=_accuracy_picture,
)
def forecast_accuracy(company: Company, conditions: Conditions, months: int, window: int) -> pd.DataFrame:
    """Try the forecasting methods on the last months of the period.

    The constants of each method are chosen on the months before; then each month is forecast at the end
    of the one before it, as one would have done. An error is the forecast less the demand.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        As for `demand_forecast`.
    months : int
        How many months are forecast.
    window : int
        Months of the moving average.

    Returns
    -------
    pandas.DataFrame
        ``method``, ``months`` (forecast; 0 where the months before are too few), ``bias`` (sum of the
        errors), ``mad`` (mean absolute deviation), ``mse``, ``mape`` (missing if a month had no demand),
        ``tracking_signal`` (bias / MAD): a row for each method, the smallest MAD first.

    References
    ----------
    See `crmlab.analysis.models.forecasting`.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = forecast_accuracy(open_company(language="en"))
    >>> sorted(result["method"])
    ['holt', 'moving_average', 'simple', 'winters']
    """
    units = monthly(company, conditions)["units"].to_numpy()
    rows = []
    for method in METHODS:
        found = errors(units[-months:], _tried(method, units, months, window))
        rows.append(
            {
                "method": method,
                "months": found.count,
                "bias": found.bias,
                "mad": found.mad,
                "mse": found.mse,
                "mape": found.mape,
                "tracking_signal": found.tracking_signal,
            }
        )
    return pd.DataFrame(rows).sort_values("mad", kind="stable", ignore_index=True)


def _tried(method: str, units: np.ndarray, months: int, window: int) -> np.ndarray:
    """What ``method`` forecast for the last ``months``, with constants of the months before."""
    before = units[:-months]
    if len(before) < least(method, window):
        return np.full(min(months, len(units)), np.nan)
    learnt = forecast(method, before, window=window).constants
    free = {"simple": ("alpha",), "holt": ("alpha", "beta"), "winters": ("alpha", "beta", "gamma")}
    constants = {name: getattr(learnt, name) for name in free.get(method, ())}
    return forecast(method, units, window=window, constants=constants).fitted[-months:]


# One order for a season


def _newsvendor_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    known = result[result["quantity"].notna() & (result["mean_demand"] > 0)]
    if known.empty:
        return NOTHING_SOLD.to(language)
    first = known.iloc[0]
    if first["quantity"] == 0:
        sentence = Text(
            "{product} should not be ordered ahead: at {price} a unit it does not earn its cost of {cost}.",
            "{product}不宜提前备货：单价{price}，不足以弥补成本{cost}。",
        )
    else:
        sentence = Text(
            "Of {product}, {quantity} should be ordered for a month with a demand of {mean} on average: "
            "one too few loses {few}, one too many {many} (critical ratio {ratio}).",
            "{product}每月平均需求{mean}件，一次性订货应为{quantity}件："
            "少订一件损失{few}，多订一件损失{many}（临界比率{ratio}）。",
        )
    return sentence.to(language).format(
        product=first["product"],
        quantity=numbers.count(first["quantity"]),
        mean=numbers.count(first["mean_demand"]),
        price=_price(first["price"], language),
        cost=_price(first["cost"], language),
        few=_price(first["price"] - first["cost"], language),
        many=_price(first["cost"] - first["salvage"], language),
        ratio=numbers.share(first["critical_ratio"], language),
    )


def _price(value: float, language: str) -> str:
    return f"{value:,.2f}" + Text(" yuan", "元").to(language)


def _newsvendor_picture(result: pd.DataFrame, company: Company) -> Picture:
    language = company.language
    known = result[result["quantity"].notna() & (result["mean_demand"] > 0)]
    if len(known) == 1:
        return _profit_curve(known.iloc[0], language)
    head = known.head(NAMED)
    note = Text("{profit}  (order {order}, mean demand {mean})", "{profit}（订{order}件，平均需求{mean}件）")
    return Bars(
        Text("Expected profit of the order, yuan: the largest", "订货的预期利润（元）：最大的产品").to(
            language
        ),
        head["product"].tolist(),
        head["expected_profit"].tolist(),
        [
            note.to(language).format(
                profit=numbers.short(profit, language),
                order=numbers.count(order),
                mean=numbers.count(mean),
            )
            for profit, order, mean in zip(
                head["expected_profit"], head["quantity"], head["mean_demand"], strict=True
            )
        ],
    )


def _profit_curve(row: pd.Series, language: str) -> Curve:
    """Expected profit by the quantity ordered."""
    season = Newsvendor(row["price"], row["cost"], row["salvage"], row["mean_demand"], row["sd_demand"])
    best = float(row["quantity"])
    most = max(best, season.mean + 3 * season.sd)
    quantities = np.linspace(0, most, 61).tolist()
    note = Text("order {count}", "订{count}件").to(language).format(count=numbers.count(best))
    return Curve(
        Text("Units ordered", "订货量（件）").to(language),
        Text("Expected profit, yuan", "预期利润（元）").to(language),
        [
            Line(
                Text("Profit", "利润").to(language),
                quantities,
                [season.profit(quantity) for quantity in quantities],
            )
        ],
        [Mark(best, season.profit(best), note)],
        x_zero=True,
    )


@analysis(
    group=STOCK,
    name=Text("One order for a season", "季节性一次订货"),
    about=Text(
        "By product, how much to order once for a month's demand (newsvendor): critical ratio = "
        "(price - cost) / (price - salvage).",
        "按产品计算为一个月的需求一次性订货的最优数量（报童模型）：临界比率＝(售价－成本)/(售价－残值)。",
    ),
    honours=ALL_FILTERS,
    own=(
        Own(
            "salvage_percent",
            Text("A unit left over brings", "剩余品残值"),
            50, 0, 99, 1,
            Text("% of its cost", "%（占成本）"),
        ),
        Own("month", Text("Only this month of the year", "只看某月"), None, 1, 12, 1, Text("(1-12)", "月")),
    ),
    columns={
        "product_id": Heading(PRODUCT_ID, "id"),
        "product": Heading(PRODUCT, "text"),
        "price": Heading(Text("Price", "售价"), "yuan"),
        "cost": Heading(Text("Cost", "成本"), "yuan"),
        "salvage": Heading(Text("Salvage value", "残值"), "yuan"),
        "critical_ratio": Heading(Text("Critical ratio", "临界比率"), "share"),
        "months": Heading(Text("Months", "月数"), "count"),
        "mean_demand": Heading(Text("Mean demand", "平均需求"), "number"),
        "sd_demand": Heading(Text("Standard deviation", "需求标准差"), "number"),
        "quantity": Heading(Text("Order", "最优订货量"), "count", nullable=True),
        "observed_quantity": Heading(Text("Order by past months", "按历史订货量"), "count", nullable=True),
        "expected_profit": Heading(Text("Expected profit", "预期利润"), "yuan", additive=True),
    },
    needs=(*SALES_TABLES, "order_lines.unit_cost", "products.launched_on"),
    finding=_newsvendor_finding,
    picture=_newsvendor_picture,
)  # fmt: skip
def newsvendor(
    company: Company, conditions: Conditions, salvage_percent: int, month: int | None
) -> pd.DataFrame:
    """Work out how much to order once for a season, by product.

    A season is one month; its demand is what the complete months of the period say, months without any
    included, from the first of them in which the product was there all the time.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword.
    salvage_percent : int
        What a unit that is left over brings, in percent of its cost.
    month : int, optional
        Only this month of each year: 1 for Januaries.

    Returns
    -------
    pandas.DataFrame
        ``product_id``, ``product``; ``price`` and ``cost`` of a unit sold on average in those months,
        ``salvage``; ``critical_ratio``: (price - cost) / (price - salvage); ``months``, ``mean_demand``,
        ``sd_demand``; ``quantity``: the order with the largest expected profit if the demand is normally
        distributed; ``observed_quantity``: if it is one of those that were; ``expected_profit`` of
        ``quantity`` in yuan. Both orders are 0 where a unit does not earn its cost. A row for every
        product, the largest expected profit first, ties by number; amounts are missing of what was not
        sold, and quantities of what was there for less than two months.

    References
    ----------
    See `crmlab.analysis.models.inventory`.

    Examples
    --------
    >>> from crmlab import open_company
    >>> gifts = newsvendor(open_company(language="en"), minor_category="Gift boxes", month=1)
    >>> bool((gifts["quantity"] >= 0).all())
    True
    """
    chosen = products(company, conditions)
    months = periods(conditions, "month")
    months = months[months["complete"] & ((month is None) | (months["start"].dt.month == month))]
    there = months["start"].to_numpy()[None, :] >= chosen["launched_on"].to_numpy()[:, None]
    there = pd.DataFrame(there, index=chosen.index, columns=months["slot"])
    lines = _by_month(company, conditions, months["slot"].tolist())
    places = (
        there.index.get_indexer(pd.Index(lines["product_id"])),
        there.columns.get_indexer(pd.Index(lines["month"])),
    )
    lines = lines[there.to_numpy(bool)[places]]
    units = lines.pivot(index="product_id", columns="month", values="units")
    units = units.reindex(index=chosen.index, columns=months["slot"]).fillna(0).astype("float64")
    units = units.where(there)
    sums = lines.groupby("product_id")[["units", "net_cents", "cost_cents"]].sum().reindex(chosen.index)
    found = chosen.assign(
        price=sums["net_cents"] / sums["units"] / 100,
        cost=sums["cost_cents"] / sums["units"] / 100,
        months=units.notna().sum(axis=1),
        mean_demand=units.mean(axis=1),
        sd_demand=units.std(axis=1),
    )
    found["salvage"] = found["cost"] * salvage_percent / 100
    orders = list(map(_ordered, found.itertuples(), units.to_numpy()))
    names = ("critical_ratio", "quantity", "observed_quantity", "expected_profit")
    result = found.join(pd.DataFrame(orders, index=found.index, columns=names, dtype="float64"))
    result = result.astype({"quantity": "Int64", "observed_quantity": "Int64"}).reset_index()
    return result.sort_values(["expected_profit", "product_id"], ascending=[False, True])


def _by_month(company: Company, conditions: Conditions, months: list[int]) -> pd.DataFrame:
    """Units, net sales and cost of each product in each of ``months``, where there are any."""
    kept = conditions.keep(demand(company, conditions), "booked_at").filter(nw.col("month").is_in(months))
    amounts = ("units", "net_cents", "cost_cents")
    return collected(
        kept.with_columns(units=nw.col("quantity"))
        .group_by("product_id", "month")
        .agg(*(nw.col(name).sum() for name in amounts))
        .with_columns(nw.col(name).cast(nw.Int64) for name in amounts)
        .sort("product_id", "month")
    )


def _ordered(row: Any, demands: np.ndarray) -> tuple[float, float, float, float]:
    """Critical ratio, both quantities and the expected profit of one product."""
    season = Newsvendor(row.price, row.cost, row.salvage, row.mean_demand, row.sd_demand)
    ratio = season.ratio if season.price > season.salvage else np.nan
    if np.isnan(season.price) or np.isnan(season.sd):
        return ratio, np.nan, np.nan, np.nan
    quantity = float(np.rint(season.quantity))
    known = demands[np.isfinite(demands)]
    observed = observed_quantity(known, ratio) if season.price > season.cost else 0.0
    return ratio, quantity, observed, season.profit(quantity)
