# ---
# jupyter:
#   crmlab:
#     lab: "05"
#     minutes: 85
#     needs: ["01"]
#     title:
#       en: The sales team
#       zh: 销售团队
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lab 05 · The sales team
#
# **Who earns an award, and where does the time go?**
#
# | | |
# |---|---|
# | **You will learn to** | say what one employee did in a year, each measure by its own date · compare salespeople fairly · compute a bonus from sales and collection · find out where working time goes · choose the deals that are worth the work |
# | **You need** | lab 01, or a first look at pandas: select rows, `groupby`, `merge` |
# | **Time** | about 85 minutes, 8 questions, 20 points |
#
# Run a cell with **Shift + Enter**. Start at the top and go down.

# %% [markdown] lang="zh"
# # 实验 05 · 销售团队
#
# **谁应该获奖？时间都花到哪里去了？**
#
# | | |
# |---|---|
# | **你将学会** | 说明一名员工一年的业绩，每个指标按自己的日期统计 · 公平地比较销售员 · 根据销售和回款计算奖金 · 弄清工作时间花在哪里 · 挑选值得投入的销售机会 |
# | **你需要** | 做过实验 01，或者对 pandas 有初步认识：筛选行、`groupby`、`merge` |
# | **时间** | 约 85 分钟，8 道题，共 20 分 |
#
# 按 **Shift + Enter** 运行一个单元格。请从上到下依次进行。

# %% [markdown] lang="en"
# ## The request
#
# > **From:** Sales director<br>
# > **To:** You, in the sales team<br>
# > **Date:** Saturday, 31 January 2026<br>
# > **Subject:** Awards, hours, and the deals for February
# >
# > At the dinner before Spring Festival I hand out the awards for **2025**, and I announce the bonus of each salesperson. Last year people
# > complained: one had sold a lot that came back, another had sold a lot that nobody paid. This time the numbers must be fair, and nobody
# > may be missing from the list, not even those who get nothing.
# >
# > Second: everybody says that there is no time for selling. Begin with yourself: what did you do in 2025, and where did your hours go?
# > And which of our customers have heard nothing from us for months?
# >
# > Third: February is short. The team can work on **15 open deals** and no more. Each takes about **300 yuan** of visits, samples and evenings,
# > whether we win it or not. Please choose the 15.

# %% [markdown] lang="zh"
# ## 任务
#
# > **发件人：** 销售总监<br>
# > **收件人：** 你，销售团队成员<br>
# > **日期：** 2026 年 1 月 31 日，星期六<br>
# > **主题：** 奖项、工时，以及二月要跟进的销售机会
# >
# > 春节前的聚餐上，我要颁发 **2025 年**的奖项，并宣布每位销售员的奖金。去年有人抱怨：有的人卖得多，退货也多；有的人卖得多，货款却收不回来。这次的数字必须公平，名单上一个人也不能少，没有奖金的人也要在上面。
# >
# > 第二件事：人人都说没有时间做销售。先从你自己开始：2025 年你做了什么，时间花在哪里？还有，哪些客户已经几个月没有我们的消息了？
# >
# > 第三件事：二月很短，团队最多只能跟进 **15 个进行中的销售机会**。每个机会无论输赢，都要花大约 **300 元**的拜访、样品和加班费用。请选出这 15 个。

# %% [markdown] lang="en"
# ## Open the company
#
# Two questions of this lab are about **your own account** (自己的帐号): the salesperson that you are in this company. If your instructor
# gave you an account, type it into the form and save it. Without one you work as one of the company's salespeople, and
# everything in the lab works just the same.

# %% [markdown] lang="zh"
# ## 打开公司
#
# 本实验有两道题与**自己的帐号**（your own account）有关，也就是你在这家公司里扮演的销售员。如果老师给了你帐号，请填入表单并保存。没有帐号时，你就是公司里的一名销售员，实验内容完全一样。

# %%
import pandas as pd

from crmlab import check, explore, hint, my_account, open_company, progress, solution
from crmlab.analysis import customer_contacts, menu, pipeline_forecast, sales_performance, working_time

my_account()

# %%
company = open_company()
me = company.me
me

# %% [markdown] lang="en"
# The number is yours: the `employee_id` of your account. Here is your own row among the employees.

# %% [markdown] lang="zh"
# 这个数就是你的帐号对应的员工编号 `employee_id`。下面是员工表中你自己的那一行。

# %%
employees = company.employees
employees[employees["employee_id"] == me]

# %% [markdown] lang="en"
# ## 1 · Who is in the team?
#
# Only salespeople have a sales region. `notna()` is true where a column has a value, so this selects all the salespeople that there ever were:

