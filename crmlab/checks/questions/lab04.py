"""Lab 04: what do we promote, through which medium, and why do we lose?"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from crmlab.analysis import (
    campaign_uplift,
    lost_deals,
    promotion_media,
    promotion_sources,
    value_customers,
    weak_products,
)
from crmlab.checks.fields import Count, Identifier, Label, Percent, Year, Yuan
from crmlab.checks.kinds import Decision, Number, ShortList, Table
from crmlab.checks.material import all_lines, latest_orders, sales, table, valid_orders, within
from crmlab.checks.question import question
from crmlab.company.company import Company
from crmlab.company.schema import LOST_REASONS, MEDIA, SOURCES, UNKNOWN
from crmlab.locale import Text

TITLE = Text("Products and lost deals", "产品推广与丢单")

YEAR = ("2025-01-01", "2025-12-31")
YEARS = ("2021-01-01", "2025-12-31")
PRODUCTS = Count(Text("products", "种产品"))
CUSTOMERS = Count(Text("customers", "个客户"))
DEALS = Count(Text("deals", "个机会"))
#: A product with less net sales in the year is weak.
WEAK_CENTS = 10_000_00
#: So many customers are called, and what a call costs.
CALLS, CALL_CENTS = 60, 30_00
#: The truth about the campaigns since then says what approaching a customer does.
SINCE = "2024-01-01"
#: Who has not bought for so many days is quiet; who ordered more often in twelve months orders anyway.
QUIET_DAYS, OFTEN = 180, 12
#: An average order with less gross margin does not repay a call.
THIN_CENTS = 300_00


def _share(part: float, whole: float) -> float:
    return 100 * part / whole


def _products(company: Company) -> pd.DataFrame:
    return table(company, "products").set_index("product_id")


@question(
    "4.1",
    Text("Products on offer", "在售产品"),
    points=1,
    kind=Number(PRODUCTS),
    hints=(
        Text(
            "Every row of `company.products` is one product.",
            "`company.products` 的每一行是一种产品。",
        ),
        Text(
            "`len(company.products)` counts the rows.",
            "`len(company.products)` 返回行数。",
        ),
    ),
    right=Text(
        "The catalogue has {products} products; {sold} of them were sold in 2025. "
        "Whoever starts from the sales never sees the other {unsold}.",
        "产品目录中有 {products} 种产品，其中 {sold} 种在 2025 年售出过。"
        "如果从销售记录出发，就永远看不到其余 {unsold} 种。",
    ),
)
def catalogue(company: Company) -> int:
    return len(table(company, "products"))


@catalogue.fill
def _(company: Company) -> dict[str, object]:
    products, sold = catalogue.expected(company), products_sold(company)
    return {"products": products, "sold": sold, "unsold": products - sold}


@catalogue.mistake(
    Text(
        "These are the products that were sold in 2025. "
        "Products that nobody bought are in the catalogue too: count the rows of `company.products`.",
        "这是 2025 年售出过的产品数。没人买的产品也在目录中：请数 `company.products` 的行。",
    )
)
def products_sold(company: Company) -> int:
    lines = sales(company, *YEAR)
    return lines.loc[lines["quantity"] > 0, "product_id"].nunique()


@catalogue.mistake(
    Text(
        "These are the products that were sold at any time. Some products of the catalogue never were.",
        "这是曾经售出过的产品数。目录中有些产品从未售出。",
    )
)
def products_ever_sold(company: Company) -> int:
    return sales(company, "2021-01-01", str(company.today.date()))["product_id"].nunique()


@catalogue.mistake(
    Text(
        "These are the minor categories. A category holds several products.",
        "这是产品小分类的数量。一个分类包含好几种产品。",
    )
)
def minor_categories(company: Company) -> int:
    return table(company, "products")["minor_category"].nunique()


@question(
    "4.2",
    Text("Weak products", "滞销产品"),
    points=3,
    kind=Table({"product_id": Identifier(), "net_sales": Yuan()}),
    hints=(
        Text(
            "Add up the net sales of each product in `lines_2025`, as the example does for 2024.",
            "仿照 2024 年的例子，在 `lines_2025` 中按产品对净销售额求和。",
        ),
        Text(
            'Then start from `company.products` and merge with `how="left"`: a product without sales keeps '
            "its row. `.fillna(0)` puts a 0 where nothing was found.",
            '然后从 `company.products` 出发，用 `how="left"` 合并：没有销售的产品也保留一行。'
            "`.fillna(0)` 在没有找到的地方填 0。",
        ),
        Text(
            '`products_2025[products_2025["net_sales"] < 10000]` keeps the weak ones.',
            '`products_2025[products_2025["net_sales"] < 10000]` 留下滞销的产品。',
        ),
    ),
    right=Text(
        "{weak} of {products} products are weak. Nobody bought {unsold} of them in 2025, "
        "and {never} have never been sold since the CRM was introduced. They all take room in the warehouse "
        "and in the catalogue.",
        "{products} 种产品中有 {weak} 种滞销。其中 {unsold} 种在 2025 年无人购买，"
        "{never} 种自 CRM 启用以来从未售出。它们都占着仓库和目录的位置。",
    ),
)
def weak(company: Company) -> pd.DataFrame:
    ranking = weak_products(company, start=YEAR[0], end=YEAR[1], bottom=1000)
    return ranking.loc[ranking["net_sales"] < WEAK_CENTS / 100, ["product_id", "net_sales"]]


@weak.fill
def _(company: Company) -> dict[str, object]:
    ranking = weak_products(company, start=YEAR[0], end=YEAR[1], bottom=1000)
    return {
        "weak": len(weak.expected(company)),
        "products": len(ranking),
        "unsold": int((ranking["orders"] == 0).sum()),
        "never": int(ranking["never_sold"].sum()),
    }


def _weak(company: Company, lines: pd.DataFrame, amount: str = "net_cents") -> pd.DataFrame:
    """Return the weak products as they would be if ``lines`` were the sales of 2025."""
    sums = lines.groupby("product_id")[amount].sum().reindex(_products(company).index, fill_value=0)
    return (sums[sums < WEAK_CENTS] / 100).rename("net_sales").reset_index()


@weak.mistake(
    Text(
        "The products that nobody bought in 2025 are not there: `groupby` makes no group of what has no row. "
        "They are the weakest of all. Start from the catalogue.",
        "缺少 2025 年无人购买的产品：没有行，`groupby` 就不会分出组。它们恰恰是最滞销的。请从产品目录出发。",
    )
)
def loses_unsold_products(company: Company) -> pd.DataFrame:
    lines = sales(company, *YEAR)
    found = _weak(company, lines)
    return found[found["product_id"].isin(lines["product_id"])]


@weak.mistake(
    Text(
        "Lines of drafts and cancelled orders are in it. They are no sales, and make weak products look "
        "better.",
        "其中包含草稿和已取消订单的明细。它们不是销售，会让滞销产品显得更好。",
    )
)
def keeps_invalid_lines_of_products(company: Company) -> pd.DataFrame:
    lines = all_lines(company)
    return _weak(company, lines[within(lines["booked_at"], *YEAR)])


@weak.mistake(
    Text(
        "The discount is not taken off. Net sales count what the customers really have to pay.",
        "没有扣除折扣。净销售额计算的是客户实际应付的金额。",
    )
)
def forgets_the_discount_of_products(company: Company) -> pd.DataFrame:
    return _weak(company, sales(company, *YEAR), "gross_cents")


@weak.mistake(
    Text(
        "These are the weak products of 2024. Look at the year.",
        "这是 2024 年的滞销产品。请看年份。",
    )
)
def takes_the_weak_products_of_2024(company: Company) -> pd.DataFrame:
    return _weak(company, sales(company, "2024-01-01", "2024-12-31"))


@question(
    "4.3",
    Text("Who buys the weakest category", "谁购买最弱的分类"),
    points=3,
    kind=Table({"source": Label(SOURCES), "buyers": CUSTOMERS, "sales_per_buyer": Yuan()}),
    hints=(
        Text(
            '`groupby("source", dropna=False)` keeps the customers whose source nobody noted.',
            '`groupby("source", dropna=False)` 会保留没有登记来源的客户。',
        ),
        Text(
            "Buyers are different customers among the lines with a positive quantity: "
            '`bought.groupby("source", dropna=False)["customer_id"].nunique()`.',
            "购买客户是数量为正的明细中不同的客户："
            '`bought.groupby("source", dropna=False)["customer_id"].nunique()`。',
        ),
        Text(
            "Net sales come from all lines of the category, returns too: "
            '`category_2025.groupby("source", dropna=False)["net_sales"].sum()`. Divide them by the buyers.',
            "净销售额用该分类的全部明细计算，包括退货："
            '`category_2025.groupby("source", dropna=False)["net_sales"].sum()`，再除以购买客户数。',
        ),
    ),
    right=Text(
        'For {category}, "{most}" brings the most buyers ({buyers}); '
        '"{dearest}" brings the most from each ({each} yuan). '
        'The most leads come from "{leads}". A lead is a hope; a buyer is a fact.',
        "对于{category}，“{most}”带来的购买客户最多（{buyers} 个），"
        "“{dearest}”的客均净销售额最高（{each} 元）。"
        "线索最多的来源是“{leads}”。线索只是希望，购买才是事实。",
    ),
)
def by_source(company: Company) -> pd.DataFrame:
    found = promotion_sources(company, major_category=_weakest(company), start=YEAR[0], end=YEAR[1])
    return found.loc[found["buyers"] > 0, ["source", "buyers", "sales_per_buyer", "leads"]]


@by_source.fill
def _(company: Company) -> dict[str, object]:
    found = by_source.expected(company)
    known = found[found["source"] != UNKNOWN.to(company.language)].set_index("source")
    return {
        "category": _weakest(company),
        "most": known["buyers"].idxmax(),
        "buyers": known["buyers"].max(),
        "dearest": known["sales_per_buyer"].idxmax(),
        "each": f"{known['sales_per_buyer'].max():,.0f}",
        "leads": known["leads"].idxmax(),
    }


def _in_categories(company: Company) -> pd.Series:
    """Return the major category of each line of 2025, in the order of the lines."""
    return sales(company, *YEAR)["product_id"].map(_products(company)["major_category"])


def _weakest(company: Company) -> str:
    """Return the major category with the least net sales of 2025."""

    def build() -> str:
        return str(sales(company, *YEAR).groupby(_in_categories(company))["net_cents"].sum().idxmin())

    return company.cached(("checks", "weakest category"), build)


def _of_weakest(company: Company) -> pd.DataFrame:
    """Return the lines of 2025 of the weakest category."""
    return sales(company, *YEAR)[_in_categories(company) == _weakest(company)]


def _by_source(
    company: Company, lines: pd.DataFrame, *, count: str = "customer_id", unknown: bool = True
) -> pd.DataFrame:
    """Count different ``count`` of what was bought, by source, with the net sales of each."""
    sources = table(company, "customers").set_index("customer_id")["source"]
    lines = lines.assign(source=lines["customer_id"].map(sources))
    buyers = lines[lines["quantity"] > 0].groupby("source", dropna=not unknown)[count].nunique()
    net = lines.groupby("source", dropna=not unknown)["net_cents"].sum()
    return pd.DataFrame({"buyers": buyers, "sales_per_buyer": net / 100 / buyers}).dropna().reset_index()


@by_source.mistake(
    Text(
        "These are leads. A lead may become a customer and may buy this category, but most never do. "
        "Count the customers who bought.",
        "这是线索数。线索可能成为客户，也可能购买这个分类，但大多数不会。请统计购买过的客户。",
    )
)
def counts_leads(company: Company) -> pd.DataFrame:
    found = by_source.expected(company)
    net = found["buyers"] * found["sales_per_buyer"]
    return found.assign(buyers=found["leads"], sales_per_buyer=net / found["leads"])


@by_source.mistake(
    Text(
        "The buyers without a source are not there: `groupby` drops what is missing. "
        "Keep them as a group of their own.",
        "缺少没有来源的购买客户：`groupby` 会丢掉缺失值。请把他们保留为单独的一组。",
    )
)
def drops_buyers_without_a_source(company: Company) -> pd.DataFrame:
    return _by_source(company, _of_weakest(company), unknown=False)


@by_source.mistake(
    Text(
        "These are orders. A customer who ordered twice counts once.",
        "这是订单数。下过两次单的客户只算一个。",
    )
)
def counts_orders_of_the_category(company: Company) -> pd.DataFrame:
    return _by_source(company, _of_weakest(company), count="order_id")


@by_source.mistake(
    Text(
        "These are the buyers of all products. Keep the lines of the weakest category only.",
        "这是全部产品的购买客户。请只留下最弱分类的明细。",
    )
)
def takes_all_categories(company: Company) -> pd.DataFrame:
    return _by_source(company, sales(company, *YEAR))


@by_source.mistake(
    Text(
        "This is the average of the lines, not of the buyers: divide the net sales of each source "
        "by its different customers.",
        "这是每行明细的平均净销售额，不是客均净销售额：请把每个来源的合计除以不同客户的个数。",
    )
)
def averages_lines(company: Company) -> pd.DataFrame:
    lines = _of_weakest(company)
    sources = table(company, "customers").set_index("customer_id")["source"]
    mean = lines.groupby(lines["customer_id"].map(sources), dropna=False)["net_cents"].mean() / 100
    found = _by_source(company, lines).set_index("source")
    return found.assign(sales_per_buyer=mean).reset_index()


@question(
    "4.4",
    Text("Whom each medium reached", "各媒介触达的客户"),
    points=3,
    kind=Table({"medium": Label(MEDIA), "approached": CUSTOMERS, "buyers": CUSTOMERS}),
    hints=(
        Text(
            "`approached`: different customers in `treated`, by medium. The example does the same by target "
            "group.",
            "`approached`：`treated` 中各媒介有多少个不同的客户。例子按目标群体做了同样的事。",
        ),
        Text(
            "`buyers`: merge `treated` with the responses on `campaign_id` and `customer_id`, and keep those "
            "whose `order_id` is among the valid orders.",
            "`buyers`：把 `treated` 与响应表按 `campaign_id` 和 `customer_id` 合并，"
            "留下 `order_id` 属于有效订单的行。",
        ),
        Text(
            '`pd.DataFrame({"approached": approached, "buyers": buyers})` puts two results of `groupby` side '
            "by side; `.reset_index()` makes `medium` a column.",
            '`pd.DataFrame({"approached": approached, "buyers": buyers})` 把两个 `groupby` '
            "的结果并排放在一起；"
            "`.reset_index()` 让 `medium` 成为一列。",
        ),
    ),
    right=Text(
        "{most} reached the most buyers: {buyers} of {approached} customers approached. "
        "The highest share is that of {best}: {share} %. "
        "But who is approached is no accident: some campaigns were only for customers who buy often.",
        "{most}触达的购买客户最多：接触了 {approached} 个客户，其中 {buyers} 个购买。"
        "比例最高的是{best}：{share}%。但接触谁并不是偶然的：有些活动只面向经常购买的客户。",
    ),
)
def by_medium(company: Company) -> pd.DataFrame:
    return promotion_media(company)[["medium", "approached", "buyers"]]


@by_medium.fill
def _(company: Company) -> dict[str, object]:
    found = by_medium.expected(company).set_index("medium")
    shares = found["buyers"] / found["approached"]
    most = found["buyers"].idxmax()
    return {
        "most": most,
        "buyers": found["buyers"][most],
        "approached": found["approached"][most],
        "best": shares.idxmax(),
        "share": f"{100 * shares.max():.0f}",
    }


def _touches(company: Company) -> pd.DataFrame:
    """Return who was approached or held out, with the medium, the order placed, and if it is a valid sale."""

    def build() -> pd.DataFrame:
        media = table(company, "campaigns")[["campaign_id", "medium"]]
        keys = ["campaign_id", "customer_id"]
        responses = table(company, "campaign_responses")[[*keys, "response_id", "order_id"]]
        found = table(company, "campaign_touches").merge(media, on="campaign_id")
        found = found.merge(responses, on=keys, how="left")
        return found.assign(bought=found["order_id"].isin(valid_orders(company)["order_id"]))

    return company.cached(("checks", "touches"), build)


def _treated(company: Company) -> pd.DataFrame:
    touches = _touches(company)
    return touches[touches["test_group"] == "treated"]


def _by_medium(touches: pd.DataFrame, buyers: pd.DataFrame) -> pd.DataFrame:
    """Count the different customers of both tables by medium."""
    counts = {
        "approached": touches.groupby("medium")["customer_id"].nunique(),
        "buyers": buyers.groupby("medium")["customer_id"].nunique(),
    }
    return pd.DataFrame(counts).fillna(0).rename_axis("medium").reset_index()


@by_medium.mistake(
    Text(
        "The control group is in it. Those customers were held out: nobody approached them. "
        "Keep the rows whose `test_group` is `treated`.",
        "其中包含对照组。这些客户被留作对照，没有人接触过他们。请只留下 `test_group` 为 `treated` 的行。",
    )
)
def counts_the_control_group(company: Company) -> pd.DataFrame:
    touches = _touches(company)
    return _by_medium(touches, touches[touches["bought"]])


@by_medium.mistake(
    Text(
        "Enquiries are counted as purchases. Who asks has not bought: look for a valid order.",
        "把询价也算成了购买。询价不等于购买：请看有没有有效订单。",
    )
)
def counts_enquiries(company: Company) -> pd.DataFrame:
    treated = _treated(company)
    return _by_medium(treated, treated[treated["response_id"].notna()])


@by_medium.mistake(
    Text(
        "Responses whose order was cancelled, or is still a draft, are counted too. They are no sales.",
        "订单已取消或仍是草稿的响应也算进去了。它们不是销售。",
    )
)
def counts_invalid_responses(company: Company) -> pd.DataFrame:
    treated = _treated(company)
    return _by_medium(treated, treated[treated["order_id"].notna()])


@by_medium.mistake(
    Text(
        "These are rows. A customer whom two campaigns reached through the same medium counts once: "
        "count different customers.",
        "这是行数。两次活动通过同一媒介接触到的同一个客户只算一次：请统计不同的客户。",
    )
)
def counts_touches(company: Company) -> pd.DataFrame:
    treated = _treated(company)
    counts = {
        "approached": treated.groupby("medium").size(),
        "buyers": treated[treated["bought"]].groupby("medium").size(),
    }
    return pd.DataFrame(counts).fillna(0).rename_axis("medium").reset_index()


@question(
    "4.5",
    Text("What the campaigns changed", "活动改变了什么"),
    points=2,
    kind=ShortList({"approached": Percent(), "held_out": Percent()}),
    hints=(
        Text(
            "The mean of a column of true and false is the share of true.",
            "由真和假组成的一列，其平均数就是真所占的比例。",
        ),
        Text(
            '`followed[followed["test_group"] == "control"]` are those held out. Take the mean of `bought` '
            "in each group, times 100.",
            '`followed[followed["test_group"] == "control"]` 是对照组。'
            "对每一组的 `bought` 求平均，再乘以 100。",
        ),
    ),
    right=Text(
        "Of those approached {approached} % bought; of those held out, without any campaign, {held_out} %. "
        "For a hundred customers approached, that is a difference of {gain} buyers. "
        "The other buyers would have come anyway, and cost money all the same.",
        "被接触的客户有 {approached}% 购买；对照组没有受到任何活动影响，也有 {held_out}% 购买。"
        "也就是说，每接触一百个客户，相差 {gain} 个购买客户；其余的本来就会来，却同样花了钱。",
    ),
)
def rates(company: Company) -> tuple[float, float]:
    found = campaign_uplift(company)
    treated = (found["treated_rate"] * found["treated"]).sum()
    control = (found["control_rate"] * found["control"]).sum()
    return _share(treated, found["treated"].sum()), _share(control, found["control"].sum())


@rates.fill
def _(company: Company) -> dict[str, object]:
    approached, held_out = rates.expected(company)
    return {
        "approached": f"{approached:.1f}",
        "held_out": f"{held_out:.1f}",
        "gain": f"{approached - held_out:.1f}",
    }


def _rates(company: Company, which: Callable[[pd.DataFrame], pd.Series]) -> list[float]:
    """Return the share of both groups that did ``which``."""
    touches = _touches(company)
    share = which(touches).groupby(touches["test_group"]).mean()
    return [100 * float(share[group]) for group in ("treated", "control")]


@rates.mistake(
    Text(
        "Both values are right, but the other way round: first those approached, then those held out.",
        "两个值都对，但顺序反了：先是被接触的客户，后是对照组。",
    )
)
def swaps_the_groups(company: Company) -> list[float]:
    return list(rates.expected(company))[::-1]


@rates.mistake(
    Text(
        "Enquiries are counted as purchases. Who asks has not bought.",
        "把询价也算成了购买。询价不等于购买。",
    )
)
def counts_every_response(company: Company) -> list[float]:
    return _rates(company, lambda touches: touches["response_id"].notna())


@rates.mistake(
    Text(
        "This is how the buyers are split between the two groups. The groups are not equally large: "
        "divide the buyers of each group by its own size.",
        "这是购买客户在两组之间的分布。两组人数并不相等：请把每组的购买数除以本组的人数。",
    )
)
def splits_the_buyers(company: Company) -> list[float]:
    touches = _touches(company)
    groups = touches.loc[touches["bought"], "test_group"].value_counts(normalize=True)
    return [100 * float(groups[group]) for group in ("treated", "control")]


@rates.mistake(
    Text(
        "Responses whose order was cancelled, or is still a draft, are counted too. They are no sales.",
        "订单已取消或仍是草稿的响应也算进去了。它们不是销售。",
    )
)
def counts_responses_with_any_order(company: Company) -> list[float]:
    return _rates(company, lambda touches: touches["order_id"].notna())


@question(
    "4.6",
    Text("Lost deals and loss rate", "丢单数与丢单率"),
    points=3,
    kind=Table({"year": Year(), "lost": DEALS, "loss_rate": Percent()}),
    hints=(
        Text(
            'The year comes from `closed_on`: `deals["closed_on"].dt.year`. Open deals have no such day, '
            "so they fall away.",
            '年份取自 `closed_on`：`deals["closed_on"].dt.year`。进行中的机会没有这一天，自然不在其中。',
        ),
        Text(
            'Count by year where `outcome` is `"lost"`, and where it is `"won"`: two results of `groupby`.',
            '按年份分别统计 `outcome` 为 `"lost"` 和为 `"won"` 的行数，得到两个 `groupby` 的结果。',
        ),
        Text(
            "`100 * lost / (lost + won)` works year by year. `.loc[2021:2025]` leaves January 2026 out.",
            "`100 * lost / (lost + won)` 逐年相除。`.loc[2021:2025]` 去掉 2026 年 1 月。",
        ),
    ),
    right=Text(
        "In 2025 the company lost {lost} deals, against {first} in 2021. The loss rate went from {before} % "
        "to {now} %. A count grows with the business; the rate says whether we have become worse.",
        "2025 年公司丢单 {lost} 个，2021 年为 {first} 个；丢单率从 {before}% 变为 {now}%。"
        "数量随业务增长，比率才说明我们是否变差了。",
    ),
)
def lost_by_year(company: Company) -> pd.DataFrame:
    found = lost_deals(company, start=YEARS[0], end=YEARS[1])
    return found.assign(year=found["group"], loss_rate=100 * found["loss_rate"])[
        ["year", "lost", "loss_rate"]
    ]


@lost_by_year.fill
def _(company: Company) -> dict[str, object]:
    found = lost_by_year.expected(company)
    first, last = found.iloc[0], found.iloc[-1]
    return {
        "lost": last["lost"],
        "first": first["lost"],
        "before": f"{first['loss_rate']:.1f}",
        "now": f"{last['loss_rate']:.1f}",
    }


def _years(days: pd.Series, chosen: pd.Series | None = None) -> pd.Series:
    """Count the ``days`` by year, all or those ``chosen``."""
    days = days if chosen is None else days[chosen]
    return days.dt.year.value_counts().reindex(range(2021, 2026), fill_value=0)


def _loss(lost: pd.Series, whole: pd.Series) -> pd.DataFrame:
    found = pd.DataFrame({"lost": lost, "loss_rate": 100 * lost / whole})
    return found.rename_axis("year").reset_index()


def _lost(company: Company, by: str = "closed_on") -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return all deals, and by year of the day ``by`` how many were lost and won."""
    deals = table(company, "opportunities")
    lost, won = (_years(deals[by], deals["outcome"] == outcome) for outcome in ("lost", "won"))
    return deals, lost, won


