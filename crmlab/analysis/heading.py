"""The columns of a result: what each is called, and how its values are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from crmlab.analysis import numbers
from crmlab.locale import Text

Format = Literal["count", "yuan", "share", "change", "text", "id", "year", "date", "flag", "number", "hours"]

#: What a column of each format is in the result, whatever engine computed it.
_DTYPES: dict[str, Any] = {
    # pandas 2 holds text as objects, and its "str" would spell a missing value out.
    "text": object if pd.__version__.startswith("2.") else "str",
    "count": "int64",
    "yuan": "float64",
    "share": "float64",
    "change": "float64",
    "id": "int64",
    "year": "int64",
    "date": "datetime64[us]",
    "flag": "bool",
    "number": "float64",
    "hours": "float64",
}


@dataclass(frozen=True)
class Heading:
    """A column of a result: its title, and how its values are read.

    Attributes
    ----------
    title : Text
    format : str
        "count", "yuan", "share", "change", "text", "id", "year", "date", "flag", "number" (a quantity that
        is not whole) or "hours".
    nullable : bool
        Whether a value of a whole-numbered column may be missing.
    words : mapping of str to Text
        What to show for the codes in the column, if it holds codes.
    additive : bool
        Whether the rows add up to something: amounts of money, and numbers of records each of which belongs
        to one row. Numbers of buyers by product do not, for who bought two products is in two rows.
    """

    title: Text
    format: Format
    nullable: bool = False
    words: Mapping[str, Text] | None = None
    additive: bool = False

    def cast(self, values: pd.Series) -> pd.Series:
        """Return ``values`` in the dtype of the format."""
        dtype: Any = "Int64" if self.nullable else _DTYPES[self.format]
        return values if values.dtype == dtype else values.astype(dtype)

    def titled(self, language: str) -> str:
        """Return the title, with the unit where that is yuan.

        Examples
        --------
        >>> Heading(Text("Net sales", "净销售额"), "yuan").titled("zh")
        '净销售额（元）'
        """
        unit = Text(" (yuan)", "（元）").to(language) if self.format == "yuan" else ""
        return self.title.to(language) + unit

    def cell(self, value: Any, language: str) -> str:
        """Return one value as in a table: shares with one decimal, so that they can be compared.

        Examples
        --------
        >>> Heading(Text("Share", "占比"), "share").cell(0.256, "en")
        '25.6 %'
        >>> Heading(Text("Change", "同比"), "change").cell(0.256, "zh")
        '+25.6%'
        """
        if self.format not in ("share", "change") or pd.isna(value):
            return self.show(value, language)
        plus = "+" if self.format == "change" else ""
        return f"{100 * value:{plus}.1f}" + Text(" %", "%").to(language)

    def show(self, value: Any, language: str) -> str:
        """Return one value as in a sentence.

        Examples
        --------
        >>> Heading(Text("Share", "占比"), "share").show(0.256, "en")
        '26 %'
        """
        if pd.isna(value):
            return numbers.NONE
        if self.words:
            return self.words[value].to(language)
        match self.format:
            case "count":
                return numbers.count(value)
            case "yuan":
                return f"{value:,.2f}"
            case "number":
                return f"{value:,.2f}"
            case "hours":
                return f"{value:,.1f}"
            case "share" | "change":
                return numbers.share(value, language, sign=self.format == "change")
            case "date":
                return f"{value:%Y-%m-%d}"
            case "flag":
                return Text("yes", "是").to(language) if value else Text("no", "否").to(language)
        return str(value)
