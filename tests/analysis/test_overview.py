"""The 7P report: each figure is that of its own analysis, and of SQL where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from crmlab import open_company
from crmlab.analysis import (
    customer_statistics,
    lifecycle,
    lost_deals,
    new_customers,
    product_abc,
    profit,
    seven_p,
)
from crmlab.analysis.overview import MEASURES, SEVEN

from .oracle import VALID, database

COMPANY = open_company(language="en", seed=2026)
PERIODS = [
    {"start": "2025-01-01", "end": "2025-12-31"},
    {"start": "2023-07-01", "end": "2024-02-29"},
    {"start": "2021-01-01", "end": "2021-12-31"},
]
LINES = f"""
    (SELECT o.customer_id, l.product_id, CAST(l.booked_at AS DATE) AS day,
            l.quantity * l.unit_price_cents * (100 - l.discount) / 10000 AS net,
            l.quantity * l.unit_cost_cents / 100 AS cost
     FROM order_lines l JOIN orders o USING (order_id) WHERE {VALID})
"""
FIRST = f"(SELECT customer_id, min(CAST(ordered_at AS DATE)) AS day FROM orders WHERE {VALID} GROUP BY ALL)"
BUYERS = f"""
    (SELECT DISTINCT customer_id FROM orders WHERE {VALID}
     AND CAST(ordered_at AS DATE) BETWEEN $start::DATE AND $end::DATE)
"""
IN_PERIOD = "day BETWEEN $start::DATE AND $end::DATE"
#: Each figure that a query can say by itself.
QUERIES = {
    "buyers": f"SELECT count(*) FROM {BUYERS}",
    "unknown_source": f"""SELECT 100.0 * count(*) FILTER (source IS NULL) / count(*)
                          FROM {BUYERS} JOIN customers USING (customer_id)""",
    "margin": f"SELECT sum(net - cost) FROM {LINES} WHERE {IN_PERIOD}",
    "margin_rate": f"SELECT 100 * sum(net - cost) / sum(net) FROM {LINES} WHERE {IN_PERIOD}",
    "net_sales": f"SELECT sum(net) FROM {LINES} WHERE {IN_PERIOD}",
    "on_year": f"""SELECT 100 * (sum(net) FILTER ({IN_PERIOD})
                       / sum(net) FILTER (day BETWEEN $start::DATE - INTERVAL 1 YEAR
                                          AND $end::DATE - INTERVAL 1 YEAR) - 1) FROM {LINES}
                   WHERE $start::DATE >= DATE '2022-01-01'""",
    "new_customers": f"SELECT count(*) FROM {FIRST} WHERE {IN_PERIOD}",
    "win_rate": """SELECT 100.0 * count(*) FILTER (outcome = 'won') / count(*) FROM opportunities
                   WHERE outcome <> 'open' AND closed_on BETWEEN $start::DATE AND $end::DATE""",
    "kept": f"""SELECT 100.0 * count(*) FILTER (again) / count(*) FROM (
                    SELECT EXISTS (FROM orders o WHERE o.customer_id = f.customer_id AND {VALID}
                                   AND year(o.ordered_at) = year(f.day) + 1) AS again
                    FROM {FIRST} f WHERE year(f.day) + 1 < year($end::DATE + 1))""",
}


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period["start"])
def test_seven_p(company, period):
    connection = database(company)
    found = seven_p(company, **period).set_index("measure")["value"]
    for measure, query in QUERIES.items():
        given = {name: day for name, day in period.items() if f"${name}" in query}
        (expected,) = connection.execute(query, given).fetchone()
        if expected is None:
            assert np.isnan(found[measure]), measure
        else:
            assert found[measure] == pytest.approx(float(expected), abs=0.005, nan_ok=True), measure


def test_every_p_has_its_figures():
    result = seven_p(COMPANY, **PERIODS[0])
    assert list(dict.fromkeys(result["p"])) == list(SEVEN)
    assert result["measure"].tolist() == list(MEASURES)
    value = result.set_index("measure")["value"]
    assert value["margin"] == pytest.approx(value["net_sales"] * value["margin_rate"] / 100)
    percents = value[["unknown_source", "ended", "kept", "margin_rate", "win_rate"]]
    assert percents.between(0, 100).all()


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period["start"])
def test_the_figures_are_those_of_the_analyses(period):
    value = seven_p(COMPANY, **period).set_index("measure")["value"]
    assert value["class_a"] == (product_abc(COMPANY, **period)["abc"] == "A").sum()
    assert value["new_customers"] == new_customers(COMPANY, **period)["new_customers"].sum()
    sources = customer_statistics(COMPANY, **period).set_index("source")
    assert value["buyers"] == sources["customers"].sum()
    assert value["unknown_source"] == pytest.approx(100 * sources["share"]["Unknown"])
    total = profit(COMPANY, **period).iloc[0]
    assert value["margin_rate"] == pytest.approx(100 * total["margin_rate"])
    deals = lost_deals(COMPANY, **period)[["won", "lost"]].sum()
    assert value["win_rate"] == pytest.approx(100 * deals["won"] / deals.sum())
    stages = lifecycle(COMPANY, end=period["end"]).set_index("stage")["customers"]
    assert value["ended"] == pytest.approx(100 * stages["ended"] / (stages.sum() - stages["prospect"]))


def test_without_a_year_before_there_is_no_change():
    value = seven_p(COMPANY, **PERIODS[2]).set_index("measure")["value"]
    assert np.isnan(value["on_year"])
