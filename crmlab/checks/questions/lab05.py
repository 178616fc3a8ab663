"""Lab 05: who earns an award, and where does the time of the sales team go?"""

from __future__ import annotations

from math import comb

import pandas as pd

from crmlab.analysis import customer_contacts, sales_performance, working_time
from crmlab.checks.fields import Count, Identifier, Label, Quantity, Yuan
from crmlab.checks.kinds import Choice, Decision, Number, Set, ShortList, Table
from crmlab.checks.material import all_lines, best, table, valid_orders, within
from crmlab.checks.question import question
from crmlab.company.company import Company
from crmlab.company.schema import ACTIVITY_KINDS, STAGES, VALID_STATUSES
from crmlab.locale import Text

TITLE = Text("The sales team", "销售团队")

START, END = "2025-01-01", "2025-12-31"
#: From when on a customer has been contacted lately.
LATELY = "2025-11-01"
HOURS = Quantity(Text("hours", "小时"), decimals=1)
#: The bonus: so much of the net sales above so much of the target.
BONUS_RATE, BONUS_FROM = 0.01, 0.8
#: What a month of work on one deal costs.
WORK_CENTS = 300_00
#: A deal that entered no new stage for longer has stopped moving.
STALE_DAYS = 45


def _lines(company: Company) -> pd.DataFrame:
    """Return of all order lines what counts here, with the owner at the time of the order too."""

    def build() -> pd.DataFrame:
        owners = table(company, "orders").set_index("order_id")["owner_id"]
        lines = all_lines(company)[
            ["order_id", "recorder_id", "ordered_at", "booked_at", "quantity", "net_cents", "valid"]
        ]
        return lines.assign(owner_id=lines["order_id"].map(owners))

    return company.cached(("checks", "lines with owners"), build)


def _mine(company: Company, name: str, by: str) -> pd.DataFrame:
    """Return my records of a table (or of the lines), by the recorder or by the owner."""

    def build() -> pd.DataFrame:
        records = _lines(company) if name == "lines" else table(company, name)
        return records[records[by] == company.me]

    return company.cached(("checks", "mine", name, by), build)


def _activities(company: Company, *, done: bool = True, by: str = "recorder_id") -> pd.DataFrame:
    """Return my activities, those that were done or all."""
    work = _mine(company, "activities", by)
    return work[(work["status"] == "done") | (not done)]


@question(
    "5.1",
    Text("The team today", "如今的团队"),
    points=1,
    kind=Number(Count(Text("people", "人"))),
    hints=(
        Text(
            "Whoever is still here has no value in `left_on`. Look at that column of `sellers`.",
            "仍在职的人，`left_on` 一列是空的。看看 `sellers` 的这一列。",
        ),
        Text(
            '`sellers["left_on"].isna()` is true where the column is empty, and `.sum()` counts what is '
            "true.",
            '`sellers["left_on"].isna()` 在该列为空时为真，`.sum()` 统计有多少个为真。',
        ),
    ),
    right=Text(
        "{team} salespeople work here today, and {left} have left. "
        "What those keyed in is still in the CRM, so some results below belong to people who have gone.",
        "如今有 {team} 名销售员在职，另有 {left} 人已经离职。"
        "他们录入的记录仍在 CRM 中，所以后面有些结果属于已经离开的人。",
    ),
)
def team_today(company: Company) -> int:
    return int(_sellers(company)["left_on"].isna().sum())


def _sellers(company: Company) -> pd.DataFrame:
    people = table(company, "employees")
    return people[people["region"].notna()]


@team_today.fill
def _(company: Company) -> dict[str, object]:
    team = team_today.expected(company)
    return {"team": team, "left": len(_sellers(company)) - team}


@team_today.mistake(
    Text(
        "These are all salespeople who ever worked here. Leave out those with a day in `left_on`.",
        "这是曾在这里工作过的全部销售员。请去掉 `left_on` 中有日期的人。",
    )
)
def counts_those_who_left(company: Company) -> int:
    return len(_sellers(company))


@team_today.mistake(
    Text(
        "This is everybody who works here today. Some of them do not sell: only salespeople have a region.",
        "这是目前在职的所有人。其中有些人不做销售：只有销售员才有负责的地区。",
    )
)
def counts_other_roles(company: Company) -> int:
    return int(table(company, "employees")["left_on"].isna().sum())


@team_today.mistake(
    Text(
        "These are the salespeople who have left. Those who are still here have no day in `left_on`.",
        "这是已经离职的销售员。仍在职的人，`left_on` 是空的。",
    )
)
def counts_only_those_who_left(company: Company) -> int:
    return int(_sellers(company)["left_on"].notna().sum())


