"""Companies of any size: parts make the whole, whoever makes them, whatever interrupts."""

import errno
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest

from crmlab import Company, open_company
from crmlab.company import blocks, size
from crmlab.company.blocks import blocks_of
from crmlab.company.frames import to_frame
from crmlab.company.schema import TABLES
from crmlab.company.size import SIZES, Plan, plan, write, writing
from crmlab.company.size import parts as making
from crmlab.company.world import Words, generate
from crmlab.errors import CrmlabError


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of one block, and blocks of so few customers that three are quick to make."""
    monkeypatch.setattr(blocks, "BLOCK", 40)
    monkeypatch.setattr(plan, "BLOCKS_OF_PART", 1)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def plain(column):
    if isinstance(column, Words):
        return [None if code < 0 else column.texts[code] for code in column.codes.tolist()]
    return column.tolist()


@pytest.mark.parametrize("account", [None, "s2026017"])
def test_the_blocks_of_a_company_are_the_whole(account):
    whole = generate(3, 2100, account)
    pieces = [generate(3, 2100, account, blocks=blocks) for blocks in (range(1), range(1, 2), range(2, 3))]
    for kind in ("tables", "truth"):
        for name, columns in getattr(whole, kind).items():
            for column, values in columns.items():
                found = [plain(getattr(p, kind)[name][column]) for p in pieces if name in getattr(p, kind)]
                assert list(chain(*found)) == plain(values), f"{name}.{column}"


@pytest.fixture(scope="module")
def large():
    """All tables of a company of three blocks, with a student."""
    whole = generate(3, 2300, "s2026017")
    return {name: to_frame(table, whole.tables[name], "en") for name, table in TABLES.items()}


def test_a_large_company_keeps_all_relations(large):
    for name, table in TABLES.items():
        assert large[name][table.key].is_unique, name
        for column in table.columns:
            if column.references:
                other, key = column.references.split(".")
                values = large[name][column.stored].dropna()
                assert values.isin(large[other][key]).all(), f"{name}.{column.name}"


def test_salespeople_grow_with_the_company(large):
    staff, customers = large["employees"], large["customers"]
    assert len(staff) == 3 * 16 + 1
    assert staff["account"].is_unique
    owned = customers.groupby("owner_id").size()
    assert owned.max() < 400
    assert set(staff["employee_id"]) & set(range(10_001, 10_013)) == set(range(10_001, 10_013))
    # Nobody looks after customers of two offices.
    office = staff.set_index("employee_id").index.to_series().floordiv(10_000)
    offices = customers["customer_id"].sub(1001).floordiv(2000)
    assert (offices.groupby(customers["owner_id"].map(office)).nunique().drop(0, errors="ignore") == 1).all()


def test_names_of_customers_differ(large):
    assert large["customers"]["name"].is_unique


def test_first_block_of_a_large_company_is_the_small_one(large):
    small = generate(3, 1000)
    for name, table in TABLES.items():
        frame = to_frame(table, small.tables[name], "en")
        kept = large[name][large[name][table.key].isin(frame[table.key])].reset_index(drop=True)
        pd.testing.assert_frame_equal(kept, frame)


@pytest.mark.parametrize(("account", "course"), [(None, None), ("s2026017", "CRM-2026")])
def test_a_small_company_is_the_one_that_is_opened(tmp_path, account, course):
    write(Plan(tmp_path, "zh", account=account, course=course))
    opened = open_company(language="zh", account=account, course=course)
    sums = contents(tmp_path)
    assert {name: sums[f"{name}.csv"] for name in TABLES} == opened.checksums()
    assert course is None or course not in (tmp_path / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("customers", [800, 10_000, 10_400, 80_000])
def test_parts_are_all_blocks_in_order_and_the_last_are_small(customers):
    asked = Plan(Path("out"), "en", customers=customers)
    blocks = [asked.blocks(part) for part in range(asked.parts)]
    assert [block for some in blocks for block in some] == list(range(blocks_of(customers)))
    sizes = [len(some) for some in blocks]
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes) <= plan.BLOCKS_OF_PART
    assert sizes[-1] == 1 or asked.parts == 1


def test_names_of_sizes():
    assert SIZES["class"] == len(open_company(language="en").customers)
    assert SIZES["tiny"] < SIZES["class"] < SIZES["large"] < SIZES["huge"] < plan.LARGEST


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory):
    """A company of several parts, made by one process."""
    folder = tmp_path_factory.mktemp("one")
    write(Plan(folder, "en", customers=10_400, format="parquet"), jobs=1)
    return folder


def test_two_processes_write_what_one_does(one_by_one, tmp_path):
    seen = []
    write(Plan(tmp_path, "en", customers=10_400, format="parquet"), jobs=2, progress=seen.append)
    assert contents(tmp_path) == contents(one_by_one)
    assert [reached.done for reached in seen] == list(range(seen[0].parts + 1))
    assert seen[-1].rows > 500_000


def test_engines_read_a_folder_of_parts(one_by_one):
    lines = f"{one_by_one.as_posix()}/order_lines/*.parquet"
    query = "SELECT count(*), sum(quantity * unit_price_cents), count(DISTINCT line_id) FROM read_parquet(?)"
    count, worth, keys = duckdb.execute(query, [lines]).fetchone()
    frame = pl.scan_parquet(lines)
    found = frame.select(pl.len(), (pl.col("quantity") * pl.col("unit_price_cents")).sum().alias("worth"))
    assert found.collect().row(0) == (count, worth)
    assert keys == count > 250_000


def test_parquet_is_encoded_for_its_values(one_by_one):
    import pyarrow.parquet as pq

    group = pq.ParquetFile(one_by_one / "order_lines" / "00000.parquet").metadata.row_group(0)
    encodings = {group.column(i).path_in_schema: group.column(i).encodings for i in range(group.num_columns)}
    for name in ("line_id", "booked_at", "unit_price_cents"):
        assert "DELTA_BINARY_PACKED" in encodings[name]
        assert "RLE_DICTIONARY" not in encodings[name]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("format", ["parquet", "duckdb", "sqlite"])
def test_formats_read_back_equal(tmp_path, small_parts, format, language):
    plan_ = Plan(tmp_path, language, customers=110, format=format, account="s1")
    names = write(plan_, jobs=1)
    found = Company.read(tmp_path / names[0] if len(names) == 1 else tmp_path)
    whole = generate(2026, 110, "s1")
    for name, table in TABLES.items():
        expected = to_frame(table, whole.tables[name], language).sort_values(table.key, ignore_index=True)
        frame = found.raw[name].sort_values(table.key, ignore_index=True)
        pd.testing.assert_frame_equal(frame, expected)
    assert (found.language, found.account) == (language, "s1")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """A company with a student, in one workbook and, in ``csv``, in files."""
    folder = tmp_path_factory.mktemp("workbook")
    plan_ = Plan(folder, "zh", customers=20, seed=7, account="s1", format="xlsx")
    write(plan_)
    write(replace(plan_, folder=folder / "csv", format="csv"))
    return folder


def test_excel_shows_what_the_csv_files_show(workbook):
    book = openpyxl.load_workbook(workbook / "company.xlsx", read_only=True)
    assert book.sheetnames == [*TABLES, "about_company"]
    lines = (workbook / "csv" / "orders.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = list(book["orders"].iter_rows(values_only=True))
    assert len(rows) == len(lines)
    shown = [str(rows[1][0]), str(rows[1][1]), f"{rows[1][2]:%Y-%m-%d %H:%M}", *map(str, rows[1][3:6])]
    assert lines[1].split(",") == [*shown, f"{rows[1][6]:%Y-%m-%d}"]
    prices = [row[5] for row in book["products"].iter_rows(min_row=2, values_only=True)]
    assert prices == Company.read(workbook / "csv").products["list_price"].tolist()


def test_a_workbook_says_which_company_it_is(workbook):
    found = Company.read(workbook / "company.xlsx")
    assert (found.language, found.seed, found.account) == ("zh", 7, "s1")
    assert found.checksums() == Company.read(workbook / "csv").checksums()


def test_excel_is_refused_what_it_cannot_open(tmp_path, monkeypatch):
    from crmlab.company.size import workbook

    monkeypatch.setattr(workbook, "ROWS", 500)
    with pytest.raises(CrmlabError, match="超过 500 行"):
        write(Plan(tmp_path, "zh", customers=200, format="xlsx"))
    assert list(tmp_path.iterdir()) == []


def stop_after(number, error):
    def progress(reached):
        if reached.done == number:
            raise error

    return progress


FORMATS = ["csv", "parquet", "duckdb", "sqlite"]


@pytest.mark.parametrize("format", FORMATS)
def test_an_interrupted_run_goes_on_where_it_was(tmp_path, small_parts, monkeypatch, format):
    whole, again = tmp_path / "whole", tmp_path / "again"
    write(Plan(whole, "en", customers=120, format=format), jobs=1)
    begun = Plan(again, "en", customers=120, format=format)
    with pytest.raises(CrmlabError, match="2 of 3 parts are finished"):
        write(begun, jobs=1, progress=stop_after(2, KeyboardInterrupt()))
    made = []
    tables = Plan.tables
    monkeypatch.setattr(Plan, "tables", lambda self, part: made.append(part) or tables(self, part))
    write(begun, jobs=1)
    assert made == [2]
    write(begun, jobs=1)
    assert made == [2]
    if format in ("csv", "parquet"):
        assert contents(again) == contents(whole)
    else:
        one, other = (Company.read(folder / f"company.{format}") for folder in (whole, again))
        assert one.checksums() == other.checksums()
        assert [path.name for path in again.iterdir()] == [f"company.{format}"]


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be killed so on Windows")
def test_a_killed_run_goes_on_and_leaves_nothing_behind(one_by_one, tmp_path):
    code = (
        "import sys; from pathlib import Path; from crmlab.company.size import Plan, write;"
        "plan = Plan(Path(sys.argv[1]), 'en', customers=10_400, format='parquet');"
        "write(plan, jobs=1, progress=lambda now: now.done and (print('one', flush=True), input()))"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    run.stdout.readline()
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert any(path.name.startswith(".crmlab-") for path in tmp_path.iterdir())
    seen = []
    write(Plan(tmp_path, "en", customers=10_400, format="parquet"), jobs=2, progress=seen.append)
    assert seen[0].done == 1
    assert contents(tmp_path) == contents(one_by_one)


def is_alive(process):
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes as Linux lists them")
def test_processes_end_with_the_one_that_started_them(tmp_path):
    code = (
        "import multiprocessing as m, sys, time; from pathlib import Path\n"
        "from crmlab.company.size import Plan; from crmlab.company.size.running import made\n"
        "if __name__ == '__main__':\n"
        "    folder = Path(sys.argv[1])\n"
        "    parts = made(Plan(folder, 'en', customers=40_000, format='parquet'), range(4), 2, folder)\n"
        "    next(parts); print(*[child.pid for child in m.active_children()], flush=True); time.sleep(60)\n"
    )
    (tmp_path / "run.py").write_text(code, encoding="utf-8")
    run = subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py"), str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    children = [int(pid) for pid in run.stdout.readline().split()]
    assert children
    run.kill()
    run.wait()
    until = time.monotonic() + 20
    while any(map(is_alive, children)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_alive, children))


def fail_on(part, error):
    make = making.make

    def failing(plan_, number, folder):
        made = make(plan_, number, folder)
        if number == part:
            raise error
        return made

    return failing


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("language", "words"), [("en", "is full. 1 of 3 parts"), ("zh", "磁盘已满")])
def test_a_full_disk_costs_nothing(tmp_path, small_parts, monkeypatch, format, language, words):
    from crmlab.company.size import running

    full = OSError(errno.ENOSPC, "No space left on device")
    asked = Plan(tmp_path, language, customers=120, format=format)
    with monkeypatch.context() as patch:
        patch.setattr(running, "make", fail_on(1, full))
        with pytest.raises(CrmlabError, match=words):
            write(asked, jobs=1)
    assert not any(path.name.startswith(".crmlab-") for path in tmp_path.iterdir())
    seen = []
    write(asked, jobs=1, progress=seen.append)
    assert seen[0].done == 1


@pytest.mark.parametrize("format", ["duckdb", "sqlite"])
def test_a_database_that_could_not_even_begin_is_begun(tmp_path, format):
    if format == "sqlite":
        (tmp_path / "company.sqlite.part").touch()
    else:
        duckdb.connect(str(tmp_path / "company.duckdb.part")).close()
    assert write(Plan(tmp_path, "en", customers=30, format=format)) == [f"company.{format}"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_database_that_cannot_grow_says_that_the_disk_is_full(tmp_path):
    connection = sqlite3.connect(tmp_path / "small.sqlite")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.Error) as error:
        for number in range(1000):
            connection.execute(f"CREATE TABLE t{number} (a)")
    assert writing.is_full(error.value)
    with pytest.raises(OSError) as error, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")
    assert writing.is_full(error.value)


@pytest.mark.parametrize("format", ["csv", "parquet", "duckdb", "sqlite", "xlsx"])
def test_what_is_there_already_stays(tmp_path, format):
    write(Plan(tmp_path, "en", customers=30, format=format))
    before = contents(tmp_path)
    for other in ({"seed": 7}, {"customers": 31}, {"language": "zh"}, {"course": "CRM-2026"}):
        with pytest.raises(CrmlabError, match=r"Nothing was written|没有写入"):
            write(Plan(tmp_path, **{"language": "en", "customers": 30, "format": format} | other))
    assert contents(tmp_path) == before
    write(Plan(tmp_path, "en", customers=30, format=format))
    assert contents(tmp_path) == before


def test_a_file_that_was_changed_stays(tmp_path):
    asked = Plan(tmp_path, "en", customers=30)
    write(asked)
    (tmp_path / "orders.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(CrmlabError, match=r"orders\.csv"):
        write(asked)
    assert (tmp_path / "orders.csv").read_text(encoding="utf-8") == "mine"


def test_a_file_that_is_gone_comes_back(tmp_path):
    asked = Plan(tmp_path, "en", customers=30)
    write(asked)
    before = contents(tmp_path)
    (tmp_path / "orders.csv").unlink()
    write(asked)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"fingerprint": 1}', "\udcff"])
def test_a_damaged_manifest_is_named(tmp_path, damage):
    asked = Plan(tmp_path, "en", customers=30)
    write(asked)
    (tmp_path / "manifest.json").write_bytes(damage.encode("utf-8", "surrogateescape"))
    with pytest.raises(CrmlabError, match=r"manifest\.json"):
        write(asked)


@pytest.mark.parametrize("customers", [19, 0, -1, 5_000_001])
def test_a_size_that_cannot_be(tmp_path, customers):
    with pytest.raises(CrmlabError, match="20 to 5000000"):
        Plan(tmp_path, "en", customers=customers)


@pytest.mark.parametrize("customers", [20, 21, 1001])
def test_odd_sizes(tmp_path, customers):
    write(Plan(tmp_path, "en", customers=customers), jobs=1)
    assert len(Company.read(tmp_path).customers) == customers


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "find_spec", lambda name: None)
    with pytest.raises(CrmlabError, match=r"crmlab\[scale\]"):
        write(Plan(tmp_path / "new", "en", format="duckdb"))
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(CrmlabError, match="cannot be used"):
        write(Plan(tmp_path / "file", "en", customers=30))


def test_a_process_that_dies_is_one_sentence(tmp_path, monkeypatch):
    from concurrent.futures.process import BrokenProcessPool

    from crmlab.company.size import running

    monkeypatch.setattr(running, "make", fail_on(0, BrokenProcessPool()))
    with pytest.raises(CrmlabError, match="--jobs 1"):
        write(Plan(tmp_path, "en", customers=30))


def test_the_manifest_has_checksums(one_by_one):
    about = json.loads((one_by_one / "manifest.json").read_text(encoding="utf-8"))
    listed = {name: value for files in about["parts"].values() for name, value in files.items()}
    assert listed == {
        path.relative_to(one_by_one).as_posix(): f"{zlib.crc32(path.read_bytes()):08x}"
        for path in one_by_one.rglob("*.parquet")
    }
    assert size.Plan(one_by_one, "en", customers=10_400, format="parquet").fingerprint == about["fingerprint"]
