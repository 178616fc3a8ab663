"""What every kernel has imported before it starts."""

from __future__ import annotations

from importlib import import_module

#: All of it is only imported and never used here: a process that has computed with several threads
#: cannot be forked safely.
_MODULES = (
    "numpy",
    "pandas",
    "matplotlib.pyplot",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.preprocessing",
    "sklearn.tree",
    "mlxtend.frequent_patterns",
    "IPython",
    "ipywidgets",
    "crmlab.analysis",
    "crmlab.checks",
    "crmlab.explore",
    "crmlab.work.account_form",
    "crmlab.grading.kernel.inside",
)


def load() -> None:
    """Import what notebooks use, and nothing that holds an expected answer."""
    import matplotlib

    matplotlib.use("agg")
    for name in _MODULES:
        import_module(name)
    _meet()
    import_module("crmlab.grading.kernel.shell").prepare()


def _meet() -> None:
    """Have the libraries import what they put off until it is used."""
    import narwhals as nw
    import pandas as pd

    from crmlab.analysis.menu import entries

    entries()
    frame = nw.from_native(pd.DataFrame({"id": [1], "name": ["one"]})).lazy()
    frame.join(frame, on="id").group_by("id").agg(nw.len()).sort("id").collect("pandas")
