"""The company that the lab looks at: its tables, its calendar, who is asking."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from html import escape
from operator import index
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import narwhals as nw
import pandas as pd

from crmlab.company import files
from crmlab.company.frames import in_yuan, to_frame
from crmlab.company.schema import TABLES, TRUTH
from crmlab.company.world import World, generate
from crmlab.company.world.calendar import START, TODAY
from crmlab.company.world.people import ACCOUNTS
from crmlab.company.world.streams import digest
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.locale import LANGUAGES, listed, say
from crmlab.settings import settings, valid_account

T = TypeVar("T")

SEED = 2026
#: The file beside the tables that says which company they are.
CARD = "company.toml"


class _Card(NamedTuple):
    language: str
    seed: int
    account: str | None


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


class Company:
    """A trading company as its CRM knows it.

    Each table is an attribute, as a pandas DataFrame of its own with money in yuan: `employees`,
    `customers`, `contacts`, `products`, `orders`, `order_lines`, `receipts`.

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

    start = pd.Timestamp(START, unit="D")
    today = pd.Timestamp(TODAY, unit="D")

    def __init__(
        self,
        raw: Mapping[str, Any],
        *,
        language: str,
        seed: int = SEED,
        account: str | None = None,
        course: str | None = None,
        truth: Mapping[str, pd.DataFrame] | None = None,
    ) -> None:
        self.raw = dict(raw)
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
        if isinstance(native, pd.DataFrame):
            return native
        return nw.from_native(native).lazy().collect("pandas").to_native()

    def _me(self) -> int:
        staff = self._pandas("employees")
        if self.account is not None:
            mine = staff[staff["account"].str.lower() == self.account.lower()]
        else:
            mine = staff[staff["region"].notna() & staff["left_on"].isna()]
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

    def cached(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return what ``build`` returned the first time that ``key`` was asked for."""
        if key not in self._cache:
            self._cache[key] = build()
        return self._cache[key]

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
        card = {"language": self.language, "seed": str(self.seed), "account": self.account or ""}
        lines = [f"{key} = {json.dumps(value)}" for key, value in card.items()]
        replace_file(folder / CARD, ("\n".join(lines) + "\n").encode("utf-8"))

    @classmethod
    def read(cls, folder: str | Path) -> Company:
        """Return the company that `save` wrote to ``folder``.

        Raises
        ------
        CrmlabError
            Naming file, row, column, value and rule of all that is wrong; then nothing is loaded.
        """
        folder = Path(folder)
        card = _card(folder / CARD)
        _show_chinese(card.language)
        frames = files.read_tables(folder, card.language)
        return cls(frames, language=card.language, seed=card.seed, account=card.account)

    def checksums(self) -> dict[str, str]:
        """Return the SHA-256 of each table as `save` writes it."""
        return {name: files.checksum(files.to_csv(TABLES[name], self._pandas(name))) for name in self.raw}

    def __repr__(self) -> str:
        counts = self._counts()
        wide = max(len(name) for name, _, _ in counts)
        lines = [f"  {name:<{wide}} {rows:>7,}  {title}" for name, title, rows in counts]
        return "\n".join([self._headline(), *lines])

    def _repr_html_(self) -> str:
        names = [say(f"company.repr_{name}", self.language) for name in ("table", "title", "rows")]
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        rows = "".join(
            f"<tr><td><code>{name}</code></td><td>{escape(title)}</td><td>{rows:,}</td></tr>"
            for name, title, rows in self._counts()
        )
        headline = escape(self._headline())
        return (
            f"<table><caption>{headline}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _counts(self) -> list[tuple[str, str, int]]:
        return [
            (name, TABLES[name].title.to(self.language), self.frame(name).select(nw.len()).collect().item())
            for name in self.raw
        ]

    def _headline(self) -> str:
        period = {"start": self.start.date(), "today": self.today.date()}
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


def _card(path: Path) -> _Card:
    """Return what ``company.toml`` says about the tables beside it."""
    spoken = settings().language
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        card = _Card(found["language"], int(found["seed"]), found["account"] or None)
    except FileNotFoundError:
        raise CrmlabError("company.no_card", spoken, file=path) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise CrmlabError("company.bad_card", spoken, file=path, reason=error) from None
    if card.language not in LANGUAGES:
        raise CrmlabError("company.bad_card", spoken, file=path, reason=card.language)
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
    is_new = account is not None and account.lower() not in ACCOUNTS
    world = _generated(
        seed if course is None else digest("course", seed, course), account if is_new else None
    )
    tables = world.tables
    if names is not None:
        from crmlab.company.faker_names import renamed

        tables = renamed(tables, names, seed, language)
    raw = {name: to_frame(table, tables[name], language) for name, table in TABLES.items()}
    truth = {name: to_frame(TRUTH[name], columns, language) for name, columns in world.truth.items()}
    return Company(raw, language=language, seed=seed, account=account, course=course, truth=truth)


@lru_cache(maxsize=4)
def _generated(seed: int, account: str | None) -> World:
    return generate(seed, account=account)
