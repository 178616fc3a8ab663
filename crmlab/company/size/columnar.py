"""Tables as Arrow sees them, and Parquet files that are small and quick to write."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from crmlab.company.schema import Column, Table
from crmlab.company.world import MISSING, Columns, Words
from crmlab.company.world.streams import Integers
from crmlab.locale import LANGUAGES

_MICROSECONDS_OF_MINUTE = 60_000_000
# Stored as differences, which are small where numbers rise or lie close together; no dictionary.
_DELTA = {"id", "integer", "percent", "money", "date", "timestamp"}
# Few different words: stored once, in a dictionary. Names are as they are.
_WORDS = {"label", "code"}


def to_arrow(table: Table, columns: Columns, language: str) -> pa.Table:
    """Return ``columns`` as an Arrow table of one language, typed as the schema says, money in cents."""
    return pa.table({c.stored: _values(c, columns[c.stored], language) for c in table.columns})


def _values(column: Column, values: Integers | Words, language: str) -> pa.Array:
    if column.kind in ("text", "label", "code"):
        if not isinstance(values, Words):
            values = Words(values, column.choices)
        return _words(values, language)
    assert not isinstance(values, Words)
    missing = values == MISSING if column.nullable else None
    if column.kind == "flag":
        return pa.array(values == 1)
    if column.kind == "date":
        return pa.array(values.astype(np.int32), mask=missing).view(pa.date32())
    if column.kind == "timestamp":
        return pa.array(values * _MICROSECONDS_OF_MINUTE, mask=missing).view(pa.timestamp("us"))
    return pa.array(values, mask=missing)


def _words(words: Words, language: str) -> pa.Array:
    texts = pa.array(map(itemgetter(LANGUAGES.index(language)), words.texts), pa.string())
    missing = words.codes == MISSING
    # Plain text: Arrow writes its own dictionaries the same each time, but not those it is given.
    return texts.take(pa.array(words.codes, mask=missing if missing.any() else None))


def write_parquet(path: Path, table: Table, frame: pa.Table) -> None:
    """Write ``frame`` to ``path``: the same bytes each time with the same version of Arrow."""
    numbers = [column.stored for column in table.columns if column.kind in _DELTA]
    pq.write_table(
        frame,
        path,
        compression="snappy",
        use_dictionary=[column.stored for column in table.columns if column.kind in _WORDS],
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        store_schema=False,
    )
