"""The customer card beside SQL, whose card it is, and what comes of a customer who is not there."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab.analysis import customer_card, receivables_by_customer
from crmlab.analysis.menu import find
from crmlab.errors import CrmlabError

from .oracle import VALID, database
from .test_lifecycle import STAGE

#: A kind of contact in both languages, by its code.
KINDS = {
    "visits": "'Visit', '上门拜访'",
    "calls": "'Call', '电话联系'",
    "mails": "'Mail', '邮件'",
    "demonstrations": "'Demonstration', '产品演示'",
    "meetings": "'Meeting', '会议'",
}


def fact(section, name, source, count="NULL", amount="NULL", day="NULL", text="NULL"):
    """One row of the card, as SQL."""
    return f"""SELECT '{section}' AS section, '{name}' AS fact, CAST({count} AS BIGINT) AS "count",
                      CAST({amount} AS DOUBLE) AS amount, CAST({day} AS DATE) AS date,
                      CAST({text} AS VARCHAR) AS text FROM {source}"""


def card_sql():
    mine = "customer_id = $customer"
    lines = f"""(SELECT o.*, CAST(booked_at AS DATE) AS booked,
                        quantity * unit_price_cents * (100 - discount) / 10000 AS net
                 FROM order_lines JOIN orders o USING (order_id)
                 WHERE {VALID} AND CAST(booked_at AS DATE) <= $day::DATE)"""
    moved = f"""(SELECT order_id, net FROM {lines} UNION ALL
                 SELECT order_id, -amount_cents / 100 FROM receipts WHERE received_on <= $day::DATE)"""
    items = f"""(SELECT order_id, CAST(any_value(due_on) AS DATE) AS due, round(sum(net), 2) AS net
                 FROM {moved} m JOIN orders USING (order_id) WHERE {mine}
                 GROUP BY order_id HAVING round(sum(net), 2) <> 0)"""
    late = f"(FROM {items} WHERE net > 0 AND due < $day::DATE)"
    deals = f"(FROM opportunities WHERE {mine} AND opened_on <= $day::DATE)"
    tickets = f"(FROM tickets WHERE {mine} AND CAST(opened_at AS DATE) <= $day::DATE)"
    closed = "CAST(closed_at AS DATE) <= $day::DATE"
    orders = f"(FROM orders WHERE {VALID} AND {mine} AND CAST(ordered_at AS DATE) <= $day::DATE)"
    recent = "booked > $day::DATE - INTERVAL 1 YEAR"
    twelve = f"coalesce(sum(net) FILTER ({recent}), 0)"
    rank = f"""(SELECT customer_id, rank() OVER (ORDER BY {twelve} DESC) AS place
                FROM customers LEFT JOIN {lines} USING (customer_id)
                WHERE created_on <= $day::DATE GROUP BY customer_id)"""
    own = f"(FROM {lines} WHERE {mine})"
    customer = f"(FROM customers WHERE {mine})"
    return " UNION ALL ".join(
        [
            fact("value", "rank", f"{rank} WHERE {mine}", "place"),
            fact("value", "net_sales_12_months", own, amount=twelve),
            fact("value", "net_sales", own, amount="coalesce(sum(net), 0)"),
            fact("value", "first_order", orders, day="min(ordered_at)"),
            fact("value", "orders", orders, "count(*)", day="max(ordered_at)"),
            fact("card", "created", customer, day="created_on"),
            fact("card", "source", customer, text="coalesce(source, $unknown)"),
            *(fact("card", name, customer, text=name) for name in ("industry", "region", "city", "hobby")),
            fact("card", "owner", f"{customer} c JOIN employees e ON employee_id = owner_id", text="e.name"),
            fact("card", "credit_days", customer, "credit_days"),
            *(
                fact("contacts", name, f"contacts WHERE {mine} AND {key}",
                     text="concat_ws(' · ', name, title, hobby)")
                for name, key in (("key_contact", "is_key"), ("contact", "NOT is_key"))
            ),
            fact("receivables", "balance", items, "count(*) FILTER (net > 0)", "coalesce(sum(net), 0)"),
            fact("receivables", "overdue", late, "count(*)", "coalesce(sum(net), 0)", "min(due)"),
            *(
                fact("opportunities", name, f"{deals} WHERE {which}", "count(*)",
                     "coalesce(sum(expected_amount_cents), 0) / 100", f"max({day})")
                for name, which, day in (
                    ("open", "closed_on IS NULL OR closed_on > $day::DATE", "opened_on"),
                    ("won", "outcome = 'won' AND closed_on <= $day::DATE", "closed_on"),
                    ("lost", "outcome = 'lost' AND closed_on <= $day::DATE", "closed_on"),
                )
            ),
            *(
                fact("activities", name, f"""activities WHERE {mine} AND status = 'done' AND kind IN ({kinds})
                     AND CAST(started_at AS DATE) <= $day::DATE""", "count(*)", day="max(started_at)")
                for name, kinds in KINDS.items()
            ),
            fact("service", "tickets", tickets, "count(*)", day="max(opened_at)"),
            fact("service", "not_closed", tickets, f"count(*) FILTER (({closed}) IS NOT TRUE)"),
            fact("service", "satisfied", tickets, f"count(*) FILTER ({closed} AND satisfaction >= 4)"),
            fact("service", "dissatisfied", tickets, f"count(*) FILTER ({closed} AND satisfaction <= 2)"),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("day", ["2026-01-31", "2023-06-30"])
def test_customer_card(company, day):
    connection = database(company)
    unknown = {"en": "Unknown", "zh": "未知"}[company.language]
    stages = connection.execute(
        STAGE.format(day="$day::DATE", customer="TRUE", silent=365, growth=10), {"day": day}
    ).df()
    best = stages.sort_values(["recent", "customer_id"], ascending=[False, True])["customer_id"].iloc[0]
    debtor = receivables_by_customer(company, end=day)["customer_id"].iloc[0]
    assert customer_card(company, end=day)["customer_id"].unique().tolist() == [best]
    order = ["section", "fact", "text"]
    for customer in map(int, {best, debtor, *stages["customer_id"].iloc[:3]}):
        given = {"day": day, "customer": customer, "unknown": unknown}
        rows = connection.execute(card_sql(), given).df().sort_values(order, ignore_index=True)
        result = customer_card(company, end=day, customer=customer)
        stage = result["fact"] == "stage"
        found = result[~stage].sort_values(order, ignore_index=True)[list(rows)]
        pd.testing.assert_frame_equal(found, rows.astype(found.dtypes.to_dict()), rtol=1e-9)
        words = dict(zip(stages["customer_id"], stages["stage"], strict=True))
        shown = find("lifecycle").columns["stage"].show(words[customer], company.language)
        assert result.loc[stage, "text"].tolist() == [shown]


def test_of_several_the_one_that_brings_most(default):
    region = default.customers["region"].iloc[0]
    everybody = customer_card(default, region=region)["customer_id"].iloc[0]
    sold = default.orders.merge(default.customers[["customer_id", "region"]], on="customer_id")
    assert sold.loc[sold["customer_id"] == everybody, "region"].unique().tolist() == [region]
    cards = [customer_card(default, customer=number) for number in (1001, 1002)]
    brought = [card.set_index("fact").at["net_sales_12_months", "amount"] for card in cards]
    both = customer_card(default, customer=[1001, 1002])
    pd.testing.assert_frame_equal(both, cards[brought.index(max(brought))])


def test_a_customer_who_is_not_there(default):
    with pytest.raises(CrmlabError, match="99999"):
        customer_card(default, customer=99999)
    late = int(default.customers.sort_values("created_on")["customer_id"].iloc[-1])
    nobody = customer_card(default, customer=late, end=default.start.date())
    entry = find("customer-card")
    assert nobody.empty and list(nobody) == list(entry.columns)
    assert entry.finding(nobody, default) and entry.alt(nobody, default)
