"""Lab 07: which kinds of customers do we have, and which of the silent ones are worth a call?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crmlab.analysis import customer_clusters, lifecycle, lifecycle_transitions, product_abc, rfm
from crmlab.analysis.models.clusters import clustered, standardised
from crmlab.analysis.stages import STAGES
from crmlab.checks.fields import Count, Identifier, Label, Percent
from crmlab.checks.kinds import Decision, Number, Set, ShortList, Table
from crmlab.checks.material import all_lines, sales, table, until, within
from crmlab.checks.question import question
from crmlab.company.company import Company
from crmlab.company.schema import VALID_STATUSES
from crmlab.locale import Text

TITLE = Text("Segments and lifecycle", "客户细分与生命周期")

START, DAY, A_YEAR_BEFORE = "2025-01-01", "2025-12-31", "2024-12-31"
CUSTOMERS = Count(Text("customers", "个客户"))
SCORE = Count(Text("points", "分"))
STAGE = Label(tuple(Text(code, words.zh) for code, words in STAGES.items()))
#: A stage of a year ago; "new" are those who were not there, and no part of the question.
EARLIER_STAGE = Label((*STAGE.choices, Text("new", "尚未建档")))
SHARE_OF_A_MOVE = Percent()
#: K-means may put a customer at the border of two clusters on either side, so a whole percent is enough.
ABOUT = Percent(decimals=0)
CLUSTERS = 3
#: The true types of those who buy often.
REGULARS = ("loyal", "steady")
#: Who has not bought since then is silent.
SILENT_SINCE = "2025-08-01"
CALL_CENTS = 30_00
#: What a call brings of the yearly margin of a customer who is still there: one in five.
ONE_IN = 5


def _orders(company: Company, day: str, *, valid: bool = True) -> pd.DataFrame:
    """Return the orders until ``day``, valid or all."""
    orders = table(company, "orders")
    kept = orders["status"].isin(VALID_STATUSES) | (not valid)
    return orders[kept & until(orders["ordered_at"], day)]


def _today(company: Company) -> str:
    return f"{company.today:%Y-%m-%d}"


# RFM


def _behaviour(company: Company, day: str = DAY, money: str = "net_cents") -> pd.DataFrame:
    """Return days since the last order, number of orders and sales of each buyer."""

    def build() -> pd.DataFrame:
        orders = _orders(company, day).groupby("customer_id")["ordered_at"].agg(["max", "size"])
        lines = all_lines(company)
        lines = lines[lines["valid"] & until(lines["booked_at"], day)]
        if money == "gross_cents":
            lines = lines[lines["quantity"] > 0]
        return pd.DataFrame(
            {
                "days": (pd.Timestamp(day) - orders["max"].dt.normalize()).dt.days,
                "orders": orders["size"],
                "cents": lines.groupby("customer_id")[money].sum(),
            }
        ).dropna()

    return company.cached(("checks", "behaviour", day, money), build)


def _fifths(values: pd.Series) -> pd.Series:
    """Return scores from 1 to 5 by how many of the others are smaller; equal values score alike."""
    return 1 + (values.rank(method="min").astype("int64") - 1) * 5 // len(values)


def _scores(
    behaviour: pd.DataFrame,
    score: Callable[[pd.Series], pd.Series] = _fifths,
    *,
    recent_is_high: bool = True,
) -> pd.Series:
    """Return the three scores of each customer as one number."""
    days = behaviour["days"]
    r = score(-days if recent_is_high else days)
    return _code(r, score(behaviour["orders"]), score(behaviour["cents"]))


def _code(r: pd.Series, f: pd.Series, m: pd.Series) -> pd.Series:
    return (100 * r + 10 * f + m).rename("rfm")


# ABC


def _by_product(company: Company, column: str = "net_cents") -> pd.Series:
    """Return what each product brought in the year, the largest first, ties by number."""
    sums = sales(company, START, DAY).groupby("product_id")[column].sum()
    return sums.sort_index().sort_values(ascending=False, kind="stable")


def _first_80(values: pd.Series) -> list[int]:
    """Return the smallest set of the ordered ``values`` that reaches 80 % of all."""
    before = values.cumsum() - values
    return values[before * 100 < values.sum() * 80].index.tolist()


# The lifecycle


def _a_year_of_sales(company: Company, last: pd.Timestamp) -> pd.Series:
    """Return each customer's net sales, in cents, of the twelve months that end with the day ``last``."""
    after = last + pd.Timedelta(days=1)
    lines = all_lines(company)
    booked = (lines["booked_at"] >= after - pd.DateOffset(years=1)) & (lines["booked_at"] < after)
    return lines[lines["valid"] & booked].groupby("customer_id")["net_cents"].sum()


