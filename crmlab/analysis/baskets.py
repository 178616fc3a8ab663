"""What is bought together: association rules over the orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, sales
from crmlab.analysis.groups import PRICING
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.terms import ORDERS
from crmlab.company.files import SALES_TABLES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: So many rules have a bar in the chart.
DRAWN = 10
AND = " + "

LEVELS = {
    "minor_category": Text("minor category", "产品小分类"),
    "product": Text("product", "产品"),
}


def _rules_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return Text(
            "Nothing was bought together often enough in this period for a rule.",
            "该期间没有达到门槛的关联规则。",
        ).to(language)
    best = result.iloc[0]
    sentence = Text(
        "Of the orders with {antecedent}, {confidence} have {consequent} too: {lift} times the share among "
        "all orders ({orders} orders have both).",
        "含{antecedent}的订单中有{confidence}也含{consequent}，是全部订单中比例的{lift}倍（同时含两者的订单{orders}个）。",
    )
    return sentence.to(language).format(
        antecedent=best["antecedent"],
        consequent=best["consequent"],
        confidence=numbers.share(best["confidence"], language),
        lift=f"{best['lift']:.1f}",
        orders=numbers.count(best["orders"]),
    )


def _rules_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    head = result.head(DRAWN)
    note = Text("{lift}  (in {confidence} of {orders} orders)", "{lift}（{orders}个订单中占{confidence}）")
    return Bars(
        Text("Lift: how many times as often as in all orders", "提升度：为全部订单中比例的倍数").to(language),
        [f"{row['antecedent']} → {row['consequent']}" for _, row in head.iterrows()],
        head["lift"].tolist(),
        [
            note.to(language).format(
                lift=f"{row['lift']:.2f}",
                confidence=numbers.share(row["confidence"], language),
                orders=numbers.count(round(row["orders"] / row["confidence"])),
            )
            for _, row in head.iterrows()
        ],
    )


@analysis(
    group=PRICING,
    name=Text("Cross-selling", "交叉销售分析"),
    about=Text(
        "Which categories or products are ordered together: association rules with support, confidence and "
        "lift.",
        "哪些产品分类或产品会被一起订购：关联规则及其支持度、置信度和提升度。",
    ),
    honours=("period", "recorder", "owner", "customer", "source", "industry", "region"),
    own=(
        Choice("level", Text("Of what", "层次"), "minor_category", LEVELS),
        Own(
            "min_support",
            Text("Least support", "最小支持度"),
            0.01,
            0.001,
            1,
            0.001,
            Text("of orders", "占订单"),
        ),
        Own(
            "min_confidence",
            Text("Least confidence", "最小置信度"),
            0.0,
            0.0,
            1,
            0.05,
            Text("of orders", "占订单"),
        ),
        Own("min_lift", Text("Least lift", "最小提升度"), 1.0, 0.0, 100.0, 0.1, Text("times", "倍")),
        Own("items", Text("At most", "每条规则至多"), 2, 2, 4, 1, Text("items in a rule", "项")),
    ),
    columns={
        "antecedent": Heading(Text("Who orders", "前项"), "text"),
        "consequent": Heading(Text("orders too", "后项"), "text"),
        "orders": Heading(ORDERS, "count"),
        "support": Heading(Text("Support", "支持度"), "share"),
        "confidence": Heading(Text("Confidence", "置信度"), "share"),
        "lift": Heading(Text("Lift", "提升度"), "number"),
    },
    needs=(*SALES_TABLES, "orders.order_id"),
    finding=_rules_finding,
    picture=_rules_picture,
)
def cross_selling(
    company: Company,
    conditions: Conditions,
    level: str = "minor_category",
    min_support: float = 0.01,
    min_confidence: float = 0.0,
    min_lift: float = 1.0,
    items: int = 2,
) -> pd.DataFrame:
    """Find what is ordered together.

    A basket is what was sold in one valid order that was placed in the period, each category (of today's
    catalogue) or product once; what came back later was ordered nevertheless.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        The period and every field that chooses whole orders are honoured, and may be given as keywords.
        Products cannot be chosen: the other half of a rule would be lost.
    level : {"minor_category", "product"}
    min_support, min_confidence, min_lift : float
        Rules below any of them are left out.
    items : int
        At most so many items in a rule.

    Returns
    -------
    pandas.DataFrame
        ``antecedent``, ``consequent`` (several items are joined by " + "), ``orders`` with all of both,
        ``support`` (as a share of all orders), ``confidence`` (as a share of the orders with the
        antecedent), ``lift`` (the confidence as a multiple of the consequent's share of all orders): the
        highest lift first, then the most orders, the highest confidence, and the order of the catalogue.

    References
    ----------
    Agrawal, R., Imielinski, T., & Swami, A. (1993). Mining association rules between sets of items in large
    databases. Proceedings of the ACM SIGMOD conference, 207-216.

    Brin, S., Motwani, R., Ullman, J. D., & Tsur, S. (1997). Dynamic itemset counting and implication rules
    for market basket data. Proceedings of the ACM SIGMOD conference, 255-264 (who call the lift interest).

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = cross_selling(open_company(language="en"), min_lift=1.5)
    >>> bool((result["lift"] >= 1.5).all() and result["lift"].is_monotonic_decreasing)
    True
    """
    baskets = _baskets(company, conditions, level)
    names = _names(company, level)
    rules = _rules(baskets, min_support, items)
    kept = rules[(rules["confidence"] >= min_confidence) & (rules["lift"] >= min_lift)]
    found = pd.DataFrame(sorted(kept.to_dict("records"), key=_rank), columns=kept.columns)
    for side in ("antecedent", "consequent"):
        found[side] = [AND.join(names[item] for item in sorted(those)) for those in found[f"{side}s"]]
    return found


def _rank(rule: Any) -> tuple[Any, ...]:
    """What the rules are sorted by."""
    places = sorted(rule["antecedents"]), sorted(rule["consequents"])
    return -rule["lift"], -rule["orders"], -rule["confidence"], places


def _names(company: Company, level: str) -> list[str]:
    """What the items are called, in the order of the catalogue."""
    products = collected(company.frame("products").select("product_id", "name", "minor_category"))
    products = products.sort_values("product_id")
    return (products["name"] if level == "product" else products["minor_category"].drop_duplicates()).tolist()


def _baskets(company: Company, conditions: Conditions, level: str) -> pd.DataFrame:
    """A row for every order, and for every item of the catalogue a column that says whether it is in it."""
    sold = (
        conditions.keep(sales(company, conditions, "quantity"), "ordered_at")
        .filter(nw.col("quantity") > 0)
        .select("order_id", "product_id")
        .unique()
    )
    found = collected(sold)
    products = collected(company.frame("products").select("product_id", "minor_category"))
    products = products.sort_values("product_id", ignore_index=True)
    orders = pd.factorize(found["order_id"], sort=True)[0]
    if level == "product":
        place = pd.Series(products.index, index=products["product_id"])
    else:
        place = pd.Series(pd.factorize(products["minor_category"])[0], index=products["product_id"])
    inside = np.zeros((orders.max(initial=-1) + 1, place.max() + 1 if len(place) else 0), dtype=bool)
    inside[orders, found["product_id"].map(place).to_numpy(dtype="int64")] = True
    return pd.DataFrame(inside)


def _rules(baskets: pd.DataFrame, min_support: float, items: int) -> pd.DataFrame:
    """The rules of at most so many items, with figures out of whole numbers of orders."""
    from mlxtend.frequent_patterns import association_rules, fpgrowth

    columns = ["antecedents", "consequents", "orders", "support", "confidence", "lift"]
    total = len(baskets)
    frequent = fpgrowth(baskets, min_support=min_support, max_len=items) if total else pd.DataFrame()
    if frequent.empty:
        return pd.DataFrame(columns=columns)
    supports = ["support", "antecedent support", "consequent support"]
    rules = association_rules(frequent, total, metric="support", min_threshold=0, return_metrics=supports)
    both, first, second = ((rules[name] * total).round().astype("int64") for name in supports)
    figures = {
        "orders": both,
        "support": both / total,
        "confidence": both / first,
        "lift": both * total / (first * second),
    }
    return rules[columns[:2]].assign(**figures)
