"""A flat table out of whatever holds one: text with any delimiter, Excel, Parquet, a data frame."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from crmlab.company.cells import Cell, text_of
from crmlab.company.encodings import decoded
from crmlab.errors import CrmlabError
from crmlab.locale import say

#: What may stand between the cells of a text file; None is any run of blanks.
DELIMITERS = (",", ";", "\t", "|", None)
#: A heading above the names of the columns has at most so many rows.
_HEADING = 20

Row = Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """A table with the names of its columns, as it was found.

    Attributes
    ----------
    name : str
        What to call it in messages.
    header : list of str
        The names of its columns.
    rows : list of sequences
        The cells below, "" where there is none.
    first : int
        The number of the first of them, as a text editor, a spreadsheet or the data frame counts.
    details : dict of str to str
        What else was found out: the encoding, the delimiter, the sheet.
    """

    name: str
    header: list[str]
    rows: list[Row]
    first: int
    details: dict[str, str] = field(default_factory=dict)


def read_sheet(source: Any, wanted: Collection[str], language: str) -> Sheet:
    """Return the table in ``source`` whose header has the columns ``wanted``.

    What kind of file it is, is seen from its content, whatever its name says. If there is no such
    header, the likeliest is returned.

    Parameters
    ----------
    source : str, Path or data frame
    wanted : collection of str
        Names of columns.
    language : str

    Raises
    ------
    CrmlabError
        When there is no such file, it cannot be read, or what reads it is not installed.
    """
    if not isinstance(source, str | Path):
        return _frame(source, say("own.data_frame", language), language)
    path = Path(source)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CrmlabError("own.no_file", language, file=path, reason=error.strerror) from None
    if not content.strip():
        raise CrmlabError("own.empty_file", language, file=path.name)
    if content.startswith(b"PAR1"):
        with _installed("pyarrow", path.name, language):
            return _frame(pd.read_parquet(io.BytesIO(content)), path.name, language)
    if content.startswith(b"PK"):
        with _installed("openpyxl", path.name, language):
            return _workbook(path.name, content, wanted)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise CrmlabError("own.old_excel", language, file=path.name)
    return _text(path.name, content, wanted, language)


@contextmanager
def _installed(package: str, file: str, language: str) -> Iterator[None]:
    """Say what is missing to read ``file``, or that it is damaged."""
    try:
        yield
    except CrmlabError:
        raise
    except ImportError:
        raise CrmlabError("own.no_package", language, file=file, package=package) from None
    except Exception as error:  # a damaged file makes these libraries raise almost anything
        raise CrmlabError("own.damaged", language, file=file, reason=error) from None


def _frame(source: Any, name: str, language: str) -> Sheet:
    try:
        native = nw.from_native(source)
    except TypeError:
        raise CrmlabError("own.not_a_source", language, value=type(source).__name__) from None
    if isinstance(native, nw.LazyFrame):
        native = native.collect()
    columns = [[_cell(value) for value in native[column].to_list()] for column in native.columns]
    rows: list[Row] = list(zip(*columns, strict=True))
    return Sheet(name, [text_of(column) for column in native.columns], rows, first=1)


def _cell(value: Any) -> Cell:
    """A value of a spreadsheet or a data frame: "" where it is missing."""
    if isinstance(value, str):
        return value
    return "" if value is None or pd.isna(value) else value


def _workbook(name: str, content: bytes, wanted: Collection[str]) -> Sheet:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    found = []
    for page in book.worksheets:
        rows: list[Row] = [[_cell(value) for value in row] for row in page.iter_rows(values_only=True)]
        found.append(_headed(name, rows, wanted, {"sheet": page.title}))
    return _likeliest(found, wanted)


def _text(name: str, content: bytes, wanted: Collection[str], language: str) -> Sheet:
    text, encoding = decoded(content)
    found = []
    for delimiter in DELIMITERS:
        try:
            top: list[Row] = list(_split(text, delimiter, _HEADING))
        except csv.Error:
            continue
        found.append(_headed(name, top, wanted, {"encoding": encoding, "delimiter": delimiter or " "}))
    if not found or "\0" in text:
        raise CrmlabError("own.no_table", language, file=name)
    best = _likeliest(found, wanted)
    delimiter = None if best.details["delimiter"] == " " else best.details["delimiter"]
    try:
        return _headed(name, list(_split(text, delimiter)), wanted, best.details)
    except csv.Error as error:
        raise CrmlabError("own.damaged", language, file=name, reason=error) from None


def _split(text: str, delimiter: str | None, limit: int | None = None) -> Iterator[list[str]]:
    """The rows of a text, or the first of them; a row that goes over several lines is one."""
    lines = io.StringIO(text, newline="")
    rows: Iterable[list[str]]
    if delimiter is None:
        rows = (re.split(r"\s+", line.strip()) for line in lines)
    else:
        rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    for count, row in enumerate(rows):
        if count == limit:
            return
        yield row


def _headed(name: str, rows: list[Row], wanted: Collection[str], details: dict[str, str]) -> Sheet:
    """Take for the header the row that has most of the columns wanted."""
    names = [[text_of(cell) for cell in row] for row in rows[:_HEADING]] or [[]]
    at = max(range(len(names)), key=lambda row: (_count(names[row], wanted), -row))
    return Sheet(name, names[at], rows[at + 1 :], first=at + 2, details=details)


def _likeliest(sheets: list[Sheet], wanted: Collection[str]) -> Sheet:
    return max(sheets, key=lambda sheet: (_count(sheet.header, wanted), len(sheet.header)))


def _count(names: list[str], wanted: Collection[str]) -> int:
    folded = {name.casefold() for name in names}
    return sum(text_of(name).casefold() in folded for name in wanted)
