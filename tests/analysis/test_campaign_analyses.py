"""Campaigns: uplift and return against the control group, and against the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

from crmlab import Company, open_company
from crmlab.analysis import campaign_return, campaign_uplift
from crmlab.analysis.models.experiments import mean_difference, rate_difference

from .oracle import VALID, agree, each_case

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw


# The mathematics, beside published figures and other computations


@pytest.mark.parametrize(
    ("counts", "interval"),
    [
        # Newcombe (1998), table II, method 10.
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombe(counts, interval):
    found = rate_difference(*([count] for count in counts))
    assert (round(found.low[0], 4), round(found.high[0], 4)) == interval


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_rates(data):
    n, m = data.draw(st.integers(1, 400)), data.draw(st.integers(1, 400))
    hits, control = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    found = rate_difference([hits], [n], [control], [m])
    p, q = hits / n, control / m
    (low, high), (control_low, control_high) = (
        proportion_confint(count, size, method="wilson") for count, size in ((hits, n), (control, m))
    )
    assert found.value[0] == pytest.approx(p - q)
    assert found.low[0] == pytest.approx(p - q - np.hypot(p - low, control_high - q))
    assert found.high[0] == pytest.approx(p - q + np.hypot(high - p, q - control_low))
    if 0 < hits + control < n + m:
        assert found.p_value[0] == pytest.approx(proportions_ztest([hits, control], [n, m])[1])


@pytest.mark.filterwarnings("ignore:Precision loss:RuntimeWarning")
@settings(max_examples=50, deadline=None)
@given(*[st.lists(st.integers(-1000, 1000), min_size=2, max_size=30)] * 2)
def test_means(values, control):
    found = mean_difference(
        *([function(side)] for side in (values, control) for function in (len, np.mean, _variance))
    )
    assert found.value[0] == pytest.approx(np.mean(values) - np.mean(control))
    if _variance(values) + _variance(control) > 0:
        test = scipy.stats.ttest_ind(values, control, equal_var=False)
        interval = test.confidence_interval()
        assert (found.low[0], found.high[0]) == pytest.approx((interval.low, interval.high))
        assert found.p_value[0] == pytest.approx(test.pvalue)
    else:
        assert np.isnan(found.low[0])


def _variance(values: list[int]) -> float:
    return np.var(values, ddof=1)


# The analyses, beside SQL


OUTCOMES = f"""
    WITH valid AS (SELECT order_id FROM orders WHERE {VALID}), outcomes AS (
        SELECT t.campaign_id, t.test_group, r.response_id,
               CASE WHEN r.order_id IN (FROM valid) THEN 1 ELSE 0 END AS bought,
               CASE WHEN r.order_id IN (FROM valid) THEN r.margin_cents / 100 ELSE 0 END AS margin
        FROM campaign_touches t
        JOIN customers c USING (customer_id)
        LEFT JOIN campaign_responses r USING (campaign_id, customer_id)
        WHERE {{customer}}
    ), ended AS (
        SELECT * FROM campaigns WHERE ends_on BETWEEN $start::DATE AND $end::DATE
    ), treated AS (SELECT * FROM outcomes WHERE test_group = 'treated'),
       control AS (SELECT * FROM outcomes WHERE test_group = 'control'),
    sides AS (
        SELECT g.campaign_id, name AS campaign, medium, ends_on,
               fixed_cost_cents / 100 AS fixed, cost_per_customer_cents / 100 AS each,
               (SELECT struct_pack(n := count(*), answers := count(response_id), buyers := sum(bought),
                                   total := sum(margin), mean := avg(margin), spread := var_samp(margin))
                FROM treated WHERE campaign_id = g.campaign_id) AS t,
               (SELECT struct_pack(n := count(*), buyers := sum(bought), mean := avg(margin),
                                   spread := var_samp(margin))
                FROM control WHERE campaign_id = g.campaign_id) AS c
        FROM ended g
    )
