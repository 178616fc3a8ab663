"""Every table and column of the company, once: type, unit, meaning, key, both languages.

Validation, the data dictionary, the CSV files, column headers and the lists of choices on the
screen are all drawn from `TABLES`. Names are English in both editions; what people read has a `Text`.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    """One table: what a row is, its key, its columns."""

    name: str
    title: Text
    row: Text
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        """The first column, which numbers the rows."""
        return self.columns[0].name

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
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

#: All tables, parents before children.
TABLES: dict[str, Table] = {
    table.name: table for table in (EMPLOYEES, CUSTOMERS, CONTACTS, PRODUCTS, ORDERS, ORDER_LINES, RECEIPTS)
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
    )
}
