"""Every lab as a student meets it, in both editions: real JupyterLab, real Chromium; minutes, run by hand.

`test_lab01` does one lab each time. ``pytest -m labs_long -n0`` runs each untouched and solved, hands in a
known mistake, and leaves a picture of each whole notebook in ``test-output/``.
"""

from __future__ import annotations

import json
import re
import urllib.request
from itertools import count
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from driver import PATIENCE, WINDOW, Notebook, browser, chromium, jupyterlab
from playwright.sync_api import Page, expect

from crmlab import open_company
from crmlab.checks.question import Lab, labs
from crmlab.locale import LANGUAGES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.labs_long,
    pytest.mark.skipif(
        chromium() is None, reason="no Chromium: install the package chromium, or Google Chrome"
    ),
]

REPOSITORY = Path(__file__).parents[2]
OUTPUT = REPOSITORY / "test-output"
#: Pixels: what Chromium draws in one picture.
TALLEST = 16_000


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("labs") / "客户 work"


@pytest.fixture(scope="module")
def opened(language, folder, tmp_path_factory):
    """A function that opens a notebook of ``folder`` alone, and runs it from the top to the end."""
    scratch = tmp_path_factory.mktemp("jupyter")
    place = folder / language
    with browser(language) as page, jupyterlab(place, language, scratch, "{name}") as address:
        page.on("dialog", lambda dialog: dialog.accept())  # leave a notebook that is not saved

        def run(name: str) -> Notebook:
            stop_kernels(address)
            page.set_viewport_size(WINDOW)
            # In a workspace of its own, JupyterLab does not open what was open before.
            alone = address.format(name=name).replace("/lab/", f"/lab/workspaces/{name}/")
            notebook = Notebook(page, alone, language)
            if page.locator(".jp-FileBrowser").is_visible():
                notebook.close_file_browser()
            notebook.run_all()
            expect(page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')).to_be_attached(
                timeout=PATIENCE
            )
            return notebook

        yield run


def stop_kernels(address: str) -> None:
    """Stop the kernels of the notebooks that were open: each takes some hundred MB."""
    api = address.partition("/lab/")[0] + "/api/sessions"
    token = {"Authorization": "token t"}
    with urllib.request.urlopen(urllib.request.Request(api, headers=token)) as answer:
        sessions = json.load(answer)
    for session in sessions:
        request = urllib.request.Request(f"{api}/{session['id']}", headers=token, method="DELETE")
        urllib.request.urlopen(request).close()


def path_of(lab: Lab, kind: str, language: str) -> Path:
    (path,) = (REPOSITORY / kind / language).glob(f"{lab.number:02d}-*.ipynb")
    return path


def picture(page: Page, name: str) -> None:
    """Write a picture of the whole notebook, in parts where it is taller than one picture can be."""
    page.set_viewport_size({"width": WINDOW["width"], "height": TALLEST})
    scroller, last = page.locator(".jp-WindowedPanel-outer").first, page.locator(".jp-Notebook .jp-Cell").last
    OUTPUT.mkdir(exist_ok=True)
    for part in count(1):
        scroller.evaluate("(element, top) => { element.scrollTop = top }", (part - 1) * (TALLEST - 200))
        page.wait_for_timeout(1000)  # cells that come into sight for the first time become taller
        bottom = last.evaluate("cell => cell.getBoundingClientRect().bottom")
        shown = {"x": 0, "y": 0, "width": WINDOW["width"], "height": min(TALLEST, bottom + 40)}
        page.screenshot(path=OUTPUT / f"{name}-{part}.png", clip=shown, scale="css")
        if bottom <= TALLEST:
            break


def expect_no_error_and_every_screen(page: Page, path: Path) -> None:
    for kind in ("error", "stderr"):
        expect(page.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]')).to_have_count(0)
    cells = nbformat.read(path, as_version=4).cells
    screens = sum(cell.source.count("explore(") for cell in cells if cell.cell_type == "code")
    expect(page.locator(".crm-page")).to_have_count(screens, timeout=PATIENCE)
    for screen in page.locator(".crm-page").all():
        expect(screen.locator(".crm-finding")).not_to_be_empty(timeout=PATIENCE)


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: f"{lab.number:02d}")
def test_an_untouched_lab_runs_and_tells_a_mistake_from_the_right_answer(lab, language, opened):
    path = path_of(lab, "labs", language)
    notebook = opened(path.stem)
    page = notebook.page
    expect_no_error_and_every_screen(page, path)
    expect(page.locator(".crmlab-open")).to_have_count(len(lab.questions))
    picture(page, f"lab{lab.number:02d}-{language}-untouched")
    page.set_viewport_size(WINDOW)

    first, company = lab.questions[0], open_company(language=language)
    name = student_name(path, first.number)
    verdict = notebook.cell(f'check("{first.number}"')
    for mistake in first.mistakes[:2]:
        notebook.write(f"{name} = {float(mistake.answer(company))}", instead=f"{name} = ")
        says = re.sub("`", "", mistake.says.to(language))  # code is shown as code
        expect(verdict.locator(".crmlab-mistake")).to_contain_text(says, timeout=PATIENCE)
    page.screenshot(path=OUTPUT / f"lab{lab.number:02d}-{language}-mistake.png", scale="css")
    notebook.write(f"{name} = {float(first.answer(company))}", instead=f"{name} = ")
    expect(verdict.locator(".crmlab-right")).to_be_visible(timeout=PATIENCE)


def student_name(path: Path, number: str) -> str:
    """Return the name that a student's cell gives to the answer of question ``number``."""
    cells = nbformat.read(path, as_version=4).cells
    (code,) = (cell.source for cell in cells if cell.metadata.get("crmlab", {}).get("answer") == number)
    return code.splitlines()[-1].partition(" = ")[0]


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: f"{lab.number:02d}")
def test_a_solved_lab_is_right_from_the_first_question_to_the_last(lab, language, folder, opened):
    path = path_of(lab, "solutions", language)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    name = f"{path.stem}-solved"
    nbformat.write(notebook, folder / language / f"{name}.ipynb")
    page = opened(name).page
    expect_no_error_and_every_screen(page, path)
    expect(page.locator(".crmlab-right, .crmlab-played")).to_have_count(len(lab.questions))
    picture(page, f"lab{lab.number:02d}-{language}-solved")
