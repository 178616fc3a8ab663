"""What lies in the warehouses: how much to order and when, how purchases swing, what came in and went out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Waterfall
from crmlab.analysis.days import day_number, week_number, weeks
from crmlab.analysis.demand import NAMED, demand, products
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected
from crmlab.analysis.groups import STOCK
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.models.inventory import (
    eoq,
    orders_per_year,
    reorder_point,
    safety_stock,
    standard_score,
)
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.periods import EVERY, periods, slot_of
from crmlab.analysis.terms import PRODUCT, PRODUCT_ID
from crmlab.company.files import SALES_TABLES
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: Days of demand that yearly figures rest on.
YEAR = 365


def of_products(company: Company, table: str) -> nw.LazyFrame:
    """Return ``table``, which has a ``product_id``, with that product's categories."""

    def build() -> nw.LazyFrame:
        categories = company.frame("products").select("product_id", "major_category", "minor_category")
        return company.frame(table).join(categories, on="product_id", how="left")

    return company.cached(f"stock.{table}", build)


def _summed(frame: nw.LazyFrame, by: str | list[str], *columns: str) -> pd.DataFrame:
    """The sums of whole-numbered ``columns``, by number of the product."""
    summed = frame.group_by(by).agg(*(nw.col(name).sum() for name in columns))
    return collected(summed.with_columns(nw.col(name).cast(nw.Int64) for name in columns))


# How much to order, and when


def _order_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result["reorder_point"].notna().sum() == 0:
        return Text(
            "No product that meets the conditions has been bought often enough to say when to order it.",
            "符合条件的产品采购次数不足，无法确定订货时点。",
        ).to(language)
    due = result[result["order_now"]]
    if due.empty:
        sentence = Text(
            "None of the {count} products has to be ordered now: all are above their reorder point.",
            "{count}种产品目前均高于再订货点，无需订货。",
        )
        return sentence.to(language).format(count=numbers.count(len(result)))
    sentence = Text(
        "{due} of {count} products are at or below their reorder point; first {product}: "
        "{there} in stock and on order, reorder point {point}, order {quantity}.",
        "{count}种产品中有{due}种已达到或低于再订货点；首先是{product}："
        "现有及在途{there}件，再订货点{point}件，应订{quantity}件。",
    )
    first = due.iloc[0]
    return sentence.to(language).format(
        due=numbers.count(len(due)),
        count=numbers.count(len(result)),
        product=first["product"],
        there=numbers.count(first["on_hand"] + first["on_order"]),
        point=numbers.count(first["reorder_point"]),
        quantity=numbers.count(first["order_quantity"]),
    )


def _order_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    # Pens and desks have no common scale but this one.
    known = result.assign(there=result["on_hand"] + result["on_order"])
    known = known[known["reorder_point"] > 0]
    known = known.assign(cover=known["there"] / known["reorder_point"])
    known = known.sort_values("cover", kind="stable").head(NAMED)
    note = Text("{cover}  ({there} of {point})", "{cover}（{there}/{point}件）").to(language)
    return Bars(
        Text(
            "In stock and on order, in percent of the reorder point: the lowest",
            "现有及在途库存占再订货点的百分比：最低的产品",
        ).to(language),
        known["product"].tolist(),
        known["cover"].tolist(),
        [
            note.format(
                cover=numbers.share(cover, language),
                there=numbers.count(there),
                point=numbers.count(point),
            )
            for cover, there, point in zip(
                known["cover"], known["there"], known["reorder_point"], strict=True
            )
        ],
    )


