"""The Analysis page of the CRM, live in a notebook.

It is drawn from `crmlab.analysis.menu` alone and knows no analysis by name.
"""

from __future__ import annotations

import logging
import sys
from types import ModuleType
from typing import Any

from crmlab.analysis.filters import Filter
from crmlab.analysis.menu import entries, find
from crmlab.company.company import Company, open_company
from crmlab.errors import CrmlabError
from crmlab.explore.page import Page

__all__ = ["Page", "explore"]

# As the logging manual asks of a library: silent unless somebody wants to read along.
logging.getLogger("crmlab").addHandler(logging.NullHandler())


def explore(
    company: Company | None = None,
    analysis: str | int | None = None,
    filter: Filter | None = None,
    **filters_and_own: Any,
) -> Page:
    """Show the Analysis page.

    Parameters
    ----------
    company : Company, optional
        The company of the settings unless given.
    analysis : str or int, optional
        The screen to open on: its name, or its step in the experiment; the first in the menu unless given.
    filter : Filter, optional
        The conditions to start with.
    **filters_and_own
        The fields of `Filter`, and the analysis's own parameters.

    Returns
    -------
    Page
        A widget; ``page.result`` is the table that it shows.

    Raises
    ------
    CrmlabError
        For an analysis, a filter or a value that does not exist.

    Examples
    --------
    >>> from crmlab import explore, open_company
    >>> page = explore(open_company(language="en"), "value-customers", start="2025-01-01", top=3)
    >>> page.result["rank"].tolist()
    [1, 2, 3]
    """
    company = open_company() if company is None else company
    if not isinstance(company, Company):
        raise CrmlabError("explore.no_company", value=company)
    entry = entries()[0] if analysis is None else find(analysis, company.language)
    return Page(company, entry, filter, **filters_and_own)


class _Callable(ModuleType):
    """The package, which can be called like the function of its name.

    ``from crmlab import explore`` is the function, unless something imported the package before: Python
    then puts the package there. A student must not see the difference.
    """

    def __call__(self, *arguments: Any, **keywords: Any) -> Page:
        return explore(*arguments, **keywords)


sys.modules[__name__].__class__ = _Callable
