"""Demand and stock: against SQL, by hand, and whatever the period."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, open_company
from crmlab.analysis import (
    bullwhip,
    demand_forecast,
    forecast_accuracy,
    newsvendor,
    order_quantity,
    stock_flow,
)
from crmlab.analysis.days import number_of, weeks
from crmlab.analysis.models.forecasting import winters
from crmlab.errors import CrmlabError

from .oracle import VALID, Case, cases, database

COMPANY = open_company(language="en", seed=2026)
RAW = COMPANY.raw
FIRST, LAST = date(2021, 1, 1), date(2026, 1, 31)
days = st.dates(FIRST, LAST)
periods = st.tuples(days, days).map(sorted)
brief = settings(max_examples=8, deadline=None)


@pytest.fixture(scope="module")
def connection(company):
    return database(company)


def agree(result: pd.DataFrame, rows: pd.DataFrame) -> None:
    rows = rows[list(result)].astype(result.dtypes.to_dict())
    pd.testing.assert_frame_equal(result, rows, rtol=1e-9, atol=1e-9)


def product_cases(company: Company) -> list[Case]:
    """Those ways to filter that say nothing about customers and orders."""
    found = [case for case in cases(company) if case.customer == case.order == "TRUE"]
    assert sum(case.product is not None for case in found) == 3
    return found


# Every whole month of the period, from the first in which anything was ever ordered.
MONTHLY = f"""
    WITH ordered AS (
        SELECT date_trunc('month', l.booked_at) AS month, sum(l.quantity) AS units
        FROM order_lines l JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
        JOIN products p USING (product_id)
        WHERE {VALID} AND l.returned_line_id IS NULL AND {{customer}} AND {{order}} AND {{product}}
          AND CAST(l.booked_at AS DATE) <= $end::DATE
        GROUP BY ALL
    ), months AS (
        SELECT unnest(generate_series(date_trunc('month', $start::DATE), $end::DATE, INTERVAL 1 MONTH))
            AS month
    )
    SELECT month AS start, strftime(month, '%Y-%m') AS period, coalesce(units, 0) AS demand,
           CASE WHEN row_number() OVER w > 3
                THEN avg(coalesce(units, 0)) OVER (ORDER BY month ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING)
           END AS fitted
    FROM months LEFT JOIN ordered USING (month)
    WHERE month >= $start::DATE AND month + INTERVAL 1 MONTH - INTERVAL 1 DAY <= $end::DATE
      AND month >= (SELECT min(month) FROM ordered)
    WINDOW w AS (ORDER BY month) ORDER BY month
