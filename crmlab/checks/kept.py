"""An answer as it is kept in the progress file, and back: so that it can be judged again elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crmlab.checks.answer import Answer, Column
from crmlab.company.company import Company

#: What says which company an answer is about.
ABOUT = ("seed", "account", "course")


def keep(answer: Answer, company: Company) -> dict[str, Any]:
    """Return ``answer`` as data for JSON, with the company that it is about.

    Examples
    --------
    >>> from crmlab import open_company
    >>> from crmlab.checks.answer import plain
    >>> kept = keep(plain(800), open_company(account="s2026017"))
    >>> kept["account"], kept["columns"]
    ('s2026017', [{'name': None, 'values': (800,), 'index': False}])
    """
    about = {name: getattr(company, name) for name in ABOUT}
    return about | {"form": answer.form, "columns": [dict(vars(column)) for column in answer.columns]}


def read(kept: Mapping[str, Any]) -> Answer:
    """Return the answer that was kept.

    Raises
    ------
    LookupError, TypeError, ValueError
        When this is none.
    """
    columns = tuple(Column(one["name"], tuple(one["values"]), bool(one["index"])) for one in kept["columns"])
    if not all(isinstance(value, _SCALAR) for column in columns for value in column.values):
        raise TypeError("a value that is no number, word or truth value")
    return Answer(kept["form"], "kept", columns)


_SCALAR = (bool, int, float, str, type(None))
