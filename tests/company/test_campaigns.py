"""Campaigns have a real effect that a comparison of their random groups finds."""

import numpy as np
import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.company import opened
from crmlab.company.schema import VALID_STATUSES

SEEDS = range(2026, 2038)


def outcomes(company):
    """Each customer of each target group: whether it ordered, with what margin, and the real effect."""
    key = ["campaign_id", "customer_id"]
    found = company.campaign_touches.merge(company.campaign_responses, on=key, how="left")
    found = found.merge(company.truth.campaign_effects, on=key, validate="one_to_one")
    status = found["order_id"].map(company.orders.set_index("order_id")["status"])
    return found.assign(
        ordered=found["order_id"].notna().astype(float),
        margin=found["margin"].where(status.isin(VALID_STATUSES), 0.0),
        effect=found["effect_permille"] / 1000,
        effect_margin=found["effect_margin_cents"] / 100,
        treated=found["test_group"] == "treated",
    )


def uplifts(found, outcome, effect):
    """By campaign: treated less control, its standard error, and the real mean effect."""
    groups = found.groupby(["campaign_id", "treated"])[outcome].agg(["mean", "var", "size"]).unstack()
    error = groups["var"] / groups["size"]
    return pd.DataFrame(
        {
            "uplift": groups["mean"][True] - groups["mean"][False],
            "error": np.sqrt(error[True] + error[False]),
            "real": found.groupby("campaign_id")[effect].mean(),
        }
    )


@pytest.fixture(scope="module")
def companies():
    return {seed: opened(seed, "en") for seed in SEEDS}


@pytest.fixture(scope="module")
def all_outcomes(companies):
    return pd.concat({seed: outcomes(company) for seed, company in companies.items()}, names=["seed"])


@pytest.fixture(scope="module", params=[(2026, None), (7, "s2026017")], ids=str)
def some_company(request):
    seed, account = request.param
    return open_company(seed, language="en", account=account)


@pytest.mark.parametrize(("outcome", "effect"), [("ordered", "effect"), ("margin", "effect_margin")])
def test_the_comparison_recovers_the_real_effect(all_outcomes, outcome, effect):
    found = pd.concat(uplifts(each, outcome, effect) for _, each in all_outcomes.groupby("seed"))
    z = (found["uplift"] - found["real"]) / found["error"]
    assert (z.abs() < 1.96).mean() > 0.88
    # Over all campaigns: no bias, however small each one is.
    pooled = (found["uplift"] - found["real"]).sum() / np.sqrt((found["error"] ** 2).sum())
    assert abs(pooled) < 3


def test_some_campaigns_work_and_some_do_not(company):
    found = uplifts(outcomes(company), "ordered", "effect")
    significant = found["uplift"] > 1.96 * found["error"]
    assert 3 <= significant.sum() <= 11
    assert found["real"].max() > 0.1
    assert found["real"].min() < 0.03


def test_what_a_campaign_returns_is_positive_for_some_and_negative_for_some(companies):
    returns = []
    for company in companies.values():
        treated = outcomes(company).query("treated").groupby("campaign_id")
        plans = company.campaigns.set_index("campaign_id")
        cost = plans["fixed_cost"] + plans["cost_per_customer"] * treated.size()
        returns.append((treated["effect_margin"].sum() - cost) / cost)
    returns = pd.concat(returns)
    assert 0.2 < (returns < 0).mean() < 0.6
    assert returns.max() < 20


def test_groups_are_random_by_all_that_was_known_before(companies, all_outcomes):
    """Who ordered before the campaign is in either group as often as planned."""
    parts = []
    for seed, found in all_outcomes.groupby("seed"):
        company = companies[seed]
        plans = company.campaigns[["campaign_id", "starts_on", "control_share"]]
        found = found.merge(plans, on="campaign_id")
        found = found.merge(company.customers[["customer_id", "size", "source"]], on="customer_id")
        found = found.merge(company.truth.customers[["customer_id", "type"]], on="customer_id")
        times = company.orders[["customer_id", "ordered_at"]]
        before = found[["touch_id", "customer_id", "starts_on"]].merge(times, on="customer_id")
        before = before[before["ordered_at"] < before["starts_on"]].groupby("touch_id").size()
        parts.append(found.assign(before=found["touch_id"].map(before).fillna(0)))
    found = pd.concat(parts)
    surplus = found["treated"] - (1 - found["control_share"] / 100)
    frequent = pd.cut(found["before"], [-1, 0, 2, 8, 30, 10_000])
    for known in (frequent, found["size"], found["source"].fillna("unknown"), found["type"]):
        groups = surplus.groupby(known, observed=True)
        z = groups.mean() / (groups.std() / np.sqrt(groups.size()))
        assert z.abs().max() < 3.5, z


def test_campaigns_follow_one_another(some_company):
    plans = some_company.campaigns.sort_values("starts_on")
    assert 12 <= len(plans) <= 16
    assert (plans["starts_on"].iloc[1:].to_numpy() > plans["ends_on"].iloc[:-1].to_numpy()).all()
    assert plans["starts_on"].min() > some_company.start
    assert plans["ends_on"].max() <= some_company.today
    assert plans["name"].is_unique
    assert plans["medium"].nunique() == 6
    assert plans["target"].nunique() == 4


def test_touches_are_within_the_campaign_and_once_for_a_customer(some_company):
    touches = some_company.campaign_touches.merge(some_company.campaigns, on="campaign_id")
    assert touches["touched_on"].between(touches["starts_on"], touches["ends_on"]).all()
    assert not touches.duplicated(["campaign_id", "customer_id"]).any()
    groups = touches.groupby(["campaign_id", "test_group"]).size().unstack()
    assert groups.notna().all(axis=None)
    created = touches["customer_id"].map(some_company.customers.set_index("customer_id")["created_on"])
    assert (created < touches["starts_on"]).all()


