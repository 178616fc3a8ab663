"""The table of a result: sorted as one likes, page by page, and a row can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.heading import Heading
from crmlab.analysis.totals import totals
from crmlab.explore import table
from crmlab.locale import say

#: The order in which the analysis put its rows.
GIVEN = ""
#: How the chosen row looks.
CHOSEN = "{ background: var(--crm-shade); box-shadow: inset 3px 0 0 var(--crm-accent); }"


class Grid(widgets.VBox):
    """A result on the screen.

    Parameters
    ----------
    language : str
    opened : callable, optional
        Called with the row (a Series) that a person asks to open; without it, no row can be chosen.
    opens : str
        What the button says that opens a row, by ``explore.<name>``.

    Attributes
    ----------
    sort, order : widget
        The column to sort by, and the button that turns the order round.
    first, before, after, last : widget
        The buttons that turn the pages.
    rows : widget
        The rows of this page, to choose one; `opener` opens it.
    html : widget
        The table itself.
    """

    def __init__(
        self,
        language: str,
        opened: Callable[[pd.Series], None] | None = None,
        opens: str = "open_row",
    ) -> None:
        self._language = language
        self._opened = opened
        self._quiet = False
        self._result = pd.DataFrame()
        self._sorted = self._result
        self._columns: Mapping[str, Heading] = {}
        self._caption = ""
        self._page = self._place = 0
        self.html = widgets.HTML()
        self.sort = widgets.Dropdown(description=self._say("sort_by"))
        self.order = widgets.Button()
        self._falling = False
        self.first, self.before, self.after, self.last = (
            widgets.Button(description=sign, tooltip=self._say(name))
            for sign, name in (
                ("«", "first_page"),
                ("‹", "page_before"),
                ("›", "page_after"),
                ("»", "last_page"),
            )
        )
        self.rows = widgets.Dropdown(description=self._say("row"))
        self.opener = widgets.Button(description=self._say(opens))
        self._mark = widgets.HTML()
        # By these page.js finds what a click on the table works.
        for widget, name in (
            (self.sort, "crm-sort"),
            (self.order, "crm-order"),
            (self.rows, "crm-rows"),
            (self.opener, "crm-opener"),
            (self._mark, "crm-mark"),
        ):
            widget.add_class(name)
        self._listen()
        self._sorting = widgets.HBox([self.sort, self.order])
        self._paging = widgets.HBox([self.first, self.before, self.after, self.last])
        self._opening = widgets.HBox([self.rows, self.opener])
        boxes = [self._sorting, self._paging, *([self._opening] if opened else [])]
        self._controls = widgets.HBox(boxes)
        for box in (self._controls, *boxes):
            box.add_class("crm-row")
        super().__init__()
        self._name = f"crm-{self.model_id[:12]}"
        for name in ("crm-part", self._name):
            self.add_class(name)

    def _listen(self) -> None:
        self.sort.observe(lambda _: self._on_sort(), "value")
        self.order.on_click(lambda _: self._turn_round())
        self.rows.observe(lambda _: self._on_row(), "value")
        self.opener.on_click(lambda _: self._on_open())
        self.first.on_click(lambda _: self.turn_to(0))
        self.before.on_click(lambda _: self.turn_to(self._page - 1))
        self.after.on_click(lambda _: self.turn_to(self._page + 1))
        self.last.on_click(lambda _: self.turn_to(self.pages - 1))

    @property
    def pages(self) -> int:
        """How many pages the result has."""
        return max(1, -(-len(self._result) // table.ROWS))

    def show(self, result: pd.DataFrame, columns: Mapping[str, Heading], caption: str) -> None:
        """Put ``result`` on the screen; the order stays if the columns are the same."""
        if list(columns) != list(self._columns):
            self._offer(columns)
        self._result, self._columns, self._caption = result, columns, caption
        self._totals = totals(result, columns)
        self._arrange()
        # The table comes first: from the chart, its numbers are one tab away.
        self.children = [self.html, self._controls, self._mark]
        self.layout.display = ""

    def clear(self) -> None:
        """Show nothing."""
        self.html.value = ""
        self._result = self._result.iloc[:0]
        self.children = []
        # What is empty would still have a gap above it.
        self.layout.display = "none"

    def _offer(self, columns: Mapping[str, Heading]) -> None:
        titles = [(heading.titled(self._language), name) for name, heading in columns.items()]
        self._quiet = True
        self.sort.options = [(self._say("given_order"), GIVEN), *titles]
        self.sort.value = GIVEN
        self._quiet = self._falling = False
        self._place = 0

    # What a person does

    def _on_sort(self) -> None:
        if not self._quiet:
            by = self.sort.value
            # One looks for the largest number and for the first word.
            self._falling = bool(by) and not table.of_words(self._columns[by])
            self._arrange()

    def _turn_round(self) -> None:
        self._falling = not self._falling
        self._arrange()

    def turn_to(self, page: int) -> None:
        """Show another page, the first being 0."""
        self._page = min(max(page, 0), self.pages - 1)
        self._draw()

    def _on_row(self) -> None:
        """Mark the chosen row; the table itself is not drawn again, which would scroll it back."""
        if not self._quiet and self.rows.value is not None:
            self._place = self.rows.value % table.ROWS
            place = self._place + 1
            self._mark.value = f"<style>.{self._name} tbody tr:nth-child({place}) {CHOSEN}</style>"

    def _on_open(self) -> None:
        if self._opened and self.rows.value is not None:
            self._opened(self._sorted.iloc[self.rows.value])

    # What is on the screen

    def _arrange(self) -> None:
        self._sorted = _sorted(self._result, self.sort.value, self._falling, self._columns, self._language)
        self.turn_to(0)

    def _draw(self) -> None:
        from_row = self._page * table.ROWS
        # The place stays: who clicks while the table is being drawn anew means the row of that place.
        self._place = max(0, min(self._place, len(self._sorted) - from_row - 1))
        by = self.sort.value or None
        self.html.value = table.html(
            self._sorted,
            self._columns,
            self._caption,
            self._language,
            start=from_row,
            sums=self._totals,
            by=(by, self._falling) if by else None,
            chosen=self._place if self._opened else None,
        )
        self._show_controls()
        self._name_rows(self._sorted.iloc[from_row : from_row + table.ROWS], from_row)

    def _show_controls(self) -> None:
        self._sorting.layout.display = "" if len(self._result) > 1 else "none"
        self._paging.layout.display = "" if self.pages > 1 else "none"
        self._opening.layout.display = "" if self._opened and len(self._result) else "none"
        self.order.description = "▼" if self._falling else "▲"
        self.order.tooltip = self._say("largest_first" if self._falling else "smallest_first")
        self.order.disabled = self.sort.value == GIVEN
        self.first.disabled = self.before.disabled = self._page == 0
        self.last.disabled = self.after.disabled = self._page == self.pages - 1

    def _name_rows(self, shown: pd.DataFrame, start: int) -> None:
        if not self._opened:
            return
        names = [row_name(row, self._columns, self._language) for row in shown.to_dict("records")]
        labels = [f"{numbers.count(start + place + 1)} · {name}" for place, name in enumerate(names)]
        self._quiet = True
        self.rows.options = list(zip(labels, range(start, start + len(names)), strict=True))
        self.rows.value = start + self._place if names else None
        self._quiet = False
        self._on_row()

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self._language)


def row_name(row: Any, columns: Mapping[str, Heading], language: str) -> str:
    """Return what a row is about: its words before its numbers, else what stands first in it.

    Examples
    --------
    >>> from crmlab.locale import Text
    >>> columns = {"id": Heading(Text("No.", "编号"), "id"), "name": Heading(Text("Name", "名称"), "text")}
    >>> row_name({"id": 1001, "name": "Delta"}, columns, "en")
    'Delta'
    """
    words = []
    for name, heading in columns.items():
        if heading.format == "text":
            words.append(heading.show(row[name], language))
        elif words and heading.format not in ("id", "date"):
            break
    name, first = next(iter(columns.items()))
    number = first.show(row[name], language)
    if first.format in ("count", "number"):  # which means nothing alone
        number = f"{first.title.to(language)} {number}"
    return " · ".join(words) or number


def _sorted(
    result: pd.DataFrame, by: str | None, falling: bool, columns: Mapping[str, Heading], language: str
) -> pd.DataFrame:
    """``result`` by column ``by``, missing values last; what is equal stays in the analysis's order."""
    if not by or by not in result:
        return result
    words = columns[by].words

    def key(values: pd.Series) -> pd.Series:
        return values.map(lambda code: words[code].to(language), na_action="ignore") if words else values

    return result.sort_values(by, ascending=not falling, kind="stable", na_position="last", key=key)
