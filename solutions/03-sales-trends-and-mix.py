# ---
# jupyter:
#   crmlab:
#     lab: "03"
#     minutes: 80
#     needs: ["01"]
#     title:
#       en: Sales trends and mix
#       zh: 销售趋势与构成
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lab 03 · Sales trends and mix
#
# **Are we growing, with what, and at what margin?**
#
# | | |
# |---|---|
# | **You will learn to** | compare months, quarters and years fairly · say what sales are made of, in the words of their time · compute margins of the company and of one person · decide which prices to raise |
# | **You need** | lab 01: net sales, `merge`, `groupby` |
# | **Time** | about 80 minutes, 8 questions, 20 points |
#
# Run a cell with **Shift + Enter**. Start at the top and go down.

# %% [markdown] lang="zh"
# # 实验 03 · 销售趋势与构成
#
# **我们在增长吗？靠什么增长？毛利如何？**
#
# | | |
# |---|---|
# | **你将学会** | 公平地比较月份、季度和年份 · 按当时的口径说明销售的构成 · 计算公司和个人的毛利率 · 判断哪些产品应该提价 |
# | **你需要** | 做过实验 01：净销售额、`merge`、`groupby` |
# | **时间** | 约 80 分钟，8 道题，共 20 分 |
#
# 按 **Shift + Enter** 运行一个单元格。请从上到下依次进行。

# %% [markdown] lang="en"
# ## The request
#
# > **From:** Sales director<br>
# > **To:** You, sales office<br>
# > **Date:** Saturday, 31 January 2026<br>
# > **Subject:** Three slides and eight prices
# >
# > On Monday I show the general manager three slides: **how our sales develop**, **what they are made of**, and **what is left of
# > them**. January has just ended, and I would like to begin with it. Tell me with what I may compare it. And please look at my pie
# > chart of last February: its slices add up to more than our net sales. He also has our report of 2021; what we say about that year must
# > match it.
# >
# > One decision is due. From 1 March we may raise the list price of **8 products by 3 %**. My first thought was the 8 best
# > sellers. The purchasing manager says that this will cost us more than it brings. Find me a better list.

# %% [markdown] lang="zh"
# ## 任务
#
# > **发件人：** 销售总监<br>
# > **收件人：** 你，销售部<br>
# > **日期：** 2026 年 1 月 31 日，星期六<br>
# > **主题：** 三张幻灯片和八个价格
# >
# > 星期一我要向总经理展示三张幻灯片：**销售走势如何**、**销售由什么构成**、**最后留下多少利润**。1 月刚刚结束，我想从它讲起，请告诉我它应该与什么相比。另外，请看看我做的去年 2 月的饼图：各个扇形加起来超过了净销售额。总经理手上还有 2021 年的报告，我们关于那一年的说法必须与它一致。
# >
# > 还有一个决定要做。从 3 月 1 日起，我们可以把 **8 种产品的标价提高 3%**。我最初想选最畅销的 8 种，但采购经理说这样得不偿失。请给我一份更好的名单。

# %% [markdown] lang="en"
# ## Open the company
#
# The second cell makes the table for this lab: all lines of valid sales, with their **net sales** (净销售额). You know both from
# lab 01. A **return** (退货) is a line with a negative quantity. It counts on the day on which the goods came back.

# %% [markdown] lang="zh"
# ## 打开公司
#
# 第二个单元格准备好本实验要用的表：所有有效销售的明细及其**净销售额**（net sales）。这两个概念在实验 01 中已经学过。**退货**（return）是数量为负的明细行，计入货物退回的那一天。

# %%
import pandas as pd

from crmlab import check, explore, hint, open_company, progress, solution
from crmlab.analysis import menu, profit, sales_composition, sales_trend

company = open_company()
company

# %%
orders = company.orders[["order_id", "customer_id", "recorder_id", "status"]]
sales = company.order_lines.merge(orders, on="order_id")
sales = sales[sales["status"].isin(["confirmed", "shipped", "completed"])].copy()
sales["net_sales"] = sales["quantity"] * sales["unit_price"] * (1 - sales["discount"] / 100)
sales.head()

# %% [markdown] lang="en"
# ## 1 · Are we growing?
#
# We begin with one month. These are the net sales of **November 2025**:

# %% [markdown] lang="zh"
# ## 1 · 我们在增长吗？
#
# 先看一个月。这是 **2025 年 11 月**的净销售额：

# %%
in_november = (sales["booked_at"] >= "2025-11-01") & (sales["booked_at"] < "2025-12-01")
round(float(sales.loc[in_november, "net_sales"].sum()), 2)

# %% [markdown] lang="en"
# ### Question 3.1 (1 point)
#
# What were the net sales of **December 2025**?
#
# *Hand in:* an amount in yuan, to two decimals. `hint("3.1")` helps, and `solution("3.1")` shows how we did it.

# %% [markdown] lang="zh"
# ### 问题 3.1（1 分）
#
# **2025 年 12 月**的净销售额是多少？
#
# *提交：* 金额，单位为元，保留两位小数。`hint("3.1")` 给提示，`solution("3.1")` 显示我们的做法。

# %% student="3.1"
net_sales_december = ...

# %% solution="3.1"
in_december = (sales["booked_at"] >= "2025-12-01") & (sales["booked_at"] < "2026-01-01")
net_sales_december = round(float(sales.loc[in_december, "net_sales"].sum()), 2)

# %% [markdown] lang="en" solution="3.1"
# The period ends *before* 1 January. With `<= "2025-12-31"` the lines of the last day would be lost, because they have a time.

# %% [markdown] lang="zh" solution="3.1"
# 期间在 1 月 1 日*之前*结束。如果写 `<= "2025-12-31"`，最后一天的明细就会丢失，因为它们带有时间。

# %% check="3.1"
check("3.1", net_sales_december)

# %% [markdown] lang="en"
# ### The years
#
# **Guess first.** By how many percent were the net sales of 2025 above those of 2024? Write your guess into the next cell.

# %% [markdown] lang="zh"
# ### 按年看
#
# **先猜一猜。** 2025 年的净销售额比 2024 年高百分之几？把你的猜测写进下面的单元格。

# %%
my_guess = 10

# %% [markdown] lang="en"
# **Now look.** This is *Sales trend* on the Analysis page. Change *Every* from quarter to year and to month. A hollow point is a
# period that is not complete.

# %% [markdown] lang="zh"
# **再看一看。** 这是“分析”页面上的*销售趋势分析*。把“周期”从季度改为年，再改为月。空心点表示期间不完整。

# %%
explore(company, "sales-trend", every="quarter")

# %% [markdown] lang="en"
# The first number is your guess, the second is what happened, in percent.

# %% [markdown] lang="zh"
# 第一个数是你的猜测，第二个数是实际情况，单位都是百分比。

# %%
by_year = sales.groupby(sales["booked_at"].dt.year)["net_sales"].sum()
change_on_year_before = 100 * by_year.pct_change()
my_guess, round(float(change_on_year_before.loc[2025]), 1)

# %%
change_on_year_before.round(1)

# %% [markdown] lang="en"
# `pct_change()` divides each row by the row before and subtracts 1. `pct_change(2)` goes two rows back. The last row is a trap:
# 2026 has one month so far, 2025 has twelve. Only periods that are **complete** may be compared.
#
# Two changes have names of their own. The **period-on-period change** (环比) compares with the period just before, for example
# a quarter with the quarter before. The **year-on-year change** (同比) compares with the same period of the year before.
#
# ### Question 3.2 (3 points)
#
# Take the **last complete quarter** before today (31 January 2026). By how many percent did its net sales change on the quarter
# before, and on the same quarter of the year before? `sales["booked_at"].dt.to_period("Q")` is the quarter of each line, and
# `.loc["2025Q1"]` finds one quarter in a result that is grouped by it.
#
# *Hand in:* two numbers in percent, to one decimal: `[on_previous, on_year]`.

# %% [markdown] lang="zh"
# `pct_change()` 把每一行除以上一行再减 1；`pct_change(2)` 则往回数两行。最后一行是个陷阱：2026 年到现在只有一个月，2025 年却有十二个月。只有**完整的**期间才能相比。
#
# 有两种变动各有专门的名称。**环比**（period-on-period change）与紧挨着的上一期相比，例如一个季度与上一个季度相比；**同比**（year-on-year change）与上年同期相比。
#
# ### 问题 3.2（3 分）
#
# 取今天（2026 年 1 月 31 日）之前**最近一个完整的季度**。它的净销售额环比、同比各变动了百分之几？`sales["booked_at"].dt.to_period("Q")` 是每行明细所在的季度；按季度分组后，用 `.loc["2025Q1"]` 可以取出某个季度的结果。
#
# *提交：* 两个百分数，保留一位小数：`[on_previous, on_year]`，先环比，后同比。

