"""Lab 00: where is what in the company, and how do filters and queries work?"""

from __future__ import annotations

import pandas as pd

from crmlab.analysis import value_customers
from crmlab.checks.fields import Count, Identifier, Yuan
from crmlab.checks.kinds import Choice, Decision, Number, Ranking, Set, ShortList, Table
from crmlab.checks.material import all_lines, best, latest_orders, table, valid_orders, within, yuan
from crmlab.checks.question import question
from crmlab.company.company import Company
from crmlab.locale import Text

TITLE = Text("A tour of the company", "认识公司")

START, END = "2025-01-01", "2025-12-31"
PRODUCTS = Count(Text("products", "种产品"))
ORDERS = Count(Text("orders", "张订单"))
SHORT_TERMS = 30
WAYS = {
    "A": Text("order lines → customers", "订单明细 → 客户"),
    "B": Text("order lines → products → suppliers", "订单明细 → 产品 → 供应商"),
    "C": Text("order lines → orders → customers", "订单明细 → 订单 → 客户"),
    "D": Text("order lines → orders → employees", "订单明细 → 订单 → 员工"),
}
VISIT_CENTS = 300_00
#: What a visit adds to the margin of the next twelve months, in percent.
VISIT_GAIN = 10


def _mine(company: Company) -> pd.Series:
    """Return for each customer whether the student looks after it, in the order of the table."""
    return table(company, "customers")["owner_id"] == company.me


def _numbers(company: Company, chosen: pd.Series) -> list[int]:
    """Return the numbers of the customers who are chosen."""
    return list(table(company, "customers").loc[chosen, "customer_id"])


def _ranked(company: Company) -> pd.DataFrame:
    """Return the student's customers by net sales of 2025."""

    def build() -> pd.DataFrame:
        return value_customers(company, owner=company.me, start=START, end=END)

    return company.cached(("checks", "my customers"), build)


def _best_customer(company: Company) -> int:
    return int(_ranked(company)["customer_id"].iloc[0])


def _sold(company: Company, customer: int) -> float:
    """Return the net sales of a customer in all years, in yuan."""
    return round(float(value_customers(company, customer=int(customer))["net_sales"].sum()), 2)


def _lines(company: Company) -> pd.DataFrame:
    """Return the valid lines of the student's best customer, of all years."""
    lines = all_lines(company)
    return lines[lines["valid"] & (lines["customer_id"] == _best_customer(company))]


def _per_unit(company: Company) -> pd.DataFrame:
    """Return the products with their margin per unit, by number."""
    products = table(company, "products").set_index("product_id")
    return products.assign(margin_cents=products["list_price_cents"] - products["unit_cost_cents"])


def _completed(company: Company) -> pd.DataFrame:
    orders = table(company, "orders")
    return orders[orders["status"] == "completed"]


def _by_month(days: pd.Series) -> pd.Series:
    """Count ``days`` by calendar month."""
    months = days.dt.month.value_counts().sort_index()
    return months.rename_axis("month").rename("orders")


@question(
    "0.1",
    Text("Products on the price list", "价目表上的产品"),
    points=2,
    kind=Number(PRODUCTS),
    hints=(
        Text(
            'The table is `company.products`. `company.dictionary("products")` says what one row of it is.',
            '这张表是 `company.products`。它的一行是什么？`company.dictionary("products")` 会告诉你。',
        ),
        Text(
            "One row is one product, so count the rows, as in the cell above: `len(...)`.",
            "一行是一种产品，所以数行数，和上面的单元格一样：`len(...)`。",
        ),
    ),
    right=Text(
        "{products} products are on the price list, in {groups} major categories. "
        "Whoever knows what one row is can count.",
        "价目表上有 {products} 种产品，分为 {groups} 个大分类。弄清一行是什么，才能数对。",
    ),
)
def products_on_list(company: Company) -> int:
    return len(table(company, "products"))


