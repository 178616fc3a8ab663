"""What the cells of a column mean, decided by the whole column: numbers and dates as people write them.

A cell is what a file holds: text, or a number or a date where the format knows them. Each function
returns the meaning of those cells that have one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

Cell = Any
Parts = tuple[int, int, int]

#: Larger amounts than these are no amounts, and would not fit into integer cents.
_LARGEST = Decimal(10) ** 13
_CURRENCY = re.compile(
    r"(?:US|HK|CN|A|C)?[$€£¥]|(?:CNY|RMB|USD|EUR|GBP|HKD|YUAN)|(?:人民币)|[元圆]", re.IGNORECASE
)
#: A number with a decimal point, and one with a decimal comma; groups of three may be set apart.
_POINT = re.compile(r"(\d+|\d{1,3}(?:[, ']\d{3})+)?(?:\.(\d*))?", re.ASCII)
_COMMA = re.compile(r"(\d+|\d{1,3}(?:[. ']\d{3})+)?(?:,(\d*))?", re.ASCII)


def text_of(cell: Cell) -> str:
    """Return a cell as text, without spaces around it: full-width letters as plain ones, 7.0 as 7.

    Examples
    --------
    >>> text_of(12345.0), text_of(" ＡＢ－１ ")
    ('12345', 'AB-1')
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, Decimal):
        cell = format(cell, "f")
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split())


# Numbers


def numbers(cells: Iterable[Cell]) -> dict[Cell, Decimal]:
    """Return the numbers in ``cells``: thousands separators, currency signs, (12.50) for -12.50.

    Whether 1,234 is more than a thousand or a little more than one is decided by the other cells.

    Examples
    --------
    >>> numbers(["¥1,234.50", "(12.5)", "7-", "none"])
    {'¥1,234.50': Decimal('1234.50'), '(12.5)': Decimal('-12.5'), '7-': Decimal('-7')}
    >>> numbers(["1,234", "3,5 €"])
    {'1,234': Decimal('1.234'), '3,5 €': Decimal('3.5')}
    """
    known = {cell: _number_of(cell) for cell in dict.fromkeys(cells)}
    by_point = {cell: value[0] for cell, value in known.items() if value[0] is not None}
    by_comma = {cell: value[1] for cell, value in known.items() if value[1] is not None}
    fits = by_comma if len(by_comma.keys() - by_point) > len(by_point.keys() - by_comma) else by_point
    return {cell: number for cell, number in fits.items() if number is not None and abs(number) < _LARGEST}


def _number_of(cell: Cell) -> tuple[Decimal | None, Decimal | None]:
    """A cell as a number with a decimal point, and with a decimal comma."""
    if isinstance(cell, bool | date):
        return None, None
    if not isinstance(cell, str):
        number = Decimal(str(cell))
        return (number, number) if number.is_finite() else (None, None)
    text, sign = _unsigned(_CURRENCY.sub("", text_of(cell).replace("−", "-").replace("’", "'"), count=1))
    return _with_mark(_POINT, text, sign), _with_mark(_COMMA, text, sign)


def _unsigned(text: str) -> tuple[str, int]:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), -1
    if text.endswith(("-", "+")):
        return text[:-1].strip(), -1 if text.endswith("-") else 1
    if text.startswith(("-", "+")):
        return text[1:].strip(), -1 if text.startswith("-") else 1
    return text, 1


def _with_mark(form: re.Pattern[str], text: str, sign: int) -> Decimal | None:
    found = form.fullmatch(text)
    if not found or not (found[1] or found[2]):
        return None
    whole = re.sub(r"\D", "", found[1] or "0")
    return sign * Decimal(f"{whole}.{found[2] or '0'}") if found[2] else sign * Decimal(whole)


# Discounts


class Discounts(NamedTuple):
    """The discounts in a column as fractions, and whether plain numbers were read as such."""

    values: dict[Cell, Decimal]
    as_fractions: bool


def discounts(cells: Iterable[Cell]) -> Discounts:
    """Return the discounts in ``cells`` as fractions: 5%, 5 and 0.05 mean the same, and so does 9.5折.

    Plain numbers are fractions when none of them is larger than 1.

    Examples
    --------
    >>> discounts(["5%", "9折"]).values
    {'5%': Decimal('0.05'), '9折': Decimal('0.1')}
    >>> discounts([0, 20]).values[20]
    Decimal('0.2')
    """
    cells = list(dict.fromkeys(cells))
    texts = {cell: text_of(cell) for cell in cells if isinstance(cell, str)}
    marked = {cell for cell, text in texts.items() if text.endswith(("%", "折"))}
    plain = numbers(cell for cell in cells if cell not in marked)
    as_fractions = all(abs(number) <= 1 for number in plain.values())
    found = {cell: number if as_fractions else number / 100 for cell, number in plain.items()}
    bare = numbers(texts[cell][:-1] for cell in marked)
    for cell in marked:
        number = bare.get(texts[cell][:-1])
        if number is not None:
            found[cell] = number / 100 if texts[cell].endswith("%") else 1 - number / 10
    within = {cell: found[cell] for cell in cells if cell in found and 0 <= found[cell] <= 1}
    return Discounts(within, as_fractions and bool(plain))


