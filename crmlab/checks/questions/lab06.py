"""Lab 06: what does a customer cost us, and are they satisfied?"""

from __future__ import annotations

import pandas as pd

from crmlab.analysis import expense_composition, profit, service_feedback
from crmlab.checks.fields import Count, Identifier, Percent, Yuan
from crmlab.checks.kinds import Decision, Number, Ranking, Set, ShortList, Table
from crmlab.checks.material import best, latest_orders, table, within, yuan
from crmlab.checks.question import question
from crmlab.company.company import Company
from crmlab.locale import Text

TITLE = Text("Expenses and service", "费用与服务")

START, END = "2025-01-01", "2025-12-31"
#: The last twelve months, of which the decision is made.
LATELY, TODAY = "2025-02-01", "2026-01-31"
CLAIMS = Count(Text("claims", "笔报销"))
#: A rate of a customer needs so many answers, and is low below this.
LEAST_ANSWERS, LOW = 5, 0.75
SATISFIED, UNHAPPY = 4, 3
VISIT_CENTS = 1_000_00
#: Of a thousand customers of each type so many leave within a year: the truth draws how long they stay.
#: Who buys once, or never, buys no more.
LEAVES = {"loyal": 59, "steady": 96, "seasonal": 115, "occasional": 175}
#: Whoever was let down leaves three times as easily, and a visit puts that right; for others it does little.
#: In percent of the risk of leaving.
SAVED_LET_DOWN, SAVED_CONTENT = 200, 25


def _claims(company: Company, day: str = "incurred_on", *, rejected: bool = False) -> pd.DataFrame:
    """Return the expenses of 2025 by ``day``, with the rejected ones or without."""
    claims = table(company, "expenses")
    kept = (claims["status"] != "rejected") | rejected
    return claims[within(claims[day], START, END) & kept]


def _by_customer(company: Company, start: str, end: str) -> pd.Series:
    """Return what was spent on each customer, in yuan."""

    def build() -> pd.Series:
        found = expense_composition(company, start=start, end=end, by="customer")
        return found.dropna(subset="group_id").astype({"group_id": "int64"}).set_index("group_id")["amount"]

    return company.cached(("checks", "expenses by customer", start, end), build)


def _margins(company: Company, start: str, end: str) -> pd.DataFrame:
    """Return net sales and gross margin of each customer who bought, in yuan."""

    def build() -> pd.DataFrame:
        found = profit(company, start=start, end=end, by="customer")
        found = found[(found["net_sales"] != 0) | (found["cost"] != 0)]
        return found.astype({"group_id": "int64"}).set_index("group_id")[["net_sales", "margin"]]

    return company.cached(("checks", "margin by customer", start, end), build)


def _contributions(company: Company, start: str = START, end: str = END) -> pd.Series:
    """Return gross margin less expenses of each customer who has either, in yuan."""
    margin = _margins(company, start, end)["margin"]
    return margin.sub(_by_customer(company, start, end), fill_value=0).round(2)


def _of_campaigns(claims: pd.DataFrame) -> pd.DataFrame:
    return claims[claims["campaign_id"].notna()]


def _by_month(days: pd.Series, cents: pd.Series, *, zeros: bool = True) -> pd.Series:
    """Add up ``cents`` by month, in yuan."""
    months = cents.groupby(days.dt.month.rename("month")).sum() / 100
    months = months.reindex(range(1, 13), fill_value=0) if zeros else months
    return months.rename_axis("month").rename("amount")


def _tickets(company: Company, day: str = "opened_at") -> pd.DataFrame:
    """Return the tickets of 2025."""
    tickets = table(company, "tickets")
    return tickets[within(tickets[day], START, END)]


def _shares(tickets: pd.DataFrame, least: int = SATISFIED) -> tuple[float, float]:
    """Return the share of tickets with a mark, and of marks from ``least`` on, in percent."""
    marks = tickets["satisfaction"].dropna()
    return 100 * len(marks) / len(tickets), 100 * float((marks >= least).mean())


def _counts(company: Company) -> pd.DataFrame:
    """Return of each customer with a ticket the tickets, the answers and the satisfied answers."""
    tickets = table(company, "tickets")
    marks = tickets["satisfaction"]
    satisfied = (marks >= SATISFIED).fillna(False)
    flags = pd.DataFrame({"tickets": 1, "answers": marks.notna(), "satisfied": satisfied}).astype("int64")
    return flags.groupby(tickets["customer_id"]).sum()


