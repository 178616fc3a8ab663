# ---
# jupyter:
#   crmlab:
#     lab: "07"
#     minutes: 90
#     needs: ["01"]
#     title:
#       en: Segments and lifecycle
#       zh: 客户细分与生命周期
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lab 07 · Segments and lifecycle
#
# **Which kinds of customers do we have, and which of the silent ones are worth a call?**
#
# | | |
# |---|---|
# | **You will learn to** | score customers by recency, frequency and value · find the few products that bring most of the sales · say in which stage of its life a customer is, and where it goes from there · let k-means find groups, and judge them · decide whom to win back |
# | **You need** | lab 01: select rows, `groupby`, `merge`; net sales |
# | **Time** | about 90 minutes, 8 questions, 20 points |
#
# Run a cell with **Shift + Enter**. Start at the top and go down.

# %% [markdown] lang="zh"
# # 实验 07 · 客户细分与生命周期
#
# **我们有哪几类客户？沉默的客户中，哪些值得打电话？**
#
# | | |
# |---|---|
# | **你将学会** | 按最近购买、频次和金额给客户打分 · 找出贡献大部分销售额的少数产品 · 判断客户处于生命周期的哪个阶段，以及之后会走向哪里 · 用 k 均值找出客户群并评价结果 · 决定赢回哪些客户 |
# | **你需要** | 做过实验 01：筛选行、`groupby`、`merge`；净销售额 |
# | **时间** | 约 90 分钟，8 道题，共 20 分 |
#
# 按 **Shift + Enter** 运行一个单元格。请从上到下依次进行。

# %% [markdown] lang="en"
# ## The request
#
# > **From:** Customer manager<br>
# > **To:** You, new in the sales office<br>
# > **Date:** Saturday, 31 January 2026<br>
# > **Subject:** Not all customers are the same
# >
# > We have hundreds of customers on file, and we treat them all alike. Next week I present a plan for the year, and I need to know
# > **which kinds of customers we have**: who buys often, who has just begun, who is on the way out.
# >
# > Then there are the silent ones. About half of those who ever bought have not ordered for six months. Most have gone to somebody else, but
# > not all. I have bought **50 win-back calls** from a call centre, at 30 yuan each. Last year we gave them the
# > customers who had been away longest. It brought nothing at all.
# >
# > Please give me a better list of **50 customers**.

# %% [markdown] lang="zh"
# ## 任务
#
# > **发件人：** 客户经理<br>
# > **收件人：** 你，销售部新同事<br>
# > **日期：** 2026 年 1 月 31 日，星期六<br>
# > **主题：** 客户并不都一样
# >
# > 我们登记了几百个客户，却用同样的方式对待所有人。下周我要汇报全年计划，需要知道**我们有哪几类客户**：谁经常购买，谁刚刚开始，谁正在离开。
# >
# > 还有那些沉默的客户。买过的客户中，大约一半已经半年没有下单了。大多数已经转向别家，但不是全部。我向呼叫中心买了 **50 个赢回电话**，每个 30 元。去年我们把沉默最久的客户交给他们，结果一无所获。
# >
# > 请给我一份更好的名单：**50 个客户**。

# %% [markdown] lang="en"
# ## Open the company
#
# The cell below also prepares two tables that the whole lab uses: the **valid orders** (有效订单), and their lines with the
# **net sales** (净销售额) of each. Returns are lines with a negative quantity; they count on the day on which the goods came back (`booked_at`).

# %% [markdown] lang="zh"
# ## 打开公司
#
# 下面的单元格还准备了整个实验都要用的两张表：**有效订单**（valid orders），以及它们的明细和每行的**净销售额**（net sales）。退货是数量为负的明细行，计入货物退回的那一天（`booked_at`）。

# %%
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from crmlab import check, explore, hint, open_company, progress, solution
from crmlab.analysis import customer_clusters, lifecycle_transitions, menu, rfm

company = open_company()
company

# %%
orders = company.orders
orders = orders[orders["status"].isin(["confirmed", "shipped", "completed"])]
lines = company.order_lines.merge(orders[["order_id", "customer_id"]], on="order_id")
lines["net_sales"] = lines["quantity"] * lines["unit_price"] * (1 - lines["discount"] / 100)
lines[["order_id", "customer_id", "product_id", "booked_at", "quantity", "net_sales"]].head()

# %% [markdown] lang="en"
# ## 1 · Who has ever bought?
#
# This lab looks at the customers **as of a day**: what would we have known on that evening? Orders that came later do not count. Here
# is how many customers had a valid order until **31 December 2024**:

# %% [markdown] lang="zh"
# ## 1 · 谁曾经购买过？
#
# 本实验都是**截至某一天**来看客户：在那天晚上，我们知道些什么？之后的订单一律不算。截至 **2024 年 12 月 31 日**，有过有效订单的客户数是：

# %%
orders_until_2024 = orders[orders["ordered_at"] < "2025-01-01"]
orders_until_2024["customer_id"].nunique()

# %% [markdown] lang="en"
# ### Question 7.1 (1 point)
#
# How many different customers had at least one valid order until **31 December 2025**, in whatever year?
#
# *Hand in:* a number of customers. `hint("7.1")` helps, and `solution("7.1")` shows how we did it.

# %% [markdown] lang="zh"
# ### 问题 7.1（1 分）
#
# 截至 **2025 年 12 月 31 日**，有多少个不同的客户至少有过一张有效订单（不论哪一年）？
#
# *提交：* 客户数。`hint("7.1")` 给出提示，`solution("7.1")` 显示我们的做法。

# %% student="7.1"
buyers_until_2025 = ...

# %% solution="7.1"
orders_until_2025 = orders[orders["ordered_at"] < "2026-01-01"]
buyers_until_2025 = orders_until_2025["customer_id"].nunique()
buyers_until_2025

# %% [markdown] lang="en" solution="7.1"
# Only the date changes. `< "2026-01-01"` keeps all of the last day, and nothing of January 2026.

