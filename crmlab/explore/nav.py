"""The menu of analyses: groups that open and close, and a search box."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from crmlab.analysis.groups import Group
from crmlab.analysis.menu import Entry, entries
from crmlab.explore import markup
from crmlab.locale import say


class Navigation(widgets.VBox):
    """The menu of one page.

    Parameters
    ----------
    language : str
    choose : callable
        Called with the slug of the analysis whose button is pressed.

    Attributes
    ----------
    search : widget
        What is typed here leaves only the analyses that match it.
    groups : dict of Group to widget
        The buttons that open and close a group.
    buttons : dict of str to widget
        The buttons of the analyses by their slugs.
    """

    def __init__(self, language: str, choose: Callable[[str], None]) -> None:
        self._language = language
        self._opened: set[Group] = set()
        self.search = widgets.Text(
            description=say("explore.search", language), placeholder=say("explore.search_hint", language)
        )
        self.search.observe(lambda _: self._arrange(), "value")
        self.search.add_class("crm-search")
        self.buttons = {entry.slug: self._button(entry, choose) for entry in entries()}
        self.groups = {group: self._group(group) for group in dict.fromkeys(e.group for e in entries())}
        self._nothing = widgets.HTML(markup.note(say("explore.search_nothing", language)))
        items: list[Any] = [self.search, self._nothing]
        for group, head in self.groups.items():
            items += [head, *(self.buttons[entry.slug] for entry in entries() if entry.group == group)]
        super().__init__(items)
        self.add_class("crm-menu")
        self._arrange()

    def _button(self, entry: Entry, choose: Callable[[str], None]) -> widgets.Button:
        button = widgets.Button(
            description=numbered(entry, self._language), tooltip=entry.about.to(self._language)
        )
        button.on_click(lambda _: choose(entry.slug))
        return button

    def _group(self, group: Group) -> widgets.Button:
        button = widgets.Button()
        button.add_class("crm-group")
        button.on_click(lambda _: self._turn(group))
        return button

    def mark(self, chosen: Entry) -> None:
        """Mark the analysis on the screen, and open its group."""
        for slug, button in self.buttons.items():
            (button.add_class if slug == chosen.slug else button.remove_class)("crm-open")
        self._opened = {chosen.group}
        self._arrange()

    def _turn(self, group: Group) -> None:
        self._opened ^= {group}
        self._arrange()

    def _arrange(self) -> None:
        """Show what is found, or without a search what is in the open groups."""
        query = self.search.value
        found = {entry.slug for entry in entries() if matches(entry, query)}
        searching = bool(query.strip())
        for entry in entries():
            seen = entry.slug in found if searching else entry.group in self._opened
            self.buttons[entry.slug].layout.display = "" if seen else "none"
        for group, head in self.groups.items():
            hit = any(entry.slug in found for entry in entries() if entry.group == group)
            is_open = searching or group in self._opened
            head.description = f"{'▾' if is_open else '▸'} {group.name.to(self._language)}"
            head.tooltip = say(f"explore.{'close' if is_open else 'open'}_group", self._language)
            head.disabled = searching
            head.layout.display = "" if hit else "none"
        self._nothing.layout.display = "none" if found else ""


def numbered(entry: Entry, language: str) -> str:
    """Return the title of an analysis, its step in the experiment in front.

    Examples
    --------
    >>> from crmlab.analysis.menu import find
    >>> numbered(find("sales-trend"), "en"), numbered(find("rfm"), "en")
    ('11 · Sales trend', 'RFM')
    """
    name = entry.name.to(language)
    return name if entry.step is None else f"{entry.step} · {name}"


def matches(entry: Entry, query: str) -> bool:
    """Return whether each word of ``query`` is in a title, the slug or the group, or begins the step.

    Examples
    --------
    >>> from crmlab.analysis.menu import find
    >>> trend = find("sales-trend")
    >>> [matches(trend, query) for query in ("trend sales", "趋势", "11", "12", "profit")]
    [True, True, True, False, False]
    """
    words = " ".join((*entry.name, entry.slug, entry.function.__name__, *entry.group.name)).casefold()
    step = "" if entry.step is None else str(entry.step)
    return all(
        step.startswith(word) if word.isdecimal() else word in words for word in query.casefold().split()
    )