@products_on_list.fill
def _(company: Company) -> dict[str, object]:
    groups = table(company, "products")["major_category"].nunique()
    return {"products": products_on_list.expected(company), "groups": groups}


@products_on_list.mistake(
    Text(
        "This is the number of columns. A column is a property, such as the price; a row is a product.",
        "这是列数。一列是一项属性（例如价格），一行才是一种产品。",
    )
)
def counts_columns(company: Company) -> int:
    return len(company.products.columns)


@products_on_list.mistake(
    Text(
        "This is the number of cells, rows times columns: `size` counts those. `len` counts the rows.",
        "这是单元格的个数，即行数乘以列数：`size` 数的是它。`len` 数的是行。",
    )
)
def counts_cells(company: Company) -> int:
    return company.products.size


@products_on_list.mistake(
    Text(
        "These are the rows of `product_categories`. That table is a history: "
        "a product that moved to another category stands there twice.",
        "这是 `product_categories` 的行数。那张表记录历史：换过分类的产品会出现两次。",
    )
)
def counts_the_history(company: Company) -> int:
    return len(table(company, "product_categories"))


@question(
    "0.2",
    Text("The way through the tables", "表与表之间的路径"),
    points=2,
    kind=Choice(WAYS),
    hints=(
        Text(
            "Begin at the order lines. Which numbers of other tables does a line hold? "
            "Look at the diagram, or at `company.order_lines.columns`.",
            "从订单明细出发。一行明细里有哪些其他表的编号？看关系图，或者看 `company.order_lines.columns`。",
        ),
        Text(
            "A line holds `order_id` and `product_id`. Which of the two tables knows the customer?",
            "明细里有 `order_id` 和 `product_id`。这两张表中，哪一张知道客户是谁？",
        ),
        Text(
            "Two tables have a column `region`: "
            "one says where a customer is, the other where a salesperson works.",
            "有两张表都有 `region` 列：一张说的是客户在哪里，另一张说的是销售员负责哪里。",
        ),
    ),
    right=Text(
        "Each arrow is a number that two tables share: `order_id`, then `customer_id`. "
        "Every analysis of sales by region goes this way.",
        "每个箭头都是两张表共有的编号：先是 `order_id`，再是 `customer_id`。"
        "按地区分析销售，走的都是这条路径。",
    ),
)
def way_to_the_region(company: Company) -> str:
    return "C"


@way_to_the_region.mistake(
    Text(
        "An order line holds no customer number, so there is no direct way. Look at its columns again.",
        "订单明细里没有客户编号，所以没有直达的路。请再看看它有哪些列。",
    )
)
def jumps_over_a_table(company: Company) -> str:
    return "A"


@way_to_the_region.mistake(
    Text(
        "A supplier sells to the company. The question is about those who buy from it.",
        "供应商是卖东西给公司的。题目问的是向公司购买的一方。",
    )
)
def goes_to_suppliers(company: Company) -> str:
    return "B"


@way_to_the_region.mistake(
    Text(
        "Employees have a region too, but it is where the salesperson works. A customer may be elsewhere.",
        "员工也有地区，但那是销售员负责的地区。客户可能在别处。",
    )
)
def takes_the_salespersons_region(company: Company) -> str:
    return "D"


@question(
    "0.3",
    Text("Your best customer", "你最好的客户"),
    points=3,
    kind=ShortList({"customer_id": Identifier(), "valid_sales": Yuan()}),
    hints=(
        Text(
            "The first row of the table on the screen is your best customer. Its number is in `ranking` too: "
            "`ranking.head()`.",
            "页面上表格的第一行就是你最好的客户。编号也在 `ranking` 里：`ranking.head()`。",
        ),
        Text(
            "Open the card with `company.customer_card(...)`, with the customer number between the brackets.",
            "用 `company.customer_card(...)` 打开卡片，把客户编号写在括号里。",
        ),
        Text(
            "The line under the heading about receivables begins with the valid sales. "
            "Leave out the commas: 12,345.60 is written `12345.60`.",
            "“应收帐款”标题下的一行，开头就是有效销售额。不要写千位逗号：12,345.60 写成 `12345.60`。",
        ),
    ),
    right=Text(
        "{customer} bought for {year} yuan in 2025 and for {all} yuan in all years. "
        "A filter shows a part, the card shows the whole: always know which one you look at.",
        "{customer} 2025 年购买了 {year} 元，历年共 {all} 元。"
        "过滤后看到的是一部分，卡片上是全部：要清楚自己看的是哪一个。",
    ),
)
def best_customer(company: Company) -> tuple[int, float]:
    customer = _best_customer(company)
    return customer, _sold(company, customer)


