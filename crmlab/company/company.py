"""The company that the lab looks at: its tables, its calendar, who is asking."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict
from functools import lru_cache
from html import escape
from operator import index
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import narwhals as nw
import pandas as pd

from crmlab.company import connect, files, stores
from crmlab.company.about import About, Origin, about
from crmlab.company.card import CustomerCard, customer_card
from crmlab.company.diagram import Diagram, diagram
from crmlab.company.dictionary import Dictionary, dictionary
from crmlab.company.frames import in_yuan, to_frame
from crmlab.company.identity import CARD, card_text
from crmlab.company.sales_file import understand
from crmlab.company.sales_tables import tables_of
from crmlab.company.schema import TABLES, TRUTH, UNKNOWN, Table
from crmlab.company.world import World, generate, with_account
from crmlab.company.world.calendar import START, TODAY
from crmlab.company.world.people import drawn_from
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.locale import LANGUAGES, Text, listed, say
from crmlab.settings import settings, valid_account

T = TypeVar("T")

SEED = 2026


class _Card(NamedTuple):
    language: str
    seed: int
    account: str | None
    period: tuple[pd.Timestamp, pd.Timestamp] | None = None
    origin: Origin | None = None


class UnknownTableError(CrmlabError, AttributeError):
    """A company was asked for a table that it does not have."""


class Truth:
    """What the generator drew: a table of `crmlab.company.schema.TRUTH` is an attribute, money in cents.

    Examples
    --------
    >>> open_company(language="en").truth.customers["type"].nunique()
    6
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], language: str) -> None:
        self._tables = dict(tables)
        self._language = language

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._tables:
            raise UnknownTableError("company.no_truth", self._language, name=name)
        return self._tables[name].copy()

    def __dir__(self) -> list[str]:
        return sorted(self._tables)

    def __repr__(self) -> str:
        lines = [f"  {name}: {meaning}" for name, meaning in self._meanings()]
        return "\n".join([self._headline(), *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{name}</code></td><td>{escape(meaning)}</td></tr>"
            for name, meaning in self._meanings()
        )
        headline = escape(self._headline())
        return f"<table><caption>{headline}</caption><tbody>{rows}</tbody></table>"

    def _headline(self) -> str:
        return say("company.truth_headline" if self._tables else "company.truth_none", self._language)

    def _meanings(self) -> list[tuple[str, str]]:
        """Return the name of each table with what a row is, and what it says about it."""
        return [(name, _meaning(TRUTH[name], self._language)) for name in self._tables]


def _meaning(table: Table, language: str) -> str:
    titles = listed((column.title.to(language) for column in table.columns), language)
    return say(
        "company.truth_table",
        language,
        title=table.title.to(language),
        row=table.row.to(language),
        columns=titles,
    )


class Company:
    """A trading company as its CRM knows it.

    Each table is an attribute, as a pandas DataFrame of its own with money in yuan: `customers`,
    `orders`, `order_lines` and the others of `crmlab.company.schema`. Of a company that was opened with
    `connect` this loads the table.

    Parameters
    ----------
    raw : mapping of str to table
        Tables as stored: those of pandas, or of any other engine that Narwhals knows. Money is in cents.
    language : str
        "en" or "zh".
    seed : int
        What it was generated from.
    account : str, optional
        The student whose own customers are in it.
    course : str, optional
        The course for which it was generated.
    truth : mapping of str to DataFrame, optional
        What the generator drew and a real company would never know.
    period : pair of Timestamp, optional
        First and last day of the history, if not those of the lab.
    origin : Origin, optional
        Where it comes from if it is a company of one's own (`from_sales`), which was not generated.

    Attributes
    ----------
    start, today : pandas.Timestamp
        First and last day of the history.
    me : int
        `employee_id` of the account's salesperson, or of the first salesperson who is still here.

    Examples
    --------
    >>> company = open_company(language="en")
    >>> company.today
    Timestamp('2026-01-31 00:00:00')
    >>> company.products[["name", "list_price"]].dtypes["list_price"]
    dtype('float64')
    """

    def __init__(
        self,
        raw: Mapping[str, Any],
        *,
        language: str,
        seed: int = SEED,
        account: str | None = None,
        course: str | None = None,
        truth: Mapping[str, pd.DataFrame] | None = None,
        period: tuple[pd.Timestamp, pd.Timestamp] | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.raw = dict(raw)
        self.start, self.today = period or (pd.Timestamp(START, unit="D"), pd.Timestamp(TODAY, unit="D"))
        self.origin = origin
        self.language = language
        self.seed = seed
        self.account = account
        self.course = course
        self.truth = Truth(truth or {}, language)
        self._cache: dict[Hashable, Any] = {}
        self.me = self._me()

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        self._known(name)
        return in_yuan(TABLES[name], self._pandas(name))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.raw})

    def _known(self, name: str) -> None:
        if name not in self.raw:
            tables = listed(self.raw, self.language)
            raise UnknownTableError("company.unknown_table", self.language, name=name, tables=tables)

    def _pandas(self, name: str) -> pd.DataFrame:
        native = self.raw[name]
        return native if isinstance(native, pd.DataFrame) else connect.to_pandas(name, native)

    def _me(self) -> int:
        staff = self._pandas("employees")
        if self.account is not None:
            mine = staff[staff["account"].str.lower() == self.account.lower()]
        else:
            here = staff[staff["left_on"].isna()]
            mine = here[here["region"].notna()]
            if self.origin is not None and mine.empty:
                mine = staff
        if mine.empty:
            raise CrmlabError("company.no_account", self.language, account=self.account)
        return int(mine["employee_id"].iloc[0])

    def frame(self, name: str) -> nw.LazyFrame:
        """Return a table as analyses use it: lazy, on its own engine, money in cents.

        Examples
        --------
        >>> open_company(language="en").frame("orders").select("order_id").collect().shape[1]
        1
        """
        self._known(name)
        return nw.from_native(self.raw[name]).lazy()

    def rows(self, name: str) -> int:
        """Return how many rows a table has, which need not be loaded for that.

        Examples
        --------
        >>> open_company(language="en").rows("customers")
        800
        """
        return int(self.frame(name).select(nw.len()).collect("pandas").item())

    def choices(self, table: str, column: str) -> tuple[Text, ...]:
        """Return the words of a drop-down list: the CRM's, or those that a company of one's own uses.

        Examples
        --------
        >>> open_company(language="en").choices("customers", "source")[0].en
        'Referral'
        """
        declared = TABLES[table][column].choices
        if self.origin is None or not declared:
            return declared

        def used() -> tuple[Text, ...]:
            found = self.frame(table).select(column).unique().collect("pandas").to_native()[column]
            words = sorted(found.dropna())
            return tuple(UNKNOWN if word in UNKNOWN else Text(word, word) for word in words)

        return self.cached(("choices", table, column), used)

    def knows(self, place: str) -> bool:
        """Return whether there is a table, or a column as ``table.column``, that was not filled in.

        Examples
        --------
        >>> open_company(language="en").knows("order_lines.unit_cost")
        True
        """
        lacks = self.origin.lacks if self.origin else ()
        return place.partition(".")[0] in self.raw and place not in lacks

    @property
    def engine(self) -> str:
        """Where the tables are and analyses run: "pandas", "polars", "duckdb" or "pyspark".

        Examples
        --------
        >>> open_company(language="en").engine
        'pandas'
        """
        return self.frame("orders").implementation.value

    @property
    def about(self) -> About:
        """What was understood of the data, what is missing, and which analyses are therefore available."""
        return about(self)

    def cached(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return what ``build`` returned the first time that ``key`` was asked for."""
        if key not in self._cache:
            self._cache[key] = build()
        return self._cache[key]

    def dictionary(self, table: str | None = None) -> Dictionary:
        """Return what every column means, of one table or of all.

        Examples
        --------
        >>> print(open_company(language="en").dictionary("receipts").text.splitlines()[4])
        ## receipts
        """
        if table is not None:
            self._known(table)
        names = self.raw if table is None else [table]
        return Dictionary(dictionary(self.language, [TABLES[name] for name in names]))

    def diagram(self) -> Diagram:
        """Return a drawing of the tables and how they refer to each other.

        Examples
        --------
        >>> open_company(language="en").diagram().svg[:4]
        '<svg'
        """
        return diagram(self.language, [TABLES[name] for name in self.raw])

    def customer_card(self, customer: int | str) -> CustomerCard:
        """Return all that is known about one customer, named by number or name.

        Examples
        --------
        >>> print(open_company(language="en").customer_card(1001).facts[0])
        ('Customer no.', '1001')
        """
        return customer_card(self, customer)

    def save(self, folder: str | Path) -> None:
        """Write the tables to ``folder`` as CSV files that Excel opens; the truth stays behind.

        Examples
        --------
        >>> folder = getfixture("tmp_path")
        >>> company = open_company(language="en")
        >>> company.save(folder)
        >>> Company.read(folder).checksums() == company.checksums()
        True
        """
        folder = Path(folder)
        files.write_tables(folder, {name: self._pandas(name) for name in self.raw})
        own = {"start": str(self.start.date()), "today": str(self.today.date())}
        more = own | asdict(self.origin) if self.origin else {}
        card = card_text(self.language, self.seed, self.account, **more)
        replace_file(folder / CARD, card.encode("utf-8"))

    @classmethod
    def read(cls, where: Any) -> Company:
        """Return the company that lies in ``where``: what crmlab wrote, or tables of the same names.

        Parameters
        ----------
        where : str, Path or connection
            The folder, the Excel workbook or the database file (SQLite, DuckDB) that `save` or
            ``crmlab company`` wrote; or an open connection to a database: of Python's DB-API (SQLite,
            DuckDB, psycopg for PostgreSQL) or of SQLAlchemy.

        Raises
        ------
        CrmlabError
            Naming file, row, column, value and rule of all that is wrong; then nothing is loaded.
        """
        spoken = settings().language
        with stores.opened(where, spoken) as store:
            card = _card(store, spoken)
            _show_chinese(card.language)
            frames = files.read_tables(store, card.language, own=card.origin is not None)
        period = card.period
        if card.origin is not None and period is None:
            booked = frames["order_lines"]["booked_at"].dt.normalize()
            period = booked.min(), booked.max()
        return cls(
            frames,
            language=card.language,
            seed=card.seed,
            account=card.account,
            period=period,
            origin=card.origin,
        )

    @classmethod
    def connect(
        cls, where: Any, language: str | None = None, engine: str | None = None, *, spark: Any = None
    ) -> Company:
        """Return the company that lies in ``where``, however large: its tables are opened, not loaded.

        Analyses run where the tables lie and give the same results as of a company in memory. Columns
        and their types are checked, values are not. An attribute such as `orders` loads its table
        whole, as `save` and `checksums` load each.

        Parameters
        ----------
        where : str, Path, connection or session
            A folder of Parquet files or a DuckDB file, as ``crmlab company`` writes them with
            ``--format parquet`` or ``duckdb``; an open connection to DuckDB; a session of Spark, for the
            tables of its current database.
        language : str, optional
            "en" or "zh": that of a company that does not say it itself; that of the settings unless given.
        engine : str, optional
            What reads a folder of Parquet: "duckdb" unless given, or "polars".
        spark : SparkSession, optional
            Reads the folder ``where``, which may be any address that the session knows.

        Raises
        ------
        CrmlabError
            Naming every table and column that is missing or of another type; then nothing is opened.

        Examples
        --------
        >>> from crmlab.company.size import Plan, write
        >>> folder = getfixture("tmp_path")
        >>> made = write(Plan(folder, "en", customers=80, format="parquet"))
        >>> company = Company.connect(folder)
        >>> company.engine
        'duckdb'
        >>> company.frame("customers").collect().shape[0]
        80
        """
        spoken = settings().language if language is None else language
        if spoken not in LANGUAGES:
            raise CrmlabError("settings.language", settings().language, value=language)
        place = connect.place_of(where, engine, spark, spoken)
        card = _card(place, spoken)
        if language not in (None, card.language):
            raise CrmlabError("connect.language", language, place=place.name, found=card.language)
        _show_chinese(card.language)
        raw = connect.tables_in(place, card.language)
        period = card.period
        if card.origin is not None and period is None:
            period = connect.booked_period(raw)
            if any(map(pd.isna, period)):
                raise CrmlabError("connect.no_sales", card.language, place=place.name)
        company = cls(
            raw,
            language=card.language,
            seed=card.seed,
            account=card.account,
            period=period,
            origin=card.origin,
        )
        if company.frame("orders").implementation.is_spark_like():
            connect.check_time_zone(raw["orders"].sparkSession, company.start, company.today, spoken)
        return company

    @classmethod
    def from_sales(cls, sales: Any, columns: Mapping[str, str], language: str | None = None) -> Company:
        """Return a company made of sales data in one flat file, such as a shop's export.

        Its `about` says what was understood, what is missing, and which analyses can therefore be made.
        Net amounts are right to the cent, line by line; half a cent is rounded away from zero.

        Parameters
        ----------
        sales : str, Path or data frame
            A file of text (with any delimiter, in UTF-8, UTF-16, GBK or Latin-1), Excel or Parquet, or a
            data frame of pandas or any other library that Narwhals knows.
        columns : mapping of str to str
            What a column is, to its name in the file: ``date`` and ``customer``; ``price`` (of one unit)
            or ``amount`` (the net amount of the line) or both, and then the amount counts; and any of
            ``order``, ``product``, ``category``, ``quantity``, ``discount``, ``cost`` (of one unit beside
            a price, else of the line), ``profit`` (of the line), ``source``, ``region``. Without
            ``order`` each row is an order.
        language : str, optional
            "en" or "zh"; that of the settings unless given.

        Raises
        ------
        CrmlabError
            Naming file, row, column, value and rule of all that is wrong; then nothing is loaded.

        Examples
        --------
        >>> sales = pd.DataFrame({"no": [1, 1, 2], "day": ["2024-01-31"] * 2 + ["2024-02-01"],
        ...                       "who": ["Ann", "Ann", "Bo"], "yuan": ["¥1,200.50", "30", "(30.00)"]})
        >>> columns = {"order": "no", "date": "day", "customer": "who", "amount": "yuan"}
        >>> company = Company.from_sales(sales, columns, language="en")
        >>> company.today
        Timestamp('2024-02-01 00:00:00')
        >>> company.order_lines["unit_price"].tolist(), company.order_lines["quantity"].tolist()
        ([1200.5, 30.0, 30.0], [1, 1, -1])
        """
        language = settings().language if language is None else language
        if language not in LANGUAGES:
            raise CrmlabError("settings.language", settings().language, value=language)
        _show_chinese(language)
        lines = understand(sales, columns, language)
        made = tables_of(lines, language)
        days = made.frames["order_lines"]["booked_at"].dt.normalize()
        return cls(
            made.frames,
            language=language,
            period=(days.min(), days.max()),
            origin=Origin(lines.file, (*lines.notes, *made.notes), made.lacks),
        )

    def checksums(self) -> dict[str, str]:
        """Return the SHA-256 of each table as `save` writes it."""
        return {name: files.checksum(files.to_csv(TABLES[name], self._pandas(name))) for name in self.raw}

    def __repr__(self) -> str:
        counts = self._counts()
        wide = max(len(name) for name, _, _ in counts)
        lines = [f"  {name:<{wide}} {rows:>7,}  {title}" for name, title, rows in counts]
        return "\n".join([self.headline, *lines])

    def _repr_html_(self) -> str:
        names = [say(f"company.repr_{name}", self.language) for name in ("table", "title", "rows")]
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        rows = "".join(
            f"<tr><td><code>{name}</code></td><td>{escape(title)}</td><td>{rows:,}</td></tr>"
            for name, title, rows in self._counts()
        )
        headline = escape(self.headline)
        return (
            f"<table><caption>{headline}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _counts(self) -> list[tuple[str, str, int]]:
        return [(name, TABLES[name].title.to(self.language), self.rows(name)) for name in self.raw]

    @property
    def headline(self) -> str:
        """What it is and from when to when, in a sentence."""
        period = {"start": self.start.date(), "today": self.today.date()}
        if self.origin is not None:
            return say("own.headline", self.language, source=self.origin.source, **period)
        if self.account is not None:
            return say("company.headline_account", self.language, account=self.account, **period)
        return say("company.headline", self.language, **period)


def open_company(
    seed: int = SEED,
    *,
    language: str | None = None,
    account: str | None = None,
    course: str | None = None,
    names: str | None = None,
) -> Company:
    """Return the company of the lab; what is not given comes from the settings.

    Parameters
    ----------
    seed : int
        Another seed is another company.
    language : str, optional
        "en" or "zh". Only words differ; ids, dates and amounts are equal in both.
    account : str, optional
        Your own account. It puts one more salesperson, you, into the company, with own customers and
        orders; all other rows stay as they are. The account of somebody in `employees` opens
        the company as that person sees it.
    course : str, optional
        A course has a company of its own.
    names : str, optional
        A locale of Faker such as "fr_FR", from which people's names and cities are taken. These words
        may differ between versions of Faker; everything else stays as it is.

    Examples
    --------
    >>> len(open_company(language="en").customers)
    800
    """
    found = settings()
    language = found.language if language is None else language
    if language not in LANGUAGES:
        raise CrmlabError("settings.language", found.language, value=language)
    account = found.account if account is None else account
    if account is not None:
        account = valid_account(account, language)
    course = found.course if course is None else course
    _show_chinese(language)
    return opened(_checked_seed(seed, language), language, account, course, names)


def _show_chinese(language: str) -> None:
    if language == "zh":
        from crmlab.fonts import use_chinese

        use_chinese()


def _checked_seed(seed: object, language: str) -> int:
    try:
        number = index(seed)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number < 0:
        raise CrmlabError("company.seed", language, value=seed)
    return number


def _card(store: stores.Store | connect.Place, spoken: str) -> _Card:
    """Return what is said about the company beside its tables; of a database nothing needs to be."""
    file = store.card_place
    try:
        found = store.card()
        if found is None:
            return _Card(spoken, SEED, None, origin=Origin(store.name, (say("own.no_card", spoken),)))
        card = _Card(found["language"], int(found["seed"]), found.get("account") or None)
        if "source" in found:
            card = card._replace(
                period=(pd.Timestamp(found["start"]), pd.Timestamp(found["today"])),
                origin=Origin(found["source"], tuple(found["notes"]), tuple(found["lacks"])),
            )
    except FileNotFoundError:
        raise CrmlabError("company.no_card", spoken, file=file) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CrmlabError("company.bad_card", spoken, file=file, reason=error) from None
    if card.language not in LANGUAGES:
        raise CrmlabError("company.bad_card", spoken, file=file, reason=card.language)
    return card


@lru_cache(maxsize=8)
def opened(
    seed: int,
    language: str,
    account: str | None = None,
    course: str | None = None,
    names: str | None = None,
) -> Company:
    """Return the company for these settings and no others, the same object each time."""
    world = _generated(*drawn_from(seed, account, course))
    tables = world.tables
    if names is not None:
        from crmlab.company.faker_names import renamed

        tables = renamed(tables, names, seed, language)
    raw = {name: to_frame(table, tables[name], language) for name, table in TABLES.items()}
    truth = {name: to_frame(TRUTH[name], columns, language) for name, columns in world.truth.items()}
    return Company(raw, language=language, seed=seed, account=account, course=course, truth=truth)


@lru_cache(maxsize=4)
def _generated(seed: int, account: str | None) -> World:
    return generate(seed) if account is None else with_account(_generated(seed, None), account)