@lost_by_year.mistake(
    Text(
        "These are the deals by the year of opening. A deal is lost on the day on which it is closed: "
        "use `closed_on`.",
        "这是按建立年份统计的。机会在结束的那一天才算丢单：请用 `closed_on`。",
    )
)
def takes_the_year_of_opening(company: Company) -> pd.DataFrame:
    _, lost, won = _lost(company, "opened_on")
    return _loss(lost, lost + won)


@lost_by_year.mistake(
    Text(
        "All deals opened in the year are in the denominator, also those that are open or were decided "
        "later. "
        "Divide by those decided in the year: won and lost.",
        "分母是当年建立的全部机会，包括仍在进行的和后来才有结果的。请除以当年有结果的机会：赢单加丢单。",
    )
)
def divides_by_all_opened(company: Company) -> pd.DataFrame:
    deals, lost, _ = _lost(company)
    return _loss(lost, _years(deals["opened_on"]))


@lost_by_year.mistake(
    Text(
        "Open deals are in the denominator of 2025. Nobody knows yet how they end: "
        "divide by won and lost only.",
        "2025 年的分母包含了仍在进行的机会。它们的结果还没人知道：只能除以赢单加丢单。",
    )
)
def keeps_open_deals(company: Company) -> pd.DataFrame:
    deals, lost, won = _lost(company)
    still_open = _years(deals["opened_on"], deals["outcome"] == "open")
    return _loss(lost, lost + won + still_open)


