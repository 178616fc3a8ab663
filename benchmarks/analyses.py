"""How fast analyses are on each engine, beside SQL for DuckDB that was written by hand for the purpose.

    python -m pip install -e ".[scale]"
    python benchmarks/analyses.py

Five analyses of the whole history, with no other filter, at three sizes. Every engine has processes of its
own, over the same files of Parquet; so has the SQL, and both must give the same rows. The processes take
turns. A time is the median of all, where the first one in a process does not count (with pandas, it joins
the prepared frames too, which are kept). The table goes into benchmarks/README.md. It ends with status 1 when
a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from crmlab import Company
from crmlab.analysis.menu import find
from crmlab.company.size import Plan, write

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- analyses -->", "<!-- end of analyses -->"
#: Customers, which have about 31 order lines each.
SIZES = {"25 thousand": 800, "1 million": 33_000, "10 million": 330_000}
SMALL, LARGE = "25 thousand", "10 million"
ENGINES = ("pandas", "polars", "duckdb")
#: Milliseconds of pandas at the small size; the best engine at the large one, in times of the SQL.
MILLISECONDS, RATIO = 100, 1.0
# With pandas all tables are in memory, which takes too much at the large size.
_FITS = (SMALL, "1 million")
_TIMES = 3

_VALID = "status IN ('confirmed', 'shipped', 'completed')"
_CENTS = "CAST(sum(quantity * unit_price_cents * (100 - discount)) AS BIGINT) // 100"
_LINES = f"order_lines JOIN orders USING (order_id) WHERE {_VALID} AND booked_at < DATE '2026-02-01'"
_IN_PERIOD = f"{_LINES} AND booked_at >= DATE '2021-01-01'"

SQL = {
    "customer-statistics": f"""
        SELECT coalesce(source, 'Unknown') AS source, count(*) AS customers,
               count(*) / sum(count(*)) OVER () AS share
        FROM customers WHERE customer_id IN (
            SELECT customer_id FROM orders
            WHERE {_VALID} AND ordered_at >= DATE '2021-01-01' AND ordered_at < DATE '2026-02-01')
        GROUP BY source ORDER BY customers DESC
        """,
    "value-customers": f"""
        WITH sold AS (SELECT customer_id, {_CENTS} AS cents FROM {_IN_PERIOD} GROUP BY customer_id)
        SELECT rank() OVER (ORDER BY cents DESC) AS rank, customer_id, name AS customer,
               cents / 100 AS net_sales, cents / sum(cents) OVER () AS share,
               sum(cents) OVER (ORDER BY cents DESC, customer_id) / sum(cents) OVER () AS cumulative_share
        FROM sold JOIN customers USING (customer_id) ORDER BY cents DESC, customer_id
        """,
    "sales-trend": f"""
        WITH sold AS (SELECT date_trunc('month', booked_at) AS start, {_CENTS} AS cents
                      FROM {_IN_PERIOD} GROUP BY ALL)
        SELECT strftime(start, '%Y-%m') AS period, start, cents / 100 AS net_sales,
               cents / lag(cents) OVER (ORDER BY start) - 1 AS on_previous,
               cents / lag(cents, 12) OVER (ORDER BY start) - 1 AS on_year, TRUE AS complete
        FROM sold ORDER BY start
        """,
    "receivables": f"""
        WITH sold AS (SELECT order_id, {_CENTS} AS cents FROM {_LINES} GROUP BY order_id),
        paid AS (SELECT order_id, CAST(sum(amount_cents) AS BIGINT) AS cents FROM receipts
                 WHERE received_on <= DATE '2026-01-31' GROUP BY order_id),
        items AS (SELECT order_id, coalesce(sold.cents, 0) - coalesce(paid.cents, 0) AS cents
                  FROM sold FULL JOIN paid USING (order_id)),
        aged AS (SELECT customer_id, cents, DATE '2026-01-31' - due_on AS late
                 FROM items JOIN orders USING (order_id) WHERE cents <> 0)
        SELECT CASE WHEN cents < 0 THEN 'credit' WHEN late <= 0 THEN 'not_due'
                    WHEN late <= 30 THEN 'days_1_30' WHEN late <= 60 THEN 'days_31_60'
                    WHEN late <= 90 THEN 'days_61_90' ELSE 'over_90' END AS bucket,
               count(*) AS invoices, count(DISTINCT customer_id) AS customers, sum(cents) / 100 AS amount,
               CASE WHEN bucket <> 'credit'
                    THEN sum(cents) / sum(sum(cents)) FILTER (bucket <> 'credit') OVER () END AS share
        FROM aged GROUP BY bucket
        ORDER BY list_position(
            ['not_due', 'days_1_30', 'days_31_60', 'days_61_90', 'over_90', 'credit'], bucket)
        """,
    "rfm": f"""
        WITH bought AS (SELECT customer_id, max(ordered_at) AS last, count(DISTINCT order_id) AS orders,
                               {_CENTS} AS cents FROM {_LINES} GROUP BY customer_id),
        scored AS (
            SELECT *, 1 + 5 * (rank() OVER (ORDER BY last::DATE) - 1) // count(*) OVER () AS r,
                   1 + 5 * (rank() OVER (ORDER BY orders) - 1) // count(*) OVER () AS f,
                   1 + 5 * (rank() OVER (ORDER BY cents) - 1) // count(*) OVER () AS m
            FROM bought)
        SELECT customer_id, name AS customer, last::DATE AS last_order,
               DATE '2026-01-31' - last::DATE AS recency_days, orders AS frequency, cents / 100 AS monetary,
               r, f, m,
               CASE WHEN r >= 4 AND f >= 4 AND m >= 4 THEN 'champions' WHEN r >= 3 AND f >= 4 THEN 'loyal'
                    WHEN r >= 4 AND f <= 2 THEN 'new' WHEN r >= 3 THEN 'occasional'
                    WHEN f >= 3 THEN 'at_risk' ELSE 'lost' END AS segment
        FROM scored JOIN customers USING (customer_id) ORDER BY r DESC, f DESC, m DESC, customer_id
        """,
}


def by_sql(folder: Path) -> Callable[[str], pd.DataFrame]:
    """Return what answers with SQL over the files of ``folder``."""
    import duckdb

    connection = duckdb.connect()
    for name in ("customers", "orders", "order_lines", "receipts"):
        one = folder / f"{name}.parquet"
        files = one if one.exists() else folder / name / "*.parquet"
        connection.read_parquet(str(files)).create_view(name)
    return lambda slug: connection.execute(SQL[slug]).df()


def by_analysis(folder: Path, engine: str) -> Callable[[str], pd.DataFrame]:
    """Return what answers with the analyses of crmlab."""
    company = Company.read(folder) if engine == "pandas" else Company.connect(folder, engine=engine)
    return lambda slug: find(slug).run(company)


def measure(folder: Path, engine: str) -> dict[str, list[float]]:
    """Return the seconds of each analysis, several times, and the most memory of this process in MiB."""
    answer = by_sql(folder) if engine == "sql" else by_analysis(folder, engine)
    found = {}
    for slug in SQL:
        answer(slug)
        found[slug] = [seconds(answer, slug) for _ in range(_TIMES)]
    return found | {"memory": [peak()]}


def peak() -> float:
    """Return the most memory that this process had, in MiB; Linux says it, other systems do not."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    # Not ru_maxrss of getrusage, which a process inherits from the one that started it.
    lines = status.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 2**10


