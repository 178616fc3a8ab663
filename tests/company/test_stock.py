"""Suppliers, purchases and stock: the books balance on every day, and agree with the orders."""

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.frames import to_frame
from crmlab.company.schema import MOVEMENTS, TABLES
from crmlab.company.world import generate
from crmlab.company.world.flaws import Flaws

MINE = ("suppliers", "purchases", "stock_movements")
PLACE = ["warehouse", "product_id"]


@pytest.fixture(scope="module", params=[(2026, None), (7, "s2026017")], ids=str)
def company(request):
    seed, account = request.param
    return open_company(seed, language="en", account=account)


def moved_lines(company):
    """The order lines that move stock: those of orders that are shipped or completed."""
    orders = company.orders.query("status in ('shipped', 'completed')")
    return company.order_lines[company.order_lines["order_id"].isin(orders["order_id"])]


def test_opening_plus_in_minus_out_is_closing_for_every_product_and_day(company):
    movements = company.stock_movements
    days = movements.groupby([*PLACE, "moved_on"])
    net, closing = days["quantity"].sum(), days["balance"].last()
    before = closing.groupby(PLACE).shift(fill_value=0)
    assert len(net) > 15_000
    assert (before + net == closing).all()


def test_every_movement_leads_to_its_balance(company):
    movements = company.stock_movements
    assert (movements.groupby(PLACE)["quantity"].cumsum() == movements["balance"]).all()


def test_movements_are_numbered_in_the_order_of_time(company):
    for _, movements in company.stock_movements.groupby("warehouse"):
        assert movements["movement_id"].is_monotonic_increasing
        place = movements["moved_on"].dt.strftime("%Y%m%d").astype(int) * 10 + movements["kind"].map(
            MOVEMENTS.index
        )
        assert place.is_monotonic_increasing


def test_a_product_has_one_opening_or_was_launched_later(company):
    movements = company.stock_movements
    opening = movements.query("kind == 'opening'")
    assert not opening.duplicated(PLACE).any()
    assert (opening["moved_on"] == company.start).all()
    products = company.products.set_index("product_id")["launched_on"]
    assert (products[opening["product_id"]] <= company.start).all()
    first = movements.drop_duplicates(PLACE)
    late = first[first["product_id"].map(products) > company.start]
    assert len(late) > 0
    assert (late["kind"] == "purchase").all()


def test_sales_and_returns_are_the_lines_of_shipped_and_completed_orders(company):
    lines = moved_lines(company)
    movements = company.stock_movements.query("kind in ('sale', 'return')")
    both = movements.merge(lines, on="line_id", suffixes=("", "_line"))
    assert len(both) == len(movements) == len(lines)
    assert (both["product_id"] == both["product_id_line"]).all()
    assert (both["quantity"] == -both["quantity_line"]).all()
    assert (both["moved_on"] == both["booked_at"].dt.normalize()).all()
    assert ((both["kind"] == "return") == both["returned_line_id"].notna()).all()


def test_goods_of_confirmed_orders_are_still_there(company):
    confirmed = company.orders.query("status == 'confirmed'")["order_id"]
    lines = company.order_lines[company.order_lines["order_id"].isin(confirmed)]
    assert len(lines) > 0
    assert not lines["line_id"].isin(company.stock_movements["line_id"]).any()


def test_arrivals_are_the_purchases_received(company):
    received = company.purchases.dropna(subset="received_on")
    arrived = company.stock_movements.query("kind == 'purchase'")
    both = arrived.merge(received, on="purchase_id", suffixes=("", "_bought"))
    assert len(both) == len(arrived) == len(received)
    for column in ("warehouse", "product_id", "quantity"):
        assert (both[column] == both[f"{column}_bought"]).all()
    assert (both["moved_on"] == both["received_on"]).all()


def test_movements_name_what_moved_and_nothing_else(company):
    movements = company.stock_movements
    assert (movements["line_id"].notna() == movements["kind"].isin(["sale", "return"])).all()
    assert (movements["purchase_id"].notna() == (movements["kind"] == "purchase")).all()
    assert ((movements["quantity"] < 0) | (movements["kind"] != "sale")).all()
    assert ((movements["quantity"] > 0) | movements["kind"].isin(["sale", "adjustment"])).all()
    assert (movements["quantity"] != 0).all()


def test_stock_is_below_zero_only_on_back_order(company):
    movements = company.stock_movements
    assert (movements["balance"] < 0).sum() > 20
    assert movements.loc[movements["balance"] < 0, "is_back_ordered"].all()