def _history(company: Company, day: str) -> pd.DataFrame:
    """Return what is known on ``day`` of each customer on file: orders, silence, and two years of sales."""

    def build() -> pd.DataFrame:
        at = pd.Timestamp(day)
        customers = table(company, "customers")
        on_file = customers.loc[until(customers["created_on"], day), "customer_id"]
        orders = _orders(company, day).groupby("customer_id")["ordered_at"]
        known = orders.agg(["min", "max", "size"]).reindex(on_file)
        first, last = known["min"].dt.normalize(), known["max"].dt.normalize()
        years = [_a_year_of_sales(company, at - pd.DateOffset(years=back)) for back in (0, 1)]
        recent, earlier = (year.reindex(known.index, fill_value=0) for year in years)
        return pd.DataFrame(
            {
                "orders": known["size"].fillna(0),
                "silent": (at - last).dt.days,
                "age": (at - first).dt.days,
                "span": (last - first).dt.days,
                "recent": recent,
                "earlier": earlier,
            }
        )

    return company.cached(("checks", "history", day), build)


def _rules(known: pd.DataFrame, *, own_rhythm: bool = True, once_ends: bool = True) -> dict[str, pd.Series]:
    """Return which customers each rule fits, the rule that goes first standing first."""
    intervals = (known["orders"] - 1).clip(lower=1)
    ended = known["silent"] > 365
    if own_rhythm:
        ended &= known["silent"] * intervals > 3 * known["span"]
    if not once_ends:
        ended &= known["orders"] > 1
    return {
        "prospect": known["orders"] == 0,
        "ended": ended,
        "developing": (known["orders"] < 3) | (known["age"] < 180),
        "growing": known["recent"] * 100 > known["earlier"] * 110,
    }


def _staged(rules: dict[str, pd.Series]) -> pd.Series:
    """Return the stage of each customer: the first rule that fits."""
    index = next(iter(rules.values())).index
    return pd.Series(np.select(list(rules.values()), list(rules), "mature"), index=index)


def _stages(company: Company, day: str) -> pd.Series:
    return _staged(_rules(_history(company, day)))


def _counted(stages: pd.Series) -> pd.DataFrame:
    return stages.value_counts().rename_axis("stage").reset_index(name="customers")


def _moves(company: Company) -> pd.DataFrame:
    """Return how many customers moved from which stage (rows) to which (columns) in the year."""

    def build() -> pd.DataFrame:
        moves = lifecycle_transitions(company, end=DAY, months=12)
        counts = moves.pivot(index="from_stage", columns="to_stage", values="customers")
        return counts.loc[list(STAGES), list(STAGES)]

    return company.cached(("checks", "moves"), build)


def _matrix(moves: pd.DataFrame) -> pd.DataFrame:
    return moves.rename_axis("from_stage").reset_index()


# Clusters


def _clusters(company: Company) -> pd.DataFrame:
    """Return the behaviour of each buyer today, and its cluster: 1 the one active in most months."""

    def build() -> pd.DataFrame:
        known = customer_clusters(company, k=CLUSTERS)
        activity = known.groupby("cluster")["active_months"].mean().sort_values(ascending=False)
        places = {cluster: place for place, cluster in enumerate(activity.index, start=1)}
        return known.assign(cluster=known["cluster"].map(places))

    return company.cached(("checks", "clusters"), build)


def _sizes(known: pd.DataFrame, cluster: pd.Series | np.ndarray) -> list[float]:
    """Return the clusters' shares in percent, those active in most months first."""
    groups = known.groupby(cluster)["active_months"].agg(["mean", "size"])
    groups = groups.sort_values("mean", ascending=False)
    return (100 * groups["size"] / len(known)).tolist()


def _regular(company: Company, known: pd.DataFrame) -> pd.Series:
    """Return which of the ``known`` customers are regulars by their true type."""
    types = company.truth.customers.set_index("customer_id")["type"]
    return known["customer_id"].map(types).isin(REGULARS)


def _precision_and_recall(company: Company, *, cluster: int = 1, regular: bool = True) -> list[float]:
    """Return how many percent of a cluster are true regulars, and how many of the regulars are in it."""
    known = _clusters(company)
    chosen, wanted = known["cluster"] == cluster, _regular(company, known) == regular
    both = (chosen & wanted).sum()
    return [100 * both / chosen.sum(), 100 * both / wanted.sum()]


@question(
    "7.1",
    Text("Customers who have ever bought", "曾经购买过的客户"),
    points=1,
    kind=Number(CUSTOMERS),
    hints=(
        Text(
            "Copy the cell that counts the buyers until the end of 2024, and change the date.",
            "复制统计 2024 年末之前购买客户的那个单元格，把日期改掉。",
        ),
        Text(
            'Until 31 December 2025 means `< "2026-01-01"`. January 2026 is not part of it.',
            '截至 2025 年 12 月 31 日，就是 `< "2026-01-01"`，不包括 2026 年 1 月。',
        ),
    ),
    right=Text(
        "{buyers} customers had bought by the end of 2025, and {once} of them only once. "
        "Who buys once and who buys always are not the same kind of customer.",
        "截至 2025 年末，有 {buyers} 个客户购买过，其中 {once} 个只买过一次。"
        "只买一次的客户和经常购买的客户，显然不是同一类。",
    ),
)
def buyers(company: Company) -> int:
    return len(rfm(company, end=DAY))


