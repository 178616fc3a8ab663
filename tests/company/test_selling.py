"""Teams, targets, leads, opportunities and quotes: what always holds, and what is wrong on purpose."""

import numpy as np
import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.schema import STAGES
from crmlab.company.world.flaws import Flaws
from tests.company.common import about, active

DAY = pd.Timedelta(days=1)
OWN = ["targets", "leads", "opportunities", "opportunity_stages", "quotes"]


@pytest.fixture(scope="module", params=[(2026, None), (7, "s2026017"), (2027, None)], ids=str)
def any_company(request):
    seed, account = request.param
    return open_company(seed, language="en", account=account)


def last_day(company, days):
    return days.fillna(company.today)


def test_who_acts_is_with_the_company(any_company):
    leads, deals, quotes = any_company.leads, any_company.opportunities, any_company.quotes
    assert active(any_company, leads["recorder_id"], leads["created_on"]).all()
    assert active(any_company, leads["owner_id"], last_day(any_company, leads["closed_on"])).all()
    assert active(any_company, deals["recorder_id"], deals["opened_on"]).all()
    assert active(any_company, deals["owner_id"], last_day(any_company, deals["closed_on"])).all()
    assert active(any_company, quotes["recorder_id"], quotes["quoted_on"]).all()
    leaders = any_company.teams["leader_id"]
    assert active(any_company, leaders, [any_company.today] * len(leaders)).all()


def test_each_salesperson_has_a_target_for_each_year_here(any_company):
    staff = any_company.employees.query("role == 'Salesperson'")
    targets = any_company.targets
    found = set(targets[["employee_id", "year"]].itertuples(index=False, name=None))
    expected = {
        (person.employee_id, year)
        for person in staff.itertuples()
        for year in range(2021, 2027)
        if person.hired_on.year <= year and not person.left_on.year < year
    }
    assert found == expected
    assert len(targets) == len(found)
    assert (targets["amount"] % 10_000 == 0).all() and (targets["amount"] > 0).all()
    assert targets.groupby("employee_id")["team_id"].nunique().max() == 1
    leads = any_company.teams.merge(targets, left_on="leader_id", right_on="employee_id")
    assert (leads["team_id_x"] == leads["team_id_y"]).all()


def test_targets_are_neither_out_of_reach_nor_a_gift(company):
    orders = company.orders[company.orders["status"].isin(["confirmed", "shipped", "completed"])]
    lines = company.order_lines.merge(orders, on="order_id")
    net = lines["quantity"] * lines["unit_price"] * (100 - lines["discount"]) / 100
    sales = net.groupby([lines["owner_id"], lines["booked_at"].dt.year]).sum()
    targets = company.targets.set_index(["employee_id", "year"])["amount"]
    targets = targets[targets.index.get_level_values("year") < 2026]
    reached = sales.reindex(targets.index, fill_value=0) / targets
    assert 0.75 < sales.reindex(targets.index, fill_value=0).sum() / targets.sum() < 1.25
    assert 0.2 < (reached >= 1).mean() < 0.7


def test_a_lead_is_a_customer_only_when_it_was_converted(any_company):
    leads = any_company.leads
    assert ((leads["status"] == "converted") == leads["customer_id"].notna()).all()
    assert (leads["status"].isin(["converted", "dropped"]) == leads["closed_on"].notna()).all()
    assert (last_day(any_company, leads["closed_on"]) >= leads["created_on"]).all()
    assert leads["closed_on"].max() <= any_company.today
    became = leads.dropna(subset="customer_id").astype({"customer_id": "int64"})
    became = became.merge(any_company.customers, on="customer_id")
    assert became["customer_id"].is_unique
    assert (became["closed_on"] == became["created_on_y"]).all()
    for column in ("name", "industry", "region"):
        assert (became[f"{column}_x"] == became[f"{column}_y"]).all()
    assert (became["source_x"].fillna("") == became["source_y"].fillna("")).all()
    assert leads["name"].is_unique
    in_vain = leads.loc[leads["customer_id"].isna(), "name"]
    assert not in_vain.isin(any_company.customers["name"]).any()


def test_referred_leads_convert_best_and_those_of_the_web_worst(company):
    converted = (company.leads["status"] == "converted").groupby(company.leads["source"]).mean()
    assert converted.idxmax() == "Referral"
    assert set(converted.nsmallest(2).index) == {"Website", "Social media"}


