"""``crmlab analyse`` as it is typed."""

from __future__ import annotations

import inspect
import io
import json
import re

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from crmlab import Company, cli, open_company
from crmlab.analysis.filters import FIELDS
from crmlab.analysis.menu import entries, find
from crmlab.cli import app
from crmlab.company.size import Plan, write
from crmlab.reporting.asking import own_values
from crmlab.reporting.listing import listing
from crmlab.reporting.report import WRITERS, Report
from crmlab.reporting.workbook import ABOVE

YEAR = ("--from", "2025-01-01", "--to", "2025-12-31")


def run(*arguments):
    return CliRunner().invoke(app, ["analyse", *arguments])


def said(result):
    return " ".join(result.output.split())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    for name in ("LANGUAGE", "ACCOUNT", "COURSE"):
        monkeypatch.delenv(f"CRMLAB_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=["en", "zh"])
def company(request):
    return open_company(language=request.param, seed=2026)


@pytest.fixture(params=entries(), ids=lambda entry: entry.slug)
def entry(request):
    return request.param


def test_every_field_of_the_filter_bar_is_an_option():
    parameters = inspect.signature(cli.analyse).parameters
    assert set(FIELDS) <= set(parameters)
    output = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["analyse", "--help"]).output
    for name in FIELDS:
        assert f"--{name.replace('_', '-')}" in output


def test_the_list_names_everything(company):
    text = listing(company.language)
    assert run("--list", "--lang", company.language).output.split() == text.split()
    for entry in entries():
        part = text.split(f"{entry.slug} · ")[1].split("\n\n")[0]
        assert part.startswith(entry.name.to(company.language))
        assert entry.about.to(company.language) in part
        assert ("--from" in part) == ("period" in entry.honours)
        assert ("--product" in part.split()) == ("product" in entry.honours)
        assert re.findall(r"--set (\w+)", part) == [own.name for own in entry.own]
        assert entry.group.name.to(company.language) in text
    assert bool(re.search("[\u4e00-\u9fff]", text)) or company.language == "en"


def test_without_a_name_the_list_is_shown():
    assert run().output == run("--list").output


def test_csv_is_the_result(company):
    result = run("value-customers", *YEAR, "--set", "top=7", "--format", "csv", "--lang", company.language)
    expected = find("value-customers").run(company, start="2025-01-01", end="2025-12-31", top=7)
    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbfrank,")
    found = pd.read_csv(io.BytesIO(result.stdout_bytes))
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-14)


def test_filters_and_choices_reach_the_analysis():
    company = open_company(language="en", seed=2026)
    arguments = (
        "--source", "展会", "--source", "Unknown", "--minor-category", "Paper", "--owner", str(company.me),
        "--to", "2025/6/30", "--set", "every=年",
    )  # fmt: skip
    found = json.loads(run("sales-trend", *arguments, "--format", "json").output)
    expected = find("sales-trend").run(
        company, source=["Trade fair", "未知"], minor_category="纸品", owner=company.me,
        end="2025-06-30", every="year",
    )  # fmt: skip
    assert found["analysis"] == "sales-trend"
    assert found["finding"] == find("sales-trend").finding(expected, company)
    assert found["scope"] == expected.attrs["scope"]
    assert [row["net_sales"] for row in found["rows"]] == expected["net_sales"].tolist()
    assert list(found["columns"]) == list(expected)


def test_a_table_is_written_in_full_where_there_is_no_terminal(company):
    result = run("value-customers", *YEAR, "--region", "华北", "--lang", company.language)
    expected = find(2).run(company, start="2025-01-01", end="2025-12-31", region="North China")
    names = expected["customer"]
    assert len(names) > 30
    lines = result.output.splitlines()
    assert len(lines) >= len(names)
    assert all(name in result.output for name in names)
    assert re.sub(r"\s", "", find(2).finding(expected, company)) in re.sub(r"\s", "", result.output)


def test_an_account_and_another_company(elsewhere):
    of_student = run("1", "--account", "s2026017", "--format", "csv").output
    assert of_student != run("1", "--format", "csv").output
    open_company(language="zh", seed=7).save(elsewhere / "另一家")
    found = json.loads(run("1", "--company", "另一家", "--format", "json").output)
    company = open_company(language="zh", seed=7)
    assert [row["customers"] for row in found["rows"]] == find(1).run(company)["customers"].tolist()
    assert found["name"] == "客户统计分析"
    result = run("1", "--company", "另一家", "--lang", "en")
    assert result.exit_code == 1
    assert "--company" in said(result)


def test_both_spellings():
    runner = CliRunner()
    british = runner.invoke(app, ["analyse", "1", "--format", "csv"])
    american = runner.invoke(app, ["analyze", "1", "--format", "csv"])
    assert british.exit_code == american.exit_code == 0
    assert british.output == american.output
    assert " analyse " in runner.invoke(app, ["--help"]).output
    assert " analyze " not in runner.invoke(app, ["--help"]).output


