"""What every kind of answer can do, and how columns of an answer are found."""

from __future__ import annotations

from typing import Any, Protocol

from crmlab.checks.answer import Answer, Scalar
from crmlab.checks.sentences import FormError, Sentence
from crmlab.company.schema import UNKNOWN


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


def not_this(answer: Answer) -> FormError:
    """Return what to say of an answer that has another form than the one that is asked for."""
    if answer.rows == 0 and answer.form != "other":
        return FormError("empty")
    return FormError("handed_in", given=answer)


def values_of(answer: Answer) -> list[Scalar]:
    """Return all values of ``answer``, without those of the index."""
    return [value for column in answer.columns if not column.index for value in column.values]


def plain_name(name: str | None) -> str:
    """Return a column's name as it is compared: whatever the capitals and blanks."""
    return (name or "").strip().casefold().replace(" ", "_")


def shown(value: object) -> object:
    """Return a value as a sentence can say it."""
    return UNKNOWN if value is None else value
