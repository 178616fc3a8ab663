"""Contacts: the people at each customer, and what they like."""

from __future__ import annotations

import numpy as np

from crmlab.company.schema import HOBBIES
from crmlab.company.world import MISSING, Words, World, process
from crmlab.company.world.calendar import day
from crmlab.company.world.people import people
from crmlab.company.world.ragged import parents, starts

# How many contacts a customer has: none, one, ...
_NUMBER = np.array([0, 48, 32, 15, 5], dtype=np.int64)
_TITLES = np.array([34, 14, 22, 10, 8, 12], dtype=np.int64)
_TEA_AND_OTHERS = np.array([16, 10, 8, 8, 9, 9, 8, 7, 7, 10, 5, 3], dtype=np.int64)


@process(makes=["contacts"], needs=["customers"], ids=(10_001, 10_000))
def contacts(world: World) -> None:
    """Give each customer its people; at most one of them is key."""
    flaws, customers = world.flaws, world.customers
    number = world.stream("contacts", "number").choose(_NUMBER, customers)
    number[world.stream("contacts", "no_contact").chance(flaws.no_contact, customers)] = 0
    customer = parents(number)
    n = len(customer)
    place = np.arange(n, dtype=np.int64) - starts(number)[customer]
    key = world.stream("contacts", "key").below(np.maximum(number, 1), customers)
    key[world.stream("contacts", "no_key").chance(flaws.no_key_contact, customers)] = MISSING
    female = world.stream("contacts", "gender").chance(480, n)
    hobby = world.stream("contacts", "hobby").choose(_TEA_AND_OTHERS[: len(HOBBIES)], n)
    unasked = world.stream("contacts", "hobby_missing").chance(flaws.contact_hobby_missing, n)
    birthday = world.stream("contacts", "birthday").between(day("1964-06-01"), day("2001-12-31"), n)
    unknown = world.stream("contacts", "birthday_missing").chance(flaws.birthday_missing, n)
    world.tables["contacts"] = {
        "contact_id": world.ids("contacts", n),
        "customer_id": world.numbers("customers", "customer_id")[customer],
        "name": Words(np.arange(n, dtype=np.int64), people(world.stream("contacts", "name"), female)),
        "title": world.stream("contacts", "title").choose(_TITLES, n),
        "gender": np.where(female, 0, 1).astype(np.int64),
        "birthday": np.where(unknown, MISSING, birthday),
        "hobby": np.where(unasked, MISSING, hobby),
        "is_key": (place == key[customer]).astype(np.int64),
    }
