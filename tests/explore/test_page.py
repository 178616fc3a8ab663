"""The Analysis page without a browser: what a person does to its widgets, and what they then say."""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from html import escape
from html.parser import HTMLParser

import pytest

from crmlab import Filter, explore, open_company
from crmlab.analysis import menu
from crmlab.analysis.filters import keywords
from crmlab.errors import CrmlabError
from crmlab.explore import bar as bar_module
from crmlab.explore import page as page_module
from crmlab.explore.quiet import QUIET

LANGUAGES = ("en", "zh")
SLUGS = [entry.slug for entry in menu.entries()]
BY_CUSTOMERS = [entry.slug for entry in menu.entries() if "region" in entry.honours]


@pytest.fixture(params=LANGUAGES)
def company(request):
    return open_company(language=request.param)


def words(page) -> str:
    """Everything that the page says in HTML."""
    html = " ".join(part.value for part in (page._finding, page._table, page._chart, page._code))
    return re.sub(r'src="[^"]*"', "", html).replace("&nbsp;", " ")


def expected(company, slug, **given):
    return menu.find(slug).run(company, **given)


def honoured(slug, **given):
    """What the analysis honours of ``given``."""
    return {name: value for name, value in given.items() if name in keywords(menu.find(slug).honours)}


@cache
def page_until_2025(slug, language):
    """The page of all years until 2025, for those who only look at it."""
    until_2025 = honoured(slug, end="2025-12-31")
    return explore(open_company(language=language), slug, **until_2025)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_shows_what_the_analysis_says(company, slug):
    page, entry = page_until_2025(slug, company.language), menu.find(slug)
    result = expected(company, slug, **honoured(slug, end="2025-12-31"))
    assert page.result.equals(result)
    for heading in entry.columns.values():
        assert heading.title.to(company.language) in page._table.value
    assert page._table.value.count("<tr data-row") == min(len(result), 30)
    assert escape(entry.finding(result, company)[:20]) in words(page)


@pytest.mark.parametrize("slug", BY_CUSTOMERS)
def test_the_code_on_the_screen_makes_the_table_on_the_screen(slug):
    company = open_company(language="zh")  # labels are typed in either language, code has none
    page = explore(company, slug, **honoured(slug, end="2025-10-31", source="Website"))
    page.bar.fields["region"].value = page.bar.fields["region"].options[1][1]
    code = re.search(r"<pre[^>]*>(.*)</pre>", page._code.value, re.DOTALL)[1].replace("&quot;", '"')
    imports, call = code.split("\n\n", 1)
    scope = {"company": company}
    exec(imports, scope)
    assert eval(call, scope).equals(page.result)
    assert "region=" in call and ("2025-10-31" in call) == ("end" in keywords(page.entry.honours))


def first_major(company):
    return company.products["major_category"].iloc[0]


def test_a_change_of_a_filter_shows_at_once(company):
    page = explore(company, "value-customers")
    before = [part.value for part in (page._finding, page._table, page._chart, page._code)]
    region = page.bar.fields["region"].options[1][1]
    page.bar.fields["region"].value = region
    after = [part.value for part in (page._finding, page._table, page._chart, page._code)]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert page.result.equals(expected(company, "value-customers", region=region))


def test_an_own_parameter_is_a_number_field(company):
    page = explore(company, "gift-list", budget=100)
    assert page.own.fields["budget"].value == 100
    page.own.fields["budget"].value = 700
    assert page.result.equals(expected(company, "gift-list", budget=700))


def test_an_own_parameter_may_be_switched_off(company):
    page = explore(company, "value-customers", top=5)
    assert len(page.result) == 5
    page.own.fields["top"].value = ""
    assert page.result.equals(expected(company, "value-customers"))
    page.own.fields["top"].value = "many"
    assert page.result is None and "many" in words(page)


