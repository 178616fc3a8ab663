"""Cross-selling: a textbook's baskets, SQL that counts pairs, and what must hold of rules."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlxtend.frequent_patterns import fpgrowth

from crmlab import Company, open_company
from crmlab.analysis import cross_selling
from crmlab.company.schema import VALID_STATUSES
from crmlab.errors import CrmlabError

from .oracle import VALID, cases, database
from .test_identities import periods

COMPANY = open_company(language="en", seed=2026)
EVERYTHING = {"level": "product", "min_support": 0.001, "min_lift": 0.0}


def shop(baskets: list[str]) -> Company:
    rows = [(no, item) for no, basket in enumerate(baskets) for item in basket.split()]
    sales = pd.DataFrame(rows, columns=["no", "what"]).assign(day="2024-01-31", who="Ann", yuan=1)
    columns = {"order": "no", "product": "what", "date": "day", "customer": "who", "amount": "yuan"}
    return Company.from_sales(sales, columns, language="en")


def test_the_baskets_of_a_textbook():
    """Tan, Steinbach and Kumar, Introduction to Data Mining: {milk, diapers} → {beer} is .4 and .67."""
    company = shop(
        [
            "bread milk",
            "bread diapers beer eggs",
            "milk diapers beer cola",
            "bread milk diapers beer",
            "bread milk diapers cola",
        ]
    )
    result = cross_selling(company, **EVERYTHING, items=3)
    rule = result[(result["antecedent"] == "milk + diapers") & (result["consequent"] == "beer")].iloc[0]
    assert (rule["orders"], rule["support"]) == (2, 0.4)
    assert (rule["confidence"], rule["lift"]) == pytest.approx((2 / 3, (2 / 3) / (3 / 5)))
    assert not result["antecedent"].str.count(r"\+").gt(1).any()


@pytest.mark.parametrize(
    ("level", "item", "least"), [("minor_category", "minor_category", 0.02), ("product", "name", 0.004)]
)
def test_pairs(company, level, item, least):
    connection = database(company)
    for case in cases(company)[::3] if level == "product" else cases(company)[1::2]:
        if case.product:
            continue
        rows = connection.execute(
            f"""
            WITH place AS (SELECT {item} AS item, min(product_id) AS place FROM products GROUP BY item),
            bought AS (
                SELECT DISTINCT o.order_id, p.{item} AS item, place.place
                FROM order_lines l JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
                JOIN products p USING (product_id) JOIN place ON place.item = p.{item}
                WHERE {VALID} AND l.quantity > 0 AND {case.customer} AND {case.order}
                  AND o.ordered_at::DATE BETWEEN $start::DATE AND $end::DATE
            ),
            total AS (SELECT count(DISTINCT order_id) AS n FROM bought),
            singles AS (SELECT item, count(*) AS n FROM bought GROUP BY item),
            pairs AS (
                SELECT a.item AS antecedent, b.item AS consequent, count(*) AS orders,
                       min(a.place) AS first, min(b.place) AS second
                FROM bought a JOIN bought b ON a.order_id = b.order_id AND a.item <> b.item GROUP BY ALL
            )
            SELECT antecedent, consequent, orders, orders / total.n AS support,
                   orders / a.n AS confidence, orders * total.n / (a.n * b.n) AS lift
            FROM pairs JOIN singles a ON a.item = antecedent JOIN singles b ON b.item = consequent, total
            WHERE orders >= {least} * total.n AND orders * total.n >= a.n * b.n
            ORDER BY lift DESC, orders DESC, confidence DESC, first, second
            """,
            case.period,
        ).df()
        result = cross_selling(company, level=level, min_support=least, **case.keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-12)


def test_larger_sets_are_those_of_another_algorithm():
    """FP-Growth of mlxtend, with a row for each order, finds the same sets in as many orders."""
    orders = COMPANY.raw["orders"]
    lines = COMPANY.raw["order_lines"].merge(COMPANY.raw["products"][["product_id", "name"]])
    valid = orders.loc[orders["status"].isin(VALID_STATUSES), "order_id"]
    sold = lines[lines["order_id"].isin(valid) & (lines["quantity"] > 0)]
    baskets = pd.crosstab(sold["order_id"], sold["name"]) > 0
    sets = fpgrowth(baskets, min_support=0.001, use_colnames=True, max_len=4)
    expected = {those: round(support * len(baskets)) for support, those in sets.to_numpy() if len(those) > 1}
    result = cross_selling(COMPANY, **EVERYTHING, items=4)
    both = (result["antecedent"] + " + " + result["consequent"]).str.split(" + ", regex=False).map(frozenset)
    assert dict(zip(both, result["orders"], strict=True)) == expected
    assert {len(those) for those in expected} == {2, 3, 4}


@settings(max_examples=12, deadline=None)
@given(periods, st.sampled_from(["minor_category", "product"]), st.integers(2, 3))
def test_what_holds_of_rules(period, level, items):
    result = cross_selling(
        COMPANY, start=period[0], end=period[1], level=level, min_support=0.01, min_lift=0, items=items
    )
    assert (result["support"] >= 0.01 - 1e-12).all() and (result["confidence"] <= 1).all()
    assert (result["support"] <= result["confidence"]).all()
    assert result["lift"].is_monotonic_decreasing
    sides = [
        " → ".join(sorted(pair)) for pair in zip(result["antecedent"], result["consequent"], strict=True)
    ]
    both_ways = result.assign(sides=sides).groupby("sides")
    assert (both_ways.size() == 2).all(), "a rule and its converse have the same support and lift"
    assert (both_ways["lift"].nunique() == 1).all() and (both_ways["orders"].nunique() == 1).all()


def test_thresholds():
    all_rules = cross_selling(COMPANY, min_lift=0)
    strict = cross_selling(COMPANY, min_lift=1.5, min_confidence=0.2)
    assert 0 < len(strict) < len(all_rules)
    kept = all_rules[(all_rules["lift"] >= 1.5) & (all_rules["confidence"] >= 0.2)]
    pd.testing.assert_frame_equal(strict, kept.reset_index(drop=True))


def test_what_goes_together_in_the_company():
    """The catalogue has companions, and the rules find them."""
    pairs = cross_selling(COMPANY, level="product", min_support=0.005).head(6)
    assert {"Label tape", "Label printer", "Coffee beans", "Coffee machine"} <= set(pairs["antecedent"])


def test_mistakes():
    right = cross_selling(COMPANY, min_lift=0).set_index(["antecedent", "consequent"])
    lines = COMPANY.raw["order_lines"].merge(COMPANY.raw["products"][["product_id", "minor_category"]])
    desks, chairs = (
        set(lines.loc[lines["minor_category"] == word, "order_id"]) for word in ("Desks", "Chairs")
    )
    rule = right.loc[("Chairs", "Desks")]
    assert len(desks & chairs) > rule["orders"], "drafts and cancellations are no baskets"
    assert len(lines[lines["order_id"].isin(desks & chairs)]) > len(desks & chairs), "lines are no orders"
    assert rule["confidence"] != pytest.approx(right.loc[("Desks", "Chairs"), "confidence"])
    popular = right["confidence"].groupby("consequent").mean().idxmax()
    assert right.xs(popular, level="consequent")["lift"].min() < 1, "confidence alone finds what all buy"


def test_no_rule(default):
    from crmlab.analysis.menu import find

    entry = find("cross-selling")
    for result in (
        entry.run(default, min_support=0.9),
        entry.run(default, start="2021-01-01", end="2021-01-01"),
    ):
        assert result.empty
        assert ("for a rule" if default.language == "en" else "关联规则") in entry.finding(result, default)


def test_a_product_cannot_be_chosen(default):
    with pytest.raises(CrmlabError, match="region"):
        cross_selling(default, product=101)


def test_without_orders_there_are_no_baskets():
    sales = pd.DataFrame({"day": ["2024-01-31"], "who": ["Ann"], "what": ["Tea"], "yuan": [1]})
    columns = {"date": "day", "customer": "who", "product": "what", "amount": "yuan"}
    with pytest.raises(CrmlabError, match="order_id"):
        cross_selling(Company.from_sales(sales, columns, language="en"))
