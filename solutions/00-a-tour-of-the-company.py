# ---
# jupyter:
#   crmlab:
#     lab: "00"
#     minutes: 60
#     needs: []
#     title:
#       en: A tour of the company
#       zh: 认识公司
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lab 00 · A tour of the company
#
# **Where is what, and how do filters and queries work?**
#
# | | |
# |---|---|
# | **You will learn to** | find your way through the tables of a CRM · use the analysis page and a customer's card · select, sort and count rows with pandas · draw a first chart |
# | **You need** | nothing: no earlier lab and no pandas. It helps to have seen Python variables |
# | **Time** | about 60 minutes, 7 questions, 20 points |
#
# This is a notebook: text, and cells with code. Click into a cell with code and press **Shift + Enter** to run it. What it
# shows appears below it. Start at the top and go down. You cannot break anything.

# %% [markdown] lang="zh"
# # 实验 00 · 认识公司
#
# **什么信息在哪里？过滤和查询怎么用？**
#
# | | |
# |---|---|
# | **你将学会** | 弄清 CRM 各张表之间的联系 · 使用分析页面和客户卡片 · 用 pandas 选取、排序、计数 · 画出第一张图 |
# | **你需要** | 不需要任何准备：不需要先做其他实验，也不需要会 pandas。见过 Python 变量会有帮助 |
# | **时间** | 约 60 分钟，7 道题，共 20 分 |
#
# 这是一个笔记本，由文字和代码单元格组成。点击一个代码单元格，按 **Shift + Enter** 运行，结果会显示在它下方。请从上到下依次进行。放心操作，什么也不会弄坏。

# %% [markdown] lang="en"
# ## The request
#
# > **From:** Head of sales administration<br>
# > **To:** You, new in the sales office<br>
# > **Date:** Saturday, 31 January 2026<br>
# > **Subject:** Welcome
# >
# > Welcome to the company. We sell office goods to other businesses, and from Monday you look after customers of your own.
# > Everything that we know about them is in the CRM: five years of orders, visits, payments and complaints.
# >
# > Please look around first. Find out what we sell, who your best customer is, which of your customers must pay soon, and in which
# > months the orders come in.
# >
# > And decide one thing. There is time and travel money for **8 visits** before Spring Festival, at **300 yuan** each. **Which 8 of
# > your customers will you visit?** A visit is worth it where the customer still buys from us.

# %% [markdown] lang="zh"
# ## 任务
#
# > **发件人：** 销售行政主管<br>
# > **收件人：** 你，销售部新同事<br>
# > **日期：** 2026 年 1 月 31 日，星期六<br>
# > **主题：** 欢迎加入
# >
# > 欢迎加入公司。我们向其他企业销售办公用品，从星期一起，你会有自己负责的客户。我们对客户的全部了解都在 CRM 里：五年来的订单、拜访、付款和投诉。
# >
# > 请先熟悉一下：我们卖些什么，你最好的客户是谁，你的哪些客户付款期限短，订单集中在哪些月份。
# >
# > 还要请你做一个决定。春节前的时间和差旅费只够安排 **8 次拜访**，每次 **300 元**。**你打算拜访自己的哪 8 个客户？** 只有客户还在向我们购买，拜访才值得。

# %% [markdown] lang="en"
# ## Who are you?
#
# Run the next cell. If your instructor gave you an **account** (帐号), type it into the form and save it: you then have customers of
# your own, which nobody else has. Without one you work as one of the company's salespeople, and everything works just the same.

# %% [markdown] lang="zh"
# ## 你是谁？
#
# 运行下面的单元格。如果老师给了你**帐号**（account），请填入表单并保存：这样你就有了别人没有的客户。没有帐号时，你就是公司里的一名销售员，实验内容完全一样。

# %%
from crmlab import check, explore, hint, my_account, open_company, progress, solution
from crmlab.analysis import menu, value_customers

my_account()

# %% [markdown] lang="en"
# The next cell opens the company and lists its tables, with the number of rows in each.

# %% [markdown] lang="zh"
# 下面的单元格打开公司，列出它的所有数据表以及每张表的行数。

# %%
company = open_company()
company

