"""Employees: the sales team, those who lead it, and the student whose account it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.company.schema import REGIONS, ROLES
from crmlab.company.world import COMPANY, MISSING, Words, World, process
from crmlab.company.world.calendar import day
from crmlab.company.world.pools import pool
from crmlab.company.world.streams import Integers, Stream, digest
from crmlab.locale import Text

# Region of each salesperson: four in the East, two in the South and the North, one elsewhere.
_REGIONS = (0, 0, 0, 1, 2, 2, 3, 4, 5, 6, 0, 1)
#: Who leaves, and who follows: two of the team are replaced in mid-history.
SUCCESSORS = {1: 10, 3: 11}
_LEFT = {1: ("2022-10-01", "2023-09-30"), 3: ("2024-03-01", "2024-12-31")}
_OFFICE = ("director", "credit", "service", "marketing")

# More than there are given names of men or women.
_GIVEN = 1000

SALESPERSON = 0
SALESPEOPLE = len(_REGIONS)
#: The names under which they log in, in order of their rows.
ACCOUNTS = (*(f"sales{i + 1:02}" for i in range(SALESPEOPLE)), *_OFFICE)
#: Rows of the employees who are no salespeople.
DIRECTOR, CREDIT_CONTROLLER = SALESPEOPLE, SALESPEOPLE + 1
SERVICE_MANAGER, MARKETING_MANAGER = SALESPEOPLE + 2, SALESPEOPLE + 3
#: Row of the student, if there is one.
STUDENT = SALESPEOPLE + len(_OFFICE)


def drawn_from(seed: int, account: str | None, course: str | None) -> tuple[int, str | None]:
    """Return the seed and the account that `generate` takes: a course has a seed of its own.

    Examples
    --------
    >>> drawn_from(2026, "sales05", None), drawn_from(2026, "s2026017", None)
    ((2026, None), (2026, 's2026017'))
    """
    is_new = account is not None and account.lower() not in ACCOUNTS
    return seed if course is None else digest("course", seed, course), account if is_new else None


@process(makes=["employees"], ids=(1, 10_000), office=True)
def employees(world: World) -> None:
    """Hire twelve salespeople, four others, and the student; two salespeople leave.

    A branch office of a large company has the same people in the same rows, so that its customers need
    not know which office is theirs.
    """
    is_branch = world.part != COMPANY
    accounts = [f"{account}-{world.partition}" if is_branch else account for account in ACCOUNTS]
    n = len(accounts)
    role = np.array([SALESPERSON] * SALESPEOPLE + list(range(1, len(ROLES))), dtype=np.int64)
    region = np.array(list(_REGIONS) + [MISSING] * len(_OFFICE), dtype=np.int64)
    hired = world.stream("employees", "hired_on").between(day("2014-03-01"), day("2020-10-31"), n)
    left = np.full(n, MISSING, dtype=np.int64)
    when = world.stream("employees", "left_on")
    for leaver, follower in SUCCESSORS.items():
        first, last = _LEFT[leaver]
        left[leaver] = when.between(day(first), day(last), 1)[0]
        hired[follower] = left[leaver] - 20
    female = world.stream("employees", "gender").chance(450, n)
    names = people(world.stream("employees", "name"), female, unique=True)
    ids = world.ids("employees", n)
    if world.account is not None:
        own = Stream(world.seed, f"account {world.account.lower()}", "employees", "account")
        accounts.append(world.account)
        names += people(own, own.chance(500, 1))
        ids = np.append(ids, world.partition)
        role = np.append(role, SALESPERSON)
        region = np.append(region, own.below(len(REGIONS), 1))
        hired = np.append(hired, day("2020-11-02"))
        left = np.append(left, MISSING)
    rows = np.arange(len(ids), dtype=np.int64)
    world.tables["employees"] = {
        "employee_id": ids,
        "name": Words(rows, names),
        "account": Words(rows, [Text(account, account) for account in accounts]),
        "role": role,
        "region": region,
        "hired_on": hired,
        "left_on": left,
    }


def people(stream: Stream, female: NDArray[np.bool_], *, unique: bool = False) -> list[Text]:
    """Return a name for each person; no two alike when they must be ``unique``."""
    n = len(female)
    family = stream.below(len(pool("people")["family"]), n)
    given = np.array([len(pool("people")["male"]), len(pool("people")["female"])], dtype=np.int64)
    sex = female.astype(np.int64)
    number = stream.below(1 << 20, n) % given[sex]
    names = list(map(_NAMES.__getitem__, ((family * 2 + sex) * _GIVEN + number).tolist()))
    if unique:
        for row in range(n):
            while names[row] in names[:row]:
                number[row] = (number[row] + 1) % given[sex[row]]
                names[row] = _NAMES[int((family[row] * 2 + sex[row]) * _GIVEN + number[row])]
    return names


class _Names(dict[int, Text]):
    """Names of people by number, made when they are first asked for: contacts have many namesakes."""

    def __missing__(self, number: int) -> Text:
        number_of_family, rest = divmod(number, 2 * _GIVEN)
        female, first = divmod(rest, _GIVEN)
        last_name = pool("people")["family"][number_of_family]
        first_name = pool("people")["female" if female else "male"][first]
        self[number] = Text(en=f"{last_name[1]} {first_name[1]}", zh=last_name[0] + first_name[0])
        return self[number]


_NAMES = _Names()


def team(world: World) -> Integers:
    """Return the rows of the salespeople whose customers these are: the student alone, or all others."""
    if world.account is not None:
        return np.array([STUDENT], dtype=np.int64)
    return np.arange(SALESPEOPLE, dtype=np.int64)


def works_on(world: World, employee: Integers, days: Integers) -> NDArray[np.bool_]:
    """Return whether each employee (by row) is with the company on each day."""
    hired = world.numbers("employees", "hired_on")[employee]
    left = world.numbers("employees", "left_on")[employee]
    return (hired <= days) & ((left == MISSING) | (days <= left))


def owner_on(world: World, owner: Integers, days: Integers) -> Integers:
    """Return who looks after a customer on each day: the first owner, or who followed that one."""
    follower = np.arange(len(world.tables["employees"]["role"]), dtype=np.int64)
    for leaver, successor in SUCCESSORS.items():
        follower[leaver] = successor
    # Few of them leave: nobody else need be asked about.
    rows = np.flatnonzero((follower != np.arange(len(follower)))[owner])
    concerned, found = owner[rows], owner.copy()
    found[rows] = np.where(works_on(world, concerned, days[rows]), concerned, follower[concerned])
    return found
