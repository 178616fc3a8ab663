"""What a customer is worth: expected orders, and the margin that they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Pareto
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, sales
from crmlab.analysis.groups import LOYALTY
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.models import bgnbd, gamma_gamma
from crmlab.analysis.own import Own
from crmlab.analysis.stages import CUSTOMER_FILTERS
from crmlab.analysis.terms import CUSTOMER, CUSTOMER_ID, RANK
from crmlab.company.files import SALES_TABLES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

NAMED = 10
#: Of fewer customers who bought again the models learn nothing.
FEWEST = 20
_FORETOLD = ("p_alive", "expected_orders", "value", "net_sales", "margin")
_DAYS_OF_WEEK, _WEEKS_OF_MONTH = 7, 365.25 / 12 / 7


def purchases(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Return what the models need of each customer who had ordered by the end of the period.

    ``days`` on which it placed valid orders, ``first_day`` and ``last_day`` of them, the net sales, in
    cents, of all until then (``net_cents``) and without those of the first day (``repeat_cents``).
    """
    ordered = nw.col("ordered_at")
    lines = conditions.match(sales(company, conditions)).filter(nw.col("booked_at") < conditions.after)
    lines = lines.select("customer_id", "net_cents", day=ordered.dt.truncate("1d"))
    spans = (
        lines.with_columns(first_day=nw.col("day"), last_day=nw.col("day"))
        .group_by("customer_id")
        .agg(
            nw.col("first_day").min(),
            nw.col("last_day").max(),
            nw.col("net_cents").sum(),
            days=nw.col("day").n_unique(),
        )
        .with_columns(nw.col("net_cents", "days").cast(nw.Int64))
    )
    repeats = (
        lines.join(spans.select("customer_id", "first_day"), on="customer_id", how="inner")
        .filter(nw.col("day") > nw.col("first_day"))
        .group_by("customer_id")
        .agg(repeat_cents=nw.col("net_cents").sum())
        .with_columns(nw.col("repeat_cents").cast(nw.Int64))
    )
    names = company.frame("customers").select("customer_id", customer="name")
    found = collected(spans.join(names, on="customer_id", how="left")).merge(
        collected(repeats), on="customer_id", how="left"
    )
    repeat_cents = found["repeat_cents"].fillna(0).astype("int64")
    return found.assign(repeat_cents=repeat_cents).sort_values("customer_id", ignore_index=True)


def margin_rate(company: Company, conditions: Conditions) -> float:
    """Return the gross margin of all sales until the end of the period as a share of net sales."""
    lines = conditions.match(sales(company, conditions, "cost_cents"))
    sold = lines.filter(nw.col("booked_at") < conditions.after)
    total = collected(sold.select(nw.col("net_cents", "cost_cents").sum().cast(nw.Int64))).iloc[0]
    return (total["net_cents"] - total["cost_cents"]) / (total["net_cents"] or np.nan)


def _finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return Text(
            "Too few customers bought more than once to foretell what they are worth.",
            "重复购买的客户太少，无法预测客户价值。",
        ).to(language)
    mark = _mark(result)
    total = result["margin"].sum()
    sentence = Text(
        "{count} customers are expected to bring {total} of gross margin, "
        "the best 20 % of them ({mark}) {share} of it.",
        "预计{count}个客户带来毛利{total}；其中最好的20%（{mark}个）贡献{share}。",
    )
    return sentence.to(language).format(
        total=numbers.yuan(total, language),
        count=numbers.count(len(result)),
        mark=numbers.count(mark),
        share=numbers.share(result["margin"].head(mark).sum() / (total or np.nan), language),
    )


def _mark(result: pd.DataFrame) -> int:
    return max(1, round(0.2 * len(result)))


def _picture(result: pd.DataFrame, company: Company) -> Pareto:
    language = company.language
    head = result.head(NAMED)
    note = Text("{margin}  ({orders} orders)", "{margin}（{orders}笔订单）").to(language)
    shares = (result["margin"].cumsum() / (result["margin"].sum() or np.nan)).tolist()
    mark = _mark(result) if len(result) else 0
    return Pareto(
        Bars(
            Text("Expected gross margin of the best, yuan", "最有价值客户的预期毛利（元）").to(language),
            head["customer"].tolist(),
            head["margin"].tolist(),
            [
                note.format(margin=numbers.short(margin, language), orders=numbers.count(orders))
                for margin, orders in zip(head["margin"], head["expected_orders"], strict=True)
            ],
        ),
        Text("Cumulative share of expected margin", "预期毛利累计占比").to(language),
        shares,
        mark,
        Text("Top {mark}:\n{reached}", "前{mark}名：\n{reached}")
        .to(language)
        .format(
            mark=numbers.count(mark), reached=numbers.share(shares[mark - 1] if mark else np.nan, language)
        ),
    )


