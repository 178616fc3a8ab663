"""The kinds of answers: how each is read, compared, and almost right.

A kind reads an answer leniently (`read`), compares strictly (`same`), and says what is wrong where
that can be said without giving the answer away (`near`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import pandas as pd

from crmlab.checks.answer import Answer, Column
from crmlab.checks.fields import Field, Identifier, Quantity
from crmlab.checks.sentences import FormError, Sentence, sentence
from crmlab.company.schema import UNKNOWN
from crmlab.locale import Text

Row: TypeAlias = tuple[Any, ...]


class Kind(Protocol):
    """A kind of answer."""

    @property
    def asked(self) -> Sentence:
        """What the question asks to be handed in."""

    def read(self, answer: Answer) -> Any:
        """Return the answer in the form that is compared, or raise `FormError`."""

    def same(self, given: Any, expected: Any) -> bool:
        """Whether two answers that were read are the same."""

    def near(self, given: Any, expected: Any) -> Sentence | None:
        """Say what is wrong with ``given``, if that is plain."""


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
        values = [value for column in answer.columns if not column.index for value in column.values]
        if len(values) != 1:
            raise _not_this(answer)
        return self.field.read(values[0])

    def same(self, given: float, expected: float) -> bool:
        return self.field.same(given, expected)

    def near(self, given: float, expected: float) -> Sentence | None:
        return self.field.near(given, expected)


@dataclass(frozen=True)
class Table:
    """A table with a row for each key, in any order.

    Attributes
    ----------
    columns : dict
        The columns asked for; the first is the key. Others that are handed in are ignored.
    ignored : tuple
        Keys that make no difference, there or not.
    """

    columns: Mapping[str, Field]
    ignored: tuple[Any, ...] = ()

    @property
    def asked(self) -> Sentence:
        return sentence("ask_table", columns=list(self.columns))

    def read(self, answer: Answer) -> list[Row]:
        if answer.form != "table":
            raise _not_this(answer)
        if answer.rows == 0:
            raise FormError("empty")
        found = _matched(answer, list(self.columns))
        read = [
            [field.read(value) for value in column.values]
            for column, field in zip(found, self.columns.values(), strict=True)
        ]
        rows = [row for row in zip(*read, strict=True) if row[0] not in self.ignored]
        return sorted(rows, key=lambda row: [(value is None, str(value)) for value in row])

    def same(self, given: list[Row], expected: list[Row]) -> bool:
        return (
            len(given) == len(expected)
            and all(mine[0] == theirs[0] for mine, theirs in zip(given, expected, strict=True))
            and not self._off(given, expected)
        )

    def near(self, given: list[Row], expected: list[Row]) -> Sentence | None:
        return self._near_keys(given, expected) or self._near_values(given, expected)

    def _near_keys(self, given: list[Row], expected: list[Row]) -> Sentence | None:
        key, field = next(iter(self.columns.items()))
        asked = [row[0] for row in expected]
        twice = [value for value, times in Counter(row[0] for row in given).items() if times > 1]
        if twice:
            return sentence("rows_twice", column=key, value=_shown(twice[0]))
        extra = [row[0] for row in given if row[0] not in asked]
        if extra:
            return field.near(extra[0], None) or sentence("rows_extra", column=key, value=_shown(extra[0]))
        lost = [value for value in asked if value not in {row[0] for row in given}]
        if None in lost:
            return sentence("row_unknown_lost", column=key)
        if lost:
            return sentence("rows_lost", given=len(given), count=len(lost))
        return None

    def _near_values(self, given: list[Row], expected: list[Row]) -> Sentence | None:
        """Say which column is wrong, and how, when the keys are right."""
        off = self._off(given, expected)
        at = max(set(off), key=lambda column: (off.count(column), -column))
        name, field = list(self.columns.items())[at]
        mine, theirs = [row[at] for row in given], [row[at] for row in expected]
        if len(mine) > 1 and len(set(mine)) == 1 and len(set(theirs)) > 1:
            return sentence("constant", column=name)
        wrong = [(a, b) for a, b in zip(mine, theirs, strict=True) if not field.same(a, b)]
        reasons = [field.near(a, b) for a, b in wrong]
        if reasons[0] and all(reason and reason.key == reasons[0].key for reason in reasons):
            return reasons[0]
        return sentence("column_off", column=name, right=len(mine) - len(wrong), rows=len(mine))

    def _off(self, given: list[Row], expected: list[Row]) -> list[int]:
        """Return the column of every value that is not the same."""
        fields = list(self.columns.values())
        return [
            at
            for mine, theirs in zip(given, expected, strict=True)
            for at in range(1, len(fields))
            if not fields[at].same(mine[at], theirs[at])
        ]


@dataclass(frozen=True)
class Ranking:
    """The numbers of so many records, the first one first.

    Attributes
    ----------
    column : str
        Where the numbers are when a table is handed in.
    size : int
        How many are asked for.
    """

    column: str
    size: int

    @property
    def asked(self) -> Sentence:
        return sentence("ask_ranking", column=self.column, size=self.size)

    def read(self, answer: Answer) -> list[int]:
        if answer.form == "set":
            raise FormError("set_for_ranking")
        return _ids(answer, self.column, self.size)

    def same(self, given: list[int], expected: list[int]) -> bool:
        return given == expected

    def near(self, given: list[int], expected: list[int]) -> Sentence | None:
        right = len(set(given) & set(expected))
        return (
            sentence("order_off")
            if right == self.size
            else sentence("some_right", right=right, size=self.size)
        )


@dataclass(frozen=True)
class Decision:
    """A choice of so many records, played out against the truth.

    The question's function returns a table with a row for each record that can be chosen: its number,
    ``value_cents`` (what choosing it earns), ``naive`` (whether the simple rule chooses it), and a
    flag for each remark.

    Attributes
    ----------
    column : str
        The column of the records' numbers.
    size : int
        How many are to be chosen.
    naive : Text
        The simple rule, in words.
    remarks : dict
        Flag and the sentence about the chosen ones that have it, with the blanks ``count`` and ``size``.
    """

    column: str
    size: int
    naive: Text
    remarks: Mapping[str, Text]

    @property
    def asked(self) -> Sentence:
        return sentence("ask_decision", column=self.column, size=self.size)

    def read(self, answer: Answer) -> list[int]:
        return _ids(answer, self.column, self.size)

    def chosen(self, given: list[int], options: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of ``options`` that were chosen, or say which do not exist."""
        strange = sorted(set(given) - set(options[self.column]))
        if strange:
            raise FormError("unknown_ids", column=self.column, ids=strange[:3], count=len(strange))
        return options[options[self.column].isin(given)]

    def best(self, options: pd.DataFrame) -> int:
        """Return what the best possible choice earns."""
        return int(options["value_cents"].nlargest(self.size).sum())