# %% [markdown] lang="zh"
# ## 1 · 团队里有谁？
#
# 只有销售员才有负责的销售地区。`notna()` 在该列有值时为真，所以下面选出的是有史以来的全部销售员：

# %%
sellers = employees[employees["region"].notna()]
sellers

# %% [markdown] lang="en"
# A condition is a column of true and false, and `sum()` counts what is true. So many of them were hired before 2018:

# %% [markdown] lang="zh"
# 条件的结果是一列真和假，`sum()` 统计有多少个为真。其中在 2018 年之前入职的有：

# %%
int((sellers["hired_on"] < "2018-01-01").sum())

# %% [markdown] lang="en"
# ### Question 5.1 (1 point)
#
# How many salespeople work here **today**? Whoever has gone has a day in `left_on`. Whoever is still here has nothing there;
# `isna()` is true where a value is missing.
#
# *Hand in:* a number of people. `hint("5.1")` helps, and `solution("5.1")` shows how we did it.

# %% [markdown] lang="zh"
# ### 问题 5.1（1 分）
#
# **今天**在职的销售员有多少人？已经离职的人，`left_on` 中有日期；仍在职的人，那里是空的。`isna()` 在值缺失时为真。
#
# *提交：* 人数。`hint("5.1")` 给出提示，`solution("5.1")` 显示我们的做法。

# %% student="5.1"
team_today = ...

# %% solution="5.1"
team_today = int(sellers["left_on"].isna().sum())
team_today

# %% [markdown] lang="en" solution="5.1"
# The table holds everybody who ever worked here. A company forgets nobody, because old orders still need a name.

# %% [markdown] lang="zh" solution="5.1"
# 员工表包含曾在这里工作过的所有人。公司不会删掉任何人，因为旧订单上还需要他们的名字。

# %% check="5.1"
check("5.1", team_today)

# %% [markdown] lang="en"
# ## 2 · What did you do in 2025?
#
# Every record in the CRM knows two people. The **recorder** (记录操作者) keyed it in. The **owner** (负责人) looks after the customer.
# Often they are the same person, but not always: colleagues stand in for each other. "My own account" means the recorder.
#
# The page below shows your own year. Each number goes by **its own date**: an activity by the day on which it began, a deal won by the day
# on which it was closed, an order by the day on which it was placed, net sales (净销售额) by the day on which each line was booked.

# %% [markdown] lang="zh"
# ## 2 · 2025 年你做了什么？
#
# CRM 中的每条记录都涉及两个人：**记录操作者**（recorder）录入这条记录，**负责人**（owner）维护这个客户。两者往往是同一个人，但不总是：同事之间会互相代班。“自己的帐号”指的是记录操作者。
#
# 下面的页面显示你自己的一年。每个数都按**自己的日期**统计：活动按开始的日期，赢单按结束的日期，订单按下单的日期，净销售额（net sales）按每行明细的记帐日期。