# %% [markdown] lang="en"
# ## 1 · What is where?
#
# You get a table by its name, after a dot. `head()` shows its first five rows.

# %% [markdown] lang="zh"
# ## 1 · 什么信息在哪里？
#
# 在点号后面写表的名称，就能取得这张表。`head()` 显示它的前五行。

# %%
company.customers.head()

# %% [markdown] lang="en"
# A table has **rows** and **columns**. Here a row is a customer, and a column is something that is known about every customer.
# `NaN` (in some columns `<NA>` or `NaT`) means that the value is missing: nobody typed it in. `len` counts the rows. So many contacts are on file, the people who
# work at the customers:

# %% [markdown] lang="zh"
# 一张表有**行**和**列**。这里一行是一个客户，一列是关于每个客户的一项信息。`NaN`（有些列显示为 `<NA>` 或 `NaT`）表示缺失：没有人填写。`len` 统计行数。系统里登记的联系人（在客户单位工作的人）有：

# %%
len(company.contacts)

# %% [markdown] lang="en"
# What does a column mean, and in which unit is it? The **data dictionary** (数据字典) says so. `company.dictionary()` has all tables, and with a name
# only that one:

# %% [markdown] lang="zh"
# 某一列是什么意思，单位是什么？**数据字典**（data dictionary）里都有说明。`company.dictionary()` 给出所有表，写上表名就只看这一张：

# %%
company.dictionary("products")

# %% [markdown] lang="en"
# ### Question 0.1 (2 points)
#
# How many products are on the price list?
#
# *Hand in:* a number. Replace the `...` and run the cell, then run the check below it.
#
# Three helpers work for every question: `check("0.1", ...)` says whether you are right and why not, `hint("0.1")` gives one
# hint at a time, and `solution("0.1")` shows how we did it. You may try as often as you like. To run a helper, add a cell with
# the **+** at the top of the notebook.

# %% [markdown] lang="zh"
# ### 问题 0.1（2 分）
#
# 价目表上有多少种产品？
#
# *提交：* 一个数。把 `...` 换成你的代码，运行该单元格，再运行它下面的检查单元格。
#
# 每道题都有三个帮手：`check("0.1", ...)` 告诉你对不对、错在哪里；`hint("0.1")` 每次给一条提示；`solution("0.1")` 显示我们的做法。可以反复尝试。要使用帮手，点击笔记本上方的 **+** 添加一个单元格。

# %% student="0.1"
products_on_list = ...

# %% solution="0.1"
products_on_list = len(company.products)

# %% [markdown] lang="en" solution="0.1"
# The dictionary says that one row of `products` is one product, so the number of rows is the number of products.

# %% [markdown] lang="zh" solution="0.1"
# 数据字典说明，`products` 的一行是一种产品，所以行数就是产品数。

# %% check="0.1"
check("0.1", products_on_list)

# %% [markdown] lang="en"
# ### How the tables hang together
#
# An order does not repeat the name and the address of the customer. It holds the customer's **number**, `customer_id`, and whoever wants to
# know more looks that number up in `customers`. The diagram shows all these links: each line runs from a column to the table in
# which its number is looked up. In a narrow window, scroll to the right to see all of it.

# %% [markdown] lang="zh"
# ### 表与表之间的联系
#
# 订单里不会重复写客户的名称和地址，只写客户的**编号** `customer_id`；想知道更多，就拿这个编号到 `customers` 表里去查。下面的关系图画出了所有这样的联系：每条线从一列出发，连到查这个编号的那张表。窗口较窄时，向右滚动可以看到全图。

# %%
company.diagram()

# %% [markdown] lang="en"
# ### Question 0.2 (2 points)
#
# Somebody asks: "In which **region** are the customers who bought this product?" The product stands in the order lines, the region does not.
# Which way through the tables leads from an order line to the region of the **customer**?
#
# - **A**: order lines → customers
# - **B**: order lines → products → suppliers
# - **C**: order lines → orders → customers
# - **D**: order lines → orders → employees
#
# *Hand in:* one letter, for example `"A"`, with the quotation marks.