@best_customer.fill
def _(company: Company) -> dict[str, object]:
    customer, sold = best_customer.expected(company)
    names = table(company, "customers").set_index("customer_id")["name"]
    year = value_customers(company, customer=customer, start=START, end=END)["net_sales"].sum()
    return {"customer": names[customer], "all": f"{sold:,.0f}", "year": f"{year:,.0f}"}


@best_customer.mistake(
    Text(
        "This is the customer of the example, the second best. Yours stands in the first row: `iloc[0]`.",
        "这是例子里排名第二的客户。最好的客户在第一行：`iloc[0]`。",
    )
)
def takes_the_customer_of_the_example(company: Company) -> tuple[int, float]:
    second = _ranked(company)["customer_id"].iloc[1]
    return int(second), _sold(company, second)


@best_customer.mistake(
    Text(
        "The customer is right, but the amount is what is still open. "
        "What was sold stands at the beginning of the line.",
        "客户是对的，但金额是尚未收到的款项。售出的金额写在那一行的开头。",
    )
)
def takes_what_is_open(company: Company) -> tuple[int, float]:
    lines = _lines(company)
    receipts = table(company, "receipts")
    received = receipts.loc[receipts["order_id"].isin(lines["order_id"]), "amount_cents"]
    return _best_customer(company), round(yuan(lines["net_cents"]) - yuan(received), 2)


@best_customer.mistake(
    Text(
        "The customer is right, but the amount is that of 2025, as the screen shows it. "
        "The card counts all years.",
        "客户是对的，但金额是页面上 2025 年的数。卡片统计的是所有年份。",
    )
)
def takes_the_amount_of_the_year(company: Company) -> tuple[int, float]:
    lines = _lines(company)
    return _best_customer(company), yuan(lines.loc[within(lines["booked_at"], START, END), "net_cents"])


@question(
    "0.4",
    Text("Your customers with short terms", "你的客户中信用期较短的"),
    points=3,
    kind=Set("customer_id"),
    hints=(
        Text(
            'Write two conditions: one on `owner_id`, one on `credit_days`. "30 days or less" is `<= 30`.',
            "写两个条件：一个对 `owner_id`，一个对 `credit_days`。“30 天及以内”是 `<= 30`。",
        ),
        Text(
            "Join them with `&`, each in round brackets: `customers[(...) & (...)]`. Hand in the table.",
            "用 `&` 连接，每个条件都放在圆括号里：`customers[(...) & (...)]`。提交这个表格。",
        ),
    ),
    right=Text(
        "{mine} of your {all} customers must pay within 30 days. "
        "The others may take longer: until they pay, the company lends them the money.",
        "你的 {all} 个客户中，有 {mine} 个必须在 30 天内付款。"
        "其余的可以更晚付款：付款之前，等于公司借钱给他们。",
    ),
)
def short_terms(company: Company) -> list[int]:
    return _numbers(company, _mine(company) & (table(company, "customers")["credit_days"] <= SHORT_TERMS))


@short_terms.fill
def _(company: Company) -> dict[str, object]:
    return {"mine": len(short_terms.expected(company)), "all": int(_mine(company).sum())}


