"""Lab 02: whom do we chase for money, in what order?"""

from __future__ import annotations

import pandas as pd

from crmlab.analysis import receivables, receivables_by_customer, value_customers
from crmlab.analysis.ledger import AGES, CREDIT, OVERDUE
from crmlab.checks.fields import Label, Quantity, Yuan
from crmlab.checks.kinds import Decision, Number, Ranking, Set, ShortList, Table
from crmlab.checks.material import all_lines, best, sales, table, until, within, yuan
from crmlab.checks.question import question
from crmlab.company.company import Company
from crmlab.locale import Text

TITLE = Text("Receivables", "应收帐款")

START, DAY = "2025-01-01", "2025-12-31"
DAYS = Quantity(Text("days", "天"), 1)
BUCKETS = Label(tuple(Text(code, words.zh) for code, (_, words) in AGES.items()))
#: What a phone call costs more than a letter.
CALL_CENTS = 29_00
#: What a call adds to the chance of payment, in percent of the overdue amount, by how a customer pays.
CALL_GAIN = {"prompt": 0, "slow": 1, "late": 10}
#: Days late, on average, up to which a customer pays on time.
ON_TIME = 5


def _invoiced(
    company: Company, day: str | None = DAY, *, valid: bool = True, returns: bool = True
) -> pd.Series:
    """Return what was booked for each order until ``day``, in cents."""

    def build() -> pd.Series:
        lines = all_lines(company)
        kept = until(lines["booked_at"], day) & (lines["valid"] | (not valid))
        kept &= (lines["quantity"] > 0) | returns
        return lines[kept].groupby("order_id")["net_cents"].sum()

    return company.cached(("checks", "invoiced", day, valid, returns), build)


def _received(company: Company, day: str | None = DAY) -> pd.Series:
    """Return what was received for each order until ``day``, in cents."""

    def build() -> pd.Series:
        receipts = table(company, "receipts")
        kept = until(receipts["received_on"], day)
        return receipts[kept].groupby("order_id")["amount_cents"].sum()

    return company.cached(("checks", "received", day), build)


def _open(invoiced: pd.Series, received: pd.Series) -> pd.Series:
    """Return what is open of each order, in cents; below zero it is the customer's credit."""
    return invoiced.sub(received, fill_value=0).astype("int64")


def _items(company: Company, open_cents: pd.Series) -> pd.DataFrame:
    """Return the orders with ``open_cents``, their customers and days."""
    orders = table(company, "orders")[["order_id", "customer_id", "ordered_at", "due_on"]]
    return open_cents.rename("open_cents").reset_index().merge(orders, on="order_id")


def _owed_and_credit(open_cents: pd.Series) -> tuple[float, float]:
    """Return in yuan what is owed and, as a positive amount, what is to the customers' credit."""
    return yuan(open_cents.clip(lower=0)), -yuan(open_cents.clip(upper=0))


def _aged(open_cents: pd.Series, since: pd.Series, *, right: bool = True) -> pd.DataFrame:
    """Add up ``open_cents`` by the days from ``since`` to the day."""
    days = (pd.Timestamp(DAY) - since.dt.normalize()).dt.days
    ages = pd.cut(days, [-10_000, 0, 30, 60, 90, 10_000], right=right, labels=list(AGES))
    sums = open_cents.groupby(ages.rename("bucket"), observed=False).sum() / 100
    return sums.rename("amount").reset_index().astype({"bucket": str})


def _today(company: Company) -> pd.DataFrame:
    """Return the invoices that are open today, with ``days_late``."""

    def build() -> pd.DataFrame:
        items = _items(company, _open(_invoiced(company, None), _received(company, None)))
        items = items[items["open_cents"] > 0]
        return items.assign(days_late=(company.today - items["due_on"]).dt.days)

    return company.cached(("checks", "open today"), build)


def _overdue(company: Company) -> pd.DataFrame:
    items = _today(company)
    return items[items["days_late"] > 0]


