"""The menu: complete in both languages, and an analysis is one file and no edit elsewhere."""

from __future__ import annotations

import inspect
import sys
import textwrap
from functools import cache

import pandas as pd
import pytest

import crmlab.analysis
from crmlab import Company, Filter, open_company
from crmlab.analysis import menu
from crmlab.analysis.charts.canvas import NOTHING
from crmlab.analysis.filters import FIELDS
from crmlab.analysis.own import Choice
from crmlab.locale import Text

from .asking import honoured, nothing, other, whole


def test_the_menu_has_every_step_once_and_is_in_its_groups():
    entries = menu.entries()
    steps = [entry.step for entry in entries if entry.step]
    assert sorted(steps) == list(range(1, 19))
    orders = [entry.group.order for entry in entries]
    assert orders == sorted(orders)
    assert len({entry.slug for entry in entries}) == len(entries)
    for language in ("en", "zh"):
        assert len({entry.name.to(language) for entry in entries}) == len(entries)


def test_nothing_has_two_names(entry):
    """A parameter with the name of a filter would hide it."""
    assert not {own.name for own in entry.own} & set(menu.FIELD_NAMES)


def test_complete_in_both_languages(entry):
    texts = [entry.name, entry.about, entry.group.name]
    texts += [heading.title for heading in entry.columns.values()]
    texts += [own.label for own in entry.own]
    for own in entry.own:
        texts += own.words.values() if isinstance(own, Choice) else [own.unit]
    texts += [word for heading in entry.columns.values() for word in (heading.words or {}).values()]
    for text in texts:
        assert isinstance(text, Text) and text.en.strip() and text.zh.strip()
        assert text.en.isascii() and not text.zh.isascii(), text
    assert set(entry.honours) <= {"period", "end", *FIELDS}
    assert not {"period", "end"} <= set(entry.honours)


def test_found_by_every_name(entry):
    steps = [entry.step, str(entry.step)] if entry.step else []
    for key in (entry.slug, *steps, entry.function.__name__, *entry.name):
        assert menu.find(key) is entry
    assert getattr(crmlab.analysis, entry.function.__name__) is entry.function
    assert entry.function.__name__ in dir(crmlab.analysis)


def test_the_signature_shows_what_can_be_typed(entry):
    parameters = inspect.signature(entry.function).parameters
    assert list(parameters)[:2] == ["company", "filter"]
    assert {own.name: own.default for own in entry.own}.items() <= {
        name: parameter.default for name, parameter in parameters.items()
    }.items()
    assert ("product" in parameters) == ("product" in entry.honours)


def test_columns_and_dtypes(entry):
    default = open_company(language="zh", seed=2026)  # only words differ between the languages
    full, empty = whole(entry, default), entry.run(default, **nothing(entry))
    assert list(full) == list(empty) == list(entry.columns)
    pd.testing.assert_series_equal(full.dtypes, empty.dtypes)
    for name, heading in entry.columns.items():
        assert (heading.format in ("count", "year", "id")) == pd.api.types.is_integer_dtype(full[name])


@cache
def emptied(company):
    """Return a company with people and products, to whom nothing has happened yet."""
    keep = ("employees", "products")
    raw = {name: table if name in keep else table.head(0) for name, table in company.raw.items()}
    return Company(raw, language=company.language)


def test_an_empty_company(default, entry):
    empty = emptied(default)
    result = whole(entry, empty)
    pd.testing.assert_series_equal(result.dtypes, whole(entry, default).dtypes)
    assert entry.finding(result, empty) and entry.alt(result, empty)


def test_the_chart_of_an_empty_company(entry):
    empty = emptied(open_company(language="zh", seed=2026))
    chart = entry.chart(whole(entry, empty), empty)
    assert chart.artists or chart.texts[-1].get_text() in NOTHING


def test_every_value_can_be_shown(default, entry):
    result = whole(entry, default).head(30)
    for name, heading in entry.columns.items():
        for value in result[name]:
            assert heading.show(value, default.language)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {
            "start": "2025-01-01",
            "end": pd.Timestamp("2025-12-31"),
            "source": ["Website", "未知"],
            "owner": pd.Series([1, 3]),
        },
    ],
    ids=["everything", "filtered"],
)
def test_the_code_makes_the_same_table(entry, given):
    default = open_company(language="zh", seed=2026)  # code has no language; labels are typed in either
    filter = Filter(**honoured(entry, given))
    own = {own.name: other(own) for own in entry.own} if given else {}
    space = {"company": default}
    *lines, call = entry.code(filter, **own).split("\n\n")
    exec("\n".join(lines), space)
    pd.testing.assert_frame_equal(eval(call, space), entry.run(default, filter, **own))


def test_each_own_parameter_changes_something_or_is_refused(entry):
    """Every value that is offered gives a table of the declared columns, with a finding and a chart."""
    default = open_company(language="zh", seed=2026)
    for own in entry.own:
        values = own.words if isinstance(own, Choice) else (own.minimum, own.maximum, other(own))
        for value in values:
            result = entry.run(default, **{own.name: value})
            assert list(result) == list(entry.columns)
            assert "nan" not in entry.finding(result, default).split()
            assert entry.picture(result, default).alt(default.language)


def test_a_new_analysis_is_one_file(default, tmp_path, monkeypatch):
    module = '''
    """How many orders there are."""
    from crmlab.analysis.charts import Bars
    from crmlab.analysis.frames import collected, valid_orders
    from crmlab.analysis.groups import CUSTOMERS
    from crmlab.analysis.heading import Heading
    from crmlab.analysis.menu import analysis
    from crmlab.locale import Text

    @analysis(group=CUSTOMERS, name=Text("Orders", "订单"), about=Text("Orders.", "订单。"),
              honours=("period",), columns={"order_id": Heading(Text("Order", "订单"), "id")},
              finding=lambda result, company: str(len(result)),
              picture=lambda result, company: Bars("n", ["a"], [len(result)], ["b"]))
    def order_numbers(company, conditions):
        return collected(conditions.keep(valid_orders(company), "ordered_at").select("order_id"))
    '''
    (tmp_path / "orders_only.py").write_text(textwrap.dedent(module), encoding="utf-8")
    monkeypatch.setattr(crmlab.analysis, "__path__", [*crmlab.analysis.__path__, str(tmp_path)])
    menu.entries.cache_clear()
    try:
        entry = menu.find("order-numbers")
        assert entry in menu.entries()
        assert len(entry.run(default, start="2026-01-01")) > 0
        assert entry.chart(entry.run(default), default).artists
    finally:
        menu.entries.cache_clear()
        sys.modules.pop("crmlab.analysis.orders_only", None)