@short_terms.mistake(
    Text(
        "These are customers of the whole company. "
        "Keep those that you look after: `owner_id` is `company.me`.",
        "这是全公司的客户。请只留下由你负责的：`owner_id` 等于 `company.me`。",
    )
)
def takes_everybodys(company: Company) -> list[int]:
    return _numbers(company, table(company, "customers")["credit_days"] <= SHORT_TERMS)


@short_terms.mistake(
    Text(
        "These are all your customers. The condition on the credit terms is missing.",
        "这是你的全部客户，少了对信用期的条件。",
    )
)
def takes_all_mine(company: Company) -> list[int]:
    return _numbers(company, _mine(company))


@short_terms.mistake(
    Text(
        'Customers with exactly 30 days are missing. "30 days or less" includes 30: `<=`, not `<`.',
        "漏了正好 30 天的客户。“30 天及以内”包括 30：用 `<=`，不是 `<`。",
    )
)
def leaves_out_thirty(company: Company) -> list[int]:
    return _numbers(company, _mine(company) & (table(company, "customers")["credit_days"] < SHORT_TERMS))


@short_terms.mistake(
    Text(
        "These are the customers with exactly 30 days. Some have less time: use `<=`, not `==`.",
        "这是正好 30 天的客户。有些客户的信用期更短：用 `<=`，不是 `==`。",
    )
)
def takes_exactly_thirty(company: Company) -> list[int]:
    return _numbers(company, _mine(company) & (table(company, "customers")["credit_days"] == SHORT_TERMS))


@short_terms.mistake(
    Text(
        "One condition or the other is enough here: that is `|`. Both must hold: use `&`.",
        "这里满足任一条件即可，那是 `|`。两个条件必须同时成立：用 `&`。",
    )
)
def joins_with_or(company: Company) -> list[int]:
    return _numbers(company, _mine(company) | (table(company, "customers")["credit_days"] <= SHORT_TERMS))


@question(
    "0.5",
    Text("The highest margins per unit", "单位毛利最高的产品"),
    points=3,
    kind=Ranking("product_id", 10),
    hints=(
        Text(
            'First the new column: `products["margin"] = ...`, list price minus unit cost. '
            "`round(2)` after it keeps whole cents.",
            '先建新列：`products["margin"] = ...`，标价减去单位成本，再用 `round(2)` 保留到分。',
        ),
        Text(
            "Then sort, from high to low: `False` goes with the margin, `True` with the product number.",
            "再按它从高到低排序：毛利对应 `False`，产品编号对应 `True`。",
        ),
        Text(
            '`products.sort_values(["margin", "product_id"], ascending=[False, True]).head(10)` has them. '
            'Add `["product_id"]`.',
            '`products.sort_values(["margin", "product_id"], ascending=[False, True]).head(10)` 就是这十行；'
            '再加上 `["product_id"]`。',
        ),
    ),
    right=Text(
        "The first is {product}: {margin} yuan on each unit. "
        "How much a product earns depends on how many are sold, too: lab 03 comes back to that.",
        "第一名是{product}：每单位毛利 {margin} 元。一种产品赚多少，还要看卖出多少：实验 03 会讲到。",
    ),
)
def high_margins(company: Company) -> list[int]:
    return best(_per_unit(company)["margin_cents"], 10)


@high_margins.fill
def _(company: Company) -> dict[str, object]:
    first = _per_unit(company).loc[high_margins.expected(company)[0]]
    return {"product": first["name"], "margin": f"{first['margin_cents'] / 100:,.2f}"}


@high_margins.mistake(
    Text(
        "This ranks by list price. An expensive product can cost nearly as much as it brings.",
        "这是按标价排名。价格高的产品，成本可能也几乎一样高。",
    )
)
def ranks_by_price(company: Company) -> list[int]:
    return best(_per_unit(company)["list_price_cents"], 10)


@high_margins.mistake(
    Text(
        "This ranks by unit cost. Asked for is what is left of the list price after the cost.",
        "这是按单位成本排名。题目问的是标价扣除成本后剩下多少。",
    )
)
def ranks_by_cost(company: Company) -> list[int]:
    return best(_per_unit(company)["unit_cost_cents"], 10)


