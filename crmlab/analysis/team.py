"""The sales team: what one did, who sells how much, where the time goes. Steps 4, 5 and 14."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers, records
from crmlab.analysis.charts import Bars, Card, Cards, Part, Stacked
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, first_orders, sales, valid_orders
from crmlab.analysis.groups import TEAM
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.terms import (
    EMPLOYEE,
    EMPLOYEE_ID,
    MARGIN,
    MARGIN_RATE,
    NET_SALES,
    NOTHING_SOLD,
    ORDERS,
    RANK,
    SHARE,
)
from crmlab.company.files import SALES_TABLES
from crmlab.locale import Text, listed

if TYPE_CHECKING:
    from crmlab.company.company import Company

PERCENT = Text("%", "％")
ACTIVITIES = Text("Activities done", "完成的活动数")
UNENDED = Text("Without an end", "未登记结束时间")
HOURS = Text("Hours", "小时数")
RECEIPTS = Text("Receipts", "收款")


# Step 4


def _individual_finding(result: pd.DataFrame, company: Company) -> str:
    total = result.select_dtypes("number").sum()
    sentence = Text(
        "{who}: net sales of {net} from {orders} valid orders, {buyers} new buyers, "
        "{won} opportunities won, {hours} hours of work on record.",
        "{who}：净销售额{net}，有效订单{orders}张，新购买客户{buyers}个，赢单{won}个，登记工时{hours}小时。",
    )
    if len(result) == 1:
        who = result["employee"].iloc[0]
    else:
        who = Text("{count} employees", "{count}名员工").to(company.language).format(count=len(result))
    return sentence.to(company.language).format(
        who=who,
        net=numbers.yuan(total["net_sales"], company.language),
        orders=numbers.count(total["orders"]),
        buyers=numbers.count(total["new_buyers"]),
        won=numbers.count(total["opportunities_won"]),
        hours=numbers.count(total["hours"]),
    )


def _individual_picture(result: pd.DataFrame, company: Company) -> Cards:
    language = company.language
    cards = []
    for name, heading in INDIVIDUAL.items():
        if name in ("employee_id", "employee"):
            continue
        total = result[name].sum()
        title = heading.title.to(language)
        if heading.format == "yuan":
            title += Text(", yuan", "（元）").to(language)
            cards.append(Card(title, numbers.short(total, language)))
        else:
            cards.append(Card(title, numbers.count(total)))
    return Cards(cards)


INDIVIDUAL = {
    "employee_id": Heading(EMPLOYEE_ID, "id"),
    "employee": Heading(EMPLOYEE, "text"),
    "activities": Heading(ACTIVITIES, "count", additive=True),
    "hours": Heading(HOURS, "hours", additive=True),
    "customers_created": Heading(Text("Customers from leads", "线索转化客户数"), "count", additive=True),
    "new_buyers": Heading(Text("New buyers", "新购买客户数"), "count", additive=True),
    "opportunities_opened": Heading(Text("Opportunities opened", "新建销售机会数"), "count", additive=True),
    "opportunities_won": Heading(Text("Opportunities won", "赢单数"), "count", additive=True),
    "orders": Heading(ORDERS, "count", additive=True),
    "net_sales": Heading(NET_SALES, "yuan", additive=True),
    "receipts": Heading(RECEIPTS, "yuan", additive=True),
    "expenses": Heading(Text("Expenses", "费用"), "yuan", additive=True),
}


@analysis(
    step=4,
    group=TEAM,
    name=Text("Individual performance", "员工业绩分析"),
    about=Text(
        "What one recorder did: activities, hours, new customers, opportunities, orders, net sales, receipts "
        "and expenses, each counted on its own date.",
        "某一记录操作者的业绩：活动、工时、新客户、销售机会、订单、净销售额、收款和费用，各按其自身的日期统计。",
    ),
    honours=records.CUSTOMER_FILTERS,
    columns=INDIVIDUAL,
    needs=(*SALES_TABLES, "activities", "leads", "opportunities", "receipts", "expenses"),
    finding=_individual_finding,
    picture=_individual_picture,
)
def individual_performance(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Show what one employee keyed in, each measure by its own date.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Period, recorder, and the fields of the customer are honoured, and may be given as keywords.
        Without a recorder it is the account's own employee (``company.me``); of several, each has a row.

    Returns
    -------
    pandas.DataFrame
        A row for each recorder asked for, by number: ``employee_id``, ``employee``, and of what this
        employee keyed in

        - ``activities`` done that began in the period and their ``hours``; one whose end nobody noted
          counts as an activity and adds no hours, and a joint one counts in full;
        - ``customers_created``: customers entered in the CRM in the period that came of a lead of this
          recorder. A customer's card does not say who wrote it; of those without a lead nobody knows;
        - ``new_buyers``: customers whose first-ever valid order was placed in the period;
        - ``opportunities_opened`` by the day of opening and ``opportunities_won`` by that of closing;
        - valid ``orders`` by the day they were placed, their ``net_sales`` by the day each line was
          booked;
        - ``receipts`` by the day the money arrived; most are keyed in by the credit controller;
        - ``expenses`` that this employee claimed, by the day they were incurred, without rejected ones.

    Examples
    --------
    >>> from crmlab import open_company
    >>> company = open_company(language="en")
    >>> result = individual_performance(company, start="2025-01-01", end="2025-12-31", recorder=[1, 3])
    >>> result["employee_id"].tolist(), bool((result["orders"] > 0).all())
    ([1, 3], True)
    """
    names = records.staff(company)["name"]
    people = sorted(set(conditions.chosen.get("recorder", (company.me,))))

    def total(frame: nw.LazyFrame, time: str, measure: nw.Expr) -> pd.Series:
        theirs = frame.filter(nw.col("recorder_id").is_in(people))
        found = conditions.keep(theirs, time).group_by("recorder_id").agg(total=measure)
        totals = collected(found).set_index("recorder_id")["total"]
        return totals.reindex(people).fillna(0).astype("int64")

    activities, opportunities = records.activities(company, conditions), records.opportunities(company)
    won = opportunities.filter(nw.col("outcome") == "won")
    amount = nw.col("amount_cents").sum()
    return pd.DataFrame(
        {
            "employee_id": people,
            "employee": names.reindex(people),
            "activities": total(activities, "started_at", nw.len()),
            "hours": total(activities, "started_at", nw.col("minutes").sum()) / 60,
            "customers_created": total(
                records.converted(company), "created_on", nw.col("customer_id").n_unique()
            ),
            "new_buyers": total(first_orders(company), "ordered_at", nw.len()),
            "opportunities_opened": total(opportunities, "opened_on", nw.len()),
            "opportunities_won": total(won, "closed_on", nw.len()),
            "orders": total(valid_orders(company, conditions), "ordered_at", nw.len()),
            "net_sales": total(sales(company, conditions), "booked_at", nw.col("net_cents").sum()) / 100,
            "receipts": total(records.receipts(company, conditions), "received_on", amount) / 100,
            "expenses": total(records.expenses(company), "incurred_on", amount) / 100,
        },
        index=people,
    )


