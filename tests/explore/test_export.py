"""The export buttons, without a browser: the files are read back."""

from __future__ import annotations

import io
import re
import struct
from base64 import b64decode
from html import unescape
from html.parser import HTMLParser

import pandas as pd
import pytest
from openpyxl import load_workbook

from crmlab import explore, open_company
from crmlab.analysis import menu
from crmlab.analysis.totals import totals
from crmlab.explore import kinds
from crmlab.explore.export import FOLDER, TYPES, ExportBar
from crmlab.reporting import web
from crmlab.reporting.report import WRITERS, Report
from crmlab.reporting.workbook import ABOVE

YEAR = {"start": "2025-01-01", "end": "2025-12-31"}
SLUGS = [entry.slug for entry in menu.entries()]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A notebook's folder with a blank and Chinese letters in its name."""
    folder = tmp_path / "客户 work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(params=["en", "zh"])
def company(request):
    return open_company(language=request.param)


@pytest.fixture
def page(company):
    return explore(company, "value-customers", top=7, **YEAR)


def press(bar: ExportBar, kind: str) -> str:
    """Press a button and return what is said, without the file in the link."""
    bar.buttons[kind].click()
    return re.sub(r'href="[^"]*"', "", bar._says.value)


def downloaded(bar: ExportBar) -> tuple[str, str, bytes]:
    """Return the name, the type and the content of the file in the link."""
    name, kind, data = re.search(
        r'<a download="([^"]+)" href="data:([^;]+);base64,([^"]+)">', bar._says.value
    ).groups()
    return unescape(name), kind, b64decode(data, validate=True)


@pytest.mark.parametrize("kind", TYPES)
def test_the_file_is_beside_the_notebook_and_in_the_link(page, folder, kind):
    bar = ExportBar(page)
    said = press(bar, kind)
    file = folder / FOLDER / f"value-customers.{kind}"
    assert bar.written == file
    assert 'role="status"' in said and f"{FOLDER}/{file.name}" in said
    assert downloaded(bar) == (file.name, TYPES[kind], file.read_bytes())


def test_csv_is_what_is_on_the_screen(page, folder):
    bar = ExportBar(page)
    press(bar, "csv")
    content = bar.written.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfrank,")
    found = pd.read_csv(io.BytesIO(content))
    pd.testing.assert_frame_equal(found, page.result, check_dtype=False, rtol=1e-14)


def test_excel_opens_with_finding_scope_and_formats(page, company):
    bar = ExportBar(page)
    press(bar, "xlsx")
    sheet = load_workbook(bar.written).active
    assert sheet["A1"].value == page.entry.finding(page.result, company)
    assert sheet["A2"].value == page.result.attrs["scope"]
    assert sheet.max_row == ABOVE + 1 + len(page.result)
    column = list(page.entry.columns).index("net_sales") + 1
    cell = sheet.cell(ABOVE + 2, column)
    assert (cell.value, cell.number_format) == (page.result["net_sales"].iloc[0], "#,##0.00")


def test_the_picture_is_sharp(page):
    bar = ExportBar(page)
    press(bar, "png")
    content = bar.written.read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    wide, high = struct.unpack(">II", content[16:24])
    assert wide > 700 and high > 300


def test_the_picture_is_the_kind_that_is_chosen(page):
    bar = ExportBar(page)
    press(bar, "png")
    own = bar.written.read_bytes()
    page.chart.kind.value = kinds.PIE
    press(bar, "png")
    assert bar.written.read_bytes() != own
    press(bar, "html")
    alt = Reader(bar.written.read_text(encoding="utf-8")).attributes("img")[0]["alt"]
    assert alt in unescape(page.chart.html.value)