# %% [markdown] lang="zh"
# ### 问题 0.2（2 分）
#
# 有人问：“买这种产品的客户在哪个**地区**？”产品写在订单明细里，地区却不在。从订单明细出发，走哪条路径能查到**客户**所在的地区？
#
# - **A**：订单明细 → 客户
# - **B**：订单明细 → 产品 → 供应商
# - **C**：订单明细 → 订单 → 客户
# - **D**：订单明细 → 订单 → 员工
#
# *提交：* 一个字母，例如 `"A"`，要带引号。

# %% student="0.2"
way = ...

# %% solution="0.2"
way = "C"

# %% [markdown] lang="en" solution="0.2"
# A line holds `order_id`. The order holds `customer_id`. The customer has a `region`. Employees have one too, but that is where the
# salesperson works.

# %% [markdown] lang="zh" solution="0.2"
# 明细里有 `order_id`，订单里有 `customer_id`，客户有 `region`。员工也有地区，但那是销售员负责的地区。

# %% check="0.2"
check("0.2", way)

# %% [markdown] lang="en"
# ## 2 · Look at it on the screen
#
# A CRM is mostly used by clicking. Its Analysis page has one screen for each question that people often ask. The screen below ranks customers by
# **net sales** (净销售额): what was sold, after discount, without VAT, minus what came back. Two **filters** (过滤条件) are set: the period is 2025,
# and the **owner** (负责人), the employee who looks after the customer, is you. `company.me` is your number.
#
# **Guess first.** Which share of your net sales do your five best customers bring? Write your guess, in percent, into the next cell.

# %% [markdown] lang="zh"
# ## 2 · 先在页面上看
#
# 平时使用 CRM，主要靠点击。它的“分析”功能为每个常见问题准备了一个页面。下面这个页面按**净销售额**（net sales）给客户排名：售出的金额，扣除折扣，不含增值税，再减去退货。页面上设好了两个**过滤条件**（filter）：期间是 2025 年；**负责人**（owner），也就是负责维护该客户的员工，是你自己。`company.me` 就是你的员工编号。
#
# **先猜一猜。** 你最好的五个客户，带来了你净销售额的百分之几？把你的猜测写进下面的单元格。

# %%
my_guess = 25

# %%
explore(company, "value-customers", owner=company.me, start="2025-01-01", end="2025-12-31")

# %% [markdown] lang="en"
# Try the filters: choose another region, another period, and back again. The table and the chart follow. A filter never changes the
# data; it only says which part of them you want to see.
#
# Below the chart, "Show me the code" has the line of Python that makes the same table. The next cell begins with it, and calls the table `ranking`. The first number that is shown
# is your guess, the second is right.

# %% [markdown] lang="zh"
# 试一试这些过滤条件：换一个地区，换一段期间，再换回来。表格和图表会跟着变。过滤不会改动数据，只是说明你想看其中哪一部分。
#
# 图表下方的“显示代码”给出生成同一张表的那一行 Python 代码，也就是下面单元格的第一行，得到的表起名为 `ranking`。显示的第一个数是你的猜测，第二个数是实际情况。

# %%
ranking = value_customers(company, owner=company.me, start="2025-01-01", end="2025-12-31")
my_guess, round(100 * float(ranking["share"].head(5).sum()), 1)

# %% [markdown] lang="en"
# The table has a name now, `ranking`, and works like all the others.

# %% [markdown] lang="zh"
# 这张表现在有了名字 `ranking`，用法和其他表一样。

# %%
ranking.head()

# %% [markdown] lang="en"
# ### One customer whole
#
# The **customer card** (客户卡片) gathers what all tables know about one customer. This is the card of your second-best customer: `iloc[1]` takes the second
# value of a column, because Python counts from 0.

# %% [markdown] lang="zh"
# ### 一个客户的全貌
#
# **客户卡片**（customer card）把所有表中关于一个客户的信息汇集在一起。下面是你排名第二的客户的卡片：`iloc[1]` 取一列中的第二个值，因为 Python 从 0 开始数。

# %%
second_best = ranking["customer_id"].iloc[1]
company.customer_card(second_best)

