"""The start page."""

import re

import pytest

from crmlab.site import offline, pages
from crmlab.work.folder import shipped_labs


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    pages.write(folder, ("en", "zh"), remote=True)
    return folder


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_lab_is_a_card_with_all_that_its_first_cell_says(site, language):
    page = (site / f"{language}.html").read_text(encoding="utf-8")
    for path in shipped_labs(language):
        card = pages.card(path)
        assert f'href="{language}/lab/index.html?path={path.name}"' in page
        assert card.title in page and len(card.learn) >= 3 and re.search(r"\d+", card.time)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_names_no_other_host_and_leads_to_the_other_language(site, language):
    page = (site / f"{language}.html").read_text(encoding="utf-8")
    other = {"en": "zh", "zh": "en"}[language]
    assert not re.findall(r"""(?:href|src|url\()\s*=?\s*["']?(?:https?:)?//""", page)
    assert f'href="{other}.html"' in page
    chinese = len(re.findall(r"[一-鿿]", page))
    assert chinese > 500 if language == "zh" else chinese == len("简体中文")


def test_the_first_language_is_what_opens(site):
    assert (site / "index.html").read_bytes() == (site / "en.html").read_bytes()


def edition(folder, page):
    (folder / "lab").mkdir(parents=True)
    (folder / "lab" / "index.html").write_text(page, encoding="utf-8")
    (folder / "jupyter-lite.json").write_text(
        '{"jupyter-config-data": {"appVersion": "1"}}', encoding="utf-8"
    )


PAGE = """<link
      id="jupyter-lite-main"
      rel="preload"
      href="../build/lab/bundle.js?_=1">
        await import(
          '../config-utils.js?_=1'
        );"""


def test_another_content_is_another_version(tmp_path):
    versions = set()
    for content in ("one", "two"):
        site = tmp_path / content
        edition(site / "en", PAGE)
        (site / "lab.txt").write_text(content, encoding="utf-8")
        offline.write(site, ["en"], None)
        script = (site / "en" / offline.WORKER).read_text(encoding="utf-8")
        versions.add(re.search(r'VERSION = "(\w+)"', script)[1])
        assert "@" not in script
    assert len(versions) == 2


def test_another_jupyterlite_is_refused(tmp_path):
    edition(tmp_path / "en", "<html></html>")
    with pytest.raises(ValueError, match=r"Install the version of JupyterLite"):
        offline.write(tmp_path, ["en"], None)