"""


def test_campaign_uplift(company):
    def check(connection, case):
        if case.order != "TRUE":
            return
        rows = connection.execute(
            OUTCOMES.format(customer=case.customer)
            + """
            SELECT campaign_id, campaign, medium, ends_on, t.n AS treated, c.n AS control,
                   t.buyers / nullif(t.n, 0) AS treated_rate, c.buyers / nullif(c.n, 0) AS control_rate,
                   treated_rate - control_rate AS uplift, t.mean - c.mean AS margin_uplift
            FROM sides ORDER BY ends_on, campaign_id
            """,
            case.period,
        ).df()
        result = campaign_uplift(company, **case.keywords)
        agree(result[list(rows)], rows)
        _within(result["uplift"], result["uplift_low"], result["uplift_high"])
        _within(result["margin_uplift"], result["margin_low"], result["margin_high"])
        assert result["p_value"].dropna().between(0, 1).all()

    each_case(company, check, products=False)


def _within(values: pd.Series, low: pd.Series, high: pd.Series) -> None:
    known = low.notna()
    assert ((low - 1e-12 <= values) & (values <= high + 1e-12))[known].all()


@pytest.mark.parametrize("start", ["2021-01-01", "2024-01-01", "2026-01-01"])
def test_campaign_return(company, start):
    from .engines import database

    rows = database(company).execute(
        OUTCOMES.format(customer="TRUE")
        + """
        , measured AS (
            SELECT *, fixed + each * t.n AS cost, (t.mean - c.mean) * t.n AS caused,
                   t.spread / t.n AS a, c.spread / c.n AS b
            FROM sides
        )
        SELECT rank() OVER (ORDER BY caused / cost DESC) AS rank, campaign_id, campaign, medium, ends_on,
               t.n AS treated, cost, t.answers AS responses, t.buyers AS buyers,
               t.total AS margin_attributed, caused AS margin_caused,
               (t.total - cost) / cost AS attributed_return, (caused - cost) / cost AS caused_return,
               sqrt(a + b) * t.n / cost AS error,
               (a + b) * (a + b) / (a * a / (t.n - 1) + b * b / (c.n - 1)) AS freedom
        FROM measured ORDER BY caused_return DESC, campaign_id
        """,
        {"start": start, "end": "2026-01-31"},
    ).df()  # fmt: skip
    result = campaign_return(company, start=start)
    reach = rows["error"] * scipy.stats.t.ppf(0.975, rows["freedom"])
    rows["return_low"], rows["return_high"] = rows["caused_return"] - reach, rows["caused_return"] + reach
    pd.testing.assert_frame_equal(
        result, rows[list(result)].astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-9
    )
    assert len(result) == (company.raw["campaigns"]["ends_on"] >= start).sum()


# Beside the truth that generated the data


def test_the_intervals_hold_the_truth():
    """About 95 of 100 intervals do; the effect is that on orders, of which 94 in 100 become valid sales."""
    rates, margins, returns = [], [], []
    for seed in (2026, 1, 2, 3, 4):
        company = open_company(seed=seed, language="en")
        truth = company.truth.campaign_effects.merge(company.raw["campaign_touches"])
        of_target = truth.groupby("campaign_id")[["effect_permille", "effect_margin_cents"]].mean()
        found = campaign_uplift(company).set_index("campaign_id")
        rate = 0.94 * of_target["effect_permille"] / 1000
        margin = of_target["effect_margin_cents"] / 100
        rates += list((found["uplift_low"] < rate) & (rate < found["uplift_high"]))
        margins += list((found["margin_low"] < margin) & (margin < found["margin_high"]))
        result = campaign_return(company).set_index("campaign_id").sort_index()
        real = (margin * result["treated"] - result["cost"]) / result["cost"]
        returns += list((result["return_low"] < real) & (real < result["return_high"]))
    for held in (rates, margins, returns):
        assert len(held) == 70
        assert 0.88 <= np.mean(held) <= 1, np.mean(held)


# The mistakes give other numbers


def test_the_mistakes_with_campaigns():
    result = campaign_return(COMPANY).set_index("campaign_id")
    responses = RAW["campaign_responses"].merge(RAW["campaign_touches"], on=["campaign_id", "customer_id"])
    treated = responses[responses["test_group"] == "treated"]
    expenses = RAW["expenses"][RAW["expenses"]["status"] != "rejected"]
    booked = expenses.groupby("campaign_id")["amount_cents"].sum() / 100
    cost = result["cost"].sort_index()
    assert cost.round(2).tolist() == booked.sort_index().round(2).tolist(), "the expenses are the same money"
    caused = result["margin_caused"].sum()
    for mistake, wrong in {
        "all orders of the treated": result["margin_attributed"].sum(),
        "cancelled orders too": treated["margin_cents"].sum() / 100,
        "the control group too": responses["margin_cents"].sum() / 100,
        "net sales instead of margin": treated["amount_cents"].sum() / 100,
    }.items():
        assert wrong > 1.5 * caused, mistake
    assert (result["attributed_return"] > 0).sum() > (result["caused_return"] > 0).sum()
    assert result["margin_attributed"].sum() < treated["margin_cents"].sum() / 100
    with_both = (result["margin_caused"].sum() - 2 * cost.sum()) / (2 * cost.sum())
    assert with_both != pytest.approx((caused - cost.sum()) / cost.sum(), rel=0.1), "the cost counted twice"


def test_those_who_were_not_meant_are_no_control_group():
    """Who was outside the target group buys less anyway: beside them any campaign would seem to work."""
    campaign = RAW["campaigns"].iloc[4]  # frequent buyers
    touched = RAW["campaign_touches"].query(f"campaign_id == {campaign['campaign_id']}")["customer_id"]
    orders = RAW["orders"]
    during = orders["ordered_at"].between(campaign["starts_on"], campaign["ends_on"] + pd.Timedelta(days=1))
    bought = set(
        orders.loc[during & orders["status"].isin(["confirmed", "shipped", "completed"]), "customer_id"]
    )
    others = RAW["customers"].query("created_on < @campaign['starts_on']")["customer_id"]
    others = others[~others.isin(touched)]
    (found,) = campaign_uplift(COMPANY, start=campaign["ends_on"], end=campaign["ends_on"]).to_dict("records")
    assert others.isin(bought).mean() < found["control_rate"] - 0.1


# Rarer cases


def test_a_campaign_that_is_not_over_is_not_measured():
    last = RAW["campaigns"]["ends_on"].max()
    assert len(campaign_uplift(COMPANY, end=last)) == 14
    assert len(campaign_uplift(COMPANY, end=last - pd.Timedelta(days=1))) == 13


def test_without_a_control_group_nothing_is_said_to_be_caused():
    touches = RAW["campaign_touches"].assign(test_group="treated")
    company = Company(RAW | {"campaign_touches": touches}, language="en")
    uplift, returned = campaign_uplift(company), campaign_return(company)
    assert (uplift["control"] == 0).all() and uplift[["uplift", "p_value", "margin_low"]].isna().all(
        axis=None
    )
    assert returned["rank"].isna().all() and (returned["attributed_return"] > 0).all()
    for entry, result in ((campaign_uplift.entry, uplift), (campaign_return.entry, returned)):
        assert "can be measured" in entry.finding(result, company)
        assert len(entry.chart(result, company).texts) > 2


@pytest.mark.parametrize(
    ("function", "keywords", "says"),
    [
        (campaign_uplift, {}, "4 of 14 campaigns made more customers buy than chance explains"),
        (campaign_uplift, {"start": "2025-12-01"}, "+8.3 percentage points (-3.4 to +19.0)"),
        (campaign_uplift, {"start": "2026-01-01"}, "No campaign"),
        (campaign_return, {}, "7 of 14 campaigns caused more margin than they cost, 1 beyond chance"),
        (campaign_return, {"start": "2025-12-01"}, "a return of +103 %; without the control group"),
        (campaign_return, {"start": "2026-01-01"}, "No campaign"),
    ],
)
def test_the_finding(function, keywords, says):
    assert says in function.entry.finding(function(COMPANY, **keywords), COMPANY)
