# ---
# jupyter:
#   crmlab:
#     lab: "02"
#     minutes: 80
#     needs: ["01"]
#     title:
#       en: Receivables
#       zh: 应收帐款
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lab 02 · Receivables
#
# **Who owes us money, since when, and whom do we call first?**
#
# | | |
# |---|---|
# | **You will learn to** | state what customers owe on a given day · sort debts by their age · say how long the company waits for its money · find receipts that were booked to the wrong customer · decide who is worth a phone call |
# | **You need** | lab 01, or a first look at pandas: select rows, `groupby`, `merge` |
# | **Time** | about 80 minutes, 8 questions, 20 points |
#
# Run a cell with **Shift + Enter**. Start at the top and go down.

# %% [markdown] lang="zh"
# # 实验 02 · 应收帐款
#
# **谁欠我们的钱？欠了多久？先给谁打电话？**
#
# | | |
# |---|---|
# | **你将学会** | 算出客户在某一天的欠款 · 按帐龄划分欠款 · 说明公司要等多久才能收到钱 · 找出记错客户的收款 · 判断给谁打催款电话才划算 |
# | **你需要** | 做过实验 01，或者对 pandas 有初步认识：筛选行、`groupby`、`merge` |
# | **时间** | 约 80 分钟，8 道题，共 20 分 |
#
# 按 **Shift + Enter** 运行一个单元格。请从上到下依次进行。

# %% [markdown] lang="en"
# ## The request
#
# > **From:** Credit controller<br>
# > **To:** You, new in the sales office<br>
# > **Date:** Saturday, 31 January 2026<br>
# > **Subject:** Who owes us what, and whom do I call?
# >
# > The auditors come on Monday. They ask three things about the end of the year, **31 December 2025**: what customers owed us,
# > how long it had been due, and how many days we wait for our money.
# >
# > And there is my own question. Before Spring Festival I have time for **25 phone calls**. A call takes a good while and costs us about
# > 30 yuan. All others who are overdue get a letter, which costs 1 yuan. So far I have called whoever owed most. I doubt that this
# > is right: some of them pay on time anyway, and a call changes nothing. Please give me the **25 customers** whom I should call.
# >
# > One more thing. Last year I called a customer whose payment had been booked to somebody else. That must not happen again.

# %% [markdown] lang="zh"
# ## 任务
#
# > **发件人：** 信用主管<br>
# > **收件人：** 你，销售部新同事<br>
# > **日期：** 2026 年 1 月 31 日，星期六<br>
# > **主题：** 谁欠我们多少？我该给谁打电话？
# >
# > 审计师星期一要来。关于去年年末，也就是 **2025 年 12 月 31 日**，他们要问三件事：客户欠我们多少，到期多久了，我们要等多少天才能收到钱。
# >
# > 另外是我自己的问题。春节之前，我有时间打 **25 个电话**。打一个电话要花不少时间，成本约 30 元；其余的逾期客户各寄一封催款函，成本 1 元。以前总是谁欠得最多就给谁打。我怀疑这样不对：有些客户本来就按时付款，打了电话也没有什么不同。请告诉我应该给哪 **25 个客户**打电话。
# >
# > 还有一件事。去年我催过一个客户，结果他早就付了，只是款项记到了别人名下。这种事不能再发生了。

# %% [markdown] lang="en"
# ## Open the company
#
# Two tables are new. `company.receipts` holds every **receipt** (收款): money that arrived, with its day and the order that it paid.
# `due_on` in `company.orders` is the **due date** (到期日): the day until which the customer may wait. In this company every valid order
# is one **invoice** (发票). All amounts are without VAT. Today is 31 January 2026.

# %% [markdown] lang="zh"
# ## 打开公司
#
# 有两样东西是新的。`company.receipts` 记录每一笔**收款**（receipt）：到帐的金额、日期和所付的订单。`company.orders` 中的 `due_on` 是**到期日**（due date）：客户最晚应在这一天付款。在这家公司，每张有效订单就是一张**发票**（invoice）。所有金额都不含增值税。今天是 2026 年 1 月 31 日。

# %%
import pandas as pd