@analysis(
    group=STOCK,
    name=Text("Order quantity and reorder point", "订货量与再订货点"),
    about=Text(
        "By product, on the day: economic order quantity (EOQ), safety stock, reorder point, "
        "and whether stock and orders under way have reached it.",
        "截至当日各产品的经济订货批量（EOQ）、安全库存和再订货点，以及现有与在途库存是否已低于再订货点。",
    ),
    honours=("end", "major_category", "minor_category", "product"),
    own=(
        Own("order_cost", Text("Cost of an order", "每次订货成本"), 100, 1, 10_000, 1, Text("yuan", "元")),
        Own(
            "holding_percent", Text("Holding cost a year", "年持有成本率"), 20, 1, 100, 1,
            Text("% of the unit cost", "%（占单位成本）"),
        ),
        Own(
            "service_percent", Text("Service level", "服务水平"), 95, 50, 99, 1,
            Text("% of cycles without a shortage", "%的周期不缺货"),
        ),
    ),
    columns={
        "product_id": Heading(PRODUCT_ID, "id"),
        "product": Heading(PRODUCT, "text"),
        "yearly_demand": Heading(Text("Yearly demand", "年需求量"), "number"),
        "unit_cost": Heading(Text("Unit cost", "单位成本"), "yuan"),
        "order_quantity": Heading(Text("Order quantity (EOQ)", "经济订货批量（EOQ）"), "number"),
        "orders_per_year": Heading(Text("Orders a year", "年订货次数"), "number"),
        "lead_time_days": Heading(Text("Lead time, days", "供货周期（天）"), "number"),
        "lead_time_sd": Heading(Text("Its deviation, days", "供货周期标准差（天）"), "number"),
        "safety_stock": Heading(Text("Safety stock", "安全库存"), "number"),
        "reorder_point": Heading(Text("Reorder point", "再订货点"), "number"),
        "on_hand": Heading(Text("In stock", "现有库存"), "count"),
        "on_order": Heading(Text("On order", "在途数量"), "count"),
        "order_now": Heading(Text("Order now", "是否应订货"), "flag"),
    },
    needs=(*SALES_TABLES, "products.unit_cost", "products.launched_on", "purchases", "stock_movements"),
    finding=_order_finding,
    picture=_order_picture,
)  # fmt: skip
def order_quantity(
    company: Company, conditions: Conditions, order_cost: int, holding_percent: int, service_percent: int
) -> pd.DataFrame:
    """State how much of each product to order at a time, and at which stock.

    Demand is what was ordered on valid orders in the 365 days up to the day, or since the launch of the
    product. Mean and deviation of the lead time are those of all purchases that had arrived, from the day
    of ordering, without urgent ones. Days are taken to be independent of each other.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the day, today unless given; products and categories may be chosen.
    order_cost : int
        Of one order, in yuan.
    holding_percent : int
        Of a unit for a year, in percent of its cost.
    service_percent : int
        Share of the cycles in which nothing shall be short.

    Returns
    -------
    pandas.DataFrame
        ``product_id``, ``product``; ``yearly_demand`` in units; ``unit_cost`` of today in yuan;
        ``order_quantity`` (EOQ) and ``orders_per_year``; ``lead_time_days``, ``lead_time_sd``,
        ``safety_stock``, ``reorder_point``, missing of what arrived less than twice; ``on_hand`` (below
        zero when customers wait) and ``on_order`` at the end of the day; ``order_now``: whether both
        together are not above the reorder point of a product with demand. A row for every product: first
        what to order, then what costs most in a year; ties by number.

    References
    ----------
    See `crmlab.analysis.models.inventory`.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = order_quantity(open_company(language="en"), end="2025-12-31", order_cost=5000)
    >>> int(result["order_now"].sum()) < len(result)
    True
    """
    found = products(company, conditions).join(_daily(company, conditions)).fillna({"units": 0, "squares": 0})
    first = max(company.start, conditions.end - pd.Timedelta(days=YEAR - 1))
    launched = found["launched_on"]
    days = (conditions.end - launched.where(launched > first, first)).dt.days + 1
    days = days.where(days > 0)
    daily = (found["units"] / days).fillna(0.0)
    daily_sd = np.sqrt(_variance(found["units"], found["squares"], days)).fillna(0.0)
    found = found.join(_lead_times(company, conditions)).join(_stock(company, conditions))
    lead_sd = np.sqrt(_variance(found["lead"], found["lead_squares"], found["arrived"]))
    lead = (found["lead"] / found["arrived"]).where(lead_sd.notna())
    cost = found["unit_cost_cents"] / 100
    quantity = eoq(daily * YEAR, order_cost, cost.where(cost > 0) * holding_percent / 100)
    safety = safety_stock(standard_score(service_percent / 100), lead, daily_sd, lead_sd, daily)
    point = reorder_point(daily, lead, safety)
    there = found[["on_hand", "on_order"]].fillna(0).astype("int64")
    result = pd.DataFrame(
        {
            "product": found["product"],
            "yearly_demand": daily * YEAR,
            "unit_cost": cost,
            "order_quantity": quantity,
            "orders_per_year": orders_per_year(daily * YEAR, quantity.where(quantity > 0)),
            "lead_time_days": lead,
            "lead_time_sd": lead_sd,
            "safety_stock": safety,
            "reorder_point": point,
            **there,
            "order_now": (daily > 0) & (there.sum(axis=1) <= point),
            "spent": daily * cost,
        },
        index=found.index,
    ).reset_index()
    return result.sort_values(["order_now", "spent", "product_id"], ascending=[False, False, True])