@question(
    "6.1",
    Text("Rejected claims", "被驳回的报销"),
    points=1,
    kind=Number(CLAIMS),
    hints=(
        Text(
            "The status of each claim is in the column `status` of `company.expenses`.",
            "每笔报销的状态在 `company.expenses` 的 `status` 列中。",
        ),
        Text(
            '`(table["status"] == "...").sum()` counts the rows with a status: true counts as 1.',
            '`(表["status"] == "...").sum()` 统计某一状态的行数：真值按 1 计。',
        ),
    ),
    right=Text(
        "{rejected} of {claims} claims were rejected: {share} %. The company did not pay them, "
        "so they are no expense of the company.",
        "{claims} 笔报销中有 {rejected} 笔被驳回，占 {share}%。公司没有支付，所以它们不是公司的费用。",
    ),
)
def rejected(company: Company) -> int:
    return int((table(company, "expenses")["status"] == "rejected").sum())


@rejected.fill
def _(company: Company) -> dict[str, object]:
    found, claims = rejected.expected(company), counts_all_claims(company)
    return {"rejected": found, "claims": claims, "share": f"{100 * found / claims:.1f}"}


@rejected.mistake(
    Text(
        "These are all claims on file. Count those with one status only.",
        "这是登记的全部报销笔数。请只数其中一种状态。",
    )
)
def counts_all_claims(company: Company) -> int:
    return len(table(company, "expenses"))


@rejected.mistake(
    Text(
        "These are the claims that are not paid. Some of them wait for a decision or for the money: "
        "they are not rejected.",
        "这是所有未支付的报销。其中有些只是在等待审批或付款，并没有被驳回。",
    )
)
def counts_unpaid_claims(company: Company) -> int:
    return int((table(company, "expenses")["status"] != "paid").sum())


@rejected.mistake(
    Text(
        "These are the claims that were not rejected: `!=` means is not, `==` means is.",
        "这是没有被驳回的报销：`!=` 表示“不等于”，`==` 表示“等于”。",
    )
)
def counts_the_others(company: Company) -> int:
    return int((table(company, "expenses")["status"] != "rejected").sum())


@question(
    "6.2",
    Text("Expenses of 2025", "2025 年的费用"),
    points=3,
    kind=Number(Yuan()),
    hints=(
        Text(
            "Start from the cell with the expenses of 2024, and change the years.",
            "从筛选 2024 年费用的那个单元格开始，把年份改掉。",
        ),
        Text(
            'Two conditions are joined by `&`: the day is in 2025, and the status is not "rejected".',
            '用 `&` 连接两个条件：日期在 2025 年，并且状态不是 "rejected"。',
        ),
        Text(
            '`spent_2025["amount"].sum()` adds up, and `round(float(...), 2)` rounds to the cent.',
            '`spent_2025["amount"].sum()` 求和，`round(float(...), 2)` 保留两位小数。',
        ),
    ),
    right=Text(
        "The company spent {total} yuan in 2025: {rate} yuan of every 100 yuan of gross margin. "
        "A claim that still waits for its money is in it, because the money is spent.",
        "公司 2025 年花费 {total} 元：每 100 元毛利中花掉 {rate} 元。"
        "尚未付款的报销也包括在内，因为钱已经花了。",
    ),
)
def expenses(company: Company) -> float:
    return round(float(expense_composition(company, start=START, end=END)["amount"].sum()), 2)


@expenses.fill
def _(company: Company) -> dict[str, object]:
    total = expenses.expected(company)
    margin = float(profit(company, start=START, end=END)["margin"].sum())
    return {"total": f"{total:,.0f}", "rate": f"{100 * total / margin:.1f}"}


@expenses.mistake(
    Text(
        "Rejected claims are in it. The company does not bear them.",
        "其中包含被驳回的报销。这些费用公司并不承担。",
    )
)
def counts_rejected_claims(company: Company) -> float:
    return yuan(_claims(company, rejected=True)["amount_cents"])


@expenses.mistake(
    Text(
        "This goes by the day on which the claims were paid. "
        "An expense belongs to the day on which it was incurred: `incurred_on`.",
        "这是按支付日期统计的。费用应计入发生的那一天：`incurred_on`。",
    )
)
def dates_by_payment(company: Company) -> float:
    return yuan(_claims(company, "paid_on")["amount_cents"])


