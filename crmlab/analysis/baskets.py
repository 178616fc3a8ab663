"""What is bought together: association rules over the orders."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, prepared_of_customers, sales, valid_orders
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
#: So many items have a bit each in a whole number of 64 bits: sums of them stay positive.
BITS = 62

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

    Zaki, M. J. (2000). Scalable algorithms for association mining. IEEE Transactions on Knowledge and Data
    Engineering, 12(3), 372-390.

    Brin, S., Motwani, R., Ullman, J. D., & Tsur, S. (1997). Dynamic itemset counting and implication rules
    for market basket data. Proceedings of the ACM SIGMOD conference, 255-264 (who call the lift interest).

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = cross_selling(open_company(language="en"), min_lift=1.5)
    >>> bool((result["lift"] >= 1.5).all() and result["lift"].is_monotonic_decreasing)
    True
    """
    names = _names(company, level)
    baskets, orders = _baskets(company, conditions, level, len(names))
    rules = _rules(baskets, orders, min_support, items, len(names))
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


def _baskets(
    company: Company, conditions: Conditions, level: str, items: int
) -> tuple[np.ndarray, np.ndarray]:
    """The baskets that differ, a row each with a bit for every item, and how many orders are such a one."""
    words = [f"word_{number}" for number in range(-(-items // BITS))]
    contents = prepared_of_customers(
        company, conditions, ("baskets.contents", level), lambda: _contents(company, conditions, level, words)
    )
    found = collected(
        conditions.keep(contents, "ordered_at")
        .group_by(words)
        .agg(orders=nw.len())
        .with_columns(nw.col("orders").cast(nw.Int64))
    )
    return found[words].to_numpy(), found["orders"].to_numpy()


def _contents(company: Company, conditions: Conditions, level: str, words: list[str]) -> nw.LazyFrame:
    """What was sold in each valid order: a bit for every item, in as many whole numbers as these need."""
    everything = conditions.everybody
    bit = (nw.lit(2, nw.Int64) ** (nw.col("place") % BITS)).cast(nw.Int64)
    held = (
        sales(company, everything, "quantity")
        .filter(nw.col("quantity") > 0)
        .select("order_id", "product_id")
        .join(_places(company, level), on="product_id", how="inner")
        .select("order_id", "place")
        .unique()
        .with_columns(
            nw.when(nw.col("place") // BITS == number).then(bit).otherwise(0).alias(word)
            for number, word in enumerate(words)
        )
        .group_by("order_id")
        .agg(nw.col(*words).sum())
        .with_columns(nw.col(*words).cast(nw.Int64))
    )
    return held.join(valid_orders(company, everything), on="order_id", how="inner")


def _places(company: Company, level: str) -> nw.LazyFrame:
    """For each product the place of its item in the catalogue, as in `_names`."""
    item = "product_id" if level == "product" else level
    products = company.frame("products").select("product_id", item=item)
    items = products.group_by("item").agg(first=nw.col("product_id").min())
    items = items.with_columns(place=nw.col("first").rank("dense").cast(nw.Int64) - 1)
    return products.join(items, on="item", how="inner").select("product_id", "place")


def _rules(
    baskets: np.ndarray, orders: np.ndarray, min_support: float, most: int, items: int
) -> pd.DataFrame:
    """The rules of at most so many items, with figures out of whole numbers of orders."""
    from mlxtend.frequent_patterns import association_rules

    total = int(orders.sum())
    # A person means 7 of 100 by .07, and not a little more.
    least = max(1, math.ceil(round(min_support * total, 6)))
    frequent = pd.DataFrame(_frequent(baskets, orders, least, most, range(items)), columns=["itemsets", "n"])
    if frequent.empty:
        return pd.DataFrame(columns=["antecedents", "consequents", "orders", "support", "confidence", "lift"])
    supports = ["support", "antecedent support", "consequent support"]
    rules = association_rules(
        frequent.assign(support=frequent["n"] / total),
        total,
        metric="support",
        min_threshold=0,
        return_metrics=supports,
    )
    both, first, second = ((rules[name] * total).round().astype("int64") for name in supports)
    figures = {
        "orders": both,
        "support": both / total,
        "confidence": both / first,
        "lift": both * total / (first * second),
    }
    return rules[["antecedents", "consequents"]].assign(**figures)


def _frequent(
    baskets: np.ndarray, orders: np.ndarray, least: int, most: int, items: Sequence[int]
) -> Iterator[tuple[frozenset[int], int]]:
    """Each set of at most ``most`` of the items that is in ``least`` orders or more, and in how many.

    The baskets with one item are looked through for those with a later one, too, and so on: Zaki's Eclat.
    Mlxtend, which makes the rules, would need a row for each order here.
    """
    holding = {}
    for item in items:
        rows = np.flatnonzero(baskets[:, item // BITS] >> item % BITS & 1)
        count = int(orders[rows].sum())
        if count >= least:
            holding[item] = rows
            yield frozenset([item]), count
    frequent = [*holding] if most > 1 else []
    for place, item in enumerate(frequent):
        rows, later = holding[item], frequent[place + 1 :]
        for others, count in _frequent(baskets[rows], orders[rows], least, most - 1, later):
            yield others | {item}, count
