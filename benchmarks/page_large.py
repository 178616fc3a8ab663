"""How long the Analysis page takes for a change of the filter when the company has ten million order lines.

    python -m pip install -e ".[scale]"
    python benchmarks/page_large.py

Every analysis, one after the other on one page, through DuckDB (or Polars) over files of Parquet. Two
regions are chosen (or categories, or days) and none again, twice; then the records behind the first row are
opened. A time is that of the clock until sentence, table and chart are on the screen; beside it is that of
the processors. What an analysis takes when it is opened for the first time has a column of its own: that is
when the engine joins what it keeps. The table goes into benchmarks/README.md. It ends with status 1 when a
change takes longer than the limit.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crmlab import Company, explore
from crmlab.analysis.menu import entries
from crmlab.company.size import Plan, write
from crmlab.explore import Page

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- page, large -->", "<!-- end of page, large -->"
ENGINES = {"duckdb": "DuckDB", "polars": "Polars"}
CUSTOMERS = 330_000  # who have about 31 order lines each
LIMIT = 2.0  # seconds
ROUNDS = 2
DAYS = ["2025-12-31", "2025-06-30"]


@dataclass(frozen=True)
class Times:
    """Seconds of the clock, medians but for the first; of the processors for the slower change."""

    first: float
    chosen: float
    none: float
    processors: float
    records: float

    @property
    def change(self) -> float:
        """What a change takes, to a choice or to none."""
        return max(self.chosen, self.none)


def seconds(do: Callable[[], None]) -> tuple[float, float]:
    """Return what it takes to do something, by the clock and of the processors."""
    begun = time.perf_counter(), time.process_time()
    do()
    return time.perf_counter() - begun[0], time.process_time() - begun[1]


def times(page: Page, slug: str) -> Times:
    """Return what it takes to open an analysis, to change its filter, and to look behind a row."""
    page.bar.clear()
    first, _ = seconds(lambda: page.choose(slug))
    honours = page.entry.honours
    name = next((name for name in ("region", "major_category") if name in honours), "end")
    field = page.bar.fields[name]
    choices = DAYS if name == "end" else [word for _, word in field.options if word][:2]

    def change(value: str) -> tuple[float, float]:
        return seconds(lambda: setattr(field, "value", value))

    found = [(change(choices[0]), change(choices[1]), change("")) for _ in range(ROUNDS)]
    chosen = [one for *both, _ in found for one in both]
    none = [last for *_, last in found]
    records, _ = seconds(page.grid.opener.click)
    clocks = [statistics.median(clock for clock, _ in part) for part in (chosen, none)]
    processors = max(statistics.median(used for _, used in part) for part in (chosen, none))
    return Times(first, *clocks, processors, records)


def measure(folder: Path, engine: str, slugs: list[str]) -> dict[str, Times]:
    """Return the times by analysis; "" is what it takes to open the page."""
    company = Company.connect(folder, engine=engine)
    pages: list[Page] = []
    opened, used = seconds(lambda: pages.append(explore(company)))
    found = {"": Times(opened, opened, opened, used, 0)}
    for slug in slugs:
        found[slug] = times(pages[0], slug)
        print(f"{slug:24} {found[slug]}", flush=True)
    return found


def section(found: dict[str, Times], engine: str, lines: int) -> str:
    """Return the section for the README."""
    opened = found.pop("")
    over = [slug for slug, times in found.items() if times.change > LIMIT]
    rows = [
        f"| {slug} | {of.chosen:.2f} | {of.none:.2f} | {of.processors:.2f} | {of.records:.2f} "
        f"| {of.first:.1f} |"
        for slug, of in found.items()
    ]
    return "\n".join(
        [
            BEGIN,
            f"## A change of the filter with {lines:,} order lines",
            "",
            f"`python benchmarks/page_large.py`, {date.today()}, {platform.system()} {platform.machine()},",
            f"{os.cpu_count()} processors, Python {platform.python_version()}: seconds from the change",
            f"to the changed page, {ENGINES[engine]} over Parquet; of the processors, those of the slower of",
            "both.",
            "",
            "| analysis | to a choice | to none | of the processors | records behind a row | opened first |",
            "|---|---:|---:|---:|---:|---:|",
            *rows,
            "",
            f"To open the page: {opened.first:.1f} seconds.",
            f"Goal: at most {LIMIT:g} seconds for a change; over it: {', '.join(over) or 'none'}.",
            END,
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("analyses", nargs="*", help="only these, such as sales-trend; all unless given")
    parser.add_argument("--folder", type=Path, help="where the company is kept, to be used again")
    parser.add_argument("--engine", choices=ENGINES, default="duckdb", help="where the analyses run")
    parser.add_argument("--dry", action="store_true", help="leave the README as it is")
    asked = parser.parse_args()
    slugs = asked.analyses or [entry.slug for entry in entries()]
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made) / "company"
        write(Plan(folder, "en", customers=CUSTOMERS, format="parquet"))
        found = measure(folder, asked.engine, slugs)
        lines = Company.connect(folder).rows("order_lines")
    over = any(times.change > LIMIT for slug, times in found.items() if slug)
    written = section(found, asked.engine, lines)
    print(written)
    if not asked.dry:
        text = README.read_text(encoding="utf-8")
        before, there, after = text.partition(BEGIN)
        after = after.partition(END)[2] if there else "\n"
        README.write_text(f"{before.rstrip()}\n\n{written}{after}", encoding="utf-8", newline="\n")
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
