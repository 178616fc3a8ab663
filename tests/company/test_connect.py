"""A company that stays where it is: opened without loading, checked by its types, equal to one in memory."""

import gc
import re
import sqlite3
import sys

import pandas as pd
import pytest

from crmlab import Company
from crmlab.analysis import customer_statistics, value_customers
from crmlab.company.size import Plan, write
from crmlab.company.stores import CARD_TABLE
from crmlab.errors import CrmlabError

duckdb = pytest.importorskip("duckdb")
pl = pytest.importorskip("polars")
pytest.importorskip("pyarrow")

ENGINES = ("duckdb", "polars")


def written(folder, form, language="en"):
    write(Plan(folder, language, customers=80, format=form, account="s2026017"), jobs=1)
    return folder


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    return written(tmp_path_factory.mktemp("my data") / "公司 [2026]", "parquet")


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return written(tmp_path_factory.mktemp("data"), "duckdb", "zh") / "company.duckdb"


def rewritten(folder, to, change=lambda name, frame: frame):
    """Copy a folder of Parquet, with ``change`` made to each table; None leaves it out."""
    to.mkdir()
    (to / "company.toml").write_bytes((folder / "company.toml").read_bytes())
    for path in folder.glob("*.parquet"):
        frame = change(path.stem, pl.read_parquet(path, glob=False))
        if frame is not None:
            frame.write_parquet(to / path.name)
    return to


def same(one, other):
    assert (one.language, one.account, one.me, one.seed) == (
        other.language,
        other.account,
        other.me,
        other.seed,
    )
    assert one.checksums() == other.checksums()
    for name in other.raw:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_folder_of_parquet(parquet, engine):
    company = Company.connect(parquet, engine=engine)
    assert company.engine == engine
    same(company, Company.read(parquet))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("folder", ["{}", "{}.parquet"])
def test_parts_of_a_table(parquet, tmp_path, engine, folder):
    parts = rewritten(parquet, tmp_path / "parts")
    for path in list(parts.glob("*.parquet")):
        frame = pl.read_parquet(path, glob=False)
        path.unlink()
        place = parts / folder.format(path.stem)
        place.mkdir()
        rows = len(frame) // 3 + 1
        for number in range(3):
            frame[number * rows :][:rows].write_parquet(place / f"part-{number:05}.parquet")
    same(Company.connect(parts, engine=engine), Company.read(parquet))


def test_a_file_of_duckdb(database):
    company = Company.connect(database)
    gc.collect()  # nothing but the company holds the connection
    assert company.engine == "duckdb"
    same(company, Company.read(database))