@expenses.mistake(
    Text(
        "Only paid claims are in it. What is submitted or approved was spent, too.",
        "这里只有已支付的报销。已提交和已批准的，钱也已经花了。",
    )
)
def takes_paid_claims_only(company: Company) -> float:
    claims = _claims(company)
    return yuan(claims.loc[claims["status"] == "paid", "amount_cents"])


@expenses.mistake(
    Text(
        "Overhead is missing: these are only the expenses of some customer. "
        "Expenses without a customer count too.",
        "缺少公共费用：这里只有属于某个客户的费用。不属于任何客户的费用也要计入。",
    )
)
def drops_overhead(company: Company) -> float:
    claims = _claims(company)
    return yuan(claims.loc[claims["customer_id"].notna(), "amount_cents"])


@expenses.mistake(
    Text(
        "These are the expenses of all years. Only 2025 is asked for.",
        "这是历年的全部费用。题目只问 2025 年。",
    )
)
def adds_all_years(company: Company) -> float:
    claims = table(company, "expenses")
    return yuan(claims.loc[claims["status"] != "rejected", "amount_cents"])


@question(
    "6.3",
    Text("Expenses of no customer", "不属于任何客户的费用"),
    points=2,
    kind=ShortList({"unassigned": Yuan(), "share": Percent()}),
    hints=(
        Text(
            'Take the expenses of 2025 from the last question. `table["customer_id"].isna()` is true '
            "where there is no customer.",
            '使用上一题中 2025 年的费用。`表["customer_id"].isna()` 在没有客户的行为真。',
        ),
        Text(
            "Add up `amount` of those rows. Then divide by the amount of all expenses of 2025 and "
            "multiply by 100.",
            "对这些行的 `amount` 求和，再除以 2025 年的全部费用，乘以 100。",
        ),
        Text(
            "Both values go into one pair of brackets: `[unassigned, share]`.",
            "两个值写在同一对方括号里：`[unassigned, share]`。",
        ),
    ),
    right=Text(
        "{unassigned} yuan carry no customer: overhead, campaigns, and expenses for which nobody noted "
        "the customer. Whoever leaves this row out reports {share} % too little.",
        "有 {unassigned} 元不属于任何客户：公共费用、营销活动费用，以及没有登记客户的费用。"
        "漏掉这一行，报告的费用就少了 {share}%。",
    ),
)
def unassigned(company: Company) -> list[float]:
    found = expense_composition(company, start=START, end=END, by="customer")
    row = found[found["group_id"].isna()].iloc[0]
    return [float(row["amount"]), 100 * float(row["share"])]


@unassigned.fill
def _(company: Company) -> dict[str, object]:
    amount, share = unassigned.expected(company)
    return {"unassigned": f"{amount:,.0f}", "share": f"{share:.0f}"}


def _part(claims: pd.DataFrame, nobody: pd.Series) -> list[float]:
    """Return the amount of the claims of ``nobody``, and its share of all ``claims``."""
    amount = yuan(claims.loc[nobody, "amount_cents"])
    return [amount, 100 * amount / yuan(claims["amount_cents"])]


@unassigned.mistake(
    Text(
        "Rejected claims are in it. Use the expenses of the last question.",
        "其中包含被驳回的报销。请使用上一题的费用。",
    )
)
def counts_rejected_overhead(company: Company) -> list[float]:
    claims = _claims(company, rejected=True)
    return _part(claims, claims["customer_id"].isna())


@unassigned.mistake(
    Text(
        "The amount is divided by the expenses that have a customer. The base is all expenses of 2025.",
        "除数用的是属于客户的费用。分母应是 2025 年的全部费用。",
    )
)
def divides_by_the_assigned(company: Company) -> list[float]:
    amount, share = unassigned.expected(company)
    return [amount, 100 * share / (100 - share)]


@unassigned.mistake(
    Text(
        "The bills of campaigns are left out. They carry no customer either.",
        "漏掉了营销活动的费用。它们同样不属于任何客户。",
    )
)
def leaves_campaigns_out(company: Company) -> list[float]:
    claims = _claims(company)
    return _part(claims, claims["customer_id"].isna() & claims["campaign_id"].isna())


@unassigned.mistake(
    Text(
        "These are the expenses that do have a customer. `isna()` finds the missing ones, "
        "`notna()` the others.",
        "这是属于客户的费用。`isna()` 找出缺失的行，`notna()` 找出其余的行。",
    )
)
def takes_the_assigned(company: Company) -> list[float]:
    claims = _claims(company)
    return _part(claims, claims["customer_id"].notna())


