"""Companies that stay where they are: tables of Parquet, DuckDB or Spark are opened, not loaded.

What is checked is what a table says about itself: its columns and their types. Values are not looked at.
"""

from __future__ import annotations

import glob
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import narwhals as nw
import pandas as pd

from crmlab import browser
from crmlab.company.files import SALES_TABLES
from crmlab.company.frames import TEXT
from crmlab.company.problems import Problems
from crmlab.company.schema import TABLES, Column, Table
from crmlab.company.stores import CARD, CARD_TABLE, BrokenError, Database, Folder, connected, head_of
from crmlab.errors import CrmlabError
from crmlab.locale import listed, say

#: What opens a folder of Parquet files; the first unless asked otherwise.
ENGINES = ("duckdb", "polars")


class Place(Protocol):
    """Where the tables of a company lie.

    Attributes
    ----------
    name : str
        What it is called in messages.
    card_place : str
        Where it is said which company it is.
    """

    name: str
    card_place: str

    def card(self) -> dict[str, Any] | None:
        """Return what is said about the company; None where nothing is."""

    def open(self, table: str) -> Any:
        """Return a table of the engine's own, unread; raise `BrokenError` where there is none."""


class ParquetFolder:
    """A folder with a file of Parquet for each table, or a folder of such files."""

    def __init__(self, path: Path, engine: str, language: str) -> None:
        self.path = path
        self.card = Folder(path).card
        self.name = str(path)
        self.card_place = str(path / CARD)
        library = _library(engine, language)
        self._scan = _by_duckdb(library) if engine == "duckdb" else _by_polars(library)

    def open(self, table: str) -> Any:
        """Return the files of a table as one."""
        files = self._files(table)
        if not files:
            raise BrokenError("no_file")
        return self._scan(files)

    def _files(self, table: str) -> list[Path]:
        for path in (self.path / f"{table}.parquet", self.path / table):
            if path.is_file():
                return [path]
            if path.is_dir():  # parts, or what Spark wrote, which makes folders only
                return sorted(path.glob("*.parquet"))
        return []


def _by_duckdb(duckdb: Any) -> Callable[[list[Path]], Any]:
    connection = duckdb.connect()
    return lambda files: connection.read_parquet([glob.escape(str(path)) for path in files])


def _by_polars(polars: Any) -> Callable[[list[Path]], Any]:
    return lambda files: polars.scan_parquet(files, glob=False)


class DuckDB:
    """The tables and views of a DuckDB connection."""

    card_place = CARD_TABLE

    def __init__(self, connection: Any, name: str, language: str) -> None:
        self.connection = connection
        self.name = name
        self._database = Database(connection, name, language)
        self.card = self._database.card

    @cached_property
    def _tables(self) -> list[str]:
        return self._database.tables()

    def open(self, table: str) -> Any:
        """Return a table or a view."""
        if table not in self._tables:
            raise BrokenError("no_table")
        return self.connection.table(table)


class SparkCatalogue:
    """The tables of a Spark session's current database."""

    card_place = CARD_TABLE

    def __init__(self, session: Any) -> None:
        self.session = session
        self.name = f"{session.catalog.currentCatalog()}.{session.catalog.currentDatabase()}"

    def card(self) -> dict[str, Any] | None:
        """Return what the table ``about_company`` says."""
        if not self.session.catalog.tableExists(CARD_TABLE):
            return None
        return {row["key"]: row["value"] for row in self.session.table(CARD_TABLE).collect()}

    def open(self, table: str) -> Any:
        """Return a table or a view."""
        if not self.session.catalog.tableExists(table):
            raise BrokenError("no_table")
        return self.session.table(table)


class SparkFolder:
    """A folder of Parquet that a Spark session reads, wherever the cluster finds it."""

    def __init__(self, session: Any, folder: str) -> None:
        self.session = session
        self.name = folder
        self.card_place = f"{folder.rstrip('/')}/{CARD}"

    def card(self) -> dict[str, Any] | None:
        """Return what ``company.toml`` says."""
        found = self._found(self.session.read.text, self.card_place, wholetext=True)
        if found is None:
            raise FileNotFoundError(self.card_place)
        return tomllib.loads(found.first()[0].removeprefix("\ufeff"))

    def open(self, table: str) -> Any:
        """Return the files of a table as one."""
        # One pattern for both, a file and a folder: to look where nothing is fills Spark's log with errors.
        found = self._found(self.session.read.parquet, f"{self.name.rstrip('/')}/{table}{{,.parquet}}")
        if found is None:
            raise BrokenError("no_file")
        return found

    @staticmethod
    def _found(read: Callable[..., Any], path: str, **options: Any) -> Any:
        """What ``read`` returns; None where there is nothing."""
        from pyspark.errors import AnalysisException

        try:
            return read(path, **options)
        except AnalysisException as error:
            if error.getCondition() == "PATH_NOT_FOUND":
                return None
            raise


def place_of(where: Any, engine: str | None, spark: Any, language: str) -> Place:
    """Return the place that ``where`` means; the parameters are those of `Company.connect`.

    Raises
    ------
    CrmlabError
        When it is none that can be opened, or not with this engine.
    """
    if engine not in (None, *ENGINES):
        raise CrmlabError("connect.engine", language, value=engine, engines=listed(ENGINES, language))
    is_path = isinstance(where, str | Path)
    if engine is not None and not (is_path and spark is None and not Path(where).is_file()):
        raise CrmlabError("connect.engine_of_folder", language)
    if spark is not None:
        return SparkFolder(spark, str(where))
    if hasattr(where, "catalog") and hasattr(where, "read"):
        return SparkCatalogue(where)
    if hasattr(where, "read_parquet"):
        return DuckDB(where, type(where).__name__, language)
    if not is_path:
        raise CrmlabError("connect.not_a_place", language, value=type(where).__name__)
    path = Path(where)
    if not path.is_file():
        return ParquetFolder(path, engine or ENGINES[0], language)
    head = head_of(path, language)
    if head[8:12] != b"DUCK":
        raise CrmlabError("connect.no_duckdb", language, file=path.name)
    return DuckDB(connected(path, head, language), path.name, language)


