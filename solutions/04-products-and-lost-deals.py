# ---
# jupyter:
#   crmlab:
#     lab: "04"
#     minutes: 85
#     needs: ["01"]
#     title:
#       en: Products and lost deals
#       zh: 产品推广与丢单
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lab 04 · Products and lost deals
#
# **What do we promote, through which medium, and why do we lose?**
#
# | | |
# |---|---|
# | **You will learn to** | find the products that nobody buys · see who buys a category and which medium reaches them · tell what a campaign changed from what would have happened anyway · compute a loss rate · decide whom to call |
# | **You need** | lab 01: net sales, `merge`, `groupby` |
# | **Time** | about 85 minutes, 8 questions, 20 points |
#
# Run a cell with **Shift + Enter**. Start at the top and go down.

# %% [markdown] lang="zh"
# # 实验 04 · 产品推广与丢单
#
# **推广什么？通过什么媒介推广？我们为什么丢单？**
#
# | | |
# |---|---|
# | **你将学会** | 找出没有人买的产品 · 看清谁在购买某个分类、哪种媒介能触达他们 · 区分活动带来的变化与本来就会发生的事 · 计算丢单率 · 决定给谁打电话 |
# | **你需要** | 做过实验 01：净销售额、`merge`、`groupby` |
# | **时间** | 约 85 分钟，8 道题，共 20 分 |
#
# 按 **Shift + Enter** 运行一个单元格。请从上到下依次进行。

# %% [markdown] lang="en"
# ## The request
#
# > **From:** Marketing manager<br>
# > **To:** You, sales office<br>
# > **Date:** Saturday, 31 January 2026<br>
# > **Subject:** What to promote after the festival
# >
# > After Spring Festival we want to promote what sells badly. On Tuesday I need to know **which products are weak**, **who buys the
# > weakest category**, and **through which medium we reached buyers so far**. My report says that our campaigns were followed by hundreds of
# > orders. The general manager does not believe it: "They would have ordered anyway." Who is right?
# >
# > He also asks **why we lose deals**, and whether it is getting worse.
# >
# > One decision is due. I have paid for **60 phone calls, 30 yuan each**, in the first week of March. My plan was to call the 60
# > customers with the highest net sales of last year. If you know better, send me your list.

# %% [markdown] lang="zh"
# ## 任务
#
# > **发件人：** 市场经理<br>
# > **收件人：** 你，销售部<br>
# > **日期：** 2026 年 1 月 31 日，星期六<br>
# > **主题：** 节后推广什么
# >
# > 春节过后，我们要推广卖得不好的产品。请在星期二之前告诉我：**哪些产品滞销**、**最弱的分类由谁购买**、**以往通过哪种媒介触达了购买客户**。我的报告说，我们的活动带来了几百张订单，总经理却不相信：“他们本来就会下单。”到底谁说得对？
# >
# > 他还想知道**我们为什么丢单**，情况是不是越来越糟。
# >
# > 还有一个决定要做。我已经付费安排了 3 月第一周的 **60 通电话，每通 30 元**。我原来打算打给去年净销售额最高的 60 个客户。如果你有更好的办法，请把名单发给我。

# %% [markdown] lang="en"
# ## Open the company
#
# The second cell makes the tables for this lab: the orders that are **valid sales** (有效销售) and their lines, with **net sales** (净销售额). You
# know both from lab 01. A **return** (退货) is a line with a negative quantity; it counts on the day on which the goods came back
# (`booked_at`).

# %% [markdown] lang="zh"
# ## 打开公司
#
# 第二个单元格准备好本实验要用的表：属于**有效销售**（valid sale）的订单及其明细，并算出**净销售额**（net sales）。这两个概念在实验 01 中已经学过。**退货**（return）是数量为负的明细行，计入货物退回的那一天（`booked_at`）。

# %%
import pandas as pd

from crmlab import check, explore, hint, open_company, progress, solution
from crmlab.analysis import lost_deals, menu, promotion_media, promotion_sources, weak_products

company = open_company()
company

