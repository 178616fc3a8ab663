"""The sentence that says what is found, and what is under way while it is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ipywidgets as widgets

from crmlab.explore import markup


class Sentence(widgets.VBox):
    """A place for one sentence.

    Parameters
    ----------
    language : str

    Attributes
    ----------
    html : widget
        The sentence.
    progress : widget
        What stands over it while something is under way.

    Examples
    --------
    >>> sentence = Sentence("en")
    >>> with sentence.under_way():
    ...     sentence.tell("Two rows.")
    >>> "Two rows." in sentence.html.value, sentence.progress.value
    (True, '')
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self.html, self.progress = widgets.HTML(), widgets.HTML()
        super().__init__([self.html, self.progress])
        self.add_class("crm-says")

    def tell(self, words: str, role: str = "status") -> None:
        """Say ``words``: what is found ("status"), or what went wrong ("alert")."""
        self.html.value = markup.sentence(words, role) if words else ""

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Say that something is under way; the old sentence stays below it until there is a new one."""
        self.progress.value = markup.progress(self._language)
        try:
            yield
        finally:
            self.progress.value = ""
