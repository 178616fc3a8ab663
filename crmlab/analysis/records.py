"""Prepared frames of what else people record beside sales: work, deals, receipts, expenses, tickets.

As in `crmlab.analysis.frames`, each has the filter fields of its customer, and ``recorder_id`` is the
employee who keyed the record in. Of a database, those with ``conditions`` have those fields only if these
ask for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd

from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import asks_of_customers, collected, of_customers, prepared_of_customers
from crmlab.company.schema import ACTIVITY_KINDS, ROLES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: The filters of what is about a customer and not about a product.
CUSTOMER_FILTERS = ("period", "recorder", "owner", "customer", "source", "industry", "region")

SALESPERSON = ROLES[0]
VISIT, CALL, MAIL, DEMONSTRATION, MEETING, ADMINISTRATION, TRAVEL, TRAINING = ACTIVITY_KINDS
#: Selling is one of these with a customer; a mail is a contact, but hardly the time of a salesperson.
SELLING = (VISIT, CALL, DEMONSTRATION, MEETING)
CONTACTS = (VISIT, CALL, MAIL, DEMONSTRATION, MEETING)


def is_one_of(column: str, words: tuple[Text, ...]) -> nw.Expr:
    """Return whether ``column`` holds one of ``words``, in whichever language."""
    return nw.col(column).is_in([word for text in words for word in text])


def of_customers_if_any(company: Company, frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return ``frame``, whose ``customer_id`` may be missing, with the customer's fields of the filter bar.

    What is about no customer has no source; that must not make it one of unknown source.
    """
    nobody = nw.col("customer_id").is_null()
    return of_customers(company, frame).with_columns(
        source=nw.when(nobody).then(nw.lit("")).otherwise(nw.col("source"))
    )


def activities(company: Company, conditions: Conditions | None = None) -> nw.LazyFrame:
    """Return what was done; its ``minutes`` are 0, and ``unended`` is 1, where nobody noted the end."""
    joined = asks_of_customers(company, conditions)

    def build() -> nw.LazyFrame:
        unended = nw.col("minutes").is_null()
        done = (
            company.frame("activities")
            .filter(nw.col("status") == "done")
            .with_columns(minutes=nw.col("minutes").fill_null(0), unended=unended.cast(nw.Int64))
        )
        names = ("activity_id", "kind", "customer_id", "started_at", "minutes", "unended", "recorder_id")
        done = done.select(*names)
        return of_customers_if_any(company, done) if joined else done

    return company.cached(("records.activities", joined), build)


def shares(company: Company, conditions: Conditions | None = None) -> nw.LazyFrame:
    """Return the activities once for each employee who took part, with the number of ``sharers``.

    A joint activity has participants on record; any other is the work of the one who keyed it in.
    """

    def build() -> nw.LazyFrame:
        joint = company.frame("activity_participants").select("activity_id", "employee_id")
        sharers = joint.group_by("activity_id").agg(sharers=nw.len())
        return (
            activities(company, conditions)
            .join(joint, on="activity_id", how="left")
            .join(sharers, on="activity_id", how="left")
            .with_columns(
                employee_id=nw.coalesce(nw.col("employee_id"), nw.col("recorder_id")).cast(nw.Int64),
                sharers=nw.col("sharers").fill_null(1).cast(nw.Int64),
            )
        )

    return company.cached(("records.shares", asks_of_customers(company, conditions)), build)


def contacts(company: Company, conditions: Conditions | None = None) -> nw.LazyFrame:
    """Return the activities that were contacts with a customer."""

    def build() -> nw.LazyFrame:
        with_customer = ~nw.col("customer_id").is_null()
        found = activities(company, conditions).filter(with_customer & is_one_of("kind", CONTACTS))
        return found.with_columns(nw.col("customer_id").cast(nw.Int64))

    return company.cached(("records.contacts", asks_of_customers(company, conditions)), build)


def receipts(company: Company, conditions: Conditions | None = None) -> nw.LazyFrame:
    """Return the money received, of the customer whose order it paid; ``recorder_id`` keyed the receipt in.

    A receipt may be credited to the wrong customer, so that its own ``customer_id`` says less.
    """

    def build() -> nw.LazyFrame:
        orders = company.frame("orders").select("order_id", "customer_id", order_recorder_id="recorder_id")
        found = company.frame("receipts").select("order_id", "received_on", "amount_cents", "recorder_id")
        return found.join(orders, on="order_id", how="inner")

    return prepared_of_customers(company, conditions, "records.receipts", build)


def opportunities(company: Company) -> nw.LazyFrame:
    """Return the opportunities with the customer's fields of the filter bar.

    ``owner_id`` is who looks after the customer today, ``source`` the one on the customer's card.
    """

    def build() -> nw.LazyFrame:
        return of_customers(company, company.frame("opportunities").drop("owner_id", "source", "order_id"))

    return company.cached("records.opportunities", build)


def converted(company: Company) -> nw.LazyFrame:
    """Return the customers that came of a lead, with ``created_on``; the recorder is that of the lead."""

    def build() -> nw.LazyFrame:
        leads = company.frame("leads").filter(~nw.col("customer_id").is_null())
        leads = leads.select(nw.col("customer_id").cast(nw.Int64), nw.col("recorder_id"))
        created = company.frame("customers").select("customer_id", "created_on")
        return of_customers(company, leads.join(created, on="customer_id", how="inner"))

    return company.cached("records.converted", build)


def expenses(company: Company) -> nw.LazyFrame:
    """Return the expenses that were not rejected; the recorder is who spent the money and claimed it."""

    def build() -> nw.LazyFrame:
        claims = company.frame("expenses").filter(nw.col("status") != "rejected")
        names = ("kind", "incurred_on", "amount_cents", "customer_id")
        return of_customers_if_any(company, claims.select(*names, recorder_id="employee_id"))

    return company.cached("records.expenses", build)


def tickets(company: Company) -> nw.LazyFrame:
    """Return the tickets, with the categories of their product; ``satisfaction`` is 0 without an answer."""

    def build() -> nw.LazyFrame:
        names = ("customer_id", "kind", "product_id", "opened_at", "status")
        score = nw.col("satisfaction").fill_null(0).cast(nw.Int64)
        found = company.frame("tickets").with_columns(satisfaction=score).select(*names, "satisfaction")
        products = company.frame("products").select("product_id", "major_category", "minor_category")
        return of_customers(company, found.join(products, on="product_id", how="left"))

    return company.cached("records.tickets", build)


def staff(company: Company) -> pd.DataFrame:
    """Return all employees, by number, with ``sells``: whether they are salespeople."""

    def build() -> pd.DataFrame:
        names = ("employee_id", "name", "hired_on", "left_on")
        sells = is_one_of("role", (SALESPERSON,))
        found = collected(company.frame("employees").select(*names, sells=sells))
        return found.set_index("employee_id").sort_index()

    return company.cached("records.staff", build)


def employed(people: pd.DataFrame, conditions: Conditions) -> pd.Series:
    """Return which of ``people`` worked here on at least one day of the period."""
    left = people["left_on"]
    return (people["hired_on"] < conditions.after) & (left.isna() | (left >= conditions.first))
