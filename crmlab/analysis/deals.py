"""What becomes of opportunities: the lost ones (step 9), the way through the stages, the forecast."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Columns
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected
from crmlab.analysis.groups import MARKETING, SALES
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.periods import slot_of, whole_years
from crmlab.analysis.records import CUSTOMER_FILTERS, employed, opportunities, staff
from crmlab.analysis.terms import SHARE
from crmlab.company.schema import UNKNOWN
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: So many groups have a bar of their own in a chart.
SHOWN = 14

BY = Text("By", "统计口径")
GROUP = Text("Group", "分组")
STAGE = Text("Stage", "阶段")
WON = Text("Won", "赢单数")
LOST = Text("Lost", "丢单数")
#: What comes after the last stage.
WON_STAGE = Text("Won", "赢单")


def entries(company: Company) -> nw.LazyFrame:
    """Return the stages that each opportunity has entered, ``step`` 0 being the first of them."""

    def build() -> nw.LazyFrame:
        return company.frame("opportunity_stages").select("opportunity_id", "entered_on", step=_step(company))

    return company.cached("deals.entries", build)


def _step(company: Company) -> nw.Expr:
    """The place of ``stage`` among the stages, the first being 0."""
    step = nw.lit(0)
    for place, word in enumerate(stages(company)):
        step = nw.when(nw.col("stage") == word).then(nw.lit(place)).otherwise(step)
    return step.cast(nw.Int64)


def stages(company: Company) -> list[str]:
    """Return the stages in their order, in the company's language."""
    return [word.to(company.language) for word in company.choices("opportunities", "stage")]


def _people(
    company: Company, conditions: Conditions, found: set[int], chosen: tuple[int, ...] | None
) -> pd.Series:
    """Return the names, by number, of those chosen; else of a time's salespeople and whoever was found."""
    people = staff(company)
    number = " (" + people.index.astype(str) + ")"
    names = people["name"].where(~people["name"].duplicated(keep=False), people["name"] + number)
    if chosen:
        return names[names.index.isin(chosen)]
    return names[(people["sells"] & employed(people, conditions)) | people.index.isin(found)]


def _noted(count: int, parts: list[str], language: str) -> str:
    """What to write behind a bar: a number and, in brackets, what else there is to say."""
    if not parts:
        return numbers.count(count)
    note = Text("{count}  ({parts})", "{count}（{parts}）").to(language)
    return note.format(count=numbers.count(count), parts=Text(", ", "，").to(language).join(parts))


# Step 9: lost deals

LOST_BY = {
    "year": Text("year of closing", "结束年份"),
    "reason": Text("reason", "丢单原因"),
    "competitor": Text("competitor", "竞争对手"),
    "recorder": Text("recorder", "记录操作者"),
}
_LOST_COLUMNS = {"reason": "lost_reason", "competitor": "competitor", "recorder": "recorder_id"}
NOTHING_LOST = Text(
    "No deal that meets the conditions was lost in this period.", "该期间没有符合条件的丢单。"
)


def _lost_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    lost = int(result["lost"].sum())
    if lost == 0:
        return NOTHING_LOST.to(language)
    blanks = {
        "lost": numbers.count(lost),
        "amount": numbers.yuan(result["lost_amount"].sum(), language),
    }
    kind = result["by"].iloc[0]
    if kind == "year":
        return _lost_by_year(result, language)
    known = result[(result["group"] != UNKNOWN.to(language)) & (result["lost"] > 0)]
    if known.empty:
        sentence = Text(
            "Deals lost: {lost}, {amount} in all; of none is more known.",
            "丢单{lost}笔，共{amount}，均未登记详情。",
        )
        return sentence.to(language).format(**blanks)
    if kind == "reason":
        sentence = Text(
            "{group} is the commonest reason: {count} of {lost} lost deals ({share}); {amount} lost in all.",
            "丢单的首要原因是{group}：{lost}笔中有{count}笔（{share}）；丢单金额共{amount}。",
        )
    elif kind == "competitor":
        sentence = Text(
            "{group} is the competitor in the most lost deals: {count} of {lost}, a loss rate of {rate}; "
            "{amount} lost in all.",
            "有{group}参与竞争的丢单最多：{lost}笔中有{count}笔，丢单率{rate}；丢单金额共{amount}。",
        )
    else:
        sentence = Text(
            "{group} recorded the most lost deals: {count} of {lost}, a loss rate of {rate}; "
            "{amount} lost in all.",
            "{group}记录的丢单最多：{lost}笔中有{count}笔，丢单率{rate}；丢单金额共{amount}。",
        )
    worst = known.iloc[0]
    return sentence.to(language).format(
        group=worst["group"],
        count=numbers.count(worst["lost"]),
        share=numbers.share(worst["share"], language),
        rate=numbers.share(worst["loss_rate"], language),
        **blanks,
    )