@question(
    "6.4",
    Text("Campaign expenses by month", "营销活动费用的月度趋势"),
    points=3,
    kind=Table({"month": Identifier(), "amount": Yuan()}),
    hints=(
        Text(
            "Keep the expenses of 2025 that have a campaign: "
            '`spent_2025[spent_2025["campaign_id"].notna()]`.',
            '留下 2025 年属于某次营销活动的费用：`spent_2025[spent_2025["campaign_id"].notna()]`。',
        ),
        Text(
            "Group them by the month of `incurred_on` and add up `amount`, as in the example above.",
            "照上面的例子，按 `incurred_on` 的月份分组，对 `amount` 求和。",
        ),
        Text(
            "`.reindex(range(1, 13), fill_value=0)` adds the months that are missing, with 0. "
            '`.rename_axis("month").reset_index(name="amount")` makes the table.',
            "`.reindex(range(1, 13), fill_value=0)` 补上缺少的月份，值为 0；"
            '`.rename_axis("month").reset_index(name="amount")` 把结果变成表。',
        ),
    ),
    right=Text(
        "Campaigns cost {total} yuan in 2025, {share} % of it in month {month} alone, and nothing at all in "
        "{empty} months. Whoever plans cash needs the empty months in the table, too: "
        "an average over the other months would be too high.",
        "2025 年营销活动共花费 {total} 元，仅 {month} 月就占 {share}%，另有 {empty} 个月分文未花。"
        "安排资金时，表中也需要这些空白的月份：只对其他月份求平均，结果就偏高了。",
    ),
)
def campaigns_by_month(company: Company) -> pd.DataFrame:
    claims = _of_campaigns(_claims(company))
    return _by_month(claims["incurred_on"], claims["amount_cents"]).reset_index()


@campaigns_by_month.fill
def _(company: Company) -> dict[str, object]:
    amounts = campaigns_by_month.expected(company).set_index("month")["amount"]
    return {
        "total": f"{amounts.sum():,.0f}",
        "share": f"{100 * amounts.max() / amounts.sum():.0f}",
        "month": amounts.idxmax(),
        "empty": int((amounts == 0).sum()),
    }


@campaigns_by_month.mistake(
    Text(
        "The months without a bill are missing. A month without expenses is a row with 0: "
        "all twelve are asked for.",
        "缺少没有费用的月份。没有费用的月份也是一行，值为 0：题目要求全部十二个月。",
    )
)
def loses_empty_months(company: Company) -> pd.Series:
    claims = _of_campaigns(_claims(company))
    return _by_month(claims["incurred_on"], claims["amount_cents"], zeros=False)


@campaigns_by_month.mistake(
    Text(
        "This goes by the month in which the bills were paid. Use the day on which they were incurred.",
        "这是按支付月份统计的。请用费用发生的日期。",
    )
)
def takes_the_month_of_payment(company: Company) -> pd.Series:
    claims = _of_campaigns(_claims(company, "paid_on"))
    return _by_month(claims["paid_on"], claims["amount_cents"])


@campaigns_by_month.mistake(
    Text(
        "This goes by the month in which the bills were paid, and the months without a payment are missing. "
        "Use the day on which they were incurred, and show all twelve months.",
        "这是按支付月份统计的，而且缺少没有付款的月份。请用费用发生的日期，并列出全部十二个月。",
    )
)
def takes_the_months_with_payments(company: Company) -> pd.Series:
    claims = _of_campaigns(_claims(company, "paid_on"))
    return _by_month(claims["paid_on"], claims["amount_cents"], zeros=False)


@campaigns_by_month.mistake(
    Text(
        "These are all expenses of 2025. Keep only those that belong to a campaign.",
        "这是 2025 年的全部费用。请只留下属于营销活动的费用。",
    )
)
def takes_all_expenses(company: Company) -> pd.Series:
    claims = _claims(company)
    return _by_month(claims["incurred_on"], claims["amount_cents"])


@campaigns_by_month.mistake(
    Text(
        "These are numbers of bills. The amount of money is asked for: add up `amount`.",
        "这是费用的笔数。题目问的是金额：请对 `amount` 求和。",
    )
)
def counts_bills(company: Company) -> pd.Series:
    claims = _of_campaigns(_claims(company))
    return _by_month(claims["incurred_on"], claims["amount_cents"] * 0 + 100)


