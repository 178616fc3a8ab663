"""The forms of chart: whatever is drawn, no text leaves the figure or covers another, in both languages."""

from __future__ import annotations

import io
import math
import re
import warnings
from itertools import combinations, pairwise

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crmlab.analysis.charts import (
    Bars,
    Canvas,
    Card,
    Cards,
    Columns,
    Curve,
    Grouped,
    Heatmap,
    Line,
    Mark,
    Pareto,
    Part,
    Pie,
    Points,
    Series,
    Stacked,
    Trend,
    Waterfall,
    composition,
    png,
)
from crmlab.analysis.charts.canvas import NOTHING
from crmlab.analysis.charts.letters import pixels
from crmlab.analysis.charts.lines import spread
from crmlab.analysis.charts.palette import look
from crmlab.analysis.charts.scales import Scale

TITLE = {
    "en": "Net sales reached 18.8 million yuan in 2025, 12 % more than in 2024; "
    "the largest customer is Harbour View.",
    "zh": "2025年净销售额达到1,880万元，比2024年增长12%；"
    "最大的客户是上海远洋国际贸易有限公司，占净销售额的3.2%。",
}
SCOPE = {"en": "2021-01-01 to 2026-01-31", "zh": "2021-01-01 至 2026-01-31"}
CAPTION = {"en": "Net sales of all customers who bought, yuan", "zh": "有购买记录的全部客户的净销售额（元）"}
SHORT = {"en": "Tang", "zh": "唐韵"}
LONG = {
    "en": "South China Building Materials Import and Export Group, Guangzhou branch",
    "zh": "华南建筑材料进出口集团股份有限公司广州分公司第二营业部采购中心",
}


def noted(values):
    return ["–" if math.isnan(value) else f"{value:,.4g}" for value in values]


def parts(values, name, count=3):
    return [Part(f"{name} {i}", [value * (i + 1) for value in values]) for i in range(count)]


# Every form from the same ingredients: caption, names, one value for each, a word.
FORMS = {
    "bars": lambda c, n, v, w: Bars(c, n, v, noted(v), stressed=n[-1] if n else None),
    "columns": lambda c, n, v, w: Columns(c, "", n, v, noted(v)),
    "columns and line": lambda c, n, v, w: Columns(
        c, w, n, v, [f"{note}\n+12 %" for note in noted(v)], np.cumsum(v).tolist(), [True] * len(n)
    ),
    "pareto": lambda c, n, v, w: Pareto(
        Bars(c, n[:10], v[:10], noted(v[:10])), c, np.linspace(0.3, 1, len(n)).tolist(), len(n) // 5 + 1, w
    ),
    "trend": lambda c, n, v, w: Trend(c, n, [Series(w, v, noted(v), whole=[True] * len(n))]),
    "trends": lambda c, n, v, w: Trend(
        c, n, [Series(f"{w} {i}", [x * (1 + i / 9) for x in v], dashed=i == 3) for i in range(4)], share=True
    ),
    "stacked": lambda c, n, v, w: Stacked(c, n, parts(v, w), noted(v), ordered=True),
    "stacked percent": lambda c, n, v, w: Stacked(c, n, parts(v, w, 6), percent=True),
    "grouped": lambda c, n, v, w: Grouped(c, n, parts(v, w, 2)),
    "grouped thin": lambda c, n, v, w: Grouped(c, n, parts(v, w, 4), share=True),
    "heatmap": lambda c, n, v, w: Heatmap(c, n, n, np.outer(v, np.ones(len(n))), [noted(v)] * len(n)),
    "heatmap wide": lambda c, n, v, w: Heatmap(c, n[:3], n, [v] * len(n[:3]), [noted(v)] * len(n[:3])),
    "cards": lambda c, n, v, w: Cards([Card(a, b, w) for a, b in zip(n, noted(v), strict=True)]),
    "waterfall": lambda c, n, v, w: Waterfall(c, n, v, noted(v), [i % 3 == 0 for i in range(len(n))]),
    "points": lambda c, n, v, w: Points(
        c, c, range(len(v)), v, groups=[f"{w} {i % 3}" for i in range(len(v))], names=n
    ),
    "points and line": lambda c, n, v, w: Points(c, c, v, v, lines=[Line(w, v, v)], names=n),
    "points logarithmic": lambda c, n, v, w: Points(c, c, v, v, names=n, logarithmic=True),
    "pie": lambda c, n, v, w: Pie(c, n, [abs(x) for x in v], noted(v)),
    "curve": lambda c, n, v, w: Curve(
        c, c, [Line(f"{w} {i}", range(len(v)), [x * i for x in v]) for i in range(3)], [Mark(0, 0, w)]
    ),
}
VALUES = {
    "ordinary": lambda count: [float(7919 * (i + 3) % 997) for i in range(count)],
    "zero": lambda count: [0.0] * count,
    "missing": lambda count: [math.nan] * count,
    "gaps": lambda count: [math.nan if i % 3 == 1 else 10.0 - i for i in range(count)],
    "negative": lambda count: [-1234.5 * (i + 1) for i in range(count)],
    "one huge": lambda count: [1e12 if i == 1 else 0.5 + i for i in range(count)],
}
CASES = [(0, "ordinary", SHORT), (1, "ordinary", LONG), (1, "missing", SHORT), (2, "zero", LONG)]
CASES += [(9, "gaps", LONG), (12, "one huge", SHORT), (60, "negative", LONG)]


