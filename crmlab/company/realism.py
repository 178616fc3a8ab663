"""How real the company looks: facts of published studies, each measured in the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crmlab.company.company import Company
from crmlab.company.schema import VALID_STATUSES
from crmlab.company.world.calendar import SPRING_FESTIVALS

_EIGHTEEN_MONTHS = pd.Timedelta(days=548)
_DAY = pd.Timedelta(days=1)
_YEAR = pd.Timedelta(days=365)


@dataclass(frozen=True)
class Fact:
    """One fact, and the range in which a real company lies."""

    name: str
    low: float
    high: float
    measure: Callable[[Books], float]


class Books:
    """The tables of one company, joined as the measurements need them."""

    def __init__(self, company: Company) -> None:
        self.today = company.today
        self.customers = company.customers
        self.products = company.products
        orders = company.orders
        self.orders = orders[orders["status"].isin(VALID_STATUSES)]
        lines = company.order_lines.merge(self.orders, on="order_id")
        lines["net"] = lines["quantity"] * lines["unit_price"] * (100 - lines["discount"]) / 100
        lines["cogs"] = lines["quantity"] * lines["unit_cost"]
        self.lines = lines
        receipts = company.receipts
        self.receipts = receipts[receipts["order_id"].isin(self.orders["order_id"])]

    @cached_property
    def ageing(self) -> pd.Series:
        """Return the shares of what is owed by days late: the mean of the last twelve month ends."""
        ends = pd.date_range(end=self.today, periods=12, freq="ME")
        return pd.concat([self._aged_on(end) for end in ends], axis=1).mean(axis=1)

    def _aged_on(self, day: pd.Timestamp) -> pd.Series:
        invoices = self.invoices(day)
        owed = invoices.loc[invoices["open"] > 0, "open"]
        late = (day - invoices["due_on"].loc[owed.index]).dt.days
        groups = pd.cut(late, [-1000, 0, 30, 60, 90, 10_000], labels=False)
        return owed.groupby(groups).sum() / owed.sum()

    def invoices(self, on: pd.Timestamp) -> pd.DataFrame:
        """Return what each valid order came to, what was received, and what is open on a day."""
        lines = self.lines[self.lines["booked_at"] < on + _DAY]
        paid = self.receipts[self.receipts["received_on"] <= on]
        due_on = self.orders.set_index("order_id")["due_on"]
        in_time = paid[paid["received_on"] <= paid["order_id"].map(due_on)]
        sums = {
            "net": lines.groupby("order_id")["net"].sum(),
            "received": paid.groupby("order_id")["amount"].sum(),
            "in_time": in_time.groupby("order_id")["amount"].sum(),
        }
        invoices = due_on.to_frame().assign(**sums).fillna(dict.fromkeys(sums, 0))
        return invoices.assign(open=invoices["net"] - invoices["received"])


def _top_fifth(sales: pd.Series) -> float:
    ranked = sales.sort_values(ascending=False)
    return ranked.iloc[: round(len(ranked) * 0.2)].sum() / ranked.sum()


def _customers_share(books: Books) -> float:
    return _top_fifth(books.lines.groupby("customer_id")["net"].sum())


def _products_share(books: Books) -> float:
    sales = books.lines.groupby("product_id")["net"].sum()
    return _top_fifth(sales.reindex(books.products["product_id"], fill_value=0))


def _repeated(books: Books) -> float:
    times = books.orders.sort_values("ordered_at").groupby("customer_id")["ordered_at"]
    first, after = times.first(), times.apply(lambda t: t.iloc[1] - t.iloc[0] if len(t) > 1 else pd.NaT)
    watched = first <= books.today - _EIGHTEEN_MONTHS
    return float((after[watched] <= _EIGHTEEN_MONTHS).mean())


def _gaps(books: Books) -> pd.Series:
    orders = books.orders.sort_values(["customer_id", "ordered_at"])
    days = orders["ordered_at"].dt.normalize().groupby(orders["customer_id"]).diff().dt.days
    return days[days > 0]


def _gap_variation(books: Books) -> float:
    gaps = _gaps(books)
    return gaps.std() / gaps.mean()


def _gap_skew(books: Books) -> float:
    gaps = _gaps(books)
    return gaps.mean() / gaps.median()


def _order_sigma(books: Books) -> float:
    sold = books.lines[books.lines["quantity"] > 0]
    return float(np.log(sold.groupby("order_id")["net"].sum()).std())


def _lost(books: Books) -> float:
    year = books.orders["ordered_at"].dt.year
    buyers = {y: set(books.orders.loc[year == y, "customer_id"]) for y in range(year.min(), books.today.year)}
    pairs = [(buyers[y], buyers[y + 1]) for y in list(buyers)[:-1]]
    return sum(len(a - b) for a, b in pairs) / sum(len(a) for a, _ in pairs)


def _dso(books: Books) -> float:
    recent = books.lines.loc[books.lines["booked_at"] > books.today - _YEAR, "net"].sum()
    return books.invoices(books.today)["open"].sum() / recent * 365


def _late(books: Books) -> float:
    invoices = books.invoices(books.today)
    due = invoices[(invoices["due_on"] < books.today) & (invoices["net"] > 0)]
    return (due["net"] - due["in_time"]).clip(lower=0).sum() / due["net"].sum()


def _never(books: Books) -> float:
    invoices = books.invoices(books.today)
    old = invoices[(invoices["due_on"] < books.today - _YEAR) & (invoices["net"] > 0)]
    return float((old["received"] == 0).mean())


def _aged(group: int) -> Callable[[Books], float]:
    return lambda books: float(books.ageing[group])


def _unknown(books: Books) -> float:
    return float(books.customers["source"].isna().mean())


def _margin(books: Books) -> float:
    return 1 - books.lines["cogs"].sum() / books.lines["net"].sum()


def _losing_products(books: Books) -> float:
    sums = books.lines.groupby("product_id")[["net", "cogs"]].sum()
    return float((sums["net"] < sums["cogs"]).sum())


def _spring_festival(books: Books) -> float:
    """Orders of the months that hold the holiday beside the mean of the other months of those years."""
    months = books.orders["ordered_at"].dt.to_period("M").value_counts()
    held, others = 0.0, 0.0
    for year in range(2021, books.today.year):
        festival = pd.Timestamp(SPRING_FESTIVALS[year], unit="D").to_period("M")
        rest = months[[m for m in months.index if m.year == year and m != festival]]
        held += months[festival]
        others += rest.mean()
    return held / others - 1


FACTS = (
    Fact("sales of the top 20 % of customers", 0.55, 0.75, _customers_share),
    Fact("sales of the top 20 % of products", 0.70, 0.85, _products_share),
    Fact("bought again within 18 months", 0.40, 0.60, _repeated),
    Fact("time between purchases, CV", 1.0, 3.0, _gap_variation),
    Fact("time between purchases, mean / median", 1.0, 5.0, _gap_skew),
    Fact("order value, sigma of the logarithm", 0.7, 1.2, _order_sigma),
    Fact("customers lost a year", 0.15, 0.35, _lost),
    Fact("DSO in days", 55, 90, _dso),
    Fact("paid late, by value", 0.30, 0.40, _late),
    Fact("never paid, by number", 0.01, 0.03, _never),
    Fact("receivables not due", 0.60, 0.75, _aged(0)),
    Fact("receivables 1-30 days late", 0.12, 0.20, _aged(1)),
    Fact("receivables 31-60 days late", 0.05, 0.08, _aged(2)),
    Fact("receivables 61-90 days late", 0.03, 0.05, _aged(3)),
    Fact("receivables over 90 days late", 0.05, 0.10, _aged(4)),
    Fact("customers of unknown source", 0.05, 0.14, _unknown),
    Fact("gross margin", 0.10, 0.20, _margin),
    Fact("products sold at a loss", 1, 20, _losing_products),
    Fact("orders in the month of Spring Festival", -0.35, -0.20, _spring_festival),
)


def measured(company: Company) -> pd.Series:
    """Return each fact as measured in ``company``."""
    books = Books(company)
    return pd.Series({fact.name: fact.measure(books) for fact in FACTS})
