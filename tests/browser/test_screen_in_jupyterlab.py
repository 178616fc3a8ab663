"""The Analysis page in a real JupyterLab, both languages.

Every analysis is opened in turn by ``pytest -m page_long``; `test_dashboard` does so in Voilà each time.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from driver import PATIENCE, Notebook, Screen, browser, chromium, jupyterlab
from playwright.sync_api import expect

from crmlab import Filter, open_company
from crmlab.analysis.menu import entries, find
from crmlab.locale import say
from crmlab.work.dashboard import notebook as one_cell

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None, reason="no Chromium: install the package chromium, or Google Chrome"
    ),
]

CODE = "from crmlab import explore, open_company; explore(open_company())"


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request):
    return request.param


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("page") / "客户 work"


@pytest.fixture(scope="module")
def screen(language, folder, tmp_path_factory):
    """The page below the one cell of a notebook of one's own."""
    scratch = tmp_path_factory.mktemp("jupyter")
    place = folder / language
    with browser(language) as page, jupyterlab(place, language, scratch, "page") as address:
        (place / "page.ipynb").write_text(json.dumps(one_cell(CODE, language)), encoding="utf-8")
        notebook = Notebook(page, address, language)
        notebook.close_file_browser()
        notebook.cell(CODE).locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        root = notebook.cell(CODE).locator(".crm-page")
        expect(root.locator(".crm-table").first).to_be_visible(timeout=PATIENCE)
        yield Screen(root, open_company(language=language))


def test_a_changed_filter_changes_table_and_chart(screen):
    entry = find("sales-trend")
    screen.open(entry)
    screen.expect_result(entry)
    drawn = screen.chart.get_attribute("src")
    region = screen.company.customers["region"].iloc[0]
    screen.select("region", region)
    screen.expect_result(entry, Filter(region=region))
    expect(screen.chart).not_to_have_attribute("src", drawn)
    screen.clear()
    screen.expect_result(entry)


def test_the_records_behind_a_row(screen):
    entry = find("value-customers")
    screen.open(entry)
    customer = screen.expect_result(entry)["customer"].iloc[0]
    drill = screen.records(customer)
    expect(drill.locator(".crm-table tbody tr").nth(3)).to_be_visible(timeout=PATIENCE)
    screen.root.get_by_role("button", name=say("explore.back", screen.company.language)).click()
    expect(drill).to_be_hidden(timeout=PATIENCE)


def test_an_exported_file_is_beside_the_notebook_and_downloaded(screen, folder, language, tmp_path):
    entry = find("customer-statistics")
    screen.open(entry)
    result = screen.expect_result(entry)
    file = screen.download("xlsx", tmp_path)
    assert (folder / language / "exports" / file.name).read_bytes() == file.read_bytes()
    found = pd.read_excel(file, skiprows=3)
    assert found.iloc[:, 1].tolist() == result["customers"].tolist()


@pytest.mark.page_long
def test_every_analysis_opens(screen):
    for entry in entries():
        screen.open(entry)
        screen.expect_result(entry)
