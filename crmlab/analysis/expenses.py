"""What is spent, on whom and on what, and when: steps 16 and 17."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers, records
from crmlab.analysis.charts import Bars, Columns, Pie
from crmlab.analysis.filters import Conditions, scope_of
from crmlab.analysis.frames import collected
from crmlab.analysis.groups import EXPENSES
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.terms import SHARE
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

UNASSIGNED = Text("unassigned", "未分配")
AMOUNT = Text("Amount", "金额")
CLAIMS = Text("Claims", "报销笔数")
OTHERS = Text("others ({count})", "其他（{count}项）")
#: So many bars find room in the chart; of more, so many are shown, and the others as one.
MOST, BARS = 15, 10


# Step 16


def _composition_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    total = result["amount"].sum()
    unassigned = result["group"] == UNASSIGNED.to(language)
    named = result[~unassigned & (result["amount"] > 0)]
    if total == 0:
        return Text("No expenses meet the conditions in this period.", "该期间没有符合条件的费用。").to(
            language
        )
    if named.empty:
        sentence = Text(
            "All expenses ({total}) are assigned to no customer.", "全部费用（{total}）均未分配到客户。"
        )
        return sentence.to(language).format(total=numbers.yuan(total, language))
    largest = named.iloc[0]
    sentence = Text(
        "Expenses come to {total}; {group} accounts for the most: {amount} ({share}).",
        "费用合计{total}，其中{group}最多：{amount}（占{share}）。",
    )
    if unassigned.any():
        sentence = Text(
            "{apart} of {total} is assigned to no customer; {group} costs the most: {amount} ({share}).",
            "费用合计{total}，其中{apart}未分配到客户；费用最多的客户是{group}：{amount}（占{share}）。",
        )
    return sentence.to(language).format(
        total=numbers.yuan(total, language),
        group=largest["group"],
        amount=numbers.yuan(largest["amount"], language),
        share=numbers.share(largest["share"], language),
        apart=numbers.share(result.loc[unassigned, "share"].sum(), language),
    )


def _composition_picture(result: pd.DataFrame, company: Company) -> Bars | Pie:
    """Employees and customers have numbers and get bars; the few kinds are the slices of a pie."""
    language = company.language
    unassigned = UNASSIGNED.to(language)
    spent = result[result["amount"] > 0] if result["amount"].any() else result
    notes = [
        numbers.beside(numbers.short(amount, language), numbers.share(share, language), language)
        for amount, share in zip(spent["amount"], spent["share"], strict=True)
    ]
    caption = Text("Expenses, yuan", "费用（元）").to(language)
    labels, amounts = spent["group"].tolist(), spent["amount"].tolist()
    if any(amounts) and result["group_id"].isna().all() and unassigned not in labels:
        return Pie(caption, labels, amounts, notes)
    if len(labels) > MOST:
        last = max(BARS, labels.index(unassigned) + 1 if unassigned in labels else 0)
        rest = sum(amounts[last:])
        share = numbers.share(rest / (sum(amounts) or np.nan), language)
        labels = [*labels[:last], OTHERS.to(language).format(count=numbers.count(len(labels) - last))]
        notes = [*notes[:last], f"{numbers.short(rest, language)} ({share})"]
        amounts = [*amounts[:last], rest]
    return Bars(caption, labels, amounts, notes, stressed=unassigned)


BY = {
    "employee": Text("employee", "员工"),
    "customer": Text("customer", "客户"),
    "kind": Text("kind of expense", "费用类型"),
}


@analysis(
    step=16,
    group=EXPENSES,
    name=Text("Expense composition", "费用构成分析"),
    about=Text(
        "Expenses incurred in the period, by employee, customer or kind; what belongs to no customer is "
        "a row of its own, rejected claims do not count.",
        "期间内发生的费用，按员工、客户或费用类型统计；不属于任何客户的单列一行，被驳回的报销不计。",
    ),
    honours=records.CUSTOMER_FILTERS,
    own=(Choice("by", Text("By", "统计方式"), "employee", BY),),
    columns={
        "group_id": Heading(Text("No.", "编号"), "id", nullable=True),
        "group": Heading(Text("Expenses of", "费用归属"), "text"),
        "claims": Heading(CLAIMS, "count", additive=True),
        "amount": Heading(AMOUNT, "yuan", additive=True),
        "share": Heading(SHARE, "share"),
    },
    needs=("employees", "customers", "expenses"),
    finding=_composition_finding,
    picture=_composition_picture,
)
def expense_composition(company: Company, conditions: Conditions, by: str = "employee") -> pd.DataFrame:
    """Show what the expenses consist of.

    An expense counts in full on the day on which it was incurred, whenever it was paid, unless the claim
    was rejected: what is only submitted was spent, too.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Period, recorder, owner and the fields of the customer are honoured, and may be given as keywords.
        ``recorder`` is the employee who spent the money and claimed it. With a field of the customer,
        what belongs to no customer is left out.
    by : {"employee", "customer", "kind"}
        What has a row.

    Returns
    -------
    pandas.DataFrame
        ``group_id`` (the number of the employee or customer), ``group``, ``claims``, ``amount`` in yuan,
        ``share``; the largest amount first, ties by number or in the order of the CRM's list. By
        employee, a row for everybody who worked here in the period (of a filter on recorders, for those);
        by kind, for every kind; by customer, for those with an expense, and always the row
        "unassigned" 未分配 for what belongs to no customer. Shares are missing when nothing was spent.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = expense_composition(open_company(language="en"), by="customer")
    >>> result["group"].iloc[0], f"{result['share'].sum():.6f}"
    ('unassigned', '1.000000')
    """
    key = {"employee": "recorder_id", "customer": "customer_id", "kind": "kind"}[by]
    kept = conditions.keep(records.expenses(company), "incurred_on")
    if by == "customer":
        kept = kept.with_columns(nw.col("customer_id").fill_null(NO_CUSTOMER).cast(nw.Int64))
    found = collected(kept.group_by(key).agg(claims=nw.len(), cents=nw.col("amount_cents").sum()))
    found = found.set_index(key).astype("int64")
    names = _names(company, conditions, by, found.index)
    result = found.reindex(names.index, fill_value=0).assign(group=names)
    result = result.sort_values("cents", ascending=False, kind="stable").rename_axis("group_id").reset_index()
    numbered = pd.to_numeric(result["group_id"], errors="coerce").astype("Int64")
    return result.assign(
        group_id=numbered.mask(numbered == NO_CUSTOMER),
        amount=result["cents"] / 100,
        share=result["cents"] / (result["cents"].sum() or np.nan),
    )


#: Stands for no customer while the groups are made.
NO_CUSTOMER = -1


def _names(company: Company, conditions: Conditions, by: str, found: pd.Index) -> pd.Series:
    """What each group is called, in the order that breaks ties: those found, and those that stay at 0."""
    if by == "kind":
        words = [word.to(company.language) for word in company.choices("expenses", "kind")]
        return pd.Series(words, index=words)
    if by == "employee":
        people = records.staff(company)
        asked = conditions.chosen.get("recorder")
        rows = records.employed(people, conditions) if asked is None else people.index.isin(asked)
        return people.loc[rows | people.index.isin(found), "name"]
    named = nw.col("customer_id").is_in(found.tolist())
    cards = collected(company.frame("customers").filter(named).select("customer_id", "name"))
    customers = cards.set_index("customer_id")["name"].sort_index()
    nobody = pd.Series([UNASSIGNED.to(company.language)], index=[NO_CUSTOMER])
    return pd.concat([customers, nobody])


# Step 17


def _trend_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    year = result["month_start"].iloc[0].year
    total = result["amount"].sum()
    if not _reached(result, company).any():
        return Text("There are no records of {year}.", "没有{year}年的记录。").to(language).format(year=year)
    if total == 0:
        return (
            Text("No expenses of {year} meet the conditions.", "{year}年没有符合条件的费用。")
            .to(language)
            .format(year=year)
        )
    sentence = Text(
        "Expenses of {year}: {total}, most in {month} with {amount} ({share}).",
        "{year}年费用合计{total}，{month}最多：{amount}（占{share}）。",
    )
    if _reached(result, company).sum() == 1:
        sentence = Text("Expenses of {year} so far: {total}.", "{year}年迄今费用合计{total}。")
    elif not result["complete"].all():
        sentence = Text(
            "Expenses of {year} so far: {total}, most in {month} with {amount} ({share}).",
            "{year}年迄今费用合计{total}，{month}最多：{amount}（占{share}）。",
        )
    most = result.iloc[int(result["amount"].argmax())]
    return sentence.to(language).format(
        year=year,
        total=numbers.yuan(total, language),
        month=_month(most["month_start"], language),
        amount=numbers.yuan(most["amount"], language),
        share=numbers.share(most["amount"] / total, language),
    )


def _reached(result: pd.DataFrame, company: Company) -> pd.Series:
    """Of which months there are records, if only of some days."""
    last_day = result["month_start"] + pd.offsets.MonthEnd()
    return (result["month_start"] <= company.today) & (last_day >= company.start)


def _month(day: pd.Timestamp, language: str) -> str:
    return Text(MONTHS[day.month - 1], f"{day.month}月").to(language)


MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _trend_picture(result: pd.DataFrame, company: Company) -> Columns:
    language = company.language
    return Columns(
        Text("Expenses by month of {year}, yuan", "{year}年每月费用（元）")
        .to(language)
        .format(year=result["month_start"].iloc[0].year),
        "",
        [_month(day, language)[:3] for day in result["month_start"]],
        result["amount"].tolist(),
        [
            numbers.short(amount, language) if reached else ""
            for amount, reached in zip(result["amount"], _reached(result, company), strict=True)
        ],
        (),
        result["complete"].tolist(),
    )


@analysis(
    step=17,
    group=EXPENSES,
    name=Text("Expense trend", "费用趋势分析"),
    about=Text(
        "Expenses in the twelve months of one year, by the day on which they were incurred.",
        "某一年十二个月的费用，按费用发生日期统计。",
    ),
    honours=records.CUSTOMER_FILTERS[1:],
    own=(Own("year", Text("Year", "年份"), None, 2000, 2100, 1, Text("year", "年")),),
    columns={
        "month": Heading(Text("Month", "月份"), "text"),
        "month_start": Heading(Text("First day", "起始日"), "date"),
        "claims": Heading(CLAIMS, "count", additive=True),
        "amount": Heading(AMOUNT, "yuan", additive=True),
        "complete": Heading(Text("Whole month", "是否整月"), "flag"),
    },
    needs=("employees", "customers", "expenses"),
    finding=_trend_finding,
    picture=_trend_picture,
)
def expense_trend(company: Company, conditions: Conditions, year: int | None = None) -> pd.DataFrame:
    """Show the expenses of the twelve months of one year.

    An expense counts on the day on which it was incurred, whenever it was paid, unless the claim was
    rejected.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Recorder, owner and the fields of the customer are honoured, and may be given as keywords.
        ``recorder`` is the employee who spent the money and claimed it. With a field of the customer,
        what belongs to no customer is left out.
    year : int, optional
        The last year of which the records are complete, unless given.

    Returns
    -------
    pandas.DataFrame
        ``month`` ("2025-01"), ``month_start``, ``claims``, ``amount`` in yuan, ``complete`` (whether the
        records cover the whole month): always twelve rows, January first, also without expenses.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = expense_trend(open_company(language="en"), year=2025)
    >>> len(result), result["month"].iloc[0], bool(result["complete"].all())
    (12, '2025-01', True)
    """
    year = _last_complete(company) if year is None else year
    months = pd.date_range(f"{year}-01-01", periods=12, freq="MS")
    time = nw.col("incurred_on")
    first, after = months[0].to_pydatetime(), (months[0] + pd.DateOffset(years=1)).to_pydatetime()
    found = collected(
        conditions.match(records.expenses(company))
        .filter((time >= first) & (time < after))
        .with_columns(month=time.dt.month().cast(nw.Int64))
        .group_by("month")
        .agg(claims=nw.len(), cents=nw.col("amount_cents").sum())
    )
    found = found.set_index("month").reindex(range(1, 13), fill_value=0).reset_index(drop=True)
    result = pd.DataFrame(
        {
            "month": months.strftime("%Y-%m"),
            "month_start": months,
            "claims": found["claims"],
            "amount": found["cents"] / 100,
            "complete": (months >= company.start) & (months + pd.offsets.MonthEnd() <= company.today),
        }
    )
    result.attrs["scope"] = scope_of(
        company, conditions.chosen, months[0], months[-1] + pd.offsets.MonthEnd()
    )
    return result


def _last_complete(company: Company) -> int:
    """The last year of which the records are complete, or else the last one."""
    year = (company.today + pd.Timedelta(days=1)).year - 1
    return year if company.start <= pd.Timestamp(year, 1, 1) else company.today.year
