"""What a company of one's own is made of: what was understood, what nobody knows, what can be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from crmlab.company.schema import TABLES
from crmlab.locale import listed, say

if TYPE_CHECKING:
    from crmlab.company.company import Company


#: What rooms that stand on the company add: from a company, sentences by the name of their section.
further: list[Callable[[Company], dict[str, tuple[str, ...]]]] = []


@dataclass(frozen=True)
class Origin:
    """Where a company of one's own comes from.

    Attributes
    ----------
    source : str
        The file or the database.
    notes : tuple of str
        What was understood, in sentences.
    lacks : tuple of str
        ``table.column`` of what nobody knows, though something stands there.
    """

    source: str
    notes: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class About:
    """What there is to know about a company: a report in a notebook, text elsewhere.

    Attributes
    ----------
    title : str
    sections : dict of str to tuple of str
        Heading to sentences.
    """

    title: str
    sections: dict[str, tuple[str, ...]]

    def __str__(self) -> str:
        parts = [self.title]
        for heading, sentences in self.sections.items():
            parts += ["", heading, *(f"  - {sentence}" for sentence in sentences)]
        return "\n".join(parts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [f"<h3>{escape(self.title)}</h3>"]
        for heading, sentences in self.sections.items():
            items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
            parts.append(f"<h4>{escape(heading)}</h4><ul>{items}</ul>")
        return "".join(parts)


def about(company: Company) -> About:
    """Return what was understood of the data, what is missing, and which analyses can be made."""
    language = company.language
    sections = {
        "understood": (*_counts(company), *(company.origin.notes if company.origin else ())),
        "missing": _missing(company),
    }
    for section in further:
        sections |= section(company)
    named = {say(f"own.about_{name}", language): found for name, found in sections.items() if found}
    return About(company.headline, named)


def _counts(company: Company) -> list[str]:
    language = company.language
    counts = {name: f"{company.rows(name):,}" for name in ("order_lines", "orders", "customers", "products")}
    sentences = [say("own.counts", language, **counts)]
    if company.engine != "pandas":
        sentences.append(say("connect.about", language, engine=company.engine))
    return sentences


def _missing(company: Company) -> tuple[str, ...]:
    """Columns that are filled with what nobody knows, then tables that are not there."""
    language = company.language
    by_table: dict[str, list[str]] = {}
    for place in company.origin.lacks if company.origin else ():
        table, _, column = place.partition(".")
        by_table.setdefault(table, []).append(TABLES[table][column].title.to(language))
    found = [
        say("own.lacks", language, table=TABLES[table].title.to(language), columns=listed(titles, language))
        for table, titles in by_table.items()
    ]
    absent = [TABLES[name].title.to(language) for name in TABLES if name not in company.raw]
    if absent:
        found.append(say("own.absent", language, tables=listed(absent, language)))
    return tuple(found)
