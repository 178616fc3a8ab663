"""The same company on other engines, and hand-written SQL over it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from crmlab import Company
from crmlab.analysis.menu import Entry, entries, find
from crmlab.company.size import Plan, write

#: Filters that any analysis may honour; it is asked with what it honours of each.
FILTERS = {
    "everything": {},
    "a year": {"start": "2025-01-01", "end": "2025-12-31", "region": ["East China", "华南"]},
    "unknown source": {"source": "Unknown", "end": "2024-06-30"},
    "nothing": {"start": "2026-01-01", "end": "2026-01-01", "source": ["Website", "未知"], "customer": 1016},
}


def on_polars(company: Company, *, lazy: bool = False) -> Company:
    """Return ``company`` with its tables in Polars."""
    raw = {name: _polars(table) for name, table in company.raw.items()}
    return _with({name: table.lazy() if lazy else table for name, table in raw.items()}, company)


def on_duckdb(company: Company) -> Company:
    """Return ``company`` with its tables in a DuckDB database."""
    connection = database(company)
    return _with({name: connection.table(name) for name in company.raw}, company)


def database(company: Company) -> duckdb.DuckDBPyConnection:
    """Return a database with the tables of ``company`` as they are stored."""
    connection = duckdb.connect()
    for name, table in company.raw.items():
        connection.register("given", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
    return connection


def tiny(folder: Path) -> Path:
    """Write a small company with a student to Parquet."""
    write(Plan(folder, "en", customers=80, format="parquet", account="s2026017"), jobs=1)
    return folder


def asked(entry: Entry, keywords: dict) -> dict:
    """Return those of ``keywords`` that ``entry`` honours."""
    honoured = {*entry.honours, *(("start", "end") if "period" in entry.honours else ())}
    return {name: value for name, value in keywords.items() if name in honoured}


def cases(which: Iterable[str]) -> list:
    """Return each analysis with each of these filters, without those that ask the same of it as another."""
    found = []
    for entry in entries():
        different = {repr(asked(entry, FILTERS[name])): name for name in reversed([*which])}
        found += [pytest.param(entry, name, id=f"{entry.slug}-{name}") for name in different.values()]
    return found


@cache
def _expected(slug: str, company: Company, which: str) -> pd.DataFrame:
    entry = find(slug)
    return entry.run(company, **asked(entry, FILTERS[which]))


def equal(entry: Entry, other: Company, company: Company, which: str) -> None:
    """Check that ``entry`` gives the same of both: dtypes, rows, every cent and every last digit."""
    found = entry.run(other, **asked(entry, FILTERS[which]))
    expected = _expected(entry.slug, company, which)
    pd.testing.assert_frame_equal(found, expected, check_exact=True, obj=f"{entry.slug}, {other.engine}")


def _with(raw: dict, company: Company) -> Company:
    return Company(raw, language=company.language, seed=company.seed, account=company.account)


def _polars(table: pd.DataFrame) -> pl.DataFrame:
    # pl.from_pandas would need PyArrow, which nothing else here does.
    return pl.DataFrame(
        {
            name: [None if pd.isna(value) else value for value in column]
            if column.dtype.kind == "O" or column.hasnans
            else column.to_numpy()
            for name, column in table.items()
        },
        infer_schema_length=None,
    )