def _payments(company: Company) -> pd.DataFrame:
    """Return every receipt with its order, the order's customer, and the customer it was credited to."""
    orders = table(company, "orders")[["order_id", "customer_id", "ordered_at", "due_on"]]
    receipts = table(company, "receipts").rename(columns={"customer_id": "credited_id"})
    return receipts.merge(orders, on="order_id")


def _wrong(company: Company, *, period: str | None = "received_on") -> pd.DataFrame:
    """Return the receipts that were credited to another customer than the order's."""
    payments = _payments(company)
    wrong = payments[payments["credited_id"] != payments["customer_id"]]
    return wrong[within(wrong[period], START, DAY)] if period else wrong


def _year_end(company: Company) -> pd.Series:
    """Return the amounts of the ageing on the day, in yuan, by bucket."""

    def build() -> pd.Series:
        return receivables(company, end=DAY).set_index("bucket")["amount"]

    return company.cached(("checks", "receivables"), build)


def _net_sales(company: Company) -> float:
    """Return the net sales of the year, in yuan."""

    def build() -> float:
        return float(value_customers(company, start=START, end=DAY)["net_sales"].sum())

    return company.cached(("checks", "net sales of the year"), build)


@question(
    "2.1",
    Text("Money received in 2025", "2025 年收到的款项"),
    points=1,
    kind=Number(Yuan()),
    hints=(
        Text(
            "Copy the cell with the receipts of 2024 and change the years.",
            "复制 2024 年收款的那个单元格，把年份改掉。",
        ),
        Text(
            '`receipts_2025["amount"].sum()` adds up the column. `round(..., 2)` keeps two decimals.',
            '`receipts_2025["amount"].sum()` 对该列求和，`round(..., 2)` 保留两位小数。',
        ),
    ),
    right=Text(
        "{received} yuan came in. Net sales of the same year were {sold} yuan. "
        "A sale is not money yet: what lies between the two is credit.",
        "共收到 {received} 元，而同年的净销售额为 {sold} 元。卖出去不等于收到钱，两者之间的差就是赊销。",
    ),
)
def received_2025(company: Company) -> float:
    receipts = table(company, "receipts")
    return yuan(receipts.loc[within(receipts["received_on"], START, DAY), "amount_cents"])


@received_2025.fill
def _(company: Company) -> dict[str, object]:
    return {
        "received": f"{received_2025.expected(company):,.0f}",
        "sold": f"{_net_sales(company):,.0f}",
    }


@received_2025.mistake(
    Text(
        "The refunds are left out. Money that was paid back is a receipt with a negative amount.",
        "没有算上退款。退还给客户的钱是金额为负的收款。",
    )
)
def leaves_refunds_out(company: Company) -> float:
    receipts = table(company, "receipts")
    kept = within(receipts["received_on"], START, DAY) & (receipts["amount_cents"] > 0)
    return yuan(receipts.loc[kept, "amount_cents"])


@received_2025.mistake(
    Text(
        "This is what was sold (net sales). What was sold need not have been paid.",
        "这是售出的金额（净销售额）。卖出去的不一定已经付款。",
    )
)
def takes_sales_for_receipts(company: Company) -> float:
    return yuan(sales(company, START, DAY)["net_cents"])


@received_2025.mistake(
    Text(
        "These are the receipts of all years. Only 2025 is asked for.",
        "这是所有年份的收款。题目只问 2025 年。",
    )
)
def adds_up_all_years(company: Company) -> float:
    return yuan(table(company, "receipts")["amount_cents"])


@received_2025.mistake(
    Text(
        "The end of the period is missing: this goes on until today. 2025 ends before 1 January 2026.",
        "期间没有结尾：一直算到了今天。2025 年在 2026 年 1 月 1 日之前结束。",
    )
)
def goes_on_until_today(company: Company) -> float:
    receipts = table(company, "receipts")
    return yuan(receipts.loc[receipts["received_on"] >= START, "amount_cents"])


