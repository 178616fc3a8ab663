"""Where the tables of a company can lie: a folder of files, a workbook, a database file or connection."""

from __future__ import annotations

import csv
import io
import sqlite3
import tomllib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pandas as pd

from crmlab import browser
from crmlab.company.identity import CARD, CARD_TABLE
from crmlab.company.schema import TABLES
from crmlab.errors import CrmlabError

ENCODING = "utf-8-sig"


class BrokenError(Exception):
    """A table cannot be read: a rule of the catalogues, with its blanks."""

    def __init__(self, rule: str, **blanks: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.blanks: dict[str, Any] = blanks


class Stored(NamedTuple):
    """One table as it lies there.

    Attributes
    ----------
    columns : mapping of str to sequence
        Cells by the name of the column: text in a CSV file, else what the engine gives.
    uneven : list of tuple
        Rows of a CSV file that were left out: their number and their cells.
    """

    columns: Mapping[str, Sequence[Any] | pd.Series]
    uneven: list[tuple[int, list[str]]]


class Store(Protocol):
    """Something that tables can be read from.

    Attributes
    ----------
    name : str
        What it is called in messages.
    first : int
        The number that the first row of a table has for people.
    card_place : str
        Where it is said which company it is.
    """

    name: str
    first: int
    card_place: str

    def card(self) -> dict[str, Any] | None:
        """Return what is said about the company; None where nothing is."""

    def tables(self) -> list[str]:
        """Return the names of the company's tables that are there."""

    def place(self, table: str) -> str:
        """Return how a table is called in messages."""

    def read(self, table: str) -> Stored:
        """Return one table, or raise `BrokenError`."""


class Folder:
    """A folder with a file for each table, or with a folder of files: CSV or Parquet."""

    first = 2  # below the header, as a spreadsheet counts

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)
        self.card_place = str(path / CARD)

    def card(self) -> dict[str, Any] | None:
        """Return what ``company.toml`` says."""
        return tomllib.loads((self.path / CARD).read_text(encoding=ENCODING))

    def tables(self) -> list[str]:
        """Return the tables that have a file."""
        return [name for name in TABLES if any(path.exists() for path in self._files(name))]

    def place(self, table: str) -> str:
        """Return the name of the file, or of the folder of files."""
        files = self._files(table)
        return files[0].name if len(files) == 1 else table

    def _files(self, table: str) -> list[Path]:
        """The files of a table; the one that should be there if there is none."""
        for form in _FORMS:
            if (self.path / f"{table}{form}").exists():
                return [self.path / f"{table}{form}"]
        parts = sorted(path for path in self.path.glob(f"{table}/*.*") if path.suffix in _FORMS)
        return parts or [self.path / f"{table}.csv"]

    def read(self, table: str) -> Stored:
        """Return one table."""
        found = [_read(path) for path in self._files(table)]
        if len(found) == 1:
            return found[0]
        frames = [pd.DataFrame(part.columns) for part in found]
        return _typed(pd.concat(frames, ignore_index=True))._replace(
            uneven=[row for part in found for row in part.uneven]
        )


def _read(path: Path) -> Stored:
    if not path.exists():
        raise BrokenError("no_file")
    try:
        return _FORMS[path.suffix](path)
    except BrokenError:
        raise
    except ImportError as error:
        raise BrokenError("no_package", package=error.name) from None
    except Exception as error:  # a damaged file makes the libraries raise almost anything
        raise BrokenError("unreadable", reason=error) from None


def _csv(path: Path) -> Stored:
    try:
        text = path.read_text(encoding=ENCODING)
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        raise BrokenError("encoding") from None
    except csv.Error as error:
        raise BrokenError("no_csv", reason=error) from None
    except OSError as error:
        raise BrokenError("unreadable", reason=error.strerror) from None
    header = rows[0] if rows else []
    whole = [row for row in rows[1:] if len(row) == len(header)]
    uneven = [(number, row) for number, row in enumerate(rows[1:], start=2) if len(row) != len(header)]
    cells = zip(*whole, strict=True) if whole else [()] * len(header)
    return Stored(dict(zip(header, cells, strict=True)), uneven)


def _typed(frame: pd.DataFrame) -> Stored:
    return Stored({str(name): values for name, values in frame.items()}, [])


_FORMS: dict[str, Callable[[Path], Stored]] = {
    ".csv": _csv,
    ".parquet": lambda path: _typed(pd.read_parquet(path, engine="pyarrow")),
}