def _my_year(
    company: Company,
    *,
    by: str = "recorder_id",
    done: bool = True,
    valid: bool = True,
    deals_by: str = "closed_on",
    lines_by: str = "booked_at",
    returns: bool = True,
    start: str = START,
    end: str = END,
) -> list[float]:
    """Count my activities, deals won and orders, and add up my net sales, rightly or not.

    Rightly it is what `individual_performance` says, which counts a good deal more and takes longer than a
    check may; a test holds the two together.
    """
    activities = _activities(company, done=done, by=by)
    deals, orders, lines = (_mine(company, name, by) for name in ("opportunities", "orders", "lines"))
    won = deals[deals["outcome"] == "won"]
    orders = orders[orders["status"].isin(VALID_STATUSES) | (not valid)]
    lines = lines[lines["valid"] | (not valid)]
    lines = lines[within(lines[lines_by], start, end) & ((lines["quantity"] > 0) | returns)]
    return [
        int(within(activities["started_at"], start, end).sum()),
        int(within(won[deals_by], start, end).sum()),
        int(within(orders["ordered_at"], start, end).sum()),
        int(lines["net_cents"].sum()) / 100,
    ]


@question(
    "5.2",
    Text("Your own year", "你自己的一年"),
    points=3,
    kind=ShortList(
        {
            "activities": Count(Text("activities", "次活动")),
            "opportunities_won": Count(Text("deals", "个销售机会")),
            "orders": Count(Text("orders", "张订单")),
            "net_sales": Yuan(),
        }
    ),
    hints=(
        Text(
            "Four tables, four dates: `started_at` of activities, `closed_on` of opportunities, "
            "`ordered_at` of orders, `booked_at` of order lines. The recorder is you in all four.",
            "四张表，四个日期：活动用 `started_at`，销售机会用 `closed_on`，"
            "订单用 `ordered_at`，订单明细用 `booked_at`。四张表的记录操作者都是你。",
        ),
        Text(
            "Copy the cells for 2024 and move every year up by one. "
            "Then do the same with the lines: `my_lines` already has the right recorder and status.",
            "复制 2024 年的单元格，把每个年份加一。"
            "明细也照此办理：`my_lines` 中的记录操作者和状态已经筛选好了。",
        ),
        Text(
            'The status matters: activities with `"done"`, opportunities with the outcome `"won"`, '
            "orders that are confirmed, shipped or completed.",
            '注意状态：活动为 `"done"`，销售机会的结果为 `"won"`，订单为已确认、已发货或已完成。',
        ),
    ),
    right=Text(
        "In 2025 you sold {net} yuan with {orders} orders and won {won} deals. "
        "That makes {each} activities of all kinds for each deal won.",
        "2025 年，你的净销售额为 {net} 元，订单 {orders} 张，赢单 {won} 个。"
        "平均每个赢单对应 {each} 次各类活动。",
    ),
)
def my_year(company: Company) -> list[float]:
    return _my_year(company)


@my_year.fill
def _(company: Company) -> dict[str, object]:
    activities, won, orders, net = my_year.expected(company)
    each = f"{activities / won:.0f}" if won else "–"
    return {"net": f"{net:,.0f}", "orders": orders, "won": won, "each": each}


@my_year.mistake(
    Text(
        "This counts by the owner, who looks after the customer. "
        "Your own year is what you keyed in: `recorder_id`.",
        "这是按负责人（维护客户的人）统计的。你自己的业绩是你录入的记录：请用 `recorder_id`。",
    )
)
def takes_the_owner(company: Company) -> list[float]:
    return _my_year(company, by="owner_id")


@my_year.mistake(
    Text(
        "Planned activities are counted too. "
        "What is still planned although its day has passed never happened.",
        "计划中的活动也算进去了。日期已过却仍为计划的活动并没有发生。",
    )
)
def counts_planned_activities(company: Company) -> list[float]:
    return _my_year(company, done=False)


@my_year.mistake(
    Text(
        "Everything is dated by its beginning: deals by their opening, net sales by the order. "
        "Each measure has its own date: a deal is won on `closed_on`, and a line counts on `booked_at`.",
        "所有指标都按开始的日期统计了：赢单按建立日期，净销售额按下单日期。"
        "每个指标都有自己的日期：赢单看 `closed_on`，明细看 `booked_at`。",
    )
)
def uses_one_date_for_all(company: Company) -> list[float]:
    return _my_year(company, deals_by="opened_on", lines_by="ordered_at")


@my_year.mistake(
    Text(
        "Returns are left out of the net sales. What came back was not sold.",
        "净销售额没有减去退货。退回来的货不算售出。",
    )
)
def leaves_out_returns(company: Company) -> list[float]:
    return _my_year(company, returns=False)


@my_year.mistake(
    Text(
        "Drafts and cancelled orders are counted too. They are no sales.",
        "草稿和已取消的订单也算进去了。它们不是销售。",
    )
)
def counts_invalid_orders(company: Company) -> list[float]:
    return _my_year(company, valid=False)


