"""Which campaign paid: what it caused, measured against the customers who were held out at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, of_customers, prepared, remembers
from crmlab.analysis.groups import MARKETING
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.models.experiments import Difference, mean_difference, rate_difference
from crmlab.analysis.terms import RANK
from crmlab.company.schema import VALID_STATUSES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: What measuring a campaign reads.
NEEDS = ("customers", "orders", "campaigns", "campaign_touches", "campaign_responses")
#: So many campaigns have a bar of their own in a chart.
SHOWN = 14

CAMPAIGN_ID = Text("Campaign no.", "活动编号")
CAMPAIGN = Text("Campaign", "活动名称")
MEDIUM = Text("Medium", "媒介")
ENDS_ON = Text("Ended", "结束日期")
TREATED = Text("Approached", "处理组客户数")
NOT_MEASURED = Text(
    "No campaign that ended in this period can be measured.", "该期间没有可以衡量效果的已结束营销活动。"
)


def outcomes(company: Company) -> nw.LazyFrame:
    """Return the customers of the target groups, with what each had done when the campaign ended.

    ``responded`` and ``bought`` are 0 or 1; ``margin_cents`` is that of the order, 0 without one. An order
    that was cancelled, or is still a draft, is a response and no purchase.
    """

    def build() -> nw.LazyFrame:
        valid = company.frame("orders").filter(nw.col("status").is_in(VALID_STATUSES))
        responses = (
            company.frame("campaign_responses")
            .select("campaign_id", "customer_id", "order_id", "margin_cents", responded=nw.lit(1))
            .join(valid.select("order_id", bought=nw.lit(1)), on="order_id", how="left")
            .select("campaign_id", "customer_id", "responded", "bought", "margin_cents")
        )
        touches = company.frame("campaign_touches").select("campaign_id", "customer_id", "test_group")
        done = [nw.col(name).fill_null(0).cast(nw.Int64) for name in ("responded", "bought", "margin_cents")]
        return (
            of_customers(company, touches)
            .join(responses, on=["campaign_id", "customer_id"], how="left")
            .with_columns(*done)
            .with_columns(margin_cents=nw.col("margin_cents") * nw.col("bought"))
        )

    return prepared(company, "campaigns.outcomes", build)


class Measured(NamedTuple):
    """Campaigns by the day on which they ended and, in the same rows, both of their groups.

    Attributes
    ----------
    campaigns : DataFrame
    treated, control : DataFrame
        ``n`` customers, of whom so many ``responded`` and ``bought``; the ``margin`` of their orders in
        yuan, its ``mean`` and ``variance`` over all of them.
    """

    campaigns: pd.DataFrame
    treated: pd.DataFrame
    control: pd.DataFrame

    def rates(self) -> Difference:
        """Return how much more often the treated bought than the control group."""
        treated, control = self.treated, self.control
        return rate_difference(treated["bought"], treated["n"], control["bought"], control["n"])

    def margins(self) -> Difference:
        """Return how much more margin a treated customer brought than one of the control group."""
        sides = [side[name] for side in (self.treated, self.control) for name in ("n", "mean", "variance")]
        return mean_difference(*sides)


def measured(company: Company, conditions: Conditions) -> Measured:
    """Return the campaigns that ended in the period, among the customers that meet the conditions."""
    if remembers(company) and not conditions.chosen:
        found = company.cached("campaigns.measured", lambda: _measured(company, conditions))
    else:
        found = _measured(company, conditions)
    ended = (found.campaigns["ends_on"] >= conditions.start) & (found.campaigns["ends_on"] <= conditions.end)
    return Measured(*(part[ended].reset_index(drop=True) for part in found))


def _measured(company: Company, conditions: Conditions) -> Measured:
    """The campaigns of all times, among the customers that meet the conditions."""
    names = ("campaign_id", "medium", "ends_on", "fixed_cost_cents", "cost_per_customer_cents")
    campaigns = collected(company.frame("campaigns").select(*names, campaign="name"))
    campaigns = campaigns.sort_values(["ends_on", "campaign_id"], ignore_index=True)
    chosen = conditions.match(outcomes(company))
    groups = collected(
        chosen.group_by("campaign_id", "test_group")
        .agg(
            nw.col("responded").sum(),
            nw.col("bought").sum(),
            nw.col("margin_cents").sum(),
            n=nw.len(),
        )
        .with_columns(nw.col("responded", "bought", "margin_cents", "n").cast(nw.Int64))
    )
    # One row for each buyer: sums of squared cents would not fit in 64 bits where a company is large.
    buyers = collected(
        chosen.filter(nw.col("bought") == 1).select(
            "campaign_id", "test_group", "customer_id", "margin_cents"
        )
    ).sort_values(["campaign_id", "customer_id"])
    squares = (buyers["margin_cents"] / 100) ** 2
    table = groups.set_index(["campaign_id", "test_group"])
    table["squares"] = squares.groupby([buyers["campaign_id"], buyers["test_group"]]).sum()
    ids = campaigns["campaign_id"].tolist()
    return Measured(campaigns, *(_side(table, ids, group) for group in ("treated", "control")))


def _side(table: pd.DataFrame, ids: list[int], group: str) -> pd.DataFrame:
    """Return one group of each campaign: see `Measured`."""
    rows = pd.MultiIndex.from_product([ids, [group]])
    side = table.reindex(rows).fillna(0).reset_index(drop=True).astype({"n": "int64", "bought": "int64"})
    margin, n = side["margin_cents"] / 100, side["n"]
    mean = margin / n.where(n > 0)
    variance = (side["squares"] - margin * mean).clip(lower=0) / (n - 1).where(n > 1)
    return side.assign(margin=margin, mean=mean, variance=variance)


# What came of it: uplift


def _points(value: float) -> str:
    """A difference of two rates in percentage points."""
    return f"{100 * value:+.1f}"


def _uplift_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    known = result.dropna(subset="uplift")
    if known.empty:
        return NOT_MEASURED.to(language)
    best = known.iloc[known["uplift"].argmax()]
    sure = known["uplift_low"] > 0
    if len(known) == 1:
        sentence = Text(
            "{campaign}: {treated} of those approached bought and {control} of the control group, "
            "{points} percentage points ({low} to {high}).",
            "{campaign}：处理组{treated}购买，对照组{control}购买，相差{points}个百分点（{low}至{high}）。",
        )
    else:
        sentence = Text(
            "{sure} of {count} campaigns made more customers buy than chance explains; most of all "
            "{campaign}: {treated} of those approached bought, {control} of the control group.",
            "{count}次活动中有{sure}次显著促进了购买；提升最大的是{campaign}："
            "处理组{treated}购买，对照组{control}购买。",
        )
    if len(known) > 1 and not sure.any():
        sentence = Text(
            "None of {count} campaigns made more customers buy than chance explains; the largest difference "
            "is that of {campaign}: {treated} of those approached bought, {control} of the control group.",
            "{count}次活动均未显著促进购买；差距最大的是{campaign}：处理组{treated}购买，对照组{control}购买。",
        )
    return sentence.to(language).format(
        sure=numbers.count(sure.sum()),
        count=numbers.count(len(known)),
        campaign=best["campaign"],
        treated=numbers.share(best["treated_rate"], language),
        control=numbers.share(best["control_rate"], language),
        points=_points(best["uplift"]),
        low=_points(best["uplift_low"]),
        high=_points(best["uplift_high"]),
    )


def _uplift_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    shown = result.tail(SHOWN)
    note = Text("{points}  ({low} to {high})", "{points}（{low}至{high}）").to(language)
    alone = Text(
        "{treated} approached, {control} held out: nothing to compare",
        "处理组{treated}个，对照组{control}个：无法比较",
    ).to(language)
    notes = [
        alone.format(treated=numbers.count(row["treated"]), control=numbers.count(row["control"]))
        if pd.isna(row["uplift"])
        else note.format(
            points=_points(row["uplift"]), low=_points(row["uplift_low"]), high=_points(row["uplift_high"])
        )
        for _, row in shown.iterrows()
    ]
    return Bars(
        Text(
            "Buying rate of those approached less that of the control group, percentage points "
            "(95 % interval)",
            "处理组与对照组购买率之差，百分点（95%置信区间）",
        ).to(language),
        shown["campaign"].tolist(),
        (100 * shown["uplift"].fillna(0)).tolist(),
        notes,
    )


@analysis(
    group=MARKETING,
    name=Text("Campaign uplift", "营销活动提升效果"),
    about=Text(
        "How much more often, and for how much more margin, the customers approached bought than the control "
        "group drawn at random, with 95 % confidence intervals.",
        "被接触客户与随机对照组相比，购买率和人均毛利提高了多少，并给出95%置信区间。",
    ),
    honours=("period", "owner", "customer", "source", "industry", "region"),
    columns={
        "campaign_id": Heading(CAMPAIGN_ID, "id"),
        "campaign": Heading(CAMPAIGN, "text"),
        "medium": Heading(MEDIUM, "text"),
        "ends_on": Heading(ENDS_ON, "date"),
        "treated": Heading(TREATED, "count"),
        "control": Heading(Text("Held out", "对照组客户数"), "count"),
        "treated_rate": Heading(Text("Approached who bought", "处理组购买率"), "share"),
        "control_rate": Heading(Text("Held out who bought", "对照组购买率"), "share"),
        "uplift": Heading(Text("Uplift (points)", "提升（百分点）"), "change"),
        "uplift_low": Heading(Text("Uplift at least", "提升下限"), "change"),
        "uplift_high": Heading(Text("Uplift at most", "提升上限"), "change"),
        "p_value": Heading(Text("p value", "p值"), "number"),
        "margin_uplift": Heading(Text("Margin a customer", "人均毛利提升"), "yuan"),
        "margin_low": Heading(Text("Margin at least", "毛利提升下限"), "yuan"),
        "margin_high": Heading(Text("Margin at most", "毛利提升上限"), "yuan"),
    },
    needs=NEEDS,
    finding=_uplift_finding,
    picture=_uplift_picture,
)
def campaign_uplift(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Compare who was approached with who was held out, campaign by campaign.

    A customer bought if the response, which is the first order from the day of the touch to the end of the
    campaign, became a valid sale; for the control group that day is the one on which it would have been
    approached. As chance alone decided who is in which group, what differs beyond chance is the campaign's
    doing, whatever kind of customers they are.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Fields may be given as keywords. ``start`` and ``end`` choose the campaigns that ended in the period,
        all others the customers of the target group; ``owner`` is who looks after the customer today.

    Returns
    -------
    pandas.DataFrame
        A row for each campaign, by the day on which it ended: ``campaign_id``, ``campaign``, ``medium``,
        ``ends_on``; how many were ``treated`` and in the ``control`` group; ``treated_rate`` and
        ``control_rate``, the share of each that bought; ``uplift``, their difference (0.05 is five
        percentage points) with its 95 % interval ``uplift_low`` to ``uplift_high`` (Newcombe) and
        ``p_value``; ``margin_uplift``, how much more gross margin one approached brought, in yuan, with its
        interval ``margin_low`` to ``margin_high`` (Welch). What a group without customers would have to tell
        is missing.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions:
    Comparison of eleven methods. Statistics in Medicine, 17(8), 873-890.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = campaign_uplift(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> result["medium"].tolist()
    ['Seminar', 'Telephone', 'Trade fair']
    >>> bool((result["uplift_low"] < result["uplift"]).all())
    True
    """
    found = measured(company, conditions)
    treated, control = found.treated, found.control
    rates, margins = found.rates(), found.margins()
    return found.campaigns.assign(
        treated=treated["n"],
        control=control["n"],
        treated_rate=treated["bought"] / treated["n"].where(treated["n"] > 0),
        control_rate=control["bought"] / control["n"].where(control["n"] > 0),
        uplift=rates.value,
        uplift_low=rates.low,
        uplift_high=rates.high,
        p_value=rates.p_value,
        margin_uplift=margins.value,
        margin_low=margins.low,
        margin_high=margins.high,
    )