from crmlab import check, explore, hint, open_company, progress, solution
from crmlab.analysis import collection_calls, menu, receivables, receivables_by_customer

company = open_company()
company

# %%
orders = company.orders
receipts = company.receipts
receipts.head()

# %% [markdown] lang="en"
# ## 1 · How much money came in?
#
# Here are the receipts of **2024**, and what they add up to. A **refund** (退款), money that was paid back to a customer, is a receipt
# with a negative amount, so it takes itself off the sum.

# %% [markdown] lang="zh"
# ## 1 · 收到了多少钱？
#
# 下面是 **2024 年**的收款及其合计。**退款**（refund），也就是退还给客户的钱，是金额为负的收款，求和时自然被减去。

# %%
in_2024 = (receipts["received_on"] >= "2024-01-01") & (receipts["received_on"] < "2025-01-01")
receipts_2024 = receipts[in_2024]
round(float(receipts_2024["amount"].sum()), 2)

# %% [markdown] lang="en"
# ### Question 2.1 (1 point)
#
# How much money came in from customers in **2025**, less what was paid back?
#
# *Hand in:* an amount in yuan, to two decimals. `hint("2.1")` helps, and `solution("2.1")` shows how we did it.

# %% [markdown] lang="zh"
# ### 问题 2.1（1 分）
#
# **2025 年**公司从客户那里收到了多少钱（减去退款）？
#
# *提交：* 金额，单位为元，保留两位小数。`hint("2.1")` 给出提示，`solution("2.1")` 显示我们的做法。

# %% student="2.1"
received_2025 = ...

# %% solution="2.1"
in_2025 = (receipts["received_on"] >= "2025-01-01") & (receipts["received_on"] < "2026-01-01")
received_2025 = round(float(receipts.loc[in_2025, "amount"].sum()), 2)
received_2025

# %% [markdown] lang="en" solution="2.1"
# A receipt counts on the day on which the money arrived, whenever the goods were sold.

# %% [markdown] lang="zh" solution="2.1"
# 收款以款项到帐的日期为准，与货物何时售出无关。

# %% check="2.1"
check("2.1", received_2025)

# %% [markdown] lang="en"
# ## 2 · What do customers owe us?
#
# What was sold and not yet paid are the **receivables** (应收帐款). What is not paid by its due date is **overdue** (逾期).
#
# **Guess first.** How much of what customers owed at the end of 2025 was overdue? Write your guess, in percent, into the next cell.

# %% [markdown] lang="zh"
# ## 2 · 客户欠我们多少？
#
# 已经售出、尚未收到的款项就是**应收帐款**（receivables）。过了到期日还没有付的，就是**逾期**（overdue）。
#
# **先猜一猜。** 2025 年末的欠款中，有百分之几已经逾期？把你的猜测写进下面的单元格。

# %%
my_guess = 10

# %% [markdown] lang="en"
# **Now look.** The screen *Receivables* states what is open on one day. Change the day: what happens to the bars a month earlier or later?

# %% [markdown] lang="zh"
# **再看一看。** *应收帐款分析*页面列出某一天未收的金额。试着改变日期：早一个月或晚一个月，柱形图有什么变化？

# %%
explore(company, "receivables", end="2025-12-31")

# %% [markdown] lang="en"
# The first number is your guess, the second is the company's.

# %% [markdown] lang="zh"
# 第一个数是你的猜测，第二个数是公司的实际情况。

# %%
year_end = receivables(company, end="2025-12-31")
not_due = year_end.loc[year_end["bucket"] == "not_due", "share"].sum()
my_guess, round(100 * float(1 - not_due), 1)

# %% [markdown] lang="en"
# ### From the screen to code
#
# What is open on an order on a day is
#
# > open = what was booked for it until that day − what was received for it until that day
#
# Three steps do that; here for **31 December 2024**. First, the lines of all valid orders and what each is worth. (Returns have a
# negative quantity; they count on the day on which the goods came back, `booked_at`.)

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# 一张订单在某一天的未收金额是：
#
# > 未收金额 = 截至当日的记帐金额 − 截至当日的收款
#
# 分三步计算，这里以 **2024 年 12 月 31 日**为例。第一步，取所有有效订单的明细，算出每行的金额。（退货的数量为负，计入货物退回的那一天，即 `booked_at`。）

