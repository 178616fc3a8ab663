"""The data dictionary: what every table and column means, drawn from the schema."""

from __future__ import annotations

from crmlab.company.schema import TABLES, Column, Table
from crmlab.locale import LANGUAGES, listed, say

#: Where the dictionary of each language is kept.
FILES = {"en": "DICTIONARY.md", "zh": "DICTIONARY.zh.md"}


def dictionary(language: str) -> str:
    """Return the data dictionary as Markdown.

    Examples
    --------
    >>> print(dictionary("en").splitlines()[0])
    # Data dictionary
    """
    parts = [f"# {say('company.dictionary', language)}", say("company.dictionary_about", language)]
    parts += [_table(table, language) for table in TABLES.values()]
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
    return {FILES[language]: dictionary(language) for language in LANGUAGES}
