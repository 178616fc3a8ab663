"""Charts in Chinese: every character has a glyph, and minus signs are drawn."""

from __future__ import annotations

import warnings
from pathlib import Path

import matplotlib
import pytest
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

import crmlab
from crmlab import fonts
from crmlab.fonts.make import SIGNS
from crmlab.locale import catalogue

PACKAGE = Path(crmlab.__file__).parent
WORDS = {".py", ".toml", ".txt", ".csv", ".json"}


@pytest.fixture
def chinese():
    """Matplotlib as in the Chinese edition, and afterwards as it was."""
    with matplotlib.rc_context():
        fonts.use_chinese()
        yield


@pytest.mark.usefixtures("chinese")
def test_what_the_subset_lacks_comes_from_dejavu():
    assert ord("⁵") not in FT2Font(str(fonts.FILE)).get_charmap()
    draw("10⁵ 元")


def draw(*texts: str) -> None:
    """Draw `texts` and an axis that needs minus signs, with every warning an error."""
    figure = Figure(figsize=(6, 4))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(title=texts[0])
    axes.plot([-3, 3], [-0.5, 0.5])
    for i, text in enumerate(texts[1:]):
        axes.text(0, i / len(texts), text.replace("$", r"\$"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()


def test_every_character_of_the_package_has_a_glyph():
    glyphs = set(FT2Font(str(fonts.FILE)).get_charmap())
    latin = set(FT2Font(font_manager.findfont(fonts.LATIN)).get_charmap())
    texts = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*") if path.suffix in WORDS]
    used = {char for text in texts for char in text if char.isprintable()}
    assert sorted(char for char in used if ord(char) not in glyphs | latin) == []


def test_the_subset_holds_what_it_promises():
    glyphs = set(FT2Font(str(fonts.FILE)).get_charmap())
    assert [sign for sign in SIGNS + "客户净销售额帐鑫" if ord(sign) not in glyphs] == []


@pytest.mark.usefixtures("chinese")
def test_all_messages_and_minus_signs_are_drawn_without_a_warning():
    draw("价值客户排名", "−1,234.50 元", *catalogue("zh").values())


def test_without_the_font_chinese_would_be_boxes():
    english = matplotlib.rc_context({"font.family": [fonts.LATIN]})
    with english, pytest.raises(UserWarning, match="missing from"):
        draw("价值客户排名")


@pytest.mark.usefixtures("chinese")
def test_chinese_is_drawn_with_the_font_of_the_package():
    assert Path(font_manager.findfont(FontProperties())) == fonts.FILE


def test_registering_twice_leaves_one_font():
    with matplotlib.rc_context():
        fonts.use_chinese()
        fonts.use_chinese()
        assert [font.name for font in font_manager.fontManager.ttflist].count(fonts.NAME) == 1
        assert matplotlib.rcParams["font.sans-serif"][:2] == fonts.family("zh")


def test_the_licence_travels_with_the_font():
    licence = fonts.FILE.with_name("OFL.txt").read_text(encoding="utf-8")
    assert "Adobe" in licence and "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Source" not in fonts.NAME  # the reserved name
