"""Roll rates, payer types, letter or phone call: against SQL, SciPy, the truth, and whatever the filter."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import open_company
from crmlab.analysis import collection_calls, payer_types, receivables, receivables_by_customer, roll_rates
from crmlab.analysis.credit import FEATURES, FEW, THREE_TYPES
from crmlab.analysis.menu import find
from crmlab.company.schema import REGIONS, VALID_STATUSES
from crmlab.errors import CrmlabError

from .oracle import VALID, cases, database
from .test_ageing import by_hand

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw


@pytest.fixture(scope="module")
def connection(company):
    return database(company)


def filtered(company):
    return [case for case in cases(company) if case.product is None]


# Roll rates


ROLLED = f"""
    WITH entries AS (
        SELECT order_id, CAST(booked_at AS DATE) AS day,
               l.quantity * l.unit_price_cents * (100 - l.discount) // 100 AS cents
        FROM order_lines l JOIN orders o USING (order_id) WHERE {VALID}
        UNION ALL
        SELECT order_id, CAST(received_on AS DATE), -amount_cents FROM receipts
    ), ends AS (
        SELECT last_day(CAST(month AS DATE)) AS day
        FROM generate_series(DATE '2020-12-01', DATE '2026-01-01', INTERVAL 1 MONTH) AS months(month)
    ), balances AS (
        SELECT order_id, ends.day, CAST(sum(cents) AS BIGINT) AS cents
        FROM ends JOIN entries ON entries.day <= ends.day GROUP BY ALL
    ), states AS (
        SELECT b.*, date_diff('day', CAST(o.due_on AS DATE), b.day) AS late,
               CASE WHEN late <= 0 THEN 'not_due' WHEN late <= 30 THEN 'days_1_30'
                    WHEN late <= 60 THEN 'days_31_60' WHEN late <= 90 THEN 'days_61_90'
                    ELSE 'over_90' END AS state
        FROM balances b JOIN orders o USING (order_id) WHERE b.cents > 0
    )
    SELECT a.order_id, a.day AS opening, last_day(a.day + 1) AS closing, a.cents, a.state,
           coalesce(b.state, 'paid') AS later_state, least(a.cents, coalesce(b.cents, 0)) AS still
    FROM states a LEFT JOIN states b ON b.order_id = a.order_id AND b.day = last_day(a.day + 1)
