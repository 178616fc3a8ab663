"""Lab 01: who are our customers, and who gets a Spring Festival gift?"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from crmlab.analysis import customer_statistics, gift_list, new_customers, value_customers
from crmlab.checks.fields import Count, Identifier, Label, Percent, Year, Yuan
from crmlab.checks.kinds import Decision, Number, Ranking, Table
from crmlab.checks.material import all_lines, best, latest_orders, sales, table, valid_orders, within, yuan
from crmlab.checks.question import question
from crmlab.company.company import Company
from crmlab.company.schema import HOBBIES, SOURCES, UNKNOWN, VALID_STATUSES
from crmlab.locale import Text

TITLE = Text("Value customers", "价值客户")

START, END = "2025-01-01", "2025-12-31"
CUSTOMERS = Count(Text("customers", "个客户"))
#: How many customers the ranking names, and of how many the hobbies are asked for.
BEST, WITH_HOBBY = 15, 50
GIFT_CENTS = 300_00
#: How much of its effect a gift keeps that suits nobody's hobby, in percent.
PLAIN_GIFT = 40


def _in_2025(days: pd.Series) -> pd.Series:
    return within(days, START, END)


def _orders(company: Company, *, valid: bool = True) -> pd.DataFrame:
    """Return the orders of 2025, valid or all."""
    orders = table(company, "orders")
    kept = orders["status"].isin(VALID_STATUSES) | (not valid)
    return orders[_in_2025(orders["ordered_at"]) & kept]


def _sales(company: Company) -> pd.DataFrame:
    """Return the valid lines booked in 2025."""
    return sales(company, START, END)


def _receipts(company: Company) -> pd.DataFrame:
    receipts = table(company, "receipts")
    return receipts[_in_2025(receipts["received_on"])]


def _by_source(company: Company, customers: pd.Series, *, unknown: bool = True) -> pd.Series:
    """Count ``customers`` (repeated or not) by their source."""
    sources = table(company, "customers").set_index("customer_id")["source"]
    counts = customers.map(sources).value_counts(dropna=not unknown)
    return counts.rename_axis("source").rename("customers")


def _by_year(days: pd.Series, *, on_this_year: bool = False) -> pd.DataFrame:
    """Count the ``days`` of each year, with the change on the year before, in percent, from 2022 to 2025."""
    counts = days.dt.year.value_counts().sort_index()
    base = counts if on_this_year else counts.shift()
    changes = pd.DataFrame({"new_customers": counts, "change": 100 * (counts - counts.shift()) / base})
    return changes.loc[2022:2025].rename_axis("year").reset_index()


def _first_orders(company: Company) -> pd.Series:
    """Return the day of each customer's first valid order."""
    return valid_orders(company).groupby("customer_id")["ordered_at"].min()


def _cards(company: Company) -> pd.DataFrame:
    """Return the hobby on each customer's own card."""
    return table(company, "customers")[["customer_id", "hobby"]]


def _key_contacts(company: Company) -> pd.DataFrame:
    contacts = table(company, "contacts")
    return contacts.loc[contacts["is_key"], ["customer_id", "hobby"]]


def _with_hobby(
    company: Company, customers: pd.DataFrame, people: pd.DataFrame, how: Literal["left", "inner"]
) -> pd.DataFrame:
    """Join ``customers`` with ``people``, and fill their gaps from the customers' own cards."""
    joined = customers[["customer_id"]].merge(people, on="customer_id", how=how)
    cards = _cards(company).set_index("customer_id")["hobby"]
    return joined.assign(hobby=joined["hobby"].fillna(joined["customer_id"].map(cards)))


def _statistics(company: Company) -> pd.DataFrame:
    """Return the buyers of 2025 by source; several questions begin with it."""
    return company.cached(
        ("checks", "statistics 2025"), lambda: customer_statistics(company, start=START, end=END)
    )


def _ranking(company: Company) -> pd.DataFrame:
    """Return the customers of 2025 by net sales; several questions begin with it."""
    return company.cached(("checks", "ranking 2025"), lambda: value_customers(company, start=START, end=END))


