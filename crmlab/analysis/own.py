"""The parameters of one analysis beside the filters: a number, or one of a few choices."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from crmlab.errors import CrmlabError
from crmlab.locale import Text, listed


@dataclass(frozen=True)
class Own:
    """A number.

    Attributes
    ----------
    name : str
    label : Text
    default : int, float or None
        None, where it is the default, switches the parameter off.
    minimum, maximum, step : int or float
        A whole ``step`` asks for whole numbers.
    unit : Text
    """

    name: str
    label: Text
    default: float | None
    minimum: float
    maximum: float
    step: float
    unit: Text

    def checked(self, value: Any, language: str) -> float | None:
        """Return ``value`` as a number in range, or say what is wrong with it."""
        if value is None and self.default is None:
            return None
        whole = isinstance(self.step, int)
        number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
        if math.isnan(number) or (whole and not number.is_integer()):
            raise CrmlabError(
                "analysis.own_whole" if whole else "analysis.own_number",
                language,
                name=self.name,
                value=value,
            )
        if not self.minimum <= number <= self.maximum:
            raise CrmlabError(
                "analysis.own_range",
                language,
                name=self.name,
                value=value,
                minimum=self.minimum,
                maximum=self.maximum,
                unit=self.unit.to(language),
            )
        return int(number) if whole else number


@dataclass(frozen=True)
class Choice:
    """One of a few words.

    Attributes
    ----------
    name : str
    label : Text
    default : str
        A key of ``words``.
    words : mapping of str to Text
        The code that a person types and that the analysis receives, and what the screen says for it.

    Examples
    --------
    >>> every = Choice("every", Text("Every", "周期"), "month", {"month": Text("month", "月")})
    >>> every.checked("月", "zh")
    'month'
    """

    name: str
    label: Text
    default: str
    words: Mapping[str, Text]

    def checked(self, value: Any, language: str) -> str:
        """Return the code of ``value``, which may be the word in either language, or say what there is."""
        known = {word.casefold(): code for code, text in self.words.items() for word in (code, *text)}
        folded = str(value).strip().casefold()
        if folded in known:
            return known[folded]
        near = difflib.get_close_matches(folded, known, n=1)
        raise CrmlabError(
            "analysis.own_choice_near" if near else "analysis.own_choice",
            language,
            name=self.name,
            value=value,
            near=known[near[0]] if near else "",
            words=listed(self.words, language),
        )


#: What an analysis may ask for beside the filters.
Parameter = Own | Choice
