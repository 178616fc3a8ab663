"""The form for a student's account, worked with the keyboard in a real JupyterLab."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from driver import PATIENCE, Notebook, browser, chromium, jupyterlab
from playwright.sync_api import expect

from crmlab.settings import Settings, settings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None, reason="no Chromium: install the package chromium, or Google Chrome"
    ),
]

OUTPUT = Path(__file__).parents[2] / "test-output"
WORDS = {"en": ("Your account", "you are s2026017"), "zh": ("你的帐号", "你的帐号是 s2026017")}
#: A line that runs what stands in an empty answer's cell.
CODE = "from crmlab import my_account, open_company; my_account()"


@pytest.mark.parametrize("language", ["zh"])  # its words in both languages: tests/work
def test_the_form_writes_the_account_and_the_lab_goes_on_with_it(language, tmp_path):
    folder = tmp_path / "客户 work"
    label, said = WORDS[language]
    with browser(language) as page, jupyterlab(folder, language, tmp_path) as address:
        notebook = Notebook(page, address, language)
        notebook.write(CODE, instead="customers_on_file = ...")
        form = notebook.cell("my_account()")
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
        OUTPUT.mkdir(exist_ok=True)
        page.screenshot(path=OUTPUT / f"account-{language}.png")
        notebook.write("print(open_company().account)", instead="buyers_2025 = ...")
        expect(notebook.cell("print(open_company().account)")).to_contain_text("s2026017\n", timeout=PATIENCE)
