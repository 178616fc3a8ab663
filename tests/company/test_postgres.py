"""A company is read from a real PostgreSQL, where its programs and psycopg are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmlab import Company
from crmlab.company.identity import CARD_TABLE
from crmlab.company.schema import TABLES, Column
from crmlab.errors import CrmlabError

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'psycopg[binary]'")

TYPES = {"flag": "boolean", "date": "date", "timestamp": "timestamp"} | dict.fromkeys(
    ("text", "label", "code"), "text"
)


def programs() -> Path:
    """Return the folder of PostgreSQL's programs; Debian has one for each version, and none on the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("PostgreSQL's server is not installed: there is no initdb")
    return folders[-1]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a server of our own on a socket; PostgreSQL refuses to be run by root."""
    where = programs()
    user = "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    # In a short folder that another user can enter: the name of a socket has some hundred characters at most.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        if user:
            shutil.chown(folder, user)

        def run(program: str, *options: str) -> None:
            command = [str(where / program), "-D", f"{folder}/data", *options]
            subprocess.run(command, check=True, capture_output=True, cwd=folder, user=user, timeout=60)

        run("initdb", "--no-sync", "--username=crmlab", "--auth=trust", "--encoding=UTF8", "--locale=C")
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "--wait", f"--log={folder}/log", f"--options={settings}", "start")
        try:
            yield f"host={folder} user=crmlab dbname=postgres"
        finally:
            run("pg_ctl", "--mode=immediate", "stop")


def typed(column: Column) -> str:
    """Return the type of a column: money in cents and other numbers are whole."""
    return TYPES.get(column.kind, "bigint") + ("" if column.nullable else " not null")


def fill(connection: Any, company: Company) -> None:
    for name, table in TABLES.items():
        columns = ", ".join(f"{column.stored} {typed(column)}" for column in table.columns)
        connection.execute(f"CREATE TABLE {name} ({columns})")
        cells = company.raw[name].astype(object).to_numpy().tolist()
        with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row in cells[::-1]:  # a database has rows in any order
                copy.write_row([None if pd.isna(cell) else cell for cell in row])
    connection.execute(f"CREATE TABLE {CARD_TABLE} (key text, value text)")
    connection.execute(f"INSERT INTO {CARD_TABLE} VALUES ('language', 'zh'), ('seed', '2026')")
    connection.commit()


def test_a_connection_to_postgresql(server: str, small_chinese: Company) -> None:
    with psycopg.connect(server) as connection:
        fill(connection, small_chinese)
        found = Company.read(connection)
        assert found.checksums() == small_chinese.checksums()
        for name, frame in small_chinese.raw.items():
            pd.testing.assert_frame_equal(found.raw[name], frame)
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (len(small_chinese.orders),)


def test_what_is_wrong_in_postgresql_is_named(server: str, small_chinese: Company) -> None:
    with psycopg.connect(server) as connection:
        connection.execute("CREATE SCHEMA broken; SET search_path TO broken")
        fill(connection, small_chinese)
        connection.execute("DROP TABLE customers; UPDATE orders SET status = '？' WHERE order_id = 100001")
        with pytest.raises(CrmlabError) as problem:
            Company.read(connection)
    # Tables of the same names in a schema that is not looked at are not there.
    assert "- customers：缺少该表" in str(problem.value)
    assert "？" in str(problem.value)