def _lost_by_year(result: pd.DataFrame, language: str) -> str:
    decided = result.dropna(subset="loss_rate")
    whole = decided[decided["complete"]]
    last = (whole if len(whole) else decided).iloc[-1]
    before = whole[whole["group"].astype(int) == int(last["group"]) - 1]
    sentence = Text(
        "Deals lost in {year}: {lost}, worth {amount}; that is {rate} of those decided.",
        "{year}年丢单{lost}笔，金额{amount}，丢单率{rate}。",
    )
    if last["complete"] and len(before):
        sentence = Text(
            "Deals lost in {year}: {lost}, worth {amount}; that is {rate} of those decided, "
            "after {before} the year before.",
            "{year}年丢单{lost}笔，金额{amount}，丢单率{rate}，上一年为{before}。",
        )
    return sentence.to(language).format(
        year=last["group"],
        lost=numbers.count(last["lost"]),
        amount=numbers.yuan(last["lost_amount"], language),
        rate=numbers.share(last["loss_rate"], language),
        before=numbers.share(before["loss_rate"].iloc[0], language) if len(before) else "",
    )


def _lost_picture(result: pd.DataFrame, company: Company) -> Columns | Bars:
    language = company.language
    if result.empty or result["by"].iloc[0] == "year":
        return Columns(
            Text("Deals lost in each year of closing, and loss rate", "各年（结束年份）丢单数及丢单率").to(
                language
            ),
            "",
            result["group"].tolist(),
            result["lost"].tolist(),
            [
                f"{numbers.count(lost)}\n{numbers.share(rate, language)}"
                for lost, rate in zip(result["lost"], result["loss_rate"], strict=True)
            ],
            (),
            result["complete"].tolist(),
        )
    shown = result.head(SHOWN)
    notes = []
    for _, row in shown.iterrows():
        parts = [numbers.yuan(row["lost_amount"], language)]
        if not pd.isna(row["loss_rate"]):
            rate = Text("loss rate {rate}", "丢单率{rate}").to(language)
            parts.append(rate.format(rate=numbers.share(row["loss_rate"], language)))
        notes.append(_noted(row["lost"], parts, language))
    return Bars(
        Text("Deals lost, and what they were to bring", "丢单数及其预计金额").to(language),
        shown["group"].tolist(),
        shown["lost"].tolist(),
        notes,
        stressed=UNKNOWN.to(language),
    )


