"""From integers to tables: words of one language, dates, and yuan for people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.company.schema import Column, Table
from crmlab.company.world import MISSING, Columns, Words
from crmlab.company.world.streams import Integers

#: The type of text: pandas 3 has one; before, text was objects, and "str" would write out what is missing.
TEXT = "str" if int(pd.__version__.split(".")[0]) >= 3 else object


def to_frame(table: Table, columns: Columns, language: str) -> pd.DataFrame:
    """Return ``columns`` as a table of one language, typed as the schema says."""
    return pd.DataFrame({c.stored: _values(c, columns[c.stored], language) for c in table.columns})


def _values(column: Column, values: Integers | Words, language: str) -> object:
    if column.kind in ("text", "label", "code"):
        if not isinstance(values, Words):
            values = Words(values, column.choices)
        return _words(values, language)
    assert not isinstance(values, Words)
    if column.kind in ("date", "timestamp"):
        unit = "D" if column.kind == "date" else "m"
        # The smallest integer is numpy's own "not a time".
        return values.astype(f"datetime64[{unit}]").astype("datetime64[us]")
    if column.kind == "flag":
        return values == 1
    if column.nullable:
        missing = values == MISSING
        return pd.arrays.IntegerArray(np.where(missing, 0, values), missing)
    return values


def _words(words: Words, language: str) -> pd.Series:
    texts = np.array([text.to(language) for text in words.texts] + [None], dtype=object)
    return pd.Series(texts[np.where(words.codes == MISSING, len(words.texts), words.codes)], dtype=TEXT)


def in_yuan(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy for people: money in yuan, under its name without ``_cents``.

    Examples
    --------
    >>> from crmlab.company.schema import TABLES
    >>> in_yuan(TABLES["receipts"], pd.DataFrame({"amount_cents": [1999]}))
       amount
    0   19.99
    """
    money = {c.stored: c.name for c in table.among(frame) if c.kind == "money" and c.stored in frame}
    return frame.assign(**{stored: frame[stored] / 100 for stored in money}).rename(columns=money)