def drawn(picture, language, title=None):
    return picture.figure(title or TITLE[language], SCOPE[language], language)


def planned(picture):
    """The figure of ``picture``, and the plane that its values are drawn on."""
    canvas, planes = Canvas(TITLE["en"], SCOPE["en"], "en"), []
    plane = canvas.plane
    canvas.plane = lambda *given, **named: planes.append(plane(*given, **named)) or planes[-1]
    picture.draw(canvas)
    return canvas.figure, planes[0]


def written(figure):
    """Each text with the rectangle that it covers; a glyph that no font has would be a warning."""
    renderer = figure.canvas.get_renderer()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*[Gg]lyph|.*[Ff]ont")
        return [(text.get_text(), text.get_window_extent(renderer)) for text in figure.texts]


def assert_legible(figure):
    texts = written(figure)
    for text, box in texts:
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text
    for (one, a), (other, b) in combinations(texts, 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart, (one, other)


def assert_spoken(alt, language):
    assert bool(re.search("[\u4e00-\u9fff]", alt)) == (language == "zh")
    assert not re.search(r"\bnan\b|[{}]|\binf\b", alt)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("count", "kind", "name"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
@pytest.mark.parametrize("form", FORMS)
def test_legible_whatever_the_data(form, count, kind, name, language):
    names = [f"{name[language]} {i}" for i in range(count)]
    picture = FORMS[form](CAPTION[language], names, VALUES[kind](count), name[language])
    figure = drawn(picture, language)
    assert_legible(figure)
    assert figure.artists or NOTHING.to(language) in dict(written(figure))
    assert_spoken(picture.alt(language), language)
    assert figure.alt == f"{TITLE[language]} {picture.alt(language)}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", FORMS)
def test_a_file_with_every_glyph(form, language):
    names = [f"{LONG[language]} {i}" for i in range(7)]
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*[Gg]lyph|.*[Ff]ont")
        image = png(drawn(FORMS[form](CAPTION[language], names, VALUES["gaps"](7), "w"), language))
    assert image.startswith(b"\x89PNG")


def test_a_file_is_what_was_drawn():
    figure = drawn(FORMS["bars"]("c", ["a", "b"], [1, 2], ""), "en")
    image = Image.open(io.BytesIO(png(figure, 128)))
    assert figure.get_dpi() == 100 and [round(each) for each in image.info["dpi"]] == [128, 128]
    figure.set_dpi(128)
    figure.canvas.draw()
    assert (np.asarray(image) == np.asarray(figure.canvas.buffer_rgba())).all()


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(FORMS)),
    st.sampled_from(["en", "zh"]),
    st.lists(
        st.tuples(
            st.text("abcWMil. ,$_^1万客户（）", max_size=40),
            st.floats(-1e9, 1e9, width=32) | st.just(math.nan),
        ),
        max_size=40,
    ),
    st.text("abcW $", max_size=30),
    st.integers(0, 200),
)
def test_legible_for_any_names_and_values(form, language, data, word, long):
    if language == "en":
        data = [(re.sub(r"[^\x00-\x7f]", "", name), value) for name, value in data]
    names, values = [name for name, _ in data], [value for _, value in data]
    title = (TITLE[language] * 3)[: 20 + long]
    assert_legible(drawn(FORMS[form](word, names, values, word), language, title))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["bars", "columns", "stacked", "waterfall", "cards", "grouped", "pie"])
