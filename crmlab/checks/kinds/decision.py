"""A decision, played out against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from crmlab.checks.answer import Answer
from crmlab.checks.fields import NUMBER_OF_RECORD, Field
from crmlab.checks.kinds.records import records
from crmlab.checks.sentences import FormError, Sentence, sentence
from crmlab.locale import Text


@dataclass(frozen=True)
class Decision:
    """A choice of so many records, played out against the truth.

    The question's function returns a table with a row for each record that can be chosen: its number
    (or word), ``value_cents`` (what choosing it earns), ``naive`` (whether the simple rule chooses it),
    and a flag for each remark.

    Attributes
    ----------
    column : str
        The column of what names the records.
    size : int
        How many are to be chosen.
    naive : Text
        The simple rule, in words.
    remarks : dict
        Flag and the sentence about the chosen ones that have it, with the blanks ``count`` and ``size``.
    by : Field
        What names a record: its number unless given.
    at_most : bool
        Whether fewer may be chosen; then no choice that loses money is among the best.
    """

    column: str
    size: int
    naive: Text
    remarks: Mapping[str, Text] = field(default_factory=dict)
    by: Field = NUMBER_OF_RECORD
    at_most: bool = False

    @property
    def asked(self) -> Sentence:
        key = "ask_decision_at_most" if self.at_most else "ask_decision"
        return sentence(key, column=self.column, size=self.size)

    def read(self, answer: Answer) -> list[Any]:
        return records(answer, self.column, self.by, size=self.size, at_most=self.at_most)

    def chosen(self, given: list[Any], options: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of ``options`` that were chosen, or say which do not exist."""
        names = options[self.column].map(self.by.read)
        strange = sorted(set(given) - set(names), key=str)
        if strange:
            raise FormError("unknown_ids", column=self.column, ids=strange[:3], count=len(strange))
        return options[names.isin(given)]

    def best(self, options: pd.DataFrame) -> int:
        """Return what the best possible choice earns."""
        value = options["value_cents"].nlargest(self.size)
        return int((value.clip(lower=0) if self.at_most else value).sum())
