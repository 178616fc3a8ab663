# ---
# jupyter:
#   crmlab:
#     lab: "01"
#     minutes: 75
#     needs: ["00"]
#     title:
#       en: Value customers
#       zh: 价值客户
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lab 01 · Value customers
#
# **Who are our customers, and who gets a Spring Festival gift?**
#
# | | |
# |---|---|
# | **You will learn to** | count customers correctly · compute net sales from order lines · rank customers by value · tell a new customer from an old one, and measure growth · combine tables without losing rows |
# | **You need** | lab 00, or a first look at pandas: choose rows, sort, count in groups |
# | **Time** | about 75 minutes, 8 questions, 20 points |
#
# Run a cell with **Shift + Enter**. Start at the top and go down.

# %% [markdown] lang="zh"
# # 实验 01 · 价值客户
#
# **谁是我们的客户？春节礼物应该送给谁？**
#
# | | |
# |---|---|
# | **你将学会** | 正确地统计客户数 · 用订单明细计算净销售额 · 按价值给客户排名 · 区分新客户和老客户，计算增长 · 合并数据表而不丢失行 |
# | **你需要** | 做过实验 00，或者对 pandas 有初步认识：选取行、排序、分组计数 |
# | **时间** | 约 75 分钟，8 道题，共 20 分 |
#
# 按 **Shift + Enter** 运行一个单元格。请从上到下依次进行。

# %% [markdown] lang="en"
# ## The request
#
# > **From:** Sales director<br>
# > **To:** You, new in the sales office<br>
# > **Date:** Saturday, 31 January 2026<br>
# > **Subject:** Spring Festival gifts
# >
# > Spring Festival is on 17 February. Every year we send gifts to our best customers, and every year we send
# > them to whoever shouted last. Not this time. I have money for **20 gifts of 300 yuan**.
# >
# > Please tell me four things by Monday: how many customers really bought from us in 2025 and how they found us;
# > who our most valuable customers are; whether we still win new ones; and **the 20 customers who should get a gift**.
# >
# > Do not send anybody a fishing rod who likes books. And please, nobody who left us long ago.

# %% [markdown] lang="zh"
# ## 任务
#
# > **发件人：** 销售总监<br>
# > **收件人：** 你，销售部新同事<br>
# > **日期：** 2026 年 1 月 31 日，星期六<br>
# > **主题：** 春节礼物
# >
# > 今年春节是 2 月 17 日。我们每年都给最好的客户送礼物，但每年都是谁催得急就送给谁。这次不能再这样了。我的预算是 **20 份礼物，每份 300 元**。
# >
# > 请在星期一之前告诉我四件事：2025 年到底有多少客户向我们购买过，他们是怎么找到我们的；哪些客户最有价值；我们是否还在赢得新客户；以及**应该收到礼物的 20 位客户**。
# >
# > 不要给喜欢读书的人送鱼竿。另外，早就不再和我们来往的客户，就不要送了。

# %% [markdown] lang="en"
# ## Open the company
#
# The next cell opens the company's CRM. It shows which tables there are. A table is a pandas *DataFrame*;
# you get it by its name, for example `company.customers`. The company's "today" is 31 January 2026.

# %% [markdown] lang="zh"
# ## 打开公司
#
# 下面的单元格打开公司的 CRM，并显示其中有哪些数据表。每张表是一个 pandas *DataFrame*，用名称就能取得，例如 `company.customers`。公司的“今天”是 2026 年 1 月 31 日。

# %%
import pandas as pd

from crmlab import check, explore, hint, open_company, progress, solution
from crmlab.analysis import customer_statistics, gift_list, menu, new_customers, value_customers

company = open_company()
company

# %%
company.customers.head()

# %% [markdown] lang="en"
# ## 1 · Who is on file?
#
# ### Question 1.1 (1 point)
#
# How many customers are on file, whether they ever bought or not? Every row of `company.customers` is one customer.
# `len(table)` counts the rows of a table.
#
# *Hand in:* a number. Replace the `...` and run the cell, then run the check below it.
#
# Three helpers work for every question: `check("1.1", ...)` says whether you are right and why not, `hint("1.1")` gives one
# hint at a time, and `solution("1.1")` shows how we did it.