def test_of_few_everything_is_written(form, language):
    names = [f"{SHORT[language]} {i}" for i in range(6)]
    values = VALUES["ordinary"](6)
    texts = " ".join(text for text, _ in written(drawn(FORMS[form]("", names, values, "w"), language)))
    assert [name for name in names if name not in texts] == []
    assert [note for note in noted(values) if form != "grouped" and note not in texts] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_slice_of_a_pie_is_named(language):
    for sizes in ([35, 16, 11, 11, 8, 7, 4, 4, 4], [1, 1, 1, 1, 96], [96, 1, 1, 1, 1], [1] * 8):
        names = [f"{SHORT[language]} {i}" for i in range(len(sizes))]
        texts = [
            text
            for text, _ in written(drawn(Pie(CAPTION[language], names, sizes, ["x"] * len(sizes)), language))
        ]
        assert sum(text.startswith(SHORT[language]) for text in texts) == min(len(sizes), 8) - (
            len(sizes) > 8
        )
        assert len(texts) == 3 + min(len(sizes), 8)


def test_cards_keep_within_their_frames():
    cards = [Card(f"title {i}", f"{10 ** (i % 8):,}", f"note {i}") for i in range(16)]
    texts = dict(written(drawn(Cards(cards), "en")))
    for i in range(4, 16):
        assert texts[f"title {i}"].y1 < texts[f"note {i - 4}"].y0
    assert {card.title for card in cards} | {card.note for card in cards} <= set(texts)


def test_a_matrix_has_its_numbers():
    notes = [[f"{10 * i + j}" for j in range(9)] for i in range(9)]
    matrix = Heatmap("c", [f"r{i}" for i in range(9)], [f"k{i}" for i in range(9)], np.ones((9, 9)), notes)
    texts = {text for text, _ in written(drawn(matrix, "en", "t"))}
    assert {note for row in notes for note in row} | {"r8", "k8"} <= texts


def test_a_matrix_too_dense_for_numbers_says_what_its_colours_mean():
    values = np.arange(1600).reshape(40, 40)
    names = [str(i) for i in range(40)]
    matrix = Heatmap("c", names, names, values, [[f"v{x}" for x in row] for row in values])
    texts = {text for text, _ in written(drawn(matrix, "en"))}
    assert {"v0", "v1599"} <= texts and "v5" not in texts


def test_lines_are_named_at_their_ends_however_close_they_are():
    series = [Series(f"line {i}", [1, 2, 3 + i / 1000]) for i in range(7)]
    figure, plane = planned(Trend("c", ["a", "b", "c"], series))
    ends = {text: box for text, box in written(figure) if text.startswith("line")}
    assert len(ends) == 7
    assert min(box.x0 for box in ends.values()) > plane.box.right
    heights = [ends[f"line {i}  {3 + i / 1000:.3g}"].y0 for i in range(7)]
    assert heights == sorted(heights)


@pytest.mark.parametrize("form", ["stacked", "grouped", "points"])
def test_the_key_never_covers_data(form):
    names = [f"Customer {i}" for i in range(9)]
    figure, plane = planned(FORMS[form]("c", names, VALUES["ordinary"](9), "group"))
    keys = [box for text, box in written(figure) if text.startswith("group ")]
    assert keys and min(box.y0 for box in keys) >= plane.box.top - 1


def test_what_finds_no_room_is_counted():
    texts = [text for text, _ in written(drawn(FORMS["bars"]("c", ["row"] * 60, [1.0] * 60, ""), "en"))]
    assert f"… and {60 - texts.count('row')} more" in texts
    assert texts.count("row") >= 12


def test_a_long_pie_adds_up_the_last_ones():
    figure = drawn(Pie("c", list("abcdefghij"), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], list("0123456789")), "en")
    texts = {text for text, _ in written(figure)}
    assert "3 others  11 %" in texts and "h  7" not in texts


def test_a_pie_refuses_negative_values():
    with pytest.raises(ValueError, match="negative"):
        Pie("c", ["a", "b"], [3, -1], ["3", "−1"])


def test_a_composition_chooses_what_can_be_read():
    kinds = [
        type(composition("c", [str(i) for i in range(len(values))], values, [""] * len(values)))
        for values in ([3, 1], [3, -1], [0, 0], [1] * 12, [])
    ]
    assert kinds == [Pie, Bars, Bars, Bars, Bars]


