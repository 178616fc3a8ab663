"""One number."""

from __future__ import annotations

from dataclasses import dataclass

from crmlab.checks.answer import Answer
from crmlab.checks.fields import Quantity
from crmlab.checks.kinds.base import not_this, values_of
from crmlab.checks.sentences import Sentence, sentence


@dataclass(frozen=True)
class Number:
    """One number, also as a table or list of one value.

    Attributes
    ----------
    field : Quantity
        Unit, decimal places and what counts as the same.
    """

    field: Quantity

    @property
    def asked(self) -> Sentence:
        return sentence("ask_number", unit=self.field.unit)

    def read(self, answer: Answer) -> int | float:
        values = values_of(answer)
        if len(values) != 1:
            raise not_this(answer)
        return self.field.read(values[0])

    def same(self, given: float, expected: float) -> bool:
        return self.field.same(given, expected)

    def near(self, given: float, expected: float) -> Sentence | None:
        return self.field.near(given, expected)
