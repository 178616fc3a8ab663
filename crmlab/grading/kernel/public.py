"""What a kernel has of crmlab: the company that it was given, and helpers and charts that do nothing."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: The grader writes it and the kernel reads it, never the other way round: a pickle can run code.
_FILE = "company.pickle"
#: What answers, explains or shows, and where else than in `crmlab` a notebook may find it.
_HELPERS = {
    "check": "crmlab.checks",
    "hint": "crmlab.checks",
    "solution": "crmlab.checks",
    "progress": "crmlab.checks",
    "certificate": "crmlab.checks",
    "my_account": "crmlab.work.account_form",
    "hand_in": "crmlab.work.handin",
    "restore": "crmlab.work.restoring",
    "explore": "crmlab.explore",
}


def publish(company: Company, folder: Path, truth: Mapping[str, Sequence[str]] | None = None) -> None:
    """Write what a kernel may know of ``company``: its tables, and of the truth what a lab opens.

    Neither the course nor its secret is in it.

    Parameters
    ----------
    company : Company
    folder : Path
        Made if it is not there. Nothing else may lie in it: the kernel sees all of it.
    truth : mapping of str to sequence of str, optional
        Columns by table of the truth.

    Examples
    --------
    >>> from crmlab import open_company
    >>> folder = getfixture("tmp_path")
    >>> company = open_company(account="s2026017", course="crm-2026")
    >>> publish(company, folder, truth={"customers": ["customer_id", "type"]})
    >>> known = read(folder)
    >>> known.account, known.course, list(known.truth.customers)
    ('s2026017', None, ['customer_id', 'type'])
    >>> known.orders.equals(company.orders)
    True
    """
    tables = {name: getattr(company.truth, name)[list(columns)] for name, columns in (truth or {}).items()}
    known = {
        "raw": company.raw,
        "truth": tables,
        "language": company.language,
        "seed": company.seed,
        "account": company.account,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _FILE).open("wb") as file:
        pickle.dump(known, file, protocol=pickle.HIGHEST_PROTOCOL)


def read(folder: Path) -> Company:
    """Return the company that `publish` wrote."""
    from crmlab.company.company import Company

    with (folder / _FILE).open("rb") as file:
        return Company(**pickle.load(file))


def use(company: Company) -> None:
    """Let every `open_company` of this process return ``company``, and the helpers cost nothing."""

    def open_company(*given: object, **named: object) -> Company:
        return company

    for place in ("crmlab", "crmlab.company", "crmlab.company.company"):
        vars(import_module(place))["open_company"] = open_company
    vars(import_module("crmlab.analysis.menu"))["Entry"].chart = Nothing()
    for name, place in _HELPERS.items():
        vars(import_module(place))[name] = vars(import_module("crmlab"))[name] = Nothing()


class Nothing:
    """Whatever is done with it, it is still nothing.

    Examples
    --------
    >>> Nothing()("1.2", 5).tail(3) == Nothing()
    False
    >>> list(Nothing()), bool(Nothing())
    ([], False)
    """

    def __call__(self, *given: object, **named: object) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Nothing:
        return self

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return ""