class Reader(HTMLParser):
    """Collects what a browser would show and fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def attributes(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_report_is_the_whole_screen_in_one_file(company, slug):
    entry = menu.find(slug)
    report = Report.of(entry, company, menu.Filter(), {})
    html = report.html().decode("utf-8")
    found = Reader(html)
    words = " ".join("".join(found.text).split())
    for sentence in (entry.name.to(company.language), entry.about.to(company.language)):
        assert " ".join(sentence.split()) in words
    assert " ".join(report.finding.split()) in words and report.scope in words
    assert entry.function.__name__ + "(" in words
    sums = totals(report.result, entry.columns)
    assert len(found.attributes("tr")) == 1 + min(len(report.result), web.ROWS) + bool(sums)
    assert len(found.attributes("th")) == len(entry.columns) + bool(sums)
    assert all(heading.titled(company.language) in words for heading in entry.columns.values())
    foot = html.partition("<tfoot>")[2]
    assert all(f">{entry.columns[name].cell(sums[name], company.language)}<" in foot for name in sums)
    (image,) = found.attributes("img")
    assert image["alt"] == report.picture.alt(company.language)
    assert image["src"].startswith("data:image/png;base64,")
    assert found.attributes("html") == [{"lang": "en" if company.language == "en" else "zh-CN"}]
    # Nothing is fetched, and nothing can be.
    assert not {"script", "link", "iframe"} & {tag for tag, _ in found.tags}
    assert "default-src 'none'" in html and "url(" not in html
    assert not re.search(r'(src|href)="(?!data:)', html)


def test_names_cannot_become_html(company):
    report = Report.of(menu.find(1), company, menu.Filter(), {})
    spoilt = report.result.assign(source="<script>alert(1)</script>")
    spoilt.attrs = report.result.attrs
    html = Report(report.entry, company, spoilt, "f(<company>)").html().decode("utf-8")
    assert "<script" not in html and "&lt;script&gt;" in html and "f(&lt;company&gt;)" in html


def test_a_report_of_very_many_rows_says_where_the_others_are(company, monkeypatch):
    monkeypatch.setattr(web, "ROWS", 5)
    report = Report.of(menu.find(2), company, menu.Filter(), {"top": 9})
    html = report.html().decode("utf-8")
    assert html.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>") == 5
    assert f"{report.result['net_sales'].sum():,.2f}" in html.partition("<tfoot>")[2]
    assert "CSV" in html


def test_an_empty_result_is_a_report_without_a_chart(company):
    html = Report.of(menu.find(2), company, menu.Filter(start="2021-01-01", end="2021-01-01"), {}).html()
    assert b"<img" not in html and b"<h1>" in html


def test_no_file_is_ever_overwritten(page, folder):
    bar, other = ExportBar(page), ExportBar(page)
    press(bar, "csv")
    first = bar.written.read_bytes()
    page.bar.fields["region"].value = page.bar.fields["region"].options[1][1]
    press(other, "csv")
    assert other.written.name == "value-customers-2.csv"
    assert bar.written.read_bytes() == first != other.written.read_bytes()


def test_the_screen_is_exported_as_it_is_when_the_button_is_pressed(page):
    bar = ExportBar(page)
    page.choose("customer-statistics")
    press(bar, "csv")
    assert bar.written.name == "customer-statistics.csv"
    found = pd.read_csv(bar.written, encoding="utf-8-sig")
    assert found["customers"].tolist() == page.result["customers"].tolist()


def test_without_a_result_there_is_a_sentence_and_no_file(page, folder):
    bar = ExportBar(page)
    page.bar.fields["customer"].value = "Nobody & <Sons>"
    assert page.result is None
    assert 'role="alert"' in press(bar, "xlsx")
    assert not (folder / FOLDER).exists()
    page.bar.fields["customer"].value = ""
    assert 'role="status"' in press(bar, "xlsx")


def test_where_no_file_can_be_kept_it_can_be_downloaded(page, folder):
    (folder / FOLDER).write_text("in the way", encoding="utf-8")
    bar = ExportBar(page)
    said = press(bar, "csv")
    assert bar.written is None and 'role="status"' in said
    assert downloaded(bar)[2].startswith(b"\xef\xbb\xbfrank,")
    assert (folder / FOLDER).read_text(encoding="utf-8") == "in the way"


def test_an_unexpected_failure_is_a_sentence_and_is_logged(page, monkeypatch, caplog):
    monkeypatch.setitem(WRITERS, "xlsx", lambda _: 1 / 0)
    bar = ExportBar(page)
    said = press(bar, "xlsx")
    assert 'role="alert"' in said and "ZeroDivision" not in said
    assert "ZeroDivisionError" in caplog.text


def test_the_buttons_speak_the_language(page, company):
    for button in ExportBar(page).buttons.values():
        assert button.description and button.tooltip
        assert bool(re.search("[一-鿿]", button.tooltip)) == (company.language == "zh")
