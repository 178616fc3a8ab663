"""Both languages say the same things."""

from __future__ import annotations

import re
import string
from pathlib import Path

import crmlab
from crmlab.locale import LANGUAGES, catalogue

SOURCES = sorted(Path(crmlab.__file__).parent.rglob("*.py"))
CHINESE = re.compile("[\u4e00-\u9fff]")


def blanks(message: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(message)} - {None}


def test_catalogues_have_the_same_messages() -> None:
    assert list(catalogue("en")) == list(catalogue("zh"))


def test_messages_have_the_same_blanks_in_each_language() -> None:
    for key in catalogue("en"):
        first, *others = (blanks(catalogue(language)[key]) for language in LANGUAGES)
        assert all(other == first for other in others), key


def test_messages_are_in_their_language() -> None:
    for key, message in catalogue("zh").items():
        words = re.sub(r"\{[^}]*\}|`[^`]*`", "", message)
        assert CHINESE.search(words) or not re.search("[A-Za-z]", words), key


def test_messages_that_the_code_names_exist() -> None:
    named = set()
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'(?:say|Error)\(\s*"([a-z]+\.\w+)"', text))
        if "checks" in path.parts:
            named |= {f"checks.{key}" for key in re.findall(r'(?:sentence|FormError)\(\s*"(\w+)"', text)}
    assert len(named) > 30
    assert named <= set(catalogue("en"))
