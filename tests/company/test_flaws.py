"""The flaws on purpose are there, about as often as `Flaws` says."""

import pandas as pd

from crmlab.company.schema import VALID_STATUSES
from crmlab.company.world.flaws import Flaws
from tests.company.common import about


def test_missing_values(company):
    flaws = Flaws()
    assert company.customers["source"].isna().mean() == about(flaws.source_missing)
    assert company.customers["hobby"].isna().mean() == about(flaws.customer_hobby_missing)
    assert company.contacts["hobby"].isna().mean() == about(flaws.contact_hobby_missing)
    assert company.contacts["birthday"].isna().mean() == about(flaws.birthday_missing)


def test_customers_without_contact_or_key_contact_and_with_several(company):
    contacts = company.contacts.groupby("customer_id")
    assert 1 - contacts.ngroups / len(company.customers) == about(Flaws().no_contact)
    assert (contacts["is_key"].sum() == 0).mean() == about(Flaws().no_key_contact)
    assert (contacts.size() > 1).mean() > 0.3


def test_customers_who_never_bought_and_products_never_sold(company):
    bought = company.orders[company.orders["status"].isin(VALID_STATUSES)]
    assert 0.05 < 1 - bought["customer_id"].nunique() / len(company.customers) < 0.25
    sold = company.order_lines[company.order_lines["order_id"].isin(bought["order_id"])]
    assert (
        ~company.products["product_id"].isin(sold["product_id"])
    ).mean() >= Flaws().never_sold / 1000 - 0.01


def test_drafts_cancellations_returns_and_other_recorders(company):
    orders = company.orders
    assert (orders["status"] == "cancelled").mean() == about(Flaws().cancelled)
    old = orders[orders["ordered_at"] < "2026-01-01"]
    assert (old["status"] == "draft").mean() == about(Flaws().old_draft)
    assert (orders["recorder_id"] != orders["owner_id"]).mean() == about(Flaws().other_recorder)
    assert (company.order_lines["quantity"] < 0).mean() == about(Flaws().returned)


def test_receipts_for_the_wrong_customer(company):
    receipts = company.receipts.merge(company.orders, on="order_id")
    assert (receipts["customer_id_x"] != receipts["customer_id_y"]).mean() == about(Flaws().wrong_customer)


def test_credit_balances_stay_after_some_returns(company):
    assert (company.receipts["amount"] < 0).sum() > 50


def test_a_first_order_is_cancelled_and_repeated_months_later(company):
    orders = company.orders.sort_values("ordered_at")
    first = orders.groupby("customer_id").first()
    valid = orders[orders["status"].isin(VALID_STATUSES)].groupby("customer_id").first()
    cancelled = first[first["status"] == "cancelled"].join(valid.add_suffix("_valid"), how="inner")
    months_later = cancelled["ordered_at_valid"] - cancelled["ordered_at"] > pd.Timedelta(days=50)
    assert months_later.sum() >= 5
    products = company.order_lines.query("quantity > 0").groupby("order_id")["product_id"].agg(set)
    pairs = cancelled[months_later][["order_id", "order_id_valid"]].itertuples(index=False)
    assert sum(products[one] == products[other] for one, other in pairs) >= 5
    assert (cancelled["ordered_at_valid"].dt.year > cancelled["ordered_at"].dt.year).any()


def test_duplicates_are_spelled_differently_and_share_the_rest(company, chinese):
    card = ["kind", "industry", "region", "city", "size"]

    def bare(name):
        words = name.lower().replace("-", " ").replace("(", " ").replace(")", " ").replace("co., ltd.", "")
        return " ".join(sorted(words.split()))

    customers = company.customers.assign(bare=company.customers["name"].map(bare))
    again = customers[customers.duplicated("bare", keep=False)].sort_values(["bare", "customer_id"])
    assert len(again) == 2 * (800 * Flaws().duplicates // 1000)
    assert (again.groupby("bare")[card].nunique() == 1).all(axis=None)
    assert chinese.customers["name"].is_unique


def test_orders_are_recorded_until_the_last_minute_of_a_month(company):
    times = company.orders["ordered_at"]
    month_end = times[times.dt.is_month_end]
    assert (month_end.dt.hour >= 18).sum() > 20
    assert times.dt.strftime("%u").isin(["6", "7"]).mean() < 0.05


def test_spring_festival_itself_is_quiet(company):
    days = company.orders["ordered_at"].dt.normalize()
    for festival in ("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29"):
        assert days.between(festival, pd.Timestamp(festival) + pd.Timedelta(days=6)).sum() < 8
