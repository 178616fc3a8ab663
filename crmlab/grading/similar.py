"""Places to look: code that is suspiciously alike, and answers that are right for somebody else.

Neither proves anything. Code is compared by winnowing (Schleimer, Wilkerson and Aiken 2003): of the hashes
of all runs of tokens the least of each window is kept, so that a passage of `K` + `WINDOW` - 1 tokens
that two notebooks share is always found, whatever stands around it and however its variables are called.
"""

from __future__ import annotations

import io
import json
import keyword
import math
import tokenize
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias
from zlib import crc32

from crmlab.grading.gradebook import Row

#: Tokens in a run, and runs in a window.
K, WINDOW = 10, 6
#: So many prints must be shared, and so large a part of the shorter notebook's own.
LEAST_PRINTS, LEAST_SHARE = 8, 0.5
#: What more students than this share is an idiom: so many, or this part of the class.
COMMON, COMMON_SHARE = 5, 0.1
#: An answer tells something with so many values, or as a number of so many digits.
TELLING_VALUES, TELLING_DIGITS = 3, 4
_LEFT_OUT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip

#: The code of a notebook, cell by cell.
Code: TypeAlias = Sequence[str]


@dataclass(frozen=True)
class Alike:
    """Two notebooks whose code is alike.

    Attributes
    ----------
    students : tuple of str
        The two accounts.
    share : float
        Part of the shorter one's own prints that the other one has too.
    """

    students: tuple[str, str]
    share: float


@dataclass(frozen=True)
class Borrowed:
    """Wrong answers that are right for somebody else.

    Attributes
    ----------
    student : str
        Who handed them in.
    owner : str
        For whom they are right.
    questions : tuple of str
    """

    student: str
    owner: str
    questions: tuple[str, ...]


def alike(codes: Mapping[str, Code], handed_out: Code) -> list[Alike]:
    """Return the pairs whose code is alike, the most alike first.

    Parameters
    ----------
    codes : mapping of str to sequence of str
        Account to the cells handed in for one lab.
    handed_out : sequence of str
        The cells that everybody was given; they count for nobody.

    Examples
    --------
    >>> code = "top = sales[sales.year == 2025].groupby('customer').net.sum().nlargest(20).index.tolist()"
    >>> codes = {"amy": [9 * code], "bob": [9 * code.replace("top", "best")], "eve": ["sales.head()"]}
    >>> alike(codes, handed_out=[])
    [Alike(students=('amy', 'bob'), share=1.0)]
    """
    given = {run for cell in handed_out for run in _runs(tokens(cell))}
    prints = {
        student: {one for cell in cells for one in winnowed(_runs(tokens(cell)))} - given
        for student, cells in codes.items()
    }
    owners: dict[int, list[str]] = defaultdict(list)
    for student, own in prints.items():
        for one in own:
            owners[one].append(student)
    most = max(COMMON, COMMON_SHARE * len(codes))
    rare = {one: students for one, students in owners.items() if len(students) <= most}
    size = Counter(student for students in rare.values() for student in students)
    shared = Counter(pair for students in rare.values() for pair in combinations(sorted(students), 2))
    found = [
        Alike((first, second), round(count / min(size[first], size[second]), 2))
        for (first, second), count in shared.items()
        if count >= LEAST_PRINTS
    ]
    return sorted(
        (one for one in found if one.share >= LEAST_SHARE), key=lambda one: (-one.share, one.students)
    )


def tokens(code: str) -> list[str]:
    """Return what code is made of, without what is easily changed: names of variables, texts, numbers.

    Names of attributes and functions stay; they say what is done.

    Examples
    --------
    >>> tokens("top = sales.head(20)  # mine") == tokens("best = orders.head(5)")
    True
    """
    found: list[str] = []
    for token in _tokenized(code):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            found.append(token.string if found[-1:] == ["."] else "name")
        elif token.type == tokenize.NUMBER:
            found.append("0")
        elif token.type == tokenize.OP:
            if token.string == "(" and found[-1:] == ["name"]:
                found[-1] = "function"
            found.append(token.string)
        elif token.type not in _LEFT_OUT:
            found.append("text" if token.type == tokenize.STRING else token.string)
    return found


def _tokenized(code: str) -> list[tokenize.TokenInfo]:
    """Return the tokens of ``code`` as far as it is Python."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python thinks of a stranger's code is not for the grader
        try:
            for token in tokenize.generate_tokens(io.StringIO(code).readline):
                found.append(token)
        except (tokenize.TokenError, SyntaxError, ValueError, SystemError):
            pass  # a zero byte is a SystemError to Python 3.13
    return found


def _runs(found: Sequence[str]) -> list[int]:
    """Return the hash of every run of `K` tokens."""
    return [crc32(" ".join(found[at : at + K]).encode()) for at in range(len(found) - K + 1)]


def winnowed(hashes: Sequence[int]) -> set[int]:
    """Return the least hash of every window.

    Examples
    --------
    >>> sorted(winnowed([77, 74, 42, 17, 98, 50, 17, 98]))
    [17]
    """
    if len(hashes) <= WINDOW:
        return {min(hashes)} if hashes else set()
    return {min(hashes[at : at + WINDOW]) for at in range(len(hashes) - WINDOW + 1)}


def borrowed(rows: Iterable[Row]) -> list[Borrowed]:
    """Return whose wrong answers are right for somebody else, where that says something.

    It says nothing where the right answer is the same for all, where a common mistake leads to the value
    too, or where the value is a small number that occurs anywhere.
    """
    right: dict[str, dict[tuple[object, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    wrong: list[tuple[Row, tuple[object, ...]]] = []
    for row in rows:
        values = _values(row.mark.answer)
        if row.mark.verdict_seen == "right":
            right[row.question][values].append(row.student)
        elif row.mark.verdict_seen == "wrong" and _tells(values):
            wrong.append((row, values))
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row, values in wrong:
        owners = right[row.question].get(values, ())
        if len(owners) == 1 and len(right[row.question]) > 1:
            found[row.student, owners[0]].append(row.question)
    return [Borrowed(*who, tuple(questions)) for who, questions in sorted(found.items())]


def _values(answer: str | None) -> tuple[object, ...]:
    """Return the values of an answer as it is kept, numbers to six digits."""
    columns = json.loads(answer)["columns"] if answer else []
    return tuple(_rounded(value) for column in columns for value in column["values"])


def _rounded(value: object) -> object:
    if isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value):
        return float(f"{value:.6g}")
    return value


def _tells(values: tuple[object, ...]) -> bool:
    """Say whether an answer is too particular to be met by chance."""
    if len(values) >= TELLING_VALUES:
        return len(set(values)) > 1
    return any(
        isinstance(value, float) and len(f"{value:g}".strip("-0").replace(".", "")) >= TELLING_DIGITS
        for value in values
    )