# %% student="3.2"
last_quarter = ...

# %% solution="3.2"
by_quarter = sales.groupby(sales["booked_at"].dt.to_period("Q"))["net_sales"].sum()
on_previous = 100 * by_quarter.pct_change().loc["2025Q4"]
on_year = 100 * by_quarter.pct_change(4).loc["2025Q4"]
last_quarter = [round(float(on_previous), 1), round(float(on_year), 1)]
last_quarter

# %% [markdown] lang="en" solution="3.2"
# The first quarter of 2026 has only begun, so the last complete one is the fourth of 2025. A year is four quarters, so `pct_change(4)`
# finds the same quarter of the year before.

# %% [markdown] lang="zh" solution="3.2"
# 2026 年第一季度才刚开始，所以最近一个完整的季度是 2025 年第四季度。一年有四个季度，`pct_change(4)` 就是与上年同一季度相比。

# %% check="3.2"
check("3.2", last_quarter)

# %% [markdown] lang="en"
# ## 2 · One product, month by month
#
# The company sells something every month. A single product does not. We look at one in the middle of the range: number 60 in the
# ranking by net sales of 2025.

# %% [markdown] lang="zh"
# ## 2 · 逐月看一种产品
#
# 公司每个月都有销售，单个产品却不一定。我们看一种销量居中的产品：2025 年净销售额排名第 60 的那一种。

# %%
ranking = sales_composition(company, by="product", start="2025-01-01", end="2025-12-31")
product = int(ranking["group_id"].iloc[59])
company.products[company.products["product_id"] == product]

# %%
explore(company, "sales-trend", product=product, start="2024-01-01", end="2025-12-31", every="month")

# %% [markdown] lang="en"
# Here is the product in **2023**. A month in which nothing was booked has no row:

# %% [markdown] lang="zh"
# 下面是这种产品在 **2023 年**的情况。没有任何记帐的月份，就没有对应的行：

# %%
of_product = sales[sales["product_id"] == product]
in_2023 = of_product[of_product["booked_at"].dt.year == 2023]
by_month = in_2023.groupby(in_2023["booked_at"].dt.month)["net_sales"].sum()
by_month

# %% [markdown] lang="en"
# But the year has twelve months. `reindex` gives every month a row, and `fill_value=0` says what stands in the new ones:

# %% [markdown] lang="zh"
# 但一年有十二个月。`reindex` 让每个月都有一行，`fill_value=0` 规定新补的行填什么：

# %%
months_2023 = by_month.reindex(range(1, 13), fill_value=0)
months_2023

# %% [markdown] lang="en"
# ### Question 3.3 (3 points)
#
# By how many **yuan** did the net sales of this product change in each month of **2025**, compared with the same month of **2024**?
# A month without sales is 0. If two columns of numbers have the same index, `-` subtracts them row by row.
#
# *Hand in:* a table with the columns `month` (1 to 12) and `change` (yuan, to two decimals; a fall is negative), twelve rows.

# %% [markdown] lang="zh"
# ### 问题 3.3（3 分）
#
# 与 **2024 年**同月相比，这种产品 **2025 年**每个月的净销售额变动了多少**元**？没有销售的月份按 0 计。两列数的索引相同时，用 `-` 就能逐行相减。
#
# *提交：* 一张表，列为 `month`（1 到 12）和 `change`（元，保留两位小数；下降为负），共 12 行。

# %% student="3.3"
change_by_month = ...

# %% solution="3.3"
in_2024 = of_product[of_product["booked_at"].dt.year == 2024]
in_2025 = of_product[of_product["booked_at"].dt.year == 2025]
months_2024 = in_2024.groupby(in_2024["booked_at"].dt.month)["net_sales"].sum()
months_2025 = in_2025.groupby(in_2025["booked_at"].dt.month)["net_sales"].sum()
months_2024 = months_2024.reindex(range(1, 13), fill_value=0)
months_2025 = months_2025.reindex(range(1, 13), fill_value=0)
change_by_month = (months_2025 - months_2024).round(2)
change_by_month = change_by_month.rename_axis("month").reset_index(name="change")
change_by_month

