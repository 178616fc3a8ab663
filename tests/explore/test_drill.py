"""From a row to the records behind it."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import Company, Filter, explore, open_company
from crmlab.analysis import menu
from crmlab.analysis.frames import keep
from crmlab.company.size import Plan, write
from crmlab.explore import drill as drill_module
from crmlab.explore.drill import MOST, behind, narrowed
from crmlab.explore.records import Row, kinds
from crmlab.explore.table import ROWS


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
    page.grid.turn_to(place // ROWS)
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


def test_a_row_that_is_made_of_no_single_records_says_so(company):
    page = explore(company, "seven-p")
    drill = opened(page)
    assert drill.grid.html.value == "" and 'role="status"' in drill._note.value
    assert drill.kind.layout.display == "none"


#: Of each analysis that names the customers of its rows, the column that counts them.
COUNTED = {"cohort-retention": "active", "new-customers": "new_customers"}
NAMING = [entry for entry in menu.entries() if entry.members]


@pytest.mark.parametrize("entry", NAMING, ids=lambda entry: entry.slug)
def test_the_customers_of_a_row_are_as_many_as_it_says(entry):
    company, filter = open_company(language="en"), Filter(end="2025-12-31", region="East China")
    result = entry.run(company, filter)
    count = result.get(COUNTED.get(entry.slug, "customers"), result.get("invoices"))
    for place, row in result.iloc[:: max(1, len(result) // 5)].iterrows():
        customers = entry.customers(company, filter, row)
        assert len(set(customers)) == len(customers)
        if entry.slug == "roll-rates":  # it counts invoices
            assert (len(customers) > 0) == (count[place] > 0)
        else:
            assert len(customers) == (0 if pd.isna(count[place]) else count[place])


def test_a_row_that_is_a_set_of_customers_lists_them_and_opens_their_cards(company):
    page = explore(company, "churn-clusters", region="East China")
    drill = opened(page, 1)
    listed = drill.customers._result
    assert len(listed) == page.result["customers"].iloc[1] and listed["region"].nunique() == 1
    assert f"{len(listed)}" in drill._note.value and drill.card.value == "" == drill.grid.html.value
    drill.customers.rows.value = 2
    drill.customers.opener.click()
    assert company.customer_card(int(listed["customer_id"].iloc[2])).title in drill.card.value
    drill.back.click()
    assert drill.customers.html.value == ""


#: An analysis, how its rows are grouped, the kind of records behind them, and what of the row they make:
#: their number, or the sum of one of their columns.
BEHIND = [
    ("receivables", {}, "orders", {"invoices": len, "amount": "open"}),
    ("receivables-by-customer", {}, "orders", {"balance": "open"}),
    ("lost-deals", {"by": "year"}, "opportunities", {("lost", "won"): len}),
    ("lost-deals", {"by": "reason"}, "opportunities", {"lost": len, "lost_amount": "expected_amount"}),
    ("lost-deals", {"by": "competitor"}, "opportunities", {("lost", "won"): len}),
    ("lost-deals", {"by": "recorder"}, "opportunities", {("lost", "won"): len}),
    ("funnel", {}, "opportunities", {"reached": len}),
    ("pipeline-forecast", {"by": "stage"}, "opportunities", {"deals": len, "expected": "expected_amount"}),
    ("pipeline-forecast", {"by": "owner"}, "opportunities", {"deals": len, "expected": "expected_amount"}),
    ("individual-performance", {}, "activities", {"activities": len}),
    ("individual-performance", {}, "receipts", {"receipts": "amount"}),
    ("individual-performance", {}, "expenses", {"expenses": "amount"}),
    ("individual-performance", {}, "opportunities", {"opportunities_opened": len}),
    ("sales-performance", {"attribution": "recorder"}, "receipts", {"receipts": "amount"}),
    ("sales-performance", {"attribution": "owner"}, "receipts", {"receipts": "amount"}),
    ("sales-performance", {"attribution": "owner"}, "opportunities", {("lost", "won"): len}),
    ("working-time", {"by": "both"}, "activities", {"activities": len}),
    ("working-time", {"by": "employee", "split": "recorder"}, "activities", {"hours": "minutes"}),
    ("customer-contacts", {}, "activities", {"contacts": len}),
    ("expense-composition", {"by": "employee"}, "expenses", {"claims": len, "amount": "amount"}),
    ("expense-composition", {"by": "customer"}, "expenses", {"claims": len, "amount": "amount"}),
    ("expense-composition", {"by": "kind"}, "expenses", {"claims": len, "amount": "amount"}),
    ("expense-trend", {}, "expenses", {"claims": len, "amount": "amount"}),
    ("service-feedback", {"by": "kind"}, "tickets", {"tickets": len}),
    ("service-feedback", {"by": "customer"}, "tickets", {"tickets": len}),
    ("service-feedback", {"by": "status"}, "tickets", {"tickets": len}),
    ("service-feedback", {"by": "satisfaction"}, "tickets", {"tickets": len}),
    ("promotion-sources", {}, "leads", {"leads": len}),
    ("stock-flow", {"by": "product"}, "stock_movements", {}),
    ("bullwhip", {}, "purchases", {"bought": "quantity"}),
    ("profit", {"by": "quarter"}, "order_lines", {"net_sales": "net_sales"}),
    ("sales-composition", {"by": "source"}, "order_lines", {"net_sales": "net_sales"}),
]


@pytest.mark.parametrize(("slug", "own", "table", "made"), BEHIND)
def test_the_records_make_the_row(company, slug, own, table, made, monkeypatch):
    """Of the first row, the last one, and one in the middle."""
    monkeypatch.setattr(drill_module, "MOST", 100_000)
    entry = menu.find(slug)
    result = entry.run(company, **own)
    given = {choice.name: choice.default for choice in entry.own} | own
    for place in {0, len(result) // 2, len(result) - 1}:
        row = Row(entry, result.iloc[place].to_dict(), given)
        (kind,) = (kind for kind in kinds(row) if kind.table == table)
        found, count, _ = behind(company, row, Filter(), kind)
        assert count == len(found)
        for columns, of in made.items():
            names = columns if isinstance(columns, tuple) else (columns,)
            expected = sum(0 if pd.isna(row.values[name]) else row.values[name] for name in names)
            if of == "minutes":
                expected *= 60
            assert (len(found) if of is len else found[of].sum()) == pytest.approx(expected), (place, names)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    write(Plan(folder, "en", customers=80, format="parquet"), jobs=1)
    return folder


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_every_engine_finds_the_same_records(folder, engine):
    loaded, other = Company.read(folder), Company.connect(folder, engine=engine)
    keep(other)
    asked = Filter(end="2025-12-31", source=["Website", "Referral"])
    for slug, own in (
        ("receivables", {}),
        ("value-customers", {}),
        ("payer-types", {"least": 1}),
        ("expense-composition", {"by": "customer"}),
    ):
        entry = menu.find(slug)
        for _, values in entry.run(loaded, asked, **own).head(2).iterrows():
            row = Row(entry, dict(values), own)
            for kind in kinds(row):
                expected, *rest = behind(loaded, row, asked, kind)
                found, *more = behind(other, row, asked, kind)
                pd.testing.assert_frame_equal(found, expected)
                assert more == rest
            assert entry.customers(other, asked, row, **own) == entry.customers(loaded, asked, row, **own)


def test_several_kinds_of_records_can_be_chosen_between(company):
    page = explore(company, "receivables-by-customer", top=3)
    drill = opened(page)
    assert drill.kind.layout.display == "" and len(drill.kind.options) == 2
    assert page.result["customer"].iloc[0] in drill._title.value and "<h3>" in drill.card.value
    invoices = drill.grid.html.value
    drill.kind.index = 1
    assert drill.grid.html.value not in ("", invoices) and drill.kind.label in drill._note.value


def test_records_that_the_filter_cannot_choose_among_are_not_offered(company):
    page = explore(company, "promotion-sources")
    assert len(opened(page).kind.options) == 2
    page.bar.fields["major_category"].value = company.products["major_category"].iloc[0]
    assert [kind.table for _, kind in opened(page).kind.options] == ["order_lines"]


def test_a_period_of_which_there_are_no_records_yet_is_a_sentence(company):
    page = explore(company, "demand-forecast")
    drill = opened(page, len(page.result) - 1)
    assert page.result is not None and drill.grid.html.value == "" and "2026-01-31" in drill._note.value


def test_the_recorder_or_the_owner_is_asked_as_the_analysis_attributes():
    row = {"employee_id": 3, "employee": "Li"}
    assert narrowed(row, {}) == {"recorder": 3}
    assert narrowed(row, {"attribution": "owner"}) == {"owner": 3}


def test_the_responses_behind_a_campaign_say_who_was_held_out(company):
    page = explore(company, "campaign-return")
    drill = opened(page)
    assert (drill.grid._result["test_group"] == "treated").sum() == page.result["responses"].iloc[0]
    assert {"treated", "control"} == {*drill.grid._result["test_group"]}