# %% [markdown] lang="en"
# ### Question 0.3 (3 points)
#
# Open the card of your **best** customer of 2025. What are its **valid sales** (有效销售) of all years? A sale is valid when its order was confirmed, shipped or
# completed. The amount stands on the card, in the line below the heading about receivables.
#
# *Hand in:* a list of two values, the customer number and the amount: `[customer_id, valid_sales]`. Write the amount without commas.

# %% [markdown] lang="zh"
# ### 问题 0.3（3 分）
#
# 打开你 2025 年**最好的**客户的卡片。它历年的**有效销售**（valid sale）一共是多少？有效指订单已确认、已发货或已完成。金额就在卡片上，在“应收帐款”标题下面的那一行。
#
# *提交：* 由两个值组成的列表，先客户编号，再金额：`[customer_id, valid_sales]`。金额不要写千位逗号。

# %% student="0.3"
best_customer = ...

# %% solution="0.3"
best_id = ranking["customer_id"].iloc[0]
all_years = value_customers(company, customer=best_id)
best_customer = [int(best_id), round(float(all_years["net_sales"].sum()), 2)]
best_customer

# %% [markdown] lang="en" solution="0.3"
# `company.customer_card(best_id)` shows the amount, and typing it in is right. This code gets it from the same analysis as the screen, without a period, so
# that it works for every customer.

# %% [markdown] lang="zh" solution="0.3"
# 用 `company.customer_card(best_id)` 看到金额后手工输入也是对的。这里的代码用与页面相同的分析得到它，只是不限定期间，因此对任何客户都适用。

# %% check="0.3"
check("0.3", best_customer)

# %% [markdown] lang="en"
# ## 3 · Filter with pandas
#
# A screen answers the questions that somebody thought of. With code you can ask any other. The tool for tables in Python is called
# **pandas**. It takes four steps to learn most of it: choose, sort, compute, count.
#
# Square brackets choose **one column**:

# %% [markdown] lang="zh"
# ## 3 · 用 pandas 过滤
#
# 页面只能回答设计者想到的问题，用代码则可以问任何问题。Python 中处理表格的工具叫 **pandas**。学会四步就掌握了大半：选取、排序、计算、计数。
#
# 方括号选取**一列**：

# %%
customers = company.customers
customers["credit_days"].head()

# %% [markdown] lang="en"
# `credit_days` are the **credit terms** (信用期): so many days a customer may take to pay. A comparison gives a column of `True` and `False`, one for each customer:

# %% [markdown] lang="zh"
# `credit_days` 是**信用期**（credit terms）：允许客户在多少天之内付款。做一次比较，得到一列 `True` 和 `False`，每个客户一个：

# %%
(customers["credit_days"] >= 90).head()

# %% [markdown] lang="en"
# Put such a column into the square brackets, and only the rows with `True` stay. That is a filter:

# %% [markdown] lang="zh"
# 把这样一列放进方括号，就只留下值为 `True` 的行。这就是过滤：

# %%
customers[customers["credit_days"] >= 90].head()

# %% [markdown] lang="en"
# The comparisons are `==` (equal, with two signs), `!=` (not equal), `<`, `<=`, `>`, `>=`. Two conditions are joined by `&` (both must hold) or `|` (one is
# enough), and **each stands in round brackets**. Here are the customers who were entered in the CRM in 2025 or later **and** have 90 days to pay. A date
# stands in quotation marks, with the year first.

# %% [markdown] lang="zh"
# 比较符号有 `==`（等于，写两个等号）、`!=`（不等于）、`<`、`<=`、`>`、`>=`。两个条件用 `&`（同时成立）或 `|`（满足其一）连接，**每个条件都要放在圆括号里**。下面是 2025 年及以后录入 CRM，**并且**有 90 天付款期限的客户。日期写在引号里，年份在前。

# %%
recent_and_long = customers[(customers["created_on"] >= "2025-01-01") & (customers["credit_days"] >= 90)]
len(recent_and_long)

# %% [markdown] lang="en"
# ### Question 0.4 (3 points)
#
# Which of **your** customers must pay within **30 days or less**? Yours are those whose `owner_id` equals `company.me`.
#
# *Hand in:* the table of these customers, with `customer_id`, or a list of their numbers.