class Workbook:
    """A workbook of Excel with a sheet for each table."""

    first = 2
    card_place = CARD_TABLE

    def __init__(self, path: Path, language: str) -> None:
        self.name = path.name
        try:
            # Only an empty cell is missing: somebody may be called None.
            self.sheets: dict[str, pd.DataFrame] = pd.read_excel(
                path, sheet_name=None, engine="openpyxl", keep_default_na=False, na_values=[""]
            )
        except ImportError:
            raise CrmlabError("own.no_package", language, file=self.name, package="openpyxl") from None
        except Exception as error:  # a damaged file makes the library raise almost anything
            raise CrmlabError("own.damaged", language, file=self.name, reason=error) from None

    def card(self) -> dict[str, Any] | None:
        """Return what the sheet ``about_company`` says."""
        return _pairs(self.sheets[CARD_TABLE]) if CARD_TABLE in self.sheets else None

    def tables(self) -> list[str]:
        """Return the tables that have a sheet."""
        return [name for name in TABLES if name in self.sheets]

    def place(self, table: str) -> str:
        """Return the name of the sheet."""
        return table

    def read(self, table: str) -> Stored:
        """Return one table."""
        if table not in self.sheets:
            raise BrokenError("no_table")
        return _typed(self.sheets[table])


def _pairs(frame: pd.DataFrame) -> dict[str, Any]:
    return dict(zip(frame["key"], frame["value"].fillna(""), strict=True))


class Database:
    """A connection to a database: of Python's DB-API (SQLite, DuckDB, psycopg), or SQLAlchemy's."""

    first = 1
    card_place = CARD_TABLE

    def __init__(self, connection: Any, name: str, language: str) -> None:
        self.connection = connection
        self.name = name
        self.language = language

    def card(self) -> dict[str, Any] | None:
        """Return what the table ``company`` says."""
        if CARD_TABLE not in self._names:
            return None
        return _pairs(self._query(f'SELECT "key", "value" FROM {CARD_TABLE}'))

    def tables(self) -> list[str]:
        """Return the tables that the database has."""
        return [name for name in TABLES if name in self._names]

    def place(self, table: str) -> str:
        """Return the name of the table."""
        return table

    def read(self, table: str) -> Stored:
        """Return one table."""
        if table not in self._names:
            raise BrokenError("no_table")
        # A database gives rows in any order; the first column is the key.
        return _typed(self._query(f"SELECT * FROM {table} ORDER BY 1"))

    @cached_property
    def _names(self) -> set[str]:
        if self._dialect == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        else:
            # The tables that are found without naming a schema, as the queries for them do not.
            known = self._dialect in ("", "duckdb", "postgresql")
            query = (
                "SELECT table_name AS name FROM information_schema.tables "
                "WHERE table_schema NOT IN ('information_schema', 'pg_catalog')"
                + (" AND table_schema = ANY (current_schemas(true))" if known else "")
            )
        return set(self._query(query)["name"])

    @property
    def _dialect(self) -> str:
        """What SQLAlchemy calls the kind of database; empty for other connections than to SQLite."""
        if isinstance(self.connection, sqlite3.Connection):
            return "sqlite"
        return getattr(getattr(self.connection, "dialect", None), "name", "")

    def _query(self, query: str) -> pd.DataFrame:
        with warnings.catch_warnings():
            # pandas says that it has not been tested with other connections than SQLAlchemy's.
            warnings.filterwarnings("ignore", "pandas only supports SQLAlchemy", UserWarning)
            try:
                if hasattr(self.connection, "fetch_df_chunk"):  # DuckDB, whose own way is much quicker
                    return self.connection.execute(query).df()
                return pd.read_sql(query, self.connection)
            except Exception as error:  # every engine has errors of its own
                raise CrmlabError("own.damaged", self.language, file=self.name, reason=error) from None


@contextmanager
def opened(where: Any, language: str) -> Iterator[Store]:
    """Open what tables are to be read from: a folder, a database file, or a connection, which stays open.

    Raises
    ------
    CrmlabError
        When it is none of these, or cannot be opened.
    """
    if not isinstance(where, str | Path):
        if not (hasattr(where, "cursor") or hasattr(where, "connect") or hasattr(where, "execute")):
            raise CrmlabError("own.not_a_store", language, value=type(where).__name__)
        yield Database(where, type(where).__name__, language)
        return
    path = Path(where)
    if not path.is_file():
        yield Folder(path)
        return
    head = head_of(path, language)
    if head.startswith(b"PK"):
        yield Workbook(path, language)
        return
    with closing(connected(path, head, language)) as connection:
        yield Database(connection, path.name, language)


def head_of(path: Path, language: str) -> bytes:
    """Return the first bytes of a file, by which its kind is known."""
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError as error:
        raise CrmlabError("own.no_file", language, file=path, reason=error.strerror) from None


def connected(path: Path, head: bytes, language: str) -> Any:
    """Return a connection to a database file that begins with ``head``."""
    if head.startswith(b"SQLite format 3"):
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    if head[8:12] != b"DUCK":
        raise CrmlabError("own.no_database", language, file=path.name)
    try:
        import duckdb
    except ImportError:
        key = "browser.no_engine" if browser.HERE else "own.no_package"
        raise CrmlabError(key, language, file=path.name, package="duckdb") from None
    try:
        return duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise CrmlabError("own.damaged", language, file=path.name, reason=error) from None
