"""Tables as SQLite has them: declared from the schema, money in cents, dates as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmlab.company.schema import Table

if TYPE_CHECKING:
    from crmlab.company.world import Columns

_TYPES = {"id": "INTEGER", "integer": "INTEGER", "percent": "INTEGER", "money": "INTEGER", "flag": "INTEGER"}


def create(table: Table) -> str:
    """Return the declaration of a table.

    Examples
    --------
    >>> from crmlab.company.schema import TABLES
    >>> print(create(TABLES["receipts"])[:76])
    CREATE TABLE receipts (receipt_id INTEGER PRIMARY KEY, customer_id INTEGER N
    """
    columns = []
    for column in table.columns:
        text = f"{column.stored} {_TYPES.get(column.kind, 'TEXT')}"
        if column.name == table.key:
            text += " PRIMARY KEY"
        elif not column.nullable:
            text += " NOT NULL"
        if column.references:
            text += " REFERENCES {}({})".format(*column.references.split("."))
        columns.append(text)
    return f"CREATE TABLE {table.name} ({', '.join(columns)})"


def insert(table: Table) -> str:
    """Return the statement that inserts a row."""
    return f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})"


def rows(table: Table, columns: Columns, language: str) -> Iterator[tuple[object, ...]]:
    """Return the rows of a table as SQLite takes them."""
    from crmlab.company.frames import to_frame

    frame = to_frame(table, columns, language)
    values = []
    for column in table.columns:
        series = frame[column.stored]
        if column.kind in ("date", "timestamp"):
            series = series.dt.strftime("%Y-%m-%d" if column.kind == "date" else "%Y-%m-%d %H:%M")
        cells = series.astype(object)
        values.append(cells.where(cells.notna(), None).tolist())
    return zip(*values, strict=True)
