"""The kinds of answers: how each is read, compared, and almost right.

A kind reads an answer leniently (`read`), compares strictly (`same`), and says what is wrong where
that can be said without giving the answer away (`near`).
"""

from __future__ import annotations

from crmlab.checks.kinds.base import Kind
from crmlab.checks.kinds.choice import Choice
from crmlab.checks.kinds.decision import Decision
from crmlab.checks.kinds.number import Number
from crmlab.checks.kinds.records import Ranking, Set
from crmlab.checks.kinds.shortlist import ShortList
from crmlab.checks.kinds.table import Table

__all__ = ["Choice", "Decision", "Kind", "Number", "Ranking", "Set", "ShortList", "Table"]
