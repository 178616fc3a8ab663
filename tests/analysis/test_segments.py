"""RFM, the customer pyramid and ABC beside SQL, their identities, and the mistakes that people make."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab import open_company
from crmlab.analysis import customer_abc, customer_pyramid, product_abc, rfm, value_customers
from crmlab.analysis.segments import CLASSES, RFM_SEGMENTS, classified, quintiles
from crmlab.company.schema import VALID_STATUSES

from .oracle import VALID, Case, agree, each_case, ranking_sql

COMPANY = open_company(language="en", seed=2026)
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}
brief = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
days = st.dates(date(2021, 3, 1), date(2026, 1, 31))


def as_of(case: Case) -> dict:
    return {name: value for name, value in case.keywords.items() if name != "start"}


@pytest.mark.parametrize("months", [None, 18])
def test_rfm(company, months):
    def check(connection, case):
        since = "TRUE" if months is None else f"o.ordered_at >= $end::DATE + 1 - INTERVAL {months} MONTH"
        rows = connection.execute(
            f"""
            WITH bought AS (
                SELECT c.customer_id, c.name AS customer, CAST(max(o.ordered_at) AS DATE) AS last_order,
                       count(DISTINCT o.order_id) AS frequency,
                       CAST(sum(l.quantity * l.unit_price_cents * (100 - l.discount)) AS BIGINT) AS net
                FROM order_lines l JOIN orders o USING (order_id)
                JOIN customers c USING (customer_id) JOIN products p USING (product_id)
                WHERE {VALID} AND {case.customer} AND {case.order} AND {case.product or "TRUE"} AND {since}
                  AND CAST(l.booked_at AS DATE) <= $end::DATE
                GROUP BY ALL
            ), scored AS (
                SELECT *, date_diff('day', last_order, $end::DATE) AS recency_days,
                       net / 10000 AS monetary,
                       1 + 5 * (rank() OVER (ORDER BY last_order) - 1) // count(*) OVER () AS r,
                       1 + 5 * (rank() OVER (ORDER BY frequency) - 1) // count(*) OVER () AS f,
                       1 + 5 * (rank() OVER (ORDER BY net) - 1) // count(*) OVER () AS m
                FROM bought
            )
            SELECT customer_id, customer, last_order, recency_days, frequency, monetary, r, f, m,
                   CASE WHEN least(r, f, m) >= 4 THEN 'champions'
                        WHEN r >= 3 AND f >= 4 THEN 'loyal'
                        WHEN r >= 4 AND f <= 2 THEN 'new'
                        WHEN r >= 3 THEN 'occasional'
                        WHEN f >= 3 THEN 'at_risk' ELSE 'lost' END AS segment
            FROM scored ORDER BY r DESC, f DESC, m DESC, customer_id
            """,
            {"end": case.period["end"]},
        ).df()
        agree(rfm(company, months=months, **as_of(case)), rows)

    each_case(company, check)


def test_customer_pyramid(company):
    def check(connection, case):
        rows = connection.execute(
            ranking_sql(case)
            + """
            , placed AS (
                SELECT *, row_number() OVER (ORDER BY net_sales DESC, customer_id) AS place,
                       count(*) OVER () AS n FROM ranked
            ), levels(level, above, up_to) AS (
                VALUES ('vip', 0, 1), ('main', 1, 5), ('ordinary', 5, 20), ('small', 20, 100)
            )
            SELECT level, count(customer_id) AS customers,
                   count(customer_id) / nullif(sum(count(customer_id)) OVER (), 0) AS share_of_customers,
                   coalesce(sum(net_sales), 0) AS net_sales,
                   sum(net_sales) / nullif(sum(sum(net_sales)) OVER (), 0) AS share
            FROM levels LEFT JOIN placed ON place > ceil(n * above / 100) AND place <= ceil(n * up_to / 100)
            GROUP BY level, above ORDER BY above
            """,
            case.period,
        ).df()
        rows["share"] = rows["share"].where(rows["customers"] > 0, 0.0)
        result = customer_pyramid(company, **case.keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9)

    each_case(company, check)


def test_customer_abc(company):
    def check(connection, case):
        rows = connection.execute(
            ranking_sql(case)
            + """
            SELECT *, CASE WHEN net_sales <= 0 OR share IS NULL THEN 'C'
                           WHEN cumulative_share - share < 0.8 - 1e-12 THEN 'A'
                           WHEN cumulative_share - share < 0.95 - 1e-12 THEN 'B' ELSE 'C' END AS abc
            FROM ranked ORDER BY net_sales DESC, customer_id
            """,
            case.period,
        ).df()
        result = customer_abc(company, **case.keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-12)

    each_case(company, check)


def test_product_abc(company):
    def check(connection, case):
        rows = connection.execute(
            f"""
            WITH sold AS (
                SELECT l.product_id, sum(l.quantity * l.unit_price_cents * (100 - l.discount)) AS net
                FROM order_lines l JOIN orders o USING (order_id)
                JOIN customers c USING (customer_id) JOIN products p USING (product_id)
                WHERE {VALID} AND {case.customer} AND {case.order} AND {case.product or "TRUE"}
                  AND CAST(l.booked_at AS DATE) BETWEEN $start::DATE AND $end::DATE
                GROUP BY ALL
            ), listed AS (
                SELECT p.product_id, p.name AS product, p.major_category, p.minor_category,
                       CAST(coalesce(net, 0) AS BIGINT) / 10000 AS net_sales
                FROM products p LEFT JOIN sold USING (product_id)
                WHERE {case.product or "TRUE"} AND (net IS NOT NULL OR p.launched_on <= $end::DATE)
            ), summed AS (
                SELECT *, sum(net_sales) OVER () AS total,
                       sum(net_sales) OVER (ORDER BY net_sales DESC, product_id
                                            ROWS UNBOUNDED PRECEDING) AS reached
                FROM listed
            )
            SELECT rank() OVER (ORDER BY net_sales DESC) AS rank, product_id, product,
                   major_category, minor_category, net_sales,
                   net_sales / nullif(total, 0) AS share, reached / nullif(total, 0) AS cumulative_share,
                   CASE WHEN net_sales <= 0 OR total <= 0 THEN 'C'
                        WHEN reached - net_sales < 0.8 * total - 1e-6 THEN 'A'
                        WHEN reached - net_sales < 0.95 * total - 1e-6 THEN 'B' ELSE 'C' END AS abc
            FROM summed ORDER BY net_sales DESC, product_id
            """,
            case.period,
        ).df()
        result = product_abc(company, **case.keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-12)

    each_case(company, check)


# Identities


@given(st.lists(st.integers(-3, 40), min_size=1, max_size=60))
def test_quintiles(values):
    """Equal values score alike, larger ones never less, and a fifth at most scores 5 without ties."""
    values = pd.Series(values)
    scores = quintiles(values)
    assert scores.between(1, 5).all()
    assert (scores.groupby(values).nunique() == 1).all()
    assert scores.iloc[values.argsort()].is_monotonic_increasing
    if values.is_unique and len(values) % 5 == 0:
        assert (scores.value_counts() == len(values) / 5).all()


@brief
@given(days)
def test_rfm_and_the_ranking_are_of_the_same_customers(end):
    result, ranking = rfm(COMPANY, end=end), value_customers(COMPANY, end=end)
    assert set(result["customer_id"]) == set(ranking["customer_id"])
    assert result["monetary"].sum() == pytest.approx(ranking["net_sales"].sum(), abs=0.001)
    assert set(result["segment"]) <= set(RFM_SEGMENTS)


@brief
@given(days, st.sampled_from([{}, {"source": "Website"}, {"region": "East China"}]))
def test_the_levels_are_the_whole(end, chosen):
    result = customer_pyramid(COMPANY, end=end, **chosen)
    ranking = value_customers(COMPANY, end=end, **chosen)
    assert result["customers"].sum() == len(ranking)
    assert result["net_sales"].sum() == pytest.approx(ranking["net_sales"].sum(), abs=0.001)
    if len(ranking):
        assert result["share_of_customers"].sum() == pytest.approx(1)
        assert result["customers"].iloc[0] >= 1


@given(st.lists(st.integers(-500, 5000), max_size=50))
def test_class_a_is_the_smallest_set_that_reaches_80_percent(cents):
    net = pd.Series(sorted(cents, reverse=True), dtype="int64")
    result = classified(pd.DataFrame({"net_cents": net}))
    assert set(result["abc"]) <= set(CLASSES)
    total, best = net.sum(), net[result["abc"] == "A"]
    if total > 0:
        assert 100 * best.sum() >= 80 * total > 100 * best.iloc[:-1].sum()
        assert 100 * net[result["abc"] != "C"].sum() >= 95 * total
    else:
        assert best.empty
    assert (result.loc[net <= 0, "abc"] == "C").all()


def test_products_never_sold_are_in_class_c():
    result = product_abc(COMPANY)
    sold = COMPANY.raw["order_lines"]["product_id"].unique()
    never = result[~result["product_id"].isin(sold)]
    assert len(never) and (never["abc"] == "C").all() and (never["net_sales"] == 0).all()
    launched = COMPANY.raw["products"].set_index("product_id")["launched_on"]
    early = product_abc(COMPANY, end="2021-06-30")
    assert len(early) < len(result) and (launched[early["product_id"]] <= "2021-06-30").all()


# Mistakes


def test_mistakes_of_rfm():
    right = rfm(COMPANY).set_index("customer_id").sort_index()
    orders = COMPANY.raw["orders"]
    bought = orders[orders["customer_id"].isin(right.index)]
    valid = bought[bought["status"].isin(VALID_STATUSES)]
    lines = COMPANY.raw["order_lines"].merge(valid[["order_id", "customer_id"]], on="order_id")
    gross = (lines["quantity"] * lines["unit_price_cents"])[lines["quantity"] > 0]
    ordinal = right["frequency"].rank(method="first")
    wrong = {
        "cancelled orders are counted": bought.groupby("customer_id").size().ne(right["frequency"]),
        "lines are counted": lines.groupby("customer_id").size().ne(right["frequency"]),
        "sales without returns": (gross.groupby(lines["customer_id"]).sum() / 100).round(2)
        .ne(right["monetary"].round(2)),
        "equal values are torn apart": (1 + (ordinal - 1) * 5 // len(right)).ne(right["f"]),
        "the fewest days score least": quintiles(right["recency_days"]).ne(right["r"]),
    }  # fmt: skip
    for mistake, differs in wrong.items():
        assert differs.mean() > 0.05, mistake


def test_mistakes_of_the_pyramid_and_abc():
    pyramid = customer_pyramid(COMPANY, **YEAR)
    known = len(COMPANY.raw["customers"])
    assert pyramid["customers"].sum() != known, "levels of all customers, also of those who bought nothing"
    result = product_abc(COMPANY, **YEAR)
    sold = result[result["net_sales"] != 0]
    assert len(sold) < len(result), "a group-by of the lines loses what was not sold"
    best = result[result["abc"] == "A"]
    too_few = result[result["cumulative_share"] <= 0.8]
    assert len(too_few) == len(best) - 1, "what crosses 80 % belongs to the set that reaches it"
    assert not np.isclose(len(best) / len(result), 0.2), "class A is not by itself a fifth of the products"