# %% [markdown] lang="zh" solution="7.1"
# 只需要改日期。`< "2026-01-01"` 保留了最后一天的全部订单，又不包括 2026 年 1 月。

# %% check="7.1"
check("7.1", buyers_until_2025)

# %% [markdown] lang="en"
# ## 2 · RFM: three scores for each customer
#
# **RFM** (RFM 分析) looks at three things: **R**ecency, the days since the last order; **F**requency, the number of orders; and **M**onetary
# value, the net sales. Each gets a score from 1 to 5. Look at the screen: who are the *champions*, and who is *at risk*?

# %% [markdown] lang="zh"
# ## 2 · RFM：给每个客户打三个分
#
# **RFM 分析**（RFM）看三件事：最近购买（**R**ecency），即距最近下单的天数；购买频次（**F**requency），即订单数；购买金额（**M**onetary），即净销售额。每一项打 1 到 5 分。先看页面：谁是*核心客户*，谁是*流失风险客户*？

# %%
explore(company, "rfm", end="2025-12-31")

# %% [markdown] lang="en"
# ### From the screen to code
#
# Three steps make the three measures; here as of **31 December 2024**. `normalize()` takes the time of day away, so that whole days are left.

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# 分三步算出三个指标，这里以 **2024 年 12 月 31 日**为例。`normalize()` 去掉一天中的时刻，只留下日期。

# %%
by_customer = orders_until_2024.groupby("customer_id")
last_order = by_customer["ordered_at"].max().dt.normalize()
behaviour_2024 = pd.DataFrame({"days": (pd.Timestamp("2024-12-31") - last_order).dt.days})
behaviour_2024["orders"] = by_customer["order_id"].count()
lines_until_2024 = lines[lines["booked_at"] < "2025-01-01"]
behaviour_2024["net_sales"] = lines_until_2024.groupby("customer_id")["net_sales"].sum().round(2)
behaviour_2024.head()

# %% [markdown] lang="en"
# Now the scores. A score says **how many of all customers are worse**, in fifths:
#
# > score = 1 + whole part of (customers who are worse × 5 ÷ all customers)
#
# `rank(method="min")` gives the smallest value 1, and equal values the same rank. The rank less 1 is how many are smaller. `//` divides
# and keeps the whole part. Here is the score F for 2024, and how many customers have which:

# %% [markdown] lang="zh"
# 现在打分。得分表示**全部客户中有多少比自己差**，以五分之一为单位：
#
# > 得分 = 1 + （更差的客户数 × 5 ÷ 全部客户数）的整数部分
#
# `rank(method="min")` 给最小的值排名 1，相同的值排名相同。排名减 1，就是有多少个更小。`//` 是整除。下面是 2024 年的 F 得分，以及每个分数有多少客户：

# %%
fewer_orders = behaviour_2024["orders"].rank(method="min").astype(int) - 1
behaviour_2024["f"] = 1 + fewer_orders * 5 // len(behaviour_2024)
behaviour_2024["f"].value_counts().sort_index()

# %% [markdown] lang="en"
# The groups are not of the same size. Many customers ordered only once, and equal customers must get equal scores, so a score can even be
# missing. (Functions that cut the customers into five groups of the same size, such as `pd.qcut` on ranks, split equals by chance.)
#
# ### Question 7.2 (3 points)
#
# Compute the scores **R, F and M** of every buyer as of **31 December 2025**. More orders and more net sales are better. For recency it is
# the other way round: *few* days are good, so whoever has *more* days is worse.
# `rank(method="min", ascending=False)` ranks from the largest value down. Then write the three as one number, as is usual: R 5, F 4 and M 4 make
# **544**, that is 100 × R + 10 × F + M.
#
# *Hand in:* a table with `customer_id` (as a column or as the index) and `rfm`.

# %% [markdown] lang="zh"
# 各组的大小并不相等。许多客户只下过一次单，而情况相同的客户得分必须相同，所以甚至可能缺少某个分数。（有些函数把客户硬切成人数相等的五组，例如对名次使用 `pd.qcut`，会把相同的客户随意分开。）
#
# ### 问题 7.2（3 分）
#
# 计算截至 **2025 年 12 月 31 日**每个购买过的客户的 **R、F、M 得分**。订单数和净销售额越多越好。最近购买则相反：天数*少*才好，天数*多*的客户更差。`rank(method="min", ascending=False)` 从最大的值开始排名。最后按惯例把三个得分写成一个数：R 为 5、F 为 4、M 为 4，就写作 **544**，即 100 × R + 10 × F + M。
#
# *提交：* 一张表，包含 `customer_id`（作为列或索引均可）和 `rfm`。

# %% student="7.2"
scores_2025 = ...

# %% solution="7.2"
by_customer = orders_until_2025.groupby("customer_id")
last_order = by_customer["ordered_at"].max().dt.normalize()
behaviour_2025 = pd.DataFrame({"days": (pd.Timestamp("2025-12-31") - last_order).dt.days})
behaviour_2025["orders"] = by_customer["order_id"].count()
lines_until_2025 = lines[lines["booked_at"] < "2026-01-01"]
behaviour_2025["net_sales"] = lines_until_2025.groupby("customer_id")["net_sales"].sum().round(2)

count = len(behaviour_2025)
longer_away = behaviour_2025["days"].rank(method="min", ascending=False).astype(int) - 1
fewer_orders = behaviour_2025["orders"].rank(method="min").astype(int) - 1
lower_sales = behaviour_2025["net_sales"].rank(method="min").astype(int) - 1
behaviour_2025["r"] = 1 + longer_away * 5 // count
behaviour_2025["f"] = 1 + fewer_orders * 5 // count
behaviour_2025["m"] = 1 + lower_sales * 5 // count
behaviour_2025["rfm"] = 100 * behaviour_2025["r"] + 10 * behaviour_2025["f"] + behaviour_2025["m"]
scores_2025 = behaviour_2025[["rfm"]]
behaviour_2025.head()

