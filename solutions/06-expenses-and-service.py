# ---
# jupyter:
#   crmlab:
#     lab: "06"
#     minutes: 85
#     needs: ["01"]
#     title:
#       en: Expenses and service
#       zh: 费用与服务
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lab 06 · Expenses and service
#
# **What does a customer cost us, and are they satisfied?**
#
# | | |
# |---|---|
# | **You will learn to** | say what the company spent, on whom and when · keep what belongs to nobody · set a customer's expenses against its gross margin · read satisfaction when most customers say nothing · decide where a service visit pays |
# | **You need** | lab 01: select rows, `groupby`, `merge`, net sales |
# | **Time** | about 85 minutes, 8 questions, 20 points |
#
# Run a cell with **Shift + Enter**. Start at the top and go down.

# %% [markdown] lang="zh"
# # 实验 06 · 费用与服务
#
# **一个客户要花我们多少钱？他们满意吗？**
#
# | | |
# |---|---|
# | **你将学会** | 说明公司花了多少钱、花在谁身上、什么时候花的 · 保留不属于任何客户的费用 · 把客户的费用与毛利对照 · 在多数客户不评价时读懂满意度 · 判断上门服务哪些客户才划算 |
# | **你需要** | 做过实验 01：筛选行、`groupby`、`merge`、净销售额 |
# | **时间** | 约 85 分钟，8 道题，共 20 分 |
#
# 按 **Shift + Enter** 运行一个单元格。请从上到下依次进行。

# %% [markdown] lang="en"
# ## The request
#
# > **From:** Service manager<br>
# > **To:** You, new in the sales office<br>
# > **Date:** Saturday, 31 January 2026<br>
# > **Subject:** 20 service visits
# >
# > The sales director says that customers have become expensive. Some are taken out to dinner and never order. I should like to see
# > it in figures: what did we spend in 2025, how much of it on customers, and who costs more than they bring?
# >
# > Then there is my own budget. I can pay for **20 free service visits at 1,000 yuan each**. A technician goes there, looks at everything
# > that we have sold, and puts right what went wrong. So far I have sent the technician to the customers with the most tickets. But many
# > tickets do not mean that a customer is unhappy, and some of these customers have left us since.
# >
# > A visit should go where we might lose a customer, and where that would hurt. Please give me **the 20 customers**, by Tuesday.

# %% [markdown] lang="zh"
# ## 任务
#
# > **发件人：** 服务经理<br>
# > **收件人：** 你，销售部新同事<br>
# > **日期：** 2026 年 1 月 31 日，星期六<br>
# > **主题：** 20 次上门服务
# >
# > 销售总监说，客户越来越费钱：有些客户请了饭，却从不下单。我想看看数字：2025 年我们花了多少钱？其中多少花在客户身上？哪些客户花掉的比带来的还多？
# >
# > 另外是我自己的预算。我可以安排 **20 次免费上门服务，每次 1,000 元**：技术员到客户那里，把我们卖出的东西都检查一遍，把出过的问题处理好。以前总是谁的工单最多就去谁那里。可是工单多不等于客户不满意，而且其中有些客户后来已经离开我们了。
# >
# > 上门服务应该用来留住那些我们可能失去、又想留住的客户。请在星期二之前给我**这 20 个客户**的名单。

# %% [markdown] lang="en"
# ## Open the company
#
# Two tables are new. `company.expenses` holds every **expense claim** (报销): what somebody at the company spent, on what, when, and for
# which customer. `company.tickets` holds every **service ticket** (服务工单): what a customer asked the service, when, and how satisfied the
# customer was in the end. Today is 31 January 2026.

# %% [markdown] lang="zh"
# ## 打开公司
#
# 有两张表是新的。`company.expenses` 记录每一笔**报销**（expense claim）：公司的人花了多少钱、用在什么上、哪一天、为哪个客户。`company.tickets` 记录每一张**服务工单**（service ticket）：客户在什么时候提出了什么请求，最后是否满意。今天是 2026 年 1 月 31 日。

# %%
import pandas as pd

from crmlab import check, explore, hint, open_company, progress, solution
from crmlab.analysis import expense_composition, expense_trend, menu, profit, service_feedback

company = open_company()
company

# %%
expenses = company.expenses
expenses.head()

