"""Making one part: its rows in temporary files, by whichever process."""

from __future__ import annotations

import gc
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crmlab.company.schema import TABLES
from crmlab.company.size.plan import Plan

if TYPE_CHECKING:
    from crmlab.company.world import Columns

# Bytes: just below the 32 MiB from which on the allocator learns nothing.
_KEPT = 31 << 20
# Bytes read at a time, so few that they stay in the processor's cache.
_PIECE = 1 << 18


class Made(NamedTuple):
    """What was made of a part: how many rows, and for each table (or for all) the file and its checksum."""

    rows: int
    files: dict[str, tuple[Path, str]]


def make(plan: Plan, part: int, folder: Path) -> Made:
    """Generate a part and write it to files in ``folder``."""
    import numpy as np

    # Searching millions of names for reference cycles, of which there are none, takes a fifth of the time.
    gc.disable()
    # The GNU allocator keeps as much as it has once been given back in one piece; it would return the
    # memory of each array to the system otherwise, only to ask for it again.
    np.empty(_KEPT, dtype=np.uint8)
    try:
        return _made(plan, part, folder)
    finally:
        gc.enable()


def _made(plan: Plan, part: int, folder: Path) -> Made:
    tables = plan.tables(part)
    rows = sum(len(next(iter(columns.values()))) for columns in tables.values())
    files = _MAKERS[plan.format](plan, tables, folder / f"{part:05}")
    return Made(rows, {name: (path, checksum(path)) for name, path in files.items()})


def checksum(path: Path) -> str:
    """Return the CRC-32 of a file, which shows whether the disk has kept all of it.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "part"
    >>> _ = path.write_bytes(b"123456789")
    >>> checksum(path)
    'cbf43926'
    """
    found = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found = zlib.crc32(piece, found)
    return f"{found:08x}"


def _csv(plan: Plan, tables: dict[str, Columns], stem: Path) -> dict[str, Path]:
    from crmlab.company import files
    from crmlab.company.frames import to_frame

    def write(name: str, path: Path) -> None:
        frame = to_frame(TABLES[name], tables[name], plan.language)
        path.write_bytes(files.to_csv(TABLES[name], frame))

    return _each(tables, stem, "csv", write)


def _parquet(plan: Plan, tables: dict[str, Columns], stem: Path) -> dict[str, Path]:
    from crmlab.company.size.columnar import to_arrow, write_parquet

    def write(name: str, path: Path) -> None:
        write_parquet(path, TABLES[name], to_arrow(TABLES[name], tables[name], plan.language))

    return _each(tables, stem, "parquet", write)


def _each(
    tables: dict[str, Columns], stem: Path, suffix: str, write: Callable[[str, Path], None]
) -> dict[str, Path]:
    paths = {name: stem.with_name(f"{stem.name}-{name}.{suffix}") for name in tables}
    for name, path in paths.items():
        write(name, path)
    return paths


def _sqlite(plan: Plan, tables: dict[str, Columns], stem: Path) -> dict[str, Path]:
    from crmlab.company.size import sql

    path = stem.with_suffix(".sqlite")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for name, columns in tables.items():
            connection.execute(sql.create(TABLES[name]))
            rows = sql.rows(TABLES[name], columns, plan.language)
            connection.executemany(sql.insert(TABLES[name]), rows)
        connection.execute("COMMIT")
    return {"all": path}


_MAKERS: dict[str, Callable[[Plan, dict[str, Columns], Path], dict[str, Path]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "duckdb": _parquet,
    "sqlite": _sqlite,
}
