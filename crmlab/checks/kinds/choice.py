"""One word out of a few."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from crmlab.checks.answer import Answer
from crmlab.checks.kinds.base import not_this, values_of
from crmlab.checks.sentences import FormError, Sentence, sentence
from crmlab.locale import Text


@dataclass(frozen=True)
class Choice:
    """One of a few statements, named by its letter or its words.

    Attributes
    ----------
    options : mapping of str to Text
        The letter that a person writes, and what it stands for.
    """

    options: Mapping[str, Text]

    @property
    def asked(self) -> Sentence:
        return sentence("ask_choice", letters=[f'"{letter}"' for letter in self.options])

    def read(self, answer: Answer) -> str:
        values = values_of(answer)
        if len(values) != 1 or not isinstance(values[0], str):
            raise not_this(answer)
        written = _compared(values[0])
        for letter, text in self.options.items():
            if written in map(_compared, (letter, *text)):
                return letter
        raise FormError("no_such_choice", value=values[0], letters=[f'"{letter}"' for letter in self.options])

    def same(self, given: str, expected: str) -> bool:
        return given == expected

    def near(self, given: str, expected: str) -> Sentence | None:
        return None


def _compared(words: str) -> str:
    """Return words as they are compared: a Chinese keyboard gives wide letters and its own quotation marks.

    Examples
    --------
    >>> _compared("“（Ａ）”。")
    'a'
    """
    return unicodedata.normalize("NFKC", words).strip(" .()。\"'“”‘’").casefold()