def _top_50(company: Company) -> pd.DataFrame:
    return _ranking(company)[["customer_id"]].head(WITH_HOBBY)


@question(
    "1.1",
    Text("Customers on file", "登记的客户"),
    points=1,
    kind=Number(CUSTOMERS),
    hints=(
        Text(
            "Every row of `company.customers` is one customer.",
            "`company.customers` 的每一行是一个客户。",
        ),
        Text(
            "`len(...)` counts the rows of a table. Put the table between the brackets.",
            "`len(...)` 返回表的行数。把表写在括号里。",
        ),
    ),
    right=Text(
        "The company has {customers} customers on file. That is the address book. "
        "How many of them buy comes next.",
        "公司登记了 {customers} 个客户。这只是通讯录，其中多少人真正购买，是下一个问题。",
    ),
)
def on_file(company: Company) -> int:
    return len(table(company, "customers"))


@on_file.fill
def _(company: Company) -> dict[str, object]:
    return {"customers": on_file.expected(company)}


@on_file.mistake(
    Text(
        "This is the number of contacts. A contact is a person; one customer can have several.",
        "这是联系人的数量。联系人是人，一个客户可以有好几位联系人。",
    )
)
def counts_contacts(company: Company) -> int:
    return len(table(company, "contacts"))


@on_file.mistake(
    Text(
        "These are the customers with an order. Customers who never ordered are on file too.",
        "这是下过订单的客户数。从未下过单的客户也登记在册。",
    )
)
def counts_customers_with_orders(company: Company) -> int:
    return table(company, "orders")["customer_id"].nunique()


@on_file.mistake(
    Text(
        "These are the customers with a valid order. Customers who never bought are on file too.",
        "这是有过有效订单的客户数。从未购买过的客户也登记在册。",
    )
)
def counts_customers_who_ever_bought(company: Company) -> int:
    orders = table(company, "orders")
    return orders.loc[orders["status"].isin(VALID_STATUSES), "customer_id"].nunique()


@question(
    "1.2",
    Text("Customers who bought in 2025", "2025 年的购买客户"),
    points=2,
    kind=Number(CUSTOMERS),
    hints=(
        Text(
            "Start from the cell with the orders of 2024, and change the years. "
            "Keep the condition on the status.",
            "从筛选 2024 年订单的那个单元格开始，把年份改掉，保留对状态的条件。",
        ),
        Text(
            "A customer with several orders is several rows. Count the different values of `customer_id`.",
            "有几张订单的客户会占好几行。请统计 `customer_id` 有多少个不同的取值。",
        ),
        Text(
            '`table["customer_id"].nunique()` counts different values.',
            '`table["customer_id"].nunique()` 统计不同取值的个数。',
        ),
    ),
    right=Text(
        "{buyers} of {customers} customers bought in 2025: {share} %. The others need a reason to come back.",
        "{customers} 个客户中有 {buyers} 个在 2025 年购买过，占 {share}%。其余的客户需要一个回来的理由。",
    ),
)
def buyers(company: Company) -> int:
    return int(_statistics(company)["customers"].sum())


@buyers.fill
def _(company: Company) -> dict[str, object]:
    found, customers = buyers.expected(company), on_file.expected(company)
    return {"buyers": found, "customers": customers, "share": f"{100 * found / customers:.0f}"}


@buyers.mistake(
    Text(
        "This is the number of orders. A customer who ordered twice counts once.",
        "这是订单数。下过两次单的客户只算一个。",
    )
)
def counts_orders(company: Company) -> int:
    return len(_orders(company))


@buyers.mistake(
    Text(
        "Drafts and cancelled orders are counted too. A customer who only has those did not buy.",
        "草稿和已取消的订单也算进去了。只有这类订单的客户并没有购买。",
    )
)
def keeps_invalid_orders(company: Company) -> int:
    return _orders(company, valid=False)["customer_id"].nunique()


