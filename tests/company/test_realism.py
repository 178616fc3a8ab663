"""The default size looks like a real trading company, for nearly every seed."""

import os

import pandas as pd
import pytest

from crmlab.company.company import SEED, opened
from crmlab.company.realism import FACTS, measured
from crmlab.company.schema import VALID_STATUSES

#: A few for every day; ``CRMLAB_SEEDS=20`` for the promise that is made.
SEEDS = range(SEED, SEED + int(os.environ.get("CRMLAB_SEEDS", "8")))


@pytest.fixture(scope="module")
def measurements():
    return pd.DataFrame({seed: measured(opened(seed, "en")) for seed in SEEDS})


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name.en)
def test_the_fact_is_within_its_range(measurements, fact):
    found = measurements.loc[fact.name.en]
    within = found.between(fact.low, fact.high)
    assert (~within).sum() <= len(SEEDS) // 20, found[~within].to_dict()
    assert within[SEED], f"the default company: {found[SEED]:.3f}"


def test_the_default_company_has_the_size_that_was_agreed(company):
    assert len(company.customers) == 800
    assert 9_000 < len(company.orders) < 11_000
    assert 22_000 < len(company.order_lines) < 28_000
    assert 90 <= len(company.products) <= 140
    assert (company.employees["role"] == "Salesperson").sum() == 12


def test_customers_who_were_referred_buy_more(company):
    orders = company.orders[company.orders["status"].isin(VALID_STATUSES)]
    number = orders.groupby("customer_id").size().reindex(company.customers["customer_id"], fill_value=0)
    by_source = number.groupby(company.customers["source"].to_numpy()).mean()
    assert by_source["Referral"] > by_source.drop("Referral").mean() * 1.2
    assert company.customers["source"].value_counts().index[0] == "Referral"


def test_no_year_is_like_the_one_before(company):
    years = company.orders["ordered_at"].dt.year.value_counts().sort_index().loc[2021:2025]
    growth = years.pct_change().dropna()
    assert years[2025] > years[2021]
    assert growth.max() - growth.min() > 0.05
