"""The charts: in both languages, nothing cut off, no glyph missing, and in words for those who do not see."""

from __future__ import annotations

import io
import re
import warnings
from base64 import b64decode

import matplotlib
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure
from PIL import Image

from crmlab import open_company
from crmlab.analysis.charts import png, shortened, width, wrapped
from crmlab.analysis.charts.canvas import NOTHING
from crmlab.analysis.menu import entries, find
from crmlab.company.schema import SOURCES

from .asking import honoured, whole

FILTERS = {
    "everything": {},
    "one year": {"start": "2025-01-01", "end": "2025-12-31"},
    "one customer": {"customer": 1016},
    "long scope": {"source": [word.zh for word in SOURCES], "region": ["华东", "华南", "华北"]},
    "nothing": {"start": "2021-01-01", "end": "2021-01-01", "customer": 1016},
}


#: Which filter is drawn in which language: whole and empty in both, the others where their words are long.
DRAWN = {
    "everything": ("en", "zh"),
    "one year": ("zh",),
    "one customer": ("en",),
    "long scope": ("zh",),
    "nothing": ("en", "zh"),
}


def _drawings():
    """Each analysis with each filter that it honours something of, in the languages of `DRAWN`."""
    for entry in entries():
        for name, languages in DRAWN.items():
            if name == "everything" or honoured(entry, FILTERS[name]):
                for language in languages:
                    yield pytest.param((entry, name, language), id=f"{entry.slug}-{name}-{language}")


@pytest.fixture(params=_drawings(), scope="module")
def drawn(request):
    entry, name, language = request.param
    company = open_company(language=language, seed=2026)
    asked = honoured(entry, FILTERS[name])
    result = entry.run(company, **asked) if asked else whole(entry, company)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*[Gg]lyph|.*[Ff]ont")
        figure = entry.chart(result, company)
        image = png(figure)
    return entry, result, company, figure, image


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.slug)
def test_a_notebook_shows_it(entry):
    # As the backend for notebooks does, which draws figures itself and leaves out those that seem empty.
    formatter = DisplayFormatter()
    formatter.formatters["image/png"].for_type(Figure, lambda figure: print_figure(figure, base64=True))
    company = open_company(language="en", seed=2026)
    figure = entry.chart(whole(entry, company), company)
    shown, about = formatter.format(figure)
    with Image.open(io.BytesIO(b64decode(shown["image/png"]))) as image:
        size = about["image/png"]
        assert image.size == (2 * size["width"], 2 * size["height"])
        assert len(image.getcolors(1 << 24)) > 10
    assert shown["text/plain"] == figure.alt


def test_nothing_is_cut_off(drawn):
    *_, figure, image = drawn
    assert figure.artists or figure.texts[-1].get_text() in NOTHING
    assert image.startswith(b"\x89PNG")
    renderer = figure.canvas.get_renderer()
    assert len(figure.texts) > 1
    for text in figure.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text


def test_the_finding_is_the_title(drawn):
    entry, result, company, figure, _ = drawn
    finding = entry.finding(result, company)
    assert re.sub(r"\s", "", figure.texts[0].get_text()) == re.sub(r"\s", "", finding)
    assert bool(re.search("[\u4e00-\u9fff]", finding)) == (company.language == "zh")
    assert not re.search(r"\bnan\b|[{}]", finding)


def test_alt_text_has_numbers(drawn):
    entry, result, company, _, _ = drawn
    alt = entry.alt(result, company)
    assert alt.startswith(entry.finding(result, company))
    assert not re.search(r"\bnan\b|\bNone\b|[{}]", alt)
    assert bool(re.search("[\u4e00-\u9fff]", alt)) == (company.language == "zh")
    picture = entry.picture(result, company).alt(company.language)
    if "no values" not in picture and "没有数据" not in picture:
        assert re.search(r"\d", picture)
    elif len(result):
        shown = result.select_dtypes("number").drop(columns=[c for c in result if c.endswith("_id")])
        assert not shown.notna().all(axis=None), "there are values to be told"


@pytest.mark.parametrize(
    ("slug", "counted"), [("customer-statistics", "customers"), ("new-customers", "new_customers")]
)
def test_alt_text_has_every_number(default, slug, counted):
    entry = find(slug)
    result = entry.run(default)
    numbers = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", entry.alt(result, default))}
    assert set(result[counted]) <= numbers


def test_a_chart_without_a_scope_leaves_no_trace(entry):
    """What a student did to a result may have lost its scope; the next chart is the student's own."""
    company = open_company(language="zh", seed=2026)
    result = whole(entry, company).copy()
    result.attrs.clear()
    before = dict(matplotlib.rcParams)
    assert png(entry.chart(result, company))
    assert dict(matplotlib.rcParams) == before


def test_shortened_text_is_no_wider_than_asked():
    for text in ("Harbour View Trading Company Limited", "上海远洋国际贸易有限公司", "A", ""):
        for most in range(2, 40):
            assert width(shortened(text, most)) <= most
            assert shortened(text, most) == text or shortened(text, most).endswith("…")


def test_wrapped_text_loses_nothing():
    text = "20%的客户（686个中的137个）贡献了净销售额的74%；最大的是Dalian Yunyue Catering：233万元（3.2%）。"
    for most in range(20, 90):
        lines = wrapped(text, most).split("\n")
        assert max(map(width, lines)) <= most + 2
        assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
        assert not any(line[0] in "，；：。）" for line in lines)


def test_a_word_longer_than_a_line_stays_whole():
    assert wrapped("）c aiWbM.1$$l,万abb", 12).split("\n") == ["）c", "aiWbM.1$$l,万", "abb"]


def test_negative_values_and_missing_shares_can_be_drawn(default):
    entry = find("value-customers")
    result = entry.run(default).head(6)
    returned = result.assign(net_sales=-result["net_sales"], share=np.nan, cumulative_share=np.nan)
    assert png(entry.chart(returned, default))
    assert "nan" not in entry.alt(returned, default)
