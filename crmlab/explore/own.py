"""The fields for an analysis's own parameters: numbers, and lists of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from crmlab.analysis.menu import Entry
from crmlab.analysis.own import Choice, Parameter
from crmlab.locale import say


class OwnFields(widgets.HBox):
    """A field for each own parameter of the analysis on the screen.

    Attributes
    ----------
    fields : dict of str to widget
        By the name of the parameter.
    """

    def __init__(self, language: str, changed: Callable[[], None]) -> None:
        self._language = language
        self._changed = changed
        self.fields: dict[str, Any] = {}
        super().__init__()
        self.add_class("crm-row")
        self.add_class("crm-own")

    def show(self, entry: Entry, given: Mapping[str, Any]) -> None:
        """Make the fields of ``entry``, with the values ``given`` or else the defaults."""
        self.fields = {
            own.name: _field(own, given.get(own.name, own.default), self._language) for own in entry.own
        }
        for field in self.fields.values():
            field.observe(lambda _: self._changed(), "value")
        self.children = tuple(self.fields.values())
        self.layout.display = "" if self.fields else "none"

    def values(self) -> dict[str, Any]:
        """Return what the fields say, by the name of the parameter."""
        return {
            name: field.value if isinstance(field, widgets.Dropdown) else _number(field.value)
            for name, field in self.fields.items()
        }


def _field(own: Parameter, value: Any, language: str) -> Any:
    if isinstance(own, Choice):
        options = [(text.to(language), code) for code, text in own.words.items()]
        value = own.checked(value, language)
        return widgets.Dropdown(description=own.label.to(language), options=options, value=value)
    label = say("explore.with_unit", language, title=own.label.to(language), unit=own.unit.to(language))
    if own.default is None:
        typed = "" if value is None else str(value)
        return widgets.Text(
            typed, description=label, placeholder=say("explore.any", language), continuous_update=False
        )
    kind = widgets.BoundedIntText if isinstance(own.step, int) else widgets.BoundedFloatText
    return kind(value, min=own.minimum, max=own.maximum, step=own.step, description=label)


def _number(value: Any) -> Any:
    """The number in a text field; an empty one is None, and what is no number is the analysis's to refuse."""
    if not isinstance(value, str):
        return value
    typed = value.strip().replace(",", "")
    for kind in (int, float):
        try:
            return kind(typed)
        except ValueError:
            continue
    return typed or None