@question(
    "2.2",
    Text("What is owed at the end of 2025", "2025 年末的欠款"),
    points=4,
    kind=ShortList({"owed": Yuan(), "credit": Yuan()}),
    hints=(
        Text(
            'Repeat the three steps of the example with `< "2026-01-01"`, both for the lines and for the '
            "receipts.",
            '用 `< "2026-01-01"` 重复例子中的三步，明细和收款都要限定日期。',
        ),
        Text(
            "`open_2025[open_2025 > 0].sum()` adds up what is owed.",
            "`open_2025[open_2025 > 0].sum()` 求出欠款合计。",
        ),
        Text(
            "The credit balances are the sum of the amounts below zero, with a minus in front to make it "
            "positive: `-open_2025[open_2025 < 0].sum()`. "
            "Round both to two decimals and hand in `[owed, credit]`.",
            "贷方余额是小于零的金额之和，前面加负号变成正数：`-open_2025[open_2025 < 0].sum()`。"
            "两个数都保留两位小数，提交 `[owed, credit]`。",
        ),
    ),
    right=Text(
        "Customers owe {owed} yuan. At the same time the company owes {credit} yuan to customers. "
        "The one does not pay for the other: a balance sheet shows both.",
        "客户欠公司 {owed} 元，同时公司欠客户 {credit} 元。两者不能相互抵销：资产负债表上要分别列示。",
    ),
)
def year_end(company: Company) -> tuple[float, float]:
    amounts = _year_end(company)
    return round(float(amounts.drop(CREDIT).sum()), 2), round(-float(amounts[CREDIT]), 2)


@year_end.fill
def _(company: Company) -> dict[str, object]:
    owed, credit = year_end.expected(company)
    return {"owed": f"{owed:,.0f}", "credit": f"{credit:,.0f}"}


@year_end.mistake(
    Text(
        "Receipts after 31 December are taken off too. On that day nobody had them yet: "
        "limit the receipts as well as the lines.",
        "12 月 31 日之后的收款也减掉了。那一天这些钱还没有到：收款和明细一样要限定日期。",
    )
)
def uses_later_receipts(company: Company) -> tuple[float, float]:
    return _owed_and_credit(_open(_invoiced(company), _received(company, None)))


@year_end.mistake(
    Text(
        "The amounts of each customer are netted first. What is open on one invoice and the credit from "
        "another stay apart: split by order, not by customer.",
        "先把每个客户的金额相互抵销了。一张发票的欠款与另一张的贷方余额要分开：请按订单划分，而不是按客户。",
    )
)
def nets_each_customer(company: Company) -> tuple[float, float]:
    items = _items(company, _open(_invoiced(company), _received(company)))
    return _owed_and_credit(items.groupby("customer_id")["open_cents"].sum())


@year_end.mistake(
    Text(
        "The returns are left out. Nobody has to pay for what went back: "
        "keep the lines with a negative quantity.",
        "没有算上退货。退回的货物不用付款：请保留数量为负的明细行。",
    )
)
def forgets_returns(company: Company) -> tuple[float, float]:
    return _owed_and_credit(_open(_invoiced(company, returns=False), _received(company)))


@year_end.mistake(
    Text(
        "Orders on which nothing was paid yet are lost: `invoiced - received` is missing for them. "
        "Use `.sub(received, fill_value=0)`.",
        "一分钱都没付的订单丢失了：`invoiced - received` 对它们是缺失值。"
        "请用 `.sub(received, fill_value=0)`。",
    )
)
def loses_orders_without_receipt(company: Company) -> tuple[float, float]:
    return _owed_and_credit((_invoiced(company) - _received(company)).dropna().astype("int64"))


@year_end.mistake(
    Text(
        "Drafts and cancelled orders are counted too. Nobody owes anything for them.",
        "草稿和已取消的订单也算进去了。没有人为它们欠款。",
    )
)
def keeps_invalid_orders(company: Company) -> tuple[float, float]:
    return _owed_and_credit(_open(_invoiced(company, valid=False), _received(company)))


@year_end.mistake(
    Text(
        "This is the state of today. Asked for is 31 December 2025.",
        "这是今天的情况。题目问的是 2025 年 12 月 31 日。",
    )
)
def states_today(company: Company) -> tuple[float, float]:
    return _owed_and_credit(_open(_invoiced(company, None), _received(company, None)))