# %% [markdown] lang="en"
# ## 1 · What did we spend?
#
# A claim is first *submitted*, then *approved* or *rejected*, and an approved one is *paid* some weeks later. The column `status` says how far
# it has come. A comparison such as `expenses["status"] == "paid"` gives true or false for each row. `.sum()` counts the true ones, and
# `int` makes an ordinary number of the result:

# %% [markdown] lang="zh"
# ## 1 · 我们花了多少钱？
#
# 报销先*提交*（`submitted`），然后*批准*（`approved`）或*驳回*（`rejected`）；批准后过几个星期才*支付*（`paid`）。`status` 列表示进行到哪一步。像 `expenses["status"] == "paid"` 这样的比较，对每一行给出真或假；`.sum()` 统计其中有多少个真，`int` 把结果变成普通的整数：

# %%
int((expenses["status"] == "paid").sum())

# %% [markdown] lang="en"
# ### Question 6.1 (1 point)
#
# How many of all claims on file were **rejected** (`"rejected"`)?
#
# *Hand in:* a number of claims. `hint("6.1")` helps, and `solution("6.1")` shows how we did it.

# %% [markdown] lang="zh"
# ### 问题 6.1（1 分）
#
# 在登记的全部报销中，有多少笔**被驳回**（`"rejected"`）？
#
# *提交：* 报销笔数。`hint("6.1")` 给出提示，`solution("6.1")` 显示我们的做法。

# %% student="6.1"
rejected_claims = ...

# %% solution="6.1"
rejected_claims = int((expenses["status"] == "rejected").sum())
rejected_claims

# %% [markdown] lang="en" solution="6.1"
# The comparison gives one true or false for each claim. True counts as 1 in a sum.

# %% [markdown] lang="zh" solution="6.1"
# 比较的结果是每笔报销一个真或假，求和时真按 1 计。

# %% check="6.1"
check("6.1", rejected_claims)

# %% [markdown] lang="en"
# **Guess first.** Of every 100 yuan of **gross margin** (毛利: net sales less the cost of the goods) in 2025, how many yuan did the company
# spend on expenses?

# %% [markdown] lang="zh"
# **先猜一猜。** 2025 年每 100 元**毛利**（gross margin：净销售额减去货物成本）中，公司有多少元花在了费用上？

# %%
my_guess = 40

# %% [markdown] lang="en"
# **Now look.** This is the screen **Expense composition** (费用构成). It shows 2025 by customer. Find the row "unassigned" (未分配): expenses that
# belong to no customer. Then change "By" to employee and to kind. Who spends most, and on what?

# %% [markdown] lang="zh"
# **再看一看。** 这是**费用构成分析**（expense composition）页面，按客户显示 2025 年的费用。找到“未分配”（unassigned）这一行：它是不属于任何客户的费用。再把“统计方式”改成员工和费用类型：谁花得最多？花在什么上？

# %%
explore(company, "expense-composition", start="2025-01-01", end="2025-12-31", by="customer")

# %% [markdown] lang="en"
# How good was your guess? The first number is yours, the second is the company's.

# %% [markdown] lang="zh"
# 你猜得准吗？第一个数是你的，第二个数是公司的实际情况。

# %%
by_customer = expense_composition(company, start="2025-01-01", end="2025-12-31", by="customer")
company_margin = profit(company, start="2025-01-01", end="2025-12-31")["margin"].sum()
my_guess, round(100 * float(by_customer["amount"].sum() / company_margin), 1)

# %% [markdown] lang="en"
# ### From the screen to code
#
# Two rules make an expense of a period:
#
# - It counts on the day on which it was **incurred** (发生), `incurred_on`: the day of the dinner, not the day on which the company paid it
#   back (`paid_on`).
# - It counts in full unless the claim was **rejected**. What is only submitted or approved was spent, too.
#
# Here are the expenses of **2024**. `!=` means "is not". `incurred_on` is a day without a time, so nothing can be lost on the last day.

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# 一笔费用怎样计入某个期间，有两条规则：
#
# - 计入费用**发生**（incurred）的那一天，即 `incurred_on`：是吃饭的那天，而不是公司付款的那天（`paid_on`）。
# - 只要没有**被驳回**，就全额计入。只是已提交或已批准的，钱也已经花了。
#
# 下面是 **2024 年**的费用。`!=` 表示“不等于”。`incurred_on` 只有日期、没有时间，所以最后一天不会丢失。

