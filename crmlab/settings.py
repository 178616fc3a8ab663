"""Language, account and course: from the environment, else ``crmlab.toml``, else the defaults."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from crmlab.config import FILE, stated
from crmlab.errors import CrmlabError
from crmlab.locale import LANGUAGES

ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True)
class Settings:
    """Who works here, and in which language.

    Attributes
    ----------
    language : str
        "en" or "zh".
    account : str or None
        The student's own account; None is the company without one.
    course : str or None
        The course, whose secret makes a company of its own; None is the public company.
    progress : bool
        Whether progress is kept in a file beside the notebook.
    name : str or None
        The student's own name, for the certificate.
    """

    language: str = "en"
    account: str | None = None
    course: str | None = None
    progress: bool = True
    name: str | None = None


def settings(folder: Path | None = None) -> Settings:
    """Return the settings in force in ``folder`` (the current one, which is the notebook's).

    Raises
    ------
    CrmlabError
        When the file is no TOML, or a value is not one that can be used.
    """
    try:
        return checked(stated(folder))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        path = ((folder or Path()) / FILE).absolute()
        raise CrmlabError("settings.damaged", path=path, reason=error) from None


def checked(found: dict[str, object]) -> Settings:
    """Return ``found`` as `Settings`, or say which value cannot be used."""
    language = found.get("language", "en")
    if language not in LANGUAGES:
        raise CrmlabError("settings.language", "en", value=language)
    account = found.get("account") or None
    if account is not None:
        account = valid_account(str(account), str(language))
    course = found.get("course") or None
    name = found.get("name") or None
    return Settings(
        str(language),
        account,
        None if course is None else str(course),
        found.get("progress", True) is not False,
        None if name is None else valid_name(str(name), str(language)),
    )


def valid_account(account: str, language: str | None = None) -> str:
    """Return ``account`` if it can be one: 1-32 letters, digits, dots, dashes or underscores.

    Examples
    --------
    >>> valid_account("s2026017")
    's2026017'
    """
    if not ACCOUNT.fullmatch(account):
        raise CrmlabError("settings.account", language, value=account)
    return account


def valid_name(name: str, language: str | None = None) -> str:
    """Return a person's ``name`` if it can be one: 1-60 characters in one line.

    Examples
    --------
    >>> valid_name("陈雪")
    '陈雪'
    """
    if not (0 < len(name) <= 60 and name.isprintable()):
        raise CrmlabError("settings.name", language)
    return name
