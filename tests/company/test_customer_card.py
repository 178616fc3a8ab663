"""One customer whole."""

import pandas as pd
import pytest

from crmlab import Company
from crmlab.company.schema import TABLES, VALID_STATUSES
from crmlab.errors import CrmlabError

REFERRING = [
    name
    for name, table in TABLES.items()
    if any(column.references == "customers.customer_id" for column in table.columns)
]


@pytest.fixture(scope="module")
def busy(company):
    """The customer with the most orders."""
    return int(company.orders["customer_id"].mode()[0])


def section(card, company, name):
    title = TABLES[name].title.to(company.language)
    return next(each for each in card.sections if each.title == title)


@pytest.mark.parametrize("name", REFERRING)
def test_every_table_that_refers_to_customers_is_there_with_its_newest_rows(company, busy, name):
    found = section(company.customer_card(busy), company, name)
    table = TABLES[name]
    columns = [c.name for c in table.columns if c.references == "customers.customer_id"]
    rows = getattr(company, name)
    rows = rows[(rows[columns] == busy).any(axis=1)]
    assert found.note.startswith(f"{len(rows)} rows")
    days = [column.name for column in table.columns if column.kind in ("date", "timestamp")]
    rows = rows.sort_values([*days[:1], table.key], ascending=not days)
    place = [c.name for c in table.columns if c.name != columns[0]].index(table.key)
    assert [row[place] for row in found.rows] == [str(key) for key in rows[table.key].head(10)]
    assert all(len(row) == len(found.head) for row in found.rows)


def test_people_are_named_and_labels_are_words(company, busy):
    card = company.customer_card(busy)
    row = company.customers.set_index("customer_id").loc[busy]
    facts = dict(card.facts)
    assert card.title == f"{row['name']} ({busy})"
    assert facts["Industry"] == row["industry"]
    assert facts["Credit terms"] == f"{row['credit_days']} days"
    assert facts["Owner"] == company.employees.set_index("employee_id").loc[row["owner_id"], "name"]
    contacts = section(card, company, "contacts")
    mine = company.contacts[company.contacts["customer_id"] == busy]
    hobby = contacts.head.index("Hobby")
    assert [row[hobby] for row in contacts.rows] == mine.sort_values(
        ["birthday", "contact_id"], ascending=False
    )["hobby"].fillna("").tolist()


def test_receivables_are_what_was_sold_and_not_paid(company):
    orders = company.orders[company.orders["status"].isin(VALID_STATUSES)]
    lines = company.order_lines
    net = (lines["quantity"] * lines["unit_price"] * (100 - lines["discount"]) / 100).groupby(
        lines["order_id"]
    )
    paid = company.receipts.groupby("order_id")["amount"].sum()
    left = (net.sum() - paid.reindex(net.sum().index, fill_value=0)).round(2)
    orders = orders.assign(left=orders["order_id"].map(left))
    owing = orders[(orders["left"] > 0) & (orders["due_on"] < company.today)]
    customer = int(owing["customer_id"].iloc[0])
    mine = orders[orders["customer_id"] == customer]
    receivables = company.customer_card(customer).sections[0]
    assert receivables.title == "Receivables"
    open_, late = mine["left"].sum(), owing.loc[owing["customer_id"] == customer, "left"].sum()
    assert f"open {open_:,.2f}, of which overdue" in receivables.note
    shown = {int(row[0]): row[4] for row in receivables.rows}
    unpaid = mine[mine["left"] != 0].set_index("order_id")["left"]
    assert shown == {order: f"{value:,.2f}" for order, value in unpaid.items()}
    assert late > 0


def test_a_name_in_any_letters_is_the_customer(company, chinese, busy):
    name = company.customers.set_index("customer_id").loc[busy, "name"]
    expected = repr(company.customer_card(busy))
    assert repr(company.customer_card(f" {name.upper()} ")) == expected
    assert repr(company.customer_card(str(busy))) == expected
    word = chinese.customers.set_index("customer_id").loc[busy, "name"]
    assert chinese.customer_card(word).title == f"{word}（{busy}）"


@pytest.mark.parametrize(
    ("asked", "near"),
    [(10010, r"\(1001\)"), ("haikou", "Haikou"), ("Haikou Zhiqy Rehabilitation Care", r"\(1225\)")],
)
def test_near_matches_are_named(company, asked, near):
    with pytest.raises(CrmlabError, match=f"Did you mean: .*{near}"):
        company.customer_card(asked)


@pytest.mark.parametrize("asked", ["zzzz", "", None, -1, 3.5, "[", "1e999"])
def test_a_customer_that_is_none(company, chinese, asked):
    with pytest.raises(CrmlabError, match="There is no"):
        company.customer_card(asked)
    with pytest.raises(CrmlabError, match="公司没有"):
        chinese.customer_card(asked)


def test_two_customers_of_one_name_are_told_apart(company):
    customers = company.raw["customers"].copy()
    customers.loc[1, "name"] = customers.loc[0, "name"]
    other = Company({**company.raw, "customers": customers}, language="en")
    first, second = customers["customer_id"].iloc[:2]
    with pytest.raises(CrmlabError, match=rf"\({first}\).*\({second}\)"):
        other.customer_card(customers.loc[0, "name"])
    assert other.customer_card(int(second)).title.endswith(f"({second})")


def test_a_card_is_html_and_text_in_the_companys_language(company, chinese, busy):
    english, other = company.customer_card(busy), chinese.customer_card(busy)
    for card, word in ((english, "Receivables"), (other, "应收帐款")):
        assert word in repr(card)
        assert word in card._repr_html_()
        assert card._repr_html_().count("<h4>") == len(card.sections)
    shape = [[(len(s.head), len(s.rows)) for s in card.sections] for card in (english, other)]
    assert shape[0] == shape[1]


def test_what_is_written_in_a_table_is_no_html(company):
    customers = company.raw["customers"].copy()
    customers.loc[0, "name"] = "<script>alert(1)</script>"
    other = Company({**company.raw, "customers": customers}, language="en")
    assert "<script" not in other.customer_card(int(customers["customer_id"].iloc[0]))._repr_html_()


def test_a_customer_who_never_bought(company):
    never = company.customers[~company.customers["customer_id"].isin(company.orders["customer_id"])]
    card = company.customer_card(int(never["customer_id"].iloc[0]))
    assert card.sections[0].rows == []
    assert "0 rows" in repr(card)


def test_another_engine_shows_the_same_card(company, busy):
    polars = pytest.importorskip("polars")
    other = Company({name: polars.from_pandas(frame) for name, frame in company.raw.items()}, language="en")
    assert repr(other.customer_card(busy)) == repr(company.customer_card(busy))


def test_a_company_without_orders_has_cards(company):
    small = Company(
        {name: company.raw[name] for name in ("employees", "customers", "contacts")}, language="en"
    )
    assert [section.title for section in small.customer_card(1001).sections] == ["Contacts"]


def test_a_company_of_ones_own_shows_what_it_knows_to_the_cent():
    sold = {"date": ["2025-01-02", "2025-02-03"], "order": [1, 2], "who": ["Ann", "Ann"], "sum": [10.55, 3]}
    columns = {"order": "order", "date": "date", "customer": "who", "amount": "sum"}
    card = Company.from_sales(pd.DataFrame(sold), columns=columns, language="en").customer_card("ann")
    (orders,) = card.sections
    assert [row[-1] for row in orders.rows] == ["3.00", "10.55"]
    assert "Unknown" not in repr(card)
