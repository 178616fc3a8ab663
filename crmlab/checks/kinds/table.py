"""A table with a row for each key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from crmlab.checks.answer import Answer, Column
from crmlab.checks.fields import Field
from crmlab.checks.kinds.base import not_this, plain_name, shown
from crmlab.checks.sentences import FormError, Sentence, sentence

Row: TypeAlias = tuple[Any, ...]


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
            raise not_this(answer)
        if answer.rows == 0:
            raise FormError("empty")
        found = _matched(answer, list(self.columns))
        key, *others = self.columns.values()
        rows = [
            (name, *(field.read(value) for field, value in zip(others, values, strict=True)))
            for first, *values in zip(*(column.values for column in found), strict=True)
            # What makes no difference need not be readable either.
            if (name := key.read(first)) not in self.ignored
        ]
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
            return sentence("rows_twice", column=key, value=shown(twice[0]))
        extra = [row[0] for row in given if row[0] not in asked]
        if extra:
            return field.near(extra[0], None) or sentence("rows_extra", column=key, value=shown(extra[0]))
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


def _matched(answer: Answer, names: list[str]) -> list[Column]:
    """Return the columns ``names``; one that is called otherwise is found if it can only be that one."""
    found = {plain_name(column.name): column for column in answer.columns}
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
