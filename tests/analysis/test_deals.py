"""Opportunities: step 9, the funnel, the forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, open_company
from crmlab.analysis import funnel, lost_deals, pipeline_forecast
from crmlab.company.schema import COMPETITORS, LOST_REASONS, REGIONS, STAGES, UNKNOWN
from crmlab.errors import CrmlabError

from .oracle import agree, each_case

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
DEALS = RAW["opportunities"]
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}


def test_lost_deals_by_year(company):
    def check(connection, case):
        rows = connection.execute(
            f"""
            WITH closed AS (
                SELECT year(o.closed_on) AS year, o.outcome, o.expected_amount_cents AS cents
                FROM opportunities o JOIN customers c USING (customer_id)
                WHERE {case.customer} AND {case.order} AND o.closed_on BETWEEN $start::DATE AND $end::DATE
            ), years AS (
                SELECT unnest(generate_series(year($start::DATE), year($end::DATE))) AS year
            ), counted AS (
                SELECT year, count(outcome) FILTER (outcome = 'lost') AS lost,
                       count(outcome) FILTER (outcome = 'won') AS won,
                       coalesce(sum(cents) FILTER (outcome = 'lost'), 0) / 100 AS lost_amount
                FROM years LEFT JOIN closed USING (year) GROUP BY year
            )
            SELECT 'year' AS by, CAST(year AS VARCHAR) AS "group", lost,
                   lost / nullif(sum(lost) OVER (), 0) AS share, lost_amount, won,
                   lost / nullif(lost + won, 0) AS loss_rate,
                   make_date(year, 1, 1) >= $start::DATE AND make_date(year, 12, 31) <= $end::DATE AS complete
            FROM counted ORDER BY year
            """,
            case.period,
        ).df()
        agree(lost_deals(company, **case.keywords), rows)

    each_case(company, check, products=False)


@pytest.mark.parametrize("by", ["reason", "competitor"])
def test_lost_deals_by_what_is_noted(company, by):
    column, words = {"reason": ("lost_reason", LOST_REASONS), "competitor": ("competitor", COMPETITORS)}[by]
    named = ", ".join(f"({place}, '{word.to(company.language)}')" for place, word in enumerate(words))

    def check(connection, case):
        rows = connection.execute(
            f"""
            WITH closed AS (
                SELECT o.{column} AS word, o.outcome, o.expected_amount_cents AS cents
                FROM opportunities o JOIN customers c USING (customer_id)
                WHERE {case.customer} AND {case.order} AND o.closed_on BETWEEN $start::DATE AND $end::DATE
            ), counted AS (
                SELECT place, coalesce(n.word, '{UNKNOWN.to(company.language)}') AS word,
                       count(outcome) FILTER (outcome = 'lost') AS lost,
                       count(outcome) FILTER (outcome = 'won') AS won,
                       coalesce(sum(cents) FILTER (outcome = 'lost'), 0) / 100 AS lost_amount
                FROM (VALUES {named}, (99, NULL)) n(place, word)
                LEFT JOIN closed ON n.word IS NOT DISTINCT FROM closed.word
                GROUP BY ALL
            )
            SELECT '{by}' AS by, word AS "group", lost, lost / nullif(sum(lost) OVER (), 0) AS share,
                   lost_amount, won, lost / nullif(lost + won, 0) AS loss_rate, true AS complete
            FROM counted ORDER BY lost DESC, place
            """,
            case.period,
        ).df()
        if by == "reason":
            rows = rows.assign(won=pd.NA, loss_rate=np.nan)
        agree(lost_deals(company, by=by, **case.keywords), rows)

    each_case(company, check, products=False)


def test_lost_deals_by_recorder(company):
    def check(connection, case):
        only = "TRUE" if "recorder" not in case.keywords else f"employee_id = {case.keywords['recorder']}"
        rows = connection.execute(
            f"""
            WITH closed AS (
                SELECT o.recorder_id, o.outcome, o.expected_amount_cents AS cents
                FROM opportunities o JOIN customers c USING (customer_id)
                WHERE {case.customer} AND {case.order} AND o.closed_on BETWEEN $start::DATE AND $end::DATE
            ), people AS (
                SELECT employee_id,
                       CASE WHEN count(*) OVER (PARTITION BY name) > 1 THEN name || ' (' || employee_id || ')'
                            ELSE name END AS name,
                       region IS NOT NULL AND hired_on <= $end::DATE
                           AND coalesce(left_on, DATE '2099-12-31') >= $start::DATE AS here
                FROM employees
            )
            SELECT 'recorder' AS by, name AS "group", count(outcome) FILTER (outcome = 'lost') AS lost,
                   count(outcome) FILTER (outcome = 'lost')
                       / nullif(sum(count(outcome) FILTER (outcome = 'lost')) OVER (), 0) AS share,
                   coalesce(sum(cents) FILTER (outcome = 'lost'), 0) / 100 AS lost_amount,
                   count(outcome) FILTER (outcome = 'won') AS won,
                   count(outcome) FILTER (outcome = 'lost') / nullif(count(outcome), 0) AS loss_rate,
                   true AS complete
            FROM people LEFT JOIN closed ON recorder_id = employee_id
            WHERE {only} AND (here OR recorder_id IS NOT NULL)
            GROUP BY employee_id, name
            ORDER BY lost DESC, employee_id
            """,
            case.period,
        ).df()
        agree(lost_deals(company, by="recorder", **case.keywords), rows)

    each_case(company, check, products=False)


def test_funnel(company):
    words = [word.to(company.language) for word in STAGES]
    steps = ", ".join(f"({place}, '{word}')" for place, word in enumerate(words))
    won = {"en": "Won", "zh": "赢单"}[company.language]

    def check(connection, case):
        rows = connection.execute(
            f"""
            WITH steps(step, stage) AS (VALUES {steps}), cohort AS (
                SELECT o.* FROM opportunities o JOIN customers c USING (customer_id)
                WHERE {case.customer} AND {case.order} AND o.opened_on BETWEEN $start::DATE AND $end::DATE
            ), passed AS (
                SELECT s.stage, e.opportunity_id,
                       date_diff('day', entered_on, coalesce(lead(entered_on) OVER (
                           PARTITION BY e.opportunity_id ORDER BY step), d.closed_on)) AS days
                FROM opportunity_stages e JOIN steps s USING (stage) JOIN cohort d USING (opportunity_id)
            ), counted AS (
                SELECT step, stage, count(opportunity_id) AS reached, median(days) AS median_days
                FROM steps LEFT JOIN passed USING (stage) GROUP BY ALL
            ), ends AS (
                SELECT stage, count(*) FILTER (outcome = 'open') AS still_open,
                       count(*) FILTER (outcome = 'lost') AS lost
                FROM cohort GROUP BY stage
            ), rows AS (
                SELECT step, stage, reached, coalesce(still_open, 0) AS still_open,
                       coalesce(lost, 0) AS lost, median_days
                FROM counted LEFT JOIN ends USING (stage)
                UNION ALL
                SELECT 99, '{won}', count(*), 0, 0, NULL FROM cohort WHERE outcome = 'won'
            )
            SELECT stage, reached, reached / nullif(lag(reached) OVER (ORDER BY step), 0) AS from_previous,
                   reached / nullif(first(reached) OVER (ORDER BY step), 0) AS from_first,
                   still_open, lost, median_days
            FROM rows ORDER BY step
            """,
            case.period,
        ).df()
        agree(funnel(company, **case.keywords), rows)

    each_case(company, check, products=False)


FORECAST = """
    WITH steps(step, stage) AS (VALUES {steps}), ended AS (
        SELECT e.stage, d.outcome FROM opportunity_stages e JOIN opportunities d USING (opportunity_id)
        WHERE d.closed_on <= $end::DATE
    ), rates AS (
        SELECT step, stage,
               count(outcome) FILTER (outcome = 'won') / nullif(count(outcome), 0) AS win_rate
        FROM steps LEFT JOIN ended USING (stage) GROUP BY ALL
    ), deals AS (
        SELECT o.opportunity_id, c.name AS customer, c.owner_id, o.expected_amount_cents / 100 AS expected,
               (SELECT max(step) FROM opportunity_stages e JOIN steps USING (stage)
                WHERE e.opportunity_id = o.opportunity_id AND e.entered_on <= $end::DATE) AS step
        FROM opportunities o JOIN customers c USING (customer_id)
        WHERE {customer} AND {order} AND o.opened_on <= $end::DATE
          AND (o.closed_on IS NULL OR o.closed_on > $end::DATE)
    ), weighed AS (
        SELECT *, expected * win_rate AS weighted FROM deals JOIN rates USING (step)
    ), groups AS ({groups}), measured AS (
        SELECT place, g.name, count(opportunity_id) AS deals, coalesce(sum(expected), 0) AS expected,
               coalesce(any_value(g.win_rate), sum(weighted) / sum(expected)) AS win_rate,
               coalesce(sum(weighted), 0) AS weighted, max(weighted) AS largest,
               first(opportunity_id ORDER BY weighted DESC, opportunity_id) AS largest_id,
               first(customer ORDER BY weighted DESC, opportunity_id) AS largest_customer
        FROM groups g LEFT JOIN weighed w ON g.key = w.{key} GROUP BY ALL
    )
    SELECT '{by}' AS by, name AS "group", deals, expected, win_rate, weighted,
           weighted / nullif(sum(weighted) OVER (), 0) AS share, largest_id, largest_customer,
           largest / nullif(sum(weighted) OVER (), 0) AS largest_share,
           coalesce(largest / nullif(sum(weighted) OVER (), 0) > .15, false) AS big_deal
    FROM measured ORDER BY {order_by}
