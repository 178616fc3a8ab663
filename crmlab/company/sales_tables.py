"""The tables of a company out of the lines of a sales file.

What the file does not say is filled so that every table is whole, and listed as lacking, so that no
analysis takes it for a fact.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crmlab.company.frames import TEXT
from crmlab.company.sales_file import Sales, cents, numbered
from crmlab.company.schema import ROLES, TABLES, UNKNOWN
from crmlab.locale import Text, say

_STAFF = Text("Not stated", "未注明")
_GOODS = Text("All goods", "全部商品")
_UNIT = Text("piece", "件")
_ME = 1


class Tables(NamedTuple):
    """The tables of a company as they are stored, and what they do not know.

    Attributes
    ----------
    frames : dict of str to DataFrame
    lacks : tuple of str
        ``table.column`` of what nobody knows, though something stands there.
    notes : list of str
        What was done to the lines, in sentences.
    """

    frames: dict[str, pd.DataFrame]
    lacks: tuple[str, ...]
    notes: list[str]


class _Given(NamedTuple):
    """What a line of the file says about its money."""

    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal | None
    discount: Decimal | None
    cost: Decimal | None
    profit: Decimal | None


class _Line(NamedTuple):
    """The money of one line, in cents, and its quantity in whole units."""

    quantity: int
    unit_price: int
    discount: int
    net: int
    cost: int | None


def tables_of(sales: Sales, language: str) -> Tables:
    """Make the tables of a company of ``sales``.

    A line keeps the number of its row. Where quantity, price and discount do not give its net amount to
    the cent, all lines have one more column, ``net_amount``, which counts; ``cost_amount`` likewise.

    Examples
    --------
    >>> from crmlab.company.sales_file import understand
    >>> frame = pd.DataFrame({"day": ["2024-01-31"], "who": ["Ann"], "yuan": ["29.33"], "units": [2]})
    >>> names = {"date": "day", "customer": "who", "amount": "yuan", "quantity": "units"}
    >>> tables = tables_of(understand(frame, names, "en"), "en")
    >>> tables.frames["order_lines"][["quantity", "unit_price_cents", "net_amount_cents"]].values.tolist()
    [[2, 1467, 2933]]
    """
    return _Building(sales, language).tables()


class _Building:
    def __init__(self, sales: Sales, language: str) -> None:
        self.sales = sales
        self.language = language
        self.unknown = UNKNOWN.to(language)
        self.notes: list[str] = []
        self.lines = self._lines()

    def note(self, name: str, **blanks: object) -> None:
        self.notes.append(say(f"own.{name}", self.language, **blanks))

    def tables(self) -> Tables:
        self._match_returns()
        frames = {
            "employees": self._employees(),
            "customers": self._customers(),
            "products": self._products(),
            "orders": self._orders(),
            "order_lines": self._order_lines(),
        }
        lacks = self._lacks()
        net = f"{self.lines['net'].sum() / 100:,.2f}"
        read = say("own.rows", self.language, file=self.sales.file, rows=f"{len(self.lines):,}", net=net)
        return Tables(frames, lacks, [read, *self.notes])

    # The lines, with everything beside them that the other tables are made of

    def _lines(self) -> pd.DataFrame:
        sales = self.sales
        self.customer_ids = numbered(sales.of("customer"))
        self.order_ids = numbered(sales.of("order")) if "order" in sales else {}
        goods = "product" if "product" in sales else "category"
        self.goods = sales.of(goods) if goods in sales else [_GOODS.to(self.language)] * len(sales.rows)
        self.goods = [self.unknown if name is None else name for name in self.goods]
        self.product_ids = numbered(self.goods)
        if "order" not in sales:
            self.note("no_order")
        lines = pd.DataFrame(self._money())
        return lines.assign(
            line_id=sales.rows,
            order_id=[self.order_ids[x] for x in sales.of("order")] if "order" in sales else sales.rows,
            customer_id=[self.customer_ids[name] for name in sales.of("customer")],
            product_id=[self.product_ids[name] for name in self.goods],
            booked_at=np.array(sales.of("date"), dtype="datetime64[us]"),
            returned_line_id=pd.array([None] * len(lines), dtype="Int64"),
            category=sales.of("category"),
            source=sales.of("source"),
            region=sales.of("region"),
        )

    def _money(self) -> list[_Line]:
        rows = [_Given(*row) for row in zip(*(self.sales.of(key) for key in _Given._fields), strict=True)]
        # A cost stands beside a price for one unit, beside an amount for the line.
        each = "price" in self.sales
        if "cost" in self.sales:
            self.note("cost_each" if each else "cost_line", column=self.sales.columns["cost"])
        off = sum(
            row.amount is not None and row.price is not None and abs(_net(row) - _calculated(row)) > 1
            for row in rows
        )
        if off:
            self.note("amount_counts", count=off, column=self.sales.columns["amount"])
        fractions = sum(row.quantity is not None and row.quantity % 1 != 0 for row in rows)
        if fractions:
            self.note("fractions", count=fractions, column=self.sales.columns["quantity"])
        again = pd.DataFrame(self.sales.values).duplicated().sum()
        if again:
            self.note("copies", count=int(again))
        return [_line(row, each) for row in rows]

    def _match_returns(self) -> None:
        """Give each return the last sale before it of this product to this customer.

        An order that holds nothing but returns is no purchase, so these go to the order of that sale.
        """
        lines = self.lines.sort_values(["booked_at", "line_id"], kind="stable")
        is_return = lines["quantity"] < 0
        if not is_return.any():
            return
        keys = ["customer_id", "product_id"]
        sold = lines.loc[lines["quantity"] > 0, [*keys, "booked_at", "line_id", "order_id"]]
        back = lines.loc[is_return, [*keys, "booked_at", "line_id", "order_id"]]
        match = pd.merge_asof(back, sold, on="booked_at", by=keys, suffixes=("", "_sold")).set_index(
            "line_id"
        )
        match = match[match["line_id_sold"].notna()].astype(
            {"line_id_sold": "int64", "order_id_sold": "int64"}
        )
        with_sales = set(sold["order_id"])
        moved = match.loc[~match["order_id"].isin(with_sales), "order_id_sold"]
        numbers = self.lines["line_id"]
        self.lines["returned_line_id"] = numbers.map(match["line_id_sold"]).astype("Int64")
        self.lines["order_id"] = numbers.map(moved).fillna(self.lines["order_id"]).astype("int64")
        self.note("returns", count=len(back), matched=len(match), alone=len(back) - len(match))

    # The tables

    def _employees(self) -> pd.DataFrame:
        start = self.lines["booked_at"].min().normalize()
        return _frame(
            "employees",
            [_ME],
            name=_STAFF.to(self.language),
            account="own",
            role=ROLES[0].to(self.language),
            region=self.unknown,
            hired_on=start,
            left_on=pd.NaT,
        )

    def _customers(self) -> pd.DataFrame:
        lines = self.lines.sort_values(["booked_at", "line_id"], kind="stable")
        by_customer = lines.groupby("customer_id")
        first = by_customer.first()  # of each column the first value that is not missing
        for key in ("source", "region"):
            several = int((by_customer[key].nunique() > 1).sum())
            if several:
                self.note("several", count=several, column=self.sales.columns[key])
        names = pd.Series({number: name for name, number in self.customer_ids.items()})
        return _frame(
            "customers",
            first.index,
            name=names.reindex(first.index).to_numpy(),
            kind=self.unknown,
            source=first["source"].to_numpy(dtype=object),
            industry=self.unknown,
            region=first["region"].fillna(self.unknown).to_numpy(dtype=object),
            city=self.unknown,
            size=self.unknown,
            hobby=None,
            owner_id=_ME,
            credit_days=0,
            created_on=by_customer["booked_at"].min().dt.normalize().to_numpy(),
        )

    def _products(self) -> pd.DataFrame:
        lines = self.lines.sort_values(["booked_at", "line_id"], kind="stable")
        by_product = lines.groupby("product_id")
        last = by_product.last()
        several = int((by_product["category"].nunique() > 1).sum())
        if several:
            self.note("several_categories", count=several)
        names = pd.Series({number: name for name, number in self.product_ids.items()})
        category = last["category"].fillna(self.unknown).to_numpy(dtype=object)
        return _frame(
            "products",
            last.index,
            name=names.reindex(last.index).to_numpy(),
            major_category=category,
            minor_category=category,
            unit=_UNIT.to(self.language),
            list_price_cents=last["unit_price"].to_numpy(),
            unit_cost_cents=_unit_costs(last),
            launched_on=by_product["booked_at"].min().dt.normalize().to_numpy(),
        )

    def _orders(self) -> pd.DataFrame:
        # When an order was placed is seen from its sales; from its returns if it has nothing else.
        lines = self.lines.assign(back=self.lines["quantity"] < 0)
        first = lines.sort_values(["back", "booked_at", "line_id"], kind="stable").groupby("order_id").first()
        orders = _frame(
            "orders",
            first.index,
            customer_id=first["customer_id"].to_numpy(),
            ordered_at=first["booked_at"].to_numpy(),
            status="completed",
            recorder_id=_ME,
            owner_id=_ME,
            due_on=first["booked_at"].dt.normalize().to_numpy(),
        )
        if any(str(number) != text for text, number in self.order_ids.items()):
            texts = pd.Series({number: text for text, number in self.order_ids.items()})
            orders["code"] = pd.Series(texts.reindex(first.index).to_numpy(), dtype=TEXT)
        return orders

    def _order_lines(self) -> pd.DataFrame:
        lines = self.lines
        frame = _frame(
            "order_lines",
            lines["line_id"],
            **{name: lines[name] for name in ("order_id", "product_id", "booked_at", "quantity", "discount")},
            unit_price_cents=lines["unit_price"],
            unit_cost_cents=_unit_costs(lines),
            returned_line_id=lines["returned_line_id"],
        )
        exact = (
            frame["quantity"] * frame["unit_price_cents"] * (100 - frame["discount"]) == lines["net"] * 100
        )
        if not exact.all():
            frame["net_amount_cents"] = lines["net"].astype("int64")
            self.note("net_amount", count=int((~exact).sum()))
        if self._knows_costs() and (frame["quantity"] * frame["unit_cost_cents"] != lines["cost"]).any():
            frame["cost_amount_cents"] = lines["cost"].astype("int64")
        return frame

    def _knows_costs(self) -> bool:
        return bool(self.lines["cost"].notna().all())

    def _lacks(self) -> tuple[str, ...]:
        """What the tables above had to fill in."""
        lacks = ["orders.status", "orders.recorder_id", "orders.owner_id", "orders.due_on"]
        lacks += [
            f"customers.{name}" for name in ("kind", "industry", "city", "size", "hobby", "credit_days")
        ]
        if "order" not in self.sales:
            lacks.append("orders.order_id")
        for column, keys in _FROM.items():
            if not any(key in self.sales for key in keys):
                lacks.append(column)
        if not self._knows_costs():
            lacks += ["products.unit_cost", "order_lines.unit_cost"]
            if "cost" in self.sales or "profit" in self.sales:
                self.note("costs_missing", count=int(self.lines["cost"].isna().sum()))
        return tuple(lacks)


#: What of the tables comes from which column of the file, beside what every file has.
_FROM = {
    "customers.source": ("source",),
    "customers.region": ("region",),
    "products.name": ("product", "category"),
    "products.major_category": ("category",),
    "order_lines.quantity": ("quantity",),
    "order_lines.discount": ("discount",),
}


def _line(given: _Given, each: bool) -> _Line:
    """One line, its net amount right to the cent and its sign that of the quantity."""
    left = 1 - (given.discount or Decimal(0))
    count = Decimal(1) if given.quantity is None else given.quantity
    net = _net(given)
    units = max(1, _whole(abs(count))) if count else 0
    units = -units if net < 0 or (net == 0 and count < 0) else units
    price = given.price
    if price is None:
        sold = abs(count) * left
        price = Decimal(net) / 100 / sold if sold else Decimal(net) / 100
    cost = None
    if given.cost is not None:
        cost = cents(abs(given.cost) * (abs(count) if each else 1)) * (-1 if units < 0 else 1)
    elif given.profit is not None:
        cost = net - cents(given.profit)
    return _Line(units, abs(cents(price)), _whole(100 - 100 * left), net, cost)


def _net(given: _Given) -> int:
    """The net amount in cents: what is given, else what quantity, price and discount make."""
    return _calculated(given) if given.amount is None else cents(given.amount)


def _calculated(given: _Given) -> int:
    count = Decimal(1) if given.quantity is None else given.quantity
    return cents(count * (given.price or Decimal(0)) * (1 - (given.discount or Decimal(0))))


def _whole(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def _unit_costs(lines: pd.DataFrame) -> Any:
    """The cost of one unit in cents; 0 where nobody knows, which is said in what is lacking."""
    quantity = lines["quantity"].replace(0, 1)
    return (lines["cost"].astype("float64") / quantity).fillna(0).round().astype("int64").to_numpy()


def _frame(_name: str, _key: Iterable[int], **columns: Any) -> pd.DataFrame:
    """A table typed as the schema says, of columns or of values that all rows share."""
    table, numbers = TABLES[_name], np.fromiter(_key, dtype="int64")
    values = {column.stored: columns.get(column.stored) for column in table.columns}
    frame = pd.DataFrame(values | {table.key: numbers}, index=range(len(numbers)))
    return frame.astype({c.stored: TEXT if c.dtype == "str" else c.dtype for c in table.columns})