# Step 5


def _sales_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty or not (result["net_sales"] > 0).any():
        return NOTHING_SOLD.to(language)
    best = result.iloc[0]
    winners = result.loc[result["awarded"], "employee"]
    if result["target"].isna().all():
        sentence = Text(
            "{best} sells the most: {net} ({share} of {total}).",
            "{best}的净销售额最高：{net}（占{total}的{share}）。",
        )
    elif winners.empty:
        sentence = Text(
            "{best} sells the most: {net} ({share} of {total}); nobody meets the rule for an award.",
            "{best}的净销售额最高：{net}（占{total}的{share}）；无人符合获奖条件。",
        )
    elif best["awarded"]:
        sentence = Text(
            "{best} sells the most: {net} ({share} of {total}). Awards: {winners}.",
            "{best}的净销售额最高：{net}（占{total}的{share}）。获奖：{winners}。",
        )
    else:
        sentence = Text(
            "{best} sells the most, {net} ({share} of {total}), and gets no award. Awards: {winners}.",
            "{best}的净销售额最高：{net}（占{total}的{share}），但未获奖。获奖：{winners}。",
        )
    total = result["net_sales"].sum()
    return sentence.to(language).format(
        best=best["employee"],
        net=numbers.yuan(best["net_sales"], language),
        share=numbers.share(best["net_sales"] / total, language),
        total=numbers.yuan(total, language),
        winners=listed(winners, language),
    )