# %% [markdown] lang="zh"
# ### 问题 0.4（3 分）
#
# **你的**客户中，哪些的信用期是 **30 天及以内**？`owner_id` 等于 `company.me` 的就是你的客户。
#
# *提交：* 这些客户的表格（含 `customer_id`），或他们的编号列表。

# %% student="0.4"
short_terms = ...

# %% solution="0.4"
mine = customers[customers["owner_id"] == company.me]
short_terms = mine[mine["credit_days"] <= 30]
short_terms.head()

# %% [markdown] lang="en" solution="0.4"
# We filter twice: first to our own customers, which get a name because we need them again, then by the terms. Both conditions in one
# line, joined with `&`, give the same.

# %% [markdown] lang="zh" solution="0.4"
# 我们过滤了两次：先选出自己的客户并起个名字，因为后面还要用；再按信用期过滤。把两个条件用 `&` 写在一行，结果相同。

# %% check="0.4"
check("0.4", short_terms)

# %% [markdown] lang="en"
# ## 4 · Sort and compute
#
# `sort_values` sorts by a column; `ascending=False` means from high to low. Where two rows have the same value, a second column decides: with two columns, hand in two
# lists. These are the newest products, and of two that came on the same day the one with the smaller number goes first:

# %% [markdown] lang="zh"
# ## 4 · 排序和计算
#
# `sort_values` 按一列排序；`ascending=False` 表示从高到低。两行的值相同时，由第二列决定先后：按两列排序，就写两个列表。下面是最新上市的产品，同一天上市的，编号小的在前：

# %%
products = company.products
products.sort_values(["launched_on", "product_id"], ascending=[False, True]).head()

# %% [markdown] lang="en"
# A new column is computed for all rows at once. The **list price** (标价) is what one unit costs the customer before any discount. With 13 % VAT it would be this, rounded
# to two decimals:

# %% [markdown] lang="zh"
# 新的一列可以一次算出所有行。**标价**（list price）是折扣前的单价。加上 13% 的增值税，保留两位小数，就是：

# %%
products["price_with_vat"] = (products["list_price"] * 1.13).round(2)
products[["product_id", "name", "list_price", "price_with_vat"]].head()

# %% [markdown] lang="en"
# ### Question 0.5 (3 points)
#
# On which **ten products** does the company earn most **per unit**? The margin per unit (单位毛利) is the list price minus the unit cost (`unit_cost`), rounded to two decimals.
# If two products had the same margin, the smaller product number would come first. `head(10)` keeps the first ten rows.
#
# *Hand in:* the ten product numbers (`product_id`), the highest margin first.

# %% [markdown] lang="zh"
# ### 问题 0.5（3 分）
#
# 公司在哪**十种产品**上**每单位**赚得最多？单位毛利（margin per unit）等于标价减去单位成本（`unit_cost`），保留两位小数。如果两种产品的单位毛利相同，产品编号小的排在前面。`head(10)` 取前十行。
#
# *提交：* 十个产品编号（`product_id`），毛利最高的排在最前。

# %% student="0.5"
high_margins = ...

# %% solution="0.5"
products["margin"] = (products["list_price"] - products["unit_cost"]).round(2)
by_margin = products.sort_values(["margin", "product_id"], ascending=[False, True])
high_margins = by_margin["product_id"].head(10).tolist()
by_margin[["product_id", "name", "list_price", "unit_cost", "margin"]].head(10)

# %% [markdown] lang="en" solution="0.5"
# First the column, then the sorting, then the first ten. `tolist()` makes a list of a column.

# %% [markdown] lang="zh" solution="0.5"
# 先建列，再排序，最后取前十个。`tolist()` 把一列变成列表。

# %% check="0.5"
check("0.5", high_margins)

# %% [markdown] lang="en"
# ## 5 · Count in groups, and draw
#
# "How many for each …?" is the most frequent question of all. `groupby` makes a group of all rows that have the same value, and `size` counts the rows of each:

# %% [markdown] lang="zh"
# ## 5 · 分组计数，画图
#
# “每个……各有多少？”是最常见的问题。`groupby` 把取值相同的行归为一组，`size` 统计每组有多少行：

