"""What a person typed behind ``crmlab analyse``, as an analysis takes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crmlab.errors import CrmlabError


def own_values(settings: Iterable[str], language: str) -> dict[str, Any]:
    """Return ``["top=20"]`` as ``{"top": 20}``.

    Raises
    ------
    CrmlabError
        When one of them is not of the form name=value.

    Examples
    --------
    >>> own_values(["top=20", "rate=0.5", "every=quarter"], "en")
    {'top': 20, 'rate': 0.5, 'every': 'quarter'}
    """
    found = {}
    for setting in settings:
        name, sign, value = (part.strip() for part in setting.partition("="))
        if not (name and sign and value):
            raise CrmlabError("analyse.not_a_setting", language, setting=setting)
        found[name.replace("-", "_")] = _value(value)
    return found


def _value(text: str) -> Any:
    """A number where it reads as one."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def free_name(slug: str, ending: str, folder: Path | None = None) -> Path:
    """Return a name in ``folder``, the current one unless given, that no file has yet.

    Examples
    --------
    >>> free_name("value-customers", "png").name
    'value-customers.png'
    """
    folder = (folder or Path()).absolute()
    number = 1
    path = folder / f"{slug}.{ending}"
    while path.exists():
        number += 1
        path = folder / f"{slug}-{number}.{ending}"
    return path