@lost_by_year.mistake(
    Text(
        "Lost deals are divided by those won. A rate is a share of the whole: lost ÷ (won + lost).",
        "丢单数除以了赢单数。比率是占总体的份额：丢单数 ÷（赢单数 + 丢单数）。",
    )
)
def divides_by_won(company: Company) -> pd.DataFrame:
    _, lost, won = _lost(company)
    return _loss(lost, won)


@lost_by_year.mistake(
    Text(
        "Cancelled orders are counted as lost deals. A deal whose order was cancelled later was won; "
        "only `outcome` says what was lost.",
        "把已取消的订单算成了丢单。订单后来被取消的机会也曾经赢单；是否丢单只看 `outcome`。",
    )
)
def counts_cancelled_orders(company: Company) -> pd.DataFrame:
    _, lost, won = _lost(company)
    orders = table(company, "orders")
    lost = lost + _years(orders["ordered_at"], orders["status"] == "cancelled")
    return _loss(lost, lost + won)


@lost_by_year.mistake(
    Text(
        "These are the deals won, with the win rate. The question is about the deals lost.",
        "这是赢单数和赢单率。题目问的是丢单。",
    )
)
def counts_the_deals_won(company: Company) -> pd.DataFrame:
    _, lost, won = _lost(company)
    return _loss(won, lost + won)