"""


def test_roll_rates(company, connection):
    connection.execute(f"CREATE OR REPLACE TEMP TABLE rolled AS {ROLLED}")
    for case in filtered(company):
        rows = connection.execute(
            f"""
            SELECT state, later_state, count(*) AS invoices,
                   CAST(sum(still) AS BIGINT) AS still, CAST(sum(r.cents - still) AS BIGINT) AS paid
            FROM rolled r JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
            WHERE {case.customer} AND {case.order}
              AND r.opening + 1 >= $start::DATE AND r.closing <= $end::DATE
            GROUP BY ALL
            """,
            case.period,
        ).df()
        result = roll_rates(company, **case.keywords)
        counted = result.set_index(["from_state", "to_state"])
        assert counted["invoices"].sum() == rows["invoices"].sum()
        for row in rows.itertuples():
            assert counted.loc[(row.state, row.later_state), "invoices"] == row.invoices
            if row.later_state != "paid":
                assert counted.loc[(row.state, row.later_state), "amount"] == row.still / 100
        for state, part in rows.groupby("state"):
            assert counted.loc[(state, "paid"), "amount"] == part["paid"].sum() / 100
            assert counted.loc[state, "rate"].sum() == pytest.approx(1)
            amounts = counted.loc[state, "amount"]
            assert (counted.loc[state, "rate"] * amounts.sum()).tolist() == pytest.approx(amounts.tolist())
        assert counted["rate"].notna().groupby("from_state").all().sum() == rows["state"].nunique()


def test_roll_rates_by_invoices(company):
    result = roll_rates(company, measure="invoices", start="2024-01-01")
    invoices = result.groupby("from_state")["invoices"].transform("sum")
    assert result["rate"].tolist() == pytest.approx((result["invoices"] / invoices).tolist())
    pd.testing.assert_frame_equal(
        result.drop(columns="rate"), roll_rates(company, start="2024-01-01").drop(columns="rate")
    )


def test_roll_rates_by_hand():
    """Of 900 yuan that are not due at the end of January, 400 were paid and 500 are 29 days late."""
    company = by_hand()
    rolled = roll_rates(company, start="2024-02-01", end="2024-02-29").set_index(["from_state", "to_state"])
    moved = rolled[rolled["invoices"] > 0]
    # Number 1 is due on 31 January and so not late on that day; 3 is one day late.
    assert moved["amount"].to_dict() == {("not_due", "days_1_30"): 500, ("days_1_30", "days_1_30"): 150}
    assert rolled.loc[("not_due", "paid"), "amount"] == 400
    assert rolled.loc[("not_due", "paid"), "rate"] == pytest.approx(4 / 9)
    assert rolled.loc[("days_1_30", "paid"), "rate"] == pytest.approx(30 / 180)
    assert rolled.loc["over_90", "rate"].isna().all()
    finding = find("roll-rates").finding
    assert finding(rolled.reset_index(), company).endswith("56 % is overdue a month later.")
    later = roll_rates(company, customer=1001, start="2024-04-01", end="2024-04-30")
    assert "(31-60 days), 0 % is paid" in finding(later, company)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.dates(date(2021, 1, 1), date(2026, 1, 31)).map(lambda day: day.replace(day=1)), min_size=3,
             max_size=3, unique=True).map(sorted),
    st.sampled_from([None, *(word.en for word in REGIONS)]),
)  # fmt: skip
def test_two_periods_make_one(months, region):
    first, cut, after = months
    before = [day - pd.Timedelta(days=1) for day in (cut, after)]
    periods = [(first, before[0]), (cut, before[1]), (first, before[1])]
    found = [roll_rates(COMPANY, start=start, end=end, region=region) for start, end in periods]
    for name in ("amount", "invoices"):
        assert (found[0][name] + found[1][name]).round(2).tolist() == found[2][name].round(2).tolist()
    # Another day at either end adds no whole month.
    wider = roll_rates(COMPANY, start=first, end=after, region=region)
    pd.testing.assert_frame_equal(wider, found[2])


def test_rolling_starts_from_the_ageing():
    """What was open at the end of the month before is what step 7 says."""
    rolled = roll_rates(COMPANY, start="2025-06-01", end="2025-06-30")
    opening = receivables(COMPANY, end="2025-05-31").set_index("bucket").drop("credit")
    by_state = rolled.groupby("from_state")
    assert by_state["amount"].sum()[opening.index].tolist() == pytest.approx(opening["amount"].tolist())
    assert by_state["invoices"].sum()[opening.index].tolist() == opening["invoices"].tolist()


def test_nobody_gets_younger():
    rolled = roll_rates(COMPANY)
    order = {state: place for place, state in enumerate(rolled["to_state"].unique())}
    backwards = rolled["to_state"].map(order) < rolled["from_state"].map(order)
    assert (rolled.loc[backwards, "invoices"] == 0).all()


def test_no_whole_month():
    rolled = roll_rates(COMPANY, start="2025-06-02", end="2025-06-30")
    assert rolled["rate"].isna().all() and (rolled["amount"] == 0).all()


# Payer types


HABITS = f"""
    WITH invoiced AS (
        SELECT order_id, sum(l.quantity * l.unit_price_cents * (100 - l.discount)) // 100 AS cents
        FROM order_lines l JOIN orders o USING (order_id)
        WHERE {VALID} AND CAST(l.booked_at AS DATE) <= $end::DATE GROUP BY order_id
    ), received AS (
        SELECT order_id, sum(amount_cents) AS cents
        FROM receipts WHERE CAST(received_on AS DATE) <= $end::DATE GROUP BY order_id
    ), due AS (
        SELECT o.order_id, o.customer_id, c.name AS customer, CAST(o.due_on AS DATE) AS due_on,
               coalesce(i.cents, 0) - coalesce(r.cents, 0) AS open
        FROM orders o JOIN customers c USING (customer_id)
        LEFT JOIN invoiced i USING (order_id) LEFT JOIN received r USING (order_id)
        WHERE {{customer}} AND {{order}} AND CAST(o.due_on AS DATE) BETWEEN $start::DATE AND $end::DATE
    ), pieces AS (
        SELECT customer_id, order_id, amount_cents AS cents, 0 AS unpaid,
               greatest(date_diff('day', due_on, CAST(received_on AS DATE)), 0) AS days
        FROM due JOIN (SELECT order_id, amount_cents, received_on FROM receipts) USING (order_id)
        WHERE amount_cents > 0 AND CAST(received_on AS DATE) <= $end::DATE
        UNION ALL
        SELECT customer_id, order_id, open, open, date_diff('day', due_on, $end::DATE)
        FROM due WHERE open > 0 AND due_on < $end::DATE
    )
    SELECT customer_id, count(DISTINCT order_id) AS invoices, CAST(sum(cents) AS BIGINT) / 100 AS amount,
           coalesce(sum(cents) FILTER (days > 0), 0) / sum(cents) AS late_share,
           sum(cents * days) / sum(cents) AS days_late, sum(unpaid) / sum(cents) AS unpaid_share
    FROM pieces GROUP BY customer_id ORDER BY customer_id
