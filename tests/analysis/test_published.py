"""Published results of forecasting and inventory models."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.analysis.models.forecasting import (
    State,
    centred,
    decomposed,
    errors,
    holt,
    moving_average,
    simple,
    static,
    winters,
)
from crmlab.analysis.models.inventory import (
    Newsvendor,
    bullwhip,
    critical_ratio,
    cycle_stock,
    eoq,
    observed_quantity,
    orders_per_year,
    reorder_point,
    safety_stock,
    standard_score,
)

#: International airline passengers, thousands a month, 1949-1960 (Box & Jenkins, 1976, series G).
PASSENGERS = [
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118,
    115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
    145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
    171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
    196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201,
    204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
    242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
    284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
    315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,
    340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
    360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405,
    417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
]  # fmt: skip
#: Quarterly demand for Tahoe Salt (Chopra & Meindl, table 7-1).
TAHOE = [8000, 13000, 23000, 34000, 10000, 18000, 23000, 38000, 12000, 13000, 32000, 41000]

brief = settings(max_examples=60, deadline=None)


def test_winters_on_the_passengers_is_that_of_r():
    """R: HoltWinters(AirPassengers, seasonal = "mult"). Its search ends a little before the optimum."""
    found = winters(PASSENGERS, 12)
    assert found.constants.alpha == pytest.approx(0.2756, abs=1e-4)
    assert found.constants.beta == pytest.approx(0.0327, abs=1e-4)
    assert found.constants.gamma == pytest.approx(0.8707, abs=1e-4)
    assert found.state.level == pytest.approx(469.323, abs=0.02)
    assert found.state.trend == pytest.approx(3.0215, abs=0.001)
    theirs = winters(PASSENGERS, 12, 0.2755925, 0.03269295, 0.8707292)
    assert theirs.state.level == pytest.approx(469.3232206, abs=1e-4)
    assert theirs.state.trend == pytest.approx(3.0215391, abs=1e-5)
    assert theirs.state.seasons[0] == pytest.approx(0.9464611, abs=1e-6)
    squares = [errors(PASSENGERS, which.fitted).mse for which in (found, theirs)]
    assert squares[0] <= squares[1] * (1 + 1e-9)


@pytest.mark.parametrize("seasonal", ["multiplicative", "additive"])
def test_winters_is_that_of_statsmodels_from_the_same_start(seasonal):
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    start = decomposed(PASSENGERS[:24], 12, seasonal)
    alpha, beta, gamma = 0.3, 0.1, 0.5
    model = ExponentialSmoothing(
        np.array(PASSENGERS[12:], float), trend="add", seasonal=seasonal[:3], seasonal_periods=12,
        initialization_method="known", initial_level=start.level, initial_trend=start.trend,
        initial_seasonal=list(start.seasons),
    )  # fmt: skip
    # statsmodels smooths the season by the level before the new observation, R and we by the one after.
    ours = winters(PASSENGERS, 12, alpha, beta, 0.0, seasonal=seasonal, horizon=24)
    theirs = model.fit(smoothing_level=alpha, smoothing_trend=beta, smoothing_seasonal=0.0, optimized=False)
    np.testing.assert_allclose(ours.fitted[12:], theirs.fittedvalues, rtol=1e-9)
    np.testing.assert_allclose(ours.ahead, theirs.forecast(24), rtol=1e-9)
    assert np.abs(winters(PASSENGERS, 12, alpha, beta, gamma, seasonal=seasonal).fitted - ours.fitted)[-1] > 1


def test_smoothing_is_that_of_statsmodels_at_its_optimum():
    from statsmodels.tsa.holtwinters import Holt, SimpleExpSmoothing

    series = np.array(PASSENGERS[:48], float)
    ours = simple(series)
    theirs = SimpleExpSmoothing(series[1:], initialization_method="known", initial_level=series[0]).fit()
    assert ours.constants.alpha == pytest.approx(theirs.params["smoothing_level"], abs=1e-3)
    assert np.nansum((ours.fitted - series) ** 2) <= theirs.sse * (1 + 1e-6)
    ours = holt(series, 0.8, 0.2, horizon=5)
    theirs = Holt(
        series[2:], initialization_method="known", initial_level=series[1],
        initial_trend=series[1] - series[0],
    ).fit(smoothing_level=0.8, smoothing_trend=0.2, optimized=False)  # fmt: skip
    np.testing.assert_allclose(ours.fitted[2:], theirs.fittedvalues, rtol=1e-9)
    np.testing.assert_allclose(ours.ahead, theirs.forecast(5), rtol=1e-9)


def test_tahoe_salt_static():
    found = static(TAHOE, 4)
    assert round(found.level) == 18439
    assert round(found.trend) == 524
    assert [round(factor, 2) for factor in found.factors] == [0.47, 0.68, 1.17, 1.66]
    assert found.at([13, 14, 15, 16]).round().tolist() == [11909, 17613, 30785, 44640]
    assert centred(TAHOE, 4)[2:10].tolist() == [19750, 20625, 21250, 21750, 22500, 22125, 22625, 24125]


def test_tahoe_salt_adaptive():
    """Chopra & Meindl, table 7-2: MAD and MAPE of the four methods, and Winters' forecasts."""
    start = State(18439, 524, (0.47, 0.68, 1.17, 1.67))
    last = winters(TAHOE, 4, 0.05, 0.1, 0.1, start=start, horizon=4)
    tried = {
        (9719, 49): moving_average(TAHOE, 4),
        (10208, 59): simple(TAHOE, 0.1, level=22083),
        (8836, 52): holt(TAHOE, 0.1, 0.2, start=State(12015, 1549)),
        (1469, 8): last,
    }
    for (mad, mape), found in tried.items():
        wrong = errors(TAHOE, found.fitted)
        assert (round(wrong.mad), round(100 * wrong.mape)) == (mad, mape)
    assert last.ahead.round().tolist() == [11940, 17579, 30930, 44928]
    assert errors(TAHOE, moving_average(TAHOE, 4).fitted).tracking_signal == pytest.approx(-1.52, abs=0.005)