def seconds(answer: Callable[[str], pd.DataFrame], slug: str) -> float:
    """Return how long an answer takes."""
    begun = time.perf_counter()
    answer(slug)
    return time.perf_counter() - begun


def compare(folder: Path) -> None:
    """Make sure that the SQL gives the rows of the analyses."""
    sql, analyses = by_sql(folder), by_analysis(folder, "duckdb")
    for slug in SQL:
        found = analyses(slug)
        pd.testing.assert_frame_equal(found, sql(slug).astype(found.dtypes.to_dict()), rtol=1e-9, obj=slug)


def in_turns(folder: Path, engines: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """Return for each engine the median of what `measure` returns in fresh processes."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in engines}
    for _ in range(rounds):
        for name in engines:
            for key, values in in_own_process(folder, name).items():
                found[name].setdefault(key, []).extend(values)
    return {
        name: {key: statistics.median(values) for key, values in of_engine.items()}
        for name, of_engine in found.items()
    }


def in_own_process(folder: Path, engine: str) -> dict[str, list[float]]:
    """Return what `measure` returns in a fresh process."""
    command = [sys.executable, __file__, "--folder", str(folder), "--measure", engine]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def report(results: dict[str, dict[str, dict[str, float]]], lines: dict[str, int]) -> Iterator[str]:
    """Return the section of the README, line by line."""
    yield "## Analyses on each engine"
    yield ""
    yield f"`python benchmarks/analyses.py`, {date.today()}, {platform.system()} {platform.machine()}, "
    yield f"{os.cpu_count()} processors, Python {platform.python_version()}: seconds of the clock, median; "
    yield "the whole history, no filter. Polars and DuckDB read Parquet each time, as the SQL for DuckDB "
    yield "(written by hand) does; pandas has all tables in memory. Memory is the peak of a process."
    for size, found in results.items():
        engines = [name for name in ("sql", *ENGINES) if name in found]
        yield ""
        yield f"### {size} order lines ({lines[size]:,})"
        yield ""
        yield f"| analysis | {' | '.join(engines)} | best engine, in times of the SQL |"
        yield f"|---|{'---:|' * (len(engines) + 1)}"
        for slug in SQL:
            times = " | ".join(f"{found[name][slug]:.3f}" for name in engines)
            yield f"| {slug} | {times} | {ratio(found, slug):.2f} |"
        memory = " | ".join(f"{found[name]['memory']:,.0f}" for name in engines)
        yield f"| memory, MiB | {memory} | |"
    yield ""
    yield f"Goals: at {LARGE}, the best engine at most {RATIO:g} times the SQL; at {SMALL}, pandas at most "
    yield f"{MILLISECONDS} ms."


def ratio(found: dict[str, dict[str, float]], slug: str) -> float:
    """Return the time of the best engine that reads Parquet, in times of the SQL."""
    return min(found["polars"][slug], found["duckdb"][slug]) / found["sql"][slug]


def put_in(path: Path, section: str) -> None:
    """Put a section between its markers, at the end if it is not there yet."""
    text = path.read_text(encoding="utf-8")
    before, found, rest = text.partition(BEGIN)
    after = rest.partition(END)[2] if found else "\n"
    before = before if found else f"{before.rstrip()}\n\n"
    path.write_text(f"{before}{BEGIN}\n{section}\n{END}{after}", encoding="utf-8", newline="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="where the companies are kept, to be used again")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each engine")
    parser.add_argument("--dry", action="store_true", help="leave the README as it is")
    parser.add_argument("--measure", choices=("sql", *ENGINES), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.folder, asked.measure)))
        return 0
    with tempfile.TemporaryDirectory() as made:
        return _all(asked.folder or Path(made), asked.rounds, asked.dry)


def _all(folder: Path, rounds: int, dry: bool) -> int:
    results: dict[str, dict[str, dict[str, float]]] = {}
    lines = {}
    for size, customers in SIZES.items():
        place = folder / str(customers)
        write(Plan(place, "en", customers=customers, format="parquet"))
        lines[size] = Company.connect(place).rows("order_lines")
        compare(place)
        engines = [name for name in ("sql", *ENGINES) if name != "pandas" or size in _FITS]
        results[size] = in_turns(place, engines, rounds)
    section = "\n".join(report(results, lines))
    print(section)
    if not dry:
        put_in(README, section)
    quick = all(results[SMALL]["pandas"][slug] * 1000 <= MILLISECONDS for slug in SQL)
    return 0 if quick and all(ratio(results[LARGE], slug) <= RATIO for slug in SQL) else 1


if __name__ == "__main__":
    sys.exit(main())
