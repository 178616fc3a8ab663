"""Receivables: the balance, its ageing, and who owes it, against SQL, by hand, and whatever the day."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, open_company
from crmlab.analysis import receivables, receivables_by_customer, value_customers
from crmlab.analysis.ledger import AGES
from crmlab.company.schema import REGIONS, SOURCES, UNKNOWN, VALID_STATUSES
from crmlab.errors import CrmlabError

from .oracle import VALID, Case, agree, cases, database

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
ORDERS = RAW["orders"]


def as_of_cases(company: Company) -> list[Case]:
    """The ways to filter that receivables honour: as of a day."""
    found = [Case({}), Case({"end": "2025-09-30"})]
    for case in cases(company):
        keywords = {name: value for name, value in case.keywords.items() if name != "start"}
        if case.product is None and set(keywords) - {"end"}:
            found.append(Case(keywords, case.customer, case.order))
    return found


ITEMS = f"""
    WITH invoiced AS (
        SELECT order_id,
               CAST(sum(l.quantity * l.unit_price_cents * (100 - l.discount)) AS BIGINT) // 100 AS cents
        FROM order_lines l JOIN orders o USING (order_id)
        WHERE {VALID} AND CAST(l.booked_at AS DATE) <= $end::DATE
        GROUP BY order_id
    ), received AS (
        SELECT order_id, CAST(sum(amount_cents) AS BIGINT) AS cents
        FROM receipts WHERE CAST(received_on AS DATE) <= $end::DATE
        GROUP BY order_id
    ), items AS (
        SELECT o.order_id, o.customer_id, c.name AS customer,
               coalesce(i.cents, 0) - coalesce(r.cents, 0) AS cents,
               date_diff('day', CAST(o.due_on AS DATE), $end::DATE) AS days
        FROM orders o
        JOIN customers c USING (customer_id)
        LEFT JOIN invoiced i USING (order_id)
        LEFT JOIN received r USING (order_id)
        WHERE {{customer}} AND {{order}}
    ), aged AS (
        SELECT *, CASE WHEN cents < 0 THEN 'credit'
                       WHEN days <= 0 THEN 'not_due'
                       WHEN days <= 30 THEN 'days_1_30'
                       WHEN days <= 60 THEN 'days_31_60'
                       WHEN days <= 90 THEN 'days_61_90'
                       ELSE 'over_90' END AS bucket
        FROM items WHERE cents <> 0
    )