# %% [markdown] lang="zh"
# ## 1 · 系统里登记了多少客户？
#
# ### 问题 1.1（1 分）
#
# 系统里登记了多少客户（无论是否购买过）？`company.customers` 的每一行是一个客户。`len(表)` 返回表的行数。
#
# *提交：* 一个数。把 `...` 换成你的代码，运行该单元格，再运行它下面的检查单元格。
#
# 每道题都有三个帮手：`check("1.1", ...)` 告诉你对不对、错在哪里；`hint("1.1")` 每次给一条提示；`solution("1.1")` 显示我们的做法。

# %% student="1.1"
customers_on_file = ...

# %% solution="1.1"
customers_on_file = len(company.customers)

# %% [markdown] lang="en" solution="1.1"
# One row is one customer, so the number of rows is the number of customers on file. That includes customers who never bought.

# %% [markdown] lang="zh" solution="1.1"
# 一行就是一个客户，所以行数就是登记的客户数，其中也包括从未购买过的客户。

# %% check="1.1"
check("1.1", customers_on_file)

# %% [markdown] lang="en"
# ## 2 · Who bought, and how did they find us?
#
# **Guess first.** How many of the customers on file bought at least once in 2025? Write your guess, in percent, into the next cell.

# %% [markdown] lang="zh"
# ## 2 · 谁买过？他们是怎么找到我们的？
#
# **先猜一猜。** 在登记的客户中，2025 年至少买过一次的占百分之几？把你的猜测写进下面的单元格。

# %%
my_guess = 50

# %% [markdown] lang="en"
# **Now look.** This is the Analysis page of the CRM, opened on *Customer statistics* (客户统计分析): who bought, by **source** (客户来源), that is, how they
# came to us. Change the source, the region or the period and see what happens to the table and the chart. Below the chart, "Show me the code" has
# the line of Python that makes the same table.

# %% [markdown] lang="zh"
# **再看一看。** 这是 CRM 的“分析”页面，打开的是*客户统计分析*（customer statistics）：谁购买过，按**客户来源**（customer source，即通过什么途径找到我们）统计。试着改变客户来源、地区或期间，观察表格和图表的变化。图表下方的“显示代码”给出生成同一张表的那一行 Python 代码。