# What it earned: return


def _return_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    known = result.dropna(subset="caused_return")
    if known.empty:
        return NOT_MEASURED.to(language)
    best = known.iloc[0]
    paid, seems = known["caused_return"] > 0, known["attributed_return"] > 0
    if len(known) == 1:
        sentence = Text(
            "{campaign} cost {cost} and caused {margin} of margin: a return of {best}; "
            "without the control group, it would seem to be {seeming}.",
            "{campaign}花费{cost}，引致毛利{margin}，投入产出比{best}；若没有对照组，则会看似{seeming}。",
        )
    else:
        sentence = Text(
            "{paid} of {count} campaigns caused more margin than they cost, {sure} beyond chance; best is "
            "{campaign} ({best}). Without the control group, {seem} would seem to pay.",
            "{count}次活动中有{paid}次引致的毛利超过成本，其中{sure}次显著；最好的是{campaign}，投入产出比{best}。"
            "若没有对照组，则会有{seem}次看似合算。",
        )
    if len(known) > 1 and not (known["return_low"] > 0).any():
        sentence = Text(
            "{paid} of {count} campaigns caused more margin than they cost, none beyond chance; best is "
            "{campaign} ({best}). Without the control group, {seem} would seem to pay.",
            "{count}次活动中有{paid}次引致的毛利超过成本，但均不显著；最好的是{campaign}，投入产出比{best}。"
            "若没有对照组，则会有{seem}次看似合算。",
        )
    return sentence.to(language).format(
        campaign=best["campaign"],
        cost=numbers.yuan(best["cost"], language),
        margin=numbers.yuan(best["margin_caused"], language),
        best=numbers.share(best["caused_return"], language, sign=True),
        seeming=numbers.share(best["attributed_return"], language, sign=True),
        paid=numbers.count(paid.sum()),
        sure=numbers.count((known["return_low"] > 0).sum()),
        seem=numbers.count(seems.sum()),
        count=numbers.count(len(known)),
    )


