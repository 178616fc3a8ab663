"""The realism report: what it says, how it ends, and its page beside CDNOW."""

import base64
import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from crmlab.cli import app
from crmlab.company.realism import FACTS, Books, Fact, cdnow, measured, page, report
from crmlab.errors import CrmlabError
from crmlab.locale import Text


def run(*arguments):
    return CliRunner().invoke(app, ["company", "--realism", *arguments])


@pytest.fixture(scope="module")
def lines(company):
    return report.lines([measured(company)])


def line(*values):
    fact = Fact(Text("a", "甲"), 1, 2, lambda books: 1, Text("b", "乙"))
    return report.Line(fact, pd.Series(values))


def test_every_fact_has_both_languages_a_range_and_evidence():
    assert len({fact.name.en for fact in FACTS}) == len({fact.name.zh for fact in FACTS}) == len(FACTS)
    for fact in FACTS:
        assert all(fact.name) and all(fact.evidence) and fact.low < fact.high


def test_a_fact_fails_when_more_than_one_company_in_twenty_is_outside():
    assert line(1.0).passed and line(2.0).passed and not line(2.1).passed
    assert not line(*[1.5] * 18, 3).passed
    assert line(*[1.5] * 19, 3).passed
    assert not line(*[1.5] * 18, 0, 3).passed
    assert not line(float("nan")).passed


def test_one_company_shows_its_value_and_several_their_span():
    assert line(1.5).cells("en") == ("a", "1.50", "1.00..2.00", "pass", "b")
    assert line(1.5, 1.7, 9).cells("zh") == ("甲", "1.70 (1.50..9.00)", "1.00..2.00", "不通过 2/3", "乙")


@pytest.mark.parametrize(("language", "word"), [("en", "pass"), ("zh", "通过")])
def test_the_command_prints_every_fact_and_is_content(language, word, lines, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    result = run("--lang", language)
    assert result.exit_code == 0, result.output
    printed = re.sub(r"\s", "", result.output)
    assert printed.count(word) >= len(FACTS)
    for each in lines:
        assert each.fact.name.to(language).replace(" ", "") in printed


def test_the_command_ends_with_1_when_a_fact_does_not_hold(monkeypatch):
    never = Fact(Text("never", "从不"), 0, 1, lambda books: 2, Text("none", "无"))
    monkeypatch.setattr(report, "FACTS", [never])
    monkeypatch.setattr("crmlab.company.realism.facts.FACTS", [never])
    result = run("--lang", "en", "--seeds", "2")
    assert result.exit_code == 1
    assert "fail 0/2" in result.output


@pytest.fixture
def log(tmp_path):
    """Two customers in the form of CDNOW's file: one bought twice on one day and again a month later."""
    path = tmp_path / "CDNOW_master.txt"
    rows = [
        "00001 19970101 1 10.00",
        "00001 19970101 1 10.00",
        "00001 19970201 2 20.00",
        "00002 19970112 1 80.00",
    ]
    path.write_text("\n".join(rows), encoding="ascii")
    return path


def test_what_was_bought_on_one_day_is_one_purchase(log):
    theirs = cdnow.read(log)
    assert theirs.gaps.tolist() == [31]
    assert theirs.values.tolist() == [1, 1, 4]
    assert theirs.again.tolist() == [0, 0, *[0.5] * 17]


def test_a_header_is_no_purchase(log):
    log.write_text("customer_id date number dollars\n" + log.read_text(encoding="ascii"), encoding="ascii")
    assert cdnow.read(log).gaps.tolist() == [31]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", "00001 19970101 1 十".encode(), b"1 2 3 4\n"])
def test_a_file_that_is_not_cdnows(log, content):
    log.write_bytes(content)
    with pytest.raises(CrmlabError, match=r"CDNOW_master\.txt"):
        cdnow.read(log, "en")


def test_a_file_that_is_not_there(tmp_path):
    result = run("--lang", "en", "--page", str(tmp_path / "p.html"), "--cdnow", str(tmp_path / "none.txt"))
    assert result.exit_code == 1
    assert "cannot be read" in " ".join(result.output.split())
    assert not (tmp_path / "p.html").exists()


def test_the_company_buys_like_the_facts_say(company, lines):
    ours = cdnow.generated(Books(company))
    values = {each.fact.name.en: each.values.iloc[0] for each in lines}
    assert ours.gaps.std() / ours.gaps.mean() == values["time between purchases, CV"]
    assert ours.again.iloc[-1] == pytest.approx(values["bought again within 18 months"], abs=0.005)
    assert ours.values.median() == 1
    assert ours.again.is_monotonic_increasing


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("with_file", [False, True])
def test_the_page_needs_no_other_file(company, lines, log, language, with_file):
    ours = cdnow.generated(Books(company))
    html = page.page(lines, ours, cdnow.read(log) if with_file else None, language)
    source = re.search(r'src="data:image/png;base64,([^"]+)"', html)[1]
    assert base64.b64decode(source).startswith(b"\x89PNG")
    assert "http" not in html
    assert re.search(r'alt="[^"]*1\.27|alt="[^"]*CDNOW', html)
    for each in lines:
        assert each.fact.name.to(language) in html
        assert each.fact.evidence.to(language).replace("&", "&amp;") in html


def test_the_page_draws_cdnow_by_its_published_figures_or_its_file(company, log):
    ours = cdnow.generated(Books(company))
    for theirs, labels in ((None, 2), (cdnow.read(log), 2)):
        gaps, values, again = page.figure(ours, theirs, "en").axes
        assert len(gaps.lines) == 4  # median and mean of both
        assert [round(each.get_xdata()[0]) for each in gaps.lines][1::2] == [34, 72]
        for axes in (values, again):
            assert len(axes.get_legend_handles_labels()[0]) == labels
    assert page.figure(ours, None, "en").axes[2].lines[1].get_ydata() == [0.49]