@analysis(
    group=LOYALTY,
    name=Text("Customer lifetime value", "客户终身价值"),
    about=Text(
        "What each customer is expected to bring in the months to come: orders by the BG/NBD model, "
        "their value by the Gamma-Gamma model, at the gross margin of all.",
        "各客户未来若干个月的预期价值：订单数用BG/NBD模型，订单金额用Gamma-Gamma模型，再乘以整体毛利率。",
    ),
    honours=("end", *CUSTOMER_FILTERS),
    own=(Own("months", Text("In the next", "未来"), 12, 1, 60, 1, Text("months", "个月")),),
    needs=(*SALES_TABLES, "order_lines.unit_cost"),
    columns={
        "rank": Heading(RANK, "count"),
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "days": Heading(Text("Days with orders", "下单天数"), "count"),
        "last_order": Heading(Text("Last order", "最近下单日"), "date"),
        "p_alive": Heading(Text("Still a customer", "仍为客户的概率"), "share"),
        "expected_orders": Heading(Text("Expected orders", "预期订单数"), "number", additive=True),
        "value": Heading(Text("Value of an order", "每单金额"), "yuan"),
        "net_sales": Heading(Text("Expected net sales", "预期净销售额"), "yuan", additive=True),
        "margin": Heading(Text("Expected margin", "预期毛利"), "yuan", additive=True),
    },
    finding=_finding,
    picture=_picture,
)
def lifetime_value(company: Company, conditions: Conditions, months: int = 12) -> pd.DataFrame:
    """Foretell what each customer will bring.

    A purchase is a day with at least one valid order. The BG/NBD model, fitted in weeks, says how many to
    expect; the Gamma-Gamma model, fitted to the mean net sales (less returns) of the purchases after the
    first, says what each is worth; the gross margin rate is that of all sales so far. All three learn from
    all customers: the filter chooses who is shown. Nothing is discounted. In the BG/NBD model nobody
    leaves before buying again, so who bought once counts as still a customer, of whom little is expected.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the day as of which is asked. Customers can be chosen, products cannot.
    months : int
        How far to look ahead.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``customer_id``, ``customer``, ``days`` with valid orders, ``last_order``, ``p_alive``
        (probability that the customer has not left), ``expected_orders``, ``value`` of one in yuan of
        net sales, ``net_sales`` (the product), ``margin`` of it: a row for each customer with a valid
        order, the greatest margin first, ties by number. No rows when fewer than 20 customers bought again.

    References
    ----------
    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). "Counting your customers" the easy way: An
    alternative to the Pareto/NBD model. Marketing Science, 24(2), 275-284.

    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). RFM and CLV: Using iso-value curves for customer
    base analysis. Journal of Marketing Research, 42(4), 415-430.

    Examples
    --------
    >>> from crmlab import open_company
    >>> company = open_company(language="en")
    >>> year, two = (lifetime_value(company, months=months)["margin"].sum() for months in (12, 24))
    >>> bool(year < two < 2 * year)
    True
    """
    foretold = company.cached(
        ("lifetime", conditions.end, months), lambda: _foretold(company, conditions, months)
    )
    chosen = collected(conditions.match(company.frame("customers")).select("customer_id"))
    found = foretold[foretold["customer_id"].isin(chosen["customer_id"])]
    return found.assign(rank=found["margin"].rank(method="min", ascending=False))


def _foretold(company: Company, conditions: Conditions, months: int) -> pd.DataFrame:
    """What is expected of every customer, the greatest margin first, whomever the filter chooses."""
    everybody = conditions.everybody
    known = purchases(company, everybody)
    frequency = known["days"] - 1
    worth = known["repeat_cents"] / 100 / frequency.where(frequency > 0)
    paying = (frequency > 0) & (worth > 0)
    if paying.sum() < FEWEST:
        known = known.head(0)
        return known.assign(last_order=known["last_day"], **dict.fromkeys(_FORETOLD, 0.0))
    weeks = [
        (last - known["first_day"]).dt.days / _DAYS_OF_WEEK for last in (known["last_day"], conditions.end)
    ]
    buying = bgnbd.fit(frequency, *weeks)
    spending = gamma_gamma.fit(frequency[paying], worth[paying])
    orders = buying.expected_purchases(months * _WEEKS_OF_MONTH, frequency, *weeks)
    # More came back than was sold of some; nothing is known of the repeat purchases of others.
    value = spending.expected_value(frequency, worth.fillna(0).clip(lower=0))
    net_sales = orders * value
    return known.assign(
        last_order=known["last_day"],
        p_alive=buying.p_alive(frequency, *weeks),
        expected_orders=orders,
        value=value,
        net_sales=net_sales,
        margin=net_sales * margin_rate(company, everybody),
    ).sort_values(["margin", "customer_id"], ascending=[False, True], ignore_index=True)
