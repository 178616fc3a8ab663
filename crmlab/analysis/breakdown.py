"""Lines of sales by group: every group of the CRM's list is a row, also without a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd

from crmlab.analysis.filters import FIELDS, Conditions
from crmlab.analysis.frames import collected, sales
from crmlab.analysis.lines import dated_categories, with_categories_then
from crmlab.analysis.own import Choice
from crmlab.analysis.periods import EVERY, periods, slot_of
from crmlab.company.schema import ROLES, TABLES, UNKNOWN
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: The fields of the filter bar that say something about a customer, and about a product.
_OF_CUSTOMERS = ("owner", "customer", "source", "industry", "region")
_OF_PRODUCTS = ("major_category", "minor_category", "product")

#: In whose words to group: those of the day, or those of today.
CATEGORIES = Choice(
    "categories",
    Text("Categories as of", "产品分类口径"),
    "then",
    {"then": Text("the day of booking", "入账当日"), "today": Text("today", "当前")},
)


@dataclass(frozen=True)
class Dimension:
    """What lines can be grouped by.

    Attributes
    ----------
    word : Text
    column : str
        Of the prepared lines.
    groups : callable
        ``(company, conditions, found) -> DataFrame`` with ``key`` (a value of the column), ``group_id``,
        ``group`` and perhaps ``start``: a row for every group, in the order of the CRM's list; ``found``
        are the keys that have a line.
    """

    word: Text
    column: str
    groups: Callable[[Company, Conditions, Sequence[object]], pd.DataFrame]


def by_group(
    company: Company,
    conditions: Conditions,
    amounts: Sequence[str],
    by: str,
    categories: str,
) -> pd.DataFrame:
    """Sum the ``amounts`` (columns in cents) of the lines of sales by group.

    Returns
    -------
    pandas.DataFrame
        ``group_id`` (missing unless the group has a number), ``group``, ``start`` (missing unless the group
        is a period) and the amounts: a row for every group, in the order of the CRM's list.
    """
    dimension = DIMENSIONS[by]
    column, groups_of = dimension.column, dimension.groups
    frame = sales(company, conditions, *amounts, column)
    if by in EVERY:
        frame = frame.with_columns(slot_of("booked_at", by).alias(column))
    elif by == "total":
        frame = frame.with_columns(nw.lit(0).alias(column))
    elif by in _CATEGORIES and categories == "then" and company.knows("product_categories"):
        frame = with_categories_then(company, sales(company, conditions, *amounts, *_CATEGORIES))
        column, groups_of = f"{by}_then", _categories_then(by)
    frame = conditions.keep(frame, "booked_at")
    if by in ("source", "region", "industry"):
        frame = frame.with_columns(nw.col(column).fill_null(UNKNOWN.to(company.language)))
    found = collected(
        frame.group_by(column).agg(nw.col(*amounts).sum()).with_columns(nw.col(*amounts).cast(nw.Int64))
    ).set_index(column)
    groups = groups_of(company, conditions, found.index.tolist())
    sums = found.reindex(groups["key"], fill_value=0).reset_index(drop=True)
    result = pd.concat([groups, sums], axis=1)
    if "group_id" not in groups:
        result["group_id"] = pd.array([None] * len(groups), dtype="Int64")
    if "start" not in groups:
        result["start"] = pd.NaT
    return result


def largest_first(groups: pd.DataFrame, amount: str) -> pd.DataFrame:
    """Return ``groups`` by ``amount``, ties in the order in which they are; periods stay in theirs."""
    if groups["start"].notna().any():
        return groups
    return groups.sort_values(amount, ascending=False, kind="stable", ignore_index=True)


def _total(company: Company, conditions: Conditions, found: Sequence[object]) -> pd.DataFrame:
    return pd.DataFrame({"key": [0], "group": [Text("Total", "合计").to(company.language)]})


def _periods(every: str) -> Callable[[Company, Conditions, Sequence[object]], pd.DataFrame]:
    def groups(company: Company, conditions: Conditions, found: Sequence[object]) -> pd.DataFrame:
        touched = periods(conditions, every)
        return pd.DataFrame({"key": touched["slot"], "group": touched["period"], "start": touched["start"]})

    return groups


def _words(name: str) -> Callable[[Company, Conditions, Sequence[object]], pd.DataFrame]:
    """The words of the CRM's list that the filter leaves, and the unknown one."""
    field = FIELDS[name]

    def groups(company: Company, conditions: Conditions, found: Sequence[object]) -> pd.DataFrame:
        unknown = UNKNOWN.to(company.language)
        words: list[str | None] = [
            word.to(company.language) for word in company.choices(field.table, field.value)
        ]
        words += [None] if TABLES[field.table][field.value].nullable else []
        chosen = conditions.chosen.get(name, words)
        keys = dict.fromkeys(unknown if word is None else word for word in words if word in chosen)
        return pd.DataFrame({"key": list(keys), "group": list(keys)}, dtype=object)

    return groups


