"""Words for people: texts in both languages, and the message catalogues.

A text that belongs to a declaration (a column, an analysis, a question) stands beside that
declaration as a `Text`. Everything else that a person can read is in ``en.toml`` and ``zh.toml``,
under the same key in both.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from crmlab.config import guessed_language, stated

LANGUAGES = ("en", "zh")


class Text(NamedTuple):
    """One text in both languages.

    Examples
    --------
    >>> Text(en="Net sales", zh="净销售额").to("zh")
    '净销售额'
    """

    en: str
    zh: str

    def to(self, language: str) -> str:
        """Return the text in ``language`` ("en" or "zh")."""
        return self.zh if language == "zh" else self.en


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return the messages of one language, keyed ``section.name``."""
    text = files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{name}": message
        for section, messages in tomllib.loads(text).items()
        for name, message in messages.items()
    }


def spoken() -> str:
    """Return the language to speak here; English where none is set, or where that cannot be read."""
    try:
        language = stated().get("language")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        language = guessed_language()
    return str(language) if language in LANGUAGES else "en"


def say(key: str, language: str | None = None, **values: object) -> str:
    """Return the message ``key`` with ``values`` filled in.

    Parameters
    ----------
    key : str
        ``section.name`` in the catalogues.
    language : str, optional
        "en" or "zh"; the one spoken here unless given.

    Examples
    --------
    >>> say("filters.period_reversed", "en", start="2025-02-01", end="2025-01-01")
    'The period ends (2025-01-01) before it starts (2025-02-01). Swap the two dates.'
    """
    return catalogue(language or spoken())[key].format(**values)


def listed(items: object, language: str) -> str:
    """Join ``items`` for reading aloud: "a, b, c" or "a、b、c"."""
    return ("、" if language == "zh" else ", ").join(str(item) for item in items)  # type: ignore[attr-defined]