# %% [markdown] lang="en" solution="7.2"
# The three scores are made alike; only the direction differs. In each we count the customers who are *worse*: longer away, fewer orders,
# lower net sales.

# %% [markdown] lang="zh" solution="7.2"
# 三个得分的算法相同，只是方向不同。每一项数的都是*更差*的客户：沉默更久的、订单更少的、净销售额更低的。

# %% check="7.2"
check("7.2", scores_2025)

# %% [markdown] lang="en"
# From the scores the CRM makes six segments, by the first rule that fits: *champions* (R, F and M at least 4), *loyal* (R at least 3, F at least 4), *new*
# (R at least 4, F at most 2), *occasional* (R at least 3), *at risk* (F at least 3, so R at most 2: they bought often and have gone quiet) and *lost*. How much of the
# net sales so far does each bring?

# %% [markdown] lang="zh"
# CRM 根据得分把客户划分为六个群，取第一条符合的规则：*核心客户*（champions：R、F、M 都不低于 4）、*忠诚客户*（loyal：R 不低于 3，F 不低于 4）、*新客户*（new：R 不低于 4，F 不高于 2）、*一般客户*（occasional：R 不低于 3）、*流失风险客户*（at_risk：F 不低于 3，因而 R 不高于 2，以前常买，现在沉默了）和*已流失客户*（lost）。每一群贡献了迄今净销售额的多少？

# %%
segments = rfm(company, end="2025-12-31").groupby("segment")["monetary"].agg(["count", "sum"])
segments["share"] = (segments["sum"] / segments["sum"].sum()).round(2)
segments.sort_values("share", ascending=False)

# %% [markdown] lang="en"
# ## 3 · ABC: the few that bring most
#
# The same idea, simpler: sort by net sales and ask how few are enough for **80 %**. The CRM does it for customers with four levels, the
# **customer pyramid** (客户金字塔): VIP customers are the top 1 %, main customers the next 4 %, ordinary ones the next 15 %, and the rest are small.

# %% [markdown] lang="zh"
# ## 3 · ABC：少数带来多数
#
# 同样的想法，更简单的做法：按净销售额排序，看最少需要几个才能达到 **80%**。对客户，CRM 用四个层级表示，称为**客户金字塔**（customer pyramid）：前 1% 是 VIP 客户，其后 4% 是主要客户，再后 15% 是普通客户，其余是小客户。

