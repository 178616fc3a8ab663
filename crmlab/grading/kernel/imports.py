"""What every kernel has imported before it starts."""

from __future__ import annotations

from importlib import import_module

#: Of these nothing is used here that could compute with several threads: a process that has done so cannot
#: be forked safely.
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
    "crmlab.work.handin",
    "crmlab.work.restoring",
    "crmlab.grading.kernel.inside",
)


def load() -> None:
    """Import what notebooks use, and nothing that holds an expected answer."""
    import matplotlib

    matplotlib.use("agg")
    for name in _MODULES:
        import_module(name)
    import_module("crmlab.grading.kernel.shell").prepare()


def try_out() -> None:
    """Do once what takes time only the first time, with a small company that is nobody's."""
    from crmlab.analysis import customer_statistics, value_customers
    from crmlab.company.company import SEED, Company
    from crmlab.company.frames import to_frame
    from crmlab.company.schema import TABLES
    from crmlab.company.world import generate
    from crmlab.company.world.people import ACCOUNTS
    from crmlab.grading.kernel.inside import as_json
    from crmlab.locale import LANGUAGES, catalogue

    for language in LANGUAGES:
        catalogue(language)
    made = generate(SEED, customers=40, truth=False).tables
    tables = {name: to_frame(table, made[name], "en") for name, table in TABLES.items()}
    company = Company(tables, language="en", account=ACCOUNTS[0])
    for answer in (company.me, customer_statistics(company), value_customers(company)):
        as_json(answer)