# %%
lines = company.order_lines.merge(orders[["order_id", "status"]], on="order_id")
lines["amount"] = lines["quantity"] * lines["unit_price"] * (1 - lines["discount"] / 100)
lines = lines[lines["status"].isin(["confirmed", "shipped", "completed"])]
lines[["order_id", "booked_at", "quantity", "amount"]].head()

# %% [markdown] lang="en"
# Second, add up by order what was booked and what was received, both **until that day**.

# %% [markdown] lang="zh"
# 第二步，按订单分别求出记帐金额和收款，两者都只算**到那一天为止**的。

# %%
booked_by_then = lines[lines["booked_at"] < "2025-01-01"]
received_by_then = receipts[receipts["received_on"] < "2025-01-01"]
invoiced_2024 = booked_by_then.groupby("order_id")["amount"].sum()
received_2024 = received_by_then.groupby("order_id")["amount"].sum()
len(invoiced_2024), len(received_2024)

# %% [markdown] lang="en"
# Third, subtract. The two have different orders: some have no receipt yet, and for some the money came before the goods. `a - b` would be
# missing for those. `a.sub(b, fill_value=0)` takes 0 where one of them has nothing. `round(2)` removes tiny remainders of the calculation.

# %% [markdown] lang="zh"
# 第三步，相减。两者包含的订单并不相同：有的还没有收款，有的先收款后发货。对这些订单，`a - b` 会得到缺失值。`a.sub(b, fill_value=0)` 在一方没有值时按 0 计算。`round(2)` 去掉计算留下的微小尾差。

# %%
open_2024 = invoiced_2024.sub(received_2024, fill_value=0).round(2)
open_2024[open_2024 != 0].tail()

# %% [markdown] lang="en"
# Above zero, the customer owes us money. Below zero it is a **credit balance** (贷方余额): we owe the customer, because the money came ahead
# (a **prepayment**, 预收款), or because goods came back after they were paid. A credit balance of one customer does not make the debt of
# another any smaller, so the two sides stay apart: also within one customer, invoice by invoice.
#
# ### Question 2.2 (4 points)
#
# What was open on **31 December 2025**? Do the steps for that day. Then add up what is above zero, and apart from it what is below zero.
#
# *Hand in:* a list `[owed, credit]`, two amounts in yuan to two decimals. Give the credit balances as a positive amount.

# %% [markdown] lang="zh"
# 大于零，是客户欠我们的钱。小于零是**贷方余额**（credit balance）：我们欠客户的钱，因为客户预先付了款（**预收款**，prepayment），或者付款之后又退了货。一个客户的贷方余额不会减少另一个客户的欠款，所以两边要分开；同一客户的不同发票之间也是如此。
#
# ### 问题 2.2（4 分）
#
# **2025 年 12 月 31 日**的未收金额是多少？请对这一天重做上面的步骤，然后把大于零的金额相加，再把小于零的金额另行相加。
#
# *提交：* 列表 `[owed, credit]`，即欠款合计与贷方余额合计，单位为元，保留两位小数。贷方余额写成正数。

# %% student="2.2"
owed_and_credit = [..., ...]

# %% solution="2.2"
booked_by_then = lines[lines["booked_at"] < "2026-01-01"]
received_by_then = receipts[receipts["received_on"] < "2026-01-01"]
invoiced_2025 = booked_by_then.groupby("order_id")["amount"].sum()
received_by_order = received_by_then.groupby("order_id")["amount"].sum()
open_2025 = invoiced_2025.sub(received_by_order, fill_value=0).round(2)
owed_2025 = round(float(open_2025[open_2025 > 0].sum()), 2)
credit_2025 = round(float(-open_2025[open_2025 < 0].sum()), 2)
owed_and_credit = [owed_2025, credit_2025]
owed_and_credit

# %% [markdown] lang="en" solution="2.2"
# The state of a day knows nothing of later days. What was paid in January 2026 was still owed on 31 December, so lines *and*
# receipts end on that day.