def test_named_periods_are_chosen_with_one_question_each(company):
    page = explore(company, "customer-statistics")
    asked = []
    page.refresh, again = lambda: asked.append(1), page.refresh
    page.bar._changed = page.refresh
    days = {
        "last_year": ("2025-01-01", "2025-12-31"),
        "this_year": ("2026-01-01", "2026-01-31"),
        "this_month": ("2026-01-01", "2026-01-31"),
        "last_quarter": ("2025-10-01", "2025-12-31"),
        "last_12_months": ("2025-02-01", "2026-01-31"),
        "same_period_last_year": ("2025-01-01", "2025-01-31"),
        "all": ("", ""),
    }
    for name, (start, end) in days.items():
        page.bar.period.value = name
        assert page.bar.period.value == name
        assert (page.bar.fields["start"].value, page.bar.fields["end"].value) == (start, end)
    assert page.bar.filter() == Filter()
    assert len(asked) == len(days)
    again()
    assert page.result.equals(expected(company, "customer-statistics"))


def test_dates_of_a_named_period_are_called_so(company):
    page = explore(company, "value-customers", start="2025-01-01", end="2025-12-31")
    assert page.bar.period.value == "last_year"
    page.bar.fields["end"].value = "2025年12月30日"
    assert page.bar.fields["end"].value == "2025-12-30"
    assert page.bar.period.value == "own_period"
    page.bar.buttons["clear"].click()
    assert page.bar.period.value == "all"


def test_a_day_as_of_which_something_is_stated_is_one_field(company):
    page = explore(company, "value-customers", start="2025-01-01", end="2025-12-31")
    as_period = page.bar.fields["end"].description
    page.choose("receivables")
    shown = {name for name, field in page.bar.fields.items() if field.layout.display != "none"}
    assert "end" in shown and "start" not in shown and page.bar.period.layout.display == "none"
    assert page.bar.fields["end"].description != as_period
    assert page.result.equals(expected(company, "receivables", end="2025-12-31"))
    page.choose("value-customers")
    assert page.bar.filter() == Filter(start="2025-01-01", end="2025-12-31")


def test_clear_sets_everything_back(company):
    page = explore(company, "value-customers", start="2025-01-01", source=["Website", "Unknown"], top=7)
    page.bar.fields["major_category"].value = first_major(company)
    page.bar.buttons["clear"].click()
    assert page.bar.filter() == Filter()
    assert len(page.result) == 7  # a parameter is not a filter


def test_categories_cascade(company):
    products = company.products
    row = products.iloc[0]
    page = explore(company, "value-customers")
    fields = page.bar.fields
    fields["major_category"].value = row["major_category"]
    under = products[products["major_category"] == row["major_category"]]
    assert {value for _, value in fields["minor_category"].options} == {"", *under["minor_category"]}
    fields["minor_category"].value = row["minor_category"]
    offered = [option if isinstance(option, str) else option[1] for option in fields["product"].options]
    below = under[under["minor_category"] == row["minor_category"]]
    assert set(offered) - {""} == set(below["name"])
    fields["product"].value = row["name"]
    other = next(name for name in products["major_category"] if name != row["major_category"])
    fields["major_category"].value = other
    assert page.bar.filter().given() == {"major_category": other}
    assert page.result.equals(expected(company, "value-customers", major_category=other))


def test_an_impossible_pair_of_categories_is_shown_and_can_be_undone(company):
    products = company.products
    major = products["major_category"].iloc[0]
    strange = products.loc[products["major_category"] != major, "minor_category"].iloc[0]
    page = explore(company, "value-customers", major_category=major, minor_category=strange)
    assert page.result.empty
    assert page.bar.fields["minor_category"].value == strange
    page.bar.fields["minor_category"].value = ""
    assert page.result.equals(expected(company, "value-customers", major_category=major))


def test_several_values_from_code_are_on_the_screen(company):
    page = explore(company, "value-customers", source=["Website", "未知"], customer=[1001, 1002, 1003])
    assert page.result.equals(
        expected(company, "value-customers", source=["Website", "未知"], customer=[1001, 1002, 1003])
    )
    assert ";" in page.bar.fields["customer"].value
    assert page.bar.fields["source"].label.count(";") == 1


