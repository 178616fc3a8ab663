"""The buttons with which a screen is taken along: into Excel, a slide, a mail."""

from __future__ import annotations

import logging
from base64 import b64encode
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets

from crmlab.errors import CrmlabError
from crmlab.explore import kinds, markup
from crmlab.files import replace_file
from crmlab.locale import say
from crmlab.reporting.asking import free_name
from crmlab.reporting.report import WRITERS, Report

if TYPE_CHECKING:
    from crmlab.explore.page import Page

logger = logging.getLogger(__name__)

#: Beside the notebook.
FOLDER = "exports"
#: What a screen is written as, and what a browser calls it.
TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "html": "text/html",
}


class ExportBar(widgets.HBox):
    """A button for each kind of file, and where the last file is.

    A file is kept beside the notebook, and can be downloaded: where the page runs without a notebook, a
    person does not see that folder.

    Parameters
    ----------
    page : Page
        What is on its screen when a button is pressed is what is written.

    Attributes
    ----------
    buttons : dict of str to widget
        By the ending of the file: "csv", "xlsx", "png", "html".
    written : Path or None
        The last file.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._language = page.company.language
        self.written: Path | None = None
        self.buttons = {kind: self._button(kind) for kind in TYPES}
        # Words beside buttons: as wide as they are, at the height of the buttons.
        beside = {"width": "auto", "min_width": "0", "flex": "none", "align_self": "center"}
        self._says = widgets.HTML(layout=beside | {"flex": "0 1 auto"})
        label = widgets.HTML(f"<span>{escape(self._say('label'))}</span>", layout=beside)
        super().__init__([label, *self.buttons.values(), self._says])
        for name in ("crm-row", "crm-export"):
            self.add_class(name)

    def forget(self) -> None:
        """Say nothing of a file any more: it holds what is no longer on the screen."""
        self._says.value = ""

    def _button(self, kind: str) -> widgets.Button:
        button = widgets.Button(description=self._say(kind), tooltip=self._say(f"{kind}_hint"))
        button.on_click(lambda _: self._export(kind))
        return button

    def _export(self, kind: str) -> None:
        """Write the screen, or say why not."""
        self._says.value = markup.progress(self._language)
        try:
            self._says.value = self._written(kind)
        except CrmlabError as problem:
            self._says.value = _sentence(escape(str(problem)), "alert")
        except Exception:
            logger.exception("%s was not written as %s", self._page.entry.slug, kind)
            self._says.value = _sentence(escape(self._say("failed")), "alert")

    def _written(self, kind: str) -> str:
        page = self._page
        content = WRITERS[kind](_report(page))
        file = free_name(page.entry.slug, kind, Path(FOLDER))
        try:
            replace_file(file, content)
        except OSError as problem:
            # The folder may be read-only; the browser can save the file all the same.
            said = self._say("not_kept", reason=problem.strerror or problem)
        else:
            self.written = file
            said = self._say("kept", file=f"{FOLDER}/{file.name}")
        return _sentence(f"{escape(said)} {self._link(kind, file.name, content)}", "status")

    def _link(self, kind: str, name: str, content: bytes) -> str:
        """Return a link that holds the file itself: a server need not know of it."""
        data = b64encode(content).decode("ascii")
        words = escape(self._say("download", file=name))
        return f'<a download="{escape(name)}" href="data:{TYPES[kind]};base64,{data}">{words}</a>'

    def _say(self, name: str, **values: object) -> str:
        return say(f"export.{name}", self._language, **values)


def _report(page: Page) -> Report:
    """Return what the fields of ``page`` ask for, which is on its screen or on its way there."""
    report = Report.of(page.entry, page.company, page.bar.filter(), page.own.values())
    kind, measure = page.chart.kind.value, page.chart.measure.value
    if report.result.empty or kind in (None, kinds.OWN):
        return report
    columns, language = page.entry.columns, page.company.language
    return replace(report, drawn=kinds.picture(kind, report.result, columns, measure, language))


def _sentence(html: str, role: str) -> str:
    return f'<p class="crm-exported" role="{role}">{html}</p>'
