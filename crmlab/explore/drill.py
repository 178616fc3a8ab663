"""From a row to the records behind it, and the card of the customer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import ipywidgets as widgets
import narwhals as nw
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.filters import FIELDS, Conditions, Filter, day, resolve
from crmlab.analysis.frames import collected
from crmlab.company.company import Company
from crmlab.company.schema import TABLES, UNKNOWN
from crmlab.errors import CrmlabError
from crmlab.explore import markup
from crmlab.explore.grid import Grid
from crmlab.explore.records import CUSTOMERS, EMPLOYEE, NAMED, Kind, Row, kinds, known
from crmlab.explore.sentence import Sentence
from crmlab.locale import say

logger = logging.getLogger(__name__)

#: So many records are shown, the newest first.
MOST = 200
#: A column that holds a calendar period in words: 2025, 2025-Q1, 2025-01.
PERIODS = ("period", "month", "quarter", "year")


def narrowed(row: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the filter must say for the records behind a row; nothing, if it cannot say it.

    Examples
    --------
    >>> narrowed({"rank": 1, "customer_id": 1001, "customer": "Delta", "net_sales": 3.5}, {})
    {'customer': 1001}
    >>> narrowed({"group_id": None, "group": "Website", "share": 0.2}, {"by": "source"})
    {'source': 'Website'}
    >>> narrowed({"period": "2025-Q4", "net_sales": 3.5}, {})["end"].isoformat()
    '2025-12-31'
    """
    found: dict[str, Any] = {}
    for name, field in FIELDS.items():
        value = row.get(field.column, row.get(name))
        if known(value):
            found[name] = value
    if known(row.get(EMPLOYEE)):
        found["owner" if "owner" in own.values() else "recorder"] = row[EMPLOYEE]
    by = _by(own)
    named = next((row[name] for name in ("group_id", "group") if known(row.get(name))), None)
    if by in FIELDS and named is not None and not _of_nobody(row, by):
        found[by] = named
    words = [row.get(name) for name in PERIODS] + ([named] if by in PERIODS else [])
    for word in words:
        with suppress(ValueError):
            if known(word):
                period = pd.Period(str(word))
                found |= {"start": period.start_time.date(), "end": period.end_time.date()}
    return found


def _by(own: Mapping[str, Any]) -> str:
    """How the rows are grouped, by the name of the field if it is one."""
    by = str(own.get("by"))
    return "recorder" if by == "employee" else by


def _of_nobody(row: Mapping[str, Any], by: str) -> bool:
    """Whether a row stands for what belongs to none of those that have a row each by their numbers."""
    return by in NAMED and "group_id" in row and not known(row["group_id"])


def same(row: Row, kind: Kind, language: str) -> dict[str, Any]:
    """Return the columns in which the records behind a row are the same, and their values there."""
    found = {}
    for name, column in kind.alike.items():
        value = row[name]
        if value is None:
            continue
        heading = kind.columns.get(column)
        codes = {text.to(language): code for code, text in ((heading and heading.words) or {}).items()}
        found[column] = codes.get(value, None if value == UNKNOWN.to(language) else value)
    if _of_nobody(row.values, _by(row.own)):
        found[FIELDS[_by(row.own)].column] = None
    return found


def _says(row: Row, kind: Kind, language: str) -> bool:
    """Whether something in a row says which records of a kind it is made of."""
    return bool(same(row, kind, language) or narrowed(row.values, row.own))