def _library(name: str, language: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        key = "browser.no_engine" if browser.HERE else "connect.no_package"
        raise CrmlabError(key, language, package=name) from None


def tables_in(place: Place, language: str) -> dict[str, Any]:
    """Return the tables in ``place`` by name, of the types of the schema; nothing is loaded.

    Raises
    ------
    CrmlabError
        Naming every table and column that is missing or of another type.
    """
    problems = Problems(language)
    found: dict[str, Any] = {}
    for name in TABLES:
        try:
            found[name] = _opened(place, TABLES[name], problems)
        except BrokenError as broken:
            if name in SALES_TABLES:  # without the others a company can do less
                problems.report(name, f"company.rule_{broken.rule}", **broken.blanks)
        except Exception as error:  # what is damaged makes the engines raise almost anything
            reason = str(error).partition("\n")[0]
            problems.report(name, "company.rule_unreadable", reason=reason)
    problems.stop("connect.not_opened", place=place.name)
    return found


class _Type(NamedTuple):
    """What a column must hold, and what its values are made into for all engines alike."""

    needed: str
    wanted: nw.dtypes.DType
    accepted: tuple[type[nw.dtypes.DType], ...]


_WHOLE = _Type("whole", nw.Int64(), (nw.dtypes.IntegerType,))
_TIME = _Type("time", nw.Datetime("us"), (nw.Date, nw.Datetime))
_WORDS = _Type("text", nw.String(), (nw.String, nw.Categorical, nw.Enum))
_FLAG = _Type("flag", nw.Boolean(), (nw.Boolean,))
_TYPES: Mapping[str, _Type] = {
    **dict.fromkeys(("id", "integer", "percent", "money"), _WHOLE),
    **dict.fromkeys(("date", "timestamp"), _TIME),
    **dict.fromkeys(("text", "label", "code"), _WORDS),
    "flag": _FLAG,
}


def _opened(place: Place, table: Table, problems: Problems) -> Any:
    frame = nw.from_native(place.open(table.name)).lazy()
    schema = frame.collect_schema()
    columns = table.among(schema)
    missing = [column.stored for column in columns if column.stored not in schema]
    if missing:
        words = listed(missing, problems.language)
        problems.report(table.name, "company.rule_no_column", columns=words)
        return None
    # A time of Spark has the session's zone unless it is said otherwise, and is shown in it.
    spark = frame.implementation.is_spark_like()
    for column in columns:
        if not _fits(column, schema[column.stored], zoned=spark):
            needed = say(f"connect.needs_{_TYPES[column.kind].needed}", problems.language)
            problems.report(
                table.name,
                "connect.rule_type",
                column=column.stored,
                found=schema[column.stored],
                needed=needed,
            )
    if problems:
        return None
    return frame.select(_as_wanted(column, schema[column.stored]) for column in columns).to_native()


def _as_wanted(column: Column, found: nw.dtypes.DType) -> nw.Expr:
    """The column in the type that all engines share: a day, too, is a time at midnight, as with pandas."""
    wanted = _TYPES[column.kind].wanted
    # An engine looks into the files for what a filter asks only where nothing is made of the column.
    return nw.col(column.stored) if found == wanted else nw.col(column.stored).cast(wanted)


def _fits(column: Column, found: nw.dtypes.DType, *, zoned: bool) -> bool:
    accepted = isinstance(found, _TYPES[column.kind].accepted)
    return accepted and (zoned or getattr(found, "time_zone", None) is None)


def booked_period(raw: Mapping[str, Any]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the days of the first and the last line of sales; missing where there is none."""
    lines = nw.from_native(raw["order_lines"]).lazy()
    booked = lines.select(nw.col("booked_at").dt.truncate("1d"))
    day = nw.col("booked_at")
    found = booked.select(first=day.min(), last=day.max()).collect("pandas").to_native()
    return pd.Timestamp(found["first"][0]), pd.Timestamp(found["last"][0])


def check_time_zone(session: Any, start: pd.Timestamp, today: pd.Timestamp, language: str) -> None:
    """Make sure that Spark understands a day of Python as the same day, in summer and in winter.

    Raises
    ------
    CrmlabError
        When the session has another time zone than Python here, so that periods would be shifted.
    """
    from pyspark.sql import functions as F  # noqa: N812 -- as Spark's own documentation calls it

    asked = pd.date_range(start, today, freq="MS").to_pydatetime().tolist()
    texts = [F.lit(day).cast("timestamp_ntz").cast("string").alias(str(day)) for day in asked]
    understood = session.range(1).select(*texts).first()
    for day, text in zip(asked, understood, strict=True):
        if datetime.fromisoformat(text) != day:
            zone = session.conf.get("spark.sql.session.timeZone")
            raise CrmlabError("connect.time_zone", language, asked=day, found=text, zone=zone)


def to_pandas(name: str, native: Any) -> pd.DataFrame:
    """Load a table of any engine: rows by number, types as in a company that was read."""
    table = TABLES[name]
    frame = nw.from_native(native).lazy()
    frame = frame.select(column.stored for column in table.among(frame.collect_schema()))
    found = frame.sort(table.key).collect("pandas").to_native()
    dtypes = {c.stored: TEXT if c.dtype == "str" else c.dtype for c in table.among(found)}
    return found.astype(dtypes)
