"""Names of customers: a city, an invented word, a trade and a legal form, the same firm in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import cycle
from typing import NamedTuple

from crmlab.company.schema import KINDS
from crmlab.company.world.pools import pool
from crmlab.locale import Text

# Words that only the customers of students have, so that they are no namesakes of the company's.
_STUDENTS_WORDS = 96
_COMPANY, _INSTITUTION, _RETAILER, _DISTRIBUTOR = range(len(KINDS))


class Firm(NamedTuple):
    """What the name of a customer is made of."""

    kind: int
    industry: int
    city: Text
    word: Text
    trade: int


@cache
def cities() -> tuple[Text, ...]:
    """Return all cities, region by region."""
    return tuple(Text(en, zh) for region in pool("customers")["cities"] for zh, en, _ in region)


@cache
def words(of_student: bool) -> tuple[Text, ...]:
    """Return the invented words, which are shared out between the company and its students."""
    both = pool("customers")["first"], pool("customers")["second"]
    made = [Text(a_en + b_en, a_zh + b_zh) for b_zh, b_en in both[1] for a_zh, a_en in both[0]]
    return tuple(made[-_STUDENTS_WORDS:] if of_student else made[:-_STUDENTS_WORDS])


def words_of(partition: int) -> tuple[Text, ...]:
    """Return the words of a further partition of a large company: longer ones, which no other one has.

    Examples
    --------
    >>> words(False)[0].zh, words_of(1)[0].zh, words_of(25)[0].zh
    ('棠汀', '棠汀岑', '棠汀岑岑')
    """
    places = []
    while partition:
        partition, place = divmod(partition, len(pool("customers")["second"]))
        places.append(place)
    return _longer(tuple(places))


@lru_cache(maxsize=64)
def _longer(places: tuple[int, ...]) -> tuple[Text, ...]:
    """Return all words, each with so many syllables more, which begin at these places of the pool."""
    if not places:
        return words(False)
    *before, place = places
    seconds = pool("customers")["second"]
    more = cycle(seconds[place:] + seconds[:place])
    both = zip(_longer(tuple(before)), more, strict=False)
    return tuple(map(Text._make, [(en + more_en, zh + more_zh) for (en, zh), (more_zh, more_en) in both]))


def names(firms: Iterable[Firm | tuple[int, int, Text, Text, int]]) -> list[Text]:
    """Return the registered name of each firm.

    Examples
    --------
    >>> names([Firm(0, 0, Text("Suzhou", "苏州"), Text("Yancen", "砚岑"), 0)])[0].zh
    '苏州砚岑精密机械有限公司'
    """
    found = []
    for kind, industry, (city_en, city_zh), (word_en, word_zh), trade in firms:
        registered = _registered(kind, industry)
        en, zh = registered[trade % len(registered)]
        found.append((f"{city_en} {word_en} {en}", f"{city_zh}{word_zh}{zh}"))
    return list(map(Text._make, found))


def respelled(firm: Firm, way: int) -> Text:
    """Return the name as somebody in a hurry keyed it in a second time."""
    trades = _trades(firm.kind, firm.industry)
    en, zh = trades[firm.trade % len(trades)]
    if way % 3 == 0:
        return Text(f"{firm.city.en} {firm.word.en} {en}".upper(), f"{firm.city.zh} {firm.word.zh}{zh}")
    if way % 3 == 1:
        return Text(f"{firm.word.en} {en} ({firm.city.en})", f"{firm.word.zh}{zh}（{firm.city.zh}）")
    return Text(f"{firm.city.en}-{firm.word.en} {en}", f"{firm.city.zh}市{firm.word.zh}{zh}")


@cache
def _trades(kind: int, industry: int) -> tuple[Text, ...]:
    trades = pool("customers")["trades"][KINDS[kind].en]
    if kind in (_COMPANY, _INSTITUTION):
        trades = trades[industry]
    return tuple(Text(en, zh) for zh, en in trades)


@cache
def _registered(kind: int, industry: int) -> tuple[Text, ...]:
    """Return the trades with the legal form of those who have one."""
    trades = _trades(kind, industry)
    if kind not in (_COMPANY, _DISTRIBUTOR):
        return trades
    return tuple(Text(f"{en} Co., Ltd.", f"{zh}有限公司") for en, zh in trades)