@buyers.fill
def _(company: Company) -> dict[str, object]:
    behaviour = _behaviour(company)
    return {"buyers": len(behaviour), "once": int((behaviour["orders"] == 1).sum())}


@buyers.mistake(
    Text(
        "This is the number of orders. A customer who ordered twice counts once: use `nunique()`.",
        "这是订单数。下过两次单的客户只算一个：请用 `nunique()`。",
    )
)
def counts_orders(company: Company) -> int:
    return len(_orders(company, DAY))


@buyers.mistake(
    Text(
        "Drafts and cancelled orders are counted too. A customer who only has those did not buy.",
        "草稿和已取消的订单也算进去了。只有这类订单的客户并没有购买。",
    )
)
def counts_invalid_orders(company: Company) -> int:
    return _orders(company, DAY, valid=False)["customer_id"].nunique()


@buyers.mistake(
    Text(
        "The first buyers of January 2026 are in it. On 31 December 2025 nobody knew of them.",
        "其中包含了 2026 年 1 月才首次购买的客户。在 2025 年 12 月 31 日，没有人知道他们。",
    )
)
def counts_until_today(company: Company) -> int:
    return _orders(company, _today(company))["customer_id"].nunique()


@buyers.mistake(
    Text(
        "These are the customers who bought in the year 2025. "
        "Those who bought earlier, and not since, count too.",
        "这是 2025 年这一年里购买过的客户。更早买过、之后没有再买的客户也要算。",
    )
)
def counts_buyers_of_the_year(company: Company) -> int:
    orders = _orders(company, DAY)
    return orders.loc[within(orders["ordered_at"], START, DAY), "customer_id"].nunique()


@buyers.mistake(
    Text(
        "These are all customers on file. Some of them have never bought.",
        "这是登记在册的全部客户，其中有些从未购买过。",
    )
)
def counts_everybody(company: Company) -> int:
    return len(table(company, "customers"))


@question(
    "7.2",
    Text("RFM scores", "RFM 得分"),
    points=3,
    kind=Table({"customer_id": Identifier(), "rfm": SCORE}),
    hints=(
        Text(
            "Make `behaviour_2025` first: the three steps for 2024, with 31 December 2025 as the last day. "
            "Three dates change.",
            "先做出 `behaviour_2025`：重复 2024 年的三个步骤，把最后一天换成 2025 年 12 月 31 日。"
            "要改三处日期。",
        ),
        Text(
            'Orders and net sales: the more, the better, so `rank(method="min")` counts the worse ones. '
            "Days since the last order: the fewer, the better, so the rank must run from the largest down: "
            '`rank(method="min", ascending=False)`.',
            '订单数和净销售额越大越好，所以 `rank(method="min")` 数出的就是更差的客户。'
            '距最近下单的天数越小越好，排名要从最大的数起：`rank(method="min", ascending=False)`。',
        ),
        Text(
            'Three columns such as `behaviour_2025["f"] = 1 + fewer_orders * 5 // len(behaviour_2025)`, '
            "and from them "
            '`behaviour_2025["rfm"] = 100 * r + 10 * f + m`. The customer number is in the index; '
            "that is fine.",
            '先写三列，类似 `behaviour_2025["f"] = 1 + fewer_orders * 5 // len(behaviour_2025)`，'
            "再由它们得到 "
            '`behaviour_2025["rfm"] = 100 * r + 10 * f + m`。客户编号在索引中也可以。',
        ),
    ),
    right=Text(
        "The customers with at least 4 in all three scores are the champions: "
        "{champions} of {buyers} customers, who brought {share} % of all net sales so far.",
        "三项得分都不低于 4 的是核心客户：{buyers} 个客户中有 {champions} 个，"
        "贡献了迄今净销售额的 {share}%。",
    ),
)
def scores(company: Company) -> pd.DataFrame:
    scored = rfm(company, end=DAY)
    return scored[["customer_id"]].assign(rfm=_code(scored["r"], scored["f"], scored["m"]))