def _sales_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    notes = [
        numbers.short(row["net_sales"], language) + _attained(row, language) for _, row in result.iterrows()
    ]
    return Bars(
        Text("Net sales, yuan", "净销售额（元）").to(language),
        result["employee"].tolist(),
        result["net_sales"].tolist(),
        notes,
    )


def _attained(row: pd.Series, language: str) -> str:
    """What to write behind the net sales of one person: how much of the target that is."""
    if np.isnan(row["attainment"]):
        return ""
    note = Text(" · {share} of target", " · 完成目标{share}")
    if row["awarded"]:
        note = Text(" · {share} of target · award", " · 完成目标{share} · 获奖")
    return note.to(language).format(share=numbers.share(row["attainment"], language))


#: By whom a sale is credited: the column of the lines of sales, of receipts and of opportunities.
ATTRIBUTION = {
    "recorder": Text("who keyed it in", "记录操作者"),
    "owner": Text("who looks after the customer", "负责人"),
}


@analysis(
    step=5,
    group=TEAM,
    name=Text("Sales performance", "销售业绩分析"),
    about=Text(
        "By salesperson: net sales, gross margin, receipts, win rate and target attainment, "
        "and who gets an award by a stated rule.",
        "按销售员统计净销售额、毛利、收款、赢单率和目标完成率，并按既定规则评出获奖人员。",
    ),
    honours=records.CUSTOMER_FILTERS,
    own=(
        Choice("attribution", Text("Credited to", "业绩归属"), "recorder", ATTRIBUTION),
        Own("attainment", Text("Award from attainment", "获奖要求目标完成率"), 100, 0, 300, 5, PERCENT),
        Own("collection", Text("Award from collection", "获奖要求回款率"), 90, 0, 200, 5, PERCENT),
        Own("winners", Text("Awards at most", "获奖人数上限"), 3, 1, 50, 1, Text("people", "人")),
    ),
    columns={
        "rank": Heading(RANK, "count"),
        "employee_id": Heading(EMPLOYEE_ID, "id"),
        "employee": Heading(EMPLOYEE, "text"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "gross_margin": Heading(MARGIN, "yuan", additive=True),
        "margin_rate": Heading(MARGIN_RATE, "share"),
        "receipts": Heading(RECEIPTS, "yuan", additive=True),
        "collection_rate": Heading(Text("Collection rate", "回款率"), "share"),
        "won": Heading(Text("Deals won", "赢单数"), "count", additive=True),
        "lost": Heading(Text("Deals lost", "丢单数"), "count", additive=True),
        "win_rate": Heading(Text("Win rate", "赢单率"), "share"),
        "target": Heading(Text("Target", "销售目标"), "yuan", additive=True),
        "attainment": Heading(Text("Attainment", "目标完成率"), "share"),
        "awarded": Heading(Text("Award", "获奖"), "flag"),
    },
    needs=(*SALES_TABLES, "order_lines.unit_cost", "receipts", "opportunities", "targets"),
    finding=_sales_finding,
    picture=_sales_picture,
)
def sales_performance(
    company: Company,
    conditions: Conditions,
    attribution: str = "recorder",
    attainment: int = 100,
    collection: int = 90,
    winners: int = 3,
) -> pd.DataFrame:
    """Compare the salespeople and say who gets an award.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Period, recorder, owner and the fields of the customer are honoured, and may be given as keywords.
    attribution : {"recorder", "owner"}
        Who is credited with an order, with its returns and receipts, and with an opportunity: the one
        who keyed it in, or the one who looks after the customer today.
    attainment, collection : int
        The least target attainment and the least collection rate for an award, in percent.
    winners : int
        An award goes to at most so many: the first of the ranking who meet both conditions and are still
        here on the last day.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``employee_id``, ``employee``, ``net_sales`` (by the day of booking, less returns),
        ``gross_margin`` (net sales less the cost on the day of sale) and ``margin_rate``, ``receipts``
        (by the day they arrived, for the orders credited) and ``collection_rate`` (receipts / net
        sales), ``won``, ``lost`` (by the day of closing) and ``win_rate`` (won / (won + lost)),
        ``target``, ``attainment`` (net sales / target), ``awarded``.
        A row for every salesperson who worked here on a day of the period, also without sales, and for
        everybody else with something to be credited; of a filter on the people credited, those. Most net
        sales first, ties by number. Rates are missing without a positive base.

    Notes
    -----
    A target is for a year, or for the part of it in which the salesperson was here; of a shorter period
    it is in proportion to the days of that part. It is for all customers: with a filter on customers, or
    on others than the people credited, there is none, and nobody gets an award.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = sales_performance(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> result.loc[result["awarded"], "rank"].tolist()
    [2, 3, 4]
    """
    chosen = conditions.chosen.get(attribution)
    people = records.staff(company)
    found = _credited(company, conditions, f"{attribution}_id")
    here = records.employed(people, conditions)
    rows = people.index[(here & people["sells"]) | people.index.isin(found.index)]
    if chosen is not None:
        rows = rows[rows.isin(chosen)].union(sorted(chosen))
    found = found.reindex(rows, fill_value=0)
    net, received = found["net_cents"], found["received_cents"]
    target = _targets(company, conditions, people).reindex(rows)
    if set(conditions.chosen) - {attribution}:
        target[:] = np.nan
    result = pd.DataFrame(
        {
            "employee": people["name"].reindex(rows),
            "net_sales": net / 100,
            "gross_margin": found["margin_cents"] / 100,
            "margin_rate": found["margin_cents"] / net.where(net > 0),
            "receipts": received / 100,
            "collection_rate": received / net.where(net > 0),
            "won": found["won"],
            "lost": found["lost"],
            "win_rate": found["won"] / (found["won"] + found["lost"]).replace(0, np.nan),
            "target": target / 100,
            "attainment": net / target,
        }
    )
    result = result.rename_axis("employee_id").reset_index()
    result = result.sort_values(["net_sales", "employee_id"], ascending=[False, True], ignore_index=True)
    left = people["left_on"].reindex(result["employee_id"]).reset_index(drop=True)
    eligible = (
        (100 * result["attainment"] >= attainment)
        & (100 * result["collection_rate"] >= collection)
        & (left.isna() | (left >= conditions.end))
    )
    return result.assign(
        rank=result["net_sales"].rank(method="min", ascending=False),
        awarded=eligible & (eligible.cumsum() <= winners),
    )


def _credited(company: Company, conditions: Conditions, credited: str) -> pd.DataFrame:
    """Net sales, margin and receipts in cents, deals won and lost, by the employee in column ``credited``."""
    lines = (
        conditions.keep(sales(company, conditions, "cost_cents", credited), "booked_at")
        .group_by(credited)
        .agg(nw.col("net_cents").sum(), nw.col("cost_cents").sum())
    )
    # Receipts count for whoever keyed the order in, whoever keyed in the receipt.
    paid = (
        records.receipts(company, conditions).drop("recorder_id").rename({"order_recorder_id": "recorder_id"})
    )
    received = (
        conditions.keep(paid, "received_on")
        .group_by(credited)
        .agg(received_cents=nw.col("amount_cents").sum())
    )
    closed = (
        conditions.keep(records.opportunities(company), "closed_on")
        .with_columns(
            won=(nw.col("outcome") == "won").cast(nw.Int64), lost=(nw.col("outcome") == "lost").cast(nw.Int64)
        )
        .group_by(credited)
        .agg(nw.col("won").sum(), nw.col("lost").sum())
    )
    parts = [collected(part).set_index(credited) for part in (lines, received, closed)]
    found = pd.concat(parts, axis=1).sort_index().fillna(0).astype("int64")
    return found.assign(margin_cents=found["net_cents"] - found["cost_cents"])


def _targets(company: Company, conditions: Conditions, people: pd.DataFrame) -> pd.Series:
    """Each salesperson's target for the period, in cents: of a part of a year, in proportion to the days."""
    targets = collected(company.frame("targets").select("employee_id", "year", "amount_cents"))
    years = targets["year"].astype(str)
    hired = people["hired_on"].reindex(targets["employee_id"]).reset_index(drop=True)
    left = people["left_on"].reindex(targets["employee_id"]).reset_index(drop=True)
    first = pd.to_datetime(years + "-01-01").where(lambda day: ~(hired > day), hired)
    last = pd.to_datetime(years + "-12-31").where(lambda day: ~(left < day), left)
    days = (last - first).dt.days + 1
    asked_first = first.where(first >= conditions.start, conditions.start)
    asked_last = last.where(last <= conditions.end, conditions.end)
    asked = (asked_last - asked_first).dt.days + 1
    due = targets["amount_cents"] * asked.clip(lower=0) / days
    return due[asked > 0].groupby(targets["employee_id"]).sum()


# Step 14


def _time_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    hours = result["hours"].sum()
    if hours == 0:
        return Text("No hours of work are on record for this period.", "该期间没有登记工时。").to(language)
    sentence = Text(
        "Selling takes {share} of the working time: {selling} of {hours} hours.",
        "销售活动占工作时间的{share}：{hours}小时中的{selling}小时。",
    )
    if result["unended"].any():
        sentence = Text(
            "Selling takes {share} of the working time: {selling} of {hours} hours, "
            "without the work whose end nobody noted.",
            "销售活动占工作时间的{share}：{hours}小时中的{selling}小时（未登记结束时间的活动不计）。",
        )
    selling = result["selling_hours"].sum()
    return sentence.to(language).format(
        share=numbers.share(selling / hours, language),
        selling=numbers.count(selling),
        hours=numbers.count(hours),
    )


def _time_picture(result: pd.DataFrame, company: Company) -> Stacked:
    """Selling and other work for each row; by employee and kind, a bar for each employee."""
    language = company.language
    by_kind = result["employee_id"].isna().all()
    key = "kind" if by_kind else "employee_id"
    kinds = [kind.to(language) for kind in (*OTHER_KINDS, REST, NOT_SELLING)]
    work = pd.Series((NOT_SELLING if by_kind else REST).to(language), result.index)
    if not by_kind:
        work = result["kind"].where(result["kind"].isin(kinds) | result["kind"].isna(), work)
        work = work.fillna(NOT_SELLING.to(language))
    other = (result["hours"] - result["selling_hours"]).groupby([result[key], work], sort=False).sum()
    hours = other.unstack(fill_value=0)
    hours = hours[[kind for kind in kinds if kind in hours]]
    hours.insert(0, SELLING.to(language), result.groupby(key)["selling_hours"].sum())
    total = hours.sum(axis=1).sort_values(ascending=False, kind="stable")
    hours = hours.loc[total.index]
    labels = total.index if by_kind else records.staff(company)["name"].reindex(total.index)
    return Stacked(
        Text("Hours of work", "工作小时数").to(language),
        labels.tolist(),
        [
            Part(str(name), part.tolist(), [numbers.count(value) for value in part])
            for name, part in hours.items()
        ],
        [numbers.count(value) for value in total],
    )


SELLING = Text("Selling", "销售活动")
NOT_SELLING = Text("Other work", "其他工作")
REST = Text("Mail, internal meetings, training", "邮件、内部会议、培训")
#: The kinds with a colour of their own in the chart, beside selling.
OTHER_KINDS = (records.ADMINISTRATION, records.TRAVEL)

SPLIT = {
    "equal": Text("equally among those who took part", "由参加者均分"),
    "each": Text("in full for everyone who took part", "每位参加者各计全部"),
    "recorder": Text("to the recorder alone", "只计入记录操作者"),
}
BY = {
    "both": Text("employee and kind", "员工和活动类型"),
    "employee": Text("employee", "员工"),
    "kind": Text("kind of activity", "活动类型"),
}


@analysis(
    step=14,
    group=TEAM,
    name=Text("Working time", "工作时间花费分析"),
    about=Text(
        "Hours of the activities that were done, by employee and kind; joint ones split by a stated rule, "
        "those with no end counted apart.",
        "按员工和活动类型统计已完成活动的工时；共同活动按既定规则分摊，未登记结束时间的另行计数。",
    ),
    honours=records.CUSTOMER_FILTERS,
    own=(
        Choice("by", Text("By", "统计方式"), "both", BY),
        Choice("split", Text("Joint activities", "共同活动工时"), "equal", SPLIT),
    ),
    columns={
        "employee_id": Heading(EMPLOYEE_ID, "id", nullable=True),
        "employee": Heading(EMPLOYEE, "text"),
        "kind": Heading(Text("Kind of activity", "活动类型"), "text"),
        "activities": Heading(ACTIVITIES, "count"),
        "unended": Heading(UNENDED, "count"),
        "hours": Heading(HOURS, "hours", additive=True),
        "share": Heading(SHARE, "share"),
        "selling_hours": Heading(Text("Selling hours", "销售工时"), "hours", additive=True),
    },
    needs=("employees", "customers", "activities", "activity_participants"),
    finding=_time_finding,
    picture=_time_picture,
)
def working_time(
    company: Company, conditions: Conditions, by: str = "both", split: str = "equal"
) -> pd.DataFrame:
    """Add up the hours of work by employee and kind of activity.

    Only what was done counts, with all its time in the period in which it began. An activity whose end
    nobody noted has no hours: it is counted in ``unended``, and its length is not guessed.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Period, recorder, owner and the fields of the customer are honoured, and may be given as keywords.
        ``recorder`` selects the activities that they keyed in, whoever took part. With a field of the
        customer, work without a customer is left out.
    by : {"both", "employee", "kind"}
        What has a row.
    split : {"equal", "each", "recorder"}
        To whom the time of a joint activity goes: to those who took part in equal parts, so that hours
        add up to those of the activities; to each of them in full; or to the one who keyed it in. An
        activity of one person is the recorder's.

    Returns
    -------
    pandas.DataFrame
        ``employee_id``, ``employee`` (missing by kind), ``kind`` (missing by employee), ``activities``
        (those that one took part in), ``unended`` among them, ``hours``, ``share`` of all hours and
        ``selling_hours``: of visits, calls, demonstrations and meetings with a customer. Rows for every
        kind and every salesperson who worked here in the period (of a filter on recorders, for those),
        also without hours, and for everybody else with an activity. By employee and by kind the most
        hours come first, ties in the order of the CRM; by both, employees by number.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = working_time(open_company(language="en"), by="kind", start="2025-01-01", end="2025-12-31")
    >>> len(result), result["kind"].iloc[0]
    (8, 'Administration')
    """
    people = records.staff(company)
    kinds = [word.to(company.language) for word in company.choices("activities", "kind")]
    keys = {"both": ["employee_id", "kind"], "employee": ["employee_id"], "kind": ["kind"]}[by]
    found = _time_of(company, conditions, keys, split)
    zeros = people.index[records.employed(people, conditions) & people["sells"]]
    asked = conditions.chosen.get("recorder")
    ids = sorted({*found.get("employee_id", ()), *(zeros if asked is None else asked)})
    levels = {"employee_id": ids, "kind": kinds}
    index = pd.MultiIndex.from_product([levels[key] for key in keys], names=keys)
    summed = found.groupby(keys)[["activities", "unended", "hours", "selling_hours"]].sum()
    summed.index = summed.index if by == "both" else pd.MultiIndex.from_arrays([summed.index], names=keys)
    result = summed.reindex(index, fill_value=0).reset_index()
    if by != "both":
        result = result.sort_values("hours", ascending=False, kind="stable", ignore_index=True)
    numbered = result.get("employee_id", pd.Series(pd.NA, result.index, dtype="Int64"))
    return result.assign(
        employee_id=numbered,
        employee=numbered.map(people["name"]),
        kind=result.get("kind", pd.Series(np.nan, result.index, dtype=object)),
        share=result["hours"] / (result["hours"].sum() or np.nan),
    )


def _time_of(company: Company, conditions: Conditions, keys: list[str], split: str) -> pd.DataFrame:
    """Activities and hours by ``keys``, in a fixed order, so that they add up alike on every engine."""
    shares = records.shares(company, conditions)
    if split == "recorder":
        shares = records.activities(company, conditions).with_columns(
            employee_id=nw.col("recorder_id"), sharers=nw.lit(1)
        )
    selling = records.is_one_of("kind", records.SELLING) & ~nw.col("customer_id").is_null()
    grouped = [*keys, "sharers", "unended"]
    # Nobody takes part in an activity twice, but several may take part in one.
    activities = nw.len() if "employee_id" in keys else nw.col("activity_id").n_unique()
    found = collected(
        conditions.keep(shares, "started_at")
        .with_columns(selling=nw.when(selling).then(nw.col("minutes")).otherwise(nw.lit(0)))
        .group_by(grouped)
        .agg(
            activities=activities,
            minutes=nw.col("minutes").sum(),
            selling=nw.col("selling").sum(),
        )
    ).sort_values(grouped)
    counts = found[["sharers", "unended", "activities", "minutes", "selling"]].astype("int64")
    parts = 60 * (counts["sharers"] if split == "equal" else 1)
    return found.assign(
        activities=counts["activities"],
        unended=counts["activities"] * counts["unended"],
        hours=counts["minutes"] / parts,
        selling_hours=counts["selling"] / parts,
    )