@question(
    "4.7",
    Text("Why we lost in 2025", "2025 年为什么丢单"),
    points=2,
    kind=Table({"reason": Label(LOST_REASONS), "lost": DEALS, "lost_amount": Yuan()}),
    hints=(
        Text(
            "First keep the deals that were lost and closed in 2025.",
            "先筛选出 2025 年结束、结果为丢单的机会。",
        ),
        Text(
            '`groupby("lost_reason", dropna=False)` keeps those without a reason. `.size()` counts them, '
            '`["expected_amount"].sum()` adds up.',
            '`groupby("lost_reason", dropna=False)` 会保留没有登记原因的机会。`.size()` 计数，'
            '`["expected_amount"].sum()` 求和。',
        ),
        Text(
            "The column is called `lost_reason` in the CRM and `reason` in the answer: "
            '`.rename_axis("reason")` '
            "gives the index another name.",
            'CRM 中的列叫 `lost_reason`，提交时叫 `reason`：`.rename_axis("reason")` 给索引换个名称。',
        ),
    ),
    right=Text(
        '{lost} deals of {amount} yuan were lost in 2025. The most frequent reason is "{reason}" ({share} '
        "%); for "
        "{unknown} nobody noted one. A reason is what the salesperson wrote down. "
        "Before prices are cut, somebody should ask the customers.",
        "2025 年共丢单 {lost} 个，预计金额 {amount} 元。最常见的原因是“{reason}”（{share}%）；"
        "有 {unknown} 个没有登记原因。原因是销售人员写下的；在降价之前，应该先去问问客户。",
    ),
)
def reasons(company: Company) -> pd.DataFrame:
    found = lost_deals(company, by="reason", start=YEAR[0], end=YEAR[1])
    return found.loc[found["lost"] > 0].rename(columns={"group": "reason"})[["reason", "lost", "lost_amount"]]


