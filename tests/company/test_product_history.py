"""What products cost and where they stood in the catalogue, at any time."""

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.schema import TABLES
from crmlab.company.world.flaws import Flaws

MINE = ("product_costs", "product_categories")


@pytest.fixture(scope="module", params=[(2026, None), (7, "s2026017")], ids=str)
def company(request):
    seed, account = request.param
    return open_company(seed, language="en", account=account)


def as_of(company, rows, day, table, column):
    """Return ``column`` of a history table for the product of each row on its day."""
    history = company.raw[table].sort_values("valid_from").rename(columns={column: "then"})
    rows = rows.assign(day=pd.to_datetime(rows[day]).dt.normalize()).sort_values("day")
    found = pd.merge_asof(
        rows,
        history[["product_id", "valid_from", "then"]],
        left_on="day",
        right_on="valid_from",
        by="product_id",
    )
    assert found["then"].notna().all()
    return found


def test_sold_lines_cost_what_the_history_says_to_the_cent(company):
    lines = company.raw["order_lines"].query("quantity > 0")
    found = as_of(company, lines, "booked_at", "product_costs", "unit_cost_cents")
    assert len(found) == len(lines)
    assert (found["unit_cost_cents"] == found["then"]).all()


def test_returns_cost_what_their_sale_did(company):
    lines = company.raw["order_lines"].set_index("line_id")
    back = lines.dropna(subset="returned_line_id")
    sale = lines.loc[back["returned_line_id"].astype("int64")]
    assert (back["unit_cost_cents"].to_numpy() == sale["unit_cost_cents"].to_numpy()).all()


def test_purchases_cost_what_the_history_says_to_the_cent(company):
    bought = company.raw["purchases"].rename(columns={"unit_cost_cents": "paid"})
    found = as_of(company, bought, "ordered_on", "product_costs", "unit_cost_cents")
    assert (found["paid"] == found["then"]).all()


def test_the_last_cost_is_that_of_today(company):
    last = company.raw["product_costs"].groupby("product_id")["unit_cost_cents"].last()
    products = company.raw["products"].set_index("product_id")
    pd.testing.assert_series_equal(last, products["unit_cost_cents"], check_names=False)


def test_costs_are_listed_when_they_change_and_not_else(company):
    costs = company.raw["product_costs"]
    same = costs.groupby("product_id")
    assert (same["unit_cost_cents"].diff() != 0).all()
    assert (same["valid_from"].diff().dropna() > pd.Timedelta(0)).all()
    assert costs["valid_from"].dt.is_quarter_start.all()
    assert costs["valid_from"].between(company.start, company.today).all()


def test_the_last_category_is_that_of_today_and_the_first_begins_at_launch(company):
    history = company.product_categories.groupby("product_id")
    products = company.products.set_index("product_id")
    for column in ("major_category", "minor_category"):
        pd.testing.assert_series_equal(history[column].last(), products[column])
    assert (history["valid_from"].first() == products["launched_on"]).all()
    assert (history["valid_from"].diff().dropna() > pd.Timedelta(0)).all()


def test_as_many_categories_are_renamed_and_moved_as_declared(company):
    changes = company.product_categories.groupby("product_id").filter(lambda rows: len(rows) > 1)
    products = changes.groupby("product_id")
    today = company.products.set_index("product_id")["minor_category"]
    minors = today.nunique()
    for column, declared in (
        ("minor_category", Flaws().category_renamed),
        ("major_category", Flaws().category_moved),
    ):
        ids = products[column].nunique().loc[lambda n: n > 1].index
        assert today[ids].nunique() == minors * declared // 1000 > 0
    changed_on = changes.groupby("product_id")["valid_from"].last()
    assert changed_on.between("2022-04-01", "2024-10-01").all()
    assert changed_on.dt.is_month_start.all()
    former = set(company.product_categories["minor_category"]) - set(company.products["minor_category"])
    assert len(former) == minors * Flaws().category_renamed // 1000


def test_the_change_lies_in_the_sales(company):
    """A report by the names of the time differs from one by the names of today."""
    lines = company.raw["order_lines"]
    found = as_of(company, lines, "booked_at", "product_categories", "minor_category")
    today = found["product_id"].map(company.products.set_index("product_id")["minor_category"])
    assert 0 < (found["then"] != today).sum() < len(lines) / 3


def test_seeds_differ_in_what_was_renamed():
    found = [open_company(seed, language="en").product_categories for seed in (2026, 7, 8, 9)]
    former = {tuple(sorted(table["minor_category"].unique())) for table in found}
    assert len(former) > 1


@pytest.mark.parametrize("name", MINE)
def test_both_languages_hold_the_same_numbers(name):
    english, chinese = (open_company(language=language).raw[name] for language in ("en", "zh"))
    for column in TABLES[name].columns:
        one, other = english[column.stored], chinese[column.stored]
        if column.kind == "label":
            pairs = pd.DataFrame({"en": one, "zh": other}).drop_duplicates()
            assert pairs["en"].is_unique and pairs["zh"].is_unique
        else:
            pd.testing.assert_series_equal(one, other)


@pytest.mark.parametrize("name", MINE)
def test_the_catalogue_is_the_same_for_every_account(name):
    before, after = (open_company(language="en", account=account).raw[name] for account in (None, "s2026017"))
    pd.testing.assert_frame_equal(before, after)