# Dates

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_TIMED = re.compile(
    r"(?P<day>.+?)[T ]*(?P<early>AM|PM|上午|下午)? ?(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})分?"
    r"(?::?\d{1,2}(?:[.]\d+)?秒?)? ?(?P<late>AM|PM)?(?:Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE | re.ASCII,
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[.]?,?[- ](\d{4}|\d{2})", re.ASCII)
_MONTH_DAY = re.compile(r"([A-Za-z]{3})[a-z]*[.]? (\d{1,2}),? (\d{4})", re.ASCII)
#: Days since the end of 1899, as spreadsheets count them; the years 1927 to 2173.
_SERIAL = re.compile(r"\d{5}(?:[.]\d+)?", re.ASCII)
_SPREADSHEET = datetime(1899, 12, 30)


class Dates(NamedTuple):
    """The dates in a column, and what was found out about 01/02/2024.

    Attributes
    ----------
    values : dict
        Cell to time.
    order : str or None
        "day" or "month", whichever comes first; None when nothing depends on it.
    undecided : tuple
        The cells that could be read in both ways, when nothing in the column says which.
    """

    values: dict[Cell, datetime]
    order: str | None
    undecided: tuple[Cell, ...] = ()


def dates(cells: Sequence[Cell]) -> Dates:
    """Return the dates in ``cells``; whether the day or the month comes first is decided by all of them.

    Examples
    --------
    >>> dates(["05/01/2024", "31/01/2024 09:30"]).values["05/01/2024"]
    datetime.datetime(2024, 1, 5, 0, 0)
    >>> dates(["2024年1月31日", 45322, "20240131"]).values[45322]
    datetime.datetime(2024, 1, 31, 0, 0)
    >>> dates(["01/02/2024"]).undecided
    ('01/02/2024',)
    """
    found: dict[Cell, datetime] = {}
    either: dict[Cell, dict[str, datetime]] = {}
    for cell in dict.fromkeys(cells):
        readings = _date_of(cell)
        if "" in readings:
            found[cell] = readings[""]
        elif readings:
            either[cell] = readings
    if not either:
        return Dates(found, None)
    order = _order([either[cell] for cell in cells if cell in either])
    undecided = tuple(cell for cell, readings in either.items() if len(set(readings.values())) > 1)
    if order is None and undecided:
        return Dates(found, None, undecided)
    chosen = order or "day"
    return Dates(found | {c: times[chosen] for c, times in either.items() if chosen in times}, order)


def _order(readings: list[dict[str, datetime]]) -> str | None:
    """Which comes first, the day or the month; None if that cannot be known."""
    only = {order: sum(set(times) == {order} for times in readings) for order in ("day", "month")}
    if only["day"] != only["month"]:
        return max(only, key=lambda order: only[order])
    if only["day"]:
        return None
    # A file that is in order of time in one reading only is meant in that reading.
    in_order = [
        order for order in only if all(a[order].date() <= b[order].date() for a, b in pairwise(readings))
    ]
    return in_order[0] if len(in_order) == 1 and len(readings) > 2 else None


def _date_of(cell: Cell) -> dict[str, datetime]:
    """The readings of a cell: one under "", or those with the day and the month first."""
    if isinstance(cell, datetime):
        return {"": cell.replace(second=0, microsecond=0, tzinfo=None)}
    if isinstance(cell, date):
        return {"": datetime(cell.year, cell.month, cell.day)}
    if isinstance(cell, bool):
        return {}
    text = text_of(cell)
    if _SERIAL.fullmatch(text):
        minutes = round(float(text) * 24 * 60)
        return {"": _SPREADSHEET + timedelta(minutes=minutes)}
    timed = _TIMED.fullmatch(text)
    after = _clock(timed) if timed else timedelta()
    if after is None:
        return {}
    found = {
        order: _checked(parts, after) for order, parts in _parts(timed["day"] if timed else text).items()
    }
    return {order: time for order, time in found.items() if time is not None}


def _clock(timed: re.Match[str]) -> timedelta | None:
    """The time of day; None if there is no such time."""
    hour, minute = int(timed["hour"]), int(timed["minute"])
    half = (timed["early"] or timed["late"] or "").upper()
    if half in ("PM", "下午") and hour < 12:
        hour += 12
    elif half in ("AM", "上午") and hour == 12:
        hour = 0
    return timedelta(hours=hour, minutes=minute) if hour < 24 and minute < 60 else None


def _parts(text: str) -> dict[str, Parts]:
    """Year, month and day of each reading of ``text``."""
    if found := _YEAR_FIRST.fullmatch(text):
        return {"": (int(found[1]), int(found[3]), int(found[4]))}
    if found := _COMPACT.fullmatch(text):
        return {"": (int(found[1]), int(found[2]), int(found[3]))}
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), _year(found[4])
        return {"day": (year, second, first), "month": (year, first, second)}
    if found := _DAY_MONTH.fullmatch(text):
        return {"": (_year(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1]))}
    if found := _MONTH_DAY.fullmatch(text):
        return {"": (_year(found[3]), _MONTHS.get(found[1].lower(), 0), int(found[2]))}
    return {}


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 69 else 1900)


def _checked(parts: Parts, after: timedelta) -> datetime | None:
    try:
        return datetime(*parts) + after if 1900 <= parts[0] < 2200 else None
    except ValueError:
        return None