# %% [markdown] lang="en" solution="3.3"
# Both years get all twelve months before they are subtracted. Going twelve *rows* back would compare the wrong months as
# soon as one row is missing. We give the change in yuan, because a percentage of a month without sales does not exist.

# %% [markdown] lang="zh" solution="3.3"
# 先让两年都有十二个月，再相减。如果只是往回数十二*行*，只要缺一行，比较的就是错误的月份。变动用元表示，因为上年同月没有销售时，百分比不存在。

# %% check="3.3"
check("3.3", change_by_month)

# %% [markdown] lang="en"
# ## 3 · May January go on the first slide?
#
# Around **Spring Festival** (春节) nobody orders. Many customers buy ahead about four weeks before; then the days become quiet, and it
# takes two weeks after the festival until business is back to normal. The festival follows the moon: it was on **29 January 2025**, and
# it will be on **17 February 2026**. The next cell compares January 2026 with four other periods.

# %% [markdown] lang="zh"
# ## 3 · 一月能放在第一张幻灯片上吗？
#
# **春节**（Spring Festival）期间没有人下单。很多客户提前四周左右备货，之后日渐清淡，节后大约两周才恢复正常。春节按农历计算：**2025 年是 1 月 29 日**，**2026 年是 2 月 17 日**。下面的单元格把 2026 年 1 月与另外四段期间相比。

# %%
january = sales_trend(company, start="2026-01-01", end="2026-01-31")["net_sales"].sum()
others = pd.Series(
    {
        "A": sales_trend(company, start="2025-12-01", end="2025-12-31")["net_sales"].sum(),
        "B": sales_trend(company, start="2025-01-01", end="2025-01-31")["net_sales"].sum(),
        "C": sales_trend(company, start="2024-12-13", end="2025-01-12")["net_sales"].sum(),
        "D": sales_trend(company, start="2025-01-01", end="2025-12-31")["net_sales"].sum() / 12,
    }
)
changed = (100 * (january / others - 1)).round(1)
pd.DataFrame({"net_sales": others.round().astype(int), "january_changed_by": changed})

# %% [markdown] lang="en"
# ### Question 3.4 (2 points)
#
# The general manager wants to know whether customers buy more than a year ago. With which period should January 2026 be compared?
#
# - **A**: December 2025, the month before
# - **B**: January 2025, the same month of last year
# - **C**: 13 December 2024 to 12 January 2025
# - **D**: an average month of 2025
#
# *Hand in:* one letter, for example `"A"`.

# %% [markdown] lang="zh"
# ### 问题 3.4（2 分）
#
# 总经理想知道客户是否比一年前买得更多。2026 年 1 月应该与哪段期间相比？
#
# - **A**：2025 年 12 月，即上个月
# - **B**：2025 年 1 月，即去年同月
# - **C**：2024 年 12 月 13 日至 2025 年 1 月 12 日
# - **D**：2025 年的月平均数
#
# *提交：* 一个字母，例如 `"A"`。

# %% student="3.4"
compare_with = ...

# %% solution="3.4"
compare_with = "C"

# %% [markdown] lang="en" solution="3.4"
# 31 January 2026 is 17 days before the festival, and 12 January 2025 was 17 days before the festival. So C has the same 31 days in the
# rhythm of the festival. Another way is to compare January and February together, but February 2026 is not over yet.

# %% [markdown] lang="zh" solution="3.4"
# 2026 年 1 月 31 日距离春节 17 天，2025 年 1 月 12 日距离当年春节也是 17 天。所以 C 是按春节节奏对应的同样 31 天。另一个办法是把 1 月和 2 月合在一起比较，但 2026 年 2 月还没有结束。

# %% check="3.4"
check("3.4", compare_with)

# %% [markdown] lang="en"
# ## 4 · What are our sales made of?
#
# The **sales composition** (销售构成) gives each group its share of net sales. The shares add up to 100 %. Look at the major categories,
# and change *By* to something else. Then set the period to 2021, and switch *Categories as of* between the two settings.

