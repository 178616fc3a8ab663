"""The default company as files: what ``data/`` in the repository holds."""

from __future__ import annotations

from pathlib import Path

from crmlab.company.company import SEED, opened
from crmlab.company.diagram import diagrams
from crmlab.company.dictionary import dictionaries
from crmlab.company.flaws_page import flaws_pages
from crmlab.files import replace_file
from crmlab.locale import LANGUAGES

SUMS = "SHA256SUMS"


def write_data(folder: Path) -> None:
    """Write both editions, the pages about them and the checksums (as ``sha256sum -c`` reads them)."""
    lines = []
    for language in LANGUAGES:
        company = opened(SEED, language)
        company.save(folder / language)
        lines += [f"{value}  {language}/{name}.csv" for name, value in company.checksums().items()]
    for name, text in {**dictionaries(), **diagrams(), **flaws_pages()}.items():
        replace_file(folder / name, text.encode("utf-8"))
    replace_file(folder / SUMS, ("\n".join(lines) + "\n").encode("utf-8"))
