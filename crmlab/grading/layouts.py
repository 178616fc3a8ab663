"""Whose a file is: the folders that Moodle and Canvas make, and plain ``name/lab.ipynb``."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from crmlab.company.encodings import decoded
from crmlab.config import FILE
from crmlab.grading.result import note
from crmlab.grading.roster import Roster, Student
from crmlab.locale import LANGUAGES, Text
from crmlab.settings import ACCOUNT

#: "Chen Xue_12345_assignsubmission_file_", a folder or the beginning of a file's name.
_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?")
#: "chenxue_12345_67890_01-value-customers.ipynb", perhaps with LATE.
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)", re.IGNORECASE)
#: What browsers, file managers and chat programs add to the name of a copy, in both languages.
_OF_A_COPY = re.compile(
    r"(\s*[(（]\d+[)）]|\s*-\s*(copy|副本)|\s+copy(\s\d+)?|\s*的?副本(\s?\d+)?)+$", re.IGNORECASE
)
_LEFT_OUT = ("__MACOSX",)


@dataclass(frozen=True)
class Place:
    """Where a submission lies, and whose it is.

    Attributes
    ----------
    path : Path
        The file.
    file : str
        The same below the folder of submissions, with slashes.
    student : str
        The account, or what the folder calls the student where no account is known.
    account : str or None
        Whose company it is about; None is the company without an account.
    language : str or None
        The student's language, where it is known.
    notes : tuple of Text
        What there is to say about whose it is.
    """

    path: Path
    file: str
    student: str
    account: str | None
    language: str | None = None
    notes: tuple[Text, ...] = ()


def places(folder: Path, roster: Roster | None = None) -> list[Place]:
    """Return every notebook below ``folder`` and whose it is, in the order of their names.

    Hidden files and Jupyter's checkpoints are left out, and so are links: they could lead anywhere.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> (folder / "Chen Xue_4711_assignsubmission_file_").mkdir()
    >>> _ = (folder / "Chen Xue_4711_assignsubmission_file_" / "01.ipynb").write_bytes(b"{}")
    >>> places(folder, Roster((Student("s01", "Chen Xue"),)))[0].account
    's01'
    """
    return [_place(path, folder, roster) for path in sorted(_notebooks(folder))]


def _notebooks(folder: Path) -> Iterator[Path]:
    for at, folders, files in os.walk(folder):  # which follows no links
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _LEFT_OUT]
        paths = (Path(at, name) for name in files if not name.startswith("."))
        yield from (path for path in paths if path.suffix.lower() == ".ipynb" and not path.is_symlink())


def _place(path: Path, folder: Path, roster: Roster | None) -> Place:
    file = _spelled(path.relative_to(folder).as_posix())
    name, number = _called(PurePosixPath(file))
    if roster is not None and (known := _known(roster, name, number)):
        return Place(path, file, known.account, known.account, known.language)
    name = original(name)
    said = _said_beside(path)
    language = said.get("language") if said.get("language") in LANGUAGES else None
    if ACCOUNT.fullmatch(name) and not number:
        notes = () if roster is None else (note("judge_not_on_roster", student=name),)
        return Place(path, file, name, name, language, notes)
    account = said.get("account", "")
    if ACCOUNT.fullmatch(account):
        # Only the student says so: it chooses the company, but not under whose name the marks are kept.
        notes = (note("judge_said_beside", student=name, account=account),)
        return Place(path, file, name, account, language, notes)
    return Place(path, file, name, None, language, (note("judge_no_account", student=name),))


def _spelled(name: str) -> str:
    """Return a name in letters: what Linux unpacks of a zip file from Windows may be GBK."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return decoded(os.fsencode(name)).text
    return name


def _known(roster: Roster, name: str, number: str) -> Student | None:
    """Return who on the roster is meant. Canvas writes a name in small letters, without blanks."""
    by_number = [one for one in roster if number and one.canvas_id == number]
    by_letters = [one for one in roster if number and _letters(one.name) == _letters(name)]
    for found in (by_number, by_letters):
        if len(found) == 1:
            return found[0]
    return roster.find(name) or roster.find(original(name))


def original(name: str) -> str:
    """Return what a file was called before it was copied, or downloaded once more.

    Examples
    --------
    >>> original("s2026017 (1)"), original("s2026017 - 副本 (2)"), original("s2026017 copy")
    ('s2026017', 's2026017', 's2026017')
    """
    return _OF_A_COPY.sub("", name)


def _letters(name: str) -> list[str]:
    return sorted(name.replace(" ", "").replace(",", "").casefold())


def _called(file: PurePosixPath) -> tuple[str, str]:
    """Return what a path calls its student: a name, and the number that a learning platform gives."""
    for part in file.parts:
        if found := _MOODLE.fullmatch(part):
            return found["name"].strip(), found["id"]
    # A zip file that somebody handed in to Canvas is a folder of that name when it is unpacked.
    for part in reversed(file.parts):
        if found := _CANVAS.fullmatch(part):
            return found["name"].strip(), found["id"]
    return (file.parts[0] if len(file.parts) > 1 else file.stem).strip(), ""


def _said_beside(path: Path) -> dict[str, str]:
    """Return what ``crmlab.toml`` beside a notebook says; nothing where that cannot be read."""
    beside = path.with_name(FILE)
    try:
        if beside.is_symlink() or beside.stat().st_size > 10_000:
            return {}
        said = tomllib.loads(beside.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):  # a number too long is no TOMLDecodeError
        return {}
    return {name: value for name, value in said.items() if isinstance(value, str)}
