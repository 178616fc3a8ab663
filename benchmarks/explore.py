"""How long the Analysis page takes in the kernel from a change of a filter to the changed table and chart.

Run it with ``python benchmarks/explore.py``; it ends with status 1 when a median is over the limit. What
counts is the time that the kernel itself works, which other programs on the machine do not lengthen.
"""

from __future__ import annotations

import statistics
import sys
import time

from crmlab import explore, open_company
from crmlab.analysis.menu import entries

LIMIT = 100  # milliseconds
ROUNDS = 3


def milliseconds(page, field: str, value: object) -> float:
    """Choose ``value`` in a field of the filter bar and return the time until everything is shown."""
    begun = time.process_time()
    page.bar.fields[field].value = value
    return 1000 * (time.process_time() - begun)


def main() -> int:
    slow = []
    for language in ("en", "zh"):
        page = explore(open_company(language=language))
        for entry in entries():
            page.choose(entry.slug)
            regions = [value for _, value in page.bar.fields["region"].options][1:]
            changes = [value for region in regions for value in (region, "")]
            times = sorted(milliseconds(page, "region", value) for value in changes * ROUNDS)
            median, worst = statistics.median(times), times[-1]
            slow += [entry.slug] if median > LIMIT else []
            print(f"{language}  {entry.slug:24} median {median:4.0f} ms   slowest {worst:4.0f} ms")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
