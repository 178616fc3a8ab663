"""The static site in Chromium: Python in the browser, from a sub-path, with no other host to be reached.

It needs a Pyodide distribution: the folder named by the environment variable ``CRMLAB_PYODIDE``, or
``shared/pyodide-*`` beside the repository. ``pytest -m site_long -n0`` runs every lab in both languages.
"""

from __future__ import annotations

import json
import time
import warnings
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
pytest.importorskip("jupyterlite_core", reason="the extra site is not installed")

from driver import MENU, PATIENCE, chromium
from playwright.sync_api import Page, expect
from served import REPOSITORY, distribution, served, visitor

from crmlab import open_company
from crmlab.checks.book import read
from crmlab.checks.question import labs
from crmlab.checks.summary import confirm
from crmlab.locale import LANGUAGES
from crmlab.site.building import Site, build
from crmlab.site.offline import LIST

if distribution() is None:
    warnings.warn(
        "NOT TESTED: the labs in a browser. There is no Pyodide distribution: name one by CRMLAB_PYODIDE.",
        stacklevel=1,
    )

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(distribution() is None, reason="no Pyodide distribution: set CRMLAB_PYODIDE"),
    pytest.mark.skipif(
        chromium() is None, reason="no Chromium: install the package chromium, or Google Chrome"
    ),
]

OUTPUT = REPOSITORY / "test-output"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "课程 site"
    build(Site(folder, pyodide=str(distribution())))
    return folder


def ready(page: Page, language: str) -> None:
    """Wait until Python is there."""
    expect(page.locator(".jp-StatusBar-Left")).to_contain_text(MENU[language]["idle"], timeout=2 * PATIENCE)


def report_of(page: Page, address: str, language: str, lab: str) -> dict:
    """Run a solved lab from the top to the end, and return what its last cell says."""
    page.set_default_timeout(2 * PATIENCE)
    page.goto(f"{address}{language}/lab/index.html?path=solved-{lab}.ipynb")
    ready(page, language)
    page.get_by_role("menuitem", name=MENU[language]["run"], exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text=MENU[language]["all"]).first.click()
    last = page.locator(".jp-RenderedText", has_text="REPORT {").last
    last.wait_for(state="attached", timeout=3 * PATIENCE)
    return json.loads(last.inner_text().partition("REPORT ")[2])


def expect_the_answers_of_a_desktop(report: dict, language: str, lab: int, scratch: Path) -> None:
    """Judge here what was answered there, on a company that must be the same to the byte."""
    assert report["checksums"] == open_company(language=language).checksums()
    asked = {question.number for one in labs() if one.number == lab for question in one.questions}
    progress = scratch / "progress.json"
    progress.write_text(json.dumps(report["progress"]), encoding="utf-8")
    findings = list(confirm(read(progress), language))
    assert {one.number for one in findings} == asked
    assert [one for one in findings if one.confirmed != one.claimed or not one.confirmed] == []


def test_the_site_has_the_labs_as_they_are_shipped_and_names_all_its_files(site):
    for language in LANGUAGES:
        shipped = REPOSITORY / "labs" / language
        for path in [*shipped.glob("*.ipynb"), shipped / "crmlab.toml"]:
            assert (site / language / "files" / path.name).read_bytes() == path.read_bytes()
        config = json.loads((site / language / "jupyter-lite.json").read_text(encoding="utf-8"))
        assert "://" not in json.dumps(config["jupyter-config-data"]["litePluginSettings"])
    listed = json.loads((site / LIST).read_text(encoding="utf-8"))["files"]
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert {name for name in there if "service-worker" not in name} == {*listed, LIST}


def test_from_the_start_page_through_lab_01_and_then_without_a_network(site, tmp_path):
    with served(site, solved=True) as traffic, visitor("zh", traffic) as page:
        page.goto(f"{traffic.address}zh.html")
        expect(page.locator("#fetch")).to_be_enabled()
        report = report_of(page, traffic.address, "zh", "01")
        expect(page.locator(".crmlab-right, .crmlab-played")).to_have_count(8)
        expect(page.get_by_role("menuitem", name=MENU["zh"]["file"], exact=True)).to_be_visible()
        OUTPUT.mkdir(exist_ok=True)
        page.screenshot(path=OUTPUT / "site-lab01-zh.png")
        expect_the_answers_of_a_desktop(report, "zh", 1, tmp_path)
        assert traffic.sent < 55e6
        traffic.stop()
        page.goto(f"{traffic.address}zh.html")
        page.get_by_role("link", name="价值客户").click()
        ready(page, "zh")
        expect(page.locator(".jp-Notebook h1").first).to_contain_text("价值客户", timeout=PATIENCE)
        assert traffic.elsewhere == []


@pytest.mark.site_long
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lab", labs(), ids=lambda lab: f"{lab.number:02d}")
def test_every_lab_gives_the_answers_of_a_desktop(lab, language, site, tmp_path):
    begun = time.perf_counter()
    with served(site, solved=True) as traffic, visitor(language, traffic) as page:
        report = report_of(page, traffic.address, language, f"{lab.number:02d}")
        print(
            f"{lab.number:02d} {language}: {time.perf_counter() - begun:.0f} s, {traffic.sent / 1e6:.0f} MB"
        )
        expect(page.locator('[data-mime-type="application/vnd.jupyter.error"]')).to_have_count(0)
        expect_the_answers_of_a_desktop(report, language, lab.number, tmp_path)
        assert traffic.elsewhere == []
