"""How long each solved notebook takes from top to bottom, with a kernel of its own.

    python -m pip install -e ".[authoring]"
    python benchmarks/notebooks.py
    python benchmarks/notebooks.py 01 02

Each notebook of each language runs once, as `crmlab build` runs it: starting the kernel and generating the
company count. The table goes into benchmarks/README.md when all labs were run. It ends with status 1 when a
notebook takes longer than the goal. Run it on a computer that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from datetime import date
from pathlib import Path

from crmlab.authoring.building import checkout, sources
from crmlab.authoring.editions import edition
from crmlab.authoring.execution import executed
from crmlab.authoring.source import Source
from crmlab.files import replace_file, with_section
from crmlab.locale import LANGUAGES

README = Path(__file__).with_name("README.md")
#: Seconds.
GOAL = 20


def seconds(source: Source, language: str) -> float:
    """Return how long the solved notebook of a lab takes in one language."""
    with tempfile.TemporaryDirectory() as folder:
        settings = f'language = "{language}"\nprogress = false\n'
        (Path(folder) / "crmlab.toml").write_text(settings, encoding="utf-8")
        begun = time.perf_counter()
        executed(source, edition(source, language, solved=True), Path(folder))
        return time.perf_counter() - begun


def section(measured: dict[str, list[float]]) -> str:
    """Return the section of the README."""
    rows = [
        f"| {lab} | {' | '.join(f'{one:.1f}' for one in taken)} |" for lab, taken in sorted(measured.items())
    ]
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    return "\n".join(
        [
            "## A lab from top to bottom",
            "",
            f"`python benchmarks/notebooks.py`, {date.today()}, {where}, Python {platform.python_version()}: "
            "seconds of the clock",
            "for each solved notebook, from starting its kernel to its last output.",
            "",
            f"| lab | {' | '.join(LANGUAGES)} |",
            f"|---|{'---:|' * len(LANGUAGES)}",
            *rows,
            "",
            f"Goal: less than {GOAL}.",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labs", nargs="*", help="labs (01); all unless given")
    parser.add_argument("--dry", action="store_true", help="leave the README as it is")
    asked = parser.parse_args()
    measured: dict[str, list[float]] = {}
    for source in sources(checkout(), tuple(asked.labs)):
        measured[source.lab] = [seconds(source, language) for language in LANGUAGES]
        print(source.lab, *(f"{one:.1f} s" for one in measured[source.lab]), flush=True)
    if not asked.labs and not asked.dry:
        page = with_section(README.read_text(encoding="utf-8"), "notebooks", section(measured))
        replace_file(README, page.encode())
    return int(max(max(taken) for taken in measured.values()) >= GOAL)


if __name__ == "__main__":
    raise SystemExit(main())
