"""Contacts with customers: step 15 beside SQL, what must add up, and the mistakes that can be told apart."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import open_company
from crmlab.analysis import customer_contacts
from crmlab.analysis.menu import find

from .oracle import agree, each_case

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}
KINDS = ["visits", "calls", "mails", "demonstrations", "meetings"]
days = st.dates(date(2021, 1, 1), date(2026, 1, 31))
brief = settings(max_examples=8, deadline=None)


def test_customer_contacts(company):
    names = {
        "visits": "'Visit', '上门拜访'",
        "calls": "'Call', '电话联系'",
        "mails": "'Mail', '邮件'",
        "demonstrations": "'Demonstration', '产品演示'",
        "meetings": "'Meeting', '会议'",
    }
    counts = ",\n".join(f"count(*) FILTER (kind IN ({words})) AS {name}" for name, words in names.items())

    def check(connection, case):
        contacts = f"""FROM activities o WHERE status = 'done' AND customer_id IS NOT NULL
                       AND kind IN ({", ".join(names.values())}) AND {case.order}"""
        rows = connection.execute(
            f"""
            WITH counted AS (
                SELECT customer_id, count(*) AS contacts, {counts}, coalesce(sum(minutes), 0) / 60 AS hours
                {contacts} AND CAST(started_at AS DATE) BETWEEN $start::DATE AND $end::DATE GROUP BY ALL
            ), latest AS (
                SELECT customer_id, CAST(max(started_at) AS DATE) AS last_contact
                {contacts} AND CAST(started_at AS DATE) <= $end::DATE GROUP BY ALL
            )
            SELECT rank() OVER (ORDER BY coalesce(contacts, 0) DESC) AS rank, customer_id, name AS customer,
                   {", ".join(f"coalesce({name}, 0) AS {name}" for name in ("contacts", *names, "hours"))},
                   last_contact, $end::DATE - last_contact AS days_since_last
            FROM customers c LEFT JOIN counted USING (customer_id) LEFT JOIN latest USING (customer_id)
            WHERE c.created_on <= $end::DATE AND {case.customer}
            ORDER BY contacts DESC, customer_id
            """,
            case.period,
        ).df()
        agree(customer_contacts(company, **case.keywords), rows)

    each_case(company, check, products=False)


@brief
@given(st.tuples(days, days, days).map(sorted), st.sampled_from([{}, {"recorder": 1}, {"source": "Unknown"}]))
def test_two_periods_make_one(moments, chosen):
    start, cut, end = moments
    cut = min(cut, end - timedelta(days=1))
    if cut < start:
        return
    whole = customer_contacts(COMPANY, start=start, end=end, **chosen).set_index("customer_id")
    first = customer_contacts(COMPANY, start=start, end=cut, **chosen).set_index("customer_id")
    second = customer_contacts(COMPANY, start=cut + timedelta(days=1), end=end, **chosen).set_index(
        "customer_id"
    )
    for name in ("contacts", *KINDS, "hours"):
        summed = first[name].reindex(whole.index, fill_value=0) + second[name].reindex(whole.index)
        pd.testing.assert_series_equal(summed, whole[name], check_dtype=False, check_names=False, rtol=1e-9)
    # The last contact ever does not depend on where the period begins.
    pd.testing.assert_series_equal(
        second["days_since_last"].sort_index(), whole["days_since_last"].sort_index()
    )


@brief
@given(days, days)
def test_kinds_make_the_contacts(one, other):
    start, end = sorted((one, other))
    result = customer_contacts(COMPANY, start=start, end=end)
    assert (result[KINDS].sum(axis=1) == result["contacts"]).all()
    assert (result["contacts"] >= 0).all() and result["contacts"].is_monotonic_decreasing
    within = result["days_since_last"] <= (end - start).days
    assert (within.fillna(False) == (result["contacts"] > 0)).all()
    assert (result["days_since_last"].isna() == result["last_contact"].isna()).all()
    created = RAW["customers"]["created_on"] < pd.Timestamp(end) + pd.Timedelta(days=1)
    assert len(result) == created.sum()


def test_a_recorder_restricts_the_contacts_and_not_the_customers():
    everybody = customer_contacts(COMPANY, **YEAR)
    mine = customer_contacts(COMPANY, **YEAR, recorder=COMPANY.me)
    assert set(mine["customer_id"]) == set(everybody["customer_id"])
    assert 0 < mine["contacts"].sum() < everybody["contacts"].sum()


def test_mistakes():
    right = customer_contacts(COMPANY, **YEAR).set_index("customer_id")
    activities = RAW["activities"].dropna(subset="customer_id")
    activities = activities[activities["started_at"].dt.year == 2025]
    with_planned = activities.groupby("customer_id").size()
    assert with_planned.sum() > right["contacts"].sum(), "planned ones counted"
    done = activities[activities["status"] == "done"].groupby("customer_id").size()
    assert done.sum() == right["contacts"].sum()
    assert len(done) < len(right), "an inner join loses those without a contact"
    assert right.loc[right.index.difference(done.index), "contacts"].eq(0).all()
    in_the_year = right.loc[right["contacts"] > 0, "days_since_last"]
    assert right["days_since_last"].notna().sum() > len(in_the_year), (
        "the last contact was looked for in the year"
    )


FINDINGS = {
    "some silent, some never": ([5, 200, pd.NA], "1 of 3 customers have heard nothing from us for over "
                                                 "180 days, another 1 never."),
    "some silent": ([5, 200], "1 of 2 customers have heard nothing from us for over 180 days."),
    "some never": ([180, pd.NA], "1 of 2 customers have never heard from us."),
    "all well": ([0, 180], "All customers (2) have been contacted within the last 180 days."),
    "nobody": ([], "No customer meets the conditions."),
}  # fmt: skip


@pytest.mark.parametrize(("days", "sentence"), FINDINGS.values(), ids=FINDINGS)
def test_finding(days, sentence):
    entry = find("customer-contacts")
    result = pd.DataFrame({"days_since_last": pd.Series(days, dtype="Int64")})
    assert entry.finding(result, COMPANY) == sentence
    heights = entry.picture(result, COMPANY).values
    assert sum(heights) == len(days)
