"""A few values of different meanings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crmlab.checks.answer import Answer, Scalar
from crmlab.checks.fields import Field
from crmlab.checks.kinds.base import not_this, plain_name, values_of
from crmlab.checks.sentences import FormError, Sentence, sentence


@dataclass(frozen=True)
class ShortList:
    """A few values in a stated order, such as a number and its share.

    Attributes
    ----------
    fields : mapping of str to Field
        The names of the values, in the order in which they are asked for, and what each is.
    """

    fields: Mapping[str, Field]

    @property
    def asked(self) -> Sentence:
        return sentence("ask_short_list", count=len(self.fields), names=list(self.fields))

    def read(self, answer: Answer) -> tuple[Any, ...]:
        if answer.form == "set":
            raise FormError("set_for_ranking")
        values = self._by_name(answer) or values_of(answer)
        if answer.form not in ("list", "table") or not values:
            raise not_this(answer)
        if len(values) != len(self.fields):
            raise FormError("size", given=len(values), size=len(self.fields))
        return tuple(field.read(value) for field, value in zip(self.fields.values(), values, strict=True))

    def _by_name(self, answer: Answer) -> list[Scalar]:
        """Return the values in the order of the question if all its names are there."""
        keys = [column.values for column in answer.columns if column.index]
        if len(keys) == 1 and len(answer.columns) == 2:
            named = dict(zip(map(str, keys[0]), values_of(answer), strict=True))
        else:
            named = {column.name or "": column.values[0] for column in answer.columns if answer.rows == 1}
        named = {plain_name(name): value for name, value in named.items()}
        return [named[name] for name in self.fields] if set(self.fields) <= set(named) else []

    def same(self, given: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
        return not self._off(given, expected)

    def near(self, given: tuple[Any, ...], expected: tuple[Any, ...]) -> Sentence | None:
        off = self._off(given, expected)
        if given[::-1] == expected:
            return sentence("order_off")
        at = list(self.fields).index(off[0])
        reason = self.fields[off[0]].near(given[at], expected[at])
        right = len(self.fields) - len(off)
        if reason:
            return sentence("value_near", name=off[0], reason=reason)
        return sentence("values_off", names=off, right=right, count=len(self.fields))

    def _off(self, given: tuple[Any, ...], expected: tuple[Any, ...]) -> list[str]:
        """Return the names of the values that are not the same."""
        triples = zip(self.fields.items(), given, expected, strict=True)
        return [name for (name, field), mine, theirs in triples if not field.same(mine, theirs)]