@campaigns_by_month.mistake(
    Text(
        "The same months of all years are added up. Only 2025 is asked for.",
        "这里把历年的同一个月加在了一起。题目只问 2025 年。",
    )
)
def adds_the_months_of_all_years(company: Company) -> pd.Series:
    claims = table(company, "expenses")
    claims = _of_campaigns(claims[claims["status"] != "rejected"])
    return _by_month(claims["incurred_on"], claims["amount_cents"])


@question(
    "6.5",
    Text("Customers who cost more than they bring", "费用高于毛利的客户"),
    points=3,
    kind=Ranking("customer_id", 10),
    hints=(
        Text(
            'Two columns by customer: `groupby("customer_id")["margin"].sum()` from the lines of 2025, and '
            '`groupby("customer_id")["amount"].sum()` from the expenses of 2025.',
            "按客户算出两列：从 2025 年的明细得到 "
            '`groupby("customer_id")["margin"].sum()`，从 2025 年的费用得到 '
            '`groupby("customer_id")["amount"].sum()`。',
        ),
        Text(
            "`margin.sub(cost, fill_value=0)` subtracts, and takes 0 for a customer who is "
            "only in one of them.",
            "`margin.sub(cost, fill_value=0)` 相减；只出现在其中一列的客户，另一列按 0 计。",
        ),
        Text(
            "Sort from low to high, `.sort_values()`, take the first ten, `.head(10)`, and hand in the "
            "customer numbers, `.index.tolist()`.",
            "从低到高排序（`.sort_values()`），取前十个（`.head(10)`），提交客户编号（`.index.tolist()`）。",
        ),
    ),
    right=Text(
        "{losers} customers cost {loss} yuan more in 2025 than their gross margin brought. Of these ten, "
        "{never} bought nothing that year. That can be an investment in a new customer, or a habit: "
        "ask the owner.",
        "2025 年有 {losers} 个客户的费用超过了毛利，共多花 {loss} 元。这十个客户中，"
        "有 {never} 个当年什么也没买。这可能是对新客户的投入，也可能只是习惯：应当问一问负责人。",
    ),
)
def lowest_contributions(company: Company) -> list[int]:
    return best(-_contributions(company), 10)


@lowest_contributions.fill
def _(company: Company) -> dict[str, object]:
    contributions = _contributions(company)
    lost = contributions[contributions < 0]
    buyers = _margins(company, START, END).index
    ten = lowest_contributions.expected(company)
    return {
        "losers": len(lost),
        "loss": f"{-lost.sum():,.0f}",
        "never": sum(customer not in buyers for customer in ten),
    }


@lowest_contributions.mistake(
    Text(
        "These are the customers with the highest expenses. Many of them bring far more than they cost: "
        "start from the gross margin.",
        "这是费用最高的客户。其中很多人带来的远多于花费的：请从毛利出发。",
    )
)
def ranks_by_expenses(company: Company) -> list[int]:
    return best(_by_customer(company, START, END), 10)


@lowest_contributions.mistake(
    Text(
        "The expenses are taken off net sales. The goods had to be bought first: "
        "take them off the gross margin.",
        "这里是从净销售额中扣除费用。货物是要花钱采购的：请从毛利中扣除。",
    )
)
def forgets_the_cost_of_goods(company: Company) -> list[int]:
    sold = _margins(company, START, END)["net_sales"]
    return best(-sold.sub(_by_customer(company, START, END), fill_value=0).round(2), 10)


@lowest_contributions.mistake(
    Text(
        "Customers with expenses and without sales are lost: `-` gives a missing value for them. "
        "Use `.sub(..., fill_value=0)`.",
        "丢失了有费用但没有购买的客户：用 `-` 相减时，他们的结果是缺失值。请用 `.sub(..., fill_value=0)`。",
    )
)
def loses_customers_without_sales(company: Company) -> list[int]:
    margin = _margins(company, START, END)["margin"]
    return best(-(margin - _by_customer(company, START, END)).dropna().round(2), 10)


@lowest_contributions.mistake(
    Text(
        "These are the ten with the lowest gross margin. Their expenses are not taken off.",
        "这是毛利最低的十个客户，还没有扣除费用。",
    )
)
def forgets_the_expenses(company: Company) -> list[int]:
    return best(-_margins(company, START, END)["margin"].round(2), 10)


@lowest_contributions.mistake(
    Text(
        "These are the ten best. The lowest are asked for: sort from low to high.",
        "这是贡献最高的十个客户。题目问的是最低的：请从低到高排序。",
    )
)
def takes_the_highest(company: Company) -> list[int]:
    return best(_contributions(company), 10)


