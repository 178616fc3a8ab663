"""From a row to the records behind it: whose order lines they are, and the card of the customer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import ipywidgets as widgets
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.filters import FIELDS, Filter, resolve
from crmlab.analysis.frames import collected, sales
from crmlab.analysis.heading import Heading
from crmlab.company.company import Company
from crmlab.company.schema import TABLES
from crmlab.explore import markup
from crmlab.explore.grid import Grid
from crmlab.locale import Text, say

#: So many order lines are shown, the newest first.
MOST = 200
#: The columns of an employee's number; records carry the recorder's.
EMPLOYEE = "employee_id"
#: A column that holds a calendar period in words: 2025, 2025-Q1, 2025-01.
PERIODS = ("period", "month", "year")

LINES: dict[str, Heading] = {
    "order_id": Heading(TABLES["orders"]["order_id"].title, "id"),
    "booked_at": Heading(TABLES["order_lines"]["booked_at"].title, "date"),
    "customer": Heading(FIELDS["customer"].title, "text"),
    "product": Heading(FIELDS["product"].title, "text"),
    "quantity": Heading(TABLES["order_lines"]["quantity"].title, "count"),
    "net_sales": Heading(Text("Net sales", "净销售额"), "yuan"),
}


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
        if _known(value):
            found[name] = value
    if _known(row.get(EMPLOYEE)):
        found["owner" if "owner" in own.values() else "recorder"] = row[EMPLOYEE]
    by = "recorder" if own.get("by") == "employee" else own.get("by")
    named = next((row[name] for name in ("group_id", "group") if _known(row.get(name))), None)
    if by in FIELDS and named is not None:
        found[by] = named
    words = [row.get(name) for name in PERIODS] + ([named] if by in PERIODS else [])
    for word in words:
        with suppress(ValueError):
            if _known(word):
                period = pd.Period(str(word))
                found |= {"start": period.start_time.date(), "end": period.end_time.date()}
    return found


def _known(value: Any) -> bool:
    return value is not None and value is not pd.NA and value == value


def lines(company: Company, filter: Filter) -> tuple[pd.DataFrame, int, str]:
    """Return the newest order lines of valid sales, how many there are, and what was asked for."""
    conditions = resolve(company, filter, ("period", *FIELDS), "")
    sold = conditions.keep(sales(company), "booked_at")
    count = len(collected(sold.select("line_id")))
    newest = sold.select("line_id", "order_id", "booked_at", "customer_id", "product_id", "net_cents")
    newest = newest.sort("booked_at", "line_id", descending=[True, True]).head(MOST)
    customers = company.frame("customers").select("customer_id", customer="name")
    products = company.frame("products").select("product_id", product="name")
    named = (
        newest.join(company.frame("order_lines").select("line_id", "quantity"), on="line_id", how="left")
        .join(customers, on="customer_id", how="left")
        .join(products, on="product_id", how="left")
        .sort("booked_at", "line_id", descending=[True, True])
    )
    found = collected(named)
    found["net_sales"] = found["net_cents"] / 100
    table = pd.DataFrame({name: heading.cast(found[name]) for name, heading in LINES.items()})
    return table, count, conditions.scope


class Drill(widgets.VBox):
    """The panel below the table: the records behind a row, and the way back.

    Parameters
    ----------
    company : Company

    Attributes
    ----------
    back : widget
        Closes the panel.
    grid : Grid
        The order lines.
    card : widget
        The card of the customer, where the row is one.
    """

    def __init__(self, company: Company) -> None:
        self._company = company
        self._language = company.language
        self.back = widgets.Button(description=self._say("back"))
        self.back.on_click(lambda _: self.hide())
        self.back.add_class("crm-show")
        self.card, self._note, self._title = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.grid = Grid(self._language)
        super().__init__([self.back, self._title, self._note, self.card, self.grid])
        self.add_class("crm-drill")
        self.hide()

    def hide(self) -> None:
        """Show nothing."""
        self.layout.display = "none"
        self.card.value = self._note.value = self._title.value = ""
        self.grid.clear()

    def show(self, name: str, row: Mapping[str, Any], filter: Filter, own: Mapping[str, Any]) -> None:
        """Show the records behind ``row``, which is called ``name``; ``filter`` is that of the page."""
        self.hide()
        self.layout.display = ""
        self._title.value = markup.title(name)
        narrow = narrowed(row, own)
        if not narrow:
            self._note.value = markup.sentence(self._say("no_records"), "status")
            return
        if "customer" in narrow and row.get("customer_id") is not None:
            # What is known of a customer does not depend on the filter; what was sold does.
            self.card.value = markup.card(self._company.customer_card(int(row["customer_id"])))
        found, count, scope = lines(self._company, _both(filter, narrow))
        shown = {"shown": numbers.count(len(found)), "count": numbers.count(count)}
        words = say(
            "explore.some_lines" if count > len(found) else "explore.all_lines", self._language, **shown
        )
        self._note.value = markup.sentence(words, "status")
        self.grid.show(found, LINES, f"{self._say('order_lines')} · {scope}")

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self._language)


def _both(filter: Filter, narrow: Mapping[str, Any]) -> Filter:
    """``filter`` and what a row says; of two periods, the days that are in both."""
    given = dict(narrow)
    for name, nearest in (("start", max), ("end", min)):
        other = getattr(filter, name)
        if name in given and other is not None:
            given[name] = nearest(given[name], other)
    return replace(filter, **given)
