"""Whom we have been in touch with, and whom not: step 15."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd

from crmlab.analysis import numbers, records
from crmlab.analysis.charts import Bars
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected
from crmlab.analysis.groups import CUSTOMERS
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.terms import CUSTOMER, CUSTOMER_ID, RANK
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: A customer without a contact for longer is one that somebody should call.
SILENT = 180
NEVER = Text("never", "从未联系")
#: Days since the last contact: the longest, and what to call it.
SILENCE = (
    (30, Text("up to 30 days", "30天以内")),
    (90, Text("31-90 days", "31–90天")),
    (SILENT, Text("91-180 days", "91–180天")),
    (365, Text("181-365 days", "181–365天")),
    (float("inf"), Text("over 365 days", "365天以上")),
)
#: The column for each kind of contact.
COUNTED = {
    "visits": records.VISIT,
    "calls": records.CALL,
    "mails": records.MAIL,
    "demonstrations": records.DEMONSTRATION,
    "meetings": records.MEETING,
}


def _contacts_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return Text("No customer meets the conditions.", "没有符合条件的客户。").to(language)
    days = result["days_since_last"]
    never, silent = int(days.isna().sum()), int((days > SILENT).sum())
    sentence = Text(
        "{silent} of {total} customers have heard nothing from us for over {days} days, "
        "another {never} never.",
        "{total}个客户中，有{silent}个超过{days}天未联系，另有{never}个从未联系。",
    )
    if silent == never == 0:
        sentence = Text(
            "All customers ({total}) have been contacted within the last {days} days.",
            "全部{total}个客户在最近{days}天内都联系过。",
        )
    elif never == 0:
        sentence = Text(
            "{silent} of {total} customers have heard nothing from us for over {days} days.",
            "{total}个客户中，有{silent}个超过{days}天未联系。",
        )
    elif silent == 0:
        sentence = Text(
            "{never} of {total} customers have never heard from us.",
            "{total}个客户中，有{never}个从未联系过。",
        )
    return sentence.to(language).format(
        silent=numbers.count(silent),
        total=numbers.count(len(result)),
        days=SILENT,
        never=numbers.count(never),
    )


def _contacts_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    days = result["days_since_last"]
    counts, shortest = [], -1.0
    for longest, _ in SILENCE:
        counts.append(int(((days > shortest) & (days <= longest)).sum()))
        shortest = longest
    counts.append(int(days.isna().sum()))
    total = len(result) or float("nan")
    return Bars(
        Text("Customers by days since the last contact", "按距上次联系天数统计的客户数").to(language),
        [*(name.to(language) for _, name in SILENCE), NEVER.to(language)],
        counts,
        [
            numbers.beside(numbers.count(count), numbers.share(count / total, language), language)
            for count in counts
        ],
        stressed=NEVER.to(language),
    )


@analysis(
    step=15,
    group=CUSTOMERS,
    name=Text("Customer contacts", "客户联系分析"),
    about=Text(
        "Completed contacts by customer in the period, also those with none, and the days since the last.",
        "期间内各客户已完成的联系次数（包括没有联系的客户）及距上次联系的天数。",
    ),
    honours=records.CUSTOMER_FILTERS,
    columns={
        "rank": Heading(RANK, "count"),
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "contacts": Heading(Text("Contacts", "联系次数"), "count", additive=True),
        **{
            name: Heading(Text(name.capitalize(), kind.zh), "count", additive=True)
            for name, kind in COUNTED.items()
        },
        "hours": Heading(Text("Hours", "小时数"), "hours", additive=True),
        "last_contact": Heading(Text("Last contact", "上次联系日期"), "date"),
        "days_since_last": Heading(Text("Days since", "距上次联系天数"), "count", nullable=True),
    },
    needs=("employees", "customers", "activities"),
    finding=_contacts_finding,
    picture=_contacts_picture,
)
def customer_contacts(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Count the contacts with each customer, and the days since the last.

    A contact is a visit, a call, a mail, a demonstration or a meeting with the customer that was done;
    what was only planned never counts. It belongs to the day on which it began.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Period, recorder, owner and the fields of the customer are honoured, and may be given as keywords.
        ``recorder`` restricts the contacts, not the customers: those whom that employee never
        contacted are rows with 0.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``customer_id``, ``customer``, ``contacts`` in the period and among them ``visits``,
        ``calls``, ``mails``, ``demonstrations`` and ``meetings``, their ``hours`` (of those whose end
        was noted), ``last_contact`` and ``days_since_last``: a row for every customer on file by the end
        of the period, most contacts first, ties by number. The last contact may lie before the
        period: it is the last one ever up to its end, from which the days are counted; missing if there
        was none.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = customer_contacts(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> bool((result["contacts"] == 0).any()), bool(result["customer_id"].is_unique)
    (True, True)
    """
    of_any_recorder = {name: values for name, values in conditions.chosen.items() if name != "recorder"}
    cards = company.frame("customers").filter(nw.col("created_on") < conditions.after)
    customers = collected(
        replace(conditions, chosen=of_any_recorder).match(cards).select("customer_id", customer="name")
    ).sort_values("customer_id", ignore_index=True)
    in_period = nw.col("started_at") >= conditions.first
    parts = {
        name: in_period & (nw.col("kind") == kind.to(company.language)) for name, kind in COUNTED.items()
    }
    parts["contacts"] = in_period
    sums = (*parts, "minutes")
    found = collected(
        conditions.match(records.contacts(company, conditions))
        .filter(nw.col("started_at") < conditions.after)
        .with_columns(**{name: nw.when(part).then(1).otherwise(0) for name, part in parts.items()})
        .with_columns(minutes=nw.when(in_period).then(nw.col("minutes")).otherwise(0))
        .group_by("customer_id")
        .agg(*(nw.col(name).sum() for name in sums), last=nw.col("started_at").max())
    )
    result = customers.merge(found, on="customer_id", how="left")
    counts = result[[*sums]].fillna(0).astype("int64")
    result = result.assign(
        **counts, hours=counts["minutes"] / 60, last_contact=pd.to_datetime(result["last"]).dt.normalize()
    )
    silence = (conditions.end - result["last_contact"]).dt.days
    result = result.assign(days_since_last=silence.astype("Int64"))
    result = result.sort_values(["contacts", "customer_id"], ascending=[False, True], ignore_index=True)
    return result.assign(rank=result["contacts"].rank(method="min", ascending=False))
