"""A company is read from wherever crmlab wrote it, or from tables of the same names in a database."""

import sqlite3

import pandas as pd
import pytest

from crmlab import Company, open_company
from crmlab.analysis import customer_statistics, value_customers
from crmlab.company.files import SALES_TABLES
from crmlab.company.identity import CARD_TABLE
from crmlab.company.schema import TABLES
from crmlab.errors import CrmlabError

duckdb = pytest.importorskip("duckdb")


def fill_sqlite(company, connection, names=tuple(TABLES), card=True):
    for name in names:
        company.raw[name].to_sql(name, connection, index=False)
    if card:
        rows = {"language": company.language, "seed": str(company.seed), "account": ""}.items()
        pd.DataFrame(rows, columns=["key", "value"]).to_sql(CARD_TABLE, connection, index=False)


def same(one, other):
    assert one.checksums() == other.checksums()
    for name in other.raw:
        pd.testing.assert_frame_equal(one.raw[name], other.raw[name])


@pytest.fixture(scope="module")
def sqlite_file(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("my databases") / "公司.sqlite"
    connection = sqlite3.connect(path)
    fill_sqlite(small, connection)
    connection.close()
    return path


def test_a_file_of_sqlite_whatever_its_name(small, sqlite_file):
    same(Company.read(sqlite_file), small)


def test_a_connection_stays_open(small, sqlite_file):
    connection = sqlite3.connect(sqlite_file)
    same(Company.read(connection), small)
    assert connection.execute("SELECT count(*) FROM orders").fetchone() == (len(small.orders),)
    connection.close()


def test_a_file_of_duckdb_and_a_connection(small_chinese, tmp_path):
    path = tmp_path / "company.duckdb"
    with duckdb.connect(str(path)) as connection:
        for name, frame in small_chinese.raw.items():
            connection.register("given", frame)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.execute(f"CREATE TABLE {CARD_TABLE} AS SELECT 'language' AS key, 'zh' AS value")
        connection.execute(f"INSERT INTO {CARD_TABLE} VALUES ('seed', '2026')")
        same(Company.read(connection), small_chinese)
    same(Company.read(path), small_chinese)


def test_sqlalchemy(small, sqlite_file):
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(f"sqlite:///{sqlite_file}")
    with engine.connect() as connection:
        same(Company.read(connection), small)
    same(Company.read(engine), small)
    engine.dispose()


@pytest.mark.parametrize("parts", [1, 3])
def test_a_folder_of_parquet_files(small, tmp_path, parts):
    pytest.importorskip("pyarrow")
    small.save(tmp_path)
    for name, frame in small.raw.items():
        (tmp_path / f"{name}.csv").unlink()
        if parts == 1:
            frame.to_parquet(tmp_path / f"{name}.parquet")
            continue
        (tmp_path / name).mkdir()
        for part in range(parts):
            piece = frame.iloc[part * len(frame) // parts : (part + 1) * len(frame) // parts]
            piece.to_parquet(tmp_path / name / f"{part:05}.parquet")
    same(Company.read(tmp_path), small)


def test_a_workbook(small, tmp_path):
    pytest.importorskip("openpyxl")
    names = {"key": ["language", "seed", "account"], "value": ["en", "2026", None]}
    few = {name: getattr(small, name).head(300) for name in ("customers", "products", "orders")}
    few |= {"employees": small.employees}
    few["orders"] = few["orders"][few["orders"]["customer_id"].isin(few["customers"]["customer_id"])]
    lines = small.order_lines
    few["order_lines"] = lines[lines["order_id"].isin(few["orders"]["order_id"])]
    path = tmp_path / "公司.xlsx"
    with pd.ExcelWriter(path) as book:
        for name, frame in few.items():
            frame.to_excel(book, sheet_name=name, index=False)
    own = Company.read(path)
    for name, frame in few.items():
        pd.testing.assert_frame_equal(getattr(own, name), frame.reset_index(drop=True))
    with pd.ExcelWriter(path, mode="a") as book:
        pd.DataFrame(names).to_excel(book, sheet_name=CARD_TABLE, index=False)
    with pytest.raises(CrmlabError, match="receipts: this table is missing"):
        Company.read(path)


def test_tables_of_somebody_else_are_a_company_of_their_own():
    company = open_company(language="en")
    with sqlite3.connect(":memory:") as connection:
        fill_sqlite(company, connection, SALES_TABLES, card=False)
        connection.execute("UPDATE customers SET source = 'Google' WHERE source = 'Website'")
        connection.execute("DELETE FROM order_lines WHERE booked_at >= '2025-01-01'")
        own = Company.read(connection)
    assert own.today < pd.Timestamp("2025-01-01")
    assert "Google" in set(customer_statistics(own)["source"])
    expected = value_customers(company, end=str(own.today.date()))
    pd.testing.assert_frame_equal(value_customers(own), expected)
    assert "Contacts" in str(own.about)


def test_what_is_wrong_in_a_database_is_named(sqlite_file, tmp_path):
    path = tmp_path / "broken.db"
    path.write_bytes(sqlite_file.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE orders SET status = 'paid' WHERE rowid = 2")
        connection.execute("UPDATE customers SET created_on = 'soon' WHERE rowid = 1")
        connection.execute("UPDATE receipts SET amount_cents = 1.5 WHERE rowid = 3")
        connection.execute("DROP TABLE contacts")
    connection.close()
    with pytest.raises(CrmlabError) as caught:
        Company.read(path)
    said = str(caught.value)
    for part in (
        'orders, row 2, column status, "paid"',
        'customers, row 1, column created_on, "soon"',
        "receipts, row 3, column amount",
        "contacts: this table is missing",
    ):
        assert part in said


@pytest.mark.parametrize("content", [b"", b"order,date\n", b"SQLite format 3\0 but damaged" * 50])
def test_a_file_that_is_no_database(tmp_path, content):
    path = tmp_path / "company.db"
    path.write_bytes(content)
    with pytest.raises(CrmlabError, match=r"company\.db"):
        Company.read(path)


def test_what_is_no_store_at_all():
    with pytest.raises(CrmlabError, match="int"):
        Company.read(7)
