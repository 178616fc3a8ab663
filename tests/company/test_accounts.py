"""One more salesperson changes nobody else's rows; two accounts differ; a course changes everything.

Held for every table there is, so that a new one is held, too.
"""

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.schema import TABLES, TRUTH
from crmlab.company.world import processes

#: Tables that are the company's and not of any customer: an account adds nothing but its own person.
SHARED = sorted(name for step in processes() if step.once for name in step.makes if name in TABLES)
OWN = [name for name in TABLES if name not in SHARED]
#: Tables in which a student's own customers, people or actions stand.
REFERS = {
    name: [column.name for column in table.columns if column.references == "customers.customer_id"]
    for name, table in TABLES.items()
}


@pytest.fixture(scope="module")
def other():
    return open_company(language="en", account="s2026018")


@pytest.mark.parametrize("name", TABLES)
def test_an_account_changes_no_other_row(company, student, name):
    before, after, key = company.raw[name], student.raw[name], TABLES[name].key
    kept = after[after[key].isin(before[key])].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, before)
    assert after[key].is_unique


@pytest.mark.parametrize("name", TRUTH)
def test_an_account_changes_no_truth_of_others(company, student, name):
    before, after = getattr(company.truth, name), getattr(student.truth, name)
    found = before.merge(after, how="left", indicator="found")
    assert len(found) == len(before)
    assert (found["found"] == "both").all()


@pytest.mark.parametrize("name", OWN)
def test_an_account_has_own_rows_after_all_others(company, student, name):
    before, after, key = company.raw[name], student.raw[name], TABLES[name].key
    assert len(after) > len(before)
    assert after[key].iloc[len(before) :].min() > before[key].max()


@pytest.mark.parametrize("name", SHARED)
def test_an_account_adds_nobody_but_itself_to_what_is_shared(company, student, name):
    assert len(student.raw[name]) == len(company.raw[name]) + (name == "employees")


@pytest.mark.parametrize("name", [name for name in OWN if REFERS[name]])
def test_what_an_account_adds_is_about_its_own_customers(company, student, name):
    added = student.raw[name][~student.raw[name][TABLES[name].key].isin(company.raw[name][TABLES[name].key])]
    for column in REFERS[name]:
        assert not added[column].dropna().isin(company.raw["customers"]["customer_id"]).any(), column


@pytest.mark.parametrize("name", OWN)
def test_two_accounts_differ_in_their_own_figures(company, student, other, name):
    """Not in the ids alone: in every column that holds amounts, numbers, days or words, taken together."""
    table = TABLES[name]
    shown = [column.stored for column in table.columns if column.kind != "id"]
    old = company.raw[name][table.key]
    mine, theirs = (
        opened.raw[name].loc[~opened.raw[name][table.key].isin(old), shown].reset_index(drop=True)
        for opened in (student, other)
    )
    assert len(mine) and len(theirs)
    assert not mine.equals(theirs)
    for column in table.columns:
        if column.kind in ("money", "timestamp"):
            assert not mine[column.stored].equals(theirs[column.stored]), column.name


def test_a_course_changes_the_figures_of_an_account(student):
    course = open_company(language="en", account="s2026017", course="CRM-2026")
    for opened in (student, course):
        assert opened.employees.set_index("employee_id").loc[opened.me, "account"] == "s2026017"
    sales = []
    for opened in (student, course):
        own = opened.orders[opened.orders["owner_id"] == opened.me]
        lines = opened.order_lines[opened.order_lines["order_id"].isin(own["order_id"])]
        sales.append((len(own), (lines["quantity"] * lines["unit_price"]).sum()))
    assert all(one != two for one, two in zip(*sales, strict=True))