@analysis(
    step=9,
    group=SALES,
    name=Text("Lost deals", "丢单分析"),
    about=Text(
        "Opportunities lost, by the year in which they were closed, by reason, competitor or recorder: "
        "count, amount, and loss rate = lost / (won + lost).",
        "按结束年份、原因、竞争对手或记录操作者统计丢失的销售机会：数量、金额，以及丢单率＝丢单数÷（赢单数＋丢单数）。",
    ),
    honours=CUSTOMER_FILTERS,
    own=(Choice("by", Text("By", "按"), "year", LOST_BY),),
    columns={
        "by": Heading(BY, "text", words=LOST_BY),
        "group": Heading(GROUP, "text"),
        "lost": Heading(LOST, "count", additive=True),
        "share": Heading(SHARE, "share"),
        "lost_amount": Heading(Text("Amount lost", "丢单金额"), "yuan", additive=True),
        "won": Heading(WON, "count", nullable=True, additive=True),
        "loss_rate": Heading(Text("Loss rate", "丢单率"), "share"),
        "complete": Heading(Text("Whole year", "是否整年"), "flag"),
    },
    needs=("employees", "customers", "opportunities"),
    finding=_lost_finding,
    picture=_lost_picture,
)
def lost_deals(company: Company, conditions: Conditions, by: str = "year") -> pd.DataFrame:
    """Count the opportunities that were lost, and what they were to bring.

    The period chooses those closed in it. Opportunities that are still open are neither won nor lost, and
    are not in the denominator of the loss rate.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Fields may be given as keywords. ``recorder`` is who keyed the opportunity in, ``owner`` who looks
        after the customer today.
    by : {"year", "reason", "competitor", "recorder"}
        What a row is. With a reason only what was lost has a place: nothing else has one.

    Returns
    -------
    pandas.DataFrame
        ``by`` and ``group``; ``lost``, their number, and its ``share`` of all that were lost;
        ``lost_amount``, the amount that was expected of them, in yuan; ``won``; ``loss_rate``, lost / (won +
        lost), missing where nothing was decided, and like ``won`` by reason; ``complete``, whether the period
        and the records cover the whole year. By year, a row for every calendar year that the period touches.
        By reason and competitor, one for every word of the CRM's list and for the unknown one; by
        recorder, for every salesperson of the time and whoever else recorded one: most lost first, ties in
        the order of the list, or by number.

    Examples
    --------
    >>> from crmlab import open_company
    >>> company = open_company(language="en")
    >>> lost_deals(company, start="2024-01-01", end="2025-12-31")["group"].tolist()
    ['2024', '2025']
    >>> bool(lost_deals(company, by="reason")["loss_rate"].isna().all())
    True
    """
    key = nw.col(_LOST_COLUMNS[by]) if by in _LOST_COLUMNS else slot_of("closed_on", "year")
    if by in ("reason", "competitor"):
        key = key.fill_null(UNKNOWN.to(company.language))
    counted = collected(
        conditions.keep(decided(company), "closed_on")
        .select("lost", "won", "lost_cents", key=key)
        .group_by("key")
        .agg(nw.col("lost", "won", "lost_cents").sum())
        .with_columns(nw.col("lost", "won", "lost_cents").cast(nw.Int64))
    ).set_index("key")
    groups = _groups(company, conditions, by, set(counted.index))
    result = counted.reindex(groups.index, fill_value=0)
    result = result.assign(group=groups, lost_amount=result["lost_cents"] / 100, complete=True)
    if by == "year":
        result["complete"] = whole_years(conditions)
    else:
        result = result.sort_values("lost", ascending=False, kind="stable")
    if by == "reason":
        result["won"] = np.nan
    closed = result["lost"] + result["won"]
    total = result["lost"].sum()
    return result.assign(
        by=by,
        share=result["lost"] / (total or np.nan),
        loss_rate=result["lost"] / closed.where(closed > 0),
    )


def decided(company: Company) -> nw.LazyFrame:
    """Return the opportunities that were closed: ``lost`` and ``won`` are 0 or 1, ``lost_cents`` the loss."""

    def build() -> nw.LazyFrame:
        lost, amount = nw.col("outcome") == "lost", nw.col("expected_amount_cents")
        closed = opportunities(company).filter(nw.col("outcome").is_in(("won", "lost")))
        return closed.with_columns(
            lost=lost.cast(nw.Int64),
            won=(~lost).cast(nw.Int64),
            lost_cents=nw.when(lost).then(amount).otherwise(0),
        ).drop("opportunity_id", "opened_on", "expected_amount_cents", "stage", "outcome")

    return company.cached("deals.decided", build)


