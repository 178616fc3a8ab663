"""The Analysis page without a notebook: ``crmlab dashboard``, real Voilà, real Chromium, both languages."""

from __future__ import annotations

import os
import signal
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
pytest.importorskip("voila", reason="voila is not installed: pip install crmlab[web]")

from driver import PATIENCE, WINDOW, Screen, browser, chromium, dashboard, picture, serious
from playwright.sync_api import expect

from crmlab import Filter, open_company
from crmlab.analysis.menu import entries, find
from crmlab.explore import markup
from crmlab.locale import say

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None, reason="no Chromium: install the package chromium, or Google Chrome"
    ),
]

LOCAL = "127.0.0.1"
REPOSITORY = Path(__file__).parents[2]
#: With CRMLAB_SCREENSHOTS=docs/images the film strip of docs/analysis-page.md is made anew.
PICTURES = REPOSITORY / os.environ.get("CRMLAB_SCREENSHOTS", "test-output")


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request):
    return request.param


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where somebody types the command."""
    folder = tmp_path_factory.mktemp("dashboard") / "客户 work"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def heard():
    """What the browser asked for, and what it complained about."""
    return {"asked": [], "errors": []}


@pytest.fixture(scope="module")
def page(language, folder, heard, tmp_path_factory):
    with (
        browser(language) as page,
        dashboard(folder, language, tmp_path_factory.mktemp("jupyter")) as (address, _),
    ):
        page.on("request", lambda request: heard["asked"].append(request.url))
        page.on("websocket", lambda socket: heard["asked"].append(socket.url))
        page.on("pageerror", lambda error: heard["errors"].append(str(error)))
        page.goto(address, timeout=PATIENCE)
        expect(page.locator(".crm-table").first).to_be_visible(timeout=PATIENCE)
        yield page


@pytest.fixture
def screen(page, language):
    return Screen(page.locator(".crm-page"), open_company(language=language))


def test_the_page_is_there_in_the_language_and_jupyter_is_not(page, language):
    expect(page).to_have_title(say("dashboard.title", language))
    assert page.evaluate("document.documentElement.lang").startswith(language)
    picture(page, f"page-1-start-{language}", PICTURES)
    for part in (".jp-InputArea", ".jp-InputPrompt", ".jp-MenuBar", "#loading"):
        expect(page.locator(part).filter(visible=True)).to_have_count(0)


#: A table with a chart of its own, one by periods, and one as of a day whose rows are customers.
THREE = ("gift-list", "sales-trend", "receivables-by-customer")


def test_three_analyses_open_and_answer(screen, tmp_path):
    for slug in THREE:
        screen.walk(find(slug), tmp_path)


@pytest.mark.page_long
def test_every_analysis_opens(screen):
    for entry in entries():
        screen.open(entry)
        screen.expect_result(entry)


def test_a_click_on_a_header_sorts_and_another_turns_round(screen):
    entry = find("customer-contacts")
    screen.open(entry)
    result = screen.expect_result(entry)
    title = entry.columns["customer"].title.to(screen.company.language)
    head = screen.table.get_by_role("button", name=title, exact=True)
    for key, order in (("click", "ascending"), ("press", "descending")):
        head.click() if key == "click" else head.press("Enter")
        expect(screen.table.locator(f'th[aria-sort="{order}"]')).to_have_count(1, timeout=PATIENCE)
        # The table was drawn anew, and still the next key finds the header.
        expect(head).to_be_focused()
        first = sorted(result["customer"], reverse=order == "descending")[0]
        expect(screen.table.locator("tbody tr").first).to_contain_text(first)


def test_a_changed_filter_changes_table_and_chart(page, screen):
    entry = find("value-customers")
    screen.open(entry)
    screen.expect_result(entry)
    rows, drawn = screen.table.inner_text(), screen.chart.get_attribute("src")
    region = screen.company.customers["region"].iloc[0]
    screen.select("region", region)
    screen.expect_result(entry, Filter(region=region))
    expect(screen.chart).not_to_have_attribute("src", drawn)
    assert screen.table.inner_text() != rows
    assert screen.chart.evaluate("image => image.complete && image.naturalWidth > 500")
    picture(page, f"page-2-filter-{screen.company.language}", PICTURES)
    screen.clear()
    screen.expect_result(entry)


def test_the_records_behind_a_row(page, screen):
    entry = find("receivables-by-customer")
    screen.open(entry)
    customer = screen.expect_result(entry)["customer"].iloc[1]
    drill = screen.records(customer)
    expect(drill.locator(".crm-table tbody tr").nth(3)).to_be_visible(timeout=PATIENCE)
    drill.evaluate("drill => drill.scrollIntoView()")
    picture(page, f"page-3-records-{screen.company.language}", PICTURES)
    screen.root.get_by_role("button", name=say("explore.back", screen.company.language)).click()
    expect(drill).to_be_hidden(timeout=PATIENCE)


def test_the_code_behind_the_screen(page, screen):
    entry = find("sales-trend")
    screen.open(entry)
    screen.expect_result(entry)
    screen.root.get_by_role("button", name=say("explore.show_code", screen.company.language)).click()
    expect(screen.code).to_contain_text("sales_trend(company", timeout=PATIENCE)
    # The plain pandas comes a moment later and draws the code anew.
    expect(screen.root).to_contain_text("result = ", timeout=PATIENCE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy = screen.root.locator(".crm-copy").first
    copy.click()
    expect(copy).to_have_text(say("explore.copied", screen.company.language))
    assert page.evaluate("navigator.clipboard.readText()") == entry.code()
    hide = screen.root.get_by_role("button", name=say("explore.hide_code", screen.company.language))
    hide.scroll_into_view_if_needed()
    picture(page, f"page-4-code-{screen.company.language}", PICTURES)
    hide.click()


def test_an_exported_file_is_read_back(page, screen, folder, tmp_path):
    entry = find("customer-statistics")
    screen.open(entry)
    result = screen.expect_result(entry)
    file = screen.download("csv", tmp_path)
    found = pd.read_csv(file, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(found, result, check_dtype=False)
    assert (folder / "exports" / file.name).read_bytes() == file.read_bytes()


def test_the_report_opens_anywhere(page, screen, tmp_path):
    entry = find("customer-statistics")
    screen.open(entry)
    result = screen.expect_result(entry)
    file = screen.download("html", tmp_path)
    other, asked = page.context.new_page(), []
    other.on("request", lambda request: asked.append(request.url))
    other.goto(file.as_uri())
    expect(other.get_by_role("heading", level=1)).to_have_text(entry.name.to(screen.company.language))
    assert other.locator("img").evaluate("image => image.naturalWidth > 1000")
    assert other.locator("tbody tr").count() == len(result)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert serious(other) == []
    picture(other, f"page-5-report-{screen.company.language}", PICTURES)
    other.close()


def test_axe_finds_nothing_serious_with_everything_open(page, screen):
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    screen.open(find("value-customers"))
    screen.records(screen.expect_result(find("value-customers"))["customer"].iloc[0])
    for button in ("show_code", "hide_code"):
        screen.root.get_by_role("button", name=say(f"explore.{button}", screen.company.language)).click()
        if button == "show_code":
            expect(screen.code).to_be_visible(timeout=PATIENCE)
            assert serious(page) == []


def test_what_is_under_way_is_shown_after_half_a_second_and_moves_nothing(page, screen):
    screen.expect_result(find("value-customers"))
    under_way, shown = page.evaluate(
        """async html => {
            const place = document.querySelector(".crm-says .widget-html:last-child .widget-html-content");
            const result = document.querySelector(".crm-results");
            const [said, below] = [() => getComputedStyle(place.firstChild), getComputedStyle(result)];
            // From the sentence to the table: the page itself may still be scrolling.
            const top = element => element.getBoundingClientRect().top;
            const apart = () => top(result) - top(place.closest(".crm-says"));
            const before = apart(), seen = [];
            place.innerHTML = html;
            for (const wait of [300, 400]) {
                await new Promise((done) => setTimeout(done, wait));
                seen.push([said().visibility, below.opacity, apart() - before]);
            }
            place.innerHTML = "";
            return seen;
        }""",
        markup.progress(screen.company.language),
    )
    assert under_way == ["hidden", "1", 0]
    assert shown == ["visible", "0.5", 0]


@pytest.mark.parametrize("width", [640, 768], ids=["enlarged to 200 %", "tablet"])
def test_nothing_sticks_out_of_a_narrow_page(page, screen, width):
    page.set_viewport_size({"width": width, "height": 900})
    screen.open(find("receivables-by-customer"))
    screen.records(screen.expect_result(find("receivables-by-customer"))["customer"].iloc[1])
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    page.set_viewport_size(WINDOW)
    assert wide <= seen


def test_nothing_left_this_computer_and_nothing_failed(page, heard):
    hosts = {urlsplit(url).hostname for url in heard["asked"] if not url.startswith(("data:", "blob:"))}
    assert hosts == {LOCAL}
    assert heard["errors"] == []


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot press Ctrl-C on Windows")
def test_ctrl_c_ends_it_and_leaves_nothing_behind(tmp_path, monkeypatch):
    left = tmp_path / "temporary"
    left.mkdir()
    monkeypatch.setenv("TMPDIR", str(left))
    with dashboard(tmp_path, "zh", tmp_path) as (address, process):
        urllib.request.urlopen(address, timeout=60).read()
        assert list(left.glob("crmlab-*")) != []
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) == 0
    assert list(left.glob("crmlab-*")) == []
    assert "Traceback" not in (tmp_path / "dashboard.log").read_text(encoding="utf-8")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)