@buyers.mistake(
    Text(
        "These are all customers on file. Many of them did not buy in 2025.",
        "这是登记在册的全部客户。其中很多在 2025 年没有购买。",
    )
)
def counts_everybody_on_file(company: Company) -> int:
    return len(table(company, "customers"))


@buyers.mistake(
    Text(
        "These are the customers who bought at any time. Only 2025 is asked for.",
        "这是任何时候购买过的客户。题目只问 2025 年。",
    )
)
def forgets_the_period(company: Company) -> int:
    return counts_customers_who_ever_bought(company)


@question(
    "1.3",
    Text("Buyers by source", "购买客户的来源"),
    points=3,
    kind=Table({"source": Label(SOURCES), "customers": CUSTOMERS}),
    hints=(
        Text(
            "Count customers, not orders. So start from `company.customers`, and keep those who bought in "
            "2025.",
            "要数的是客户，不是订单。所以从 `company.customers` 出发，留下 2025 年购买过的客户。",
        ),
        Text(
            '`company.customers["customer_id"].isin(...)` is true for the customers whose number is in a '
            "list or column.",
            '`company.customers["customer_id"].isin(...)` 判断每个客户的编号是否在某个列表或列中。',
        ),
        Text(
            '`groupby("source", dropna=False).size()` counts the rows of each group and keeps the missing '
            "source. "
            '`.reset_index(name="customers")` makes a table of it.',
            '`groupby("source", dropna=False).size()` 统计每组的行数，并保留来源缺失的一组；'
            '`.reset_index(name="customers")` 把结果变成表。',
        ),
    ),
    right=Text(
        'Most buyers came through "{source}" ({most}). For {unknown} buyers nobody noted the source: '
        "what is not noted cannot be managed.",
        "来自“{source}”的购买客户最多（{most} 个）。"
        "有 {unknown} 个购买客户没有登记来源：没有记录，就无从管理。",
    ),
)
def buyers_by_source(company: Company) -> pd.DataFrame:
    return _statistics(company)[["source", "customers"]]


@buyers_by_source.fill
def _(company: Company) -> dict[str, object]:
    counts = buyers_by_source.expected(company).set_index("source")["customers"]
    unknown = UNKNOWN.to(company.language)
    known = counts.drop(unknown)
    return {"source": known.idxmax(), "most": int(known.max()), "unknown": int(counts[unknown])}


@buyers_by_source.mistake(
    Text(
        "The buyers without a source are not there: `groupby` drops what is missing. "
        "Keep them as a group of their own.",
        "缺少没有来源的购买客户：`groupby` 会丢掉缺失值。请把他们保留为单独的一组。",
    )
)
def drops_unknown(company: Company) -> pd.Series:
    return _by_source(company, _orders(company)["customer_id"].drop_duplicates(), unknown=False)


@buyers_by_source.mistake(
    Text(
        "These are orders by source. A customer who ordered twice counts once.",
        "这是按来源统计的订单数。下过两次单的客户只算一个。",
    )
)
def counts_orders_by_source(company: Company) -> pd.Series:
    return _by_source(company, _orders(company)["customer_id"])


@buyers_by_source.mistake(
    Text(
        "These are orders by source, without the unknown source. "
        "Count each customer once, and keep the missing source.",
        "这是按来源统计的订单数，而且缺少未知来源。每个客户只算一次，缺失的来源也要保留。",
    )
)
def counts_orders_and_drops_unknown(company: Company) -> pd.Series:
    return _by_source(company, _orders(company)["customer_id"], unknown=False)


@buyers_by_source.mistake(
    Text(
        "These are all customers on file by source. Keep only those who bought in 2025.",
        "这是登记在册的全部客户的来源。请只留下 2025 年购买过的客户。",
    )
)
def counts_everybody_by_source(company: Company) -> pd.Series:
    return _by_source(company, table(company, "customers")["customer_id"])


