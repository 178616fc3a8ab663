"""One customer whole: the card, what is owed, and every table that refers to the customer."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd

from crmlab.company.frames import in_yuan
from crmlab.company.schema import TABLES, VALID_STATUSES, Column, Table
from crmlab.errors import CrmlabError
from crmlab.locale import Text, listed, say

if TYPE_CHECKING:
    from pandas.api.typing import SeriesGroupBy

    from crmlab.company.company import Company

#: So many rows of a table are shown, the newest first.
SHOWN = 10


@dataclass(frozen=True)
class Section:
    """One heading of the card with its rows, as people read them."""

    title: str
    note: str
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class CustomerCard:
    """What the company knows about one customer: a page in a notebook, text elsewhere."""

    title: str
    facts: list[tuple[str, str]]
    sections: list[Section]

    def __repr__(self) -> str:
        wide = max(_width(name) for name, _ in self.facts)
        parts = [self.title, *(f"  {_padded(name, wide)}  {value}" for name, value in self.facts)]
        for section in self.sections:
            parts += ["", f"{section.title}: {section.note}", *_aligned([section.head, *section.rows])]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        facts = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for name, value in self.facts
        )
        return f"<h3>{escape(self.title)}</h3><table>{facts}</table>" + "".join(map(_html, self.sections))


def _html(section: Section) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in section.head)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in section.rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if section.rows else ""
    return f"<h4>{escape(section.title)}</h4><p>{escape(section.note)}</p>{table}"


def customer_card(company: Company, customer: int | str) -> CustomerCard:
    """Return the card of one customer, named by number or by name.

    Raises
    ------
    CrmlabError
        When there is no such customer, naming those that are near.
    """
    number = find_customer(company, customer)
    table = TABLES["customers"]
    cells = _Cells(company)
    row = _of(company, table, ["customer_id"], number)
    columns = _shown(company, table, row)
    card = dict(zip((column.name for column in columns), cells.rows(row, columns)[0], strict=True))
    facts = [
        (column.title.to(company.language), _with_unit(column, card[column.name], company.language))
        for column in columns
        if column.name != "name" and card[column.name]
    ]
    invoices = _invoices(company, number) if {"orders", "order_lines"} <= set(company.raw) else None
    sections = [_owed(company, invoices)] if invoices is not None and "receipts" in company.raw else []
    for name in company.raw:
        own = [c.name for c in TABLES[name].columns if c.references == "customers.customer_id"]
        if own:
            sections.append(_section(company, cells, TABLES[name], own, number, invoices))
    return CustomerCard(_numbered(card["name"], number, company), facts, sections)


def _numbered(name: str, number: int, company: Company) -> str:
    return say("company.card_title", company.language, name=name, number=number)


def find_customer(company: Company, customer: int | str) -> int:
    """Return the number of a customer that is named by number or name, in capital letters or not."""
    known = company.frame("customers").select("customer_id", "name").collect().to_pandas()
    names = known["name"].str.casefold()
    word = str(customer).strip().casefold()
    found = known.loc[(names == word) | (known["customer_id"].astype(str) == word), "customer_id"]
    if len(found) == 1:
        return int(found.iloc[0])
    near = found if len(found) else _near(known, names, word)
    if len(near) == 0:
        raise CrmlabError("company.no_customer", company.language, value=customer)
    shown = known.set_index("customer_id")["name"]
    words = listed((_numbered(shown[number], number, company) for number in near[:5]), company.language)
    raise CrmlabError("company.which_customer", company.language, value=customer, near=words)


def _near(known: pd.DataFrame, names: pd.Series, word: str) -> list[int]:
    """Return customers whose name holds the word or is like it, or whose number is like it."""
    if word.lstrip("-").isdigit():
        by_number = {str(number): number for number in known["customer_id"].tolist()}
        return [by_number[text] for text in difflib.get_close_matches(word, by_number, n=3, cutoff=0.5)]
    holding = known.loc[names.str.contains(word, regex=False), "customer_id"].tolist() if word else []
    like = difflib.get_close_matches(word, names.tolist(), n=3, cutoff=0.5)
    alike = known.loc[names.isin(like), "customer_id"].tolist()
    return list(dict.fromkeys([*holding, *alike]))


def _of(company: Company, table: Table, columns: list[str], number: int) -> pd.DataFrame:
    """Return the rows of a table that refer to a customer, with money in yuan."""
    refers = nw.any_horizontal(*(nw.col(column) == number for column in columns), ignore_nulls=True)
    rows = company.frame(table.name).filter(refers).collect().to_pandas()
    return in_yuan(table, rows)


def _shown(company: Company, table: Table, rows: pd.DataFrame) -> list[Column]:
    """Return the columns that the company knows: one that was read from elsewhere has fewer, or more."""
    there = [column for column in table.among(rows.columns) if column.name in rows]
    return [column for column in there if company.knows(f"{table.name}.{column.name}")]


def _section(
    company: Company,
    cells: _Cells,
    table: Table,
    columns: list[str],
    number: int,
    invoices: pd.DataFrame | None,
) -> Section:
    """Return the newest rows of a table that refer to the customer in one of ``columns``."""
    rows = _of(company, table, columns, number)
    days = [column.name for column in table.columns if column.kind in ("date", "timestamp")]
    rows = rows.sort_values([*days[:1], table.key], ascending=not days)
    shown = [column for column in _shown(company, table, rows) if column.name != columns[0]]
    language = company.language
    head = [cells.title(column).to(language) for column in shown]
    written = cells.rows(rows.head(SHOWN), shown)
    if table.name == "orders" and invoices is not None:
        head.append(say("company.card_net", language))
        net = invoices["net"].to_dict()
        for row, order in zip(written, rows["order_id"].head(SHOWN).tolist(), strict=True):
            row.append(_money(net[order]) if order in net else "")
    key = "company.card_rows" if len(rows) <= SHOWN else "company.card_newest"
    note = say(key, language, count=len(rows), shown=SHOWN)
    return Section(table.title.to(language), note, head, written)


def _invoices(company: Company, number: int) -> pd.DataFrame:
    """Return what each valid order of a customer came to, what was received, and how late it is, in cents."""
    orders = _of(company, TABLES["orders"], ["customer_id"], number)
    orders = orders[orders["status"].isin(VALID_STATUSES)].set_index("order_id").sort_index(ascending=False)
    ids = orders.index.tolist()
    lines = company.frame("order_lines").filter(nw.col("order_id").is_in(ids)).collect().to_pandas()
    net = lines.groupby("order_id")["net_amount_cents"] if "net_amount_cents" in lines else _net(lines)
    received: pd.Series | int = 0
    if "receipts" in company.raw:
        paid = company.frame("receipts").filter(nw.col("order_id").is_in(ids)).collect().to_pandas()
        received = paid.groupby("order_id")["amount_cents"].sum().reindex(ids, fill_value=0)
    invoices = pd.DataFrame(
        {
            "due_on": orders["due_on"],
            "net": net.sum().reindex(ids, fill_value=0),
            "received": received,
            "late": (company.today - orders["due_on"]).dt.days.clip(lower=0),
        },
        index=orders.index,
    )
    return invoices.assign(open=invoices["net"] - invoices["received"])


def _net(lines: pd.DataFrame) -> SeriesGroupBy:
    """Return what each line is worth, by order: exact in cents, as prices are whole yuan."""
    net = lines["quantity"] * lines["unit_price_cents"] * (100 - lines["discount"]) // 100
    return net.groupby(lines["order_id"])


def _owed(company: Company, invoices: pd.DataFrame) -> Section:
    """Return what is open of each order, by today."""
    language = company.language
    sums = {name: _money(invoices[name].sum()) for name in ("net", "received", "open")}
    late = _money(invoices.loc[invoices["late"] > 0, "open"].sum())
    names = ("order", "due", "net", "received", "open", "late")
    due = invoices["due_on"].dt.strftime("%Y-%m-%d")
    amounts = invoices[["net", "received", "open"]].map(_money)
    shown = pd.concat([due, amounts, invoices["late"].astype(str)], axis=1)[invoices["open"] != 0]
    rows = [[str(order), *cells] for order, cells in zip(shown.index, shown.to_numpy().tolist(), strict=True)]
    return Section(
        say("company.card_receivables", language),
        say("company.card_owed", language, late=late, **sums),
        [say(f"company.card_{name}", language) for name in names],
        rows,
    )


def _with_unit(column: Column, cell: str, language: str) -> str:
    return f"{cell} {column.unit.to(language)}" if column.unit and column.kind == "integer" else cell


def _money(cents: float) -> str:
    return f"{cents / 100:,.2f}"


class _Cells:
    """Writes the cells of a table as a person reads them; people and products by their name."""

    def __init__(self, company: Company) -> None:
        self.company = company

    def rows(self, rows: pd.DataFrame, columns: list[Column]) -> list[list[str]]:
        """Return the cells of rows, row by row."""
        written = [self._column(column, rows[column.name]) for column in columns]
        return [list(row) for row in zip(*written, strict=True)]

    def title(self, column: Column) -> Text:
        """Return the header of a column: "Product" instead of "Product no." where the name is shown."""
        other = self._named(column)
        if other and column.title == other[other.key].title:
            return other["name"].title
        return column.title

    def _named(self, column: Column) -> Table | None:
        """Return the table that a column refers to, if its rows have names."""
        table = TABLES.get((column.references or "").split(".")[0])
        named = table and table.name in self.company.raw and any(c.name == "name" for c in table.columns)
        return table if named else None

    def _column(self, column: Column, values: pd.Series) -> list[str]:
        write = self._writer(column)
        return ["" if pd.isna(value) else write(value) for value in values.tolist()]

    def _writer(self, column: Column) -> Callable[..., str]:
        other = self._named(column)
        if other:
            names = self.company.cached(("card", other.name), lambda: self._names(other))
            return lambda value: names.get(value) or _whole(value)
        if column.kind == "flag":
            return lambda value: "✓" if value else ""
        return _WRITERS.get(column.kind, str)

    def _names(self, table: Table) -> dict[int, str]:
        found = self.company.frame(table.name).select(table.key, "name").collect().to_pandas()
        return dict(zip(found[table.key].tolist(), found["name"].tolist(), strict=True))


def _whole(value: float) -> str:
    return str(int(value))  # some engines make floats of integers where one is missing


_WRITERS: dict[str, Callable[..., str]] = {
    **dict.fromkeys(("id", "integer", "percent"), _whole),
    "money": lambda value: f"{value:,.2f}",
    "date": lambda value: f"{value:%Y-%m-%d}",
    "timestamp": lambda value: f"{value:%Y-%m-%d %H:%M}",
}


def _width(words: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in words)


def _padded(words: str, width: int) -> str:
    return words + " " * (width - _width(words))


def _aligned(rows: list[list[str]]) -> list[str]:
    if len(rows) == 1:
        return []
    widths = [max(map(_width, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