"""


def items_sql(case: Case) -> str:
    return ITEMS.format(customer=case.customer, order=case.order)


@pytest.fixture(scope="module")
def connection(company):
    return database(company)


def test_receivables(company, connection):
    for case in as_of_cases(company):
        rows = connection.execute(
            items_sql(case)
            + """
            , places(place, bucket) AS (
                VALUES (0, 'not_due'), (1, 'days_1_30'), (2, 'days_31_60'), (3, 'days_61_90'),
                       (4, 'over_90'), (5, 'credit')
            )
            SELECT bucket, count(order_id) AS invoices, count(DISTINCT customer_id) AS customers,
                   CAST(coalesce(sum(cents), 0) AS BIGINT) / 100 AS amount,
                   CASE WHEN bucket <> 'credit'
                        THEN sum(cents) / nullif((SELECT sum(cents) FROM aged WHERE cents > 0), 0)
                   END AS share
            FROM places LEFT JOIN aged USING (bucket) GROUP BY place, bucket ORDER BY place
            """,
            {"end": case.period["end"]},
        ).df()
        owes = rows["amount"].drop(5).sum() > 0
        rows["share"] = rows["share"].fillna(0.0).where((rows["bucket"] != "credit") & owes)
        agree(receivables(company, **case.keywords), rows)


def test_receivables_by_customer(company, connection):
    for case in as_of_cases(company):
        rows = connection.execute(
            items_sql(case)
            + f"""
            , sold AS (
                SELECT o.customer_id, sum(l.quantity * l.unit_price_cents * (100 - l.discount)) / 100 AS cents
                FROM order_lines l JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
                WHERE {VALID} AND {case.customer} AND {case.order}
                  AND CAST(l.booked_at AS DATE) BETWEEN $end::DATE - 364 AND $end::DATE
                GROUP BY o.customer_id
            )
            SELECT customer_id, any_value(customer) AS customer, sum(aged.cents) / 100 AS balance,
                   coalesce(sum(aged.cents) FILTER (bucket = 'not_due'), 0) / 100 AS not_due,
                   coalesce(sum(aged.cents) FILTER (bucket = 'days_1_30'), 0) / 100 AS days_1_30,
                   coalesce(sum(aged.cents) FILTER (bucket = 'days_31_60'), 0) / 100 AS days_31_60,
                   coalesce(sum(aged.cents) FILTER (bucket = 'days_61_90'), 0) / 100 AS days_61_90,
                   coalesce(sum(aged.cents) FILTER (bucket = 'over_90'), 0) / 100 AS over_90,
                   coalesce(sum(aged.cents) FILTER (days > 0 AND aged.cents > 0), 0) / 100 AS overdue,
                   coalesce(sum(aged.cents) FILTER (aged.cents < 0), 0) / 100 AS credit,
                   max(days) FILTER (days > 0 AND aged.cents > 0) AS oldest_overdue_days,
                   CASE WHEN any_value(sold.cents) > 0
                        THEN sum(aged.cents) / any_value(sold.cents) * 365 END AS dso
            FROM aged LEFT JOIN sold USING (customer_id)
            GROUP BY customer_id ORDER BY overdue DESC, customer_id
            """,
            {"end": case.period["end"]},
        ).df()
        result = receivables_by_customer(company, **case.keywords)
        agree(result, rows)
        pd.testing.assert_frame_equal(
            receivables_by_customer(company, top=3, **case.keywords), result.head(3)
        )


def test_the_cases_are_worth_it(company):
    whole = receivables(company)["amount"].sum()
    chosen = [receivables(company, **case.keywords)["amount"].sum() for case in as_of_cases(company)]
    assert len({whole, *chosen}) == len(chosen)
    assert (receivables(company, source="Unknown")["amount"].abs() > 0).sum() > 3


def by_hand() -> Company:
    """Five orders of two customers, looked at on 1 March 2024, by every oddity once."""
    orders = [
        # number, customer, ordered, status, due
        (1, 1001, "2024-01-10 09:00", "completed", "2024-01-31"),  # 30 days late; a part paid; a return
        (2, 1001, "2024-02-01 09:00", "completed", "2024-03-01"),  # due today; paid tomorrow
        (3, 1002, "2024-01-02 09:00", "completed", "2024-01-30"),  # 31 days late; credited to 1001
        (4, 1002, "2024-03-05 09:00", "confirmed", "2024-04-05"),  # paid ahead
        (5, 1002, "2024-01-05 09:00", "cancelled", "2024-02-05"),  # paid, and never delivered
    ]
    lines = [
        # order, booked, quantity: at 10 yuan each less 10 %
        (1, "2024-01-10 09:00", 100),
        (1, "2024-03-01 17:00", -10),
        (2, "2024-02-01 09:00", 50),
        (3, "2024-01-02 09:00", 20),
        (4, "2024-03-05 09:00", 70),
        (5, "2024-01-05 09:00", 500),
    ]
    paid = [
        # order, credited to, received, yuan
        (1, 1001, "2024-02-10", 400),
        (2, 1001, "2024-03-02", 450),
        (3, 1001, "2024-02-20", 30),
        (4, 1002, "2024-02-28", 60),
        (5, 1002, "2024-01-06", 7),
    ]
    keep = ("employees", "customers", "products")
    raw = {name: RAW[name] if name in keep else frame.head(0) for name, frame in RAW.items()}
    raw["orders"] = ORDERS.head(len(orders)).assign(
        order_id=[order[0] for order in orders],
        customer_id=[order[1] for order in orders],
        ordered_at=pd.to_datetime([order[2] for order in orders]),
        status=[order[3] for order in orders],
        due_on=pd.to_datetime([order[4] for order in orders]),
    )
    raw["order_lines"] = (
        RAW["order_lines"]
        .head(len(lines))
        .assign(
            order_id=[line[0] for line in lines],
            booked_at=pd.to_datetime([line[1] for line in lines]),
            quantity=[line[2] for line in lines],
            unit_price_cents=1000,
            discount=10,
        )
    )
    raw["receipts"] = (
        RAW["receipts"]
        .head(len(paid))
        .assign(
            order_id=[receipt[0] for receipt in paid],
            customer_id=[receipt[1] for receipt in paid],
            received_on=pd.to_datetime([receipt[2] for receipt in paid]),
            amount_cents=[100 * receipt[3] for receipt in paid],
        )
    )
    return Company(raw, language="en")


def test_an_example_by_hand():
    company = by_hand()
    aged = receivables(company, end="2024-03-01").set_index("bucket")
    # 100 x 9 - 10 x 9 - 400 = 410; 50 x 9 = 450; 20 x 9 - 30 = 150; -60 and -7.
    assert aged["amount"].tolist() == [450, 410, 150, 0, 0, -67]
    assert aged["invoices"].tolist() == [1, 1, 1, 0, 0, 2]
    assert aged["customers"].tolist() == [1, 1, 1, 0, 0, 1]
    first, second = receivables_by_customer(company, end="2024-03-01").to_dict("records")
    assert (first["customer_id"], first["balance"], first["overdue"]) == (1001, 860, 410)
    assert (second["customer_id"], second["balance"], second["overdue"]) == (1002, 83, 150)
    assert (first["oldest_overdue_days"], second["oldest_overdue_days"]) == (30, 31)
    assert (first["credit"], second["credit"]) == (0, -67)
    # 810 + 450 and 180 yuan were sold within the year.
    assert first["dso"] == pytest.approx(860 / 1260 * 365)
    assert second["dso"] == pytest.approx(83 / 180 * 365)


def test_without_sales_of_a_year_there_is_no_dso():
    result = receivables_by_customer(by_hand(), end="2025-06-30")
    assert result["dso"].isna().all() and len(result) == 2
    assert result["oldest_overdue_days"].tolist() == [517, 516]


# What must hold whatever the day and the filter

days = st.dates(date(2021, 1, 1), date(2026, 1, 31))
chosen = st.fixed_dictionaries(
    {},
    optional={
        "source": st.lists(
            st.sampled_from([*(word.zh for word in SOURCES), "Unknown"]), min_size=1, max_size=4
        ),
        "region": st.lists(st.sampled_from([word.en for word in REGIONS]), min_size=1, max_size=4),
    },
)
brief = settings(max_examples=12, deadline=None)


def cents(amounts: pd.Series) -> int:
    return int((amounts * 100).round().astype("int64").sum())


def received(first: date, last: date, keywords: dict) -> int:
    """Cents received in a period for the orders of the customers chosen."""
    customers = RAW["customers"]
    for name, words in keywords.items():
        texts = {"source": [*SOURCES, UNKNOWN], "region": REGIONS}[name]
        english = [text.en for text in texts if set(text) & set(words)]
        customers = customers[customers[name].fillna("Unknown").isin(english)]
    orders = ORDERS[ORDERS["customer_id"].isin(customers["customer_id"])]
    receipts = RAW["receipts"][RAW["receipts"]["order_id"].isin(orders["order_id"])]
    in_time = receipts["received_on"].between(pd.Timestamp(first), pd.Timestamp(last))
    return int(receipts.loc[in_time, "amount_cents"].sum())


@brief
@given(days, chosen)
def test_the_balance_is_what_was_invoiced_less_what_was_received(day, keywords):
    invoiced = cents(value_customers(COMPANY, end=day, **keywords)["net_sales"])
    balance = invoiced - received(date(2021, 1, 1), day, keywords)
    assert cents(receivables(COMPANY, end=day, **keywords)["amount"]) == balance
    assert cents(receivables_by_customer(COMPANY, end=day, **keywords)["balance"]) == balance


@brief
@given(st.tuples(days, days).map(sorted), chosen)
def test_a_balance_moves_by_sales_and_receipts(two, keywords):
    first, last = two
    if first == last:
        return
    after = first + timedelta(days=1)
    sold = cents(value_customers(COMPANY, start=after, end=last, **keywords)["net_sales"])
    change = sold - received(after, last, keywords)
    opening, closing = (cents(receivables(COMPANY, end=day, **keywords)["amount"]) for day in two)
    assert closing - opening == change


@brief
@given(days, chosen)
def test_ageing_is_the_same_by_customer(day, keywords):
    aged = receivables(COMPANY, end=day, **keywords).set_index("bucket")
    customers = receivables_by_customer(COMPANY, end=day, **keywords)
    for bucket in aged.index:
        assert cents(customers[bucket]) == cents(aged.loc[[bucket], "amount"])
        assert (customers[bucket] != 0).sum() == aged.loc[bucket, "customers"]
    if aged["amount"].drop("credit").sum():
        assert aged["share"].sum() == pytest.approx(1)
    assert customers["customer_id"].is_unique
    assert customers["overdue"].is_monotonic_decreasing
    assert ((customers["overdue"] > 0) == customers["oldest_overdue_days"].notna()).all()
    assert (customers["oldest_overdue_days"].dropna() > 0).all()
    assert customers[["credit"]].le(0).all(axis=None) and customers[list(AGES)].ge(0).all(axis=None)


@settings(max_examples=5, deadline=None)
@given(days, st.sampled_from(["source", "region"]))
def test_the_groups_make_the_whole(day, field):
    words = {"source": [*SOURCES, UNKNOWN], "region": REGIONS}[field]
    parts = [receivables(COMPANY, end=day, **{field: word.en}).set_index("bucket") for word in words]
    whole = receivables(COMPANY, end=day).set_index("bucket")
    for name in ("invoices", "customers"):
        assert sum(part[name] for part in parts).tolist() == whole[name].tolist()
    assert sum(part["amount"] for part in parts).round(2).tolist() == whole["amount"].tolist()


def test_the_ageing_is_as_real_as_the_company():
    """The report on realism computes it in its own way; the day is one of the twelve that it looks at."""
    from crmlab.company.realism.books import Books

    for day in ("2026-01-31", "2025-06-30"):
        shares = receivables(COMPANY, end=day)["share"].dropna().tolist()
        assert shares == pytest.approx(Books(COMPANY)._aged_on(pd.Timestamp(day)).tolist())


# The mistakes of ANALYSES.md

DAY = pd.Timestamp("2025-06-30")


def items(*, until: pd.Timestamp = DAY) -> pd.DataFrame:
    """Open amounts by order, receipts dated to ``until``."""
    lines = RAW["order_lines"].merge(ORDERS, on="order_id")
    lines = lines[lines["status"].isin(VALID_STATUSES) & (lines["booked_at"] < DAY + pd.Timedelta(days=1))]
    net = lines["quantity"] * lines["unit_price_cents"] * (100 - lines["discount"]) // 100
    receipts = RAW["receipts"][RAW["receipts"]["received_on"] <= until]
    invoiced = net.groupby(lines["order_id"]).sum()
    paid = receipts.groupby("order_id")["amount_cents"].sum()
    found = ORDERS.set_index("order_id")[["customer_id", "ordered_at", "due_on"]]
    return found.assign(
        invoiced=invoiced, paid=paid, open=invoiced.sub(paid, fill_value=0)
    ).fillna({"invoiced": 0, "paid": 0, "open": 0})  # fmt: skip


def ageing(found: pd.DataFrame, since: str = "due_on") -> list[float]:
    days = (DAY - found[since].dt.normalize()).dt.days
    owed = found["open"].clip(lower=0)
    groups = pd.cut(days, [-10_000, 0, 30, 60, 90, 10_000], labels=list(AGES))
    return [*(owed.groupby(groups, observed=False).sum() / 100), found["open"].clip(upper=0).sum() / 100]


def test_mistakes_about_receivables():
    right = receivables(COMPANY, end=DAY)["amount"].round(2).tolist()
    found = items()
    assert ageing(found) == pytest.approx(right)
    by_customer = found.groupby("customer_id")["open"].sum()
    mistakes = {
        "ages from the invoice date": ageing(found, since="ordered_at"),
        "uses receipts after the day": ageing(items(until=COMPANY.today)),
        "nets a credit against other invoices": [by_customer.clip(lower=0).sum() / 100],
    }
    for mistake, wrong in mistakes.items():
        owed = sum(wrong[:5])
        assert abs(wrong[0] - right[0]) > 1000 or abs(owed - sum(right[:5])) > 1000, mistake
    assert sum(mistakes["ages from the invoice date"]) == pytest.approx(sum(right))
    netted = sum(mistakes["nets a credit against other invoices"])
    assert sum(right) < netted < sum(right[:5])


def test_mistakes_about_customers():
    right = receivables_by_customer(COMPANY, end=DAY).set_index("customer_id")
    found = items()
    balance = found.groupby("customer_id")["open"].sum() / 100
    assert right["balance"].tolist() == pytest.approx(balance[right.index].tolist())
    ever_paid = RAW["receipts"].loc[RAW["receipts"]["received_on"] <= DAY, "customer_id"]
    by_receipt = RAW["receipts"][RAW["receipts"]["received_on"] <= DAY]
    credited = by_receipt.groupby("customer_id")["amount_cents"].sum()
    ledger = found.groupby("customer_id")["invoiced"].sum().sub(credited, fill_value=0) / 100
    mistakes = {
        "drops customers who never paid": right[right.index.isin(ever_paid)]["balance"],
        "hides credit balances": right[right["balance"] > 0]["balance"],
        "receipts by the customer they were credited to": ledger[right.index],
    }
    for mistake, wrong in mistakes.items():
        if mistake.startswith("receipts"):
            assert (wrong - right["balance"]).abs().gt(1).sum() > 3, mistake
        else:
            assert len(wrong) < len(right), mistake
            assert abs(wrong.sum() - right["balance"].sum()) > 100, mistake


@pytest.mark.parametrize("function", [receivables, receivables_by_customer])
@pytest.mark.parametrize(
    ("keywords", "key"),
    [
        ({"start": "2025-01-01"}, "filters.not_honoured"),
        ({"product": 1}, "filters.not_honoured"),
        ({"end": "2019-12-31"}, "filters.period_outside"),
    ],
)
def test_bad_input(default, function, keywords, key):
    with pytest.raises(CrmlabError) as caught:
        function(default, **keywords)
    assert caught.value.key == key