def _only(conditions: Conditions, names: Sequence[str]) -> Conditions:
    """The conditions on these fields."""
    chosen = {name: values for name, values in conditions.chosen.items() if name in names}
    return replace(conditions, chosen=chosen)


def _customers(company: Company, conditions: Conditions, found: Sequence[object]) -> pd.DataFrame:
    customers = company.frame("customers")
    kept = _only(conditions, _OF_CUSTOMERS).match(customers)
    rows = collected(kept.select("customer_id", "name")).sort_values("customer_id")
    return _numbered(rows["customer_id"], rows["name"])


def _products(company: Company, conditions: Conditions, found: Sequence[object]) -> pd.DataFrame:
    kept = _only(conditions, _OF_PRODUCTS).match(company.frame("products"))
    rows = collected(kept.select("product_id", "name")).sort_values("product_id")
    return _numbered(rows["product_id"], rows["name"])


def _people(name: str) -> Callable[[Company, Conditions, Sequence[object]], pd.DataFrame]:
    """Every salesperson, and whoever else has a line."""

    def groups(company: Company, conditions: Conditions, found: Sequence[object]) -> pd.DataFrame:
        people = collected(company.frame("employees").select("employee_id", "name", "role"))
        people = people.sort_values("employee_id")
        sells = people["role"].isin(list(ROLES[0]))
        chosen = conditions.chosen.get(name, people["employee_id"])
        here = (sells | people["employee_id"].isin(found)) & people["employee_id"].isin(chosen)
        return _numbered(people.loc[here, "employee_id"], people.loc[here, "name"])

    return groups


def _numbered(ids: pd.Series, names: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {"key": ids.to_numpy(), "group_id": ids.to_numpy(), "group": names.to_numpy(dtype=object)}
    )


def _catalogue(rows: pd.DataFrame, level: str) -> pd.DataFrame:
    """The categories of ``rows``, each where its first product stands."""
    words = rows.sort_values("product_id", kind="stable")[level].drop_duplicates().to_numpy(dtype=object)
    return pd.DataFrame({"key": words, "group": words})


def _categories_today(level: str) -> Callable[[Company, Conditions, Sequence[object]], pd.DataFrame]:
    def groups(company: Company, conditions: Conditions, found: Sequence[object]) -> pd.DataFrame:
        kept = _only(conditions, _OF_PRODUCTS).match(company.frame("products"))
        return _catalogue(collected(kept.select("product_id", level)), level)

    return groups


def _categories_then(level: str) -> Callable[[Company, Conditions, Sequence[object]], pd.DataFrame]:
    """The categories that stood in the catalogue on some day of the period."""

    def groups(company: Company, conditions: Conditions, found: Sequence[object]) -> pd.DataFrame:
        kept = _only(conditions, _OF_PRODUCTS).match(company.frame("products")).select("product_id", level)
        history = dated_categories(company).select(
            "product_id", "valid_from", "valid_until", nw.col(level).alias("then")
        )
        stood = collected(kept.join(history, on="product_id", how="left"))
        begun = stood["valid_from"].isna() | (stood["valid_from"] <= conditions.end)
        ended = stood["valid_until"].notna() & (stood["valid_until"] <= conditions.start)
        stood = stood[begun & ~ended].sort_values(["product_id", "valid_until"])
        return _catalogue(stood.assign(**{level: stood["then"].fillna(stood[level])}), level)

    return groups


_CATEGORIES = {
    "major_category": Text("major category", "产品大分类"),
    "minor_category": Text("minor category", "产品小分类"),
}

DIMENSIONS: dict[str, Dimension] = {
    "total": Dimension(Text("whole company", "全公司"), "whole", _total),
    **{every: Dimension(word, "slot", _periods(every)) for every, word in EVERY.items()},
    "source": Dimension(Text("source", "客户来源"), "source", _words("source")),
    "customer": Dimension(Text("customer", "客户"), "customer_id", _customers),
    **{level: Dimension(word, level, _categories_today(level)) for level, word in _CATEGORIES.items()},
    "product": Dimension(Text("product", "产品"), "product_id", _products),
    "region": Dimension(Text("region", "地区"), "region", _words("region")),
    "industry": Dimension(Text("industry", "行业"), "industry", _words("industry")),
    "owner": Dimension(Text("owner", "负责人"), "owner_id", _people("owner")),
    "recorder": Dimension(Text("recorder", "记录操作者"), "recorder_id", _people("recorder")),
}


def groups_of_products(company: Company, conditions: Conditions, by: str) -> pd.DataFrame:
    """Return the groups of today's catalogue that the filter leaves, in its order.

    Returns
    -------
    pandas.DataFrame
        ``key`` (a value of the dimension's column), ``group_id`` (of a product), ``group``.
    """
    groups = DIMENSIONS[by].groups(company, conditions, [])
    return groups.reindex(columns=["key", "group_id", "group"])


def choice(default: str, *names: str) -> Choice:
    """Return the parameter ``by`` with these dimensions; with all of them unless some are named."""
    return Choice("by", Text("By", "分组"), default, {by: DIMENSIONS[by].word for by in names or DIMENSIONS})
