"""The mistakes that ANALYSES names give other numbers on the default company: they can be told apart."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.analysis import customer_statistics, gift_list, new_customers, value_customers
from crmlab.company.schema import VALID_STATUSES

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
ORDERS = RAW["orders"]
VALID = ORDERS[ORDERS["status"].isin(VALID_STATUSES)]
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}


def in_year(times: pd.Series, year: int = 2025) -> pd.Series:
    return times.dt.year == year


def by_source(customer_ids: pd.Series) -> dict[str, int]:
    sources = RAW["customers"].set_index("customer_id")["source"].fillna("Unknown")
    return customer_ids.map(sources).value_counts().to_dict()


def test_customer_statistics():
    right = customer_statistics(COMPANY, **YEAR).set_index("source")["customers"]
    right = right[right > 0].to_dict()
    valid, every = VALID[in_year(VALID["ordered_at"])], ORDERS[in_year(ORDERS["ordered_at"])]
    assert right == by_source(valid["customer_id"].drop_duplicates())
    mistakes = {
        "counts orders": by_source(valid["customer_id"]),
        "counts all customers": by_source(RAW["customers"]["customer_id"]),
        "keeps cancelled orders": by_source(every["customer_id"].drop_duplicates()),
        "drops unknown": {source: count for source, count in right.items() if source != "Unknown"},
    }
    for mistake, wrong in mistakes.items():
        assert wrong != right, mistake
        assert sum(wrong.values()) != sum(right.values()), mistake


def lines() -> pd.DataFrame:
    found = RAW["order_lines"].merge(VALID[["order_id", "customer_id", "ordered_at"]], on="order_id")
    found = found[in_year(found["booked_at"])]
    gross = found["quantity"] * found["unit_price_cents"]
    return found.assign(gross=gross, net=gross * (100 - found["discount"]) // 100)


def test_value_customers():
    right = value_customers(COMPANY, **YEAR).set_index("customer_id")["net_sales"]
    sold = lines()
    receipts = RAW["receipts"][in_year(RAW["receipts"]["received_on"])]
    created = RAW["customers"][in_year(RAW["customers"]["created_on"])]["customer_id"]
    without_returns = sold[sold["quantity"] > 0]
    mistakes = {
        "no returns": without_returns.groupby("customer_id")["net"].sum() / 100,
        "no discount": sold.groupby("customer_id")["gross"].sum() / 100,
        "receipts": receipts.groupby("customer_id")["amount_cents"].sum() / 100,
        "quantity": sold.groupby("customer_id")["quantity"].sum(),
        "created in the year": right[right.index.isin(created)],
    }
    assert (sold.groupby("customer_id")["net"].sum() / 100).sum() == pytest.approx(right.sum())
    for mistake, wrong in mistakes.items():
        assert wrong.sum() != pytest.approx(right.sum(), rel=1e-3), mistake
    for mistake in ("no returns", "no discount", "receipts"):
        head = mistakes[mistake].sort_values(ascending=False).head(20)
        assert not head.round(2).equals(right.head(20)), mistake


def test_new_customers():
    right = new_customers(COMPANY).set_index("year")["new_customers"]

    def by_year(times: pd.Series) -> list[int]:
        return [int(in_year(times, year).sum()) for year in right.index]

    first_of_any = ORDERS.groupby("customer_id")["ordered_at"].min()
    a_year = VALID.assign(year=VALID["ordered_at"].dt.year).drop_duplicates(["customer_id", "year"])
    mistakes = {
        "first purchase in the window": by_year(a_year["ordered_at"]),
        "registration date": by_year(RAW["customers"]["created_on"]),
        "a cancelled first order": by_year(first_of_any),
    }
    assert right.tolist() == by_year(VALID.groupby("customer_id")["ordered_at"].min())
    for mistake, wrong in mistakes.items():
        assert wrong != right.tolist(), mistake


def test_gift_list():
    right = gift_list(COMPANY, **YEAR, top=60)
    assert set(right["hobby_from"]) == {"contact", "customer", "missing"}
    everybody = RAW["contacts"][["customer_id", "hobby"]]
    several = right[["customer_id"]].merge(everybody, on="customer_id", how="left")
    assert len(several) > len(right)
    assert len(right.dropna(subset="contact_id")) < len(right), (
        "an inner join loses those without a key contact"
    )
    assert len(right.dropna(subset="hobby")) < len(right), "an inner join loses blanks"
    assert right.loc[right["hobby"].isna(), "gift"].isna().all()
