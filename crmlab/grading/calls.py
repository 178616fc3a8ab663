"""Where a notebook hands in an answer: the calls of `check` in the code of its cells.

The code is a stranger's: it is parsed, never run, and what cannot be parsed holds no call.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

#: What a check cell is made of; nothing of it is needed to compute an answer.
HELPERS = frozenset(
    {"check", "hint", "solution", "progress", "certificate", "my_account", "hand_in", "restore"}
)
#: Characters. Nobody checks an answer in a cell that is longer.
LONGEST = 20_000
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)


class HandedIn(NamedTuple):
    """A question, and the expression that is handed in for it."""

    question: str
    expression: str


def handed_in(source: str) -> list[HandedIn]:
    r"""Return what the calls of `check` in a cell hand in, in the order of the code.

    Examples
    --------
    >>> handed_in('top = 5\ncheck("1.5", top + 1)')
    [HandedIn(question='1.5', expression='top + 1')]
    """
    tree = _parsed(source) if "check" in source else None
    nodes = () if tree is None else ast.walk(tree)
    calls = [node for node in nodes if isinstance(node, ast.Call) and _name(node) == "check"]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [found for call in calls for found in _answer(call)]


def only_helps(source: str) -> bool:
    """Say whether a cell does nothing but check, hint, or show progress.

    Examples
    --------
    >>> only_helps('check("1.5", top)'), only_helps('top = 5; check("1.5", top)')
    (True, False)
    """
    tree = _parsed(source) if any(name in source for name in HELPERS) else None
    return tree is not None and all(
        isinstance(line, ast.Expr) and _name(line.value) in HELPERS for line in tree.body
    )


def _parsed(source: str) -> ast.Module | None:
    if len(source) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of a stranger's code is not for the grader
            return ast.parse(_MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _name(node: ast.AST) -> str:
    """Return the name of what is called: of ``check(…)`` and of ``crmlab.check(…)``."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _answer(call: ast.Call) -> Iterator[HandedIn]:
    given = {one.arg: one.value for one in call.keywords} | dict(
        zip(("number", "answer"), call.args, strict=False)
    )
    number, answer = given.get("number"), given.get("answer")
    if isinstance(number, ast.Constant) and answer is not None:
        try:
            yield HandedIn(str(number.value).strip(), ast.unparse(answer))
        except RecursionError:
            return
