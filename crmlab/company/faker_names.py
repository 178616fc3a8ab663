"""People and cities of another country, by Faker: the only words that may differ between versions."""

from __future__ import annotations

from collections.abc import Callable

from faker import Faker
from faker.config import AVAILABLE_LOCALES

from crmlab.company.world import Columns, Words
from crmlab.errors import CrmlabError
from crmlab.locale import Text


def renamed(tables: dict[str, Columns], locale: str, seed: int, language: str) -> dict[str, Columns]:
    """Return ``tables`` with the people and cities of ``locale``, such as "fr_FR"."""
    if locale not in AVAILABLE_LOCALES:
        raise CrmlabError("company.bad_names", language, value=locale)
    faker = Faker(locale)
    faker.seed_instance(seed)
    employees, contacts, customers = (tables[name] for name in ("employees", "contacts", "customers"))
    places = _words(customers["city"])
    cities = _drawn(faker.city, len(places.texts))
    return tables | {
        "employees": employees | {"name": _people(employees["name"], faker.name)},
        "contacts": contacts | {"name": _people(contacts["name"], faker.name)},
        "customers": customers
        | {"city": Words(places.codes, cities), "name": _moved(_words(customers["name"]), places, cities)},
    }


def _words(column: object) -> Words:
    assert isinstance(column, Words)
    return column


def _people(column: object, draw: Callable[[], str]) -> Words:
    words = _words(column)
    return Words(words.codes, _drawn(draw, len(words.texts)))


def _drawn(draw: Callable[[], str], n: int) -> list[Text]:
    """Draw ``n`` words, no two alike as long as Faker has enough of them."""
    found: dict[str, None] = {}
    for _ in range(20 * n):
        if len(found) == n:
            break
        found[draw()] = None
    drawn = list(found)
    return [Text(drawn[i % len(drawn)], drawn[i % len(drawn)]) for i in range(n)]


def _moved(names: Words, places: Words, cities: list[Text]) -> Words:
    """Put each customer's new city in the place of the old one in its name."""
    texts = []
    for name, code in zip(names.texts, places.codes.tolist(), strict=True):
        old, new = places.texts[code], cities[code]
        plain = name.zh.replace(old.zh, new.zh, 1)
        texts.append(
            Text(name.en.replace(old.en, new.en, 1).replace(old.en.upper(), new.en.upper(), 1), plain)
        )
    return Words(names.codes, texts)
