"""The tables and how they refer to each other, as a drawing: made from the schema, in SVG.

Tables stand in columns, one for each area. All references to one table run along one line of their own
colour, beside the columns and above them, so that no line ever crosses a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from crmlab.company.schema import TABLES, Column, Table
from crmlab.locale import LANGUAGES, Text, say

#: Where the diagram of each language is kept.
FILES = {"en": "DIAGRAM.svg", "zh": "DIAGRAM.zh.svg"}

#: The areas from left to right, each with the tables that begin it. Any other table stands where the
#: first table stands that it refers to and that is not just people or products.
AREAS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("Staff", "员工"), ("employees", "teams", "targets")),
    (Text("Customers", "客户"), ("customers", "contacts", "tickets", "activities")),
    (Text("Marketing", "市场"), ("campaigns", "expenses", "leads")),
    (Text("Opportunities", "商机"), ("opportunities",)),
    (Text("Sales", "销售"), ("orders", "order_lines", "receipts")),
    (Text("Products", "产品"), ("products",)),
    (Text("Purchasing", "采购"), ("suppliers", "purchases", "stock_movements")),
)
_EVERYWHERE = ("employees", "customers", "products")

_COLOURS = (
    *("#0072b2", "#d55e00", "#009e73", "#7b3294", "#b8860b", "#c51b7d", "#1b7837", "#4d4d4d", "#2166ac"),
    *("#8c510a", "#01665e", "#b2182b", "#542788", "#5aae61", "#e08214"),
)
_ROW, _HEADER, _GAP, _TRACK, _EDGE = 17, 38, 14, 7, 12
_LETTER, _WIDE_LETTER = 7, 12
_TITLE = 30


@dataclass(frozen=True)
class Diagram:
    """An entity-relationship diagram: a picture in a notebook, text where there are no pictures.

    Attributes
    ----------
    svg : str
        The picture.
    text : str
        Each table with what it refers to.
    """

    svg: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<div style="overflow:auto">{self.svg}</div>'


def diagram(language: str, tables: Iterable[Table] = TABLES.values()) -> Diagram:
    """Return the diagram of some tables, or of all.

    Examples
    --------
    >>> print(diagram("en", [TABLES["customers"], TABLES["employees"]]))
    Staff
      employees (Employees): employee_id
    Customers
      customers (Customers): customer_id, owner_id -> employees
    """
    columns = areas(tables)
    return Diagram(_Drawing(columns, language).svg(), "\n".join(_told(columns, language)))


def diagrams() -> dict[str, str]:
    """Return the picture of each language by file name."""
    return {FILES[language]: diagram(language).svg + "\n" for language in LANGUAGES}


def areas(tables: Iterable[Table]) -> list[tuple[Text, list[Table]]]:
    """Return the areas from left to right, with their tables."""
    chosen = {table.name: table for table in tables}
    place = {name: i for i, (_, names) in enumerate(AREAS) for name in names}
    for table in chosen.values():
        near = [name for _, name in references(table) if name not in (*_EVERYWHERE, table.name)]
        near += [name for _, name in references(table)]
        place.setdefault(table.name, next((place[name] for name in near if name in place), 0))
    found = [
        (title, [table for name, table in _in_order(chosen, names) if place.get(name, 0) == i])
        for i, (title, names) in enumerate(AREAS)
    ]
    return [(title, members) for title, members in found if members]


def _in_order(tables: dict[str, Table], first: tuple[str, ...]) -> list[tuple[str, Table]]:
    return sorted(tables.items(), key=lambda item: first.index(item[0]) if item[0] in first else len(first))


def references(table: Table) -> list[tuple[Column, str]]:
    """Return the columns of a table that refer to a table, each with its name."""
    return [(column, column.references.split(".")[0]) for column in table.columns if column.references]


def _told(columns: list[tuple[Text, list[Table]]], language: str) -> Iterator[str]:
    for title, tables in columns:
        yield title.to(language)
        for table in tables:
            words = [table.key] + [f"{column.name} -> {other}" for column, other in references(table)]
            yield f"  {table.name} ({table.title.to(language)}): {', '.join(words)}"


class _Drawing:
    """Where everything stands, and the SVG of it."""

    def __init__(self, columns: list[tuple[Text, list[Table]]], language: str) -> None:
        self.columns, self.language = columns, language
        self.tables = [table for _, members in columns for table in members]
        self.column = {table.name: i for i, (_, members) in enumerate(columns) for table in members}
        here = set(self.column)
        self.links = [
            (table, row, other)
            for table in self.tables
            for row, (_, other) in enumerate(references(table), start=1)
            if other in here
        ]
        used = {other for _, _, other in self.links}
        self.targets = [table.name for table in self.tables if table.name in used]
        self.colour = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(self.targets)}
        self._place()

    def _place(self) -> None:
        """Give every line a track beside each column that it passes, and every table its corner."""
        self.tracks: list[list[str]] = [[] for _ in self.columns]
        for table, _, other in self.links:
            for column in (self.column[table.name], self.column[other]):
                if other not in self.tracks[column]:
                    self.tracks[column].append(other)
        crossing = {other for table, _, other in self.links if self.column[table.name] != self.column[other]}
        self.lanes = [name for name in self.targets if name in crossing]
        top = _EDGE + _TRACK * (len(self.lanes) + 1)
        self.corner: dict[str, tuple[int, int]] = {}
        self.left: list[int] = []
        self.width: list[int] = []
        x, bottom = _EDGE, 0
        for (title, members), tracks in zip(self.columns, self.tracks, strict=True):
            self.left.append(x)
            gutter = _TRACK * (len(tracks) + 2)
            inner = max([*(_wide(table, self.language) for table in members), _long(title.to(self.language))])
            self.width.append(gutter + inner + _EDGE)
            y = top + _TITLE
            for table in members:
                self.corner[table.name] = (x + gutter, y)
                y += self._height(table) + _GAP
            bottom = max(bottom, y)
            x += self.width[-1] + _EDGE
        self.top, self.right, self.bottom = top, x, bottom + _EDGE

    def _inner(self, table: Table) -> int:
        column = self.column[table.name]
        return self.left[column] + self.width[column] - _EDGE - self.corner[table.name][0]

    def _height(self, table: Table) -> int:
        return _HEADER + _ROW * (len(references(table)) + 2) + 6

    def svg(self) -> str:
        """Return the picture."""
        title = escape(say("company.diagram", self.language))
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.right} {self.bottom}" '
            f'width="{self.right}" height="{self.bottom}" role="img" font-size="12" '
            "font-family=\"system-ui, 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif\">",
            f"<title>{title}</title>",
            "<style>.crmlab-line:hover path{stroke-width:3.5}</style>",
            f'<rect width="{self.right}" height="{self.bottom}" fill="#fff"/>',
            *(self._area(i) for i in range(len(self.columns))),
            *(self._line(name) for name in reversed(self.targets)),
            *(self._box(table) for table in self.tables),
            "</svg>",
        ]
        return "\n".join(parts)

    def _area(self, i: int) -> str:
        x, height = self.left[i], self.bottom - self.top - _EDGE
        words = escape(self.columns[i][0].to(self.language))
        return (
            f'<rect x="{x}" y="{self.top}" width="{self.width[i]}" height="{height}" rx="8" fill="#f3f5f7"/>'
            f'<text x="{x + self.width[i] - _EDGE}" y="{self.top + 20}" text-anchor="end" font-size="14" '
            f'font-weight="bold" fill="#555">{words}</text>'
        )

    def _track(self, column: int, name: str) -> int:
        return self.left[column] + _TRACK * (self.tracks[column].index(name) + 1)

    def _line(self, name: str) -> str:
        """Return the line that gathers all references to one table."""
        x, y = self.corner[name]
        entry = y + _HEADER // 2
        home = self.column[name]
        ends: dict[int, list[int]] = {home: [entry]}
        strokes = [f"M{self._track(home, name)} {entry}H{x}"]
        for table, row, other in self.links:
            if other == name:
                column = self.column[table.name]
                left, top = self.corner[table.name]
                level = top + _HEADER + _ROW * row + _ROW // 2 + 2
                ends.setdefault(column, []).append(level)
                strokes.append(f"M{self._track(column, name)} {level}H{left}")
        if len(ends) > 1:
            lane = _EDGE + _TRACK * self.lanes.index(name)
            across = [self._track(column, name) for column in ends]
            strokes.append(f"M{min(across)} {lane}H{max(across)}")
            ends = {column: [lane, *levels] for column, levels in ends.items()}
        for column, levels in ends.items():
            strokes.append(f"M{self._track(column, name)} {min(levels)}V{max(levels)}")
        arrow = f"M{x} {entry}l-7 -4v8z"
        return (
            f'<g class="crmlab-line" stroke="{self.colour[name]}" fill="none" stroke-width="1.6" '
            f'stroke-linecap="round"><title>{escape(say("company.diagram_to", self.language, table=name))}'
            f'</title><path d="{"".join(strokes)}"/><path d="{arrow}" fill="{self.colour[name]}"/></g>'
        )

    def _box(self, table: Table) -> str:
        x, y = self.corner[table.name]
        width, height = self._inner(table), self._height(table)
        colour = self.colour.get(table.name, "#777")
        texts = [
            _text(x + 8, y + 16, table.name, fill="#fff", bold=True),
            _text(x + 8, y + 31, table.title.to(self.language), fill="#fff", size=11),
            _text(x + 8, y + _HEADER + 15, table.key, bold=True),
        ]
        level = y + _HEADER + 15
        for column, other in references(table):
            level += _ROW
            texts.append(_text(x + 8, level, f"{column.name} → {other}", fill=self.colour.get(other, "#777")))
        more = _more(table, self.language)
        if more:
            texts.append(_text(x + 8, level + _ROW, more, fill="#777", size=11))
        return (
            f'<g><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5" fill="#fff" '
            f'stroke="{colour}"/><path d="M{x} {y + _HEADER}v{5 - _HEADER}q0 -5 5 -5h{width - 10}q5 0 5 5'
            f'v{_HEADER - 5}z" fill="{colour}"/>{"".join(texts)}</g>'
        )


def _text(x: int, y: int, words: str, *, fill: str = "#222", bold: bool = False, size: int = 12) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" fill="{fill}" font-size="{size}"{weight}>{escape(words)}</text>'


def _more(table: Table, language: str) -> str:
    count = len(table.columns) - 1 - len(references(table))
    return say("company.diagram_more", language, count=count) if count else ""


def _wide(table: Table, language: str) -> int:
    """Return how wide the box of a table has to be."""
    rows = [f"{column.name} -> {other}" for column, other in references(table)]
    rows += [table.name, table.title.to(language), table.key, _more(table, language)]
    return max(map(_long, rows)) + 28


def _long(words: str) -> int:
    return sum(_WIDE_LETTER if ord(letter) > 0x2E80 else _LETTER for letter in words)