def test_opportunities_are_of_customers_on_file_and_end_after_they_begin(any_company):
    deals = any_company.opportunities.merge(any_company.customers, on="customer_id")
    assert (deals["opened_on"] >= deals["created_on"]).all()
    assert deals["opened_on"].max() <= any_company.today
    closed = deals["closed_on"].notna()
    assert (deals["closed_on"] >= deals["opened_on"])[closed].all()
    assert deals["closed_on"].max() <= any_company.today
    assert (closed == (deals["outcome"] != "open")).all()
    assert (deals["source_x"].fillna("") == deals["source_y"].fillna("")).all()
    assert (deals["expected_amount"] >= 500).all() and (deals["expected_amount"] % 100 == 0).all()


def test_reasons_are_those_of_lost_opportunities(any_company):
    deals = any_company.opportunities
    assert (deals.loc[deals["lost_reason"].notna(), "outcome"] == "lost").all()
    beaten = deals[deals["lost_reason"] == "Chose a competitor"]
    assert len(beaten) and beaten["competitor"].notna().all()


def test_a_won_opportunity_ends_in_an_order_of_the_same_customer(any_company):
    deals = any_company.opportunities
    assert (deals.loc[deals["order_id"].notna(), "outcome"] == "won").all()
    noted = deals.dropna(subset="order_id").astype({"order_id": "int64"})
    assert noted["order_id"].is_unique
    orders = noted.merge(any_company.orders, on="order_id")
    assert len(orders) == len(noted)
    assert (orders["customer_id_x"] == orders["customer_id_y"]).all()
    days = (orders["ordered_at"].dt.normalize() - orders["closed_on"]) / DAY
    assert days.between(0, 30).all()
    assert orders["status"].isin(["confirmed", "shipped", "completed"]).all()


def test_stages_are_passed_in_order_up_to_the_present_one(any_company):
    order = {stage.en: place for place, stage in enumerate(STAGES)}
    history = any_company.opportunity_stages.merge(any_company.opportunities, on="opportunity_id")
    history["place"] = history["stage_x"].map(order)
    history = history.sort_values(["opportunity_id", "place"])
    deals = history.groupby("opportunity_id")
    # Every stage once, from the first to the present one, each no earlier than the one before.
    assert (history["place"] == deals.cumcount()).all()
    assert (deals["stage_x"].last() == deals["stage_y"].first()).all()
    assert not (deals["entered_on"].diff() < pd.Timedelta(0)).any()
    assert (deals["entered_on"].first() == deals["opened_on"].first()).all()
    assert (history["entered_on"] <= last_day(any_company, history["closed_on"])).all()
    assert deals.ngroups == len(any_company.opportunities)
    assert (history.loc[history["outcome"] == "won"].groupby("opportunity_id").size() == len(STAGES)).all()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("leads", "created_on"),
        ("opportunities", "opened_on"),
        ("opportunity_stages", "entered_on"),
        ("quotes", "quoted_on"),
    ],
)
def test_rows_are_numbered_in_the_order_of_time(company, table, column):
    assert company.raw[table][column].is_monotonic_increasing


def test_quotes_fit_their_opportunities(any_company):
    quotes = any_company.quotes.merge(any_company.opportunities, on="opportunity_id")
    assert (quotes["amount"] > 0).all()
    assert (quotes["valid_until"] > quotes["quoted_on"]).all()
    assert (quotes["quoted_on"] <= last_day(any_company, quotes["closed_on"])).all()
    accepted = quotes[quotes["status"] == "accepted"]
    assert set(accepted["opportunity_id"]) == set(quotes.loc[quotes["outcome"] == "won", "opportunity_id"])
    assert accepted["opportunity_id"].is_unique
    assert (accepted["valid_until"] >= accepted["closed_on"]).all()
    assert (quotes.loc[quotes["status"] == "rejected", "outcome"] == "lost").all()
    assert (quotes.loc[quotes["status"] == "open", "valid_until"] >= any_company.today).all()
    last = any_company.quotes.sort_values(["opportunity_id", "quoted_on", "quote_id"])
    is_last = ~last.duplicated("opportunity_id", keep="last")
    assert ((last["status"] == "replaced") == ~is_last).all()


