"""What customers ask the service for, and how satisfied they are: step 18."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers, records
from crmlab.analysis.charts import Part, Stacked
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected
from crmlab.analysis.groups import SERVICE
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.terms import SHARE
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: So many groups have a bar in the chart.
BARS = 10

STATUSES = {
    "open": Text("Open: not answered", "未答复"),
    "answered": Text("Answered: not closed", "已答复未关闭"),
    "closed": Text("Closed", "已关闭"),
}
#: What an answer says; 0 stands for none.
SCORES = {
    5: Text("5: very satisfied", "5分：非常满意"),
    4: Text("4: satisfied", "4分：满意"),
    3: Text("3: neutral", "3分：一般"),
    2: Text("2: dissatisfied", "2分：不满意"),
    1: Text("1: very dissatisfied", "1分：非常不满意"),
    0: Text("No answer", "未评价"),
}
ANSWERS = {
    "satisfied": Text("Satisfied (4-5)", "满意（4–5分）"),
    "neutral": Text("Neutral (3)", "一般（3分）"),
    "dissatisfied": Text("Dissatisfied (1-2)", "不满意（1–2分）"),
    "no_answer": SCORES[0],
}


def _service_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    tickets, responses = result["tickets"].sum(), result["responses"].sum()
    if tickets == 0:
        return Text("No tickets meet the conditions in this period.", "该期间没有符合条件的服务单。").to(
            language
        )
    if responses == 0:
        sentence = Text(
            "Tickets: {tickets}; no customer has said how satisfied they are.",
            "服务单共{tickets}张，尚无客户评价满意度。",
        )
        return sentence.to(language).format(tickets=numbers.count(tickets))
    rated = result[result["satisfied_share"].notna()]
    sentence = Text(
        "{share} of {responses} answers are 4 or 5; {silent} of the tickets have no answer.",
        "{responses}份评价中{share}为4–5分；{silent}的服务单没有评价。",
    )
    if len(rated) > 1 and rated["satisfied_share"].nunique() > 1 and _is_compared(result, language):
        sentence = Text(
            "{share} of {responses} answers are 4 or 5, lowest for {worst} ({least} of {asked}); "
            "{silent} of the tickets have no answer.",
            "{responses}份评价中{share}为4–5分，{worst}最低（{asked}份中{least}）；{silent}的服务单没有评价。",
        )
    lowest = rated.iloc[int(rated["satisfied_share"].argmin())] if len(rated) else result.iloc[0]
    return sentence.to(language).format(
        share=numbers.share(result["satisfied"].sum() / responses, language),
        responses=numbers.count(responses),
        silent=numbers.share(result["no_answer"].sum() / tickets, language),
        worst=lowest["group"],
        least=numbers.share(lowest["satisfied_share"], language),
        asked=numbers.count(lowest["responses"]),
    )


def _is_compared(result: pd.DataFrame, language: str) -> bool:
    """Whether the satisfaction of the groups can differ: that of scores, or of the open, cannot."""
    texts = (*STATUSES.values(), *SCORES.values())
    return not set(result["group"]) & {text.to(language) for text in texts}


def _service_picture(result: pd.DataFrame, company: Company) -> Stacked:
    language = company.language
    head = result.head(BARS)
    caption = Text("Tickets by what the customer answered", "按客户评价统计的服务单数")
    if len(head) < len(result):
        caption = Text(
            "Tickets of the {count} customers with the most, by what they answered",
            "服务单最多的{count}个客户的服务单数，按客户评价统计",
        )
    compared = _is_compared(result, language)
    notes = [_note(row, compared, language) for _, row in head.iterrows()]
    parts = [Part(word.to(language), head[name].tolist()) for name, word in ANSWERS.items()]
    return Stacked(caption.to(language).format(count=len(head)), head["group"].tolist(), parts, notes)


def _note(row: pd.Series, compared: bool, language: str) -> str:
    """What to write behind the bar of one group: its rate, or else its share of the tickets."""
    if compared and np.isnan(row["satisfied_share"]):
        return numbers.count(row["tickets"])
    note = Text("{tickets} ({share})", "{tickets}（{share}）")
    if compared:
        note = Text("{tickets}, {share} satisfied", "{tickets}，满意率{share}")
    share = row["satisfied_share"] if compared else row["share"]
    return note.to(language).format(
        tickets=numbers.count(row["tickets"]), share=numbers.share(share, language)
    )


BY = {
    "kind": Text("kind of request", "服务类型"),
    "customer": Text("customer", "客户"),
    "status": Text("status", "状态"),
    "satisfaction": Text("satisfaction", "满意度"),
}


@analysis(
    step=18,
    group=SERVICE,
    name=Text("Service feedback", "服务反馈构成分析"),
    about=Text(
        "Tickets opened in the period by kind, customer, status or satisfaction; the share of satisfied "
        "answers is stated from a least number of answers on.",
        "期间内登记的服务单，按服务类型、客户、状态或满意度统计；评价数达到规定数量时才计算满意率。",
    ),
    honours=("period", "owner", "customer", "source", "industry", "region",
             "major_category", "minor_category", "product"),
    own=(
        Choice("by", Text("By", "统计方式"), "kind", BY),
        Own("minimum", Text("Rates from", "计算满意率至少需要"), 5, 1, 1000, 1, Text("answers", "份评价")),
    ),
    columns={
        "group_id": Heading(Text("No.", "编号"), "id", nullable=True),
        "group": Heading(Text("Tickets of", "服务单归属"), "text"),
        "tickets": Heading(Text("Tickets", "服务单数"), "count"),
        "share": Heading(SHARE, "share"),
        "open": Heading(Text("Not answered", "未答复"), "count"),
        "answered": Heading(Text("Answered, not closed", "已答复未关闭"), "count"),
        "closed": Heading(Text("Closed", "已关闭"), "count"),
        **{name: Heading(word, "count") for name, word in ANSWERS.items()},
        "responses": Heading(Text("Answers", "评价数"), "count"),
        "satisfied_share": Heading(Text("Satisfied share", "满意率"), "share"),
        "mean_satisfaction": Heading(Text("Mean satisfaction", "平均满意度"), "number"),
    },
    needs=("employees", "customers", "products", "tickets"),
    finding=_service_finding,
    picture=_service_picture,
)  # fmt: skip
def service_feedback(
    company: Company, conditions: Conditions, by: str = "kind", minimum: int = 5
) -> pd.DataFrame:
    """Count the tickets and what the customers said about them.

    A ticket counts on the day on which it was opened. Customers are asked when it is closed, and many
    do not answer: no answer is counted apart and is no low score.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Period, owner, the fields of the customer and of the product are honoured, and may be given as
        keywords. Who keyed a ticket in is not on record. With a field of the product, tickets that are
        about none are left out.
    by : {"kind", "customer", "status", "satisfaction"}
        What has a row.
    minimum : int
        Rates of a group with fewer answers are missing.

    Returns
    -------
    pandas.DataFrame
        ``group_id`` (the number of the customer, or the score), ``group``, ``tickets`` and their
        ``share``; by status ``open`` (never answered), ``answered`` (not closed) and ``closed``; by what
        the customer said ``satisfied`` (4 or 5), ``neutral`` (3), ``dissatisfied`` (1 or 2) and
        ``no_answer``; ``responses`` (the first three), ``satisfied_share`` (satisfied / responses) and
        ``mean_satisfaction``. A row for every kind, status or score, also without tickets, and for every
        customer with a ticket: kinds and customers with the most tickets first, ties in the order of the
        CRM's list or by number; statuses in the order of the work; scores from 5 down.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = service_feedback(open_company(language="en"), by="kind", start="2025-01-01")
    >>> len(result), bool(result["satisfied_share"].between(0, 1).all())
    (6, True)
    """
    key = {"customer": "customer_id"}.get(by, by)
    status, score = nw.col("status"), nw.col("satisfaction")
    flags = {
        **{name: status == name for name in STATUSES},
        "satisfied": score >= 4,
        "neutral": score == 3,
        "dissatisfied": (score > 0) & (score < 3),
        "no_answer": score == 0,
    }
    found = collected(
        conditions.keep(records.tickets(company), "opened_at")
        .with_columns(
            key=nw.col(key), points=score, **{name: flag.cast(nw.Int64) for name, flag in flags.items()}
        )
        .group_by("key")
        .agg(nw.len().alias("tickets"), *(nw.col(name).sum() for name in (*flags, "points")))
    )
    found = found.set_index("key").astype("int64")
    names = _names(company, by, found.index)
    result = found.reindex(names.index, fill_value=0).assign(group=names)
    if by in ("kind", "customer"):
        result = result.sort_values("tickets", ascending=False, kind="stable")
    result = result.rename_axis("group_id").reset_index()
    responses = result["tickets"] - result["no_answer"]
    base = responses.where(responses >= minimum)
    numbered = pd.to_numeric(result["group_id"], errors="coerce").astype("Int64")
    return result.assign(
        group_id=numbered.mask(numbered == 0),
        share=result["tickets"] / (result["tickets"].sum() or np.nan),
        responses=responses,
        satisfied_share=result["satisfied"] / base,
        mean_satisfaction=result["points"] / base,
    )


def _names(company: Company, by: str, found: pd.Index) -> pd.Series:
    """What each group is called, in the order that breaks ties."""
    language = company.language
    if by == "customer":
        named = nw.col("customer_id").is_in(found.tolist())
        cards = collected(company.frame("customers").filter(named).select("customer_id", "name"))
        return cards.set_index("customer_id")["name"].sort_index()
    if by == "kind":
        words = [word.to(language) for word in company.choices("tickets", "kind")]
        return pd.Series(words, index=words)
    texts = STATUSES if by == "status" else SCORES
    return pd.Series({code: text.to(language) for code, text in texts.items()})