@buyers_by_source.mistake(
    Text(
        "Customers with nothing but drafts or cancelled orders are counted too. They did not buy.",
        "只有草稿或已取消订单的客户也算进去了。他们并没有购买。",
    )
)
def keeps_invalid_orders_by_source(company: Company) -> pd.Series:
    return _by_source(company, _orders(company, valid=False)["customer_id"].drop_duplicates())


@question(
    "1.4",
    Text("Net sales of 2025", "2025 年净销售额"),
    points=3,
    kind=Number(Yuan()),
    hints=(
        Text(
            "Make a new column of `lines`: quantity times unit price, less the discount. "
            "A discount of 5 leaves 95 percent.",
            "在 `lines` 中新建一列：数量乘以单价，再扣除折扣。折扣为 5 表示剩下 95%。",
        ),
        Text(
            "Keep the lines with a valid status that were booked in 2025. "
            "`booked_at` decides, for returns too.",
            "保留状态有效且记帐时间在 2025 年的明细行。退货也以 `booked_at` 为准。",
        ),
        Text(
            "Returns have a negative quantity: they take themselves off. "
            "Add up the new column with `.sum()`.",
            "退货的数量为负，求和时自然被减去。用 `.sum()` 对新列求和。",
        ),
    ),
    right=Text(
        "The company sold {sold} yuan after discount and took back {returned} yuan: net sales of {net} yuan. "
        "This is the figure that customers are ranked by.",
        "公司折后售出 {sold} 元，退货 {returned} 元，净销售额为 {net} 元。客户排名就以它为准。",
    ),
)
def net_sales(company: Company) -> float:
    return round(float(_ranking(company)["net_sales"].sum()), 2)


@net_sales.fill
def _(company: Company) -> dict[str, object]:
    lines = _sales(company)
    back = lines["quantity"] < 0
    amounts = {"net": lines, "sold": lines[~back], "returned": lines[back]}
    return {name: f"{abs(yuan(part['net_cents'])):,.0f}" for name, part in amounts.items()}


@net_sales.mistake(
    Text(
        "The discount is not taken off. Net sales count what the customers really have to pay.",
        "没有扣除折扣。净销售额计算的是客户实际应付的金额。",
    )
)
def ignores_the_discount(company: Company) -> float:
    return yuan(_sales(company)["gross_cents"])


@net_sales.mistake(
    Text(
        "The returns are left out. What came back was not sold: keep the lines with a negative quantity.",
        "没有算上退货。退回来的不算售出：请保留数量为负的明细行。",
    )
)
def leaves_returns_out(company: Company) -> float:
    lines = _sales(company)
    return yuan(lines.loc[lines["quantity"] > 0, "net_cents"])


@net_sales.mistake(
    Text(
        "Lines of drafts and cancelled orders are in it. They are no sales.",
        "其中包含草稿和已取消订单的明细。它们不是销售。",
    )
)
def keeps_invalid_lines(company: Company) -> float:
    lines = all_lines(company)
    return yuan(lines.loc[_in_2025(lines["booked_at"]), "net_cents"])


@net_sales.mistake(
    Text(
        "These are the receipts: the money that arrived in 2025, some of it for sales of 2024. "
        "Sales count when they are made.",
        "这是收款：2025 年到帐的钱，其中一部分属于 2024 年的销售。销售额在销售发生时计入。",
    )
)
def takes_receipts(company: Company) -> float:
    return yuan(_receipts(company)["amount_cents"])


@net_sales.mistake(
    Text(
        "Returns are dated by their order. A return counts on the day the goods came back: "
        "use `booked_at`, not `ordered_at`.",
        "退货按订单的日期计入了。退货应计入货物退回的那一天：请用 `booked_at`，而不是 `ordered_at`。",
    )
)
def dates_returns_by_their_order(company: Company) -> float:
    lines = all_lines(company)
    return yuan(lines.loc[lines["valid"] & _in_2025(lines["ordered_at"]), "net_cents"])


