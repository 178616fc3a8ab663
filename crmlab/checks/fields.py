"""What a single value of an answer is, how it is read, and when two of them are the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from crmlab.checks.answer import Scalar
from crmlab.checks.sentences import FormError, Sentence, sentence
from crmlab.company.schema import PERCENT, YUAN
from crmlab.locale import Text

#: How people write that a label is missing.
MISSING = frozenset(
    {"", "-", "?", "missing", "nan", "<na>", "none", "null", "unknown", "未知", "缺失", "不详", "未登记"}
)


#: A text that is a number as people write it. Each letter fits in one way only: a long text is soon read.
_WRITTEN = re.compile(r"[-+]?[.,，\s]*\d[\d.,，\s]*%?")


class Field(Protocol):
    """Reads one value; a class for each meaning that a value can have."""

    def read(self, value: Scalar) -> Any:
        """Return ``value`` in the form that is compared, or raise `FormError`."""

    def same(self, given: Any, expected: Any) -> bool:
        """Whether two values that were read are the same answer."""

    def near(self, given: Any, expected: Any) -> Sentence | None:
        """Say how ``given`` is almost ``expected``, if it is."""


def number(value: Scalar) -> int | float:
    """Return ``value`` if it is a number; a text that looks like one is not."""
    if value is None:
        raise FormError("no_value")
    if isinstance(value, bool):
        raise FormError("flag_for_number", value=value)
    if isinstance(value, str):
        is_number = _WRITTEN.fullmatch(value.strip())
        raise FormError("text_for_number" if is_number else "word_for_number", value=value)
    if not abs(value) < 1e18:
        raise FormError("endless", value=value)
    return value


@dataclass(frozen=True)
class Quantity:
    """A number with a unit: what the kinds of numbers share.

    Attributes
    ----------
    unit : Text
        Unit that the question asks for.
    decimals : int
        Decimal places to which the answer must be right.
    scales : dict
        Factors by which people are off, each with the message that says why.
    """

    unit: Text
    decimals: int = 0
    scales: Mapping[float, str] = field(default_factory=dict)

    def read(self, value: Scalar) -> int | float:
        return number(value)

    def same(self, given: float, expected: float) -> bool:
        return abs(given - expected) <= 0.5 * 10**-self.decimals + 1e-9

    def near(self, given: float, expected: float) -> Sentence | None:
        if expected == 0:
            return None
        if self.same(-given, expected):
            return sentence("sign")
        for factor, key in self.scales.items():
            # Whoever divides by 10 000 rounds afterwards.
            if abs(given / factor - expected) <= max(0.5 * 10**-self.decimals, 0.006 / factor):
                return sentence(key, unit=self.unit)
        return None


class Count(Quantity):
    """A whole number of something."""

    def same(self, given: float, expected: float) -> bool:
        return abs(given - expected) < 1e-9

    def near(self, given: float, expected: float) -> Sentence | None:
        if given != round(given):
            return sentence("not_whole", value=f"{given:g}", unit=self.unit)
        return None


@dataclass(frozen=True)
class Yuan(Quantity):
    """An amount of money."""

    unit: Text = YUAN
    decimals: int = 2
    scales: Mapping[float, str] = field(
        default_factory=lambda: {100: "in_cents", 1 / 10_000: "in_wan", 1 / 100: "hundredth"}
    )

    def near(self, given: float, expected: float) -> Sentence | None:
        if abs(given - expected) < 1:
            return sentence("rounding", decimals=self.decimals)
        return super().near(given, expected)


@dataclass(frozen=True)
class Percent(Quantity):
    """A share in percent; a fraction is as good."""

    unit: Text = PERCENT
    decimals: int = 1

    def same(self, given: float, expected: float) -> bool:
        return super().same(given, expected) or (abs(given) <= 1 and super().same(100 * given, expected))

    def near(self, given: float, expected: float) -> Sentence | None:
        scaled = 100 * given if abs(given) <= 1 else given
        if abs(scaled - expected) <= 0.5:
            return sentence("rounding", decimals=self.decimals)
        return super().near(given, expected)


@dataclass(frozen=True)
class Identifier:
    """The number of a record, such as a customer's."""

    def read(self, value: Scalar) -> int:
        found = number(value)
        if found != round(found):
            raise FormError("not_an_id", value=found)
        return int(found)

    def same(self, given: int, expected: int) -> bool:
        return given == expected

    def near(self, given: int, expected: int) -> Sentence | None:
        return None


#: What names a record unless a question says otherwise.
NUMBER_OF_RECORD = Identifier()


@dataclass(frozen=True)
class Year(Identifier):
    """A calendar year: 2025, "2025", or a day in it."""

    def read(self, value: Scalar) -> int:
        if isinstance(value, str) and (found := re.match(r"\s*(\d{4})(?!\d)", value)):
            return int(found[1])
        return super().read(value)


@dataclass(frozen=True)
class Label:
    """A word out of a list, in either language; missing is a value of its own.

    Examples
    --------
    >>> source = Label((Text("Referral", "客户介绍"),))
    >>> source.read("客户介绍") == source.read(" referral ")
    True
    >>> source.read("未知") is None
    True
    """

    choices: tuple[Text, ...]

    def read(self, value: Scalar) -> str | None:
        if isinstance(value, (bool, int, float)):
            raise FormError("number_for_label", value=value, example=self.choices[0])
        word = " ".join((value or "").split())
        if word.casefold() in MISSING:
            return None
        for choice in self.choices:
            if word.casefold() in (choice.en.casefold(), choice.zh):
                return choice.en
        return word

    def same(self, given: str | None, expected: str | None) -> bool:
        return given == expected

    def near(self, given: str | None, expected: str | None) -> Sentence | None:
        if given is not None and all(given != choice.en for choice in self.choices):
            return sentence("no_such_label", value=given, choices=self.choices)
        return None
