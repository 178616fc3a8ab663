"""One customer whole: the card with all that is known, a row for each fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers, records
from crmlab.analysis.charts import Card, Cards
from crmlab.analysis.contacts import COUNTED
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected
from crmlab.analysis.groups import CUSTOMERS
from crmlab.analysis.heading import Heading
from crmlab.analysis.ledger import LEDGER_TABLES, OVERDUE, open_items
from crmlab.analysis.menu import analysis
from crmlab.analysis.stages import CUSTOMER_FILTERS, GROWTH, NOBODY, SILENT, STAGES, staged
from crmlab.analysis.terms import CUSTOMER, CUSTOMER_ID, INDUSTRY, NET_SALES, ORDERS, REGION, SOURCE
from crmlab.company.schema import UNKNOWN
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

SECTIONS = {
    "value": Text("Stage and value", "阶段与价值"),
    "card": Text("Card", "基本资料"),
    "contacts": Text("Contacts", "联系人"),
    "receivables": Text("Receivables", "应收帐款"),
    "opportunities": Text("Opportunities", "销售机会"),
    "activities": Text("Contacts made", "联系记录"),
    "service": Text("Service", "服务"),
}
FACTS = {
    "stage": Text("Stage", "所处阶段"),
    "rank": Text("Rank by these net sales", "按近12个月净销售额的排名"),
    "net_sales_12_months": Text("Net sales, 12 months", "近12个月净销售额"),
    "net_sales": NET_SALES,
    "first_order": Text("First order", "首次下单"),
    "orders": ORDERS,
    "created": Text("Created", "建档"),
    "source": SOURCE,
    "industry": INDUSTRY,
    "region": REGION,
    "city": Text("City", "城市"),
    "owner": Text("Owner", "负责人"),
    "hobby": Text("Hobby", "爱好"),
    "credit_days": Text("Credit, days", "信用期（天）"),
    "key_contact": Text("Key contact", "主要联系人"),
    "contact": Text("Contact", "联系人"),
    "balance": Text("Balance", "应收余额"),
    "overdue": Text("Overdue", "逾期金额"),
    "open": Text("Open", "进行中"),
    "won": Text("Won", "赢单"),
    "lost": Text("Lost", "丢单"),
    "visits": records.VISIT,
    "calls": records.CALL,
    "mails": records.MAIL,
    "demonstrations": records.DEMONSTRATION,
    "meetings": records.MEETING,
    "tickets": Text("Tickets", "工单数"),
    "not_closed": Text("Not closed", "未关闭"),
    "satisfied": Text("Answered 4 or 5", "评价为4–5分"),
    "dissatisfied": Text("Answered 1 or 2", "评价为1–2分"),
}
#: What has a big number in the chart.
SHOWN = (
    *("stage", "net_sales_12_months", "net_sales", "orders", "balance", "overdue"),
    *("open", "won", "visits", "calls", "tickets", "not_closed"),
)
LABELS = ("source", "industry", "region", "city", "hobby")
#: A row of the result.
Fact = dict[Any, Any]


def _finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return NOBODY.to(language)
    facts = _facts(result)
    sentence = Text(
        "{customer} ({stage}) brought {net} in the last twelve months, rank {rank} of all customers; "
        "its balance is {balance}, and {overdue} is overdue.",
        "{customer}（{stage}）近十二个月净销售额{net}，在全部客户中排第{rank}；应收余额{balance}，逾期{overdue}。",
    )
    if not facts["net_sales_12_months"]["amount"] > 0:
        sentence = Text(
            "{customer} ({stage}) brought nothing in the last twelve months; "
            "its balance is {balance}, and {overdue} is overdue.",
            "{customer}（{stage}）近十二个月没有销售；应收余额{balance}，逾期{overdue}。",
        )
    return sentence.to(language).format(
        customer=result["customer"].iloc[0],
        stage=facts["stage"]["text"].lower(),
        rank=numbers.count(facts["rank"]["count"]),
        net=numbers.yuan(facts["net_sales_12_months"]["amount"], language),
        balance=numbers.yuan(facts["balance"]["amount"], language),
        overdue=numbers.yuan(facts["overdue"]["amount"], language),
    )


def _picture(result: pd.DataFrame, company: Company) -> Cards:
    language = company.language
    facts = _facts(result)
    return Cards([_shown(facts[name], language) for name in SHOWN if name in facts])


def _facts(result: pd.DataFrame) -> dict[str, Fact]:
    """The facts by their codes; of contacts the first."""
    return {row["fact"]: row for row in result.drop_duplicates("fact").to_dict("records")}


def _shown(fact: Fact, language: str) -> Card:
    """A fact as a big number: its amount, else its text, else how many, with its day below."""
    title = FACTS[fact["fact"]].to(language)
    if fact["section"] in ("opportunities", "activities", "service"):
        title = f"{SECTIONS[fact['section']].to(language)} · {title}"
    if pd.notna(fact["amount"]):
        value = numbers.short(fact["amount"], language) + Text(" yuan", "元").to(language)
    else:
        value = fact["text"] if pd.notna(fact["text"]) else numbers.count(fact["count"])
    since = Text("since {day}", "{day}起") if fact["fact"] == "overdue" else Text("last {day}", "最近{day}")
    note = "" if pd.isna(fact["date"]) else since.to(language).format(day=f"{fact['date']:%Y-%m-%d}")
    return Card(title, value, note)


@analysis(
    group=CUSTOMERS,
    name=Text("Customer card (360)", "客户卡片（360度视图）"),
    about=Text(
        "All that is known of one customer: stage and value, card, contacts, receivables, opportunities, "
        "contacts made and tickets.",
        "一个客户的全部信息：阶段与价值、基本资料、联系人、应收帐款、销售机会、联系记录和工单。",
    ),
    honours=("end", *CUSTOMER_FILTERS),
    columns={
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "section": Heading(Text("Section", "类别"), "text", words=SECTIONS),
        "fact": Heading(Text("Fact", "项目"), "text", words=FACTS),
        "count": Heading(Text("Number", "数量"), "count", nullable=True),
        "amount": Heading(Text("Amount", "金额"), "yuan"),
        "date": Heading(Text("Day", "日期"), "date"),
        "text": Heading(Text("Entry", "内容"), "text"),
    },
    needs=(*LEDGER_TABLES, "contacts", "opportunities", "activities", "tickets"),
    finding=_finding,
    picture=_picture,
)
def customer_card(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Show what is known of one customer at the end of a day, a row for each fact.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the day; ``customer`` chooses whose card it is. Without a customer, and of several, it is
        that of the one with the largest net sales in the twelve months before. ``owner``, ``source``,
        ``industry`` and ``region`` choose among whom to look.

    Returns
    -------
    pandas.DataFrame
        ``customer_id``, ``customer``, ``section`` and ``fact`` (codes), and of each fact what it has of
        ``count``, ``amount`` in yuan, ``date`` and ``text``:

        - value: the stage (`lifecycle`, by its rule), the rank among all customers by the net sales of
          twelve months, these and all net sales, the first order, the number of orders and the last one;
        - card: what stands in the table of customers, as of today;
        - contacts: a row each, the key contact first, then by number, with title and hobby;
        - receivables: open invoices and what is open of them, less credit balances; of these what is
          overdue, and since when;
        - opportunities that were open, won and lost by then, with their expected amount and the last day
          of opening or closing;
        - activities: contacts made of each kind, and the last;
        - service: tickets and the last; those not closed; those closed with a good or a bad answer.

        No rows if nobody was there.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = customer_card(open_company(language="en"), customer=1001)
    >>> result.loc[result["fact"] == "stage", "text"].item(), list(dict.fromkeys(result["section"]))[:3]
    ('Growing', ['value', 'card', 'contacts'])
    """
    everybody = staged(company, conditions.everybody, conditions.end, SILENT, GROWTH)
    known = conditions.match(company.frame("customers")).select("customer_id")
    among = everybody[everybody["customer_id"].isin(collected(known)["customer_id"])]
    names = ["section", "fact", "count", "amount", "date", "text"]
    if among.empty:
        return pd.DataFrame(columns=["customer_id", "customer", *names])
    order = ["recent_cents", "net_cents", "customer_id"]
    best = among.sort_values(order, ascending=[False, False, True]).iloc[0]
    number = int(best["customer_id"])
    rows = [
        *_value(company, best, everybody),
        *_card(company, number),
        *_contacts(company, number),
        *_receivables(company, conditions, number),
        *_opportunities(company, conditions, number),
        *_activities(company, conditions, number),
        *_service(company, conditions, number),
    ]
    result = pd.DataFrame(rows, columns=names).assign(customer_id=number, customer=best["customer"])
    return result.assign(date=pd.to_datetime(result["date"]).dt.normalize())


