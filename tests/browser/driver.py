"""A student's JupyterLab, and the page without a notebook: started by crmlab, worked in Chromium."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pandas import DataFrame, read_csv
from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

from crmlab import Company, Filter
from crmlab.analysis.filters import FIELDS
from crmlab.analysis.menu import Entry, entries
from crmlab.explore.nav import matches, numbered
from crmlab.locale import say

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"en": "en-US", "zh": "zh-CN"}
#: What JupyterLab's own menu says.
MENU = {
    "en": {"file": "File", "run": "Run", "all": "Run All Cells", "idle": "| Idle"},
    "zh": {"file": "文件", "run": "运行", "all": "运行所有单元格", "idle": "| 空闲"},
}
WINDOW = ViewportSize(width=1280, height=900)
PATIENCE = 60_000  # milliseconds, on a busy machine


def chromium() -> str | None:
    """Return the path of an installed Chromium, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browser(language: str) -> Iterator[Page]:
    """Open an empty page in a browser of somebody who speaks ``language``."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened.new_context(locale=LOCALES[language], viewport=WINDOW).new_page()
        opened.close()


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def own_jupyter(scratch: Path) -> dict[str, str]:
    """Return an environment in which nothing of this user's Jupyter is used."""
    own = {f"JUPYTER_{name}_DIR": str(scratch / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    return {**os.environ, **own, "IPYTHONDIR": str(scratch / "ipython")}


@contextmanager
def dashboard(folder: Path, language: str, scratch: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start ``crmlab dashboard`` in ``folder`` and yield its address, and the process."""
    port = free_port()
    options = ["--lang", language, "--no-browser", f"--port={port}"]
    command = [sys.executable, "-m", "crmlab", "dashboard", *options]
    said = scratch / "dashboard.log"
    with said.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=own_jupyter(scratch), stdout=log, stderr=log, start_new_session=True
        )
        address = f"http://127.0.0.1:{port}/"
        try:
            while address not in said.read_text(encoding="utf-8"):
                assert process.poll() is None, said.read_text(encoding="utf-8")
                time.sleep(0.1)
            yield address, process
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def jupyterlab(folder: Path, language: str, scratch: Path, lab: str = "01-value-customers") -> Iterator[str]:
    """Start ``crmlab lab`` on ``folder`` and yield the address of a lab in it."""
    port = free_port()
    options = ["--dir", str(folder), "--lang", language, "--no-browser", f"--port={port}"]
    command = [sys.executable, "-m", "crmlab", "lab", *options, "--", "--IdentityProvider.token=t"]
    with (scratch / "lab.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=own_jupyter(scratch), stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _answering(process, address, scratch / "lab.log")
            yield f"{address}/lab/tree/{lab}.ipynb?token=t"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _answering(process: subprocess.Popen[bytes], address: str, log: Path) -> str:
    """Wait until JupyterLab answers at ``address``, and return that."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/api?token=t", timeout=20).close()
            return f"{address}/?token=t"
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start: {log.read_text(encoding='utf-8')}")


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page = page
        self.menu = MENU[language]
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait for the kernel; what is run before it is there is lost, or asks for a kernel.

        The notebook's own indicator says "idle" before there is one; the status bar does not.
        """
        expect(self.page.locator(".jp-StatusBar-Left")).to_contain_text(self.menu["idle"], timeout=PATIENCE)
        idle = self.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        expect(idle).to_be_attached(timeout=PATIENCE)

    def close_file_browser(self) -> None:
        """Give the notebook the width of the window."""
        self.page.keyboard.press("ControlOrMeta+B")
        expect(self.page.locator(".jp-FileBrowser")).to_be_hidden(timeout=PATIENCE)

    def run_all(self) -> None:
        """Run all cells from JupyterLab's menu and wait for the last."""
        self.page.get_by_role("menuitem", name=self.menu["run"], exact=True).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=self.menu["all"]).first.click()
        expect(self.cell("progress()").locator(".crmlab-card")).to_be_visible(timeout=PATIENCE)

    def cell(self, code: str) -> Locator:
        """Return the code cell that holds ``code``, scrolled into view."""
        return self.page.locator(".jp-CodeCell", has_text=code).first

    def show(self, screen: Locator) -> None:
        """Scroll the cell of an Analysis page to the top, and wait until it stays there."""
        for _ in range(2):  # cells that come into sight for the first time push the others
            screen.evaluate("page => page.closest('.jp-Cell').scrollIntoView()")
            self.page.wait_for_timeout(300)

    def write(self, code: str, instead: str) -> None:
        """Type ``code`` into the cell that holds ``instead``, and run it and the check below it."""
        cell = self.cell(instead)
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(code)
        for _ in range(2):
            self.page.keyboard.press("Shift+Enter")


class Screen:
    """An Analysis page, wherever it is shown.

    Parameters
    ----------
    root : Locator
        The page's outermost element.
    company : Company
        The same company as the page's, to know what must be on the screen.
    """

    def __init__(self, root: Locator, company: Company) -> None:
        self.root = root
        self.company = company
        self.finding = root.locator(".crm-finding").first
        self.table = root.locator(".crm-table").first
        self.chart = root.locator(".crm-chart").first
        self.code = root.locator(".crm-code").first

    def open(self, entry: Entry) -> None:
        """Search an analysis by its name in the address, choose it, and wait for what it finds."""
        language = self.company.language
        search = self.root.get_by_label(say("explore.search", language), exact=True)
        search.fill(entry.slug)
        # Until the menu has answered, it still moves, and a click may miss.
        found = sum(matches(one, entry.slug) for one in entries())
        seen = self.root.locator(".crm-menu button:not(.crm-group)").filter(visible=True)
        expect(seen).to_have_count(found, timeout=PATIENCE)
        # A short name is also the beginning of a longer one.
        self.root.get_by_role("button", name=numbered(entry, language), exact=True).click()
        expect(self.root.locator("h3.crm-title")).to_contain_text(entry.name.to(language), timeout=PATIENCE)
        search.fill("")

    def expect_result(self, entry: Entry, filter: Filter | None = None) -> DataFrame:
        """Wait until finding and first row of an analysis are on the screen, and return its result."""
        result = entry.run(self.company, filter)
        finding = entry.finding(result, self.company)
        expect(self.finding).to_contain_text(finding, timeout=PATIENCE)
        for _, row in result.head(1).iterrows():
            for name, heading in entry.columns.items():
                if heading.format == "text":
                    expect(self.table).to_contain_text(heading.show(row[name], self.company.language))
        return result

    def walk(self, entry: Entry, into: Path) -> None:
        """Open an analysis, change one filter, look behind a row, and read an exported file back."""
        self.open(entry)
        self.expect_result(entry)
        drawn = self.chart.get_attribute("src")
        filter = self.change(entry)
        result = self.expect_result(entry, filter)
        if not result.empty:
            expect(self.chart).not_to_have_attribute("src", drawn or "")
            self._press("explore.open_row")
            drill = self.root.locator(".crm-drill")
            expect(drill.locator(".crm-finding")).to_contain_text(" ", timeout=PATIENCE)
            expect(drill.locator(".crm-finding")).not_to_contain_text(self._say("explore.failed"))
            self._press("explore.back")
        file = self.download("csv", into)
        found = read_csv(file, encoding="utf-8-sig")
        assert list(found) == list(result) and len(found) == len(result), file.name
        self.clear()
        self.expect_result(entry)

    def change(self, entry: Entry) -> Filter:
        """Change one filter that an analysis honours, and return what is then asked for."""
        for field, table in (("region", "customers"), ("major_category", "products")):
            if field in entry.honours:
                word = getattr(self.company, table)[field].iloc[0]
                self.select(field, word)
                return Filter(**{field: word})
        if "period" in entry.honours:
            period = self.root.get_by_label(self._say("explore.period"), exact=True)
            period.select_option(self._say("explore.last_year"))
            return Filter(start="2025-01-01", end="2025-12-31")
        day = self.root.get_by_label(self._say("explore.as_of"), exact=True)
        day.fill("2025/6/30")
        day.press("Enter")
        return Filter(end="2025-06-30")

    def select(self, field: str, word: str) -> None:
        """Choose a value of a filter."""
        label = FIELDS[field].title.to(self.company.language)
        self.root.get_by_label(label[:1].upper() + label[1:], exact=True).select_option(word)

    def records(self, row: str) -> Locator:
        """Open the row whose name holds ``row`` with a double click, and return where its records are."""
        self.table.locator("[data-row]", has_text=row).dblclick()
        drill = self.root.locator(".crm-drill")
        expect(drill).to_contain_text(row, timeout=PATIENCE)
        return drill

    def download(self, kind: str, into: Path) -> Path:
        """Press a button of the export bar, then its link, and return the file that the browser saved."""
        self._press(f"export.{kind}")
        link = self.root.locator(f'.crm-export a[download$=".{kind}"]')
        expect(link).to_be_visible(timeout=PATIENCE)
        with self.root.page.expect_download() as saved:
            link.click()
        file = into / saved.value.suggested_filename
        saved.value.save_as(file)
        return file

    def clear(self) -> None:
        """Press "Clear filters"."""
        self._press("explore.clear")

    def _press(self, key: str) -> None:
        self.root.get_by_role("button", name=self._say(key), exact=True).first.click()

    def _say(self, key: str) -> str:
        return say(key, self.company.language)


def serious(page: Page, **of: str) -> list[str]:
    """Return what axe-core finds that keeps somebody from using the page, or ``context`` in it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, **of).response["violations"]
    return [
        f"{one['id']}: {one['help']} {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def picture(page: Page, name: str, folder: Path) -> None:
    """Write a screenshot, small enough for a repository."""
    page.mouse.move(0, 0)  # what it hovers over looks chosen
    folder.mkdir(parents=True, exist_ok=True)
    shot = Image.open(io.BytesIO(page.screenshot(scale="css")))
    shot.convert("RGB").quantize(128).save(folder / f"{name}.png", optimize=True)
