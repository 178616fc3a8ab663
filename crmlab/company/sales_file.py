"""Understand sales data in one flat file, such as a shop's export: which column is what, row by row.

What the file means is decided here, and what it gets wrong is said here; `crmlab.company.sales_tables`
makes the tables of a company of it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crmlab.company.cells import Cell, dates, discounts, numbers, text_of
from crmlab.company.problems import Problems
from crmlab.company.schema import UNKNOWN
from crmlab.company.sheets import Row, Sheet, read_sheet
from crmlab.errors import CrmlabError
from crmlab.locale import Text, listed, say

#: What a column can be.
KEYS: dict[str, Text] = {
    "order": Text("order number", "订单号"),
    "date": Text("date", "日期"),
    "customer": Text("customer", "客户"),
    "product": Text("product", "产品"),
    "category": Text("category", "产品分类"),
    "quantity": Text("quantity", "数量"),
    "price": Text("price of one unit", "单价"),
    "amount": Text("net amount of the line", "明细净额"),
    "discount": Text("discount", "折扣"),
    "cost": Text("cost", "成本"),
    "profit": Text("profit of the line", "明细利润"),
    "source": Text("customer's source", "客户来源"),
    "region": Text("customer's region", "客户地区"),
}
_NUMBERS = ("quantity", "price", "amount", "cost", "profit")
#: May not be empty where there is such a column. Of price and amount a line needs one.
_FILLED = ("order", "date", "customer", "product", "quantity")
_TOTAL = re.compile(r"(?:grand |sub)?totals?\b.*|sum\b.*|[合总小共]\s*计.*|汇总.*", re.IGNORECASE)
#: Numbers of so many digits can be ids themselves.
_DIGITS = 15


@dataclass
class Sales:
    """The lines of a sales file, column by column.

    Attributes
    ----------
    rows : list of int
        The row in the file from which each line comes.
    values : dict of str to list
        What each line says, by the keys of `KEYS`: text, `datetime` or `Decimal`; None is missing.
        Discounts are fractions.
    columns : dict of str to str
        Key to the name of the column in the file.
    notes : list of str
        What was understood, in sentences.
    """

    file: str
    rows: list[int]
    values: dict[str, list[Any]]
    columns: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def of(self, key: str) -> list[Any]:
        """Return what the lines say about ``key``: nothing if there is no such column."""
        return self.values.get(key, [None] * len(self.rows))


def cents(amount: Decimal) -> int:
    """Return an amount in cents; half a cent counts as a whole one, up or down from zero.

    This is the only place where money of a file is rounded.

    Examples
    --------
    >>> cents(Decimal("10.005")), cents(Decimal("-10.005"))
    (1001, -1001)
    """
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def understand(source: Any, columns: Mapping[str, str], language: str) -> Sales:
    """Read the lines of sales in ``source``.

    Parameters
    ----------
    source : str, Path or data frame
    columns : mapping of str to str
        What a column is, a key of `KEYS`, to its name.
    language : str

    Raises
    ------
    CrmlabError
        Naming file, row, column, value and rule of all that is wrong, a screenful of it at most.
    """
    _check_keys(columns, language)
    sheet = read_sheet(source, columns.values(), language)
    found = _columns(sheet, columns, language)
    reading = _Reading(sheet, found, language)
    return reading.sales()


def _check_keys(columns: Mapping[str, str], language: str) -> None:
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns.values()):
        raise CrmlabError("own.columns", language, keys=listed(KEYS, language))
    for key in columns:
        if key not in KEYS:
            near = difflib.get_close_matches(str(key), KEYS, n=1)
            name = "own.unknown_key_near" if near else "own.unknown_key"
            raise CrmlabError(
                name, language, word=key, near=listed(near, language), keys=listed(KEYS, language)
            )
    lacking = [key for key in ("date", "customer") if key not in columns]
    if lacking:
        raise CrmlabError("own.required", language, keys=listed(lacking, language))
    if "price" not in columns and "amount" not in columns:
        raise CrmlabError("own.no_money", language)


def _columns(sheet: Sheet, columns: Mapping[str, str], language: str) -> dict[str, int]:
    """Key to the place of its column; whether letters are capital does not matter if there is but one."""
    exact = {name: place for place, name in reversed(list(enumerate(sheet.header)))}
    folded = {name.casefold(): place for name, place in exact.items()}
    found, missing = {}, []
    for key, name in columns.items():
        place = exact.get(text_of(name), folded.get(text_of(name).casefold()))
        if place is None:
            missing.append(name)
        else:
            found[key] = place
    if missing:
        header = listed([name for name in sheet.header if name][:20], language)
        raise CrmlabError(
            "own.no_column", language, file=sheet.name, columns=listed(missing, language), header=header
        )
    twice = [name for name in sheet.header if name and sheet.header.count(name) > 1]
    for key in found:
        if sheet.header[found[key]] in twice:
            raise CrmlabError("own.two_columns", language, file=sheet.name, column=sheet.header[found[key]])
    return found


class _Reading:
    """One sheet, on its way to `Sales`."""

    def __init__(self, sheet: Sheet, places: dict[str, int], language: str) -> None:
        self.sheet = sheet
        self.places = places
        self.language = language
        self.names = {key: sheet.header[place] for key, place in places.items()}
        self.problems = Problems(language)
        self.notes: list[str] = []
        self.rows, self.cells = self._lines()
        self.values: dict[str, list[Any]] = {}

    def sales(self) -> Sales:
        if not self.rows:
            raise CrmlabError("own.no_rows", self.language, file=self.sheet.name)
        self._read_texts()
        self._read_dates()
        self._read_numbers()
        self._read_discounts()
        self._check_lines()
        self._check_orders()
        self.problems.found.sort(key=lambda problem: problem.row or 0)
        self.problems.stop("own.unreadable", file=self.sheet.name)
        self.notes = [*self._origin(), *self.notes]
        return Sales(self.sheet.name, self.rows, self.values, self.names, self.notes)

    def note(self, name: str, **blanks: object) -> None:
        self.notes.append(say(f"own.{name}", self.language, **blanks))

    def _origin(self) -> list[str]:
        """How the file was read, and which column was taken for what."""
        details, language = self.sheet.details, self.language
        found = []
        if "encoding" in details:
            names = {" ": say("own.blanks", language), "\t": say("own.tab", language)}
            mark = details["delimiter"]
            between = names.get(mark, mark)
            found.append(
                say("own.encoding", language, encoding=details["encoding"].upper(), delimiter=between)
            )
        if "sheet" in details:
            found.append(say("own.sheet", language, sheet=details["sheet"]))
        return found + [
            say("own.column", language, column=name, title=KEYS[key].to(language))
            for key, name in self.names.items()
        ]

    def report(self, place: int, rule: str, key: str, value: object = None, **blanks: object) -> None:
        self.problems.report(
            self.sheet.name, f"own.rule_{rule}", self.rows[place], self.names[key], value, **blanks
        )

    # Which rows are lines of sales

    def _lines(self) -> tuple[list[int], dict[str, list[Cell]]]:
        """The rows that are lines, without blank ones and the totals at the end, and their cells."""
        numbered = list(enumerate(self.sheet.rows, start=self.sheet.first))
        kept = [(number, row) for number, row in numbered if any(not _blank(cell) for cell in row)]
        totals = []
        while kept and self._is_total(kept[-1][1]):
            totals.append(kept.pop()[0])
        if totals:
            self.note("totals", rows=listed(sorted(totals), self.language))
        last = kept[-1][0] if kept else 0
        blank = sum(number < last for number, _ in numbered) + 1 - len(kept) if kept else 0
        if blank:
            self.note("blank_rows", count=blank)
        width = len(self.sheet.header)
        for number, row in kept:
            if any(not _blank(cell) for cell in row[width:]):
                self.problems.report(
                    self.sheet.name, "company.rule_cells", number, found=len(row), expected=width
                )
        cells = {key: [_cell_at(row, place) for _, row in kept] for key, place in self.places.items()}
        return [number for number, _ in kept], cells

    def _is_total(self, row: Row) -> bool:
        """A total has no date; it says that it is one, or names neither order nor customer."""
        if not _blank(_cell_at(row, self.places["date"])) and not _says_total(
            _cell_at(row, self.places["date"])
        ):
            return False
        named = [key for key in ("order", "customer") if key in self.places]
        return any(_says_total(cell) for cell in row) or all(
            _blank(_cell_at(row, self.places[key])) for key in named
        )

    # What their cells mean

    def _read_texts(self) -> None:
        unknown = {word.casefold() for word in UNKNOWN}
        for key in ("order", "customer", "product", "category", "source", "region"):
            if key not in self.cells:
                continue
            texts = {cell: text_of(cell) for cell in set(self.cells[key])}
            if key in ("category", "source", "region"):
                texts = {cell: "" if text.casefold() in unknown else text for cell, text in texts.items()}
            self.values[key] = [texts[cell] or None for cell in self.cells[key]]
            self._check_filled(key)

    def _read_dates(self) -> None:
        filled = [cell for cell in self.cells["date"] if not _blank(cell)]
        found = dates(filled)
        if found.order is not None:
            self.note(f"{found.order}_first", column=self.names["date"])
        self.values["date"] = [found.values.get(cell) for cell in self.cells["date"]]
        undecided = set(found.undecided)
        self._check("date", lambda cell: "undecided" if cell in undecided else "date")

    def _read_numbers(self) -> None:
        for key in _NUMBERS:
            if key in self.cells:
                found = numbers(cell for cell in self.cells[key] if not _blank(cell))
                self.values[key] = [found.get(cell) for cell in self.cells[key]]
                self._check(key, lambda cell: "number")

    def _read_discounts(self) -> None:
        if "discount" not in self.cells:
            return
        found = discounts(cell for cell in self.cells["discount"] if not _blank(cell))
        if found.as_fractions:
            self.note("discount_fraction", column=self.names["discount"])
        self.values["discount"] = [found.values.get(cell) for cell in self.cells["discount"]]
        self._check("discount", lambda cell: "discount")

    # What is wrong with them

    def _check(self, key: str, rule: Callable[[Cell], str]) -> None:
        """Report the cells that say something without a meaning, and those that say nothing but must."""
        for place, (cell, value) in enumerate(zip(self.cells[key], self.values[key], strict=True)):
            if value is None and not _blank(cell):
                self.report(place, rule(cell), key, cell)
        self._check_filled(key)

    def _check_filled(self, key: str) -> None:
        if key in _FILLED:
            for place, cell in enumerate(self.cells[key]):
                if _blank(cell):
                    self.report(place, "missing", key)

    def _check_lines(self) -> None:
        """Each line has an amount, or a price; what is sold and what it brings have one sign."""
        empty = [None] * len(self.rows)
        columns = zip(*(self.values.get(key, empty) for key in ("quantity", "price", "amount")), strict=True)
        asked = [key for key in ("amount", "price") if key in self.names]
        for place, (quantity, price, amount) in enumerate(columns):
            if all(_blank(self.cells[key][place]) for key in asked):
                self.report(place, "missing", asked[0])
            if quantity is not None and quantity < 0:
                if amount is None and price is not None and price < 0:
                    self.report(place, "signs", "price", self.cells["price"][place])
                if amount is not None and amount > 0:
                    self.report(place, "signs", "amount", self.cells["amount"][place])

    def _check_orders(self) -> None:
        """An order has one customer; a second one under the same number is another order."""
        if "order" not in self.values:
            return
        customers: dict[str, tuple[str, int]] = {}
        for place, (order, customer) in enumerate(
            zip(self.values["order"], self.values["customer"], strict=True)
        ):
            if order is None or customer is None:
                continue
            first, row = customers.setdefault(order, (customer, self.rows[place]))
            if first != customer:
                self.report(place, "two_customers", "order", order, before=row, first=first, second=customer)


def _blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _cell_at(row: Row, place: int) -> Cell:
    return row[place] if place < len(row) else ""


def _says_total(cell: Cell) -> bool:
    return isinstance(cell, str) and _TOTAL.fullmatch(text_of(cell)) is not None


def numbered(texts: list[str]) -> dict[str, int]:
    """Return a number for each text: the text itself where all of them are numbers, else 1, 2, 3, ...

    Examples
    --------
    >>> numbered(["007", "12", "007"]), numbered(["A-7", "12"])
    ({'007': 7, '12': 12}, {'A-7': 1, '12': 2})
    """
    distinct = list(dict.fromkeys(texts))
    if all(text.isascii() and text.isdigit() and len(text) <= _DIGITS for text in distinct):
        ids = {text: int(text) for text in distinct}
        if len(set(ids.values())) == len(ids):
            return ids
    return {text: place for place, text in enumerate(distinct, start=1)}