@question(
    "2.3",
    Text("Ageing at the end of 2025", "2025 年末的帐龄"),
    points=3,
    kind=Table({"bucket": BUCKETS, "amount": Yuan()}),
    hints=(
        Text(
            "Do the two cells above again for 31 December 2025. "
            "Then keep only the rows with `open` above zero.",
            "对 2025 年 12 月 31 日重做上面两个单元格，然后只保留 `open` 大于零的行。",
        ),
        Text(
            '`pd.cut(items["days_late"], bins=edges, labels=ages)` gives each row its group. '
            "Store it as the column `bucket`.",
            '`pd.cut(items["days_late"], bins=edges, labels=ages)` 为每一行分组，存为 `bucket` 列。',
        ),
        Text(
            '`items.groupby("bucket", observed=False)["open"].sum()` adds up each group. '
            '`.reset_index(name="amount")` makes a table of it.',
            '`items.groupby("bucket", observed=False)["open"].sum()` 对每组求和；'
            '`.reset_index(name="amount")` 把结果变成表。',
        ),
    ),
    right=Text(
        "{overdue} % of what is owed is overdue, {old} % by more than 90 days. "
        "The older a debt, the less likely it is ever paid.",
        "欠款中有 {overdue}% 已逾期，{old}% 逾期超过 90 天。欠得越久，收回的可能性越小。",
    ),
)
def ageing(company: Company) -> pd.DataFrame:
    return _year_end(company).drop(CREDIT).reset_index()


@ageing.fill
def _(company: Company) -> dict[str, object]:
    amounts = ageing.expected(company).set_index("bucket")["amount"]
    overdue, old = amounts[list(OVERDUE)].sum(), amounts["over_90"]
    return {name: f"{100 * part / amounts.sum():.0f}" for name, part in (("overdue", overdue), ("old", old))}


def _open_at_year_end(company: Company) -> pd.DataFrame:
    """Return the open items of the day, credit included."""

    def build() -> pd.DataFrame:
        return _items(company, _open(_invoiced(company), _received(company)))

    return company.cached(("checks", "open at year end"), build)


def _owed_at_year_end(company: Company) -> pd.DataFrame:
    items = _open_at_year_end(company)
    return items[items["open_cents"] > 0]


@ageing.mistake(
    Text(
        "This counts the days from the order. An invoice is late when its due day has passed: use `due_on`.",
        "这是从下单日起算的天数。发票在到期日之后才算逾期：请用 `due_on`。",
    )
)
def ages_from_the_order(company: Company) -> pd.DataFrame:
    items = _owed_at_year_end(company)
    return _aged(items["open_cents"], items["ordered_at"])


@ageing.mistake(
    Text(
        "Receipts after 31 December are taken off too. What was paid in January was still open on that day.",
        "12 月 31 日之后的收款也减掉了。1 月才付的款，在那一天仍是未收金额。",
    )
)
def ages_with_later_receipts(company: Company) -> pd.DataFrame:
    items = _items(company, _open(_invoiced(company), _received(company, None)))
    items = items[items["open_cents"] > 0]
    return _aged(items["open_cents"], items["due_on"])


@ageing.mistake(
    Text(
        "The credit balances are still in it and make the debts smaller. Keep only what is above zero.",
        "贷方余额还在里面，使欠款变小了。请只保留大于零的金额。",
    )
)
def leaves_credit_in(company: Company) -> pd.DataFrame:
    items = _open_at_year_end(company)
    return _aged(items["open_cents"], items["due_on"])


@ageing.mistake(
    Text(
        "The edges are off by one day: an invoice that is due on the day itself is not late, and 30 days "
        "still belong to `days_1_30`. Leave out `right=False`.",
        "边界差了一天：当天到期的发票不算逾期，逾期 30 天仍属于 `days_1_30`。请去掉 `right=False`。",
    )
)
def counts_the_due_day_as_late(company: Company) -> pd.DataFrame:
    items = _owed_at_year_end(company)
    return _aged(items["open_cents"], items["due_on"], right=False)


