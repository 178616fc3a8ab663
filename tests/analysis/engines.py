"""The same company on other engines, and hand-written SQL over it."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl

from crmlab import Company


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
