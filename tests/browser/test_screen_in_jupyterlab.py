"""The Analysis page in a real JupyterLab: in English with the light theme, in Chinese with the dark one.

``pytest -m page_long`` opens every analysis in turn.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from driver import PATIENCE, Notebook, Screen, browser, chromium, jupyterlab, serious
from playwright.sync_api import Error, expect

from crmlab import Filter, open_company
from crmlab.analysis.filters import FIELDS
from crmlab.analysis.menu import entries, find
from crmlab.locale import say
from crmlab.work.dashboard import notebook as one_cell
from crmlab.work.jupyter import SETTINGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None, reason="no Chromium: install the package chromium, or Google Chrome"
    ),
]

THEMES = {"en": "JupyterLab Light", "zh": "JupyterLab Dark"}
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
    themes = place / SETTINGS / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    themes.parent.mkdir(parents=True)
    themes.write_text(json.dumps({"theme": THEMES[language]}), encoding="utf-8")
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


def test_a_customer_in_a_row_shows_the_card_where_one_looks(screen):
    screen.open(find("lifecycle"))
    result = screen.expect_result(find("lifecycle"))
    stage = find("lifecycle").columns["stage"].show(result["stage"].iloc[0], screen.company.language)
    drill = screen.records(stage)
    expect(drill).to_be_in_viewport(timeout=PATIENCE)
    drill.locator("[data-row]").nth(1).dblclick()
    expect(drill.locator(".crm-card")).to_be_focused(timeout=PATIENCE)
    expect(drill.locator(".crm-card")).to_be_in_viewport()
    assert screen.root.page.evaluate("getSelection().isCollapsed")


def test_an_exported_file_is_beside_the_notebook_and_downloaded(screen, folder, language, tmp_path):
    entry = find("customer-statistics")
    screen.open(entry)
    result = screen.expect_result(entry)
    file = screen.download("xlsx", tmp_path)
    assert (folder / language / "exports" / file.name).read_bytes() == file.read_bytes()
    found = pd.read_excel(file, skiprows=3)
    assert found.iloc[:, 1].tolist() == result["customers"].tolist()


def test_axe_finds_nothing_serious_in_either_theme(screen, language):
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    body = screen.root.page.locator("body")
    expect(body).to_have_attribute("data-jp-theme-light", "false" if language == "zh" else "true")
    screen.open(find("value-customers"))
    screen.records(screen.expect_result(find("value-customers"))["customer"].iloc[0])
    assert serious(screen.root.page, context=".crm-page") == []


def test_the_keyboard_is_enough_from_the_menu_to_the_exported_file(screen):
    page, entry, language = screen.root.page, find("sales-trend"), screen.company.language
    search = screen.root.get_by_label(say("explore.search", language), exact=True)
    search.focus()
    page.keyboard.type(entry.slug)
    expect(screen.root.locator(".crm-menu button:not(.crm-group)").filter(visible=True)).to_have_count(1)
    tab_to(page, ".crm-menu button:not(.crm-group)")
    page.keyboard.press("Enter")
    screen.expect_result(entry)
    label = FIELDS["region"].title.to(language)
    region = screen.root.get_by_label(label[:1].upper() + label[1:], exact=True)
    tab_to(page, f"[id='{region.get_attribute('id')}']")
    page.keyboard.press("ArrowDown")
    # In a list, ipywidgets writes spaces that do not break.
    word = region.locator("option").nth(1).text_content().replace("\xa0", " ")
    screen.expect_result(entry, Filter(region=word))
    tab_to(page, ".crm-head[data-sort='3']")
    page.keyboard.press("Enter")
    expect(screen.table.locator('th[aria-sort="descending"]')).to_have_count(1, timeout=PATIENCE)
    tab_to(page, "[data-row]")
    second = screen.table.locator("tbody tr").nth(1).locator("th").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    drill = screen.root.locator(".crm-drill")
    expect(drill.locator("h4")).to_have_text(second, timeout=PATIENCE)
    expect(drill.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(drill).to_be_hidden(timeout=PATIENCE)
    expect(screen.table.locator("tbody tr").nth(1)).to_be_focused()
    tab_to(page, ".crm-export button")
    page.keyboard.press("Enter")
    expect(screen.root.locator('.crm-export a[download$=".csv"]')).to_be_visible(timeout=PATIENCE)


def tab_to(page, selector: str) -> None:
    """Press the tab key until the focus is on ``selector``; each thing on the way shows that it has it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here, outline, html = page.evaluate(
            """selector => {
                const one = document.activeElement, style = getComputedStyle(one);
                return [one.matches(selector), style.outlineStyle, one.outerHTML.slice(0, 120)];
            }""",
            selector,
        )
        assert outline != "none", html
        if here:
            return
    raise AssertionError(f"the tab key does not reach {selector}")


@pytest.mark.page_long
def test_every_analysis_is_filtered_looked_behind_and_exported(screen, tmp_path):
    wrong = []
    for entry in entries():
        try:
            screen.walk(entry, tmp_path)
        except (AssertionError, Error) as problem:
            wrong.append(f"{entry.slug}: {problem}")
    assert wrong == [], "\n\n".join(wrong)
