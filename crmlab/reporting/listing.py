"""The menu of analyses, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from crmlab.analysis.menu import Entry, entries
from crmlab.analysis.own import Choice, Parameter
from crmlab.locale import listed, say


def listing(language: str) -> str:
    """Return all analyses by group: step, name, definition, filters and own parameters of each.

    Examples
    --------
    >>> listing("en").splitlines()[2].strip()
    '1  customer-statistics · Customer statistics'
    """
    lines: list[str] = []
    for group, those in groupby(entries(), key=lambda entry: entry.group):
        lines += [group.name.to(language), ""]
        for entry in those:
            lines += [*_lines(entry, language), ""]
    return "\n".join(lines).rstrip("\n")


def _lines(entry: Entry, language: str) -> Iterator[str]:
    step = "" if entry.step is None else str(entry.step)
    yield f"{step:>4}  {entry.slug} · {entry.name.to(language)}"
    yield f"      {entry.about.to(language)}"
    if entry.honours:
        yield "      " + say("analyse.filters", language, filters=" ".join(options(entry)))
    for own in entry.own:
        default = "…" if own.default is None else own.default
        label, values = own.label.to(language), _values(own, language)
        meaning = say("analyse.own", language, label=label, values=values)
        yield f"      --set {own.name}={default}  {meaning}"


def options(entry: Entry) -> tuple[str, ...]:
    """Return the options of the command line that ``entry`` honours.

    Examples
    --------
    >>> from crmlab.analysis.menu import find
    >>> options(find("new-customers"))[:4]
    ('--from', '--to', '--recorder', '--owner')
    """
    names = {"period": ("--from", "--to"), "end": ("--to",)}
    return tuple(
        option for name in entry.honours for option in names.get(name, (f"--{name.replace('_', '-')}",))
    )


def _values(own: Parameter, language: str) -> str:
    """What a parameter may be."""
    if isinstance(own, Choice):
        words = {code: text.to(language) for code, text in own.words.items()}
        return listed(
            (code if code == word else f"{code} ({word})" for code, word in words.items()), language
        )
    return f"{own.minimum:,} – {own.maximum:,} {own.unit.to(language)}"