def _fact(section: str, fact: str, **what: Any) -> Fact:
    return {"section": section, "fact": fact, "amount": np.nan, "date": pd.NaT, **what}


def _of(frame: nw.LazyFrame, number: int) -> pd.DataFrame:
    """The rows of one customer."""
    return collected(frame.filter(nw.col("customer_id") == number))


def _value(company: Company, best: pd.Series, everybody: pd.DataFrame) -> Iterator[Fact]:
    rank = 1 + int((everybody["recent_cents"] > best["recent_cents"]).sum())
    yield _fact("value", "stage", text=STAGES[best["stage"]].to(company.language))
    yield _fact("value", "rank", count=rank)
    yield _fact("value", "net_sales_12_months", amount=best["recent_cents"] / 100)
    yield _fact("value", "net_sales", amount=best["net_cents"] / 100)
    yield _fact("value", "first_order", date=best["first_day"])
    yield _fact("value", "orders", count=best["orders"], date=best["last_day"])


def _card(company: Company, number: int) -> Iterator[Fact]:
    card = _of(company.frame("customers"), number).iloc[0]
    yield _fact("card", "created", date=card["created_on"])
    unknown = {"source": UNKNOWN.to(company.language)}
    for label in LABELS:
        yield _fact("card", label, text=unknown.get(label) if pd.isna(card[label]) else card[label])
    yield _fact("card", "owner", text=records.staff(company)["name"].get(card["owner_id"]))
    yield _fact("card", "credit_days", count=card["credit_days"])