def test_a_back_order_ends_when_a_purchase_arrives(company):
    movements = company.stock_movements.sort_values([*PLACE, "movement_id"])
    negative = movements["balance"] < 0
    same = movements.groupby(PLACE)
    started = negative & ~negative.groupby([movements[name] for name in PLACE]).shift(fill_value=False)
    ended = ~negative & negative.groupby([movements[name] for name in PLACE]).shift(fill_value=False)
    assert started.sum() - same["balance"].last().lt(0).sum() == ended.sum()
    assert (movements.loc[started, "kind"] == "sale").all()
    assert movements.loc[ended, "kind"].isin(["purchase", "return"]).all()
    assert (movements.loc[ended, "kind"] == "purchase").mean() > 0.9


def test_as_many_back_orders_and_wrong_counts_as_declared(company):
    late = company.purchases.query("received_on > expected_on")
    assert 0.1 < len(late) / len(company.purchases) < 0.35
    movements = company.stock_movements.sort_values([*PLACE, "movement_id"])
    negative = movements["balance"] < 0
    back = (negative & ~negative.groupby([movements[name] for name in PLACE]).shift(fill_value=False)).sum()
    sold_early = back + company.purchases["is_urgent"].sum()
    assert back / sold_early == pytest.approx(Flaws().back_ordered / 1000, rel=0.45)
    counts = pd.DatetimeIndex(sorted({f"{y}-{d}" for y in range(2021, 2026) for d in ("06-30", "12-31")}))
    found = movements.query("kind == 'adjustment'")
    assert found["moved_on"].isin(counts).all()
    assert not found["is_back_ordered"].any()
    assert (found["quantity"] < 0).mean() > 0.5
    sold = movements[movements["kind"].isin(["sale", "return"])].query("moved_on <= '2025-12-31'")
    units = sold.groupby([*PLACE, counts.searchsorted(sold["moved_on"])])["quantity"].sum()
    assert len(found) / (units < 0).sum() == pytest.approx(Flaws().miscounted / 1000, rel=0.3)


def test_purchases_take_their_time(company):
    purchases = company.purchases.merge(company.suppliers, on="supplier_id")
    assert purchases["ordered_on"].min() >= company.start
    assert purchases["ordered_on"].max() <= company.today
    assert (purchases["quantity"] > 0).all()
    days = (purchases["expected_on"] - purchases["ordered_on"]).dt.days
    assert (days >= purchases["lead_days"]).all()
    assert (days <= purchases["lead_days"] + 18).all()
    took = (purchases["received_on"] - purchases["ordered_on"]).dt.days
    assert (took >= 0).sum() == purchases["received_on"].notna().sum()
    usual = purchases[~purchases["is_urgent"]]
    assert (usual["received_on"].isna() | (usual["received_on"] >= usual["expected_on"])).all()
    assert (usual["received_on"].dropna().dt.day_of_week < 5).all()
    assert 0.05 < purchases["is_urgent"].mean() < 0.25


def test_nothing_usual_arrives_at_spring_festival(company):
    usual = company.purchases.query("not is_urgent")["received_on"]
    for festival in ("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29"):
        days = pd.Timedelta(days=6)
        assert not usual.between(pd.Timestamp(festival) - days, pd.Timestamp(festival) + days).any()


def test_products_are_bought_from_suppliers_of_their_category(company):
    bought = company.purchases.merge(company.products, on="product_id").merge(
        company.suppliers, on="supplier_id", suffixes=("", "_supplier")
    )
    assert (bought["major_category"] == bought["major_category_supplier"]).all()
    suppliers = bought.groupby("product_id")["supplier_id"].nunique()
    assert suppliers.max() == 2
    assert company.suppliers["name"].is_unique
    assert not company.suppliers["name"].isin(company.customers["name"]).any()


def test_over_the_years_as_much_is_bought_as_is_sold(company):
    movements = company.stock_movements.query("warehouse == 'W1'")
    sums = movements.groupby(["product_id", "kind"])["quantity"].sum().unstack(fill_value=0)
    sold = sums[-sums["sale"] > 500]
    assert len(sold) > 30
    assert (sold["purchase"] / -sold["sale"]).between(0.7, 1.3).all()


def test_stock_of_today_looks_sensible(company):
    movements = company.stock_movements.query("warehouse == 'W1'")
    cost = company.products.set_index("product_id")["unit_cost"]
    stock = movements.groupby("product_id")["balance"].last() * cost
    last_year = movements.query("kind in ('sale', 'return') and moved_on > '2025-01-31'")
    sold = -(last_year.groupby("product_id")["quantity"].sum() * cost)
    assert 20 < stock.sum() / sold.sum() * 365 < 90
    days = (stock / sold * 365).dropna()
    assert sold[days[days.between(20, 90)].index].sum() / sold.sum() > 0.6
    never = set(company.products["product_id"]) - set(company.order_lines["product_id"])
    dead = stock[stock.index.isin(never)]
    assert (dead > 0).sum() >= 2
    assert 0.005 < dead.sum() / stock.sum() < 0.2


