"""How long Lab 01 takes in the browser, from opening the page to the last cell, and what goes over the wire.

    python -m pip install -e ".[test]"
    python benchmarks/site.py PYODIDE

PYODIDE is a folder with a Pyodide distribution. The site is built, served from this computer without
compression, and opened in Chromium with an empty cache, once for each edition: the solved lab. Another
region on the first Analysis page is the filter change. The table goes into benchmarks/README.md; it ends
with status 1 when a goal is missed. Run it on a computer that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from crmlab.files import replace_file, with_section
from crmlab.locale import LANGUAGES
from crmlab.site.building import Site, build

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from driver import MENU
from served import served, visitor

README = Path(__file__).with_name("README.md")
PATIENCE = 120_000  # milliseconds
REGION = {"en": ("Region", "East China"), "zh": ("地区", "华东")}
#: Seconds, and MB.
GOALS = {"first": 25, "whole": 60, "filter": 1, "megabytes": 55}


@dataclass
class Measured:
    """Seconds since the page was opened, seconds of one filter change, and MB sent."""

    python: float = 0
    first: float = 0
    whole: float = 0
    filter: float = 0
    megabytes: float = 0


def measured(site: Path, language: str) -> Measured:
    """Open Lab 01 as somebody who was never there before, and run it."""
    found = Measured()
    with served(site, solved=True) as traffic, visitor(language, traffic) as page:
        page.set_default_timeout(PATIENCE)
        begun = time.perf_counter()
        page.goto(f"{traffic.address}{language}/lab/index.html?path=solved-01.ipynb")
        idle = page.locator(".jp-StatusBar-Left")
        expect(idle).to_contain_text(MENU[language]["idle"], timeout=PATIENCE)
        found.python = time.perf_counter() - begun
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        page.locator(".jp-OutputArea-output").first.wait_for()
        found.first = time.perf_counter() - begun
        page.get_by_role("menuitem", name=MENU[language]["run"], exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text=MENU[language]["all"]).first.click()
        page.locator(".jp-RenderedText", has_text="REPORT {").last.wait_for(state="attached")
        found.whole = time.perf_counter() - begun
        found.megabytes = traffic.sent / 1e6
        found.filter = change_of_filter(page, language)
    return found


def change_of_filter(page: Page, language: str) -> float:
    """Return the seconds from choosing a region to the new table and the new chart."""
    label, word = REGION[language]
    screen = page.locator(".crm-page").first
    notebook = page.locator(".jp-WindowedPanel-outer").first
    for top in range(0, 20_000, 400):  # cells that are not in sight are not there
        notebook.evaluate("(element, top) => { element.scrollTop = top }", top)
        page.wait_for_timeout(200)
        if screen.is_visible():
            break
    chart = screen.locator(".crm-chart")
    drawn = chart.get_attribute("src")
    begun = time.perf_counter()
    screen.get_by_label(label, exact=True).select_option(word)
    expect(screen.locator(".crm-table caption")).to_contain_text(word, timeout=PATIENCE)
    expect(chart).not_to_have_attribute("src", drawn or "", timeout=PATIENCE)
    return time.perf_counter() - begun


def section(rows: dict[str, Measured]) -> str:
    """Return the section of the README."""
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    lines = [
        f"| {language} | {one.python:.1f} | {one.first:.1f} | {one.whole:.1f} | {one.filter:.2f} "
        f"| {one.megabytes:.1f} |"
        for language, one in rows.items()
    ]
    return "\n".join(
        [
            "## Lab 01 in the browser",
            "",
            f"`python benchmarks/site.py PYODIDE`, {date.today()}, {where}: seconds of the clock",
            "since the page of the solved lab was opened in Chromium with an empty cache, from a server on",
            "the same computer that compresses nothing; seconds of one change of the filter; and MB sent.",
            "",
            "| edition | Python is there | first cell | whole lab | filter | MB |",
            "|---|---:|---:|---:|---:|---:|",
            *lines,
            "",
            f"Goals: less than {GOALS['first']} for the first cell, {GOALS['whole']} for the whole lab, "
            f"{GOALS['filter']} for the filter, {GOALS['megabytes']} MB.",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pyodide", type=Path, help="a folder with a Pyodide distribution")
    parser.add_argument("--dry", action="store_true", help="leave the README as it is")
    asked = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        build(Site(site, pyodide=str(asked.pyodide)))
        for language in LANGUAGES:
            rows[language] = measured(site, language)
            print(language, rows[language], flush=True)
    if not asked.dry:
        page = with_section(README.read_text(encoding="utf-8"), "site", section(rows))
        replace_file(README, page.encode())
    return int(any(getattr(one, name) >= goal for one in rows.values() for name, goal in GOALS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
