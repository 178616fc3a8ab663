"""Price leverage and elasticity: published figures, SQL written by hand, and what the records can tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crmlab import Company, open_company
from crmlab.analysis import price_elasticity, price_leverage, profit
from crmlab.analysis.menu import find
from crmlab.analysis.models.pricing import Business, break_even_elasticity, estimated_elasticity
from crmlab.errors import CrmlabError

from .oracle import VALID, cases, database
from .test_identities import periods

COMPANY = open_company(language="en", seed=2026)
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}


# Published figures


def test_the_average_of_2463_companies():
    """Marn and Rosiello (1992), exhibit 1: what 1 % of each lever adds to the operating profit."""
    average = Business(sales=100, cost=70.3, fixed=20.7)
    gains = {
        "price": average.after(price=0.01),
        "unit cost": average.after(unit_cost=-0.01),
        "volume": average.after(volume=0.01),
        "fixed costs": average.after(fixed=-0.01),
    }
    found = {lever: round(100 * (after.profit / average.profit - 1), 1) for lever, after in gains.items()}
    assert found == {"price": 11.1, "unit cost": 7.8, "volume": 3.3, "fixed costs": 2.3}


def test_the_figure_of_the_textbook_is_no_constant():
    """1 % of price is 8.7 % of the profit at a margin of 11.5 % and unchanged volume, and only there."""

    def gain(margin: float, elasticity: float = 0) -> float:
        business = Business(sales=100, cost=60, fixed=40 - margin)
        return round(100 * (business.after(price=0.01, elasticity=elasticity).profit / margin - 1), 1)

    assert gain(11.5) == 8.7
    assert gain(5) == 20
    assert gain(11.5, elasticity=-1) < 8.7
    assert gain(11.5, elasticity=-3) < 0


NORRIS = """
    0.2 0.1 337.4 338.8 118.2 118.1 884.6 888.0 10.1 9.2 226.5 228.1 666.3 668.5 996.3 998.5 448.6 449.1
    777.0 778.9 558.2 559.2 0.4 0.3 0.6 0.1 775.5 778.1 666.9 668.8 338.0 339.3 447.5 448.9 11.6 10.8
    556.0 557.7 228.1 228.3 995.8 998.0 887.6 888.8 120.2 119.6 0.3 0.3 0.3 0.6 556.8 557.6 339.1 339.3
    887.2 888.0 999.0 998.5 779.0 778.9 11.1 10.2 118.3 117.6 229.2 228.9 669.1 668.4 448.9 449.2 0.5 0.2
"""


def test_the_regression_of_nist():
    """NIST's reference data set Norris: the slope and its standard deviation."""
    x, y = np.array(NORRIS.split(), dtype=float).reshape(-1, 2).T
    found = estimated_elasticity(y, x, np.empty((36, 0)), np.zeros(36))
    half = stats.t.ppf(0.975, 34) * 0.429796848199937e-03
    assert found.value == pytest.approx(1.00211681802045, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half), rel=1e-10)


# The model


@settings(max_examples=50)
@given(st.floats(0.05, 0.9), st.floats(-0.2, 0.5).filter(lambda price: abs(price) > 1e-3))
def test_at_the_break_even_the_profit_stays(margin, price):
    bearable = break_even_elasticity(margin, price)
    if np.isnan(bearable) or 1 + bearable * price < 0:
        return
    business = Business(sales=1000, cost=1000 * (1 - margin), fixed=20)
    assert business.after(price=price, elasticity=bearable).profit == pytest.approx(business.profit, abs=1e-6)
    less = business.after(price=price, elasticity=bearable - 0.1).profit
    assert (less < business.profit) == (price > 0)


def test_no_break_even_where_the_whole_margin_goes():
    assert np.isnan(break_even_elasticity(0.1, -0.1))


def test_the_volume_is_never_below_zero():
    assert Business(100, 60, 10).after(price=0.5, elasticity=-9).sales == 0