"""


def test_pipeline_forecast(company):
    words = [word.to(company.language) for word in STAGES]
    steps = ", ".join(f"({place}, '{word}')" for place, word in enumerate(words))

    def check(connection, case):
        keywords = {name: value for name, value in case.keywords.items() if name != "start"}
        who = """region IS NOT NULL AND hired_on <= $end::DATE
                 AND coalesce(left_on, DATE '2099-12-31') >= $end::DATE
                 OR employee_id IN (SELECT owner_id FROM weighed)"""
        if "owner" in keywords:
            who = f"name = '{keywords['owner']}'"
        asked = {
            "stage": (
                "SELECT step AS key, step AS place, stage AS name, win_rate FROM rates",
                "step",
                "place",
            ),
            "owner": (
                f"""SELECT employee_id AS key, employee_id AS place, NULL AS win_rate,
                           CASE WHEN (SELECT count(*) FROM employees o WHERE o.name = e.name) > 1
                                THEN name || ' (' || employee_id || ')' ELSE name END AS name
                    FROM employees e WHERE {who}""",
                "owner_id",
                "weighted DESC, place",
            ),
        }
        for by, (groups, key, order_by) in asked.items():
            sql = FORECAST.format(
                steps=steps,
                customer=case.customer,
                order=case.order,
                groups=groups,
                key=key,
                by=by,
                order_by=order_by,
            )
            rows = connection.execute(sql, {"end": case.period["end"]}).df()
            agree(pipeline_forecast(company, by=by, big=15, **keywords), rows)

    each_case(company, check, products=False)


# What must hold whatever the filter


days = st.dates(COMPANY.start.date(), COMPANY.today.date())
chosen = st.fixed_dictionaries(
    {},
    optional={
        "region": st.lists(st.sampled_from(["East China", "华南", "North China"]), min_size=1, max_size=2),
        "source": st.lists(st.sampled_from(["Website", "Unknown", "Referral"]), min_size=1, max_size=2),
    },
)
brief = settings(max_examples=12, deadline=None)


@brief
@given(st.tuples(days, days).map(sorted), chosen)
def test_every_table_of_lost_deals_has_the_same_deals(period, keywords):
    keywords = keywords | dict(zip(("start", "end"), period, strict=True))
    tables = [lost_deals(COMPANY, by=by, **keywords) for by in ("year", "reason", "competitor", "recorder")]
    whole = tables[0]
    for table in tables:
        assert table["lost"].sum() == whole["lost"].sum()
        assert table["lost_amount"].sum() == pytest.approx(whole["lost_amount"].sum())
        assert table["won"].sum() in (whole["won"].sum(), 0)
        assert table["share"].sum() == pytest.approx(1) or not whole["lost"].any()
        assert table["loss_rate"].dropna().between(0, 1).all()


@brief
@given(days, chosen)
def test_two_periods_make_one(cut, keywords):
    after = pd.Timestamp(cut) + pd.Timedelta(days=1)
    whole = lost_deals(COMPANY, by="competitor", **keywords).set_index("group")[["lost", "won"]]
    parts = [lost_deals(COMPANY, by="competitor", end=cut, **keywords)]
    if after <= COMPANY.today:
        parts.append(lost_deals(COMPANY, by="competitor", start=after, **keywords))
    summed = pd.concat(parts).groupby("group")[["lost", "won"]].sum()
    pd.testing.assert_frame_equal(summed.sort_index(), whole.sort_index())


@brief
@given(st.tuples(days, days).map(sorted), chosen)
def test_who_reaches_a_stage_goes_on_or_is_lost_or_waits(period, keywords):
    result = funnel(COMPANY, start=period[0], end=period[1], **keywords)
    gone = result["reached"] - result["still_open"] - result["lost"]
    assert gone.iloc[:-1].tolist() == result["reached"].iloc[1:].tolist()
    if result["reached"].iloc[0]:
        assert (
            result["from_previous"].iloc[1:].prod(skipna=True) == pytest.approx(result["from_first"].iloc[-1])
            or (result["reached"] == 0).any()
        )


@brief
@given(days, chosen)
def test_the_owners_and_the_stages_have_the_same_pipeline(day, keywords):
    stage, owner = (pipeline_forecast(COMPANY, by=by, end=day, **keywords) for by in ("stage", "owner"))
    for column in ("deals", "expected", "weighted"):
        assert stage[column].sum() == pytest.approx(owner[column].sum()) or stage[column].isna().any()
    assert stage["largest_share"].max() == pytest.approx(owner["largest_share"].max(), nan_ok=True)


def test_the_parts_of_a_pipeline_add_up_to_it():
    whole = pipeline_forecast(COMPANY).set_index("group")
    parts = [pipeline_forecast(COMPANY, region=word.en).set_index("group") for word in REGIONS]
    for column in ("deals", "expected", "weighted"):
        pd.testing.assert_series_equal(sum(part[column] for part in parts), whole[column])


# The mistakes that ANALYSES names, and their like, give other numbers


def test_the_mistakes_with_lost_deals():
    result = lost_deals(COMPANY, start="2021-01-01", end="2025-12-31").set_index("group")
    lost, is_open = DEALS[DEALS["outcome"] == "lost"], DEALS["outcome"] == "open"
    closed, opened = (lost[name].dt.year.value_counts() for name in ("closed_on", "opened_on"))
    cancelled = RAW["orders"].loc[RAW["orders"]["status"] == "cancelled", "ordered_at"].dt.year.value_counts()
    for year in range(2021, 2026):
        right = result.loc[str(year), "lost"]
        assert right == closed[year]
        assert right != opened[year], "year of opening"
        assert right != right + cancelled[year], "cancelled orders counted as lost"
    all_time = lost_deals(COMPANY)
    rate = all_time["lost"].sum() / (all_time["lost"] + all_time["won"]).sum()
    assert rate == pytest.approx(len(lost) / (~is_open).sum())
    assert round(rate, 2) != round(len(lost) / len(DEALS), 2), "open deals in the denominator"


def test_a_snapshot_is_no_funnel():
    result = funnel(COMPANY, **YEAR)
    cohort = DEALS[DEALS["opened_on"].dt.year == 2025]
    stages = result["stage"].iloc[:-1]
    snapshot = cohort["stage"].value_counts().reindex(stages).tolist()
    open_today = DEALS.loc[DEALS["outcome"] == "open", "stage"].value_counts().reindex(stages).tolist()
    closed_in_year = (DEALS["closed_on"].dt.year == 2025) & (DEALS["outcome"] == "won")
    reached = result["reached"].tolist()
    assert reached[0] == len(cohort) and reached[-1] == (cohort["outcome"] == "won").sum()
    assert reached[:-1] != snapshot, "by the stage in which each is or was last"
    assert reached[:-1] != open_today, "by today's open deals"
    assert reached[-1] != closed_in_year.sum(), "won in the year instead of opened in it"


def test_the_forecast_does_not_know_what_came_later():
    """As of a day it is the same, whatever the tables say of the time after it."""
    day = pd.Timestamp("2025-03-31")
    deals, entered = DEALS[DEALS["opened_on"] <= day].copy(), RAW["opportunity_stages"]
    later = ~(deals["closed_on"] <= day)
    deals.loc[later, "outcome"] = "open"
    deals.loc[later, "closed_on"] = pd.NaT
    past = RAW | {"opportunities": deals, "opportunity_stages": entered[entered["entered_on"] <= day]}
    for by in ("stage", "owner"):
        now = pipeline_forecast(COMPANY, by=by, end=day)
        then = pipeline_forecast(Company(past, language="en"), by=by, end=day)
        pd.testing.assert_frame_equal(now, then)


def test_the_mistakes_with_a_forecast():
    day = pd.Timestamp("2025-03-31")
    right = pipeline_forecast(COMPANY, end=day)
    is_open = (DEALS["opened_on"] <= day) & ~(DEALS["closed_on"] <= day)
    assert right["deals"].sum() == is_open.sum()
    assert right["deals"].sum() != (DEALS["outcome"] == "open").sum(), "those open today"
    last = DEALS.loc[is_open, "stage"].value_counts().reindex(right["group"], fill_value=0).tolist()
    assert right["deals"].tolist() != last, "the stage of today"
    assert right["win_rate"].tolist() != pipeline_forecast(COMPANY)["win_rate"].tolist(), "deals closed later"
    assert right["weighted"].sum() < right["expected"].sum(), "amounts without the chance"
    rate = (DEALS["outcome"] == "won").sum() / (DEALS["outcome"] != "open").sum()
    assert right["weighted"].sum() != pytest.approx(right["expected"].sum() * rate, rel=0.02), (
        "one rate for all"
    )


def test_the_forecast_beside_what_was_won():
    """Over some days the deals that were open brought about what the forecast said."""
    said = brought = 0.0
    for day in pd.date_range("2023-03-31", "2025-09-30", freq="QE"):
        forecast = pipeline_forecast(COMPANY, end=day)
        said += (forecast["deals"] * forecast["win_rate"]).sum()
        is_open = (DEALS["opened_on"] <= day) & (DEALS["closed_on"] > day)
        brought += (DEALS["outcome"][is_open] == "won").sum()
    assert 0.6 < brought / said < 1.4


# Sentences for the rarer cases


@pytest.mark.parametrize(
    ("function", "keywords", "says"),
    [
        (lost_deals, {}, "Deals lost in 2025: 335, worth 5.15 million yuan"),
        (lost_deals, {"start": "2025-01-01"}, "72 % of those decided."),
        (lost_deals, {"start": "2025-03-01", "end": "2025-04-30"}, "Deals lost in 2025"),
        (lost_deals, {"by": "reason"}, "Price too high is the commonest reason"),
        (lost_deals, {"by": "competitor"}, "Tanzhu Office is the competitor"),
        (lost_deals, {"by": "recorder"}, "recorded the most lost deals"),
        (lost_deals, {"end": "2021-01-05"}, "was lost in this period"),
        (funnel, {"end": "2024-12-31"}, "26 % were won; the hardest step"),
        (funnel, YEAR, "are still open"),
        (funnel, {"start": "2026-01-31", "source": "Website"}, "was opened in this period"),
        (pipeline_forecast, {}, "is 17 % of that"),
        (pipeline_forecast, {"big": 10}, "Mind the big one: Chongqing"),
        (pipeline_forecast, {"end": "2021-01-06"}, "too few have been won yet"),
        (pipeline_forecast, {"end": "2021-01-01"}, "is open on this day"),
    ],
)
def test_the_finding(function, keywords, says):
    assert says in function.entry.finding(function(COMPANY, **keywords), COMPANY)


@pytest.mark.parametrize("by", ["year", "reason", "competitor", "recorder"])
def test_where_nothing_was_lost(by):
    company = Company(RAW | {"opportunities": DEALS[DEALS["outcome"] != "lost"]}, language="en")
    result = lost_deals(company, by=by)
    assert "was lost in this period" in lost_deals.entry.finding(result, company)
    assert result["share"].isna().all()
    if by == "competitor":
        assert result["won"].sum() == (DEALS["outcome"] == "won").sum() and (result["loss_rate"] == 0).all()


@pytest.mark.parametrize(("by", "column"), [("reason", "lost_reason"), ("competitor", "competitor")])
def test_where_nothing_was_noted(by, column):
    company = Company(RAW | {"opportunities": DEALS.assign(**{column: None})}, language="en")
    assert "of none is more known" in lost_deals.entry.finding(lost_deals(company, by=by), company)


def test_two_people_of_one_name_are_two_rows():
    staff = RAW["employees"].copy()
    staff.loc[staff["employee_id"] == 3, "name"] = staff.loc[staff["employee_id"] == 1, "name"].item()
    names = set(lost_deals(Company(RAW | {"employees": staff}, language="en"), by="recorder")["group"])
    assert {"Xia Aihua (1)", "Xia Aihua (3)"} <= names


def test_an_unknown_way_to_group_is_refused():
    with pytest.raises(CrmlabError, match="competitor"):
        lost_deals(COMPANY, by="competitr")
