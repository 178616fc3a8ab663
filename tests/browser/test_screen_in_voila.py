"""The Analysis page without a notebook: ``crmlab dashboard``, real Voilà, real Chromium, both languages."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
pytest.importorskip("voila", reason="voila is not installed: pip install crmlab[web]")

from driver import PATIENCE, Screen, browser, chromium, dashboard, picture
from playwright.sync_api import expect

from crmlab import Filter, open_company
from crmlab.analysis.menu import entries, find
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


def test_every_analysis_opens(screen):
    for entry in entries():
        screen.open(entry)
        screen.expect_result(entry)


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
    entry = find("value-customers")
    screen.open(entry)
    customer = screen.expect_result(entry)["customer"].iloc[1]
    drill = screen.records(customer)
    expect(drill.locator(".crm-table tbody tr").nth(3)).to_be_visible(timeout=PATIENCE)
    drill.scroll_into_view_if_needed()
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
    entry = find("value-customers")
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


def serious(page) -> list[str]:
    """Return what axe-core finds that keeps somebody from using the page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']} {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("slug", ["customer-statistics", "value-customers", "sales-trend"])
def test_axe_finds_nothing_serious(page, screen, slug):
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    screen.open(find(slug))
    screen.expect_result(find(slug))
    assert serious(page) == []


def test_nothing_left_this_computer_and_nothing_failed(page, heard):
    hosts = {urlsplit(url).hostname for url in heard["asked"] if not url.startswith(("data:", "blob:"))}
    assert hosts == {LOCAL}
    assert heard["errors"] == []


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot press Ctrl-C on Windows")
def test_ctrl_c_ends_it_and_leaves_nothing_behind(tmp_path):
    left = Path(tempfile.gettempdir())
    before = set(left.glob("crmlab-*"))
    with dashboard(tmp_path, "zh", tmp_path) as (address, process):
        urllib.request.urlopen(address, timeout=60).read()
        assert set(left.glob("crmlab-*")) > before
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) == 0
    assert set(left.glob("crmlab-*")) <= before
    assert "Traceback" not in (tmp_path / "dashboard.log").read_text(encoding="utf-8")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)