@settings(max_examples=20)
@given(st.floats(-5, 1), st.integers(0, 10_000))
def test_an_elasticity_is_found_again(true, seed):
    draw = np.random.default_rng(seed)
    products, prices = np.repeat([5, 3, 9], 12), draw.normal(3, 0.3, 36)
    season = np.tile(np.eye(4)[:, 1:], (9, 1))
    units = np.choose(products // 4, [7.0, 4.0, 5.0]) + season @ [0.2, 0.1, -0.3] + true * prices
    found = estimated_elasticity(units, prices, season, products)
    assert found.value == pytest.approx(true, abs=1e-9)


def test_nothing_is_estimated_of_too_little():
    prices = np.linspace(1, 2, 12)
    nothing = np.empty((12, 0))
    assert estimated_elasticity(prices, prices, nothing, np.zeros(12))
    assert estimated_elasticity(prices, np.full(12, 3.0), nothing, np.zeros(12)) is None
    assert estimated_elasticity(prices, prices, prices[:, None], np.zeros(12)) is None
    assert estimated_elasticity(prices[:9], prices[:9], nothing[:9], np.zeros(9)) is None
    assert estimated_elasticity([], [], np.empty((0, 4)), []) is None


# Oracle


def test_price_leverage(company):
    connection = database(company)
    spans = {(case.period["start"], case.period["end"]) for case in cases(company)}
    for start, end in sorted(spans):
        net, cost, fixed = connection.execute(
            f"""
            SELECT sum(quantity * unit_price_cents * (100 - discount)) / 10000,
                   sum(quantity * unit_cost_cents) / 100,
                   (SELECT coalesce(sum(amount_cents), 0) / 100 FROM expenses
                    WHERE status IN ('approved', 'paid') AND incurred_on BETWEEN $start::DATE AND $end::DATE)
            FROM order_lines JOIN orders USING (order_id)
            WHERE {VALID} AND booked_at::DATE BETWEEN $start::DATE AND $end::DATE
            """,
            {"start": start, "end": end},
        ).fetchone()
        result = price_leverage(company, start=start, end=end, price_change=2, elasticity=-1.5)
        sold = 1 - 1.5 * 0.02
        expected = [
            (0, net, cost, fixed),
            (0.02, net * sold * 1.02, cost * sold, fixed),
            (0.02, net * 1.02, cost * 1.02, fixed),
            (-0.02, net, cost * 0.98, fixed),
            (-0.02, net, cost, fixed * 0.98),
        ]
        columns = ["change", "net_sales", "cost", "fixed_costs"]
        np.testing.assert_allclose(result[columns], expected, rtol=1e-9)
        profits = [net - cost - fixed for _, net, cost, fixed in expected]
        np.testing.assert_allclose(result["profit"], profits, rtol=1e-9)
        if profits[0] > 0:
            np.testing.assert_allclose(result["on_profit"], np.array(profits) / profits[0] - 1, atol=1e-9)
        else:
            assert result["on_profit"].isna().all()


def observations(company: Company, where: str = "TRUE") -> pd.DataFrame:
    return (
        database(company)
        .execute(
            f"""
        SELECT l.product_id, p.minor_category, date_trunc('quarter', l.booked_at) AS quarter,
               sum(quantity)::BIGINT AS units, sum(quantity * unit_price_cents) / sum(quantity) AS price
        FROM order_lines l JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
        JOIN products p USING (product_id)
        WHERE {VALID} AND quantity > 0 AND l.booked_at < '2026-01-01' AND {where}
        GROUP BY ALL ORDER BY ALL
        """
        )
        .df()
    )


@pytest.mark.parametrize(("keywords", "where"), [({}, "TRUE"), ({"owner": 3}, "c.owner_id = 3")])
def test_price_elasticity(company, keywords, where):
    """Beside statsmodels' formulas, with every constant written out."""
    import statsmodels.formula.api as smf

    observed = observations(company, where)
    observed["trend"] = observed["quarter"].dt.year * 4 + observed["quarter"].dt.quarter
    result = price_elasticity(company, **keywords).set_index("group")
    assert result["observations"].sum() == len(observed)
    names = company.raw["products"]["minor_category"]
    assert result.index.tolist() == names.drop_duplicates().tolist()
    for group in result.index[result["elasticity"].notna()][:6]:
        rows = observed[observed["minor_category"] == group]
        fit = smf.ols(
            "np.log(units) ~ np.log(price) + C(product_id) + C(quarter.dt.quarter) + trend", rows
        ).fit()
        low, high = fit.conf_int().loc["np.log(price)"]
        expected = [fit.params["np.log(price)"], low, high]
        np.testing.assert_allclose(
            result.loc[group, ["elasticity", "low", "high"]].astype(float), expected, rtol=1e-6
        )
        assert result.loc[group, "observations"] == len(rows)
        assert result.loc[group, "products"] == rows["product_id"].nunique()
        assert result.loc[group, "telling"] == (low > 0 or high < 0)


# What the records can tell


def test_the_records_say_how_little_they_know():
    """The truth is far below 0, and what comes out is an interval that is wide, and often without it."""
    by_group = price_elasticity(COMPANY)
    wide = (by_group["high"] - by_group["low"]).median()
    assert wide > 5 and by_group["telling"].sum() < len(by_group) / 3
    assert COMPANY.truth.products["elasticity_milli"].max() < -1000
    said = find("price-elasticity").finding(by_group, COMPANY)
    assert f"{wide:.1f} wide" in said
    assert price_elasticity(COMPANY, by="product")["elasticity"].isna().mean() > 0.5


def test_discounts_are_not_prices():
    """Whoever takes much gets a discount: after it, more units seem to come of a lower price."""
    lines = (
        database(COMPANY)
        .execute(
            f"""
        SELECT product_id, ln(quantity) AS units, ln(unit_price_cents * (100 - discount) / 10000) AS paid
        FROM order_lines JOIN orders USING (order_id) WHERE {VALID} AND quantity > 0
        """
        )
        .df()
    )
    found = estimated_elasticity(
        lines["units"], lines["paid"], np.empty((len(lines), 0)), lines["product_id"]
    )
    right = price_elasticity(COMPANY, by="total").iloc[0]
    assert found.high < 0 and found.high - found.low < 1, "a narrow interval around nothing that is true"
    assert right["low"] < 0 < right["high"]


def test_every_group_stays():
    nothing = price_elasticity(COMPANY, by="product", start="2026-01-01")
    assert len(nothing) == len(COMPANY.raw["products"])
    assert nothing["observations"].eq(0).all() and nothing["elasticity"].isna().all()
    assert price_elasticity(COMPANY, minor_category="Desks")["group"].tolist() == ["Desks"]


# Leverage on the company


def test_the_margin_is_that_of_the_profit_analysis():
    base = price_leverage(COMPANY, **YEAR).iloc[0]
    margin = profit(COMPANY, **YEAR).iloc[0]
    assert base["net_sales"] == margin["net_sales"] and base["cost"] == margin["cost"]
    expenses = COMPANY.raw["expenses"]
    in_year = expenses[expenses["incurred_on"].dt.year == 2025]
    assert base["fixed_costs"] < in_year["amount_cents"].sum() / 100, "rejected claims are no expenses"
    assert base["on_profit"] == 0


@settings(max_examples=10, deadline=None)
@given(periods, st.integers(-20, 20), st.integers(-8, 0))
def test_the_levers_are_as_long_as_they_are(period, change, elasticity):
    result = price_leverage(
        COMPANY, start=period[0], end=period[1], price_change=change, elasticity=elasticity
    ).set_index("lever")
    base, by = result.loc["none"], change / 100
    gains = result["profit"] - base["profit"]
    assert gains["unit_cost"] == pytest.approx(by * base["cost"], abs=1e-4)
    assert gains["fixed_costs"] == pytest.approx(by * base["fixed_costs"], abs=1e-4)
    assert gains["volume"] == pytest.approx(by * (base["net_sales"] - base["cost"]), abs=1e-4)
    if elasticity == 0:
        assert gains["price"] == pytest.approx(by * base["net_sales"], abs=1e-4)


@pytest.mark.parametrize(
    "keywords",
    [
        {},
        {"price_change": -5},
        {"price_change": 0},
        {"fixed_costs": 10**9},
        {"start": "2021-01-01", "end": "2021-01-01"},
    ],
    ids=str,
)
def test_what_is_said_of_it(default, keywords):
    entry = find("price-leverage")
    result = entry.run(default, **keywords)
    said = entry.finding(result, default)
    assert "nan" not in entry.alt(result, default)
    english = default.language == "en"
    if keywords == {"price_change": -5}:
        assert ("prices down 5.0 %" if english else "价格下调5.0%") in said
    if "fixed_costs" in keywords:
        assert result["on_profit"].isna().all() and result["fixed_costs"].iloc[0] == 10**9
    assert ("elasticity" if english else "弹性") in said or keywords


def test_a_filter_that_expenses_cannot_honour(default):
    with pytest.raises(CrmlabError, match="start"):
        price_leverage(default, product=101)
