"""Service feedback: step 18 beside SQL, what must add up, and the mistakes that can be told apart."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import open_company
from crmlab.analysis import service_feedback
from crmlab.analysis.menu import find
from crmlab.analysis.service import SCORES, STATUSES
from crmlab.company.schema import TICKET_KINDS
from crmlab.errors import CrmlabError

from .oracle import agree, each_case

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
BY = ["kind", "customer", "product", "major_category", "minor_category", "status", "satisfaction"]
OF_PRODUCTS = BY[2:5]
COUNTS = [
    "tickets",
    "open",
    "answered",
    "closed",
    "satisfied",
    "neutral",
    "dissatisfied",
    "no_answer",
    "responses",
]
days = st.dates(date(2021, 1, 1), date(2026, 1, 31))
choices = st.sampled_from([{}, {"source": "Unknown"}, {"region": "华东"}, {"owner": 1}])
brief = settings(max_examples=8, deadline=None)


def test_service_feedback(company):
    language = company.language

    def values(texts) -> str:
        return ", ".join(
            f"({place}, {key!r}, '{text.to(language)}')" for place, (key, text) in enumerate(texts)
        )

    listed = {
        "kind": values((word.to(language), word) for word in TICKET_KINDS),
        "status": values(STATUSES.items()),
        "satisfaction": values(SCORES.items()),
    }

    def check(connection, case):
        if "recorder" in case.keywords:
            return
        for by in BY:
            compare(connection, case, by, 2 if case.product else 5)

    def compare(connection, case, by, minimum):
        if by == "customer":
            groups = """SELECT customer_id AS place, customer_id AS key, name AS "group" FROM customers
                        WHERE customer_id IN (SELECT key FROM found)"""
        elif by in OF_PRODUCTS:
            key, name = ("product_id", "name") if by == "product" else (by, by)
            none = {"en": "No product", "zh": "未涉及产品"}[language]
            groups = f"""
                SELECT min(product_id) AS place, {key} AS key, {name} AS "group" FROM products p
                WHERE {case.product or "TRUE"} GROUP BY ALL
                UNION ALL SELECT 9999999, NULL, '{none}' WHERE EXISTS (FROM found WHERE key IS NULL)"""
        else:
            groups = f'SELECT * FROM (VALUES {listed[by]}) g(place, key, "group")'
        column = "p" if by in OF_PRODUCTS else "t"
        key = {
            "customer": "customer_id",
            "product": "t.product_id",
            "satisfaction": "coalesce(satisfaction, 0)",
        }.get(by, f"{column}.{by}")
        number = {"customer": "g.key", "product": "g.key", "satisfaction": "nullif(g.key, 0)"}.get(by, "NULL")
        first = "place" if by in ("status", "satisfaction") else "tickets DESC, place"
        rows = connection.execute(
            f"""
            WITH found AS (
                SELECT {key} AS key, t.status, satisfaction
                FROM tickets t JOIN customers c USING (customer_id) LEFT JOIN products p USING (product_id)
                WHERE {case.customer} AND {case.product or "TRUE"}
                  AND CAST(opened_at AS DATE) BETWEEN $start::DATE AND $end::DATE
            ), counted AS (
                SELECT {number} AS group_id, place, "group", count(f.status) AS tickets,
                       count(*) FILTER (status = 'open') AS open,
                       count(*) FILTER (status = 'answered') AS answered,
                       count(*) FILTER (status = 'closed') AS closed,
                       count(*) FILTER (satisfaction IN (4, 5)) AS satisfied,
                       count(*) FILTER (satisfaction = 3) AS neutral,
                       count(*) FILTER (satisfaction IN (1, 2)) AS dissatisfied,
                       count(f.status) - count(satisfaction) AS no_answer,
                       count(satisfaction) AS responses, sum(satisfaction) AS points
                FROM ({groups}) g LEFT JOIN found f ON f.key IS NOT DISTINCT FROM g.key GROUP BY ALL
            )
            SELECT group_id, "group", tickets, tickets / nullif(sum(tickets) OVER (), 0) AS share,
                   open, answered, closed, satisfied, neutral, dissatisfied, no_answer, responses,
                   CASE WHEN responses >= {minimum} THEN satisfied / responses END AS satisfied_share,
                   CASE WHEN responses >= {minimum} THEN points / responses END AS mean_satisfaction
            FROM counted ORDER BY {first}
            """,
            case.period,
        ).df()
        agree(service_feedback(company, by=by, minimum=minimum, **case.keywords), rows)

    each_case(company, check)


@brief
@given(days, days, choices)
def test_whatever_has_a_row_adds_up_to_the_same(one, other, chosen):
    start, end = sorted((one, other))
    results = [service_feedback(COMPANY, by=by, start=start, end=end, **chosen) for by in BY]
    for result in results:
        assert result[COUNTS].sum().tolist() == results[0][COUNTS].sum().tolist()
        assert (result["open"] + result["answered"] + result["closed"] == result["tickets"]).all()
        said = result["satisfied"] + result["neutral"] + result["dissatisfied"]
        assert (said == result["responses"]).all()
        assert (said + result["no_answer"] == result["tickets"]).all()
        assert (result["satisfied_share"].notna() == (result["responses"] >= 5)).all()
        assert result["share"].isna().all() or result["share"].sum() == pytest.approx(1)
    assert [len(results[BY.index(by)]) for by in ("kind", "status", "satisfaction")] == [6, 3, 6]


@brief
@given(st.tuples(days, days, days).map(sorted), st.sampled_from(BY))
def test_two_periods_make_one(moments, by):
    start, cut, end = moments
    parts = [(start, cut), (cut + timedelta(days=1), end)]
    found = [
        service_feedback(COMPANY, by=by, start=first, end=last).set_index("group")[COUNTS]
        for first, last in [*parts, (start, end)]
        if first <= last
    ]
    summed = pd.concat(found[:-1]).groupby(level=0).sum()
    pd.testing.assert_frame_equal(summed, found[-1].groupby(level=0).sum())


def test_a_rate_needs_its_answers():
    strict = service_feedback(COMPANY, by="customer", minimum=10)
    loose = service_feedback(COMPANY, by="customer", minimum=1)
    assert 0 < strict["satisfied_share"].notna().sum() < loose["satisfied_share"].notna().sum()
    assert strict[COUNTS].equals(loose[COUNTS])


def test_who_keyed_a_ticket_in_is_not_on_record(default):
    with pytest.raises(CrmlabError, match="owner"):
        service_feedback(default, recorder=1)


def test_finding(default):
    entry = find("service-feedback")
    for by in BY:
        result = service_feedback(default, by=by)
        # Of one status or of one score there is no worst.
        worst = {"en": "lowest for", "zh": "最低"}[default.language]
        assert (worst in entry.finding(result, default)) == (by not in ("status", "satisfaction"))


def test_mistakes():
    right = service_feedback(COMPANY, by="customer").set_index("group_id")
    tickets = RAW["tickets"]
    answers = tickets["satisfaction"]
    rated = right.dropna(subset="mean_satisfaction")
    mean = (rated["mean_satisfaction"] * rated["responses"]).sum() / rated["responses"].sum()
    assert answers.fillna(0).mean() < mean - 1, "no answer counted as 0"
    no_answer_is_bad = (answers >= 4).fillna(False).mean()
    assert no_answer_is_bad < 0.5 < right["satisfied"].sum() / right["responses"].sum()
    of_any = (answers >= 4).groupby(tickets["customer_id"]).mean().dropna()
    best = of_any[of_any == of_any.max()].index
    few = right.loc[right.index.isin(best), "responses"] < 5
    assert few.any(), "ranks a customer with one answer"