# %%
by_region = customers.groupby("region").size()
by_region

# %% [markdown] lang="en"
# A chart is one step more. `sort_values()` puts the longest bar on top, and `plot.barh` draws horizontal bars. The chart gets a name, so that the notebook shows
# only the picture, without a line of text about it.

# %% [markdown] lang="zh"
# 再多一步就是图。`sort_values()` 让最长的柱排在最上面，`plot.barh` 画横向柱形图。给图起个名字，笔记本就只显示图本身，不会多出一行说明文字。

# %%
chart = by_region.sort_values().plot.barh()

# %% [markdown] lang="en"
# To group by **month**, take the month out of a date with `.dt.month`. These are the service tickets (the questions and complaints of customers) that were opened
# in **2024**, by month. `reset_index(name=...)` makes a table of the result, with a name for the new column.

# %% [markdown] lang="zh"
# 要按**月**分组，先用 `.dt.month` 从日期中取出月份。下面是 **2024 年**登记的服务工单（客户的咨询和投诉），按月统计。`reset_index(name=...)` 把结果变成表，并给新列起名。

# %%
tickets = company.tickets
in_2024 = (tickets["opened_at"] >= "2024-01-01") & (tickets["opened_at"] < "2025-01-01")
tickets_2024 = tickets[in_2024].copy()
tickets_2024["month"] = tickets_2024["opened_at"].dt.month
tickets_by_month = tickets_2024.groupby("month").size().reset_index(name="tickets")
tickets_by_month

# %% [markdown] lang="en"
# Two things are easy to overlook. The year ends **before** 1 January of the next: `"2024-12-31"` would mean midnight at the beginning of that day, and its tickets would
# be lost. And `.copy()` says that the filtered rows are a table of their own, which may get a new column.
#
# `plot.bar` draws vertical bars:

# %% [markdown] lang="zh"
# 有两点容易忽略。一年要到下一年 1 月 1 日**之前**为止：`"2024-12-31"` 指的是这一天零点，这一天的工单就会漏掉。另外，`.copy()` 说明过滤出来的行是一张独立的表，可以添加新列。
#
# `plot.bar` 画竖向柱形图：

# %%
chart = tickets_by_month.plot.bar(x="month", y="tickets", legend=False)

# %% [markdown] lang="en"
# ### Question 0.6 (3 points)
#
# How many orders of each month of **2025** are **completed**? Take the orders with the status `"completed"`, and the month in which they were placed (`ordered_at`). Draw
# the chart too, if you like: which months are weak, and which are strong?
#
# *Hand in:* a table with the columns `month` (1 to 12) and `orders`.

# %% [markdown] lang="zh"
# ### 问题 0.6（3 分）
#
# **2025 年**各月的订单中，**已完成**的有多少张？取状态为 `"completed"` 的订单，按下单的月份（`ordered_at`）统计。愿意的话也画出图来：哪些月份弱，哪些月份强？
#
# *提交：* 一张表，列为 `month`（1 到 12）和 `orders`。

# %% student="0.6"
orders_by_month = ...

# %% solution="0.6"
orders = company.orders
in_2025 = (orders["ordered_at"] >= "2025-01-01") & (orders["ordered_at"] < "2026-01-01")
completed = orders[in_2025 & (orders["status"] == "completed")].copy()
completed["month"] = completed["ordered_at"].dt.month
orders_by_month = completed.groupby("month").size().reset_index(name="orders")
chart = orders_by_month.plot.bar(x="month", y="orders", legend=False)

# %% [markdown] lang="en" solution="0.6"
# The same five lines as for the tickets, with one more condition. The chart shows what a table hides: the dip around Spring Festival, and the orders that
# companies place before a holiday or at the end of the year.

# %% [markdown] lang="zh" solution="0.6"
# 与工单的例子相同的五行，只多一个条件。图能显示表里看不出的东西：春节前后的低谷，以及企业在节前和年底的集中下单。

# %% check="0.6"
check("0.6", orders_by_month)

