"""Sentences of the feedback that wait for their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crmlab.checks.answer import Answer
from crmlab.locale import Text, listed, say


@dataclass(frozen=True)
class Sentence:
    """A message of the section ``[checks]``, with what its blanks hold.

    A blank may hold a `Text`, another sentence, an answer (which is described), or a list.
    """

    key: str
    blanks: Mapping[str, object]

    def to(self, language: str) -> str:
        """Return the sentence in ``language``."""
        filled = {name: _spoken(value, language) for name, value in self.blanks.items()}
        return say(f"checks.{self.key}", language, **filled)


def sentence(key: str, **blanks: object) -> Sentence:
    """Return the message ``checks.<key>`` with its blanks filled.

    Examples
    --------
    >>> sentence("no_value").to("en")
    'Your answer is a missing value. Look where the calculation lost it.'
    """
    return Sentence(key, blanks)


class FormError(Exception):
    """The answer cannot be read as what was asked for."""

    def __init__(self, key: str, **blanks: object) -> None:
        super().__init__(key)
        self.sentence = sentence(key, **blanks)


def _spoken(value: object, language: str) -> object:
    if isinstance(value, (Text, Sentence)):
        return value.to(language)
    if isinstance(value, Answer):
        return _described(value, language)
    if isinstance(value, (list, tuple)):
        return listed([_spoken(item, language) for item in value], language)
    return value


def _described(answer: Answer, language: str) -> str:
    """Say what was handed in, as in "a list of 3 values"."""
    if answer.form == "table":
        names = [column.name for column in answer.columns if column.name]
        key = "given_table" if names else "given_nameless"
        return say(f"checks.{key}", language, rows=answer.rows, columns=listed(names, language))
    if answer.form == "value":
        value = answer.columns[0].values[0]
        kinds = {bool: "given_flag", str: "given_text", type(None): "given_missing"}
        shown = value if not isinstance(value, str) or len(value) <= 40 else f"{value[:39]}…"
        return say(f"checks.{kinds.get(type(value), 'given_number')}", language, value=shown)
    return say(f"checks.given_{answer.form}", language, count=answer.count, type=answer.type)
