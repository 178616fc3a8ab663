"""What hardly sells, and who would buy it: step 6."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars
from crmlab.analysis.customers import ALL_FILTERS
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import PRODUCT_FIELDS, collected, of_customers, prepared, sales
from crmlab.analysis.groups import PRODUCTS
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.own import Own
from crmlab.analysis.terms import (
    BUYERS,
    MAJOR_CATEGORY,
    MINOR_CATEGORY,
    NET_SALES,
    NOTHING_SOLD,
    ORDERS,
    PRODUCT,
    PRODUCT_ID,
    RANK,
    SHARE,
    SOURCE,
)
from crmlab.company.files import SALES_TABLES
from crmlab.company.schema import UNKNOWN
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: What of the filter bar a customer can be asked, and a lead.
CUSTOMER_FIELDS = ("owner", "customer", "source", "industry", "region")
LEAD_FIELDS = ("recorder", *CUSTOMER_FIELDS)
#: So many products have a bar of their own in the chart.
SHOWN = 12

BY_BUYERS = Text("Rank by buyers", "购买客户数排名")
PER_BUYER = Text("Net sales a buyer", "客均净销售额")
BY_PER_BUYER = Text("Rank by sales a buyer", "客均净销售额排名")


def _only(conditions: Conditions, names: tuple[str, ...]) -> Conditions:
    """Return those of the conditions that can be asked of what has only the fields ``names``."""
    chosen = {name: values for name, values in conditions.chosen.items() if name in names}
    return replace(conditions, chosen=chosen)


# Step 6: weak products


def _weak_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return Text("No product of the catalogue meets the conditions.", "没有符合条件的产品。").to(language)
    never, quiet = result["never_sold"].sum(), (result["orders"] == 0).sum()
    if result["share"].isna().all():
        return NOTHING_SOLD.to(language)
    if len(result) == 1:
        sentence = Text(
            "The weakest product is {product}: {net}, {share} of net sales.",
            "最滞销的产品是{product}：{net}，占净销售额的{share}。",
        )
    elif quiet and not never:
        sentence = Text(
            "The {count} weakest products bring {share} of net sales; "
            "nobody bought {quiet} of them in this period.",
            "最滞销的{count}种产品占净销售额的{share}；其中{quiet}种在该期间无人购买。",
        )
    elif quiet:
        sentence = Text(
            "The {count} weakest products bring {share} of net sales; "
            "nobody bought {quiet} of them in this period, and {never} have never been sold.",
            "最滞销的{count}种产品占净销售额的{share}；其中{quiet}种在该期间无人购买，{never}种从未售出。",
        )
    else:
        sentence = Text(
            "The {count} weakest products bring {share} of net sales; the last is {product} with {net}.",
            "最滞销的{count}种产品占净销售额的{share}；最后一名是{product}：{net}。",
        )
    return sentence.to(language).format(
        count=numbers.count(len(result)),
        share=numbers.share(result["share"].sum(), language),
        quiet=numbers.count(quiet),
        never=numbers.count(never),
        product=result["product"].iloc[0],
        net=numbers.yuan(result["net_sales"].iloc[0], language),
    )


def _weak_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    head = result.head(SHOWN)
    never = Text("never sold", "从未售出").to(language)
    last = Text("{net}  (last sold {day})", "{net}（最近售出：{day}）").to(language)
    notes = [
        never if pd.isna(day) else last.format(net=numbers.short(net, language), day=f"{day:%Y-%m-%d}")
        for net, day in zip(head["net_sales"], head["last_sold"], strict=True)
    ]
    return Bars(
        Text("Net sales of the weakest products, yuan", "最滞销产品的净销售额（元）").to(language),
        head["product"].tolist(),
        head["net_sales"].tolist(),
        notes,
    )


@analysis(
    step=6,
    group=PRODUCTS,
    name=Text("Weak products", "滞销产品分析"),
    about=Text(
        "The products with the least net sales, also those never sold; promotion sources and promotion media "
        "then say whom to offer them to, and how.",
        "净销售额最低的产品（包括从未售出的）；推广来源和推广媒介分析再说明向谁推广、如何推广。",
    ),
    honours=ALL_FILTERS,
    own=(Own("bottom", Text("The last", "最后"), 20, 1, 1000, 1, Text("products", "种产品")),),
    columns={
        "rank": Heading(RANK, "count"),
        "product_id": Heading(PRODUCT_ID, "id"),
        "product": Heading(PRODUCT, "text"),
        "major_category": Heading(MAJOR_CATEGORY, "text"),
        "minor_category": Heading(MINOR_CATEGORY, "text"),
        "launched_on": Heading(Text("Launched", "上市日期"), "date"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "share": Heading(SHARE, "share"),
        "quantity": Heading(Text("Quantity", "数量"), "count"),
        "orders": Heading(ORDERS, "count"),
        "buyers": Heading(BUYERS, "count"),
        "last_sold": Heading(Text("Last sold", "最近售出日期"), "date"),
        "never_sold": Heading(Text("Never sold", "从未售出"), "flag"),
    },
    finding=_weak_finding,
    picture=_weak_picture,
)
def weak_products(company: Company, conditions: Conditions, bottom: int = 20) -> pd.DataFrame:
    """Rank the products from the bottom, by net sales.

    Every product of the catalogue (of a filter on products, those) that was launched by the end of the period
    is in the ranking, also without a sale. One launched in the period had less time than the others:
    ``launched_on`` says so.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword. ``recorder`` is who keyed the order in,
        ``owner`` who looks after the customer today; categories are those of today.
    bottom : int
        How many products.

    Returns
    -------
    pandas.DataFrame
        ``rank`` (1 is the weakest), ``product_id``, ``product``, ``major_category``, ``minor_category``,
        ``launched_on``; ``net_sales`` in yuan, and its ``share`` of the net sales of all products chosen;
        ``quantity`` sold less what came back; ``orders`` and ``buyers``, in how many orders it was sold in
        the period and to how many customers; ``last_sold``, the last day up to the end of the period, also
        before it, on which it was sold; ``never_sold``, whether there is none. Ties by number of the product.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = weak_products(open_company(language="en"), bottom=5)
    >>> result["rank"].tolist(), bool(result["never_sold"].all())
    ([1, 1, 1, 1, 1], True)
    """
    lines = sales(company, conditions, "quantity")
    net = collected(
        conditions.keep(lines, "booked_at")
        .group_by("product_id")
        .agg(nw.col("net_cents").sum(), nw.col("quantity").sum())
        .with_columns(nw.col("net_cents", "quantity").cast(nw.Int64))
    )
    catalogue = collected(
        _only(conditions, PRODUCT_FIELDS)
        .match(company.frame("products"))
        .filter(nw.col("launched_on") < conditions.after)
        .select("product_id", "major_category", "minor_category", "launched_on", product="name")
    )
    ranked = catalogue.merge(net, on="product_id", how="left")
    ranked["net_cents"] = ranked["net_cents"].fillna(0).astype("int64")
    ranked = ranked.sort_values(["net_cents", "product_id"])
    total = ranked["net_cents"].sum()
    ranked = ranked.assign(
        rank=ranked["net_cents"].rank(method="min"),
        net_sales=ranked["net_cents"] / 100,
        share=ranked["net_cents"] / (total if total > 0 else float("nan")),
    ).head(bottom)
    # Only of these: to count the orders of what sells takes the longest.
    weak = nw.col("product_id").is_in(ranked["product_id"].tolist())
    sold = lines.filter(weak & (nw.col("quantity") > 0))
    bought = collected(
        conditions.keep(sold, "booked_at")
        .group_by("product_id")
        .agg(orders=nw.col("order_id").n_unique(), buyers=nw.col("customer_id").n_unique())
        .with_columns(nw.col("orders", "buyers").cast(nw.Int64))
    )
    last = collected(
        conditions.match(sold.filter(nw.col("booked_at") < conditions.after))
        .group_by("product_id")
        .agg(last_sold=nw.col("booked_at").max())
    )
    result = ranked.merge(bought, on="product_id", how="left").merge(last, on="product_id", how="left")
    counts = ["quantity", "orders", "buyers"]
    return result.assign(
        **result[counts].fillna(0).astype("int64"),
        last_sold=result["last_sold"].dt.normalize(),
        never_sold=result["last_sold"].isna(),
    )


# Whom to offer them to: sources


def _ranked(result: pd.DataFrame) -> pd.DataFrame:
    """Return groups with ``buyers`` and ``net_cents`` by buyers, with both ranks."""
    result = result.sort_values("buyers", ascending=False, kind="stable")
    per_buyer = result["net_cents"] / 100 / result["buyers"].where(result["buyers"] > 0)
    return result.assign(
        net_sales=result["net_cents"] / 100,
        sales_per_buyer=per_buyer,
        rank_by_buyers=result["buyers"].rank(method="min", ascending=False),
        rank_by_sales_per_buyer=per_buyer.rank(method="min", ascending=False),
    )


def _best(result: pd.DataFrame, label: str, language: str) -> dict[str, str]:
    """Return the blanks of a sentence that names the group with the most buyers and the most of each."""
    most, dearest = result.iloc[0], result.iloc[result["sales_per_buyer"].argmax()]
    return {
        "most": most[label],
        "buyers": numbers.count(most["buyers"]),
        "dearest": dearest[label],
        "each": numbers.yuan(dearest["sales_per_buyer"], language),
    }


def _sources_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result["buyers"].sum() == 0:
        return NOTHING_SOLD.to(language)
    named = result[result["source"] != UNKNOWN.to(language)]
    known = named[named["buyers"] > 0]
    if known.empty:
        nobody = Text("Buyers: {total}, all of unknown source.", "购买客户{total}个，来源均未登记。")
        return nobody.to(language).format(total=numbers.count(result["buyers"].sum()))
    blanks = _best(known, "source", language)
    leads = named.iloc[named["leads"].argmax()]
    if blanks["most"] == blanks["dearest"]:
        first = Text(
            "{most} brings the most buyers ({buyers}) and the most from each ({each})",
            "{most}带来的购买客户最多（{buyers}个），客均净销售额也最高（{each}）",
        )
    else:
        first = Text(
            "{most} brings the most buyers ({buyers}), {dearest} the most from each ({each})",
            "{most}带来的购买客户最多（{buyers}个），{dearest}的客均净销售额最高（{each}）",
        )
    sentence = first.to(language).format(**blanks)
    if leads["leads"] and leads["source"] != blanks["most"]:
        second = Text(
            "; the most leads come from {source} ({leads}), which is number {rank} by buyers.",
            "；线索最多的是{source}（{leads}条），但购买客户数排第{rank}。",
        )
        return sentence + second.to(language).format(
            source=leads["source"], leads=numbers.count(leads["leads"]), rank=leads["rank_by_buyers"]
        )
    return sentence + Text(".", "。").to(language)


def _bars(result: pd.DataFrame, caption: Text, label: str, language: str) -> Bars:
    note = Text("{buyers}  ({each} each)", "{buyers}（客均{each}）").to(language)
    return Bars(
        caption.to(language),
        result[label].tolist(),
        result["buyers"].tolist(),
        [
            note.format(buyers=numbers.count(buyers), each=numbers.yuan(each, language))
            if buyers
            else numbers.count(buyers)
            for buyers, each in zip(result["buyers"], result["sales_per_buyer"], strict=True)
        ],
        stressed=UNKNOWN.to(language),
    )


def _sources_picture(result: pd.DataFrame, company: Company) -> Bars:
    caption = Text("Buyers by source, and net sales a buyer", "各来源的购买客户数及客均净销售额")
    return _bars(result, caption, "source", company.language)


@analysis(
    group=PRODUCTS,
    name=Text("Promotion: sources", "产品推广：客户来源"),
    about=Text(
        "Step 6, continued: for the category or product chosen, the sources ranked by buyers and by net "
        "sales a buyer, beside the number of leads.",
        "第6步续：针对所选产品或分类，按购买客户数和客均净销售额对客户来源排名，并列出线索数。",
    ),
    honours=ALL_FILTERS,
    columns={
        "rank_by_buyers": Heading(BY_BUYERS, "count"),
        "source": Heading(SOURCE, "text"),
        "buyers": Heading(BUYERS, "count", additive=True),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "sales_per_buyer": Heading(PER_BUYER, "yuan"),
        "rank_by_sales_per_buyer": Heading(BY_PER_BUYER, "count", nullable=True),
        "leads": Heading(Text("Leads", "线索数"), "count", additive=True),
    },
    needs=(*SALES_TABLES, "leads"),
    finding=_sources_finding,
    picture=_sources_picture,
)
def promotion_sources(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Rank the sources by who buys what is to be promoted.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword; ``major_category``, ``minor_category`` or
        ``product`` say what is to be promoted. A lead is of no product yet: those fields do not
        restrict the number of leads.

    Returns
    -------
    pandas.DataFrame
        A row for every source, and for the unknown one; of a filter on sources, those: ``rank_by_buyers``,
        ``source``; ``buyers``, the customers with an order placed in the period for what was chosen (as in
        `customer_statistics`); ``net_sales`` of the period in yuan, ``sales_per_buyer`` and
        ``rank_by_sales_per_buyer``, missing without buyers; ``leads`` created in the period. Most
        buyers first, ties in the order of the CRM's list, unknown last among them.

    Examples
    --------
    >>> from crmlab import open_company
    >>> company = open_company(language="en")
    >>> result = promotion_sources(company, major_category="Furniture", start="2025-01-01")
    >>> int(result["rank_by_buyers"].iloc[0])
    1
    """
    unknown = UNKNOWN.to(company.language)
    source = nw.col("source").fill_null(unknown)
    bought = collected(
        conditions.keep(sales(company, conditions, "source"), "ordered_at")
        .with_columns(source)
        .group_by("source")
        .agg(buyers=nw.col("customer_id").n_unique())
        .with_columns(nw.col("buyers").cast(nw.Int64))
    )
    net = collected(
        conditions.keep(sales(company, conditions, "source"), "booked_at")
        .with_columns(source)
        .group_by("source")
        .agg(nw.col("net_cents").sum())
        .with_columns(nw.col("net_cents").cast(nw.Int64))
    )
    leads = collected(
        _only(conditions, LEAD_FIELDS)
        .keep(company.frame("leads"), "created_on")
        .with_columns(source)
        .group_by("source")
        .agg(leads=nw.len())
        .with_columns(nw.col("leads").cast(nw.Int64))
    )
    words = [word.to(company.language) for word in company.choices("customers", "source")]
    chosen = conditions.chosen.get("source", (*words, None))
    rows = [word for word in words if word in chosen] + ([unknown] if None in chosen else [])
    parts = [part.set_index("source").reindex(rows, fill_value=0) for part in (bought, net, leads)]
    return _ranked(pd.concat(parts, axis=1).rename_axis("source").reset_index())


