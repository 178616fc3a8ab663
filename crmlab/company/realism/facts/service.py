"""How satisfied customers are with the service, and how many say so."""

from __future__ import annotations

from crmlab.company.realism.books import Books
from crmlab.company.realism.facts import fact
from crmlab.locale import Text


@fact(
    Text("satisfied (4 or 5) among the answers", "满意（4 或 5 分）占作答的比例"),
    *(0.75, 0.85),
    Text("CSAT guides", "客户满意度（CSAT）指南"),
    "share",
)
def satisfied(books: Books) -> float:
    return float((books.company.tickets["satisfaction"].dropna() >= 4).mean())


@fact(
    Text("closed tickets with a satisfaction answer", "已关闭工单的满意度作答率"),
    *(0.30, 0.60),
    Text("many do not answer", "许多客户不作答"),
    "share",
)
def satisfaction_answered(books: Books) -> float:
    tickets = books.company.tickets
    return float(tickets.loc[tickets["status"] == "closed", "satisfaction"].notna().mean())