def test_the_accepted_quote_is_what_was_sold(company):
    accepted = company.quotes.query("status == 'accepted'").merge(company.opportunities, on="opportunity_id")
    accepted = accepted.dropna(subset="order_id").astype({"order_id": "int64"}).set_index("order_id")
    sales = company.order_lines.query("quantity > 0")
    net = (sales["quantity"] * sales["unit_price"] * (100 - sales["discount"]) / 100).groupby(
        sales["order_id"]
    )
    pd.testing.assert_series_equal(
        accepted["amount"], net.sum().reindex(accepted.index), check_names=False, rtol=1e-12
    )


def test_flaws_are_there_at_their_rates(company):
    flaws, deals, leads = Flaws(), company.opportunities, company.leads
    staff = company.employees.set_index("employee_id")
    stayed = staff.index[staff["left_on"].isna()]
    same_owner = deals[deals["owner_id"].isin(stayed) & (deals["opened_on"] >= "2025-01-31")]
    assert (same_owner["recorder_id"] != same_owner["owner_id"]).mean() == about(flaws.crm_recorder)
    lost, won = deals[deals["outcome"] == "lost"], deals[deals["outcome"] == "won"]
    assert lost["lost_reason"].isna().mean() == about(flaws.lost_reason_missing)
    assert won["order_id"].isna().mean() == about(flaws.order_not_noted)
    old = leads[(leads["status"] != "converted") & (leads["created_on"] < "2025-01-31")]
    assert (old["status"] == "working").mean() == about(flaws.lead_forgotten)
    assert leads["source"].isna().mean() == about(flaws.source_missing)
    assert company.opportunities["source"].isna().any()


def test_some_opportunities_are_open_today(company):
    still_open = company.opportunities.query("outcome == 'open'")
    assert 30 < len(still_open) < 120
    assert still_open["stage"].nunique() == len(STAGES)
    assert (company.today - still_open["opened_on"]).max() < pd.Timedelta(days=400)


def test_a_student_has_own_deals_and_targets(student):
    def own(table, column="owner_id"):
        return table[table[column] == student.me]

    assert len(own(student.targets, "employee_id")) == 6
    mine, customers = own(student.opportunities), own(student.customers)["customer_id"]
    assert len(mine) > 60 and set(mine["customer_id"]) <= set(customers)
    assert {"won", "lost"} <= set(mine["outcome"])
    assert len(own(student.leads)) > 40


def test_truth_says_how_the_open_opportunities_end(company):
    deals = company.raw["opportunities"]
    truth = company.truth.opportunities
    assert set(truth["opportunity_id"]) == set(deals.loc[deals["outcome"] == "open", "opportunity_id"])
    assert (truth["closes_on"] > company.today).all()
    assert truth["win_permille"].between(0, 1000).all()
    assert not truth.loc[truth["win_permille"] == 0, "wins"].any()
    assert truth["wins"].mean() == pytest.approx(truth["win_permille"].mean() / 1000, abs=0.1)


def test_the_tables_do_not_give_away_how_open_opportunities_end(company):
    still_open = company.truth.opportunities.merge(company.raw["opportunities"], on="opportunity_id")
    assert 0 < still_open["wins"].sum() < len(still_open)
    for column in ("source", "stage", "competitor", "owner_id", "recorder_id"):
        groups = still_open.groupby(column)["wins"]
        large = groups.size() >= 15
        assert (groups.nunique()[large] == 2).all(), column
    won, lost = (
        still_open.loc[still_open["wins"] == wins, "expected_amount_cents"] for wins in (True, False)
    )
    assert won.min() < lost.median() < won.max()
    assert still_open[["order_id", "closed_on", "lost_reason"]].isna().all(axis=None)
    hidden = company.truth.customers.set_index("customer_id")["type"]
    deals = company.raw["opportunities"]
    kinds = deals["customer_id"].map(hidden)
    for column in ("stage", "outcome", "competitor"):
        assert (kinds.groupby(deals[column]).nunique() > 2).all(), column


def test_competitors_and_sources_move_the_chance_as_they_should(company):
    closed = company.opportunities.query("outcome != 'open'")
    won = closed["outcome"] == "won"
    assert won[closed["competitor"].isna()].mean() > won[closed["competitor"].notna()].mean() * 1.2
    assert np.corrcoef(won, closed["expected_amount"])[0, 1] == pytest.approx(0, abs=0.2)