@lowest_contributions.mistake(
    Text(
        "These are the right ten in the wrong direction. The one on whom we lose most comes first.",
        "这十个客户是对的，但顺序反了。让我们损失最多的应排在最前。",
    )
)
def ends_with_the_lowest(company: Company) -> list[int]:
    return lowest_contributions.expected(company)[::-1]


@question(
    "6.6",
    Text("Answers and satisfaction in 2025", "2025 年的评价与满意率"),
    points=2,
    kind=ShortList({"answer_share": Percent(), "satisfied_share": Percent()}),
    hints=(
        Text(
            "First the tickets that were opened in 2025. An answer is a ticket where `satisfaction` is "
            "not missing: `.notna()`.",
            "先取 2025 年提出的工单。`satisfaction` 不缺失（`.notna()`）的工单才有评价。",
        ),
        Text(
            "The first share is answers through tickets. The second is marks of 4 or 5 through answers, "
            "not through tickets.",
            "第一个比例是评价数除以工单数；第二个是 4 分或 5 分的评价数除以评价数，而不是除以工单数。",
        ),
        Text(
            "`100 * (marks >= 4).mean()` is the share of marks of 4 or 5, where `marks` is "
            '`tickets_2025["satisfaction"].dropna()`.',
            "`100 * (marks >= 4).mean()` 就是 4 分或 5 分所占的比例，其中 `marks` 是 "
            '`tickets_2025["satisfaction"].dropna()`。',
        ),
    ),
    right=Text(
        "{silent} of {tickets} tickets have no answer. What these customers think is not known: "
        "they are neither satisfied nor dissatisfied. Of {answers} answers, {satisfied} say 4 or 5.",
        "{tickets} 张工单中有 {silent} 张没有评价。这些客户怎么想，我们不知道：既不能算满意，也不能算不满意。"
        "{answers} 份评价中，有 {satisfied} 份为 4 分或 5 分。",
    ),
)
def answers(company: Company) -> list[float]:
    found = service_feedback(company, start=START, end=END, by="kind")
    tickets, responses, satisfied = found[["tickets", "responses", "satisfied"]].sum()
    return [100 * responses / tickets, 100 * satisfied / responses]


@answers.fill
def _(company: Company) -> dict[str, object]:
    marks = _tickets(company)["satisfaction"]
    return {
        "silent": int(marks.isna().sum()),
        "tickets": len(marks),
        "answers": int(marks.notna().sum()),
        "satisfied": int((marks >= SATISFIED).sum()),
    }


@answers.mistake(
    Text(
        "No answer is counted as not satisfied. Divide by the answers, not by all tickets.",
        "没有评价的被当成了不满意。请除以评价数，而不是全部工单数。",
    )
)
def counts_silence_as_dissatisfied(company: Company) -> list[float]:
    share, satisfied = _shares(_tickets(company))
    return [share, share * satisfied / 100]


@answers.mistake(
    Text(
        "A mark of 3 is counted as satisfied. Satisfied is 4 or 5; 3 is neutral.",
        "3 分被算成了满意。满意指 4 分或 5 分，3 分为一般。",
    )
)
def counts_the_neutral(company: Company) -> list[float]:
    return list(_shares(_tickets(company), least=3))


@answers.mistake(
    Text(
        "Only marks of 5 are counted as satisfied. A 4 is satisfied, too: `>= 4` and not `> 4`.",
        "只把 5 分算作满意了。4 分也是满意：用 `>= 4`，而不是 `> 4`。",
    )
)
def counts_the_delighted_only(company: Company) -> list[float]:
    return list(_shares(_tickets(company), least=5))


@answers.mistake(
    Text(
        "The first share is that of tickets that our side answered. Asked for are the tickets of which "
        "the customer said how satisfied they are.",
        "第一个比例是我方答复过的工单所占的比例。题目问的是客户作出满意度评价的工单。",
    )
)
def counts_our_answers(company: Company) -> list[float]:
    tickets = _tickets(company)
    return [100 * float(tickets["first_answer_at"].notna().mean()), _shares(tickets)[1]]


@answers.mistake(
    Text(
        "The second value is the mean mark. Asked for is the share of answers of 4 or 5, in percent.",
        "第二个值是平均分。题目问的是 4 分或 5 分的评价所占的百分比。",
    )
)
def takes_the_mean_mark(company: Company) -> list[float]:
    tickets = _tickets(company)
    return [_shares(tickets)[0], float(tickets["satisfaction"].mean())]