@my_year.mistake(
    Text(
        "These are your results of 2024, the example. The question asks for 2025.",
        "这是示例中 2024 年的结果。题目问的是 2025 年。",
    )
)
def repeats_the_example(company: Company) -> list[float]:
    return _my_year(company, start="2024-01-01", end="2024-12-31")


def _by_salesperson(
    company: Company,
    *,
    by: str = "recorder_id",
    lines_by: str = "booked_at",
    returns: bool = True,
    valid: bool = True,
    receipts: pd.Series | None = None,
) -> pd.DataFrame:
    """Return net sales and receipts of everybody with a target for 2025, rightly or not."""
    lines = _lines(company)
    lines = lines[(lines["valid"] | (not valid)) & ((lines["quantity"] > 0) | returns)]
    lines = lines[within(lines[lines_by], START, END)]
    targets = table(company, "targets")
    ids = targets.loc[targets["year"] == 2025, "employee_id"]
    received = _received(company, by) if receipts is None else receipts
    return pd.DataFrame(
        {
            "employee_id": ids,
            "net_sales": ids.map(lines.groupby(by)["net_cents"].sum()).fillna(0) / 100,
            "receipts": ids.map(received).fillna(0) / 100,
        }
    )


def _payments(company: Company) -> pd.DataFrame:
    """Return the receipts of 2025."""
    receipts = table(company, "receipts")
    return receipts[within(receipts["received_on"], START, END)]


def _received(company: Company, by: str) -> pd.Series:
    """Return the cents received in 2025 by the employee in column ``by`` of the order."""

    def build() -> pd.Series:
        people = table(company, "orders").set_index("order_id")[by]
        payments = _payments(company)
        return payments["amount_cents"].groupby(payments["order_id"].map(people)).sum()

    return company.cached(("checks", "received", by), build)


@question(
    "5.3",
    Text("Net sales and receipts", "净销售额与收款"),
    points=3,
    kind=Table({"employee_id": Identifier(), "net_sales": Yuan(), "receipts": Yuan()}),
    hints=(
        Text(
            "Begin with the targets of 2025: they say who belongs in the table. "
            "Then look up two sums for each, the net sales and the receipts.",
            "从 2025 年的销售目标出发：它决定表中有谁。然后为每个人查找两个合计：净销售额和收款。",
        ),
        Text(
            "A receipt counts for whoever keyed in the *order*. Merge the receipts with "
            '`orders[["order_id", "recorder_id"]]`, after taking the receipts\' own recorder away: '
            '`company.receipts.drop(columns="recorder_id")`.',
            "一笔收款算给录入*订单*的人。先用 "
            '`company.receipts.drop(columns="recorder_id")` 去掉收款自己的记录操作者，'
            '再与 `orders[["order_id", "recorder_id"]]` 合并。',
        ),
        Text(
            "Keep the receipts whose `received_on` is in 2025, then "
            '`groupby("recorder_id")["amount"].sum()`. '
            '`team["employee_id"].map(...)` writes each sum into the right row.',
            '留下 `received_on` 在 2025 年的收款，再用 `groupby("recorder_id")["amount"].sum()`。'
            '`team["employee_id"].map(...)` 把每个合计写到对应的行。',
        ),
    ),
    right=Text(
        "{best} sells the most: {net} yuan, with receipts of {rate} % of that. "
        "The lowest such rate in the team is {lowest} %, that of {last}. "
        "Selling and collecting are two things.",
        "{best}的净销售额最高：{net} 元，收款相当于其中的 {rate}%。"
        "团队中这一比例最低的是{last}：{lowest}%。卖出去和收回来，是两件事。",
    ),
)
def performance(company: Company) -> pd.DataFrame:
    return _with_target(company)[["employee_id", "net_sales", "receipts"]]


def _with_target(company: Company) -> pd.DataFrame:
    """Return the performance of 2025 of everybody who had a target then."""

    def build() -> pd.DataFrame:
        result = sales_performance(company, start=START, end=END)
        return result[result["target"].notna()].reset_index(drop=True)

    return company.cached(("checks", "performance of 2025"), build)


@performance.fill
def _(company: Company) -> dict[str, object]:
    people = _with_target(company)
    first, last = people.iloc[0], people.iloc[int(people["collection_rate"].argmin())]
    return {
        "best": first["employee"],
        "net": f"{first['net_sales']:,.0f}",
        "rate": f"{100 * first['collection_rate']:.0f}",
        "last": last["employee"],
        "lowest": f"{100 * last['collection_rate']:.0f}",
    }