def _variance(total: pd.Series, squares: pd.Series, count: pd.Series | int) -> pd.Series:
    """The sample variance of ``count`` whole numbers, from their sum and the sum of their squares."""
    number = pd.Series(count, index=total.index, dtype="float64")
    number = number.where(number > 1)
    return (squares - total * total / number) / (number - 1)


def _daily(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Units of the last year by product, and the sum of the squares of the units of a day."""
    after = conditions.after
    recent = (nw.col("booked_at") >= after - timedelta(days=YEAR)) & (nw.col("booked_at") < after)
    of_day = (
        conditions.match(demand(company, conditions).filter(recent))
        .with_columns(day=day_number("booked_at"))
        .group_by("product_id", "day")
        .agg(units=nw.col("quantity").sum())
        .with_columns(nw.col("units").cast(nw.Int64))
        .with_columns(squares=nw.col("units") * nw.col("units"))
    )
    return _summed(of_day, "product_id", "units", "squares").set_index("product_id")


def _lead_times(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Days from order to arrival by product: their sum, the sum of their squares, and how many."""
    arrived = (nw.col("received_on") < conditions.after) & ~nw.col("is_urgent")
    purchases = (
        conditions.match(of_products(company, "purchases").filter(arrived))
        .with_columns(lead=day_number("received_on") - day_number("ordered_on"))
        .with_columns(lead_squares=nw.col("lead") * nw.col("lead"), arrived=nw.lit(1).cast(nw.Int64))
    )
    return _summed(purchases, "product_id", "lead", "lead_squares", "arrived").set_index("product_id")


def _stock(company: Company, conditions: Conditions) -> pd.DataFrame:
    """What is there and what is on its way at the end of the day, by product."""
    after = conditions.after
    moved = of_products(company, "stock_movements").filter(nw.col("moved_on") < after)
    on_its_way = nw.col("received_on").is_null() | (nw.col("received_on") >= after)
    ordered = of_products(company, "purchases").filter((nw.col("ordered_on") < after) & on_its_way)
    parts = {"on_hand": moved, "on_order": ordered}
    return pd.concat(
        [
            _summed(conditions.match(frame).with_columns(nw.col("quantity").alias(name)), "product_id", name)
            .set_index("product_id")
            for name, frame in parts.items()
        ],
        axis=1,
    )  # fmt: skip


# How purchases swing


def _bullwhip_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    known = result[result["ratio"].notna()]
    if known.empty:
        return Text(
            "There are not enough complete periods with sales to compare purchases with.",
            "有销售的完整期间不足，无法与采购比较。",
        ).to(language)
    first = known.iloc[0]
    sentence = Text(
        "Purchases swing more than sales for {more} of {count} products: in the median their variance is "
        "{middle} times that of sales, for {product} {most} times.",
        "{count}种产品中，有{more}种的采购波动大于销售；方差之比的中位数为{middle}，最大的是{product}：{most}。",
    )
    return sentence.to(language).format(
        more=numbers.count((known["ratio"] > 1).sum()),
        count=numbers.count(len(known)),
        middle=f"{known['ratio'].median():.1f}",
        product=first["product"],
        most=f"{first['ratio']:.1f}",
    )


def _bullwhip_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    known = result[result["ratio"].notna()]
    return Bars(
        Text("Variance of purchases / variance of sales", "采购方差/销售方差").to(language),
        known["product"].tolist(),
        known["ratio"].tolist(),
        [f"{value:.1f}" for value in known["ratio"]],
    )


@analysis(
    group=STOCK,
    name=Text("Bullwhip effect", "牛鞭效应"),
    about=Text(
        "By product, the variance of what was ordered from suppliers a week or month over the variance of "
        "what customers ordered.",
        "按产品计算每周或每月采购量的方差与客户订购量方差之比。",
    ),
    honours=("period", "major_category", "minor_category", "product"),
    own=(
        Choice(
            "every", Text("Every", "周期"), "month", {"week": Text("week", "周"), "month": EVERY["month"]}
        ),
    ),
    columns={
        "product_id": Heading(PRODUCT_ID, "id"),
        "product": Heading(PRODUCT, "text"),
        "sold": Heading(Text("Ordered by customers", "客户订购量"), "count"),
        "bought": Heading(Text("Ordered from suppliers", "向供应商订货量"), "count"),
        "sold_sd": Heading(Text("Deviation of demand", "需求标准差"), "number"),
        "bought_sd": Heading(Text("Deviation of purchases", "采购标准差"), "number"),
        "ratio": Heading(Text("Variance ratio", "方差之比"), "number"),
    },
    needs=(*SALES_TABLES, "purchases"),
    finding=_bullwhip_finding,
    picture=_bullwhip_picture,
)
def bullwhip(company: Company, conditions: Conditions, every: str) -> pd.DataFrame:
    """Compare how purchases and sales vary, product by product.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        The period, products and categories; fields may be given as keywords.
    every : str
        ``week`` (from Monday) or ``month``: only those that lie in the period as a whole count.

    Returns
    -------
    pandas.DataFrame
        ``product_id``, ``product``; ``sold`` and ``bought``: units on valid orders of customers, before
        returns, and on orders to suppliers, each on the day of ordering; ``sold_sd``, ``bought_sd``:
        sample standard deviations of the units of a week or month, those without any included;
        ``ratio``: variance of purchases / variance of sales, missing without sales. A row for every
        product, the largest ratio first, ties by number.

    References
    ----------
    See `crmlab.analysis.models.inventory.bullwhip`.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = bullwhip(open_company(language="en"), start="2024-01-01")
    >>> bool(result["ratio"].median() > 1)
    True
    """
    slots = _slots(conditions, every)
    parts = {
        "sold": _swings(demand(company, conditions), "booked_at", conditions, every, slots),
        "bought": _swings(of_products(company, "purchases"), "ordered_on", conditions, every, slots),
    }
    result = products(company, conditions)[["product"]]
    for name, part in parts.items():
        sums = part.reindex(result.index).fillna(0).astype("int64")
        variance = _variance(sums["units"], sums["squares"], len(slots))
        result = result.assign(**{name: sums["units"], f"{name}_var": variance})
        result[f"{name}_sd"] = np.sqrt(variance)
    result["ratio"] = result["bought_var"] / result["sold_var"].where(result["sold_var"] > 0)
    return result.reset_index().sort_values(["ratio", "product_id"], ascending=[False, True])


def _slots(conditions: Conditions, every: str) -> range:
    """The numbers of the whole weeks or months in the period."""
    if every == "week":
        return weeks(conditions.start, conditions.end)
    months = periods(conditions, "month")
    whole = months.loc[months["complete"], "slot"]
    return range(int(whole.min()), int(whole.max()) + 1) if len(whole) else range(0)


def _swings(frame: nw.LazyFrame, time: str, conditions: Conditions, every: str, slots: range) -> pd.DataFrame:
    """Units by product in ``slots``, and the sum of the squares of the units of each slot."""
    slot = week_number(time) if every == "week" else slot_of(time, "month")
    kept = conditions.keep(frame, time).with_columns(slot=slot)
    of_slot = (
        kept.filter((nw.col("slot") >= slots.start) & (nw.col("slot") < slots.stop))
        .group_by("product_id", "slot")
        .agg(units=nw.col("quantity").sum())
        .with_columns(nw.col("units").cast(nw.Int64))
        .with_columns(squares=nw.col("units") * nw.col("units"))
    )
    return _summed(of_slot, "product_id", "units", "squares").set_index("product_id")


# What came in and went out

BY = {
    "product": PRODUCT,
    "month": Text("month", "月"),
    "warehouse": Text("warehouse", "仓库"),
}
FLOWS = {
    "opening": Text("Opening stock", "期初库存"),
    "purchased": Text("Purchased", "采购入库"),
    "returned": Text("Returned", "客户退货"),
    "adjusted": Text("Adjusted", "盘点差异"),
    "sold": Text("Sold", "销售出库"),
    "closing": Text("Closing stock", "期末库存"),
}
#: The kind of movement behind each flow, and its sign in the result.
_KINDS = {"purchased": ("purchase", 1), "returned": ("return", 1), "adjusted": ("adjustment", 1),
          "sold": ("sale", -1)}  # fmt: skip


def _flow_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    total = _flow_totals(result)
    if not any(total.values()):
        return Text("Nothing was in stock, came in or went out.", "没有库存，也没有出入库。").to(language)
    sentence = Text(
        "From {opening} units in stock, {came} came in and {sold} were sold: {closing} are left.",
        "期初库存{opening}件，入库{came}件，售出{sold}件，期末{closing}件。",
    )
    if result["back_ordered"].sum():
        sentence = Text(
            "From {opening} units in stock, {came} came in and {sold} were sold: {closing} are left; "
            "{back} were sold on days when the product was out of stock.",
            "期初库存{opening}件，入库{came}件，售出{sold}件，期末{closing}件；其中{back}件在缺货当日售出。",
        )
    return sentence.to(language).format(
        opening=numbers.short(total["opening"], language),
        came=numbers.short(total["purchased"] + total["returned"] + total["adjusted"], language),
        sold=numbers.short(total["sold"], language),
        closing=numbers.short(total["closing"], language),
        back=numbers.count(result["back_ordered"].sum()),
    )


def _flow_totals(result: pd.DataFrame) -> dict[str, int]:
    """The flows of all rows together: of months, the first opens and the last closes."""
    total = {name: int(result[name].sum()) for name in FLOWS}
    if len(result) and (result["by"] == "month").all():
        total |= {"opening": int(result["opening"].iloc[0]), "closing": int(result["closing"].iloc[-1])}
    return total


def _flow_picture(result: pd.DataFrame, company: Company) -> Waterfall:
    language = company.language
    total = _flow_totals(result)
    values = [total[name] * (-1 if name == "sold" else 1) for name in FLOWS]
    return Waterfall(
        Text("Units", "件数").to(language),
        [title.to(language) for title in FLOWS.values()],
        values,
        [numbers.count(value) for value in values],
        [name in ("opening", "closing") for name in FLOWS],
    )


@analysis(
    group=STOCK,
    name=Text("Stock flow", "库存收发存"),
    about=Text(
        "Opening stock + purchases + returns + differences - sales = closing stock, by product, month or "
        "warehouse, with what was sold while out of stock.",
        "期初库存＋采购入库＋客户退货＋盘点差异－销售出库＝期末库存，按产品、月或仓库统计，并列示缺货期间的售出量。",
    ),
    honours=("period", "major_category", "minor_category", "product"),
    own=(Choice("by", Text("By", "分组"), "product", BY),),
    columns={
        "by": Heading(Text("By", "分组"), "text", words=BY),
        "product_id": Heading(PRODUCT_ID, "id", nullable=True),
        "group": Heading(Text("Product, month or warehouse", "产品、月或仓库"), "text"),
        **{name: Heading(title, "count") for name, title in FLOWS.items()},
        "back_ordered": Heading(Text("Sold while out of stock", "缺货期间售出"), "count"),
    },
    needs=("products", "stock_movements"),
    finding=_flow_finding,
    picture=_flow_picture,
)
def stock_flow(company: Company, conditions: Conditions, by: str) -> pd.DataFrame:
    """Account for all that came into the warehouses and left them, in units.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        The period, products and categories; fields may be given as keywords.
    by : str
        ``product``, ``month`` or ``warehouse``.

    Returns
    -------
    pandas.DataFrame
        ``by``; ``product_id``, missing but by product; ``group`` (the product, the month "2025-01" or the
        warehouse); ``opening`` (also what was there when the history began), ``purchased``, ``returned``
        (by customers), ``adjusted`` (differences found in counting, either way), ``sold``, ``closing``:
        opening + purchased + returned + adjusted - sold = closing; ``back_ordered``: what of ``sold`` was
        sold on days when the product was out of stock and customers waited. A row for every product (by
        number), month or warehouse, also where nothing moved.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = stock_flow(open_company(language="en"), start="2025-01-01", end="2025-12-31")
    >>> came_in = result[["opening", "purchased", "returned", "adjusted"]].sum(axis=1)
    >>> bool((came_in - result["sold"] == result["closing"]).all())
    True
    """
    key = {"product": "product_id", "month": "slot", "warehouse": "warehouse"}[by]
    moved = conditions.match(_movements(company).filter(nw.col("moved_on") < conditions.after))
    inside = moved.filter(nw.col("moved_on") >= conditions.first)
    during = _summed(inside, key, *_KINDS, "opened", "back_ordered").set_index(key)
    rows = _groups(company, conditions, by)
    result = during.reindex(rows.index, fill_value=0)
    result["back_ordered"] *= -1
    for name, (_, sign) in _KINDS.items():
        result[name] *= sign
    gained = result["purchased"] + result["returned"] + result["adjusted"] - result["sold"]
    before = moved.filter(nw.col("moved_on") < conditions.first)
    if by == "month":
        # The slots before the period together are what its first one opens with.
        carried = int(_summed(before, key, "quantity")["quantity"].sum() + during["opened"].sum())
        closing = carried + gained.cumsum()
    else:
        there = _summed(before, key, "quantity").set_index(key)["quantity"]
        closing = there.reindex(rows.index, fill_value=0) + result["opened"] + gained
    result = result.assign(opening=closing - gained, closing=closing, group=rows["group"], by=by)
    number = result.index if by == "product" else pd.array([pd.NA] * len(result), dtype="Int64")
    return result.assign(product_id=number)


def _movements(company: Company) -> nw.LazyFrame:
    """Return the stock movements with a column for each kind, the month, and what was back-ordered."""

    def build() -> nw.LazyFrame:
        kind, units, nothing = nw.col("kind"), nw.col("quantity"), nw.lit(0).cast(nw.Int64)
        kinds = {name: code for name, (code, _) in _KINDS.items()} | {"opened": "opening"}
        short = (kind == "sale") & nw.col("is_back_ordered")
        return of_products(company, "stock_movements").with_columns(
            **{name: nw.when(kind == code).then(units).otherwise(nothing) for name, code in kinds.items()},
            back_ordered=nw.when(short).then(units).otherwise(nothing),
            slot=slot_of("moved_on", "month"),
        )

    return company.cached("stock.moved", build)


def _groups(company: Company, conditions: Conditions, by: str) -> pd.DataFrame:
    """The rows of the result: the ``group`` of each, by what the movements have of it."""
    if by == "product":
        return products(company, conditions)[["product"]].rename(columns={"product": "group"})
    if by == "month":
        return periods(conditions, "month").set_index("slot")[["period"]].rename(columns={"period": "group"})
    warehouses = collected(company.frame("stock_movements").select("warehouse").unique())["warehouse"]
    names = sorted(warehouses, key=lambda name: (len(name), name))  # W2 before W10
    return pd.DataFrame({"group": names}, index=pd.Index(names, name="warehouse"))