@reasons.fill
def _(company: Company) -> dict[str, object]:
    found = reasons.expected(company).set_index("reason")
    unknown = UNKNOWN.to(company.language)
    known = found["lost"].drop(unknown, errors="ignore")
    return {
        "lost": found["lost"].sum(),
        "amount": f"{found['lost_amount'].sum():,.0f}",
        "reason": known.idxmax(),
        "share": f"{_share(known.max(), found['lost'].sum()):.0f}",
        "unknown": found["lost"].get(unknown, 0),
    }


def _by_reason(deals: pd.DataFrame, *, unknown: bool = True) -> pd.DataFrame:
    groups = deals.groupby("lost_reason", dropna=not unknown)["expected_amount_cents"]
    found = pd.DataFrame({"lost": groups.size(), "lost_amount": groups.sum() / 100})
    return found.rename_axis("reason").reset_index()


def _closed_in_2025(company: Company) -> pd.DataFrame:
    deals = table(company, "opportunities")
    return deals[within(deals["closed_on"], *YEAR)]


def _lost_in_2025(company: Company) -> pd.DataFrame:
    deals = _closed_in_2025(company)
    return deals[deals["outcome"] == "lost"]


@reasons.mistake(
    Text(
        "The deals without a reason are not there: `groupby` drops what is missing. "
        "Keep them as a group of their own.",
        "缺少没有登记原因的机会：`groupby` 会丢掉缺失值。请把它们保留为单独的一组。",
    )
)
def drops_deals_without_a_reason(company: Company) -> pd.DataFrame:
    return _by_reason(_lost_in_2025(company), unknown=False)


