"""The generator: one module for each process, each adding tables to the world so far.

A module of this package joins in by declaring a function with `process`; which tables it needs says when
it runs. Everything in a world is an integer, so nothing depends on the language: days and minutes are
counted from 1970-01-01, money is in cents, a label is its place in the list of words.

A *partition* is a block of customers with all that hangs on them. Partitions share employees and
products and nothing else, so they can be generated apart, and a student's account is one more of them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module

import numpy as np

from crmlab.company.world.flaws import Flaws
from crmlab.company.world.streams import Integers, Stream, digest
from crmlab.locale import Text

#: A missing number, day or label.
MISSING = np.iinfo(np.int64).min

#: Customers in the default company, and at most in one partition.
CUSTOMERS = 800
BLOCK = 1000

#: Accounts have the partitions from here on; how many there are.
FIRST_ACCOUNT, ACCOUNTS = 5000, 5000


@dataclass(frozen=True)
class Words:
    """A column of words: for each row its place in ``texts``, or `MISSING`."""

    codes: Integers
    texts: Sequence[Text]

    def __len__(self) -> int:
        return len(self.codes)


Column = Integers | Words
Columns = dict[str, Column]


@dataclass
class World:
    """One partition, as far as it has been generated.

    Attributes
    ----------
    seed : int
        What all streams come from.
    part : str
        What the streams of this partition are named after.
    partition : int
        Its number, which spaces the ids.
    customers : int
        How many customers the partition has.
    account : str or None
        The student whose own customers these are.
    flaws : Flaws
        Rates of the flaws on purpose.
    tables : dict
        Columns by table, as declared in `crmlab.company.schema`.
    hidden : dict
        What was drawn and no table shows: the material of the truth.
    truth : dict
        Columns by table, for decisions that are played out.
    """

    seed: int
    part: str
    partition: int = 0
    customers: int = 0
    account: str | None = None
    flaws: Flaws = field(default_factory=Flaws)
    tables: dict[str, Columns] = field(default_factory=dict)
    hidden: dict[str, dict[str, Integers]] = field(default_factory=dict)
    truth: dict[str, Columns] = field(default_factory=dict)

    def stream(self, table: str, column: str) -> Stream:
        """Return the stream of one column of this partition."""
        return Stream(self.seed, self.part, table, column)

    def ids(self, table: str, n: int) -> Integers:
        """Return the ids of ``n`` rows of ``table`` in this partition."""
        first, stride = next(step.ids for step in processes() if table in step.makes)
        return np.arange(n, dtype=np.int64) + (first + stride * self.partition)

    def numbers(self, table: str, column: str) -> Integers:
        """Return a column that holds numbers."""
        values = self.tables[table][column]
        assert not isinstance(values, Words)
        return values


@dataclass(frozen=True)
class Process:
    """A step of the generator: the parameters of `process`, and what to run."""

    run: Callable[[World], None]
    makes: tuple[str, ...]
    needs: tuple[str, ...]
    ids: tuple[int, int]
    once: bool


_PROCESSES: list[Process] = []


def process(
    *, makes: Sequence[str], needs: Sequence[str] = (), ids: tuple[int, int] = (1, 0), once: bool = False
) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    """Declare a step of the generator.

    Parameters
    ----------
    makes, needs : sequence of str
        Tables, or hidden material, by name.
    ids : tuple of int
        The first id of the table, and how far apart the ids of two partitions are.
    once : bool
        Whether it is made once for the company, instead of for each partition.
    """

    def declare(run: Callable[[World], None]) -> Callable[[World], None]:
        _PROCESSES.append(Process(run, tuple(makes), tuple(needs), ids, once))
        return run

    return declare


@cache
def processes() -> tuple[Process, ...]:
    """Return the steps of all modules of this package, each after those it needs."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    maker = {name: step for step in _PROCESSES for name in step.makes}
    graph = {step: [maker[name] for name in step.needs] for step in _PROCESSES}
    return tuple(TopologicalSorter(graph).static_order())


def account_partition(account: str) -> int:
    """Return the partition of an account: small and capital letters are the same account."""
    return FIRST_ACCOUNT + digest("account", account.lower()) % ACCOUNTS


def generate(seed: int, customers: int = CUSTOMERS, account: str | None = None) -> World:
    """Return the whole company: all partitions put together.

    Parameters
    ----------
    seed : int
        The same seed gives the same company.
    customers : int
        Size of the company.
    account : str, optional
        A student, who gets a partition of her own.

    Examples
    --------
    >>> len(generate(2026, customers=40).tables["customers"]["customer_id"])
    40
    """
    company = World(seed, "company", account=account)
    if account is not None:
        company.partition = account_partition(account)
    for step in processes():
        if step.once:
            step.run(company)
    parts = [
        World(seed, str(i), i, min(BLOCK, customers - first))
        for i, first in enumerate(range(0, customers, BLOCK))
    ]
    if account is not None:
        own = World(seed, f"account {account.lower()}", company.partition, account=account)
        own.customers = own.stream("customers", "number").between(60, 80, 1)[0]
        parts.append(own)
    for part in parts:
        part.tables.update(company.tables)
        part.hidden.update(company.hidden)
        for step in processes():
            if not step.once:
                step.run(part)
    return _joined(company, parts)


def _joined(company: World, parts: list[World]) -> World:
    for name in parts[0].tables.keys() - company.tables.keys():
        company.tables[name] = _stacked([part.tables[name] for part in parts])
    for name in parts[0].truth:
        company.truth[name] = _stacked([part.truth[name] for part in parts])
    return company


def _stacked(parts: list[Columns]) -> Columns:
    return {name: _appended([part[name] for part in parts]) for name in parts[0]}


def _appended(columns: list[Column]) -> Column:
    numbers = [column for column in columns if not isinstance(column, Words)]
    if numbers:
        return np.concatenate(numbers)
    codes: list[Integers] = []
    texts: list[Text] = []
    for column in columns:
        assert isinstance(column, Words)
        codes.append(np.where(column.codes == MISSING, MISSING, column.codes + len(texts)))
        texts.extend(column.texts)
    return Words(np.concatenate(codes), texts)
