"""The gallery: every analysis of the menu with its definition, its chart, and the call that makes it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from PIL import Image

from crmlab.analysis.charts import png
from crmlab.analysis.menu import Entry, entries
from crmlab.company.company import SEED, Company, opened
from crmlab.files import replace_file
from crmlab.locale import LANGUAGES, Text

IMAGES = "images/gallery"
PAGES = {"en": "gallery.md", "zh": "gallery.zh.md"}
#: So many colours are enough for a chart and the smoothed edges of its letters.
COLOURS = 64

TITLE = Text("Gallery of analyses", "分析图库")
ABOUT = Text(
    "Every analysis of the menu: its definition, its chart for the company that `open_company()` makes, and "
    "the call that makes the table behind it. Built by `crmlab build --gallery`; do not edit.",
    "菜单中的全部分析：定义、针对 `open_company()` 所生成公司的图表，以及生成相应表格的调用。"
    "本页由 `crmlab build --gallery` 生成，请勿手工修改。",
)
OTHER = Text("[中文](gallery.zh.md)", "[English](gallery.md)")
STEP = Text("Step {step} · {name}", "第{step}步 · {name}")


def write_gallery(folder: Path) -> Iterator[Path]:
    """Write the gallery in both languages below ``folder``; yield each path when it is written.

    The pages are ``docs/gallery.md`` and ``docs/gallery.zh.md``, the charts are in
    ``docs/images/gallery``; the chart of an analysis that is no longer in the menu is removed.

    Parameters
    ----------
    folder : Path
        The checkout.
    """
    docs = folder / "docs"
    written = set()
    for language in LANGUAGES:
        company = opened(SEED, language, None, None, None)
        sections = []
        for entry in entries():
            text, image = section(entry, company)
            path = docs / IMAGES / _file(entry, language)
            replace_file(path, image)
            sections.append((entry.group.name.to(language), text))
            written.add(path)
            yield path
        replace_file(docs / PAGES[language], page(sections, language).encode())
        yield docs / PAGES[language]
    for path in (docs / IMAGES).glob("*.png"):
        if path not in written:
            path.unlink()


def page(sections: list[tuple[str, str]], language: str) -> str:
    """Return the page of ``sections``, each with the name of its group.

    Examples
    --------
    >>> print(page([("Customers", "### Gift list")], "en").partition("## ")[2])
    Customers
    <BLANKLINE>
    ### Gift list
    <BLANKLINE>
    """
    parts = [f"# {TITLE.to(language)}", OTHER.to(language), ABOUT.to(language)]
    for name, group in groupby(sections, key=lambda each: each[0]):
        parts += [f"## {name}", *(text for _, text in group)]
    return "\n\n".join(parts) + "\n"


def section(entry: Entry, company: Company) -> tuple[str, bytes]:
    """Return what the gallery says of one analysis, in Markdown, and its chart."""
    language = company.language
    result = entry.run(company)
    name = entry.name.to(language)
    heading = name if entry.step is None else STEP.to(language).format(step=entry.step, name=name)
    # Brackets would end the alternative text.
    alt = re.sub(r"([\[\]\\])", r"\\\1", " ".join(entry.alt(result, company).split()))
    parts = [
        f"### {heading}",
        entry.about.to(language),
        f"![{alt}]({IMAGES}/{_file(entry, language)})",
        f"```python\n{entry.code()}\n```",
    ]
    return "\n\n".join(parts), small(png(entry.chart(result, company)))


def small(image: bytes) -> bytes:
    """Return a PNG file with few colours: a third of the size, for a chart hardly to be told apart."""
    file = io.BytesIO()
    few = Image.open(io.BytesIO(image)).convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT)
    few.save(file, format="PNG", optimize=True)
    return file.getvalue()


def _file(entry: Entry, language: str) -> str:
    return f"{entry.slug}-{language}.png"
