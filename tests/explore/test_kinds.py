"""The kinds of chart that one can choose."""

from __future__ import annotations

import re

import pytest

from crmlab import explore, open_company
from crmlab.analysis import menu


@pytest.fixture(params=["en", "zh"])
def company(request):
    return open_company(language=request.param)


def alt(page):
    return re.search(r'alt="([^"]*)"', page._chart.value)[1]


def offered(page):
    return [value for _, value in page.chart.kind.options]


def test_another_kind_draws_another_chart_of_the_same_numbers(company):
    page = explore(company, "customer-statistics")
    drawn = {}
    for kind in offered(page):
        page.chart.kind.value = kind
        drawn[kind] = page._chart.value
        assert f"{page.result['customers'].max():,}" in alt(page) or kind == "chart_pie"
    assert len(set(drawn.values())) == len(drawn) == 4


def test_a_trend_is_a_line_and_no_pie(company):
    page = explore(company, "sales-trend")
    assert "chart_line" in offered(page) and "chart_pie" not in offered(page)
    page.chart.kind.value = "chart_line"
    assert page.result["period"].iloc[0] in alt(page)


def test_shares_and_negative_parts_are_no_pie(company):
    page = explore(company, "customer-statistics")
    page.chart.kind.value = "chart_bars"
    page.chart.measure.value = "share"
    assert "chart_pie" not in offered(page)
    page.choose("receivables-by-customer")
    page.chart.kind.value = "chart_bars"
    page.chart.measure.value = "credit"
    assert "chart_pie" not in offered(page)


def test_the_kind_stays_with_a_filter_and_goes_with_the_analysis(company):
    page = explore(company, "customer-statistics")
    page.chart.kind.value = "chart_pareto"
    page.bar.period.value = "last_year"
    assert page.chart.kind.value == "chart_pareto"
    page.choose("value-customers")
    assert page.chart.kind.value == "chart_own"


def test_every_kind_of_every_analysis_can_be_drawn():
    page = explore(open_company(language="zh"))
    for entry in menu.entries():
        page.choose(entry.slug)
        for kind in offered(page)[1:]:
            page.chart.kind.value = kind
            assert page.result is not None and len(alt(page)) > 10, (entry.slug, kind)
