"""The analyses of the CRM: one function each, found by its name.

>>> from crmlab import open_company
>>> from crmlab.analysis import value_customers
>>> value_customers(open_company(language="en"), start="2025-01-01", end="2025-12-31", top=3)["rank"].tolist()
[1, 2, 3]
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from crmlab.analysis.filters import Filter

__all__ = ["Filter"]


def __getattr__(name: str) -> Any:
    # The import system asks here for a submodule before it looks for the file.
    here = Path(__file__)
    if name.startswith("_") or here.with_name(f"{name}.py").exists() or here.with_name(name).is_dir():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for entry in _entries():
        if entry.function.__name__ == name:
            globals()[name] = entry.function
            return entry.function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *(entry.function.__name__ for entry in _entries())])


def _entries() -> list[Any]:
    return import_module("crmlab.analysis.menu").entries()