# %%
explore(company, "customer-pyramid", start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# For products, **ABC analysis** (ABC 分析) has three classes. **Class A is the smallest set that reaches 80 % of net sales**, B is what then reaches 95 %,
# and C is the rest. `cumsum()` adds up from the top. Here are the largest products of **2024**, with their cumulative share:

# %% [markdown] lang="zh"
# 对产品，**ABC 分析**（ABC analysis）分为三类：**A 类是净销售额达到 80% 的最小集合**，B 类是其后达到 95% 的部分，C 类是其余。`cumsum()` 从上往下累加。下面是 **2024 年**最大的几种产品及其累计占比：

# %%
lines_2024 = lines[(lines["booked_at"] >= "2024-01-01") & (lines["booked_at"] < "2025-01-01")]
products_2024 = lines_2024.groupby("product_id")["net_sales"].sum()
products_2024 = products_2024.sort_values(ascending=False)
(products_2024.cumsum() / products_2024.sum()).round(3).head(8)

# %% [markdown] lang="en"
# ### Question 7.3 (2 points)
#
# Which products are **class A in 2025**? Be careful at the edge. The product that carries the sum across 80 % belongs to A: without it
# the set does not reach 80 %. In other words, a product is in A as long as those *before* it have not reached 80 %.
# `column[condition]` filters a single column, as it does a table, and `.index` has its product numbers.
#
# *Hand in:* the `product_id` of these products, in any order.

# %% [markdown] lang="zh"
# ### 问题 7.3（2 分）
#
# **2025 年的 A 类产品**有哪些？注意边界：使累计金额跨过 80% 的那种产品属于 A 类，因为没有它就达不到 80%。换句话说，只要排在它*之前*的产品还没有达到 80%，它就属于 A 类。单独一列也可以像表一样过滤：`列[条件]`；它的 `.index` 就是产品编号。
#
# *提交：* 这些产品的 `product_id`，顺序不限。

# %% student="7.3"
class_a = ...

# %% solution="7.3"
lines_2025 = lines[(lines["booked_at"] >= "2025-01-01") & (lines["booked_at"] < "2026-01-01")]
products_2025 = lines_2025.groupby("product_id")["net_sales"].sum()
products_2025 = products_2025.sort_values(ascending=False)
before = products_2025.cumsum() - products_2025
class_a = products_2025[before < 0.8 * products_2025.sum()].index.tolist()
print(len(class_a), class_a)

# %% [markdown] lang="en" solution="7.3"
# `before` is what the products above bring together. For the first product it is 0. The last product of class A is the one with which 80 % is reached.

# %% [markdown] lang="zh" solution="7.3"
# `before` 是排在上面的产品合计带来的金额，第一种产品的 `before` 是 0。A 类的最后一种产品，就是使累计达到 80% 的那一种。

# %% check="7.3"
check("7.3", class_a)

# %% [markdown] lang="en"
# ## 4 · The life of a customer
#
# Customers come, grow, and leave. The **customer lifecycle** (客户生命周期) gives each of them a stage. There are several schemes; some books have four
# stages. The CRM has **five**. A customer's stage on a day is **the first rule that fits**:
#
# | stage | rule |
# |---|---|
# | `prospect` (潜在期) | no valid order yet |
# | `ended` (终止期) | no valid order for more than 365 days, **and** for more than three times the customer's own usual interval between orders |
# | `developing` (开发期) | fewer than 3 valid orders, **or** the first one less than 180 days ago |
# | `growing` (成长期) | net sales of the last 12 months are more than 10 % above those of the 12 months before |
# | `mature` (成熟期) | all others |
#
# **Guess first.** Take the customers who were developing, growing or mature at the end of 2024. How many percent of them had ended one year later?

# %% [markdown] lang="zh"
# ## 4 · 客户的一生
#
# 客户会到来、成长，也会离开。**客户生命周期**（customer lifecycle）为每个客户标出所处的阶段。划分方法不止一种，有的书分为四个阶段；这个 CRM 分为**五个**。客户在某一天的阶段，取**第一条符合的规则**：
#
# | 阶段 | 规则 |
# |---|---|
# | `prospect`（潜在期） | 还没有有效订单 |
# | `ended`（终止期） | 超过 365 天没有有效订单，**并且**超过客户自身通常下单间隔的三倍 |
# | `developing`（开发期） | 有效订单少于 3 张，**或者**第一张有效订单距今不到 180 天 |
# | `growing`（成长期） | 最近 12 个月的净销售额比之前 12 个月高出 10% 以上 |
# | `mature`（成熟期） | 其余客户 |
#
# **先猜一猜。** 2024 年末处于开发期、成长期或成熟期的客户，一年之后有百分之几进入了终止期？

# %%
my_guess = 10

# %% [markdown] lang="en"
# **Now look.** The rows are the stages then, the columns the stages a year later. Which stage is the most dangerous one?

# %% [markdown] lang="zh"
# **再看一看。** 行是当时的阶段，列是一年后的阶段。哪个阶段最危险？

# %%
explore(company, "lifecycle-transitions", end="2025-12-31", months=12)

# %% [markdown] lang="en"
# The first number is your guess, the second is the company's.

# %% [markdown] lang="zh"
# 第一个数是你的猜测，第二个数是公司的实际情况。

# %%
moves = lifecycle_transitions(company, end="2025-12-31", months=12)
active = moves[moves["from_stage"].isin(["developing", "growing", "mature"])]
ended = active.loc[active["to_stage"] == "ended", "customers"].sum()
my_guess, round(100 * float(ended / active["customers"].sum()), 1)

# %% [markdown] lang="en"
# ### From the screen to code
#
# The rules need some facts about each customer. Because we need them for several days, we put the steps into a *function*: `history(day)` returns a
# table with one row for each customer who was on file on that day. You need not understand every line, but you should know the columns:
#
# - `orders`: valid orders until that day, 0 for those who never bought
# - `silent`, `age`: days since the last order, and since the first one
# - `patience`: three times the customer's own usual interval between orders. (After a single order there is no interval; it is 0 then, so that only
#   the 365 days count.)
# - `recent`, `earlier`: net sales of the last 12 months, and of the 12 months before

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# 应用这些规则，需要每个客户的几项事实。由于好几个日期都要用，我们把这些步骤写成一个*函数*：`history(day)` 返回一张表，当天已登记的每个客户一行。你不必看懂每一行代码，但要知道各列的含义：
#
# - `orders`：截至当天的有效订单数，从未购买的客户为 0
# - `silent`、`age`：距最近一张订单、距第一张订单的天数
# - `patience`：客户自身通常下单间隔的三倍。（只有一张订单时没有间隔，这时取 0，只看 365 天这一条。）
# - `recent`、`earlier`：最近 12 个月的净销售额，以及之前 12 个月的净销售额

# %%
customers = company.customers


def history(day):
    day = pd.Timestamp(day)
    after = day + pd.Timedelta(days=1)
    one_year_ago = after - pd.DateOffset(years=1)
    two_years_ago = after - pd.DateOffset(years=2)

    on_file = customers[customers["created_on"] < after]
    known = on_file[["customer_id"]].set_index("customer_id")
    dates = orders[orders["ordered_at"] < after].groupby("customer_id")["ordered_at"]
    first, last = dates.min().dt.normalize(), dates.max().dt.normalize()
    known["orders"] = dates.count()
    known["orders"] = known["orders"].fillna(0).astype(int)
    known["silent"] = (day - last).dt.days
    known["age"] = (day - first).dt.days
    known["patience"] = 3 * (last - first).dt.days / (dates.count() - 1).clip(lower=1)

    recent = lines[(lines["booked_at"] >= one_year_ago) & (lines["booked_at"] < after)]
    earlier = lines[(lines["booked_at"] >= two_years_ago) & (lines["booked_at"] < one_year_ago)]
    known["recent"] = recent.groupby("customer_id")["net_sales"].sum()
    known["earlier"] = earlier.groupby("customer_id")["net_sales"].sum()
    known[["recent", "earlier"]] = known[["recent", "earlier"]].fillna(0)
    return known.reset_index()


known_2024 = history("2024-12-31")
known_2024.head()

# %% [markdown] lang="en"
# Now a stage for each row. `known.loc[condition, "stage"] = "…"` writes a word into the rows that meet a condition, over whatever
# stood there. So we go through the rules **from the last to the first**: begin with what holds for all others, and let the rules that go first
# overwrite it. Here are three of the five, in a function, and how many they are at the end of 2024. Put each condition in brackets when you combine two with `&` (and) or `|` (or).

# %% [markdown] lang="zh"
# 现在为每一行写上阶段。`known.loc[条件, "stage"] = "……"` 把一个词写进符合条件的行，覆盖原来的内容。所以规则要**从最后一条写到第一条**：先写“其余客户”，再让优先的规则去覆盖。下面把五个阶段中的三个写成一个函数，并统计 2024 年末的客户数。用 `&`（且）或 `|`（或）组合两个条件时，每个条件都要加括号。

# %%
a_year_before = "2024-12-31"


def three_stages(day):
    known = history(day)
    known["stage"] = "mature"
    known.loc[(known["orders"] < 3) | (known["age"] < 180), "stage"] = "developing"
    known.loc[known["orders"] == 0, "stage"] = "prospect"
    return known[["customer_id", "stage"]]


three_stages(a_year_before)["stage"].value_counts()

# %% [markdown] lang="en"
# ### Question 7.4 (3 points)
#
# How many customers were in each of the **five stages on 31 December 2025**? Copy the function `three_stages`, call the copy
# `stages`, and add the two rules that are missing, each in its place. You need `stages` again in the next question. Then count the stages with
# `value_counts()`.
#
# *Hand in:* a table with the columns `stage` (the five words in the table of rules) and `customers`.

# %% [markdown] lang="zh"
# ### 问题 7.4（3 分）
#
# **2025 年 12 月 31 日**，**五个阶段**各有多少客户？请复制函数 `three_stages`，把副本命名为 `stages`，并在适当的位置补上缺少的两条规则。`stages` 下一题还要用。然后用 `value_counts()` 统计各阶段。
#
# *提交：* 一张表，列为 `stage`（规则表中的五个英文词）和 `customers`。

# %% student="7.4"
customers_by_stage = ...

# %% solution="7.4"
year_end = "2025-12-31"


def stages(day):
    known = history(day)
    known["stage"] = "mature"
    known.loc[known["recent"] > 1.1 * known["earlier"], "stage"] = "growing"
    known.loc[(known["orders"] < 3) | (known["age"] < 180), "stage"] = "developing"
    silent_for_long = (known["silent"] > 365) & (known["silent"] > known["patience"])
    known.loc[silent_for_long, "stage"] = "ended"
    known.loc[known["orders"] == 0, "stage"] = "prospect"
    return known[["customer_id", "stage"]]


stages_2025 = stages(year_end)
customers_by_stage = stages_2025["stage"].value_counts().rename_axis("stage").reset_index(name="customers")
customers_by_stage

# %% [markdown] lang="en" solution="7.4"
# The table of rules, read from the bottom to the top. If "developing" stood below "prospect" in the code, all who never bought would be developing,
# because 0 is less than 3.

# %% [markdown] lang="zh" solution="7.4"
# 就是把规则表从下往上读。如果代码中“开发期”写在“潜在期”之后，所有从未购买的客户都会变成开发期，因为 0 小于 3。

# %% check="7.4"
check("7.4", customers_by_stage)

# %% [markdown] lang="en"
# A count is a picture of one day. What a manager wants to know is where customers *go*. `pd.crosstab(a, b)` counts how often each pair of values occurs:
# the first makes the rows, the second the columns. `normalize="index"` turns each **row** into shares that add up to 1. Here the kind of each
# customer against its size:

# %% [markdown] lang="zh"
# 计数只是某一天的快照。管理者更想知道客户*去了哪里*。`pd.crosstab(a, b)` 统计每对取值出现的次数：第一个参数是行，第二个是列。`normalize="index"` 把每一**行**变成加起来等于 1 的比例。下面以客户性质和规模为例：

# %%
pd.crosstab(customers["kind"], customers["size"], normalize="index").round(2)

# %% [markdown] lang="en"
# ### Question 7.5 (3 points)
#
# Make the **transition matrix** (转移矩阵): of the customers in each stage on **31 December 2024**, which share was in which stage on **31 December 2025**?
# Bring the stages of both days together with `merge(..., on="customer_id", suffixes=("_then", "_now"))`. An inner merge leaves out those who
# were not on file at the end of 2024, and that is what we want.
#
# *Hand in:* a table with one row for each stage of 2024 (`from_stage`, as a column or as the index) and one column for each stage of 2025. The values are
# shares of the row, as a fraction or in percent, right to 0.1 percent (do not round to fewer than three decimals).

# %% [markdown] lang="zh"
# ### 问题 7.5（3 分）
#
# 做出**转移矩阵**（transition matrix）：**2024 年 12 月 31 日**处于各阶段的客户，到 **2025 年 12 月 31 日**分别有多大比例处于哪个阶段？用 `merge(..., on="customer_id", suffixes=("_then", "_now"))` 把两个日期的阶段合在一起。内连接会去掉 2024 年末还没有登记的客户，这正是我们要的。
#
# *提交：* 一张表，2024 年的每个阶段一行（`from_stage`，作为列或索引均可），2025 年的每个阶段一列。值为占该行的比例，小数或百分数均可，精确到 0.1%（保留至少三位小数）。

# %% student="7.5"
transition_matrix = ...

# %% solution="7.5"
both = stages(a_year_before).merge(stages_2025, on="customer_id", suffixes=("_then", "_now"))
transition_matrix = pd.crosstab(both["stage_then"], both["stage_now"], normalize="index")
transition_matrix = transition_matrix.rename_axis("from_stage")
transition_matrix.round(3)

# %% [markdown] lang="en" solution="7.5"
# Then in the rows, now in the columns, and each row adds up to 1. Read it along a row: "of 100 customers who were developing, so many ended". Nobody can
# go back to being a prospect.

# %% [markdown] lang="zh" solution="7.5"
# 行是当时的阶段，列是现在的阶段，每一行加起来等于 1。要横着读：“100 个开发期客户中，有多少个终止了”。没有人能变回潜在期。

# %% check="7.5"
check("7.5", transition_matrix)

# %% [markdown] lang="en"
# ## 5 · Let the computer find the kinds
#
# So far people made the rules. **Clustering** (聚类) goes the other way: **k-means** (k 均值) gets the behaviour of each customer and finds *k* groups whose
# members are alike. Nobody tells it what a good customer is. Look at the screen and change the number of clusters.

# %% [markdown] lang="zh"
# ## 5 · 让计算机来找
#
# 到目前为止，规则都是人定的。**聚类**（clustering）则相反：**k 均值**（k-means）根据每个客户的行为，找出 *k* 个内部相似的群体，没有人告诉它什么是好客户。先看页面，试着改变聚类数。

# %%
explore(company, "churn-clusters", k=3)

# %% [markdown] lang="en"
# ### From the screen to code
#
# The CRM lists five measures of each customer's behaviour as of **today**, 31 January 2026. We take them and do the clustering ourselves. `active_months` says in how
# many of the last twelve months the customer ordered. `trend` compares the orders of the last 180 days with the 180 days before: from −1
# (only before) to 1 (only lately).

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# CRM 列出了截至**今天**（2026 年 1 月 31 日）每个客户的五个行为指标。我们拿来自己做聚类。`active_months` 是最近十二个月中有几个月下过单；`trend` 把最近 180 天的订单与之前 180 天相比：从 −1（只在之前下单）到 1（只在最近下单）。

# %%
behaviour = customer_clusters(company).drop(columns="cluster")
behaviour.describe().loc[["mean", "std", "min", "50%", "max"]].round(1)

# %% [markdown] lang="en"
# Two things must be put right first.
#
# - **A few are huge.** The largest customer buys many times what the one in the middle buys. The *logarithm* brings such values together: from 1 to 10 is
#   then as far as from 10 to 100. `np.log1p(x)` is the logarithm of 1 + x, so that 0 is no problem.
# - **Units differ.** K-means measures distances. A distance in yuan would drown one in months. To **standardise** (标准化) a column
#   means: subtract its mean, divide by its standard deviation. Then all columns count alike.

# %% [markdown] lang="zh"
# 先要处理两个问题。
#
# - **少数客户特别大。** 最大的客户购买额是中间客户的很多倍。取*对数*可以拉近这样的数值：从 1 到 10 与从 10 到 100 的距离变得一样。`np.log1p(x)` 是 1 + x 的对数，这样 0 也不成问题。
# - **单位不同。** k 均值计算的是距离，以元计的距离会淹没以月计的距离。**标准化**（standardise）就是减去该列的平均值，再除以标准差，使各列同等重要。

# %%
measures = pd.DataFrame(
    {
        "recency": np.log1p(behaviour["recency_days"]),
        "orders": np.log(behaviour["orders"]),
        "net_sales": np.log1p(behaviour["net_sales"].clip(lower=0)),
        "active_months": behaviour["active_months"],
        "trend": behaviour["trend"],
    }
)
features = StandardScaler().fit_transform(measures)
features.std(axis=0).round(2)

# %% [markdown] lang="en"
# Now **two** clusters. `n_init=10` begins at ten places and keeps the best result; `random_state=0` makes these places the same each time, for everybody.
# `labels_` says in which cluster each customer is. The number of a cluster means nothing: only the means of its members say what it is.

# %% [markdown] lang="zh"
# 先分**两类**。`n_init=10` 表示从十个起点开始，保留最好的结果；`random_state=0` 使每次、每个人的起点都相同。`labels_` 给出每个客户所属的类。类的编号没有意义，只有看成员的平均值才知道它是什么。

# %%
two = KMeans(n_clusters=2, n_init=10, random_state=0).fit(features)
columns = ["recency_days", "orders", "net_sales", "active_months", "trend"]
means_of_two = behaviour.groupby(two.labels_)[columns].mean()
means_of_two["customers"] = behaviour.groupby(two.labels_).size()
means_of_two.round(1)

# %% [markdown] lang="en"
# **How many clusters are right?** The **silhouette** (轮廓系数) compares how close each customer is to its own cluster and to the next one: 1 is perfect, 0 is
# on the border.

# %% [markdown] lang="zh"
# **分几类才合适？** **轮廓系数**（silhouette）比较每个客户离自己的类和离最近的另一类有多近：1 表示分得很清楚，0 表示正好在边界上。

# %%
for k in range(2, 7):
    labels = KMeans(n_clusters=k, n_init=10, random_state=0).fit(features).labels_
    print(k, round(float(silhouette_score(features, labels)), 2))

# %% [markdown] lang="en"
# The values lie close together, so the silhouette does not decide alone. The business must be able to say what each group is and what
# it does for it. With two clusters, newcomers have no group of their own. With six, nobody remembers the names. We take **three**.
#
# ### Question 7.6 (3 points)
#
# Make **three** clusters of `features`, with `n_init=10` and `random_state=0`. How large are they? Put them in order by the mean of `active_months`, from
# high to low: first the cluster that is active in most months, last the one in fewest.
#
# *Hand in:* a list `[most_active, between, least_active]`: three shares of all customers in the table, in whole percent.

# %% [markdown] lang="zh"
# 这些数值很接近，所以不能只靠轮廓系数决定。业务上必须说得出每一类是什么客户、该为他们做什么。分两类时，新来的客户没有自己的一类；分六类时，没有人记得住名称。我们取**三类**。
#
# ### 问题 7.6（3 分）
#
# 对 `features` 分**三类**，用 `n_init=10` 和 `random_state=0`。每一类有多大？请按 `active_months` 的平均值从高到低排列：活跃月数最多的一类在前，最少的一类在后。
#
# *提交：* 列表 `[most_active, between, least_active]`，即三类各占表中全部客户的百分之几，取整数。

# %% student="7.6"
cluster_shares = [..., ..., ...]

# %% solution="7.6"
three = KMeans(n_clusters=3, n_init=10, random_state=0).fit(features)
behaviour["cluster"] = three.labels_
clusters = behaviour.groupby("cluster")[columns].mean()
clusters["customers"] = behaviour.groupby("cluster").size()
clusters = clusters.sort_values("active_months", ascending=False)
cluster_shares = (100 * clusters["customers"] / clusters["customers"].sum()).round().tolist()
print(cluster_shares)
clusters.round(1)

# %% [markdown] lang="en" solution="7.6"
# The means give the clusters their names. The first are the **regulars**: many orders, active in most months. Those between are the **newcomers**: few orders,
# nearly all of them lately. The last are the **silent** ones.

# %% [markdown] lang="zh" solution="7.6"
# 看平均值就能为各类命名。第一类是**常客**：订单多，大多数月份都有购买。中间一类是**新来的客户**：订单少，而且几乎都在最近。最后一类是**沉默的客户**。

# %% check="7.6"
check("7.6", cluster_shares)

# %% [markdown] lang="en"
# **Can we trust them?** A good result does not depend on chance. We do it again, first from other beginnings, then learning from only half of the customers.
# `adjusted_rand_score` compares two clusterings: 1 means the same groups (whatever their numbers), 0 means no more agreement than by chance.

# %% [markdown] lang="zh"
# **结果可信吗？** 好的结果不应依赖偶然。我们再做两遍：先换一组起点，再只用一半客户来学习。`adjusted_rand_score` 比较两次聚类：1 表示分组相同（不论编号），0 表示一致程度与随机无异。

# %%
first = KMeans(n_clusters=3, n_init=10, random_state=0).fit_predict(features)
again = KMeans(n_clusters=3, n_init=10, random_state=1).fit_predict(features)
from_half = KMeans(n_clusters=3, n_init=10, random_state=0).fit(features[::2]).predict(features)
round(adjusted_rand_score(first, again), 1), round(adjusted_rand_score(first, from_half), 1)

# %% [markdown] lang="en"
# ## 6 · Open the envelope
#
# In real life nobody tells you what kind a customer really is. Our company is made up, so there is an envelope with the truth:
# `company.truth.customers`. When the company was made, each customer was given a **type**. It says how the customer buys as long as it stays:
#
# | type | buys |
# |---|---|
# | `loyal` (忠诚) | very often, and stays longest |
# | `steady` (稳定) | often |
# | `seasonal` (季节性) | mostly before the festivals |
# | `occasional` (偶尔) | about twice a year |
# | `one_off` (一次性) | once, and never again |
#
# Here are the true types against your clusters. Did k-means find them, without having been told?

# %% [markdown] lang="zh"
# ## 6 · 打开信封
#
# 现实中没有人告诉你某个客户究竟属于哪一种。我们的公司是虚构的，所以有一个装着真相的信封：`company.truth.customers`。公司生成时，每个客户都被赋予一个**类型**（type），决定该客户在留存期间怎样购买：
#
# | 类型 | 怎样购买 |
# |---|---|
# | `loyal`（忠诚） | 下单很频繁，留存最久 |
# | `steady`（稳定） | 经常购买 |
# | `seasonal`（季节性） | 多在节前购买 |
# | `occasional`（偶尔） | 一年约两次 |
# | `one_off`（一次性） | 只买一次，不再回来 |
#
# 下面把真实类型与聚类相对照。没有人告诉 k 均值，它自己找出来了吗？

# %%
truth = company.truth.customers[["customer_id", "type"]]
envelope = behaviour[["customer_id", "active_months"]].merge(truth, on="customer_id")
envelope["cluster"] = first
pd.crosstab(envelope["type"], envelope["cluster"])

# %% [markdown] lang="en"
# Nobody is a newcomer by type. A customer who buys once looks like one at first, and is silent later. Seasonal and occasional customers are in all
# clusters: behaviour shows what somebody *does*, not what somebody *is*.
#
# The **true regulars** are the types `loyal` and `steady`. The next cell says which customers are true regulars, and counts them in each cluster: those in
# the column `True` are. Above the table stands the mean of the active months of each cluster. `table.loc[1, True]` is one number of the table: row 1,
# column `True`.

# %% [markdown] lang="zh"
# 没有哪一种类型叫“新来的客户”：只买一次的客户起初看着像新来的客户，后来就沉默了。季节性和偶尔购买的客户各类都有：行为只能说明客户*做了什么*，不能说明客户*是什么*。
#
# `loyal` 和 `steady` 两种类型是**真正的常客**。下面的单元格标出谁是真正的常客，并按聚类统计：`True` 一列就是真正的常客。表的上方是每一类活跃月数的平均值。`table.loc[1, True]` 取表中的一个数：第 1 行、`True` 列。

# %%
envelope["regular"] = envelope["type"].isin(["loyal", "steady"])
table = pd.crosstab(envelope["cluster"], envelope["regular"])
mean_active_months = envelope.groupby("cluster")["active_months"].mean().round(1)
print(mean_active_months)
table

# %% [markdown] lang="en"
# ### Question 7.7 (2 points)
#
# How good is "being in the **most active cluster**" (the highest mean of `active_months`) as a sign of a true regular? Two numbers say it:
#
# - **precision** (精确率): of the customers in that cluster, how many percent are true regulars?
# - **recall** (召回率): of all true regulars in the table, how many percent are in that cluster?
#
# *Hand in:* a list `[precision, recall]`, in whole percent.

# %% [markdown] lang="zh"
# ### 问题 7.7（2 分）
#
# 用“属于**最活跃的一类**”（`active_months` 平均值最大）来判断一个客户是真正的常客，效果如何？用两个数来说明：
#
# - **精确率**（precision）：该类客户中，有百分之几是真正的常客？
# - **召回率**（recall）：表中所有真正的常客中，有百分之几属于该类？
#
# *提交：* 列表 `[precision, recall]`，单位为百分比，取整数。

# %% student="7.7"
precision_and_recall = [..., ...]

# %% solution="7.7"
most_active = mean_active_months.idxmax()
found = table.loc[most_active, True]
precision = 100 * found / (table.loc[most_active, True] + table.loc[most_active, False])
recall = 100 * found / table[True].sum()
precision_and_recall = [round(precision), round(recall)]
precision_and_recall

# %% [markdown] lang="en" solution="7.7"
# One number from the table, divided once by its row and once by its column. High precision means few false alarms; high recall means that few are overlooked.
# The regulars that were overlooked have only just begun, or have left since.

# %% [markdown] lang="zh" solution="7.7"
# 表中的同一个数，一次除以所在的行，一次除以所在的列。精确率高，说明误报少；召回率高，说明漏掉的少。漏掉的常客，要么刚刚开始购买，要么后来已经流失。

# %% check="7.7"
check("7.7", precision_and_recall)

# %% [markdown] lang="en"
# **Close the envelope again.** It said of what type each customer is, but not who has left: that only the check knows. In the decision below use what a
# company can know.
#
# ## 7 · Decide
#
# ### Question 7.8 (3 points)
#
# A customer is **silent** who has bought before, but has had no valid order since **1 August 2025**. Choose **50 silent customers** for a win-back call.
#
# - Each call costs **30 yuan**, whatever comes of it.
# - If the customer has **left** (**churn**, 流失), the call brings nothing.
# - If the customer is **still there**, one call in five succeeds. So on average it brings **20 % of the margin** that the customer would give us in a year.
#
# A customer who is still there is often worth several hundred yuan, so one good call pays for many bad ones. The check plays your
# list out against the truth, beside the best possible list and beside last year's rule "the 50 who have been away longest". Your points are your share of the best
# possible. You may try as often as you like.
#
# Think about two things. Who ordered **only once**: did such a customer ever have a habit of buying here? And what does silence mean for somebody
# who **always** buys only twice a year? `history("2026-01-31")` has the columns `orders`, `silent` and `patience` for today. An order of
# 31 July 2025 was 184 days ago, so whoever is `silent` for 184 days or more is a silent customer.
#
# *Hand in:* 50 customer numbers, in any order.

# %% [markdown] lang="zh"
# **请把信封重新封好。** 它说了每个客户属于什么类型，却没有说谁已经流失：这一点只有检查程序知道。下面做决定时，请只用公司能够知道的信息。
#
# ## 7 · 做决定
#
# ### 问题 7.8（3 分）
#
# 以前买过、但从 **2025 年 8 月 1 日**起再没有有效订单的客户，称为**沉默客户**。请选出 **50 个沉默客户**打赢回电话。
#
# - 每个电话成本 **30 元**，不论结果如何。
# - 如果客户已经**流失**（churn），电话没有任何收益。
# - 如果客户**仍然在**，五个电话中有一个成功。所以平均带来该客户一年**毛利的 20%**。
#
# 仍然在的客户往往值好几百元，一个打对的电话抵得上许多打错的。检查程序会按真相推演你的名单，并与最佳名单和去年的规则“沉默最久的 50 个客户”相比较。得分按你的收益占最佳收益的比例计算。你可以反复尝试。
#
# 请想两件事：**只下过一次单**的客户，曾经有过在我们这里购买的习惯吗？对一个**一向**每年只买两次的客户，沉默意味着什么？`history("2026-01-31")` 中有截至今天的 `orders`、`silent` 和 `patience` 三列。2025 年 7 月 31 日的订单距今 184 天，所以 `silent` 达到 184 天的就是沉默客户。
#
# *提交：* 50 个客户编号，顺序不限。

# %% student="7.8"
calls_to = ...

# %% solution="7.8"
today = history("2026-01-31")
silent = today[(today["orders"] >= 2) & (today["silent"] >= 184)].copy()
silent["against_own_rhythm"] = silent["silent"] / silent["patience"]
silent = silent.sort_values(["against_own_rhythm", "customer_id"])
calls_to = silent["customer_id"].head(50).tolist()
silent.head()

# %% [markdown] lang="en" solution="7.8"
# Two rules. A customer with a single order is left out: most of them never wanted a second one. The others are sorted by silence *measured by their own
# rhythm*: half a year is the end for a weekly buyer, and nothing unusual for one who buys twice a year. "Away longest" does the
# opposite: it calls exactly those who have surely gone.

# %% [markdown] lang="zh" solution="7.8"
# 两条规则。只下过一次单的客户不考虑：他们大多从来没想过再买。其余客户按*相对于自身节奏*的沉默程度排序：半年没有下单，对每周购买的客户意味着结束，对一年买两次的客户却很平常。“沉默最久”恰恰相反：专门打给那些肯定已经流失的客户。

# %% check="7.8"
check("7.8", calls_to)

# %% [markdown] lang="en"
# ## Wrap up
#
# Managers read one chart and three sentences. Here is the chart.

# %% [markdown] lang="zh"
# ## 小结
#
# 管理者只看一张图和三句话。图在这里。

# %%
menu.find("lifecycle-transitions").chart(moves, company)

# %% [markdown] lang="en"
# And these are the sentences that the CRM itself would write. Yours should be better: say what the customer manager should *do* for each kind of customer.

# %% [markdown] lang="zh"
# 下面是 CRM 自己写的三句话。你应该写得更好：告诉客户经理，对每一类客户应该*做什么*。

# %%
entry = menu.find("churn-clusters")
print(menu.find("rfm").finding(rfm(company, end="2025-12-31"), company))
print(menu.find("lifecycle-transitions").finding(moves, company))
print(entry.finding(entry.function(company, k=3), company))

# %% [markdown] lang="en"
# **My three sentences:**
#
# 1. We have … kinds of customers: …
# 2. Most customers are lost when …, so we should …
# 3. The 50 calls should go to …, because …
#
# Lab 08 goes on from here: who is *about to* leave, while there is still time to keep them?
#
# ### Terms

# %% [markdown] lang="zh"
# **我的三句话：**
#
# 1. 我们有……类客户：……
# 2. 客户大多在……的时候流失，所以我们应该……
# 3. 50 个电话应该打给……，因为……
#
# 实验 08 会继续这个问题：谁*将要*离开，而我们还来得及挽留？
#
# ### 术语

# %% [markdown] terms="valid sale; net sales; RFM; customer pyramid; ABC analysis; customer lifecycle; transition matrix; clustering; standardisation; silhouette; precision; recall; churn"

# %% [markdown] lang="en"
# ### How far you are

# %% [markdown] lang="zh"
# ### 你的进度

# %% tags=["nbval-ignore-output"]
progress()
