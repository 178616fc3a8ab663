"""The distribution tables in ``crmlab/company/world/pools``: computed here once, then only read.

Floating-point logarithms differ between platforms; integers do not. So every distribution that the
generator draws from is an integer table of its quantiles, committed with the package.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist

import crmlab.company.world

SIZE = 2048
SCALE = 1000
LOGNORMAL_SIGMAS = (25, 35, 50, 180)

TABLES = Path(crmlab.company.world.__file__).parent / "pools" / "distributions.json"


def quantiles(inverse: Callable[[float], float]) -> list[int]:
    """Return ``inverse`` at the middles of `SIZE` equal slices, in thousandths.

    Examples
    --------
    >>> table = quantiles(NormalDist().inv_cdf)
    >>> table[0], table[1024], table[-1]
    (-3487, 1, 3487)
    """
    return [round(inverse((i + 0.5) / SIZE) * SCALE) for i in range(SIZE)]


def distributions() -> dict[str, list[int]]:
    """Return all tables: exponential of mean 1, standard normal, lognormals of median 1."""
    normal = NormalDist().inv_cdf

    def lognormal(sigma: int) -> Callable[[float], float]:
        return lambda p: math.exp(normal(p) * sigma / 100)

    return {
        "exponential": quantiles(lambda p: -math.log1p(-p)),
        "normal": quantiles(normal),
        **{f"lognormal_{sigma}": quantiles(lognormal(sigma)) for sigma in LOGNORMAL_SIGMAS},
    }


def write_distributions(path: Path = TABLES) -> None:
    """Write the tables, one a line."""
    lines = [f"  {json.dumps(name)}: {json.dumps(table)}" for name, table in distributions().items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_distributions()