def _not_this(answer: Answer) -> FormError:
    if (answer.columns and answer.rows == 0) or (answer.form in ("list", "set") and answer.count == 0):
        return FormError("empty")
    return FormError("handed_in", given=answer)


def _ids(answer: Answer, name: str, size: int) -> list[int]:
    """Read ``size`` different record numbers out of the column ``name`` or the only one there is."""
    if answer.form not in ("list", "set", "table") or answer.rows == 0:
        raise _not_this(answer)
    field = Identifier()
    ids = [field.read(value) for value in _id_column(answer, name).values]
    if len(ids) != size:
        raise FormError("size", given=len(ids), size=size)
    twice = [value for value, times in Counter(ids).items() if times > 1]
    if twice:
        raise FormError("ids_twice", column=name, value=twice[0])
    return ids


def _id_column(answer: Answer, name: str) -> Column:
    named = [column for column in answer.columns if _plain_name(column.name) == name]
    if named:
        return named[-1]  # the index comes first, and a column goes before it
    values = [column for column in answer.columns if not column.index]
    if len(values) != 1:
        raise FormError("columns_missing", given=answer, columns=[name])
    return values[0]


def _matched(answer: Answer, names: list[str]) -> list[Column]:
    """Return the columns ``names``; one that is called otherwise is found if it can only be that one."""
    found = {_plain_name(column.name): column for column in answer.columns}
    found = {name: found[name] for name in names if name in found}
    spare = [column for column in answer.columns if not any(column is one for one in found.values())]
    values = [column for column in spare if not column.index]
    lost = [name for name in names if name not in found]
    if names[0] in lost:
        # The key may be in the index. One without a name may also be row numbers, so it comes last.
        index = [column for column in spare if column.index and (column.name or len(values) < len(lost))]
        if len(index) == 1:
            found[names[0]] = index[0]
            lost = lost[1:]
    if lost:
        if len(lost) != len(values):
            raise FormError("columns_missing", given=answer, columns=lost)
        found |= dict(zip(lost, values, strict=True))
    return [found[name] for name in names]


def _plain_name(name: str | None) -> str:
    return (name or "").strip().casefold().replace(" ", "_")


def _shown(value: object) -> object:
    return UNKNOWN if value is None else value
