"""Stages, transitions and cohorts beside SQL, their identities, and the mistakes that people make."""

from __future__ import annotations

from datetime import date
from itertools import cycle

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab import open_company
from crmlab.analysis import (
    cohort_retention,
    customer_statistics,
    lifecycle,
    lifecycle_transitions,
    new_customers,
    value_customers,
)
from crmlab.analysis.stages import EARLIER_STAGES, STAGES

from .oracle import VALID, Case, agree, cases, database

COMPANY = open_company(language="en", seed=2026)
brief = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
days = st.dates(date(2021, 3, 1), date(2026, 1, 31))


def of_customers(company, *, start=False) -> list[Case]:
    """The cases that choose customers only."""
    chosen = [case for case in cases(company) if case.order == "TRUE" and case.product is None]
    if not start:
        for case in chosen:
            case.keywords.pop("start", None)
    return chosen


STAGE = f"""
    SELECT c.customer_id, b.recent, CASE
        WHEN b.n IS NULL THEN 'prospect'
        WHEN b.quiet > {{silent}} AND (b.n = 1 OR b.quiet > 3.0 * b.span / (b.n - 1)) THEN 'ended'
        WHEN b.n < 3 OR b.age < 180 THEN 'developing'
        WHEN coalesce(b.recent, 0) > coalesce(b.earlier, 0) * (1 + {{growth}} / 100) THEN 'growing'
        ELSE 'mature' END AS stage
    FROM customers c LEFT JOIN (
        SELECT o.customer_id, count(DISTINCT o.order_id) AS n,
               date_diff('day', CAST(max(o.ordered_at) AS DATE), {{day}}) AS quiet,
               date_diff('day', CAST(min(o.ordered_at) AS DATE), {{day}}) AS age,
               date_diff('day', CAST(min(o.ordered_at) AS DATE), CAST(max(o.ordered_at) AS DATE)) AS span,
               sum(v.net) FILTER (v.booked > {{day}} - INTERVAL 1 YEAR) AS recent,
               sum(v.net) FILTER (v.booked <= {{day}} - INTERVAL 1 YEAR
                                  AND v.booked > {{day}} - INTERVAL 2 YEAR) AS earlier
        FROM orders o LEFT JOIN (
            SELECT order_id, CAST(booked_at AS DATE) AS booked,
                   sum(quantity * unit_price_cents * (100 - discount)) / 10000 AS net
            FROM order_lines WHERE CAST(booked_at AS DATE) <= {{day}} GROUP BY ALL
        ) v USING (order_id)
        WHERE {VALID} AND CAST(o.ordered_at AS DATE) <= {{day}}
        GROUP BY o.customer_id
    ) b USING (customer_id)
    WHERE c.created_on <= {{day}} AND {{customer}}
"""


def test_lifecycle(company):
    connection = database(company)
    for case, (silent, growth) in zip(of_customers(company), cycle([(365, 10), (90, 0)]), strict=False):
        sql = STAGE.format(day="$end::DATE", customer=case.customer, silent=silent, growth=growth)
        rows = connection.execute(
            f"""
            WITH staged AS ({sql}), stages(place, stage) AS (
                VALUES (1, 'prospect'), (2, 'developing'), (3, 'growing'), (4, 'mature'), (5, 'ended'))
            SELECT stage, count(customer_id) AS customers,
                   count(customer_id) / nullif(sum(count(customer_id)) OVER (), 0) AS share,
                   coalesce(sum(recent), 0) AS net_sales_12_months
            FROM stages LEFT JOIN staged USING (stage) GROUP BY place, stage ORDER BY place
            """,
            {"end": case.period["end"]},
        ).df()
        result = lifecycle(company, silent=silent, growth=growth, **case.keywords)
        assert (result["net_sales_12_months"] - rows["net_sales_12_months"]).abs().max() < 0.005
        agree(result.iloc[:, :3], rows.iloc[:, :3])


def test_lifecycle_transitions(company):
    connection = database(company)
    for case, months in zip(of_customers(company)[1:], cycle([12, 3]), strict=False):
        now, then = (
            STAGE.format(day=day, customer=case.customer, silent=365, growth=10)
            for day in ("$end::DATE", f"CAST($end::DATE - INTERVAL {months} MONTH AS DATE)")
        )
        rows = connection.execute(
            f"""
            WITH now AS ({now}), earlier AS ({then})
            SELECT coalesce(e.stage, 'new') AS from_stage, n.stage AS to_stage, count(*) AS customers
            FROM now n LEFT JOIN earlier e USING (customer_id) GROUP BY ALL
            """,
            {"end": case.period["end"]},
        ).df()
        result = lifecycle_transitions(company, months=months, **case.keywords)
        found = (
            result[result["customers"] > 0].set_index(["from_stage", "to_stage"])["customers"].sort_index()
        )
        expected = rows.set_index(["from_stage", "to_stage"])["customers"].sort_index()
        assert found.to_dict() == expected.to_dict()
        assert result["from_stage"].tolist() == [stage for stage in EARLIER_STAGES for _ in STAGES]


