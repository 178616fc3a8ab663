"""Names of customers: a city, an invented word, a trade and a legal form, the same firm in both languages."""

from __future__ import annotations

from functools import cache
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


def name(firm: Firm) -> Text:
    """Return the registered name.

    Examples
    --------
    >>> name(Firm(0, 0, Text("Suzhou", "苏州"), Text("Yancen", "砚岑"), 0)).zh
    '苏州砚岑精密机械有限公司'
    """
    en, zh = _trade(firm)
    if firm.kind in (_COMPANY, _DISTRIBUTOR):
        en, zh = f"{en} Co., Ltd.", f"{zh}有限公司"
    return Text(f"{firm.city.en} {firm.word.en} {en}", f"{firm.city.zh}{firm.word.zh}{zh}")


def respelled(firm: Firm, way: int) -> Text:
    """Return the name as somebody in a hurry keyed it in a second time."""
    en, zh = _trade(firm)
    if way % 3 == 0:
        return Text(f"{firm.city.en} {firm.word.en} {en}".upper(), f"{firm.city.zh} {firm.word.zh}{zh}")
    if way % 3 == 1:
        return Text(f"{firm.word.en} {en} ({firm.city.en})", f"{firm.word.zh}{zh}（{firm.city.zh}）")
    return Text(f"{firm.city.en}-{firm.word.en} {en}", f"{firm.city.zh}市{firm.word.zh}{zh}")


def _trade(firm: Firm) -> tuple[str, str]:
    trades = pool("customers")["trades"][KINDS[firm.kind].en]
    if firm.kind in (_COMPANY, _INSTITUTION):
        trades = trades[firm.industry]
    zh, en = trades[firm.trade % len(trades)]
    return en, zh
