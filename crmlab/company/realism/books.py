"""The tables of one company, joined as the measurements need them."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from crmlab.company.company import Company
from crmlab.company.schema import VALID_STATUSES

DAY = pd.Timedelta(days=1)
YEAR = pd.Timedelta(days=365)


class Books:
    """The valid sales of one company; ``company`` has all its tables."""

    def __init__(self, company: Company) -> None:
        self.company = company
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
    def gaps(self) -> pd.Series:
        """Return the days between one purchase of a customer and the next."""
        orders = self.orders.sort_values(["customer_id", "ordered_at"])
        days = orders["ordered_at"].dt.normalize().groupby(orders["customer_id"]).diff().dt.days
        return days[days > 0]

    @cached_property
    def values(self) -> pd.Series:
        """Return what each order was sold for, before returns."""
        return self.lines[self.lines["quantity"] > 0].groupby("order_id")["net"].sum()

    @cached_property
    def repeated(self) -> pd.DataFrame:
        """Return each customer's first purchase, and the days to its second: empty when there is none."""
        orders = self.orders.sort_values("ordered_at")
        orders = orders.assign(place=orders.groupby("customer_id").cumcount())
        times = orders[orders["place"] < 2].pivot(index="customer_id", columns="place", values="ordered_at")
        return pd.DataFrame({"first": times[0], "days": (times[1] - times[0]).dt.total_seconds() / 86_400})

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
        lines = self.lines[self.lines["booked_at"] < on + DAY]
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
