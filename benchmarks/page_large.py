"""How long the Analysis page takes for a change of the filter when the company has ten million order lines.

    python -m pip install -e ".[scale]"
    python benchmarks/page_large.py

Eleven analyses, on DuckDB and on Polars, each on its own after the other over the same files of Parquet: a
region is chosen, another one, and none again. A time is that of the clock from the change to the changed
sentence, table and chart. The table goes into benchmarks/README.md. It ends with status 1 when the better
engine takes longer than the limit.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from crmlab import Company, explore
from crmlab.company.size import Plan, write
from crmlab.explore import Page

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- page, large -->", "<!-- end of page, large -->"
CUSTOMERS = 330_000  # who have about 31 order lines each
LIMIT = 2.0  # seconds
ENGINES = ("duckdb", "polars")
SLUGS = (
    "customer-statistics",
    "value-customers",
    "new-customers",
    "sales-trend",
    "sales-composition",
    "profit",
    "weak-products",
    "receivables",
    "receivables-by-customer",
    "individual-performance",
    "rfm",
)
#: What is measured, beside the engine: with a region, without one, and the records behind the first row.
KINDS = ("region", "none", "records")


def seconds(page: Page, region: str) -> float:
    """Return the time until the page shows another region."""
    begun = time.perf_counter()
    page.bar.fields["region"].value = region
    return time.perf_counter() - begun


def times(page: Page, slug: str) -> dict[str, float]:
    """Return what changes of the region take, and the records behind a row."""
    page.choose(slug)
    regions = [word for _, word in page.bar.fields["region"].options if word][:2]
    found = [(seconds(page, regions[0]), seconds(page, regions[1]), seconds(page, "")) for _ in range(2)]
    begun = time.perf_counter()
    page.grid.opener.click()
    records = time.perf_counter() - begun
    chosen = statistics.median(time for one, other, _ in found for time in (one, other))
    return dict(zip(KINDS, (chosen, statistics.median(none for *_, none in found), records), strict=True))


def measure(folder: Path) -> tuple[dict[str, dict[str, dict[str, float]]], dict[str, float]]:
    """Return the times by analysis and engine, and what it takes to open the page."""
    found: dict[str, dict[str, dict[str, float]]] = {slug: {} for slug in SLUGS}
    opened = {}
    for engine in ENGINES:
        begun = time.perf_counter()
        page = explore(Company.connect(folder, engine=engine), SLUGS[0])
        opened[engine] = time.perf_counter() - begun
        for slug in SLUGS:
            found[slug][engine] = times(page, slug)
            print(
                engine,
                slug,
                {kind: round(value, 2) for kind, value in found[slug][engine].items()},
                flush=True,
            )
    return found, opened


def best(found: dict[str, dict[str, float]]) -> float:
    """Return what a change takes on the better engine, with a region or without."""
    return min(max(of_engine["region"], of_engine["none"]) for of_engine in found.values())


def section(found: dict[str, dict[str, dict[str, float]]], opened: dict[str, float], lines: int) -> str:
    """Return the section for the README."""
    over = [slug for slug in SLUGS if best(found[slug]) > LIMIT]
    columns = [f"{engine}: {kind}" for engine in ENGINES for kind in KINDS]
    rows = [
        [slug, *(f"{found[slug][engine][kind]:.2f}" for engine in ENGINES for kind in KINDS)]
        for slug in SLUGS
    ]
    return "\n".join(
        [
            BEGIN,
            f"## A change of the filter with {lines:,} order lines",
            "",
            f"`python benchmarks/page_large.py`, {date.today()}, {platform.system()} {platform.machine()},",
            f"{os.cpu_count()} processors, Python {platform.python_version()}: seconds of the clock, median,",
            "from the change to the changed page: to a region, to none, to the records behind the first row.",
            "",
            f"| analysis | {' | '.join(columns)} |",
            f"|---|{'---:|' * len(columns)}",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            "To open the page: "
            + ", ".join(f"{engine} {opened[engine]:.1f}" for engine in ENGINES)
            + " seconds.",
            f"Goal: at most {LIMIT:g} seconds on the better engine; over it: {', '.join(over) or 'none'}.",
            END,
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="where the company is kept, to be used again")
    parser.add_argument("--dry", action="store_true", help="leave the README as it is")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made) / "company"
        write(Plan(folder, "en", customers=CUSTOMERS, format="parquet"))
        found, opened = measure(folder)
        lines = Company.connect(folder).rows("order_lines")
    written = section(found, opened, lines)
    print(written)
    if not asked.dry:
        text = README.read_text(encoding="utf-8")
        before, there, after = text.partition(BEGIN)
        after = after.partition(END)[2] if there else "\n"
        README.write_text(f"{before.rstrip()}\n\n{written}{after}", encoding="utf-8", newline="\n")
    return 1 if any(best(found[slug]) > LIMIT for slug in SLUGS) else 0


if __name__ == "__main__":
    sys.exit(main())