@ageing.mistake(
    Text(
        "This is the number of invoices in each group. Add up what is open on them.",
        "这是每组的发票数。请对未收金额求和。",
    )
)
def counts_invoices(company: Company) -> pd.DataFrame:
    items = _owed_at_year_end(company)
    return _aged(items["open_cents"] * 0 + 100, items["due_on"])


@question(
    "2.4",
    Text("DSO of 2025", "2025 年的 DSO"),
    points=2,
    kind=Number(DAYS),
    hints=(
        Text(
            "The balance is the first number of 2.2 minus the second one.",
            "余额是 2.2 的第一个数减去第二个数。",
        ),
        Text(
            "The net sales of 2025 are the sum of `amount` of the `lines` that were booked in 2025.",
            "2025 年净销售额是 2025 年记帐的 `lines` 的 `amount` 之和。",
        ),
        Text(
            "Divide the balance by the net sales, multiply by 365, and round to one decimal.",
            "余额除以净销售额，再乘以 365，保留一位小数。",
        ),
    ),
    right=Text(
        "The company waits {days} days for its money. It granted {terms} days on average. "
        "Most of the difference comes from those who pay late.",
        "公司要等 {days} 天才收到钱，而给客户的信用期平均为 {terms} 天。"
        "多出来的天数，大多是客户拖延付款造成的。",
    ),
)
def dso(company: Company) -> float:
    return round(float(_year_end(company).sum()) / _net_sales(company) * 365, 1)


@dso.fill
def _(company: Company) -> dict[str, object]:
    lines = sales(company, START, DAY)
    granted = (lines["due_on"] - lines["ordered_at"].dt.normalize()).dt.days
    terms = float((granted * lines["net_cents"]).sum() / lines["net_cents"].sum())
    return {"days": f"{dso.expected(company):.0f}", "terms": f"{terms:.0f}"}


@dso.mistake(
    Text(
        "The credit balances are not taken off. Here the balance is what is owed less the credit balances.",
        "没有减去贷方余额。这里的余额是欠款减去贷方余额。",
    )
)
def forgets_the_credit(company: Company) -> float:
    return float(_year_end(company).drop(CREDIT).sum()) / _net_sales(company) * 365


@dso.mistake(
    Text(
        "These are sales without returns. Net sales are less what came back.",
        "这里的销售额没有扣除退货。净销售额要减去退回的货物。",
    )
)
def divides_by_sales_without_returns(company: Company) -> float:
    lines = sales(company, START, DAY)
    return float(_year_end(company).sum()) / yuan(lines.loc[lines["quantity"] > 0, "net_cents"]) * 365


@dso.mistake(
    Text(
        "This divides by the sales of all years. The balance is compared with the 365 days before it.",
        "这是除以所有年份的销售额。余额要与此前 365 天的销售额相比。",
    )
)
def divides_by_the_sales_of_all_years(company: Company) -> float:
    lines = all_lines(company)
    sold = lines[lines["valid"] & until(lines["booked_at"], DAY)]
    return float(_year_end(company).sum()) / yuan(sold["net_cents"]) * 365


@dso.mistake(
    Text(
        "This takes the balance of today. Asked for is that of 31 December 2025.",
        "这里用的是今天的余额。题目问的是 2025 年 12 月 31 日的。",
    )
)
def takes_the_balance_of_today(company: Company) -> float:
    balance = yuan(_open(_invoiced(company, None), _received(company, None)))
    return balance / _net_sales(company) * 365


@dso.mistake(
    Text(
        "This is the turnover: how many times a year the receivables are paid. "
        "DSO is the other way round, in days.",
        "这是周转率：应收帐款一年周转几次。DSO 反过来，以天计。",
    )
)
def gives_the_turnover(company: Company) -> float:
    return _net_sales(company) / float(_year_end(company).sum())


