"""The sales team: steps 4, 5 and 14 beside SQL, what must add up, and the mistakes that can be told apart."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, open_company
from crmlab.analysis import individual_performance, sales_performance, value_customers, working_time
from crmlab.analysis.menu import find
from crmlab.company.schema import ACTIVITY_KINDS, VALID_STATUSES
from crmlab.errors import CrmlabError

from .oracle import VALID, Case, agree, each_case

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
EVERYBODY = RAW["employees"]["employee_id"].tolist()
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}
FIRST, LAST = date(2021, 1, 1), date(2026, 1, 31)
MEASURES = find(4).columns.keys() - {"employee_id", "employee"}

days = st.dates(FIRST, LAST)
periods = st.tuples(days, days).map(sorted)
brief = settings(max_examples=5, deadline=None)


def kept(case: Case, time: str, alias: str = "o") -> str:
    """The conditions as SQL on a table of records and, joined from the left, its customer."""
    period = f"CAST({time} AS DATE) BETWEEN '{case.period['start']}' AND '{case.period['end']}'"
    somebody = f"(({case.customer}) AND (c.customer_id IS NOT NULL OR {case.customer == 'TRUE'}))"
    return f"{period} AND {somebody} AND {case.order.replace('o.', f'{alias}.')}"


def halves(period: list[date], cut: date) -> list[dict[str, date]]:
    """A period in two parts, or in one where there is nothing to cut."""
    start, end = period
    if not start <= cut < end:
        return [{"start": start, "end": end}]
    return [{"start": start, "end": cut}, {"start": cut + timedelta(days=1), "end": end}]


# Step 4


def test_individual_performance(company):
    def check(connection, case):
        me = case.keywords.get("recorder", company.me)

        def of(table: str, time: str, what: str = "count(*)", also: str = "TRUE") -> str:
            return f"""(SELECT coalesce({what}, 0) FROM {table} o LEFT JOIN customers c USING (customer_id)
                        WHERE o.recorder_id = e.employee_id AND {kept(case, time)} AND {also})"""

        lines = f"(FROM order_lines JOIN orders USING (order_id) WHERE {VALID})"
        first = f"""(FROM orders WHERE {VALID} QUALIFY 1 = row_number() OVER (
                         PARTITION BY customer_id ORDER BY ordered_at, order_id))"""
        paid = (
            "(SELECT r.* EXCLUDE (customer_id), o.customer_id FROM receipts r JOIN orders o USING (order_id))"
        )
        claims = "(SELECT *, employee_id AS recorder_id FROM expenses WHERE status <> 'rejected')"
        rows = connection.execute(
            f"""
            SELECT employee_id, name AS employee,
                   {of("activities", "started_at", also="status = 'done'")} AS activities,
                   {of("activities", "started_at", "sum(minutes)", "status = 'done'")} / 60 AS hours,
                   {of("leads", "c.created_on", "count(DISTINCT c.customer_id)", "c.customer_id IS NOT NULL")}
                       AS customers_created,
                   {of(first, "ordered_at")} AS new_buyers,
                   {of("opportunities", "opened_on")} AS opportunities_opened,
                   {of("opportunities", "closed_on", also="outcome = 'won'")} AS opportunities_won,
                   {of("orders", "ordered_at", also=VALID)} AS orders,
                   {of(lines, "booked_at", "sum(quantity * unit_price_cents * (100 - discount))")} / 10000
                       AS net_sales,
                   {of(paid, "received_on", "sum(amount_cents)")} / 100 AS receipts,
                   {of(claims, "incurred_on", "sum(amount_cents)")} / 100 AS expenses
            FROM employees e WHERE employee_id = {me}
            """
        ).df()
        agree(individual_performance(company, **case.keywords), rows)

    each_case(company, check, products=False)


@brief
@given(periods, days)
def test_two_periods_of_one_recorder_make_one(period, cut):
    def measured(**keywords):
        return individual_performance(COMPANY, recorder=EVERYBODY, **keywords)[sorted(MEASURES)]

    whole = measured(start=period[0], end=period[1])
    parts = sum(measured(**half) for half in halves(period, cut))
    pd.testing.assert_frame_equal(parts, whole, rtol=1e-9)


def test_all_recorders_make_the_company():
    result = individual_performance(COMPANY, recorder=EVERYBODY, **YEAR)
    assert result["employee_id"].tolist() == EVERYBODY
    assert result["net_sales"].sum() == pytest.approx(value_customers(COMPANY, **YEAR)["net_sales"].sum())
    receipts = RAW["receipts"]
    arrived = receipts[receipts["received_on"].dt.year == 2025]
    assert result["receipts"].sum() == pytest.approx(arrived["amount_cents"].sum() / 100)


def test_without_a_recorder_it_is_the_account(default):
    account = open_company(language=default.language, seed=2026, account="s2026017")
    for company in (default, account):
        result = individual_performance(company)
        assert result["employee_id"].tolist() == [company.me]
        pd.testing.assert_frame_equal(result, individual_performance(company, recorder=company.me))


def test_work_without_a_customer_is_not_of_unknown_source(default):
    """A meeting among ourselves, or an advertisement, has no source; that is not an unknown one."""
    unknown = individual_performance(default, source="Unknown", recorder=EVERYBODY)
    activities = default.raw["activities"]
    internal = activities["customer_id"].isna() & (activities["status"] == "done")
    assert internal.sum() > unknown["activities"].sum() > 0
    cards = default.raw["customers"]
    theirs = activities["customer_id"].isin(cards.loc[cards["source"].isna(), "customer_id"])
    assert unknown["activities"].sum() == (theirs & (activities["status"] == "done")).sum()


def test_mistakes_about_one_recorder():
    right = individual_performance(COMPANY, **YEAR).iloc[0]
    me = COMPANY.me

    def in_year(times):
        return times.dt.year == 2025

    orders = RAW["orders"][RAW["orders"]["status"].isin(VALID_STATUSES)]
    lines = RAW["order_lines"].merge(orders, on="order_id")
    net = lines["quantity"] * lines["unit_price_cents"] * (100 - lines["discount"]) // 100 / 100
    deals, done = RAW["opportunities"], RAW["activities"].query("status == 'done'")
    receipts = RAW["receipts"].merge(orders, on="order_id", suffixes=("", "_of_order"))
    receipts = receipts[receipts["recorder_id"] == me]
    mistakes = {
        "owner instead of recorder": {
            "activities": (in_year(done["started_at"]) & (done["owner_id"] == me)).sum(),
            "orders": (in_year(orders["ordered_at"]) & (orders["owner_id"] == me)).sum(),
            "net_sales": net[in_year(lines["booked_at"]) & (lines["owner_id"] == me)].sum(),
            "opportunities_opened": (in_year(deals["opened_on"]) & (deals["owner_id"] == me)).sum(),
        },
        "one date column for all": {
            "opportunities_won": (
                in_year(deals["opened_on"]) & (deals["recorder_id"] == me) & (deals["outcome"] == "won")
            ).sum(),
            "net_sales": net[in_year(lines["ordered_at"]) & (lines["recorder_id"] == me)].sum(),
            "receipts": receipts.loc[in_year(receipts["ordered_at"]), "amount_cents"].sum() / 100,
        },
    }
    for mistake, measures in mistakes.items():
        for name, wrong in measures.items():
            assert wrong != pytest.approx(right[name], rel=1e-6), (mistake, name)


# Step 5


def test_sales_performance(company):
    def check(connection, case):
        for attribution in ("recorder", "owner"):
            compare(connection, case, attribution)

    def compare(connection, case, attribution):
        credited = {"recorder": "o.recorder_id", "owner": "c.owner_id"}[attribution]
        asked = case.keywords.get("recorder") if attribution == "recorder" else None
        if attribution == "owner" and "owner" in case.keywords:
            asked = company.me  # the cases ask for one person of each kind
        others = case.keywords.keys() - {"start", "end", attribution}
        by_order = kept(case, "{time}")
        rows = connection.execute(
            f"""
            WITH line AS (
                SELECT {credited} AS employee_id,
                       CAST(sum(quantity * unit_price_cents * (100 - discount)) AS DOUBLE) / 100 AS net,
                       CAST(sum(quantity * unit_cost_cents) AS DOUBLE) AS cost
                FROM order_lines l JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
                WHERE {VALID} AND {by_order.format(time="l.booked_at")} GROUP BY ALL
            ), paid AS (
                SELECT {credited} AS employee_id, CAST(sum(r.amount_cents) AS DOUBLE) AS received
                FROM receipts r JOIN orders o USING (order_id)
                JOIN customers c ON c.customer_id = o.customer_id
                WHERE {by_order.format(time="r.received_on")} GROUP BY ALL
            ), deal AS (
                SELECT {credited} AS employee_id, count(*) FILTER (outcome = 'won') AS won,
                       count(*) FILTER (outcome = 'lost') AS lost
                FROM opportunities o JOIN customers c USING (customer_id)
                WHERE {by_order.format(time="o.closed_on")} GROUP BY ALL
            ), aim AS (
                SELECT employee_id, sum(t.amount_cents
                           * (1 + least(last_day, $end::DATE) - greatest(first_day, $start::DATE))
                           / (1 + last_day - first_day)) AS cents
                FROM (SELECT t.*, greatest(make_date(year, 1, 1), hired_on::DATE) AS first_day,
                             least(make_date(year, 12, 31), coalesce(left_on::DATE, '9999-12-31')) AS last_day
                      FROM targets t JOIN employees USING (employee_id)) t
                WHERE first_day <= $end::DATE AND last_day >= $start::DATE AND {not others} GROUP BY ALL
            ), joined AS (
                SELECT e.*, coalesce(net, 0) / 100 AS net_sales,
                       coalesce(net - cost, 0) / 100 AS gross_margin,
                       coalesce(received, 0) / 100 AS receipts, coalesce(won, 0) AS won,
                       coalesce(lost, 0) AS lost, cents / 100 AS target
                FROM employees e LEFT JOIN line USING (employee_id) LEFT JOIN paid USING (employee_id)
                LEFT JOIN deal USING (employee_id) LEFT JOIN aim USING (employee_id)
                WHERE CASE WHEN {asked is not None} THEN employee_id = {asked or 0}
                      ELSE coalesce(net, received, won) IS NOT NULL
                           OR role IN ('Salesperson', '销售员') AND hired_on <= $end::DATE
                              AND coalesce(left_on >= $start::DATE, TRUE) END
            ), rated AS (
                SELECT *, CASE WHEN net_sales > 0 THEN gross_margin / net_sales END AS margin_rate,
                       CASE WHEN net_sales > 0 THEN receipts / net_sales END AS collection_rate,
                       won / nullif(won + lost, 0) AS win_rate, net_sales / target AS attainment
                FROM joined
            ), judged AS (
                SELECT *, coalesce(attainment >= 0.9 AND collection_rate >= 0.85
                                   AND coalesce(left_on >= $end::DATE, TRUE), FALSE) AS meets
                FROM rated
            )
            SELECT rank() OVER (ORDER BY net_sales DESC) AS rank, employee_id, name AS employee, net_sales,
                   gross_margin, margin_rate, receipts, collection_rate, won, lost, win_rate, target,
                   attainment, meets AND 4 >= count(*) FILTER (meets) OVER (
                       ORDER BY net_sales DESC, employee_id) AS awarded
            FROM judged ORDER BY net_sales DESC, employee_id
            """,
            case.period,
        ).df()
        result = sales_performance(
            company, attribution=attribution, attainment=90, collection=85, winners=4, **case.keywords
        )
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-9)

    each_case(company, check, products=False)


@brief
@given(periods, st.sampled_from(["recorder", "owner"]))
def test_the_team_sells_what_the_company_sells(period, attribution):
    keywords = {"start": period[0], "end": period[1]}
    result = sales_performance(COMPANY, attribution=attribution, **keywords)
    assert result["net_sales"].sum() == pytest.approx(value_customers(COMPANY, **keywords)["net_sales"].sum())
    assert result["employee_id"].is_unique and result["awarded"].sum() <= 3
    awarded = result[result["awarded"]]
    assert (awarded["attainment"] >= 1).all() and (awarded["collection_rate"] >= 0.9).all()


@brief
@given(periods, days)
def test_targets_of_two_periods_make_one(period, cut):
    def targets(**keywords):
        return sales_performance(COMPANY, **keywords).set_index("employee_id")["target"].fillna(0)

    whole = targets(start=period[0], end=period[1])
    parts = pd.concat([targets(**half) for half in halves(period, cut)]).groupby(level=0).sum()
    pd.testing.assert_series_equal(parts.reindex(whole.index), whole, rtol=1e-9)


def test_the_target_of_a_year_is_the_one_on_record():
    result = sales_performance(COMPANY, **YEAR).set_index("employee_id")["target"].dropna()
    targets = RAW["targets"].query("year == 2025").set_index("employee_id")["amount_cents"] / 100
    pd.testing.assert_series_equal(result.sort_index(), targets, check_names=False)


def test_a_target_is_for_all_customers():
    for keywords in ({"source": "Website"}, {"owner": COMPANY.me}, {"customer": 1001}):
        result = sales_performance(COMPANY, **YEAR, **keywords)
        assert result["target"].isna().all() and not result["awarded"].any(), keywords
    mine = sales_performance(COMPANY, **YEAR, recorder=COMPANY.me)
    assert mine["employee_id"].tolist() == [COMPANY.me] and mine["target"].notna().all()


def test_those_who_left_are_there_and_get_no_award():
    left = RAW["employees"].dropna(subset="left_on").iloc[0]
    end = left["left_on"] + pd.Timedelta(days=30)
    before = sales_performance(
        COMPANY, start="2021-01-01", end=left["left_on"], attainment=0, collection=0, winners=50
    )
    after = sales_performance(COMPANY, start="2021-01-01", end=end, attainment=0, collection=0, winners=50)
    for result, awarded in ((before, True), (after, False)):
        row = result[result["employee_id"] == left["employee_id"]].iloc[0]
        assert row["net_sales"] > 0 and row["awarded"] == awarded


def test_nobody_with_zero_is_dropped():
    day = {"start": "2025-10-01", "end": "2025-10-01"}  # a public holiday
    result = sales_performance(COMPANY, **day)
    assert len(result) >= 10 and (result["net_sales"] == 0).any()
    assert result.loc[result["net_sales"] == 0, "margin_rate"].isna().all()


def test_mistakes_about_the_team():
    right = sales_performance(COMPANY, **YEAR)
    orders = RAW["orders"][RAW["orders"]["status"].isin(VALID_STATUSES)]
    lines = RAW["order_lines"].merge(orders, on="order_id")
    lines = lines[lines["booked_at"].dt.year == 2025]
    lines["gross"] = lines["quantity"] * lines["unit_price_cents"] / 100
    lines["net"] = lines["gross"] * (100 - lines["discount"]) / 100
    by_recorder = right.set_index("employee_id")["net_sales"]
    mistakes = {
        "gross sales": lines.groupby("recorder_id")["gross"].sum(),
        "no returns": lines[lines["quantity"] > 0].groupby("recorder_id")["net"].sum(),
        "owner at the time": lines.groupby("owner_id")["net"].sum(),
    }
    assert lines.groupby("recorder_id")["net"].sum().to_dict() == pytest.approx(by_recorder.to_dict())
    for mistake, wrong in mistakes.items():
        assert wrong.to_dict() != pytest.approx(by_recorder[by_recorder != 0].to_dict(), rel=1e-3), mistake
    without_collection = sales_performance(COMPANY, **YEAR, collection=0)
    assert (
        right.query("awarded")["employee"].tolist()
        != without_collection.query("awarded")["employee"].tolist()
    )
    by_owner = sales_performance(COMPANY, **YEAR, attribution="owner")
    assert by_owner["employee_id"].tolist() != right["employee_id"].tolist()


# Step 14

WAYS = [("both", "equal"), ("kind", "equal"), ("employee", "each"), ("both", "recorder"), ("kind", "each")]


def test_working_time(company):
    ways = itertools.cycle(WAYS)

    def check(connection, case):
        for _ in range(2):
            compare(connection, case, *next(ways))

    kinds = ", ".join(
        f"({place}, '{word.to(company.language)}')" for place, word in enumerate(ACTIVITY_KINDS)
    )
    people = """SELECT activity_id, employee_id, count(*) OVER (PARTITION BY activity_id) AS n
                FROM activity_participants"""

    def compare(connection, case, by, split):
        part = "n" if split == "equal" else "1"
        asked = case.keywords.get("recorder")
        keys = {"both": "employee_id, kind", "employee": "employee_id", "kind": "kind"}[by]
        staff = f"""SELECT employee_id, name FROM employees
                    WHERE employee_id IN (SELECT employee_id FROM work)
                       OR CASE WHEN {asked is not None} THEN employee_id = {asked or 0}
                          ELSE role IN ('Salesperson', '销售员') AND hired_on <= $end::DATE
                               AND coalesce(left_on >= $start::DATE, TRUE) END"""
        wanted = {
            "both": f"({staff}) e CROSS JOIN kinds k",
            "employee": f"({staff}) e",
            "kind": "kinds k",
        }[by]
        order = {
            "both": "employee_id, place",
            "employee": "hours DESC, employee_id",
            "kind": "hours DESC, place",
        }
        rows = connection.execute(
            f"""
            WITH kinds(place, kind) AS (VALUES {kinds}), done AS (
                SELECT o.* FROM activities o LEFT JOIN customers c USING (customer_id)
                WHERE status = 'done' AND {kept(case, "started_at")}
            ), work AS (
                SELECT kind, minutes, activity_id, coalesce(p.employee_id, recorder_id) AS employee_id,
                       coalesce({part}, 1) AS n,
                       customer_id IS NOT NULL
                           AND kind IN ('Visit', 'Call', 'Demonstration', 'Meeting',
                                        '上门拜访', '电话联系', '产品演示', '会议') AS sells
                FROM done LEFT JOIN ({people} WHERE {split != "recorder"}) p USING (activity_id)
            ), summed AS (
                SELECT {keys}, count(DISTINCT activity_id) AS activities,
                       count(DISTINCT activity_id) FILTER (minutes IS NULL) AS unended,
                       CAST(coalesce(sum(6 * minutes // n), 0) AS BIGINT) AS sixths,
                       CAST(coalesce(sum(6 * minutes // n) FILTER (sells), 0) AS BIGINT) AS selling
                FROM work GROUP BY ALL
            )
            SELECT {"NULL" if by == "kind" else "employee_id"} AS employee_id,
                   {"NULL" if by == "kind" else "name"} AS employee,
                   {"NULL" if by == "employee" else "kind"} AS kind,
                   coalesce(activities, 0) AS activities, coalesce(unended, 0) AS unended,
                   coalesce(sixths, 0) / 360.0 AS hours,
                   coalesce(sixths, 0) / nullif(sum(sixths) OVER (), 0) AS share,
                   coalesce(selling, 0) / 360.0 AS selling_hours
            FROM {wanted} LEFT JOIN summed USING ({keys}) ORDER BY {order[by]}
            """,
            case.period if by != "kind" else None,
        ).df()
        result = working_time(company, by=by, split=split, **case.keywords)
        assert result["hours"].sum() > 0 or case.period["start"] == case.period["end"]
        agree(result, rows)

    each_case(company, check, products=False)


@brief
@given(periods, st.sampled_from([{}, {"region": "华东"}, {"recorder": COMPANY.me}, {"source": "Unknown"}]))
def test_time_adds_up_whatever_has_a_row(period, chosen):
    keywords = {"start": period[0], "end": period[1], **chosen}
    totals = [working_time(COMPANY, by=by, **keywords) for by in ("both", "employee", "kind")]
    totals.append(working_time(COMPANY, by="employee", split="recorder", **keywords))
    for result in totals:
        assert result["hours"].sum() == pytest.approx(totals[0]["hours"].sum())
        assert result["selling_hours"].sum() == pytest.approx(totals[0]["selling_hours"].sum())
        assert (result["selling_hours"] <= result["hours"] + 1e-9).all()
        assert result["share"].isna().all() or result["share"].sum() == pytest.approx(1)
    in_full = working_time(COMPANY, by="kind", split="each", **keywords)
    in_full, shared = (result.set_index("kind")["hours"].sort_index() for result in (in_full, totals[2]))
    assert (in_full >= shared - 1e-9).all()


@brief
@given(periods, days)
def test_two_periods_of_work_make_one(period, cut):
    def hours(**keywords):
        result = working_time(COMPANY, **keywords).set_index(["employee_id", "kind"])
        return result.loc[result["activities"] > 0, ["activities", "unended", "hours"]]

    whole = hours(start=period[0], end=period[1])
    parts = pd.concat([hours(**half) for half in halves(period, cut)]).groupby(level=[0, 1]).sum()
    pd.testing.assert_frame_equal(parts.sort_index(), whole.sort_index(), rtol=1e-9, check_index_type=False)


def test_mistakes_about_time():
    right = working_time(COMPANY, by="kind", **YEAR).set_index("kind")
    done = RAW["activities"].query("status == 'done'")
    done = done[done["started_at"].dt.year == 2025]
    assert right["unended"].sum() == done["minutes"].isna().sum() > 0
    assert right["hours"].sum() == pytest.approx(done["minutes"].sum() / 60)
    by_count = done.groupby("kind").size().sort_values(ascending=False)
    assert by_count.index.tolist() != right.index.tolist(), "counts instead of hours"
    guessed = done["minutes"].astype("float64").fillna(done["minutes"].mean()).sum() / 60
    assert guessed != pytest.approx(right["hours"].sum(), rel=1e-3), "activities with no end"
    planned = RAW["activities"]
    planned = planned[planned["started_at"].dt.year == 2025].groupby("kind")["minutes"].sum() / 60
    assert planned["Visit"] > right.loc["Visit", "hours"], "what was only planned"
    joint = working_time(COMPANY, by="employee", split="recorder", **YEAR).set_index("employee_id")["hours"]
    equal = working_time(COMPANY, by="employee", **YEAR).set_index("employee_id")["hours"]
    assert not np.allclose(joint.reindex(equal.index).fillna(0), equal), "joint visits not split"


def test_a_filter_that_cannot_be_honoured(default):
    for function in (individual_performance, sales_performance, working_time):
        with pytest.raises(CrmlabError, match="recorder"):
            function(default, product=1)


@pytest.mark.parametrize("slug", ["individual-performance", "sales-performance", "working-time"])
def test_a_company_without_employees_of_its_own(default, slug):
    """Nothing on record is zeros for those who are here, not an empty table."""
    raw = {name: table if name == "employees" else table.head(0) for name, table in default.raw.items()}
    empty = Company(raw, language=default.language)
    result = find(slug).run(empty)
    assert (
        len(result) > 0
        and result.select_dtypes("number").drop(columns=["employee_id"]).fillna(0).max().max() <= 1
    )


def test_a_person_named_twice_is_one(default):
    name = default.employees.set_index("employee_id")["name"][default.me]
    once = sales_performance(default, recorder=default.me)
    assert sales_performance(default, recorder=[default.me, default.me, str(default.me)]).equals(once)
    assert name in once["employee"].tolist()