def test_order_quantities():
    quantity = eoq(10_000, 5_000, 0.2 * 500)
    assert (quantity, orders_per_year(10_000, quantity), cycle_stock(quantity)) == (1000, 10, 500)
    # Chopra & Meindl, example 11-1 (computers): 980 units, a cycle inventory of 490, 12.24 orders a year.
    quantity = eoq(12_000, 4_000, 100)
    assert (round(quantity), round(cycle_stock(quantity))) == (980, 490)
    assert orders_per_year(12_000, quantity) == pytest.approx(12.24, abs=0.01)


def test_safety_stocks():
    # Chopra & Meindl, examples 12-1 and 12-2 (phones): 2500 a week, give or take 500, two weeks, 6000.
    spread = safety_stock(1, 2, 500)
    assert round(spread) == 707
    assert standard_score(0.92135) * spread == pytest.approx(1000, abs=1)
    assert reorder_point(2500, 2, 1000) == 6000
    # Example 12-4: 90 % of the cycles.
    assert safety_stock(standard_score(0.90), 2, 500) == pytest.approx(906, abs=1)
    assert safety_stock(standard_score(0.90), 7, 500, 7, 2500) == pytest.approx(22491, abs=1)


def test_newsvendors():
    assert critical_ratio(100, 55, 50) == 0.9
    skis = Newsvendor(250, 100, 80, 350, 100)
    assert round(skis.ratio, 2) == 0.88
    assert round(skis.quantity) == 469  # 468 with the ratio rounded to .88
    # There demand may be below zero, which is worth a yuan.
    assert skis.profit(468) == pytest.approx(49146, abs=2)
    assert skis.profit(350) == pytest.approx(45718, abs=2)