# %% [markdown] lang="zh"
# ## 4 · 销售由什么构成？
#
# **销售构成**（sales composition）给出每一组占净销售额的比重，各组之和为 100%。先看产品大分类，再把“分组”换成别的。然后把期间改为 2021 年，切换“产品分类口径”的两个选项。

# %%
explore(company, "sales-composition", by="major_category", start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# Why does the setting make a difference? Because the catalogue changed. Some products stood in another category in 2021. `company.products`
# knows only today's category. `company.product_categories` knows all of them, each with the day from which it is valid. These products
# have more than one row:

# %% [markdown] lang="zh"
# 为什么这个选项会有影响？因为产品目录变过。有些产品在 2021 年属于别的分类。`company.products` 只有现在的分类；`company.product_categories` 记录了全部沿革，每一条都有生效日期。下面这些产品不止一行：

# %%
history = company.product_categories.sort_values("valid_from")
history[history["product_id"].duplicated(keep=False)].sort_values(["product_id", "valid_from"]).head(8)

# %% [markdown] lang="en"
# The catalogue as it stood on a day: keep what was valid by then, and of each product the last row. Here is the catalogue of
# **31 December 2025**, and the shares of 2025 in percent:

# %% [markdown] lang="zh"
# 某一天的产品目录可以这样得到：留下到那天为止已经生效的行，再取每种产品的最后一行。下面是 **2025 年 12 月 31 日**的目录，以及 2025 年的占比（百分比）：

# %%
known = history[history["valid_from"] <= "2025-12-31"]
catalogue_2025 = known.drop_duplicates("product_id", keep="last")[["product_id", "major_category"]]
sales_2025 = sales[sales["booked_at"].dt.year == 2025]
in_categories = sales_2025.merge(catalogue_2025, on="product_id")
net_2025 = in_categories.groupby("major_category")["net_sales"].sum()
share_2025 = 100 * net_2025 / net_2025.sum()
share_2025.round(1)

# %% [markdown] lang="en"
# ### Question 3.5 (3 points)
#
# The general manager has the annual report of 2021 at hand, and our figures must match it. Which share of the net sales of **2021** did
# each major category have, **in the catalogue of 31 December 2021**? (It did not change during that year.)
#
# *Hand in:* a table with the columns `major_category` and `share` (percent, to one decimal).

# %% [markdown] lang="zh"
# ### 问题 3.5（3 分）
#
# 总经理手边有 2021 年的年度报告，我们的数字必须与它一致。**按 2021 年 12 月 31 日的产品目录**（这一年里目录没有变动），**2021 年**各产品大分类占净销售额的百分之几？
#
# *提交：* 一张表，列为 `major_category` 和 `share`（百分比，保留一位小数）。

# %% student="3.5"
mix_2021 = ...

# %% solution="3.5"
known = history[history["valid_from"] <= "2021-12-31"]
catalogue_2021 = known.drop_duplicates("product_id", keep="last")[["product_id", "major_category"]]
sales_2021 = sales[sales["booked_at"].dt.year == 2021].merge(catalogue_2021, on="product_id")
net_2021 = sales_2021.groupby("major_category")["net_sales"].sum()
share_2021 = 100 * net_2021 / net_2021.sum()
mix_2021 = share_2021.round(1).reset_index(name="share")
mix_2021

# %% [markdown] lang="en" solution="3.5"
# A share is a ratio of sums: the sum of the category by the sum of all. The screen does the same. It uses the category of the day of booking
# unless you choose today's. To see how tastes *changed* since 2021, do choose today's, for both years. Otherwise a move in the
# catalogue looks like a change of taste.

# %% [markdown] lang="zh" solution="3.5"
# 占比是总和之比：该类的总和除以全部总和。页面也是这样算的：除非你选择当前口径，否则使用记帐当日的分类。如果想看 2021 年以来客户的偏好怎样*变化*，两年就都应选当前口径，否则目录的调整会被误认为偏好的变化。

# %% check="3.5"
check("3.5", mix_2021)

# %% [markdown] lang="en"
# ### The pie that was too large
#
# Now the director's pie: February 2025, by customer. In that month the festival was just over, little was sold, and goods from January came
# back. These five customers have the lowest net sales of the month:

# %% [markdown] lang="zh"
# ### 超出整体的饼图
#
# 现在来看总监的饼图：2025 年 2 月，按客户划分。那个月春节刚过，卖得不多，1 月的货物又有退回。下面是当月净销售额最低的五个客户：

# %%
in_february = (sales["booked_at"] >= "2025-02-01") & (sales["booked_at"] < "2025-03-01")
by_customer = sales[in_february].groupby("customer_id")["net_sales"].sum()
by_customer.nsmallest(5)

# %% [markdown] lang="en"
# A pie cannot draw a negative slice, so the program had left those customers out. The Analysis page draws bars when a group is below zero.
#
# ### Question 3.6 (2 points)
#
# Which share of the net sales of **February 2025** do the **ten largest customers of that month** have? `.nlargest(10)` works like
# `.nsmallest(5)` above.
#
# *Hand in:* a number in percent, to two decimals.

# %% [markdown] lang="zh"
# 饼图画不出负的扇形，制图程序就把这些客户丢掉了。“分析”页面在有小于零的组时会改画条形图。
#
# ### 问题 3.6（2 分）
#
# **2025 年 2 月**的净销售额中，**当月最大的十个客户**占百分之几？`.nlargest(10)` 的用法与上面的 `.nsmallest(5)` 相同。
#
# *提交：* 一个百分数，保留两位小数。

# %% student="3.6"
share_of_ten = ...

# %% solution="3.6"
share_of_ten = round(float(100 * by_customer.nlargest(10).sum() / by_customer.sum()), 2)
share_of_ten

# %% [markdown] lang="en" solution="3.6"
# The whole is `by_customer.sum()`, with the negative customers in it. That is the net sales of the month, the figure in the books.

# %% [markdown] lang="zh" solution="3.6"
# 整体是 `by_customer.sum()`，其中包括负值客户。这才是当月的净销售额，也就是帐上的数。

# %% check="3.6"
check("3.6", share_of_ten)

# %% [markdown] lang="en"
# ## 5 · What is left?
#
# The **gross margin** (毛利) is what is left of net sales after the cost of the goods. The **margin rate** (毛利率) is its share of net
# sales. Do not mix it up with the **markup** (加成率), its share of the cost: what was bought for 80 and sold for 100 has a margin rate
# of 20 % and a markup of 25 %.
#
# **Guess first:** how much of 100 yuan of net sales remains? Then look.

# %% [markdown] lang="zh"
# ## 5 · 还剩下多少？
#
# **毛利**（gross margin）是净销售额减去货物成本后剩下的部分。**毛利率**（margin rate）是毛利占净销售额的比例。不要与**加成率**（markup）混淆，那是毛利占成本的比例：80 元进货、100 元售出，毛利率是 20%，加成率是 25%。
#
# **先猜一猜：** 每 100 元净销售额能剩下多少？然后再看。

# %%
explore(company, "profit", by="major_category", start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# `unit_cost` of a line is what one unit cost on the day of the sale. A return carries the cost of the sale that it takes back. So
# returns need no extra step here either. This is the company's margin rate in **2024**, in percent:

# %% [markdown] lang="zh"
# 明细行的 `unit_cost` 是销售当日的单位成本。退货行带有所冲销的那笔销售的成本，所以退货在这里也不需要另外处理。下面是公司 **2024 年**的毛利率（百分比）：

# %%
sales["cost"] = sales["quantity"] * sales["unit_cost"]
sales["margin"] = sales["net_sales"] - sales["cost"]
sales_2024 = sales[sales["booked_at"].dt.year == 2024]
margin_rate_2024 = 100 * sales_2024["margin"].sum() / sales_2024["net_sales"].sum()
round(float(margin_rate_2024), 2)

# %% [markdown] lang="en"
# ### Question 3.7 (3 points)
#
# What was the company's margin rate in **2025**? By how many **percentage points** (百分点) did it change since 2024? And what was the
# margin rate of **your own** sales in 2025? Your own are those that *you keyed in*: the **recorder** (记录操作者) is you. Your number is
# `company.me`. The recorder need not be the owner of the customer. From 20 % to 22 % is +2 percentage points. Round only at the end.
#
# *Hand in:* three numbers, each to two decimals: `[company, change, mine]`.

# %% [markdown] lang="zh"
# ### 问题 3.7（3 分）
#
# 公司 **2025 年**的毛利率是多少？比 2024 年变动了多少个**百分点**（percentage points）？**你自己的**销售在 2025 年的毛利率又是多少？你自己的销售指*由你录入*的，也就是**记录操作者**（recorder）是你。你的编号是 `company.me`。录入的人不一定是客户的负责人。从 20% 到 22% 是 +2 个百分点。最后一步才四舍五入。
#
# *提交：* 三个数，各保留两位小数：`[company, change, mine]`，依次为公司的毛利率、变动、你的毛利率。

# %%
company.employees[company.employees["employee_id"] == company.me]

# %% student="3.7"
margin_rates = ...

# %% solution="3.7"
sales_2025 = sales[sales["booked_at"].dt.year == 2025]
my_sales = sales_2025[sales_2025["recorder_id"] == company.me]
margin_rate_2025 = 100 * sales_2025["margin"].sum() / sales_2025["net_sales"].sum()
change = margin_rate_2025 - margin_rate_2024
my_margin_rate = 100 * my_sales["margin"].sum() / my_sales["net_sales"].sum()
margin_rates = [round(float(number), 2) for number in (margin_rate_2025, change, my_margin_rate)]
margin_rates

# %% [markdown] lang="en" solution="3.7"
# First the sums, then one division. A mean of the rates of all lines would give a tiny line the same weight as a large one. Rates are
# subtracted from each other, so their change is in percentage points.

# %% [markdown] lang="zh" solution="3.7"
# 先求和，再做一次除法。如果对每行的毛利率取平均，很小的一行就会与很大的一行同等重要。两个比率相减，所以变动以百分点计。

# %% check="3.7"
check("3.7", margin_rates)

# %% [markdown] lang="en"
# ## 6 · Decide
#
# What does a **list price** (标价) that is 3 % higher bring? On every 100 yuan of sales that remain, 3 yuan more, and all of them
# are margin. But some sales are lost, and with each of them its margin. How many, says the **price elasticity** (价格弹性): by how many percent
# customers buy less when the price rises by 1 %. At an elasticity of 5, a rise of 3 % loses 15 of 100 yuan of sales. The next cell computes
# the gain on 100 yuan of sales, first at a margin rate of 20 %, then of 8 %:

# %% [markdown] lang="zh"
# ## 6 · 做决定
#
# **标价**（list price）提高 3% 能带来什么？留下来的每 100 元销售多收 3 元，而且全是毛利。但也会失去一部分销售，连同它们的毛利。失去多少，取决于**价格弹性**（price elasticity）：价格提高 1%，客户少买百分之几。弹性为 5 时，提价 3% 会使每 100 元销售失去 15 元。下面的单元格计算每 100 元销售能多赚多少：先看毛利率为 20% 的情况，再看 8% 的情况：

# %%
rise = 0.03


def gain(net_sales, margin_rate, elasticity):
    lost = rise * elasticity
    return net_sales * (rise - lost * (margin_rate + rise))


round(gain(100, 0.20, 5), 2), round(gain(100, 0.08, 5), 2)

# %% [markdown] lang="en"
# With the thick margin the rise loses money, with the thin one it earns some. Nobody knows the elasticity of a single product. The marketing
# manager has a survey, a rough mean for each major category:

# %% [markdown] lang="zh"
# 毛利厚时，提价反而亏；毛利薄时，提价能赚。单个产品的弹性没有人知道。市场经理手上有一份调查，给出各产品大分类的粗略平均值：

# %%
survey = pd.DataFrame(
    {
        "major_category": company.products["major_category"].drop_duplicates().tolist(),
        "elasticity": [5, 6.5, 6, 4.5, 3, 6],
    }
)
survey

# %% [markdown] lang="en"
# ### Question 3.8 (3 points)
#
# Choose the **8 products** whose list price rises by **3 %**. The check plays your list out. It takes each product's net sales and cost of 2025,
# raises the price that customers pay by 3 %, takes off the sales that are lost at the product's *real* elasticity, and adds up by how much the
# gross margin of a year changes. A list can lose money. You see the result beside the best possible list and beside the simple
# rule "the 8 products with the highest net sales in 2025". Your points are your share of the best possible.
#
# A table to start from: `profit(company, by="product", start="2025-01-01", end="2025-12-31")`. Its `group_id` is the product's number. A product
# can be merged with its category by `left_on="group_id", right_on="product_id"`, and then with the `survey`. The function `gain` also takes
# whole columns of a table instead of single numbers. You may try as often as you like.
#
# *Hand in:* 8 product numbers (`product_id`), in any order.

# %% [markdown] lang="zh"
# ### 问题 3.8（3 分）
#
# 选出 **8 种产品**，把标价提高 **3%**。检查程序会按你的名单推演：取每种产品 2025 年的净销售额和成本，把客户实际支付的价格提高 3%，按产品*真实的*弹性扣掉失去的销售，再合计一年的毛利变化多少。名单选得不好会亏钱。结果会与最佳名单和简单规则“2025 年净销售额最高的 8 种产品”相比较。得分按你的收益占最佳收益的比例计算。
#
# 可以从这张表开始：`profit(company, by="product", start="2025-01-01", end="2025-12-31")`，其中的 `group_id` 是产品编号。用 `left_on="group_id", right_on="product_id"` 可以把产品与它的分类合并，再与 `survey` 合并。函数 `gain` 的参数也可以是表中的整列，而不只是单个数。你可以反复尝试。
#
# *提交：* 8 个产品编号（`product_id`），顺序不限。

# %% student="3.8"
raise_prices_of = ...

# %% solution="3.8"
candidates = profit(company, by="product", start="2025-01-01", end="2025-12-31")
categories = company.products[["product_id", "major_category"]]
candidates = candidates.merge(categories, left_on="group_id", right_on="product_id")
candidates = candidates.merge(survey, on="major_category")
candidates["gain"] = gain(candidates["net_sales"], candidates["margin_rate"], candidates["elasticity"])
chosen = candidates.nlargest(8, "gain")
raise_prices_of = chosen["product_id"].tolist()
chosen[["product_id", "group", "net_sales", "margin_rate", "elasticity", "gain"]].round(3)

# %% [markdown] lang="en" solution="3.8"
# We compute the gain for every product with the survey's elasticity and take the 8 largest: products that sell a lot at a thin margin.
# It is not the best possible list, because each product's own elasticity differs from the mean of its category. It beats the best
# sellers, because some of those have a good margin, and there lost sales cost more than the higher price brings.

# %% [markdown] lang="zh" solution="3.8"
# 我们用调查得到的弹性为每种产品计算多赚的金额，取最大的 8 种：卖得多、毛利薄的产品。它不是最佳名单，因为每种产品自己的弹性与所在分类的平均值不同；但它胜过最畅销的 8 种，因为其中有些毛利丰厚，失去的销售比提价带来的更多。

# %% check="3.8"
check("3.8", raise_prices_of)

# %% [markdown] lang="en"
# ## Wrap up
#
# Managers read one chart and three sentences. Here is the chart.

# %% [markdown] lang="zh"
# ## 小结
#
# 管理者只看一张图和三句话。图在这里。

# %%
quarters = sales_trend(company, start="2023-01-01", end="2025-12-31", every="quarter")
menu.find("sales-trend").chart(quarters, company)

# %% [markdown] lang="en"
# And these are the sentences that the CRM itself would write. Yours should be better: say what the general manager should *do*.

# %% [markdown] lang="zh"
# 下面是 CRM 自己写的三句话。你应该写得更好：告诉总经理应该*做什么*。

# %%
mix = sales_composition(company, by="major_category", start="2025-01-01", end="2025-12-31")
margin = profit(company, by="major_category", start="2025-01-01", end="2025-12-31")
print(menu.find("sales-trend").finding(quarters, company))
print(menu.find("sales-composition").finding(mix, company))
print(menu.find("profit").finding(margin, company))

# %% [markdown] lang="en"
# **My three sentences:**
#
# 1. Our sales: …
# 2. What they are made of, and what is left: …
# 3. The prices to raise are …, because …
#
# ### Terms

# %% [markdown] lang="zh"
# **我的三句话：**
#
# 1. 我们的销售：……
# 2. 销售的构成和毛利：……
# 3. 应该提价的产品是……，因为……
#
# ### 术语

# %% [markdown] terms="net sales; return; period-on-period change; year-on-year change; Spring Festival; sales composition; percentage point; gross margin; margin rate; markup; recorder; list price; price elasticity"

# %% [markdown] lang="en"
# ### How far you are

# %% [markdown] lang="zh"
# ### 你的进度

# %% tags=["nbval-ignore-output"]
progress()