def test_targets_are_what_the_dictionary_says(companies, student):
    for company in (*companies.values(), student):
        for plan in company.campaigns.itertuples():
            touched = company.campaign_touches.query("campaign_id == @plan.campaign_id")
            assert set(touched["customer_id"]) == targeted(company, plan)


def targeted(company, plan):
    """The customers of a campaign's target group."""
    orders = company.orders
    before = orders[orders["status"].isin(VALID_STATUSES) & (orders["ordered_at"] < plan.starts_on)]
    ever = before.groupby("customer_id").size()
    year = before[before["ordered_at"] >= plan.starts_on - pd.Timedelta(days=365)]
    year = year.groupby("customer_id").size()
    recent = before[before["ordered_at"] >= plan.starts_on - pd.Timedelta(days=60)]
    on_file = company.customers["created_on"] < plan.starts_on
    return {
        "All customers": set(company.customers.loc[on_file, "customer_id"]),
        "Active customers": set(year.index),
        "Frequent buyers": set(year.index[year >= 4]),
        "Quiet customers": set(ever.index[ever >= 2]) - set(recent["customer_id"]),
    }[plan.target]


def test_responses_are_the_first_order_of_the_window_or_an_enquiry(some_company):
    key = ["campaign_id", "customer_id"]
    touches = some_company.campaign_touches.merge(some_company.campaigns, on="campaign_id")
    window = touches[[*key, "touched_on", "ends_on"]]
    responses = some_company.campaign_responses
    found = responses.merge(window, on=key, validate="one_to_one")
    assert len(found) == len(responses)
    assert found["responded_on"].between(found["touched_on"], found["ends_on"]).all()
    ordered = found[found["kind"] == "Order"].set_index(key)["order_id"].astype("int64")
    days = some_company.orders.set_index("order_id")["ordered_at"].dt.normalize()
    responded_on = found[found["kind"] == "Order"]["responded_on"]
    assert (days[ordered].to_numpy() == responded_on.to_numpy()).all()
    # Orders that were cancelled may be responses, but for first ones that were repeated months later.
    orders = window.merge(some_company.orders.query("status != 'cancelled'"), on="customer_id")
    day = orders["ordered_at"].dt.normalize()
    orders = orders[day.between(orders["touched_on"], orders["ends_on"])]
    first = orders.groupby(key)["order_id"].min()
    assert first.index.isin(ordered.index).all()
    assert (ordered[first.index] <= first).all()
    assert (ordered[first.index] == first).mean() > 0.9
    cancelled = ordered[~ordered.index.isin(first.index)]
    assert (some_company.orders.set_index("order_id").loc[cancelled, "status"] == "cancelled").all()
    asked = responses[responses["kind"] == "Enquiry"]
    assert len(asked)
    assert asked["order_id"].isna().all()
    assert (asked[["amount", "margin"]] == 0).all(axis=None)


def test_amounts_are_those_of_the_orders(some_company):
    lines = some_company.order_lines.query("quantity > 0")
    net = lines["quantity"] * lines["unit_price"] * (100 - lines["discount"]) / 100
    sums = pd.DataFrame(
        {
            "amount": net.groupby(lines["order_id"]).sum(),
            "margin": (net - lines["quantity"] * lines["unit_cost"]).groupby(lines["order_id"]).sum(),
        }
    )
    ordered = some_company.campaign_responses.dropna(subset="order_id")
    expected = sums.loc[ordered["order_id"].astype("int64")].reset_index(drop=True)
    found = ordered[["amount", "margin"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected, atol=0.005, rtol=0)
    placed = some_company.orders.set_index("order_id").loc[ordered["order_id"].astype("int64")]
    assert (placed["customer_id"].to_numpy() == ordered["customer_id"].to_numpy()).all()


def test_control_customers_order_too(company):
    found = outcomes(company)
    assert found.loc[~found["treated"], "ordered"].mean() > 0.1


def test_the_truth_holds_every_customer_on_file_and_the_tables_do_not_tell_it(company):
    truth = company.truth.campaign_effects
    assert not truth.duplicated(["campaign_id", "customer_id"]).any()
    assert len(truth) > len(company.campaign_touches)
    assert (truth["effect_permille"] == 0).any()
    assert (truth["effect_permille"] < 0).any()
    assert truth["effect_permille"].between(-200, 400).all()
    assert not any("effect" in column for frame in company.raw.values() for column in frame)
    # Being approached does not reveal it: both groups have the same effects, but for chance.
    found = outcomes(company)
    means = found.groupby("treated")["effect"].mean()
    assert abs(means[True] - means[False]) < 0.02


def test_an_account_takes_part_in_the_campaigns_of_the_company(company, student):
    pd.testing.assert_frame_equal(company.campaigns, student.campaigns)
    mine = student.customers.loc[student.customers["owner_id"] == student.me, "customer_id"]
    touches = student.campaign_touches
    assert touches["customer_id"].isin(mine).sum() > 50
    assert student.campaign_responses["customer_id"].isin(mine).any()


def test_both_languages_name_the_campaigns(company, chinese):
    assert company.campaigns["name"].str.contains(r"20\d\d$").all()
    assert chinese.campaigns["name"].str.match(r"20\d\d 年").all()
    assert (chinese.campaign_touches["touch_id"] == company.campaign_touches["touch_id"]).all()
