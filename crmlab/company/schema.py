"""Every table and column of the company, once: type, unit, meaning, key, both languages.

Validation, the data dictionary, the CSV files, column headers and the lists of choices on the
screen are all drawn from `TABLES`. Names are English in both editions; what people read has a `Text`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal

from crmlab.locale import Text

Kind = Literal["id", "integer", "percent", "money", "date", "timestamp", "text", "label", "code", "flag"]

#: What each kind is in memory, with pandas. Money is held in integer cents, under ``<name>_cents``.
DTYPES: dict[str, str] = {
    "id": "int64",
    "integer": "int64",
    "percent": "int64",
    "money": "int64",
    "date": "datetime64[us]",
    "timestamp": "datetime64[us]",
    "text": "str",
    "label": "str",
    "code": "str",
    "flag": "bool",
}

UNKNOWN = Text("Unknown", "未知")


@dataclass(frozen=True)
class Column:
    """One column of one table.

    Attributes
    ----------
    name : str
        As students see it. Money is stored as ``<name>_cents`` and shown as ``<name>`` in yuan.
    kind : str
        One of `DTYPES`. A *label* is a word of the edition's language out of `choices` (or of the
        generator's pools); a *code* is the same word in both editions.
    title, meaning : Text
        The header, and what the value is.
    unit : Text, optional
        Unit of measurement.
    nullable : bool
        Whether a value may be missing.
    references : str, optional
        ``table.column`` that the value must be found in.
    choices : tuple of Text
        The only values allowed, in the order of the CRM's drop-down list.
    """

    name: str
    kind: Kind
    title: Text
    meaning: Text
    unit: Text | None = None
    nullable: bool = False
    references: str | None = None
    choices: tuple[Text, ...] = ()

    @property
    def stored(self) -> str:
        """The column's name where it is stored: cents for money."""
        return f"{self.name}_cents" if self.kind == "money" else self.name

    @property
    def dtype(self) -> str:
        """The pandas dtype in which the column is stored."""
        dtype = DTYPES[self.kind]
        return "Int64" if self.nullable and dtype == "int64" else dtype


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its key, its columns.

    Attributes
    ----------
    extra : tuple of Column
        What only a company made of its own sales data may have (`Company.from_sales`).
    """

    name: str
    title: Text
    row: Text
    columns: tuple[Column, ...]
    extra: tuple[Column, ...] = ()

    @property
    def key(self) -> str:
        """The first column, which numbers the rows."""
        return self.columns[0].name

    def among(self, names: Iterable[Hashable]) -> tuple[Column, ...]:
        """Return the columns, with those of the extra ones that are among ``names``."""
        known = set(names)
        return (*self.columns, *(c for c in self.extra if c.name in known or c.stored in known))

    def __getitem__(self, name: str) -> Column:
        for column in (*self.columns, *self.extra):
            if name in (column.name, column.stored):
                return column
        raise KeyError(f"{self.name}.{name}")


YUAN = Text("yuan", "元")
MINUTES_OF_DAY = Text("date and time", "日期时间")
DAY = Text("date", "日期")
DAYS = Text("days", "天")
PERCENT = Text("percent", "%")
PIECES = Text("units of the product", "产品的计量单位")

SOURCES = (
    Text("Referral", "客户介绍"),
    Text("Trade fair", "展会"),
    Text("Telephone", "电话营销"),
    Text("Website", "公司网站"),
    Text("Advertising", "媒体广告"),
    Text("Social media", "社交媒体"),
    Text("Partner", "合作伙伴"),
    Text("Walk-in", "主动来访"),
)
KINDS = (
    Text("Company", "企业"),
    Text("Public institution", "事业单位"),
    Text("Retailer", "零售商"),
    Text("Distributor", "分销商"),
)
INDUSTRIES = (
    Text("Manufacturing", "制造业"),
    Text("Education", "教育"),
    Text("Health care", "医疗卫生"),
    Text("Retail", "零售业"),
    Text("Hotels and catering", "住宿餐饮"),
    Text("Finance", "金融"),
    Text("Information technology", "信息技术"),
    Text("Construction", "建筑业"),
    Text("Logistics", "物流"),
    Text("Professional services", "专业服务"),
)
REGIONS = (
    Text("East China", "华东"),
    Text("South China", "华南"),
    Text("North China", "华北"),
    Text("Central China", "华中"),
    Text("Southwest China", "西南"),
    Text("Northwest China", "西北"),
    Text("Northeast China", "东北"),
)
SIZES = (
    Text("Micro", "微型"),
    Text("Small", "小型"),
    Text("Medium", "中型"),
    Text("Large", "大型"),
)
HOBBIES = (
    Text("Tea", "品茶"),
    Text("Fishing", "钓鱼"),
    Text("Calligraphy", "书法"),
    Text("Photography", "摄影"),
    Text("Reading", "阅读"),
    Text("Hiking", "登山"),
    Text("Badminton", "羽毛球"),
    Text("Cooking", "烹饪"),
    Text("Music", "音乐"),
    Text("Travel", "旅行"),
    Text("Gardening", "园艺"),
    Text("Chess", "象棋"),
)
GENDERS = (Text("Female", "女"), Text("Male", "男"))
ROLES = (
    Text("Salesperson", "销售员"),
    Text("Sales director", "销售总监"),
    Text("Credit controller", "信用主管"),
    Text("Service manager", "客服经理"),
    Text("Marketing manager", "市场经理"),
)
TITLES = (
    Text("Purchasing manager", "采购经理"),
    Text("General manager", "总经理"),
    Text("Office manager", "办公室主任"),
    Text("Finance manager", "财务经理"),
    Text("IT manager", "信息主管"),
    Text("Assistant", "助理"),
)
METHODS = (
    Text("Bank transfer", "银行转账"),
    Text("Bank acceptance bill", "银行承兑汇票"),
    Text("Cheque", "支票"),
    Text("Cash", "现金"),
)

#: Orders pass through these; the same words in both editions.
STATUSES = ("draft", "confirmed", "shipped", "completed", "cancelled")
#: A sale is valid 有效销售 when its order has one of these.
VALID_STATUSES = ("confirmed", "shipped", "completed")


def _codes(words: Iterable[str]) -> tuple[Text, ...]:
    return tuple(Text(word, word) for word in words)


EMPLOYEES = Table(
    "employees",
    Text("Employees", "员工"),
    Text("one person who works or worked for the company", "一名在职或已离职的员工"),
    (
        Column(
            "employee_id",
            "id",
            Text("Employee no.", "员工编号"),
            Text("Number of the employee", "员工的编号"),
        ),
        Column("name", "text", Text("Name", "姓名"), Text("Family name and given name", "姓和名")),
        Column(
            "account",
            "code",
            Text("Account", "帐号"),
            Text("Name under which the employee logs in to the CRM", "员工登录 CRM 的帐号"),
        ),
        Column(
            "role", "label", Text("Role", "岗位"), Text("What the employee does", "员工的岗位"), choices=ROLES
        ),
        Column(
            "region",
            "label",
            Text("Region", "地区"),
            Text("Sales region looked after; empty for other roles", "负责的销售地区；其他岗位为空"),
            nullable=True,
            choices=REGIONS,
        ),
        Column("hired_on", "date", Text("Hired", "入职日期"), Text("First day of work", "入职的日期"), DAY),
        Column(
            "left_on",
            "date",
            Text("Left", "离职日期"),
            Text("Last day of work; empty for those who are still here", "离职的日期；在职者为空"),
            DAY,
            nullable=True,
        ),
    ),
)

CUSTOMERS = Table(
    "customers",
    Text("Customers", "客户"),
    Text("one customer on file, whether it ever bought or not", "一个已登记的客户，无论是否购买过"),
    (
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Number of the customer", "客户的编号"),
        ),
        Column("name", "text", Text("Customer", "客户名称"), Text("Name of the organisation", "单位名称")),
        Column(
            "kind",
            "label",
            Text("Kind", "客户类型"),
            Text("Kind of organisation", "单位的类型"),
            choices=KINDS,
        ),
        Column(
            "source",
            "label",
            Text("Source", "客户来源"),
            Text("How the customer came to us; empty when nobody noted it", "客户从何处而来；未登记时为空"),
            nullable=True,
            choices=SOURCES,
        ),
        Column(
            "industry",
            "label",
            Text("Industry", "行业"),
            Text("Industry of the customer", "客户所属行业"),
            choices=INDUSTRIES,
        ),
        Column("region", "label", Text("Region", "地区"), Text("Sales region", "销售地区"), choices=REGIONS),
        Column(
            "city", "label", Text("City", "城市"), Text("City of the customer's office", "客户办公所在城市")
        ),
        Column(
            "size",
            "label",
            Text("Size", "规模"),
            Text("Size of the organisation by staff", "按人数划分的单位规模"),
            choices=SIZES,
        ),
        Column(
            "hobby",
            "label",
            Text("Hobby", "爱好"),
            Text(
                "Hobby noted on the customer's own card; empty when none was",
                "客户卡片上登记的爱好；未登记时为空",
            ),
            nullable=True,
            choices=HOBBIES,
        ),
        Column(
            "owner_id",
            "id",
            Text("Owner", "负责人"),
            Text("Employee who looks after the customer today", "目前负责该客户的员工"),
            references="employees.employee_id",
        ),
        Column(
            "credit_days",
            "integer",
            Text("Credit terms", "信用期"),
            Text("Days after the order within which it is to be paid", "下单后应付款的天数"),
            DAYS,
        ),
        Column(
            "created_on",
            "date",
            Text("Created", "建档日期"),
            Text("Day on which the customer was entered in the CRM", "客户录入 CRM 的日期"),
            DAY,
        ),
    ),
)

CONTACTS = Table(
    "contacts",
    Text("Contacts", "联系人"),
    Text("one person at a customer", "客户单位中的一位联系人"),
    (
        Column(
            "contact_id",
            "id",
            Text("Contact no.", "联系人编号"),
            Text("Number of the contact", "联系人的编号"),
        ),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Customer for which the person works", "联系人所属的客户"),
            references="customers.customer_id",
        ),
        Column("name", "text", Text("Name", "姓名"), Text("Family name and given name", "姓和名")),
        Column(
            "title",
            "label",
            Text("Title", "职务"),
            Text("Position at the customer", "在客户单位的职务"),
            choices=TITLES,
        ),
        Column("gender", "label", Text("Gender", "性别"), Text("Gender", "性别"), choices=GENDERS),
        Column(
            "birthday",
            "date",
            Text("Birthday", "生日"),
            Text("Date of birth; empty when not known", "出生日期；不详时为空"),
            DAY,
            nullable=True,
        ),
        Column(
            "hobby",
            "label",
            Text("Hobby", "爱好"),
            Text("What the person likes to do; empty when not known", "联系人的爱好；不详时为空"),
            nullable=True,
            choices=HOBBIES,
        ),
        Column(
            "is_key",
            "flag",
            Text("Key contact", "关键联系人"),
            Text(
                "Whether this is the customer's key contact (at most one for each customer)",
                "是否为该客户的关键联系人（每个客户至多一位）",
            ),
        ),
    ),
)

PRODUCTS = Table(
    "products",
    Text("Products", "产品"),
    Text("one product in the catalogue, whether it was ever sold or not", "目录中的一种产品，无论是否售出过"),
    (
        Column(
            "product_id", "id", Text("Product no.", "产品编号"), Text("Number of the product", "产品的编号")
        ),
        Column("name", "label", Text("Product", "产品名称"), Text("Name of the product", "产品的名称")),
        Column(
            "major_category",
            "label",
            Text("Major category", "产品大分类"),
            Text("Upper level of the catalogue", "产品目录的上一级分类"),
        ),
        Column(
            "minor_category",
            "label",
            Text("Minor category", "产品小分类"),
            Text("Lower level of the catalogue", "产品目录的下一级分类"),
        ),
        Column(
            "unit",
            "label",
            Text("Unit", "计量单位"),
            Text("Unit in which the product is sold", "产品的销售单位"),
        ),
        Column(
            "list_price",
            "money",
            Text("List price", "标价"),
            Text("Price of one unit today, without VAT, in whole yuan", "目前的单价，不含增值税，为整数元"),
            YUAN,
        ),
        Column(
            "unit_cost",
            "money",
            Text("Unit cost", "单位成本"),
            Text("What one unit costs the company today, without VAT", "目前的单位成本，不含增值税"),
            YUAN,
        ),
        Column(
            "launched_on",
            "date",
            Text("Launched", "上市日期"),
            Text("First day on which the product could be ordered", "产品可以订购的第一天"),
            DAY,
        ),
    ),
)

ORDERS = Table(
    "orders",
    Text("Orders", "订单"),
    Text("one order of a customer", "客户的一张订单"),
    (
        Column("order_id", "id", Text("Order no.", "订单编号"), Text("Number of the order", "订单的编号")),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Customer who ordered", "下单的客户"),
            references="customers.customer_id",
        ),
        Column(
            "ordered_at",
            "timestamp",
            Text("Ordered", "下单时间"),
            Text("When the order was placed", "订单下达的时间"),
            MINUTES_OF_DAY,
        ),
        Column(
            "status",
            "code",
            Text("Status", "状态"),
            Text(
                "draft, confirmed, shipped, completed or cancelled; "
                "a valid sale is confirmed, shipped or completed",
                "draft 草稿、confirmed 已确认、shipped 已发货、completed 已完成、cancelled 已取消；"
                "其中 confirmed、shipped、completed 为有效销售",
            ),
            choices=_codes(STATUSES),
        ),
        Column(
            "recorder_id",
            "id",
            Text("Recorder", "记录操作者"),
            Text("Employee who keyed the order in", "录入订单的员工"),
            references="employees.employee_id",
        ),
        Column(
            "owner_id",
            "id",
            Text("Owner", "负责人"),
            Text("Employee who looked after the customer at the time", "当时负责该客户的员工"),
            references="employees.employee_id",
        ),
        Column(
            "due_on",
            "date",
            Text("Due", "到期日"),
            Text("Day by which the order is to be paid", "应付款的日期"),
            DAY,
        ),
    ),
    extra=(
        Column(
            "code",
            "text",
            Text("Order code", "订单号"),
            Text("What the order is called where the data comes from", "订单在数据来源中的编号"),
        ),
    ),
)

ORDER_LINES = Table(
    "order_lines",
    Text("Order lines", "订单明细"),
    Text("one product on an order, or its return", "订单中的一种产品，或其退货"),
    (
        Column("line_id", "id", Text("Line no.", "明细编号"), Text("Number of the line", "明细的编号")),
        Column(
            "order_id",
            "id",
            Text("Order no.", "订单编号"),
            Text("Order to which the line belongs", "明细所属的订单"),
            references="orders.order_id",
        ),
        Column(
            "product_id",
            "id",
            Text("Product no.", "产品编号"),
            Text("Product ordered or returned", "订购或退回的产品"),
            references="products.product_id",
        ),
        Column(
            "booked_at",
            "timestamp",
            Text("Booked", "记帐时间"),
            Text(
                "When the line counts: when it was ordered, or when the goods came back",
                "明细计入的时间：下单的时间，或退货收到的时间",
            ),
            MINUTES_OF_DAY,
        ),
        Column(
            "quantity",
            "integer",
            Text("Quantity", "数量"),
            Text("Units sold; negative for a return", "售出的数量；退货为负数"),
            PIECES,
        ),
        Column(
            "unit_price",
            "money",
            Text("Unit price", "单价"),
            Text(
                "Price of one unit before discount, without VAT, in whole yuan",
                "折扣前的单价，不含增值税，为整数元",
            ),
            YUAN,
        ),
        Column(
            "discount",
            "percent",
            Text("Discount", "折扣"),
            Text(
                "Taken off the price, in whole percent: 5 means 5 %", "从价格中减去的整数百分比：5 表示减 5%"
            ),
            PERCENT,
        ),
        Column(
            "unit_cost",
            "money",
            Text("Unit cost", "单位成本"),
            Text("What one unit cost on the day of sale, without VAT", "销售当日的单位成本，不含增值税"),
            YUAN,
        ),
        Column(
            "returned_line_id",
            "id",
            Text("Returned line", "退货对应明细"),
            Text("The sale that this line takes back; empty for a sale", "本行所冲销的销售明细；销售行为空"),
            nullable=True,
            references="order_lines.line_id",
        ),
    ),
    extra=(
        Column(
            "net_amount",
            "money",
            Text("Net amount", "净额"),
            Text(
                "What the line is worth to the cent, where quantity, price and discount give it only roughly",
                "本行的净额，精确到分；此时数量、单价和折扣只能给出近似值",
            ),
            YUAN,
        ),
        Column(
            "cost_amount",
            "money",
            Text("Cost of the line", "明细成本"),
            Text(
                "What the line cost to the cent, where quantity and unit cost give it only roughly",
                "本行的成本，精确到分；此时数量和单位成本只能给出近似值",
            ),
            YUAN,
        ),
    ),
)

RECEIPTS = Table(
    "receipts",
    Text("Receipts", "收款"),
    Text("one payment received", "收到的一笔款项"),
    (
        Column(
            "receipt_id", "id", Text("Receipt no.", "收款编号"), Text("Number of the receipt", "收款的编号")
        ),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Customer to whom the payment was credited", "款项记入的客户"),
            references="customers.customer_id",
        ),
        Column(
            "order_id",
            "id",
            Text("Order no.", "订单编号"),
            Text("Order that was paid", "所付的订单"),
            references="orders.order_id",
        ),
        Column(
            "received_on",
            "date",
            Text("Received", "收款日期"),
            Text(
                "Day on which the money arrived; before the order for a prepayment",
                "款项到帐的日期；预收款早于下单",
            ),
            DAY,
        ),
        Column(
            "amount",
            "money",
            Text("Amount", "金额"),
            Text(
                "Money received, without VAT; negative when money was paid back",
                "收到的金额，不含增值税；退款为负数",
            ),
            YUAN,
        ),
        Column(
            "method",
            "label",
            Text("Method", "收款方式"),
            Text("How it was paid", "付款的方式"),
            choices=METHODS,
        ),
        Column(
            "recorder_id",
            "id",
            Text("Recorder", "记录操作者"),
            Text("Employee who keyed the receipt in", "录入收款的员工"),
            references="employees.employee_id",
        ),
    ),
)

MEDIA = (
    Text("E-mail", "电子邮件"),
    Text("Telephone", "电话"),
    Text("Letter", "信函"),
    Text("WeChat", "微信"),
    Text("Trade fair", "展会"),
    Text("Seminar", "研讨会"),
)
TARGETS = (
    Text("All customers", "全部客户"),
    Text("Active customers", "活跃客户"),
    Text("Frequent buyers", "常购客户"),
    Text("Quiet customers", "沉睡客户"),
)
TEST_GROUPS = ("treated", "control")
RESPONSE_KINDS = (Text("Enquiry", "询价"), Text("Order", "下单"))
EXPENSE_KINDS = (
    Text("Travel", "差旅费"),
    Text("Entertainment", "业务招待费"),
    Text("Gifts", "礼品费"),
    Text("Samples", "样品费"),
    Text("Freight", "运费"),
    Text("Advertising", "广告宣传费"),
    Text("Office", "办公费"),
    Text("Communication", "通讯费"),
    Text("Training", "培训费"),
)
EXPENSE_STATUSES = ("submitted", "approved", "paid", "rejected")
TICKET_KINDS = (
    Text("Complaint", "投诉"),
    Text("Repair", "维修"),
    Text("Question", "咨询"),
    Text("Return", "退货"),
    Text("Installation", "安装"),
    Text("Praise", "表扬"),
)
TICKET_STATUSES = ("open", "answered", "closed")

CAMPAIGNS = Table(
    "campaigns",
    Text("Campaigns", "营销活动"),
    Text("one marketing campaign; no two run at the same time", "一次营销活动；任何两次活动都不同时进行"),
    (
        Column(
            "campaign_id",
            "id",
            Text("Campaign no.", "活动编号"),
            Text("Number of the campaign", "营销活动的编号"),
        ),
        Column("name", "label", Text("Campaign", "活动名称"), Text("Name of the campaign", "营销活动的名称")),
        Column(
            "medium",
            "label",
            Text("Medium", "媒介"),
            Text("How the customers are approached", "接触客户的方式"),
            choices=MEDIA,
        ),
        Column(
            "target",
            "label",
            Text("Target group", "目标客户群"),
            Text(
                "Who is meant, by the valid sales before the first day: all customers on file; active ones, "
                "with a sale in the last 365 days; frequent buyers, with at least four in the last 365 days; "
                "quiet ones, with at least two sales but none in the last 60 days",
                "按开始日之前的有效销售划分的对象：全部客户为所有已建档客户；"
                "活跃客户为近 365 天内有销售的客户；"
                "常购客户为近 365 天内至少有四次销售的客户；沉睡客户为曾有至少两次销售但近 60 天内没有的客户",
            ),
            choices=TARGETS,
        ),
        Column("starts_on", "date", Text("Starts", "开始日期"), Text("First day", "活动的第一天"), DAY),
        Column(
            "ends_on",
            "date",
            Text("Ends", "结束日期"),
            Text("Last day: responses count until then", "活动的最后一天：响应计至该日"),
            DAY,
        ),
        Column(
            "control_share",
            "percent",
            Text("Control group", "对照组比例"),
            Text(
                "Planned share of the target group that is held out at random and not approached",
                "目标客户群中随机留出、不予接触的计划比例",
            ),
            PERCENT,
        ),
        Column(
            "fixed_cost",
            "money",
            Text("Fixed cost", "固定成本"),
            Text(
                "What the campaign costs however many customers are approached",
                "与接触客户的数量无关的活动成本",
            ),
            YUAN,
        ),
        Column(
            "cost_per_customer",
            "money",
            Text("Cost per customer", "每客户成本"),
            Text(
                "What each customer approached costs on top. The cost of the campaign is the fixed cost plus "
                "this times the number of treated customers; the expenses booked on the campaign, "
                "without the rejected ones, add up to exactly that",
                "每接触一个客户另需的成本。活动成本 = 固定成本 + 每客户成本 × 处理组客户数；"
                "记入该活动的费用（不含已驳回的）合计恰等于此数",
            ),
            YUAN,
        ),
    ),
)

CAMPAIGN_TOUCHES = Table(
    "campaign_touches",
    Text("Campaign touches", "活动接触"),
    Text(
        "one customer of a campaign's target group, approached or held out",
        "营销活动目标客户群中的一个客户，已接触或留作对照",
    ),
    (
        Column("touch_id", "id", Text("Touch no.", "接触编号"), Text("Number of the touch", "接触的编号")),
        Column(
            "campaign_id",
            "id",
            Text("Campaign no.", "活动编号"),
            Text("Campaign", "所属的营销活动"),
            references="campaigns.campaign_id",
        ),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Customer of the target group", "目标客户群中的客户"),
            references="customers.customer_id",
        ),
        Column(
            "test_group",
            "code",
            Text("Group", "组别"),
            Text(
                "treated: approached; control: held out at random, to see what happens without the campaign",
                "treated 处理组：已接触；control 对照组：随机留出，用以观察没有活动时的情形",
            ),
            choices=_codes(TEST_GROUPS),
        ),
        Column(
            "touched_on",
            "date",
            Text("Date", "日期"),
            Text(
                "Day on which the customer was approached, or would have been if it were not held out",
                "接触客户的日期；对照组为原本应接触的日期",
            ),
            DAY,
        ),
    ),
)

CAMPAIGN_RESPONSES = Table(
    "campaign_responses",
    Text("Campaign responses", "活动响应"),
    Text(
        "the response of one customer of the target group, approached or held out: "
        "its first order from the day of the touch to the end of the campaign, else an enquiry",
        "目标客户群中一个客户（无论是否接触）的响应：自接触日起至活动结束日的首张订单，否则为询价",
    ),
    (
        Column(
            "response_id",
            "id",
            Text("Response no.", "响应编号"),
            Text("Number of the response", "响应的编号"),
        ),
        Column(
            "campaign_id",
            "id",
            Text("Campaign no.", "活动编号"),
            Text("Campaign", "所属的营销活动"),
            references="campaigns.campaign_id",
        ),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text(
                "Customer who responded; some would have without the campaign",
                "响应的客户；有些客户没有活动也会下单",
            ),
            references="customers.customer_id",
        ),
        Column(
            "kind",
            "label",
            Text("Kind", "响应类型"),
            Text("What the customer did", "客户的响应方式"),
            choices=RESPONSE_KINDS,
        ),
        Column(
            "responded_on",
            "date",
            Text("Responded", "响应日期"),
            Text("Day of the order or enquiry", "下单或询价的日期"),
            DAY,
        ),
        Column(
            "order_id",
            "id",
            Text("Order no.", "订单编号"),
            Text(
                "The order, of whatever status: some were cancelled later; empty for an enquiry",
                "对应的订单，不论状态：有些后来取消；询价为空",
            ),
            nullable=True,
            references="orders.order_id",
        ),
        Column(
            "amount",
            "money",
            Text("Amount", "金额"),
            Text(
                "Net amount of the order as it was placed, before returns; 0 for an enquiry",
                "下单时的订单净额，未扣退货；询价为 0",
            ),
            YUAN,
        ),
        Column(
            "margin",
            "money",
            Text("Gross margin", "毛利"),
            Text(
                "That amount less the cost of the goods on the day; 0 for an enquiry",
                "该金额减去当日的商品成本；询价为 0",
            ),
            YUAN,
        ),
    ),
)

EXPENSES = Table(
    "expenses",
    Text("Expenses", "费用"),
    Text("one expense claimed", "一笔报销的费用"),
    (
        Column(
            "expense_id", "id", Text("Expense no.", "费用编号"), Text("Number of the expense", "费用的编号")
        ),
        Column(
            "kind",
            "label",
            Text("Kind", "费用类型"),
            Text("What the money was spent on", "费用的用途"),
            choices=EXPENSE_KINDS,
        ),
        Column(
            "incurred_on",
            "date",
            Text("Incurred", "发生日期"),
            Text("Day on which it was spent: the day that counts", "费用发生的日期：以此日计"),
            DAY,
        ),
        Column(
            "paid_on",
            "date",
            Text("Paid", "支付日期"),
            Text("Day on which the company paid it; empty when it has not", "公司支付的日期；未支付时为空"),
            DAY,
            nullable=True,
        ),
        Column(
            "amount", "money", Text("Amount", "金额"), Text("Amount, without VAT", "金额，不含增值税"), YUAN
        ),
        Column(
            "status",
            "code",
            Text("Status", "状态"),
            Text(
                "submitted, approved, paid or rejected; a rejected claim is no expense of the company",
                "submitted 已提交、approved 已批准、paid 已支付、rejected 已驳回；已驳回的不计为公司费用",
            ),
            choices=_codes(EXPENSE_STATUSES),
        ),
        Column(
            "employee_id",
            "id",
            Text("Employee", "报销人"),
            Text("Salesperson or other employee who spent it", "发生该费用的销售员或其他员工"),
            references="employees.employee_id",
        ),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text(
                "Customer for whom it was spent; empty for overhead, or when nobody noted the customer",
                "费用所为的客户；公共费用或未登记客户时为空",
            ),
            nullable=True,
            references="customers.customer_id",
        ),
        Column(
            "campaign_id",
            "id",
            Text("Campaign no.", "活动编号"),
            Text("Campaign for which it was spent; mostly empty", "费用所属的营销活动；多数为空"),
            nullable=True,
            references="campaigns.campaign_id",
        ),
    ),
)

TICKETS = Table(
    "tickets",
    Text("Service tickets", "服务工单"),
    Text("one request of a customer to the service", "客户的一次服务请求"),
    (
        Column("ticket_id", "id", Text("Ticket no.", "工单编号"), Text("Number of the ticket", "工单的编号")),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Customer who asked", "提出请求的客户"),
            references="customers.customer_id",
        ),
        Column(
            "kind",
            "label",
            Text("Kind", "工单类型"),
            Text("What it is about", "请求的内容"),
            choices=TICKET_KINDS,
        ),
        Column(
            "product_id",
            "id",
            Text("Product no.", "产品编号"),
            Text(
                "Product concerned; empty when there is none or nobody noted it",
                "涉及的产品；不涉及产品或未登记时为空",
            ),
            nullable=True,
            references="products.product_id",
        ),
        Column(
            "opened_at",
            "timestamp",
            Text("Opened", "提出时间"),
            Text("When the customer asked", "客户提出的时间"),
            MINUTES_OF_DAY,
        ),
        Column(
            "first_answer_at",
            "timestamp",
            Text("First answer", "首次答复时间"),
            Text("When it was first answered; empty when it never was", "首次答复的时间；未答复时为空"),
            MINUTES_OF_DAY,
            nullable=True,
        ),
        Column(
            "closed_at",
            "timestamp",
            Text("Closed", "关闭时间"),
            Text("When it was closed; empty when it is not", "关闭的时间；未关闭时为空"),
            MINUTES_OF_DAY,
            nullable=True,
        ),
        Column(
            "status",
            "code",
            Text("Status", "状态"),
            Text(
                "open: not answered; answered: not closed; closed",
                "open 未答复、answered 已答复未关闭、closed 已关闭",
            ),
            choices=_codes(TICKET_STATUSES),
        ),
        Column(
            "satisfaction",
            "integer",
            Text("Satisfaction", "满意度"),
            Text(
                "1 (very dissatisfied) to 5 (very satisfied), asked when the ticket is closed; "
                "empty when the customer gave no answer",
                "1（很不满意）至 5（很满意），关闭时询问；客户未作答时为空",
            ),
            nullable=True,
        ),
        Column(
            "handler_id",
            "id",
            Text("Handled by", "处理人"),
            Text("Employee who handled it", "处理该工单的员工"),
            references="employees.employee_id",
        ),
    ),
)

#: The real effect of campaigns, in `TRUTH`.
CAMPAIGN_EFFECTS = Table(
    "campaign_effects",
    Text("The truth about campaigns", "营销活动的真相"),
    Text(
        "one campaign and one customer who was on file, whether in the target group or not",
        "一次营销活动与一个当时已建档的客户，无论是否属于目标客户群",
    ),
    (
        CAMPAIGN_TOUCHES["campaign_id"],
        CAMPAIGN_TOUCHES["customer_id"],
        Column(
            "effect_permille",
            "integer",
            Text("Effect", "效应"),
            Text(
                "What being approached adds to the chance that the customer orders until the campaign "
                "ends, in thousandths; often 0, for a few negative",
                "接触使客户在活动结束前下单的概率增加的千分点；常为 0，少数为负",
            ),
        ),
        Column(
            "effect_margin",
            "money",
            Text("Margin caused", "引致毛利"),
            Text(
                "Gross margin of valid sales that being approached is expected to add: "
                "that chance times the margin of the customer's usual order",
                "接触预期增加的有效销售毛利：该概率乘以客户一张订单的平均毛利",
            ),
            YUAN,
        ),
    ),
)

#: Kinds of stock movements, in the order in which they are booked within a day.
MOVEMENTS = ("opening", "purchase", "return", "adjustment", "sale")

PRODUCT_COSTS = Table(
    "product_costs",
    Text("Product costs", "产品成本"),
    Text("what one product cost from one day on", "一种产品自某日起的成本"),
    (
        Column("cost_id", "id", Text("Cost no.", "成本编号"), Text("Number of the row", "本行的编号")),
        Column(
            "product_id",
            "id",
            Text("Product no.", "产品编号"),
            Text("Product that cost so much", "该成本所属的产品"),
            references="products.product_id",
        ),
        Column(
            "valid_from",
            "date",
            Text("Valid from", "生效日期"),
            Text(
                "First day of this cost; it holds until the product's next one",
                "该成本生效的第一天，至该产品的下一条成本为止",
            ),
            DAY,
        ),
        Column(
            "unit_cost",
            "money",
            Text("Unit cost", "单位成本"),
            Text("What one unit cost the company, without VAT", "当时的单位成本，不含增值税"),
            YUAN,
        ),
    ),
)

PRODUCT_CATEGORIES = Table(
    "product_categories",
    Text("Product categories", "产品分类沿革"),
    Text("the category of one product from one day on", "一种产品自某日起所属的分类"),
    (
        Column("history_id", "id", Text("History no.", "沿革编号"), Text("Number of the row", "本行的编号")),
        Column(
            "product_id",
            "id",
            Text("Product no.", "产品编号"),
            Text("Product that stood in the category", "属于该分类的产品"),
            references="products.product_id",
        ),
        Column(
            "valid_from",
            "date",
            Text("Valid from", "生效日期"),
            Text(
                "First day of this category; it holds until the product's next one, "
                "and the last one is the category of today",
                "归入该分类的第一天，至该产品的下一条为止；最后一条即目前的分类",
            ),
            DAY,
        ),
        Column(
            "major_category",
            "label",
            Text("Major category", "产品大分类"),
            Text("Upper level of the catalogue at the time", "当时产品目录的上一级分类"),
        ),
        Column(
            "minor_category",
            "label",
            Text("Minor category", "产品小分类"),
            Text("Lower level of the catalogue at the time", "当时产品目录的下一级分类"),
        ),
    ),
)

SUPPLIERS = Table(
    "suppliers",
    Text("Suppliers", "供应商"),
    Text("one company from which products are bought", "一家供货的企业"),
    (
        Column(
            "supplier_id",
            "id",
            Text("Supplier no.", "供应商编号"),
            Text("Number of the supplier", "供应商的编号"),
        ),
        Column("name", "text", Text("Supplier", "供应商名称"), Text("Name of the company", "企业名称")),
        Column("city", "label", Text("City", "城市"), Text("City of the supplier", "供应商所在城市")),
        Column(
            "major_category",
            "label",
            Text("Major category", "产品大分类"),
            Text("What the supplier makes", "供应商所供产品的大分类"),
        ),
        Column(
            "lead_days",
            "integer",
            Text("Lead time", "供货周期"),
            Text("Days from order to delivery, as agreed", "约定的从订货到交货的天数"),
            DAYS,
        ),
        Column(
            "payment_days",
            "integer",
            Text("Payment terms", "付款期"),
            Text("Days after delivery within which it is to be paid", "交货后应付款的天数"),
            DAYS,
        ),
    ),
)

WAREHOUSE = Column(
    "warehouse",
    "code",
    Text("Warehouse", "仓库"),
    Text(
        "Where the goods lie. W1 is the head office's; every branch office, and every student's account, has "
        "one of its own, from which its customers alone are served",
        "货物所在的仓库。W1 为总部仓库；每个分公司和每个学生帐号各有自己的仓库，只供应自己的客户",
    ),
)

PURCHASES = Table(
    "purchases",
    Text("Purchases", "采购"),
    Text("one product ordered from a supplier", "向供应商订购的一种产品"),
    (
        Column(
            "purchase_id",
            "id",
            Text("Purchase no.", "采购编号"),
            Text("Number of the purchase", "采购的编号"),
        ),
        Column(
            "supplier_id",
            "id",
            Text("Supplier no.", "供应商编号"),
            Text("Supplier of the goods", "供货的供应商"),
            references="suppliers.supplier_id",
        ),
        Column(
            "product_id",
            "id",
            Text("Product no.", "产品编号"),
            Text("Product ordered", "订购的产品"),
            references="products.product_id",
        ),
        WAREHOUSE,
        Column(
            "ordered_on",
            "date",
            Text("Ordered", "订货日期"),
            Text("Day on which it was ordered", "订货的日期"),
            DAY,
        ),
        Column(
            "expected_on",
            "date",
            Text("Expected", "约定到货日期"),
            Text(
                "Day by the agreed lead time, or the next working day of the supplier",
                "按约定供货周期应到货的日期，遇供应商休息日顺延",
            ),
            DAY,
        ),
        Column(
            "received_on",
            "date",
            Text("Received", "实际到货日期"),
            Text("Day on which it arrived; empty when still on order", "实际到货的日期；在途时为空"),
            DAY,
            nullable=True,
        ),
        Column("quantity", "integer", Text("Quantity", "数量"), Text("Units ordered", "订购的数量"), PIECES),
        Column(
            "unit_cost",
            "money",
            Text("Unit cost", "单位成本"),
            Text("Price of one unit on the day of ordering, without VAT", "订货当日的采购单价，不含增值税"),
            YUAN,
        ),
        Column(
            "is_urgent",
            "flag",
            Text("Urgent", "加急"),
            Text(
                "Whether it was sold before it would have come, and was fetched at once",
                "是否因货未到而已售出、当即加急提货",
            ),
        ),
    ),
)

STOCK_MOVEMENTS = Table(
    "stock_movements",
    Text("Stock movements", "库存变动"),
    Text(
        "goods that came into a warehouse or left it, in the order of time", "一次入库或出库，按时间顺序排列"
    ),
    (
        Column(
            "movement_id",
            "id",
            Text("Movement no.", "变动编号"),
            Text("Number of the movement", "库存变动的编号"),
        ),
        WAREHOUSE,
        Column(
            "product_id",
            "id",
            Text("Product no.", "产品编号"),
            Text("Product that moved", "变动的产品"),
            references="products.product_id",
        ),
        Column(
            "moved_on",
            "date",
            Text("Moved", "变动日期"),
            Text(
                "Day of the movement. A sale leaves on the day of its order once that is shipped or "
                "completed; the goods of a confirmed order are still there",
                "变动的日期。订单发货或完成后，其货物于下单当日出库；已确认而未发货的订单，货物仍在库中",
            ),
            DAY,
        ),
        Column(
            "kind",
            "code",
            Text("Kind", "类型"),
            Text(
                "opening (there when the history began), purchase, return (from a customer), "
                "adjustment (difference found when stock was counted) or sale; "
                "booked in this order within a day",
                "opening 期初、purchase 采购入库、return 客户退货、adjustment 盘点差异、sale 销售出库；"
                "同一天内按此顺序记帐",
            ),
            choices=_codes(MOVEMENTS),
        ),
        Column(
            "quantity",
            "integer",
            Text("Quantity", "数量"),
            Text("Units that came in; negative for what went out", "入库的数量；出库为负数"),
            PIECES,
        ),
        Column(
            "balance",
            "integer",
            Text("Balance", "结存"),
            Text(
                "Units of the product in the warehouse after the movement; "
                "below zero when customers wait for goods",
                "变动后该产品在该仓库的结存数量；客户等货时为负数",
            ),
            PIECES,
        ),
        Column(
            "is_back_ordered",
            "flag",
            Text("Back-ordered", "缺货待补"),
            Text(
                "Whether the product was sold out on that day and customers waited for the next purchase",
                "当日该产品是否已售空、客户等待下次到货",
            ),
        ),
        Column(
            "line_id",
            "id",
            Text("Line no.", "明细编号"),
            Text("Order line that was sold or returned; else empty", "售出或退回的订单明细；其他情况为空"),
            nullable=True,
            references="order_lines.line_id",
        ),
        Column(
            "purchase_id",
            "id",
            Text("Purchase no.", "采购编号"),
            Text("Purchase that arrived; else empty", "到货的采购；其他情况为空"),
            nullable=True,
            references="purchases.purchase_id",
        ),
    ),
)


TEAMS = (
    Text("East", "华东组"),
    Text("South and Central", "华南华中组"),
    Text("North", "北方组"),
    Text("West", "西部组"),
)
LEAD_STATUSES = ("new", "working", "converted", "dropped")
#: The stages of an opportunity, in the order in which it passes through them.
STAGES = (
    Text("First contact", "初步接触"),
    Text("Needs confirmed", "需求确认"),
    Text("Proposal", "方案论证"),
    Text("Quotation", "报价"),
    Text("Negotiation", "商务谈判"),
)
OUTCOMES = ("open", "won", "lost")
LOST_REASONS = (
    Text("Price too high", "价格过高"),
    Text("Chose a competitor", "选择了竞争对手"),
    Text("Budget cut or postponed", "预算取消或项目推迟"),
    Text("Needs not met", "产品不符合需求"),
    Text("Delivery too slow", "交货期过长"),
    Text("No decision", "客户迟迟未决定"),
)
COMPETITORS = (
    Text("Tanzhu Office", "檀渚办公"),
    Text("Jixiu Trading", "霁岫商贸"),
    Text("Lingshuo Stationery", "菱朔文仪"),
    Text("Mudi Technology", "沐荻科技"),
    Text("Yuliao Supply", "昱蓼供应链"),
)
QUOTE_STATUSES = ("open", "accepted", "rejected", "replaced", "expired")
ACTIVITY_KINDS = (
    Text("Visit", "上门拜访"),
    Text("Call", "电话联系"),
    Text("Mail", "邮件"),
    Text("Demonstration", "产品演示"),
    Text("Meeting", "会议"),
    Text("Administration", "行政事务"),
    Text("Travel", "差旅途中"),
    Text("Training", "培训"),
)
ACTIVITY_STATUSES = ("planned", "done")

SALES_TEAMS = Table(
    "teams",
    Text("Sales teams", "销售团队"),
    Text("one sales team", "一个销售团队"),
    (
        Column("team_id", "id", Text("Team no.", "团队编号"), Text("Number of the team", "团队的编号")),
        Column("name", "label", Text("Team", "团队"), Text("Name of the team", "团队的名称"), choices=TEAMS),
        Column(
            "leader_id",
            "id",
            Text("Leader", "组长"),
            Text("Salesperson who leads the team today", "目前带领团队的销售员"),
            references="employees.employee_id",
        ),
        Column(
            "formed_on",
            "date",
            Text("Formed", "成立日期"),
            Text("Day on which the team was formed", "团队成立的日期"),
            DAY,
        ),
    ),
)

SALES_TARGETS = Table(
    "targets",
    Text("Sales targets", "销售目标"),
    Text("what one salesperson is to sell in one year", "一名销售员一年的销售目标"),
    (
        Column("target_id", "id", Text("Target no.", "目标编号"), Text("Number of the target", "目标的编号")),
        Column(
            "employee_id",
            "id",
            Text("Salesperson", "销售员"),
            Text("Salesperson whose target it is", "承担目标的销售员"),
            references="employees.employee_id",
        ),
        Column(
            "team_id",
            "id",
            Text("Team", "团队"),
            Text("Team to which the salesperson belongs in that year", "该销售员当年所属的团队"),
            references="teams.team_id",
        ),
        Column(
            "year", "integer", Text("Year", "年度"), Text("Calendar year", "公历年度"), Text("year", "年")
        ),
        Column(
            "amount",
            "money",
            Text("Target", "目标金额"),
            Text(
                "Net sales to be reached in the year, without VAT; for a part of the year "
                "when the salesperson came or left in it",
                "当年应达到的净销售额，不含增值税；年中入职或离职者按月折算",
            ),
            YUAN,
        ),
    ),
)

LEADS = Table(
    "leads",
    Text("Leads", "销售线索"),
    Text("one organisation that might become a customer", "一家可能成为客户的单位"),
    (
        Column("lead_id", "id", Text("Lead no.", "线索编号"), Text("Number of the lead", "线索的编号")),
        Column("name", "text", Text("Lead", "线索名称"), Text("Name of the organisation", "单位名称")),
        Column(
            "source",
            "label",
            Text("Source", "客户来源"),
            Text("Where the lead came from; empty when nobody noted it", "线索从何处而来；未登记时为空"),
            nullable=True,
            choices=SOURCES,
        ),
        Column(
            "industry",
            "label",
            Text("Industry", "行业"),
            Text("Industry of the organisation", "单位所属行业"),
            choices=INDUSTRIES,
        ),
        Column("region", "label", Text("Region", "地区"), Text("Sales region", "销售地区"), choices=REGIONS),
        Column(
            "recorder_id",
            "id",
            Text("Recorder", "记录操作者"),
            Text("Employee who keyed the lead in", "录入线索的员工"),
            references="employees.employee_id",
        ),
        Column(
            "owner_id",
            "id",
            Text("Owner", "负责人"),
            Text("Salesperson who followed the lead up", "跟进线索的销售员"),
            references="employees.employee_id",
        ),
        Column(
            "created_on",
            "date",
            Text("Created", "建档日期"),
            Text("Day on which the lead was entered in the CRM", "线索录入 CRM 的日期"),
            DAY,
        ),
        Column(
            "status",
            "code",
            Text("Status", "状态"),
            Text(
                "new, working, converted (became a customer) or dropped",
                "new 新建、working 跟进中、converted 已转为客户、dropped 已放弃",
            ),
            choices=_codes(LEAD_STATUSES),
        ),
        Column(
            "closed_on",
            "date",
            Text("Closed", "结束日期"),
            Text(
                "Day on which the lead was converted or dropped; empty while it is open",
                "转为客户或放弃的日期；未结束时为空",
            ),
            DAY,
            nullable=True,
        ),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Customer that the lead became; empty when it did not", "线索转成的客户；未转化时为空"),
            nullable=True,
            references="customers.customer_id",
        ),
    ),
)

OPPORTUNITIES = Table(
    "opportunities",
    Text("Opportunities", "销售机会"),
    Text("one deal that might be made with a customer", "与客户可能达成的一笔交易"),
    (
        Column(
            "opportunity_id",
            "id",
            Text("Opportunity no.", "机会编号"),
            Text("Number of the opportunity", "销售机会的编号"),
        ),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Customer with whom the deal might be made", "可能成交的客户"),
            references="customers.customer_id",
        ),
        Column(
            "recorder_id",
            "id",
            Text("Recorder", "记录操作者"),
            Text("Employee who keyed the opportunity in", "录入销售机会的员工"),
            references="employees.employee_id",
        ),
        Column(
            "owner_id",
            "id",
            Text("Owner", "负责人"),
            Text(
                "Salesperson who looks after it, or did when it was closed",
                "负责该机会的销售员；已结束的为结束时的负责人",
            ),
            references="employees.employee_id",
        ),
        Column(
            "source",
            "label",
            Text("Source", "客户来源"),
            Text(
                "Source taken over from the customer's card; empty when that has none",
                "沿用客户卡片上的来源；卡片未登记时为空",
            ),
            nullable=True,
            choices=SOURCES,
        ),
        Column(
            "opened_on",
            "date",
            Text("Opened", "开始日期"),
            Text("Day on which the opportunity was opened", "销售机会建立的日期"),
            DAY,
        ),
        Column(
            "expected_amount",
            "money",
            Text("Expected amount", "预计金额"),
            Text("What the deal is expected to bring, without VAT", "预计的成交金额，不含增值税"),
            YUAN,
        ),
        Column(
            "stage",
            "label",
            Text("Stage", "阶段"),
            Text(
                "Stage that the opportunity is in, or was in when it was closed",
                "目前所处的阶段；已结束的为结束时的阶段",
            ),
            choices=STAGES,
        ),
        Column(
            "closed_on",
            "date",
            Text("Closed", "结束日期"),
            Text("Day on which it was won or lost; empty while it is open", "赢单或丢单的日期；未结束时为空"),
            DAY,
            nullable=True,
        ),
        Column(
            "outcome",
            "code",
            Text("Outcome", "结果"),
            Text("open, won or lost", "open 进行中、won 赢单、lost 丢单"),
            choices=_codes(OUTCOMES),
        ),
        Column(
            "lost_reason",
            "label",
            Text("Reason lost", "丢单原因"),
            Text(
                "Why it was lost; empty when it was not, or when nobody noted it",
                "丢单的原因；未丢单或未登记时为空",
            ),
            nullable=True,
            choices=LOST_REASONS,
        ),
        Column(
            "competitor",
            "label",
            Text("Competitor", "竞争对手"),
            Text("Competitor that bids too; empty when none is known", "参与竞争的对手；不知时为空"),
            nullable=True,
            choices=COMPETITORS,
        ),
        Column(
            "order_id",
            "id",
            Text("Order no.", "订单编号"),
            Text(
                "Order that came of it; empty when it was not won, or when nobody noted the order",
                "由此产生的订单；未赢单或未登记订单时为空",
            ),
            nullable=True,
            references="orders.order_id",
        ),
    ),
)

OPPORTUNITY_STAGES = Table(
    "opportunity_stages",
    Text("Stages of opportunities", "销售机会阶段"),
    Text("one stage that an opportunity has entered", "销售机会进入过的一个阶段"),
    (
        Column(
            "entry_id", "id", Text("Entry no.", "记录编号"), Text("Number of the entry", "阶段记录的编号")
        ),
        Column(
            "opportunity_id",
            "id",
            Text("Opportunity no.", "机会编号"),
            Text("Opportunity that entered the stage", "进入该阶段的销售机会"),
            references="opportunities.opportunity_id",
        ),
        Column(
            "stage",
            "label",
            Text("Stage", "阶段"),
            Text("Stage entered; nobody goes back to an earlier one", "进入的阶段；不会退回前一阶段"),
            choices=STAGES,
        ),
        Column(
            "entered_on",
            "date",
            Text("Entered", "进入日期"),
            Text("Day on which the stage was entered", "进入该阶段的日期"),
            DAY,
        ),
    ),
)

QUOTES = Table(
    "quotes",
    Text("Quotes", "报价单"),
    Text("one quote for an opportunity", "销售机会的一张报价单"),
    (
        Column("quote_id", "id", Text("Quote no.", "报价编号"), Text("Number of the quote", "报价单的编号")),
        Column(
            "opportunity_id",
            "id",
            Text("Opportunity no.", "机会编号"),
            Text("Opportunity that the quote is for", "报价所属的销售机会"),
            references="opportunities.opportunity_id",
        ),
        Column(
            "quoted_on",
            "date",
            Text("Quoted", "报价日期"),
            Text("Day of the quote", "报价的日期"),
            DAY,
        ),
        Column(
            "valid_until",
            "date",
            Text("Valid until", "有效期至"),
            Text("Last day on which the quote can be accepted", "报价有效的最后一天"),
            DAY,
        ),
        Column(
            "amount",
            "money",
            Text("Amount", "金额"),
            Text("Amount quoted, without VAT and after discount", "折扣后的报价金额，不含增值税"),
            YUAN,
        ),
        Column(
            "status",
            "code",
            Text("Status", "状态"),
            Text(
                "open, accepted, rejected, replaced (by a later quote) or expired",
                "open 待回复、accepted 已接受、rejected 已拒绝、replaced 已被新报价取代、expired 已过期",
            ),
            choices=_codes(QUOTE_STATUSES),
        ),
        Column(
            "recorder_id",
            "id",
            Text("Recorder", "记录操作者"),
            Text("Employee who wrote the quote", "填写报价单的员工"),
            references="employees.employee_id",
        ),
    ),
)

ACTIVITIES = Table(
    "activities",
    Text("Activities", "活动"),
    Text("one piece of work, planned or done", "一项计划中或已完成的工作"),
    (
        Column(
            "activity_id",
            "id",
            Text("Activity no.", "活动编号"),
            Text("Number of the activity", "活动的编号"),
        ),
        Column(
            "kind",
            "label",
            Text("Kind", "活动类型"),
            Text(
                "What kind of work. Selling is a visit, call, demonstration or meeting with a customer",
                "工作的类型。与客户的拜访、电话、演示和会议为销售活动",
            ),
            choices=ACTIVITY_KINDS,
        ),
        Column(
            "customer_id",
            "id",
            Text("Customer no.", "客户编号"),
            Text("Customer concerned; empty for internal work", "涉及的客户；内部工作为空"),
            nullable=True,
            references="customers.customer_id",
        ),
        Column(
            "status",
            "code",
            Text("Status", "状态"),
            Text(
                "planned or done; what is still planned although its day has passed never happened",
                "planned 计划、done 已完成；日期已过仍为计划的并未发生",
            ),
            choices=_codes(ACTIVITY_STATUSES),
        ),
        Column(
            "started_at",
            "timestamp",
            Text("Start", "开始时间"),
            Text("When it began, or is planned to begin", "开始或计划开始的时间"),
            MINUTES_OF_DAY,
        ),
        Column(
            "ended_at",
            "timestamp",
            Text("End", "结束时间"),
            Text(
                "When it ended, or is planned to end; empty when nobody noted it",
                "结束或计划结束的时间；未登记时为空",
            ),
            MINUTES_OF_DAY,
            nullable=True,
        ),
        Column(
            "minutes",
            "integer",
            Text("Minutes", "分钟数"),
            Text("From start to end; empty when the end is", "从开始到结束的分钟数；无结束时间时为空"),
            Text("minutes", "分钟"),
            nullable=True,
        ),
        Column(
            "recorder_id",
            "id",
            Text("Recorder", "记录操作者"),
            Text("Employee who keyed the activity in", "录入活动的员工"),
            references="employees.employee_id",
        ),
        Column(
            "owner_id",
            "id",
            Text("Owner", "负责人"),
            Text("Salesperson whose work it is", "承担该工作的销售员"),
            references="employees.employee_id",
        ),
    ),
)

ACTIVITY_PARTICIPANTS = Table(
    "activity_participants",
    Text("Participants of joint activities", "共同活动参与者"),
    Text(
        "one employee who took part in a joint activity; activities of one person have no rows here",
        "参加共同活动的一名员工；单人活动在此没有记录",
    ),
    (
        Column(
            "participant_id",
            "id",
            Text("Participant no.", "参与编号"),
            Text("Number of the row", "记录的编号"),
        ),
        Column(
            "activity_id",
            "id",
            Text("Activity no.", "活动编号"),
            Text("Activity done together", "共同进行的活动"),
            references="activities.activity_id",
        ),
        Column(
            "employee_id",
            "id",
            Text("Employee", "员工"),
            Text("Employee who took part; its owner is one of them", "参加的员工；负责人为其中之一"),
            references="employees.employee_id",
        ),
    ),
)

#: All tables, parents before children.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        EMPLOYEES,
        CUSTOMERS,
        CONTACTS,
        PRODUCTS,
        ORDERS,
        ORDER_LINES,
        RECEIPTS,
        PRODUCT_COSTS,
        PRODUCT_CATEGORIES,
        SUPPLIERS,
        PURCHASES,
        STOCK_MOVEMENTS,
        CAMPAIGNS,
        CAMPAIGN_TOUCHES,
        CAMPAIGN_RESPONSES,
        EXPENSES,
        TICKETS,
        SALES_TEAMS,
        SALES_TARGETS,
        LEADS,
        OPPORTUNITIES,
        OPPORTUNITY_STAGES,
        QUOTES,
        ACTIVITIES,
        ACTIVITY_PARTICIPANTS,
    )
}

#: What the generator drew, kept apart from the tables: `Company.truth` has these.
TRUTH: dict[str, Table] = {
    "customers": Table(
        "customers",
        Text("The truth about customers", "客户的真相"),
        Text("one customer", "一个客户"),
        (
            CUSTOMERS["customer_id"],
            Column(
                "type",
                "code",
                Text("Type", "类型"),
                Text(
                    "loyal, steady, seasonal, occasional, one_off or prospect (never buys)",
                    "loyal 忠诚、steady 稳定、seasonal 季节性、occasional 偶尔、"
                    "one_off 一次性、prospect 从未购买",
                ),
            ),
            Column(
                "orders_per_year_milli",
                "integer",
                Text("Purchase rate", "购买频率"),
                Text("Expected orders a year, in thousandths", "预期每年订单数，以千分之一计"),
            ),
            Column(
                "left_on",
                "date",
                Text("Left", "流失日期"),
                Text(
                    "Day from which the customer buys no more; empty when still here",
                    "客户不再购买的起始日期；尚未流失时为空",
                ),
                DAY,
                nullable=True,
            ),
            Column(
                "margin_per_year",
                "money",
                Text("Margin a year", "年毛利"),
                Text(
                    "Gross margin expected of the next twelve months if the customer stays; "
                    "0 when it has left",
                    "客户留存时未来十二个月的预期毛利；已流失时为 0",
                ),
                YUAN,
            ),
            Column(
                "gift_response_permille",
                "integer",
                Text("Answer to a gift", "礼物效应"),
                Text(
                    "What a gift that suits the hobby adds to that margin, in thousandths; often 0",
                    "合乎爱好的礼物使该毛利增加的千分比；常为 0",
                ),
            ),
        ),
    ),
    "payers": Table(
        "payers",
        Text("The truth about payers", "付款人的真相"),
        Text("one customer", "一个客户"),
        (
            CUSTOMERS["customer_id"],
            Column(
                "payer",
                "code",
                Text("Payer", "付款类型"),
                Text(
                    "prompt, slow or late: how the customer stands among the others when bills are due",
                    "prompt 准时、slow 偏慢、late 拖欠：账单到期时该客户与其他客户相比的付款习惯",
                ),
            ),
        ),
    ),
    "products": Table(
        "products",
        Text("The truth about products", "产品的真相"),
        Text("one product", "一种产品"),
        (
            PRODUCTS["product_id"],
            Column(
                "elasticity_milli",
                "integer",
                Text("Price elasticity", "价格弹性"),
                Text(
                    "What one percent of price adds to the units sold, in thousandths of a percent; "
                    "negative. For price decisions that are played out: the tables do not show it, as prices "
                    "change little and customers spend about the same whatever a unit costs",
                    "价格每提高 1% 时销量变化的千分之百分比，为负数。供价格决策推演使用："
                    "价格变动很小，且客户的花费大致不变，因此数据表中看不出它",
                ),
            ),
        ),
    ),
    "demand": Table(
        "demand",
        Text("The truth about demand", "需求的真相"),
        Text("one product in one warehouse", "一个仓库中的一种产品"),
        (
            PRODUCTS["product_id"],
            WAREHOUSE,
            Column(
                "units_per_week_milli",
                "integer",
                Text("Mean demand", "平均需求"),
                Text(
                    "Expected units a week at the level of the last 52 weeks, in thousandths of a unit",
                    "按最近 52 周的水平，每周预期需求量，以千分之一单位计",
                ),
            ),
            Column(
                "units_per_line_milli",
                "integer",
                Text("Size of a line", "每行数量"),
                Text(
                    "Expected units on a line that orders the product, in thousandths of a unit: "
                    "demand comes in lots of about this size",
                    "订购该产品的一行明细的预期数量，以千分之一单位计；需求以大约这样的批量到来",
                ),
            ),
            Column(
                "festive_permille",
                "integer",
                Text("Festive demand", "节日需求"),
                Text(
                    "How much of the demand comes from customers who buy before Spring Festival and "
                    "Mid-Autumn only, in a thousand",
                    "需求中来自仅在春节和中秋前购买的客户的千分比",
                ),
            ),
        ),
    ),
    "campaign_effects": CAMPAIGN_EFFECTS,
    "opportunities": Table(
        "opportunities",
        Text("The truth about opportunities", "销售机会的真相"),
        Text("one opportunity that is open today", "一个目前进行中的销售机会"),
        (
            OPPORTUNITIES["opportunity_id"],
            Column(
                "win_permille",
                "integer",
                Text("Chance", "赢单概率"),
                Text(
                    "Chance of winning it when it was opened, in thousandths; "
                    "0 when the customer will never buy",
                    "建立时的赢单概率，以千分之一计；客户不会购买时为 0",
                ),
            ),
            Column(
                "wins",
                "flag",
                Text("Wins", "最终赢单"),
                Text("Whether it will be won", "最终是否赢单"),
            ),
            Column(
                "closes_on",
                "date",
                Text("Closes", "最终结束日期"),
                Text("Day after today on which it will be closed", "今天以后结束的日期"),
                DAY,
            ),
        ),
    ),
}