@net_sales.mistake(
    Text(
        'The lines of 31 December are not in it: `<= "2025-12-31"` ends at midnight, before that day began.',
        '缺少 12 月 31 日的明细：`<= "2025-12-31"` 止于当天零点，也就是这一天开始之前。',
    )
)
def misses_the_lines_of_the_last_day(company: Company) -> float:
    lines = _sales(company)
    return yuan(lines.loc[lines["booked_at"] <= END, "net_cents"])


@question(
    "1.5",
    Text("The fifteen most valuable customers", "最有价值的 15 个客户"),
    points=2,
    kind=Ranking("customer_id", BEST),
    hints=(
        Text(
            "Take the lines of 2025 from the last question. "
            '`groupby("customer_id")["net_sales"].sum()` adds up for each customer.',
            '使用上一题中 2025 年的明细。`groupby("customer_id")["net_sales"].sum()` 按客户求和。',
        ),
        Text(
            "Sort from high to low: `.sort_values(ascending=False)`. Then take the first 15: `.head(15)`.",
            "从高到低排序：`.sort_values(ascending=False)`，再取前 15 个：`.head(15)`。",
        ),
        Text(
            "The customer numbers are now in the index: `.index.tolist()` hands them in.",
            "这时客户编号在索引中：用 `.index.tolist()` 提交。",
        ),
    ),
    right=Text(
        "Fifteen of {buyers} customers brought {share} % of net sales in 2025. "
        "Each is worth many small ones, so somebody should know each of them well.",
        "{buyers} 个客户中的这 15 个，带来了 2025 年净销售额的 {share}%。"
        "每一个都抵得上许多小客户，应该有人深入了解他们。",
    ),
)
def top_15(company: Company) -> list[int]:
    return _ranking(company)["customer_id"].head(BEST).tolist()


@top_15.fill
def _(company: Company) -> dict[str, object]:
    shares = _ranking(company)["share"]
    return {"buyers": len(shares), "share": f"{100 * shares.head(BEST).sum():.0f}"}


@top_15.mistake(
    Text(
        "This ranks by quantity. A pallet of paper is many pieces and little money: rank by net sales.",
        "这是按数量排名。一托盘纸件数很多，金额却不大：请按净销售额排名。",
    )
)
def ranks_by_quantity(company: Company) -> list[int]:
    return best(_sales(company).groupby("customer_id")["quantity"].sum(), BEST)


@top_15.mistake(
    Text(
        "This ranks by receipts, the money that arrived. Value is here what was sold: rank by net sales.",
        "这是按收款（到帐的钱）排名。这里的价值指售出的金额：请按净销售额排名。",
    )
)
def ranks_by_receipts(company: Company) -> list[int]:
    return best(_receipts(company).groupby("customer_id")["amount_cents"].sum(), BEST)


@top_15.mistake(
    Text(
        "This ranks by the number of orders. Many small orders can be worth less than one large one.",
        "这是按订单数排名。许多小订单的价值可能不及一张大订单。",
    )
)
def ranks_by_orders(company: Company) -> list[int]:
    return best(_orders(company).groupby("customer_id")["order_id"].count(), BEST)


@top_15.mistake(
    Text(
        "This ranks by gross sales: discounts and returns are not taken off.",
        "这是按销售总额排名：没有扣除折扣和退货。",
    )
)
def ranks_by_gross_sales(company: Company) -> list[int]:
    lines = _sales(company)
    return best(lines[lines["quantity"] > 0].groupby("customer_id")["gross_cents"].sum(), BEST)


@top_15.mistake(
    Text(
        "Drafts and cancelled orders are counted too. They are no sales.",
        "草稿和已取消的订单也算进去了。它们不是销售。",
    )
)
def ranks_with_invalid_orders(company: Company) -> list[int]:
    lines = all_lines(company)
    return best(lines[_in_2025(lines["booked_at"])].groupby("customer_id")["net_cents"].sum(), BEST)


@top_15.mistake(
    Text(
        "These are the right 15, the smallest first. The best comes first: sort with `ascending=False`.",
        "这 15 个客户是对的，但把最小的排在了最前。最好的应排在最前：用 `ascending=False` 排序。",
    )
)
def begins_with_the_smallest(company: Company) -> list[int]:
    return top_15.expected(company)[::-1]


