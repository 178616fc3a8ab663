"""The menu of the page: its groups and its search box."""

from __future__ import annotations

import re

import pytest

from crmlab import explore, open_company
from crmlab.analysis import menu

ENTRIES = menu.entries()


@pytest.fixture(params=["en", "zh"])
def page(request):
    return explore(open_company(language=request.param), "sales-trend")


def seen(page):
    return [slug for slug, button in page.menu.items() if button.layout.display != "none"]


def in_group_of(slug):
    return [entry.slug for entry in ENTRIES if entry.group == menu.find(slug).group]


def test_only_the_group_of_the_chosen_analysis_is_open(page):
    assert seen(page) == in_group_of("sales-trend")
    page.choose("receivables")
    assert seen(page) == in_group_of("receivables")


def test_a_group_opens_and_closes(page):
    head = page.navigation.groups[menu.find("receivables").group]
    head.click()
    assert set(seen(page)) == {*in_group_of("sales-trend"), *in_group_of("receivables")}
    head.click()
    assert seen(page) == in_group_of("sales-trend")


@pytest.mark.parametrize("query", ["cohort-ret", "COHORT retention", "留存"])
def test_the_search_finds_titles_in_both_languages_and_slugs(page, query):
    page.navigation.search.value = query
    assert seen(page) == ["cohort-retention"]
    shown = [head for head in page.navigation.groups.values() if head.layout.display != "none"]
    assert len(shown) == 1
    page.navigation.search.value = ""
    assert seen(page) == in_group_of("sales-trend")


def test_a_step_number_is_searched_as_a_number(page):
    page.navigation.search.value = "11"
    assert seen(page) == ["sales-trend"]
    page.navigation.search.value = "1"
    assert {menu.find(slug).step for slug in seen(page)} == {1, *range(10, 19)}


def test_what_is_not_found_is_said(page):
    assert page.navigation._nothing.layout.display == "none"
    page.navigation.search.value = "xyzzy"
    assert seen(page) == [] and page.navigation._nothing.layout.display == ""


def test_the_search_asks_no_analysis(page, monkeypatch):
    monkeypatch.setattr(page, "refresh", lambda: pytest.fail("an analysis was asked"))
    page.navigation.search.value = "rfm"


def test_step_numbers_and_the_language_are_in_the_menu(page):
    chinese = page.company.language == "zh"
    for entry in ENTRIES:
        shown = page.menu[entry.slug].description
        assert entry.name.to(page.company.language) in shown
        assert shown.startswith(f"{entry.step} · ") == (entry.step is not None)
    for head in page.navigation.groups.values():
        assert bool(re.search("[一-鿿]", head.description)) == chinese
