"""Where customers stand in their life with the company: the stages, and the moves between them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Heatmap
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, remembers, sales, valid_orders
from crmlab.analysis.groups import SEGMENTS
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Own
from crmlab.analysis.terms import BUYERS, SHARE
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: What of the filter bar chooses customers: a stage is one of a customer, whoever sold what.
CUSTOMER_FILTERS = ("owner", "customer", "source", "industry", "region")

STAGES = {
    "prospect": Text("Prospect", "潜在期"),
    "developing": Text("Developing", "开发期"),
    "growing": Text("Growing", "成长期"),
    "mature": Text("Mature", "成熟期"),
    "ended": Text("Ended", "终止期"),
}
#: A customer is developing for so many days, and until so many orders.
NEW_DAYS, NEW_ORDERS = 180, 3
#: After so many days of silence a customer may have ended; by more than so many percent growth is one.
SILENT, GROWTH = 365, 10
#: So many times its own usual interval a customer may be silent.
PATIENCE = 3

_MONEY = ("net_cents", "recent_cents", "earlier_cents")
_RULES = (
    Own("silent", Text("Ended when silent for", "沉默多久视为终止"), SILENT, 30, 1500, 5, Text("days", "天")),
    Own("growth", Text("Growing from", "成长期的增长下限"), GROWTH, 0, 500, 5, Text("%", "％")),
)
NOBODY = Text("There are no customers who meet the conditions.", "没有符合条件的客户。")


# The stages


def of_chosen(
    company: Company, conditions: Conditions, key: Hashable, build: Callable[[Conditions], pd.DataFrame]
) -> pd.DataFrame:
    """Return what ``build`` says of the customers that `CUSTOMER_FILTERS` chose, a row each.

    Where rows are remembered, what it says of all of them is so, too, under ``key``.
    """
    if not remembers(company):
        return build(conditions)
    everybody = company.cached(key, lambda: build(conditions.everybody))
    if not conditions.chosen:
        return everybody
    chosen = conditions.match(company.frame("customers")).select("customer_id")
    return everybody[everybody["customer_id"].isin(collected(chosen)["customer_id"])].reset_index(drop=True)


def histories(company: Company, conditions: Conditions, day: pd.Timestamp) -> pd.DataFrame:
    """Return what was known at the end of ``day`` of each customer who was there.

    ``first_day`` and ``last_day`` of its valid orders, ``orders``, and the net sales in cents, until that
    day (``net_cents``), of the last twelve months (``recent_cents``) and of the twelve before
    (``earlier_cents``).
    """
    return of_chosen(
        company,
        conditions,
        ("stages.histories", day),
        lambda conditions: _histories(company, conditions, day),
    )


def _histories(company: Company, conditions: Conditions, day: pd.Timestamp) -> pd.DataFrame:
    after = day + pd.DateOffset(days=1)
    a_year_ago, two_years_ago = ((after - pd.DateOffset(years=years)).to_pydatetime() for years in (1, 2))
    booked, net = nw.col("booked_at"), nw.col("net_cents")
    bought = ordering(company, conditions, day)
    brought = collected(
        conditions.match(sales(company, conditions))
        .filter(booked < after.to_pydatetime())
        .with_columns(
            recent_cents=nw.when(booked >= a_year_ago).then(net).otherwise(0),
            earlier_cents=nw.when((booked >= two_years_ago) & (booked < a_year_ago)).then(net).otherwise(0),
        )
        .group_by("customer_id")
        .agg(nw.col(*_MONEY).sum())
        .with_columns(nw.col(*_MONEY).cast(nw.Int64))
    )
    known = collected(
        conditions.match(company.frame("customers")).select("customer_id", "created_on", customer="name")
    )
    here = (known["created_on"] < after) | known["customer_id"].isin(bought["customer_id"])
    found = (
        known[here].merge(bought, on="customer_id", how="left").merge(brought, on="customer_id", how="left")
    )
    counts = ["orders", *_MONEY]
    whole = found[counts].fillna(0).astype("int64")
    return found.assign(**whole).sort_values("customer_id", ignore_index=True)


def ordering(company: Company, conditions: Conditions, day: pd.Timestamp) -> pd.DataFrame:
    """Return the customers who had ordered by the end of ``day``: first and last day, number of orders."""
    found = collected(
        conditions.match(valid_orders(company, conditions))
        .filter(nw.col("ordered_at") < (day + pd.DateOffset(days=1)).to_pydatetime())
        .group_by("customer_id")
        .agg(last_day=nw.col("ordered_at").max(), first_day=nw.col("ordered_at").min(), orders=nw.len())
        .with_columns(nw.col("orders").cast(nw.Int64))
    )
    return found.assign(**{name: found[name].dt.normalize() for name in ("first_day", "last_day")})


def have_ended(known: pd.DataFrame, day: pd.Timestamp, silent: int = SILENT) -> pd.Series:
    """Return which of `ordering` have ended: see `lifecycle`."""
    days_silent = (day - known["last_day"]).dt.days
    usual_days = (known["last_day"] - known["first_day"]).dt.days  # for all intervals together
    intervals = (known["orders"] - 1).clip(lower=1)
    return (days_silent > silent) & (days_silent * intervals > PATIENCE * usual_days)


def staged(
    company: Company, conditions: Conditions, day: pd.Timestamp, silent: int, growth: int
) -> pd.DataFrame:
    """Return `histories` with the ``stage`` of each customer at the end of ``day``."""
    known = histories(company, conditions, day)
    ended = have_ended(known, day, silent)
    developing = (known["orders"] < NEW_ORDERS) | ((day - known["first_day"]).dt.days < NEW_DAYS)
    growing = known["recent_cents"] * 100 > known["earlier_cents"] * (100 + growth)
    return known.assign(
        stage=np.select(
            [known["orders"] == 0, ended, developing, growing],
            ["prospect", "ended", "developing", "growing"],
            "mature",
        )
    )


def _lifecycle_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    total = result["customers"].sum()
    if total == 0:
        return NOBODY.to(language)
    customers = dict(zip(result["stage"], result["customers"], strict=True))
    brought = dict(zip(result["stage"], result["net_sales_12_months"], strict=True))
    best = max(STAGES, key=lambda stage: brought[stage])
    sentence = Text(
        "Of {total} customers, {ended} have ended; the {count} {best} ones bring the most: "
        "{net} in twelve months.",
        "{total}个客户中{ended}个已终止；{best}的{count}个客户贡献最大：近十二个月{net}。",
    )
    if brought[best] <= 0:
        sentence = Text(
            "Of {total} customers, {ended} have ended; nobody bought in the last twelve months.",
            "{total}个客户中{ended}个已终止；近十二个月没有销售。",
        )
    name = STAGES[best].to(language)
    return sentence.to(language).format(
        total=numbers.count(total),
        ended=numbers.count(customers["ended"]),
        best=name.lower(),
        count=numbers.count(customers[best]),
        net=numbers.yuan(brought[best], language),
    )


def _lifecycle_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    note = Text(
        "{count}  ({share}; {net} in 12 months)",
        "{count}（{share}；近12个月{net}）",
    ).to(language)
    return Bars(
        Text("Customers by stage, and their net sales", "各阶段的客户数及净销售额").to(language),
        [STAGES[stage].to(language) for stage in result["stage"]],
        result["customers"].tolist(),
        [
            note.format(
                count=numbers.count(row["customers"]),
                share=numbers.share(row["share"], language),
                net=numbers.yuan(row["net_sales_12_months"], language),
            )
            for _, row in result.iterrows()
        ],
        stressed=STAGES["ended"].to(language),
    )


@analysis(
    group=SEGMENTS,
    name=Text("Customer lifecycle", "客户生命周期"),
    about=Text(
        "Customers by stage as of a day, in the scheme of five stages: "
        "prospect, developing, growing, mature, ended.",
        "截至某日各生命周期阶段的客户数，采用五阶段划分：潜在期、开发期、成长期、成熟期、终止期。",
    ),
    honours=("end", *CUSTOMER_FILTERS),
    own=_RULES,
    columns={
        "stage": Heading(Text("Stage", "阶段"), "text", words=STAGES),
        "customers": Heading(BUYERS, "count", additive=True),
        "share": Heading(SHARE, "share"),
        "net_sales_12_months": Heading(
            Text("Net sales, 12 months", "近12个月净销售额"), "yuan", additive=True
        ),
    },
    finding=_lifecycle_finding,
    picture=_lifecycle_picture,
    members=lambda company, conditions, **rules: staged(company, conditions, conditions.end, **rules)[
        ["customer_id", "stage"]
    ],
)
def lifecycle(company: Company, conditions: Conditions, silent: int = 365, growth: int = 10) -> pd.DataFrame:
    """Count the customers in each of five stages.

    The stage of a customer at the end of a day is the first that fits:

    - prospect: no valid order until then;
    - ended: no valid order for more than ``silent`` days, and for more than three times its own usual
      interval (the mean time between its orders; of a single order there is none);
    - developing: fewer than 3 valid orders, or the first less than 180 days ago;
    - growing: net sales of the last twelve months more than ``growth`` percent over those of the twelve
      months before;
    - mature: the others.

    Other books have four stages (exploration, build-up, stable, decline): say which scheme you use.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the day as of which is asked. Customers can be chosen, products cannot.
    silent : int
        Days without an order after which a customer may have ended.
    growth : int
        Percent over which net sales must have risen for a customer to be growing.

    Returns
    -------
    pandas.DataFrame
        A row for each ``stage`` (a code), also without customers: ``customers``, ``share`` (missing
        without any customers) and their ``net_sales_12_months`` in yuan.

    Examples
    --------
    >>> from crmlab import open_company
    >>> company = open_company(language="en")
    >>> result = lifecycle(company)
    >>> result["stage"].tolist()
    ['prospect', 'developing', 'growing', 'mature', 'ended']
    >>> int(result["customers"].sum()) == len(company.customers)
    True
    """
    known = staged(company, conditions, conditions.end, silent, growth)
    by_stage = known.groupby("stage")["recent_cents"].agg(["size", "sum"]).reindex(list(STAGES), fill_value=0)
    return pd.DataFrame(
        {
            "stage": list(STAGES),
            "customers": by_stage["size"].to_numpy(),
            "share": by_stage["size"].to_numpy() / (len(known) or np.nan),
            "net_sales_12_months": by_stage["sum"].to_numpy() / 100,
        }
    )


# The moves between them

#: At the earlier of two days a customer may not have been there.
EARLIER_STAGES = STAGES | {"new": Text("Not yet a customer", "尚未建档")}


def _transitions_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    moves = result.set_index(["from_stage", "to_stage"])["customers"]
    if moves.sum() == 0:
        return NOBODY.to(language)
    active = moves.loc[["developing", "growing", "mature"]]
    lost = active.xs("ended", level="to_stage").sum()
    back = moves.loc["ended"].sum() - moves.loc["ended", "ended"]
    sentence = Text(
        "Of the {active} customers who were active on {day}, {lost} have ended ({share}); "
        "{back} of {gone} ended ones came back.",
        "{day}的{active}个活跃客户中，{lost}个已终止（{share}）；{gone}个已终止客户中有{back}个回来。",
    )
    if active.sum() == 0:
        sentence = Text(
            "Nobody was an active customer on {day}; {total} customers are known since.",
            "{day}没有活跃客户；此后共有{total}个客户。",
        )
    return sentence.to(language).format(
        active=numbers.count(active.sum()),
        day=f"{result['from_day'].iloc[0]:%Y-%m-%d}",
        lost=numbers.count(lost),
        share=numbers.share(lost / (active.sum() or np.nan), language),
        back=numbers.count(back),
        gone=numbers.count(moves.loc["ended"].sum()),
        total=numbers.count(moves.sum()),
    )


def _transitions_picture(result: pd.DataFrame, company: Company) -> Heatmap:
    language = company.language
    counts = result.pivot(index="from_stage", columns="to_stage", values="customers")
    counts = counts.loc[list(EARLIER_STAGES), list(STAGES)]
    sums = counts.sum(axis="columns")
    shares = counts.div(sums.replace(0, 1), axis="index")
    row = Text("{stage} ({count})", "{stage}（{count}）").to(language)
    return Heatmap(
        Text(
            "From the stage then (rows) to the stage now (columns): customers, colour by share of the row",
            "由当时阶段（行）转入现在阶段（列）的客户数，颜色为占该行的比例",
        ).to(language),
        [
            row.format(stage=word.to(language), count=numbers.count(sums[stage]))
            for stage, word in EARLIER_STAGES.items()
        ],
        [word.to(language) for word in STAGES.values()],
        shares.to_numpy().tolist(),
        [[numbers.count(count) for count in counts_of] for counts_of in counts.to_numpy()],
    )


@analysis(
    group=SEGMENTS,
    name=Text("Lifecycle transitions", "生命周期转移矩阵"),
    about=Text(
        "How many customers moved from which of the five lifecycle stages to which between two days.",
        "两个日期之间，客户在五个生命周期阶段之间转移的数量与比例。",
    ),
    honours=("end", *CUSTOMER_FILTERS),
    own=(
        Own("months", Text("Compared with", "比较"), 12, 1, 60, 1, Text("months earlier", "个月前")),
        *_RULES,
    ),
    columns={
        "from_day": Heading(Text("From", "起始日"), "date"),
        "to_day": Heading(Text("To", "截止日"), "date"),
        "from_stage": Heading(Text("Stage then", "当时阶段"), "text", words=EARLIER_STAGES),
        "to_stage": Heading(Text("Stage now", "现在阶段"), "text", words=STAGES),
        "customers": Heading(BUYERS, "count", additive=True),
        "share": Heading(Text("Share of those then", "占当时阶段的比例"), "share"),
    },
    finding=_transitions_finding,
    picture=_transitions_picture,
    members=lambda *asked, **own: _moves(*asked, **own).reset_index(),
)
def lifecycle_transitions(
    company: Company, conditions: Conditions, months: int = 12, silent: int = 365, growth: int = 10
) -> pd.DataFrame:
    """Compare the stage of each customer with that of some months earlier.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the later day. Customers can be chosen, products cannot.
    months : int
        How many months before it the earlier day is.
    silent, growth : int
        As for `lifecycle`, whose stages these are.

    Returns
    -------
    pandas.DataFrame
        ``from_day``, ``to_day``, ``from_stage``, ``to_stage`` (codes), ``customers``, ``share`` of those
        who were in ``from_stage`` then (missing when nobody was): a row for each pair of stages, also
        without customers. Who was not there at the earlier day comes from the stage "new", the last.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = lifecycle_transitions(open_company(language="en"), end="2025-12-31")
    >>> len(result), result["from_day"].iloc[0]
    (30, Timestamp('2024-12-31 00:00:00'))
    """
    moves = _moves(company, conditions, months, silent, growth)
    pairs = pd.MultiIndex.from_product([EARLIER_STAGES, STAGES], names=["from_stage", "to_stage"])
    counted = moves.value_counts().reindex(pairs, fill_value=0)
    result = counted.rename("customers").reset_index()
    of_stage = result.groupby("from_stage")["customers"].transform("sum")
    return result.assign(
        from_day=conditions.end - pd.DateOffset(months=months),
        to_day=conditions.end,
        share=result["customers"] / of_stage.replace(0, np.nan),
    )


def _moves(company: Company, conditions: Conditions, months: int, silent: int, growth: int) -> pd.DataFrame:
    """The stage of each customer, by number, on both days."""
    days = conditions.end - pd.DateOffset(months=months), conditions.end
    then, now = (
        staged(company, conditions, day, silent, growth).set_index("customer_id")["stage"] for day in days
    )
    return pd.DataFrame({"from_stage": then.reindex(now.index).fillna("new"), "to_stage": now})
