"""The same function on pandas, Polars and DuckDB: equal to the cent and to the row."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import open_company

from .engines import on_duckdb, on_polars

FILTERS = {
    "everything": {},
    "unknown source": {"source": "Unknown"},
    "a year": {"start": "2025-01-01", "end": "2025-12-31", "region": ["East China", "华南"]},
    "two sources": {"source": ["Website", "未知"], "end": "2024-06-30"},
    "nothing": {"start": "2026-01-01", "end": "2026-01-01", "source": "Website", "customer": 1016},
}


@pytest.fixture(scope="module")
def engines():
    company = open_company(language="zh", seed=2026, account="s2026017")
    return company, {
        "polars": on_polars(company),
        "polars, lazy": on_polars(company, lazy=True),
        "duckdb": on_duckdb(company),
    }


@pytest.mark.parametrize("keywords", FILTERS.values(), ids=FILTERS)
def test_results_are_equal(engines, entry, keywords):
    company, others = engines
    expected = entry.run(company, **keywords)
    for name, other in others.items():
        pd.testing.assert_frame_equal(entry.run(other, **keywords), expected, check_exact=True, obj=name)


def test_an_engine_stays_lazy(engines):
    _, others = engines
    assert type(others["duckdb"].frame("orders").to_native()).__name__ == "DuckDBPyRelation"
