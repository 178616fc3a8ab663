"""Activities and who took part in them: what always holds, and what is wrong on purpose."""

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.schema import ACTIVITY_KINDS
from crmlab.company.world.flaws import Flaws
from tests.company.common import about, active

OWN = ["activities", "activity_participants"]
WITH_CUSTOMERS = {"Visit", "Call", "Mail", "Demonstration"}
INTERNAL = {"Administration", "Travel", "Training"}


@pytest.fixture(scope="module", params=[(2026, None), (7, "s2026017")], ids=str)
def any_company(request):
    seed, account = request.param
    return open_company(seed, language="en", account=account)


def test_kinds_say_whether_there_is_a_customer(any_company):
    kinds = any_company.activities.groupby("kind")["customer_id"]
    with_customer = kinds.apply(lambda ids: ids.notna().mean())
    assert set(with_customer.index) == {kind.en for kind in ACTIVITY_KINDS}
    assert (with_customer[list(WITH_CUSTOMERS)] == 1).all()
    assert (with_customer[list(INTERNAL)] == 0).all()
    assert 0.2 < with_customer["Meeting"] < 0.8, "meetings are with customers or internal"


def test_minutes_are_those_from_start_to_end(any_company):
    work = any_company.activities
    minutes = (work["ended_at"] - work["started_at"]) / pd.Timedelta(minutes=1)
    assert (work["ended_at"].isna() == work["minutes"].isna()).all()
    assert (minutes == work["minutes"])[work["minutes"].notna()].all()
    assert work["minutes"].dropna().between(5, 8 * 60).all()
    assert (
        work["started_at"].dt.normalize() == work["ended_at"].fillna(work["started_at"]).dt.normalize()
    ).all()
    assert work["started_at"].is_monotonic_increasing or any_company.account is not None


def test_what_was_done_is_past_and_what_is_ahead_is_planned(any_company):
    work = any_company.activities
    end_of_today = any_company.today + pd.Timedelta(days=1)
    assert work["started_at"].min() >= any_company.start
    assert (work.loc[work["started_at"] >= end_of_today, "status"] == "planned").all()
    ahead = work[work["started_at"] >= end_of_today]
    assert len(ahead) > 10
    assert ahead["started_at"].max() < pd.Timestamp("2026-02-17"), "before Spring Festival"


def test_who_acts_is_with_the_company(any_company):
    work = any_company.activities
    days = work["started_at"].where(work["started_at"] <= any_company.today, any_company.today)
    assert active(any_company, work["owner_id"], days).all()
    assert active(any_company, work["recorder_id"], days).all()
    roles = any_company.employees.set_index("employee_id")["role"]
    assert (roles.loc[work["owner_id"]] == "Salesperson").all()


def test_customers_are_on_file_when_they_are_contacted(any_company):
    work = any_company.activities.dropna(subset="customer_id").astype({"customer_id": "int64"})
    work = work.merge(any_company.customers, on="customer_id")
    assert (work["started_at"] >= work["created_on"]).all()


def test_nobody_is_in_two_places_at_once(company):
    work = company.activities
    went = company.activity_participants.merge(work, on="activity_id")
    went = went[went["employee_id"] != went["owner_id"]]
    everything = pd.concat([work.assign(employee_id=work["owner_id"]), went])
    everything = everything.sort_values(["employee_id", "started_at"])
    before = everything.groupby("employee_id")["ended_at"].shift()
    assert not (everything["started_at"] < before).any()


def test_the_calendar_is_that_of_people_who_work(company):
    starts = company.activities["started_at"]
    assert (starts.dt.strftime("%u") >= "6").mean() < 0.03
    assert starts.dt.hour.between(8, 20).all()
    assert (starts.dt.hour >= 12).mean() > 0.3
    hours = company.activities.query("status == 'done'").groupby("owner_id")["minutes"].sum() / 60
    assert hours.min() > 300


def test_two_or_three_take_part_in_joint_activities(any_company):
    went = any_company.activity_participants.merge(any_company.activities, on="activity_id")
    joint = went.groupby("activity_id")
    assert set(joint.size()) == {2, 3}
    assert not went.duplicated(["activity_id", "employee_id"]).any()
    assert (joint["employee_id"].first() == joint["owner_id"].first()).all(), "the owner is the first of them"
    assert set(went["kind"]) == {"Visit", "Demonstration", "Meeting"}
    assert went["customer_id"].notna().all()
    days = went["started_at"].where(went["started_at"] <= any_company.today, any_company.today)
    assert active(any_company, went["employee_id"], days).all()


def test_flaws_are_there_at_their_rates(company):
    flaws, work = Flaws(), company.activities
    past = work[work["started_at"] <= company.today]
    done = past[past["status"] == "done"]
    assert done["ended_at"].isna().mean() == about(flaws.no_end)
    assert work.loc[work["status"] == "planned", "ended_at"].notna().all()
    plannable = past[past["customer_id"].notna() & (past["kind"] != "Mail")]
    assert (plannable["status"] == "planned").mean() == about(flaws.never_happened)
    assert (work["recorder_id"] != work["owner_id"]).mean() == about(flaws.activity_recorder)
    together = work[work["customer_id"].notna() & work["kind"].isin(["Visit", "Demonstration", "Meeting"])]
    went = together["activity_id"].isin(company.activity_participants["activity_id"])
    assert went.mean() == about(flaws.joint)


def test_some_customers_are_never_contacted(company):
    done = company.activities.query("status == 'done'").dropna(subset="customer_id")
    never = ~company.customers["customer_id"].isin(done["customer_id"])
    assert 0 < never.sum() < 200


def test_activities_give_no_type_away(company):
    types = company.truth.customers.set_index("customer_id")["type"]
    contacts = company.activities.dropna(subset="customer_id")["customer_id"].value_counts()
    number = contacts.reindex(types.index, fill_value=0).clip(upper=30)
    groups = types.groupby(number)
    large = groups.size() >= 12
    assert (groups.nunique()[large] > 1).all()


def test_a_student_has_an_own_calendar(student):
    mine = student.activities[student.activities["owner_id"] == student.me]
    assert len(mine) > 500
    assert mine["started_at"].dt.year.nunique() == 6
