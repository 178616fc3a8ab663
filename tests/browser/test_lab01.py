"""Lab 01 as a student meets it: real JupyterLab, real Chromium, both editions.

Screenshots go to ``test-output/``; with ``CRMLAB_SCREENSHOTS=docs/images`` those that the README shows are
made anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from driver import MENU, PATIENCE, WINDOW, Notebook, browser, chromium, jupyterlab
from playwright.sync_api import expect

from crmlab.settings import Settings, settings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None, reason="no Chromium: install the package chromium, or Google Chrome"
    ),
]

REPOSITORY = Path(__file__).parents[2]
OUTPUT = REPOSITORY / "test-output"
README_PICTURES = REPOSITORY / os.environ.get("CRMLAB_SCREENSHOTS", OUTPUT)

#: The words of each edition that the test needs.
REGION = {"en": ("Region", "East China"), "zh": ("地区", "华东")}
SCREEN = {"en": "Customer statistics", "zh": "客户统计分析"}
VERDICT = {"en": ("Right", "Not yet"), "zh": ("正确", "还不对")}
ACCOUNT = {"en": ("Your account", "you are s2026017"), "zh": ("你的帐号", "你的帐号是 s2026017")}

IN_2025 = 'valid & (orders["ordered_at"] >= "2025-01-01") & (orders["ordered_at"] < "2026-01-01")'


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request):
    return request.param


@pytest.fixture(scope="module")
def folder(language, tmp_path_factory):
    return tmp_path_factory.mktemp(f"browser-{language}") / "客户 work"


@pytest.fixture(scope="module")
def notebook(language, folder):
    """Lab 01, opened by ``crmlab lab`` in a new folder, and run from the top to the end."""
    with browser(language) as page, jupyterlab(folder, language, folder.parent) as address:
        opened = Notebook(page, address, language)
        opened.close_file_browser()
        opened.run_all()
        yield opened


def picture(page, name: str, folder: Path = OUTPUT) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


def test_jupyterlab_speaks_the_language(notebook, language):
    other = "zh" if language == "en" else "en"
    expect(notebook.page.get_by_role("menuitem", name=MENU[language]["file"], exact=True)).to_be_visible()
    expect(notebook.page.get_by_role("menuitem", name=MENU[other]["file"], exact=True)).to_have_count(0)


def test_the_untouched_lab_runs_without_an_error(notebook):
    for kind in ("error", "stderr"):
        expect(notebook.page.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]')).to_have_count(0)
    expect(notebook.page.locator(".crmlab-open")).to_have_count(8)


def test_a_changed_filter_changes_table_and_chart(notebook, language):
    screen = notebook.page.locator(".crm-page").first
    screen.scroll_into_view_if_needed()
    table, chart = screen.locator(".crm-table"), screen.locator(".crm-chart")
    expect(screen.locator(".crm-title")).to_contain_text(SCREEN[language])
    rows, drawn = table.inner_text(), chart.get_attribute("src")
    label, word = REGION[language]
    screen.get_by_label(label, exact=True).select_option(word)
    expect(table.locator("caption")).to_contain_text(word, timeout=PATIENCE)
    expect(chart).not_to_have_attribute("src", drawn)
    assert table.inner_text() != rows
    assert chart.evaluate("image => image.complete && image.naturalWidth > 500")
    notebook.show(screen)
    picture(notebook.page, f"filter-{language}")


def test_the_pareto_chart_of_all_customers(notebook, language):
    page, screen = notebook.page, notebook.page.locator(".crm-page").nth(1)
    screen.locator(".crm-own input").fill("")
    screen.locator(".crm-own input").press("Enter")
    expect(screen.locator(".crm-finding")).to_contain_text("20", timeout=PATIENCE)
    expect(screen.locator(".crm-note")).to_contain_text("30", timeout=PATIENCE)
    page.set_viewport_size({"width": 1280, "height": 1000})
    notebook.show(screen)
    picture(page, f"lab01-{language}", README_PICTURES)
    page.set_viewport_size(WINDOW)


def test_another_screen_and_its_code(notebook, language):
    screen = notebook.page.locator(".crm-page").nth(1)
    screen.scroll_into_view_if_needed()
    screen.get_by_role("button", name=SCREEN[language]).click()
    expect(screen.locator(".crm-title")).to_contain_text(SCREEN[language], timeout=PATIENCE)
    screen.locator(".crm-show.widget-toggle-button").click()
    expect(screen.locator(".crm-code")).to_contain_text("customer_statistics(company", timeout=PATIENCE)


def test_a_right_and_a_wrong_answer_get_their_verdicts(notebook, language):
    right, wrong = VERDICT[language]
    notebook.write("customers_on_file = len(company.customers)", instead="customers_on_file = ...")
    expect(notebook.cell('check("1.1"').locator(".crmlab-right")).to_contain_text(right, timeout=PATIENCE)
    notebook.write(f"buyers_2025 = len(orders[{IN_2025}])", instead="buyers_2025 = ...")
    verdict = notebook.cell('check("1.2"').locator(".crmlab-mistake")
    expect(verdict).to_contain_text(wrong, timeout=PATIENCE)
    verdict.scroll_into_view_if_needed()
    picture(notebook.page, f"verdict-{language}")


@pytest.mark.parametrize("width", [640, 1024])
def test_the_page_fits_a_tablet_and_a_page_enlarged_to_200_percent(notebook, width):
    page = notebook.page
    page.set_viewport_size({"width": width, "height": 900})
    for screen in page.locator(".crm-page").all():
        screen.scroll_into_view_if_needed()
        inside, shown = screen.evaluate("page => [page.scrollWidth, page.clientWidth]")
        assert inside <= shown
        assert screen.locator(".crm-chart").bounding_box()["width"] > 250
    page.set_viewport_size(WINDOW)


def test_the_form_writes_the_account_and_the_lab_goes_on_with_it(notebook, language, folder):
    """With the keyboard alone; the last test, for the notebook is that student's afterwards."""
    page, (label, said) = notebook.page, ACCOUNT[language]
    notebook.write("from crmlab import my_account; my_account()", instead="top_15 = ...")
    form = notebook.cell("import my_account")
    field = form.get_by_label(label, exact=True)
    expect(field).to_be_visible(timeout=PATIENCE)
    field.click()
    page.keyboard.type("s2026017")
    page.keyboard.press("Tab")
    page.keyboard.type("Chen Xue")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text(said, timeout=PATIENCE)
    assert settings(folder) == Settings(language, account="s2026017", name="Chen Xue")
    picture(page, f"account-{language}")
    notebook.write("print(open_company().account)", instead="hobbies = ...")
    expect(notebook.cell("print(open_company().account)")).to_contain_text("s2026017\n", timeout=PATIENCE)