"""


def test_how_customers_pay(company, connection):
    for case in filtered(company):
        sql = HABITS.format(customer=case.customer, order=case.order)
        rows = connection.execute(sql, case.period).df()
        result = payer_types(company, **case.keywords)
        found = result.sort_values("customer_id", ignore_index=True)[list(rows)]
        pd.testing.assert_frame_equal(found, rows.astype(found.dtypes.to_dict()), rtol=1e-12)
        assert ((result["invoices"] < 5) == (result["type"] == FEW)).all()
        assert result["days_late"].is_monotonic_decreasing


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_clusters_are_those_of_scipy(company, k):
    from scipy.cluster.vq import kmeans, vq

    known = payer_types(company, k=k).query("type != 'few'")
    scaled = known[list(FEATURES)].apply(lambda values: (values - values.mean()) / values.std(ddof=0))
    centres = scaled.groupby(known["type"]).mean()
    nearest, _ = vq(scaled.to_numpy(), centres.to_numpy())
    assert centres.index[nearest].tolist() == known["type"].tolist()
    points, random = scaled.to_numpy(), np.random.default_rng(1)
    starts = [points[random.choice(len(points), k, replace=False)] for _ in range(30)]
    others = [(vq(points, kmeans(points, start)[0])[1] ** 2).sum() for start in starts]
    assert (vq(points, centres.to_numpy())[1] ** 2).sum() <= min(others) * (1 + 1e-4)


def test_the_types_are_in_order(company):
    for k in (3, 6):
        result = payer_types(company, k=k, least=1)
        assert FEW not in set(result["type"])
        names = list(THREE_TYPES) if k == 3 else [f"type_{n}" for n in range(1, k + 1)]
        means = result.groupby("type")["days_late"].mean()
        assert means.sort_values().index.tolist() == names


def test_the_types_are_the_true_ones(company):
    """K-means knows nothing of what the generator drew, and finds nearly all of it."""
    from sklearn.metrics import adjusted_rand_score

    known = payer_types(company).query("type != 'few'")
    truth = company.truth.payers.set_index("customer_id")["payer"].loc[known["customer_id"]]
    assert adjusted_rand_score(truth, known["type"]) > 0.85
    assert (truth.to_numpy() == known["type"].to_numpy()).mean() > 0.95


def test_fewer_customers_than_types():
    two = payer_types(COMPANY)["customer_id"][payer_types(COMPANY)["type"] != FEW].head(2).tolist()
    result = payer_types(COMPANY, customer=two, k=6)
    assert sorted(result["type"]) == ["type_1", "type_2"]
    one = payer_types(COMPANY, customer=two[0])
    assert one["type"].tolist() == ["prompt"]


def test_engines_cluster_alike():
    """The numbers of the clusters do not depend on the order in which an engine returns the customers."""
    raw = {name: table.sample(frac=1, random_state=1) for name, table in RAW.items()}
    shuffled = type(COMPANY)(raw, language="en")
    for function in (payer_types, roll_rates, collection_calls, receivables_by_customer):
        pd.testing.assert_frame_equal(function(shuffled), function(COMPANY), check_exact=True)


# Letter or phone call


def test_collection_calls(company, connection):
    for case in filtered(company):
        keywords = {name: value for name, value in case.keywords.items() if name != "start"}
        rows = connection.execute(
            f"""
            WITH entries AS (
                SELECT order_id, l.quantity * l.unit_price_cents * (100 - l.discount) // 100 AS cents
                FROM order_lines l JOIN orders o USING (order_id)
                WHERE {VALID} AND CAST(booked_at AS DATE) <= $end::DATE
                UNION ALL
                SELECT order_id, -amount_cents FROM receipts WHERE CAST(received_on AS DATE) <= $end::DATE
            ), late AS (
                SELECT order_id, sum(cents) AS cents
                FROM entries JOIN orders USING (order_id)
                WHERE CAST(due_on AS DATE) < $end::DATE GROUP BY order_id HAVING sum(cents) > 0
            )
            SELECT c.customer_id, c.name AS customer, CAST(sum(cents) AS BIGINT) / 100 AS overdue,
                   max(date_diff('day', CAST(o.due_on AS DATE), $end::DATE)) AS oldest_overdue_days,
                   0.015 * overdue AS expected_gain, 24.5 AS extra_cost,
                   expected_gain - extra_cost AS benefit, benefit > 0 AS call
            FROM late JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
            WHERE {case.customer} AND {case.order}
            GROUP BY ALL ORDER BY benefit DESC, customer_id
            """,
            {"end": case.period["end"]},
        ).df()
        result = collection_calls(company, letter_cost=1.5, call_cost=26, gain=1.5, **keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9)


def test_what_is_just_not_worth_it_is_not_called():
    """Of 410 yuan overdue, ten percent are 41, of 150 they are 15."""
    company = by_hand()
    for call_cost, called in (
        (41.5, [True, False]),
        (42, [False, False]),
        (15.5, [True, True]),
        (16, [1, 0]),
    ):
        result = collection_calls(company, end="2024-03-01", letter_cost=1, call_cost=call_cost, gain=10)
        assert result["overdue"].tolist() == [410, 150]
        assert result["call"].tolist() == called


@settings(max_examples=10, deadline=None)
@given(st.dates(date(2021, 3, 1), date(2026, 1, 31)), st.integers(0, 50), st.floats(0, 20))
def test_calling_whom_it_says_is_best(day, cost, gain):
    result = collection_calls(COMPANY, end=day, letter_cost=0, call_cost=cost, gain=gain)
    best = result["benefit"].clip(lower=0).sum()
    assert result.loc[result["call"], "benefit"].sum() == pytest.approx(best)
    assert result["benefit"].is_monotonic_decreasing
    overdue = receivables(COMPANY, end=day).set_index("bucket")["amount"].drop(["credit", "not_due"])
    assert result["overdue"].sum() == pytest.approx(overdue.sum())


# The mistakes that a check can tell


def test_mistakes_about_collections():
    right = collection_calls(COMPANY).set_index("customer_id")
    orders = RAW["orders"]
    lines = RAW["order_lines"].merge(orders[orders["status"].isin(VALID_STATUSES)], on="order_id")
    net = lines["quantity"] * lines["unit_price_cents"] * (100 - lines["discount"]) // 100
    paid = RAW["receipts"].groupby("order_id")["amount_cents"].sum()
    orders = orders.assign(
        open=orders["order_id"].map(net.groupby(lines["order_id"]).sum().sub(paid, fill_value=0))
    )
    owed = orders[(orders["open"] > 0)]
    late = orders[orders["due_on"] < COMPANY.today]
    mistakes = {
        "takes what is not due for overdue": owed.groupby("customer_id")["open"].sum() / 100,
        "nets credits against what is overdue": late.groupby("customer_id")["open"].sum() / 100,
    }
    for mistake, overdue in mistakes.items():
        wrong = set(overdue[overdue * 0.01 > 29].index)
        assert wrong != set(right[right["call"]].index), mistake
    everything = right["benefit"].sum()
    assert everything < right.loc[right["call"], "benefit"].sum(), "calls everybody"


def test_mistakes_about_roll_rates():
    """A mean of the months' rates is not the rate."""
    pairs = ["from_state", "to_state"]
    right = roll_rates(COMPANY, region="East China", start="2025-01-01", end="2025-12-31").set_index(pairs)
    ends = pd.date_range("2025-01-01", "2025-12-31", freq="ME")
    each = [roll_rates(COMPANY, region="East China", start=end.replace(day=1), end=end) for end in ends]
    means = pd.concat(each).groupby(pairs)["rate"].mean()
    assert (means - right["rate"]).abs().max() > 0.01
    counted = roll_rates(
        COMPANY, measure="invoices", region="East China", start="2025-01-01", end="2025-12-31"
    ).set_index(pairs)
    assert (counted["rate"] - right["rate"]).abs().max() > 0.01


@pytest.mark.parametrize(
    ("function", "keywords", "key"),
    [
        (roll_rates, {"measure": "amounts"}, "analysis.own_choice_near"),
        (roll_rates, {"product": 1}, "filters.not_honoured"),
        (payer_types, {"k": 1}, "analysis.own_range"),
        (payer_types, {"k": 2.5}, "analysis.own_whole"),
        (collection_calls, {"start": "2025-01-01"}, "filters.not_honoured"),
        (collection_calls, {"gain": 101}, "analysis.own_range"),
        (collection_calls, {"call_cost": "much"}, "analysis.own_number"),
    ],
)
def test_bad_input(default, function, keywords, key):
    with pytest.raises(CrmlabError) as caught:
        function(default, **keywords)
    assert caught.value.key == key