def _return_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    shown = result.dropna(subset="caused_return").head(SHOWN)
    note = Text("{value}  ({low} to {high})", "{value}（{low}至{high}）").to(language)
    columns = ["caused_return", "return_low", "return_high"]
    notes = [
        note.format(
            value=numbers.share(value, language, sign=True),
            low=numbers.share(low, language, sign=True),
            high=numbers.share(high, language, sign=True),
        )
        for value, low, high in shown[columns].itertuples(index=False)
    ]
    return Bars(
        Text(
            "Margin caused less cost, in percent of the cost (95 % interval)",
            "（引致毛利 − 成本）÷ 成本（95%置信区间）",
        ).to(language),
        shown["campaign"].tolist(),
        shown["caused_return"].tolist(),
        notes,
    )


@analysis(
    group=MARKETING,
    name=Text("Campaign return", "营销活动投入产出比"),
    about=Text(
        "(Margin caused - cost) / cost of each campaign: caused is what those approached brought beyond the "
        "control group, and not all that they bought.",
        "各营销活动的（引致毛利－成本）÷成本：引致毛利是处理组超出对照组的部分，而不是处理组的全部购买。",
    ),
    honours=("period",),
    columns={
        "rank": Heading(RANK, "count", nullable=True),
        "campaign_id": Heading(CAMPAIGN_ID, "id"),
        "campaign": Heading(CAMPAIGN, "text"),
        "medium": Heading(MEDIUM, "text"),
        "ends_on": Heading(ENDS_ON, "date"),
        "treated": Heading(TREATED, "count"),
        "cost": Heading(Text("Cost", "成本"), "yuan", additive=True),
        "responses": Heading(Text("Responses", "响应数"), "count", additive=True),
        "buyers": Heading(Text("Buyers", "购买客户数"), "count"),
        "margin_attributed": Heading(Text("Margin attributed", "归因毛利"), "yuan"),
        "margin_caused": Heading(Text("Margin caused", "引致毛利"), "yuan"),
        "attributed_return": Heading(Text("Return attributed", "归因投入产出比"), "change"),
        "caused_return": Heading(Text("Return caused", "投入产出比"), "change"),
        "return_low": Heading(Text("Return at least", "投入产出比下限"), "change"),
        "return_high": Heading(Text("Return at most", "投入产出比上限"), "change"),
    },
    needs=NEEDS,
    finding=_return_finding,
    picture=_return_picture,
)
def campaign_return(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Rank the campaigns by what they earned on what they cost.

    The cost is the fixed one and that for each customer approached. The expenses booked on the campaign are
    that same money, claimed by employees: they are not added again. As the fixed cost is one for the whole
    campaign, customers cannot be chosen; see `campaign_uplift` for that.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``start`` and ``end``, which may be given as keywords, choose the campaigns that ended in the period.

    Returns
    -------
    pandas.DataFrame
        A row for each campaign, the highest return first, ties by number: ``rank``, ``campaign_id``,
        ``campaign``, ``medium``, ``ends_on``; of those approached how many there are (``treated``), what
        that ``cost``, their ``responses`` (orders and enquiries) and ``buyers`` (whose order became a valid
        sale), with the gross margin of those orders, ``margin_attributed``; ``margin_caused``, what is left
        of it beyond the control group: the difference in margin a customer, times the customers approached;
        ``attributed_return`` and ``caused_return``, each margin less the cost, divided by the cost, and the
        95 % interval of the latter, ``return_low`` to ``return_high``. What cannot be measured without a
        control group is missing. Money is in yuan.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = campaign_return(open_company(language="en"))
    >>> bool((result["margin_caused"] < result["margin_attributed"]).all())
    True
    """
    found = measured(company, conditions)
    treated, margins = found.treated, found.margins()
    campaigns, n = found.campaigns, treated["n"]
    cost = (campaigns["fixed_cost_cents"] + campaigns["cost_per_customer_cents"] * n) / 100
    base = cost.where(cost != 0)
    result = campaigns.assign(
        treated=n,
        cost=cost,
        responses=treated["responded"],
        buyers=treated["bought"],
        margin_attributed=treated["margin"],
        margin_caused=margins.value * n,
        attributed_return=(treated["margin"] - cost) / base,
        caused_return=(margins.value * n - cost) / base,
        return_low=(margins.low * n - cost) / base,
        return_high=(margins.high * n - cost) / base,
    )
    result = result.assign(rank=result["caused_return"].rank(method="min", ascending=False))
    return result.sort_values(["caused_return", "campaign_id"], ascending=[False, True])
