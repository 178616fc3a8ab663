"""Make the subset of Noto Sans SC that crmlab ships; run by hand when the set of characters changes.

The full font is ``400Regular/NotoSansSC_400Regular.ttf`` in the npm package
``@expo-google-fonts/noto-sans-sc``; then::

    python -m crmlab.fonts.make path/to/NotoSansSC_400Regular.ttf
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.ttLib import TTFont

from crmlab.fonts import FILE, NAME

#: Beyond GB2312: the signs of business texts, of code and of mathematics.
SIGNS = (
    "−±×÷·≤≥≠≈∞√∑%‰¥￥€£©®™°²³¹⁴①②③④⑤⑥⑦⑧⑨⑩←↑→↓↔⇒▲▼△▽●○■□◆◇★☆✓"
    "‐‑‒–—―…•‘’“”„‹›«»、。〈〉《》「」『』【】〔〕～！（），：；？"
)
#: What people are called in spite of GB2312.
GIVEN_NAMES = "旻昇昉晞暐玥玘珈珅珩珺琤琰璟瑄瑀璎堃喆赟翀翾骐垚犇焱昳晔暕祎禔笪芃荦蓁薷赜釭钰锜镕闿陞雱頔飏驎"
LATIN = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180)]))
FAMILY, STYLE, UNIQUE, FULL, POSTSCRIPT = 1, 2, 3, 4, 6
COPYRIGHT, LICENSE, LICENSE_URL = 0, 13, 14


def characters() -> str:
    """Return every character that the subset holds: GB2312, Latin, `SIGNS` and `GIVEN_NAMES`."""
    rows = range(0xA1, 0xFF)
    gb2312 = "".join(bytes([a, b]).decode("gb2312", errors="ignore") for a in rows for b in rows)
    return "".join(sorted({*gb2312, *LATIN, *SIGNS, *GIVEN_NAMES}))


def make(source: Path, target: Path = FILE) -> None:
    """Write the subset of ``source`` to ``target``."""
    # The mark positions and the kerning of Latin letters are kept; vertical text and hints are not.
    options = Options(layout_features=["kern", "mark", "mkmk", "ccmp"], hinting=False, notdef_outline=True)
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "STAT"]
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(text=characters())
    subsetter.subset(font)
    rename(font)
    save_font(font, str(target), options)


def rename(font: TTFont) -> None:
    """Give the font the name `NAME`; copyright and licence stay (its reserved name is "Source")."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in (COPYRIGHT, LICENSE, LICENSE_URL)]
    postscript = NAME.replace(" ", "") + "-Regular"
    for identifier, text in {
        FAMILY: NAME,
        STYLE: "Regular",
        UNIQUE: postscript,
        FULL: f"{NAME} Regular",
        POSTSCRIPT: postscript,
    }.items():
        names.setName(text, identifier, 3, 1, 0x409)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes, {len(characters()):,} characters")