@reasons.mistake(
    Text(
        "The deals won are in the group without a reason. Whoever wins has no reason for losing: "
        "keep the lost ones first.",
        "没有原因的一组中混入了赢单。赢单当然没有丢单原因：请先筛选出丢单的机会。",
    )
)
def takes_won_deals_for_unknown(company: Company) -> pd.DataFrame:
    return _by_reason(_closed_in_2025(company))


@reasons.mistake(
    Text(
        "These are the deals opened in 2025. Lost in 2025 is what was closed in 2025: use `closed_on`.",
        "这是 2025 年建立的机会。2025 年丢单指的是 2025 年结束的：请用 `closed_on`。",
    )
)
def takes_reasons_by_the_year_of_opening(company: Company) -> pd.DataFrame:
    deals = table(company, "opportunities")
    lost = deals["outcome"] == "lost"
    return _by_reason(deals[lost & within(deals["opened_on"], *YEAR)])


@reasons.mistake(
    Text(
        "These are the lost deals of all years. Only 2025 is asked for.",
        "这是历年的丢单。题目只问 2025 年。",
    )
)
def takes_reasons_of_all_years(company: Company) -> pd.DataFrame:
    deals = table(company, "opportunities")
    return _by_reason(deals[deals["outcome"] == "lost"])