"""


def monthly(connection, case: Case) -> pd.DataFrame:
    sql = MONTHLY.format(customer=case.customer, order=case.order, product=case.product or "TRUE")
    return connection.execute(sql, case.period).df()


def test_demand_by_month(company, connection):
    lengths = set()
    for case in cases(company):
        rows = monthly(connection, case)
        lengths.add(len(rows))
        result = demand_forecast(company, method="moving_average", horizon=2, **case.keywords)
        past, ahead = result.head(len(rows)), result.iloc[len(rows) :]
        agree(past, rows.assign(forecast=np.nan, method="moving_average"))
        assert len(ahead) == (2 if len(rows) else 0)
        if len(rows):
            mean = rows["demand"].tail(3).mean() if len(rows) >= 3 else np.nan
            np.testing.assert_allclose(ahead["forecast"], mean)
            start = rows["start"].iloc[-1]
            assert ahead["start"].tolist() == [start + pd.DateOffset(months=n) for n in (1, 2)]
            assert ahead["demand"].isna().all()
    assert {0, 12} < lengths


def test_winters_forecast(company, connection):
    case = cases(company)[0]
    rows = monthly(connection, case)
    found = winters(rows["demand"], 12, horizon=6)
    result = demand_forecast(company)
    np.testing.assert_allclose(result["fitted"].head(len(rows)), found.fitted)
    np.testing.assert_allclose(result["forecast"].tail(6), found.ahead)
    short = demand_forecast(company, start="2024-03-01")
    assert short["fitted"].isna().all() and short["forecast"].isna().all()
    assert demand_forecast(company, start="2024-02-01")["forecast"].tail(6).notna().all()


def test_accuracy_of_the_moving_average(company, connection):
    for case in cases(company)[1::2]:
        rows = monthly(connection, case).tail(12)
        result = forecast_accuracy(company, **case.keywords).set_index("method")
        assert set(result.index) == {"moving_average", "simple", "holt", "winters"}
        found = result.loc["moving_average"]
        if len(monthly(connection, case)) < 15:
            assert found["months"] == 0 and np.isnan(found["mad"])
            continue
        wrong = rows["fitted"] - rows["demand"]
        assert found["months"] == 12
        assert found["bias"] == pytest.approx(wrong.sum())
        assert found["mad"] == pytest.approx(wrong.abs().mean())
        assert found["mse"] == pytest.approx((wrong**2).mean())
        assert found["tracking_signal"] == pytest.approx(wrong.sum() / wrong.abs().mean())
        if (rows["demand"] > 0).all():
            assert found["mape"] == pytest.approx((wrong.abs() / rows["demand"]).mean())
        else:
            assert np.isnan(found["mape"])


def test_accuracy_is_out_of_sample():
    """Constants come of the months before, so that what was learnt is what a shorter record gives."""
    result = forecast_accuracy(COMPANY, months=12).set_index("method").loc["winters"]
    units = demand_forecast(COMPANY)["demand"].dropna().to_numpy(float)
    learnt = winters(units[:-12], 12).constants
    tried = winters(units, 12, learnt.alpha, learnt.beta, learnt.gamma).fitted[-12:]
    assert result["mad"] == pytest.approx(np.abs(tried - units[-12:]).mean())
    in_sample = np.abs(winters(units, 12).fitted[-12:] - units[-12:]).mean()
    assert abs(result["mad"] / in_sample - 1) > 0.001


SEASONS = f"""
    WITH months AS (
        SELECT unnest(generate_series(date_trunc('month', $start::DATE), $end::DATE, INTERVAL 1 MONTH))
            AS month
    ), whole AS (
        SELECT month FROM months
        WHERE month >= $start::DATE AND month + INTERVAL 1 MONTH - INTERVAL 1 DAY <= $end::DATE AND {{when}}
    ), ordered AS (
        SELECT l.product_id, date_trunc('month', l.booked_at) AS month, sum(l.quantity) AS units,
               sum(l.quantity * l.unit_price_cents * (100 - l.discount)) / 10000 AS net,
               sum(l.quantity * l.unit_cost_cents) / 100 AS cost
        FROM order_lines l JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
        WHERE {VALID} AND l.returned_line_id IS NULL AND {{customer}} AND {{order}}
        GROUP BY ALL
    )
    SELECT p.product_id, any_value(p.name) AS product, sum(net) / sum(units) AS price,
           sum(cost) / sum(units) AS cost, count(m.month) AS months,
           avg(coalesce(units, 0)) FILTER (m.month IS NOT NULL) AS mean_demand,
           stddev_samp(coalesce(units, 0)) FILTER (m.month IS NOT NULL) AS sd_demand,
           list(coalesce(units, 0)) FILTER (m.month IS NOT NULL) AS demands
    FROM products p
    LEFT JOIN whole m ON p.launched_on <= m.month
    LEFT JOIN ordered r ON r.product_id = p.product_id AND r.month = m.month
    WHERE {{product}}
    GROUP BY p.product_id
