"""Leads: organisations that might become customers; some did, most did not."""

from __future__ import annotations

from itertools import chain

import numpy as np

from crmlab.company.schema import LEAD_STATUSES
from crmlab.company.world import MISSING, Words, World, naming, process
from crmlab.company.world.calendar import START, TODAY, day, history, workdays, year_of
from crmlab.company.world.customers import INDUSTRY_WEIGHTS, KIND_WEIGHTS, located
from crmlab.company.world.duties import recorder_on, seller_on, workday, workday_number
from crmlab.company.world.people import owner_on
from crmlab.company.world.sorting import in_order
from crmlab.company.world.streams import SCALE, Integers
from crmlab.locale import Text

_NEW, _WORKING, _CONVERTED, _DROPPED = range(len(LEAD_STATUSES))
_FIRST_DAY = day("2021-01-04")
# In a thousand new customers those who were entered as a lead first.
_WERE_LEADS = 620
# Leads in vain for a thousand customers, and their sources: many of the web and social media.
_IN_VAIN = 1300
_SOURCES = np.array([33, 28, 36, 60, 32, 40, 15, 14], dtype=np.int64)
# More leads each year, in percent.
_BY_YEAR = np.array([80, 84, 98, 112, 126, 110], dtype=np.int64)
# Workdays after which a lead is given up, on average; days up to which it counts as new.
_PATIENCE, _FRESH = 25, 14


@process(makes=["leads"], needs=["customers"], ids=(20_001, 10_000))
def leads(world: World) -> None:
    """Enter the leads of later customers and those in vain, in the order of time."""
    both = _converted(world), _in_vain(world)
    found = {name: np.concatenate([part[name] for part in both]) for name in both[0]}
    sequence = in_order(found["created"])
    names = Words(sequence, _names(world, both[0]["customer"], both[1]))
    found = {name: column[sequence] for name, column in found.items()}
    created, closed, customer = found["created"], found["closed"], found["customer"]
    recorder = recorder_on(world, "leads", found["owner"], created, world.flaws.crm_recorder)
    owner = owner_on(world, found["owner"], np.where(closed == MISSING, TODAY, closed))
    employee_id = world.numbers("employees", "employee_id")
    customer_id = world.numbers("customers", "customer_id")
    world.tables["leads"] = {
        "lead_id": world.ids("leads", len(sequence)),
        "name": names,
        "source": found["source"],
        "industry": found["industry"],
        "region": found["region"],
        "recorder_id": employee_id[recorder],
        "owner_id": employee_id[owner],
        "created_on": created,
        "status": found["status"],
        "closed_on": closed,
        "customer_id": np.where(customer == MISSING, MISSING, customer_id[np.maximum(customer, 0)]),
    }


def _converted(world: World) -> dict[str, Integers]:
    """Return the leads that became customers: what the customer's card says, some weeks before."""
    n = world.customers
    known = world.hidden["customers"]
    new = (known["stock"] == 0) & (known["original"] == np.arange(n, dtype=np.int64))
    chosen = new & world.stream("leads", "converted").chance(_WERE_LEADS, n)
    customer = np.flatnonzero(chosen).astype(np.int64)
    owner = known["first_owner"][customer]
    closed = world.numbers("customers", "created_on")[customer]
    before = world.stream("leads", "converted_after").between(2, 52, len(customer))
    earliest = np.maximum(world.numbers("employees", "hired_on")[owner], _FIRST_DAY)
    found = {name: world.numbers("customers", name)[customer] for name in ("source", "industry", "region")}
    return found | {
        "customer": customer,
        "owner": owner,
        "created": workday(workday_number(closed) - before, earliest),
        "closed": closed,
        "status": np.full(len(customer), _CONVERTED, dtype=np.int64),
    }


def _in_vain(world: World) -> dict[str, Integers]:
    """Return the leads that have not become customers: dropped, open, or forgotten."""
    n = world.customers * _IN_VAIN // 1000
    kind = world.stream("leads", "kind").choose(KIND_WEIGHTS, n)
    source = world.stream("leads", "source").choose(_SOURCES, n)
    unnoted = world.stream("leads", "source_missing").chance(world.flaws.source_missing, n)
    city, region = located(world, "leads", n)
    created = START + world.stream("leads", "created_on").choose(workdays() * _BY_YEAR[year_of(history())], n)
    created = np.maximum(created, _FIRST_DAY)
    patience = 2 + world.stream("leads", "closed_on").quantile("exponential", n) * _PATIENCE // SCALE
    given_up = workday(workday_number(created) + patience)
    forgotten = world.stream("leads", "forgotten").chance(world.flaws.lead_forgotten, n)
    is_open = forgotten | (given_up > TODAY)
    waiting = np.where(created > TODAY - _FRESH, _NEW, _WORKING)
    return {
        "customer": np.full(n, MISSING, dtype=np.int64),
        "owner": seller_on(world, "leads", region, created),
        "created": created,
        "closed": np.where(is_open, MISSING, given_up),
        "status": np.where(is_open, waiting, _DROPPED).astype(np.int64),
        "source": np.where(unnoted, MISSING, source),
        "industry": world.stream("leads", "industry").choose(INDUSTRY_WEIGHTS, n, rows=kind),
        "region": region,
        "kind": kind,
        "city": city,
    }


def _names(world: World, customer: Integers, in_vain: dict[str, Integers]) -> list[Text]:
    """Return the names of those who became customers, then of the others: nobody's namesakes."""
    known = world.tables["customers"]["name"]
    assert isinstance(known, Words)
    # Words that are written differently may sound the same: a name is to be new in both languages.
    taken = set(chain.from_iterable(known.texts))
    invented = naming.words(world.account is not None)
    n = len(in_vain["kind"])
    number = world.stream("leads", "word").below(len(invented), n).tolist()
    trade = world.stream("leads", "trade").below(1 << 20, n).tolist()
    kind, industry = in_vain["kind"].tolist(), in_vain["industry"].tolist()
    city = map(naming.cities().__getitem__, in_vain["city"].tolist())
    word = [invented[which] for which in number]
    firms = list(zip(kind, industry, city, word, trade, strict=True))
    names = naming.names(firms)
    for row, name in enumerate(names):
        while not taken.isdisjoint(name):
            number[row] += 1
            firm = naming.Firm(*firms[row])._replace(word=invented[number[row] % len(invented)])
            (name,) = naming.names([firm])
        taken.update(name)
        names[row] = name
    return [known.texts[code] for code in known.codes[customer].tolist()] + names
