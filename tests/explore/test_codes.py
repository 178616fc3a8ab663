"""The code behind the screen, changes in quick succession, and the way back from what went wrong."""

from __future__ import annotations

import asyncio
import html
import re

import pytest

from crmlab import explore, open_company
from crmlab.analysis import menu
from crmlab.explore.quiet import QUIET


@pytest.fixture(params=["en", "zh"])
def company(request):
    return open_company(language=request.param)


def test_plain_pandas_stands_beside_the_call_of_a_step(company):
    page = explore(company, "customer-statistics", start="2025-01-01", end="2025-12-31")
    assert "crm-plain" not in page._code.value
    page.codes.button.value = True
    written = html.unescape(re.search(r'crm-plain"[^>]*>(.*?)</pre>', page._code.value, re.DOTALL)[1])
    scope = {"company": company}
    exec(written, scope)
    assert list(scope["result"].columns) == list(page.result.columns)
    assert scope["result"]["customers"].tolist() == page.result["customers"].tolist()


def test_what_is_no_step_has_its_call_alone(company):
    page = explore(company, "rfm")
    page.codes.button.value = True
    assert "rfm(company)" in page._code.value and "crm-plain" not in page._code.value


def test_the_code_opens_and_closes(company):
    page = explore(company, "rfm")
    closed = page.codes.button.description
    page.codes.button.value = True
    assert page._code.layout.display == "" and page.codes.button.description != closed
    page.codes.button.value = False
    assert page._code.layout.display == "none" and page.codes.button.description == closed


def test_of_changes_in_quick_succession_the_last_one_is_answered(company, monkeypatch):
    page = explore(company, "value-customers")
    asked = []
    run = menu.Entry.run
    monkeypatch.setattr(menu.Entry, "run", lambda *a, **k: asked.append(1) or run(*a, **k))
    regions = [value for _, value in page.bar.fields["region"].options][1:5]

    async def type_fast():
        for region in regions:
            page.bar.fields["region"].value = region
            await asyncio.sleep(0)
        assert not asked
        await asyncio.sleep(QUIET * 3)

    asyncio.run(type_fast())
    assert len(asked) == 1
    assert page.result.equals(menu.find("value-customers").run(company, region=regions[-1]))


def test_another_analysis_is_not_answered_twice(company, monkeypatch):
    page = explore(company, "value-customers")
    asked = []
    run = menu.Entry.run
    monkeypatch.setattr(menu.Entry, "run", lambda *a, **k: asked.append(1) or run(*a, **k))

    async def change_and_choose():
        page.bar.period.value = "last_year"
        page.choose("customer-statistics")
        await asyncio.sleep(QUIET * 3)

    asyncio.run(change_and_choose())
    assert len(asked) == 1 and len(page.result.columns) == 3


def test_what_is_under_way_is_said_over_the_finding_until_it_is_done(company, monkeypatch):
    page = explore(company, "value-customers")
    finding, said = page._finding.value, []
    run = menu.Entry.run
    seen = lambda: (page._says.progress.value, page._finding.value)  # noqa: E731
    monkeypatch.setattr(menu.Entry, "run", lambda *a, **k: said.append(seen()) or run(*a, **k))
    page.bar.period.value = "last_year"
    (progress, old), (after, new) = said[0], seen()
    assert "…" in progress and old == finding
    assert after == "" and new != finding


def test_one_button_leads_back_from_an_empty_table_and_a_wrong_number(company):
    page = explore(company, "value-customers", top=5)
    assert page.rescue.layout.display == "none"
    page.own.fields["top"].value = "many"
    page.bar.fields["region"].value = page.bar.fields["region"].options[1][1]
    assert page.result is None and page.rescue.layout.display == ""
    page.rescue.click()
    assert page.result.equals(menu.find("value-customers").run(company))
    assert page.rescue.layout.display == "none"
