"""What the environment and ``crmlab.toml`` say, as it stands there: `crmlab.settings` judges it."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

FILE = "crmlab.toml"
NAMES = ("language", "account", "course", "progress")


def stated(folder: Path | None = None) -> dict[str, object]:
    """Return what is said in ``folder`` (the current one, which is the notebook's).

    ``CRMLAB_LANGUAGE``, ``CRMLAB_ACCOUNT``, ``CRMLAB_COURSE`` and ``CRMLAB_PROGRESS`` (``on`` or ``off``)
    go before the file.

    Raises
    ------
    tomllib.TOMLDecodeError, UnicodeDecodeError
        When the file is no TOML.
    """
    path = (folder or Path()) / FILE
    found = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    return found | said_by_environment()


def guessed_language() -> object:
    """Return the language that is meant, as far as can be seen, when the file is no TOML."""
    line = re.search(rb"^\s*language\W+(en|zh)\b", Path(FILE).read_bytes(), re.MULTILINE)
    return said_by_environment().get("language", line and line[1].decode())


def said_by_environment() -> dict[str, object]:
    """Return what the environment says, which no file can change."""
    said = {name: os.environ.get(f"CRMLAB_{name.upper()}") for name in NAMES}
    return {name: value != "off" if name == "progress" else value for name, value in said.items() if value}
