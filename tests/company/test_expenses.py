"""Expenses: on customers, on campaigns, on the office; what was rejected does not count."""

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.schema import EXPENSE_KINDS
from crmlab.company.world.flaws import Flaws
from tests.company.common import about

ONLY_FOR_CUSTOMERS = ("Entertainment", "Gifts", "Freight")


@pytest.fixture(scope="module", params=[(2026, None), (7, "s2026017"), (2026, "Li.Ming")], ids=str)
def some_company(request):
    seed, account = request.param
    return open_company(seed, language="en", account=account)


def test_there_are_as_many_as_agreed(company):
    assert 2_000 < len(company.expenses) < 3_000
    assert set(company.expenses["kind"]) == {kind.en for kind in EXPENSE_KINDS}


def test_who_spends_is_with_the_company(some_company):
    expenses = some_company.expenses.merge(some_company.employees, on="employee_id")
    assert (expenses["hired_on"] <= expenses["incurred_on"]).all()
    assert not (expenses["left_on"] < expenses["incurred_on"]).any()


def test_expenses_are_incurred_within_the_history_and_paid_later(some_company):
    expenses = some_company.expenses
    assert expenses["incurred_on"].between(some_company.start, some_company.today).all()
    assert expenses["incurred_on"].is_monotonic_increasing or some_company.account
    assert (expenses["paid_on"].notna() == (expenses["status"] == "paid")).all()
    paid = expenses.dropna(subset="paid_on")
    assert (paid["paid_on"] > paid["incurred_on"]).all()
    assert (paid["paid_on"] <= some_company.today).all()
    assert (paid["paid_on"].dt.year > paid["incurred_on"].dt.year).any()
    assert (expenses["amount"] > 0).all()


def test_nothing_is_spent_on_a_customer_before_it_is_on_file(some_company):
    expenses = some_company.expenses.dropna(subset="customer_id").merge(
        some_company.customers, on="customer_id"
    )
    assert (expenses["incurred_on"] >= expenses["created_on"]).all()


def test_the_expenses_of_a_campaign_add_up_to_its_cost(some_company):
    raw = some_company.raw
    treated = raw["campaign_touches"].query("test_group == 'treated'").groupby("campaign_id").size()
    plans = raw["campaigns"].set_index("campaign_id")
    cost = plans["fixed_cost_cents"] + plans["cost_per_customer_cents"] * treated
    counted = raw["expenses"].query("status != 'rejected'").dropna(subset="campaign_id")
    booked = counted.groupby(counted["campaign_id"].astype("int64"))["amount_cents"].sum()
    assert (booked == cost).all()
    assert counted["customer_id"].isna().all()


def test_overhead_is_of_no_customer(company):
    expenses = company.expenses
    assert 0.2 < expenses["customer_id"].isna().mean() < 0.5
    overhead = expenses[expenses["kind"].isin(["Office", "Communication", "Training", "Advertising"])]
    assert overhead["customer_id"].isna().all()


def test_flaws_occur_at_their_rates(company):
    expenses, flaws = company.expenses, Flaws()
    key = ["kind", "incurred_on", "amount", "employee_id"]
    again = expenses.duplicated(key)
    assert again.mean() == about(flaws.claimed_twice)
    assert (expenses[again]["status"] == "rejected").all()
    own = expenses[expenses["campaign_id"].isna() & ~expenses.duplicated(key, keep=False)]
    assert (own["status"] == "rejected").mean() == about(flaws.rejected)
    old = expenses[expenses["incurred_on"] < "2026-01-01"]
    assert (old["status"] == "submitted").mean() == about(flaws.claim_forgotten, 0.6)
    of_customers = expenses[expenses["kind"].isin(ONLY_FOR_CUSTOMERS) & expenses["campaign_id"].isna()]
    assert of_customers["customer_id"].isna().mean() == about(flaws.expense_customer_missing)


def test_recent_claims_are_not_decided_yet(company):
    recent = company.expenses[company.expenses["incurred_on"] > company.today - pd.Timedelta(days=10)]
    assert {"submitted", "approved"} & set(recent["status"])


def test_some_customers_cost_more_than_they_bring(company):
    counted = company.expenses.query("status != 'rejected'")
    cost = counted.groupby("customer_id")["amount"].sum()
    bought = set(company.orders["customer_id"])
    assert (~cost.index.isin(bought)).any()
    assert cost.max() > 5 * cost.median()


def test_gifts_are_bought_before_the_festivals(company):
    months = company.expenses.query("kind == 'Gifts'")["incurred_on"].dt.month
    assert months.isin([1, 2, 9, 10, 8]).mean() > 0.9


def test_a_student_has_own_expenses(student, company):
    mine = student.expenses[student.expenses["employee_id"] == student.me]
    assert len(mine) > 60
    assert mine["customer_id"].isna().any()
    assert mine["incurred_on"].dt.year.nunique() >= 5
    other = open_company(language="en", account="s2026018")
    theirs = other.expenses[other.expenses["employee_id"] == other.me]
    assert mine["amount"].sum() != theirs["amount"].sum()
