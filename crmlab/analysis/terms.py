"""What the columns of the results are called: the terms that several analyses share."""

from __future__ import annotations

from crmlab.locale import Text

RANK = Text("Rank", "排名")
SHARE = Text("Share", "占比")
CUSTOMER_ID = Text("Customer no.", "客户编号")
CUSTOMER = Text("Customer", "客户")
BUYERS = Text("Customers", "客户数")
EMPLOYEE_ID = Text("Employee no.", "员工编号")
EMPLOYEE = Text("Employee", "员工")
PRODUCT_ID = Text("Product no.", "产品编号")
PRODUCT = Text("Product", "产品")
MAJOR_CATEGORY = Text("Major category", "产品大分类")
MINOR_CATEGORY = Text("Minor category", "产品小分类")
SOURCE = Text("Source", "客户来源")
INDUSTRY = Text("Industry", "行业")
REGION = Text("Region", "地区")
PERIOD = Text("Period", "期间")
PERIOD_START = Text("First day", "起始日")
WHOLE_PERIOD = Text("Whole period", "是否完整")
ORDERS = Text("Orders", "订单数")
NET_SALES = Text("Net sales", "净销售额")
COST = Text("Cost of goods", "销售成本")
MARGIN = Text("Gross margin", "毛利")
MARGIN_RATE = Text("Margin rate", "毛利率")
ON_PREVIOUS = Text("Change on previous", "环比")
ON_YEAR = Text("Change on year", "同比")

#: The finding where there is nothing to find.
NOTHING_SOLD = Text(
    "Nothing was sold in this period that meets the conditions.", "该期间没有符合条件的销售。"
)