# %%
orders = company.orders[company.orders["status"].isin(["confirmed", "shipped", "completed"])]
lines = company.order_lines.merge(orders[["order_id", "customer_id"]], on="order_id")
lines["net_sales"] = lines["quantity"] * lines["unit_price"] * (1 - lines["discount"] / 100)
lines_2024 = lines[lines["booked_at"].dt.year == 2024]
lines_2025 = lines[lines["booked_at"].dt.year == 2025]
lines_2025.head()

# %% [markdown] lang="en"
# ## 1 · What hardly sells?
#
# ### Question 4.1 (1 point)
#
# How many products are in the catalogue? Every row of `company.products` is one product, whether anybody bought it or not.
#
# *Hand in:* a number of products. `hint("4.1")` helps, and `solution("4.1")` shows how we did it.

# %% [markdown] lang="zh"
# ## 1 · 什么卖得不好？
#
# ### 问题 4.1（1 分）
#
# 产品目录中有多少种产品？`company.products` 的每一行是一种产品，不论有没有人买过。
#
# *提交：* 产品的种数。`hint("4.1")` 给提示，`solution("4.1")` 显示我们的做法。

# %% student="4.1"
products_on_offer = ...

# %% solution="4.1"
products_on_offer = len(company.products)

# %% [markdown] lang="en" solution="4.1"
# We count in the catalogue and not among the sales, because a product that nobody bought is in no order.

# %% [markdown] lang="zh" solution="4.1"
# 要在产品目录中数，而不是在销售记录中数：没有人买的产品不会出现在任何订单里。

# %% check="4.1"
check("4.1", products_on_offer)

# %% [markdown] lang="en"
# ### Products that nobody bought
#
# **Guess first.** Which share of these products did nobody buy in 2025? Write your guess, in percent, into the next cell.

# %% [markdown] lang="zh"
# ### 没有人买的产品
#
# **先猜一猜。** 这些产品中，2025 年无人购买的占百分之几？把你的猜测写进下面的单元格。

# %%
my_guess = 3

# %% [markdown] lang="en"
# **Now look.** This is *Weak products* on the Analysis page: the **weak products** (滞销产品), the weakest first. Which of them were never
# sold at all? Change the period, and choose one major category.

# %% [markdown] lang="zh"
# **再看一看。** 这是“分析”页面上的*滞销产品分析*，**滞销产品**（weak product）中最弱的排在最前。哪些产品从未售出？改变期间，再选一个产品大分类看看。

