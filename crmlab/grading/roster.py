"""The roster: who takes part. CSV of any encoding or Excel, as schools and their platforms write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from crmlab.company.cells import text_of
from crmlab.company.problems import Problems
from crmlab.company.sheets import Row, Sheet, read_sheet
from crmlab.company.world.people import ACCOUNTS
from crmlab.errors import CrmlabError
from crmlab.locale import LANGUAGES, listed
from crmlab.settings import valid_account, valid_name

#: What a column may be called, the likeliest name first. A gradebook exported from Canvas serves as it is.
COLUMNS = {
    "account": ("account", "帐号", "账号", "学号", "username", "sis login id", "student"),
    "name": ("name", "姓名", "full name", "student"),
    "email": ("email", "email address", "邮箱", "电子邮箱", "电子邮件"),
    "language": ("language", "语言"),
    "canvas_id": ("canvas id", "id"),
    "sis_id": ("sis user id",),
    "section": ("section", "班级"),
}
SPOKEN = {
    **dict.fromkeys(("en", "english", "英文", "英语"), "en"),
    **dict.fromkeys(("zh", "zh-cn", "chinese", "中文", "汉语", "简体中文"), "zh"),
}
#: The second row of a gradebook from Canvas is no student.
POINTS_POSSIBLE = "points possible"


@dataclass(frozen=True)
class Student:
    """One student.

    Attributes
    ----------
    account : str
    name, email : str
        Empty where the roster does not say.
    language : str
        "en" or "zh"; that of the course where the roster does not say.
    canvas_id, sis_id, section : str
        As Canvas knows the student; empty where the roster does not say.
    """

    account: str
    name: str = ""
    email: str = ""
    language: str = "en"
    canvas_id: str = ""
    sis_id: str = ""
    section: str = ""

    @property
    def called(self) -> str:
        """The name, or the account where there is none."""
        return self.name or self.account


@dataclass(frozen=True)
class Roster:
    """The students of a course, in the order of the file.

    Examples
    --------
    >>> roster = Roster((Student("s1", "陈雪", "Chen@school.example"), Student("s2")))
    >>> roster.find("chen@school.example").account, roster.find("S2").account, roster.find("s3")
    ('s1', 's2', None)
    """

    students: tuple[Student, ...]

    def __iter__(self) -> Iterator[Student]:
        return iter(self.students)

    def __len__(self) -> int:
        return len(self.students)

    def find(self, word: str) -> Student | None:
        """Return the one student who is called so; None for none or several."""
        return self.names().get(_folded(word))

    def names(self) -> dict[str, Student]:
        """Return everything that a student may be called, in small letters, to who that is.

        That is the account, the mail address, the name (with and without spaces and commas, as Canvas
        writes it in the names of files) and the numbers in Canvas. What fits several people is left out,
        unless it is somebody's account.
        """
        called: dict[str, set[Student]] = {}
        for one in self.students:
            plain = re.sub(r"[\s,]", "", one.name)
            for word in (one.email, one.name, plain, one.canvas_id, one.sis_id):
                called.setdefault(_folded(word), set()).add(one)
        called.pop("", None)
        single = {word: next(iter(people)) for word, people in called.items() if len(people) == 1}
        return single | {_folded(one.account): one for one in self.students}


def read_roster(path: Path, language: str) -> Roster:
    """Return the roster in the file at ``path``.

    Parameters
    ----------
    path : Path
        CSV (UTF-8 with or without BOM, UTF-16, GBK) or Excel, with a column for the account and, as far as
        they are known, for name, mail address and language.
    language : str
        Of students whose language is not said, and of the errors.

    Raises
    ------
    CrmlabError
        Naming row, column and value of all that is wrong.
    """
    if not path.is_file():
        raise CrmlabError("grading.hand_no_roster", language, file=path)
    sheet = read_sheet(path, list(chain.from_iterable(COLUMNS.values())), language)
    places = _places(sheet.header)
    if "account" not in places:
        header = listed([name for name in sheet.header if name], language)
        raise CrmlabError("grading.hand_roster_no_account", language, file=path.name, header=header)
    problems = Problems(language)
    students = tuple(_students(sheet, places, problems, language))
    problems.stop("grading.hand_roster_wrong", file=path)
    if not students:
        raise CrmlabError("grading.hand_roster_empty", language, file=path)
    return Roster(students)


def _folded(word: str) -> str:
    """Return a word to be compared: a Mac takes accents apart, and Chinese keyboards widen letters."""
    return " ".join(unicodedata.normalize("NFKC", word).split()).casefold()


def _places(header: list[str]) -> dict[str, int]:
    """Return in which column each thing stands; no column is taken twice."""
    names = [_folded(name) for name in header]
    places: dict[str, int] = {}
    for key, aliases in COLUMNS.items():
        for alias in aliases:
            if alias in names and names.index(alias) not in places.values():
                places[key] = names.index(alias)
                break
    return places


def _students(sheet: Sheet, places: dict[str, int], problems: Problems, language: str) -> Iterator[Student]:
    firsts: dict[tuple[str, str], int] = {}
    for number, row in enumerate(sheet.rows, start=sheet.first):
        cells = _cells(row, places)
        if not any(cells.values()) or _folded(cells.get("name", "")) == POINTS_POSSIBLE:
            continue
        for key, rule in _broken(cells):
            problems.report(
                sheet.name, f"grading.hand_rule_{rule}", number, sheet.header[places[key]], cells[key],
                choices=listed(LANGUAGES, language),
            )  # fmt: skip
        for key in ("account", "email"):
            mine = (key, _folded(cells.get(key, "")))
            if mine[1] and firsts.setdefault(mine, number) != number:
                problems.report(
                    sheet.name, "grading.hand_rule_twice", number, sheet.header[places[key]], cells[key],
                    first=firsts[mine],
                )  # fmt: skip
        yield Student(**cells | {"language": SPOKEN.get(_folded(cells.get("language", "")), language)})


def _cells(row: Row, places: dict[str, int]) -> dict[str, str]:
    return {key: text_of(row[place]) if place < len(row) else "" for key, place in places.items()}


def _broken(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one row: the thing, and the rule that it breaks."""
    account = cells["account"]
    if not account:
        yield "account", "empty"
    elif not _valid(valid_account, account):
        yield "account", "account"
    elif account.lower() in ACCOUNTS:
        yield "account", "taken"
    if cells.get("name") and not _valid(valid_name, cells["name"]):
        yield "name", "name"
    if cells.get("email") and "@" not in cells["email"][1:-1]:
        yield "email", "email"
    if cells.get("language") and _folded(cells["language"]) not in SPOKEN:
        yield "language", "choice"


def _valid(rule: Callable[[str], str], value: str) -> bool:
    try:
        rule(value)
    except CrmlabError:
        return False
    return True