@top_15.mistake(
    Text(
        "These are the 15 with the lowest net sales. Sort from high to low: `ascending=False`.",
        "这是净销售额最低的 15 个客户。请从高到低排序：`ascending=False`。",
    )
)
def takes_the_lowest(company: Company) -> list[int]:
    return best(-_sales(company).groupby("customer_id")["net_cents"].sum(), BEST)


@question(
    "1.6",
    Text("New customers by year", "每年的新客户"),
    points=3,
    kind=Table(
        {"year": Year(), "new_customers": CUSTOMERS, "change": Percent()},
        ignored=(2021, 2026),
    ),
    hints=(
        Text(
            "Do not filter by year first. Take the valid orders of all years, and find the first one of "
            "each customer.",
            "不要先按年份筛选。取所有年份的有效订单，找出每个客户的第一张。",
        ),
        Text(
            '`orders[valid].groupby("customer_id")["ordered_at"].min()` has one date for each customer. '
            "`.dt.year.value_counts().sort_index()` counts the customers of each year, as in the example.",
            '`orders[valid].groupby("customer_id")["ordered_at"].min()` 为每个客户给出一个日期。'
            "`.dt.year.value_counts().sort_index()` 统计每年的客户数，和例子一样。",
        ),
        Text(
            "`pct_change()` needs the year 2021 to compare 2022 with. So compute the change first, "
            "and leave 2021 out afterwards with `.loc[2022:2025]`.",
            "计算 2022 年的变化，`pct_change()` 需要 2021 年的数。"
            "所以先算变化，再用 `.loc[2022:2025]` 去掉 2021 年。",
        ),
    ),
    right=Text(
        "{last} new customers in 2025, after {previous} in 2024: {change} %. "
        "In 2021 everybody was new, because the records begin there: "
        "that year says nothing about growth, and 2022 looks worse beside it than it was.",
        "2025 年有 {last} 个新客户，2024 年有 {previous} 个，变化为 {change}%。"
        "2021 年人人都是新客户，因为记录从那时开始：那一年看不出增长，2022 年与它相比也显得比实际差。",
    ),
)
def new_by_year(company: Company) -> pd.DataFrame:
    counts = new_customers(company, end=END)
    counts = counts.assign(change=100 * counts["change"])[["year", "new_customers", "change"]]
    return counts[counts["year"] > counts["year"].min()].reset_index(drop=True)


@new_by_year.fill
def _(company: Company) -> dict[str, object]:
    years = new_by_year.expected(company).set_index("year")
    last = years.loc[2025]
    return {
        "last": int(last["new_customers"]),
        "previous": int(years.loc[2024, "new_customers"]),
        "change": f"{last['change']:+.1f}",
    }


@new_by_year.mistake(
    Text(
        "This counts by the day on which customers were entered in the CRM. "
        "A customer is new in the year of the first purchase.",
        "这是按客户录入 CRM 的日期统计的。客户在第一次购买的那一年才算新客户。",
    )
)
def counts_registrations(company: Company) -> pd.DataFrame:
    return _by_year(table(company, "customers")["created_on"])


@new_by_year.mistake(
    Text(
        "First orders that were cancelled or only drafted are counted too. Look for the first valid order.",
        "被取消的或只是草稿的第一张订单也算进去了。请找第一张有效订单。",
    )
)
def counts_invalid_first_orders(company: Company) -> pd.DataFrame:
    return _by_year(table(company, "orders").groupby("customer_id")["ordered_at"].min())


@new_by_year.mistake(
    Text(
        "These are all customers who bought in each year. Whoever bought in an earlier year is not new.",
        "这是每年购买过的全部客户。以前年份买过的就不是新客户。",
    )
)
def counts_all_buyers_of_the_year(company: Company) -> pd.DataFrame:
    valid = valid_orders(company)
    once = valid.assign(year=valid["ordered_at"].dt.year).drop_duplicates(["customer_id", "year"])
    return _by_year(once["ordered_at"])


