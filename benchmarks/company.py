"""How fast a large company is written, beside tools that make data by the gigabyte or row by row.

    python -m pip install -e ".[scale]" tpchgen-cli mimesis
    python benchmarks/company.py

`crmlab company` writes Parquet with two processes and `tpchgen-cli` (Rust) writes Parquet with two threads,
about as much. They make different tables, so what counts is how large the same rows are as CSV. Faker and
Mimesis make rows of about the size of the company's, one by one, and write CSV. The table goes into
benchmarks/README.md. It ends with status 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import psutil
import pyarrow.parquet as pq

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- company -->", "<!-- end of company -->"
PROCESSES = 2
#: Gigabytes of memory, times as fast as Faker, times as fast as tpchgen-cli.
MEMORY, FAKER, TPCHGEN = 2.0, 200.0, 1.0
# CSV-equivalent megabytes of TPC-H at scale 1.
_SCALE_ONE = 1100
_SECONDS = 5


class Run(NamedTuple):
    """What one run of a command took: seconds by the clock and of the processors, and GiB at its peak."""

    seconds: float
    processor: float
    memory: float


class Result(NamedTuple):
    """What was measured of one tool."""

    name: str
    rows: int
    megabytes: float
    seconds: float
    processor: float | None = None
    memory: float | None = None

    @property
    def speed(self) -> float:
        """CSV-equivalent megabytes a second."""
        return self.megabytes / self.seconds


def run(command: list[str]) -> Run:
    """Run a command; memory is that of it and its children together."""
    begun, most, used_before = time.perf_counter(), 0, processor_time()
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while process.poll() is None:
        used = 0
        for one in [process, *_children(process)]:
            try:
                used += one.memory_info().rss
            except psutil.Error:
                continue
        most = max(most, used)
        time.sleep(0.05)
    seconds = time.perf_counter() - begun
    if process.returncode:
        sys.exit(f"{' '.join(command)}\n{process.stderr.read().decode(errors='replace')}")
    return Run(seconds, processor_time() - used_before, most / 2**30)


def processor_time() -> float:
    """Return the seconds that processes started here have used, as far as they have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def taking_turns(rounds: int, commands: dict[Path, list[str]]) -> list[Run]:
    """Run commands into their folders, in turns; return the best time of each, and the most memory."""
    found: dict[Path, list[Run]] = {folder: [] for folder in commands}
    for _ in range(rounds):
        for folder, command in commands.items():
            shutil.rmtree(folder, ignore_errors=True)
            found[folder].append(run(command))
    return [min(runs)._replace(memory=max(one.memory for one in runs)) for runs in found.values()]


def rows_in(folder: Path) -> dict[str, int]:
    """Return the rows of each table in a folder of Parquet files."""
    counts: dict[str, int] = {}
    for path in folder.rglob("*.parquet"):
        table = path.stem if path.parent == folder else path.parent.name
        counts[table] = counts.get(table, 0) + pq.read_metadata(path).num_rows
    return counts


def crmlab(customers: int, out: Path, form: str) -> list[str]:
    """Return the command that writes a company."""
    options = ["--customers", customers, "--out", out, "--format", form, "--jobs", PROCESSES, "--lang", "en"]
    return [sys.executable, "-m", "crmlab", "company", *map(str, options)]


def tpchgen(scale: str, out: Path, form: str) -> list[str]:
    """Return the command that writes the tables of TPC-H."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    program = shutil.which("tpchgen-cli", path=beside)
    if program is None:
        sys.exit("tpchgen-cli is missing. Run: python -m pip install tpchgen-cli")
    return [program, form, "-s", scale, "-o", str(out), "--num-threads", str(PROCESSES), "--quiet"]


def as_csv(folder: Path, customers: int) -> tuple[dict[str, int], float]:
    """Return the rows of each table of a company, and how many megabytes they are as CSV."""
    run(crmlab(customers, folder / "counted", "parquet"))
    # How large a row of each table is as CSV is seen on a part of the company.
    for form in ("csv", "parquet"):
        run(crmlab(min(customers, 10_000), folder / form, form))
    rows, some = rows_in(folder / "counted"), rows_in(folder / "parquet")
    shutil.rmtree(folder / "counted")
    size = {path.stem: path.stat().st_size for path in (folder / "csv").glob("*.csv")}
    return rows, sum(size[name] / some[name] * number for name, number in rows.items()) / 1e6


def both(folder: Path, customers: int, rounds: int) -> tuple[Result, Result, int]:
    """Measure crmlab, and tpchgen-cli at a scale of about as much CSV; also return how many order lines."""
    rows, megabytes = as_csv(folder, customers)
    scale = f"{megabytes / _SCALE_ONE:.2f}"
    run(tpchgen(scale, folder / "tpch-csv", "csv"))
    as_large = sum(path.stat().st_size for path in (folder / "tpch-csv").iterdir()) / 1e6
    shutil.rmtree(folder / "tpch-csv")
    out = folder / "crmlab", folder / "tpch"
    commands = [crmlab(customers, out[0], "parquet"), tpchgen(scale, out[1], "parquet")]
    ours, theirs = taking_turns(rounds, dict(zip(out, commands, strict=True)))
    return (
        Result(f"`crmlab company`, Parquet, {PROCESSES} processes", sum(rows.values()), megabytes, *ours),
        Result(
            f"`tpchgen-cli parquet`, scale {scale}, {PROCESSES} threads",
            sum(rows_in(out[1]).values()),
            as_large,
            *theirs,
        ),
        rows["order_lines"],
    )


def row_by_row(folder: Path, name: str, make: Callable[[], list[object]]) -> Result:
    """Measure how much CSV is written in a few seconds, one row after the other."""
    path, rows = folder / "rows.csv", 0
    begun = time.perf_counter()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        while time.perf_counter() - begun < _SECONDS:
            writer.writerows(make() for _ in range(100))
            rows += 100
    return Result(name, rows, path.stat().st_size / 1e6, time.perf_counter() - begun)


def faker_row() -> Callable[[], list[object]]:
    """Return what makes a row such as a customer's with Faker."""
    from faker import Faker

    fake = Faker()
    Faker.seed(2026)
    first, last = date(2021, 1, 1), date(2026, 1, 31)
    return lambda: [
        fake.random_int(1, 10**9),
        fake.company(),
        fake.name(),
        fake.city(),
        fake.date_between(first, last),
        fake.random_int(1, 500),
        fake.pydecimal(left_digits=5, right_digits=2, positive=True),
        fake.random_element(("draft", "confirmed", "shipped", "completed")),
    ]


