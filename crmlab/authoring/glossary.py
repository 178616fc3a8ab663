"""The glossary: every business term once, in both languages, for the end of each lab and for all labs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from crmlab.errors import CrmlabError
from crmlab.locale import LANGUAGES, Text, say

FILE = "glossary.toml"

#: Each term by its English name: what it is called, and what it means.
Glossary = Mapping[str, tuple[Text, Text]]


def read(folder: Path) -> Glossary:
    """Return the terms in the glossary of ``folder``, in the order of the English alphabet.

    Raises
    ------
    CrmlabError
        When the file cannot be read, or a term lacks its Chinese name or a meaning.
    """
    path = folder / FILE
    try:
        terms = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        found = {
            name: (Text(name, about["zh"]), Text(about["means_en"], about["means_zh"]))
            for name, about in terms.items()
        }
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CrmlabError("build.glossary", path=path, reason=error) from None
    return dict(sorted(found.items(), key=lambda term: term[0].casefold()))


def names(asked: str) -> list[str]:
    """Return the terms that a cell asks for: ``terms="net sales; return"``.

    Examples
    --------
    >>> names("net sales; return")
    ['net sales', 'return']
    """
    return [name.strip() for name in asked.split(";") if name.strip()]


def table(glossary: Glossary, asked: Iterable[str], language: str) -> str:
    """Return ``asked`` as a table in Markdown: the term in this language, in the other, its meaning."""
    other = next(one for one in LANGUAGES if one != language)
    rows = [say("build.glossary_header", language), "|---|---|---|"]
    for name in asked:
        term, means = glossary[name]
        rows.append(f"| {term.to(language)} | {term.to(other)} | {means.to(language)} |")
    return "\n".join(rows)


def page(glossary: Glossary, language: str) -> str:
    """Return all terms as a page."""
    terms = table(glossary, glossary, language)
    return f"# {say('build.glossary_title', language)}\n\n{terms}\n"