def test_of_many_customers_only_those_like_what_is_typed_are_offered(company, monkeypatch):
    monkeypatch.setattr(bar_module, "MANY", 100)
    page = explore(company, "value-customers", customer=[1001, 1002])
    field, names = page.bar.fields["customer"], company.customers.set_index("customer_id")["name"]
    assert field.value == f"{names[1001]}; {names[1002]}" and field.options == ()
    before = page.result
    field.value = names[1003][:-1]
    assert names[1003] in field.options and len(field.options) <= bar_module.OFFERED
    assert page.result is before  # nothing is asked while somebody types
    field.value = names[1003]
    assert page.result.equals(expected(company, "value-customers", customer=1003))
    field.value = f"{names[1003]}; {names[1004]}"
    assert page.result.equals(expected(company, "value-customers", customer=[1003, 1004]))
    field.value = "1005"
    assert page.result.equals(expected(company, "value-customers", customer=1005))
    field.value = ""
    assert page.result.equals(expected(company, "value-customers"))


def test_my_own_account_is_marked_in_the_list_of_recorders():
    page = explore(open_company(language="zh", account="s2026017"), "value-customers")
    mine = [value for label, value in page.bar.fields["recorder"].options if label.endswith("（我）")]
    assert len(mine) == 1


def test_only_the_filters_that_an_analysis_honours_are_shown(company, monkeypatch):
    page = explore(company, "customer-statistics", region="East China")
    region = page.bar.fields["region"].value
    limited = replace(menu.find("value-customers"), honours=("period",))
    monkeypatch.setattr(page_module, "find", lambda *_: limited)
    page.choose("value-customers")
    assert page.bar.fields["region"].layout.display == "none"
    assert page.bar.fields["start"].layout.display == ""
    assert page.result.equals(expected(company, "value-customers"))
    monkeypatch.undo()
    page.choose("customer-statistics")
    assert page.bar.filter() == Filter(region=region)


def test_the_menu_opens_every_analysis_and_keeps_the_filter(company):
    page = explore(company, region="East China")
    for slug in SLUGS:
        page.menu[slug].click()
        assert page.entry.slug == slug
        assert page.result.equals(expected(company, slug, **honoured(slug, region="East China")))
        marked = [name for name, button in page.menu.items() if "crm-open" in button._dom_classes]
        assert marked == [slug]


def test_two_pages_on_one_company_do_not_disturb_each_other(company):
    first, second = explore(company, "value-customers"), explore(company, "value-customers")
    before = words(second)
    first.bar.fields["region"].value = first.bar.fields["region"].options[2][1]
    first.choose("new-customers")
    assert words(second) == before
    assert second.entry.slug == "value-customers"


# What goes wrong


def test_what_nobody_sold_is_said_with_a_way_back(company):
    page = explore(company, "value-customers")
    page.bar.fields["product"].value = never_sold(company)
    assert page.result.empty
    assert page.rescue.layout.display == ""
    assert "<img" not in page._chart.value
    page.rescue.click()
    assert len(page.result) > 100


def never_sold(company):
    products = company.products
    return products[~products["product_id"].isin(company.order_lines["product_id"])]["name"].iloc[0]


def test_a_typing_error_is_a_sentence_and_the_page_stays_usable(company):
    page = explore(company, "value-customers")
    page.bar.fields["customer"].value = "Nobody & <Sons>"
    assert page.result is None
    assert "Nobody &amp; &lt;Sons&gt;" in words(page) and 'role="alert"' in words(page)
    page.bar.fields["customer"].value = ""
    assert page.result is not None and 'role="status"' in words(page)


def test_an_unexpected_failure_is_a_sentence_and_is_logged(company, monkeypatch, caplog):
    page = explore(company, "value-customers")
    monkeypatch.setattr(type(page.entry), "run", lambda *_, **__: 1 / 0)
    with caplog.at_level(logging.ERROR, "crmlab"):
        page.bar.period.value = "last_year"
    assert page.result is None and 'role="alert"' in words(page)
    assert "ZeroDivisionError" in caplog.text and "ZeroDivisionError" not in words(page)
    monkeypatch.undo()
    page.bar.period.value = "all"
    assert page.result is not None


