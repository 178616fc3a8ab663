"""Changing values in ``crmlab.toml`` and nothing else in it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from crmlab.errors import CrmlabError
from crmlab.files import replace_file

_FIRST_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_VALUE = r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^#\s\"']+"


def update(path: Path, values: Mapping[str, str], language: str, *, comment: str = "") -> None:
    """Set ``values`` in the TOML file at ``path``; every other line stays as it is.

    Parameters
    ----------
    path : Path
        The file; made when there is none, with ``comment`` as its first line.
    values : mapping of str to str
        Keys outside of any table, and their values.
    language : str
        Language of the errors.
    comment : str, optional
        What a new file is for.

    Raises
    ------
    CrmlabError
        When the value cannot be changed without touching another. The file is left alone then.
    """
    before = path.read_bytes().decode("utf-8-sig") if path.is_file() else f"# {comment}\n"
    after = changed(before, values)
    if _read(after) != _read(before) | dict(values):
        lines = ", ".join(_line(name, value) for name, value in values.items())
        raise CrmlabError("work.settings_by_hand", language, path=path, lines=lines)
    if after != before or not path.is_file():
        replace_file(path, after.encode())


def changed(text: str, values: Mapping[str, str]) -> str:
    r"""Return the TOML ``text`` with ``values`` in it.

    Examples
    --------
    >>> changed('language = "en"  # mine\nroom = 12\n', {"language": "zh", "account": "s2026017"})
    'language = "zh"  # mine\nroom = 12\naccount = "s2026017"\n'
    """
    end = "\r\n" if "\r\n" in text else "\n"
    table = _FIRST_TABLE.search(text)
    cut = table.start() if table else len(text)
    head, tables = text[:cut], text[cut:]
    for name, value in values.items():
        old = re.search(rf"^[ \t]*{name}[ \t]*=[ \t]*(?:{_VALUE})", head, re.MULTILINE)
        if old:
            head = head[: old.start()] + _line(name, value) + head[old.end() :]
        else:
            body = head.rstrip()
            head = f"{body}{end if body else ''}{_line(name, value)}{head[len(body) :] or end}"
    return head + tables


def _read(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _line(name: str, value: str) -> str:
    # A JSON string is a TOML string.
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"