@answers.mistake(
    Text(
        "These are the tickets that were closed in 2025. A ticket counts when it is opened.",
        "这是 2025 年关闭的工单。工单应按提出的日期计入。",
    )
)
def dates_by_closing(company: Company) -> list[float]:
    return list(_shares(_tickets(company, "closed_at")))


@answers.mistake(
    Text("These are the tickets of all years. Only 2025 is asked for.", "这是历年的工单。题目只问 2025 年。")
)
def takes_all_years(company: Company) -> list[float]:
    return list(_shares(table(company, "tickets")))


@question(
    "6.7",
    Text("Customers who are often not satisfied", "经常不满意的客户"),
    points=3,
    kind=Set("customer_id"),
    hints=(
        Text(
            "Keep the tickets with an answer first. Then every row is an answer, and the rows of a customer "
            "are its answers.",
            "先留下有评价的工单。这样每一行就是一份评价，一个客户的行数就是它的评价数。",
        ),
        Text(
            'Make a column that is true for 4 or 5, and `groupby("customer_id")` with '
            '`.agg(["count", "mean"])`: the answers, and the share that is satisfied.',
            '新建一列，4 分或 5 分时为真；再用 `groupby("customer_id")` 和 `.agg(["count", "mean"])`：'
            "分别得到评价数和满意率。",
        ),
        Text(
            "Keep the rows with `count` of at least 5 and `mean` below 0.75. Their numbers are in the index: "
            "`.index.tolist()`.",
            "留下 `count` 至少为 5 且 `mean` 低于 0.75 的行。客户编号在索引中：`.index.tolist()`。",
        ),
    ),
    right=Text(
        "{low} of {rated} customers with at least five answers are satisfied less than three times in four. "
        "Without the least number it would be {hasty}, of whom {once} answered only once.",
        "在至少有五份评价的 {rated} 个客户中，有 {low} 个的满意率低于四分之三。"
        "如果不规定最少评价数，就会是 {hasty} 个，其中 {once} 个只评价过一次。",
    ),
)
def seldom_satisfied(company: Company) -> list[int]:
    found = service_feedback(company, by="customer", minimum=LEAST_ANSWERS)
    return found.loc[found["satisfied_share"] < LOW, "group_id"].tolist()


@seldom_satisfied.fill
def _(company: Company) -> dict[str, object]:
    given = _counts(company)["answers"]
    hasty = judges_by_one_answer(company)
    return {
        "low": len(seldom_satisfied.expected(company)),
        "rated": int((given >= LEAST_ANSWERS).sum()),
        "hasty": len(hasty),
        "once": int((given[hasty] == 1).sum()),
    }


@seldom_satisfied.mistake(
    Text(
        "Customers with fewer than five answers are in it. One bad day is no rate: "
        "keep those with at least five answers.",
        "其中有评价不足五份的客户。一次不满意说明不了问题：请只留下至少有五份评价的客户。",
    )
)
def judges_by_one_answer(company: Company) -> list[int]:
    counts = _counts(company).query("answers > 0")
    return counts.index[counts["satisfied"] / counts["answers"] < LOW].tolist()


@seldom_satisfied.mistake(
    Text(
        "These customers have five tickets. Five answers are asked for: "
        "tickets without an answer say nothing.",
        "这些客户有五张工单，但题目要求五份评价：没有评价的工单说明不了什么。",
    )
)
def counts_tickets_for_answers(company: Company) -> list[int]:
    counts = _counts(company).query("answers > 0 and tickets >= @LEAST_ANSWERS")
    return counts.index[counts["satisfied"] / counts["answers"] < LOW].tolist()


@seldom_satisfied.mistake(
    Text(
        "No answer is counted as not satisfied. Divide the satisfied answers by the answers, "
        "not by the tickets.",
        "没有评价的被当成了不满意。请用满意的评价数除以评价数，而不是除以工单数。",
    )
)
def counts_silent_tickets(company: Company) -> list[int]:
    counts = _counts(company).query("answers >= @LEAST_ANSWERS")
    return counts.index[counts["satisfied"] / counts["tickets"] < LOW].tolist()


@seldom_satisfied.mistake(
    Text(
        "No answer is counted as a mark of 0, also when the answers are counted. "
        "Keep the tickets with an answer first.",
        "没有评价的被当成了 0 分，连评价数也算错了。请先留下有评价的工单。",
    )
)
def fills_silence_with_zero(company: Company) -> list[int]:
    counts = _counts(company).query("tickets >= @LEAST_ANSWERS")
    return counts.index[counts["satisfied"] / counts["tickets"] < LOW].tolist()


