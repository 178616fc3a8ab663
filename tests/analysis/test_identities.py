"""What must hold whatever the data and the filter."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, Filter, open_company
from crmlab.analysis import customer_statistics, gift_list, new_customers, value_customers
from crmlab.analysis.filters import FIELDS
from crmlab.company.schema import INDUSTRIES, REGIONS, SOURCES

COMPANY = open_company(language="en", seed=2026)
FIRST, LAST = date(2021, 1, 1), date(2026, 1, 31)

days = st.dates(FIRST, LAST)
periods = st.tuples(days, days).map(sorted)
labels = st.fixed_dictionaries(
    {},
    optional={
        "source": st.lists(
            st.sampled_from([*(word.zh for word in SOURCES), "Unknown"]), min_size=1, max_size=4
        ),
        "region": st.lists(st.sampled_from([word.en for word in REGIONS]), min_size=1, max_size=4),
        "industry": st.lists(st.sampled_from([word.en for word in INDUSTRIES]), min_size=1, max_size=5),
    },
)
brief = settings(max_examples=25, deadline=None)


def cents(result: pd.DataFrame) -> pd.Series:
    return (result.set_index("customer_id")["net_sales"] * 100).round().astype("int64")


@brief
@given(periods, labels)
def test_shares_sum_to_one(period, chosen):
    start, end = period
    statistics = customer_statistics(COMPANY, start=start, end=end, **chosen)
    ranking = value_customers(COMPANY, start=start, end=end, **chosen)
    if statistics["customers"].sum():
        assert statistics["share"].sum() == pytest.approx(1)
    else:
        assert statistics["share"].isna().all()
    if len(ranking) and ranking["net_sales"].sum() != 0:
        assert ranking["share"].sum() == pytest.approx(1)
        assert ranking["cumulative_share"].iloc[-1] == pytest.approx(1)


@brief
@given(periods, days, labels)
def test_two_periods_make_one(period, cut, chosen):
    start, end = period
    cut = min(max(cut, start), end)
    whole = cents(value_customers(COMPANY, start=start, end=end, **chosen))
    parts = [cents(value_customers(COMPANY, start=start, end=cut, **chosen))]
    if cut < end:
        parts.append(cents(value_customers(COMPANY, start=cut + timedelta(days=1), end=end, **chosen)))
    summed = pd.concat(parts).groupby(level=0).sum()
    pd.testing.assert_series_equal(summed.sort_index(), whole.sort_index())


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(["source", "region", "industry"]), periods)
def test_the_groups_make_the_whole(field, period):
    start, end = period
    words = {"source": [*SOURCES, ("Unknown", "未知")], "region": REGIONS, "industry": INDUSTRIES}[field]
    parts = [cents(value_customers(COMPANY, start=start, end=end, **{field: word[1]})) for word in words]
    whole = cents(value_customers(COMPANY, start=start, end=end))
    pd.testing.assert_series_equal(pd.concat(parts).sort_index(), whole.sort_index())


@brief
@given(labels)
def test_filters_compose(chosen):
    """What several fields keep together is what each keeps alone."""
    together = set(value_customers(COMPANY, **chosen)["customer_id"])
    alone = [set(value_customers(COMPANY, **{name: words})["customer_id"]) for name, words in chosen.items()]
    assert together == set.intersection(set(value_customers(COMPANY)["customer_id"]), *alone)


@brief
@given(periods, labels)
def test_a_ranking_is_one(period, chosen):
    start, end = period
    result = value_customers(COMPANY, start=start, end=end, **chosen)
    assert result["net_sales"].is_monotonic_decreasing
    assert (
        result["rank"] == 1 + result["net_sales"].map(lambda value: (result["net_sales"] > value).sum())
    ).all()
    tied = result[result["rank"].duplicated(keep=False)]
    assert (tied.groupby("rank")["customer_id"].diff().dropna() > 0).all()
    positive = result[result["net_sales"] > 0]
    if result["net_sales"].sum() > 0:
        assert positive["cumulative_share"].is_monotonic_increasing


@brief
@given(periods, labels, st.integers(1, 60))
def test_the_top_is_the_head(period, chosen, top):
    keywords = {"start": period[0], "end": period[1], **chosen}
    ranking = value_customers(COMPANY, **keywords)
    pd.testing.assert_frame_equal(value_customers(COMPANY, top=top, **keywords), ranking.head(top))
    gifts = gift_list(COMPANY, top=top, **keywords)
    same = ["rank", "customer_id", "customer", "net_sales"]
    pd.testing.assert_frame_equal(gifts[same], ranking.head(top)[same])
    assert gifts["customer_id"].is_unique


@brief
@given(periods)
def test_new_customers_add_up(period):
    """Everybody who ever bought was new once, and the years of a period are those of the whole."""
    whole = new_customers(COMPANY)
    assert whole["cumulative"].iloc[-1] == customer_statistics(COMPANY)["customers"].sum()
    found = new_customers(COMPANY, start=period[0], end=period[1])
    assert found["year"].tolist() == list(range(period[0].year, period[1].year + 1))
    merged = found.merge(whole, on="year", suffixes=("", "_whole"))
    assert (merged["new_customers"] <= merged["new_customers_whole"]).all()
    complete = merged[merged["complete"]]
    assert (complete["new_customers"] == complete["new_customers_whole"]).all()


@brief
@given(periods)
def test_buyers_have_a_line(period):
    """A customer who bought in the period is in the ranking; one with only a return is not a buyer."""
    start, end = period
    buyers = customer_statistics(COMPANY, start=start, end=end)["customers"].sum()
    assert buyers <= len(value_customers(COMPANY, start=start, end=end))


def test_a_period_ends_with_the_records():
    """Years without records are no rows, and this year is not complete however far the period goes."""
    pd.testing.assert_frame_equal(
        new_customers(COMPANY, start="2019-01-01", end="2027-12-31"), new_customers(COMPANY)
    )


def test_numbers_of_orders_say_nothing_about_time():
    """An order that was keyed in late has a high number and may still be the first."""
    raw = dict(COMPANY.raw)
    for name in ("orders", "order_lines"):
        raw[name] = raw[name].assign(order_id=raw[name]["order_id"].max() - raw[name]["order_id"])
    renumbered = Company(raw, language="en")
    for recorder in (None, COMPANY.me):
        pd.testing.assert_frame_equal(
            new_customers(renumbered, recorder=recorder), new_customers(COMPANY, recorder=recorder)
        )


def test_keywords_and_filter_say_the_same():
    filter = Filter(start="2025-01-01", end="2025-12-31", source="Website")
    expected = value_customers(COMPANY, start="2025-01-01", end="2025-12-31", source="公司网站")
    pd.testing.assert_frame_equal(value_customers(COMPANY, filter), expected)
    narrower = value_customers(COMPANY, filter, end="2025-06-30")
    assert narrower["net_sales"].sum() < expected["net_sales"].sum()


def test_every_way_to_name_a_value():
    employees = COMPANY.raw["employees"]
    person = employees[employees["employee_id"] == COMPANY.me].iloc[0]
    ways = [COMPANY.me, str(COMPANY.me), person["account"], person["account"].upper(), [COMPANY.me]]
    results = [value_customers(COMPANY, recorder=way) for way in ways]
    for result in results[1:]:
        pd.testing.assert_frame_equal(result, results[0])
    assert 0 < len(results[0]) < len(value_customers(COMPANY))
    assert set(FIELDS) == set(Filter.__dataclass_fields__) - {"start", "end"}


@pytest.mark.parametrize(
    "end",
    [
        "2025-03-31",
        "2025/3/31",
        "2025年3月31日",
        date(2025, 3, 31),
        pd.Timestamp("2025-03-31 08:00"),
        pd.Timestamp("2025-03-31").to_datetime64(),
        "2025-03-31 08:00",
    ],
    ids=str,
)
def test_every_way_to_write_a_day(end):
    """A time of day does not matter: the period is of days, and the last one counts to its end."""
    expected = value_customers(COMPANY, start="2025-03-01", end="2025-03-31")
    pd.testing.assert_frame_equal(value_customers(COMPANY, start="2025-03-01", end=end), expected)


def test_nothing_chosen_is_everything():
    pd.testing.assert_frame_equal(value_customers(COMPANY, source=[], owner=None), value_customers(COMPANY))


def test_products_in_either_language():
    chinese = open_company(language="zh", seed=2026)
    for column in ("major_category", "minor_category"):
        english, other = COMPANY.raw["products"][column].iloc[0], chinese.raw["products"][column].iloc[0]
        assert english != other
        pd.testing.assert_frame_equal(
            value_customers(chinese, **{column: english}), value_customers(chinese, **{column: other})
        )
