"""What is asked for: which company, how large, where, and in which format."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crmlab import __version__
from crmlab.company.blocks import BLOCK, CUSTOMERS, FIRST_ACCOUNT, blocks_of
from crmlab.errors import CrmlabError

if TYPE_CHECKING:
    from crmlab.company.world import Columns

#: Customers by name of size: for a look, for a class, more than Excel holds, more than a laptop likes.
SIZES = {"tiny": 80, "class": CUSTOMERS, "large": 80_000, "huge": 800_000}
#: With fewer, some tables are often empty; partitions beyond are those of accounts.
SMALLEST, LARGEST = 20, FIRST_ACCOUNT * BLOCK
#: Formats, and what must be installed for each.
FORMATS = {
    "csv": (),
    "parquet": ("pyarrow",),
    "duckdb": ("pyarrow", "duckdb"),
    "sqlite": (),
    "xlsx": ("openpyxl",),
}
#: Blocks in one part, at most: some 10,000 customers are a good file, and a small piece of memory.
BLOCKS_OF_PART = 10
# A part is half of what is left, at most: the last ones are small, so that no process waits for another.
_SHARE = 2


@dataclass(frozen=True)
class Plan:
    """A company to be written.

    Attributes
    ----------
    folder : Path
        Where the files go.
    language : str
        "en" or "zh".
    customers : int
        The size; an account's own customers come on top.
    format : str
        One of `FORMATS`.
    seed : int
        Another seed is another company.
    account, course : str, optional
        As in `open_company`.

    Examples
    --------
    >>> Plan(Path("out"), "en", customers=80_000).parts
    11
    """

    folder: Path
    language: str
    customers: int = CUSTOMERS
    format: str = "csv"
    seed: int = 2026
    account: str | None = None
    course: str | None = None

    def __post_init__(self) -> None:
        if not SMALLEST <= self.customers <= LARGEST:
            raise CrmlabError(
                "size.customers", self.language, value=self.customers, least=SMALLEST, most=LARGEST
            )

    @property
    def parts(self) -> int:
        """How many parts the company has."""
        return len(self._parts)

    def blocks(self, part: int) -> range:
        """Return the blocks of a part."""
        return self._parts[part]

    @cached_property
    def _parts(self) -> list[range]:
        number = blocks_of(self.customers)
        if number <= BLOCKS_OF_PART:
            return [range(number)]
        found = [range(0)]
        while (first := found[-1].stop) < number:
            size = min(BLOCKS_OF_PART, -(-(number - first) // _SHARE))
            found.append(range(first, first + size))
        return found[1:]

    def tables(self, part: int) -> dict[str, Columns]:
        """Generate one part: for each table its own rows, in the order of the schema."""
        from crmlab.company.schema import TABLES
        from crmlab.company.world import generate
        from crmlab.company.world.people import drawn_from

        seed, account = drawn_from(self.seed, self.account, self.course)
        world = generate(seed, self.customers, account, blocks=self.blocks(part), truth=False)
        return {name: world.tables[name] for name in TABLES if name in world.tables}

    @property
    def fingerprint(self) -> str:
        """What only the same content in the same parts has; the secret of a course cannot be read from it."""
        key = [__version__, self.seed, self.customers, self.account, self.course, self.language, self.format]
        key.append(self._parts)  # of other parts, none can be kept
        return hashlib.sha256(repr(key).encode("utf-8")).hexdigest()


class Progress(NamedTuple):
    """How far it is: parts finished (also in an earlier run) of all, rows written by this run."""

    done: int
    parts: int
    rows: int
