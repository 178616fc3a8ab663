"""Clusters and predictions beside SQL and independent fits, and beside the truth that made the data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from crmlab import open_company
from crmlab.analysis import (
    churn_clusters,
    churn_prediction,
    customer_clusters,
    customer_statistics,
    customers_at_risk,
)
from crmlab.analysis.churn import active, behaviour, cut, features, labelled
from crmlab.analysis.filters import Filter, resolve
from crmlab.analysis.models.clusters import clustered, silhouettes, stability, standardised
from crmlab.analysis.stages import CUSTOMER_FILTERS

from .oracle import VALID, agree, cases, database

COMPANY = open_company(language="en", seed=2026)
brief = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
days = st.dates(date(2021, 3, 1), date(2026, 1, 31))
BEHAVIOUR = f"""
    SELECT c.customer_id, c.name AS customer,
           CAST(min(o.ordered_at) AS DATE) AS first_day, CAST(max(o.ordered_at) AS DATE) AS last_day,
           date_diff('day', CAST(max(o.ordered_at) AS DATE), $day::DATE) AS recency_days,
           count(*) AS orders,
           count(DISTINCT date_trunc('month', o.ordered_at))
               FILTER (o.ordered_at >= date_trunc('month', $day::DATE) - INTERVAL 11 MONTH) AS active_months,
           coalesce((count(*) FILTER (o.late) - count(*) FILTER (o.middle))
                    / nullif(count(*) FILTER (o.late OR o.middle), 0), 0) AS trend,
           sum(o.net) AS net_sales
    FROM (
        SELECT *, CAST(ordered_at AS DATE) > $day::DATE - 180 AS late,
               NOT late AND CAST(ordered_at AS DATE) > $day::DATE - 360 AS middle,
               (SELECT sum(quantity * unit_price_cents * (100 - discount)) / 10000 FROM order_lines l
                WHERE l.order_id = orders.order_id AND CAST(booked_at AS DATE) <= $day::DATE) AS net
        FROM orders WHERE {VALID} AND CAST(ordered_at AS DATE) <= $day::DATE
    ) o JOIN customers c USING (customer_id)
    WHERE {{customer}} GROUP BY c.customer_id, c.name ORDER BY c.customer_id
"""


def everything(company, **chosen):
    return resolve(company, Filter(**chosen), ("end", *CUSTOMER_FILTERS), "")


def test_behaviour(company):
    connection = database(company)
    for case in cases(company):
        if case.order != "TRUE" or case.product:
            continue
        keywords = {name: value for name, value in case.keywords.items() if name != "start"}
        day = case.period["end"]
        rows = connection.execute(BEHAVIOUR.format(customer=case.customer), {"day": day}).df()
        known = behaviour(company, everything(company, **keywords), pd.Timestamp(day))
        agree(known[list(rows)], rows)


def test_churn_clusters(company, k=4):
    """Every customer is nearest to the mean of its own cluster, and no other search finds nearer means."""
    from scipy.cluster.vq import kmeans2

    members = customer_clusters(company, k=k)
    result = churn_clusters(company, k=k)
    rows = database(company).execute(BEHAVIOUR.format(customer="TRUE"), {"day": "2026-01-31"}).df()
    measures = ["recency_days", "orders", "active_months", "net_sales", "trend"]
    agree(members[["customer_id", *measures]], rows[["customer_id", *measures]])

    points = np.column_stack(
        [
            np.log1p(rows["recency_days"]),
            np.log(rows["orders"]),
            np.log1p(rows["net_sales"].clip(0)),
            rows["active_months"],
            rows["trend"],
        ]
    )
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    cluster = members["cluster"].to_numpy()
    means = np.array([points[cluster == number].mean(axis=0) for number in range(1, k + 1)])
    distance = ((points[:, None] - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) + 1 == cluster).mean() > 0.995
    others = [kmeans2(points, k, minit="++", seed=seed, iter=60) for seed in range(10)]
    best = min(((points - centres[labels]) ** 2).sum() for centres, labels in others)
    assert distance.min(axis=1).sum() <= best * 1.001

    by_cluster = rows.groupby(cluster)[measures].mean()
    pd.testing.assert_frame_equal(
        result.set_index("cluster")[measures], by_cluster, check_names=False, check_dtype=False
    )
    assert result["customers"].tolist() == members["cluster"].value_counts().sort_index().tolist()
    assert result["recency_days"].is_monotonic_increasing


def test_clusters_find_who_has_left():
    for seed in (2026, 7):
        company = open_company(language="en", seed=seed)
        truth = company.truth.customers.set_index("customer_id")["left_on"].notna()
        members = customer_clusters(company).set_index("customer_id")["cluster"]
        left = truth[members.index].groupby(members).mean()
        assert left.iloc[0] < 0.05 and left.iloc[-1] > 0.9, left
        assert left.is_monotonic_increasing


def test_clusters_can_be_trusted():
    known = behaviour(COMPANY, everything(COMPANY), COMPANY.today)
    assert stability(features(known), 4, rounds=5) > 0.8
    noise = standardised(np.random.default_rng(0).uniform(size=(200, 5)))
    assert stability(noise, 4, rounds=5) < 0.6


def test_silhouettes():
    points = standardised(np.random.default_rng(1).normal(size=(40, 2)))
    labels = clustered(points, 3)
    distance = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    own = []
    for row, label in enumerate(labels):
        means = [distance[row, labels == other].mean() for other in range(3) if other != label]
        inside = distance[row, labels == label].sum() / max((labels == label).sum() - 1, 1)
        own.append((min(means) - inside) / max(min(means), inside))
    expected = [np.mean(np.array(own)[labels == label]) for label in range(3)]
    assert np.allclose(silhouettes(points, labels), expected)
    assert np.isnan(silhouettes(points[:2], [0, 1])).all()


def test_more_clusters_than_customers():
    assert churn_clusters(COMPANY, customer=[1001, 1002]).empty
    assert customer_clusters(COMPANY, customer=[1001, 1002]).empty


# Prediction


SIGNS = f"""
    WITH known AS ({BEHAVIOUR.format(customer="TRUE")}), recent AS (
        SELECT customer_id, sum(quantity * unit_price_cents * (100 - discount)) / 10000 AS net
        FROM order_lines JOIN orders USING (order_id)
        WHERE {VALID} AND CAST(booked_at AS DATE) <= $day::DATE
          AND CAST(booked_at AS DATE) > $day::DATE - INTERVAL 1 YEAR
        GROUP BY customer_id
    )
    SELECT customer_id, ln(1 + recency_days) AS silence,
           silence - ln(1 + date_diff('day', first_day, last_day) / (orders - 1)) AS beside_its_interval,
           ln(orders) AS often, ln(1 + greatest(coalesce(recent.net, 0), 0)) AS money,
           active_months, trend
    FROM known LEFT JOIN recent USING (customer_id)
    WHERE orders >= 2 AND recency_days < 365 ORDER BY customer_id