@question(
    "2.5",
    Text("Receipts credited to the wrong customer", "记错客户的收款"),
    points=2,
    kind=Set("receipt_id"),
    hints=(
        Text(
            "A receipt is wrong if `customer_id_credited` is not `customer_id_of_order`. "
            "`!=` compares two columns row by row.",
            "如果 `customer_id_credited` 与 `customer_id_of_order` 不同，这笔收款就记错了。"
            "`!=` 逐行比较两列。",
        ),
        Text(
            "Join this condition with the two for 2025 by `&`, and take the column `receipt_id`.",
            "把这个条件与 2025 年的两个条件用 `&` 连接，再取 `receipt_id` 列。",
        ),
    ),
    right=Text(
        "{count} receipts with {amount} yuan in all. Each makes two customer cards wrong: one customer "
        "seems to owe what was paid, and one seems to have paid what is owed. "
        "Have them put right before you call anybody.",
        "共 {count} 笔，合计 {amount} 元。每一笔都使两张客户卡片出错：一个客户付了款，看上去却还欠着；"
        "另一个还欠着，看上去却已付清。打电话之前，先请人更正。",
    ),
)
def wrongly_credited(company: Company) -> list[int]:
    return _wrong(company)["receipt_id"].tolist()


@wrongly_credited.fill
def _(company: Company) -> dict[str, object]:
    wrong = _wrong(company)
    return {"count": len(wrong), "amount": f"{yuan(wrong['amount_cents'].abs()):,.0f}"}


@wrongly_credited.mistake(
    Text(
        "These are the wrong receipts of all years. Only those received in 2025 are asked for.",
        "这是所有年份中记错的收款。题目只问 2025 年收到的。",
    )
)
def takes_all_years(company: Company) -> list[int]:
    return _wrong(company, period=None)["receipt_id"].tolist()


@wrongly_credited.mistake(
    Text(
        "This selects by the day of the order. A receipt belongs to the day on which the money arrived.",
        "这是按下单日期筛选的。收款以款项到帐的日期为准。",
    )
)
def selects_by_the_day_of_the_order(company: Company) -> list[int]:
    return _wrong(company, period="ordered_at")["receipt_id"].tolist()


@wrongly_credited.mistake(
    Text(
        "These are numbers of orders. Asked for are the numbers of the receipts.",
        "这是订单编号。题目问的是收款编号。",
    )
)
def names_the_orders(company: Company) -> list[int]:
    return _wrong(company)["order_id"].unique().tolist()


@wrongly_credited.mistake(
    Text(
        "These are numbers of customers. Asked for are the numbers of the receipts.",
        "这是客户编号。题目问的是收款编号。",
    )
)
def names_the_customers(company: Company) -> list[int]:
    return _wrong(company)["credited_id"].unique().tolist()


@question(
    "2.6",
    Text("The ten most overdue customers", "逾期金额最大的十个客户"),
    points=2,
    kind=Ranking("customer_id", 10),
    hints=(
        Text(
            "`overdue` has one row for each overdue invoice. Group it by customer and add up `open`.",
            "`overdue` 中每张逾期发票占一行。按客户分组，对 `open` 求和。",
        ),
        Text(
            'Round to two decimals, then sort: `.sort_values(["open", "customer_id"], '
            "ascending=[False, True])` after `.reset_index()`.",
            "保留两位小数，`.reset_index()` 之后排序："
            '`.sort_values(["open", "customer_id"], ascending=[False, True])`。',
        ),
    ),
    right=Text(
        "These ten owe {share} % of all that is overdue; {late} customers are overdue. "
        "So a few calls can reach much of the money.",
        "共有 {late} 个客户逾期，而这十个就占逾期金额的 {share}%。所以打不多的电话，就能触及很大一部分款项。",
    ),
)
def most_overdue(company: Company) -> list[int]:
    return receivables_by_customer(company, top=10)["customer_id"].tolist()


@most_overdue.fill
def _(company: Company) -> dict[str, object]:
    late = _overdue(company).groupby("customer_id")["open_cents"].sum()
    share = late[most_overdue.expected(company)].sum() / late.sum()
    return {"share": f"{100 * share:.0f}", "late": len(late)}


@most_overdue.mistake(
    Text(
        "This ranks by all that is owed. What is not due yet cannot be chased: keep the overdue invoices.",
        "这是按全部欠款排名。没有到期的款项还不能催：请只看逾期的发票。",
    )
)
def ranks_by_all_that_is_owed(company: Company) -> list[int]:
    return best(_today(company).groupby("customer_id")["open_cents"].sum(), 10)


