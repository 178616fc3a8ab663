"""The menu of analyses: one decorator puts a function into it, everything else is drawn from it.

An analysis is a function in any module of this package::

    @analysis(step=1, group=groups.CUSTOMERS, name=Text(...), about=Text(...), honours=("period", "source"),
              columns={"source": Heading(Text(...), "text"), ...}, finding=..., picture=...)
    def customer_statistics(company, conditions):
        ...

The function receives the company, the `Conditions` and its own parameters, all of them checked, and
returns a pandas frame with the declared columns. The screen, the command line, the docs and the tests
find it here; nothing else needs to be edited.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import json
import math
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from crmlab.analysis.charts import Picture
from crmlab.analysis.filters import Filter, combined, day, keywords, resolve, several
from crmlab.analysis.frames import rows_of
from crmlab.analysis.groups import Group
from crmlab.analysis.heading import Heading
from crmlab.analysis.own import Parameter
from crmlab.company import about
from crmlab.company.company import Company
from crmlab.company.files import SALES_TABLES
from crmlab.company.schema import TABLES
from crmlab.errors import CrmlabError
from crmlab.locale import Text, listed, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE = __name__.rpartition(".")[0]
FIELD_NAMES = tuple(field.name for field in fields(Filter))


@dataclass(frozen=True)
class Entry:
    """One analysis in the menu.

    Attributes
    ----------
    slug : str
        Its name on the command line: "value-customers".
    step : int or None
        The step of the experiment.
    group : Group
    name, about : Text
        Its title, and its definition in one sentence.
    honours : tuple of str
        The filters that it honours; "period" stands for start and end, and "end" alone is a day as of which
        something is stated.
    own : tuple of Own or Choice
        Its own parameters.
    columns : mapping of str to Heading
        The columns of its result, in order.
    needs : tuple of str
        Tables, and columns as ``table.column``, without which it cannot be made.
    function : callable
        What a student calls: ``function(company, filter=None, **own)``.
    sentence, picture : callable
        ``(result, company) -> str`` and ``(result, company) -> Picture``: see `finding` and `chart`.
    members : callable or None
        ``(company, conditions, **own) -> frame``: of the customers that rows of the result stand for the
        ``customer_id``, and those columns of the result that say in which row one is; of pandas or of
        Narwhals.
    """

    slug: str
    step: int | None
    group: Group
    name: Text
    about: Text
    honours: tuple[str, ...]
    own: tuple[Parameter, ...]
    columns: Mapping[str, Heading]
    needs: tuple[str, ...]
    function: Callable[..., pd.DataFrame]
    sentence: Callable[[pd.DataFrame, Company], str]
    picture: Callable[[pd.DataFrame, Company], Picture]
    members: Callable[..., pd.DataFrame | nw.LazyFrame] | None = None

    def missing(self, company: Company) -> list[str]:
        """Return what the analysis needs and ``company`` does not have, in the company's language.

        Examples
        --------
        >>> from crmlab import open_company
        >>> find("gift-list").missing(open_company(language="en"))
        []
        """
        return [_title(place, company.language) for place in self.needs if not company.knows(place)]

    def run(self, company: Company, filter: Filter | None = None, **own: Any) -> pd.DataFrame:
        """Return the result for ``company``.

        Examples
        --------
        >>> from crmlab import open_company
        >>> find(2).run(open_company(language="en"), top=3)["rank"].tolist()
        [1, 2, 3]
        """
        return self.function(company, filter, **own)

    def customers(
        self, company: Company, filter: Filter | None, row: Mapping[str, Any], **own: Any
    ) -> list[int]:
        """Return the numbers of the customers that a row of the result stands for.

        Examples
        --------
        >>> from crmlab import open_company
        >>> company, pyramid = open_company(language="en"), find("customer-pyramid")
        >>> row = pyramid.run(company).iloc[0]
        >>> bool(len(pyramid.customers(company, None, row)) == row["customers"])
        True
        """
        if self.members is None:
            return []
        name = self.name.to(company.language)
        conditions = resolve(company, filter or Filter(), self.honours, name)
        found = nw.from_native(self.members(company, conditions, **_own_values(self, own, company.language)))
        for column in set(found.collect_schema().names()) - {"customer_id"}:
            found = found.filter(nw.col(column) == row[column])
        return rows_of(found.lazy().select("customer_id"))["customer_id"]

    def finding(self, result: pd.DataFrame, company: Company) -> str:
        """Return the sentence that says what the result means, in the company's language."""
        return self.sentence(result, company)

    def chart(self, result: pd.DataFrame, company: Company) -> Figure:
        """Return the chart of the result, its finding as the title."""
        picture = self.picture(result, company)
        return picture.figure(self.finding(result, company), result.attrs.get("scope", ""), company.language)

    def alt(self, result: pd.DataFrame, company: Company) -> str:
        """Return what the chart shows, in words and numbers, for those who do not see it."""
        return (
            f"{self.finding(result, company)} {self.picture(result, company).alt(company.language)}".strip()
        )

    def code(self, filter: Filter | None = None, **own: Any) -> str:
        """Return the call that makes the result, ready to be pasted into a cell.

        Examples
        --------
        >>> print(find("value-customers").code(Filter(start="2025-01-01"), top=20))
        from crmlab.analysis import value_customers
        <BLANKLINE>
        value_customers(company, start="2025-01-01", top=20)
        """
        defaults = {own.name: own.default for own in self.own}
        given = {name: _literal(name, value) for name, value in (filter or Filter()).given().items()}
        given |= {name: _literal(name, value) for name, value in own.items() if value != defaults[name]}
        name = self.function.__name__
        parts = ["company", *(f"{key}={value}" for key, value in given.items())]
        call = f"{name}({', '.join(parts)})"
        if len(call) > 88:
            call = f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + ")"
        return f"from {PACKAGE} import {name}\n\n{call}"


