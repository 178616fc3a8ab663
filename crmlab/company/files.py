"""The company as CSV files that Excel opens, and any stored company back: every cell checked."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab.company.frames import TEXT
from crmlab.company.problems import Problems
from crmlab.company.schema import TABLES, Column, Table
from crmlab.company.stores import ENCODING, BrokenError, Store, Stored
from crmlab.files import replace_file
from crmlab.locale import listed

#: What every company has; the analyses of sales need no more.
SALES_TABLES = ("employees", "customers", "products", "orders", "order_lines")


def to_csv(table: Table, frame: pd.DataFrame) -> bytes:
    """Return a stored table as CSV: money in yuan with two decimals, days as 2026-01-31.

    The bytes depend on the content alone, neither on the platform nor on the version of pandas.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    columns = table.among(frame)
    writer.writerow([column.name for column in columns])
    writer.writerows(zip(*(_written(column, frame[column.stored]) for column in columns), strict=True))
    return written.getvalue().encode(ENCODING)


def _written(column: Column, values: pd.Series) -> list[str]:
    if column.kind in ("date", "timestamp"):
        unit = "D" if column.kind == "date" else "m"
        texts = values.to_numpy().astype(f"datetime64[{unit}]").astype(str).tolist()
        return ["" if text == "NaT" else text.replace("T", " ") for text in texts]
    if column.kind == "money":
        return [yuan(cents) for cents in values.tolist()]
    if column.kind == "flag":
        return ["true" if value else "false" for value in values.tolist()]
    missing = values.isna().tolist()
    return ["" if gone else str(value) for value, gone in zip(values.tolist(), missing, strict=True)]