@new_by_year.mistake(
    Text(
        "This counts each customer in the year of the last order. New means the first one: use `min()`.",
        "这是按每个客户最后一张订单的年份统计的。新客户看第一张：请用 `min()`。",
    )
)
def counts_last_orders(company: Company) -> pd.DataFrame:
    return _by_year(valid_orders(company).groupby("customer_id")["ordered_at"].max())


@new_by_year.mistake(
    Text(
        "The counts are right, but the change is divided by the new year. "
        "Growth is measured on the year before.",
        "客户数是对的，但变化除以了当年的数。增长率要以上一年为基数。",
    )
)
def divides_by_the_new_year(company: Company) -> pd.DataFrame:
    return _by_year(_first_orders(company), on_this_year=True)


@question(
    "1.7",
    Text("Hobbies of the top 50", "前 50 个客户的爱好"),
    points=3,
    kind=Table({"customer_id": Identifier(), "hobby": Label(HOBBIES)}),
    hints=(
        Text(
            "Begin with the 50 customers and look things up for them. "
            '`merge(..., on="customer_id", how="left")` keeps all 50.',
            '从这 50 个客户出发，为他们查找信息。`merge(..., on="customer_id", how="left")` 会保留全部 50 '
            "行。",
        ),
        Text(
            "First keep the contacts with `is_key`: there is at most one for each customer. "
            '`company.contacts.loc[company.contacts["is_key"], ["customer_id", "hobby"]]` has them.',
            "先留下 `is_key` 为真的联系人：每个客户至多一位。"
            '`company.contacts.loc[company.contacts["is_key"], ["customer_id", "hobby"]]` 就是他们。',
        ),
        Text(
            'Merge the customers\' own cards too, with `suffixes=("", "_on_card")`. '
            'Then `table["hobby"].fillna(table["hobby_on_card"])` fills the gaps.',
            '再合并客户自己的卡片，并写 `suffixes=("", "_on_card")`。'
            '然后用 `table["hobby"].fillna(table["hobby_on_card"])` 填补空缺。',
        ),
    ),
    right=Text(
        "For {missing} of these 50 customers no hobby is on file. They stay in the list: "
        "somebody should ask before a gift is bought.",
        "这 50 个客户中有 {missing} 个没有登记爱好。他们仍在名单中：买礼物之前，应该有人去问一问。",
    ),
)
def hobbies(company: Company) -> pd.DataFrame:
    return gift_list(company, start=START, end=END, top=WITH_HOBBY)[["customer_id", "hobby"]]


@hobbies.fill
def _(company: Company) -> dict[str, object]:
    return {"missing": int(hobbies.expected(company)["hobby"].isna().sum())}


@hobbies.mistake(
    Text(
        'Customers without a key contact are lost: an inner join drops them. Use `how="left"`.',
        '没有关键联系人的客户丢失了：内连接会把他们丢掉。请用 `how="left"`。',
    )
)
def loses_customers_without_key_contact(company: Company) -> pd.DataFrame:
    return _with_hobby(company, _top_50(company), _key_contacts(company), "inner")


@hobbies.mistake(
    Text(
        "Customers without a hobby are lost. Keep their rows: somebody must ask them.",
        "没有爱好的客户丢失了。请保留他们的行：得有人去问一问。",
    )
)
def drops_customers_without_hobby(company: Company) -> pd.DataFrame:
    return hobbies.expected(company).dropna()


@hobbies.mistake(
    Text(
        "All contacts are joined, so customers with several contacts appear several times. "
        "Keep only those with `is_key`.",
        "合并了所有联系人，所以有几位联系人的客户出现了好几次。请只留下 `is_key` 为真的联系人。",
    )
)
def joins_all_contacts(company: Company) -> pd.DataFrame:
    people = table(company, "contacts")[["customer_id", "hobby"]]
    return _with_hobby(company, _top_50(company), people, "left")