def _title(place: str, language: str) -> str:
    """A table, or a column of a table, with its title."""
    table, _, column = place.partition(".")
    title = TABLES[table][column].title if column else TABLES[table].title
    return f"{title.to(language)} ({place})"


def _literal(name: str, value: Any) -> str:
    """``value`` as Python writes it, with double quotes; days as text."""
    if name in ("start", "end"):
        return f'"{day(value).date()}"'
    values = [item.item() if hasattr(item, "item") else item for item in several(value)]
    return json.dumps(values[0] if len(values) == 1 else values, ensure_ascii=False)


def analysis(
    *,
    group: Group,
    name: Text,
    about: Text,
    honours: tuple[str, ...],
    columns: Mapping[str, Heading],
    finding: Callable[[pd.DataFrame, Company], str],
    picture: Callable[[pd.DataFrame, Company], Picture],
    step: int | None = None,
    own: tuple[Parameter, ...] = (),
    needs: tuple[str, ...] = SALES_TABLES,
    members: Callable[..., pd.DataFrame | nw.LazyFrame] | None = None,
) -> Callable[[Callable[..., pd.DataFrame]], Callable[..., pd.DataFrame]]:
    """Put a function into the menu; the parameters are the attributes of `Entry`.

    What a student then calls checks what was typed, resolves the filter, and brings the result into
    the declared columns and dtypes.
    """

    def decorate(function: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
        @functools.wraps(function)
        def call(company: Any = None, filter: Filter | None = None, **given: Any) -> pd.DataFrame:
            if not isinstance(company, Company):
                raise CrmlabError("analysis.no_company", function=entry.function.__name__)
            if lacking := entry.missing(company):
                missing = listed(lacking, company.language)
                raise CrmlabError(
                    "own.unavailable", company.language, name=name.to(company.language), missing=missing
                )
            typed = {key: given.pop(key) for key in FIELD_NAMES if key in given}
            values = _own_values(entry, given, company.language)
            conditions = resolve(
                company, combined(filter, typed, company.language), honours, name.to(company.language)
            )
            found = function(company, conditions, **values)
            result = pd.DataFrame({key: head.cast(found[key]) for key, head in columns.items()})
            result = result.reset_index(drop=True)
            result.attrs["scope"] = found.attrs.get("scope", conditions.scope)
            return result

        entry = Entry(
            slug=function.__name__.replace("_", "-"),
            step=step,
            group=group,
            name=name,
            about=about,
            honours=honours,
            own=own,
            columns=columns,
            needs=needs,
            function=call,
            sentence=finding,
            picture=picture,
            members=members,
        )
        call.__signature__ = _signature(entry)  # type: ignore[attr-defined]
        call.entry = entry  # type: ignore[attr-defined]
        return call

    return decorate


def _signature(entry: Entry) -> inspect.Signature:
    """The signature of the call, for help and for completion in the notebook."""
    defaults = dict.fromkeys(keywords(entry.honours)) | {own.name: own.default for own in entry.own}
    parameter = inspect.Parameter
    return inspect.Signature(
        [
            parameter("company", parameter.POSITIONAL_OR_KEYWORD),
            parameter("filter", parameter.POSITIONAL_OR_KEYWORD, default=None),
            *(parameter(key, parameter.KEYWORD_ONLY, default=value) for key, value in defaults.items()),
        ]
    )


def _own_values(entry: Entry, given: Mapping[str, Any], language: str) -> dict[str, Any]:
    own = {parameter.name: parameter for parameter in entry.own}
    for key in given:
        if key not in own:
            takes = (*keywords(entry.honours), *own)
            near = difflib.get_close_matches(key, takes, n=1)
            raise CrmlabError(
                "analysis.no_such_keyword_near" if near else "analysis.no_such_keyword",
                language,
                function=entry.function.__name__,
                keyword=key,
                near=listed(near, language),
                takes=listed(takes, language),
            )
    return {key: own[key].checked(given.get(key, own[key].default), language) for key in own}


@functools.cache
def entries() -> list[Entry]:
    """Return the analyses of all modules of this package, in the order of the menu.

    Examples
    --------
    >>> [entry.slug for entry in entries()][:2]
    ['customer-statistics', 'value-customers']
    """
    found: dict[str, Entry] = {}
    for module in pkgutil.iter_modules(import_module(PACKAGE).__path__):
        for value in vars(import_module(f"{PACKAGE}.{module.name}")).values():
            entry = getattr(value, "entry", None)
            if isinstance(entry, Entry):
                found[entry.slug] = entry
    return sorted(found.values(), key=lambda entry: (entry.group.order, entry.step or math.inf, entry.slug))


def find(key: str | int, language: str | None = None) -> Entry:
    """Return the analysis with this slug, step, function name or title.

    Examples
    --------
    >>> find(1) is find("customer-statistics") is find("customer_statistics")
    True
    """
    known = {word: entry for entry in entries() for word in _words(entry)}
    folded = str(key).strip().casefold()
    if folded in known:
        return known[folded]
    slugs = [entry.slug for entry in entries()]
    near = [known[word].slug for word in difflib.get_close_matches(folded, known, n=3)]
    raise CrmlabError(
        "analysis.did_you_mean" if near else "analysis.choose",
        language,
        value=key,
        near=listed(dict.fromkeys(near), language or "en"),
        slugs=listed(slugs, language or "en"),
    )


def offered(company: Company) -> dict[str, tuple[str, ...]]:
    """Return a sentence for each analysis, by whether it can be made of ``company``."""
    language = company.language
    available, other = [], []
    for entry in entries():
        name, lacking = entry.name.to(language), entry.missing(company)
        if lacking:
            other.append(say("own.needs", language, name=name, missing=listed(lacking, language)))
        else:
            available.append(f"{name} · {entry.function.__name__}(company)")
    return {"available": tuple(available), "unavailable": tuple(other)}


about.further.append(offered)


def _words(entry: Entry) -> list[str]:
    words = [entry.slug, entry.function.__name__, *entry.name]
    if entry.step is not None:
        words.append(str(entry.step))
    return [word.casefold() for word in words]
