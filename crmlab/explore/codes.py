"""The code behind the screen: the exact call and, for the steps of the experiment, plain pandas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from crmlab.analysis.filters import Filter
from crmlab.analysis.menu import Entry
from crmlab.company.company import Company
from crmlab.explore import markup
from crmlab.locale import say


class Codes(widgets.VBox):
    """What shows and hides the code of one page.

    Parameters
    ----------
    company : Company
    failing : callable
        Used as ``with failing():`` around what a person's choice sets going.

    Attributes
    ----------
    button : widget
        Opens and closes.
    html : widget
        The call, and the plain pandas where there is some.
    """

    def __init__(self, company: Company, failing: Callable) -> None:
        self._company, self._language = company, company.language
        self._failing = failing
        self._asked: tuple[Entry, Filter, Mapping[str, Any]] | None = None
        self.button, self.html = widgets.ToggleButton(), widgets.HTML()
        self.button.observe(lambda _: self._open(), "value")
        self.button.add_class("crm-show")
        super().__init__([self.button, self.html])
        self._open()

    def show(self, entry: Entry, filter: Filter, own: Mapping[str, Any]) -> None:
        """Take the code that makes what is on the screen."""
        self._asked = entry, filter, own
        self.layout.display = ""
        self._write()

    def clear(self) -> None:
        """Show none, and offer none."""
        self._asked = None
        self.html.value = ""
        self.layout.display = "none"

    def _open(self) -> None:
        is_open = self.button.value
        self.html.layout.display = "" if is_open else "none"
        self.button.description = say(f"explore.{'hide' if is_open else 'show'}_code", self._language)
        with self._failing():
            self._write()

    def _write(self) -> None:
        if self._asked is None:
            return
        entry, filter, own = self._asked
        shown = markup.code(entry.code(filter, **own), self._language)
        # Writing it out in pandas takes a moment; nobody waits for what is not open.
        if self.button.value:
            from crmlab.explore import plain

            written = plain.code(entry, self._company, filter, dict(own))
            shown += markup.plain(written, self._language) if written else ""
        self.html.value = shown
