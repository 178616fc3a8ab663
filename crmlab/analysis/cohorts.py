"""Who stays: customers followed from the period of their first purchase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Heatmap
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, first_orders, prepared, valid_orders
from crmlab.analysis.groups import LOYALTY
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Choice
from crmlab.analysis.periods import EVERY, MONTHS, periods, slot_of
from crmlab.analysis.stages import CUSTOMER_FILTERS
from crmlab.analysis.terms import BUYERS, PERIOD_START
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: So many cohorts, and periods after the first, have room in the chart.
_SHOWN = 12


def _retention_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    later = result[(result["k"] > 0) & result["active"].notna()]
    if later["customers"].sum() == 0:
        return Text(
            "There is no cohort yet whose next period is complete.", "尚无下一期已完整的客户群组。"
        ).to(language)
    by_k = later.groupby("k")[["customers", "active"]].sum()
    rate = by_k["active"].astype(float) / by_k["customers"].replace(0, np.nan)
    first, last = rate.index[0], rate[rate.notna()].index[-1]
    fourth = min(4, last)
    sentence = Text(
        "Of new customers, {first} buy again in the next period, {fourth} in the {place}th after the first.",
        "新客户中，{first}在下一期再次购买，第{place}期仍购买的有{fourth}。",
    )
    if fourth < 4:
        sentence = Text(
            "Of new customers, {first} buy again in the next period.", "新客户中，{first}在下一期再次购买。"
        )
    return sentence.to(language).format(
        first=numbers.share(rate[first], language),
        fourth=numbers.share(rate[fourth], language),
        place=fourth,
    )


def _retention_picture(result: pd.DataFrame, company: Company) -> Heatmap:
    language = company.language
    known = result[result["retention"].notna()]
    cohorts = sorted(known["cohort_start"].unique())
    starts = cohorts[-_SHOWN:]
    shown = known[known["cohort_start"].isin(starts) & (known["k"] < _SHOWN)]
    table = shown.pivot(index="cohort_start", columns="k", values="retention")
    sizes = shown.drop_duplicates("cohort_start").set_index("cohort_start")
    row = Text("{cohort} ({count})", "{cohort}（{count}）").to(language)
    return Heatmap(
        Text(
            "Share still buying after so many periods: the latest {shown} of {all} cohorts (their customers)",
            "其后各期仍购买的比例：全部{all}个群组中最近的{shown}个（括号内为客户数）",
        )
        .to(language)
        .format(shown=len(starts), all=len(cohorts)),
        [
            row.format(cohort=sizes.loc[start, "cohort"], count=numbers.count(sizes.loc[start, "customers"]))
            for start in table.index
        ],
        [str(k) for k in table.columns],
        table.to_numpy().tolist(),
        [
            ["" if np.isnan(value) else numbers.share(value, language) for value in values]
            for values in table.to_numpy()
        ],
    )


def _active(company: Company, conditions: Conditions, every: str) -> nw.LazyFrame:
    """Who ordered in which period (``slot``), ever, with that of the first order (``cohort``)."""

    def build() -> nw.LazyFrame:
        first = first_orders(company).with_columns(cohort=slot_of("ordered_at", every))
        orders = valid_orders(company, conditions.everybody)
        slots = orders.select("customer_id", slot=slot_of("ordered_at", every)).unique()
        return slots.join(first, on="customer_id", how="inner")

    return conditions.keep(prepared(company, ("cohorts.active", every), build), "ordered_at")


def _not_over(conditions: Conditions, every: str) -> int:
    """The first period that is not over; one whose beginning the filter cuts off may be."""
    return (conditions.after.year * 12 + conditions.after.month - 1) // MONTHS[every]


def _retained(company: Company, conditions: Conditions, every: str) -> pd.DataFrame:
    """The customers of each cohort who ordered ``k`` periods later."""
    active = _active(company, conditions, every).select("customer_id", "cohort", "slot")
    found = collected(active.sort("cohort", "slot", "customer_id"))
    found = found[found["slot"] < _not_over(conditions, every)]
    cohort = found["cohort"].map(periods(conditions, every).set_index("slot")["period"])
    return pd.DataFrame(
        {"customer_id": found["customer_id"], "cohort": cohort, "k": found["slot"] - found["cohort"]}
    )


@analysis(
    group=LOYALTY,
    name=Text("Cohort retention", "客户群组留存"),
    about=Text(
        "Of the customers who first bought in a month, quarter or year, the share who bought again k periods "
        "later.",
        "在同一月份、季度或年度首次购买的客户，在其后第k期仍购买的比例。",
    ),
    honours=("period", *CUSTOMER_FILTERS),
    own=(Choice("every", Text("Every", "周期"), "quarter", EVERY),),
    columns={
        "cohort": Heading(Text("First bought", "首购期"), "text"),
        "cohort_start": Heading(PERIOD_START, "date"),
        "k": Heading(Text("Periods later", "其后第几期"), "count"),
        "customers": Heading(BUYERS, "count"),
        "active": Heading(Text("Still buying", "仍购买的客户"), "count", nullable=True),
        "retention": Heading(Text("Retention", "留存率"), "share"),
    },
    finding=_retention_finding,
    picture=_retention_picture,
    members=_retained,
)
def cohort_retention(company: Company, conditions: Conditions, every: str = "quarter") -> pd.DataFrame:
    """Follow the customers who first bought in the same period.

    The first purchase is looked for in the whole history; the cohorts are those of the filter's period.
    Customers of before the records seem to have bought first soon after these begin.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Fields may be given as keywords. Customers can be chosen, products cannot.
    every : {"quarter", "month", "year"}
        How long a period is.

    Returns
    -------
    pandas.DataFrame
        ``cohort`` ("2025-Q1"), ``cohort_start``, ``k`` (periods since the first), ``customers`` of the
        cohort, ``active`` (those with a valid order in that period), ``retention`` (their share): a row
        for every cohort and period that the filter's period touches, also of cohorts without
        customers. A period that is not over is missing, not 0.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = cohort_retention(open_company(language="en"), every="year")
    >>> result.loc[result["cohort"] == "2025", ["k", "retention"]].values.tolist()
    [[0.0, 1.0], [1.0, nan]]
    """
    counted = collected(
        _active(company, conditions, every)
        .group_by("cohort", "slot")
        .agg(active=nw.len())
        .with_columns(nw.col("cohort", "slot", "active").cast(nw.Int64))
    )
    touched = periods(conditions, every)
    slots = touched["slot"].to_numpy()
    within = counted[counted["slot"] <= slots[-1]]
    matrix = np.zeros((len(slots), len(slots)), "int64")
    matrix[within["cohort"] - slots[0], within["slot"] - slots[0]] = within["active"]
    cohort, slot = np.triu_indices(len(slots))
    customers = matrix[cohort, cohort]
    active = np.where(slots[slot] < _not_over(conditions, every), matrix[cohort, slot], np.nan)
    return pd.DataFrame(
        {
            "cohort": touched["period"].to_numpy()[cohort],
            "cohort_start": touched["start"].to_numpy()[cohort],
            "k": slot - cohort,
            "customers": customers,
            "active": active,
            "retention": active / np.where(customers > 0, customers, np.nan),
        }
    )