@high_margins.mistake(
    Text(
        "This ranks by the margin as a share of the price. Here it is in yuan: subtract, do not divide.",
        "这是按毛利占标价的比例排名。这里要的是金额（元）：做减法，不做除法。",
    )
)
def ranks_by_share(company: Company) -> list[int]:
    products = _per_unit(company)
    return best(products["margin_cents"] / products["list_price_cents"], 10)


@high_margins.mistake(
    Text(
        "These are the ten with the lowest margin. Sort from high to low: `ascending=False`.",
        "这是单位毛利最低的十种产品。请从高到低排序：`ascending=False`。",
    )
)
def takes_the_lowest_margins(company: Company) -> list[int]:
    return best(-_per_unit(company)["margin_cents"], 10)


@high_margins.mistake(
    Text(
        "These are the right ten, the lowest first. The highest comes first.",
        "这十种产品是对的，但把最低的排在了最前。最高的应排在最前。",
    )
)
def begins_with_the_lowest(company: Company) -> list[int]:
    return high_margins.expected(company)[::-1]


@question(
    "0.6",
    Text("Orders of each month", "每月的订单"),
    points=3,
    kind=Table({"month": Identifier(), "orders": ORDERS}),
    hints=(
        Text(
            'Two conditions on the orders: the status is `"completed"`, and `ordered_at` is in 2025.',
            '对订单写两个条件：状态是 `"completed"`，且 `ordered_at` 在 2025 年。',
        ),
        Text(
            'Make the column `month` with `.dt.month`, then `groupby("month").size()`, as with the tickets.',
            '像工单的例子那样，先用 `.dt.month` 建 `month` 列，再用 `groupby("month").size()`。',
        ),
        Text(
            '2025 begins at `>= "2025-01-01"` and ends before `< "2026-01-01"`. '
            '`.reset_index(name="orders")` makes a table of the result.',
            '2025 年从 `>= "2025-01-01"` 开始，到 `< "2026-01-01"` 之前结束。'
            '`.reset_index(name="orders")` 把结果变成表。',
        ),
    ),
    right=Text(
        "An average month of 2025 had {mean} completed orders, January {january} and February {february}. "
        "Spring Festival was on 29 January: read these two months with the calendar beside you.",
        "2025 年平均每月有 {mean} 张已完成的订单，一月 {january} 张，二月 {february} 张。"
        "当年春节是 1 月 29 日：看这两个月的数时，要对照日历。",
    ),
)
def orders_by_month(company: Company) -> pd.DataFrame:
    orders = _completed(company)
    return _by_month(orders.loc[within(orders["ordered_at"], START, END), "ordered_at"]).reset_index()


@orders_by_month.fill
def _(company: Company) -> dict[str, object]:
    counts = orders_by_month.expected(company).set_index("month")["orders"]
    return {"mean": f"{counts.sum() / 12:.0f}", "january": int(counts[1]), "february": int(counts[2])}


@orders_by_month.mistake(
    Text(
        'Drafts and cancelled orders are among these. Keep those with the status `"completed"`.',
        '其中包含草稿和已取消的订单。请只留下状态为 `"completed"` 的。',
    )
)
def counts_every_status(company: Company) -> pd.Series:
    days = table(company, "orders")["ordered_at"]
    return _by_month(days[within(days, START, END)])


@orders_by_month.mistake(
    Text(
        "These are the months of all years together. Only 2025 is asked for.",
        "这是所有年份的各月合计。题目只问 2025 年。",
    )
)
def adds_up_all_years(company: Company) -> pd.Series:
    return _by_month(_completed(company)["ordered_at"])


