"""Whatever a person types wrong gets one sentence, in the notebook's language, that says what to do."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from crmlab import Company, Filter, open_company
from crmlab.analysis import customer_statistics, gift_list, new_customers, value_customers
from crmlab.analysis.menu import find
from crmlab.errors import CrmlabError

WRONG = {
    "no date": (value_customers, {"start": "yesterday"}, "filters.not_a_date", "yesterday"),
    "no day of the calendar": (value_customers, {"end": "2025-02-30"}, "filters.not_a_date", "2025-02-30"),
    "a number for a date": (value_customers, {"start": 2025}, "filters.not_a_date", "2025"),
    "not a time": (value_customers, {"end": pd.NaT}, "filters.not_a_date", "NaT"),
    "reversed": (new_customers, {"start": "2025-02-01", "end": "2025-01-31"},
                 "filters.period_reversed", "2025-01-31"),
    "before the data": (new_customers, {"end": "2019-12-31"}, "filters.period_outside", "2021-01-01"),
    "after the data": (new_customers, {"start": "2030-01-01"}, "filters.period_outside", "2026-01-31"),
    "label": (customer_statistics, {"source": "Webside"}, "filters.did_you_mean", "Website"),
    "label, nothing near": (customer_statistics, {"region": "Qqqq"}, "filters.choose", "Qqqq"),
    "customer": (value_customers, {"customer": 99}, "filters.look_up", "company.customers"),
    "product": (value_customers, {"product": "Qqqqqqqqqq"}, "filters.look_up", "company.products"),
    "employee": (value_customers, {"owner": ["nobody@"]}, "filters.", "nobody@"),
    "nothing in particular": (value_customers, {"source": [None]}, "filters.", "None"),
    "empty text": (value_customers, {"source": ""}, "filters.choose", ""),
    "not honoured": (new_customers, {"product": 1}, "filters.not_honoured", "recorder"),
    "keyword": (value_customers, {"tpo": 5}, "analysis.no_such_keyword_near", "top"),
    "keyword, nothing near": (customer_statistics, {"qqq": 5}, "analysis.no_such_keyword", "major_category"),
    "filter": (value_customers, {"filter": "2025"}, "filters.not_a_filter", "2025"),
    "text for a number": (value_customers, {"top": "many"}, "analysis.own_whole", "many"),
    "part of a customer": (value_customers, {"top": 2.5}, "analysis.own_whole", "2.5"),
    "true is no number": (value_customers, {"top": True}, "analysis.own_whole", "True"),
    "none": (gift_list, {"top": None}, "analysis.own_whole", "None"),
    "not a number": (gift_list, {"budget": np.nan}, "analysis.own_whole", "nan"),
    "too few": (value_customers, {"top": 0}, "analysis.own_range", "1000"),
    "too much": (gift_list, {"budget": 1e9}, "analysis.own_range", "10000"),
}  # fmt: skip


@pytest.mark.parametrize(("function", "keywords", "key", "says"), WRONG.values(), ids=WRONG)
def test_wrong_input(default, function, keywords, key, says):
    with pytest.raises(CrmlabError) as caught:
        function(default, **keywords)
    message = str(caught.value)
    assert caught.value.key.startswith(key)
    assert bool(re.search(r"[\u4e00-\u9fff]{4}", message)) == (default.language == "zh")
    if says != "Website" or default.language == "en":
        assert says in message


@pytest.mark.parametrize(
    "thing", [None, "company", pd.DataFrame({"customer_id": []})], ids=["none", "text", "frame"]
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_company(thing, language, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", language)
    with pytest.raises(CrmlabError, match=r"open_company\(\)"):
        value_customers(thing)


def test_a_table_that_is_not_there(default):
    raw = {name: table for name, table in default.raw.items() if name != "order_lines"}
    with pytest.raises(CrmlabError, match="order_lines"):
        value_customers(Company(raw, language=default.language))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_field_that_no_filter_has(language, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", language)
    with pytest.raises(CrmlabError, match="minor_category"):
        Filter(colour="red")


@pytest.mark.parametrize(
    ("key", "near"), [("value-customer", "value-customers"), ("qqqq", "gift-list"), (99, "lost-deals")]
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_analysis_that_is_not_there(key, near, language):
    with pytest.raises(CrmlabError, match=near):
        find(key, language)


def test_near_matches_name_real_customers():
    company = open_company(language="en", seed=2026)
    name = company.raw["customers"]["name"].iloc[3]
    with pytest.raises(CrmlabError) as caught:
        value_customers(company, customer=name[:-2])
    assert name in str(caught.value)