def _groups(company: Company, conditions: Conditions, by: str, found: set[int]) -> pd.Series:
    """Return the rows of a table of lost deals: what to call each, by its key."""
    if by == "year":
        years = range(conditions.start.year, conditions.end.year + 1)
        return pd.Series([str(year) for year in years], index=years)
    if by == "recorder":
        return _people(company, conditions, found, conditions.chosen.get("recorder"))
    words = [word.to(company.language) for word in company.choices("opportunities", _LOST_COLUMNS[by])]
    words.append(UNKNOWN.to(company.language))
    return pd.Series(words, index=words)


# The way through the stages

NOTHING_OPENED = Text(
    "No deal that meets the conditions was opened in this period.", "该期间没有建立符合条件的销售机会。"
)


def _funnel_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    first, last = result.iloc[0], result.iloc[-1]
    if first["reached"] == 0:
        return NOTHING_OPENED.to(language)
    steps = result.iloc[1:].dropna(subset="from_previous")
    steepest = steps.iloc[steps["from_previous"].argmin()]
    waiting = int(result["still_open"].sum())
    sentence = Text(
        "Of {opened} deals opened in the period, {share} were won; the hardest step is to {stage}, "
        "which {rate} reach.",
        "该期间建立的{opened}个销售机会中，{share}赢单；最难的一步是进入“{stage}”，转化率{rate}。",
    )
    if waiting:
        sentence = Text(
            "Of {opened} deals opened in the period, {share} have been won so far and {waiting} are still "
            "open; the hardest step is to {stage}, which {rate} reach.",
            "该期间建立的{opened}个销售机会中，已有{share}赢单，{waiting}个仍在进行；"
            "最难的一步是进入“{stage}”，转化率{rate}。",
        )
    return sentence.to(language).format(
        opened=numbers.count(first["reached"]),
        share=numbers.share(last["from_first"], language),
        waiting=numbers.count(waiting),
        stage=steepest["stage"],
        rate=numbers.share(steepest["from_previous"], language),
    )


def _funnel_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    on = Text("{share} of the stage before", "上一阶段的{share}").to(language)
    waiting = Text("{count} still open here", "{count}个仍在此阶段").to(language)
    notes = []
    for _, row in result.iterrows():
        parts = []
        if not pd.isna(row["from_previous"]):
            parts.append(on.format(share=numbers.share(row["from_previous"], language)))
        if row["still_open"]:
            parts.append(waiting.format(count=numbers.count(row["still_open"])))
        notes.append(_noted(row["reached"], parts, language))
    return Bars(
        Text(
            "Deals opened in the period that have reached each stage",
            "该期间建立的销售机会中到达各阶段的数量",
        ).to(language),
        result["stage"].tolist(),
        result["reached"].tolist(),
        notes,
    )


