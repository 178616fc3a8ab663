"""Trend, composition and profit: beside SQL written by hand, what must hold, and the usual mistakes."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, open_company
from crmlab.analysis import profit, sales_composition, sales_trend, value_customers
from crmlab.analysis.charts import Bars, Pie, Trend, Waterfall
from crmlab.analysis.menu import find
from crmlab.company.schema import INDUSTRIES, REGIONS, ROLES, SOURCES, UNKNOWN, VALID_STATUSES
from crmlab.errors import CrmlabError

from .oracle import VALID, Case, cases, database
from .test_identities import brief, days, labels, periods

COMPANY = open_company(language="en", seed=2026)
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}


@pytest.fixture(scope="module")
def connection(company: Company):
    """The tables of the company, and its valid lines with all that cases ask of them."""
    found = database(company)
    found.execute(f"""
        CREATE TABLE valid_lines AS
        SELECT l.product_id, l.booked_at, o.recorder_id, c.owner_id, c.customer_id, c.region, c.industry,
               c.source, p.major_category, p.minor_category,
               h.major_category AS major_then, h.minor_category AS minor_then,
               l.quantity * (l.unit_price_cents // 100) * (100 - l.discount) AS net,
               l.quantity * l.unit_cost_cents AS cost
        FROM order_lines l
        JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
        JOIN products p USING (product_id)
        ASOF LEFT JOIN product_categories h
            ON h.product_id = l.product_id AND h.valid_from <= l.booked_at
        WHERE {VALID}
    """)
    return found


def cents(yuan: pd.Series) -> list[int]:
    return (yuan * 100).round().astype("int64").tolist()


# Oracle


def sold(case: Case) -> str:
    conditions = " AND ".join((case.customer, case.order, case.product or "TRUE"))
    conditions = re.sub(r"\b[cop][.]", "", conditions)
    return f"""
        sold AS (
            SELECT *, coalesce(source, $unknown) AS origin FROM valid_lines
            WHERE {conditions}
              AND booked_at >= $start::DATE AND booked_at < $end::DATE + 1
        )
    """


def some(company: Company, place: int) -> list[Case]:
    """A third of the cases, another one for each place in a list, so that all come up."""
    return cases(company)[place % 3 :: 3]


def query(connection, sql: str, case: Case, language: str) -> pd.DataFrame:
    given = case.period | {"unknown": UNKNOWN.to(language)}
    used = {name: value for name, value in given.items() if f"${name}" in sql}
    return connection.execute(sql, used).df()


LENGTHS = {"month": ("1 month", "%Y-%m"), "quarter": ("3 months", None), "year": ("1 year", "%Y")}


@pytest.mark.parametrize("every", LENGTHS)
def test_sales_trend(company, connection, every):
    length, pattern = LENGTHS[every]
    for case in some(company, list(LENGTHS).index(every)):
        name = f"strftime(start, '{pattern}')" if pattern else "year(start) || '-Q' || quarter(start)"
        sql = f"""
            WITH {sold(case)}, calendar AS (
                SELECT unnest(generate_series(date_trunc('{every}', $start::DATE),
                                              $end::TIMESTAMP, INTERVAL '{length}')) AS start
            ), summed AS (
                SELECT start, coalesce(sum(net), 0) AS net,
                       start >= $start::DATE AND start + INTERVAL '{length}' <= $end::DATE + 1 AS complete
                FROM calendar LEFT JOIN sold ON date_trunc('{every}', booked_at) = start GROUP BY ALL
            )
            SELECT {name} AS period, start, (now.net / 100)::DOUBLE AS net_sales,
                   CASE WHEN now.complete AND before.complete AND before.net > 0
                        THEN now.net / before.net - 1 END AS on_previous,
                   CASE WHEN now.complete AND earlier.complete AND earlier.net > 0
                        THEN now.net / earlier.net - 1 END AS on_year,
                   now.complete
            FROM summed now
            LEFT JOIN (SELECT start + INTERVAL '{length}' AS start, net, complete FROM summed) before
                USING (start)
            LEFT JOIN (SELECT start + INTERVAL '1 year' AS start, net, complete FROM summed) earlier
                USING (start)
            ORDER BY start
        """
        rows = query(connection, sql, case, company.language)
        result = sales_trend(company, every=every, **case.keywords)
        assert cents(result["net_sales"]) == cents(rows["net_sales"]), case
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-12)


def listed(words, chosen, language: str) -> str:
    """The words of a list in SQL, in their order, as far as a filter leaves them."""
    kept = [word for word in words if not chosen or set(word) & set(chosen)]
    values = ", ".join(f"({place}, NULL, '{word.to(language)}')" for place, word in enumerate(kept))
    return f"SELECT * FROM (VALUES {values}) AS w(place, id, name)"


def as_list(value) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


def groups(by: str, case: Case, language: str) -> str:
    """The groups that must be there: place in the list, number, name."""
    product = case.product or "TRUE"
    level, _, time = by.partition(" ")
    if level in ("source", "region", "industry"):
        words = {"source": (*SOURCES, UNKNOWN), "region": REGIONS, "industry": INDUSTRIES}[level]
        return listed(words, as_list(case.keywords.get(level)), language)
    if by == "customer":
        return f"SELECT customer_id AS place, customer_id AS id, name FROM customers c WHERE {case.customer}"
    if by == "product":
        return f"SELECT product_id AS place, product_id AS id, name FROM products p WHERE {product}"
    if by in ("owner", "recorder"):
        field = "name" if isinstance(case.keywords.get(by), str) else "employee_id"
        chosen = f"{field} = '{case.keywords[by]}'" if by in case.keywords else "TRUE"
        return f"""
            SELECT employee_id AS place, employee_id AS id, name FROM employees
            WHERE {chosen}
              AND (role IN ('{ROLES[0].en}', '{ROLES[0].zh}') OR employee_id IN (SELECT {by}_id FROM sold))
        """
    if time == "today":
        return f"""
            SELECT min(product_id) AS place, NULL AS id, {level}_category AS name
            FROM products p WHERE {product} GROUP BY 3
        """
    return f"""
        SELECT min(product_id * 100 + nth) AS place, NULL AS id, then_name AS name
        FROM (
            SELECT h.product_id, h.{level}_category AS then_name, h.valid_from,
                   row_number() OVER w AS nth, lead(h.valid_from) OVER w AS next
            FROM product_categories h WINDOW w AS (PARTITION BY h.product_id ORDER BY h.valid_from)
        ) JOIN products p USING (product_id)
        WHERE {product} AND (nth = 1 OR valid_from <= $end::DATE) AND (next IS NULL OR next > $start::DATE)
        GROUP BY 3
    """


KEYS = {
    "source": "origin",
    "region": "region",
    "industry": "industry",
    "customer": "customer_id",
    "product": "product_id",
    "owner": "owner_id",
    "recorder": "recorder_id",
    "major then": "major_then",
    "major today": "major_category",
    "minor then": "minor_then",
    "minor today": "minor_category",
}


def asked(by: str) -> dict[str, str]:
    level, _, time = by.partition(" ")
    return {"by": f"{level}_category", "categories": time} if time else {"by": by}


def summed(case: Case, by: str, language: str) -> str:
    joined = "id" if KEYS[by].endswith("_id") else "name"
    return f"""
        WITH {sold(case)}, groups AS ({groups(by, case, language)}),
        summed AS (
            SELECT place, id AS group_id, name AS "group",
                   coalesce(sum(net), 0)::BIGINT AS net, coalesce(sum(cost), 0)::BIGINT AS cost
            FROM groups LEFT JOIN sold ON sold.{KEYS[by]} = groups.{joined} GROUP BY ALL
        )
    """


@pytest.mark.parametrize("by", [by for by in KEYS if by != "recorder"])
def test_sales_composition(company, connection, by):
    for case in some(company, list(KEYS).index(by)):
        sql = (
            summed(case, by, company.language)
            + """
            SELECT group_id, "group", net / 100 AS net_sales, net / nullif(sum(net) OVER (), 0) AS share
            FROM summed ORDER BY net DESC, place
            """
        )
        rows = query(connection, sql, case, company.language)
        result = sales_composition(company, **asked(by), **case.keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-12)
        assert cents(result["net_sales"]) == cents(rows["net_sales"])


@pytest.mark.parametrize("by", ["recorder", "customer", "minor then", "source", "major today"])
def test_profit(company, connection, by):
    for case in some(company, 1 + list(KEYS).index(by)):
        sql = (
            summed(case, by, company.language)
            + """
            SELECT group_id, "group", NULL::TIMESTAMP AS start, net / 100 AS net_sales, cost / 100 AS cost,
                   (net - cost) / 100 AS margin, (net - cost) / nullif(net, 0) AS margin_rate
            FROM summed ORDER BY net - summed.cost DESC, place
            """
        )
        rows = query(connection, sql, case, company.language)
        result = profit(company, **asked(by), **case.keywords)
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-12)
        assert cents(result["margin"]) == cents(rows["margin"])


@pytest.mark.parametrize("every", LENGTHS)
def test_profit_over_time(company, connection, every):
    length, pattern = LENGTHS[every]
    for case in some(company, 1 + list(LENGTHS).index(every)):
        name = f"strftime(start, '{pattern}')" if pattern else "year(start) || '-Q' || quarter(start)"
        sql = f"""
            WITH {sold(case)}, calendar AS (
                SELECT unnest(generate_series(date_trunc('{every}', $start::DATE),
                                              $end::TIMESTAMP, INTERVAL '{length}')) AS start
            )
            SELECT {name} AS "group", start, coalesce(sum(net), 0) / 100 AS net_sales,
                   coalesce(sum(cost), 0) / 100 AS cost,
                   coalesce(sum(net - cost), 0) / 100 AS margin,
                   sum(net - cost) / nullif(sum(net), 0) AS margin_rate
            FROM calendar LEFT JOIN sold ON date_trunc('{every}', booked_at) = start
            GROUP BY start ORDER BY start
        """
        rows = query(connection, sql, case, company.language)
        result = profit(company, by=every, **case.keywords)
        assert result["group_id"].isna().all()
        result = result.drop(columns="group_id")
        pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-9, atol=1e-12)
        total = profit(company, **case.keywords)
        assert len(total) == 1
        assert cents(total["margin"]) == [sum(cents(result["margin"]))]


# Identities


@brief
@given(periods, labels, st.sampled_from(["month", "quarter", "year"]))
def test_a_trend_adds_up_to_the_total(period, chosen, every):
    keywords = {"start": period[0], "end": period[1], **chosen}
    trend = sales_trend(COMPANY, every=every, **keywords)
    assert sum(cents(trend["net_sales"])) == sum(cents(value_customers(COMPANY, **keywords)["net_sales"]))
    assert trend["start"].is_monotonic_increasing
    assert trend.loc[~trend["complete"], ["on_previous", "on_year"]].isna().all(axis=None)
    assert not trend["complete"].iloc[1:-1].eq(False).any()


@brief
@given(
    periods, labels, st.sampled_from(list(find("profit").own[0].words)), st.sampled_from(["then", "today"])
)
def test_the_groups_make_the_whole(period, chosen, by, categories):
    keywords = {"start": period[0], "end": period[1], **chosen}
    whole, parts = profit(COMPANY, **keywords), profit(COMPANY, by=by, categories=categories, **keywords)
    for amount in ("net_sales", "cost", "margin"):
        assert sum(cents(parts[amount])) == sum(cents(whole[amount]))
    assert not parts.duplicated(["group_id", "group"]).any()
    if by in find("sales-composition").own[0].words:
        shares = sales_composition(COMPANY, by=by, categories=categories, **keywords)
        assert sum(cents(shares["net_sales"])) == sum(cents(whole["net_sales"]))
        if whole["net_sales"].iloc[0]:
            assert shares["share"].sum() == pytest.approx(1)
        else:
            assert shares["share"].isna().all()


@settings(max_examples=10, deadline=None)
@given(periods, days, st.sampled_from(["source", "minor_category", "owner"]))
def test_two_periods_make_one(period, cut, by):
    start, end = period
    cut = min(max(cut, start), end - pd.Timedelta(days=1))
    if cut < start:
        return

    def of(first, last) -> pd.Series:
        result = profit(COMPANY, start=first, end=last, by=by)
        return (result.set_index("group")["margin"] * 100).round()

    both = of(start, cut).add(of(cut + pd.Timedelta(days=1), end), fill_value=0)
    whole = of(start, end)
    assert both.sort_index().to_dict() == whole.sort_index().to_dict()


# Mistakes

RAW = COMPANY.raw


def valid_lines() -> pd.DataFrame:
    orders = RAW["orders"]
    valid = orders.loc[orders["status"].isin(VALID_STATUSES), ["order_id", "customer_id"]]
    found = (
        RAW["order_lines"]
        .merge(valid, on="order_id")
        .merge(RAW["products"][["product_id", "major_category"]], on="product_id")
    )
    net = found["quantity"] * found["unit_price_cents"] * (100 - found["discount"]) // 100
    return found.assign(net=net / 100, cost=found["quantity"] * found["unit_cost_cents"] / 100)


LINES = valid_lines()


def test_a_trend_compares_what_can_be_compared():
    product = 112
    right = sales_trend(COMPANY, product=product).set_index("period")
    sold_in = (
        LINES[LINES["product_id"] == product].groupby(LINES["booked_at"].dt.strftime("%Y-%m"))["net"].sum()
    )
    assert len(sold_in) < len(right), "a month without sales is a row"
    shifted = sold_in / sold_in.shift(12) - 1
    both = right["on_year"].dropna().index.intersection(shifted.dropna().index)
    assert len(both) > 5
    assert not np.allclose(right.loc[both, "on_year"], shifted[both]), "shift(12) over missing months"

    years = sales_trend(COMPANY, every="year").set_index("period")
    assert years["complete"].tolist() == [True] * 5 + [False]
    assert np.isnan(years.loc["2026", "on_year"]), "a partial last period is not compared"
    assert years.loc["2026", "net_sales"] / years.loc["2025", "net_sales"] - 1 < -0.5
    quarter = sales_trend(COMPANY, start="2024-01-01", end="2025-12-30", every="quarter")
    assert quarter["complete"].tolist() == [True] * 7 + [False], "a day is missing"
    assert np.isnan(quarter["on_previous"].iloc[-1])


def test_a_composition_is_of_the_day_and_of_sums():
    then = sales_composition(COMPANY, by="major_category").set_index("group")["share"]
    today = sales_composition(COMPANY, by="major_category", categories="today").set_index("group")["share"]
    assert then["Office supplies"] - today["Office supplies"] > 0.005, "a category moved in mid-history"
    assert then["Furniture"] == pytest.approx(today["Furniture"])
    by_minor = sales_composition(COMPANY, by="minor_category")["group"].tolist()
    assert {"Disks and memory", "Storage", "Meeting equipment", "Presentation"} <= set(by_minor)
    late = sales_composition(COMPANY, by="minor_category", **YEAR)["group"].tolist()
    assert not {"Disks and memory", "Meeting equipment"} & set(late)

    of_years = pd.concat(
        sales_composition(COMPANY, by="major_category", categories="today", start=f"{year}-01-01",
                          end=f"{year}-12-31").set_index("group")["share"]
        for year in range(2021, 2026)
    )  # fmt: skip
    assert not np.allclose(of_years.groupby(level=0).mean()[today.index], today, atol=1e-3), "mean of shares"


def test_a_category_in_the_filter_is_that_of_today():
    lines = LINES.merge(RAW["products"][["product_id", "minor_category"]], on="product_id")
    storage = lines.loc[lines["minor_category"] == "Storage", "net"].sum()
    result = sales_composition(COMPANY, by="minor_category", minor_category="Storage")
    assert result["group"].tolist() == ["Disks and memory", "Storage"]
    assert result["net_sales"].sum() == pytest.approx(storage)


def test_groups_without_sales_stay():
    result = sales_composition(COMPANY, by="product").set_index("group_id")["net_sales"]
    never = set(RAW["products"]["product_id"]) - set(LINES["product_id"])
    assert never and (result[list(never)] == 0).all()
    assert len(sales_composition(COMPANY, by="customer")) == len(RAW["customers"])
    nobody = sales_composition(COMPANY, start="2021-01-01", end="2021-01-01")
    assert nobody["net_sales"].eq(0).all() and nobody["share"].isna().all()
    assert nobody["group"].tolist() == [word.en for word in (*SOURCES, UNKNOWN)]
    people = profit(COMPANY, by="recorder", start="2021-01-01", end="2021-01-01")
    assert len(people) == (RAW["employees"]["role"] == "Salesperson").sum()


def test_a_margin_is_a_ratio_of_sums():
    right = profit(COMPANY)["margin_rate"].iloc[0]
    with_sales = LINES[LINES["net"] != 0]
    sold_only = LINES["net"].where(LINES["quantity"] > 0, 0)
    cost_of_sales = LINES["cost"].where(LINES["quantity"] > 0, 0)
    now = RAW["products"].set_index("product_id")["unit_cost_cents"]
    cost_today = LINES["quantity"] * LINES["product_id"].map(now) / 100
    net, cost = LINES["net"].sum(), LINES["cost"].sum()
    assert right == pytest.approx((net - cost) / net)
    mistakes = {
        "average of margins": (1 - with_sales["cost"] / with_sales["net"]).mean(),
        "markup": (net - cost) / cost,
        "a return that reverses the price only": (net - cost_of_sales.sum()) / net,
        "cost of today": (net - cost_today.sum()) / net,
    }
    assert sold_only.sum() != pytest.approx(net, rel=1e-3)
    for mistake, wrong in mistakes.items():
        assert abs(wrong - right) > 0.0005, mistake
    months = profit(COMPANY, by="month")["margin_rate"]
    assert months.mean() != pytest.approx(right, abs=1e-4)


def test_my_own_margin():
    mine = profit(COMPANY, recorder=COMPANY.me).iloc[0]
    everybody = profit(COMPANY, by="recorder").set_index("group_id")
    assert mine["margin"] == pytest.approx(everybody.loc[COMPANY.me, "margin"])
    assert profit(COMPANY, owner=COMPANY.me)["margin"].iloc[0] != pytest.approx(mine["margin"], rel=1e-3)


# What is said and drawn


def picture(slug: str, company: Company = COMPANY, **keywords):
    entry = find(slug)
    return entry.picture(entry.run(company, **keywords), company)


def negative_day() -> dict[str, str]:
    """A day on which a customer returned more than it bought, and others bought."""
    daily = LINES.groupby([LINES["booked_at"].dt.strftime("%Y-%m-%d"), "customer_id"])["net"].sum()
    low, total = daily.groupby(level=0).min(), daily.groupby(level=0).sum()
    day = total[(low < 0) & (total > 0)].index[0]
    return {"start": day, "end": day}


def test_no_slice_is_negative():
    day = negative_day()
    result = sales_composition(COMPANY, by="customer", **day)
    assert (result["share"] < 0).any() and result["share"].sum() == pytest.approx(1)
    drawn = picture("sales-composition", by="customer", **day)
    assert isinstance(drawn, Bars) and min(drawn.values) < 0
    assert isinstance(picture("sales-composition", start="2021-01-01", end="2021-01-01"), Bars)


def test_a_pie_is_the_whole():
    drawn = picture("sales-composition", by="minor_category")
    assert isinstance(drawn, Pie)
    assert len(drawn.values) == 8
    assert sum(drawn.values) == pytest.approx(profit(COMPANY)["net_sales"].iloc[0])
    assert isinstance(picture("sales-composition", by="customer"), Bars), "most would be others"


def test_the_form_follows_the_groups():
    assert isinstance(picture("profit"), Waterfall)
    assert isinstance(picture("profit", by="quarter"), Trend)
    assert isinstance(picture("profit", by="product"), Bars)


def test_a_trend_says_what_is_comparable(default):
    entry = find("sales-trend")

    def said(**keywords) -> str:
        return entry.finding(entry.run(default, **keywords), default)

    english = default.language == "en"
    assert ("a year earlier" if english else "同比") in said()
    assert ("quarter before" if english else "第4季度") in said(every="quarter")
    assert ("2025" in said(every="year")) and ("month" if english else "环比") not in said(every="year")
    alone = said(start="2025-03-01", end="2025-03-31")
    assert ("2025-03" if english else "2025年3月") in alone and "%" not in alone
    assert ("no whole month" if english else "没有完整的自然月") in said(start="2025-03-01", end="2025-03-30")


def test_more_returns_than_sales(default):
    daily = LINES.groupby(["product_id", LINES["booked_at"].dt.strftime("%Y-%m-%d")])["net"].sum()
    product, day = daily.idxmin()
    for slug in ("sales-composition", "profit"):
        entry = find(slug)
        result = entry.run(default, product=int(product), start=day, end=day)
        assert ("More came back" if default.language == "en" else "退货多于销售") in entry.finding(
            result, default
        )
        assert "nan" not in entry.alt(result, default)


# Companies of one's own


def test_a_company_of_ones_own():
    sales = pd.DataFrame(
        {
            "day": ["2024-01-31", "2024-02-29", "2024-02-29", "2024-04-01"],
            "who": ["Ann", "Bo", "Ann", "Bo"],
            "what": ["Tea", "Pen", "Tea", "Pen"],
            "yuan": [100.01, 50.5, -10.01, 20.0],
            "cost": [70.02, 40.25, -7.02, 21.0],
        }
    )
    columns = {"date": "day", "customer": "who", "product": "what", "amount": "yuan", "cost": "cost"}
    own = Company.from_sales(sales, columns, language="en")
    assert profit(own)[["net_sales", "cost", "margin"]].iloc[0].tolist() == [160.5, 124.25, 36.25]
    trend = sales_trend(own)
    assert trend["net_sales"].tolist() == [100.01, 40.49, 0.0, 20.0]
    assert trend["complete"].tolist() == [False, True, True, False]
    shares = sales_composition(own, by="product")
    assert shares[["group", "net_sales"]].values.tolist() == [["Tea", 90.0], ["Pen", 70.5]]
    assert sales_composition(own, by="minor_category")["share"].sum() == pytest.approx(1)
    del columns["cost"]
    with pytest.raises(CrmlabError, match="unit_cost"):
        profit(Company.from_sales(sales, columns, language="en"))


@pytest.mark.parametrize(
    ("function", "keywords", "says"),
    [
        (sales_trend, {"every": "week"}, "month"),
        (sales_composition, {"by": "sauce"}, "source"),
        (sales_composition, {"by": "total"}, "customer"),
        (profit, {"categories": "tomorrow"}, "today"),
    ],
)
def test_wrong_input(default, function, keywords, says):
    with pytest.raises(CrmlabError, match=says):
        function(default, **keywords)
