"""The words of a column in both languages, so that code can name a label in either."""

from __future__ import annotations

from functools import cache

from crmlab.company.schema import TABLES
from crmlab.company.world.naming import cities
from crmlab.company.world.products import catalogue
from crmlab.locale import Text

_OF_PRODUCTS = {"name": "name", "major_category": "majors", "minor_category": "minors", "unit": "units"}


@cache
def words(table: str, column: str) -> tuple[Text, ...]:
    """Return the labels of a column in both languages; none for a column whose words are free.

    Examples
    --------
    >>> words("products", "major_category")[0]
    Text(en='Office equipment', zh='办公设备')
    >>> words("customers", "source")[0].zh
    '客户介绍'
    """
    if table == "products" and column in _OF_PRODUCTS:
        return tuple(dict.fromkeys(catalogue()[_OF_PRODUCTS[column]]))
    if (table, column) == ("customers", "city"):
        return cities()
    return TABLES[table][column].choices