@hobbies.mistake(
    Text(
        "These are the hobbies on the customers' own cards. The key contact receives the gift: "
        "that hobby comes first.",
        "这是客户自己卡片上的爱好。收礼的是关键联系人：应优先用他的爱好。",
    )
)
def uses_only_the_card(company: Company) -> pd.DataFrame:
    return _top_50(company).merge(_cards(company), on="customer_id", how="left")


@hobbies.mistake(
    Text(
        "These are the hobbies of the key contacts only. "
        "Where one is missing, look on the customer's own card.",
        "这只是关键联系人的爱好。如果没有登记，请查看客户自己的卡片。",
    )
)
def uses_only_the_contact(company: Company) -> pd.DataFrame:
    return _top_50(company).merge(_key_contacts(company), on="customer_id", how="left")


@hobbies.mistake(
    Text(
        "The card goes before the key contact. It is the other way round: "
        "the contact's hobby first, the card where that is missing.",
        "卡片优先于关键联系人了。应该反过来：先用联系人的爱好，没有时才用卡片上的。",
    )
)
def puts_the_card_first(company: Company) -> pd.DataFrame:
    both = uses_only_the_card(company).merge(_key_contacts(company), on="customer_id", how="left")
    return both.assign(hobby=both["hobby_x"].fillna(both["hobby_y"]))[["customer_id", "hobby"]]


@question(
    "1.8",
    Text("Whom to give a gift", "礼物送给谁"),
    points=3,
    kind=Decision(
        "customer_id",
        20,
        naive=Text(
            "the 20 with the highest net sales of all years",
            "历年净销售额最高的 20 个客户",
        ),
        remarks={
            "asleep": Text(
                "Customers among your {size} who have not bought for more than twelve months: {count}. "
                "Some of them may have gone.",
                "你的 {size} 个客户中，超过十二个月没有购买的有 {count} 个，其中有些可能已经流失。",
            ),
            "no_hobby": Text(
                "Customers among your {size} whose hobby nobody knows: {count}. They get the fruit basket.",
                "你的 {size} 个客户中，爱好不明的有 {count} 个，他们只能收到水果篮。",
            ),
        },
    ),
    hints=(
        Text(
            "A gift to somebody who has left is lost. Find the last valid order of each customer, and "
            "keep those who bought lately.",
            "送给已经流失的客户，礼物就白送了。找出每个客户最后一张有效订单，留下最近购买过的客户。",
        ),
        Text(
            "A gift that suits a hobby does much more. `gift_list(company, top=100)` has the column "
            '`hobby_from`: leave out "missing".',
            '投其所好的礼物效果好得多。`gift_list(company, top=100)` 中有 `hobby_from` 列：去掉 "missing"。',
        ),
        Text(
            "From those who are left, take the 20 with the highest net sales since the beginning of 2025. "
            "What somebody bought four years ago says little about 2026.",
            "从剩下的客户中，取 2025 年初以来净销售额最高的 20 个。四年前买了多少，对 2026 年说明不了什么。",
        ),
    ),
    right=Text(
        "A gift pays where the customer is still there, buys at a good margin, and likes what they get. "
        "Past sales tell only a part of that.",
        "礼物只有在客户还在、利润可观、又投其所好时才划算。过去的销售额只能说明其中一部分。",
    ),
)
def gifts(company: Company) -> pd.DataFrame:
    customers = company.truth.customers
    everybody = _with_hobby(company, customers, _key_contacts(company), "left")
    known = everybody["hobby"].notna().to_numpy()
    gone = (customers["left_on"] <= company.today).to_numpy()
    gain = (customers["margin_per_year_cents"] * customers["gift_response_permille"] // 1000).mask(gone, 0)
    ids = customers["customer_id"]
    return pd.DataFrame(
        {
            "customer_id": ids,
            "value_cents": gain.where(known, gain * PLAIN_GIFT // 100) - GIFT_CENTS,
            "naive": ids.isin(value_customers(company, top=20)["customer_id"]),
            "asleep": ~ids.isin(latest_orders(company, 12)["customer_id"]),
            "no_hobby": ~known,
        }
    )