# %%
not_rejected = expenses["status"] != "rejected"
in_2024 = (expenses["incurred_on"] >= "2024-01-01") & (expenses["incurred_on"] < "2025-01-01")
spent_2024 = expenses[not_rejected & in_2024]
round(float(spent_2024["amount"].sum()), 2)

# %% [markdown] lang="en"
# ### Question 6.2 (3 points)
#
# What were the expenses of **2025**?
#
# *Hand in:* an amount in yuan, to two decimals. Keep the rows in a table `spent_2025`: you will need it again.

# %% [markdown] lang="zh"
# ### 问题 6.2（3 分）
#
# **2025 年**的费用是多少？
#
# *提交：* 金额，单位为元，保留两位小数。请把这些行留在表 `spent_2025` 中，后面还要用。

# %% student="6.2"
spent_2025 = ...
expenses_2025 = ...

# %% solution="6.2"
in_2025 = (expenses["incurred_on"] >= "2025-01-01") & (expenses["incurred_on"] < "2026-01-01")
spent_2025 = expenses[not_rejected & in_2025]
expenses_2025 = round(float(spent_2025["amount"].sum()), 2)
expenses_2025

# %% [markdown] lang="en" solution="6.2"
# Only the years change. A dinner of December 2025 that is paid in January 2026 belongs to 2025, and a claim that nobody has
# paid yet is an expense all the same.

# %% [markdown] lang="zh" solution="6.2"
# 只需要改年份。2025 年 12 月的一顿饭，到 2026 年 1 月才付款，仍属于 2025 年；还没有付款的报销，同样是费用。

# %% check="6.2"
check("6.2", expenses_2025)

# %% [markdown] lang="en"
# ## 2 · Whom did we spend it on?
#
# `groupby` adds up by employee or by customer. Here are the five employees who spent most in **2024**, with their names:

# %% [markdown] lang="zh"
# ## 2 · 钱花在了谁身上？
#
# `groupby` 可以按员工或按客户求和。下面是 **2024 年**花费最多的五名员工及其姓名：

# %%
by_employee = spent_2024.groupby("employee_id")["amount"].sum().reset_index()
by_employee = by_employee.merge(company.employees[["employee_id", "name", "role"]], on="employee_id")
by_employee.sort_values("amount", ascending=False).head()

# %% [markdown] lang="en"
# Every expense has an employee, but not every expense has a customer. The rent of a copier, a training course and the bill for an
# advertisement serve everybody: this is **overhead** (公共费用). And sometimes there was a customer, and nobody noted which. `isna()` is true
# where a value is missing, `notna()` where it is there. `mean()` of true and false is the share of the true ones. In 2024 this share
# of all *claims* had a customer, in percent:

# %% [markdown] lang="zh"
# 每笔费用都有报销的员工，但不是每笔都有客户。复印机的租金、培训课程、广告费是为全体客户服务的：这叫**公共费用**（overhead）。也有些费用本来有客户，只是没人登记。`isna()` 在缺失的地方为真，`notna()` 在有值的地方为真；对真假值用 `mean()`，得到真所占的比例。2024 年属于客户的*笔数*占百分之几：

# %%
round(100 * float(spent_2024["customer_id"].notna().mean()), 1)

# %% [markdown] lang="en"
# ### Question 6.3 (2 points)
#
# How many yuan of the expenses of **2025** belong to **no customer** (`customer_id` is missing), and how many percent of all expenses of
# 2025 is that? The *amount* is asked for, not the number of claims.
#
# *Hand in:* a list of two values, `[unassigned, share]`: yuan to two decimals, and percent to one decimal.

# %% [markdown] lang="zh"
# ### 问题 6.3（2 分）
#
# **2025 年**的费用中，有多少元**不属于任何客户**（`customer_id` 缺失）？占 2025 年全部费用的百分之几？问的是*金额*，不是笔数。
#
# *提交：* 一个包含两个值的列表 `[unassigned, share]`：金额（元）保留两位小数，百分比保留一位小数。

# %% student="6.3"
unassigned = ...
share = ...

# %% solution="6.3"
no_customer = spent_2025["customer_id"].isna()
unassigned = round(float(spent_2025.loc[no_customer, "amount"].sum()), 2)
share = round(100 * unassigned / expenses_2025, 1)
[unassigned, share]

# %% [markdown] lang="en" solution="6.3"
# `groupby("customer_id")` would drop these rows without a word, and the customers' expenses would not add up to the total.