@seldom_satisfied.mistake(
    Text(
        "These are the satisfied ones. Customers with a share below 75 % are asked for.",
        "这是满意的客户。题目问的是满意率低于 75% 的客户。",
    )
)
def takes_the_satisfied(company: Company) -> list[int]:
    counts = _counts(company).query("answers >= @LEAST_ANSWERS")
    return counts.index[counts["satisfied"] / counts["answers"] >= LOW].tolist()


@question(
    "6.8",
    Text("Whom to visit", "上门服务哪些客户"),
    points=3,
    kind=Decision(
        "customer_id",
        20,
        naive=Text(
            "the 20 with the most tickets of the last twelve months", "最近十二个月工单最多的 20 个客户"
        ),
        remarks={
            "quiet": Text(
                "Customers among your {size} without a valid order in the last six months: {count}. "
                "Some of them may have gone.",
                "你的 {size} 个客户中，最近六个月没有有效订单的有 {count} 个，其中有些可能已经流失。",
            ),
            "content": Text(
                "Customers among your {size} who gave no sign of being unhappy: {count}. "
                "A visit changes little for them.",
                "你的 {size} 个客户中，没有任何不满迹象的有 {count} 个，上门服务对他们作用不大。",
            ),
            "costly": Text(
                "Customers among your {size} who cost at least as much as they brought in the last twelve "
                "months: {count}. Keeping them may gain nothing.",
                "你的 {size} 个客户中，最近十二个月花费不低于毛利的有 {count} 个，留住他们未必有收益。",
            ),
        },
    ),
    hints=(
        Text(
            "Many tickets are no bad sign: busy customers ask a lot, and praise is a ticket too. Keep the "
            "customers with a lowest mark of 3 or less, or with a ticket that is not closed.",
            "工单多不是坏事：买得多的客户问得也多，表扬也是工单。"
            "请留下最低评分不超过 3 分，或有工单尚未关闭的客户。",
        ),
        Text(
            "Among the unhappy, those count who bring most after their expenses: "
            "`margin` less `expenses`. Whoever left brings nothing.",
            "在不满的客户中，扣除费用后带来最多的才最重要：`margin` 减去 `expenses`。"
            "已经流失的客户不再带来任何东西。",
        ),
        Text(
            "Keep the unhappy with an order in the last 120 days, sort by `margin` less `expenses` from high "
            "to low, and take 20.",
            "留下最近 120 天内下过单的不满客户，按 `margin` 减 `expenses` 从高到低排序，取前 20 个。",
        ),
    ),
    right=Text(
        "A visit pays where three things meet: the customer is still here, is worth keeping, and has "
        "a reason to leave. How easily each one leaves, no table shows.",
        "上门服务要同时满足三个条件才划算：客户还在、值得留住、而且有离开的理由。"
        "至于每个客户有多容易离开，任何表中都看不出来。",
    ),
)
def visits(company: Company) -> pd.DataFrame:
    customers = company.truth.customers.set_index("customer_id")
    ids = customers.index
    tickets = table(company, "tickets")
    tickets = tickets[within(tickets["opened_at"], LATELY, TODAY)]
    unhappy = (tickets["status"] != "closed") | (tickets["satisfaction"] <= UNHAPPY).fillna(False)
    content = ~ids.isin(tickets.loc[unhappy, "customer_id"])
    spent = _by_customer(company, LATELY, TODAY).mul(100).round().astype("int64").reindex(ids, fill_value=0)
    gone = customers["left_on"] <= company.today
    worth = (customers["margin_per_year_cents"] - spent).mask(gone, 0)
    saved = customers["type"].map(LEAVES).fillna(0).astype("int64") * SAVED_LET_DOWN
    saved = saved.mask(content, saved * SAVED_CONTENT // SAVED_LET_DOWN)
    brought = _contributions(company, LATELY, TODAY).reindex(ids, fill_value=0)
    return pd.DataFrame(
        {
            "value_cents": worth * saved // 100_000 - VISIT_CENTS,
            "naive": ids.isin(best(tickets["customer_id"].value_counts(), 20)),
            "quiet": ~ids.isin(latest_orders(company, 6)["customer_id"]),
            "content": content,
            "costly": brought <= 0,
        }
    ).reset_index()
