"""What the commands share: options, and how they speak."""

from __future__ import annotations

import re
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from crmlab.errors import CrmlabError
from crmlab.settings import Settings, checked, settings

if TYPE_CHECKING:
    from crmlab.company.company import Company


class Language(StrEnum):
    """The editions."""

    en = "en"
    zh = "zh"


Lang = Annotated[Language | None, typer.Option(help="Language of the edition.")]
Account = Annotated[str | None, typer.Option(help="Your own account, such as s2026017.")]
Course = Annotated[str | None, typer.Option(help="The course that you take part in.")]


#: What steers a terminal, or turns the direction of writing: the name of a stranger's file may hold it.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def tell(sentence: str, *, style: str | None = None, stderr: bool = False) -> None:
    """Print a sentence for the person at the keyboard."""
    console = Console(stderr=stderr)
    console.print(harmless(sentence), style=style, markup=False, highlight=False, soft_wrap=True)


def harmless(text: str) -> str:
    r"""Return a text that may hold a stranger's words as it can be printed.

    Examples
    --------
    >>> harmless("red: \x1b[31m")
    'red:  [31m'
    """
    return _STEERING.sub(" ", text)


def settings_asked(lang: Language | None, account: str | None, course: str | None) -> Settings:
    """Return the settings in force, where nothing else is asked for."""
    found = asdict(settings())
    asked = {"language": lang, "account": account, "course": course}
    return checked(found | {name: value for name, value in asked.items() if value is not None})


def asked_company(
    folder: Path | None, lang: Language | None, account: str | None, course: str | None
) -> Company:
    """Return the company that is asked for: one in ``folder``, or one of ours."""
    from crmlab.company.company import Company, open_company

    if folder is None:
        return open_company(language=lang, account=account, course=course)
    if lang or account or course:
        raise CrmlabError("analyse.company_or", lang)
    return Company.read(folder)