def test_few_values_are_read_out_and_of_many_the_extremes():
    values = [float(i) for i in (7, *range(100, 160), 3, 50)]
    few, many = (
        Trend("c", [f"m{i}" for i in range(n)], [Series("s", values[:n])]).alt("en") for n in (24, 63)
    )
    assert all(f"m{i} {values[i]:.0f}" in few for i in range(24))
    assert many == "Line chart. c. s: 63 values; first m0 7, last m62 50, highest m60 159, lowest m61 3."


@pytest.mark.parametrize("form", FORMS)
def test_words_for_nothing(form):
    for language in ("en", "zh"):
        alt = FORMS[form](CAPTION[language], [], [], SHORT[language]).alt(language)
        assert alt and ": ." not in alt and "：。" not in alt


def test_percent_bars_are_all_as_long():
    stacked = Stacked("c", ["a", "b"], [Part("x", [1, 30]), Part("y", [3, 10])], percent=True)
    assert stacked.alt("en") == "Stacked bar chart. c. x: a 25 %, b 75 %; y: a 75 %, b 25 %."


def test_a_waterfall_ends_where_its_total_is():
    starts, ends = Waterfall(
        "c", list("abcd"), [10, -4, 1, 7], list("abcd"), [True, False, False, True]
    )._steps(np.array([10, -4, 1, 7]))
    assert starts.tolist() == [0, 10, 6, 0] and ends.tolist() == [10, 6, 7, 7]


def test_nothing_looks_alike():
    looks = [look(i) for i in range(28)]
    assert len({(one.colour, one.hatch) for one in looks}) == 28
    assert len({(one.colour, one.marker, one.dash) for one in looks}) == 28
    assert len({one.marker for one in looks[:7]}) == len({one.hatch for one in looks[:7]}) == 7


def test_letters_that_join_others_are_left_to_matplotlib():
    canvas = Canvas("t", "s", "en")
    names = ["Cafe\u0301 Cafe\u0301", "Café Café"]
    assert all(canvas.write(200, 100 * place, name) for place, name in enumerate(names, start=1))
    joined, separate = (box for text, box in written(canvas.figure) if text in names)
    assert joined.x0 == pytest.approx(separate.x0, abs=2)
    assert joined.width == pytest.approx(separate.width, abs=4)
    assert png(canvas.figure)


@settings(max_examples=60, deadline=None)
@given(text=st.text("abcWMil. ,1%", min_size=1, max_size=30), size=st.sampled_from([8, 9, 11.5]))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_is_as_wide_as_measured(text, size, language):
    canvas = Canvas("t", "s", language)
    one = canvas.figure.text(0, 0, text, size=size, family=canvas.family, parse_math=False)
    with matplotlib.rc_context({"text.hinting": "none"}):
        real = one.get_window_extent(canvas.figure.canvas.get_renderer()).width
    assert real - 2 <= pixels(text, language, size) <= 1.15 * real + 5


@given(
    st.lists(st.integers(-(10**15), 10**15) | st.integers(-200, 200).map(lambda x: x / 100), max_size=20),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_a_scale_has_round_and_different_numbers(values, share, zero):
    for language in ("en", "zh"):
        scale = Scale.of(values, language, share=share, zero=zero)
        assert scale.low < scale.high and all(scale.low <= value <= scale.high for value in values)
        assert not zero or scale.low <= 0 <= scale.high
        # Numbers in three digits cannot tell apart what differs in the fourth.
        if max(map(abs, (scale.low, scale.high))) < 50 * (scale.high - scale.low):
            assert len(set(scale.words)) == len(scale.words) <= 7


@pytest.mark.parametrize(
    ("values", "share", "words"),
    [
        ([0, 1.86e6], False, ["0", "500 k", "1 M", "1.5 M"]),
        ([0, 40_000], False, ["0", "10 k", "20 k", "30 k", "40 k"]),
        ([0.2, 0.31], True, ["0 %", "10 %", "20 %", "30 %"]),
        ([0, 0.05], True, ["0 %", "2 %", "4 %"]),
        ([-3, 3], False, ["-2", "0", "2"]),
    ],
)
def test_the_numbers_of_a_scale(values, share, words):
    assert list(Scale.of(values, "en", share=share).words) == words


@given(st.lists(st.floats(0, 300), max_size=15))
def test_names_are_moved_apart_and_no_further(places):
    moved = spread(sorted(places), 15, 0, 300)
    assert all(later - earlier >= 15 - 1e-9 for earlier, later in pairwise(moved))
    assert all(0 <= place <= 300 for place in moved)
    if all(b - a >= 15 for a, b in pairwise(sorted(places))):
        assert moved == sorted(places)