# %% [markdown] lang="zh" solution="2.2"
# 某一天的状态不包含以后发生的事。2026 年 1 月才付的款，在 12 月 31 日仍是欠款，所以明细*和*收款都截止到这一天。

# %% check="2.2"
check("2.2", owed_and_credit)

# %% [markdown] lang="en"
# ## 3 · Since when is it due?
#
# **Ageing** (帐龄分析) sorts debts by the days since they were *due*. It does not count from the day of the order: a customer with 60
# days of credit is not late after 45. For 2024, the days late are the day minus the due date; below zero, an invoice is not due yet.

# %% [markdown] lang="zh"
# ## 3 · 到期多久了？
#
# **帐龄分析**（ageing）按*到期*以来的天数划分欠款，而不是从下单日算起：信用期为 60 天的客户，过了 45 天还不算逾期。以 2024 年为例，逾期天数等于当日减去到期日；小于零表示发票还没有到期。

# %%
items_2024 = open_2024.reset_index(name="open")
items_2024 = items_2024.merge(orders[["order_id", "customer_id", "due_on"]], on="order_id")
items_2024["days_late"] = (pd.Timestamp("2024-12-31") - items_2024["due_on"]).dt.days
items_2024[items_2024["open"] > 0].tail()

# %% [markdown] lang="en"
# `pd.cut` puts numbers into groups. Each group includes its upper edge: look where 0, 30 and 31 go. An invoice that is due on the day
# itself is not overdue.

# %% [markdown] lang="zh"
# `pd.cut` 把数字分组。每组包含自己的上界：看看 0、30 和 31 分到了哪一组。当天到期的发票不算逾期。

# %%
edges = [-10000, 0, 30, 60, 90, 10000]
ages = ["not_due", "days_1_30", "days_31_60", "days_61_90", "over_90"]
example = pd.DataFrame({"days_late": [-20, 0, 1, 30, 31, 95]})
example["bucket"] = pd.cut(example["days_late"], bins=edges, labels=ages)
example

# %% [markdown] lang="en"
# ### Question 2.3 (3 points)
#
# Split what was **owed on 31 December 2025** into these five groups. Credit balances are not part of it: keep only what is above zero.
# With `groupby("bucket", observed=False)` a group without invoices stays, with 0.
#
# *Hand in:* a table with the columns `bucket` (the five words of `ages`) and `amount` (yuan, two decimals).

# %% [markdown] lang="zh"
# ### 问题 2.3（3 分）
#
# 把 **2025 年 12 月 31 日的欠款**分成这五组。贷方余额不包括在内：只保留大于零的金额。用 `groupby("bucket", observed=False)`，没有发票的组也会保留，金额为 0。
#
# *提交：* 一张表，列为 `bucket`（`ages` 中的五个词）和 `amount`（元，两位小数）。

# %% student="2.3"
ageing_2025 = ...

# %% solution="2.3"
items_2025 = open_2025.reset_index(name="open")
items_2025 = items_2025.merge(orders[["order_id", "customer_id", "due_on"]], on="order_id")
items_2025["days_late"] = (pd.Timestamp("2025-12-31") - items_2025["due_on"]).dt.days
items_2025["bucket"] = pd.cut(items_2025["days_late"], bins=edges, labels=ages)
owed_items = items_2025[items_2025["open"] > 0]
ageing_2025 = owed_items.groupby("bucket", observed=False)["open"].sum().round(2)
ageing_2025 = ageing_2025.reset_index(name="amount")
ageing_2025

# %% [markdown] lang="en" solution="2.3"
# The five amounts add up to what is owed in 2.2. If they do not, an edge of `pd.cut` lost a row.

# %% [markdown] lang="zh" solution="2.3"
# 五组金额之和应等于 2.2 的欠款合计。如果不等，就是 `pd.cut` 的边界漏掉了某些行。

# %% check="2.3"
check("2.3", ageing_2025)