@orders_by_month.mistake(
    Text(
        "These are customers: each counts once a month. Asked for are orders, so count rows.",
        "这是客户数：每个客户每月只算一次。题目问的是订单，所以要数行数。",
    )
)
def counts_customers(company: Company) -> pd.Series:
    orders = _completed(company)
    kept = orders[within(orders["ordered_at"], START, END)]
    months = kept["ordered_at"].dt.month.rename("month")
    return kept.groupby(months)["customer_id"].nunique().rename("orders")


@orders_by_month.mistake(
    Text(
        "These are the months in which the orders had to be paid (`due_on`). Use the day of the order.",
        "这是订单应付款的月份（`due_on`）。请用下单的日期。",
    )
)
def counts_by_due_date(company: Company) -> pd.Series:
    days = _completed(company)["due_on"]
    return _by_month(days[within(days, START, END)])


@orders_by_month.mistake(
    Text(
        'The orders of 31 December are missing: `<= "2025-12-31"` ends at midnight, before that day began.',
        '缺少 12 月 31 日的订单：`<= "2025-12-31"` 止于当天零点，也就是这一天开始之前。',
    )
)
def misses_the_last_day(company: Company) -> pd.Series:
    days = _completed(company)["ordered_at"]
    return _by_month(days[(days >= START) & (days <= END)])


@question(
    "0.7",
    Text("Whom to visit", "拜访哪些客户"),
    points=4,
    kind=Decision(
        "customer_id",
        8,
        naive=Text(
            "your 8 customers with the most orders of all years",
            "你的客户中历年订单最多的 8 个",
        ),
        remarks={
            "others": Text(
                "Customers among your {size} that a colleague looks after: {count}. "
                "The colleague goes there anyway, so your visit only costs money.",
                "你的 {size} 个客户中，由同事负责的有 {count} 个。同事本来就会去，你再去只是多花钱。",
            ),
            "asleep": Text(
                "Customers among your {size} without a valid order for more than twelve months: {count}. "
                "Their cards would have shown it.",
                "你的 {size} 个客户中，超过十二个月没有有效订单的有 {count} 个。看一眼卡片就能发现。",
            ),
        },
    ),
    hints=(
        Text(
            "Old orders say little about the next year. "
            "Which of your customers bought in 2025, and for how much?",
            "很久以前的订单说明不了明年。你的客户中，谁在 2025 年买过，买了多少？",
        ),
        Text(
            "The screen above ranks your customers by the net sales of 2025. "
            "Set the beginning of the period to what seems best to you, and look at the first rows.",
            "上面的页面按 2025 年的净销售额给你的客户排名。把期间的开始日期改成你认为最合适的，再看前几行。",
        ),
        Text(
            '`value_customers(company, owner=company.me, start="2025-01-01", top=20)` gives 20 candidates. '
            "Look at the card of those near the border: when did they buy last?",
            '`value_customers(company, owner=company.me, start="2025-01-01", top=20)` 给出 20 个候选客户。'
            "对处于入选边缘的，打开卡片看一看：最近一次购买是什么时候？",
        ),
    ),
    right=Text(
        "A visit pays where somebody still buys, and buys much. "
        "A list of all years mixes those with customers who have gone.",
        "拜访仍在购买、而且买得多的客户才划算。历年合计的名单里，混进了已经流失的客户。",
    ),
)
def visits(company: Company) -> pd.DataFrame:
    customers = company.truth.customers.set_index("customer_id")
    ids = table(company, "customers")["customer_id"]
    mine = _mine(company)
    gone = ids.map(customers["left_on"]) <= company.today
    gain = ids.map(customers["margin_per_year_cents"]) * VISIT_GAIN // 100
    counts = ids[mine].map(valid_orders(company)["customer_id"].value_counts()).fillna(0).set_axis(ids[mine])
    return pd.DataFrame(
        {
            "customer_id": ids,
            "value_cents": gain.mask(gone | ~mine, 0) - VISIT_CENTS,
            "naive": ids.isin(best(counts, 8)),
            "others": ~mine,
            "asleep": mine & ~ids.isin(latest_orders(company, 12)["customer_id"]),
        }
    )
