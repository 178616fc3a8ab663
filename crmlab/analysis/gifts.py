"""Who gets which gift at Spring Festival: the catalogue of gifts by hobby, and step 8."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars
from crmlab.analysis.customers import (
    ALL_FILTERS,
    CUSTOMER,
    CUSTOMER_ID,
    NET_SALES,
    NOTHING_SOLD,
    RANK,
    ranking,
)
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected
from crmlab.analysis.groups import CUSTOMERS
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Own
from crmlab.company.files import SALES_TABLES
from crmlab.company.schema import HOBBIES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company


class Gift(NamedTuple):
    """One gift in the catalogue."""

    name: Text
    price: int


#: What suits a hobby (by its English name), with prices in whole yuan.
GIFTS: dict[str, tuple[Gift, ...]] = {
    "Tea": (
        Gift(Text("Jasmine tea, 100 g", "茉莉花茶100克"), 88),
        Gift(Text("Pu'er tea cake", "普洱茶饼"), 198),
        Gift(Text("Longjing tea gift box", "龙井茶礼盒"), 288),
        Gift(Text("Yixing clay teapot", "宜兴紫砂壶"), 680),
    ),
    "Fishing": (
        Gift(Text("Float and hook set", "浮漂鱼钩套装"), 85),
        Gift(Text("Folding fishing chair", "折叠钓椅"), 168),
        Gift(Text("Carbon hand rod", "碳素手竿"), 268),
        Gift(Text("Spinning rod and reel", "路亚竿轮套装"), 599),
    ),
    "Calligraphy": (
        Gift(Text("Writing brush set", "毛笔套装"), 98),
        Gift(Text("Rice paper and ink", "宣纸墨汁套装"), 158),
        Gift(Text("Four treasures box", "文房四宝礼盒"), 298),
        Gift(Text("Duan inkstone", "端砚"), 780),
    ),
    "Photography": (
        Gift(Text("Lens cleaning kit", "镜头清洁套装"), 89),
        Gift(Text("Photo book voucher", "影集定制券"), 199),
        Gift(Text("Camera shoulder bag", "单肩摄影包"), 279),
        Gift(Text("Carbon travel tripod", "碳纤维三脚架"), 759),
    ),
    "Reading": (
        Gift(Text("Bookmark and notebook", "书签笔记本套装"), 80),
        Gift(Text("Bookshop card 200", "书店购书卡200元"), 200),
        Gift(Text("Boxed classics", "四大名著精装礼盒"), 296),
        Gift(Text("E-book reader", "电子书阅读器"), 699),
    ),
    "Hiking": (
        Gift(Text("Sports water bottle", "户外运动水壶"), 99),
        Gift(Text("Trekking poles, pair", "登山杖一对"), 189),
        Gift(Text("Day pack, 25 litres", "25升登山包"), 289),
        Gift(Text("Waterproof jacket", "防水冲锋衣"), 799),
    ),
    "Badminton": (
        Gift(Text("Tube of shuttlecocks", "羽毛球一筒"), 95),
        Gift(Text("Racket bag", "羽毛球拍包"), 179),
        Gift(Text("Carbon racket", "碳素羽毛球拍"), 285),
        Gift(Text("Pair of top rackets", "专业球拍对装"), 720),
    ),
    "Cooking": (
        Gift(Text("Spice gift set", "香料调味礼盒"), 86),
        Gift(Text("Kitchen knife", "厨师刀"), 188),
        Gift(Text("Iron wok", "手工铁锅"), 269),
        Gift(Text("Enamelled casserole", "珐琅铸铁锅"), 658),
    ),
    "Music": (
        Gift(Text("Music card, 3 months", "音乐会员季卡"), 90),
        Gift(Text("Concert ticket", "音乐会门票"), 180),
        Gift(Text("Bluetooth speaker", "蓝牙音箱"), 299),
        Gift(Text("Noise-cancelling headphones", "降噪耳机"), 798),
    ),
    "Travel": (
        Gift(Text("Neck pillow set", "旅行颈枕套装"), 92),
        Gift(Text("Toiletry bag", "旅行洗漱包"), 159),
        Gift(Text("Scenic area year pass", "景区年票"), 260),
        Gift(Text("Cabin suitcase", "登机箱"), 588),
    ),
    "Gardening": (
        Gift(Text("Seed and tool set", "种子园艺工具套装"), 82),
        Gift(Text("Potted orchid", "盆栽兰花"), 169),
        Gift(Text("Bonsai pine", "松树盆景"), 295),
        Gift(Text("Balcony planter system", "阳台种植箱"), 560),
    ),
    "Chess": (
        Gift(Text("Folding chess set", "折叠象棋"), 96),
        Gift(Text("Wooden chess set", "实木象棋"), 186),
        Gift(Text("Rosewood chess set", "花梨木象棋礼盒"), 292),
        Gift(Text("Jade chess set", "玉石象棋"), 750),
    ),
}


def gift_for(hobby: str, budget: float) -> Gift | None:
    """Return the dearest gift that suits ``hobby`` (in either language) within ``budget`` yuan.

    Examples
    --------
    >>> gift_for("品茶", 300).name.en
    'Longjing tea gift box'
    >>> gift_for("Tea", 50) is None
    True
    """
    english = next(word.en for word in HOBBIES if hobby in word)
    within = [gift for gift in GIFTS[english] if gift.price <= budget]
    return max(within, key=lambda gift: gift.price, default=None)


HOBBY_FROM = {
    "contact": Text("key contact", "关键联系人"),
    "customer": Text("customer's card", "客户卡片"),
    "missing": Text("not known", "不明"),
}


def _gift_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return NOTHING_SOLD.to(language)
    missing = (result["hobby_from"] == "missing").sum()
    sentence = Text(
        "Gifts chosen for {gifts} of the top {count} customers, {cost} yuan in all.",
        "为前{count}个客户中的{gifts}个选了礼物，共{cost}元。",
    )
    if missing:
        sentence = Text(
            "Gifts chosen for {gifts} of the top {count} customers, {cost} yuan in all; "
            "the hobby of {missing} is not known.",
            "为前{count}个客户中的{gifts}个选了礼物，共{cost}元；另有{missing}个爱好不明。",
        )
    return sentence.to(language).format(
        gifts=numbers.count(result["gift"].notna().sum()),
        count=numbers.count(len(result)),
        cost=numbers.count(result["gift_price"].sum()),
        missing=numbers.count(missing),
    )


def _gift_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    missing = HOBBY_FROM["missing"].to(language)
    # In the order of the CRM's list, which is the same in both languages; most customers first.
    words = [*(word.to(language) for word in HOBBIES), missing]
    needed: dict[str, list[tuple[str, float]]] = {word: [] for word in words}
    for hobby, gift, price in zip(result["hobby"], result["gift"], result["gift_price"], strict=True):
        needed[missing if pd.isna(hobby) else hobby].append((gift, price))
    ranked = sorted((hobby for hobby in needed if needed[hobby]), key=lambda hobby: -len(needed[hobby]))
    return Bars(
        Text("Customers by hobby, and the gifts to buy", "按爱好统计的客户数及需购买的礼物").to(language),
        ranked,
        [len(needed[hobby]) for hobby in ranked],
        [_shopping(needed[hobby], hobby == missing, language) for hobby in ranked],
        stressed=missing,
    )


def _shopping(needed: list[tuple[str, float]], missing: bool, language: str) -> str:
    """What to buy for those who share a hobby: the same gift for each."""
    gift, price = needed[0]
    if missing:
        note = Text("{count} (no gift chosen)", "{count}（未选礼物）")
    elif pd.isna(gift):
        note = Text("{count} (no gift within the budget)", "{count}（预算内没有合适的礼物）")
    else:
        note = Text("{count} × {gift}, {cost} yuan", "{count} × {gift}，共{cost}元")
    count = len(needed)
    return note.to(language).format(count=count, gift=gift, cost=numbers.count(count * price))


@analysis(
    step=8,
    group=CUSTOMERS,
    name=Text("Gift list", "节日礼物"),
    about=Text(
        "The top value customers with the hobby of their key contact, else their own, "
        "and a gift that suits it within the budget.",
        "价值最高的客户及其关键联系人的爱好（缺失时取客户卡片上的爱好），并在预算内选出合适的礼物。",
    ),
    honours=ALL_FILTERS,
    own=(
        Own("top", Text("Top", "前"), 20, 1, 1000, 1, Text("customers", "个客户")),
        Own("budget", Text("Budget for a gift", "每份礼物预算"), 300, 0, 10_000, 10, Text("yuan", "元")),
    ),
    columns={
        "rank": Heading(RANK, "count"),
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "contact_id": Heading(Text("Contact no.", "联系人编号"), "id", nullable=True),
        "contact": Heading(Text("Key contact", "关键联系人"), "text"),
        "hobby": Heading(Text("Hobby", "爱好"), "text"),
        "hobby_from": Heading(Text("Hobby from", "爱好来源"), "text", words=HOBBY_FROM),
        "gift": Heading(Text("Gift", "礼物"), "text"),
        "gift_price": Heading(Text("Price", "价格"), "yuan", additive=True),
    },
    needs=(*SALES_TABLES, "contacts"),
    finding=_gift_finding,
    picture=_gift_picture,
)
def gift_list(company: Company, conditions: Conditions, top: int = 20, budget: int = 300) -> pd.DataFrame:
    """Choose a gift for each of the top value customers.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        As for `value_customers`, whose ranking this is.
    top : int
        How many customers.
    budget : int
        The most that one gift may cost, in yuan.

    Returns
    -------
    pandas.DataFrame
        A row for each of the first ``top`` customers of the ranking: ``rank``, ``customer_id``,
        ``customer``, ``net_sales``; the key contact (``contact_id``, ``contact``); ``hobby`` and
        ``hobby_from``: that of the key contact, else of the customer's own card, else missing; the
        dearest ``gift`` that suits it within the budget and its ``gift_price``, missing if there is none.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = gift_list(open_company(language="en"), top=5, budget=200)
    >>> len(result), bool((result["gift_price"].dropna() <= 200).all())
    (5, True)
    """
    best = ranking(company, conditions).head(top)
    of_best = nw.col("customer_id").is_in(best["customer_id"].tolist())
    contacts = collected(
        company.frame("contacts")
        .filter(nw.col("is_key") & of_best)
        .select("customer_id", "contact_id", contact="name", contact_hobby="hobby")
    ).sort_values("contact_id")
    cards = collected(company.frame("customers").filter(of_best).select("customer_id", card_hobby="hobby"))
    result = best.merge(contacts.drop_duplicates("customer_id"), on="customer_id", how="left").merge(
        cards, on="customer_id", how="left"
    )
    hobby = result["contact_hobby"].where(result["contact_hobby"].notna(), result["card_hobby"])
    gifts = [None if pd.isna(word) else gift_for(word, budget) for word in hobby]
    return result.assign(
        hobby=hobby,
        hobby_from=np.select(
            [result["contact_hobby"].notna(), hobby.notna()], ["contact", "customer"], "missing"
        ),
        gift=[gift.name.to(company.language) if gift else np.nan for gift in gifts],
        gift_price=[gift.price if gift else np.nan for gift in gifts],
    )