# %% [markdown] lang="zh" solution="6.3"
# `groupby("customer_id")` 会悄悄丢掉这些行，各客户的费用之和就不等于总额。

# %% check="6.3"
check("6.3", [unassigned, share])

# %% [markdown] lang="en"
# ## 3 · When do we spend it?
#
# The screen **Expense trend** (费用趋势) shows the twelve months of one year. Change the year and look for a pattern. Then choose one recorder,
# an employee who spent the money: there may be months without any expense, and they stay in the table, with 0.

# %% [markdown] lang="zh"
# ## 3 · 钱是什么时候花的？
#
# **费用趋势分析**（expense trend）页面显示一年的十二个月。换几个年份，看看有没有规律。再选择一名记录操作者，也就是花这笔钱的员工：有些月份可能没有任何费用，但仍留在表中，值为 0。

# %%
explore(company, "expense-trend", year=2025)

# %% [markdown] lang="en"
# In code, such months are easily lost. Here are the large expenses of **2024**, those of more than 3,000 yuan, by month. `.dt.month` takes the
# month out of a date:

# %% [markdown] lang="zh"
# 在代码中，这样的月份很容易丢失。下面是 **2024 年**超过 3,000 元的大额费用，按月统计。`.dt.month` 从日期中取出月份：

# %%
large_2024 = spent_2024[spent_2024["amount"] > 3000]
month = large_2024["incurred_on"].dt.month
by_month = large_2024.groupby(month)["amount"].sum()
by_month

# %% [markdown] lang="en"
# `groupby` only knows the months that occur. `reindex(range(1, 13), fill_value=0)` asks for the months 1 to 12 and puts 0 where there is
# nothing. `rename_axis` names the index, and `reset_index` makes a column of it:

# %% [markdown] lang="zh"
# `groupby` 只知道出现过的月份。`reindex(range(1, 13), fill_value=0)` 要求 1 到 12 月都在，没有的填 0。`rename_axis` 给索引命名，`reset_index` 把索引变成一列：

# %%
by_month = by_month.reindex(range(1, 13), fill_value=0)
by_month.rename_axis("month").reset_index(name="amount")

# %% [markdown] lang="en"
# ### Question 6.4 (3 points)
#
# The bills of **campaigns** (营销活动) come in bursts. What did campaigns cost in each month of **2025**? The bill of a campaign has a
# number in `campaign_id`; all other expenses have none. Take `spent_2025`, go by `incurred_on`, and keep the months without a bill.
#
# *Hand in:* a table with the columns `month` (1 to 12) and `amount` (yuan), twelve rows.

# %% [markdown] lang="zh"
# ### 问题 6.4（3 分）
#
# **营销活动**（campaign）的费用总是集中在某些月份。**2025 年**每个月的营销活动费用是多少？营销活动的费用在 `campaign_id` 中有编号，其他费用没有。从 `spent_2025` 出发，以 `incurred_on` 为准，没有费用的月份也要保留。
#
# *提交：* 一张表，列为 `month`（1 到 12）和 `amount`（元），共十二行。

# %% student="6.4"
campaigns_by_month = ...

# %% solution="6.4"
campaigns = spent_2025[spent_2025["campaign_id"].notna()]
by_month = campaigns.groupby(campaigns["incurred_on"].dt.month)["amount"].sum()
by_month = by_month.reindex(range(1, 13), fill_value=0)
campaigns_by_month = by_month.rename_axis("month").reset_index(name="amount")
campaigns_by_month

# %% [markdown] lang="en" solution="6.4"
# Without `reindex` the table would have fewer rows, and a chart of it would put months side by side that are far apart.

# %% [markdown] lang="zh" solution="6.4"
# 不用 `reindex`，表就少了几行；画成图时，相隔很远的月份会挨在一起。

# %% check="6.4"
check("6.4", campaigns_by_month)

# %% [markdown] lang="en"
# ## 4 · Who costs more than they bring?
#
# A customer **contributes** its gross margin less the expenses that carry its number. We call this the **customer contribution** (客户贡献), and
# the expenses are a part of the **cost to serve** (客户服务成本). Net sales alone say little: a customer can buy a lot, at a thin margin, and be
# taken out to dinner every month.
#
# The gross margin comes from the order lines: net sales less quantity × `unit_cost`, the cost on the day of the sale. As in lab 01, only lines of
# **valid orders** (有效订单) count, returns included, by `booked_at`. The next cell makes a column `margin` for all valid lines:

# %% [markdown] lang="zh"
# ## 4 · 谁花掉的比带来的还多？
#
# 客户的毛利减去登记在该客户名下的费用，就是它的贡献，我们称为**客户贡献**（customer contribution）；这些费用是**客户服务成本**（cost to serve）的一部分。只看净销售额说明不了多少：有的客户买得多、毛利薄，还每个月请吃饭。
#
# 毛利用订单明细计算：净销售额减去 数量 × `unit_cost`（销售当日的成本）。与实验 01 一样，只计**有效订单**（valid order）的明细，包括退货，以 `booked_at` 为准。下面的单元格为所有有效明细新建一列 `margin`：

# %%
orders = company.orders
valid_orders = orders[orders["status"].isin(["confirmed", "shipped", "completed"])]
lines = company.order_lines.merge(valid_orders[["order_id", "customer_id"]], on="order_id")
net_sales = lines["quantity"] * lines["unit_price"] * (1 - lines["discount"] / 100)
lines["margin"] = net_sales - lines["quantity"] * lines["unit_cost"]
lines[["line_id", "customer_id", "booked_at", "quantity", "margin"]].head()

# %% [markdown] lang="en"
# The margin and the expenses are two columns, each by customer, and not every customer is in both. Look what `-` does with two small
# columns, and what `sub` with `fill_value=0` does:

# %% [markdown] lang="zh"
# 毛利和费用是两列，各自按客户汇总，但并不是每个客户两列都有。看看两个小例子：`-` 的结果，以及 `sub` 加上 `fill_value=0` 的结果：

# %%
brought = pd.Series({"A": 900, "B": 400})
cost = pd.Series({"B": 100, "C": 250})
brought - cost

# %%
brought.sub(cost, fill_value=0)

# %% [markdown] lang="en"
# With `-`, whoever is missing on one side becomes `NaN`, and C, who costs 250 and brings nothing, cannot be seen.
#
# ### Question 6.5 (3 points)
#
# Which **ten customers** had the lowest contribution in **2025**: gross margin of 2025 (lines booked in 2025) less their expenses of 2025
# (`spent_2025`)? Customers with expenses and without sales belong to it. If two were equal, the smaller customer number would come first.
#
# *Hand in:* ten customer numbers, the lowest contribution first.

# %% [markdown] lang="zh"
# 用 `-` 相减，只在一边出现的就成了 `NaN`；而 C 花了 250、什么也没带来，反而看不见了。
#
# ### 问题 6.5（3 分）
#
# **2025 年**客户贡献最低的是哪**十个客户**？客户贡献 = 2025 年的毛利（记帐时间在 2025 年的明细）减去 2025 年的费用（`spent_2025`）。有费用但没有购买的客户也在内。如果两个客户相同，客户编号小的排在前面。
#
# *提交：* 十个客户编号，贡献最低的排在最前。

# %% student="6.5"
lowest_ten = ...

# %% solution="6.5"
lines_2025 = lines[(lines["booked_at"] >= "2025-01-01") & (lines["booked_at"] < "2026-01-01")]
margin_2025 = lines_2025.groupby("customer_id")["margin"].sum()
cost_2025 = spent_2025.groupby("customer_id")["amount"].sum()
contribution = margin_2025.sub(cost_2025, fill_value=0).round(2).reset_index(name="contribution")
contribution = contribution.sort_values(["contribution", "customer_id"])
lowest_ten = contribution["customer_id"].head(10).tolist()
contribution.head(10)

# %% [markdown] lang="en" solution="6.5"
# Both columns have the customer number as index, so pandas finds the pairs itself. `fill_value=0` keeps those who are in only one of them.

# %% [markdown] lang="zh" solution="6.5"
# 两列都以客户编号为索引，pandas 会自动配对；`fill_value=0` 保留只在一列中出现的客户。

# %% check="6.5"
check("6.5", lowest_ten)

# %% [markdown] lang="en"
# ## 5 · Are they satisfied?
#
# When a ticket is closed, the customer is asked for a mark from 1 (very dissatisfied) to 5 (very satisfied): the **satisfaction** (满意度).
# Many do not answer. The screen **Service feedback** (服务反馈构成) shows tickets by what the customer said, one row a customer.
# Change "Rates from" to 1 and back to 5, and watch the column with the satisfied share.