def behind(company: Company, row: Row, filter: Filter, kind: Kind) -> tuple[pd.DataFrame, int, str]:
    """Return the newest records of a kind, how many there are, and what was asked for."""
    alike = same(row, kind, company.language)
    narrow = narrowed(row.values, row.own)
    if EMPLOYEE in alike:
        narrow.pop("recorder", None)
    as_of = "period" not in row.entry.honours and "start" not in narrow
    honours = ("end" if as_of else "period", *FIELDS)
    conditions = resolve(company, _both(filter, narrow), honours, row.entry.name.to(company.language))
    frame = kind.frame(company, conditions, row)
    for column, value in alike.items():
        if column:  # what has no column is the frame's own to see to
            is_it = nw.col(column).is_null() if value is None else nw.col(column) == value
            frame = frame.filter(is_it)
    count = int(collected(frame.select(count=nw.len()))["count"][0])
    return _shown(company, conditions, frame, kind), count, conditions.scope


def _shown(company: Company, conditions: Conditions, frame: nw.LazyFrame, kind: Kind) -> pd.DataFrame:
    """The newest records, with the names of what they refer to."""
    key, there = TABLES[kind.table].key, frame.collect_schema().names()
    stored = [name if name in there else f"{name}_cents" for name in kind.columns]
    numbered = {name: FIELDS[name].column if name in FIELDS else f"{name}_id" for name in NAMED}
    wanted = [key, kind.when, *(name for name in (*stored, *numbered.values()) if name in there)]
    newest = frame.select(dict.fromkeys(wanted)).sort(kind.when, key, descending=True).head(MOST)
    found = collected(newest)
    if kind.details:
        more = collected(kind.details(company, conditions, found[key].tolist()))
        found = found.merge(more, on=key, how="left")
    for name in (name for name in kind.columns if name in NAMED):
        found[name] = found[numbered[name]].map(_names(company, NAMED[name], found[numbered[name]]))
    cells = {name: found[name] if name in found else found[f"{name}_cents"] / 100 for name in kind.columns}
    return pd.DataFrame({name: kind.columns[name].cast(values) for name, values in cells.items()})


def _names(company: Company, table: str, numbers: pd.Series) -> pd.Series:
    """What the rows of a table with these numbers are called."""
    key = TABLES[table].key
    asked = nw.col(key).is_in(numbers.dropna().astype("int64").unique().tolist())
    return collected(company.frame(table).filter(asked).select(key, "name")).set_index(key)["name"]


def members(company: Company, row: Row, filter: Filter) -> tuple[pd.DataFrame, int, str]:
    """Return the first customers that a row stands for, how many there are, and what was asked for."""
    entry, language = row.entry, company.language
    scope = resolve(company, filter, entry.honours, entry.name.to(language)).scope
    ids = entry.customers(company, filter, row.values, **row.own)
    shown = ids[:MOST]
    owners = company.frame("employees").select("name", "employee_id").rename({"name": "owner"})
    customers = company.frame("customers").filter(nw.col("customer_id").is_in(shown))
    customers = customers.with_columns(source=nw.col("source").fill_null(UNKNOWN.to(language)))
    found = collected(customers.join(owners, left_on="owner_id", right_on="employee_id", how="left"))
    found = found.set_index("customer_id").loc[shown].reset_index()
    cells = {name: heading.cast(found[name]) for name, heading in CUSTOMERS.columns.items()}
    return pd.DataFrame(cells), len(ids), scope