def yuan(cents: int) -> str:
    """Return an amount in yuan with two decimals.

    Examples
    --------
    >>> yuan(-1205)
    '-12.05'
    """
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def checksum(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write_tables(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write each table to ``<name>.csv``."""
    for name, frame in frames.items():
        replace_file(folder / f"{name}.csv", to_csv(TABLES[name], frame))


def read_tables(store: Store, language: str, *, own: bool = False) -> dict[str, pd.DataFrame]:
    """Read the tables in ``store``, or say everything that is wrong with them at once.

    Parameters
    ----------
    store : Store
    language : str
    own : bool
        Whether it is somebody's own company, which has its own words and need not have all tables.

    Raises
    ------
    CrmlabError
        Naming file, row, column, value and rule of each problem, a screenful of them at most.
    """
    reader = _Reader(store, language, own)
    there = store.tables()
    names = [name for name in TABLES if not own or name in there or name in SALES_TABLES]
    frames = {name: reader.table(TABLES[name]) for name in names}
    if not reader.problems:
        for name, frame in frames.items():
            reader.check_relations(TABLES[name], frame, frames)
    reader.problems.stop("company.unreadable", folder=store.name)
    return frames


class _Reader:
    """Reads the tables of one store and keeps a list of what is wrong with them."""

    def __init__(self, store: Store, language: str, own: bool) -> None:
        self.store = store
        self.language = language
        self.own = own
        self.problems = Problems(language)

    def report(self, file: str, rule: str, **found: Any) -> None:
        self.problems.report(file, f"company.rule_{rule}", **found)

    def table(self, table: Table) -> pd.DataFrame:
        """Return one table, as far as it can be read."""
        file = self.store.place(table.name)
        try:
            stored = self.store.read(table.name)
        except BrokenError as broken:
            self.report(file, broken.rule, **broken.blanks)
            return pd.DataFrame()
        expected = table.among(stored.columns)
        missing = [
            c.name for c in expected if c.name not in stored.columns and c.stored not in stored.columns
        ]
        if missing:
            self.report(file, "no_column", columns=listed(missing, self.language))
            return pd.DataFrame()
        for number, row in stored.uneven:
            self.report(file, "cells", row=number, found=len(row), expected=len(stored.columns))
        frame = pd.DataFrame({column.stored: self._column(file, column, stored) for column in expected})
        if frame.empty and not stored.uneven:
            self.report(file, "empty")
        return frame

    def _column(self, file: str, column: Column, stored: Stored) -> pd.Series:
        in_cents = column.kind == "money" and column.stored in stored.columns
        cells = stored.columns[column.stored if in_cents else column.name]
        if isinstance(cells, pd.Series):
            dtype: Any = column.dtype
            if _is_typed(column, cells, in_cents):
                return cells.astype(dtype)
            cells = _texts(column, cells)
        return self._parsed(file, column, cells, in_cents)

    def _parsed(self, file: str, column: Column, cells: Sequence[str], in_cents: bool) -> pd.Series:
        choices = () if self.own else column.choices
        words = {text.to(self.language): None for text in choices}
        kind = "integer" if in_cents else column.kind
        values: dict[str, Any] = {}
        broken: dict[str, str] = {}
        for cell in set(cells):  # most cells occur many times
            try:
                values[cell] = _parsed(column, kind, words, cell)
            except ValueError as error:
                values[cell] = None
                broken[cell] = str(error)
        if broken:
            blanks = {"choices": listed(words, self.language)}
            for row, cell in enumerate(cells, start=self.store.first):
                if cell in broken:
                    where = {"row": row, "column": column.name, "value": cell or None}
                    self.report(file, broken[cell], **where, **blanks)
        return _typed(column, [values[cell] for cell in cells])

    def check_relations(self, table: Table, frame: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> None:
        """Check that keys are unique and that what is referred to exists."""
        file, first = self.store.place(table.name), self.store.first
        for row in np.flatnonzero(frame[table.key].duplicated()).tolist():
            value = frame[table.key].iloc[row]
            self.report(file, "duplicate", row=row + first, column=table.key, value=value)
        for column in table.among(frame):
            other, _, key = (column.references or "").partition(".")
            if other in frames:
                values = frame[column.stored]
                lost = values.notna() & ~values.isin(frames[other][key])
                for row in np.flatnonzero(lost.to_numpy(dtype=bool)).tolist():
                    where = {"row": row + first, "column": column.name, "value": values.iloc[row]}
                    self.report(file, "reference", **where, table=other)


def _is_typed(column: Column, values: pd.Series, in_cents: bool) -> bool:
    """Whether ``values`` are what the schema asks for, so that no cell needs to be looked at."""
    if values.isna().any():
        return False
    if column.kind in ("id", "integer", "percent") or in_cents:
        return values.dtype.kind in "iu"
    if column.kind in ("date", "timestamp"):
        return values.dtype.kind == "M" and getattr(values.dtype, "tz", None) is None
    return column.kind == "flag" and values.dtype.kind == "b"


def _texts(column: Column, values: pd.Series) -> list[str]:
    """The values that a database gave, as they would stand in a CSV file."""
    known = {value: _text(column, value) for value in values.dropna().unique()}
    return ["" if gone else known[value] for value, gone in zip(values, values.isna(), strict=True)]


def _text(column: Column, value: Any) -> str:
    """One value; what cannot be what it should be stays as it is, and is reported later."""
    if isinstance(value, date):
        stamp = pd.Timestamp(value)
        return str(stamp.date()) if column.kind == "date" else f"{stamp:%Y-%m-%d %H:%M}"
    if column.kind == "flag" and value in (0, 1):
        return "true" if value else "false"
    if isinstance(value, float):  # whole numbers beside missing ones, and amounts in yuan
        hundredths = round(value * 100)
        if abs(value * 100 - hundredths) < 1e-4:
            return yuan(hundredths).removesuffix(".00")
    text = str(value)
    if column.kind in ("date", "timestamp"):  # SQLite has no dates, and writes them in several ways
        return text.replace("T", " ")[: 10 if column.kind == "date" else 16]
    return text


def _typed(column: Column, values: list[Any]) -> pd.Series:
    if any(value is None for value in values) and column.dtype in ("int64", "bool"):
        return pd.Series(values, dtype=object)  # a problem has been reported
    if column.kind in ("date", "timestamp"):
        return pd.Series(np.array(values, dtype="datetime64[us]"))
    return pd.Series(values, dtype=TEXT if column.dtype == "str" else column.dtype)


def _parsed(column: Column, kind: str, words: Collection[str], cell: str) -> Any:
    """Return what a cell says; a `ValueError` names the rule that it breaks."""
    if cell == "":
        if column.nullable:
            return None
        raise ValueError("missing")
    if words and cell not in words:
        raise ValueError("choice")
    form, parse = _PARSERS[kind]
    if not form.fullmatch(cell):
        raise ValueError(kind)
    try:
        return parse(cell)
    except ValueError:
        raise ValueError(kind) from None


def _cents(cell: str) -> int:
    """Return an amount in yuan as cents, exactly.

    Examples
    --------
    >>> _cents("-12.5")
    -1250
    """
    whole, _, part = cell.lstrip("+-").partition(".")
    cents = int(whole) * 100 + int(part.ljust(2, "0"))
    return -cents if cell.startswith("-") else cents


_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII), int
_TEXT = re.compile(r".+", re.DOTALL), str
#: For each kind of column the form of a cell, and what reads it.
_PARSERS: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    "id": _INTEGER,
    "integer": _INTEGER,
    "percent": _INTEGER,
    "money": (re.compile(r"[+-]?\d{1,16}(\.\d{1,2})?", re.ASCII), _cents),
    "date": (re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), datetime.fromisoformat),
    "timestamp": (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d", re.ASCII), datetime.fromisoformat),
    "text": _TEXT,
    "label": _TEXT,
    "code": _TEXT,
    "flag": (re.compile("true|false", re.IGNORECASE), lambda cell: cell.lower() == "true"),
}
