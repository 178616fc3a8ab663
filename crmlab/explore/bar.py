"""The filter bar: one widget for each field of `Filter`, and what is chosen in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets

from crmlab.analysis.filters import FIELDS, Filter, day, keywords, resolve, rows_of, several
from crmlab.analysis.menu import Entry
from crmlab.company.company import Company
from crmlab.company.schema import TABLES, UNKNOWN
from crmlab.explore.presets import ALL, OWN, name_of, presets
from crmlab.locale import say

#: The choice that restricts nothing; a drop-down list would show None as a blank.
ANY = ""
#: A list of more choices than this is a field to type in, with suggestions.
LONG = 60
#: Several values in a field to type in stand between these.
BETWEEN = re.compile(r"\s*[;；]\s*")
#: Of a chosen category only its products are offered; the broadest level first.
LEVELS = ("major_category", "minor_category", "product")


class Bar(widgets.VBox):
    """The filter bar of one page.

    Parameters
    ----------
    company : Company
    changed : callable
        Called without arguments, once for each thing that a person does.
    beside : widget
        What stands beside the period: the analysis's own parameters.

    Attributes
    ----------
    fields : dict of str to widget
        By the name of the field in `Filter`.
    buttons : dict of str to widget
        "clear" sets everything back.
    period : widget
        The periods that have a name; what is chosen goes into the fields "start" and "end".
    """

    def __init__(self, company: Company, changed: Callable[[], None], beside: widgets.Widget) -> None:
        self.company = company
        self._changed = changed
        self._quiet = False
        self._words = {name: words(company, name) for name in FIELDS}
        self._catalogue = _catalogue(company)
        self.fields: dict[str, Any] = {name: self._date(name) for name in ("start", "end")}
        self.fields |= {name: self._choice(name, list(self._words[name].values())) for name in FIELDS}
        self.buttons = {"clear": self._clear_button()}
        self._periods = presets(company)
        self.period = self._period_choice()
        for field in self.fields.values():
            field.observe(self._on_change, "value")
        super().__init__([_row([self._period_row(), beside]), self._values_row()])
        self.add_class("crm-bar")

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self.company.language)

    def _date(self, name: str) -> widgets.DatePicker:
        first, last = self.company.start.date(), self.company.today.date()
        return widgets.DatePicker(description=self._say(name), min=first, max=last)

    def _choice(self, name: str, options: list[str]) -> widgets.Dropdown | widgets.Combobox:
        label = FIELDS[name].title.to(self.company.language)
        label = label[:1].upper() + label[1:]
        if len(options) > LONG:
            return widgets.Combobox(
                description=label, options=options, placeholder=self._say("any"), continuous_update=False
            )
        return widgets.Dropdown(description=label, options=self._with_any(options))

    def _with_any(self, options: list[str]) -> list[tuple[str, str]]:
        me = self._words["owner"][self.company.me]
        labels = [say("explore.me", self.company.language, name=me) if x == me else x for x in options]
        return [(self._say("any"), ANY), *zip(labels, options, strict=True)]

    def _clear_button(self) -> widgets.Button:
        button = widgets.Button(description=self._say("clear"))
        button.on_click(lambda _: self.clear())
        return button

    def _period_choice(self) -> widgets.Dropdown:
        options = [(self._say(name), name) for name in (*self._periods, OWN)]
        choice = widgets.Dropdown(description=self._say("period"), options=options)
        choice.observe(lambda _: self._on_period(), "value")
        return choice

    def _period_row(self) -> widgets.HBox:
        return _row([self.period, self.fields["start"], self.fields["end"]])

    def _values_row(self) -> widgets.HBox:
        row = _row([*(self.fields[name] for name in FIELDS), self.buttons["clear"]])
        row.add_class("crm-grid")
        return row

    # What is chosen

    def filter(self) -> Filter:
        """Return what is chosen in the fields that can be seen."""
        seen = {name: field for name, field in self.fields.items() if field.layout.display != "none"}
        return Filter(**{name: _value(field) for name, field in seen.items()})

    def fill(self, filter: Filter, entry: Entry) -> None:
        """Put ``filter`` into the fields, in the words of the company's language."""
        given = filter.given()
        conditions = resolve(self.company, filter, entry.honours, entry.name.to(self.company.language))
        with self.quietly():
            for name in ("start", "end"):
                self.fields[name].value = (
                    day(given[name], self.company.language).date() if name in given else None
                )
            for name in FIELDS:
                values = conditions.chosen.get(name, ())
                self._choose(name, [self._words[name][value] for value in dict.fromkeys(values)])
            self._name_period()
            self._narrow(LEVELS[0], keep=True)

    def show(self, entry: Entry) -> None:
        """Show the fields that ``entry`` honours, and hide the others."""
        honoured = keywords(entry.honours)
        for name, field in self.fields.items():
            field.layout.display = "" if name in honoured else "none"
        # Of a day as of which something is stated there is only the field; the periods are none.
        is_period = "period" in entry.honours
        self.period.layout.display = "" if is_period else "none"
        self.fields["end"].description = self._say("end" if is_period else "as_of")

    def _choose(self, name: str, chosen: list[str]) -> None:
        field = self.fields[name]
        if isinstance(field, widgets.Combobox):
            field.value = "; ".join(chosen)
        elif len(chosen) > 1:  # a list in code; on the screen it is one choice more
            several_words = tuple(chosen)
            field.options = [*field.options, ("; ".join(chosen), several_words)]
            field.value = several_words
        else:
            field.value = chosen[0] if chosen else ANY

    # What a person does

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Change several fields and be silent about each."""
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def _on_change(self, change: Any) -> None:
        if self._quiet:
            return
        with self.quietly():
            self._narrow(next(name for name, field in self.fields.items() if field is change.owner))
            self._name_period()
        self._changed()

    def _on_period(self) -> None:
        if self._quiet or self.period.value == OWN:
            return
        with self.quietly():
            self.fields["start"].value, self.fields["end"].value = self._periods[self.period.value]
        self._changed()

    def _name_period(self) -> None:
        self.period.value = name_of((self.fields["start"].value, self.fields["end"].value), self.company)

    def clear(self) -> None:
        """Restrict nothing any more, as the button does."""
        with self.quietly():
            for name in FIELDS:
                self._choose(name, [])
                self._narrow(name)
            self.fields["start"].value, self.fields["end"].value = ALL
            self._name_period()
        self._changed()

    def _narrow(self, changed: str, *, keep: bool = False) -> None:
        """Offer below a category what belongs to it; drop a choice that does not, unless it is to be kept."""
        for name in LEVELS[LEVELS.index(changed) + 1 :] if changed in LEVELS else ():
            above = LEVELS[: LEVELS.index(name)]
            chosen = {level: set(several(_value(self.fields[level]))) for level in above}
            rows = [row for row in self._catalogue if all(row[x] in chosen[x] for x in above if chosen[x])]
            options = list(dict.fromkeys(row[name] for row in rows))
            field = self.fields[name]
            kept = [word for word in several(_value(field)) if keep or word in options]
            options += [word for word in kept if word not in options]
            field.options = options if isinstance(field, widgets.Combobox) else self._with_any(options)
            self._choose(name, kept)


def _row(children: list[Any]) -> widgets.HBox:
    row = widgets.HBox(children)
    row.add_class("crm-row")
    return row


def words(company: Company, name: str) -> dict[Any, str]:
    """Return the values of a field with the word for each, in the order of the CRM's lists.

    Examples
    --------
    >>> from crmlab import open_company
    >>> list(words(open_company(language="en"), "source").values())[-1]
    'Unknown'
    """
    field, language = FIELDS[name], company.language
    column = TABLES[field.table][field.value]
    if choices := company.choices(field.table, field.value):
        found: dict[Any, str] = {text.to(language): text.to(language) for text in choices}
    else:
        key = TABLES[field.table].key
        wanted = list(dict.fromkeys((key, field.value, *field.words)))
        rows = rows_of(company.frame(field.table).select(wanted).sort(key))
        names, codes = rows[field.words[0]], rows[field.words[-1]]
        # Two employees of one name are told apart by their accounts.
        count = Counter(names)
        known = [name if count[name] == 1 else code for name, code in zip(names, codes, strict=True)]
        found = dict(zip(rows[field.value], known, strict=True))
    return found | ({None: UNKNOWN.to(language)} if column.nullable else {})


def _catalogue(company: Company) -> list[dict[str, str]]:
    """The levels of each product by the name of the field, in the order of the catalogue."""
    key = TABLES["products"].key
    columns = {level: FIELDS[level].words[0] for level in LEVELS}
    rows = rows_of(company.frame("products").select(key, *columns.values()).sort(key))
    return [
        dict(zip(columns, values, strict=True))
        for values in zip(*(rows[column] for column in columns.values()), strict=True)
    ]


def _value(field: Any) -> Any:
    """What is chosen in ``field``: None, one value, or a list."""
    if isinstance(field, widgets.Combobox):
        typed = [word for word in BETWEEN.split(field.value.strip()) if word]
        return typed[0] if len(typed) == 1 else typed or None
    if isinstance(field.value, tuple):
        return list(field.value)
    return None if field.value == ANY else field.value
