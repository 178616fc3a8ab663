"""Customers: who they are, where they came from, who looks after them, and since when."""

from __future__ import annotations

import numpy as np

from crmlab.company.schema import HOBBIES
from crmlab.company.world import MISSING, Words, World, naming, process
from crmlab.company.world.calendar import START, TODAY, day, history, workdays, year_of
from crmlab.company.world.people import owner_on, team, works_on
from crmlab.company.world.pools import pool
from crmlab.company.world.ragged import parents
from crmlab.company.world.streams import Integers
from crmlab.locale import Text

# The week in which the CRM was taken up and the customers of old were typed in.
_TAKEN_UP = day("2021-01-04")
# In a thousand: those whom the company had already when it took up the CRM.
_BROUGHT_ALONG = 182
# New customers by year 2021 .. 2026, in percent of an average year.
_ACQUISITION = np.array([82, 74, 100, 112, 128, 105], dtype=np.int64)
_SOURCES = np.array([27, 14, 12, 15, 9, 7, 9, 7], dtype=np.int64)
KIND_WEIGHTS = np.array([66, 14, 9, 11], dtype=np.int64)
_SIZES = np.array([[22, 40, 27, 11], [5, 35, 42, 18], [50, 38, 10, 2], [25, 45, 25, 5]], dtype=np.int64)
# Industry by kind of organisation.
INDUSTRY_WEIGHTS = np.array(
    [
        [26, 4, 6, 5, 8, 7, 15, 12, 8, 9],
        [3, 40, 30, 1, 2, 3, 4, 6, 3, 8],
        [0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 3, 0, 0, 2, 0, 5, 0],
    ],
    dtype=np.int64,
)
_CREDIT_DAYS = np.array([15, 30, 45, 60, 90], dtype=np.int64)
_CREDIT = np.array(
    [[26, 48, 16, 9, 1], [14, 44, 22, 17, 3], [6, 36, 28, 24, 6], [3, 28, 28, 30, 11]], dtype=np.int64
)


@process(makes=["customers"], needs=["employees"], ids=(1001, 2_000))
def customers(world: World) -> None:
    """Enter the customers, some of them twice."""
    n = world.customers
    created, stock = _created(world)
    source = world.stream("customers", "source").choose(_SOURCES, n)
    unnoted = world.stream("customers", "source_missing").chance(world.flaws.source_missing, n)
    unasked = world.stream("customers", "hobby_missing").chance(world.flaws.customer_hobby_missing, n)
    hobby = world.stream("customers", "hobby").below(len(HOBBIES), n)
    original = _originals(world)
    card = {name: column[original] for name, column in _cards(world).items()}
    first_owner = _first_owner(world, card["region"], created)[original]
    first_owner = owner_on(world, first_owner, created)
    world.tables["customers"] = {
        "customer_id": world.ids("customers", n),
        "name": Words(np.arange(n, dtype=np.int64), _names(world, card, original)),
        "kind": card["kind"],
        "source": np.where(unnoted, MISSING, source),
        "industry": card["industry"],
        "region": card["region"],
        "city": Words(card["city"], naming.cities()),
        "size": card["size"],
        "hobby": np.where(unasked, MISSING, hobby),
        "owner_id": world.numbers("employees", "employee_id")[_owner_today(world, first_owner)],
        "credit_days": _CREDIT_DAYS[
            world.stream("customers", "credit_days").choose(_CREDIT, n, rows=card["size"])
        ],
        "created_on": created,
    }
    world.hidden["customers"] = {
        "source": source,
        "stock": stock,
        "first_owner": first_owner,
        "original": original,
    }


def _created(world: World) -> tuple[Integers, Integers]:
    """Return the days of entry in order, and which customers were brought along when the CRM began."""
    n = world.customers
    brought = n * _BROUGHT_ALONG // 1000
    stream = world.stream("customers", "created_on")
    typed_in = _TAKEN_UP + stream.below(5, brought)
    acquired = START + stream.choose(workdays() * _ACQUISITION[year_of(history())], n - brought)
    acquired = np.maximum(acquired, _TAKEN_UP + 7)
    stock = (np.arange(n, dtype=np.int64) < brought).astype(np.int64)
    return np.concatenate([np.sort(typed_in), np.sort(acquired)]), stock