# %% [markdown] lang="en"
# ## 4 · How long do we wait for our money?
#
# **DSO** (days sales outstanding, 应收帐款周转天数) says how many days of sales are not paid yet:
#
# > DSO = balance ÷ net sales of the last 365 days × 365
#
# The **balance** is what is owed less the credit balances. **Net sales** (净销售额) are the `amount` of all valid lines that were booked in
# the period, returns included. If everybody paid on the due date, DSO would be about as long as the **credit terms** (信用期), the days
# that we let customers wait.
#
# ### Question 2.4 (2 points)
#
# What was DSO on **31 December 2025**? The last 365 days are the year 2025.
#
# *Hand in:* a number of days, to one decimal.

# %% [markdown] lang="zh"
# ## 4 · 我们要等多久才能收到钱？
#
# **应收帐款周转天数**（DSO，days sales outstanding）说明有多少天的销售额还没有收到：
#
# > DSO = 应收余额 ÷ 最近 365 天的净销售额 × 365
#
# **应收余额**（balance）是欠款减去贷方余额。**净销售额**（net sales）是该期间记帐的所有有效明细的 `amount` 之和，包括退货。如果人人都在到期日付款，DSO 就大致等于**信用期**（credit terms），也就是我们允许客户等待的天数。
#
# ### 问题 2.4（2 分）
#
# **2025 年 12 月 31 日**的 DSO 是多少？最近 365 天就是 2025 年。
#
# *提交：* 天数，保留一位小数。

# %% student="2.4"
dso_2025 = ...

# %% solution="2.4"
sold_in_2025 = (lines["booked_at"] >= "2025-01-01") & (lines["booked_at"] < "2026-01-01")
net_sales_2025 = float(lines.loc[sold_in_2025, "amount"].sum())
dso_2025 = round((owed_2025 - credit_2025) / net_sales_2025 * 365, 1)
dso_2025

# %% [markdown] lang="en" solution="2.4"
# A balance belongs to one day, sales to a period. DSO brings the two together: so many days of sales are still outstanding.

# %% [markdown] lang="zh" solution="2.4"
# 余额属于某一天，销售额属于一段期间。DSO 把两者联系起来：有这么多天的销售额还没有收到。

# %% check="2.4"
check("2.4", dso_2025)

# %% [markdown] lang="en"
# ## 5 · Who is late today?
#
# Now to the calls. For them the state of **today** counts, 31 January 2026. First make sure that nobody is called whose money is here.
#
# A receipt names two things: the customer to whom it was credited, and the order that it paid. Now and then the two do not fit. The next cell
# looks up the customer of each order. Both tables have a column `customer_id`; `suffixes` says what is added to the two names.

# %% [markdown] lang="zh"
# ## 5 · 今天谁逾期了？
#
# 现在来看催款电话。这里要看**今天**（2026 年 1 月 31 日）的情况。首先要确保不去催已经付了款的客户。
#
# 一笔收款写着两样东西：记入哪个客户，付的是哪张订单。两者偶尔对不上。下面的单元格为每笔收款查出订单的客户。两张表都有 `customer_id` 列，`suffixes` 规定在这两个列名后面各加什么。

# %%
customers_of_orders = orders[["order_id", "customer_id", "due_on"]]
payments = receipts.merge(customers_of_orders, on="order_id", suffixes=("_credited", "_of_order"))
payments[["receipt_id", "received_on", "amount", "customer_id_credited", "customer_id_of_order"]].head()

# %% [markdown] lang="en"
# ### Question 2.5 (2 points)
#
# Which receipts that arrived in **2025** were credited to another customer than the one whose order they paid?
#
# *Hand in:* the numbers of all these receipts (`receipt_id`), in any order.

# %% [markdown] lang="zh"
# ### 问题 2.5（2 分）
#
# **2025 年**到帐的收款中，哪些记入的客户与所付订单的客户不同？
#
# *提交：* 所有这些收款的编号（`receipt_id`），顺序不限。

# %% student="2.5"
wrong_receipts = ...

# %% solution="2.5"
in_2025 = (payments["received_on"] >= "2025-01-01") & (payments["received_on"] < "2026-01-01")
differs = payments["customer_id_credited"] != payments["customer_id_of_order"]
wrong_receipts = payments.loc[in_2025 & differs, "receipt_id"].tolist()
wrong_receipts