def test_a_connection_stays_open(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        same(Company.connect(connection), Company.read(database))
        assert connection.execute("SELECT count(*) FROM customers").fetchone() > (80,)


def test_views_are_as_good_as_tables(parquet):
    with duckdb.connect() as connection:
        for path in parquet.glob("*.parquet"):
            place = str(path).replace("[", "[[]")
            connection.execute(f"CREATE VIEW {path.stem} AS FROM read_parquet('{place}')")
        connection.execute(f"CREATE TABLE {CARD_TABLE} (key VARCHAR, value VARCHAR)")
        connection.execute(f"INSERT INTO {CARD_TABLE} VALUES ('language', 'en'), ('seed', '2026')")
        assert Company.connect(connection).checksums() == Company.read(parquet).checksums()


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_loaded(parquet, tmp_path, engine):
    """Only the few rows of employees are read: another table may be damaged behind what it says of itself."""
    folder = rewritten(parquet, tmp_path / "damaged")
    content = bytearray((folder / "order_lines.parquet").read_bytes())
    content[4:2000] = bytes(1996)
    (folder / "order_lines.parquet").write_bytes(content)
    company = Company.connect(folder, engine=engine)
    assert not isinstance(company.raw["order_lines"], pd.DataFrame | pl.DataFrame)
    assert company.rows("customers") > 80
    with pytest.raises(Exception, match=r"(?i)order_lines|parquet|thrift|decompress|corrupt|invalid|snappy"):
        company.order_lines  # noqa: B018


@pytest.mark.parametrize("engine", ENGINES)
def test_other_types_become_those_of_the_schema(parquet, tmp_path, engine):
    """Small integers would overflow where amounts are multiplied, days and times are compared."""

    def narrower(name, frame):
        if name == "order_lines":
            return frame.with_columns(
                pl.col("quantity", "discount").cast(pl.Int16),
                pl.col("unit_price_cents").cast(pl.Int32),
                pl.col("booked_at").cast(pl.Datetime("ms")),
            )
        return frame.with_columns(pl.col("source").cast(pl.Categorical)) if name == "customers" else frame

    company = Company.connect(rewritten(parquet, tmp_path / "narrow", narrower), engine=engine)
    memory = Company.read(parquet)
    pd.testing.assert_frame_equal(value_customers(company), value_customers(memory))
    assert company.checksums() == memory.checksums()
    for name in ("ordered_at", "due_on"):
        assert str(company.frame("orders").collect_schema()[name]).startswith("Datetime")


def test_what_is_there_and_what_is_not(parquet, tmp_path):
    folder = rewritten(parquet, tmp_path / "some", lambda name, frame: None if name == "receipts" else frame)
    company = Company.connect(folder)
    assert not company.knows("receipts") and company.knows("orders")
    text = str(company.about)
    assert "duckdb" in text and "Receipts" in text and f"{company.rows('order_lines'):,}" in text
    assert "order_lines" in repr(company)


def test_a_database_without_a_card_is_a_company_of_ones_own(parquet):
    with duckdb.connect() as connection:
        for name in ("employees", "customers", "products", "orders", "order_lines"):
            rows = pl.read_parquet(parquet / f"{name}.parquet", glob=False)
            if name == "customers":
                rows = rows.with_columns(source=pl.lit("Newspaper"))
            connection.register("given", rows)
            connection.execute(f"CREATE TABLE {name} AS FROM given")
        company = Company.connect(connection, "zh")
        booked = connection.execute("SELECT min(booked_at), max(booked_at) FROM order_lines").fetchall()[0]
        assert (company.start, company.today) == tuple(pd.Timestamp(day).normalize() for day in booked)
        assert company.language == "zh"
        assert [word.zh for word in company.choices("customers", "source")] == ["Newspaper"]
        assert customer_statistics(company)["customers"].tolist()[0] > 0
        connection.execute("DELETE FROM order_lines")
        with pytest.raises(CrmlabError) as caught:
            Company.connect(connection, "zh")
        assert caught.value.key == "connect.no_sales"


def refused(key, *arguments, says="", **keywords):
    with pytest.raises(CrmlabError) as caught:
        Company.connect(*arguments, **keywords)
    assert caught.value.key == key
    assert says in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be_opened(tmp_path, language):
    refused("connect.engine", tmp_path, language, "pandas", says="polars")
    refused("connect.not_a_place", 7, language, says="int")
    refused("connect.not_a_place", sqlite3.connect(":memory:"), language, says="Connection")
    refused("company.no_card", tmp_path, language, says="company.toml")
    refused("company.no_card", tmp_path / "nowhere", language, says="nowhere")
    refused("settings.language", tmp_path, "fr")
    path = tmp_path / "company.sqlite"
    sqlite3.connect(path).execute("CREATE TABLE orders (order_id INTEGER)").connection.close()
    message = refused("connect.no_duckdb", path, language, says="Company.read")
    assert bool(re.search("[\u4e00-\u9fff]", message)) == (language == "zh")


@pytest.mark.parametrize("package", ENGINES)
def test_a_package_that_is_not_installed(parquet, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    refused("connect.no_package", parquet, engine=package, says=package)


def test_an_engine_is_for_folders(database, parquet):
    refused("connect.engine_of_folder", database, engine="polars")
    refused("connect.engine_of_folder", parquet, engine="polars", spark=object())
    with duckdb.connect() as connection:
        refused("connect.engine_of_folder", connection, engine="duckdb")


def test_another_language_than_that_of_the_words(database):
    refused("connect.language", database, "en", says="zh")
    assert Company.connect(database, "zh").language == "zh"


@pytest.mark.parametrize("engine", ENGINES)
def test_all_that_is_wrong_is_named_at_once(parquet, tmp_path, engine):
    def broken(name, frame):
        if name == "orders":
            return frame.with_columns(pl.col("ordered_at").dt.replace_time_zone("Asia/Shanghai"))
        if name == "order_lines":
            return frame.with_columns(pl.col("quantity").cast(pl.Float64), pl.col("discount").cast(pl.String))
        if name == "contacts":
            return frame.drop("hobby", "is_key")
        return None if name == "products" else frame

    folder = rewritten(parquet, tmp_path / "broken", broken)
    (folder / "customers.parquet").write_bytes(b"PAR1 no more")
    message = refused("connect.not_opened", folder, engine=engine, says="- products: ")
    for place, word in {
        "orders, column ordered_at": "time zone",
        "order_lines, column quantity": "Float64",
        "order_lines, column discount": "String",
        "contacts": "hobby, is_key",
        "customers": "cannot be read",
    }.items():
        assert re.search(f"- {place}: .*{word}", message), message
    assert len(message.splitlines()) == 7
