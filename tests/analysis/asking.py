"""What can be asked of any analysis, whatever it is about."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from crmlab import Company
from crmlab.analysis.filters import keywords
from crmlab.analysis.menu import Entry, find
from crmlab.analysis.own import Choice, Parameter


def honoured(entry: Entry, given: dict[str, Any]) -> dict[str, Any]:
    """Return of ``given`` what ``entry`` can be asked."""
    return {name: value for name, value in given.items() if name in keywords(entry.honours)}


def nothing(entry: Entry) -> dict[str, Any]:
    """Return a filter that hardly anything meets: a customer's first day."""
    return honoured(entry, {"start": "2021-01-01", "end": "2021-01-01", "customer": 1016})


def other(own: Parameter) -> Any:
    """Return a value of a parameter that is not its default."""
    if isinstance(own, Choice):
        return next(word for word in reversed(own.words) if word != own.default)
    for value in (own.minimum + 5 * own.step, own.maximum):
        if value <= own.maximum and value != own.default:
            return type(own.step)(value)
    raise AssertionError(f"{own.name} can have one value only")


def whole(entry: Entry, company: Company) -> pd.DataFrame:
    """Return what ``entry`` says of all that there is, computed once for all who only look at it."""
    return _whole(entry.slug, company)


@cache
def _whole(slug: str, company: Company) -> pd.DataFrame:
    return find(slug).run(company)
