"""What customers ask the service for, and how satisfied they are: step 18."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers, records
from crmlab.analysis.breakdown import groups_of_products
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
        return Text("No tickets meet the conditions in this period.", "该期间没有符合条件的工单。").to(
            language
        )
    if responses == 0:
        sentence = Text(
            "Tickets: {tickets}; no customer has said how satisfied they are.",
            "工单共{tickets}张，尚无客户评价满意度。",
        )
        return sentence.to(language).format(tickets=numbers.count(tickets))
    rated = result[result["satisfied_share"].notna()]
    sentence = Text(
        "{share} of {responses} answers are 4 or 5; {silent} of the tickets have no answer.",
        "{responses}份评价中{share}为4–5分；{silent}的工单没有评价。",
    )
    if len(rated) > 1 and rated["satisfied_share"].nunique() > 1 and _is_compared(result, language):
        sentence = Text(
            "{share} of {responses} answers are 4 or 5, lowest for {worst} ({least} of {asked}); "
            "{silent} of the tickets have no answer.",
            "{responses}份评价中{share}为4–5分，{worst}最低（{asked}份中{least}）；{silent}的工单没有评价。",
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
    caption = Text("Tickets by what the customer answered", "按客户评价统计的工单数")
    if len(head) < len(result):
        caption = Text(
            "Tickets of the {count} with the most, by what the customer answered",
            "工单最多的{count}项的工单数，按客户评价统计",
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


#: Whose tickets are those that are about no product.
NO_PRODUCT = Text("No product", "未涉及产品")
OF_PRODUCTS = ("product", "major_category", "minor_category")
BY = {
    "kind": Text("kind of request", "服务类型"),
    "customer": Text("customer", "客户"),
    "product": Text("product", "产品"),
    "major_category": Text("major category", "产品大分类"),
    "minor_category": Text("minor category", "产品小分类"),
    "status": Text("status", "状态"),
    "satisfaction": Text("satisfaction", "满意度"),
}


@analysis(
    step=18,
    group=SERVICE,
    name=Text("Service feedback", "服务反馈构成分析"),
    about=Text(
        "Tickets opened in the period by kind, customer, product, category, status or satisfaction; the "
        "share of satisfied answers is stated from a least number of answers on.",
        "期间内登记的工单，按服务类型、客户、产品、产品分类、状态或满意度统计；评价数达到规定数量时才计算满意率。",
    ),
    honours=("period", "owner", "customer", "source", "industry", "region",
             "major_category", "minor_category", "product"),
    own=(
        Choice("by", Text("By", "统计方式"), "kind", BY),
        Own("minimum", Text("Rates from", "计算满意率至少需要"), 5, 1, 1000, 1, Text("answers", "份评价")),
    ),
    columns={
        "group_id": Heading(Text("No.", "编号"), "id", nullable=True),
        "group": Heading(Text("Tickets of", "工单归属"), "text"),
        "tickets": Heading(Text("Tickets", "工单数"), "count", additive=True),
        "share": Heading(SHARE, "share"),
        "open": Heading(Text("Not answered", "未答复"), "count", additive=True),
        "answered": Heading(Text("Answered, not closed", "已答复未关闭"), "count", additive=True),
        "closed": Heading(Text("Closed", "已关闭"), "count", additive=True),
        **{name: Heading(word, "count", additive=True) for name, word in ANSWERS.items()},
        "responses": Heading(Text("Answers", "评价数"), "count", additive=True),
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
    by : {"kind", "customer", "product", "major_category", "minor_category", "status", "satisfaction"}
        What has a row. The categories are those of today's catalogue.
    minimum : int
        Rates of a group with fewer answers are missing.

    Returns
    -------
    pandas.DataFrame
        ``group_id`` (the number of the customer or product, or the score), ``group``, ``tickets`` and
        their ``share``; by status ``open`` (never answered), ``answered`` (not closed) and ``closed``; by
        what the customer said ``satisfied`` (4 or 5), ``neutral`` (3), ``dissatisfied`` (1 or 2) and
        ``no_answer``; ``responses`` (the first three), ``satisfied_share`` (satisfied / responses) and
        ``mean_satisfaction``. A row for every kind, product, category, status or score, also without
        tickets, for every customer with a ticket, and for those about no product, if there are any: the most
        tickets first, ties in the order of the CRM's list or by number, no product last among them; statuses
        in the order of the work; scores from 5 down.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = service_feedback(open_company(language="en"), by="kind", start="2025-01-01")
    >>> len(result), bool(result["satisfied_share"].between(0, 1).all())
    (6, True)
    """
    key = nw.col({"customer": "customer_id", "product": "product_id"}.get(by, by))
    if by in OF_PRODUCTS:
        key = key.fill_null(0).cast(nw.Int64) if by == "product" else key.fill_null("")
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
        .with_columns(key=key, points=score, **{name: flag.cast(nw.Int64) for name, flag in flags.items()})
        .group_by("key")
        .agg(nw.len().alias("tickets"), *(nw.col(name).sum() for name in (*flags, "points")))
    )
    found = found.set_index("key").astype("int64")
    names = _names(company, conditions, by, found.index)
    result = found.reindex(names.index, fill_value=0).assign(group=names)
    if by not in ("status", "satisfaction"):
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


def _names(company: Company, conditions: Conditions, by: str, found: pd.Index) -> pd.Series:
    """What each group is called, in the order that breaks ties."""
    language = company.language
    if by in OF_PRODUCTS:
        names = groups_of_products(company, conditions, by).set_index("key")["group"]
        rest = found.difference(names.index)
        return pd.concat([names, pd.Series(NO_PRODUCT.to(language), rest)]) if len(rest) else names
    if by == "customer":
        named = nw.col("customer_id").is_in(found.tolist())
        cards = collected(company.frame("customers").filter(named).select("customer_id", "name"))
        return cards.set_index("customer_id")["name"].sort_index()
    if by == "kind":
        words = [word.to(language) for word in company.choices("tickets", "kind")]
        return pd.Series(words, index=words)
    texts = STATUSES if by == "status" else SCORES
    return pd.Series({code: text.to(language) for code, text in texts.items()})