class Drill(widgets.VBox):
    """The panel below the table: the records behind a row, and the way back.

    Parameters
    ----------
    company : Company

    Attributes
    ----------
    back : widget
        Closes the panel.
    kind : widget
        Which kind of records is shown, where a row has several.
    grid : Grid
        The records.
    customers : Grid
        The customers that a row stands for, instead of records; each opens its card.
    card : widget
        The card of the customer, where the row is one, or of the one that was opened.
    """

    def __init__(self, company: Company) -> None:
        self._company = company
        self._language = company.language
        self._asked: tuple[Row, Filter] | None = None
        self.back = widgets.Button(description=self._say("back"))
        self.back.on_click(lambda _: self.hide())
        for name in ("crm-show", "crm-back"):
            self.back.add_class(name)
        self.kind = widgets.Dropdown(description=self._say("records"))
        self.kind.observe(lambda _: self._on_kind(), "value")
        self.card, self._title = widgets.HTML(), widgets.HTML()
        self._says = Sentence(self._language)
        self._note = self._says.html
        self.grid = Grid(self._language)
        self.customers = Grid(self._language, self._open_card, "open_card")
        top = widgets.HBox([self.back, self.kind])
        top.add_class("crm-row")
        super().__init__([self._title, top, self._says, self.grid, self.customers, self.card])
        self.add_class("crm-drill")
        self.hide()

    def hide(self) -> None:
        """Show nothing."""
        self._asked = None
        self.layout.display = "none"
        self.card.value = self._title.value = ""
        self._says.tell("")
        self.grid.clear()
        self.customers.clear()

    def show(self, name: str, row: Row, filter: Filter) -> None:
        """Show the records behind ``row``, which is called ``name``; ``filter`` is that of the page."""
        self.hide()
        self._title.value = markup.title(name)
        # A kind that cannot be chosen as the page is filtered would show too much.
        asked = {*_both(filter, narrowed(row.values, row.own)).given()} - {"start", "end"}
        offered = [
            kind for kind in kinds(row) if asked <= {*kind.fields} and _says(row, kind, self._language)
        ]
        offered += [CUSTOMERS] if row.entry.members else []
        self.kind.options = [(kind.name.to(self._language), kind) for kind in offered]
        self.kind.value = next(iter(offered), None)
        self.kind.layout.display = "" if len(offered) > 1 else "none"
        self._asked = row, filter
        with self._says.under_way():
            self.layout.display = ""
            customer = row["customer_id"]
            if customer is not None:
                self._show_card(int(customer))
            self._fill(row, filter)

    def _on_kind(self) -> None:
        if self._asked is not None:
            with self._says.under_way():
                self._fill(*self._asked)

    def _open_card(self, customer: pd.Series) -> None:
        self._show_card(int(customer["customer_id"]))

    def _show_card(self, number: int) -> None:
        """Show what is known of a customer, which does not depend on the filter."""
        self.card.value = markup.card(self._company.customer_card(number))

    def _fill(self, row: Row, filter: Filter) -> None:
        """Show the records of the chosen kind, or say why there are none."""
        kind = self.kind.value
        if kind is None:
            return self._tell_only(self._say("no_records"))
        try:
            if kind is CUSTOMERS:
                records, count, scope = members(self._company, row, filter)
            else:
                records, count, scope = behind(self._company, row, filter, kind)
        except CrmlabError as problem:
            return self._tell_only(str(problem))
        except Exception:
            logger.exception("no records behind a row of %s", row.entry.slug)
            return self._tell_only(self._say("failed"))
        name = self.kind.label
        shown = {"name": name, "shown": numbers.count(len(records)), "count": numbers.count(count)}
        what = "customers" if kind is CUSTOMERS else "records"
        key = f"some_{what}" if count > len(records) else f"all_{what}"
        self._says.tell(say(f"explore.{key}", self._language, **shown))
        # A total of some of them would say nothing.
        whole = count == len(records)
        columns = {
            name: replace(heading, additive=heading.additive and whole)
            for name, heading in kind.columns.items()
        }
        grid, other = self.grid, self.customers
        if kind is CUSTOMERS:
            grid, other = other, grid
        other.clear()
        grid.show(records, columns, f"{name} · {scope}")

    def _tell_only(self, words: str) -> None:
        self._says.tell(words)
        self.grid.clear()
        self.customers.clear()

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self._language)


def _both(filter: Filter, narrow: Mapping[str, Any]) -> Filter:
    """``filter`` and what a row says; of two periods, the days that are in both."""
    given = dict(narrow)
    for name, nearest in (("start", max), ("end", min)):
        other = getattr(filter, name)
        if name in given and other is not None:
            given[name] = nearest(given[name], day(other).date())
    return replace(filter, **given)
