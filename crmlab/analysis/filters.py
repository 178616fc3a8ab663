"""The filter bar of the CRM: one `Filter` for all analyses, and what it selects in one company."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis.frames import rows_of
from crmlab.company.schema import TABLES, UNKNOWN
from crmlab.company.words import words as words_of
from crmlab.errors import CrmlabError
from crmlab.locale import Text, listed, say

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: A day as people write it: 2025-01-31, 2025/1/31 or 2025年1月31日, perhaps with a time of day behind it.
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]\d{1,2}:.*)?")
#: A message names at most so many values to choose from.
SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What an analysis looks at. What is left out is not restricted.

    Parameters
    ----------
    start, end : str or date, optional
        First and last day, both included; the whole history of the company unless given.
    recorder : str or int, or several, optional
        Who keyed the record in: number, name or account of an employee.
    owner : str or int, or several, optional
        Who looks after the customer today: number, name or account of an employee.
    customer, product : str or int, or several, optional
        Number or name.
    source, industry, region, major_category, minor_category : str, or several, optional
        The word in either language, so that code is the same in both editions. "Unknown" (未知)
        selects customers whose source nobody noted.

    Examples
    --------
    >>> Filter(start="2025-01-01", end="2025-12-31", source=["Website", "未知"]).source
    ['Website', '未知']
    """

    start: Any = None
    end: Any = None
    recorder: Any = None
    owner: Any = None
    customer: Any = None
    source: Any = None
    industry: Any = None
    region: Any = None
    major_category: Any = None
    minor_category: Any = None
    product: Any = None

    def __new__(cls, **given: Any) -> Filter:
        """Say in a sentence, not in a traceback, that there is no such field."""
        names = [field.name for field in fields(cls)]
        for name in given:
            if name not in names:
                raise CrmlabError("filters.no_such_field", field=name, fields=", ".join(names))
        return super().__new__(cls)

    def given(self) -> dict[str, Any]:
        """Return the fields that restrict something, by name.

        Examples
        --------
        >>> Filter(region="East China", source=[]).given()
        {'region': 'East China'}
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if several(value)}


@dataclass(frozen=True)
class Field:
    """One field of the filter bar that chooses values.

    Attributes
    ----------
    title : Text
        Its name on the screen.
    column : str
        What it restricts in the prepared frames of `crmlab.analysis.frames`.
    table, value : str
        The table that its values are looked up in, and the column that holds them.
    words : tuple of str
        The columns of that table by which a person may name a value.
    """

    title: Text
    column: str
    table: str
    value: str
    words: tuple[str, ...]


def _label(title: Text, table: str, column: str) -> Field:
    return Field(title, column, table, column, (column,))


FIELDS: dict[str, Field] = {
    "recorder": Field(
        Text("recorder", "记录操作者"), "recorder_id", "employees", "employee_id", ("name", "account")
    ),
    "owner": Field(Text("owner", "负责人"), "owner_id", "employees", "employee_id", ("name", "account")),
    "customer": Field(Text("customer", "客户"), "customer_id", "customers", "customer_id", ("name",)),
    "source": _label(Text("source", "客户来源"), "customers", "source"),
    "industry": _label(Text("industry", "行业"), "customers", "industry"),
    "region": _label(Text("region", "地区"), "customers", "region"),
    "major_category": _label(Text("major category", "产品大分类"), "products", "major_category"),
    "minor_category": _label(Text("minor category", "产品小分类"), "products", "minor_category"),
    "product": Field(Text("product", "产品"), "product_id", "products", "product_id", ("name",)),
}


@dataclass(frozen=True)
class Conditions:
    """A `Filter` resolved for one company: days, and the values of each restricted column.

    Attributes
    ----------
    start, end : pandas.Timestamp
        First and last day, both included, within the company's history.
    chosen : mapping of str to tuple
        Field name to ids or labels; None among them stands for a missing value.
    scope : str
        The same for people, in the company's language.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    chosen: Mapping[str, tuple[Any, ...]]
    scope: str

    @property
    def first(self) -> datetime:
        """The first moment of the period."""
        return self.start.to_pydatetime()

    @property
    def after(self) -> datetime:
        """The first moment after the period: what happened on the last day was before it."""
        return self.end.to_pydatetime() + timedelta(days=1)

    @property
    def columns(self) -> tuple[str, ...]:
        """What `match` restricts."""
        return tuple(FIELDS[name].column for name in self.chosen)

    @property
    def everybody(self) -> Conditions:
        """The same days of everybody and everything."""
        return replace(self, chosen={})

    def keep(self, frame: nw.LazyFrame, time: str) -> nw.LazyFrame:
        """Return the rows of ``frame`` that meet the conditions, with column ``time`` in the period."""
        return frame.filter(nw.col(time) >= self.first, nw.col(time) < self.after, *self._met)

    def match(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Return the rows of ``frame`` that meet the conditions, whenever they happened."""
        return frame.filter(*self._met) if self.chosen else frame

    @property
    def _met(self) -> list[nw.Expr]:
        return [_is_one_of(FIELDS[name].column, values) for name, values in self.chosen.items()]


def _is_one_of(column: str, values: tuple[Any, ...]) -> nw.Expr:
    known = nw.col(column).is_in([value for value in values if value is not None])
    return known | nw.col(column).is_null() if None in values else known


def several(value: Any) -> list[Any]:
    """Return ``value`` as a list: nothing, one value, or the values of a list, Series or the like."""
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def combined(filter: Filter | None, keywords: Mapping[str, Any], language: str) -> Filter:
    """Return ``filter`` with the fields in ``keywords`` put in place of its own."""
    if filter is not None and not isinstance(filter, Filter):
        raise CrmlabError("filters.not_a_filter", language, value=filter)
    return replace(filter or Filter(), **keywords)


def resolve(company: Company, filter: Filter, honours: tuple[str, ...], analysis: str) -> Conditions:
    """Turn what a person wrote into conditions on the tables of ``company``.

    Parameters
    ----------
    company : Company
    filter : Filter
    honours : tuple of str
        The fields that the analysis honours; "period" stands for start and end, "end" alone for a day
        as of which something is stated.
    analysis : str
        Its name, for messages.

    Raises
    ------
    CrmlabError
        For a field that is not honoured, a day that is none, a period that is reversed or outside the
        company's history, and a value that the company does not have.
    """
    given = filter.given()
    honoured = keywords(honours)
    for name in given:
        if name not in honoured:
            raise CrmlabError(
                "filters.not_honoured",
                company.language,
                analysis=analysis,
                field=name,
                honours=listed(honoured, company.language),
            )
    start, end = _period(company, given)
    chosen = {
        # A person may name one value twice, by its number and by its name.
        name: tuple(
            dict.fromkeys(
                value for written in several(given[name]) for value in _find(company, name, written)
            )
        )
        for name in FIELDS
        if name in given
    }
    key = "scope_period" if "start" in honoured else "scope_as_of" if "end" in honoured else "scope_always"
    return Conditions(start, end, chosen, scope_of(company, chosen, start, end, key))


def keywords(honours: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``honours`` as the keywords that a person types: "period" is start and end.

    Examples
    --------
    >>> keywords(("period", "source"))
    ('start', 'end', 'source')
    """
    return tuple(word for name in honours for word in (("start", "end") if name == "period" else (name,)))


def day(value: Any, language: str | None = None) -> pd.Timestamp:
    """Return the calendar day that ``value`` means.

    Examples
    --------
    >>> day("2025/1/31")
    Timestamp('2025-01-31 00:00:00')
    """
    if isinstance(value, str):
        found = DAY.fullmatch(value.strip())
        parts = tuple(map(int, found.groups())) if found else ()
    elif isinstance(value, np.datetime64):
        return day(pd.Timestamp(value), language)
    elif isinstance(value, date) and not pd.isna(value):  # a datetime is a date, a Timestamp too, and NaT
        parts = (value.year, value.month, value.day)
    else:
        parts = ()
    try:
        return pd.Timestamp(datetime(*parts))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise CrmlabError("filters.not_a_date", language, value=value) from None


def _period(company: Company, given: Mapping[str, Any]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The period asked for, as far as there are records."""
    language = company.language
    start = day(given["start"], language) if "start" in given else company.start
    end = day(given["end"], language) if "end" in given else company.today
    asked = {"start": start.date(), "end": end.date()}
    if "start" in given and "end" in given and end < start:
        raise CrmlabError("filters.period_reversed", language, **asked)
    if end < company.start or start > company.today:
        raise CrmlabError(
            "filters.period_outside",
            language,
            first=company.start.date(),
            last=company.today.date(),
        )
    return max(start, company.start), min(end, company.today)


@dataclass(frozen=True)
class _Lookup:
    """The values that one field has in one company.

    Attributes
    ----------
    words : mapping of str to list
        Each word that a person may use, case-folded → the values that it names.
    shown : mapping of value to str
        Each value → the word for it on the screen.
    """

    words: Mapping[str, list[Any]]
    shown: Mapping[Any, str]


def _lookup(company: Company, name: str) -> _Lookup:
    return company.cached(f"filters.{name}", lambda: _build_lookup(company, FIELDS[name]))


def _build_lookup(company: Company, field: Field) -> _Lookup:
    language = company.language
    column = TABLES[field.table][field.value]
    pairs: list[tuple[str, Any]] = []  # for each value, the word that is shown comes first
    if choices := company.choices(field.table, field.value):
        pairs += [(word, text.to(language)) for text in choices for word in (text.to(language), *text)]
    else:
        pairs += _pairs(company, field)
        both = {word: text for text in words_of(field.table, field.words[0]) for word in text}
        pairs += [(other, value) for word, value in pairs for other in both.get(word, ())]
    if column.nullable:
        pairs += [(word, None) for word in (UNKNOWN.to(language), *UNKNOWN)]
    words: dict[str, list[Any]] = {}
    shown: dict[Any, str] = {}
    for word, value in pairs:
        shown.setdefault(value, word)
        named = words.setdefault(word.strip().casefold(), [])
        if value not in named:
            named.append(value)
    return _Lookup(words, shown)


def _find(company: Company, name: str, written: Any) -> list[Any]:
    """The values of field ``name`` that a person means by ``written``."""
    lookup = _lookup(company, name)
    folded = str(written).strip().casefold()
    if folded in lookup.words:
        return lookup.words[folded]
    if folded.isdecimal() and int(folded) in lookup.shown:
        return [int(folded)]
    raise _not_found(company, name, str(written))


def _pairs(company: Company, field: Field) -> list[tuple[str, Any]]:
    """Each word in the table with the value it names."""
    names = list(dict.fromkeys((field.value, *field.words)))
    rows = rows_of(company.frame(field.table).select(names).unique().sort(names))
    return [
        (word, value)
        for column in field.words
        for word, value in zip(rows[column], rows[field.value], strict=True)
    ]


def _not_found(company: Company, name: str, written: str) -> CrmlabError:
    language = company.language
    lookup = _lookup(company, name)
    folded = written.strip().casefold()
    near = [word for word in lookup.words if folded and folded in word]
    near += difflib.get_close_matches(folded, lookup.words, n=3, cutoff=0.5)
    meant = dict.fromkeys(lookup.shown[value] for word in near for value in lookup.words[word])
    blanks = {"field": FIELDS[name].title.to(language), "value": written}
    if meant:
        return CrmlabError("filters.did_you_mean", language, near=listed(list(meant)[:3], language), **blanks)
    if len(lookup.shown) <= SHOWN:
        return CrmlabError(
            "filters.choose", language, words=listed(lookup.shown.values(), language), **blanks
        )
    return CrmlabError("filters.look_up", language, table=FIELDS[name].table, **blanks)


def scope_of(
    company: Company,
    chosen: Mapping[str, Any],
    start: pd.Timestamp,
    end: pd.Timestamp,
    key: str = "scope_period",
) -> str:
    """Return for people what ``chosen`` and a period select, in the company's language."""
    language = company.language
    parts = [say(f"filters.{key}", language, start=start.date(), end=end.date())]
    for name, values in chosen.items():
        words = listed([_lookup(company, name).shown[value] for value in values], language)
        field = FIELDS[name].title.to(language)
        parts.append(say("filters.scope_field", language, field=field, values=words))
    return " · ".join(parts)