# %% [markdown] lang="en"
# ## 6 · Decide
#
# ### Question 0.7 (4 points)
#
# Choose **8 of your customers** for a visit before Spring Festival. A visit costs **300 yuan**. If the customer still buys, it brings a **tenth** of the gross margin (毛利) that
# the company will make with this customer in the next twelve months. If the customer has left us, it brings nothing.
#
# The company is made up, so this lab knows what nobody in real life knows: who has left, and what the others will buy. The check plays your list out. It tells you what
# the visits earn, beside the best possible list and beside the simple rule "my 8 customers with the most orders of all years". Your points are your share of the best possible.
#
# Think about it: does a large order of 2021 say anything about 2026? The screen in part 2, with other dates, and the customer cards help. You may try as often as you like.
#
# *Hand in:* 8 different customer numbers (`customer_id`), in any order.

# %% [markdown] lang="zh"
# ## 6 · 做决定
#
# ### 问题 0.7（4 分）
#
# 从**你的客户**中选出 **8 个**，在春节前拜访。每次拜访花费 **300 元**。如果客户还在购买，拜访带来的收益是公司今后十二个月从该客户获得的毛利（gross margin）的**十分之一**；如果客户已经流失，就没有收益。
#
# 这家公司是虚构的，所以本实验知道现实中没人知道的事：谁已经流失，其余的客户还会买多少。检查程序会按你的名单推演一遍，告诉你这些拜访赚了多少，并与最佳名单和简单规则“我的客户中历年订单最多的 8 个”相比较。得分按你的收益占最佳收益的比例计算。
#
# 请想一想：2021 年的一张大订单，能说明 2026 年的什么？第 2 节的页面（换一段期间）和客户卡片都能帮助你。可以反复尝试。
#
# *提交：* 8 个不同的客户编号（`customer_id`），顺序不限。

# %% student="0.7"
visits = ...

# %% solution="0.7"
since_2025 = value_customers(company, owner=company.me, start="2025-01-01")
autumn = value_customers(company, owner=company.me, start="2025-09-01")
still_here = since_2025["customer_id"].isin(autumn["customer_id"])
visits = since_2025[still_here]["customer_id"].head(8).tolist()
visits

# %% [markdown] lang="en" solution="0.7"
# We rank by the net sales since the beginning of 2025, because they are nearest to what comes next, and keep only customers who also appear in the ranking since
# September. `isin` is true where a value is also in another column. The rule is not perfect: nobody can see in the data who will leave in March.

# %% [markdown] lang="zh" solution="0.7"
# 我们按 2025 年初以来的净销售额排名，因为它离将来最近；并且只保留在九月以来的排名中也出现的客户。`isin` 判断一个值是否也在另一列中。这条规则并不完美：谁会在三月离开，数据里看不出来。

# %% check="0.7"
check("0.7", visits)

# %% [markdown] lang="en"
# ## Wrap up
#
# Managers read one chart and three sentences. This is the chart of your customers, as the CRM draws it.

# %% [markdown] lang="zh"
# ## 小结
#
# 管理者只看一张图和三句话。这是 CRM 画出的你的客户的图。

# %%
menu.find("value-customers").chart(ranking, company)

# %% [markdown] lang="en"
# **My three sentences:**
#
# 1. My best customer is …, and my five best bring … % of my net sales.
# 2. Orders are weak in … and strong in …, because …
# 3. I will visit …, because …
#
# Next is lab 01: who are the most valuable customers of the whole company, and who gets a Spring Festival gift?
#
# ### Terms

# %% [markdown] lang="zh"
# **我的三句话：**
#
# 1. 我最好的客户是……，最好的五个客户带来我净销售额的……%。
# 2. 订单在……月较弱，在……月较强，因为……
# 3. 我要拜访……，因为……
#
# 下一个是实验 01：全公司最有价值的客户是谁？春节礼物应该送给谁？
#
# ### 术语

# %% [markdown] terms="data dictionary; customer card; filter; owner; valid sale; net sales; credit terms; list price; margin per unit; gross margin"

# %% [markdown] lang="en"
# ### How far you are

# %% [markdown] lang="zh"
# ### 你的进度

# %% tags=["nbval-ignore-output"]
progress()
