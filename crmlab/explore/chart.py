"""The chart of the page: its picture, and the choice of another kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as widgets
import pandas as pd

from crmlab.analysis.menu import Entry
from crmlab.company.company import Company
from crmlab.explore import kinds, markup
from crmlab.locale import say


class Chart(widgets.VBox):
    """The chart of one page.

    Parameters
    ----------
    company : Company
    failing : callable
        Used as ``with failing():`` around what a person's choice sets going.

    Attributes
    ----------
    kind : widget
        One of `kinds.KINDS`.
    measure : widget
        The column that the chart shows; of the analysis's own picture there is no choice.
    html : widget
        The picture.
    """

    def __init__(self, company: Company, failing: Callable) -> None:
        self._company, self._language = company, company.language
        self._failing = failing
        self._quiet = False
        self._entry: Entry | None = None
        self._result = pd.DataFrame()
        self.kind = widgets.Dropdown(description=self._say("chart"))
        self.measure = widgets.Dropdown(description=self._say("measure"))
        self.html = widgets.HTML()
        for field in (self.kind, self.measure):
            field.observe(lambda _: self._on_change(), "value")
        row = widgets.HBox([self.kind, self.measure])
        row.add_class("crm-row")
        super().__init__([row, self.html])
        self.add_class("crm-part")

    def show(self, entry: Entry, result: pd.DataFrame) -> None:
        """Draw ``result``; the kind stays while the analysis does, as far as it makes sense."""
        columns = entry.columns
        if entry is not self._entry:
            titles = [(columns[name].titled(self._language), name) for name in kinds.measures(columns)]
            self._offer(self.measure, titles)
            self._offer(self.kind, [])
        self._entry, self._result = entry, result
        self._draw()

    def clear(self) -> None:
        """Show nothing."""
        self.html.value = ""
        self.layout.display = "none"

    def _offer(self, field: widgets.Dropdown, options: Sequence[tuple[str, str]]) -> None:
        """Offer ``options``; the chosen one stays if it is among them."""
        chosen, values = field.value, [value for _, value in options]
        self._quiet = True
        field.options = options
        field.value = chosen if chosen in values else next(iter(values), None)
        self._quiet = False

    def _on_change(self) -> None:
        if not self._quiet:
            with self._failing():
                self._draw()

    def _draw(self) -> None:
        entry, result, language = self._entry, self._result, self._language
        assert entry is not None
        if result.empty:
            return self.clear()
        self.layout.display = ""
        offered = kinds.kinds(result, entry.columns, self.measure.value)
        self._offer(self.kind, [(self._say(kind), kind) for kind in offered])
        own = self.kind.value == kinds.OWN
        self.kind.layout.display = "" if len(offered) > 1 else "none"
        self.measure.layout.display = "none" if own or len(self.measure.options) < 2 else ""
        if own:
            shown = entry.picture(result, self._company)
        else:
            shown = kinds.picture(self.kind.value, result, entry.columns, self.measure.value, language)
        # The finding stands above both chart and table; drawn as a title it would be there twice.
        self.html.value = markup.image(shown.figure("", "", language), shown.alt(language))

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self._language)