def test_pictures_and_workbooks_get_a_name_that_is_free(elsewhere):
    for ending in ("png", "xlsx"):
        for name in (f"customer-statistics.{ending}", f"customer-statistics-2.{ending}"):
            result = run("1", "--format", ending)
            assert result.exit_code == 0
            assert str(elsewhere / name).replace(" ", "") in result.output.replace("\n", "").replace(" ", "")
            assert (elsewhere / name).stat().st_size > 3000
    assert (elsewhere / "customer-statistics.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("ending", list(WRITERS))
def test_a_file_is_written_and_none_is_overwritten(elsewhere, ending):
    file = elsewhere / "报告 1" / f"result.{ending}"
    result = run("3", "--out", str(file))
    assert result.exit_code == 0
    assert "new customers" in said(result).lower()
    content = file.read_bytes()
    assert content
    result = run("3", *YEAR, "--out", str(file))
    assert result.exit_code == 1
    assert "--force" in said(result)
    assert file.read_bytes() == content
    assert run("3", *YEAR, "--out", str(file), "--force").exit_code == 0
    assert file.read_bytes() != content
    assert list(file.parent.iterdir()) == [file]


def test_the_name_of_the_file_says_what_it_is(elsewhere):
    assert (
        run("1", "--out", "a.CSV").exit_code == run("1", "--out", "b.dat", "--format", "json").exit_code == 0
    )
    assert (elsewhere / "a.CSV").read_bytes().startswith(b"\xef\xbb\xbfsource,")
    assert json.loads((elsewhere / "b.dat").read_text(encoding="utf-8"))["analysis"] == "customer-statistics"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("value-customer",), "value-customers"),
        (("1", "--set", "top"), "name=value"),
        (("1", "--set", "=3"), "name=value"),
        (("2", "--set", "tpo=3"), '"top"|top'),
        (("2", "--set", "top=many"), "many"),
        (("1", "--source", "Webside"), "Website"),
        (("3", "--product", "101"), "cannot be filtered by product"),
        (("7", "--from", "2025-01-01"), "cannot be filtered by start"),
        (("1", "--from", "yesterday"), "yesterday"),
        (("1", "--from", "2025-02-01", "--to", "2025-01-01"), "before it starts"),
        (("1", "--account", "a b"), "cannot be an account"),
        (("1", "--company", "nowhere"), "nowhere"),
        (("1", "--out", "file/below.csv"), "could not be written"),
        (("1", "--lang", "zh", "--source", "网占"), "网站"),
        (("1", "--lang", "zh", "--set", "top"), "名称=值"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_status_1(elsewhere, arguments, words):
    (elsewhere / "file").write_text("mine", encoding="utf-8")
    result = run(*arguments)
    assert result.exit_code == 1
    assert re.search(words, said(result)), said(result)
    assert "Traceback" not in result.output
    assert [path.name for path in elsewhere.iterdir()] == ["file"]


def test_numbers_and_words_of_ones_own():
    assert own_values(["a=1", "b = 2.5", "c-d=x=y", "e=0x10"], "en") == {
        "a": 1, "b": 2.5, "c_d": "x=y", "e": "0x10",
    }  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A company of eighty customers."""
    folder = tmp_path_factory.mktemp("small")
    write(Plan(folder, "zh", customers=80), jobs=1)
    return Company.read(folder)


def test_every_analysis_as_everything(entry, small):
    """The numbers in the workbook are those of the result, and its text is no formula."""
    result = entry.run(small)
    report = Report(entry, small, result)
    assert report.csv().decode("utf-8-sig").splitlines()[0] == ",".join(result.columns)
    assert len(json.loads(report.json())["rows"]) == len(result)
    assert len(report.text().decode("utf-8").splitlines()) >= len(result)
    sheet = load_workbook(io.BytesIO(report.xlsx())).active
    assert sheet.max_row == ABOVE + 1 + len(result)
    assert [cell.value for cell in sheet[ABOVE + 1]] == report.titles()
    assert sheet["A1"].value == report.finding
    assert sheet.freeze_panes == f"A{ABOVE + 2}"
    for place, (name, heading) in enumerate(entry.columns.items(), start=1):
        for row, value in enumerate(result[name].head(20), start=ABOVE + 2):
            cell = sheet.cell(row, place)
            assert cell.data_type != "f"
            if pd.isna(value):
                assert cell.value is None
            elif heading.format in ("yuan", "share", "number") and not heading.words:
                assert cell.value == pytest.approx(value)
                assert cell.number_format in ("#,##0.00", "0.0%")


def test_an_empty_result_is_a_table_without_rows(company):
    entry = find("value-customers")
    result = entry.run(company, start="2021-01-01", end="2021-01-01", customer=1016)
    report = Report(entry, company, result)
    assert report.csv().decode("utf-8-sig").splitlines() == [",".join(result.columns)]
    assert json.loads(report.json())["rows"] == []
    assert load_workbook(io.BytesIO(report.xlsx())).active.max_row == ABOVE + 1
    assert report.titles()[0] in report.text().decode("utf-8")


def test_a_name_is_no_formula(company):
    raw = dict(company.raw)
    customers = raw["customers"].copy()
    customers["name"] = "=1+1\x07 [bold]"
    other = Company(raw | {"customers": customers}, language=company.language)
    report = Report(find(2), other, find(2).run(other, top=3))
    cell = load_workbook(io.BytesIO(report.xlsx())).active.cell(ABOVE + 2, 3)
    assert (cell.value, cell.data_type) == ("=1+1 [bold]", "s")
    assert "=1+1" in report.text().decode() and "[bold]" in report.text().decode()
