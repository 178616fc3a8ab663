"""The table of the page: order, pages, totals, and a row that is chosen."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from crmlab import explore, open_company
from crmlab.analysis import menu
from crmlab.analysis.heading import Heading
from crmlab.analysis.totals import totals
from crmlab.explore.grid import Grid
from crmlab.explore.table import ROWS
from crmlab.locale import Text


@pytest.fixture(params=["en", "zh"])
def page(request):
    return explore(open_company(language=request.param), "customer-contacts", start="2025-01-01")


def column(page, name):
    """The texts of one column on the screen."""
    place = list(page.entry.columns).index(name)
    body = page._table.value.split("<tbody>")[1].split("</tbody>")[0]
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)[place] for row in re.split("<tr[ >]", body)[1:]]


def shown(page, name, values):
    heading = page.entry.columns[name]
    return [heading.show(value, page.company.language) for value in values]


def test_numbers_are_sorted_with_the_largest_first_and_turned_round(page):
    page.grid.sort.value = "hours"
    best = page.result["hours"].sort_values(ascending=False)
    assert column(page, "hours") == shown(page, "hours", best.head(ROWS))
    assert page._table.value.count('aria-sort="descending"') == 1
    page.grid.order.click()
    assert column(page, "hours") == shown(page, "hours", best.iloc[::-1].head(ROWS))
    assert page._table.value.count('aria-sort="ascending"') == 1


def test_missing_values_come_last_in_both_orders(page):
    missing = page.result["days_since_last"].isna().sum()
    assert 0 < missing < len(page.result)
    page.grid.sort.value = "days_since_last"
    for _ in range(2):
        page.grid.last.click()
        assert column(page, "days_since_last")[-1] == "–"
        page.grid.first.click()
        assert column(page, "days_since_last")[0] != "–"
        page.grid.order.click()


def test_words_are_sorted_from_the_first(page):
    page.grid.sort.value = "customer"
    assert column(page, "customer") == sorted(page.result["customer"])[:ROWS]


def test_the_order_stays_when_the_filter_changes_and_goes_with_the_analysis(page):
    page.grid.sort.value = "hours"
    page.bar.period.value = "last_year"
    assert page.grid.sort.value == "hours"
    page.choose("customer-statistics")
    assert page.grid.sort.value == "" and "aria-sort" not in page._table.value


def test_sorting_leaves_the_result_alone(page):
    before = page.result.copy()
    page.grid.sort.value = "hours"
    assert page.result.equals(before)


def test_the_pages_hold_all_rows_once(page):
    found = column(page, "customer_id")
    while not page.grid.after.disabled:
        page.grid.after.click()
        found += column(page, "customer_id")
    assert found == [str(number) for number in page.result["customer_id"]]
    assert str(len(page.result)) in page._table.value
    page.grid.first.click()
    assert page.grid.before.disabled and column(page, "customer_id") == found[:ROWS]


def test_totals_are_those_of_all_rows(page):
    foot = page._table.value.split("<tfoot>")[1]
    assert f"{page.result['contacts'].sum():,}" in foot
    assert f"{page.result['hours'].sum():,.1f}" in foot
    assert foot.count("<td") + int(re.search(r'colspan="(\d+)"', foot)[1]) == len(page.entry.columns)


def test_shares_ranks_days_and_numbers_of_buyers_by_product_have_no_total():
    company = open_company(language="en")
    found = {
        slug: totals(menu.find(slug).run(company), menu.find(slug).columns)
        for slug in (
            "value-customers",
            "weak-products",
            "customer-contacts",
            "churn-clusters",
            "price-leverage",
        )
    }
    assert found["value-customers"].keys() == {"net_sales"}
    assert found["weak-products"].keys() <= {"net_sales"}
    assert not found["customer-contacts"].keys() & {"rank", "customer_id", "days_since_last"}
    assert "net_sales" not in found["churn-clusters"] and "net_sales" not in found["price-leverage"]


def test_what_is_not_part_of_a_whole_is_not_added():
    columns = {
        "group": Heading(Text("g", "g"), "text"),
        "buyers": Heading(Text("b", "b"), "count"),
        "share": Heading(Text("s", "s"), "share"),
    }
    parts = pd.DataFrame({"group": ["A", "B"], "buyers": [3, 1], "share": [0.75, 0.25]})
    assert totals(parts, columns) == {"buyers": 4}
    assert totals(parts.assign(share=[1.0, 0.3]), columns) == {}


def test_a_chosen_row_is_handed_over_in_the_order_of_the_screen():
    opened = []
    grid = Grid("en", opened.append)
    columns = {"name": Heading(Text("n", "n"), "text"), "n": Heading(Text("n", "n"), "count")}
    grid.show(pd.DataFrame({"name": ["A", "B", "C"], "n": [1, 3, 2]}), columns, "caption")
    grid.opener.click()
    grid.sort.value = "n"
    grid.rows.value = 1
    grid.opener.click()
    assert [row["name"] for row in opened] == ["A", "C"]
    assert f".{grid._name} tbody tr:nth-child(2)" in grid._mark.value


def test_the_chosen_place_stays_while_the_analysis_does(page):
    page.grid.rows.value = 4
    page.bar.period.value = "last_year"
    assert page.grid.rows.value == 4 and ' data-row="4" tabindex="0"' in page._table.value
    page.grid.last.click()
    left = len(page.result) - page.grid._page * ROWS
    assert page.grid.rows.value == page.grid._page * ROWS + min(4, left - 1)
    page.choose("customer-statistics")
    assert page.grid.rows.value == 0


def test_page_js_finds_headers_and_rows_at_their_places_in_the_lists(page):
    page.grid.after.click()
    html = page._table.value
    heads = re.findall(r'<button[^>]* data-sort="(\d+)"', html)
    assert [page.grid.sort.options[int(place)][1] for place in heads] == list(page.entry.columns)
    rows = re.findall(r'<tr data-row="(\d+)" tabindex="(-?\d)"', html)
    assert [int(place) for place, _ in rows] == list(range(len(page.grid.rows.options)))
    assert [tab for _, tab in rows] == ["0"] + ["-1"] * (ROWS - 1)
    assert "data-row" not in page.drill.grid.html.value
