"""The filter bar: one widget for each field of `Filter`, and what is chosen in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets
import narwhals as nw

from crmlab.analysis.filters import FIELDS, Field, Filter, day, keywords, resolve, rows_of, several
from crmlab.analysis.menu import Entry
from crmlab.company.company import Company
from crmlab.company.schema import TABLES, UNKNOWN
from crmlab.errors import CrmlabError
from crmlab.explore.presets import ALL, OWN, TO_DATE, Period, presets
from crmlab.locale import say

#: The choice that restricts nothing; a drop-down list would show None as a blank.
ANY = ""
#: A list of more choices than this is a field to type in, with suggestions.
LONG = 60
#: Of a table of more rows than this, only so many names are offered as are like what is typed.
MANY, OFFERED = 2000, 20
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
        self._many = {name for name, field in FIELDS.items() if _is_many(company, field)}
        self._words = {name: words(company, name) for name in FIELDS if name not in self._many}
        self._catalogue = _catalogue(company)
        self.fields: dict[str, Any] = {name: self._date(name) for name in ("start", "end")}
        self.fields |= {name: self._choice(name) for name in FIELDS}
        self.buttons = {"clear": self._clear_button()}
        self._periods = presets(company)
        self.period = self._period_choice()
        for field in self.fields.values():
            field.observe(self._on_change, "value")
        super().__init__([_row([self._period_row(), beside]), self._values_row()])
        self.add_class("crm-bar")

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self.company.language)

    def _date(self, name: str) -> widgets.Text:
        """A field for a day, written as 2026-01-31: a browser would write it as its own country does."""
        known = self.company.start if name == "start" else self.company.today
        return day_field(self._say(name), str(known.date()))

    def _choice(self, name: str) -> widgets.Dropdown | widgets.Combobox:
        label = FIELDS[name].title.to(self.company.language)
        label = label[:1].upper() + label[1:]
        many, options = name in self._many, list(self._words.get(name, {}).values())
        if many or len(options) > LONG:
            return widgets.Combobox(
                description=label, options=options, placeholder=self._say("any"), continuous_update=many
            )
        return widgets.Dropdown(description=label, options=self._with_any(options))

    def _with_any(self, options: list[str]) -> list[tuple[str, str]]:
        me = self._words.get("owner", {}).get(self.company.me)
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
                    str(day(given[name], self.company.language).date()) if name in given else ANY
                )
            for name in FIELDS:
                values = list(dict.fromkeys(conditions.chosen.get(name, ())))
                known = named(self.company, name, values) if name in self._many else self._words[name]
                self._choose(name, [known[value] for value in values])
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
        name = next(name for name, field in self.fields.items() if field is change.owner)
        if self._quiet or (name in self._many and not self._offer(name)):
            return
        with self.quietly():
            if name in ("start", "end"):
                change.owner.value = as_written(change.new)
                self._name_period()
            self._narrow(name)
        self._changed()

    def _offer(self, name: str) -> bool:
        """Offer names that are like what is being typed, and return whether it can be asked for."""
        field = self.fields[name]
        *before, typed = BETWEEN.split(field.value)
        near = like(self.company, name, typed)
        field.options = ["; ".join([*before, word]) for word in near]
        # What is like no name may be a number; otherwise the analysis says what is wrong with it.
        return not typed or not near or typed.casefold() in map(str.casefold, near)

    def _on_period(self) -> None:
        if self._quiet or self.period.value == OWN:
            return
        with self.quietly():
            self._write_period(self._periods[self.period.value])
        self._changed()

    def _write_period(self, period: Period) -> None:
        for name, written in zip(("start", "end"), _written(period), strict=True):
            self.fields[name].value = written or ANY

    def _name_period(self) -> None:
        """Call the days by their name; of several names, the one that is chosen stays."""
        days = tuple(self.fields[name].value or None for name in ("start", "end"))
        names = [name for name, period in self._periods.items() if days == _written(period)]
        if self.period.value not in names:
            self.period.value = next(iter(names), OWN)

    @property
    def unit(self) -> int | None:
        """The months of the year, quarter or month of which the period is the part until today."""
        return TO_DATE.get(self.period.value)

    def clear(self) -> None:
        """Restrict nothing any more, as the button does."""
        with self.quietly():
            for name in FIELDS:
                self._choose(name, [])
                self._narrow(name)
            self._write_period(ALL)
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


def day_field(label: str, example: str) -> widgets.Text:
    """Return a field to type a day in."""
    return widgets.Text(description=label, placeholder=example, continuous_update=False)


def _written(period: Period) -> tuple[str | None, ...]:
    return tuple(None if found is None else str(found) for found in period)


def as_written(typed: str) -> str:
    """Return a day in the way in which all are written; what is none stays, for the page to say so.

    Examples
    --------
    >>> as_written("2025/1/31"), as_written("2025年2月1日"), as_written("soon")
    ('2025-01-31', '2025-02-01', 'soon')
    """
    try:
        return str(day(typed).date())
    except CrmlabError:
        return typed.strip()


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


def _is_many(company: Company, field: Field) -> bool:
    """Whether there are too many values for a list: a browser would be busy with it for seconds."""
    numbered = field.value == TABLES[field.table].key
    return numbered and company.rows(field.table) > MANY


def named(company: Company, name: str, values: Sequence[Any]) -> dict[Any, str]:
    """Return the names of the values of a field that has many.

    Examples
    --------
    >>> from crmlab import open_company
    >>> named(open_company(language="en"), "product", [175])
    {175: 'Executive desk'}
    """
    field = FIELDS[name]
    frame = company.frame(field.table).filter(nw.col(field.value).is_in(list(values)))
    rows = rows_of(frame.select(field.value, field.words[0]))
    return dict(zip(rows[field.value], rows[field.words[0]], strict=True))


def like(company: Company, name: str, typed: str) -> list[str]:
    """Return the first names in which ``typed`` is found, of a field that has many values.

    Examples
    --------
    >>> from crmlab import open_company
    >>> like(open_company(language="en"), "product", "staff d")
    ['Staff desk']
    """
    if not typed.strip():
        return []
    word = FIELDS[name].words[0]
    found = nw.col(word).str.to_lowercase().str.contains(typed.strip().lower(), literal=True)
    frame = company.frame(FIELDS[name].table).filter(found).select(word).unique()
    return rows_of(frame.sort(word).head(OFFERED))[word]


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
