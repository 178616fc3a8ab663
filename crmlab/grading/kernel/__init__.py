"""Run a stranger's notebook where it can harm nobody, and ask it for its answers.

`run`, `publish` and `wake` are all that the rest of the room needs. `contract` says what goes in and what
comes out, docs/security.md what is defended and how.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmlab.grading.kernel.contract import CellOutcome, Limits, Probe, Reply, RunResult
    from crmlab.grading.kernel.public import publish
    from crmlab.grading.kernel.running import run
    from crmlab.grading.kernel.starting import NotStartedError, wake

_HOMES = {
    "CellOutcome": "contract",
    "Limits": "contract",
    "NotStartedError": "starting",
    "Probe": "contract",
    "Reply": "contract",
    "RunResult": "contract",
    "publish": "public",
    "run": "running",
    "wake": "starting",
}
__all__ = [
    "CellOutcome",
    "Limits",
    "NotStartedError",
    "Probe",
    "Reply",
    "RunResult",
    "publish",
    "run",
    "wake",
]


# A kernel imports from here what it needs, and nothing of the grader's.
def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