# %%
explore(company, "customer-statistics", start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# How good was your guess? The first number is yours, the second is the company's.

# %% [markdown] lang="zh"
# 你猜得准吗？第一个数是你的，第二个数是公司的实际情况。

# %%
statistics = customer_statistics(company, start="2025-01-01", end="2025-12-31")
my_guess, round(100 * float(statistics["customers"].sum() / len(company.customers)), 1)

# %% [markdown] lang="en"
# ### From the screen to code
#
# The screen counts **valid sales** (有效销售) only. An order is a valid sale when its status is `confirmed`, `shipped` or
# `completed`. Drafts and cancelled orders do not count. Here are the valid orders of **2024**:

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# 页面只统计**有效销售**（valid sale）：状态为 `confirmed`（已确认）、`shipped`（已发货）或 `completed`（已完成）的订单。草稿（`draft`）和已取消（`cancelled`）的订单不计。下面是 **2024 年**的有效订单：

# %%
orders = company.orders
valid = orders["status"].isin(["confirmed", "shipped", "completed"])
in_2024 = (orders["ordered_at"] >= "2024-01-01") & (orders["ordered_at"] < "2025-01-01")
orders_2024 = orders[valid & in_2024]
len(orders_2024)

# %% [markdown] lang="en"
# Look at the end of the period: `< "2025-01-01"` and not `<= "2024-12-31"`. An order has a *time*, and
# `"2024-12-31"` means midnight at the start of that day. With `<=` all orders of the last day would be lost.
#
# ### Question 1.2 (2 points)
#
# How many **different** customers have at least one valid order in **2025**? `len` counts rows; `orders_2024["customer_id"].nunique()` would count the different
# customer numbers of 2024.
#
# *Hand in:* a number of customers.

# %% [markdown] lang="zh"
# 注意期间的结尾：写的是 `< "2025-01-01"`，而不是 `<= "2024-12-31"`。订单带有*时间*，而 `"2024-12-31"` 指的是这一天零点。用 `<=` 就会丢掉最后一天的所有订单。
#
# ### 问题 1.2（2 分）
#
# **2025 年**有多少个**不同的**客户至少有一张有效订单？`len` 数的是行数；`orders_2024["customer_id"].nunique()` 则统计 2024 年有多少个不同的客户编号。
#
# *提交：* 客户数。

# %% student="1.2"
buyers_2025 = ...

# %% solution="1.2"
in_2025 = (orders["ordered_at"] >= "2025-01-01") & (orders["ordered_at"] < "2026-01-01")
orders_2025 = orders[valid & in_2025]
buyers_2025 = orders_2025["customer_id"].nunique()

# %% [markdown] lang="en" solution="1.2"
# `nunique()` counts different values. A customer with ten orders counts once.

# %% [markdown] lang="zh" solution="1.2"
# `nunique()` 统计不同的取值有多少个。有十张订单的客户也只算一个。

# %% check="1.2"
check("1.2", buyers_2025)

# %% [markdown] lang="en"
# ### Question 1.3 (3 points)
#
# Split the buyers of 2025 by **source**: how did they come to us? The source is in `company.customers`. Some customers have no
# source, because nobody noted it. That is a group too: leave it empty or call it `"Unknown"`, but do not drop it.
# Otherwise the groups do not add up to the total.
#
# The next cell does the same for other customers and another column: those who bought in 2024, by hobby. `isin` is true for each customer whose number is among
# those of the orders. `groupby` with `dropna=False` keeps the rows in which the value is missing as a group.
#
# *Hand in:* a table with the columns `source` and `customers`, one row for each source and one for the unknown.

# %% [markdown] lang="zh"
# ### 问题 1.3（3 分）
#
# 把 2025 年的购买客户按**客户来源**划分：他们是怎么找到我们的？来源在 `company.customers` 中。有些客户没有来源，因为当时没人登记。这也是一组：可以空着，也可以写 `"未知"`，但不能丢掉，否则各组之和就不等于总数。
#
# 下面对另一批客户、另一列做了同样的事：2024 年的购买客户，按爱好统计。`isin` 判断每个客户的编号是否在这些订单中出现。`groupby` 加上 `dropna=False`，会把取值缺失的行保留为一组。
#
# *提交：* 一张表，列为 `source` 和 `customers`，每个来源一行，未知来源一行。

# %%
bought_2024 = company.customers["customer_id"].isin(orders_2024["customer_id"])
buyers_2024 = company.customers[bought_2024]
buyers_2024.groupby("hobby", dropna=False).size().reset_index(name="customers")

# %% student="1.3"
buyers_by_source = ...

# %% solution="1.3"
bought = company.customers["customer_id"].isin(orders_2025["customer_id"])
buyers = company.customers[bought]
buyers_by_source = buyers.groupby("source", dropna=False).size().reset_index(name="customers")
buyers_by_source

# %% [markdown] lang="en" solution="1.3"
# We start from the *customers* and keep those who bought, so that nobody counts twice. `groupby` drops missing values
# unless it is told `dropna=False`.

# %% [markdown] lang="zh" solution="1.3"
# 从*客户*表出发，留下买过的客户，这样就不会重复计算。`groupby` 默认丢掉缺失值，加上 `dropna=False` 才会保留。

# %% check="1.3"
check("1.3", buyers_by_source)

# %% [markdown] lang="en"
# ## 3 · Who is worth most to us?
#
# Who are the **value customers** (价值客户)? The value of a customer is here its **net sales** (净销售额): what was sold, after discount, without VAT, minus what came back.
#
# > net sales = sum of quantity × unit price × (1 − discount)
#
# A **return** (退货) is a line with a negative quantity. It counts on the day on which the goods came back (`booked_at`), and that can be
# months after the order. Look at the screen first. Which share of net sales do the first 20 % of the customers bring? That few bring most is
# called the **Pareto rule** (帕累托法则).

# %% [markdown] lang="zh"
# ## 3 · 哪些客户对我们最有价值？
#
# 谁是**价值客户**（value customer）？这里用**净销售额**（net sales）衡量客户价值：售出的金额，扣除折扣，不含增值税，再减去退货。
#
# > 净销售额 = 数量 × 单价 × (1 − 折扣) 的总和
#
# **退货**（return）是数量为负的明细行，计入货物退回的那一天（`booked_at`），可能比下单晚几个月。先看页面：前 20% 的客户带来了净销售额的百分之几？少数客户带来大部分销售额，称为**帕累托法则**（Pareto rule）。

# %%
explore(company, "value-customers", start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# ### Question 1.4 (3 points)
#
# What were the company's net sales in **2025**?
#
# The lines are in `company.order_lines`, the status is in `company.orders`. The next cell brings the two together:
# `merge` looks up the order of each line. The cell after it computes the list value of the lines of January 2024, with no regard to discount or status.
# Yours needs both: `discount` is in whole percent (5 means 5 %), and only lines of valid orders count.
#
# *Hand in:* an amount in yuan, to two decimals.

# %% [markdown] lang="zh"
# ### 问题 1.4（3 分）
#
# 公司 **2025 年**的净销售额是多少？
#
# 明细在 `company.order_lines` 中，状态在 `company.orders` 中。下面的单元格把两张表合并：`merge` 为每行明细找到所属的订单。再下面的单元格计算了 2024 年 1 月各行明细折扣前的金额，没有考虑折扣和订单状态。你的计算两样都要考虑：`discount` 是整数百分比（5 表示 5%），而且只有有效订单的明细才算。
#
# *提交：* 金额，单位为元，保留两位小数。

# %%
lines = company.order_lines.merge(orders[["order_id", "customer_id", "status"]], on="order_id")
lines.head()

# %%
lines["before_discount"] = lines["quantity"] * lines["unit_price"]
january_2024 = (lines["booked_at"] >= "2024-01-01") & (lines["booked_at"] < "2024-02-01")
round(float(lines[january_2024]["before_discount"].sum()), 2)

# %% student="1.4"
net_sales_2025 = ...

# %% solution="1.4"
lines["net_sales"] = lines["quantity"] * lines["unit_price"] * (1 - lines["discount"] / 100)
valid_line = lines["status"].isin(["confirmed", "shipped", "completed"])
booked_2025 = (lines["booked_at"] >= "2025-01-01") & (lines["booked_at"] < "2026-01-01")
lines_2025 = lines[valid_line & booked_2025]
net_sales_2025 = round(float(lines_2025["net_sales"].sum()), 2)

# %% [markdown] lang="en" solution="1.4"
# Returns need no extra step: their quantity is negative, so they take themselves off the sum. What matters is the date: a line
# counts by its own `booked_at`, so that a return in 2025 of goods sold in 2024 belongs to 2025.

# %% [markdown] lang="zh" solution="1.4"
# 退货不需要另外处理：数量为负，求和时自然被减去。关键在日期：每行按自己的 `booked_at` 计入，所以 2024 年售出、2025 年退回的货物计入 2025 年。

# %% check="1.4"
check("1.4", net_sales_2025)

# %% [markdown] lang="en"
# ### Question 1.5 (2 points)
#
# Who are the **15 most valuable customers** of 2025? Group the lines of 2025 by customer, add up the net sales rounded to two decimals, and sort.
# If two customers had the same net sales, the smaller customer number would come first.
#
# The next cell does the same for products, by the number of units.
#
# *Hand in:* the 15 customer numbers (`customer_id`), the best first.

# %% [markdown] lang="zh"
# ### 问题 1.5（2 分）
#
# 2025 年**最有价值的 15 个客户**是谁？把 2025 年的明细按客户分组，对净销售额求和并保留两位小数，再排序。如果两个客户净销售额相同，客户编号小的排在前面。
#
# 下面的单元格对产品做了同样的事，按数量合计。
#
# *提交：* 15 个客户编号（`customer_id`），最好的排在最前。

# %%
units = lines.groupby("product_id")["quantity"].sum().reset_index()
units = units.sort_values(["quantity", "product_id"], ascending=[False, True])
units["product_id"].head(5).tolist()

# %% student="1.5"
top_15 = ...

# %% solution="1.5"
value_2025 = lines_2025.groupby("customer_id")["net_sales"].sum().round(2).reset_index()
value_2025 = value_2025.sort_values(["net_sales", "customer_id"], ascending=[False, True])
top_15 = value_2025["customer_id"].head(15).tolist()
top_15

# %% [markdown] lang="en" solution="1.5"
# `sort_values` takes two columns: net sales from high to low, then the customer number from low to high for ties.

# %% [markdown] lang="zh" solution="1.5"
# `sort_values` 可以按两列排序：先按净销售额从高到低，相同时再按客户编号从小到大。

# %% check="1.5"
check("1.5", top_15)

# %% [markdown] lang="en"
# ## 4 · Do we still win new customers?
#
# A **new customer** (新客户) is counted in the year of the **first valid order ever**. The day on which the customer was entered in the CRM says
# nothing: many wait for months before they buy, and some never buy.
#
# Look at the bars: is the company winning more new customers than before? The first year is special. When the CRM was
# introduced, everybody was new in it.

# %% [markdown] lang="zh"
# ## 4 · 我们还在赢得新客户吗？
#
# 客户在**有史以来第一张有效订单**的那一年算**新客户**（new customer）。录入 CRM 的日期说明不了问题：很多客户过了几个月才购买，有些从来没有买过。
#
# 看看柱形图：公司赢得的新客户比以前多了吗？第一年比较特殊：CRM 刚启用时，每个客户在系统里都是新的。

# %%
explore(company, "new-customers")

# %% [markdown] lang="en"
# ### Question 1.6 (3 points)
#
# How many new customers did the company win in each year from **2022 to 2025**, and what was the **year-on-year change** (同比): by how many
# percent more, or less, than in the year before?
#
# The next cell does this for the number of valid orders. `.dt.year` takes the year out of a date, `value_counts()` counts each, and `pct_change()` compares
# each value with the one before it: 0.05 is 5 %. The first year has nothing before it, so it is left out at the end with `.loc`. The last year, 2026,
# has only begun, so it is left out too. `rename_axis` gives the index the name that the column shall have, and `reset_index` makes a column of it.
#
# For new customers, begin with the first valid order of each customer: `groupby("customer_id")["ordered_at"].min()`.
#
# *Hand in:* a table with the columns `year`, `new_customers` and `change` (in percent, to one decimal, with a minus when there were fewer).

# %% [markdown] lang="zh"
# ### 问题 1.6（3 分）
#
# **2022 年到 2025 年**，公司每年赢得了多少新客户？**同比**（year-on-year change）变化是多少，也就是比上一年增加或减少了百分之几？
#
# 下面的单元格对有效订单数做了同样的计算。`.dt.year` 从日期中取出年份，`value_counts()` 统计每年的个数，`pct_change()` 把每个值与前一个值相比：0.05 就是 5%。第一年没有上一年可比，所以最后用 `.loc` 去掉；2026 年才刚开始，也去掉。`rename_axis` 给索引起一个列名，`reset_index` 把索引变成列。
#
# 计算新客户时，先找到每个客户的第一张有效订单：`groupby("customer_id")["ordered_at"].min()`。
#
# *提交：* 一张表，列为 `year`、`new_customers` 和 `change`（百分数，保留一位小数，减少时为负）。

# %%
orders_by_year = orders[valid]["ordered_at"].dt.year.value_counts().sort_index()
growth_of_orders = pd.DataFrame({"orders": orders_by_year})
growth_of_orders["change"] = (100 * orders_by_year.pct_change()).round(1)
growth_of_orders.loc[2022:2025].rename_axis("year").reset_index()

# %% student="1.6"
new_by_year = ...

# %% solution="1.6"
first_order = orders[valid].groupby("customer_id")["ordered_at"].min()
new_customers_by_year = first_order.dt.year.value_counts().sort_index()
new_by_year = pd.DataFrame({"new_customers": new_customers_by_year})
new_by_year["change"] = (100 * new_customers_by_year.pct_change()).round(1)
new_by_year = new_by_year.loc[2022:2025].rename_axis("year").reset_index()
new_by_year

# %% [markdown] lang="en" solution="1.6"
# The first order must be searched in *all* years, not in the year in question: whoever bought in 2022 is not new in 2023. And only among
# valid orders: a cancelled first order does not make a customer. The change is computed before 2021 is left out, because 2022 is compared with it.

# %% [markdown] lang="zh" solution="1.6"
# 第一张订单要在*所有*年份里找，而不是只在某一年里找：2022 年买过的客户，2023 年就不是新客户了。而且只看有效订单：第一张订单被取消了，就还不算客户。去掉 2021 年之前要先算变化，因为 2022 年要与它相比。

# %% check="1.6"
check("1.6", new_by_year)

# %% [markdown] lang="en"
# ## 5 · What do they like?
#
# A gift should suit the person who gets it: the **key contact** (关键联系人) of the customer. The hobby is on the contact's card. If it is empty
# there, the customer's own card may have one. If that is empty too, somebody must ask.

# %% [markdown] lang="zh"
# ## 5 · 他们喜欢什么？
#
# 礼物要适合收礼的人，也就是客户的**关键联系人**（key contact）。爱好登记在联系人卡片上；如果那里是空的，客户自己的卡片上可能有；如果也是空的，就得有人去问一问。

# %%
explore(company, "gift-list", start="2025-01-01", end="2025-12-31", top=20, budget=300)

# %% [markdown] lang="en"
# ### Question 1.7 (3 points)
#
# To choose 20 well, look at more than 20. Take the **50 most valuable customers of 2025**. Add the hobby of each one's key contact (`is_key` in
# `company.contacts`), else the hobby on the customer's own card. Keep the rows without any hobby.
#
# The next cell looks something up for the orders: who looked after the customer then, and who does today. It shows the first orders for which that has changed. `merge(..., how="left")` keeps all
# rows of the left table, also those for which the right one has nothing. Where both tables have a column of the same name, `suffixes` says what is
# added to each name. For the hobbies you need one step more: `a.fillna(b)` fills the gaps of column `a` with the values of column `b`.
#
# *Hand in:* a table with the columns `customer_id` and `hobby`, 50 rows.

# %% [markdown] lang="zh"
# ### 问题 1.7（3 分）
#
# 要选好 20 个，就不能只看 20 个。取 **2025 年最有价值的 50 个客户**，加上各自关键联系人（`company.contacts` 中的 `is_key`）的爱好；联系人没有登记爱好时，用客户自己卡片上的爱好。两处都没有的行也要保留。
#
# 下面的单元格为订单查找信息：当时由谁负责该客户，现在又由谁负责，并显示负责人已经更换的前几张订单。`merge(..., how="left")` 保留左表的所有行，右表中查不到的也保留。两张表有同名的列时，`suffixes` 说明在各自的列名后面加什么。查找爱好还需要多一步：`a.fillna(b)` 用 `b` 列的值填补 `a` 列的空缺。
#
# *提交：* 一张表，列为 `customer_id` 和 `hobby`，共 50 行。

# %%
owners_then = orders[["order_id", "customer_id", "owner_id"]]
owners_today = company.customers[["customer_id", "owner_id"]]
owners = owners_then.merge(owners_today, on="customer_id", how="left", suffixes=("", "_today"))
owners[owners["owner_id"] != owners["owner_id_today"]].head()

# %% student="1.7"
hobbies = ...

# %% solution="1.7"
best_50 = value_2025.head(50)
key_contacts = company.contacts.loc[company.contacts["is_key"], ["customer_id", "hobby"]]
cards = company.customers[["customer_id", "hobby"]]
hobbies = best_50.merge(key_contacts, on="customer_id", how="left")
hobbies = hobbies.merge(cards, on="customer_id", how="left", suffixes=("", "_on_card"))
hobbies["hobby"] = hobbies["hobby"].fillna(hobbies["hobby_on_card"])
hobbies = hobbies[["customer_id", "hobby"]]
hobbies

# %% [markdown] lang="en" solution="1.7"
# Two left joins: first the key contacts, then the customers' own cards. Nobody is lost, and nobody appears twice, because a
# customer has at most one key contact.

# %% [markdown] lang="zh" solution="1.7"
# 两次左连接：先连关键联系人，再连客户卡片。每个客户至多有一位关键联系人，所以不会丢失，也不会重复。

# %% check="1.7"
check("1.7", hobbies)

# %% [markdown] lang="en"
# ## 6 · Decide
#
# ### Question 1.8 (3 points)
#
# Choose the **20 customers** who get a gift of 300 yuan. If a hobby is known, the gift will suit it. If not, the customer gets a fruit
# basket, which pleases less.
#
# Our company is made up, so this lab knows what nobody in real life knows: who will still buy in 2026, and whose loyalty a gift
# strengthens. The check plays your list out and tells you what it earns in 2026, beside the best possible list and beside the simple
# rule "the 20 with the highest net sales of all years". Your points are your share of the best possible. Nobody reaches all of it.
#
# A gift that suits adds on average about 5 % to the gross margin (毛利) that the company makes with the customer in the next twelve months. Where the
# customer has left, the 300 yuan are gone.
#
# Think about three things. Who was valuable, but has **not ordered for a long time**? Whose **hobby** do we know? And over which
# **period** does value tell most about next year? You may try as often as you like.
#
# *Hand in:* 20 customer numbers, in any order.

# %% [markdown] lang="zh"
# ## 6 · 做决定
#
# ### 问题 1.8（3 分）
#
# 选出 **20 个客户**，各送一份 300 元的礼物。知道爱好的，礼物就投其所好；不知道的，送一个水果篮，效果差一些。
#
# 这家公司是虚构的，所以本实验知道现实中没人知道的事：谁在 2026 年还会购买，礼物会让谁更忠诚。检查程序会按你的名单推演一遍，告诉你它在 2026 年带来多少收益，并与最佳名单和简单规则“历年净销售额最高的 20 个客户”相比较。得分按你的收益占最佳收益的比例计算，没有人能达到百分之百。
#
# 合适的礼物，平均能使公司今后十二个月从该客户获得的毛利（gross margin）提高约 5%。如果客户已经流失，300 元就白花了。
#
# 请想三件事：谁曾经很有价值，但**已经很久没有下单**？我们知道谁的**爱好**？用哪一段**期间**的价值最能预测明年？你可以反复尝试。
#
# *提交：* 20 个客户编号，顺序不限。

# %% student="1.8"
gifts_to = ...

# %% solution="1.8"
candidates = gift_list(company, start="2025-01-01", end="2026-01-31", top=80, budget=300)
last_order = orders[valid].groupby("customer_id")["ordered_at"].max().rename("last_order")
candidates = candidates.merge(last_order, on="customer_id")
still_active = candidates["last_order"] >= company.today - pd.Timedelta(days=120)
hobby_known = candidates["hobby_from"] != "missing"
gifts_to = candidates.loc[still_active & hobby_known, "customer_id"].head(20).tolist()
gifts_to

# %% [markdown] lang="en" solution="1.8"
# Our rule has three parts: high net sales since the beginning of 2025, an order in the last four months, and a known hobby. It is not
# the best possible list, because the data do not show whom a gift impresses. It beats the simple rule, because it spends
# nothing on customers who have gone, and little on gifts that please nobody.

# %% [markdown] lang="zh" solution="1.8"
# 我们的规则有三条：2025 年初以来净销售额高，最近四个月下过单，爱好已知。它不是最佳名单，因为数据看不出礼物能打动谁；但它胜过简单规则，因为没有把钱花在已经流失的客户身上，也很少送出没人喜欢的礼物。

# %% check="1.8"
check("1.8", gifts_to)

# %% [markdown] lang="en"
# ## Wrap up
#
# Managers read one chart and three sentences. Here is the chart.

# %% [markdown] lang="zh"
# ## 小结
#
# 管理者只看一张图和三句话。图在这里。

# %%
ranking = value_customers(company, start="2025-01-01", end="2025-12-31")
menu.find("value-customers").chart(ranking, company)

# %% [markdown] lang="en"
# And these are the sentences that the CRM itself would write. Yours should be better: say what the sales director should *do*.

# %% [markdown] lang="zh"
# 下面是 CRM 自己写的三句话。你应该写得更好：告诉销售总监应该*做什么*。

# %%
growth = new_customers(company)
print(menu.find("customer-statistics").finding(statistics, company))
print(menu.find("value-customers").finding(ranking, company))
print(menu.find("new-customers").finding(growth, company))

# %% [markdown] lang="en"
# **My three sentences:**
#
# 1. Our customers: …
# 2. Our most valuable customers: …
# 3. The gifts should go to …, because …
#
# ### Terms

# %% [markdown] lang="zh"
# **我的三句话：**
#
# 1. 我们的客户：……
# 2. 我们最有价值的客户：……
# 3. 礼物应该送给……，因为……
#
# ### 术语

# %% [markdown] terms="valid sale; net sales; return; customer source; value customer; Pareto rule; new customer; year-on-year change; key contact"

# %% [markdown] lang="en"
# ### How far you are

# %% [markdown] lang="zh"
# ### 你的进度

# %% tags=["nbval-ignore-output"]
progress()
