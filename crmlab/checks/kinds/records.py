"""Several records, named by their numbers or words: in an order, or in none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from crmlab.checks.answer import Answer, Column
from crmlab.checks.fields import NUMBER_OF_RECORD, Field
from crmlab.checks.kinds.base import not_this, plain_name, shown
from crmlab.checks.sentences import FormError, Sentence, sentence


@dataclass(frozen=True)
class Ranking:
    """So many records, the first one first.

    Attributes
    ----------
    column : str
        Where they are when a table is handed in.
    size : int
        How many are asked for.
    field : Field
        What names a record: its number unless given.
    """

    column: str
    size: int
    field: Field = NUMBER_OF_RECORD

    @property
    def asked(self) -> Sentence:
        return sentence("ask_ranking", column=self.column, size=self.size)

    def read(self, answer: Answer) -> list[Any]:
        if answer.form == "set":
            raise FormError("set_for_ranking")
        return records(answer, self.column, self.field, size=self.size)

    def same(self, given: list[Any], expected: list[Any]) -> bool:
        return given == expected

    def near(self, given: list[Any], expected: list[Any]) -> Sentence | None:
        right = len(set(given) & set(expected))
        return (
            sentence("order_off")
            if right == self.size
            else sentence("some_right", right=right, size=self.size)
        )


@dataclass(frozen=True)
class Set:
    """Records that meet a condition, in any order; how many they are is part of the question.

    Attributes
    ----------
    column : str
        Where they are when a table is handed in.
    field : Field
        What names a record: its number unless given.
    """

    column: str
    field: Field = NUMBER_OF_RECORD

    @property
    def asked(self) -> Sentence:
        return sentence("ask_set", column=self.column)

    def read(self, answer: Answer) -> frozenset[Any]:
        return frozenset(records(answer, self.column, self.field))

    def same(self, given: frozenset[Any], expected: frozenset[Any]) -> bool:
        return given == expected

    def near(self, given: frozenset[Any], expected: frozenset[Any]) -> Sentence | None:
        for value in sorted(given - expected, key=str):
            if reason := self.field.near(value, None):
                return reason
        right, extra = len(given & expected), len(given - expected)
        if right and not extra:
            return sentence("set_lost", given=len(given))
        if right and given > expected:
            return sentence("set_extra", extra=extra, given=len(given))
        return sentence("set_some", right=right, given=len(given))


def records(
    answer: Answer, name: str, field: Field, *, size: int | None = None, at_most: bool = False
) -> list[Any]:
    """Read different records out of the column ``name`` or the only one there is.

    Raises
    ------
    FormError
        When there are not ``size`` of them (or more than that), or one stands there twice.
    """
    if answer.form not in ("list", "set", "table") or answer.rows == 0:
        raise not_this(answer)
    found = [field.read(value) for value in _column(answer, name).values]
    if size is not None and (len(found) > size or (len(found) < size and not at_most)):
        raise FormError("size_at_most" if at_most else "size", given=len(found), size=size)
    twice = [value for value, times in Counter(found).items() if times > 1]
    if twice:
        raise FormError("ids_twice", column=name, value=shown(twice[0]))
    return found


def _column(answer: Answer, name: str) -> Column:
    named = [column for column in answer.columns if plain_name(column.name) == name]
    if named:
        return named[-1]  # the index comes first, and a column goes before it
    values = [column for column in answer.columns if not column.index]
    if len(values) != 1:
        raise FormError("columns_missing", given=answer, columns=[name])
    return values[0]
