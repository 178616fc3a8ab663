"""Each analysis beside SQL that was written by hand from its definition."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab.analysis import customer_statistics, gift_list, new_customers, value_customers
from crmlab.analysis.gifts import GIFTS
from crmlab.company.schema import HOBBIES, SOURCES, UNKNOWN

from .oracle import VALID, agree, cases, each_case, ranking_sql


def test_customer_statistics(company):
    def check(connection, case):
        of_product = "TRUE"
        if case.product:
            of_product = f"""EXISTS (FROM order_lines l JOIN products p USING (product_id)
                                     WHERE l.order_id = o.order_id AND l.quantity > 0 AND {case.product})"""
        listed = ", ".join(f"({place}, '{word.to(company.language)}')" for place, word in enumerate(SOURCES))
        rows = connection.execute(
            f"""
            WITH bought AS (
                SELECT DISTINCT c.customer_id, c.source
                FROM orders o JOIN customers c USING (customer_id)
                WHERE {VALID} AND {case.customer} AND {case.order} AND {of_product}
                  AND CAST(o.ordered_at AS DATE) BETWEEN $start::DATE AND $end::DATE
            ), listed(place, source) AS (VALUES {listed}, (99, NULL))
            SELECT coalesce(listed.source, '{UNKNOWN.to(company.language)}') AS source,
                   count(bought.customer_id) AS customers,
                   count(bought.customer_id) / nullif(sum(count(bought.customer_id)) OVER (), 0) AS share
            FROM listed LEFT JOIN bought ON bought.source IS NOT DISTINCT FROM listed.source
            GROUP BY place, listed.source
            ORDER BY customers DESC, place
            """,
            case.period,
        ).df()
        if "source" in case.keywords:
            rows = rows[rows["source"].isin([*SOURCES[1], *UNKNOWN])].reset_index(drop=True)
        agree(customer_statistics(company, **case.keywords), rows)

    each_case(company, check)


def test_value_customers(company):
    def check(connection, case):
        sql = ranking_sql(case) + "SELECT * FROM ranked ORDER BY net_sales DESC, customer_id"
        rows = connection.execute(sql, case.period).df()
        result = value_customers(company, **case.keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-12)
        cents = (result["net_sales"] * 100).round().astype("int64")
        assert cents.tolist() == (rows["net_sales"] * 100).round().astype("int64").tolist()

    each_case(company, check)


def test_new_customers(company):
    def check(connection, case):
        rows = connection.execute(
            f"""
            WITH first AS (
                FROM orders WHERE {VALID}
                QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at, order_id) = 1
            ), counted AS (
                SELECT year(o.ordered_at) AS year, count(*) AS n
                FROM first o JOIN customers c USING (customer_id)
                WHERE {case.customer} AND {case.order}
                  AND CAST(o.ordered_at AS DATE) BETWEEN $start::DATE AND $end::DATE
                GROUP BY ALL
            ), years AS (
                SELECT unnest(generate_series(year($start::DATE), year($end::DATE))) AS year
            ), complete AS (
                SELECT year, coalesce(n, 0) AS n,
                       make_date(year, 1, 1) >= $start::DATE
                           AND make_date(year, 12, 31) <= $end::DATE AS complete
                FROM years LEFT JOIN counted USING (year)
            )
            SELECT year, n AS new_customers,
                   CASE WHEN complete AND lag(complete) OVER (ORDER BY year)
                        THEN n / nullif(lag(n) OVER (ORDER BY year), 0) - 1 END AS change,
                   sum(n) OVER (ORDER BY year) AS cumulative, complete
            FROM complete ORDER BY year
            """,
            case.period,
        ).df()
        result = new_customers(company, **case.keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-12)

    each_case(company, check, products=False)


@pytest.mark.parametrize(("top", "budget"), [(20, 300), (700, 90), (5, 1000)])
def test_gift_list(company, top, budget):
    def check(connection, case):
        language = company.language
        gifts = pd.DataFrame(
            [
                (word.to(language), gift.name.to(language), gift.price)
                for word in HOBBIES
                for gift in GIFTS[word.en]
            ],
            columns=["hobby", "gift", "price"],
        )
        connection.register("gifts", gifts)
        rows = connection.execute(
            ranking_sql(case)
            + f"""
            , key_contacts AS (
                FROM contacts WHERE is_key
                QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY contact_id) = 1
            ), best AS (
                SELECT r.*, k.contact_id, k.name AS contact, coalesce(k.hobby, c.hobby) AS hobby,
                       CASE WHEN k.hobby IS NOT NULL THEN 'contact'
                            WHEN c.hobby IS NOT NULL THEN 'customer' ELSE 'missing' END AS hobby_from
                FROM (FROM ranked ORDER BY net_sales DESC, customer_id LIMIT {top}) r
                JOIN customers c USING (customer_id)
                LEFT JOIN key_contacts k USING (customer_id)
            ), affordable AS (
                SELECT hobby, arg_max(gift, price) AS gift, max(price) AS gift_price
                FROM gifts WHERE price <= {budget} GROUP BY hobby
            )
            SELECT rank, customer_id, customer, net_sales, contact_id, contact,
                   hobby, hobby_from, gift, gift_price
            FROM best LEFT JOIN affordable USING (hobby)
            ORDER BY net_sales DESC, customer_id
            """,
            case.period,
        ).df()
        result = gift_list(company, top=top, budget=budget, **case.keywords)
        agree(
            result.assign(net_sales=result["net_sales"].round(2)),
            rows.assign(net_sales=rows["net_sales"].round(2)),
        )

    each_case(company, check)


def test_the_cases_are_worth_it(company):
    """A filter that selects nothing, or everything, would test nothing."""
    everything = len(value_customers(company))
    for case in cases(company):
        rows = len(value_customers(company, **case.keywords))
        assert 0 < rows < everything or not case.keywords, case
    day = next(case for case in cases(company) if case.period["start"] == case.period["end"])
    orders = company.raw["orders"]
    assert (orders["ordered_at"] > pd.Timestamp(day.period["end"])).any()