@most_overdue.mistake(
    Text(
        "This ranks by the number of overdue invoices. Many small ones can be less than a large one.",
        "这是按逾期发票数排名。许多小额发票可能不及一张大额的。",
    )
)
def ranks_by_the_number_of_invoices(company: Company) -> list[int]:
    return best(_overdue(company).groupby("customer_id")["open_cents"].count(), 10)


@most_overdue.mistake(
    Text(
        "This ranks by how long the oldest invoice has been overdue. Asked for is the amount.",
        "这是按最早一张发票的逾期天数排名。题目问的是金额。",
    )
)
def ranks_by_age(company: Company) -> list[int]:
    return best(_overdue(company).groupby("customer_id")["days_late"].max(), 10)


@most_overdue.mistake(
    Text(
        "This is the state of 31 December. For the calls the state of today counts.",
        "这是 12 月 31 日的情况。打电话要看今天的情况。",
    )
)
def ranks_as_of_year_end(company: Company) -> list[int]:
    items = _owed_at_year_end(company)
    late = items[items["due_on"] < DAY]
    return best(late.groupby("customer_id")["open_cents"].sum(), 10)


@most_overdue.mistake(
    Text(
        "These are the right ten, the smallest first. The largest comes first: sort with `ascending=False`.",
        "这十个客户是对的，但把最小的排在了最前。最大的应排在最前：用 `ascending=False` 排序。",
    )
)
def begins_with_the_smallest(company: Company) -> list[int]:
    return most_overdue.expected(company)[::-1]


@question(
    "2.7",
    Text("Customers who have never paid", "从未付过款的客户"),
    points=2,
    kind=Set("customer_id"),
    hints=(
        Text(
            'The customers who ever paid are in `payments["customer_id_of_order"]`.',
            '付过款的客户在 `payments["customer_id_of_order"]` 中。',
        ),
        Text(
            "Start from `owed`, all invoices that are open today, and keep the rows whose customer is not "
            "among them: `~` in front of `.isin(...)`.",
            "从今天所有未付清的发票 `owed` 出发，留下客户不在其中的行：在 `.isin(...)` 前面加 `~`。",
        ),
        Text(
            'A customer can have several open invoices: `["customer_id"].unique()` names each once.',
            '一个客户可能有几张未付的发票：`["customer_id"].unique()` 让每个客户只出现一次。',
        ),
    ),
    right=Text(
        "{count} customers owe {amount} yuan and have never paid a first invoice. "
        "A list made from receipts alone would not show one of them.",
        "有 {count} 个客户共欠 {amount} 元，却还没有付过一笔款。只从收款表出发，一个也看不到。",
    ),
)
def never_paid(company: Company) -> list[int]:
    debtors = receivables_by_customer(company)
    owing = debtors.loc[debtors["balance"] > debtors[CREDIT], "customer_id"]
    return owing[~owing.isin(_payments(company)["customer_id"])].tolist()


@never_paid.fill
def _(company: Company) -> dict[str, object]:
    items = _today(company)
    open_cents = items.loc[items["customer_id"].isin(never_paid.expected(company)), "open_cents"]
    return {"count": len(never_paid.expected(company)), "amount": f"{yuan(open_cents):,.0f}"}


@never_paid.mistake(
    Text(
        "These customers have an invoice without any receipt. Many of them paid others. "
        "Look for customers, not invoices, without a receipt.",
        "这些客户有完全没有收款的发票，但其中很多付过别的发票。要找的是没有任何收款的客户，而不是发票。",
    )
)
def looks_at_single_invoices(company: Company) -> list[int]:
    items = _today(company)
    unpaid = items[~items["order_id"].isin(_payments(company)["order_id"])]
    return unpaid["customer_id"].unique().tolist()


