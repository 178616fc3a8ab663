"""The page: a menu, the filter bar, and what the chosen analysis says."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets
import pandas as pd

from crmlab import fonts
from crmlab.analysis.filters import Filter, combined
from crmlab.analysis.menu import FIELD_NAMES, Entry, entries, find
from crmlab.company.company import Company
from crmlab.errors import CrmlabError
from crmlab.explore import markup, table
from crmlab.explore.bar import Bar
from crmlab.explore.own import OwnFields
from crmlab.locale import say

logger = logging.getLogger(__name__)


class Page(widgets.VBox):
    """The Analysis page of one company; what `crmlab.explore` returns.

    Parameters
    ----------
    company : Company
    entry : Entry
        The analysis to open on.
    filter : Filter, optional
    **given
        Fields of `Filter`, and the analysis's own parameters.

    Attributes
    ----------
    company : Company
    entry : Entry
        The analysis on the screen.
    menu : dict of str to widget
        The buttons of the menu by the analysis's slug.
    bar : Bar
        The filter bar.
    own : OwnFields
        The analysis's own parameters.
    result : pandas.DataFrame or None
        The table on the screen, with all its rows; None where there is a message instead.
    """

    def __init__(self, company: Company, entry: Entry, filter: Filter | None = None, **given: Any) -> None:
        self.company = company
        self._language = company.language
        self.result: pd.DataFrame | None = None
        self._sentence = ""
        if self._language == "zh":
            fonts.use_chinese()  # for the charts that a student draws below the page, too
        _refuse(company, entry, filter, given)
        self._build()
        typed = {name: given.pop(name) for name in FIELD_NAMES if name in given}
        self.bar.fill(combined(filter, typed, self._language), entry)
        self._put(entry, given)

    def _build(self) -> None:
        self.menu = {entry.slug: self._menu_button(entry) for entry in entries()}
        self.own = OwnFields(self._language, self.refresh)
        self.bar = Bar(self.company, self.refresh, beside=self.own)
        self._heading, self._finding, self._code = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._chart, self._table = _classed(widgets.HTML(), "crm-part"), _classed(widgets.HTML(), "crm-part")
        self._show_code = _classed(widgets.ToggleButton(), "crm-show")
        self._show_code.observe(lambda _: self._open_code(), "value")
        self._open_code()
        results = _classed(widgets.HBox([self._chart, self._table]), "crm-results")
        main = [self._heading, self.bar, self._finding, results, self._show_code, self._code]
        body = widgets.HBox([self._navigation(), _classed(widgets.VBox(main), "crm-main")])
        super().__init__([widgets.HTML(markup.style()), _classed(body, "crm-body")])
        self.add_class("crm-page")

    def _navigation(self) -> widgets.VBox:
        """The menu: each group with the buttons of its analyses."""
        items: list[Any] = []
        for group in dict.fromkeys(entry.group for entry in entries()):
            items.append(widgets.HTML(markup.group(group, self._language)))
            items += [self.menu[entry.slug] for entry in entries() if entry.group == group]
        return _classed(widgets.VBox(items), "crm-menu")

    def _menu_button(self, entry: Entry) -> widgets.Button:
        name, about = entry.name.to(self._language), entry.about.to(self._language)
        button = widgets.Button(description=name, tooltip=about)
        button.on_click(lambda _: self.choose(entry.slug))
        return button

    # What a person does

    def choose(self, analysis: str | int) -> None:
        """Put another analysis on the screen; the filter stays, as far as that one honours it."""
        self._put(find(analysis, self._language), {})

    def _put(self, entry: Entry, own: dict[str, Any]) -> None:
        self.entry = entry
        for slug, button in self.menu.items():
            (button.add_class if slug == entry.slug else button.remove_class)("crm-open")
        self._heading.value = markup.heading(entry, self._language)
        self.bar.show(entry)
        self.own.show(entry, own)
        self.refresh()

    def _open_code(self) -> None:
        is_open = self._show_code.value
        self._code.layout.display = "" if is_open else "none"
        self._show_code.description = self._say("hide_code" if is_open else "show_code")

    # What the page answers

    def refresh(self) -> None:
        """Ask the analysis again and show what it says."""
        try:
            with _undisturbed():
                self._answer(self.bar.filter(), self.own.values())
        except CrmlabError as problem:
            self._fail(str(problem))
        except Exception:
            logger.exception("%s failed", self.entry.slug)
            self._fail(self._say("failed"))

    def _answer(self, filter: Filter, own: dict[str, Any]) -> None:
        entry, company, language = self.entry, self.company, self._language
        result = entry.run(company, filter, **own)
        finding = entry.finding(result, company)
        caption = f"{entry.name.to(language)} · {result.attrs['scope']}"
        rows = table.html(result, entry.columns, caption, language)
        chart = ""
        if not result.empty:
            picture = entry.picture(result, company)
            # The finding stands above both chart and table; drawn as a title it would be there twice.
            chart = markup.image(picture.figure("", "", language), picture.alt(language))
        code = markup.code(entry.code(filter, **own), language)
        # Only now that nothing can fail any more is the old screen given up.
        self.result = result
        self._speak(f"{finding} {self._say('empty')}" if result.empty else finding, "status")
        self._chart.value, self._table.value, self._code.value = chart, rows, code

    def _fail(self, sentence: str) -> None:
        self.result = None
        self._speak(sentence, "alert")
        self._chart.value = self._table.value = self._code.value = ""

    def _speak(self, sentence: str, role: str) -> None:
        self._sentence = sentence
        self._finding.value = markup.sentence(sentence, role)

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self._language)

    # Where there are no widgets

    def __str__(self) -> str:
        """Return the finding and the first rows, for a notebook that is read without widgets."""
        parts = [self.entry.name.to(self._language), self._sentence]
        if self.result is not None:
            parts.append(table.text(self.result, self.entry.columns, self._language))
        return "\n".join(parts)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**kwargs), "text/plain": str(self)}


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put Python's garbage collection off until the answer is shown: it can take as long as the answer."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _refuse(company: Company, entry: Entry, filter: Filter | None, given: dict[str, Any]) -> None:
    """Raise what the analysis has against the call; any other failure is for the page to show."""
    try:
        entry.run(company, filter, **given)
    except CrmlabError:
        raise
    except Exception:
        logger.debug("%s failed before its page was there", entry.slug, exc_info=True)


def _classed(widget: Any, name: str) -> Any:
    widget.add_class(name)
    return widget
