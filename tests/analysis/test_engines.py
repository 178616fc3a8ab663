"""The same function on pandas, Polars and DuckDB: equal to the cent and to the row."""

from __future__ import annotations

import pytest

from crmlab import Company, open_company
from crmlab.analysis.frames import keep

from .engines import FILTERS, cases, equal, on_duckdb, on_polars, tiny

ENGINES = {
    "polars, lazy": lambda company: on_polars(company, lazy=True),
    "duckdb": on_duckdb,
}


@pytest.fixture(scope="module")
def company():
    return open_company(language="zh", seed=2026, account="s2026017")


@pytest.fixture(scope="module", params=ENGINES.values(), ids=ENGINES)
def other(request, company):
    return request.param(company)


@pytest.fixture(scope="module")
def eager(company):
    return on_polars(company)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def loaded(folder):
    return Company.read(folder)


@pytest.fixture(scope="module", params=["duckdb", "duckdb, kept", "polars", "polars, kept"])
def connected(request, folder):
    engine, _, kept = request.param.partition(", ")
    company = Company.connect(folder, engine=engine)
    if kept:
        keep(company)
    return company


@pytest.mark.parametrize(("entry", "which"), cases(FILTERS))
def test_in_memory(other, company, entry, which):
    equal(entry, other, company, which)


@pytest.mark.parametrize(("entry", "which"), cases(["a year"]))
def test_in_memory_and_eager(company, eager, entry, which):
    """What lazy Polars computes is the same; that it can be asked at all is what is to be seen."""
    equal(entry, eager, company, which)


@pytest.mark.parametrize(("entry", "which"), cases(["a year"]))
def test_connected(connected, loaded, entry, which):
    equal(entry, connected, loaded, which)


def test_an_engine_stays_lazy(company):
    other = on_duckdb(company)
    assert type(other.frame("orders").to_native()).__name__ == "DuckDBPyRelation"
