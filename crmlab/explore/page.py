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
from crmlab.analysis.frames import keep
from crmlab.analysis.menu import FIELD_NAMES, Entry, find
from crmlab.company.company import Company
from crmlab.errors import CrmlabError
from crmlab.explore import markup, table
from crmlab.explore.bar import Bar
from crmlab.explore.chart import Chart
from crmlab.explore.codes import Codes
from crmlab.explore.compare import Comparison
from crmlab.explore.drill import Drill
from crmlab.explore.export import ExportBar
from crmlab.explore.grid import Grid, row_name
from crmlab.explore.nav import Navigation
from crmlab.explore.own import OwnFields
from crmlab.explore.quiet import Coalesced
from crmlab.explore.records import Row
from crmlab.explore.sentence import Sentence
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
        What the fields ask for, with all its rows; None where there is a message instead of a table.
    """

    def __init__(self, company: Company, entry: Entry, filter: Filter | None = None, **given: Any) -> None:
        self.company = company
        self._language = company.language
        self._result: pd.DataFrame | None = None
        self._sentence = ""
        if self._language == "zh":
            fonts.use_chinese()  # for the charts that a student draws below the page, too
        keep(company)
        result = _first(company, entry, filter, given)
        self._build()
        typed = {name: given.pop(name) for name in FIELD_NAMES if name in given}
        self.bar.fill(combined(filter, typed, self._language), entry)
        self._put(entry, given, result)

    def _build(self) -> None:
        self.navigation = Navigation(self._language, self.choose)
        self.menu = self.navigation.buttons
        self._changed = Coalesced(self.refresh)
        self.own = OwnFields(self._language, self._changed)
        self.bar = Bar(self.company, self._changed, beside=self.own)
        self._heading, self._says = widgets.HTML(), Sentence(self._language)
        self._finding = self._says.html
        self.codes = Codes(self.company, self._telling)
        self._code = self.codes.html
        self.rescue = _classed(widgets.Button(description=self._say("clear_all")), "crm-show")
        self.rescue.on_click(lambda _: self.start_again())
        self.exports = ExportBar(self)
        self.chart = Chart(self.company, self._telling)
        self._chart = self.chart.html
        self.grid = Grid(self._language, self.open_row)
        self.drill = Drill(self.company)
        self.comparison = Comparison(self.company, self._changed)
        self._table = self.grid.html
        results = _classed(widgets.HBox([self.chart, self.grid]), "crm-results")
        main = [self._heading, self.bar, self._says, self.rescue, results]
        main += [self.exports, self.comparison, self.drill, self.codes]
        body = widgets.HBox([self.navigation, _classed(widgets.VBox(main), "crm-main")])
        super().__init__([widgets.HTML(markup.style()), _classed(body, "crm-body")])
        self.add_class("crm-page")

    # What a person does

    def choose(self, analysis: str | int) -> None:
        """Put another analysis on the screen; the filter stays, as far as that one honours it."""
        self._put(find(analysis, self._language), {})

    def _put(self, entry: Entry, own: dict[str, Any], result: pd.DataFrame | None = None) -> None:
        self.entry = entry
        self.navigation.mark(entry)
        self._heading.value = markup.heading(entry, self._language)
        self.bar.show(entry)
        self.own.show(entry, own)
        self.refresh(result)

    def start_again(self) -> None:
        """Restrict nothing any more, and put the analysis's own parameters back."""
        self.own.show(self.entry, {})
        self.bar.clear()

    def open_row(self, row: pd.Series) -> None:
        """Show the records behind a row of the result."""
        name = row_name(row, self.entry.columns, self._language)
        values = {str(key): row[key] for key in row.index}
        self.drill.show(name, Row(self.entry, values, self.own.values()), self.bar.filter())

    # What the page answers

    @property
    def result(self) -> pd.DataFrame | None:
        """The table that the fields ask for, even if they were changed in the same cell."""
        self._changed.flush()
        return self._result

    def refresh(self, result: pd.DataFrame | None = None) -> None:
        """Ask the analysis again, unless its ``result`` is known, and show what it says."""
        self._changed.cancel()
        self.drill.hide()
        self.exports.forget()
        with self._says.under_way(), self._telling(), _undisturbed():
            self._answer(self.bar.filter(), self.own.values(), result)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say in a sentence what goes wrong."""
        try:
            yield
        except CrmlabError as problem:
            self._fail(str(problem))
        except Exception:
            logger.exception("%s failed", self.entry.slug)
            self._fail(self._say("failed"))

    def _answer(self, filter: Filter, own: dict[str, Any], result: pd.DataFrame | None) -> None:
        entry, company, language = self.entry, self.company, self._language
        if result is None:
            result = entry.run(company, filter, **own)
        finding = entry.finding(result, company)
        caption = f"{entry.name.to(language)} · {result.attrs['scope']}"
        self.comparison.show(entry, filter, own, result, self.bar.unit)
        self.chart.show(entry, result)
        # Only now that nothing can fail any more is the old screen given up.
        self._result = result
        advice = self._say("empty") if result.empty else ""
        self._speak(markup.sentences([finding, advice], language), "status")
        self.grid.show(result, entry.columns, caption)
        self.codes.show(entry, filter, own)
        self.exports.layout.display = ""
        self.rescue.layout.display = "" if result.empty else "none"

    def _fail(self, sentence: str) -> None:
        self._result = None
        self._speak(sentence, "alert")
        self.rescue.layout.display = ""
        self.exports.layout.display = "none"
        for part in (self.chart, self.grid, self.comparison, self.codes):
            part.clear()

    def _speak(self, sentence: str, role: str) -> None:
        self._sentence = sentence
        self._says.tell(sentence, role)

    def _say(self, name: str) -> str:
        return say(f"explore.{name}", self._language)

    # Where there are no widgets

    def __str__(self) -> str:
        """Return the finding and the first rows, for a notebook that is read without widgets."""
        result = self.result
        parts = [self.entry.name.to(self._language), self._sentence]
        if result is not None:
            parts.append(table.text(result, self.entry.columns, self._language))
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


def _first(
    company: Company, entry: Entry, filter: Filter | None, given: dict[str, Any]
) -> pd.DataFrame | None:
    """Return the result to open on; raise what the analysis has against the call.

    Any other failure is for the page to show.
    """
    try:
        return entry.run(company, filter, **given)
    except CrmlabError:
        raise
    except Exception:
        logger.debug("%s failed before its page was there", entry.slug, exc_info=True)
        return None


def _classed(widget: Any, name: str) -> Any:
    widget.add_class(name)
    return widget
