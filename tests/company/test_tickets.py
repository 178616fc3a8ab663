"""Service tickets: answered mostly, judged by some, and more of them from customers about to leave."""

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.company import opened
from crmlab.company.world.flaws import Flaws


@pytest.fixture(scope="module", params=[(2026, None), (7, "s2026017"), (2026, "Li.Ming")], ids=str)
def some_company(request):
    seed, account = request.param
    return open_company(seed, language="en", account=account)


@pytest.fixture(scope="module")
def with_truth():
    """Tickets of several companies, with the day on which the customer left, if it did."""
    parts = []
    for seed in range(2026, 2032):
        company = opened(seed, "en")
        parts.append(company.tickets.merge(company.truth.customers, on="customer_id"))
    return pd.concat(parts, ignore_index=True)


def test_there_are_as_many_as_agreed(company):
    assert 1_500 < len(company.tickets) < 2_500


def test_a_ticket_is_opened_then_answered_then_closed(some_company):
    tickets = some_company.tickets
    day_after = some_company.today + pd.Timedelta(days=1)
    assert tickets["opened_at"].between(some_company.start, day_after).all()
    answered = tickets.dropna(subset="first_answer_at")
    assert (answered["first_answer_at"] > answered["opened_at"]).all()
    assert (answered["first_answer_at"] < day_after).all()
    closed = tickets.dropna(subset="closed_at")
    assert (closed["closed_at"] > closed["first_answer_at"]).all()
    assert (closed["closed_at"] < day_after).all()


def test_the_status_says_how_far_it_is(some_company):
    tickets = some_company.tickets
    assert (tickets["first_answer_at"].isna() == (tickets["status"] == "open")).all()
    assert (tickets["closed_at"].notna() == (tickets["status"] == "closed")).all()
    assert tickets.loc[tickets["status"] != "closed", "satisfaction"].isna().all()
    assert tickets["satisfaction"].dropna().between(1, 5).all()
    assert tickets["satisfaction"].nunique() == 5


@pytest.mark.parametrize("seed", range(2026, 2038))
def test_handlers_are_with_the_company_from_opening_to_closing(seed):
    company = opened(seed, "en", "s2026017" if seed % 2 else None)
    tickets = company.tickets.merge(company.employees, left_on="handler_id", right_on="employee_id")
    end = tickets["closed_at"].fillna(tickets["first_answer_at"]).fillna(tickets["opened_at"])
    assert (tickets["hired_on"] <= tickets["opened_at"]).all()
    assert not (tickets["left_on"] < end.dt.normalize()).any()
    assert tickets["role"].value_counts().index[0] == "Service manager"
    assert (tickets["role"] == "Salesperson").any()


def test_customers_ask_about_what_they_have_bought(some_company):
    tickets = some_company.tickets.merge(some_company.customers, on="customer_id")
    assert (tickets["opened_at"] >= tickets["created_on"]).all()
    sold = some_company.order_lines.merge(some_company.orders, on="order_id")
    first = sold.groupby(["customer_id", "product_id"])["ordered_at"].min().rename("bought")
    about = tickets.dropna(subset="product_id").astype({"product_id": "int64"})
    about = about.join(first, on=["customer_id", "product_id"])
    assert (about["bought"].dt.normalize() < about["opened_at"].dt.normalize()).all()


def test_return_tickets_come_before_the_goods(some_company):
    lines = some_company.order_lines.merge(some_company.orders, on="order_id").query("quantity < 0")
    returned = lines.groupby(["customer_id", "product_id"])["booked_at"].max().rename("returned")
    tickets = some_company.tickets.query("kind == 'Return'").dropna(subset="product_id")
    tickets = tickets.astype({"product_id": "int64"}).join(returned, on=["customer_id", "product_id"])
    assert (tickets["opened_at"] < tickets["returned"]).all()


def test_flaws_occur_at_their_rates(with_truth):
    flaws = Flaws()
    old = with_truth[with_truth["opened_at"] < "2026-01-01"]
    assert old["first_answer_at"].isna().mean() == pytest.approx(flaws.never_answered / 1000, rel=0.25)
    about = with_truth[with_truth["kind"] != "Question"]
    missing = about["product_id"].isna().mean()
    assert missing == pytest.approx(flaws.ticket_product_missing / 1000, rel=0.25)


def test_many_do_not_say_how_satisfied_they_are(with_truth):
    closed = with_truth[with_truth["status"] == "closed"]
    assert 0.3 < closed["satisfaction"].notna().mean() < 0.6
    assert 0.75 < (closed["satisfaction"].dropna() >= 4).mean() < 0.85


def test_a_slow_answer_satisfies_less(with_truth):
    closed = with_truth.dropna(subset="satisfaction")
    waited = closed["first_answer_at"] - closed["opened_at"]
    good = closed["satisfaction"] >= 4
    assert good[waited < "1D"].mean() > good[waited > "3D"].mean() + 0.05


def test_customers_about_to_leave_ask_more_and_are_less_satisfied(with_truth):
    """Worse than others, and not so much that one bad mark tells who leaves."""
    days = (with_truth["left_on"] - with_truth["opened_at"]).dt.days
    soon = days.between(0, 180)
    good = (with_truth["satisfaction"] >= 4)[with_truth["satisfaction"].notna()]
    assert good[~soon].mean() > good[soon].mean() + 0.08
    bad = with_truth[with_truth["satisfaction"] <= 2]
    assert 0.1 < (bad["left_on"] - bad["opened_at"]).dt.days.between(0, 365).mean() < 0.6
    # Tickets for each day that a customer was there, by whether it was its last half year.
    own = with_truth[with_truth["type"].isin(["loyal", "steady", "seasonal"]) & with_truth["left_on"].notna()]
    days = (own["left_on"] - own["opened_at"]).dt.days
    last, before = days.between(0, 180).sum(), days.between(181, 361).sum()
    assert last > 1.4 * before


def test_some_products_make_more_trouble(company):
    tickets = company.tickets["product_id"].value_counts()
    sold = company.order_lines.query("quantity > 0")["product_id"].value_counts()
    rate = (tickets / sold)[sold > 200]
    assert rate.max() > 3 * rate.min()


def test_a_student_has_own_tickets(student):
    mine = student.customers.loc[student.customers["owner_id"] == student.me, "customer_id"]
    own = student.tickets[student.tickets["customer_id"].isin(mine)]
    assert len(own) > 40
    assert (own["handler_id"] == student.me).any()