"""


def ordered(row) -> tuple[float, float, float, float]:
    """Ratio, both quantities and the expected profit, summed over a fine grid of demands."""
    salvage = 0.5 * row.cost
    ratio = (row.price - row.cost) / (row.price - salvage)
    if pd.isna(row.sd_demand) or pd.isna(row.price):
        return ratio, np.nan, np.nan, np.nan
    if row.price <= row.cost:
        return ratio, 0, 0, 0
    chances = (np.arange(20_000) + 0.5) / 20_000
    law = NormalDist(row.mean_demand, row.sd_demand)
    quantity = round(max(law.inv_cdf(ratio), 0))
    demand = np.maximum([law.inv_cdf(chance) for chance in chances[::20]], 0)
    sold = np.minimum(demand, quantity)
    profit = (row.price * sold + salvage * (quantity - sold)).mean() - row.cost * quantity
    demands = sorted(row.demands)
    observed = next(d for n, d in enumerate(demands, 1) if n / len(demands) >= ratio)
    return ratio, quantity, observed, profit


def test_newsvendor(company, connection):
    chosen = [(case, None) for case in cases(company)[1:6]] + [(case, 1) for case in cases(company)[-4:-1]]
    sizes = set()
    for case, month in chosen:
        sql = SEASONS.format(
            when="TRUE" if month is None else f"month(month) = {month}",
            customer=case.customer, order=case.order, product=case.product or "TRUE",
        )  # fmt: skip
        rows = connection.execute(sql, case.period).df()
        result = newsvendor(company, month=month, **case.keywords)
        sizes.add(len(result))
        assert sorted(result["product_id"]) == sorted(rows["product_id"])
        rows = rows.set_index("product_id").loc[result["product_id"]].reset_index()
        names = ["product", "price", "cost", "mean_demand", "sd_demand", "months"]
        agree(result[names], rows)
        expected = pd.DataFrame([ordered(row) for row in rows.itertuples()])
        np.testing.assert_allclose(result["critical_ratio"], expected[0], rtol=1e-9)
        for place, name in ((1, "quantity"), (2, "observed_quantity")):
            np.testing.assert_array_equal(result[name].astype("float64"), expected[place])
        most = result["expected_profit"].abs().max()
        if most > 0:
            np.testing.assert_allclose(result["expected_profit"], expected[3], rtol=0.02, atol=0.01 * most)
        gains = result["expected_profit"].dropna()
        assert (gains.diff().dropna() <= 0).all()
    assert len(sizes) > 2


ORDERING = f"""
    WITH listed AS (SELECT * FROM products p WHERE {{product}}),
    calendar AS (
        SELECT product_id, CAST(day AS DATE) AS day FROM listed,
        (SELECT unnest(generate_series($end::DATE - INTERVAL 364 DAY, $end::DATE, INTERVAL 1 DAY)) AS day)
        WHERE CAST(day AS DATE) >= DATE '2021-01-01' AND CAST(day AS DATE) >= CAST(launched_on AS DATE)
    ), sold AS (
        SELECT product_id, CAST(booked_at AS DATE) AS day, sum(quantity) AS units
        FROM order_lines JOIN orders USING (order_id)
        WHERE {VALID} AND quantity > 0 GROUP BY ALL
    ), daily AS (
        SELECT product_id, avg(coalesce(units, 0)) AS mean, coalesce(stddev_samp(coalesce(units, 0)), 0) AS sd
        FROM calendar LEFT JOIN sold USING (product_id, day) GROUP BY product_id
    ), leads AS (
        SELECT product_id, avg(days) AS mean, stddev_samp(days) AS sd
        FROM (SELECT product_id, date_diff('day', ordered_on, received_on) AS days FROM purchases
              WHERE NOT is_urgent AND CAST(received_on AS DATE) <= $end::DATE)
        GROUP BY product_id HAVING count(*) > 1
    ), hand AS (
        SELECT product_id, sum(quantity) AS units FROM stock_movements
        WHERE CAST(moved_on AS DATE) <= $end::DATE GROUP BY product_id
    ), coming AS (
        SELECT product_id, sum(quantity) AS units FROM purchases
        WHERE CAST(ordered_on AS DATE) <= $end::DATE
          AND NOT coalesce(CAST(received_on AS DATE) <= $end::DATE, FALSE)
        GROUP BY product_id
    ), points AS (
        SELECT product_id, name AS product, 365 * coalesce(d.mean, 0) AS yearly_demand,
               unit_cost_cents / 100 AS unit_cost,
               sqrt(2 * 365 * coalesce(d.mean, 0) * 100 / (.2 * unit_cost_cents / 100)) AS order_quantity,
               l.mean AS lead_time_days, l.sd AS lead_time_sd,
               $z * sqrt(l.mean * coalesce(d.sd, 0) ** 2 + (coalesce(d.mean, 0) * l.sd) ** 2) AS safety_stock,
               coalesce(d.mean, 0) * l.mean + safety_stock AS reorder_point,
               coalesce(h.units, 0) AS on_hand, coalesce(c.units, 0) AS on_order
        FROM listed LEFT JOIN daily d USING (product_id) LEFT JOIN leads l USING (product_id)
        LEFT JOIN hand h USING (product_id) LEFT JOIN coming c USING (product_id)
    )
    SELECT *, yearly_demand / nullif(order_quantity, 0) AS orders_per_year,
           coalesce(yearly_demand > 0 AND on_hand + on_order <= reorder_point, FALSE) AS order_now
    FROM points ORDER BY order_now DESC, yearly_demand * unit_cost DESC, product_id
