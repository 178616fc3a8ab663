"""What a test needs to compare an analysis with SQL that was written by hand from its definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pandas as pd

from crmlab import Company
from crmlab.company.schema import VALID_STATUSES

from .engines import database

__all__ = ["VALID", "Case", "agree", "cases", "database", "each_case", "ranking_sql"]

VALID = "status IN ('confirmed', 'shipped', 'completed')"


@dataclass
class Case:
    """One way to filter: as a person types it, and as SQL over orders o, customers c, products p."""

    keywords: dict
    customer: str = "TRUE"
    order: str = "TRUE"
    product: str | None = None

    @property
    def period(self) -> dict[str, str]:
        return {
            "start": self.keywords.get("start", "2021-01-01"),
            "end": self.keywords.get("end", "2026-01-31"),
        }


def cases(company: Company) -> list[Case]:
    orders = company.raw["orders"]
    afternoon = orders["status"].isin(VALID_STATUSES) & (orders["ordered_at"].dt.hour >= 12)
    late = orders.loc[afternoon, "ordered_at"].iloc[-1]
    day = f"{late:%Y-%m-%d}"
    name = company.raw["employees"].set_index("employee_id")["name"]
    people = name[name == name[company.me]].index.tolist()
    major = company.raw["products"]["major_category"].iloc[0]
    minor = company.raw["products"]["minor_category"].iloc[-1]
    product = int(company.raw["order_lines"]["product_id"].mode()[0])
    region = company.raw["customers"]["region"].iloc[0]
    year = {"start": "2025-01-01", "end": "2025-12-31"}
    return [
        Case({}),
        Case(year),
        Case({"start": "2022-07-01", "end": "2025-09-30"}),
        Case({"start": day, "end": day}),
        Case({"end": "2024-06-30", "owner": name[company.me]}, customer=f"c.owner_id IN {_in(people)}"),
        Case(year | {"recorder": company.me}, order=f"o.recorder_id = {company.me}"),
        Case(
            year | {"source": ["展会", "Unknown"]},
            customer="coalesce(c.source, '?') IN ('Trade fair', '展会', '?')",
        ),
        Case(
            {"industry": ["Education", "Finance"], "region": region},
            customer=f"c.industry IN ('Education', '教育', 'Finance', '金融') AND c.region = '{region}'",
        ),
        Case(year | {"major_category": major}, product=f"p.major_category = '{major}'"),
        Case({"minor_category": minor, "start": "2023-07-01"}, product=f"p.minor_category = '{minor}'"),
        Case({"product": product}, product=f"p.product_id = {product}"),
        Case({"customer": [1001, 1002, 1016]}, customer="c.customer_id IN (1001, 1002, 1016)"),
    ]


def _in(values: list) -> str:
    return f"({', '.join(map(str, values))})"


def each_case(company: Company, check: Callable[[duckdb.DuckDBPyConnection, Case], None], *, products=True):
    connection = database(company)
    for case in cases(company):
        if products or case.product is None:
            check(connection, case)


def agree(result: pd.DataFrame, rows: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(result, rows.astype(result.dtypes.to_dict()), rtol=1e-12, atol=0)


RANKING = f"""
    WITH sold AS (
        SELECT c.customer_id, c.name AS customer,
               CAST(sum(l.quantity * l.unit_price_cents * (100 - l.discount)) AS BIGINT) / 10000.0
                   AS net_sales
        FROM order_lines l
        JOIN orders o USING (order_id)
        JOIN customers c USING (customer_id)
        JOIN products p USING (product_id)
        WHERE {VALID} AND {{customer}} AND {{order}} AND {{product}}
          AND CAST(l.booked_at AS DATE) BETWEEN $start::DATE AND $end::DATE
        GROUP BY c.customer_id, c.name
    ), ranked AS (
        SELECT rank() OVER (ORDER BY net_sales DESC) AS rank, customer_id, customer, net_sales,
               net_sales / nullif(sum(net_sales) OVER (), 0) AS share,
               sum(net_sales) OVER (ORDER BY net_sales DESC, customer_id ROWS UNBOUNDED PRECEDING)
                   / nullif(sum(net_sales) OVER (), 0) AS cumulative_share
        FROM sold
    )
"""


def ranking_sql(case: Case) -> str:
    return RANKING.format(customer=case.customer, order=case.order, product=case.product or "TRUE")