# %% [markdown] lang="zh"
# ## 5 · 他们满意吗？
#
# 工单关闭时，系统请客户打分，从 1 分（非常不满意）到 5 分（非常满意）：这就是**满意度**（satisfaction）。很多客户不作评价。**服务反馈构成分析**（service feedback）页面按客户的评价统计工单，打开时按客户显示。把“计算满意率至少需要”改成 1 份评价，再改回 5 份，观察满意率那一列。

# %%
explore(company, "service-feedback", by="customer", minimum=5)

# %% [markdown] lang="en"
# In the table, no answer is a missing value. It is not a mark of 0, and it is not bad. `dropna()` leaves it out. Here are the tickets that were
# opened in **2024**: how many tickets, how many marks, and their mean:

# %% [markdown] lang="zh"
# 在表中，没有评价就是缺失值。它不是 0 分，也不代表不好。`dropna()` 去掉缺失值。下面是 **2024 年**提出的工单：工单数、评分数和平均分：

# %%
tickets = company.tickets
tickets_2024 = tickets[(tickets["opened_at"] >= "2024-01-01") & (tickets["opened_at"] < "2025-01-01")]
marks_2024 = tickets_2024["satisfaction"].dropna()
len(tickets_2024), len(marks_2024), round(float(marks_2024.mean()), 2)

# %% [markdown] lang="en"
# ### Question 6.6 (2 points)
#
# Take the tickets that were opened in **2025** (`opened_at`).
#
# - Which percentage of these *tickets* has an answer of the customer, that is a mark? This is the **response rate** (评价率).
# - Which percentage of these *answers* is 4 or 5? This is the **satisfied share** (满意率).
#
# *Hand in:* a list of two values, `[answer_share, satisfied_share]`, in percent, to one decimal.

# %% [markdown] lang="zh"
# ### 问题 6.6（2 分）
#
# 取 **2025 年**提出的工单（以 `opened_at` 为准）。
#
# - 这些*工单*中，有客户评价（即有评分）的占百分之几？这是**评价率**（response rate）。
# - 这些*评价*中，4 分或 5 分的占百分之几？这是**满意率**（satisfied share）。
#
# *提交：* 一个包含两个值的列表 `[answer_share, satisfied_share]`，单位为百分比，保留一位小数。

# %% student="6.6"
answer_share = ...
satisfied_share = ...

# %% solution="6.6"
tickets_2025 = tickets[(tickets["opened_at"] >= "2025-01-01") & (tickets["opened_at"] < "2026-01-01")]
marks_2025 = tickets_2025["satisfaction"].dropna()
answer_share = round(100 * len(marks_2025) / len(tickets_2025), 1)
satisfied_share = round(100 * float((marks_2025 >= 4).mean()), 1)
[answer_share, satisfied_share]

# %% [markdown] lang="en" solution="6.6"
# The two shares have different bases: the first is of all tickets, the second only of those with an answer. A report should always
# show both, because a high satisfied share of few answers says little.

# %% [markdown] lang="zh" solution="6.6"
# 两个比例的分母不同：第一个是全部工单，第二个只是有评价的工单。报告中应同时给出这两个数，因为评价很少时，满意率再高也说明不了什么。

# %% check="6.6"
check("6.6", [answer_share, satisfied_share])

# %% [markdown] lang="en"
# The same by customer is dangerous. Whoever answered once is 0 % or 100 % satisfied. So a rate needs a **least number of answers**.
#
# The next cell shows how: it takes the tickets with an answer, makes a column that says whether we were **fast**, that is whether the ticket had its first
# answer within one day, and counts by customer. `.agg(["count", "mean"])` gives two columns: how many rows, and which share is true.

# %% [markdown] lang="zh"
# 按客户计算就危险了：只评价过一次的客户，满意率不是 0% 就是 100%。所以计算比率需要**最少评价数**。
#
# 下面的单元格演示做法：取有评价的工单，新建一列，表示我们答复得**快不快**，即是否在一天之内首次答复，再按客户统计。`.agg(["count", "mean"])` 给出两列：有多少行，以及其中真所占的比例。

# %%
answered = tickets[tickets["satisfaction"].notna()].copy()
answered["fast"] = answered["first_answer_at"] - answered["opened_at"] <= pd.Timedelta(days=1)
speed = answered.groupby("customer_id")["fast"].agg(["count", "mean"])
speed[(speed["count"] >= 6) & (speed["mean"] < 0.6)]

