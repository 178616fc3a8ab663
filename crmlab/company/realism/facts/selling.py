"""How salespeople spend their time, and what comes of it."""

from __future__ import annotations

import pandas as pd

from crmlab.company.realism.books import Books
from crmlab.company.realism.facts import fact
from crmlab.company.schema import ACTIVITY_KINDS, SOURCES
from crmlab.locale import Text

#: Kinds of activities that are selling, with a customer: visit, call, demonstration, meeting.
SELLING = [text for place in (0, 1, 3, 4) for text in ACTIVITY_KINDS[place]]

_REFERRAL = SOURCES[0]
_WEB = SOURCES[3], SOURCES[5]
_SOURCES = Text(
    "Implisit: 3.6 % of leads from referrals won, 1.5 % of those from the web",
    "Implisit：客户介绍的线索成交 3.6%，网络线索 1.5%",
)


def _won(books: Books) -> pd.Series:
    """Return for each closed opportunity whether it was won, by source."""
    closed = books.company.opportunities.query("outcome != 'open'")
    return (closed["outcome"] == "won").set_axis(closed["source"])


@fact(
    Text("opportunities won", "销售机会赢单率"),
    *(0.20, 0.30),
    Text("HubSpot 2023: 29 % close", "HubSpot 2023：29% 成交"),
    "share",
)
def won(books: Books) -> float:
    return float(_won(books).mean())


@fact(
    Text("won from referrals, beside the best other source", "客户介绍的赢单率与其他最佳来源之比"),
    *(1.0, 2.0),
    _SOURCES,
)
def won_by_referral(books: Books) -> float:
    by_source = _won(books).groupby(level="source").mean()
    referral = by_source.index.isin(_REFERRAL)
    return float(by_source[referral].max() / by_source[~referral].max())


@fact(
    Text(
        "won from web and social media, beside the worst other source",
        "网络与社交媒体的赢单率与其他最差来源之比",
    ),
    *(0.3, 1.0),
    _SOURCES,
)
def won_by_web(books: Books) -> float:
    by_source = _won(books).groupby(level="source").mean()
    web = by_source.index.isin([word for text in _WEB for word in text])
    return float(by_source[web].max() / by_source[~web].min())


@fact(
    Text("working time of salespeople spent selling", "销售员的销售时间占比"),
    *(0.25, 0.40),
    Text("22-41 % in published studies", "已发表的研究：22-41%"),
    "share",
)
def selling_time(books: Books) -> float:
    done = books.company.activities.query("status == 'done'")
    selling = done["kind"].isin(SELLING) & done["customer_id"].notna()
    return float(done.loc[selling, "minutes"].sum() / done["minutes"].sum())