# How to offer them: media


def _media_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    bought = result[result["buyers"] > 0]
    if bought.empty:
        return Text(
            "Nobody who was approached in this period bought anything that meets the conditions.",
            "该期间没有被接触的客户购买符合条件的产品。",
        ).to(language)
    blanks = _best(bought, "medium", language)
    if blanks["most"] == blanks["dearest"]:
        sentence = Text(
            "{most} reached the most buyers ({buyers}), who also spent the most each: {each}.",
            "{most}触达的购买客户最多（{buyers}个），客均净销售额也最高：{each}。",
        )
    else:
        sentence = Text(
            "{most} reached the most buyers ({buyers}); those of {dearest} spent the most each: {each}.",
            "{most}触达的购买客户最多（{buyers}个）；{dearest}触达的客户客均净销售额最高：{each}。",
        )
    return sentence.to(language).format(**blanks)


def _media_picture(result: pd.DataFrame, company: Company) -> Bars:
    caption = Text(
        "Customers approached who then bought, by medium, and net sales a buyer",
        "接触后购买的客户数（按媒介）及客均净销售额",
    )
    return _bars(result, caption, "medium", company.language)


@analysis(
    group=PRODUCTS,
    name=Text("Promotion: media", "产品推广：媒介"),
    about=Text(
        "Step 6, continued: for the category or product chosen, the media of campaigns ranked by the "
        "customers approached who then bought it, and by net sales a buyer.",
        "第6步续：针对所选产品或分类，按接触后购买的客户数和客均净销售额对营销活动的媒介排名。",
    ),
    honours=ALL_FILTERS,
    columns={
        "rank_by_buyers": Heading(BY_BUYERS, "count"),
        "medium": Heading(Text("Medium", "媒介"), "text"),
        "campaigns": Heading(Text("Campaigns", "活动次数"), "count", additive=True),
        "approached": Heading(Text("Approached", "接触客户数"), "count"),
        "buyers": Heading(BUYERS, "count"),
        "bought": Heading(Text("Approached who bought", "接触后购买率"), "share"),
        "net_sales": Heading(NET_SALES, "yuan"),
        "sales_per_buyer": Heading(PER_BUYER, "yuan"),
        "rank_by_sales_per_buyer": Heading(BY_PER_BUYER, "count", nullable=True),
    },
    needs=(*SALES_TABLES, "campaigns", "campaign_touches", "campaign_responses"),
    finding=_media_finding,
    picture=_media_picture,
)
def promotion_media(company: Company, conditions: Conditions) -> pd.DataFrame:
    """Rank the media of campaigns by who bought what is to be promoted after being approached.

    A buyer was approached in the period, and responded in it with an order that is a valid sale and holds
    what was chosen; the response is the first order from that day to the end of the campaign. Some would
    have bought without the campaign: how many, `campaign_uplift` says.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        Every field is honoured, and may be given as a keyword; ``major_category``, ``minor_category`` or
        ``product`` say what is to be promoted, ``recorder`` who keyed the order in. Neither restricts the
        number of those approached.

    Returns
    -------
    pandas.DataFrame
        A row for every medium: ``rank_by_buyers``, ``medium``; ``campaigns``, how many approached
        somebody in the period; ``approached``, the customers who were, each once; ``buyers`` among them, and
        ``bought``, their share; ``net_sales`` of those orders in yuan, less what of them came back by the
        end of the period; ``sales_per_buyer`` and ``rank_by_sales_per_buyer``, missing without buyers. Most
        buyers first, ties in the order of the CRM's list.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = promotion_media(open_company(language="en"), major_category="Furniture")
    >>> len(result), bool((result["buyers"] <= result["approached"]).all())
    (6, True)
    """
    reached = collected(
        _only(conditions, CUSTOMER_FIELDS)
        .keep(_approached(company), "touched_on")
        .group_by("medium")
        .agg(campaigns=nw.col("campaign_id").n_unique(), approached=nw.col("customer_id").n_unique())
        .with_columns(nw.col("campaigns", "approached").cast(nw.Int64))
    )
    touched_in_period = (nw.col("touched_on") >= conditions.first) & (nw.col("touched_on") < conditions.after)
    bought = collected(
        conditions.keep(_orders_of_approached(company), "ordered_at")
        .filter(touched_in_period, nw.col("booked_at") < conditions.after)
        .group_by("medium")
        .agg(nw.col("net_cents").sum(), buyers=nw.col("customer_id").n_unique())
        .with_columns(nw.col("net_cents", "buyers").cast(nw.Int64))
    )
    media = [word.to(company.language) for word in company.choices("campaigns", "medium")]
    parts = [part.set_index("medium").reindex(media, fill_value=0) for part in (reached, bought)]
    result = pd.concat(parts, axis=1).rename_axis("medium").reset_index()
    approached = result["approached"].where(result["approached"] > 0)
    return _ranked(result.assign(bought=result["buyers"] / approached))


def _approached(company: Company) -> nw.LazyFrame:
    """Return whom each campaign approached, with its medium and the customer's fields of the filter bar."""

    def build() -> nw.LazyFrame:
        media = company.frame("campaigns").select("campaign_id", "medium")
        touches = (
            company.frame("campaign_touches")
            .filter(nw.col("test_group") == "treated")
            .select("campaign_id", "customer_id", "touched_on")
        )
        return of_customers(company, touches.join(media, on="campaign_id", how="left"))

    return company.cached("products.approached", build)


def _orders_of_approached(company: Company) -> nw.LazyFrame:
    """Return the lines of `sales` of the orders with which those approached responded."""

    def build() -> nw.LazyFrame:
        touches = _approached(company).select("campaign_id", "customer_id", "touched_on", "medium")
        responses = (
            company.frame("campaign_responses")
            .filter(~nw.col("order_id").is_null())
            .select("campaign_id", "customer_id", "order_id")
            .join(touches, on=["campaign_id", "customer_id"], how="inner")
            .select("order_id", "touched_on", "medium")
        )
        return sales(company).join(responses, on="order_id", how="inner")

    return prepared(company, "products.orders_of_approached", build)