# %% [markdown] lang="en"
# ### Question 6.7 (3 points)
#
# Which customers are often **not satisfied**? Take the tickets of **all years**. Asked for are the customers with **at least 5 answers**, of which
# **less than 75 %** are 4 or 5.
#
# *Hand in:* their customer numbers, in any order.

# %% [markdown] lang="zh"
# ### 问题 6.7（3 分）
#
# 哪些客户经常**不满意**？取**所有年份**的工单，找出**至少有 5 份评价**、且其中 4 分或 5 分**不到 75%** 的客户。
#
# *提交：* 这些客户的编号，顺序不限。

# %% student="6.7"
seldom_satisfied = ...

# %% solution="6.7"
answered["satisfied"] = answered["satisfaction"] >= 4
rates = answered.groupby("customer_id")["satisfied"].agg(["count", "mean"])
low = rates[(rates["count"] >= 5) & (rates["mean"] < 0.75)]
seldom_satisfied = low.index.tolist()
low

# %% [markdown] lang="en" solution="6.7"
# `answered` holds only tickets with an answer, so `count` is the number of answers and `mean` the satisfied share.

# %% [markdown] lang="zh" solution="6.7"
# `answered` 中只有带评价的工单，所以 `count` 是评价数，`mean` 是满意率。

# %% check="6.7"
check("6.7", seldom_satisfied)

# %% [markdown] lang="en"
# ## 6 · Decide
#
# ### Question 6.8 (3 points)
#
# Choose the **20 customers** who get a free service visit. Our company is made up, so this lab knows who will stay and what they will bring. The
# check plays your list out over the next twelve months. These are its rules:
#
# - A visit **costs 1,000 yuan**, whoever gets it.
# - What can be **lost** is the customer's contribution of the next twelve months: the gross margin that the lab knows, less expenses as high as in the last
#   twelve months. Whoever has **left already** brings nothing any more, and the visit is wasted.
# - Everybody leaves with some risk. Whoever was **let down** in the last twelve months (since 1 February 2025) leaves three times as easily: a ticket opened since then got
#   a mark of 1, 2 or 3, or is still not closed. The visit takes the risk back to normal. For all **others**
#   a visit changes little: an eighth as much.
# - How high the normal risk is depends on the kind of customer. No table shows it.
#
# You read what your list earns, what the best list would have earned, and what the service manager's old rule earns: the 20 customers with the most
# tickets of the last twelve months. Your points are your share of the best. Nobody reaches all of it, and you may try as often as you like.
#
# The next cell puts on one card for each customer what the company knows about the **last twelve months**. A new column finds its customer by the index; a
# count that is missing is 0.

# %% [markdown] lang="zh"
# ## 6 · 做决定
#
# ### 问题 6.8（3 分）
#
# 选出 **20 个客户**，各安排一次免费上门服务。这家公司是虚构的，所以本实验知道谁会留下、会带来多少。检查程序会按你的名单推演今后十二个月，规则如下：
#
# - 无论去哪个客户那里，一次上门服务都**花费 1,000 元**。
# - 可能**失去**的，是客户今后十二个月的贡献：本实验所知的毛利，减去与最近十二个月相同的费用。**已经流失**的客户不再带来任何东西，去了也是白去。
# - 每个客户都有一定的离开风险。最近十二个月（2025 年 2 月 1 日以来）**对我们失望过**的客户，离开的风险是平时的三倍：这段时间提出的工单得了 1、2 或 3 分，或者至今没有关闭。上门服务能使风险恢复正常。对**其他客户**，上门服务作用很小，只有前者的八分之一。
# - 平时的风险有多高，取决于客户的类型，任何表中都看不出来。
#
# 检查会告诉你：你的名单带来多少，最佳名单能带来多少，服务经理的老办法（最近十二个月工单最多的 20 个客户）又带来多少。得分按你的收益占最佳收益的比例计算，没有人能达到百分之百。你可以反复尝试。
#
# 下面的单元格为每个客户做一张卡片，汇总公司所知的**最近十二个月**的情况。新的一列按索引找到对应的客户；缺失的计数就是 0。