"""


def test_order_quantity(company, connection):
    due = 0
    for case in product_cases(company):
        keywords = {name: value for name, value in case.keywords.items() if name != "start"}
        rows = connection.execute(
            ORDERING.format(product=case.product or "TRUE"),
            {"end": case.period["end"], "z": NormalDist().inv_cdf(0.95)},
        ).df()
        result = order_quantity(company, **keywords)
        # Demands that are equal to the last digit but one may change places.
        assert result["order_now"].is_monotonic_decreasing
        agree(
            result.sort_values("product_id", ignore_index=True),
            rows.sort_values("product_id", ignore_index=True),
        )
        due += result["order_now"].sum()
    assert due > 0


BULLWHIP = f"""
    WITH slots AS (
        SELECT unnest(generate_series(date_trunc('{{every}}', $start::DATE), $end::DATE,
                                      INTERVAL 1 {{every}})) AS slot
    ), whole AS (
        SELECT slot FROM slots
        WHERE slot >= $start::DATE AND slot + INTERVAL 1 {{every}} - INTERVAL 1 DAY <= $end::DATE
    ), sold AS (
        SELECT product_id, date_trunc('{{every}}', booked_at) AS slot, sum(quantity) AS units
        FROM order_lines JOIN orders USING (order_id) WHERE {VALID} AND quantity > 0 GROUP BY ALL
    ), bought AS (
        SELECT product_id, date_trunc('{{every}}', ordered_on) AS slot, sum(quantity) AS units
        FROM purchases GROUP BY ALL
    )
    SELECT p.product_id, any_value(name) AS product,
           coalesce(sum(s.units), 0) AS sold, coalesce(sum(b.units), 0) AS bought,
           stddev_samp(coalesce(s.units, 0)) FILTER (slot IS NOT NULL) AS sold_sd,
           stddev_samp(coalesce(b.units, 0)) FILTER (slot IS NOT NULL) AS bought_sd,
           CASE WHEN sold_sd > 0 THEN (bought_sd / sold_sd) ** 2 END AS ratio
    FROM products p LEFT JOIN whole ON TRUE
    LEFT JOIN sold s USING (product_id, slot) LEFT JOIN bought b USING (product_id, slot)
    WHERE {{product}}
    GROUP BY p.product_id ORDER BY ratio DESC NULLS LAST, p.product_id
"""


@pytest.mark.parametrize("every", ["week", "month"])
def test_bullwhip(company, connection, every):
    for case in product_cases(company):
        rows = connection.execute(
            BULLWHIP.format(every=every, product=case.product or "TRUE"), case.period
        ).df()
        result = bullwhip(company, every=every, **case.keywords)
        assert not (result["ratio"].diff() > 0).any()
        agree(
            result.sort_values("product_id", ignore_index=True),
            rows.sort_values("product_id", ignore_index=True),
        )


FLOWS = """
    WITH moved AS (
        SELECT m.*, CAST(moved_on AS DATE) AS day, CAST({key} AS VARCHAR) AS place
        FROM stock_movements m JOIN products p USING (product_id)
        WHERE {product} AND CAST(moved_on AS DATE) <= $end::DATE
    ), flows AS (
        SELECT place,
               coalesce(sum(quantity) FILTER (day < $start::DATE OR kind = 'opening'), 0) AS opening,
               coalesce(sum(quantity) FILTER (day >= $start::DATE AND kind = 'purchase'), 0) AS purchased,
               coalesce(sum(quantity) FILTER (day >= $start::DATE AND kind = 'return'), 0) AS returned,
               coalesce(sum(quantity) FILTER (day >= $start::DATE AND kind = 'adjustment'), 0) AS adjusted,
               coalesce(-sum(quantity) FILTER (day >= $start::DATE AND kind = 'sale'), 0) AS sold,
               coalesce(-sum(quantity) FILTER (
                   day >= $start::DATE AND kind = 'sale' AND is_back_ordered), 0) AS back_ordered
        FROM moved GROUP BY place
    ), last AS (
        SELECT place, sum(balance) AS closing FROM (
            SELECT place, product_id, warehouse, arg_max(balance, movement_id) AS balance
            FROM moved GROUP BY ALL
        ) GROUP BY place
    )
