"""From a row to the records behind it."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import explore, open_company
from crmlab.analysis import menu
from crmlab.explore.drill import MOST, narrowed


@pytest.fixture(params=["en", "zh"])
def company(request):
    return open_company(language=request.param)


def sold(company):
    """The order lines of valid sales, with what a student can filter by."""
    orders = company.orders[company.orders["status"].isin(["confirmed", "shipped", "completed"])]
    lines = company.order_lines.merge(orders, on="order_id", suffixes=("", "_of_order"))
    lines["net"] = lines["quantity"] * lines["unit_price"] * (100 - lines["discount"]) / 100
    return lines.merge(company.products, on="product_id", suffixes=("", "_of_product"))


def opened(page, place=0):
    page.grid.rows.value = place
    page.grid.opener.click()
    return page.drill


def test_a_customer_is_opened_with_the_card_and_the_lines_of_the_period(company):
    page = explore(company, "value-customers", start="2025-01-01", end="2025-12-31")
    drill = opened(page)
    row = page.result.iloc[0]
    assert drill.layout.display == "" and row["customer"] in drill._title.value
    assert company.customer_card(int(row["customer_id"])).title in drill.card.value
    lines = sold(company)
    own = lines[(lines["customer_id"] == row["customer_id"]) & (lines["booked_at"].dt.year == 2025)]
    assert len(drill.grid._result) == min(len(own), MOST)
    assert str(len(own)) in drill._note.value
    if len(own) <= MOST:
        assert drill.grid._result["net_sales"].sum() == pytest.approx(row["net_sales"])
    drill.back.click()
    assert drill.layout.display == "none" and drill.card.value == ""


def test_a_product_is_opened_with_its_lines_and_the_other_conditions(company):
    page = explore(company, "product-abc", region="East China")
    place = int((page.result["net_sales"] > 0).sum()) - 1
    row = page.result.iloc[place]
    page.grid.turn_to(place // 30)
    drill = opened(page, place)
    assert set(drill.grid._result["product"]) == {row["product"]}
    assert drill.grid._result["net_sales"].sum() == pytest.approx(row["net_sales"])
    assert drill.card.value == ""


def test_of_many_lines_the_newest_are_shown_and_all_are_counted(company):
    page = explore(company, "customer-statistics")
    place = int(page.result["customers"].argmax())
    drill = opened(page, place)
    assert len(drill.grid._result) == MOST
    assert drill.grid._result["booked_at"].is_monotonic_decreasing
    source = page.result["source"].iloc[place]
    customers = company.customers.fillna({"source": {"en": "Unknown", "zh": "未知"}[company.language]})
    lines = sold(company).merge(customers[["customer_id", "source"]], on="customer_id")
    assert f"{(lines['source'] == source).sum():,}" in drill._note.value


def test_a_month_is_opened_with_its_lines(company):
    page = explore(company, "sales-trend", start="2025-11-10", end="2025-12-31")
    drill = opened(page)
    days = drill.grid._result["booked_at"]
    assert days.min() >= pd.Timestamp("2025-11-10") and days.max() < pd.Timestamp("2025-12-01")


def test_another_filter_closes_what_was_opened(company):
    page = explore(company, "value-customers")
    drill = opened(page)
    page.bar.period.value = "last_year"
    assert drill.layout.display == "none"


def test_a_row_that_is_about_no_orders_says_so(company):
    page = explore(company, "roll-rates")
    drill = opened(page)
    assert drill.grid.html.value == "" and 'role="status"' in drill._note.value


def test_the_recorder_or_the_owner_is_asked_as_the_analysis_attributes():
    row = {"employee_id": 3, "employee": "Li"}
    assert narrowed(row, {}) == {"recorder": 3}
    assert narrowed(row, {"attribution": "owner"}) == {"owner": 3}


def test_a_row_of_every_analysis_can_be_opened():
    page = explore(open_company(language="en"))
    for entry in menu.entries():
        page.choose(entry.slug)
        opened(page)
        assert page.result is not None, entry.slug
