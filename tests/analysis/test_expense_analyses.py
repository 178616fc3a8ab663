"""Expenses: steps 16 and 17 beside SQL, what must add up, and the mistakes that can be told apart."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, open_company
from crmlab.analysis import expense_composition, expense_trend
from crmlab.analysis.charts import Bars, Pie
from crmlab.analysis.menu import find
from crmlab.company.schema import EXPENSE_KINDS
from crmlab.errors import CrmlabError

from .oracle import agree, each_case

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}
BY = ["employee", "customer", "kind"]
days = st.dates(date(2021, 1, 1), date(2026, 1, 31))
choices = st.sampled_from(
    [{}, {"recorder": [1, 16]}, {"source": "Unknown"}, {"region": "华东"}, {"owner": 1}]
)
brief = settings(max_examples=8, deadline=None)


def counted(case) -> str:
    """The expenses that count, as SQL."""
    somebody = f"(({case.customer}) AND (c.customer_id IS NOT NULL OR {case.customer == 'TRUE'}))"
    recorder = case.order.replace("o.recorder_id", "x.employee_id")
    return f"""expenses x LEFT JOIN customers c USING (customer_id)
               WHERE status <> 'rejected' AND {somebody} AND {recorder}"""


def test_expense_composition(company):
    def check(connection, case):
        for by in BY:
            compare(connection, case, by)

    kinds = ", ".join(f"({place}, '{word.to(company.language)}')" for place, word in enumerate(EXPENSE_KINDS))
    nobody = {"en": "unassigned", "zh": "未分配"}[company.language]

    def compare(connection, case, by):
        asked = case.keywords.get("recorder")
        key, groups = {
            "employee": (
                "employee_id",
                f"""SELECT employee_id AS key, employee_id AS group_id, name AS "group", employee_id AS place
                    FROM employees WHERE employee_id IN (SELECT key FROM spent)
                        OR CASE WHEN {asked is not None} THEN employee_id = {asked or 0}
                           ELSE hired_on <= $end::DATE AND coalesce(left_on >= $start::DATE, TRUE) END""",
            ),
            "customer": (
                "coalesce(x.customer_id, -1)",
                f"""SELECT customer_id AS key, customer_id AS group_id, name AS "group", customer_id AS place
                    FROM customers WHERE customer_id IN (SELECT key FROM spent)
                    UNION ALL SELECT -1, NULL, '{nobody}', 999999999""",
            ),
            "kind": (
                "x.kind",
                f"""SELECT kind AS key, NULL AS group_id, kind AS "group", place
                    FROM (VALUES {kinds}) k(place, kind)""",
            ),
        }[by]
        rows = connection.execute(
            f"""
            WITH spent AS (
                SELECT {key} AS key, count(*) AS claims, CAST(sum(amount_cents) AS BIGINT) AS cents
                FROM {counted(case)}
                  AND CAST(incurred_on AS DATE) BETWEEN $start::DATE AND $end::DATE GROUP BY ALL
            ), groups AS ({groups})
            SELECT group_id, "group", coalesce(claims, 0) AS claims, coalesce(cents, 0) / 100 AS amount,
                   coalesce(cents, 0) / nullif(sum(cents) OVER (), 0) AS share
            FROM groups LEFT JOIN spent USING (key) ORDER BY amount DESC, place
            """,
            case.period,
        ).df()
        agree(expense_composition(company, by=by, **case.keywords), rows)

    each_case(company, check, products=False)


def test_expense_trend(company):
    def check(connection, case):
        for year in (2021, 2025, 2026):
            rows = connection.execute(
                f"""
                WITH months AS (
                    SELECT CAST(unnest(generate_series(make_date({year}, 1, 1), make_date({year}, 12, 1),
                                                       INTERVAL 1 MONTH)) AS DATE) AS month_start
                ), spent AS (
                    SELECT CAST(date_trunc('month', incurred_on) AS DATE) AS month_start, count(*) AS claims,
                           sum(amount_cents) AS cents
                    FROM {counted(case)} GROUP BY ALL
                )
                SELECT strftime(month_start, '%Y-%m') AS month, month_start, coalesce(claims, 0) AS claims,
                       coalesce(cents, 0) / 100 AS amount,
                       last_day(month_start) <= DATE '2026-01-31' AS complete
                FROM months LEFT JOIN spent USING (month_start) ORDER BY month_start
                """
            ).df()
            keywords = {key: value for key, value in case.keywords.items() if key not in ("start", "end")}
            agree(expense_trend(company, year=year, **keywords), rows)

    each_case(company, check, products=False)


@brief
@given(days, days, choices)
def test_whatever_has_a_row_adds_up_to_the_same(one, other, chosen):
    start, end = sorted((one, other))
    results = [expense_composition(COMPANY, by=by, start=start, end=end, **chosen) for by in BY]
    for result in results:
        assert result["amount"].sum() == pytest.approx(results[0]["amount"].sum())
        assert result["claims"].sum() == results[0]["claims"].sum()
        assert result["amount"].is_monotonic_decreasing
        assert result["share"].isna().all() or result["share"].sum() == pytest.approx(1)
    assert (results[1]["group"] == "unassigned").sum() == 1
    if {"source", "region", "owner"} & chosen.keys():
        assert results[1].loc[results[1]["group"] == "unassigned", "amount"].sum() == 0


@brief
@given(st.tuples(days, days, days).map(sorted), st.sampled_from(BY))
def test_two_periods_make_one(moments, by):
    start, cut, end = moments

    def amounts(first, last):
        if first > last:
            return pd.Series(dtype="float64")
        return expense_composition(COMPANY, by=by, start=first, end=last).set_index("group")["amount"]

    parts = pd.concat([amounts(start, cut), amounts(cut + timedelta(days=1), end)]).groupby(level=0).sum()
    whole = amounts(start, end).groupby(level=0).sum()
    pd.testing.assert_series_equal(parts[parts > 0], whole[whole > 0], rtol=1e-9, check_names=False)


@pytest.mark.parametrize("year", range(2021, 2027))
@pytest.mark.parametrize("chosen", [{}, {"recorder": COMPANY.me}, {"source": "Website"}])
def test_the_months_make_the_year(year, chosen):
    trend = expense_trend(COMPANY, year=year, **chosen)
    end = min(pd.Timestamp(year, 12, 31), COMPANY.today)
    whole = expense_composition(COMPANY, start=f"{year}-01-01", end=end, **chosen)
    assert len(trend) == 12 and trend["month"].is_monotonic_increasing
    assert trend["amount"].sum() == pytest.approx(whole["amount"].sum())
    assert trend["complete"].sum() == (12 if year < 2026 else 1)


def test_the_year_is_the_last_complete_one_unless_given(default):
    pd.testing.assert_frame_equal(expense_trend(default), expense_trend(default, year=2025))
    shorter = Company(
        default.raw, language="en", period=(pd.Timestamp("2025-03-01"), pd.Timestamp("2025-11-30"))
    )
    result = expense_trend(shorter)
    assert result["month"].iloc[0] == "2025-01" and result["complete"].sum() == 9
    assert "so far" in find(17).finding(result, shorter)


def test_a_year_without_records_says_so(default):
    entry = find("expense-trend")
    result = expense_trend(default, year=2030)
    assert result["amount"].sum() == 0 and not result["complete"].any()
    assert entry.finding(result, default) in ("There are no records of 2030.", "没有2030年的记录。")


def test_there_is_no_period_in_the_trend(default):
    with pytest.raises(CrmlabError, match="recorder"):
        expense_trend(default, start="2025-01-01")


def test_few_kinds_are_a_pie_and_many_people_bars(default):
    entry = find("expense-composition")
    forms = {by: type(entry.picture(expense_composition(default, by=by), default)) for by in BY}
    assert forms == {"employee": Bars, "customer": Bars, "kind": Pie}
    picture = entry.picture(expense_composition(default, by="customer"), default)
    assert sum(picture.values) == pytest.approx(expense_composition(default)["amount"].sum())
    assert picture.stressed in picture.labels


def test_mistakes_about_the_composition():
    right = expense_composition(COMPANY, by="customer", **YEAR)
    claims = RAW["expenses"][RAW["expenses"]["incurred_on"].dt.year == 2025]
    total = right["amount"].sum()
    assert claims["amount_cents"].sum() / 100 > total, "rejected claims counted"
    valid = claims[claims["status"] != "rejected"]
    assert valid["amount_cents"].sum() / 100 == pytest.approx(total)
    assigned = valid.dropna(subset="customer_id")["amount_cents"].sum() / 100
    assert assigned < 0.9 * total, "overhead dropped"
    assert valid.loc[valid["status"] != "submitted", "amount_cents"].sum() / 100 <= total


def test_mistakes_about_the_trend():
    right = expense_trend(COMPANY, year=2025)["amount"]
    valid = RAW["expenses"].query("status != 'rejected'")
    paid = valid[valid["paid_on"].dt.year == 2025]
    by_payment = paid.groupby(paid["paid_on"].dt.month)["amount_cents"].sum() / 100
    assert by_payment.tolist() != pytest.approx(right.tolist(), rel=1e-3), (
        "date paid instead of date incurred"
    )
    me = {"recorder": COMPANY.me, "source": "Trade fair"}
    assert (expense_trend(COMPANY, year=2025, **me)["amount"] == 0).any(), "months missing"