# %% [markdown] lang="en" solution="2.5"
# We computed what is open by *order*, so our lists are right in spite of these receipts. A list by the customer of the receipt would not be.

# %% [markdown] lang="zh" solution="2.5"
# 我们是按*订单*计算未收金额的，所以尽管有这些记错的收款，名单仍然正确。如果按收款上的客户计算，就会出错。

# %% check="2.5"
check("2.5", wrong_receipts)

# %% [markdown] lang="en"
# Look at the screen *Receivables by customer* of today. Who is overdue with the largest amount, and for how long? Who has a credit balance?

# %% [markdown] lang="zh"
# 看一看今天的*应收帐款按客户*页面。谁的逾期金额最大？逾期多久了？谁有贷方余额？

# %%
explore(company, "receivables-by-customer", end="2026-01-31", top=20)

# %% [markdown] lang="en"
# The next cell makes two tables for you: `owed`, all invoices that are not fully paid **today**, and `overdue`, those of them that are late. Nothing is booked
# or received later than today, so it needs no limit of dates.

# %% [markdown] lang="zh"
# 下面的单元格为你准备了两张表：`owed` 是**今天**所有没有付清的发票，`overdue` 是其中逾期的。今天以后还没有记帐和收款，所以不需要限定日期。

# %%
invoiced = lines.groupby("order_id")["amount"].sum()
received = receipts.groupby("order_id")["amount"].sum()
items = invoiced.sub(received, fill_value=0).round(2).reset_index(name="open")
items = items.merge(orders[["order_id", "customer_id", "due_on"]], on="order_id")
items["days_late"] = (company.today - items["due_on"]).dt.days
owed = items[items["open"] > 0]
overdue = owed[owed["days_late"] > 0]
overdue.head()

# %% [markdown] lang="en"
# ### Question 2.6 (2 points)
#
# Which **ten customers** have the largest overdue amount today? If two had the same amount, the smaller customer number would come first.
# As an example, these are the customers with the largest amount on all open invoices, due or not:

# %% [markdown] lang="zh"
# ### 问题 2.6（2 分）
#
# 今天**逾期金额最大的十个客户**是谁？如果两个客户金额相同，客户编号小的排在前面。作为例子，下面是全部未付发票（无论是否到期）金额最大的客户：

# %%
owed_by_customer = owed.groupby("customer_id")["open"].sum().round(2).reset_index()
owed_by_customer.sort_values(["open", "customer_id"], ascending=[False, True]).head(3)

# %% [markdown] lang="en"
# *Hand in:* ten customer numbers (`customer_id`), the largest overdue amount first.

# %% [markdown] lang="zh"
# *提交：* 十个客户编号（`customer_id`），逾期金额最大的排在最前。

# %% student="2.6"
most_overdue = ...

# %% solution="2.6"
late = overdue.groupby("customer_id")["open"].sum().round(2).reset_index()
late = late.sort_values(["open", "customer_id"], ascending=[False, True])
most_overdue = late["customer_id"].head(10).tolist()
most_overdue

# %% [markdown] lang="en" solution="2.6"
# The two lists differ: whoever buys a lot owes a lot, and may still pay every invoice on time.

# %% [markdown] lang="zh" solution="2.6"
# 两份名单并不相同：买得多的客户自然欠得多，但可能每张发票都按时付款。

# %% check="2.6"
check("2.6", most_overdue)

# %% [markdown] lang="en"
# Some customers have never paid anything. They are easy to miss: in a list made from receipts they do not appear at all. To find what is
# *not* in another table, put `~` (not) in front of `isin`. For example, these are the customers who have never ordered:

# %% [markdown] lang="zh"
# 有些客户从来没有付过款。他们很容易被漏掉：从收款表出发，根本看不到他们。要找出*不在*另一张表里的记录，可以在 `isin` 前面加 `~`（非）。例如，下面是从未下过订单的客户：

# %%
never_ordered = company.customers[~company.customers["customer_id"].isin(orders["customer_id"])]
never_ordered["customer_id"].unique()[:5]