def test_newsvendors_without_a_choice():
    assert Newsvendor(100, 120, 50, 40, 10).quantity == 0
    assert Newsvendor(100, 55, 50, 40, 0).quantity == 40
    assert Newsvendor(100, 55, 50, 40, 0).profit(50) == 45 * 40 - 5 * 10


@brief
@given(st.floats(1, 100), st.floats(0.1, 0.9), st.floats(0.0, 0.9), st.floats(1, 1000), st.floats(0.01, 0.5))
def test_a_newsvendor_orders_what_earns_most(price, cost, salvage, mean, spread):
    season = Newsvendor(price, price * cost, price * cost * salvage, mean, mean * spread)
    best = season.profit(season.quantity)
    for share in (0.9, 0.99, 1.01, 1.1):
        assert season.profit(season.quantity * share) <= best + 1e-9 * abs(best)


@brief
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.floats(0, 1), st.integers(0, 60))
def test_an_observed_quantity_is_the_least_that_covers(demands, ratio, other):
    quantity = observed_quantity(demands, ratio)
    assert quantity in demands
    covered = np.mean([demand <= quantity for demand in demands])
    assert covered >= ratio - 1e-12
    if other < quantity:
        assert np.mean([demand <= other for demand in demands]) < max(ratio, 1e-12) + 1e-12


@brief
@given(st.floats(1, 1e6), st.floats(1, 1e4), st.floats(0.01, 1e3), st.floats(0.1, 10))
def test_an_economic_order_costs_least(demand, order, holding, other):
    def cost(quantity):
        return order * demand / quantity + holding * quantity / 2

    quantity = eoq(demand, order, holding)
    assert cost(quantity) <= cost(quantity * other) * (1 + 1e-12)
    assert order * demand / quantity == pytest.approx(holding * quantity / 2)


def test_the_bullwhip_of_a_moving_average():
    """Chen, Drezner, Ryan & Simchi-Levi (2000): 1 + 2 L / p + 2 L^2 / p^2 for independent demand."""
    lead, periods = 3, 6
    demand = np.random.default_rng(1).normal(100, 10, 200_000)
    target = lead * np.r_[np.nan, moving_average(demand, periods).fitted[1:]]
    orders = demand[:-1] + np.diff(target)
    known = np.isfinite(orders)
    assert bullwhip(orders[known], demand[:-1][known]) == pytest.approx(
        1 + 2 * lead / periods + 2 * lead**2 / periods**2, rel=0.02
    )
    assert np.isnan(bullwhip([1, 2], [3, 3]))


@brief
@given(st.lists(st.integers(1, 1000), min_size=2, max_size=40), st.floats(0.01, 1))
def test_errors_of_a_series(demand, alpha):
    found = errors(demand, simple(demand, alpha).fitted)
    assert found.count == len(demand) - 1
    assert abs(found.bias) <= found.count * found.mad * (1 + 1e-9) + 1e-9
    assert found.mse >= found.mad**2 * (1 - 1e-9)
    assert np.isnan(errors([0, *demand], np.ones(len(demand) + 1)).mape)


def test_a_forecast_knows_nothing_of_its_month():
    """One step ahead: what comes later changes no forecast that was made before."""
    changed = [*PASSENGERS[:-1], 10_000]
    for found, other in (
        (moving_average(PASSENGERS), moving_average(changed)),
        (simple(PASSENGERS, 0.3), simple(changed, 0.3)),
        (holt(PASSENGERS, 0.3, 0.1), holt(changed, 0.3, 0.1)),
        (winters(PASSENGERS, 12, 0.3, 0.1, 0.1), winters(changed, 12, 0.3, 0.1, 0.1)),
    ):
        np.testing.assert_array_equal(found.fitted, other.fitted)
        assert found.ahead[0] != other.ahead[0]


def test_a_straight_line_is_forecast_without_an_error():
    line = [10 + 3 * period for period in range(20)]
    found = holt(line, horizon=2)
    assert errors(line, found.fitted).mad == pytest.approx(0)
    assert found.ahead.tolist() == pytest.approx([70, 73])
    assert np.isnan(errors(line, line).tracking_signal)
