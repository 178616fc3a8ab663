"""The facts: every module of this package declares some with `fact`, and `FACTS` has them all."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

import pandas as pd

from crmlab.company.company import Company
from crmlab.company.realism.books import Books
from crmlab.locale import Text

Form = Literal["share", "ratio", "days", "count"]
Measure = Callable[[Books], float]

_FORMS: dict[Form, str] = {"share": "{:.1%}", "ratio": "{:.2f}", "days": "{:.0f}", "count": "{:.0f}"}


@dataclass(frozen=True)
class Fact:
    """One fact, and the range in which a real company lies.

    Attributes
    ----------
    name : Text
        What is measured.
    low, high : float
        The range, both ends included.
    measure : callable
        Returns the value in the `Books` of a company.
    evidence : Text
        Where the range comes from.
    form : str
        How a value is shown: "share" (in percent), "ratio", "days" or "count".
    """

    name: Text
    low: float
    high: float
    measure: Measure
    evidence: Text
    form: Form = "ratio"

    def shown(self, value: float) -> str:
        """Return a value as a person reads it."""
        return _FORMS[self.form].format(value)

    def holds(self, value: float) -> bool:
        """Return whether a value lies in the range."""
        return self.low <= value <= self.high


#: All facts, in the order in which they are declared.
FACTS: list[Fact] = []


def fact(
    name: Text, low: float, high: float, evidence: Text, form: Form = "ratio"
) -> Callable[[Measure], Measure]:
    """Declare that what the decorated function measures lies within a range."""

    def declare(measure: Measure) -> Measure:
        FACTS.append(Fact(name, low, high, measure, evidence, form))
        return measure

    return declare


def measured(company: Company) -> pd.Series:
    """Return each fact as measured in ``company``, under its English name."""
    books = Books(company)
    return pd.Series({fact.name.en: float(fact.measure(books)) for fact in FACTS})


for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