# %% [markdown] lang="en"
# ### Question 2.7 (2 points)
#
# Which customers owe us something **today** (overdue or not) and have **never** paid anything, for any order? A receipt belongs to the customer of the order
# that it paid.
#
# *Hand in:* the numbers of all these customers (`customer_id`), in any order, each once.

# %% [markdown] lang="zh"
# ### 问题 2.7（2 分）
#
# 哪些客户**今天**有欠款（无论是否逾期），而且**从未**为任何订单付过款？收款属于所付订单的客户。
#
# *提交：* 所有这些客户的编号（`customer_id`），顺序不限，每个只写一次。

# %% student="2.7"
never_paid = ...

# %% solution="2.7"
has_paid = owed["customer_id"].isin(payments["customer_id_of_order"])
never_paid = owed.loc[~has_paid, "customer_id"].unique()
never_paid

# %% [markdown] lang="en" solution="2.7"
# Most of them are new customers whose first invoice is not due yet. Nobody knows how they pay, so it is wise not to deliver much more until they do.

# %% [markdown] lang="zh" solution="2.7"
# 他们大多是新客户，第一张发票还没有到期。没有人知道他们怎样付款，所以在收到第一笔款之前，最好不要再发太多的货。

# %% check="2.7"
check("2.7", never_paid)

# %% [markdown] lang="en"
# ## 6 · Decide
#
# Whom a call moves depends on how a customer usually pays. The CRM does not say what kind of payer somebody is, but the past shows it. Here is how many days after the
# due date each customer paid on average, for the receipts of **2024**. `clip(lower=0)` makes what came early 0 days late. The last line counts
# customers by that number: can you see three kinds?

# %% [markdown] lang="zh"
# ## 6 · 做决定
#
# 电话对谁有用，取决于客户平时怎样付款。CRM 里没有登记客户属于哪一类付款人，但过去的记录能看出来。下面按 **2024 年**的收款，计算每个客户平均在到期日之后多少天付款。`clip(lower=0)` 把提前付款算作逾期 0 天。最后一行按这个天数统计客户数：你能看出三类客户吗？

# %%
payments["days_late"] = (payments["received_on"] - payments["due_on"]).dt.days.clip(lower=0)
in_2024 = (payments["received_on"] >= "2024-01-01") & (payments["received_on"] < "2025-01-01")
habits_2024 = payments[in_2024].groupby("customer_id_of_order")["days_late"].mean()
pd.cut(habits_2024, bins=[-1, 5, 15, 40, 60, 1000]).value_counts().sort_index()

# %% [markdown] lang="en"
# ### Question 2.8 (4 points)
#
# Choose the **25 customers** who get a phone call. It costs 29 yuan more than the letter that they would get otherwise. What it brings is a part of
# the amount that is **overdue today**:
#
# - a customer who normally pays **on time**: nothing. The money is on its way, with or without a call.
# - a customer who normally pays **a few weeks late**: about 1 %. The money comes a little sooner.
# - a customer who normally pays **months late**: about 10 %. Without a call, a part of it would never come.
#
# The check knows what kind each customer really is, and plays your list out: what the 25 calls bring, less what they cost, beside the best
# possible list and beside the credit controller's old rule "whoever owes most". Your points are your share of the best possible. You may try as often as
# you like.
#
# Think about it like this: **expected gain = overdue amount × what a call adds**. The first you have from 2.6. The second you can judge by
# the habits *since 1 January 2025*. `table["customer_id"].map(habits)` looks up each customer's habit. It is missing for customers
# who have not paid anything since then: decide what to do with them; `fillna` puts a number in the gaps.
#
# *Hand in:* 25 customer numbers, in any order.