def mimesis_row() -> Callable[[], list[object]]:
    """Return what makes a row such as a customer's with Mimesis."""
    try:
        from mimesis import Generic
    except ImportError:
        sys.exit("mimesis is missing. Run: python -m pip install mimesis")
    fake = Generic(seed=2026)
    return lambda: [
        fake.numeric.integer_number(1, 10**9),
        fake.finance.company(),
        fake.person.full_name(),
        fake.address.city(),
        fake.datetime.date(2021, 2026),
        fake.numeric.integer_number(1, 500),
        fake.finance.price(1, 99_999),
        fake.choice(["draft", "confirmed", "shipped", "completed"]),
    ]


def report(results: list[Result], lines: int) -> Iterator[str]:
    """Return the section of the README, line by line."""
    ours = results[0]
    yield "## Writing a large company"
    yield ""
    yield f"`python benchmarks/company.py`, {date.today()}, {platform.system()} {platform.machine()}, "
    yield f"{os.cpu_count()} processors, Python {platform.python_version()}; {lines:,} order lines. "
    yield "MB are those of the same rows as CSV. Memory is that of all processes together, at its peak."
    yield "Both compress Parquet with Snappy: tpchgen-cli every column, crmlab those that get smaller by it. "
    yield "They took turns."
    yield ""
    yield (
        "| what | rows | MB | seconds | of the processors | rows/s | MB/s | memory, GiB "
        "| crmlab is so many times as fast |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for one in results:
        memory = "" if one.memory is None else f"{one.memory:.2f}"
        processor = "" if one.processor is None else f"{one.processor:,.1f}"
        times = "" if one is ours else f"{ours.speed / one.speed:,.2f}"
        yield (
            f"| {one.name} | {one.rows:,} | {one.megabytes:,.1f} | {one.seconds:,.1f} "
            f"| {processor} | {one.rows / one.seconds:,.0f} | {one.speed:,.2f} | {memory} | {times} |"
        )
    yield ""
    yield f"Goals: at least {TPCHGEN:g} times tpchgen-cli, {FAKER:g} times Faker, less than {MEMORY:g} GiB."


def put_in(path: Path, section: str) -> None:
    """Put a section between its markers, at the end if it is not there yet."""
    text = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    before, found, rest = text.partition(BEGIN)
    after = rest.partition(END)[2] if found else "\n"
    before = before if found else f"{before.rstrip()}\n\n"
    path.write_text(f"{before}{BEGIN}\n{section}\n{END}{after}", encoding="utf-8", newline="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--customers", type=int, default=330_000, help="330,000 are 10 million order lines")
    parser.add_argument("--rounds", type=int, default=3, help="the best one counts")
    parser.add_argument("--dry", action="store_true", help="leave the README as it is")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        ours, theirs, lines = both(folder, asked.customers, asked.rounds)
        slow = [
            row_by_row(folder, "Faker, row by row, CSV", faker_row()),
            row_by_row(folder, "Mimesis, row by row, CSV", mimesis_row()),
        ]
    section = "\n".join(report([ours, theirs, *slow], lines))
    print(section)
    if not asked.dry:
        put_in(README, section)
    held = (
        ours.speed >= TPCHGEN * theirs.speed
        and ours.speed >= FAKER * slow[0].speed
        and (ours.memory or 0) < MEMORY
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
