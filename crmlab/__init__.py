"""crmlab: learn customer relationship management with the data of a synthetic company.

>>> from crmlab import open_company
>>> company = open_company(language="en")
>>> len(company.customers)
800
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from crmlab import browser

if TYPE_CHECKING:
    from crmlab.analysis.filters import Filter
    from crmlab.checks import certificate, check, hint, progress, solution
    from crmlab.company.company import Company, open_company
    from crmlab.explore import explore
    from crmlab.work.account_form import my_account
    from crmlab.work.handin import hand_in
    from crmlab.work.restoring import restore

__version__ = "0.1.0"

__all__ = [
    "Company",
    "Filter",
    "certificate",
    "check",
    "explore",
    "hand_in",
    "hint",
    "my_account",
    "open_company",
    "progress",
    "restore",
    "solution",
]

# Each name is imported when it is first used, so that `import crmlab` costs nothing.
_HOMES = {
    "Company": "crmlab.company.company",
    "open_company": "crmlab.company.company",
    "Filter": "crmlab.analysis.filters",
    "explore": "crmlab.explore",
    "certificate": "crmlab.checks",
    "check": "crmlab.checks",
    "hint": "crmlab.checks",
    "solution": "crmlab.checks",
    "progress": "crmlab.checks",
    "my_account": "crmlab.work.account_form",
    "hand_in": "crmlab.work.handin",
    "restore": "crmlab.work.restoring",
}

if browser.HERE:
    from crmlab.fetching import fetch_when_imported

    fetch_when_imported()


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'crmlab' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    import_module("crmlab.analysis.menu")  # has what `Company.about` says of the analyses
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