def _originals(world: World) -> Integers:
    """Return for each customer the row of which it is a second entry: nearly always its own."""
    n = world.customers
    original = np.arange(n, dtype=np.int64)
    early = n * 2 // 5
    again = early + world.stream("customers", "duplicates").order(n - early)
    again = again[: n * world.flaws.duplicates // 1000]
    original[again] = world.stream("customers", "original").order(early)[: len(again)]
    return original


def _cards(world: World) -> dict[str, Integers]:
    """Return kind, industry, region, city and size."""
    n = world.customers
    kind = world.stream("customers", "kind").choose(KIND_WEIGHTS, n)
    city, region = located(world, "customers", n)
    return {
        "kind": kind,
        "industry": world.stream("customers", "industry").choose(INDUSTRY_WEIGHTS, n, rows=kind),
        "city": city,
        "region": region,
        "size": world.stream("customers", "size").choose(_SIZES, n, rows=kind),
        "word": world.stream("customers", "word").below(1 << 20, n),
        "trade": world.stream("customers", "trade").below(1 << 20, n),
    }


def located(world: World, table: str, n: int) -> tuple[Integers, Integers]:
    """Return city and region of each row of ``table``: for a student mostly those of the own region."""
    cities = pool("customers")["cities"]
    weights = np.array([weight for region in cities for _, _, weight in region], dtype=np.int64)
    region_of = parents(np.array([len(region) for region in cities], dtype=np.int64))
    if world.account is not None:
        home = world.numbers("employees", "region")[team(world)[0]]
        weights = np.where(region_of == home, weights * 12, weights)
    city = world.stream(table, "city").choose(weights, n)
    return city, region_of[city]


def _first_owner(world: World, region: Integers, created: Integers) -> Integers:
    """Return the salesperson (by row) who opened the account: mostly one of the customer's region."""
    sellers = team(world)
    at_work = works_on(world, sellers[None, :], created[:, None])
    near = world.numbers("employees", "region")[sellers][None, :] == region[:, None]
    weights = at_work * np.where(near, 30, 1)
    n = world.customers
    rows = np.arange(n, dtype=np.int64)
    return sellers[world.stream("customers", "first_owner").choose(weights, n, rows=rows)]


def _owner_today(world: World, first_owner: Integers) -> Integers:
    """Hand over the customers of those who left, but for the ones that were forgotten."""
    forgotten = world.stream("customers", "owner_left").chance(world.flaws.owner_left, len(first_owner))
    today = owner_on(world, first_owner, np.full(len(first_owner), TODAY, dtype=np.int64))
    return np.where(forgotten, first_owner, today)


def _names(world: World, card: dict[str, Integers], original: Integers) -> list[Text]:
    """Return invented names, no two alike; a second entry spells the first one differently."""
    is_further = world.account is None and world.partition > 0
    invented = naming.words_of(world.partition) if is_further else naming.words(world.account is not None)
    kind, industry, trade, number = (card[name].tolist() for name in ("kind", "industry", "trade", "word"))
    city = map(naming.cities().__getitem__, card["city"].tolist())
    word = [invented[which % len(invented)] for which in number]
    firms = list(zip(kind, industry, city, word, trade, strict=True))
    names = naming.names(firms)
    taken: set[Text] = set()
    for row, first in enumerate(original.tolist()):
        if first != row:
            names[row] = naming.respelled(naming.Firm(*firms[row]), row)
        while names[row] in taken:
            number[row] += 1
            firm = naming.Firm(*firms[row])._replace(word=invented[number[row] % len(invented)])
            names[row] = naming.names([firm])[0]
        taken.add(names[row])
    return names