@scores.fill
def _(company: Company) -> dict[str, object]:
    cents = _behaviour(company)["cents"]
    code = scores.expected(company).set_index("customer_id")["rfm"]
    high = (code >= 400) & (code // 10 % 10 >= 4) & (code % 10 >= 4)
    share = 100 * cents[high.reindex(cents.index)].sum() / cents.sum()
    return {"champions": int(high.sum()), "buyers": len(cents), "share": f"{share:.0f}"}


@scores.mistake(
    Text(
        "Recency is scored the wrong way round: whoever has been away longest has 5. "
        "Few days since the last order are good.",
        "R 的打分方向反了：最久没有购买的客户得了 5 分。距最近下单的天数越少才越好。",
    )
)
def scores_recency_the_wrong_way_round(company: Company) -> pd.Series:
    return _scores(_behaviour(company), recent_is_high=False)


@scores.mistake(
    Text(
        "M is taken from gross sales. Net sales are less the discount and less the returns.",
        "M 用的是折扣前、未减退货的销售额。净销售额要扣除折扣和退货。",
    )
)
def scores_gross_sales(company: Company) -> pd.Series:
    return _scores(_behaviour(company, money="gross_cents"))


@scores.mistake(
    Text(
        "Equal customers have different scores: the ranks were cut into five groups of the same size. "
        "All who ordered once must have the same F.",
        "情况相同的客户得分却不同：名次被硬切成了人数相等的五组。只下过一次单的客户，F 得分必须相同。",
    )
)
def gives_equal_customers_different_scores(company: Company) -> pd.Series:
    def cut(values: pd.Series) -> pd.Series:
        return pd.qcut(values.rank(method="first"), 5, labels=False) + 1

    return _scores(_behaviour(company), cut)


@scores.mistake(
    Text(
        "The range from the smallest to the largest value is cut into five equal parts. "
        "A score counts customers: which share of them is worse?",
        "这是把最小值到最大值的范围等分成五段。得分应该按客户数计算：有多大比例的客户更差？",
    )
)
def cuts_the_range_into_five(company: Company) -> pd.Series:
    def cut(values: pd.Series) -> pd.Series:
        return pd.cut(values, 5, labels=False) + 1

    return _scores(_behaviour(company), cut)


@scores.mistake(
    Text(
        "Orders and lines of January 2026 are in it. The scores are those of 31 December 2025.",
        "其中包含了 2026 年 1 月的订单和明细。要的是 2025 年 12 月 31 日的得分。",
    )
)
def scores_as_of_today(company: Company) -> pd.Series:
    return _scores(_behaviour(company, _today(company)))


@question(
    "7.3",
    Text("Products of class A", "A 类产品"),
    points=2,
    kind=Set("product_id"),
    hints=(
        Text(
            "Keep the lines booked in 2025, add up the net sales by `product_id`, and sort from high to low.",
            "留下 2025 年记帐的明细，按 `product_id` 对净销售额求和，再从高到低排序。",
        ),
        Text(
            "`cumsum()` adds up from the top. What stands *before* a product is its cumulative sum less "
            "its own net sales.",
            "`cumsum()` 从上往下累加。排在某个产品*之前*的金额，等于它的累计金额减去它自己的净销售额。",
        ),
        Text(
            "A product is in class A if what stands before it is less than 80 % of the total: "
            "`by_product[before < 0.8 * by_product.sum()]`. The numbers are in the `.index`.",
            "如果排在它之前的金额不到总额的 80%，它就属于 A 类："
            "`by_product[before < 0.8 * by_product.sum()]`。"
            "产品编号在 `.index` 中。",
        ),
    ),
    right=Text(
        "{few} of {all} products bring 80 % of net sales. They must never be out of stock. "
        "For the other {rest}, ask what each is kept for.",
        "{all} 种产品中的 {few} 种贡献了 80% 的净销售额，它们绝不能缺货。"
        "其余 {rest} 种，每一种都要问一问为什么还留着。",
    ),
)
def class_a(company: Company) -> list[int]:
    classes = product_abc(company, start=START, end=DAY)
    return classes.loc[classes["abc"] == "A", "product_id"].tolist()


@class_a.fill
def _(company: Company) -> dict[str, object]:
    few, every = len(class_a.expected(company)), len(table(company, "products"))
    return {"few": few, "all": every, "rest": every - few}


@class_a.mistake(
    Text(
        "One product is missing: these stop before 80 % is reached. "
        "The product that crosses the line belongs to A.",
        "少了一种产品：到达 80% 之前就停下了。跨过这条线的那种产品也属于 A 类。",
    )
)
def stops_short_of_80(company: Company) -> list[int]:
    return _first_80(_by_product(company))[:-1]


@class_a.mistake(
    Text(
        "These are the products on the other side of the 80 %: those that bring the last fifth.",
        "这是 80% 另一侧的产品，也就是只贡献最后五分之一的那些。",
    )
)
def takes_the_other_side(company: Company) -> list[int]:
    values = _by_product(company)
    return values.index[len(_first_80(values)) :].tolist()


@class_a.mistake(
    Text(
        "The products were added up from the smallest on. Start with the largest: few products should do.",
        "累加是从最小的产品开始的。应从最大的开始：只要少数产品就够了。",
    )
)
def adds_up_from_the_smallest(company: Company) -> list[int]:
    return _first_80(_by_product(company)[::-1])


@class_a.mistake(
    Text(
        "These products bring 80 % of the pieces sold, not of net sales. "
        "A thousand cheap ones may be worth little.",
        "这是占销售数量 80% 的产品，不是占净销售额 80% 的。一千件便宜货可能值不了多少钱。",
    )
)
def adds_up_pieces(company: Company) -> list[int]:
    return _first_80(_by_product(company, "quantity"))


@class_a.mistake(
    Text(
        "These are the products of all years. Only what was booked in 2025 counts.",
        "这是按所有年份计算的产品。只有 2025 年记帐的才算。",
    )
)
def classes_all_years(company: Company) -> list[int]:
    lines = all_lines(company)
    sums = lines[lines["valid"]].groupby("product_id")["net_cents"].sum()
    return _first_80(sums.sort_values(ascending=False))


@question(
    "7.4",
    Text("Customers by lifecycle stage", "各生命周期阶段的客户"),
    points=3,
    kind=Table({"stage": STAGE, "customers": CUSTOMERS}),
    hints=(
        Text(
            "Write the rules from the last to the first. "
            "Each `.loc` overwrites what the lines above it said, "
            "so the rule that goes first stands in the last line.",
            "规则要从最后一条写到第一条。每个 `.loc` 都会覆盖上面几行的结果，所以优先的规则写在最后一行。",
        ),
        Text(
            '`|` means "or", `&` means "and"; put each condition in brackets. '
            'Developing: `(known["orders"] < 3) | (known["age"] < 180)`.',
            "`|` 表示“或”，`&` 表示“且”，每个条件都要加括号。"
            '开发期：`(known["orders"] < 3) | (known["age"] < 180)`。',
        ),
        Text(
            'Growing: `known["recent"] > 1.1 * known["earlier"]`. '
            'Ended: `(known["silent"] > 365) & (known["silent"] > known["patience"])`. '
            'Prospect comes last: `known["orders"] == 0`.',
            '成长期：`known["recent"] > 1.1 * known["earlier"]`。'
            '终止期：`(known["silent"] > 365) & (known["silent"] > known["patience"])`。'
            '潜在期写在最后：`known["orders"] == 0`。',
        ),
    ),
    right=Text(
        "{ended} of {customers} customers have ended: {share} %. "
        "{active} are alive, and {mature} of these are mature. "
        "Each stage needs something else from us.",
        "{customers} 个客户中有 {ended} 个处于终止期，占 {share}%；"
        "仍然活跃的有 {active} 个，其中 {mature} 个处于成熟期。"
        "每个阶段需要我们做的事都不同。",
    ),
)
def stages(company: Company) -> pd.DataFrame:
    return lifecycle(company, end=DAY)[["stage", "customers"]]


@stages.fill
def _(company: Company) -> dict[str, object]:
    counts = stages.expected(company).set_index("stage")["customers"]
    total = int(counts.sum())
    return {
        "ended": int(counts["ended"]),
        "customers": total,
        "share": f"{100 * counts['ended'] / total:.0f}",
        "active": int(counts[["developing", "growing", "mature"]].sum()),
        "mature": int(counts["mature"]),
    }


@stages.mistake(
    Text(
        "These are the stages of today, 31 January 2026. Asked are those of 31 December 2025.",
        "这是今天（2026 年 1 月 31 日）的阶段。题目问的是 2025 年 12 月 31 日。",
    )
)
def stages_of_today(company: Company) -> pd.DataFrame:
    return _counted(_stages(company, _today(company)))


@stages.mistake(
    Text(
        "The first rules were written first, and the later lines have overwritten them: whoever never bought "
        'counts as "developing" here. Write the rules from the last to the first.',
        "先写了优先的规则，结果被后面的行覆盖了：从未购买的客户在这里成了“开发期”。"
        "规则要从最后一条写到第一条。",
    )
)
def lets_the_last_rule_win(company: Company) -> pd.DataFrame:
    rules = _rules(_history(company, DAY))
    return _counted(_staged(dict(reversed(rules.items()))))


@stages.mistake(
    Text(
        "Everybody who was silent for a year has ended here. Who buys rarely needs more patience: "
        "three times the customer's own usual interval must have passed, too.",
        "这里把沉默满一年的客户都算作终止了。购买间隔本来就长的客户，需要更多耐心："
        "还必须超过其自身通常间隔的三倍。",
    )
)
def forgets_the_own_rhythm(company: Company) -> pd.DataFrame:
    return _counted(_staged(_rules(_history(company, DAY), own_rhythm=False)))


@stages.mistake(
    Text(
        "Customers with a single order never end here: "
        "their interval is missing, and nothing is greater than "
        "a missing value. For them the 365 days alone decide.",
        "只有一张订单的客户在这里永远不会终止：他们的间隔是缺失值，与缺失值比较永远不成立。"
        "对他们只看 365 天这一条。",
    )
)
def never_ends_single_orders(company: Company) -> pd.DataFrame:
    return _counted(_staged(_rules(_history(company, DAY), once_ends=False)))


@stages.mistake(
    Text(
        "The customers who never bought are lost. They are on file, and their stage is prospect.",
        "从未购买过的客户丢失了。他们登记在册，处于潜在期。",
    )
)
def loses_prospects(company: Company) -> pd.DataFrame:
    found = stages.expected(company)
    return found[found["stage"] != "prospect"]


@question(
    "7.5",
    Text("Transition matrix", "转移矩阵"),
    points=3,
    kind=Table(
        {"from_stage": EARLIER_STAGE, **dict.fromkeys(STAGES, SHARE_OF_A_MOVE)}, ignored=("new", None)
    ),
    hints=(
        Text(
            "Make the stages of both days, with one row a customer, and `merge` them on `customer_id`. "
            "`suffixes` keeps the two columns `stage` apart.",
            "算出两个日期的阶段（每个客户一行），再按 `customer_id` 用 `merge` 合并。"
            "`suffixes` 用来区分两列 `stage`。",
        ),
        Text(
            "The first argument of `pd.crosstab` makes the rows: the stage *then*. "
            "The second makes the columns: the stage *now*.",
            "`pd.crosstab` 的第一个参数是行：*当时*的阶段；第二个参数是列：*现在*的阶段。",
        ),
        Text(
            '`normalize="index"` divides each row by its sum, so that each row adds up to 1.',
            '`normalize="index"` 把每一行除以该行之和，使每一行加起来等于 1。',
        ),
    ),
    right=Text(
        "In one year {mature} % of the mature customers and {developing} % of the developing ones ended; "
        "of the ended ones {back} % came back. Most customers are lost soon after they came.",
        "一年之内，成熟期客户有 {mature}% 终止，开发期客户有 {developing}% 终止；"
        "已终止的客户只有 {back}% 回来。"
        "大多数客户是在刚来不久时流失的。",
    ),
)
def transitions(company: Company) -> pd.DataFrame:
    moves = _moves(company)
    return _matrix(100 * moves.div(moves.sum(axis="columns"), axis="index"))


@transitions.fill
def _(company: Company) -> dict[str, object]:
    shares = transitions.expected(company).set_index("from_stage")
    ended = shares["ended"]
    return {
        "mature": f"{ended['mature']:.0f}",
        "developing": f"{ended['developing']:.0f}",
        "back": f"{100 - ended['ended']:.1f}",
    }


@transitions.mistake(
    Text(
        "These are numbers of customers. Shares make the rows comparable: divide each row by its sum.",
        "这是客户数。换成比例，各行才能比较：请把每一行除以该行之和。",
    )
)
def hands_in_counts(company: Company) -> pd.DataFrame:
    return _matrix(_moves(company))


@transitions.mistake(
    Text(
        "Each column adds up to 100 %, not each row. Asked is where the customers of a stage *went*, "
        "not where they came from.",
        "这里是每一列加起来等于 100%，而不是每一行。题目问的是某阶段的客户*去了*哪里，不是从哪里来。",
    )
)
def divides_by_the_columns(company: Company) -> pd.DataFrame:
    moves = _moves(company)
    return _matrix(100 * moves / moves.sum())


@transitions.mistake(
    Text(
        "The whole table adds up to 100 %. Divide each row by its own sum.",
        "这里是整张表加起来等于 100%。请把每一行除以该行自己的和。",
    )
)
def divides_by_everybody(company: Company) -> pd.DataFrame:
    moves = _moves(company)
    return _matrix(100 * moves / moves.to_numpy().sum())


@transitions.mistake(
    Text(
        "The matrix is transposed: the rows are the stages at the end of 2025. "
        "Rows are the stages then, columns the stages now.",
        "矩阵转置了：行是 2025 年末的阶段。行应该是当时的阶段，列是现在的阶段。",
    )
)
def transposes(company: Company) -> pd.DataFrame:
    moves = _moves(company)
    return _matrix((100 * moves / moves.sum()).T.rename_axis("from_stage"))


@question(
    "7.6",
    Text("Three clusters", "三个聚类"),
    points=3,
    kind=ShortList(dict.fromkeys(("most_active", "between", "least_active"), ABOUT)),
    hints=(
        Text(
            "Standardise first: `features = StandardScaler().fit_transform(measures)`. "
            "`KMeans(...).fit(features).labels_` then says in which cluster each row is.",
            "先标准化：`features = StandardScaler().fit_transform(measures)`。"
            "然后 `KMeans(...).fit(features).labels_` 给出每一行所属的聚类。",
        ),
        Text(
            "The labels 0, 1 and 2 mean nothing. Which cluster is which shows the mean of `active_months`: "
            'group by the label and sort with `sort_values("active_months", ascending=False)`.',
            "标签 0、1、2 本身没有意义，要靠 `active_months` 的平均值来辨认："
            '按标签分组，再用 `sort_values("active_months", ascending=False)` 排序。',
        ),
        Text(
            '`100 * table["customers"] / table["customers"].sum()` are the shares in percent; '
            "`.round().tolist()` makes a list of them.",
            '`100 * table["customers"] / table["customers"].sum()` 就是百分比；'
            "`.round().tolist()` 把它变成列表。",
        ),
    ),
    right=Text(
        "The regular customers are {regular} % of all who ever bought; the silent ones are {silent} %. "
        "Nobody told the computer who is a regular: the behaviour did.",
        "常客占曾经购买过的客户的 {regular}%，沉默的客户占 {silent}%。"
        "没有人告诉计算机谁是常客，它是从行为中看出来的。",
    ),
)
def cluster_sizes(company: Company) -> list[float]:
    known = _clusters(company)
    return _sizes(known, known["cluster"])


@cluster_sizes.fill
def _(company: Company) -> dict[str, object]:
    regular, _between, silent = cluster_sizes.expected(company)
    return {"regular": f"{regular:.0f}", "silent": f"{silent:.0f}"}


@cluster_sizes.mistake(
    Text(
        "These are the clusters of measures that were not standardised. "
        "The measure with the largest numbers, the active months, decides nearly alone there.",
        "这是没有标准化的指标得到的聚类。数值最大的指标（活跃月数）几乎独自决定了结果。",
    )
)
def does_not_standardise(company: Company) -> list[float]:
    known = _clusters(company)
    measures = np.column_stack(
        [
            np.log1p(known["recency_days"]),
            np.log(known["orders"]),
            np.log1p(known["net_sales"].clip(lower=0)),
            known["active_months"],
            known["trend"],
        ]
    )
    return _sizes(known, clustered(measures, CLUSTERS))


@cluster_sizes.mistake(
    Text(
        "These are the clusters of the measures without logarithms: a few very large customers make a "
        "cluster of their own. Take `measures`, not `behaviour`.",
        "这是没有取对数的指标得到的聚类：少数特别大的客户自成一类。请用 `measures`，不要用 `behaviour`。",
    )
)
def takes_no_logarithms(company: Company) -> list[float]:
    known = _clusters(company)
    plain = known[["recency_days", "orders", "net_sales", "active_months", "trend"]]
    return _sizes(known, clustered(standardised(plain), CLUSTERS))


@cluster_sizes.mistake(
    Text(
        "The largest cluster stands first, as `value_counts()` has it. Sort the clusters by `active_months`, "
        "not by their size.",
        "最大的一类排在了最前面，这是 `value_counts()` 的顺序。请按 `active_months` 排序，而不是按大小。",
    )
)
def sorts_by_size(company: Company) -> list[float]:
    return sorted(cluster_sizes.expected(company), reverse=True)


@cluster_sizes.mistake(
    Text(
        "The least active cluster stands first. It is the other way round: from many active months to few.",
        "最不活跃的一类排在了最前面。顺序应该反过来：活跃月数从多到少。",
    )
)
def begins_with_the_least_active(company: Company) -> list[float]:
    return cluster_sizes.expected(company)[::-1]


@question(
    "7.7",
    Text("The active cluster and the truth", "活跃的一类与真相"),
    points=2,
    kind=ShortList({"precision": ABOUT, "recall": ABOUT}),
    hints=(
        Text(
            "Precision looks along the row of the active cluster: true regulars ÷ all of that row.",
            "精确率看最活跃的那一类所在的行：真正的常客 ÷ 该行合计。",
        ),
        Text(
            "Recall looks down the column of the true regulars: those in the active cluster ÷ all of "
            "that column.",
            "召回率看真正的常客那一列：其中属于最活跃一类的 ÷ 该列合计。",
        ),
        Text(
            "`mean_active_months.idxmax()` is the number of the most active cluster. "
            "With it in `row`, the two in question are "
            "`table.loc[row, True]` and `table.loc[row, False]`; "
            "`table[True].sum()` is the sum of the column.",
            "`mean_active_months.idxmax()` 就是最活跃的一类的编号。"
            "把它存为 `row`，需要的两个数是 `table.loc[row, True]` 和 "
            "`table.loc[row, False]`；`table[True].sum()` 是该列之和。",
        ),
    ),
    right=Text(
        "By behaviour alone: {precision} % of the most active cluster are true regulars. "
        "{missed} regulars are in the other two: they have just begun, or have fallen silent. "
        "In the silent cluster most buy only once: {once} of {silent}.",
        "仅凭行为，最活跃的一类中就有 {precision}% 是真正的常客。"
        "另有 {missed} 个常客落在其他两类：他们刚刚开始购买，或者已经沉默。"
        "沉默的一类中，{silent} 个客户里有 {once} 个只会买一次。",
    ),
)
def active_and_regular(company: Company) -> list[float]:
    return _precision_and_recall(company)


@active_and_regular.fill
def _(company: Company) -> dict[str, object]:
    known = _clusters(company)
    types = known["customer_id"].map(company.truth.customers.set_index("customer_id")["type"])
    silent = known["cluster"] == CLUSTERS
    return {
        "precision": f"{active_and_regular.expected(company)[0]:.0f}",
        "missed": int((types.isin(REGULARS) & (known["cluster"] != 1)).sum()),
        "once": int((silent & (types == "one_off")).sum()),
        "silent": int(silent.sum()),
    }


@active_and_regular.mistake(
    Text(
        "The two are swapped. Precision is a share of the cluster, recall a share of the true regulars.",
        "两者的位置颠倒了。精确率是在该类中的占比，召回率是在真正的常客中的占比。",
    )
)
def swaps_the_two(company: Company) -> list[float]:
    return active_and_regular.expected(company)[::-1]


@active_and_regular.mistake(
    Text(
        "These are the customers who are no regulars: the column `False`. "
        "Asked are those in the column `True`.",
        "这是不属于常客的客户，即 `False` 一列。题目问的是 `True` 一列。",
    )
)
def takes_the_others(company: Company) -> list[float]:
    return _precision_and_recall(company, regular=False)


@active_and_regular.mistake(
    Text(
        "This is the most silent cluster. Asked is the most active one: the highest mean of "
        "`active_months`. The number of a cluster says nothing.",
        "这是最沉默的一类。题目问的是最活跃的一类，即 `active_months` 平均值最大的那一类。"
        "聚类的编号说明不了什么。",
    )
)
def takes_the_silent_cluster(company: Company) -> list[float]:
    return _precision_and_recall(company, cluster=CLUSTERS)


@active_and_regular.mistake(
    Text(
        "This is the cluster in between. Asked is the most active one: the highest mean of `active_months`. "
        "The number of a cluster says nothing.",
        "这是居中的一类。题目问的是最活跃的一类，即 `active_months` 平均值最大的那一类。"
        "聚类的编号说明不了什么。",
    )
)
def takes_the_cluster_between(company: Company) -> list[float]:
    return _precision_and_recall(company, cluster=2)


@active_and_regular.mistake(
    Text(
        "Both are divided by all customers in the table. Divide by the row of the cluster for precision, "
        "and by the column of the true regulars for recall.",
        "两个数都除以了表中的全部客户。精确率应除以该类所在的行，召回率应除以真正的常客那一列。",
    )
)
def divides_by_all_customers(company: Company) -> list[float]:
    known = _clusters(company)
    both = 100 * ((known["cluster"] == 1) & _regular(company, known)).mean()
    return [both, both]


@question(
    "7.8",
    Text("Whom to win back", "赢回哪些客户"),
    points=3,
    kind=Decision(
        "customer_id",
        50,
        naive=Text("the 50 who have been away longest", "沉默最久的 50 个客户"),
        remarks={
            "not_silent": Text(
                "Customers among your {size} who are not silent: {count}. "
                "They have bought since 1 August 2025, "
                "or never at all, so there is nothing to win back.",
                "你的 {size} 个客户中，有 {count} 个并不是沉默客户：他们在 2025 年 8 月 1 日以后买过，"
                "或者从未买过，谈不上赢回。",
            ),
            "once": Text(
                "Silent customers among your {size} who ever ordered only once: {count}. "
                "They hardly ever come back.",
                "你的 {size} 个客户中，只下过一次单的沉默客户有 {count} 个，他们很少会回来。",
            ),
            "long_gone": Text(
                "Silent customers among your {size} who have been away for more than two years: {count}. "
                "Most of those have left for good.",
                "你的 {size} 个客户中，沉默超过两年的有 {count} 个，其中大多数已经彻底流失。",
            ),
        },
    ),
    hints=(
        Text(
            "Who ordered once has no habit that was broken. "
            "Keep the silent customers with at least two orders.",
            "只下过一次单的客户，本来就没有购买习惯。请留下至少有两张订单的沉默客户。",
        ),
        Text(
            "Measure silence by the customer's own rhythm: `silent / patience`. "
            "Three months are long for a weekly buyer and nothing for one who buys twice a year.",
            "用客户自己的节奏来衡量沉默：`silent / patience`。"
            "三个月对每周购买的客户很久，对一年买两次的客户不算什么。",
        ),
        Text(
            "Sort by that number from small to large, and take the first 50.",
            "按这个数从小到大排序，取前 50 个。",
        ),
    ),
    right=Text(
        "A customer is worth a call who is quiet but not gone, and who brings a margin when back. "
        "Most of the silent ones have gone, so even the best list reaches many of those.",
        "值得打电话的，是沉默但没有流失、回来后又能带来毛利的客户。"
        "沉默的客户大多已经流失，所以即使是最佳名单，也会打给不少这样的人。",
    ),
)
def calls(company: Company) -> pd.DataFrame:
    truth = company.truth.customers
    ids = truth["customer_id"]
    bought = _orders(company, _today(company)).groupby("customer_id")["ordered_at"].agg(["max", "size"])
    last, orders = ids.map(bought["max"]), ids.map(bought["size"])
    silent = last < pd.Timestamp(SILENT_SINCE)
    gain = truth["margin_per_year_cents"] // ONE_IN
    there = silent & truth["left_on"].isna()
    longest = last[silent].sort_values(kind="stable").index[:50]
    return pd.DataFrame(
        {
            "customer_id": ids,
            "value_cents": gain.where(there, 0) - CALL_CENTS,
            "naive": ids.index.isin(longest),
            "not_silent": ~silent,
            "once": silent & (orders == 1),
            "long_gone": silent & (last < company.today - pd.DateOffset(years=2)),
        }
    )