@performance.mistake(
    Text(
        "This credits the owner of the order. Here performance goes to whoever keyed the order in: "
        "`recorder_id`.",
        "这是按订单的负责人统计的。这里的业绩归录入订单的人：请用 `recorder_id`。",
    )
)
def credits_the_owner(company: Company) -> pd.DataFrame:
    return _by_salesperson(company, by="owner_id")


@performance.mistake(
    Text(
        "The receipts go by who keyed in the receipt, and that is mostly the credit controller. "
        "Look up who keyed in the order that was paid.",
        "收款是按谁录入收款统计的，而那多半是信用主管。请查找所付的订单是谁录入的。",
    )
)
def credits_who_keyed_in_the_receipt(company: Company) -> pd.DataFrame:
    payments = _payments(company)
    return _by_salesperson(company, receipts=payments.groupby("recorder_id")["amount_cents"].sum())


@performance.mistake(
    Text(
        "Receipts are joined to order lines, so that each payment counts once for every line of its order. "
        "Join them to the orders.",
        "收款与订单明细合并了，一笔收款按订单的明细行数重复计算。请与订单表合并。",
    )
)
def joins_receipts_to_lines(company: Company) -> pd.DataFrame:
    payments = _payments(company)[["order_id", "amount_cents"]]
    fanned = payments.merge(_lines(company)[["order_id", "recorder_id"]], on="order_id")
    return _by_salesperson(company, receipts=fanned.groupby("recorder_id")["amount_cents"].sum())


@performance.mistake(
    Text(
        "Returns are left out of the net sales. Whoever sells much that comes back has sold less.",
        "净销售额没有减去退货。卖得多、退得也多的人，实际卖得没那么多。",
    )
)
def ignores_returns(company: Company) -> pd.DataFrame:
    return _by_salesperson(company, returns=False)


@performance.mistake(
    Text(
        "The net sales are dated by the order. Each line counts on its own day: `booked_at`.",
        "净销售额是按下单日期统计的。每行明细按自己的日期 `booked_at` 计入。",
    )
)
def dates_sales_by_the_order(company: Company) -> pd.DataFrame:
    return _by_salesperson(company, lines_by="ordered_at")


@performance.mistake(
    Text(
        "Drafts and cancelled orders are in the net sales too. They are no sales.",
        "草稿和已取消的订单也算进了净销售额。它们不是销售。",
    )
)
def sells_with_invalid_orders(company: Company) -> pd.DataFrame:
    return _by_salesperson(company, valid=False)


def _bonus(
    company: Company,
    *,
    threshold: float = BONUS_FROM,
    collected: bool = True,
    floor: bool = True,
    sold: pd.Series | None = None,
    receipts: pd.Series | None = None,
) -> pd.DataFrame:
    """Return everybody's bonus in yuan, by the rule of the question or by a wrong one."""
    people = _with_target(company)
    net = people["net_sales"] if sold is None else sold
    above = net - threshold * people["target"]
    received = people["receipts"] if receipts is None else receipts
    rate = (received / net).where(net > 0, 0) if collected else 1
    bonus = BONUS_RATE * (above.clip(lower=0) if floor else above) * rate
    return pd.DataFrame({"employee_id": people["employee_id"], "bonus": bonus})