"""


def judged(company, day: str, start: str, end: str) -> pd.DataFrame:
    """Who could leave at a day, what was known of them then, and whether they did, by SQL."""
    connection = database(company)
    rows = connection.execute(SIGNS, {"day": day}).df()
    stayed = connection.execute(
        f"SELECT DISTINCT customer_id FROM orders WHERE {VALID} "
        "AND CAST(ordered_at AS DATE) BETWEEN $start::DATE AND $end::DATE",
        {"start": start, "end": end},
    ).df()
    return rows.assign(left=~rows["customer_id"].isin(stayed["customer_id"]))


def test_churn_prediction(company):
    """The table is what a regression fitted here by hand gives: penalised, on the windows written out."""
    then = judged(company, "2024-12-07", "2025-01-07", "2025-07-05")
    now = judged(company, "2025-07-05", "2025-08-05", "2026-01-31")
    conditions = everything(company)
    test = cut(conditions.end, 30, 180)
    past = labelled(company, conditions, cut(test.day, 30, 180))
    known = labelled(company, conditions, test)
    for ours, theirs in ((past, then), (known, now)):
        agree(ours[["customer_id", "left"]], theirs[["customer_id", "left"]])

    signs, signs_now = (rows.drop(columns=["customer_id", "left"]).to_numpy(float) for rows in (then, now))
    x, x_now = ((each - signs.mean(axis=0)) / signs.std(axis=0) for each in (signs, signs_now))
    sign = np.where(then["left"], 1, -1)

    def loss(weights):
        return np.logaddexp(0, -sign * (weights[0] + x @ weights[1:])).sum() + weights[1:] @ weights[1:] / 2

    weights = minimize(loss, np.zeros(x.shape[1] + 1)).x
    risk = 1 / (1 + np.exp(-(weights[0] + x_now @ weights[1:])))
    ranked = now.assign(risk=risk).sort_values(["risk", "customer_id"], ascending=[False, True])
    tenth = np.arange(len(ranked)) * 10 // len(ranked) + 1
    result = churn_prediction(company).set_index("decile")
    assert result["customers"].tolist() == ranked.groupby(tenth).size().tolist()
    assert np.allclose(result["predicted"], ranked.groupby(tenth)["risk"].mean(), atol=2e-3)
    assert (result["left"] - ranked.groupby(tenth)["left"].sum()).abs().max() <= 1
    so_far, lost = result["left"].cumsum(), now["left"].sum()
    assert result["left"].sum() == lost
    assert np.allclose(result["precision"], so_far / result["customers"].cumsum())
    assert np.allclose(result["lift"], result["precision"] / (lost / len(now)))
    assert np.allclose(result["recall"], so_far / lost)


@pytest.mark.parametrize("model", ["logistic", "boosting"])
def test_the_risk_is_worth_something(model):
    lifts = []
    for seed in (2026, 7, 3):
        result = churn_prediction(open_company(language="en", seed=seed), model=model)
        lifts.append(result["lift"].iloc[0])
        assert result["recall"].iloc[4] > 0.75
        assert (result["predicted"] * result["customers"]).sum() == pytest.approx(
            result["left"].sum(), rel=0.6
        )
    assert np.mean(lifts) > 2


def test_customers_at_risk(company):
    result = customers_at_risk(company)
    rows = database(company).execute(BEHAVIOUR.format(customer="TRUE"), {"day": "2026-01-31"}).df()
    rows = rows[(rows["orders"] >= 2) & (rows["recency_days"] < 365)].set_index("customer_id")
    assert set(result["customer_id"]) == set(rows.index)
    found = result.set_index("customer_id")
    assert found["orders"].to_dict() == rows["orders"].to_dict()
    assert found["last_order"].to_dict() == rows["last_day"].to_dict()
    positive = found["net_sales_12_months"].clip(lower=0)
    assert np.allclose(found["sales_at_risk"], found["risk"] * positive)
    assert result["risk"].is_monotonic_decreasing
    truth = company.truth.customers.set_index("customer_id")["left_on"].notna()
    left = truth[found.index]
    assert found["risk"][left].mean() > 1.5 * found["risk"][~left].mean()


@brief
@given(days, st.integers(0, 60), st.integers(30, 365))
def test_windows(end, gap, horizon):
    end = pd.Timestamp(end)
    test = cut(end, gap, horizon)
    assert (test.end - test.start).days == horizon - 1
    assert (test.start - test.day).days == gap + 1
    assert cut(test.day, gap, horizon).end == test.day, "nothing of the test is known when learning"


@brief
@given(days)
def test_behaviour_is_of_all_who_bought(end):
    known = behaviour(COMPANY, everything(COMPANY, end=end), pd.Timestamp(end))
    assert len(known) == customer_statistics(COMPANY, end=end)["customers"].sum()
    assert known["trend"].between(-1, 1).all() and known["active_months"].between(0, 12).all()


def test_the_filter_chooses_who_is_judged():
    """What is learnt of all holds for each, also alone."""
    everybody = customers_at_risk(COMPANY).set_index("customer_id")["risk"]
    some = customers_at_risk(COMPANY, source=["Referral", "Unknown"]).set_index("customer_id")["risk"]
    assert 0 < len(some) < len(everybody)
    assert np.allclose(some, everybody[some.index])
    alone = customers_at_risk(COMPANY, customer=int(some.index[0]))
    assert alone["risk"].tolist() == [pytest.approx(some.iloc[0])]


def test_too_little_history():
    result = churn_prediction(COMPANY, end="2021-04-30")
    assert result.empty and list(result) == list(churn_prediction(COMPANY))
    assert customers_at_risk(COMPANY, end="2021-02-28").empty


# Mistakes


def test_mistakes():
    conditions = everything(COMPANY)
    known = labelled(COMPANY, conditions, cut(COMPANY.today, 30, 180))
    right = known["left"].mean()
    truth = COMPANY.truth.customers.set_index("customer_id")["left_on"]
    today = behaviour(COMPANY, conditions, COMPANY.today)
    silent = today["recency_days"] > 180
    assert silent.mean() > 2 * right, "all who were ever customers are judged, also those long gone"
    no_gap = labelled(COMPANY, conditions, cut(COMPANY.today, 0, 180))
    assert len(no_gap) != len(known)
    short = labelled(COMPANY, conditions, cut(COMPANY.today, 30, 30))
    assert short["left"].mean() > 1.5 * right, "who is silent for a month has not left"
    gone = truth[short["customer_id"]].notna().to_numpy()
    assert short["left"].mean() > 1.5 * gone.mean()
    # What is measured after the day of the cut gives the answer away.
    later = today.set_index("customer_id")["recency_days"].reindex(known["customer_id"]).to_numpy()
    assert ((later >= 180) == known["left"]).all()
    assert len(active(COMPANY, conditions, COMPANY.today)) < len(today)
