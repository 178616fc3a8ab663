"""The lines of sales with what more is asked of them: what was sold, what it cost, where it stood then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from crmlab.analysis.frames import sales

if TYPE_CHECKING:
    from crmlab.company.company import Company


def priced(company: Company) -> nw.LazyFrame:
    """Return the lines of `frames.sales` with ``quantity``, ``gross_cents`` and ``cost_cents``.

    ``gross_cents`` is before discount. ``cost_cents`` is the cost of the goods on the day of sale; a return
    takes it back with the sale that it reverses.
    """

    def build() -> nw.LazyFrame:
        lines = company.frame("order_lines")
        # A company of one's own has the cost of the line where a cost in cents for each unit is not exact.
        given = "cost_amount_cents" in lines.collect_schema().names()
        cost_cents = nw.col("cost_amount_cents") if given else nw.col("quantity") * nw.col("unit_cost_cents")
        amounts = lines.select(
            "line_id",
            "quantity",
            gross_cents=nw.col("quantity") * nw.col("unit_price_cents"),
            cost_cents=cost_cents,
        )
        return sales(company).join(amounts, on="line_id", how="inner")

    return company.cached("lines.priced", build)


def with_categories_then(company: Company, lines: nw.LazyFrame) -> nw.LazyFrame:
    """Return ``lines`` with the categories in which the product stood on the day of booking.

    They are ``major_category_then`` and ``minor_category_then``; before a product's first entry in the
    history they are those of that entry, and without any entry those of today.
    """
    history = dated_categories(company).rename(
        {"major_category": "major_category_then", "minor_category": "minor_category_then"}
    )
    stands = (nw.col("valid_from").is_null() | (nw.col("booked_at") >= nw.col("valid_from"))) & (
        nw.col("valid_until").is_null() | (nw.col("booked_at") < nw.col("valid_until"))
    )
    return (
        lines.join(history, on="product_id", how="left")
        .filter(stands)
        .with_columns(
            nw.coalesce(f"{level}_then", level).alias(f"{level}_then")
            for level in ("major_category", "minor_category")
        )
        .drop("valid_from", "valid_until")
    )


def dated_categories(company: Company) -> nw.LazyFrame:
    """Return the products' categories with ``valid_from``, missing for the first, and ``valid_until``.

    ``valid_until`` is the first day of the next one; it is missing for the category of today.
    """
    order = ["valid_from", "history_id"]
    first = nw.col("history_id").shift(1).over("product_id", order_by=order).is_null()
    return (
        company.frame("product_categories")
        .with_columns(
            valid_until=nw.col("valid_from").shift(-1).over("product_id", order_by=order), first=first
        )
        .with_columns(valid_from=nw.when(~nw.col("first")).then(nw.col("valid_from")))
        .select("product_id", "major_category", "minor_category", "valid_from", "valid_until")
    )