def _as_ranked(company: Company, wrong: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of a wrong table of performance, in the order of the right one."""
    return _with_target(company)["employee_id"].map(wrong.set_index("employee_id")[column])


@question(
    "5.4",
    Text("The bonus", "奖金"),
    points=3,
    kind=Table({"employee_id": Identifier(), "bonus": Yuan()}),
    hints=(
        Text(
            "Go step by step: a column for the collection rate, one for what is above 80 % of the target, "
            "then the bonus.",
            "一步一步来：一列是回款率，一列是超过目标 80% 的部分，最后是奖金。",
        ),
        Text(
            'What is above: `team["net_sales"] - 0.8 * team["target"]`. '
            "For some it is negative; `.clip(lower=0)` makes 0 of it.",
            '超出的部分：`team["net_sales"] - 0.8 * team["target"]`。'
            "有些人是负数，`.clip(lower=0)` 把它变成 0。",
        ),
        Text(
            'The bonus is `0.01 * team["above"] * team["collection_rate"]`, with the columns named like '
            "that. "
            "Round only at the end, and keep the rows with 0.",
            '按这样命名各列，奖金就是 `0.01 * team["above"] * team["collection_rate"]`。'
            "只在最后四舍五入，并保留奖金为 0 的行。",
        ),
    ),
    right=Text(
        "The company pays {total} yuan; {paid} of {people} people get something. "
        "The largest bonus goes to {best}: {most} yuan.",
        "公司共发奖金 {total} 元，{people} 人中有 {paid} 人拿到奖金。奖金最高的是{best}：{most} 元。",
    ),
)
def bonuses(company: Company) -> pd.DataFrame:
    return _bonus(company)


@bonuses.fill
def _(company: Company) -> dict[str, object]:
    bonus = bonuses.expected(company)["bonus"]
    return {
        "total": f"{bonus.sum():,.0f}",
        "paid": int((bonus > 0).sum()),
        "people": len(bonus),
        "best": _with_target(company).loc[bonus.idxmax(), "employee"],
        "most": f"{bonus.max():,.0f}",
    }


@bonuses.mistake(
    Text(
        "The people without a bonus are not in the table. They are a result too: keep them with 0.",
        "没有奖金的人不在表中。他们也是结果的一部分：请保留，奖金写 0。",
    )
)
def drops_people_with_zero(company: Company) -> pd.DataFrame:
    bonus = _bonus(company)
    return bonus[bonus["bonus"] > 0]


@bonuses.mistake(
    Text(
        "Whoever is below the threshold would have to pay. A bonus is never negative.",
        "没有达到门槛的人反而要倒贴钱。奖金不会是负数。",
    )
)
def lets_people_pay(company: Company) -> pd.DataFrame:
    return _bonus(company, floor=False)


@bonuses.mistake(
    Text(
        "The collection is left out. A sale that is not paid earns only a part of the bonus.",
        "没有考虑回款。没有收回货款的销售，只能得到一部分奖金。",
    )
)
def ignores_collection(company: Company) -> pd.DataFrame:
    return _bonus(company, collected=False)


@bonuses.mistake(
    Text(
        "The bonus begins at the whole target here. The rule says from 80 % of the target on.",
        "这里的奖金从完成全部目标才开始算。规则是从目标的 80% 开始。",
    )
)
def begins_at_the_whole_target(company: Company) -> pd.DataFrame:
    return _bonus(company, threshold=1)


@bonuses.mistake(
    Text(
        "The bonus is paid on all net sales. Only what is above 80 % of the target counts.",
        "这里按全部净销售额计发奖金。只有超过目标 80% 的部分才计算。",
    )
)
def pays_on_all_sales(company: Company) -> pd.DataFrame:
    return _bonus(company, threshold=0)


@bonuses.mistake(
    Text(
        "The sales are gross: returns are not taken off, neither in what is above the target "
        "nor in the collection rate.",
        "这里用的是没有减去退货的销售额，超额部分和回款率都受了影响。",
    )
)
def pays_for_returned_goods(company: Company) -> pd.DataFrame:
    return _bonus(company, sold=_as_ranked(company, ignores_returns(company), "net_sales"))


@bonuses.mistake(
    Text(
        "The collection rate uses the receipts that people keyed in themselves. "
        "Most receipts are keyed in by the credit controller: go by the order.",
        "回款率用的是各人自己录入的收款。大部分收款由信用主管录入：请按订单查找。",
    )
)
def collects_by_who_keyed_in(company: Company) -> pd.DataFrame:
    wrong = credits_who_keyed_in_the_receipt(company)
    return _bonus(company, receipts=_as_ranked(company, wrong, "receipts"))


def _my_hours(
    company: Company, *, done: bool = True, by: str = "recorder_id", guessed: bool = False
) -> pd.DataFrame:
    """Return the minutes and the number of my activities of 2025 by kind, rightly or not."""
    work = _activities(company, done=done, by=by)
    work = work[within(work["started_at"], START, END)]
    minutes = work["minutes"].astype("Float64")
    if guessed:
        minutes = minutes.fillna(minutes.groupby(work["kind"]).transform("mean"))
    grouped = minutes.groupby(work["kind"])
    hours = grouped.sum().astype(float) / 60
    return pd.DataFrame({"kind": hours.index, "hours": hours.to_numpy(), "number": grouped.size().to_numpy()})


@question(
    "5.5",
    Text("Your own hours", "你自己的工时"),
    points=3,
    kind=Table({"kind": Label(ACTIVITY_KINDS), "hours": HOURS}),
    hints=(
        Text(
            "Begin with `my_activities` and keep those that began in 2025, as in question 5.2. "
            "Group them by `kind`.",
            "从 `my_activities` 出发，像问题 5.2 那样留下 2025 年开始的活动，再按 `kind` 分组。",
        ),
        Text(
            "Add up the column `minutes` of each group and divide by 60. "
            "`sum` passes over what is missing by itself.",
            "对每组的 `minutes` 列求和，再除以 60。`sum` 会自动跳过缺失值。",
        ),
        Text(
            '`(table.groupby("kind")["minutes"].sum() / 60).reset_index(name="hours")` makes the table.',
            '`(table.groupby("kind")["minutes"].sum() / 60).reset_index(name="hours")` 就得到这张表。',
        ),
    ),
    right=Text(
        "“{most}” takes the largest part of your time: {share} % of {hours} hours. "
        "The most frequent kind is “{often}”; it takes {minutes} minutes each time. Frequent is not long.",
        "你的时间花在“{most}”上最多：{hours} 小时中占 {share}%。"
        "次数最多的是“{often}”，每次平均 {minutes} 分钟。次数多不等于时间长。",
    ),
)
def my_hours(company: Company) -> pd.DataFrame:
    result = working_time(company, by="kind", recorder=company.me, start=START, end=END)
    return result.loc[result["activities"] > 0, ["kind", "hours"]]


@my_hours.fill
def _(company: Company) -> dict[str, object]:
    hours = my_hours.expected(company).set_index("kind")["hours"]
    often = _my_hours(company).set_index("kind")["number"]
    return {
        "most": hours.idxmax(),
        "share": f"{100 * hours.max() / hours.sum():.0f}",
        "hours": f"{hours.sum():,.0f}",
        "often": often.idxmax(),
        "minutes": f"{60 * hours[often.idxmax()] / often.max():.0f}",
    }


@my_hours.mistake(
    Text(
        "This is how often you did each kind of work. A visit takes hours and a call minutes: "
        "add up `minutes`.",
        "这是每类活动的次数。一次拜访要几个小时，一个电话只要几分钟：请对 `minutes` 求和。",
    )
)
def counts_instead_of_hours(company: Company) -> pd.DataFrame:
    return _my_hours(company)[["kind", "number"]].rename(columns={"number": "hours"})


@my_hours.mistake(
    Text(
        "These are minutes. An hour has 60 of them.",
        "这是分钟数。一小时有 60 分钟。",
    )
)
def leaves_minutes(company: Company) -> pd.DataFrame:
    found = _my_hours(company)
    return found.assign(hours=60 * found["hours"])


@my_hours.mistake(
    Text(
        "Planned activities are counted too. Nobody spent time on what never happened.",
        "计划中的活动也算进去了。没有发生的事，没有人花时间。",
    )
)
def adds_planned_hours(company: Company) -> pd.DataFrame:
    return _my_hours(company, done=False)


@my_hours.mistake(
    Text(
        "Activities whose end nobody noted were given an average length. Nobody knows how long they took: "
        "do not guess, count them apart.",
        "没有登记结束时间的活动被填上了平均时长。没有人知道它们用了多久：不要猜，另行计数。",
    )
)
def guesses_missing_ends(company: Company) -> pd.DataFrame:
    return _my_hours(company, guessed=True)


@my_hours.mistake(
    Text(
        "These are the hours of which you are the owner. Your own account is the recorder here.",
        "这是你作为负责人的工时。这里的“自己的帐号”指记录操作者。",
    )
)
def takes_the_owners_hours(company: Company) -> pd.DataFrame:
    return _my_hours(company, by="owner_id")


SPLITS = {
    "A": Text(
        "in equal parts to everybody who took part",
        "由参加的人均分",
    ),
    "B": Text(
        "in full to everybody who took part",
        "每个参加的人都计全部时间",
    ),
    "C": Text(
        "in full to the one who keyed the activity in, and nothing to the others",
        "全部计入录入该活动的人，其他人不计",
    ),
}


@question(
    "5.6",
    Text("Two at one visit", "两人同去一次拜访"),
    points=1,
    kind=Choice(SPLITS),
    hints=(
        Text(
            "Think of one visit of two hours by two people. "
            "What does each rule write down for each of the two?",
            "设想两个人一起去拜访客户，用了两小时。按每条规则，两人各记多少？",
        ),
        Text(
            "The director wants two things: the sum must be the two hours of that visit, "
            "and both must get credit. Which rule does both?",
            "总监有两个要求：合计必须等于这次拜访的两小时，而且两个人都要得到记录。哪条规则两点都满足？",
        ),
    ),
    right=Text(
        "With equal parts nothing is counted twice and nobody is left out. "
        "In 2025 the team did {joint} activities together, so the rule matters. "
        "Say it whenever you show hours.",
        "均分既不重复计算，也不遗漏任何人。2025 年共同完成的活动有 {joint} 次，所以规则很重要。"
        "展示工时时，一定要说明规则。",
    ),
)
def split(company: Company) -> str:
    return "A"


@split.fill
def _(company: Company) -> dict[str, object]:
    work, joint = table(company, "activities"), table(company, "activity_participants")
    work = work[(work["status"] == "done") & within(work["started_at"], START, END)]
    return {"joint": int(work["activity_id"].isin(joint["activity_id"]).sum())}


@split.mistake(
    Text(
        "Then a visit of two hours by two people becomes four hours, and the sum is more than was worked on "
        "the activities.",
        "这样，两个人用两小时完成的拜访就变成了四小时，合计会超过这些活动实际的时长。",
    )
)
def counts_in_full_for_each(company: Company) -> str:
    return "B"


@split.mistake(
    Text(
        "Then the sum is right, but whoever came along is not in the result. "
        "The director wants both to be seen.",
        "这样合计是对的，但同去的人不在结果中。总监希望两个人都看得到。",
    )
)
def counts_for_the_recorder(company: Company) -> str:
    return "C"


def _contacted(company: Company, *, done: bool = True) -> pd.Series:
    """Return with whom something was done (or is at least planned) since the day of the question."""
    work = table(company, "activities")
    kept = (work["status"] == "done") | (not done)
    return work.loc[kept & (work["started_at"] >= pd.Timestamp(LATELY)), "customer_id"]


def _buyers(company: Company) -> pd.Series:
    """Return the customers of 2025, in the order of their numbers."""
    orders = valid_orders(company)
    bought = orders.loc[within(orders["ordered_at"], START, END), "customer_id"]
    return bought.drop_duplicates().sort_values()


@question(
    "5.7",
    Text("Buyers without a contact", "久未联系的购买客户"),
    points=3,
    kind=Set("customer_id"),
    hints=(
        Text(
            "Begin with the buyers, not with the activities. "
            "A customer whom nobody ever contacted is in no row of the activities.",
            "从购买客户出发，而不是从活动出发。从来没有人联系过的客户，在活动表中一行也没有。",
        ),
        Text(
            'Take the activities that were done (`status == "done"`) since 1 November 2025. '
            "Then keep the buyers whose number is not among their customers.",
            '取 2025 年 11 月 1 日以来已完成（`status == "done"`）的活动，再留下编号不在其中的购买客户。',
        ),
        Text(
            '`~buyers["customer_id"].isin(lately["customer_id"])` is true for those who are not among them; '
            "`~` turns true and false round.",
            '`~buyers["customer_id"].isin(lately["customer_id"])` 对不在其中的客户为真；`~` 把真假反过来。',
        ),
    ),
    right=Text(
        "{silent} of the {buyers} buyers of 2025 have heard nothing from us for three months; with {never} "
        "of them nobody was ever in touch. You are the owner of {mine} of the {silent}: call those first.",
        "2025 年的 {buyers} 个购买客户中，有 {silent} 个三个月没有我们的消息，"
        "其中 {never} 个从来没有人联系过。"
        "这 {silent} 个客户中，有 {mine} 个由你负责：先给他们打电话。",
    ),
)
def silent_buyers(company: Company) -> list[int]:
    return _silent(company)["customer_id"].tolist()


def _silent(company: Company) -> pd.DataFrame:
    """Return the buyers of 2025 without a contact, as the screen shows them."""

    def build() -> pd.DataFrame:
        found = customer_contacts(company, start=LATELY, end=str(company.today.date()))
        return found[(found["contacts"] == 0) & found["customer_id"].isin(_buyers(company))]

    return company.cached(("checks", "silent buyers"), build)


@silent_buyers.fill
def _(company: Company) -> dict[str, object]:
    silent, customers = _silent(company), table(company, "customers")
    mine = customers.loc[customers["owner_id"] == company.me, "customer_id"]
    return {
        "silent": len(silent),
        "buyers": len(_buyers(company)),
        "never": int(silent["last_contact"].isna().sum()),
        "mine": int(silent["customer_id"].isin(mine).sum()),
    }


@silent_buyers.mistake(
    Text(
        "Planned contacts are counted as if they had taken place. "
        "A customer who is only on a plan has heard nothing.",
        "计划中的联系也当作已经发生了。只写在计划里的客户，什么消息也没有收到。",
    )
)
def trusts_plans(company: Company) -> list[int]:
    buyers = _buyers(company)
    return buyers[~buyers.isin(_contacted(company, done=False))].tolist()


@silent_buyers.mistake(
    Text(
        "The buyers whom nobody ever contacted are lost. They are in no row of the activities, "
        "so begin with the buyers.",
        "从来没有联系过的购买客户丢失了。他们在活动表中一行也没有，所以要从购买客户出发。",
    )
)
def loses_those_never_contacted(company: Company) -> list[int]:
    silent = _silent(company)
    return silent.loc[silent["last_contact"].notna(), "customer_id"].tolist()


@silent_buyers.mistake(
    Text(
        "These are the buyers who were contacted. The others are asked for.",
        "这是联系过的购买客户。题目问的是其余的。",
    )
)
def names_those_contacted(company: Company) -> list[int]:
    buyers = _buyers(company)
    return buyers[buyers.isin(_contacted(company))].tolist()


@silent_buyers.mistake(
    Text(
        "These are all customers on file without a contact. Keep those who bought in 2025.",
        "这是登记在册而没有联系的全部客户。请只留下 2025 年购买过的。",
    )
)
def names_those_who_did_not_buy(company: Company) -> list[int]:
    customers = table(company, "customers")["customer_id"]
    return customers[~customers.isin(_contacted(company))].tolist()


@question(
    "5.8",
    Text("Fifteen deals for February", "二月的 15 个销售机会"),
    points=3,
    kind=Decision(
        "opportunity_id",
        15,
        naive=Text("the 15 with the largest expected amounts", "预计金额最大的 15 个"),
        remarks={
            "stale": Text(
                "Deals among your {size} that entered no new stage for more than 45 days: {count}. "
                "Few of such deals are ever won.",
                "你的 {size} 个机会中，超过 45 天没有进入新阶段的有 {count} 个。这样的机会很少能赢。",
            ),
            "early": Text(
                "Deals among your {size} that are still in the first stage: {count}. "
                "Most of those end on the way.",
                "你的 {size} 个机会中，仍处于第一阶段的有 {count} 个。它们大多走不到最后。",
            ),
        },
    ),
    hints=(
        Text(
            "A large amount with a small chance is worth little. "
            "Multiply the expected amount by the win rate "
            "of the stage, and rank by that.",
            "金额大、机会小，价值也不大。用预计金额乘以该阶段的赢单率，再按乘积排名。",
        ),
        Text(
            'Multiply by the win rate of the source too, as `open_deals["source"].map(source_rates)`. '
            "Where the source is missing, fill in the rate of all deals with `.fillna(...)`.",
            '再乘以来源的赢单率：`open_deals["source"].map(source_rates)`。'
            "来源缺失时，用 `.fillna(...)` 填上总体赢单率。",
        ),
        Text(
            "Leave out deals that have not moved for more than 45 days before you take the first 15.",
            "先去掉超过 45 天没有进展的机会，再取前 15 个。",
        ),
    ),
    right=Text(
        "Time goes where amount and chance are both good. Who came by referral, how far a deal has come, and "
        "whether it still moves say more than the amount alone.",
        "时间应该花在金额和机会都好的地方。客户是不是老客户介绍来的、机会走到了哪一步、是否还在推进，"
        "比单看金额更能说明问题。",
    ),
)
def deals(company: Company) -> pd.DataFrame:
    found = table(company, "opportunities")
    found = found[found["outcome"] == "open"].reset_index(drop=True)
    amounts = found.set_index("opportunity_id")["expected_amount_cents"]
    sold = sales_performance(company, start=START, end=END)[["gross_margin", "net_sales"]].sum()
    margin = sold["gross_margin"] / sold["net_sales"]
    earned = found["expected_amount_cents"] * margin * _chance(company, found)
    moved = table(company, "opportunity_stages").groupby("opportunity_id")["entered_on"].max()
    silence = company.today - found["opportunity_id"].map(moved)
    return pd.DataFrame(
        {
            "opportunity_id": found["opportunity_id"],
            "value_cents": earned.round().astype("int64") - WORK_CENTS,
            "naive": found["opportunity_id"].isin(best(amounts, 15)),
            "stale": silence > pd.Timedelta(days=STALE_DAYS),
            "early": _places(company, found["stage"]) == 0,
        }
    )


def _places(company: Company, stages: pd.Series) -> pd.Series:
    """Return the place of each stage, the first being 0."""
    return stages.map({word.to(company.language): place for place, word in enumerate(STAGES)})


def _chance(company: Company, found: pd.DataFrame) -> pd.Series:
    """Return the chance of each open deal today: the one at its opening, and what has happened since.

    A deal that will be won enters every stage before the day on which it closes; one that will be lost stops
    at some stage on the way, as those did that were lost before. The days of entering lie anywhere between
    opening and closing. So a deal that is far is likelier to be won, and one that has little of its time
    left and is not far is likelier to be lost (Bayes' rule).
    """
    truth = found[["opportunity_id"]].merge(company.truth.opportunities, on="opportunity_id", how="left")
    every, last = table(company, "opportunities"), len(STAGES) - 1
    ended = _places(company, every.loc[every["outcome"] == "lost", "stage"])
    stops = [float((ended == place).mean()) for place in range(last + 1)]
    left = (truth["closes_on"] - company.today) / (truth["closes_on"] - found["opened_on"])

    def likely(end: int, place: int, rest: float) -> float:
        """How likely ``place`` of ``end`` stages are entered when ``rest`` of the time is left."""
        return comb(end, place) * rest ** (end - place) if end >= place else 0

    chances = []
    for place, rest, permille in zip(
        _places(company, found["stage"]), left, truth["win_permille"], strict=True
    ):
        won = permille * likely(last, place, rest)
        lost = [share * likely(end, place, rest) for end, share in enumerate(stops)]
        chances.append(won / (won + (1000 - permille) * sum(lost)))
    return pd.Series(chances, index=found.index)
