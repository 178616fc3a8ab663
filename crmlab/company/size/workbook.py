"""The company as one Excel workbook: a sheet for each table, for people, so money is in yuan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from crmlab.company.frames import in_yuan, to_frame
from crmlab.company.identity import CARD_TABLE, card
from crmlab.company.schema import TABLES, Table
from crmlab.company.size.plan import Plan, Progress
from crmlab.company.world import Columns
from crmlab.errors import CrmlabError

#: Rows of a sheet of Excel, less the header.
ROWS = 1_048_575
NAME = "company.xlsx"
_FORMATS = {"date": "yyyy-mm-dd", "timestamp": "yyyy-mm-dd hh:mm", "money": "0.00"}


def write(plan: Plan, tell: Callable[[Progress], None]) -> list[str]:
    """Write the workbook, unless Excel could not open it."""
    path = plan.folder / NAME
    if path.exists() and _fingerprint(path) != plan.fingerprint:
        raise CrmlabError("cli.would_overwrite", plan.language, file=path)
    if not path.exists():
        _check_rows(plan)
        unfinished = path.with_name(f"{NAME}.part")
        try:
            _save(plan, unfinished, tell)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return [NAME]


def _fingerprint(path: Path) -> str | None:
    from openpyxl import load_workbook

    try:
        return load_workbook(path, read_only=True).properties.identifier
    except (BadZipFile, KeyError, OSError, ValueError):
        return None


def _check_rows(plan: Plan) -> None:
    """Count before anything is written: generating takes a moment, writing a workbook minutes."""
    counts = dict.fromkeys(TABLES, 0)
    for part in range(plan.parts):
        for name, columns in plan.tables(part).items():
            counts[name] += len(columns[TABLES[name].key])
            if counts[name] > ROWS:
                raise CrmlabError("size.too_long_for_excel", plan.language, table=name, rows=ROWS)


def _save(plan: Plan, path: Path, tell: Callable[[Progress], None]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.identifier = plan.fingerprint
    sheets = {}
    for name, table in TABLES.items():
        sheets[name] = book.create_sheet(name)
        sheets[name].freeze_panes = "A2"
        sheets[name].append([column.name for column in table.columns])
    about = book.create_sheet(CARD_TABLE)
    about.append(["key", "value"])
    for said in card(plan.language, plan.seed, plan.account).items():
        about.append(said)
    rows = 0
    tell(Progress(0, plan.parts, 0))
    for part in range(plan.parts):
        for name, columns in plan.tables(part).items():
            for row in _rows(sheets[name], TABLES[name], columns, plan.language):
                sheets[name].append(row)
                rows += 1
        tell(Progress(part + 1, plan.parts, rows))
    book.save(path)


def _rows(sheet: object, table: Table, columns: Columns, language: str) -> zip:
    """Return rows of cells; dates and amounts are shown as in the CSV files."""
    from openpyxl.cell import WriteOnlyCell

    def shown(value: object, number_format: str) -> object:
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = number_format
        return cell

    frame = in_yuan(table, to_frame(table, columns, language))
    cells = []
    for column in table.columns:
        values = [None if pd.isna(value) else value for value in frame[column.name].astype(object)]
        if column.kind in _FORMATS:
            form = _FORMATS[column.kind]
            values = [None if value is None else shown(_plain(value), form) for value in values]
        cells.append(values)
    return zip(*cells, strict=True)


def _plain(value: object) -> object:
    return datetime.fromisoformat(str(value)) if isinstance(value, pd.Timestamp) else value
