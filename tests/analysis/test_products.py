"""Step 6: what hardly sells, and who buys it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, open_company
from crmlab.analysis import (
    campaign_uplift,
    customer_statistics,
    promotion_media,
    promotion_sources,
    value_customers,
    weak_products,
)
from crmlab.company.schema import MEDIA, SOURCES, UNKNOWN

from .oracle import VALID, Case, agree, each_case

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}
SOLD = f"""
    SELECT l.*, CAST(l.quantity * l.unit_price_cents * (100 - l.discount) AS BIGINT) AS net,
           o.customer_id, o.ordered_at, c.source
    FROM order_lines l
    JOIN orders o USING (order_id)
    JOIN customers c USING (customer_id)
    JOIN products p USING (product_id)
    WHERE {VALID} AND {{customer}} AND {{order}} AND {{product}}
"""


def sold(case: Case) -> str:
    return SOLD.format(customer=case.customer, order=case.order, product=case.product or "TRUE")


def test_weak_products(company):
    def check(connection, case):
        rows = connection.execute(
            f"""
            WITH sold AS ({sold(case)}), measured AS (
                SELECT p.*,
                       coalesce(sum(net) FILTER (within), 0) / 10000 AS net_sales,
                       coalesce(sum(quantity) FILTER (within), 0) AS quantity,
                       count(DISTINCT order_id) FILTER (within AND quantity > 0) AS orders,
                       count(DISTINCT customer_id) FILTER (within AND quantity > 0) AS buyers,
                       max(day) FILTER (day <= $end::DATE AND quantity > 0) AS last_sold
                FROM products p
                LEFT JOIN (SELECT *, booked_at::DATE AS day, day BETWEEN $start::DATE AND $end::DATE AS within
                           FROM sold) l USING (product_id)
                WHERE {case.product or "TRUE"} AND p.launched_on <= $end::DATE
                GROUP BY ALL
            )
            SELECT rank() OVER (ORDER BY net_sales) AS rank, product_id, name AS product, major_category,
                   minor_category, launched_on, net_sales,
                   CASE WHEN sum(net_sales) OVER () > 0 THEN net_sales / sum(net_sales) OVER () END AS share,
                   quantity, orders, buyers, last_sold, last_sold IS NULL AS never_sold
            FROM measured ORDER BY net_sales, product_id
            """,
            case.period,
        ).df()
        agree(weak_products(company, bottom=1000, **case.keywords), rows)

    each_case(company, check)


def test_promotion_sources(company):
    def check(connection, case):
        named = ", ".join(f"({place}, '{word.to(company.language)}')" for place, word in enumerate(SOURCES))
        rows = connection.execute(
            f"""
            WITH sold AS ({sold(case)}), listed(place, source) AS (VALUES {named}, (99, NULL)), bought AS (
                SELECT source, count(DISTINCT customer_id) AS buyers FROM sold
                WHERE ordered_at::DATE BETWEEN $start::DATE AND $end::DATE GROUP BY source
            ), net AS (
                SELECT source, sum(net) / 10000 AS net_sales FROM sold
                WHERE booked_at::DATE BETWEEN $start::DATE AND $end::DATE GROUP BY source
            ), created AS (
                -- What can be asked of a customer can be asked of a lead, but for the products.
                SELECT c.source, count(*) AS leads
                FROM leads c JOIN (SELECT lead_id, recorder_id FROM leads) o USING (lead_id)
                WHERE {case.customer} AND {case.order} AND c.created_on BETWEEN $start::DATE AND $end::DATE
                GROUP BY c.source
            ), joined AS (
                SELECT place, coalesce(a.source, '{UNKNOWN.to(company.language)}') AS source,
                       coalesce(buyers, 0) AS buyers, coalesce(net_sales, 0) AS net_sales,
                       net_sales / nullif(buyers, 0) AS sales_per_buyer, coalesce(leads, 0) AS leads
                FROM listed a
                LEFT JOIN bought b ON a.source IS NOT DISTINCT FROM b.source
                LEFT JOIN net n ON a.source IS NOT DISTINCT FROM n.source
                LEFT JOIN created d ON a.source IS NOT DISTINCT FROM d.source
            )
            SELECT rank() OVER (ORDER BY buyers DESC) AS rank_by_buyers, source, buyers, net_sales,
                   sales_per_buyer,
                   CASE WHEN sales_per_buyer IS NOT NULL
                        THEN rank() OVER (ORDER BY sales_per_buyer DESC NULLS LAST) END
                       AS rank_by_sales_per_buyer,
                   leads
            FROM joined ORDER BY buyers DESC, place
            """,
            case.period,
        ).df()
        if "source" in case.keywords:
            rows = rows[rows["source"].isin([*SOURCES[1], *UNKNOWN])]
            for name in ("buyers", "sales_per_buyer"):
                rows[f"rank_by_{name}"] = rows[name].rank(method="min", ascending=False)
        rows = rows.astype({"rank_by_sales_per_buyer": "float64"}).reset_index(drop=True)
        agree(promotion_sources(company, **case.keywords), rows)

    each_case(company, check)


def test_promotion_media(company):
    def check(connection, case):
        named = ", ".join(f"({place}, '{word.to(company.language)}')" for place, word in enumerate(MEDIA))
        rows = connection.execute(
            f"""
            WITH approached AS (
                SELECT t.campaign_id, t.customer_id, g.medium
                FROM campaign_touches t
                JOIN campaigns g USING (campaign_id)
                JOIN customers c USING (customer_id)
                WHERE t.test_group = 'treated' AND {case.customer}
                  AND t.touched_on BETWEEN $start::DATE AND $end::DATE
            ), bought AS (
                SELECT a.medium, a.customer_id, l.net
                FROM approached a
                JOIN campaign_responses r USING (campaign_id, customer_id)
                JOIN ({sold(case)}) l ON l.order_id = r.order_id
                WHERE l.ordered_at::DATE BETWEEN $start::DATE AND $end::DATE
                  AND l.booked_at::DATE <= $end::DATE
            ), joined AS (
                SELECT place, v.medium, coalesce(campaigns, 0) AS campaigns,
                       coalesce(approached, 0) AS approached, coalesce(buyers, 0) AS buyers,
                       coalesce(net_sales, 0) AS net_sales
                FROM (VALUES {named}) v(place, medium)
                LEFT JOIN (SELECT medium, count(DISTINCT campaign_id) AS campaigns,
                                  count(DISTINCT customer_id) AS approached
                           FROM approached GROUP BY 1) USING (medium)
                LEFT JOIN (SELECT medium, count(DISTINCT customer_id) AS buyers,
                                  sum(net) / 10000 AS net_sales
                           FROM bought GROUP BY 1) USING (medium)
            )
            SELECT rank() OVER (ORDER BY buyers DESC) AS rank_by_buyers, medium, campaigns, approached,
                   buyers, buyers / nullif(approached, 0) AS bought, net_sales,
                   net_sales / nullif(buyers, 0) AS sales_per_buyer,
                   CASE WHEN buyers > 0 THEN
                       rank() OVER (ORDER BY net_sales / nullif(buyers, 0) DESC NULLS LAST) END
                       AS rank_by_sales_per_buyer
            FROM joined ORDER BY buyers DESC, place
            """,
            case.period,
        ).df()
        rows = rows.astype({"rank_by_sales_per_buyer": "float64"})
        agree(promotion_media(company, **case.keywords), rows)

    each_case(company, check)


def test_the_last_few_are_those_of_all():
    every, few = weak_products(COMPANY, bottom=1000, **YEAR), weak_products(COMPANY, bottom=7, **YEAR)
    pd.testing.assert_frame_equal(few, every.head(7))


# What must hold whatever the filter

days = st.dates(COMPANY.start.date(), COMPANY.today.date())
chosen = st.fixed_dictionaries(
    {},
    optional={
        "region": st.lists(st.sampled_from(["East China", "华南", "North China"]), min_size=1, max_size=2),
        "major_category": st.sampled_from(sorted(RAW["products"]["major_category"].unique())),
    },
)


@settings(max_examples=15, deadline=None)
@given(st.tuples(days, days).map(sorted), chosen)
def test_the_products_make_the_whole(period, keywords):
    keywords = keywords | dict(zip(("start", "end"), period, strict=True))
    products = weak_products(COMPANY, bottom=1000, **keywords)
    sources = promotion_sources(COMPANY, **keywords)
    whole = value_customers(COMPANY, **keywords)["net_sales"].sum()
    assert products["net_sales"].sum() == pytest.approx(whole)
    assert sources["net_sales"].sum() == pytest.approx(whole)
    if whole > 0:
        assert products["share"].sum() == pytest.approx(1)
    assert products["net_sales"].is_monotonic_increasing
    assert (products["never_sold"] == products["last_sold"].isna()).all()
    assert not products.loc[products["orders"] > 0, "never_sold"].any()
    buyers = customer_statistics(COMPANY, **keywords).set_index("source")["customers"]
    assert sources.set_index("source")["buyers"].to_dict() == buyers.to_dict()


def test_who_was_approached_and_bought_is_who_the_campaigns_count():
    """One campaign with one medium, over its whole time: the same customers."""
    (measured,) = campaign_uplift(COMPANY, start="2025-12-02", end="2025-12-02").to_dict("records")
    media = promotion_media(COMPANY, start="2025-10-01", end="2026-01-31").set_index("medium")
    assert media.loc["Trade fair", "approached"] == measured["treated"]
    assert media.loc["Trade fair", "bought"] == pytest.approx(measured["treated_rate"])


# The mistakes that ANALYSES names give other numbers


def test_grouping_the_lines_loses_what_never_sold():
    right = weak_products(COMPANY, **YEAR)
    times = RAW["order_lines"]["booked_at"]
    grouped = RAW["order_lines"][times.dt.year == 2025].groupby("product_id").size()
    lost = set(right["product_id"]) - set(grouped.index)
    assert right["never_sold"].sum() > 0 and (right["orders"] == 0).sum() > right["never_sold"].sum()
    assert set(right.loc[right["orders"] == 0, "product_id"]) == lost


def test_what_was_launched_later_is_not_weak():
    latest = RAW["products"].sort_values("launched_on").iloc[-1]
    before = latest["launched_on"] - pd.Timedelta(days=1)
    assert latest["product_id"] not in set(weak_products(COMPANY, bottom=1000, end=before)["product_id"])
    on_the_day = weak_products(COMPANY, bottom=1000, end=latest["launched_on"])
    assert latest["product_id"] in set(on_the_day["product_id"])


def test_the_most_leads_are_not_the_most_buyers():
    found = promotion_sources(COMPANY, **YEAR, major_category="Furniture")
    named = found[found["source"] != "Unknown"].set_index("source")
    assert named["leads"].idxmax() != named["buyers"].idxmax()
    assert named["sales_per_buyer"].idxmax() != named["buyers"].idxmax()
    finding = promotion_sources.entry.finding(found, COMPANY)
    for source in (named["leads"].idxmax(), named["buyers"].idxmax(), named["sales_per_buyer"].idxmax()):
        assert source in finding


# Sentences for the rarer cases


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({}, "have never been sold"),
        ({"bottom": 1}, "The weakest product is"),
        ({"major_category": "Furniture", **YEAR}, "nobody bought 1 of them in this period."),
        ({"product": [168, 170]}, "the last is Task chair"),
        ({"start": "2021-01-01", "end": "2021-01-01", "customer": 1016}, "Nothing was sold"),
    ],
)
def test_the_finding_on_weak_products(keywords, says):
    entry = weak_products.entry
    assert says in entry.finding(weak_products(COMPANY, **keywords), COMPANY)


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"source": ["Website", "Referral"]}, "Website (287), which is number 2"),
        ({"source": "Website"}, "Website brings the most buyers (107) and the most from each"),
        ({"source": "Unknown"}, "Buyers: 58, all of unknown source."),
        ({"start": "2021-01-01", "end": "2021-01-01", "customer": 1016}, "Nothing was sold"),
    ],
)
def test_the_finding_on_sources(keywords, says):
    entry = promotion_sources.entry
    assert says in entry.finding(promotion_sources(COMPANY, **keywords), COMPANY)


def test_a_company_without_campaigns_has_media_without_buyers(company: Company):
    raw = company.raw | {"campaign_touches": company.raw["campaign_touches"].head(0)}
    result = promotion_media(Company(raw, language=company.language))
    assert len(result) == len(MEDIA)
    assert (result["buyers"] == 0).all() and result["bought"].isna().all()
