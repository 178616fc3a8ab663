"""How often each flaw on purpose occurs: all rates in one place, with what an instructor needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from crmlab.locale import Text


class Flaw(NamedTuple):
    """What is declared about one flaw: what the instructors' page and the tests are drawn from.

    Attributes
    ----------
    name : str
        The field of `Flaws`.
    permille : int
        The declared rate.
    among : Text
        Which rows could have the flaw: the rate is in a thousand of these.
    meaning : Text
        What is wrong in the rows that have it.
    find : str
        An expression of pandas that selects the rows that have it; empty where only the truth knows.
    out_of : str
        An expression for all rows that could have it, where the rate can be read off so.
    """

    name: str
    permille: int
    among: Text = Text("the rows concerned", "相关行")
    meaning: Text = Text("", "")
    find: str = ""
    out_of: str = ""


def rate(permille: int, among: Text, meaning: Text, find: str = "", out_of: str = "") -> Any:
    """Declare a flaw: the parameters are those of `Flaw`."""
    about = {"among": among, "meaning": meaning, "find": find, "out_of": out_of}
    return field(default=permille, metadata=about)


_CUSTOMERS = Text("customers", "客户")
_CONTACTS = Text("contacts", "联系人")
_ORDERS = Text("orders", "订单")


@dataclass(frozen=True)
class Flaws:
    """Rates in a thousand of the rows that could have the flaw; a rate is declared with `rate`.

    Examples
    --------
    >>> Flaws().source_missing
    95
    """

    source_missing: int = rate(
        95,
        _CUSTOMERS,
        Text("Nobody noted the source.", "没有登记客户来源。"),
        'company.customers.query("source.isna()")',
        "company.customers",
    )
    customer_hobby_missing: int = rate(
        550,
        _CUSTOMERS,
        Text("The customer's card has no hobby.", "客户卡片上没有登记爱好。"),
        'company.customers.query("hobby.isna()")',
        "company.customers",
    )
    contact_hobby_missing: int = rate(
        250,
        _CONTACTS,
        Text("The contact's hobby is not known.", "联系人的爱好不详。"),
        'company.contacts.query("hobby.isna()")',
        "company.contacts",
    )
    birthday_missing: int = rate(
        300,
        _CONTACTS,
        Text("The contact's birthday is not known.", "联系人的生日不详。"),
        'company.contacts.query("birthday.isna()")',
        "company.contacts",
    )
    no_contact: int = rate(
        30,
        _CUSTOMERS,
        Text("The customer has no contact at all.", "客户没有任何联系人。"),
        "company.customers[~company.customers.customer_id.isin(company.contacts.customer_id)]",
        "company.customers",
    )
    no_key_contact: int = rate(
        60,
        Text("customers with contacts", "有联系人的客户"),
        Text("None of the customer's contacts is the key contact.", "客户的联系人中没有关键联系人。"),
        'company.contacts.groupby("customer_id").filter(lambda c: not c.is_key.any())',
    )
    duplicates: int = rate(
        15,
        _CUSTOMERS,
        Text(
            "The customer was entered a second time under another spelling: same city, industry, kind and "
            "size, nearly the same name.",
            "同一客户以另一种写法重复登记：城市、行业、类型和规模相同，名称相近。",
        ),
        "company.customers.assign(letters=company.customers.name.str.lower().str.replace("
        'r"co., ltd.|有限公司|市|\\W", "", regex=True).map(sorted).str.join(""))'
        '.loc[lambda c: c.duplicated(["city", "industry", "letters"], keep=False)]',
    )
    owner_left: int = rate(
        150,
        Text("customers of somebody who left", "离职员工的客户"),
        Text("The owner left the company and nobody took over.", "负责人已离职，无人接手。"),
        "company.customers[company.customers.owner_id.isin("
        'company.employees.query("left_on.notna()").employee_id)]',
    )
    first_cancelled: int = rate(
        70,
        Text("new customers", "新客户"),
        Text(
            "The first order was cancelled and repeated months later: the customer is new when it bought.",
            "首张订单被取消，数月后重新下单：以实际购买之日计为新客户。",
        ),
        'company.orders.sort_values("ordered_at").groupby("customer_id").filter(lambda o: '
        'o.status.iloc[0] == "cancelled" and (o.status == "completed").any())'
        '.groupby("customer_id").head(1)',
    )
    other_recorder: int = rate(
        140,
        _ORDERS,
        Text("Somebody other than the owner keyed the order in.", "录入订单的不是负责人。"),
        'company.orders.query("recorder_id != owner_id")',
        "company.orders",
    )
    cancelled: int = rate(
        35,
        _ORDERS,
        Text("The order was cancelled; it is no sale.", "订单已取消，不是有效销售。"),
        "company.orders.query(\"status == 'cancelled'\")",
        "company.orders",
    )
    old_draft: int = rate(
        8,
        _ORDERS,
        Text("A draft that was forgotten months ago; it is no sale.", "早已被遗忘的草稿，不是有效销售。"),
        "company.orders.query(\"status == 'draft' and ordered_at < '2026-01-01'\")",
        "company.orders",
    )
    never_sold: int = rate(
        35,
        Text("products", "产品"),
        Text("Nobody ever orders the product.", "从未有人订购的产品。"),
        "company.products[~company.products.product_id.isin(company.order_lines.product_id)]",
    )
    returned: int = rate(
        25,
        Text("order lines", "订单明细"),
        Text(
            "Something comes back, often in a later month or year: a negative line with its own date.",
            "有退货，常发生在以后的月份或年度：以自己的日期记为负数行。",
        ),
        'company.order_lines.query("quantity < 0")',
        'company.order_lines.query("quantity > 0")',
    )
    prepaid: int = rate(
        25,
        _ORDERS,
        Text("Money came before the order.", "款项早于订单到帐。"),
        'company.receipts.merge(company.orders, on="order_id")'
        '.query("received_on < ordered_at.dt.normalize()")',
        "company.orders.query(\"status not in ('draft', 'cancelled')\")",
    )
    wrong_customer: int = rate(
        5,
        Text("receipts", "收款"),
        Text(
            "The receipt was credited to another customer than the order's.", "款项记入了订单客户以外的客户。"
        ),
        'company.receipts.merge(company.orders, on="order_id").query("customer_id_x != customer_id_y")',
        "company.receipts",
    )
    never_paid: int = rate(
        14,
        _ORDERS,
        Text(
            "No money ever comes. The newest are merely not due: look at those due a year ago.",
            "始终没有收到款项。最近的只是尚未到期：请看一年前到期的订单。",
        ),
        "company.orders[~company.orders.order_id.isin(company.receipts.order_id)]"
        ".query(\"status == 'completed' and due_on < '2025-01-31'\")",
        "company.orders.query(\"status == 'completed' and due_on < '2025-01-31'\")",
    )
    no_refund: int = rate(
        300,
        Text("returns after payment", "付款后的退货"),
        Text(
            "Nothing is paid back: the customer keeps a credit balance.",
            "没有退款：客户留有贷方余额。",
        ),
        'company.order_lines.eval("net = quantity * unit_price * (100 - discount) / 100")'
        '.groupby("order_id").net.sum().round(2).to_frame()'
        '.join(company.receipts.groupby("order_id").amount.sum().round(2), how="inner")'
        '.query("amount > net")',
    )
    category_renamed: int = rate(
        100,
        Text("minor categories", "产品小分类"),
        Text(
            "The category was renamed in mid-history: a report by the names of the time breaks it in two.",
            "该分类中途改名：按当时名称统计会把它一分为二。",
        ),
        'company.product_categories.groupby("product_id").filter(lambda c: c.minor_category.nunique() > 1)',
    )
    category_moved: int = rate(
        50,
        Text("minor categories", "产品小分类"),
        Text(
            "The category was moved to another major one in mid-history.",
            "该分类中途移到另一个大分类之下。",
        ),
        'company.product_categories.groupby("product_id").filter(lambda c: c.major_category.nunique() > 1)',
    )
    miscounted: int = rate(
        180,
        Text("products that sold since the last count of the stock", "上次盘点以来有销售的产品"),
        Text(
            "The count finds more or, mostly, less than the books say.",
            "盘点数与帐面数不符，多数为盘亏。",
        ),
        "company.stock_movements.query(\"kind == 'adjustment'\")",
    )
    back_ordered: int = rate(
        100,
        Text("purchases sold before they arrive", "到货前已售出的采购"),
        Text(
            "Nobody could deliver at once: stock is below zero until the purchase arrives.",
            "无处加急提货：到货之前库存为负。",
        ),
        'company.stock_movements.query("balance < 0")',
    )
    expense_customer_missing: int = rate(
        80,
        Text("expenses for a customer", "为客户发生的费用"),
        Text(
            "Nobody noted the customer: it looks like overhead, and only its kind gives it away.",
            "没有登记客户：看似公共费用，仅从费用类型可以看出。",
        ),
        'company.expenses.query("customer_id.isna() and campaign_id.isna() and kind in "'
        "\"('Entertainment', 'Gifts', 'Freight', '业务招待费', '礼品费', '运费')\")",
    )
    claimed_twice: int = rate(
        20,
        Text("expenses", "费用"),
        Text(
            "The same expense was claimed again; the second claim is rejected.",
            "同一费用重复报销；第二次被驳回。",
        ),
        'company.expenses[company.expenses.duplicated(["kind", "incurred_on", "amount", "employee_id"])]'
        ".query(\"status == 'rejected'\")",
        "company.expenses",
    )
    rejected: int = rate(
        45,
        Text("expenses that belong to no campaign", "不属于营销活动的费用"),
        Text("The claim was rejected: it is no expense of the company.", "报销被驳回：不计为公司费用。"),
        "company.expenses[~company.expenses.duplicated("
        '["kind", "incurred_on", "amount", "employee_id"], keep=False)].query("status == \'rejected\'")',
        'company.expenses.query("campaign_id.isna()")',
    )
    claim_forgotten: int = rate(
        8,
        Text("expenses", "费用"),
        Text("The claim still waits for a decision, months later.", "数月之后仍未审批。"),
        "company.expenses.query(\"status == 'submitted' and incurred_on < '2026-01-01'\")",
        "company.expenses.query(\"incurred_on < '2026-01-01'\")",
    )
    never_answered: int = rate(
        35,
        Text("service tickets", "服务工单"),
        Text("Nobody ever answered.", "始终无人答复。"),
        "company.tickets.query(\"first_answer_at.isna() and opened_at < '2026-01-01'\")",
        "company.tickets.query(\"opened_at < '2026-01-01'\")",
    )
    ticket_product_missing: int = rate(
        60,
        Text("service tickets about a product", "涉及产品的服务工单"),
        Text("Nobody noted the product.", "没有登记产品。"),
        "company.tickets.query(\"product_id.isna() and kind not in ('Question', '咨询')\")",
        "company.tickets.query(\"kind not in ('Question', '咨询')\")",
    )
    crm_recorder: int = rate(
        120,
        Text("leads, opportunities and quotes", "线索、销售机会和报价单"),
        Text(
            "Somebody other than the salesperson in charge keyed it in. (Owners also change when "
            "somebody leaves.)",
            "录入者不是当时的负责人。（员工离职时负责人也会变更。）",
        ),
        'company.opportunities.query("recorder_id != owner_id")',
        "company.opportunities",
    )
    lead_forgotten: int = rate(
        40,
        Text("leads that came to nothing", "未转化的线索"),
        Text("Nobody dropped the lead: it has been in work for ages.", "无人放弃该线索：长期停留在跟进中。"),
        "company.leads.query(\"status == 'working' and created_on < '2025-01-31'\")",
        "company.leads.query(\"status != 'converted' and created_on < '2025-01-31'\")",
    )
    lost_reason_missing: int = rate(
        90,
        Text("lost opportunities", "丢单的销售机会"),
        Text("Nobody noted why it was lost.", "没有登记丢单原因。"),
        "company.opportunities.query(\"outcome == 'lost' and lost_reason.isna()\")",
        "company.opportunities.query(\"outcome == 'lost'\")",
    )
    order_not_noted: int = rate(
        60,
        Text("won opportunities", "赢单的销售机会"),
        Text("Nobody noted the order that came of it.", "没有登记由此产生的订单。"),
        "company.opportunities.query(\"outcome == 'won' and order_id.isna()\")",
        "company.opportunities.query(\"outcome == 'won'\")",
    )
    activity_recorder: int = rate(
        50,
        Text("activities", "活动"),
        Text("Somebody else keyed the activity in.", "录入活动的不是负责人。"),
        'company.activities.query("recorder_id != owner_id")',
        "company.activities",
    )
    never_happened: int = rate(
        70,
        Text("activities with customers but mails", "与客户的活动（邮件除外）"),
        Text(
            "Planned and never done: its day has passed and it is still planned.",
            "计划了却没有发生：日期已过，仍为计划。",
        ),
        "company.activities.query(\"status == 'planned' and started_at <= '2026-01-31'\")",
        'company.activities.query("customer_id.notna() and kind not in '
        "('Mail', '邮件') and started_at <= '2026-01-31'\")",
    )
    no_end: int = rate(
        25,
        Text("activities done", "已完成的活动"),
        Text("Nobody noted when it ended: it has no minutes.", "没有登记结束时间，因而没有分钟数。"),
        "company.activities.query(\"status == 'done' and ended_at.isna()\")",
        "company.activities.query(\"status == 'done'\")",
    )
    joint: int = rate(
        80,
        Text("visits, demonstrations and meetings with customers", "与客户的拜访、演示和会议"),
        Text(
            "Two or three people were there: its hours belong to one activity and to several people.",
            "有两三人参加：同一活动的时间属于多人。",
        ),
        "company.activities[company.activities.activity_id.isin(company.activity_participants.activity_id)]",
        "company.activities[company.activities.customer_id.notna() & company.activities.kind.isin("
        "['Visit', 'Demonstration', 'Meeting', '上门拜访', '产品演示', '会议'])]",
    )


def declared() -> list[Flaw]:
    """Return all flaws in the order of their declaration; a plain number has no more than its rate.

    Examples
    --------
    >>> declared()[0].find
    'company.customers.query("source.isna()")'
    """
    return [Flaw(field.name, int(str(field.default)), **field.metadata) for field in fields(Flaws)]
