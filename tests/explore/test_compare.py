"""The comparison with another period."""

from __future__ import annotations

from datetime import date

import pytest

from crmlab import explore, open_company
from crmlab.analysis import menu, numbers
from crmlab.explore.compare import LAST_YEAR, NOTHING, OWN, PREVIOUS, other_period


@pytest.fixture(params=["en", "zh"])
def company(request):
    return open_company(language=request.param)


IN_2025 = {"start": "2025-01-01", "end": "2025-12-31"}


def test_last_year_stands_beside_this_year_and_the_sentence_says_the_change(company):
    page = explore(company, "sales-composition", by="source", **IN_2025)
    page.comparison.way.value = LAST_YEAR
    both = page.comparison.grid._result
    before = menu.find("sales-composition").run(company, by="source", start="2024-01-01", end="2024-12-31")
    now, then = (
        dict(zip(table["group"], table["net_sales"], strict=True)) for table in (page.result, before)
    )
    assert set(both["group"]) == {*now, *then}
    for row in both.itertuples():
        here, there = now.get(row.group, 0), then.get(row.group, 0)
        assert (row.net_sales, row.net_sales_other) == (here, there)
        assert row.net_sales_difference == pytest.approx(here - there)
        assert row.net_sales_change == pytest.approx(here / there - 1)
    assert numbers.yuan(sum(then.values()), company.language) in page.comparison._note.value
    total = page.comparison.grid.html.value.partition("<tfoot>")[2]
    for values in (now, then):
        assert f"{sum(values.values()):,.2f}" in total
    assert "2024-01-01" in page.comparison.grid.html.value


def test_customers_who_bought_in_one_of_the_periods_only_are_there(company):
    page = explore(company, "value-customers", **IN_2025)
    page.comparison.way.value = PREVIOUS
    before = menu.find("value-customers").run(company, start="2024-01-01", end="2024-12-31")
    both = page.comparison.grid._result
    assert set(both["customer_id"]) == {*page.result["customer_id"], *before["customer_id"]}
    assert both["net_sales_other"].sum() == pytest.approx(before["net_sales"].sum())
    assert both["customer_id"].tolist()[: len(page.result)] == page.result["customer_id"].tolist()


def test_months_are_compared_with_months_in_their_order(company):
    page = explore(company, "sales-trend", **IN_2025)
    page.comparison.way.value = LAST_YEAR
    both = page.comparison.grid._result
    before = menu.find("sales-trend").run(company, start="2024-01-01", end="2024-12-31")
    assert both["net_sales_other"].tolist() == before["net_sales"].tolist()
    assert both["period"].tolist() == page.result["period"].tolist()


def test_an_own_period_and_a_day_as_of_which_something_is_stated(company):
    page = explore(company, "receivables", end="2025-12-31")
    page.comparison.way.value = OWN
    assert page.comparison._note.value and page.comparison.grid.html.value == ""
    page.comparison.end.value = "2025/6/30"
    before = menu.find("receivables").run(company, end="2025-06-30")
    assert page.comparison.grid._result["amount_other"].sum() == pytest.approx(before["amount"].sum())


@pytest.mark.parametrize("given", [{}, {"start": "2021-01-01", "end": "2021-03-31"}])
def test_what_cannot_be_compared_is_said_and_the_page_stays(company, given):
    page = explore(company, "value-customers", **given)
    page.comparison.way.value = PREVIOUS
    assert page.result is not None and page._table.value
    assert 'role="status"' in page.comparison._note.value and page.comparison.grid.html.value == ""
    page.comparison.way.value = NOTHING
    assert page.comparison._note.value == ""


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("this_year", ("2025-01-01", "2025-01-31")),
        ("this_quarter", ("2025-10-01", "2025-10-31")),
        ("this_month", ("2025-12-01", "2025-12-31")),
    ],
)
def test_what_is_not_over_is_compared_with_the_same_part_and_that_is_said(company, name, before):
    page = explore(company, "value-customers")
    page.bar.period.value = name
    page.comparison.way.value = PREVIOUS
    other = menu.find("value-customers").run(company, start=before[0], end=before[1])
    both = page.comparison.grid._result
    assert both["net_sales_other"].sum() == pytest.approx(other["net_sales"].sum())
    assert all(day in page.comparison._note.value for day in before)
    part = page._say("compare_part") in page.comparison._note.value
    assert part == (name != "this_month")  # which ends today, in the company of the lab


def test_days_beyond_the_records_are_compared_with_none(company):
    page = explore(company, "value-customers", start="2026-01-01", end="2026-12-31")
    page.comparison.way.value = LAST_YEAR
    other = menu.find("value-customers").run(company, start="2025-01-01", end="2025-01-31")
    assert page.comparison.grid._result["net_sales_other"].sum() == pytest.approx(other["net_sales"].sum())
    assert page._say("compare_part") in page.comparison._note.value


def test_periods_before():
    assert other_period(date(2024, 1, 1), date(2024, 12, 31), PREVIOUS) == (
        date(2023, 1, 1),
        date(2023, 12, 31),
    )
    assert other_period(date(2023, 2, 1), date(2023, 2, 28), LAST_YEAR) == (
        date(2022, 2, 1),
        date(2022, 2, 28),
    )
    assert other_period(date(2025, 2, 1), date(2025, 2, 28), LAST_YEAR) == (
        date(2024, 2, 1),
        date(2024, 2, 29),
    )
    assert other_period(None, date(2025, 3, 31), PREVIOUS) == (None, date(2025, 2, 28))


def test_every_analysis_can_be_compared():
    page = explore(open_company(language="en"), **IN_2025)
    page.comparison.way.value = LAST_YEAR
    for entry in menu.entries():
        page.choose(entry.slug)
        assert page.result is not None, (entry.slug, page._sentence)
