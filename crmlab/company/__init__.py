"""The company: one small trading company, synthetic to the last row."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmlab.company.company import Company, open_company

__all__ = ["Company", "open_company"]


# Processes that only generate need no tables for people, and pandas takes half a second to import.
def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'crmlab.company' has no attribute {name!r}")
    return getattr(import_module("crmlab.company.company"), name)