@analysis(
    group=MARKETING,
    name=Text("Sales funnel", "销售漏斗"),
    about=Text(
        "How many of the opportunities opened in the period reached each stage and were won: conversion by "
        "cohort of opening, with those still open, not a snapshot of today's stages.",
        "期间内建立的销售机会中到达各阶段及赢单的数量：按建立时间的同期群计算转化率，并列出仍在进行的，而不是当前阶段的快照。",
    ),
    honours=CUSTOMER_FILTERS,
    columns={
        "stage": Heading(STAGE, "text"),
        "reached": Heading(Text("Reached", "到达数"), "count"),
        "from_previous": Heading(Text("Of the stage before", "较上一阶段"), "share"),
        "from_first": Heading(Text("Of all opened", "较全部"), "share"),
        "still_open": Heading(Text("Still open", "仍在进行"), "count", additive=True),
        "lost": Heading(LOST, "count", additive=True),
        "median_days": Heading(Text("Median days", "停留天数中位数"), "number"),
    },
    needs=("customers", "opportunities", "opportunity_stages"),
    finding=_funnel_finding,
    picture=_funnel_picture,
)
def funnel(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Follow the opportunities opened in the period through the stages, up to today.

    Those opened lately have had less time than the others: as long as some are ``still_open``, the
    conversion from their stage on can only grow.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Fields may be given as keywords. ``start`` and ``end`` choose what was opened in the period,
        whenever it was closed; ``recorder`` is who keyed the opportunity in, ``owner`` who looks after the
        customer today.

    Returns
    -------
    pandas.DataFrame
        A row for each stage in their order, the last one for what was won: ``stage``; ``reached``, how
        many have entered it so far; ``from_previous`` and ``from_first``, their share of those that reached
        the stage before, and of the first; ``still_open``, how many are in it today; ``lost``, how many were
        lost in it; ``median_days``, the median of the days that they stayed, of those that have left it for
        another stage or the end. What has no base is missing.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = funnel(open_company(language="en"), start="2024-01-01", end="2024-12-31")
    >>> bool(result["reached"].is_monotonic_decreasing), int(result["still_open"].sum())
    (True, 0)
    """
    cohort = conditions.keep(opportunities(company), "opened_on").select(
        "opportunity_id", "outcome", "closed_on", step=_step(company)
    )
    ends = collected(
        cohort.group_by("step", "outcome").agg(deals=nw.len()).with_columns(nw.col("deals").cast(nw.Int64))
    )
    # The days between two rows are no sum: one row for each deal and stage is what it is made of.
    passed = collected(
        entries(company).join(cohort.select("opportunity_id", "closed_on"), on="opportunity_id", how="inner")
    ).sort_values(["opportunity_id", "step"])
    left = passed.groupby("opportunity_id")["entered_on"].shift(-1).fillna(passed["closed_on"])
    days = (left - passed["entered_on"]).dt.days.groupby(passed["step"]).median()
    words = stages(company)
    every = range(len(words))

    def ended(outcome: str) -> pd.Series:
        return ends[ends["outcome"] == outcome].set_index("step")["deals"].reindex(every, fill_value=0)

    reached = [*passed["step"].value_counts().reindex(every, fill_value=0), ended("won").sum()]
    result = pd.DataFrame(
        {
            "stage": [*words, WON_STAGE.to(company.language)],
            "reached": reached,
            "still_open": [*ended("open"), 0],
            "lost": [*ended("lost"), 0],
            "median_days": [*days.reindex(every), np.nan],
        }
    )
    base = result["reached"].shift()
    return result.assign(
        from_previous=result["reached"] / base.where(base > 0),
        from_first=result["reached"] / (result["reached"].iloc[0] or np.nan),
    )


# What the open ones are worth

FORECAST_BY = {"stage": Text("stage", "阶段"), "owner": Text("owner", "负责人")}
NOTHING_OPEN = Text(
    "No deal that meets the conditions is open on this day.", "该日没有符合条件的进行中销售机会。"
)


def _forecast_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    count = int(result["deals"].sum())
    if count == 0:
        return NOTHING_OPEN.to(language)
    blanks = {
        "count": numbers.count(count),
        "expected": numbers.yuan(result["expected"].sum(), language),
        "weighted": numbers.yuan(result["weighted"].sum(), language),
    }
    if result["largest_share"].isna().all():
        sentence = Text(
            "Open deals: {count}, {expected} in all; too few have been won yet to say what they are worth.",
            "进行中的销售机会{count}个，共{expected}；赢单记录太少，尚无法加权。",
        )
        return sentence.to(language).format(**blanks)
    largest = result.iloc[result["largest_share"].argmax()]
    sentence = Text(
        "Open deals: {count}, {expected} in all, worth {weighted} at past win rates; "
        "the largest, {customer}, is {share} of that.",
        "进行中的销售机会{count}个，共{expected}，按历史赢单率加权为{weighted}；最大的一笔（{customer}）占{share}。",
    )
    if largest["big_deal"]:
        sentence = Text(
            "Open deals: {count}, {expected} in all, worth {weighted} at past win rates. "
            "Mind the big one: {customer} is {share} of that.",
            "进行中的销售机会{count}个，共{expected}，按历史赢单率加权为{weighted}。注意大单：{customer}一笔就占{share}。",
        )
    return sentence.to(language).format(
        customer=largest["largest_customer"],
        share=numbers.share(largest["largest_share"], language),
        **blanks,
    )


def _forecast_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    shown = result.head(SHOWN)
    note = Text(
        "{weighted}  (deals: {deals}, {expected} expected, win rate {rate})",
        "{weighted}（{deals}个，共{expected}，赢单率{rate}）",
    ).to(language)
    notes = [
        note.format(
            weighted=numbers.short(row["weighted"], language),
            deals=numbers.count(row["deals"]),
            expected=numbers.short(row["expected"], language),
            rate=numbers.share(row["win_rate"], language),
        )
        if row["deals"]
        else numbers.count(0)
        for _, row in shown.iterrows()
    ]
    return Bars(
        Text("Expected amount times win rate, yuan", "预计金额×历史赢单率（元）").to(language),
        shown["group"].tolist(),
        shown["weighted"].fillna(0).tolist(),
        notes,
        stressed=next(iter(shown.loc[shown["big_deal"], "group"]), None),
    )


@analysis(
    group=MARKETING,
    name=Text("Pipeline forecast", "销售预测"),
    about=Text(
        "The deals open on a day, by stage or owner: expected amount x the share of earlier deals in that "
        "stage that were won, with an alert where one deal is a large part of the whole.",
        "某日进行中的销售机会，按阶段或负责人统计：预计金额×以往到达该阶段的机会的赢单率，单笔占比过大时预警。",
    ),
    honours=("end", *CUSTOMER_FILTERS[1:]),
    own=(
        Choice("by", Text("By", "按"), "stage", FORECAST_BY),
        Own(
            "big", Text("Big deal: over", "大单：超过"), 20, 1, 100, 1, Text("% of the whole", "%（占合计）")
        ),
    ),
    columns={
        "by": Heading(BY, "text", words=FORECAST_BY),
        "group": Heading(GROUP, "text"),
        "deals": Heading(Text("Open deals", "进行中机会数"), "count", additive=True),
        "expected": Heading(Text("Expected amount", "预计金额"), "yuan", additive=True),
        "win_rate": Heading(Text("Win rate", "赢单率"), "share"),
        "weighted": Heading(Text("Weighted amount", "加权金额"), "yuan", additive=True),
        "share": Heading(SHARE, "share"),
        "largest_id": Heading(Text("Largest deal", "最大机会编号"), "id", nullable=True),
        "largest_customer": Heading(Text("Its customer", "最大机会客户"), "text"),
        "largest_share": Heading(Text("Its share", "最大机会占比"), "share"),
        "big_deal": Heading(Text("Big deal", "大单预警"), "flag"),
    },
    needs=("employees", "customers", "opportunities", "opportunity_stages"),
    finding=_forecast_finding,
    picture=_forecast_picture,
)
def pipeline_forecast(
    company: Company, conditions: Conditions, by: str = "stage", big: int = 20
) -> pd.DataFrame:
    """Say what the deals that are open on a day are likely to bring.

    Each deal counts with its expected amount times the win rate of the stage that it was in on that day: of
    all deals of the company that were closed by then and had reached the stage, the share that was won.
    The filter chooses among the open deals and not in that history, so that the parts of a pipeline add up
    to the whole. Nothing that happened after the day is used.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Fields may be given as keywords. ``end`` is the day, today unless given; ``recorder`` is who keyed the
        opportunity in, ``owner`` who looks after the customer today.
    by : {"stage", "owner"}
        What a row is.
    big : int
        From which share of the whole on, in percent, one deal is a big one.

    Returns
    -------
    pandas.DataFrame
        ``by`` and ``group``; ``deals``, how many are open; ``expected``, their amount in yuan; ``win_rate``,
        for a stage as above, for an owner the weighted amount over the expected one; ``weighted``, the
        amount times the rate, and its ``share`` of the whole; of the deal with the largest weighted amount
        ``largest_id``, ``largest_customer`` and its share of the whole, ``largest_share``; ``big_deal``,
        whether that is more than ``big`` percent. A row for every stage, in their order, or for every
        salesperson who is there on the day and whoever else owns a deal, the largest weighted amount first,
        ties by number. As long as no deal that reached a stage has been closed, its weight is missing.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = pipeline_forecast(open_company(language="en"), end="2025-06-30")
    >>> len(result), bool(result["win_rate"].is_monotonic_increasing)
    (5, True)
    """
    rates = _win_rates(company, conditions)
    found = _open_deals(company, conditions)
    found["weighted"] = found["expected_amount_cents"] / 100 * found["step"].map(rates)
    if by == "stage":
        groups = pd.Series(stages(company))
    else:
        on_the_day = replace(conditions, start=conditions.end)
        groups = _people(company, on_the_day, set(found["owner_id"]), conditions.chosen.get("owner"))
    result = _summed(found, "step" if by == "stage" else "owner_id").reindex(groups.index)
    result.loc[result["deals"].isna(), ["deals", "expected", "weighted"]] = 0
    whole = found["weighted"].sum(skipna=False)
    share = result[["weighted", "largest"]] / (whole if whole > 0 else np.nan)
    expected = result["expected"].where(result["expected"] > 0)
    result = result.assign(
        by=by,
        group=groups,
        win_rate=rates if by == "stage" else result["weighted"] / expected,
        share=share["weighted"],
        largest_share=share["largest"],
        big_deal=share["largest"] > big / 100,
    )
    return result if by == "stage" else result.sort_values("weighted", ascending=False, kind="stable")


def _open_deals(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Return the deals that were open on the day, with the last stage that each had entered by then."""
    is_open = nw.col("closed_on").is_null() | (nw.col("closed_on") >= conditions.after)
    reached = (
        entries(company)
        .filter(nw.col("entered_on") < conditions.after)
        .group_by("opportunity_id")
        .agg(nw.col("step").max())
    )
    customers = company.frame("customers").select("customer_id", customer="name")
    return collected(
        conditions.match(opportunities(company))
        .filter(nw.col("opened_on") < conditions.after, is_open)
        .select("opportunity_id", "customer_id", "owner_id", "expected_amount_cents")
        .join(reached, on="opportunity_id", how="left")
        .with_columns(nw.col("step").fill_null(0).cast(nw.Int64))
        .join(customers, on="customer_id", how="left")
    ).sort_values("opportunity_id", ignore_index=True)


def _win_rates(company: Company, conditions: Conditions) -> pd.Series:
    """Return for each stage the share won of the deals closed by the day that had reached it."""
    closed = (
        company.frame("opportunities")
        .filter(nw.col("closed_on") < conditions.after)
        .select("opportunity_id", "outcome")
    )
    counted = collected(
        entries(company)
        .join(closed, on="opportunity_id", how="inner")
        .group_by("step", "outcome")
        .agg(deals=nw.len())
        .with_columns(nw.col("deals").cast(nw.Int64))
    )
    every = range(len(stages(company)))
    reached = counted.groupby("step")["deals"].sum().reindex(every)
    won = counted[counted["outcome"] == "won"].set_index("step")["deals"]
    return won.reindex(every, fill_value=0) / reached


def _summed(found: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return for each group of open deals what they come to, and the one that weighs most."""
    groups = found.groupby(key)
    largest = (
        found.dropna(subset="weighted")
        .sort_values(["weighted", "opportunity_id"], ascending=[False, True])
        .drop_duplicates(key)
        .set_index(key)
    )
    summed = pd.DataFrame(
        {
            "deals": groups.size(),
            "expected": groups["expected_amount_cents"].sum() / 100,
            "weighted": groups["weighted"].sum().mask(groups["weighted"].count() < groups.size()),
        }
    )
    return summed.assign(
        largest=largest["weighted"],
        largest_id=largest["opportunity_id"],
        largest_customer=largest["customer"],
    )