def test_an_analysis_that_always_fails_still_opens(company, monkeypatch):
    monkeypatch.setattr(menu.Entry, "run", lambda *_, **__: 1 / 0)
    page = explore(company, "value-customers")
    assert page.result is None and 'role="alert"' in words(page)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"analysis": "value-custommers"}, "value-customers"),
        ({"analysis": "value-customers", "regionn": "East China"}, "region"),
        ({"analysis": "value-customers", "region": "East Chian"}, "East Chian"),
        ({"analysis": "value-customers", "start": "tomorrow"}, "tomorrow"),
        ({"analysis": "value-customers", "start": "2025-02-01", "end": "2025-01-01"}, "2025-02-01"),
        ({"analysis": "value-customers", "top": "many"}, "many"),
        ({"analysis": "value-customers", "top": -3}, "-3"),
        ({"analysis": "value-customers", "filter": "East China"}, "East China"),
    ],
)
def test_a_wrong_call_is_refused_with_a_sentence_that_names_it(company, given, named):
    with pytest.raises(CrmlabError, match=named) as refused:
        explore(company, **given)
    chinese = re.search("[一-鿿]", str(refused.value)) is not None
    assert chinese == (company.language == "zh")


def test_what_is_no_company_is_refused():
    with pytest.raises(CrmlabError, match="open_company"):
        explore("value-customers")


@pytest.mark.parametrize("first", ["crmlab.explore", "crmlab"])
def test_explore_can_be_called_whatever_was_imported_first(first):
    script = f"import {first}; from crmlab import explore; print(callable(explore))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8")
    assert run.stdout.strip() == "True", run.stderr


def test_a_day_that_is_none_is_a_sentence_and_the_page_stays_usable(company):
    page = explore(company, "value-customers")
    page.bar.fields["start"].value = "soon"
    assert page.result is None and "soon" in words(page)
    page.bar.fields["start"].value = "2025/1/1"
    assert page.result.equals(expected(company, "value-customers", start="2025-01-01"))


def test_a_change_and_the_result_in_one_cell_belong_together_and_the_newest_wins(company, monkeypatch):
    page = explore(company, "value-customers")
    asked = []
    run = menu.Entry.run
    monkeypatch.setattr(menu.Entry, "run", lambda *args, **own: asked.append(own) or run(*args, **own))

    async def cell():
        for number in range(1, 8):
            page.own.fields["top"].value = str(number)
        found = len(page.result)
        page.bar.period.value = "last_year"
        await asyncio.sleep(5 * QUIET)
        return found

    assert asyncio.run(cell()) == 7
    assert [own["top"] for own in asked] == [7, 7]
    assert page.result.equals(
        expected(company, "value-customers", top=7, start="2025-01-01", end="2025-12-31")
    )


# For everybody


class Reader(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def attributes(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("slug", SLUGS)
def test_table_and_chart_can_be_heard(company, slug):
    page = page_until_2025(slug, company.language)
    table = Reader(page._table.value)
    assert len(table.attributes("caption")) == 1
    assert {cell.get("scope") for cell in table.attributes("th")} <= {"col", "row"}
    assert table.attributes("div")[0]["tabindex"] == "0"
    (image,) = Reader(page._chart.value).attributes("img")
    assert re.search(r"\d", image["alt"]) and len(image["alt"]) > 20


def test_every_field_has_a_label_in_the_language(company):
    page = explore(company, "gift-list")
    for field in (*page.bar.fields.values(), *page.own.fields.values()):
        assert field.description
        assert bool(re.search("[一-鿿]", field.description)) == (company.language == "zh")


def test_a_reader_without_widgets_gets_the_finding_and_the_first_rows(company):
    pages = [explore(company, "value-customers", start="2025-01-01") for _ in range(2)]
    texts = [page._repr_mimebundle_()["text/plain"] for page in pages]
    assert texts[0] == texts[1] == str(pages[0])
    first = pages[0].result.iloc[0]
    assert first["customer"] in texts[0] and f"{first['net_sales']:,.2f}" in texts[0]
    assert "application/vnd.jupyter.widget-view+json" in pages[0]._repr_mimebundle_()


def test_names_cannot_become_html(company, monkeypatch):
    page = explore(company, "customer-statistics")
    spoilt = page.result.assign(source="<script>alert(1)</script>")
    spoilt.attrs = page.result.attrs
    monkeypatch.setattr(menu.Entry, "run", lambda *_, **__: spoilt)
    page.refresh()
    assert "<script>" not in words(page)
