"""The data dictionary: what every table and column means, drawn from the schema."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crmlab.company import diagram
from crmlab.company.schema import TABLES, Column, Table
from crmlab.locale import LANGUAGES, listed, say

#: Where the dictionary of each language is kept.
FILES = {"en": "DICTIONARY.md", "zh": "DICTIONARY.zh.md"}


@dataclass(frozen=True)
class Dictionary:
    """A data dictionary: formatted in a notebook, Markdown elsewhere."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


def dictionary(language: str, tables: Iterable[Table] = TABLES.values(), picture: str = "") -> str:
    """Return the data dictionary of some tables, or of all, as Markdown.

    Parameters
    ----------
    language : str
        "en" or "zh".
    tables : iterable of Table
        What it is about.
    picture : str
        A file beside it that shows the tables.

    Examples
    --------
    >>> print(dictionary("en").splitlines()[0])
    # Data dictionary
    """
    parts = [f"# {say('company.dictionary', language)}", say("company.dictionary_about", language)]
    parts += [f"![{say('company.diagram', language)}]({picture})"] if picture else []
    parts += [_table(table, language) for table in tables]
    return "\n\n".join(parts) + "\n"


def _table(table: Table, language: str) -> str:
    heading = f"## {table.name}" + (f" {table.title.zh}" if language == "zh" else "")
    row = say("company.dictionary_row", language, row=table.row.to(language), number=table.key)
    names = [say(f"company.dictionary_{name}", language) for name in ("column", "title", "kind", "meaning")]
    lines = [_line(names), _line(["---"] * len(names))]
    lines += [_line(_cells(column, language)) for column in table.columns]
    return "\n\n".join([heading, row, "\n".join(lines)])


def _cells(column: Column, language: str) -> list[str]:
    kind = say(f"company.kind_{column.kind}", language)
    if column.unit is not None and column.kind not in ("date", "timestamp"):
        kind += say("company.dictionary_unit", language, unit=column.unit.to(language))
    meaning = [column.meaning.to(language)]
    if column.references is not None:
        meaning.append(say("company.dictionary_references", language, column=column.references))
    if column.choices and column.kind == "label":
        words = listed((text.to(language) for text in column.choices), language)
        meaning.append(say("company.dictionary_choices", language, words=words))
    return [
        f"`{column.name}`",
        column.title.to(language),
        kind,
        ("。" if language == "zh" else ". ").join(meaning),
    ]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def dictionaries() -> dict[str, str]:
    """Return the dictionary of each language by file name."""
    return {FILES[language]: dictionary(language, picture=diagram.FILES[language]) for language in LANGUAGES}