def _contacts(company: Company, number: int) -> Iterator[Fact]:
    names = ["name", "title", "hobby"]
    people = company.frame("contacts").select("customer_id", "contact_id", "is_key", *names)
    found = _of(people, number).sort_values(["is_key", "contact_id"], ascending=[False, True])
    for _, person in found.iterrows():
        text = " · ".join(person[names].dropna())
        yield _fact("contacts", "key_contact" if person["is_key"] else "contact", text=text)


def _receivables(company: Company, conditions: Conditions, number: int) -> Iterator[Fact]:
    items = _of(open_items(company, conditions), number)
    late = items[items["age"].isin(OVERDUE)]
    for name, part in (("balance", items), ("overdue", late)):
        oldest = part["due_on"].min() if name == "overdue" else pd.NaT
        count = (part["open_cents"] > 0).sum()
        yield _fact("receivables", name, count=count, amount=part["open_cents"].sum() / 100, date=oldest)


def _opportunities(company: Company, conditions: Conditions, number: int) -> Iterator[Fact]:
    names = ("customer_id", "opened_on", "closed_on", "outcome", "expected_amount_cents")
    found = _of(company.frame("opportunities").select(*names), number)
    found = found[found["opened_on"] < conditions.after]
    closed = found["closed_on"] < conditions.after
    parts = {"open": ~closed, **{name: closed & (found["outcome"] == name) for name in ("won", "lost")}}
    for name, chosen in parts.items():
        part = found[chosen]
        last = part["opened_on" if name == "open" else "closed_on"].max()
        amount = part["expected_amount_cents"].sum() / 100
        yield _fact("opportunities", name, count=len(part), amount=amount, date=last)


def _activities(company: Company, conditions: Conditions, number: int) -> Iterator[Fact]:
    made = records.contacts(company, conditions.everybody).filter(nw.col("started_at") < conditions.after)
    found = _of(made.select("customer_id", "kind", "started_at"), number)
    for name, kind in COUNTED.items():
        days = found.loc[found["kind"] == kind.to(company.language), "started_at"]
        yield _fact("activities", name, count=len(days), date=days.max())


def _service(company: Company, conditions: Conditions, number: int) -> Iterator[Fact]:
    names = ("customer_id", "opened_at", "closed_at", "satisfaction")
    found = _of(company.frame("tickets").select(*names), number)
    found = found[found["opened_at"] < conditions.after]
    closed = found["closed_at"] < conditions.after
    score = pd.to_numeric(found["satisfaction"]).where(closed)
    yield _fact("service", "tickets", count=len(found), date=found["opened_at"].max())
    yield _fact("service", "not_closed", count=(~closed).sum())
    yield _fact("service", "satisfied", count=(score >= 4).sum())
    yield _fact("service", "dissatisfied", count=(score <= 2).sum())