# %%
lately = "2025-02-01"
recent_lines = lines[lines["booked_at"] >= lately]
recent_spent = expenses[not_rejected & (expenses["incurred_on"] >= lately)]
recent_tickets = tickets[tickets["opened_at"] >= lately]
not_closed = recent_tickets[recent_tickets["status"] != "closed"]

cards = company.customers.set_index("customer_id")[["name"]]
cards["margin"] = recent_lines.groupby("customer_id")["margin"].sum()
cards["expenses"] = recent_spent.groupby("customer_id")["amount"].sum()
cards["tickets"] = recent_tickets.groupby("customer_id").size()
cards["not_closed"] = not_closed.groupby("customer_id").size()
counted = ["margin", "expenses", "tickets", "not_closed"]
cards[counted] = cards[counted].fillna(0)
cards["lowest_mark"] = recent_tickets.groupby("customer_id")["satisfaction"].min()
cards["last_order"] = valid_orders.groupby("customer_id")["ordered_at"].max()
cards.sort_values("tickets", ascending=False).head()

# %% [markdown] lang="en"
# Two conditions are joined by `|` when one of them is enough. Here are customers with many tickets *or* with high expenses:

# %% [markdown] lang="zh"
# 两个条件只要满足其一时，用 `|` 连接。下面是工单多*或者*费用高的客户：

# %%
cards[(cards["tickets"] >= 8) | (cards["expenses"] > 8000)]

# %% [markdown] lang="en"
# *Hand in:* 20 customer numbers, in any order.

# %% [markdown] lang="zh"
# *提交：* 20 个客户编号，顺序不限。

# %% student="6.8"
visits_to = ...

# %% solution="6.8"
let_down = (cards["lowest_mark"] <= 3) | (cards["not_closed"] > 0)
still_here = cards["last_order"] >= company.today - pd.Timedelta(days=120)
cards["contribution"] = cards["margin"] - cards["expenses"]
chosen = cards[let_down & still_here].sort_values("contribution", ascending=False).head(20)
visits_to = chosen.index.tolist()
chosen

# %% [markdown] lang="en" solution="6.8"
# Our rule has three parts: a reason to leave, an order in the last four months, and among those the highest contribution of the last
# twelve months. It is not the best possible list, because nobody sees how easily each customer leaves. It beats the
# old rule, because that one visits whoever asks a lot: busy and content customers, and some who have left.

# %% [markdown] lang="zh" solution="6.8"
# 我们的规则有三条：有离开的理由；最近四个月下过单；其中取最近十二个月贡献最高的。它不是最佳名单，因为谁也看不出每个客户有多容易离开；但它胜过老办法，因为老办法去的是问得多的客户：买得多而且满意的客户，还有一些已经离开的客户。

# %% check="6.8"
check("6.8", visits_to)

# %% [markdown] lang="en"
# ## Wrap up
#
# Managers read one chart and three sentences. Here is the chart.

# %% [markdown] lang="zh"
# ## 小结
#
# 管理者只看一张图和三句话。图在这里。

# %%
menu.find("expense-composition").chart(by_customer, company)

# %% [markdown] lang="en"
# And these are the sentences that the CRM itself would write. Yours should be better: say what the service manager should *do*.

# %% [markdown] lang="zh"
# 下面是 CRM 自己写的三句话。你应该写得更好：告诉服务经理应该*做什么*。

# %%
trend = expense_trend(company, year=2025)
feedback = service_feedback(company, start="2025-01-01", end="2025-12-31", by="kind")
print(menu.find("expense-composition").finding(by_customer, company))
print(menu.find("expense-trend").finding(trend, company))
print(menu.find("service-feedback").finding(feedback, company))

# %% [markdown] lang="en"
# **My three sentences:**
#
# 1. What we spend, and on whom: …
# 2. What our customers say, and how many say nothing: …
# 3. The technician should visit …, because …
#
# ### Terms

# %% [markdown] lang="zh"
# **我的三句话：**
#
# 1. 我们花了多少钱，花在谁身上：……
# 2. 客户怎么说，有多少客户没有评价：……
# 3. 技术员应该去……，因为……
#
# ### 术语

# %% [markdown] terms="expense claim; incurred; overhead; unassigned; expense composition; expense trend; campaign; gross margin; customer contribution; cost to serve; service ticket; satisfaction; response rate; satisfied share"

# %% [markdown] lang="en"
# ### How far you are

# %% [markdown] lang="zh"
# ### 你的进度

# %% tags=["nbval-ignore-output"]
progress()
