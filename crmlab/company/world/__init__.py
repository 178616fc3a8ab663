"""The generator: one module for each process, each adding tables to the world so far.

A module of this package joins in by declaring a function with `process`; which tables it needs says when
it runs. Everything in a world is an integer, so nothing depends on the language: days and minutes are
counted from 1970-01-01, money is in cents, a label is its place in the list of words.

A *partition* is a block of customers with all that hangs on them. The first one and a student's account
share the employees of the head office; each further one has a branch office of its own, so that a large
company has more salespeople, not busier ones. Partitions share nothing else but products, so that they
can be generated apart.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from graphlib import TopologicalSorter
from importlib import import_module

import numpy as np

from crmlab.company.blocks import ACCOUNTS, CUSTOMERS, FIRST_ACCOUNT, blocks_of, customers_of
from crmlab.company.world.flaws import Flaws
from crmlab.company.world.streams import Integers, Stream, Streams, digest
from crmlab.locale import Text

#: A missing number, day or label.
MISSING = np.iinfo(np.int64).min

#: What the streams of the whole company are named after.
COMPANY = "company"


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
        return self._streams[table, column]

    @cached_property
    def _streams(self) -> Streams:
        return Streams(self.seed, self.part)

    def ids(self, table: str, n: int) -> Integers:
        """Return the ids of ``n`` rows of ``table`` in this partition."""
        first, stride = next(step.ids for step in processes() if table in step.makes)
        # What belongs to the whole company has the first ids, with an account or without.
        place = 0 if self.part == COMPANY else self.partition
        return np.arange(n, dtype=np.int64) + (first + stride * place)

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
    office: bool

    @property
    def is_truth(self) -> bool:
        """Whether all that it makes is the truth, which no table needs."""
        return all(name.startswith("truth") for name in self.makes)


_PROCESSES: list[Process] = []


def process(
    *,
    makes: Sequence[str],
    needs: Sequence[str] = (),
    ids: tuple[int, int] = (1, 0),
    once: bool = False,
    office: bool = False,
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
    office : bool
        Whether it is made for the head office, and again for each branch office.
    """

    def declare(run: Callable[[World], None]) -> Callable[[World], None]:
        _PROCESSES.append(Process(run, tuple(makes), tuple(needs), ids, once, office))
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


def generate(
    seed: int,
    customers: int = CUSTOMERS,
    account: str | None = None,
    *,
    blocks: range | None = None,
    truth: bool = True,
) -> World:
    """Return the company: all partitions put together, or some of them.

    Parameters
    ----------
    seed : int
        The same seed gives the same company.
    customers : int
        Size of the company.
    account : str, optional
        A student, who gets a partition of her own.
    blocks : range, optional
        Which blocks of `BLOCK` customers; all unless given. What the company has once comes with the
        first block, the student's own rows with the last, so that the pieces together are the whole.
    truth : bool
        Whether the truth is worked out, too.

    Examples
    --------
    >>> len(generate(2026, customers=40).tables["customers"]["customer_id"])
    40
    """
    number = blocks_of(customers)
    chosen = range(number) if blocks is None else blocks
    steps = [step for step in processes() if truth or not step.is_truth]
    company = _head_office(seed, account, steps)
    parts = [World(seed, str(i), i, customers_of(i, customers)) for i in chosen]
    if account is not None and number - 1 in chosen:
        parts.append(_own_part(seed, account))
    for part in parts:
        _fill(part, company, steps)
    return _joined(company, parts, with_company=0 in chosen)


def with_account(whole: World, account: str) -> World:
    """Return a company that was generated without an account, of one block, with a student's own rows.

    The rows of everybody else are taken as they are, so that a class shares them.

    Examples
    --------
    >>> everybody = generate(2026, customers=40)
    >>> shared = with_account(everybody, "s2026017").numbers("orders", "order_id")
    >>> alone = generate(2026, customers=40, account="s2026017").numbers("orders", "order_id")
    >>> bool((shared == alone).all())
    True
    """
    steps = list(processes())
    company = _head_office(whole.seed, account, steps)
    own = _own_part(whole.seed, account)
    _fill(own, company, steps)
    return _joined(company, [whole, own], with_company=True)


def _head_office(seed: int, account: str | None, steps: Sequence[Process]) -> World:
    """Return what the company has once, and its head office."""
    company = World(seed, COMPANY, account=account)
    if account is not None:
        company.partition = account_partition(account)
    for step in steps:
        if step.once or step.office:
            step.run(company)
    return company


def _own_part(seed: int, account: str) -> World:
    """Return the partition of a student, before anything is in it."""
    own = World(seed, f"account {account.lower()}", account_partition(account), account=account)
    own.customers = own.stream("customers", "number").between(60, 80, 1)[0]
    return own


def _fill(part: World, company: World, steps: Sequence[Process]) -> None:
    """Generate a partition of ``company``."""
    part.tables.update(company.tables)
    part.hidden.update(company.hidden)
    for step in steps:
        if not step.once and not (step.office and in_head_office(part)):
            step.run(part)
    part.hidden.clear()  # nobody needs it any more, and the next partition needs the memory


def in_head_office(part: World) -> bool:
    """Return whether the salespeople of a partition are those of the head office."""
    return part.partition == 0 or part.account is not None


def _joined(company: World, parts: list[World], with_company: bool) -> World:
    """Put each table together: the rows of the head office, of branch offices, of all partitions."""
    whole = World(company.seed, company.part, company.partition, account=company.account)
    whole.hidden = company.hidden
    heads = [company] if with_company else []
    branches = [part for part in parts if not in_head_office(part)]
    for step in processes():
        makers = heads if step.once else heads + branches if step.office else parts
        for name in step.makes:
            found = [maker.tables[name] for maker in makers if name in maker.tables]
            if found:
                whole.tables[name] = _stacked(found)
    for name in company.truth.keys() | parts[0].truth.keys():
        makers = heads + branches if name in company.truth else parts
        found = [maker.truth[name] for maker in makers if name in maker.truth]
        if found:
            whole.truth[name] = _stacked(found)
    return whole


def _stacked(parts: list[Columns]) -> Columns:
    return {name: _appended([part[name] for part in parts]) for name in parts[0]}


def _appended(columns: list[Column]) -> Column:
    numbers = [column for column in columns if not isinstance(column, Words)]
    if numbers:
        return np.concatenate(numbers)
    words = [column for column in columns if isinstance(column, Words)]
    if all(column.texts is words[0].texts for column in words):
        return Words(np.concatenate([column.codes for column in words]), words[0].texts)
    codes: list[Integers] = []
    texts: list[Text] = []
    for column in words:
        codes.append(np.where(column.codes == MISSING, MISSING, column.codes + len(texts)))
        texts.extend(column.texts)
    return Words(np.concatenate(codes), texts)
