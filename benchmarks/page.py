"""How long every analysis takes in the kernel from a change of a filter to the changed page.

Run it with ``python benchmarks/page.py``; it writes its section of ``benchmarks/README.md`` and ends with
status 1 when a median is over the limit. What counts is the processor time of the kernel, which other
programs on the machine do not lengthen.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from datetime import date
from pathlib import Path

from crmlab import explore, open_company
from crmlab.analysis.menu import entries

LIMIT = 100  # milliseconds
ROUNDS = 1
README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- page -->", "<!-- end of page -->"


def milliseconds(page, field: str, value: object) -> float:
    """Choose ``value`` in a field of the filter bar and return the time until everything is shown."""
    begun = time.process_time()
    page.bar.fields[field].value = value
    return 1000 * (time.process_time() - begun)


def times(page) -> list[float]:
    """Return what changes of the first field that the analysis honours take."""
    honours = page.entry.honours
    name = next((name for name in ("region", "major_category") if name in honours), "end")
    if name == "end":
        changes = ["2025-12-31", "2025-06-30", "2024-12-31"]
    else:
        changes = [value for _, value in page.bar.fields[name].options[1:4]]
    found = [milliseconds(page, name, value) for change in changes * ROUNDS for value in (change, "")]
    return sorted(found)


def section(rows: list[tuple[str, float, float]]) -> str:
    """Return the section for the README."""
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [
        BEGIN,
        "## A change of the filter, for every analysis",
        "",
        f"`python benchmarks/page.py`, {date.today()}, {machine}: milliseconds of processor time",
        "from the change to the changed sentence, table, chart and code, on the default company in English.",
        "",
        "| analysis | median | slowest |",
        "|---|---:|---:|",
        *(f"| {slug} | {median:.0f} | {worst:.0f} |" for slug, median, worst in rows),
        "",
        f"Goal: a median of at most {LIMIT}; over it: "
        f"{', '.join(slug for slug, median, _ in rows if median > LIMIT) or 'none'}.",
        END,
    ]
    return "\n".join(lines)


def main() -> int:
    page = explore(open_company(language="en"))
    rows = []
    for entry in entries():
        page.bar.clear()
        page.choose(entry.slug)
        found = times(page)
        rows.append((entry.slug, statistics.median(found), found[-1]))
        print(f"{entry.slug:24} median {rows[-1][1]:4.0f} ms   slowest {rows[-1][2]:4.0f} ms", flush=True)
    text = README.read_text(encoding="utf-8")
    before, found, after = text.partition(BEGIN)
    after = after.partition(END)[2] if found else "\n"
    README.write_text(f"{before.rstrip()}\n\n{section(rows)}{after}", encoding="utf-8")
    return 1 if any(median > LIMIT for _, median, _ in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
