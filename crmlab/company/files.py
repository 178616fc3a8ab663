"""The company as CSV files that Excel opens, and back: every cell checked against the schema."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crmlab.company.frames import TEXT
from crmlab.company.schema import TABLES, Column, Table
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.locale import listed, say

ENCODING = "utf-8-sig"
#: A message shows at most so many problems, and says how many more there are.
SHOWN = 12


class Problem(NamedTuple):
    """One thing that is wrong in a file: where, what is there, and which rule it breaks."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str

    def to(self, language: str) -> str:
        """Return the problem as a line for a person."""
        where = [say("company.at_file", language, file=self.file)]
        if self.row is not None:
            where.append(say("company.at_row", language, row=self.row))
        if self.column is not None:
            where.append(say("company.at_column", language, column=self.column))
        if self.value is not None:
            where.append(f'"{self.value[:40]}"')
        return f"- {listed(where, language)}: {self.rule}"


def to_csv(table: Table, frame: pd.DataFrame) -> bytes:
    """Return a stored table as CSV: money in yuan with two decimals, days as 2026-01-31.

    The bytes depend on the content alone, neither on the platform nor on the version of pandas.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows(zip(*(_written(column, frame[column.stored]) for column in table.columns), strict=True))
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


def read_tables(folder: Path, language: str) -> dict[str, pd.DataFrame]:
    """Read all tables, or say everything that is wrong with them at once.

    Raises
    ------
    CrmlabError
        Naming file, row, column, value and rule of each problem, a screenful of them at most.
    """
    reader = _Reader(folder, language)
    frames = {name: reader.table(table) for name, table in TABLES.items()}
    if not reader.problems:
        for name, frame in frames.items():
            reader.check_relations(TABLES[name], frame, frames)
    if reader.problems:
        shown = [problem.to(language) for problem in reader.problems[:SHOWN]]
        more = len(reader.problems) - len(shown)
        if more:
            shown.append(say("company.more_problems", language, count=more))
        raise CrmlabError("company.unreadable", language, folder=folder, problems="\n".join(shown))
    return frames


class _Reader:
    """Reads the tables of one folder and keeps a list of what is wrong with them."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder = folder
        self.language = language
        self.problems: list[Problem] = []

    def report(
        self,
        file: str,
        rule: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        **blanks: object,
    ) -> None:
        text = say(f"company.rule_{rule}", self.language, **blanks)
        self.problems.append(Problem(file, row, column, value, text))

    def table(self, table: Table) -> pd.DataFrame:
        """Return one table, as far as it can be read."""
        file = f"{table.name}.csv"
        rows = self._rows(file)
        if rows is None:
            return pd.DataFrame()
        header = rows[0] if rows else []
        missing = [column.name for column in table.columns if column.name not in header]
        if missing:
            self.report(file, "no_column", columns=listed(missing, self.language))
            return pd.DataFrame()
        if len(rows) == 1:
            self.report(file, "empty")
        whole = [row for row in rows[1:] if len(row) == len(header)]
        for number, row in enumerate(rows[1:], start=2):
            if len(row) != len(header):
                self.report(file, "cells", row=number, found=len(row), expected=len(header))
        cells = dict(zip(header, zip(*whole, strict=True), strict=True)) if whole else {}
        frame = {
            column.stored: self._column(file, column, cells.get(column.name, ())) for column in table.columns
        }
        return pd.DataFrame(frame)

    def _rows(self, file: str) -> list[list[str]] | None:
        try:
            text = (self.folder / file).read_text(encoding=ENCODING)
            return list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except FileNotFoundError:
            self.report(file, "no_file")
        except UnicodeDecodeError:
            self.report(file, "encoding")
        except csv.Error as error:
            self.report(file, "no_csv", reason=error)
        except OSError as error:
            self.report(file, "unreadable", reason=error.strerror)
        return None

    def _column(self, file: str, column: Column, cells: tuple[str, ...]) -> pd.Series:
        words = {text.to(self.language): None for text in column.choices}
        values: dict[str, Any] = {}
        broken: dict[str, str] = {}
        for cell in set(cells):  # most cells occur many times
            try:
                values[cell] = _parsed(column, words, cell)
            except ValueError as error:
                values[cell] = None
                broken[cell] = str(error)
        if broken:
            choices = listed(words, self.language)
            for row, cell in enumerate(cells, start=2):
                if cell in broken:
                    self.report(file, broken[cell], row, column.name, cell or None, choices=choices)
        return _typed(column, [values[cell] for cell in cells])

    def check_relations(self, table: Table, frame: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> None:
        """Check that keys are unique and that what is referred to exists."""
        file = f"{table.name}.csv"
        for row in np.flatnonzero(frame[table.key].duplicated()).tolist():
            self.report(file, "duplicate", row + 2, table.key, str(frame[table.key].iloc[row]))
        for column in table.columns:
            if column.references:
                other, key = column.references.split(".")
                values = frame[column.stored]
                lost = values.notna() & ~values.isin(frames[other][key])
                for row in np.flatnonzero(lost.to_numpy(dtype=bool)).tolist():
                    self.report(file, "reference", row + 2, column.name, str(values.iloc[row]), table=other)


def _typed(column: Column, values: list[Any]) -> pd.Series:
    if any(value is None for value in values) and column.dtype in ("int64", "bool"):
        return pd.Series(values, dtype=object)  # a problem has been reported
    if column.kind in ("date", "timestamp"):
        return pd.Series(np.array(values, dtype="datetime64[us]"))
    return pd.Series(values, dtype=TEXT if column.dtype == "str" else column.dtype)


def _parsed(column: Column, words: Collection[str], cell: str) -> Any:
    """Return what a cell says; a `ValueError` names the rule that it breaks."""
    if cell == "":
        if column.nullable:
            return None
        raise ValueError("missing")
    if words and cell not in words:
        raise ValueError("choice")
    form, parse = _PARSERS[column.kind]
    if not form.fullmatch(cell):
        raise ValueError(column.kind)
    try:
        return parse(cell)
    except ValueError:
        raise ValueError(column.kind) from None


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