def test_cohort_retention(company):
    connection = database(company)
    everys = cycle(["quarter", "month", "year"])
    for case, every in zip(of_customers(company, start=True) * 2, everys, strict=False):
        rows = connection.execute(
            f"""
            WITH first AS (
                SELECT customer_id, min(ordered_at) AS first_at FROM orders WHERE {VALID} GROUP BY ALL
            ), cohort AS (
                SELECT customer_id, date_trunc('{every}', first_at) AS c
                FROM first JOIN customers c USING (customer_id)
                WHERE {case.customer} AND CAST(first_at AS DATE) BETWEEN $start::DATE AND $end::DATE
            ), starts AS (
                SELECT unnest(generate_series(date_trunc('{every}', $start::DATE), $end::DATE,
                                              INTERVAL 1 {every})) AS c
            ), buying AS (
                SELECT DISTINCT customer_id, date_trunc('{every}', ordered_at) AS p
                FROM orders WHERE {VALID} AND CAST(ordered_at AS DATE) <= $end::DATE
            ), cells AS (
                SELECT a.c, b.c AS p,
                       (SELECT count(*) FROM cohort WHERE c = a.c) AS customers,
                       (SELECT count(*) FROM cohort JOIN buying USING (customer_id)
                        WHERE cohort.c = a.c AND buying.p = b.c) AS active,
                       b.c + INTERVAL 1 {every} <= $end::DATE + 1 AS over
                FROM starts a JOIN starts b ON b.c >= a.c
            )
            SELECT CASE '{every}' WHEN 'month' THEN strftime(c, '%Y-%m')
                                  WHEN 'quarter' THEN year(c) || '-Q' || quarter(c)
                                  ELSE strftime(c, '%Y') END AS cohort,
                   CAST(c AS DATE) AS cohort_start, date_diff('{every}', c, p) AS k, customers,
                   CASE WHEN over THEN active END AS active,
                   CASE WHEN over THEN active / nullif(customers, 0) END AS retention
            FROM cells ORDER BY c, p
            """,
            case.period,
        ).df()
        agree(cohort_retention(company, every=every, **case.keywords), rows)


# Identities


@brief
@given(days, st.sampled_from([{}, {"source": "Website"}, {"region": "East China"}]))
def test_everybody_has_one_stage(end, chosen):
    result = lifecycle(COMPANY, end=end, **chosen).set_index("stage")
    ever = customer_statistics(COMPANY, end=end, **chosen)["customers"].sum()
    assert result["customers"].drop("prospect").sum() == ever
    start = max(pd.Timestamp(end) + pd.DateOffset(days=1) - pd.DateOffset(years=1), COMPANY.start)
    sold = value_customers(COMPANY, start=start, end=end, **chosen)["net_sales"].sum()
    assert result["net_sales_12_months"].sum() == pytest.approx(sold, abs=0.001)
    assert result["share"].sum() == pytest.approx(1)


@brief
@given(days, st.integers(1, 60))
def test_the_moves_lead_from_stages_to_stages(end, months):
    moves = lifecycle_transitions(COMPANY, end=end, months=months)
    now = lifecycle(COMPANY, end=end).set_index("stage")["customers"]
    arrived = moves.groupby("to_stage")["customers"].sum()
    assert arrived.to_dict() == now.to_dict()
    shares = moves.groupby("from_stage")["share"].sum(min_count=1)
    assert np.allclose(shares.dropna(), 1)
    earlier = moves["from_day"].iloc[0]
    if earlier >= COMPANY.start:
        then = lifecycle(COMPANY, end=earlier).set_index("stage")["customers"]
        left = moves[moves["from_stage"] != "new"].groupby("from_stage")["customers"].sum()
        assert left.to_dict() == then.to_dict()
    again = moves[(moves["to_stage"] == "prospect") & ~moves["from_stage"].isin(["prospect", "new"])]
    assert again["customers"].sum() == 0, "who has bought is never a prospect again"


@brief
@given(days, st.sampled_from(["month", "quarter", "year"]))
def test_cohorts_are_the_new_customers(end, every):
    result = cohort_retention(COMPANY, end=end, every=every)
    first = result[result["k"] == 0]
    assert first["customers"].sum() == new_customers(COMPANY, end=end)["new_customers"].sum()
    assert (first["retention"].dropna() == 1).all()
    assert result["retention"].dropna().between(0, 1).all()
    unknown = result[result["active"].isna()]
    assert unknown["cohort"].is_unique and len(unknown) in (0, len(first))


# Mistakes


def test_mistakes_of_the_lifecycle():
    right = lifecycle(COMPANY).set_index("stage")["customers"]
    strict = lifecycle(COMPANY, silent=90).set_index("stage")["customers"]
    assert strict["ended"] > right["ended"], "one limit for all that is too short"
    orders = COMPANY.raw["orders"]
    any_status = orders.groupby("customer_id").size()
    assert len(COMPANY.raw["customers"]) - len(any_status) < right["prospect"], "cancelled orders are counted"


def test_mistakes_of_cohorts():
    result = cohort_retention(COMPANY)
    zero = result["active"].fillna(0).sum() / result["customers"].sum()
    sums = result.dropna(subset="active")[["active", "customers"]].astype(float).sum()
    assert zero < sums["active"] / sums["customers"] - 0.002, "a period that is not over is taken for 0"
    one = result[result["k"] == 1].dropna(subset="active")
    rate = one["active"].astype(float).sum() / one["customers"].sum()
    assert not np.isclose(rate, one["retention"].mean(), atol=0.005), "the mean of the rates"
    cohort = cohort_retention(COMPANY, start="2025-01-01")["customers"].iloc[0]
    quarter = customer_statistics(COMPANY, start="2025-01-01", end="2025-03-31")["customers"].sum()
    assert cohort < quarter, "first in the window, not first ever"