@never_paid.mistake(
    Text(
        "Customers who never bought are there too. They owe nothing: begin with the open invoices.",
        "从未购买过的客户也算进去了。他们并不欠款：请从未付清的发票出发。",
    )
)
def takes_everybody_without_receipts(company: Company) -> list[int]:
    ids = table(company, "customers")["customer_id"]
    return ids[~ids.isin(_payments(company)["customer_id"])].tolist()


@never_paid.mistake(
    Text(
        "These are the customers who owe something and paid nothing in 2025 or later. "
        "Asked for are those who never paid.",
        "这些客户有欠款，而且 2025 年以来没有付过款。题目问的是从未付过款的客户。",
    )
)
def looks_only_since_2025(company: Company) -> list[int]:
    payments, items = _payments(company), _today(company)
    lately = payments.loc[payments["received_on"] >= START, "customer_id"]
    return items.loc[~items["customer_id"].isin(lately), "customer_id"].unique().tolist()


@never_paid.mistake(
    Text(
        "These are all customers who owe something. Keep those from whom no money ever came.",
        "这是所有有欠款的客户。请只留下从未付过款的。",
    )
)
def takes_everybody_who_owes(company: Company) -> list[int]:
    return _today(company)["customer_id"].unique().tolist()


@question(
    "2.8",
    Text("Whom to call", "给谁打电话"),
    points=4,
    kind=Decision(
        "customer_id",
        25,
        naive=Text("the 25 who owe most, due or not", "欠款最多的 25 个客户，无论是否到期"),
        remarks={
            "nothing_overdue": Text(
                "Customers among your {size} with nothing overdue: {count}. There is nothing to collect yet.",
                "你的 {size} 个客户中，没有逾期款项的有 {count} 个，现在还没有什么可催的。",
            ),
            "on_time": Text(
                "Customers among your {size} who have paid on time since 2025: {count}. "
                "They pay without a call.",
                "你的 {size} 个客户中，2025 年以来一直按时付款的有 {count} 个。不打电话他们也会付。",
            ),
        },
    ),
    hints=(
        Text(
            "Begin with the overdue amount of each customer. A call can bring only a part of that.",
            "从每个客户的逾期金额出发。电话能带来的只是其中一部分。",
        ),
        Text(
            "Compute the habits again for receipts since 1 January 2025, and look each customer's up: "
            '`table["customer_id"].map(habits)`.',
            "用 2025 年 1 月 1 日以来的收款重新计算付款习惯，再为每个客户查找："
            '`table["customer_id"].map(habits)`。',
        ),
        Text(
            "Expected gain = overdue amount × what a call adds, and a call adds the more, the later somebody "
            "usually pays. So sort by amount × average days late. Fill missing habits with their mean, "
            "`habits.mean()`.",
            "预期收益 = 逾期金额 × 电话的作用，而平时付款越晚，电话的作用越大。"
            "所以按“金额 × 平均逾期天数”排序。缺失的习惯用平均值 `habits.mean()` 填补。",
        ),
    ),
    right=Text(
        "A call is worth what it changes, not what is owed: the chance of payment that it adds, times the "
        "overdue amount, less its cost.",
        "电话的价值在于它改变了什么，而不在于欠了多少：它提高的付款概率乘以逾期金额，再减去成本。",
    ),
)
def calls(company: Company) -> pd.DataFrame:
    payers = company.truth.payers
    ids = payers["customer_id"]
    overdue = ids.map(_overdue(company).groupby("customer_id")["open_cents"].sum()).fillna(0).astype("int64")
    gain = payers["payer"].astype(str).map(CALL_GAIN)
    owed = _today(company).groupby("customer_id")["open_cents"].sum()
    payments = _payments(company)
    payments = payments[payments["received_on"] >= START]
    days = (payments["received_on"] - payments["due_on"]).dt.days.clip(lower=0)
    habits = ids.map(days.groupby(payments["customer_id"]).mean())
    return pd.DataFrame(
        {
            "customer_id": ids,
            "value_cents": overdue * gain // 100 - CALL_CENTS,
            "naive": ids.isin(best(owed, 25)),
            "nothing_overdue": overdue == 0,
            "on_time": (overdue > 0) & (habits <= ON_TIME),
        }
    )