# %%
explore(company, "individual-performance", start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# ### From the screen to code
#
# An **opportunity** (销售机会), or deal, is a sale that may come about. Here are your activities that were done, your deals won and your valid
# orders of **2024**. Look at the three dates: each table has another one.

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# **销售机会**（opportunity）是有可能成交的一笔生意。下面是你 **2024 年**已完成的活动、赢单和有效订单。注意三个日期：每张表用的都不一样。

# %%
activities = company.activities
my_activities = activities[(activities["recorder_id"] == me) & (activities["status"] == "done")]
my_activities_2024 = my_activities[
    (my_activities["started_at"] >= "2024-01-01") & (my_activities["started_at"] < "2025-01-01")
]
len(my_activities_2024)

# %%
deals = company.opportunities
my_won = deals[(deals["recorder_id"] == me) & (deals["outcome"] == "won")]
my_won_2024 = my_won[(my_won["closed_on"] >= "2024-01-01") & (my_won["closed_on"] < "2025-01-01")]
len(my_won_2024)

# %%
orders = company.orders
valid_orders = orders[orders["status"].isin(["confirmed", "shipped", "completed"])]
my_orders = valid_orders[valid_orders["recorder_id"] == me]
my_orders_2024 = my_orders[
    (my_orders["ordered_at"] >= "2024-01-01") & (my_orders["ordered_at"] < "2025-01-01")
]
len(my_orders_2024)

# %% [markdown] lang="en"
# For the net sales we need the lines of valid orders. `merge` looks up the order of each line, and with it the recorder. A return is a line with
# a negative quantity; it counts on the day on which the goods came back (`booked_at`).

# %% [markdown] lang="zh"
# 净销售额需要有效订单的明细。`merge` 为每行明细找到所属的订单，从而得到记录操作者。退货是数量为负的明细行，计入货物退回的那一天（`booked_at`）。

# %%
lines = company.order_lines.merge(valid_orders[["order_id", "recorder_id"]], on="order_id")
lines["net_sales"] = lines["quantity"] * lines["unit_price"] * (1 - lines["discount"] / 100)
lines_2024 = lines[(lines["booked_at"] >= "2024-01-01") & (lines["booked_at"] < "2025-01-01")]
my_lines = lines[lines["recorder_id"] == me]
my_lines.head()

# %% [markdown] lang="en"
# ### Question 5.2 (3 points)
#
# What did **you** do in **2025**, as the recorder? Give four values, in this order: your activities done, your deals won, your
# valid orders, and your net sales in yuan to two decimals.
#
# *Hand in:* a list of the four values: `[activities, opportunities_won, orders, net_sales]`.

# %% [markdown] lang="zh"
# ### 问题 5.2（3 分）
#
# 作为记录操作者，**你**在 **2025 年**做了什么？按顺序给出四个值：已完成的活动数、赢单数、有效订单数，以及净销售额（元，保留两位小数）。
#
# *提交：* 四个值组成的列表：`[activities, opportunities_won, orders, net_sales]`。

# %% student="5.2"
my_year = ...

# %% solution="5.2"
my_activities_2025 = my_activities[
    (my_activities["started_at"] >= "2025-01-01") & (my_activities["started_at"] < "2026-01-01")
]
my_won_2025 = my_won[(my_won["closed_on"] >= "2025-01-01") & (my_won["closed_on"] < "2026-01-01")]
my_orders_2025 = my_orders[
    (my_orders["ordered_at"] >= "2025-01-01") & (my_orders["ordered_at"] < "2026-01-01")
]
my_lines_2025 = my_lines[(my_lines["booked_at"] >= "2025-01-01") & (my_lines["booked_at"] < "2026-01-01")]
my_net_sales = round(float(my_lines_2025["net_sales"].sum()), 2)
my_year = [len(my_activities_2025), len(my_won_2025), len(my_orders_2025), my_net_sales]
my_year

# %% [markdown] lang="en" solution="5.2"
# Four tables, four dates, one recorder. With one date for everything, a deal opened in 2024 and won in 2025 would be in the wrong year, and so
# would a return of 2025 of goods that were ordered in 2024.

# %% [markdown] lang="zh" solution="5.2"
# 四张表，四个日期，一个记录操作者。如果所有指标只用一个日期，2024 年建立、2025 年赢得的机会就会算错年份，2024 年下单、2025 年退回的货物也一样。

# %% check="5.2"
check("5.2", my_year)

# %% [markdown] lang="en"
# ## 3 · Who sells, and who collects?
#
# Now the whole team. **Guess first:** does the one who sells the most get an award?
#
# The CRM gives an award by a stated rule. The **target attainment** (目标完成率), net sales divided by the target, must be at least 100 %.
# The **collection rate** (回款率), receipts divided by net sales, must be at least 90 %. Of those who meet both and still work here, the
# three with the highest net sales get an award.
#
# Sales and receipts are credited to whoever keyed in the **order**. Look at the columns "Collection rate", "Attainment" and "Award".

# %% [markdown] lang="zh"
# ## 3 · 谁卖得多？谁收得回来？
#
# 现在看整个团队。**先猜一猜：** 卖得最多的人会获奖吗？
#
# CRM 按既定规则评奖：**目标完成率**（target attainment），即净销售额除以销售目标，至少为 100%；**回款率**（collection rate），即收款除以净销售额，至少为 90%。两项都达到、而且仍在职的人当中，净销售额最高的三人获奖。
#
# 销售和收款都算给录入**订单**的人。请看“回款率”“目标完成率”和“获奖”三列。

# %%
explore(company, "sales-performance", start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# ### From the screen to code
#
# The bonus is paid to those who had a target. So we begin with the targets and look up what each person sold. Here it is for **2024**.
# `map` looks up each number in the index of a column of sums. Whoever sold nothing is not found there; `fillna(0)` writes a 0 instead of losing the person.

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# 奖金发给有销售目标的人，所以我们从目标出发，查找每个人卖了多少。下面以 **2024 年**为例。`map` 在合计结果的索引中查找每个编号。没有销售的人查不到；`fillna(0)` 写上 0，而不是把人丢掉。

# %%
targets = company.targets
team_2024 = targets.loc[targets["year"] == 2024, ["employee_id", "amount"]]
team_2024 = team_2024.rename(columns={"amount": "target"})
sold_2024 = lines_2024.groupby("recorder_id")["net_sales"].sum()
team_2024["net_sales"] = team_2024["employee_id"].map(sold_2024).fillna(0).round(2)
team_2024

# %% [markdown] lang="en"
# The **receipts** (收款) are not so simple. Who keyed them in?

# %% [markdown] lang="zh"
# **收款**（receipt）就没有这么简单了。它们是谁录入的？

# %%
company.receipts["recorder_id"].value_counts().head(3)

# %% [markdown] lang="en"
# Most were keyed in by one person: the credit controller, whose job that is. A salesperson must get credit for the payment of the *orders*
# that this salesperson keyed in. So the recorder of the receipt is taken away with `drop`, and `merge` looks up that of the order:

# %% [markdown] lang="zh"
# 绝大部分是同一个人录入的，也就是信用主管，因为登记收款本来就是信用主管的工作。销售员应该得到的，是自己录入的*订单*所收到的款项。所以用 `drop` 去掉收款的记录操作者，再用 `merge` 查找订单的记录操作者：

# %%
receipts = company.receipts.drop(columns="recorder_id")
receipts = receipts.merge(orders[["order_id", "recorder_id"]], on="order_id")
receipts[["receipt_id", "order_id", "received_on", "amount", "recorder_id"]].head()

# %% [markdown] lang="en"
# We merged with the *orders* and not with the order lines. An order with five lines would have counted its payment five times.
#
# ### Question 5.3 (3 points)
#
# What did each salesperson sell and collect in **2025**? Net sales go by `booked_at`, receipts by `received_on`. Both are credited to whoever
# keyed in the order. Every receipt counts, whatever has become of the order.
#
# *Hand in:* a table with the columns `employee_id`, `net_sales` and `receipts`, in yuan to two decimals, one row for each person with a target
# for 2025.

# %% [markdown] lang="zh"
# 注意我们合并的是*订单*，而不是订单明细。否则一张有五行明细的订单，收款会被计算五次。
#
# ### 问题 5.3（3 分）
#
# **2025 年**每位销售员卖了多少、收回多少？净销售额按 `booked_at`，收款按 `received_on`，都算给录入订单的人。无论订单后来怎样，每笔收款都计入。
#
# *提交：* 一张表，列为 `employee_id`、`net_sales` 和 `receipts`，单位为元，保留两位小数，每个有 2025 年目标的人一行。

# %% student="5.3"
team = ...

# %% solution="5.3"
team = targets.loc[targets["year"] == 2025, ["employee_id", "amount"]]
team = team.rename(columns={"amount": "target"})
lines_2025 = lines[(lines["booked_at"] >= "2025-01-01") & (lines["booked_at"] < "2026-01-01")]
sold = lines_2025.groupby("recorder_id")["net_sales"].sum()
receipts_2025 = receipts[(receipts["received_on"] >= "2025-01-01") & (receipts["received_on"] < "2026-01-01")]
received = receipts_2025.groupby("recorder_id")["amount"].sum()
team["net_sales"] = team["employee_id"].map(sold).fillna(0).round(2)
team["receipts"] = team["employee_id"].map(received).fillna(0).round(2)
team

# %% [markdown] lang="en" solution="5.3"
# Each side is added up on its own, and only the sums are put side by side. That way no payment is counted twice.

# %% [markdown] lang="zh" solution="5.3"
# 两边各自求和，再把合计放在一起。这样就不会重复计算任何一笔收款。

# %% check="5.3"
check("5.3", team)

# %% [markdown] lang="en"
# ### Question 5.4 (3 points)
#
# The director's rule for the **bonus** (奖金) of 2025:
#
# > bonus = 1 % × (net sales − 80 % of the target) × collection rate
#
# Whoever sold less than 80 % of the target gets a bonus of 0. The collection rate is receipts divided by net sales of the
# year, not rounded. It may be above 100 %, because some pay in 2025 what they bought in 2024.
#
# One step of it for **2024**: what each one sold above the *whole* target. `clip(lower=0)` turns everything below 0 into 0.

# %% [markdown] lang="zh"
# ### 问题 5.4（3 分）
#
# 总监为 2025 年定的**奖金**（bonus）规则：
#
# > 奖金 = 1% × (净销售额 − 目标的 80%) × 回款率
#
# 净销售额不到目标 80% 的人，奖金为 0。回款率是当年的收款除以净销售额，不作四舍五入。它可以超过 100%，因为有些客户在 2025 年才付 2024 年的货款。
#
# 以 **2024 年**为例演示其中一步：每个人超过*全部*目标的部分。`clip(lower=0)` 把小于 0 的值都变成 0。

# %%
team_2024["above"] = (team_2024["net_sales"] - team_2024["target"]).clip(lower=0)
team_2024

# %% [markdown] lang="en"
# *Hand in:* a table with the columns `employee_id` and `bonus`, in yuan to two decimals, one row for each person in your table of question 5.3.
# Add columns to `team`, one step at a time; it needs the column `target` too, as `team_2024` has it.

# %% [markdown] lang="zh"
# *提交：* 一张表，列为 `employee_id` 和 `bonus`，单位为元，保留两位小数，问题 5.3 的表中每人一行。给 `team` 加列，一步一步地算；其中也要有 `target` 列，像 `team_2024` 那样。

# %% student="5.4"
bonuses = ...

# %% solution="5.4"
team["collection_rate"] = team["receipts"] / team["net_sales"]
team["above"] = (team["net_sales"] - 0.8 * team["target"]).clip(lower=0)
team["bonus"] = (0.01 * team["above"] * team["collection_rate"]).round(2)
bonuses = team[["employee_id", "bonus"]]
bonuses

# %% [markdown] lang="en" solution="5.4"
# The rule pays for what was sold, kept and collected. A return lowers net sales, and money that does not come in lowers the rate.

# %% [markdown] lang="zh" solution="5.4"
# 这条规则奖励的是卖出去、没有退回、又收回货款的销售。退货会降低净销售额，收不回来的货款会降低回款率。

# %% check="5.4"
check("5.4", bonuses)

# %% [markdown] lang="en"
# And the awards? The CRM names them by its own rule. How good was your guess? Look at the rank.

# %% [markdown] lang="zh"
# 那么奖项呢？CRM 按自己的规则给出名单。你猜对了吗？看看排名。

# %%
performance = sales_performance(company, start="2025-01-01", end="2025-12-31")
performance.loc[
    performance["awarded"], ["rank", "employee", "net_sales", "attainment", "collection_rate"]
].round(2)

# %% [markdown] lang="en"
# ## 4 · Where do the hours go?
#
# **Guess first.** Selling is a visit, a call, a demonstration or a meeting with a customer. What share of its working time, in percent, did the
# team spend on selling in 2025?

# %% [markdown] lang="zh"
# ## 4 · 时间花到哪里去了？
#
# **先猜一猜。** 与客户的拜访、电话、演示和会议属于销售活动。2025 年团队的工作时间有百分之几用在销售活动上？

# %%
my_guess = 60

# %% [markdown] lang="en"
# **Now look.** Each bar is one employee. Change "By" to the kind of activity.

# %% [markdown] lang="zh"
# **再看一看。** 每根条形是一名员工。试着把“统计方式”改为活动类型。

# %%
explore(company, "working-time", start="2025-01-01", end="2025-12-31", by="employee")

# %% [markdown] lang="en"
# The first number is your guess, the second is the team's.

# %% [markdown] lang="zh"
# 第一个数是你的猜测，第二个数是团队的实际情况。

# %%
hours = working_time(company, by="employee", start="2025-01-01", end="2025-12-31")
my_guess, round(100 * float(hours["selling_hours"].sum() / hours["hours"].sum()), 1)

# %% [markdown] lang="en"
# The column `minutes` says how long an activity took. Two things need care. What is still *planned* although its day has passed never happened. And
# where nobody noted the end, `minutes` is missing: `sum` passes over it. We do not guess how long it took; we say how many there are.
# So many of your activities of **2024** have no end, and these were the hours of each employee in 2024:

# %% [markdown] lang="zh"
# `minutes` 列记录活动用了多少分钟。有两点要注意：日期已过却仍为*计划*（`planned`）的活动并没有发生；没有人登记结束时间的活动，`minutes` 是缺失的，`sum` 会跳过它。我们不去猜它用了多久，而是说明这样的活动有多少。下面先是你 **2024 年**没有结束时间的活动数，再是 2024 年每名员工的工时：

# %%
int(my_activities_2024["minutes"].isna().sum())

# %%
done = activities[activities["status"] == "done"]
done_2024 = done[(done["started_at"] >= "2024-01-01") & (done["started_at"] < "2025-01-01")]
(done_2024.groupby("recorder_id")["minutes"].sum() / 60).reset_index(name="hours").round(1)

# %% [markdown] lang="en"
# ### Question 5.5 (3 points)
#
# Where did **your own** hours of **2025** go? Take the activities that you keyed in (you are the recorder) and that were done, and add up their
# hours by `kind`.
#
# *Hand in:* a table with the columns `kind` and `hours`, in hours to one decimal, one row for each kind of which you did something.

# %% [markdown] lang="zh"
# ### 问题 5.5（3 分）
#
# **2025 年**，**你自己的**时间花在哪里？取你录入的（你是记录操作者）、已完成的活动，按活动类型 `kind` 对工时求和。
#
# *提交：* 一张表，列为 `kind` 和 `hours`，单位为小时，保留一位小数，你做过的每类活动一行。

# %% student="5.5"
my_hours = ...

# %% solution="5.5"
my_work_2025 = my_activities[
    (my_activities["started_at"] >= "2025-01-01") & (my_activities["started_at"] < "2026-01-01")
]
my_hours = (my_work_2025.groupby("kind")["minutes"].sum() / 60).reset_index(name="hours").round(1)
my_hours.sort_values("hours", ascending=False)

# %% [markdown] lang="en" solution="5.5"
# `groupby` and `sum`, as for the employees in 2024, but over the kinds and only for you. Counting the rows would give another picture: calls
# are many and short.

# %% [markdown] lang="zh" solution="5.5"
# 与 2024 年按员工统计一样用 `groupby` 和 `sum`，只是按活动类型分组，而且只看你自己。如果数行数，得到的是另一幅图景：电话次数多，时间短。

# %% check="5.5"
check("5.5", my_hours)

# %% [markdown] lang="en"
# ### Question 5.6 (1 point)
#
# A **joint activity** (共同活动) is one in which several employees take part, for example a visit by two. One of them keys it in. The director
# says: "The sum over all employees must be the hours that the activities really took, and **everybody** who took part must be seen."
# Which rule does both?
#
# - **A**: in equal parts to everybody who took part
# - **B**: in full to everybody who took part
# - **C**: in full to the one who keyed the activity in, and nothing to the others
#
# *Hand in:* a letter, such as `"A"`.

# %% [markdown] lang="zh"
# ### 问题 5.6（1 分）
#
# **共同活动**（joint activity）有几名员工参加，例如两个人一起去拜访，由其中一人录入。总监说：“全体员工的合计必须等于这些活动实际的时长，而且参加的人**每一个**都要看得到。”哪条规则两点都满足？
#
# - **A**：由参加的人均分
# - **B**：每个参加的人都计全部时间
# - **C**：全部计入录入该活动的人，其他人不计
#
# *提交：* 一个字母，例如 `"A"`。

# %% student="5.6"
split_rule = ...

# %% solution="5.6"
split_rule = "A"

# %% [markdown] lang="en" solution="5.6"
# B counts the same hours several times, and C hides whoever came along. Hours by employee mean nothing as long as the rule is not said.

# %% [markdown] lang="zh" solution="5.6"
# B 把同样的时间计算了几次，C 看不到同去的人。不说明规则，按员工统计的工时就没有意义。

# %% check="5.6"
check("5.6", split_rule)

# %% [markdown] lang="en"
# Here are the hours of 2025 of the whole team under the three rules A, B and C.

# %% [markdown] lang="zh"
# 下面是整个团队 2025 年的工时，依次按 A、B、C 三条规则计算。

# %%
for rule in ["equal", "each", "recorder"]:
    hours = working_time(company, by="employee", split=rule, start="2025-01-01", end="2025-12-31")
    print(rule, round(float(hours["hours"].sum()), 1))

# %% [markdown] lang="en"
# ## 5 · Who has heard nothing from us?
#
# A **customer contact** (客户联系) is a visit, call, mail, demonstration or meeting with a customer that was **done**. The screen counts them for
# every customer on file, also for those with none, and says how long ago the last one was.

# %% [markdown] lang="zh"
# ## 5 · 哪些客户没有我们的消息？
#
# **客户联系**（customer contact）指**已完成**的与客户的拜访、电话、邮件、演示或会议。页面为登记在册的每个客户统计联系次数，没有联系过的客户也在内，并显示上次联系是多久以前。

# %%
explore(company, "customer-contacts", start="2025-11-01", end="2026-01-31")

# %% [markdown] lang="en"
# Those without a contact are in no row of the activities, so we must begin with the customers. `isin` says who is in a list, and `~` turns true and
# false round. The same idea with another question: the customers who have never placed an order.

# %% [markdown] lang="zh"
# 没有联系过的客户在活动表中一行也没有，所以要从客户表出发。`isin` 判断谁在列表中，`~` 把真假反过来。用另一个问题来示范同样的思路：从来没有下过订单的客户。

# %%
customers = company.customers
never_ordered = customers[~customers["customer_id"].isin(orders["customer_id"])]
len(never_ordered)

# %% [markdown] lang="en"
# And here are the buyers of 2025: customers with at least one valid order in that year.

# %% [markdown] lang="zh"
# 下面是 2025 年的购买客户：当年至少有一张有效订单的客户。

# %%
orders_2025 = valid_orders[
    (valid_orders["ordered_at"] >= "2025-01-01") & (valid_orders["ordered_at"] < "2026-01-01")
]
buyers = customers[customers["customer_id"].isin(orders_2025["customer_id"])]
len(buyers)

# %% [markdown] lang="en"
# ### Question 5.7 (3 points)
#
# Which **buyers of 2025** have had no contact since **1 November 2025** (that day included), up to today? Contacts by anybody in the company count.
# Every activity with a customer is a contact. Planned ones are none.
#
# *Hand in:* the customer numbers (`customer_id`), in any order.

# %% [markdown] lang="zh"
# ### 问题 5.7（3 分）
#
# 哪些 **2025 年的购买客户**从 **2025 年 11 月 1 日**（含当日）到今天没有任何联系？公司里任何人的联系都算。凡是与客户有关的活动都是一次联系，计划中的不算。
#
# *提交：* 客户编号（`customer_id`），顺序不限。

# %% student="5.7"
silent = ...

# %% solution="5.7"
lately = done[done["started_at"] >= "2025-11-01"]
silent = buyers.loc[~buyers["customer_id"].isin(lately["customer_id"]), "customer_id"].tolist()
len(silent)

# %% [markdown] lang="en" solution="5.7"
# We begin with the buyers and take away those with a contact. Nobody is lost, not even those whom nobody ever contacted.

# %% [markdown] lang="zh" solution="5.7"
# 从购买客户出发，去掉有联系的客户。这样谁也不会丢失，包括从来没有人联系过的客户。

# %% check="5.7"
check("5.7", silent)

# %% [markdown] lang="en"
# ## 6 · Decide
#
# Now the deals of February. The **pipeline** (销售管道) is all deals that are open today. The screen weights each with the **win rate** (赢单率) of the stage
# that it has reached: of the earlier deals that came so far and are closed, the share that was won.

# %% [markdown] lang="zh"
# ## 6 · 做决定
#
# 现在来看二月要跟进的机会。**销售管道**（pipeline）是今天所有进行中的机会。页面用**赢单率**（win rate）给每个机会加权：以往到达过同一阶段、现已结束的机会中，赢单所占的比例。

# %%
explore(company, "pipeline-forecast")

# %% [markdown] lang="en"
# Three things are known about each open deal. First, **how far it has come**: `map` looks up the win rate of its stage.

# %% [markdown] lang="zh"
# 关于每个进行中的机会，我们知道三件事。第一，**走到了哪一步**：用 `map` 查找所处阶段的赢单率。

# %%
stage_rates = pipeline_forecast(company).set_index("group")["win_rate"]
open_deals = deals[deals["outcome"] == "open"].copy()
open_deals["stage_rate"] = open_deals["stage"].map(stage_rates)
stage_rates.round(3)

# %% [markdown] lang="en"
# Second, **whether it still moves**. `opportunity_stages` says on which day a deal entered each stage. Among the closed deals we compare those that were
# stuck in their last stage for more than 45 days with the others: how many of the deals in each group were won?

# %% [markdown] lang="zh"
# 第二，**是否还在推进**。`opportunity_stages` 记录机会进入每个阶段的日期。在已结束的机会中，把在最后阶段停留超过 45 天的与其余的相比：各有多少赢单？

# %%
last_move = company.opportunity_stages.groupby("opportunity_id")["entered_on"].max()
closed = deals[deals["outcome"] != "open"].copy()
closed["won"] = closed["outcome"] == "won"
closed["days_still"] = (closed["closed_on"] - closed["opportunity_id"].map(last_move)).dt.days
closed["stuck"] = closed["days_still"] > 45
closed.groupby("stuck")["won"].agg(["size", "mean"]).round(3)

# %% [markdown] lang="en"
# Third, **where the customer came from**. The mean of a column of true and false is the share of true, so this is the win rate of each source (客户来源):

# %% [markdown] lang="zh"
# 第三，**客户从何处而来**。一列真和假的平均值就是真所占的比例，所以下面是每个客户来源（customer source）的赢单率：

# %%
source_rates = closed.groupby("source")["won"].mean()
source_rates.sort_values(ascending=False).round(3)

# %%
open_deals["days_still"] = (company.today - open_deals["opportunity_id"].map(last_move)).dt.days
columns = ["opportunity_id", "source", "expected_amount", "stage", "stage_rate", "days_still", "competitor"]
open_deals[columns].sort_values("expected_amount", ascending=False).head(15)

# %% [markdown] lang="en"
# These are the 15 deals with the largest expected amounts. They are the simple rule, and many would choose them. Look at their stages, and at how long
# they have stood still.
#
# ### Question 5.8 (3 points)
#
# Choose the **15 open deals** on which the team works in February.
#
# Our company is made up, so this lab knows the real chance of every open deal. For each deal that you choose the check counts
#
# > expected amount × real chance of winning it × the company's margin rate of 2025 − 300 yuan for the work
#
# Luck is left out: a deal counts with its chance, not with what happens to become of it. The check tells you what your 15 deals earn, beside the best possible 15
# and beside the simple rule. Your points are your share of the best. You may try as often as you like.
#
# Think about three things. What is a large **amount** worth with a small chance? Which deals have **stopped moving**? And from which **sources**
# do deals come that are won?
#
# *Hand in:* 15 numbers of open deals (`opportunity_id`), in any order.

# %% [markdown] lang="zh"
# 这就是预计金额最大的 15 个机会，也就是简单规则的选择，很多人会这样选。看看它们处在什么阶段，又停留了多久。
#
# ### 问题 5.8（3 分）
#
# 选出团队在二月跟进的 **15 个进行中的机会**。
#
# 这家公司是虚构的，所以本实验知道每个机会真正的赢单概率。对你选中的每个机会，检查程序这样计算：
#
# > 预计金额 × 真正的赢单概率 × 公司 2025 年的毛利率 − 300 元跟进费用
#
# 这里不计运气：每个机会按概率计算，而不看它最后碰巧是赢是输。检查程序会告诉你这 15 个机会能带来多少收益，并与最佳的 15 个和简单规则相比较。得分按你的收益占最佳收益的比例计算。你可以反复尝试。
#
# 请想三件事：**金额**很大、机会很小，值多少？哪些机会已经**停滞不前**？从哪些**来源**来的机会更容易赢？
#
# *提交：* 15 个进行中的机会的编号（`opportunity_id`），顺序不限。

# %% student="5.8"
work_on = ...

# %% solution="5.8"
all_deals_rate = closed["won"].mean()
open_deals["source_rate"] = open_deals["source"].map(source_rates).fillna(all_deals_rate)
open_deals["worth"] = open_deals["expected_amount"] * open_deals["stage_rate"] * open_deals["source_rate"]
moving = open_deals[open_deals["days_still"] <= 45]
moving = moving.sort_values(["worth", "opportunity_id"], ascending=[False, True])
work_on = moving["opportunity_id"].head(15).tolist()
work_on

# %% [markdown] lang="en" solution="5.8"
# We multiply the expected amount by the win rates of stage and source, leave out what has not moved for more than 45 days, and take the first 15. The
# product is not a probability, but it puts the deals in a good order. A deal with a known competitor is won less often; that could be added.

# %% [markdown] lang="zh" solution="5.8"
# 用预计金额乘以阶段和来源的赢单率，去掉超过 45 天没有进展的机会，再取前 15 个。这个乘积并不是概率，但能把机会排出合理的先后。有竞争对手的机会赢得少一些，这一点也可以加进去。

# %% check="5.8"
check("5.8", work_on)

# %% [markdown] lang="en"
# ## Wrap up
#
# Managers read one chart and three sentences. Here is the chart.

# %% [markdown] lang="zh"
# ## 小结
#
# 管理者只看一张图和三句话。图在这里。

# %%
menu.find("sales-performance").chart(performance, company)

# %% [markdown] lang="en"
# And these are the sentences that the CRM itself would write. Yours should be better: say what the sales director should *do*.

# %% [markdown] lang="zh"
# 下面是 CRM 自己写的三句话。你应该写得更好：告诉销售总监应该*做什么*。

# %%
time_spent = working_time(company, by="kind", start="2025-01-01", end="2025-12-31")
contacts = customer_contacts(company, start="2025-11-01", end="2026-01-31")
print(menu.find("sales-performance").finding(performance, company))
print(menu.find("working-time").finding(time_spent, company))
print(menu.find("customer-contacts").finding(contacts, company))

# %% [markdown] lang="en"
# **My three sentences:**
#
# 1. The awards and the bonus go to …, because …
# 2. Our time: …
# 3. In February we work on …, because …
#
# ### Terms

# %% [markdown] lang="zh"
# **我的三句话：**
#
# 1. 奖项和奖金给……，因为……
# 2. 我们的时间：……
# 3. 二月我们跟进……，因为……
#
# ### 术语

# %% [markdown] terms="recorder; owner; net sales; receipt; target attainment; collection rate; opportunity; pipeline; win rate; joint activity; customer contact; customer source; margin rate"

# %% [markdown] lang="en"
# ### How far you are

# %% [markdown] lang="zh"
# ### 你的进度

# %% tags=["nbval-ignore-output"]
progress()