"""


def test_stock_flow_by_product_and_warehouse(company, connection):
    groups = {
        "product": ("product_id", "product_id, p.name AS \"group\", p.product_id AS number", "products p",
                    "CAST(p.product_id AS VARCHAR)", "{product}"),
        "warehouse": ("warehouse", "NULL AS product_id, w.warehouse AS \"group\", "
                      "CAST(substr(w.warehouse, 2) AS INT) AS number",
                      "(SELECT DISTINCT warehouse FROM stock_movements) w", "w.warehouse", "TRUE"),
    }  # fmt: skip
    for case in product_cases(company):
        for by, (key, columns, table, place, where) in groups.items():
            product = case.product or "TRUE"
            sql = (
                FLOWS.format(key=key, product=product)
                + f"""
                SELECT {columns}, '{by}' AS "by", COLUMNS(f.* EXCLUDE (place)), closing
                FROM {table} LEFT JOIN flows f ON f.place = {place} LEFT JOIN last ON last.place = {place}
                WHERE {where.format(product=product)} ORDER BY number
            """
            )
            rows = connection.execute(sql, case.period).df()
            numbers = [name for name in rows if name not in ("product_id", "group", "by")]
            rows[numbers] = rows[numbers].fillna(0)
            agree(stock_flow(company, by=by, **case.keywords), rows)


def test_stock_flow_by_month(company):
    for case in product_cases(company):
        result = stock_flow(company, by="month", **case.keywords)
        start, end = case.period["start"], case.period["end"]
        months = pd.period_range(start, end, freq="M")
        assert result["group"].tolist() == months.astype(str).tolist()
        assert (result["opening"].iloc[1:].to_numpy() == result["closing"].iloc[:-1].to_numpy()).all()
        for month in (months[0], months[-1]):
            keywords = case.keywords | {
                "start": max(str(month.start_time.date()), start),
                "end": min(str(month.end_time.date()), end),
            }
            alone = stock_flow(company, **keywords)
            row = result[result["group"] == str(month)].iloc[0]
            for name in result.columns[3:]:
                assert row[name] == alone[name].sum()


# Whatever the period


@brief
@given(periods, st.sampled_from(["product", "month", "warehouse"]))
def test_what_came_in_and_is_not_there_has_left(period, by):
    start, end = period
    result = stock_flow(COMPANY, start=start, end=end, by=by)
    came = result[["opening", "purchased", "returned", "adjusted"]].sum(axis=1)
    assert (came - result["sold"] == result["closing"]).all()
    assert (result["back_ordered"] <= result["sold"]).all()
    whole = stock_flow(COMPANY, start=start, end=end)
    for name in ("purchased", "returned", "adjusted", "sold", "back_ordered"):
        assert result[name].sum() == whole[name].sum()
    last = result["closing"].iloc[-1] if by == "month" else result["closing"].sum()
    assert last == whole["closing"].sum()


@brief
@given(periods, days)
def test_two_periods_make_one(period, cut):
    start, end = period
    cut = min(max(cut, start), end)
    if cut == end:
        return
    first = stock_flow(COMPANY, start=start, end=cut)
    then = stock_flow(COMPANY, start=cut + timedelta(days=1), end=end)
    whole = stock_flow(COMPANY, start=start, end=end)
    assert (first["closing"] == then["opening"]).all()
    assert (whole["opening"] == first["opening"]).all() and (whole["closing"] == then["closing"]).all()
    assert (whole["sold"] == first["sold"] + then["sold"]).all()


@brief
@given(days)
def test_what_is_there_is_what_the_flow_closes_with(day):
    flow = stock_flow(COMPANY, end=day)
    there = order_quantity(COMPANY, end=day).sort_values("product_id")
    assert flow["product_id"].tolist() == there["product_id"].tolist()
    assert flow["closing"].tolist() == there["on_hand"].tolist()


@brief
@given(periods)
def test_products_add_up_to_the_demand(period):
    start, end = period
    whole = demand_forecast(COMPANY, start=start, end=end, method="moving_average")["demand"].sum()
    parts = bullwhip(COMPANY, start=start, end=end, every="month")["sold"].sum()
    assert whole == parts


def test_weeks_begin_on_monday():
    day = pd.Timestamp("2024-01-01")
    assert day.day_name() == "Monday"
    assert [len(weeks(day, day + pd.Timedelta(days=days))) for days in (5, 6, 12, 13)] == [0, 1, 1, 2]
    assert len(weeks(day + pd.Timedelta(days=1), day + pd.Timedelta(days=13))) == 1
    every = pd.date_range("2019-12-30", "2026-02-01")
    assert np.diff([number_of(day) for day in every]).tolist() == [1] * (len(every) - 1)


# Mistakes


def test_mistakes_about_demand():
    lines = RAW["order_lines"].merge(RAW["orders"][["order_id", "status"]], on="order_id")
    lines["month"] = lines["booked_at"].dt.to_period("M").astype(str)
    valid = lines[lines["status"].isin(["confirmed", "shipped", "completed"])]
    right = demand_forecast(COMPANY).dropna(subset="demand").set_index("period")["demand"].astype(int)
    sold = valid[valid["quantity"] > 0].groupby("month")["quantity"].sum()
    assert right.tolist() == sold.tolist()
    mistakes = {
        "takes returns off": valid.groupby("month")["quantity"].sum(),
        "keeps drafts and cancellations": lines[lines["quantity"] > 0].groupby("month")["quantity"].sum(),
        "counts lines": valid.groupby("month")["quantity"].size(),
    }
    for mistake, wrong in mistakes.items():
        assert (wrong.to_numpy() != right.to_numpy()).sum() > 20, mistake
    # A product with months without demand: to leave them out is to forecast too much.
    rare = int(valid.groupby("product_id")["month"].nunique().sort_values().index[10])
    months = demand_forecast(COMPANY, product=rare, method="simple")["demand"].dropna()
    assert (months == 0).any() and months[months > 0].mean() > 1.2 * months.mean()
    # A month that is not over yet looks like a collapse.
    cut = demand_forecast(COMPANY, end="2025-12-10", method="moving_average")
    assert cut.dropna(subset="demand")["period"].iloc[-1] == "2025-11"


def test_mistakes_about_ordering():
    right = order_quantity(COMPANY).set_index("product_id")
    bought = RAW["purchases"].dropna(subset="received_on")
    lead = (bought["received_on"] - bought["ordered_on"]).dt.days
    with_urgent = lead.groupby(bought["product_id"]).mean()
    assert (with_urgent.reindex(right.index) < right["lead_time_days"] - 0.5).sum() > 20
    low = right["on_hand"] <= right["reorder_point"]
    assert low.sum() > right["order_now"].sum() + 10  # forgets what is on its way
    steady = NormalDist().inv_cdf(0.95) * np.sqrt(right["lead_time_days"])  # a sure lead time
    assert (right["safety_stock"] > 0).sum() > 50 and steady.notna().any()
    costly = order_quantity(COMPANY, holding_percent=80).set_index("product_id")["order_quantity"]
    some = right["order_quantity"] > 0
    np.testing.assert_allclose(costly[some.index[some]], right["order_quantity"][some] / 2)
    more = order_quantity(COMPANY, service_percent=99).set_index("product_id")["safety_stock"]
    assert (more.loc[right.index] >= right["safety_stock"] - 1e-12).sum() > 50


@pytest.mark.parametrize(
    ("function", "keywords", "key"),
    [
        (order_quantity, {"start": "2025-01-01"}, "filters.not_honoured"),
        (stock_flow, {"customer": 1001}, "filters.not_honoured"),
        (bullwhip, {"every": "weak"}, "analysis.own_choice_near"),
        (demand_forecast, {"method": "prophet"}, "analysis.own_choice"),
        (demand_forecast, {"horizon": 0}, "analysis.own_range"),
        (newsvendor, {"month": 13}, "analysis.own_range"),
        (newsvendor, {"salvage_percent": 100}, "analysis.own_range"),
    ],
)
def test_bad_input(default, function, keywords, key):
    with pytest.raises(CrmlabError) as caught:
        function(default, **keywords)
    assert caught.value.key == key


def test_a_product_that_nobody_ordered(default):
    units = RAW["order_lines"].groupby("product_id")["quantity"].sum()
    never = int(RAW["products"].loc[~RAW["products"]["product_id"].isin(units.index), "product_id"].iloc[0])
    assert demand_forecast(default, product=never).empty
    assert (forecast_accuracy(default, product=never)["months"] == 0).all()
    row = order_quantity(default, product=never).iloc[0]
    assert row["order_quantity"] == 0 and np.isnan(row["reorder_point"]) and not row["order_now"]
    assert newsvendor(default, product=never)["quantity"].isna().all()
    assert bullwhip(default, product=never)["ratio"].isna().all()
    flow = stock_flow(default, product=never).iloc[0]
    assert flow["opening"] == flow["closing"] > 0