@question(
    "4.8",
    Text("Whom to call", "给谁打电话"),
    points=3,
    kind=Decision(
        "customer_id",
        CALLS,
        naive=Text(
            "the 60 with the highest net sales of 2025",
            "2025 年净销售额最高的 60 个客户",
        ),
        remarks={
            "quiet": Text(
                "Customers among your {size} who have not bought for half a year: {count}. "
                "Many of them have gone, and a call does not bring them back.",
                "你的 {size} 个客户中，半年没有购买的有 {count} 个。其中很多已经流失，打电话也挽回不了。",
            ),
            "often": Text(
                "Customers among your {size} with more than twelve orders in twelve months: {count}. "
                "They order anyway, so a call adds little.",
                "你的 {size} 个客户中，十二个月内订单超过十二张的有 {count} 个。他们本来就会下单，"
                "电话作用很小。",
            ),
            "thin": Text(
                "Customers among your {size} whose average order leaves less than 300 yuan of margin: "
                "{count}. "
                "One more order from them hardly pays for the call.",
                "你的 {size} 个客户中，平均每张订单毛利不到 300 元的有 {count} 个。他们多下一张订单，"
                "也很难抵回电话费用。",
            ),
        },
    ),
    hints=(
        Text(
            "A call changes something where it is open whether the customer will order. Leave out who has "
            "been "
            "silent for half a year, and who orders more than once a month.",
            "只有在客户下不下单还不一定时，电话才能改变结果。去掉半年没有动静的客户，"
            "也去掉每月下单不止一次的客户。",
        ),
        Text(
            "What a call can win is one more order. So look at what an order of this customer leaves: "
            "`margin_per_order`.",
            "一通电话能赢得的是多一张订单。所以要看这个客户一张订单能留下多少：`margin_per_order`。",
        ),
        Text(
            "Keep the customers with 2 to 12 orders in the last twelve months and an order in the last 180 "
            "days. "
            "Take the 60 with the highest margin per order.",
            "留下最近十二个月有 2 到 12 张订单、最近 180 天内下过单的客户，取每单毛利最高的 60 个。",
        ),
    ),
    right=Text(
        "The best customers are not the best ones to call: they buy anyway. A call earns most where it can "
        "still "
        "change the outcome, and where an order leaves a good margin.",
        "最好的客户不一定最值得打电话：他们本来就会买。电话的收益，在结果还能改变、订单毛利又高的地方最大。",
    ),
)
def calls(company: Company) -> pd.DataFrame:
    customers = company.truth.customers
    ids = customers["customer_id"]
    gone = (customers["left_on"] <= company.today).to_numpy()
    gain = ids.map(_gain_of_an_approach(company)).fillna(0).astype("int64").mask(gone, 0)
    behaviour = _behaviour(company).reindex(ids).reset_index()
    top = value_customers(company, start=YEAR[0], end=YEAR[1], top=CALLS)["customer_id"]
    return pd.DataFrame(
        {
            "customer_id": ids,
            "value_cents": gain - CALL_CENTS,
            "naive": ids.isin(top),
            "quiet": ~(behaviour["last_order"] >= company.today - pd.Timedelta(days=QUIET_DAYS)),
            "often": behaviour["orders"] > OFTEN,
            "thin": ~(behaviour["margin_per_order"] >= THIN_CENTS),
        }
    )


def _gain_of_an_approach(company: Company) -> pd.Series:
    """Return the margin that being approached since 2024 truly added with each customer, on average."""
    campaigns = table(company, "campaigns")
    lately = campaigns.loc[campaigns["starts_on"] >= SINCE, "campaign_id"]
    effects = company.truth.campaign_effects
    effects = effects[effects["campaign_id"].isin(lately)]
    sums = effects.groupby("customer_id")["effect_margin_cents"].agg(["sum", "size"])
    return sums["sum"] // sums["size"]


def _behaviour(company: Company) -> pd.DataFrame:
    """Return what can be seen of each customer: orders of a year, the last one, margin of an order."""
    orders, lately = valid_orders(company), latest_orders(company, 12)
    lines = all_lines(company)
    lines = lines[lines["valid"]]
    margin = (lines["net_cents"] - lines["cost_cents"]).groupby(lines["customer_id"]).sum()
    placed = orders.groupby("customer_id").size()
    return pd.DataFrame(
        {
            "orders": lately.groupby("customer_id").size(),
            "last_order": orders.groupby("customer_id")["ordered_at"].max(),
            "margin_per_order": margin / placed,
        }
    )
