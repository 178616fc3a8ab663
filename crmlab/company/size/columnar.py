"""Tables as Arrow sees them, and Parquet files that are small and quick to write."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from crmlab.company.schema import Column, Table
from crmlab.company.world import MISSING, Columns, Words
from crmlab.company.world.streams import Integers
from crmlab.locale import LANGUAGES, Text

_MICROSECONDS_OF_MINUTE = 60_000_000
# Stored as differences, which are small where numbers rise or lie close together; no dictionary.
_DELTA = {"id", "integer", "percent", "money", "date", "timestamp"}
# Where a part has a range of its own in which one may look; other numbers, and dates, are alike in all parts.
_RANGES = {"id"}
# Values handed on at a time.
_BATCH = 1 << 16
# Words repeat themselves, and so do the low bits of minutes in microseconds. Differences of numbers are
# packed so tightly that nothing is left to compress.
_COMPRESSED = {"text", "timestamp"}
# Few different words: stored once, in a dictionary. Names are as they are.
_WORDS = {"label", "code"}


def to_arrow(table: Table, columns: Columns, language: str) -> pa.Table:
    """Return ``columns`` as an Arrow table of one language, typed as the schema says, money in cents."""
    arrays = [_values(column, columns[column.stored], language) for column in table.columns]
    # What is never missing is declared so: then nothing is written about what is.
    fields = [
        pa.field(column.stored, array.type, nullable=column.nullable)
        for column, array in zip(table.columns, arrays, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _values(column: Column, values: Integers | Words, language: str) -> pa.Array:
    if column.kind in ("text", "label", "code"):
        words = values if isinstance(values, Words) else Words(values, column.choices)
        codes = _integers(pa.int64(), words.codes, column.nullable)
        texts = _texts(words.texts, language)
        # Arrow writes a dictionary the same each time, unless a word is in it twice.
        if column.kind in _WORDS and len(texts.unique()) == len(texts):
            return pa.DictionaryArray.from_arrays(codes, texts, safe=False)
        return texts.take(codes)
    assert not isinstance(values, Words)
    if column.kind == "flag":
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values == 1)])
    if column.kind == "date":
        return _integers(pa.date32(), values, column.nullable)
    if column.kind == "timestamp":
        return _integers(pa.timestamp("us"), values, column.nullable, _MICROSECONDS_OF_MINUTE)
    return _integers(pa.int64(), values, column.nullable)


def _integers(kind: pa.DataType, values: Integers, nullable: bool, unit: int = 1) -> pa.Array:
    """Return numbers as Arrow has them: in the same memory where that is possible."""
    present = _bits(values != MISSING) if nullable else None
    numbers = (values if unit == 1 else values * unit).astype(f"int{kind.bit_width}", copy=False)
    return pa.Array.from_buffers(kind, len(values), [present, pa.py_buffer(np.ascontiguousarray(numbers))])


def _bits(flags: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def _texts(texts: Sequence[Text], language: str) -> pa.Array:
    # By its memory, too: pa.array would import pandas to see whether it was given something of it.
    said: list[str] = list(map(itemgetter(LANGUAGES.index(language)), texts))
    whole = "".join(said)
    # A letter of ASCII is a byte.
    pieces = said if whole.isascii() else map(str.encode, said)
    ends = np.zeros(len(said) + 1, dtype=np.int32)
    ends[1:] = np.fromiter(map(len, pieces), dtype=np.int32, count=len(said)).cumsum()
    return pa.StringArray.from_buffers(len(said), pa.py_buffer(ends), pa.py_buffer(whole.encode()))


def write_parquet(path: Path, table: Table, frame: pa.Table) -> None:
    """Write ``frame`` to ``path``: the same bytes each time with the same version of Arrow."""
    numbers = [column.stored for column in table.columns if column.kind in _DELTA]
    pq.write_table(
        frame,
        path,
        compression={
            column.stored: "snappy" if column.kind in _COMPRESSED else "none" for column in table.columns
        },
        use_dictionary=[column.stored for column in table.columns if column.kind in _WORDS],
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        store_schema=False,
        write_statistics=[column.stored for column in table.columns if column.kind in _RANGES],
        write_batch_size=_BATCH,
    )