# %%
explore(company, "weak-products", start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# The first number is your guess, the second is what happened.

# %% [markdown] lang="zh"
# 第一个数是你的猜测，第二个数是实际情况。

# %%
ranking = weak_products(company, start="2025-01-01", end="2025-12-31", bottom=1000)
my_guess, round(100 * float((ranking["orders"] == 0).mean()), 1)

# %% [markdown] lang="en"
# ### From the screen to code
#
# `groupby` makes a group of what it finds. It cannot find what is not there. Here are the net sales of **2024** by customer, and how
# many customers have a row:

# %% [markdown] lang="zh"
# ### 从页面到代码
#
# `groupby` 只能把找得到的分组，找不到的就没有组。下面按客户计算 **2024 年**的净销售额，看看结果里有多少个客户：

# %%
by_customer = lines_2024.groupby("customer_id")["net_sales"].sum().reset_index()
len(by_customer), len(company.customers)

# %% [markdown] lang="en"
# The others bought nothing. To keep them we start from the list of all customers. `merge(..., how="left")` keeps every row of the left
# table, and `fillna(0)` puts a 0 where nothing was found. Now every customer has a row:

# %% [markdown] lang="zh"
# 其余的客户什么都没买。要保留他们，就从全部客户的名单出发：`merge(..., how="left")` 保留左表的每一行，`fillna(0)` 在没有找到的地方填 0。这样每个客户都有一行：

# %%
customers_2024 = company.customers[["customer_id"]].merge(by_customer, on="customer_id", how="left")
customers_2024["net_sales"] = customers_2024["net_sales"].fillna(0)
len(customers_2024), len(customers_2024[customers_2024["net_sales"] < 10000])

# %% [markdown] lang="en"
# ### Question 4.2 (3 points)
#
# We call a product **weak** if its net sales of **2025** are **less than 10,000 yuan**. A product that nobody bought has net sales of 0, and
# is weak too. Which products are weak, and what are their net sales?
#
# *Hand in:* a table with the columns `product_id` and `net_sales` (yuan, to two decimals), one row for each weak product.

# %% [markdown] lang="zh"
# ### 问题 4.2（3 分）
#
# 如果一种产品 **2025 年**的净销售额**不到 10,000 元**，我们就称它为**滞销**产品。没有人买的产品净销售额为 0，也算滞销。哪些产品滞销？净销售额各是多少？
#
# *提交：* 一张表，列为 `product_id` 和 `net_sales`（元，保留两位小数），每种滞销产品一行。

# %% student="4.2"
weak = ...

# %% solution="4.2"
by_product = lines_2025.groupby("product_id")["net_sales"].sum().round(2).reset_index()
products_2025 = company.products.merge(by_product, on="product_id", how="left")
products_2025["net_sales"] = products_2025["net_sales"].fillna(0)
weak = products_2025.loc[products_2025["net_sales"] < 10000, ["product_id", "net_sales"]]
weak.sort_values(["net_sales", "product_id"])

# %% [markdown] lang="en" solution="4.2"
# The catalogue stands on the left of the merge, so that every product keeps its row. Whoever groups the sales alone loses the weakest
# products of all: those without a single sale.

# %% [markdown] lang="zh" solution="4.2"
# 合并时产品目录放在左边，所以每种产品都保留一行。如果只对销售记录分组，丢掉的恰恰是最弱的产品：一件都没卖出去的那些。

# %% check="4.2"
check("4.2", weak)

# %% [markdown] lang="en"
# ## 2 · Who buys the weakest category?
#
# It does not pay to promote each weak product on its own. The marketing manager wants to promote a whole **major category** (产品大分类): the
# one with the **lowest net sales of 2025**. The next cells add the category of each product and the source and region of each customer to
# the lines of 2025, which are then called `sales_2025`, and find it.

# %% [markdown] lang="zh"
# ## 2 · 最弱的分类由谁购买？
#
# 逐个推广滞销产品并不划算。市场经理想推广一整个**产品大分类**（major category）：**2025 年净销售额最低**的那一个。下面的单元格把每种产品的分类、每个客户的来源和地区加到 2025 年的明细上，得到 `sales_2025`，并找出这个分类。

# %%
categories = company.products[["product_id", "major_category"]]
customers = company.customers[["customer_id", "source", "region"]]
sales_2025 = lines_2025.merge(categories, on="product_id").merge(customers, on="customer_id")
by_category = sales_2025.groupby("major_category")["net_sales"].sum().sort_values()
by_category.round(2)

# %%
weakest = by_category.index[0]
explore(company, "promotion-sources", major_category=weakest, start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# The screen counts two different things. A **lead** (线索) is somebody who may become a customer. A **buyer** is a customer who bought the
# category. **Sales per buyer** (客均净销售额) are net sales divided by the number of buyers. Do the sources with the most leads also
# bring the most buyers?
#
# Here are the same measures of **all products by region**. Buyers are counted among the lines with a positive quantity: who only sent
# something back in 2025 did not buy. Net sales come from all lines, returns too. `pd.DataFrame({...})` puts the two results side by side.

# %% [markdown] lang="zh"
# 页面统计的是两件不同的事。**线索**（lead）是可能成为客户的人，购买客户则是真正买过这个分类的客户。**客均净销售额**（sales per buyer）是净销售额除以购买客户数。线索最多的来源，带来的购买客户也最多吗？
#
# 下面是**全部产品按地区**的同样指标。购买客户只在数量为正的明细中统计：2025 年只有退货的客户并没有购买。净销售额则用全部明细，包括退货。`pd.DataFrame({...})` 把两个结果并排放在一起。

# %%
bought = sales_2025[sales_2025["quantity"] > 0]
buyers = bought.groupby("region")["customer_id"].nunique()
net_sales = sales_2025.groupby("region")["net_sales"].sum()
pd.DataFrame({"buyers": buyers, "sales_per_buyer": (net_sales / buyers).round(2)})

# %% [markdown] lang="en"
# ### Question 4.3 (3 points)
#
# For the **weakest major category** in **2025**: how many customers of each **source** (客户来源) bought it, and what are the net sales per
# buyer? Keep the buyers whose source nobody noted as a group of their own; `groupby(..., dropna=False)` does that. A source from which
# nobody bought has no row.
#
# *Hand in:* a table with the columns `source`, `buyers` and `sales_per_buyer` (yuan, to two decimals).

# %% [markdown] lang="zh"
# ### 问题 4.3（3 分）
#
# 对于 **2025 年最弱的产品大分类**：每个**客户来源**（customer source）有多少客户购买了它？客均净销售额是多少？没有登记来源的购买客户要保留为单独的一组，`groupby(..., dropna=False)` 可以做到。没有人购买的来源不占一行。
#
# *提交：* 一张表，列为 `source`、`buyers` 和 `sales_per_buyer`（元，保留两位小数）。

# %% student="4.3"
sources = ...

# %% solution="4.3"
category_2025 = sales_2025[sales_2025["major_category"] == weakest]
bought = category_2025[category_2025["quantity"] > 0]
buyers = bought.groupby("source", dropna=False)["customer_id"].nunique()
net_sales = category_2025.groupby("source", dropna=False)["net_sales"].sum()
sources = pd.DataFrame({"buyers": buyers, "sales_per_buyer": (net_sales / buyers).round(2)})
sources = sources.dropna().reset_index()
sources.sort_values("buyers", ascending=False)

# %% [markdown] lang="en" solution="4.3"
# Two results of `groupby` with the same groups can be divided row by row. `nunique()` counts each customer once, however often they
# ordered. `dropna()` removes a source from which goods only came back.

# %% [markdown] lang="zh" solution="4.3"
# 分组相同的两个 `groupby` 结果可以逐行相除。`nunique()` 对每个客户只计一次，不论下过几次单。`dropna()` 去掉只有退货的来源。

# %% check="4.3"
check("4.3", sources)

# %% [markdown] lang="en"
# ## 3 · Through which medium?
#
# A **campaign** (营销活动) approaches a group of customers through one **medium** (媒介), such as letters or the telephone. In each campaign a
# part of the group is held out at random: the **control group** (对照组). Nobody approaches these customers. In
# `company.campaign_touches` they have the `test_group` `control`; the others are `treated`.

# %% [markdown] lang="zh"
# ## 3 · 通过哪种媒介？
#
# 一次**营销活动**（campaign）通过一种**媒介**（medium），例如信函或电话，去接触一群客户。每次活动都随机留出一部分客户作为**对照组**（control group），没有人接触他们。在 `company.campaign_touches` 中，他们的 `test_group` 是 `control`；其余的客户是处理组，`test_group` 是 `treated`。

# %%
explore(company, "promotion-media")

# %%
campaigns = company.campaigns[["campaign_id", "medium", "target"]]
touches = company.campaign_touches.merge(campaigns, on="campaign_id")
touches.head()

# %% [markdown] lang="en"
# The example counts the **different** customers who were approached, by target group of the campaign:

# %% [markdown] lang="zh"
# 下面的例子按活动的目标群体，统计接触过多少个**不同的**客户：

# %%
treated = touches[touches["test_group"] == "treated"]
treated.groupby("target")["customer_id"].nunique()

# %% [markdown] lang="en"
# What did they do? `company.campaign_responses` has the **campaign responses** (活动响应): the first order of a customer from the day of the touch to the end
# of the campaign, or else an enquiry, which has no order. Customers of the control group are there too if they ordered. The next cell keeps the
# responses whose order is a valid sale.

# %% [markdown] lang="zh"
# 他们后来做了什么？`company.campaign_responses` 记录了**活动响应**（campaign response）：从接触之日到活动结束期间客户的第一张订单；没有订单的，可能有一次询价。对照组的客户如果下了单，也在其中。下面的单元格留下订单属于有效销售的响应。

# %%
responses = company.campaign_responses[["campaign_id", "customer_id", "order_id"]]
ordered = responses.merge(orders[["order_id"]], on="order_id")
len(responses), len(ordered)

# %% [markdown] lang="en"
# ### Question 4.4 (3 points)
#
# Over **all campaigns** and all products: how many different customers were **approached** through each medium, and how many different ones of
# them **bought**, that is, responded with a valid order? Leave the control group out.
#
# A customer can be in several campaigns. So `treated` and `ordered` must agree in both, the campaign and the customer:
# `merge(..., on=["campaign_id", "customer_id"])` does that.
#
# *Hand in:* a table with the columns `medium`, `approached` and `buyers`.

# %% [markdown] lang="zh"
# ### 问题 4.4（3 分）
#
# 就**全部活动**和全部产品而言：每种媒介**接触**过多少个不同的客户？其中有多少个不同的客户**购买**了，即以有效订单作出响应？不含对照组。
#
# 一个客户可能参加过几次活动，所以 `treated` 与 `ordered` 的活动和客户都必须一致：`merge(..., on=["campaign_id", "customer_id"])` 可以做到。
#
# *提交：* 一张表，列为 `medium`、`approached` 和 `buyers`。

# %% student="4.4"
media = ...

# %% solution="4.4"
treated_who_ordered = treated.merge(ordered, on=["campaign_id", "customer_id"])
approached = treated.groupby("medium")["customer_id"].nunique()
buyers = treated_who_ordered.groupby("medium")["customer_id"].nunique()
media = pd.DataFrame({"approached": approached, "buyers": buyers}).reset_index()
media

# %% [markdown] lang="en" solution="4.4"
# The inner merge keeps the touches that were followed by a valid order. Both columns count different customers, because the same customer can
# be approached twice through the same medium.

# %% [markdown] lang="zh" solution="4.4"
# 内连接留下后来有有效订单的接触。两列统计的都是不同的客户，因为同一个客户可能通过同一种媒介被接触两次。

# %% check="4.4"
check("4.4", media)

# %% [markdown] lang="en"
# ### Would they have ordered anyway?
#
# Now to the general manager's question. "Approached, then bought" does not mean "bought because of it". The control group shows what happens
# without a campaign. In `followed` every touch has a row, and `bought` says whether a valid order followed. The mean of true and false is the
# share of true. As an example, here are both groups together, by target group, in percent:

# %% [markdown] lang="zh"
# ### 他们本来就会下单吗？
#
# 现在来看总经理的问题。“接触之后购买”并不等于“因为接触而购买”。对照组告诉我们没有活动时会怎样。在 `followed` 中，每次接触占一行，`bought` 表示之后有没有有效订单。真与假的平均数就是真所占的比例。作为例子，下面按目标群体列出两组合计的比例（百分比）：

# %%
followed = touches.merge(ordered, on=["campaign_id", "customer_id"], how="left")
followed["bought"] = followed["order_id"].notna()
(100 * followed.groupby("target")["bought"].mean()).round(1)

# %% [markdown] lang="en"
# ### Question 4.5 (2 points)
#
# Over all campaigns: which share of the rows of the **treated** group was followed by a valid order, and which share of the rows of the
# **control** group?
#
# *Hand in:* two numbers in percent, to one decimal: `[approached, held_out]`, first the treated group.

# %% [markdown] lang="zh"
# ### 问题 4.5（2 分）
#
# 就全部活动而言：**处理组**（`treated`）的各行中，之后有有效订单的占百分之几？**对照组**（`control`）的各行中又占百分之几？
#
# *提交：* 两个百分数，保留一位小数：`[approached, held_out]`，处理组在前。

# %% student="4.5"
shares = ...

# %% solution="4.5"
by_group = 100 * followed.groupby("test_group")["bought"].mean()
shares = [round(float(by_group.loc["treated"]), 1), round(float(by_group.loc["control"]), 1)]
shares

# %% [markdown] lang="en" solution="4.5"
# Who was held out was decided at random, so the two groups differ in one thing only: one was approached. The difference of the two
# shares is what the campaigns changed. Lab 10 says how sure we can be of it.

# %% [markdown] lang="zh" solution="4.5"
# 谁进入对照组是随机决定的，所以两组只有一处不同：是否被接触。两个比例之差就是活动带来的变化。至于这个差有多可靠，见实验 10。

# %% check="4.5"
check("4.5", shares)

# %% [markdown] lang="en"
# ## 4 · Why do we lose?
#
# An **opportunity** (销售机会), or deal, is a sale that may come. In `company.opportunities` its `outcome` is `won`, `lost` or, as long as nobody
# knows, `open`. A **lost deal** (丢单) belongs to the year in which it was **closed** (`closed_on`). A cancelled order is something else: there
# the deal was won, and the order was called off later.
#
# > loss rate = lost ÷ (won + lost)
#
# The **loss rate** (丢单率) leaves the open deals out, because they are neither won nor lost. Look at the screen by year, then by reason.

# %% [markdown] lang="zh"
# ## 4 · 我们为什么丢单？
#
# **销售机会**（opportunity）是可能成交的生意。在 `company.opportunities` 中，`outcome` 表示结果：`won`（赢单）、`lost`（丢单），还没有结果的是 `open`（进行中）。**丢单**（lost deal）计入机会**结束**（`closed_on`）的那一年。订单取消是另一回事：那笔生意曾经谈成，只是订单后来被取消了。
#
# > 丢单率 = 丢单数 ÷（赢单数 + 丢单数）
#
# **丢单率**（loss rate）不含进行中的机会，因为它们既没有赢也没有丢。先按年份看页面，再按丢单原因看。

# %%
explore(company, "lost-deals", by="year")

# %% [markdown] lang="en"
# The same in code, as an example by **source of the deal** over all years:

# %% [markdown] lang="zh"
# 用代码怎么算？下面的例子按**机会来源**统计所有年份：

# %%
deals = company.opportunities
lost = deals[deals["outcome"] == "lost"].groupby("source").size()
won = deals[deals["outcome"] == "won"].groupby("source").size()
pd.DataFrame({"lost": lost, "loss_rate": (100 * lost / (won + lost)).round(1)})

# %% [markdown] lang="en"
# ### Question 4.6 (3 points)
#
# How many deals did the company lose in each year from **2021 to 2025**, and what was the loss rate? The year is that of `closed_on`.
# You can group by `deals["closed_on"].dt.year`.
#
# *Hand in:* a table with the columns `year`, `lost` and `loss_rate` (percent, to one decimal).

# %% [markdown] lang="zh"
# ### 问题 4.6（3 分）
#
# **2021 年到 2025 年**，公司每年丢单多少个？丢单率是多少？年份以 `closed_on` 为准，可以按 `deals["closed_on"].dt.year` 分组。
#
# *提交：* 一张表，列为 `year`、`lost` 和 `loss_rate`（百分比，保留一位小数）。

# %% student="4.6"
lost_by_year = ...

# %% solution="4.6"
decided = deals[deals["outcome"] != "open"]
closed_in = decided["closed_on"].dt.year
lost = decided[decided["outcome"] == "lost"].groupby(closed_in).size()
won = decided[decided["outcome"] == "won"].groupby(closed_in).size()
lost_by_year = pd.DataFrame({"lost": lost, "loss_rate": (100 * lost / (won + lost)).round(1)})
lost_by_year = lost_by_year.loc[2021:2025].rename_axis("year").reset_index()
lost_by_year

# %% [markdown] lang="en" solution="4.6"
# Open deals go first: they are neither won nor lost, and have no day of closing. We leave 2026 out: it has one month.

# %% [markdown] lang="zh" solution="4.6"
# 先去掉进行中的机会：它们既没有赢也没有丢，也没有结束日期。2026 年只有一个月，所以也去掉。

# %% check="4.6"
check("4.6", lost_by_year)

# %% [markdown] lang="en"
# ### Question 4.7 (2 points)
#
# Why did we lose in **2025**? Take the deals lost in 2025, and group them by `lost_reason`: how many were there, and which amount was
# expected of them (`expected_amount`)? Keep those without a reason as a group of their own.
#
# *Hand in:* a table with the columns `reason`, `lost` and `lost_amount` (yuan).

# %% [markdown] lang="zh"
# ### 问题 4.7（2 分）
#
# **2025 年**我们为什么丢单？取 2025 年丢单的机会，按 `lost_reason` 分组：每种原因有多少个？预计金额（`expected_amount`）合计是多少？没有登记原因的保留为单独的一组。
#
# *提交：* 一张表，列为 `reason`、`lost` 和 `lost_amount`（元）。

# %% student="4.7"
reasons = ...

# %% solution="4.7"
lost_2025 = decided[(decided["outcome"] == "lost") & (closed_in == 2025)]
groups = lost_2025.groupby("lost_reason", dropna=False)
reasons = pd.DataFrame({"lost": groups.size(), "lost_amount": groups["expected_amount"].sum()})
reasons = reasons.rename_axis("reason").reset_index()
reasons.sort_values("lost", ascending=False)

# %% [markdown] lang="en" solution="4.7"
# The condition on the outcome comes first. Deals that were won have no reason either, and would fill the group of the unknown. We make
# the groups once and ask them twice.

# %% [markdown] lang="zh" solution="4.7"
# 先限定结果为丢单。赢单同样没有丢单原因，不排除就会混入“未知”一组。分组只做一次，取用两次。

# %% check="4.7"
check("4.7", reasons)

# %% [markdown] lang="en"
# ## 5 · Decide
#
# ### Question 4.8 (3 points)
#
# Choose the **60 customers** whom we call in March. A call costs 30 yuan, whatever comes of it.
#
# What does a call earn? Not all that the customer buys in March, as you know from question 4.5, but what the customer buys **because of the
# call**. Our company is made up, so this lab knows for each customer how much **gross margin** (毛利) the campaigns of 2024 and 2025 really added,
# on average. It takes it that a call adds as much. From a customer who has left, it adds nothing. The check plays your list
# out, and compares it with the best possible list and with the plan of the marketing manager. Your points are your share of the best.
#
# The next cell collects what you can see of each customer: the valid orders of the last twelve months, the day of the last one, and
# the **margin per order**: net sales minus the cost of the goods, over all years, divided by the number of orders.

# %% [markdown] lang="zh"
# ## 5 · 做决定
#
# ### 问题 4.8（3 分）
#
# 选出 3 月要打电话的 **60 个客户**。无论结果如何，每通电话花费 30 元。
#
# 一通电话能带来多少收益？从问题 4.5 可知，不是客户 3 月买的全部，而是客户**因为这通电话**才买的部分。这家公司是虚构的，所以本实验知道 2024 年和 2025 年的活动平均给每个客户真正增加了多少**毛利**（gross margin），并假定一通电话的作用与此相同；对已经流失的客户，电话没有作用。检查程序会按你的名单推演一遍，并与最佳名单和市场经理的方案相比较。得分按你的收益占最佳收益的比例计算。
#
# 下面的单元格汇总了每个客户看得到的情况：最近十二个月的有效订单数、最后一张订单的日期，以及**每单毛利**：历年净销售额减去货物成本，再除以订单数。

# %%
lines["margin"] = lines["net_sales"] - lines["quantity"] * lines["unit_cost"]
last_12_months = orders[orders["ordered_at"] >= company.today - pd.DateOffset(months=12)]
of_customer = orders.groupby("customer_id")
candidates = pd.DataFrame(
    {
        "orders_12_months": last_12_months.groupby("customer_id").size(),
        "last_order": of_customer["ordered_at"].max(),
        "margin_per_order": (lines.groupby("customer_id")["margin"].sum() / of_customer.size()).round(2),
    }
)
candidates = candidates.fillna({"orders_12_months": 0}).reset_index()
candidates.head()

# %% [markdown] lang="en"
# Think about three things. Who has been **silent** for a long time? Who orders so **often** that the next order comes without a call? And how
# much does **one more order** leave? You can try as often as you like. This is the plan of the marketing manager; hand it in first, if you want
# to see what it earns:

# %% [markdown] lang="zh"
# 请想三件事：谁已经**很久没有动静**？谁下单**很频繁**，不打电话也会有下一张？**多一张订单**能留下多少？你可以反复尝试。下面是市场经理的方案；想知道它能赚多少，可以先提交它：

# %%
net_sales_2025 = lines_2025.groupby("customer_id")["net_sales"].sum()
plan = net_sales_2025.sort_values(ascending=False).head(60).index.tolist()
plan[:10]

# %% [markdown] lang="en"
# Two conditions may help: `candidates["orders_12_months"].between(1, 3)` is true from 1 to 3, and
# `candidates["last_order"] >= company.today - pd.Timedelta(days=30)` is true for whoever ordered in the last 30 days.
#
# *Hand in:* 60 customer numbers, in any order.

# %% [markdown] lang="zh"
# 有两个条件也许用得上：`candidates["orders_12_months"].between(1, 3)` 在 1 到 3 之间为真；`candidates["last_order"] >= company.today - pd.Timedelta(days=30)` 对最近 30 天下过单的客户为真。
#
# *提交：* 60 个客户编号，顺序不限。

# %% student="4.8"
call_list = ...

# %% solution="4.8"
still_there = candidates["last_order"] >= company.today - pd.Timedelta(days=180)
undecided = candidates["orders_12_months"].between(2, 12)
chosen = candidates[still_there & undecided].sort_values("margin_per_order", ascending=False)
call_list = chosen["customer_id"].head(60).tolist()
call_list[:10]

# %% [markdown] lang="en" solution="4.8"
# Our rule leaves out two groups for opposite reasons: who is gone does not react, and who orders all the time needs no call. Among the others
# we take those whose orders leave most. It beats the marketing manager's plan clearly, though it is not the best possible: nobody can see
# from the data who likes to be called.

# %% [markdown] lang="zh" solution="4.8"
# 我们的规则排除了两类客户，理由正好相反：已经离开的不会有反应，经常下单的不需要电话。在其余的客户中，取每单毛利最高的。它明显胜过市场经理的方案，但不是最佳名单：从数据中看不出谁喜欢接到电话。

# %% check="4.8"
check("4.8", call_list)

# %% [markdown] lang="en"
# ## Wrap up
#
# Managers read one chart and three sentences. Here is the chart: why we lost in 2025.

# %% [markdown] lang="zh"
# ## 小结
#
# 管理者只看一张图和三句话。图在这里：2025 年的丢单原因。

# %%
why = lost_deals(company, by="reason", start="2025-01-01", end="2025-12-31")
menu.find("lost-deals").chart(why, company)

# %% [markdown] lang="en"
# And these are the sentences that the CRM itself would write. Yours should be better: say what the marketing manager should *do*.

# %% [markdown] lang="zh"
# 下面是 CRM 自己写的三句话。你应该写得更好：告诉市场经理应该*做什么*。

# %%
for_category = promotion_sources(company, major_category=weakest, start="2025-01-01", end="2025-12-31")
print(menu.find("weak-products").finding(ranking.head(20), company))
print(menu.find("promotion-sources").finding(for_category, company))
print(menu.find("promotion-media").finding(promotion_media(company), company))

# %% [markdown] lang="en"
# **My three sentences:**
#
# 1. We should promote …, to customers who …
# 2. Our campaigns changed …; the general manager is right in that …
# 3. We lose mostly because …, and I would find out … before …
#
# ### Terms

# %% [markdown] lang="zh"
# **我的三句话：**
#
# 1. 我们应该推广……，对象是……的客户
# 2. 我们的活动改变了……；总经理说得对的地方是……
# 3. 我们丢单主要是因为……，在……之前，我会先弄清……
#
# ### 术语

# %% [markdown] terms="valid sale; net sales; return; weak product; major category; lead; sales per buyer; customer source; campaign; medium; control group; campaign response; opportunity; lost deal; loss rate; gross margin"

# %% [markdown] lang="en"
# ### How far you are

# %% [markdown] lang="zh"
# ### 你的进度

# %% tags=["nbval-ignore-output"]
progress()