@pytest.mark.parametrize("name", MINE)
def test_both_languages_hold_the_same_numbers(name):
    english, chinese = (open_company(language=language).raw[name] for language in ("en", "zh"))
    for column in TABLES[name].columns:
        if column.kind not in ("text", "label"):
            pd.testing.assert_series_equal(english[column.stored], chinese[column.stored])
    for column in TABLES[name].columns:
        if column.kind in ("text", "label"):
            pairs = pd.DataFrame({"en": english[column.stored], "zh": chinese[column.stored]})
            assert pairs.groupby("en")["zh"].nunique().eq(1).all()
            assert not pairs["zh"].str.contains("[a-zA-Z]").any()


@pytest.mark.parametrize("name", MINE)
def test_an_account_has_a_warehouse_of_its_own_and_changes_nothing_else(name):
    company = open_company(language="en")
    before = company.raw[name]
    for account in ("s2026017", "s2026018"):
        after = open_company(language="en", account=account).raw[name]
        pd.testing.assert_frame_equal(after.iloc[: len(before)], before)
        own = after.iloc[len(before) :]
        if name == "suppliers":
            assert own.empty
        else:
            assert len(own) > 300
            assert own["warehouse"].nunique() == 1
            assert not own["warehouse"].isin(before["warehouse"]).any()
            assert not own[TABLES[name].key].isin(before[TABLES[name].key]).any()


def test_an_account_s_customers_are_served_from_its_own_warehouse():
    company = open_company(language="en", account="s2026017")
    owners = company.order_lines.merge(company.orders, on="order_id").set_index("line_id")["owner_id"]
    movements = company.stock_movements.dropna(subset="line_id")
    mine = movements["line_id"].map(owners) == company.me
    assert (mine == (movements["warehouse"] != "W1")).all()
    assert mine.sum() > 300


@pytest.mark.parametrize("name", MINE)
def test_a_company_of_two_partitions_keeps_the_stock_of_the_first(name):
    one, two = (
        to_frame(TABLES[name], generate(5, customers=customers).tables[name], "en")
        for customers in (1000, 1100)
    )
    pd.testing.assert_frame_equal(two.iloc[: len(one)], one)
    assert two[TABLES[name].key].is_unique
    if name != "suppliers":
        assert list(two["warehouse"].unique()) == ["W1", "W2"]


@pytest.mark.parametrize("customers", [1, 5])
def test_a_company_that_hardly_sells_has_stock_all_the_same(customers):
    movements = to_frame(
        TABLES["stock_movements"], generate(3, customers=customers).tables["stock_movements"], "en"
    )
    assert (movements["kind"] == "opening").sum() > 10
    assert (movements.groupby("product_id")["quantity"].cumsum() == movements["balance"]).all()


def test_the_truth_about_demand_is_what_sells(company):
    demand = company.truth.demand.query("warehouse == 'W1'").set_index("product_id")
    assert len(demand) == len(company.products)
    own = company.stock_movements.query("warehouse == 'W1'")["line_id"]
    lines = moved_lines(company).query("quantity > 0 and booked_at > '2025-02-01'")
    lines = lines[lines["line_id"].isin(own)]
    sold = lines.groupby("product_id")["quantity"].agg(["sum", "size"]).reindex(demand.index, fill_value=0)
    units = demand["units_per_week_milli"] / 1000 * 52
    assert units.sum() == pytest.approx(sold["sum"].sum(), rel=0.1)
    often = sold["size"] > 150
    assert often.sum() > 5
    assert (units[often] / sold["sum"][often]).between(0.65, 1.4).all()
    assert (sold["size"][units == 0] == 0).all()
    festive = demand["festive_permille"].groupby(company.products.set_index("product_id")["major_category"])
    assert festive.mean().idxmax() == "Pantry and gifts"


def test_price_elasticities_are_for_decisions_that_are_played_out(company):
    products = company.products.merge(company.truth.products, on="product_id", validate="1:1")
    elasticity = products["elasticity_milli"] / -1000
    assert elasticity.between(1.5, 9).all()
    margin = 1 - products["unit_cost"] / products["list_price"]
    pays = elasticity < 1 / margin.clip(lower=0.01)
    assert 0.2 < pays.mean() < 0.95
    assert abs(elasticity.corr(margin)) < 0.4
    assert abs(elasticity.corr(products["list_price"])) < 0.6


def test_nothing_shows_the_truth_about_products(company):
    hidden = {"elasticity_milli", "units_per_week_milli", "units_per_line_milli", "festive_permille"}
    for name in (*MINE, "product_costs", "product_categories", "products"):
        assert not hidden & set(company.raw[name])
