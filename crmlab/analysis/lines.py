"""The categories in which the products of sales stood on the day of booking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    from crmlab.company.company import Company


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
