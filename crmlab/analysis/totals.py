"""Which columns of a result have a total, and what it is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmlab.analysis.heading import Heading

SUMMED = ("count", "yuan", "hours")


def totals(result: pd.DataFrame, columns: Mapping[str, Heading]) -> dict[str, float]:
    """Return the sum of each column of ``result`` of which a sum means something.

    That is so where the analysis declares it, and where a column of shares proves that the rows are parts
    of a whole.

    Examples
    --------
    >>> from crmlab.locale import Text
    >>> headings = {name: Heading(Text(name, name), format) for name, format in
    ...             (("source", "text"), ("customers", "count"), ("share", "share"))}
    >>> totals(pd.DataFrame({"source": ["A", "B"], "customers": [3, 1], "share": [0.75, 0.25]}), headings)
    {'customers': 4.0}
    """
    if len(result) < 2:
        return {}
    shares = [result[name].to_numpy() for name, heading in columns.items() if heading.format == "share"]
    found = {}
    for name, heading in columns.items():
        if not heading.additive and heading.format not in SUMMED:
            continue
        values = result[name].dropna().to_numpy("float64")
        if len(values) and (heading.additive or _proven(values, shares)):
            found[name] = float(values.sum())
    return found


def _proven(values: np.ndarray, shares: list[np.ndarray]) -> bool:
    """Whether one of ``shares`` says of each value what part of their sum it is."""
    whole = values.sum()
    return whole > 0 and any(
        len(share) == len(values) and np.allclose(share, values / whole, rtol=0, atol=1e-9)
        for share in shares
    )
