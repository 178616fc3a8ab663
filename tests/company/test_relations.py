"""What always holds in a company that is generated, whatever the seed and whoever opens it."""

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.frames import to_frame
from crmlab.company.schema import TABLES, VALID_STATUSES
from crmlab.company.world import generate
from tests.company.common import active


@pytest.fixture(scope="module", params=[(2026, None), (7, "s2026017"), (2026, "Li.Ming")], ids=str)
def company(request):
    seed, account = request.param
    return open_company(seed, language="en", account=account)


def net(lines):
    return lines["quantity"] * lines["unit_price_cents"] * (100 - lines["discount"]) // 100


@pytest.mark.parametrize("name", TABLES)
def test_keys_number_the_rows(company, name):
    key = company.raw[name][TABLES[name].key]
    assert key.is_unique
    assert key.notna().all()


def test_there_are_no_orphans(company):
    for table in TABLES.values():
        for column in table.columns:
            if column.references:
                other, key = column.references.split(".")
                values = company.raw[table.name][column.stored].dropna()
                assert set(values) <= set(company.raw[other][key]), f"{table.name}.{column.name}"


@pytest.mark.parametrize("customers", [0, 1, 3, 40])
def test_a_tiny_company_has_all_tables(customers):
    world = generate(3, customers=customers)
    for name, table in TABLES.items():
        assert len(to_frame(table, world.tables[name], "zh")) == len(world.tables[name][table.key])
    assert len(world.tables["customers"]["customer_id"]) == customers


def test_values_are_those_of_the_schema(company):
    for table in TABLES.values():
        frame = company.raw[table.name]
        assert list(frame) == [column.stored for column in table.columns]
        for column in table.columns:
            values = frame[column.stored]
            assert column.nullable or values.notna().all(), f"{table.name}.{column.name}"
            if column.choices:
                assert set(values.dropna()) <= {text.en for text in column.choices}


def test_everything_happens_within_the_history(company):
    for name, column in [("orders", "ordered_at"), ("order_lines", "booked_at"), ("receipts", "received_on")]:
        times = company.raw[name][column]
        assert times.min() >= company.start
        assert times.max() < company.today + pd.Timedelta(days=1)
    assert company.raw["customers"]["created_on"].between(company.start, company.today).all()


def test_no_customer_orders_before_it_is_on_file(company):
    orders = company.orders.merge(company.customers, on="customer_id")
    assert (orders["ordered_at"].dt.normalize() > orders["created_on"]).mean() > 0.99
    assert (orders["ordered_at"] >= orders["created_on"]).all()


def test_employees_are_with_the_company_when_they_act(company):
    orders, receipts, customers = company.orders, company.receipts, company.customers
    assert active(company, orders["recorder_id"], orders["ordered_at"]).all()
    assert active(company, orders["owner_id"], orders["ordered_at"]).all()
    assert active(company, receipts["recorder_id"], receipts["received_on"]).all()
    still_here = active(company, customers["owner_id"], [company.today] * len(customers))
    assert 0 < (~still_here).sum() < 40, "owners who left are a flaw on purpose"


def test_products_are_sold_from_their_launch_on(company):
    lines = company.order_lines.merge(company.products, on="product_id")
    assert (lines["booked_at"] >= lines["launched_on"]).all()


def test_prices_are_whole_yuan_and_amounts_exact(company):
    lines = company.raw["order_lines"]
    assert (lines["unit_price_cents"] % 100 == 0).all()
    assert (company.raw["products"]["list_price_cents"] % 100 == 0).all()
    assert lines["discount"].between(0, 30).all()
    assert (lines["quantity"] * lines["unit_price_cents"] * (100 - lines["discount"]) % 100 == 0).all()


def test_a_product_is_on_an_order_once(company):
    sold = company.order_lines.query("quantity > 0")
    assert not sold.duplicated(["order_id", "product_id"]).any()
    assert set(company.orders["order_id"]) == set(sold["order_id"])


def test_returns_reverse_a_sale_later_and_never_more_than_was_sold(company):
    lines = company.raw["order_lines"]
    back = lines[lines["quantity"] < 0]
    assert len(back)
    assert (lines["returned_line_id"].notna() == (lines["quantity"] < 0)).all()
    sale = lines.set_index("line_id").loc[back["returned_line_id"].astype("int64")].reset_index()
    back = back.reset_index(drop=True)
    for column in ("order_id", "product_id", "unit_price_cents", "discount", "unit_cost_cents"):
        assert (back[column] == sale[column]).all()
    assert (back["booked_at"] > sale["booked_at"]).all()
    assert (sale["quantity"] >= -back["quantity"]).all()
    assert back["returned_line_id"].is_unique
    later_month = back["booked_at"].dt.to_period("M") > sale["booked_at"].dt.to_period("M")
    assert later_month.mean() > 0.5


def test_sales_are_booked_when_they_are_ordered(company):
    lines = company.order_lines.merge(company.orders, on="order_id").query("quantity > 0")
    assert (lines["booked_at"] == lines["ordered_at"]).all()


def test_only_valid_orders_are_paid_and_never_more_than_once(company):
    orders = company.raw["orders"].set_index("order_id")
    receipts = company.raw["receipts"]
    assert orders.loc[receipts["order_id"], "status"].isin(VALID_STATUSES).all()
    lines = company.raw["order_lines"].assign(net=net)
    sold = lines[lines["quantity"] > 0].groupby("order_id")["net"].sum()
    received = receipts[receipts["amount_cents"] > 0].groupby("order_id")["amount_cents"].sum()
    assert (received <= sold.loc[received.index]).all()
    paid = receipts.groupby("order_id")["amount_cents"].sum()
    assert (paid >= 0).all()


def test_no_receipt_before_its_order_but_prepayments(company):
    receipts = company.receipts.merge(company.orders, on="order_id")
    early = receipts["received_on"] < receipts["ordered_at"].dt.normalize()
    days = (receipts["ordered_at"].dt.normalize() - receipts["received_on"]).dt.days
    assert 0 < early.mean() < 0.04
    assert days.max() <= 30
    assert (receipts.loc[early, "amount"] > 0).all()
    assert (receipts["amount"] != 0).all()


def test_a_customer_has_at_most_one_key_contact(company):
    assert company.contacts.groupby("customer_id")["is_key"].sum().max() == 1


def test_names_do_not_repeat(company):
    assert company.customers["name"].is_unique
    assert company.employees["name"].is_unique
    assert company.products["name"].is_unique


def test_orders_are_due_after_the_customers_terms(company):
    orders = company.orders.merge(company.customers, on="customer_id")
    days = (orders["due_on"] - orders["ordered_at"].dt.normalize()).dt.days
    assert (days == orders["credit_days"]).all()
