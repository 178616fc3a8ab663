"""The groups of screens in the CRM's menu, in their order there."""

from __future__ import annotations

from dataclasses import dataclass

from crmlab.locale import Text


@dataclass(frozen=True)
class Group:
    """A group of screens in the CRM's menu, and its place there."""

    name: Text
    order: int


CUSTOMERS = Group(Text("Customers", "客户分析"), 1)
SALES = Group(Text("Sales", "销售分析"), 2)
PRODUCTS = Group(Text("Products and promotion", "产品与推广分析"), 3)
RECEIVABLES = Group(Text("Receivables", "应收帐款分析"), 4)
TEAM = Group(Text("Sales team", "员工分析"), 5)
EXPENSES = Group(Text("Expenses", "费用分析"), 6)
SERVICE = Group(Text("Service", "服务分析"), 7)
SEGMENTS = Group(Text("Segments and lifecycle", "客户细分与生命周期"), 8)
LOYALTY = Group(Text("Loyalty and lifetime value", "客户流失与终身价值"), 9)
MARKETING = Group(Text("Funnel and campaigns", "销售漏斗与营销活动"), 10)
PRICING = Group(Text("Prices and cross-selling", "价格与交叉销售"), 11)
STOCK = Group(Text("Demand and stock", "需求与库存"), 12)