# %% [markdown] lang="zh"
# ### 问题 2.8（4 分）
#
# 选出 **25 个客户**打催款电话。每个电话比原本要寄的催款函多花 29 元，带来的收益是**今天逾期金额**的一部分：
#
# - 平时**按时**付款的客户：没有收益。不管打不打电话，钱都会来。
# - 平时**晚几个星期**付款的客户：约 1%。钱会早来一些。
# - 平时**晚几个月**付款的客户：约 10%。不打电话，其中一部分就永远收不回来。
#
# 检查程序知道每个客户真正属于哪一类，会按你的名单推演一遍：25 个电话带来多少，减去成本，再与最佳名单和信用主管的老办法“谁欠得最多就打给谁”相比较。得分按你的收益占最佳收益的比例计算。你可以反复尝试。
#
# 可以这样想：**预期收益 = 逾期金额 × 电话的作用**。前者在 2.6 中已经有了；后者可以根据 *2025 年 1 月 1 日以来*的付款习惯来判断。`table["customer_id"].map(habits)` 为每个客户查出付款习惯。这段时间没有付过款的客户会得到缺失值：怎么处理由你决定，`fillna` 可以填补空缺。
#
# *提交：* 25 个客户编号，顺序不限。

# %% student="2.8"
calls_to = ...

# %% solution="2.8"
lately = payments["received_on"] >= "2025-01-01"
habits = payments[lately].groupby("customer_id_of_order")["days_late"].mean()
late["habit"] = late["customer_id"].map(habits)
late["habit"] = late["habit"].fillna(habits.mean())
late["score"] = late["open"] * late["habit"]
ranked = late.sort_values(["score", "customer_id"], ascending=[False, True])
calls_to = ranked["customer_id"].head(25).tolist()
ranked.head().round(1)

# %% [markdown] lang="en" solution="2.8"
# The amount alone is not enough, and the habit alone is not either: a late payer with a small debt is not worth a call. The later
# somebody usually pays, the more a call adds, so the product of both puts the calls in order. Of customers without a habit we know nothing,
# so they get the average one. The rule comes near the best possible list and far beyond "whoever owes most", which spends many calls on large
# customers who pay anyway.

# %% [markdown] lang="zh" solution="2.8"
# 只看金额不够，只看习惯也不够：欠款很少的拖欠客户不值得打电话。平时付款越晚，电话的作用越大，所以用两者的乘积来排序。没有付款习惯可查的客户，我们一无所知，就取平均值。这个规则接近最佳名单，远胜过“谁欠得最多就打给谁”，后者把许多电话花在了本来就会付款的大客户身上。

# %% check="2.8"
check("2.8", calls_to)

# %% [markdown] lang="en"
# ## Wrap up
#
# Managers read one chart and three sentences. Here is the chart.

# %% [markdown] lang="zh"
# ## 小结
#
# 管理者只看一张图和三句话。图在这里。

# %%
by_customer = receivables_by_customer(company)
menu.find("receivables-by-customer").chart(by_customer, company)

# %% [markdown] lang="en"
# And these are the sentences that the CRM itself would write. The last one takes the same gain of 1 percentage point for everybody; you know better. In
# yours, say what the credit controller should *do*.

# %% [markdown] lang="zh"
# 下面是 CRM 自己写的三句话。最后一句假定电话对每个客户的作用相同，都是 1 个百分点；你知道并非如此。在你的三句话里，请告诉信用主管应该*做什么*。

# %%
print(menu.find("receivables").finding(year_end, company))
print(menu.find("receivables-by-customer").finding(by_customer, company))
print(menu.find("collection-calls").finding(collection_calls(company, gain=1), company))

# %% [markdown] lang="en"
# **My three sentences:**
#
# 1. At the end of 2025 customers owed us …, of which … was overdue.
# 2. We wait … days for our money, because …
# 3. The 25 calls should go to …, because …
#
# Lab 12 comes back to this question: it finds the kinds of payers by clustering, and computes how debts grow older from month to month.
#
# ### Terms

# %% [markdown] lang="zh"
# **我的三句话：**
#
# 1. 2025 年末，客户共欠我们……，其中……已逾期。
# 2. 我们要等……天才能收到钱，因为……
# 3. 25 个电话应该打给……，因为……
#
# 实验 12 会回到这个问题：用聚类找出付款类型，并计算欠款逐月变旧的规律。
#
# ### 术语

# %% [markdown] terms="receivables; invoice; receipt; refund; prepayment; credit balance; due date; credit terms; overdue; ageing; DSO; net sales"

# %% [markdown] lang="en"
# ### How far you are

# %% [markdown] lang="zh"
# ### 你的进度

# %% tags=["nbval-ignore-output"]
progress()
