"""Who is leaving: customers grouped by behaviour, and a forecast that is tested on what came later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Grouped, Part, Points
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, valid_orders
from crmlab.analysis.groups import LOYALTY
from crmlab.analysis.heading import Heading
from crmlab.analysis.menu import analysis
from crmlab.analysis.models.clusters import clustered, silhouettes, standardised
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.periods import slot_of
from crmlab.analysis.stages import CUSTOMER_FILTERS, histories, of_chosen
from crmlab.analysis.terms import BUYERS, CUSTOMER, CUSTOMER_ID, NET_SALES, RANK, SHARE
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

#: Two spans of so many days are compared for the trend.
SPAN = 180
#: Who has not bought for so many days before the features are taken has left already, and who has
#: ordered once is no customer who could leave.
ACTIVE_DAYS, ACTIVE_ORDERS = 365, 2
NAMED = 10
#: With fewer who left, or who stayed, there is nothing to learn.
FEWEST = 5

LAST_ORDER = Text("Last order", "最近下单日")
NET_12_MONTHS = Text("Net sales, 12 months", "近12个月净销售额")


# Behaviour


def behaviour(company: Company, conditions: Conditions, day: pd.Timestamp) -> pd.DataFrame:
    """Return how each customer who had ordered by the end of ``day`` behaved until then.

    `crmlab.analysis.stages.histories`, and ``recency_days``, ``active_months`` (how many of the last
    twelve calendar months, that of the day included, had a valid order) and ``trend``: orders of the last
    180 days less those of the 180 before, over both; 0 without any.
    """
    return of_chosen(
        company,
        conditions,
        ("churn.behaviour", day),
        lambda conditions: _behaviour(company, conditions, day),
    )


def _behaviour(company: Company, conditions: Conditions, day: pd.Timestamp) -> pd.DataFrame:
    known = histories(company, conditions, day)
    known = known[known["orders"] > 0].reset_index(drop=True)
    after = day + pd.DateOffset(days=1)
    placed = conditions.match(valid_orders(company, conditions)).filter(
        nw.col("ordered_at") < after.to_pydatetime()
    )
    a_year = (day.replace(day=1) - pd.DateOffset(months=11)).to_pydatetime()
    months = (
        placed.filter(nw.col("ordered_at") >= a_year)
        .with_columns(month=slot_of("ordered_at", "month"))
        .group_by("customer_id")
        .agg(active_months=nw.col("month").n_unique())
        .with_columns(nw.col("active_months").cast(nw.Int64))
    )
    middle, begin = ((after - pd.DateOffset(days=days)).to_pydatetime() for days in (SPAN, 2 * SPAN))
    spans = (
        placed.filter(nw.col("ordered_at") >= begin)
        .with_columns(late=nw.when(nw.col("ordered_at") >= middle).then(1).otherwise(0))
        .group_by("customer_id")
        .agg(nw.col("late").sum(), both=nw.len())
        .with_columns(nw.col("late", "both").cast(nw.Int64))
    )
    found = known.merge(collected(months), on="customer_id", how="left").merge(
        collected(spans), on="customer_id", how="left"
    )
    return found.assign(
        recency_days=(day - found["last_day"]).dt.days,
        active_months=found["active_months"].fillna(0).astype("int64"),
        trend=((2 * found["late"] - found["both"]) / found["both"]).fillna(0),
        net_sales=found["net_cents"] / 100,
    )


# Clusters

_K = Own("k", Text("Clusters", "聚类数"), 4, 2, 8, 1, Text("clusters", "类"))
_MEASURES = {
    "recency_days": Heading(Text("Days since last order", "距最近下单天数"), "number"),
    "orders": Heading(Text("Orders", "订单数"), "number"),
    "net_sales": Heading(NET_SALES, "yuan"),
    "active_months": Heading(Text("Active months of 12", "近12个月活跃月数"), "number"),
    "trend": Heading(Text("Trend of orders", "订单趋势"), "number"),
}
CLUSTER = Text("Cluster", "类别")
_TOO_FEW = Text("There are fewer customers than clusters asked for.", "客户数少于要划分的类数。")


def features(known: pd.DataFrame) -> np.ndarray:
    """Return the standardised features of `behaviour`; what is skewed, as its logarithm."""
    return standardised(
        np.column_stack(
            [
                np.log1p(known["recency_days"]),
                np.log(known["orders"]),
                np.log1p(known["net_sales"].clip(lower=0)),
                known["active_months"],
                known["trend"],
            ]
        )
    )


def _with_clusters(company: Company, conditions: Conditions, k: int) -> tuple[pd.DataFrame, np.ndarray]:
    """The behaviour of each customer with its cluster, from 1, the most recent buyers first; its features."""
    known = behaviour(company, conditions, conditions.end)
    if len(known) < k:
        return known.head(0).assign(cluster=0), np.empty((0, 0))
    points = features(known)
    labels = clustered(points, k)
    order = known.groupby(labels)["recency_days"].mean().sort_values(kind="stable").index
    place = pd.Series(range(len(order)), index=order)
    return known.assign(cluster=1 + place.reindex(labels).to_numpy()), points


def _members(company: Company, conditions: Conditions, k: int) -> pd.DataFrame:
    return _with_clusters(company, conditions, k)[0][["customer_id", "cluster"]]


def _clusters_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return _TOO_FEW.to(language)
    near, far = result.iloc[0], result.iloc[-1]
    sentence = Text(
        "Cluster {first} ({near} customers) last bought {recent} days ago on average, "
        "cluster {last} ({far} customers) {long} days ago.",
        "第{first}类的{near}个客户平均在{recent}天前购买，第{last}类的{far}个客户平均已有{long}天未购买。",
    )
    return sentence.to(language).format(
        near=numbers.count(near["customers"]),
        first=result["cluster"].iloc[0],
        recent=numbers.count(near["recency_days"]),
        far=numbers.count(far["customers"]),
        last=result["cluster"].iloc[-1],
        long=numbers.count(far["recency_days"]),
    )


def _clusters_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    note = Text(
        "{count}  ({days} days since last order, {orders} orders, {net} yuan each)",
        "{count}（平均{days}天未购买，{orders}笔订单，每个客户{net}元）",
    ).to(language)
    label = Text("Cluster {number}", "第{number}类").to(language)
    return Bars(
        Text("Customers by cluster, with the means of their behaviour", "各类客户数及其平均行为").to(
            language
        ),
        [label.format(number=number) for number in result["cluster"]],
        result["customers"].tolist(),
        [
            note.format(
                count=numbers.count(row["customers"]),
                days=numbers.count(row["recency_days"]),
                orders=f"{row['orders']:.1f}",
                net=numbers.short(row["net_sales"], language),
            )
            for _, row in result.iterrows()
        ],
    )


@analysis(
    group=LOYALTY,
    name=Text("Churn clusters", "客户流失聚类"),
    about=Text(
        "Customers in groups who behave alike (k-means on standardised recency, orders, net sales, active "
        "months, trend), the most recent buyers first.",
        "按行为把客户聚类（对最近购买、订单数、净销售额、活跃月数和趋势标准化后做k均值），最近购买的一类排在最前。",
    ),
    honours=("end", *CUSTOMER_FILTERS),
    own=(_K,),
    columns={
        "cluster": Heading(CLUSTER, "count"),
        "customers": Heading(BUYERS, "count", additive=True),
        "share": Heading(SHARE, "share"),
        **_MEASURES,
        "silhouette": Heading(Text("Silhouette", "轮廓系数"), "number"),
    },
    finding=_clusters_finding,
    picture=_clusters_picture,
    members=_members,
)
def churn_clusters(company: Company, conditions: Conditions, k: int = 4) -> pd.DataFrame:
    """Group the customers by behaviour.

    K-means on five features of each customer with a valid order until the day: the logarithms of days
    since the last order, of the number of orders, of net sales; how many of the last twelve calendar
    months, that of the day included, had an order; and the trend, orders of the last 180 days less those
    of the 180 before, over both. Each is standardised first. The search begins at the same ten places
    each time.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the day as of which is asked. Customers can be chosen, products cannot.
    k : int
        How many clusters.

    Returns
    -------
    pandas.DataFrame
        A row for each ``cluster`` (1 bought most recently, by the mean): ``customers``, ``share``; the
        means of ``recency_days``, ``orders``, ``net_sales`` in yuan, ``active_months``, ``trend``; the
        mean ``silhouette`` (1: far from the others, 0: at their border). No rows when there are fewer
        customers than clusters. `customer_clusters` says who is in which.

    References
    ----------
    MacQueen, J. (1967). Some methods for classification and analysis of multivariate observations.
    Proceedings of the Fifth Berkeley Symposium on Mathematical Statistics and Probability, 1, 281-297.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = churn_clusters(open_company(language="en"), k=3)
    >>> result["cluster"].tolist(), bool(result["recency_days"].is_monotonic_increasing)
    ([1, 2, 3], True)
    """
    known, points = _with_clusters(company, conditions, k)
    by_cluster = known.groupby("cluster")
    customers = by_cluster.size()
    return (
        by_cluster[list(_MEASURES)]
        .mean()
        .assign(
            customers=customers,
            share=customers / (len(known) or np.nan),
            silhouette=silhouettes(points, known["cluster"] - 1) if len(known) else np.nan,
        )
        .reset_index()
    )


def _members_picture(result: pd.DataFrame, company: Company) -> Points:
    language = company.language
    result = result.sort_values(["cluster", "customer_id"])
    label = Text("Cluster {number}", "第{number}类").to(language)
    return Points(
        Text("Days since last order (log scale, 0 shown at 1)", "距最近下单天数（对数刻度，0天显示为1）").to(
            language
        ),
        Text("Orders (log scale)", "订单数（对数刻度）").to(language),
        result["recency_days"].clip(lower=1).tolist(),
        result["orders"].tolist(),
        groups=[label.format(number=number) for number in result["cluster"]],
        logarithmic=True,
    )


def _members_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return _TOO_FEW.to(language)
    silent = result[result["cluster"] == result["cluster"].max()]
    sentence = Text(
        "{count} of {total} customers belong to the most silent cluster: "
        "none of them has bought for {days} days.",
        "{total}个客户中有{count}个属于最沉默的一类：至少{days}天没有购买。",
    )
    return sentence.to(language).format(
        count=numbers.count(len(silent)),
        total=numbers.count(len(result)),
        days=numbers.count(silent["recency_days"].min()),
    )


@analysis(
    group=LOYALTY,
    name=Text("Customers by churn cluster", "客户流失聚类名单"),
    about=Text(
        "Each customer with its churn cluster and the behaviour that it was put there for.",
        "每个客户所属的流失聚类及其依据的行为特征。",
    ),
    honours=("end", *CUSTOMER_FILTERS),
    own=(_K,),
    columns={
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "cluster": Heading(CLUSTER, "count"),
        "recency_days": Heading(_MEASURES["recency_days"].title, "count"),
        "orders": Heading(_MEASURES["orders"].title, "count", additive=True),
        "active_months": Heading(_MEASURES["active_months"].title, "count"),
        "net_sales": Heading(NET_SALES, "yuan", additive=True),
        "trend": _MEASURES["trend"],
    },
    finding=_members_finding,
    picture=_members_picture,
)
def customer_clusters(company: Company, conditions: Conditions, k: int = 4) -> pd.DataFrame:
    """Say which customer is in which of the `churn_clusters`.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        As for `churn_clusters`.
    k : int
        How many clusters.

    Returns
    -------
    pandas.DataFrame
        A row for each customer with a valid order: ``customer_id``, ``customer``, ``cluster``,
        ``recency_days``, ``orders``, ``active_months``, ``net_sales`` in yuan, ``trend``, by number.

    Examples
    --------
    >>> from crmlab import open_company
    >>> company = open_company(language="en")
    >>> sizes = customer_clusters(company)["cluster"].value_counts().sort_index()
    >>> sizes.tolist() == churn_clusters(company)["customers"].tolist()
    True
    """
    return _with_clusters(company, conditions, k)[0]


# Prediction


class Cut(NamedTuple):
    """The days of one round: what is known until ``day`` foretells what happens from ``start`` to ``end``."""

    day: pd.Timestamp
    start: pd.Timestamp
    end: pd.Timestamp


def cut(end: pd.Timestamp, gap: int, horizon: int) -> Cut:
    """Return the days of the round whose outcome is known at the end of ``end``.

    Examples
    --------
    >>> [f"{day:%Y-%m-%d}" for day in cut(pd.Timestamp("2026-01-31"), gap=30, horizon=180)]
    ['2025-07-05', '2025-08-05', '2026-01-31']
    """
    start = end - pd.DateOffset(days=horizon - 1)
    return Cut(start - pd.DateOffset(days=gap + 1), start, end)


def active(company: Company, conditions: Conditions, day: pd.Timestamp) -> pd.DataFrame:
    """Return the `behaviour` of the customers who could still leave at the end of ``day``."""
    known = behaviour(company, conditions, day)
    there = (known["orders"] >= ACTIVE_ORDERS) & (known["recency_days"] < ACTIVE_DAYS)
    return known[there].reset_index(drop=True)


def labelled(company: Company, conditions: Conditions, days: Cut) -> pd.DataFrame:
    """Return the `active` customers at ``days.day``, and who ``left``: ordered nothing in the window."""
    known = active(company, conditions, days.day)
    window = conditions.match(valid_orders(company, conditions)).filter(
        (nw.col("ordered_at") >= days.start.to_pydatetime())
        & (nw.col("ordered_at") < (days.end + pd.DateOffset(days=1)).to_pydatetime())
    )
    stayed = collected(window.select("customer_id").unique())["customer_id"]
    return known.assign(left=~known["customer_id"].isin(stayed))


def _signs(known: pd.DataFrame) -> np.ndarray:
    """What may foretell leaving; above all silence by the measure of the customer's own interval."""
    intervals = known["orders"] - 1
    usual = (known["last_day"] - known["first_day"]).dt.days / intervals
    return np.column_stack(
        [
            np.log1p(known["recency_days"]),
            np.log1p(known["recency_days"]) - np.log1p(usual),
            np.log(known["orders"]),
            np.log1p(known["recent_cents"].clip(lower=0) / 100),
            known["active_months"],
            known["trend"],
        ]
    )


def _risk(
    company: Company, conditions: Conditions, known: pd.DataFrame, days: Cut, model: str
) -> np.ndarray | None:
    """The risk of each of ``known``, by what all customers did on ``days``; None if that teaches nothing."""
    classifier = company.cached(
        ("churn", *days, model), lambda: _taught(labelled(company, conditions.everybody, days), model)
    )
    if known.empty or classifier is None:
        return None
    return classifier.predict_proba(_signs(known))[:, 1]


def _taught(past: pd.DataFrame, model: str) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    if min(past["left"].sum(), (~past["left"]).sum()) < FEWEST:
        return None
    if model == "logistic":
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    else:
        classifier = HistGradientBoostingClassifier(max_iter=50, learning_rate=0.05, random_state=0)
    # On one thread, so that the last digits do not depend on the machine.
    with threadpool_limits(1):
        return classifier.fit(_signs(past), past["left"])


_MODEL = Choice(
    "model",
    Text("Model", "模型"),
    "logistic",
    {
        "logistic": Text("logistic regression", "逻辑回归"),
        "boosting": Text("gradient boosting", "梯度提升"),
    },
)
_WINDOWS = (
    Own("gap", Text("Gap", "间隔期"), 30, 0, 180, 5, Text("days", "天")),
    Own("horizon", Text("Outcome window", "观察窗口"), 180, 30, 540, 5, Text("days", "天")),
    _MODEL,
)
_TOO_SHORT = Text(
    "There is not enough history before this day to learn who leaves.",
    "该日期之前的历史不足，无法学习客户流失规律。",
)


def _tenths(company: Company, conditions: Conditions, gap: int, horizon: int, model: str) -> pd.DataFrame:
    """The customers of the test with their ``predicted`` risk, the highest first, and their ``decile``."""
    test = cut(conditions.end, gap, horizon)
    known = labelled(company, conditions, test)
    risk = _risk(company, conditions, known, cut(test.day, gap, horizon), model)
    if risk is None:
        known, risk = known.head(0), np.empty(0)
    ranked = known.assign(predicted=risk).sort_values(
        ["predicted", "customer_id"], ascending=[False, True], ignore_index=True
    )
    return ranked.assign(decile=np.arange(len(ranked)) * 10 // max(len(ranked), 1) + 1)


def _prediction_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return _TOO_SHORT.to(language)
    first, last = result.iloc[0], result.iloc[-1]
    lost, total = result["left"].sum(), result["customers"].sum()
    sentence = Text(
        "Of the {top} customers with the highest risk, {share} left, {lift} times the average of {base}; "
        "{total} customers were judged.",
        "预测风险最高的{top}个客户中有{share}流失，是平均流失率（{base}）的{lift}倍；共评估{total}个客户。",
    )
    if lost == 0:
        sentence = Text("None of the {total} customers judged left.", "所评估的{total}个客户均未流失。")
    return sentence.to(language).format(
        top=numbers.count(first["customers"]),
        share=numbers.share(first["precision"], language),
        lift=f"{first['lift']:.1f}",
        base=numbers.share(last["precision"], language),
        total=numbers.count(total),
    )


def _prediction_picture(result: pd.DataFrame, company: Company) -> Grouped:
    language = company.language
    return Grouped(
        Text(
            "Share of customers leaving, by tenth of predicted risk (1: the highest)",
            "按预测风险十等分的流失比例（1为最高）",
        ).to(language),
        result["decile"].astype(str).tolist(),
        [
            Part(Text("predicted", "预测").to(language), result["predicted"].tolist()),
            Part(Text("observed", "实际").to(language), result["observed"].tolist()),
        ],
        share=True,
    )


@analysis(
    group=LOYALTY,
    name=Text("Churn prediction", "客户流失预测"),
    about=Text(
        "A model learns from an earlier window who stops ordering, and is tested on a later one: "
        "risk foretold and observed, precision, lift and recall by tenth of the risk.",
        "模型用较早的时间窗学习哪些客户停止下单，再用较晚的时间窗检验：按风险十等分比较预测与实际、精确率、提升度和召回率。",
    ),
    honours=("end", *CUSTOMER_FILTERS),
    own=_WINDOWS,
    columns={
        "decile": Heading(Text("Tenth", "十分位"), "count"),
        "customers": Heading(BUYERS, "count", additive=True),
        "predicted": Heading(Text("Predicted", "预测流失率"), "share"),
        "left": Heading(Text("Left", "流失客户数"), "count", additive=True),
        "observed": Heading(Text("Observed", "实际流失率"), "share"),
        "precision": Heading(Text("Precision so far", "累计精确率"), "share"),
        "lift": Heading(Text("Lift so far", "累计提升度"), "number"),
        "recall": Heading(Text("Recall so far", "累计召回率"), "share"),
    },
    finding=_prediction_finding,
    picture=_prediction_picture,
    members=lambda *asked, **own: _tenths(*asked, **own)[["customer_id", "decile"]],
)
def churn_prediction(
    company: Company, conditions: Conditions, gap: int = 30, horizon: int = 180, model: str = "logistic"
) -> pd.DataFrame:
    """Foretell who leaves, and test it on what happened later.

    A customer leaves who has no valid order in the outcome window, the last ``horizon`` days until
    ``end``. What is known of it ends ``gap`` days before, so that there is time to act and the last
    orders do not give the answer away. Judged are the customers who had at least two valid orders then,
    the last less than 365 days before. The model learns from the same windows one round earlier, whose
    outcome window ends where the features of the test end; nothing of the test is known to it. It learns
    from all customers, also where the filter chooses whom to judge.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the last day of the outcome window of the test. Customers can be chosen, products
        cannot.
    gap, horizon : int
        Days.
    model : {"logistic", "boosting"}
        Logistic regression, or gradient boosting (which wants many more customers).

    Returns
    -------
    pandas.DataFrame
        A row for each ``decile`` of the predicted risk (1: the highest; ties by customer number):
        ``customers``, ``predicted`` (mean risk), ``left``, ``observed`` (their share), and of this and
        the deciles above: ``precision`` (share that left), ``lift`` (over the share of all), ``recall``
        (share of all that left). No rows when fewer than 5 customers left, or stayed, in the earlier round.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = churn_prediction(open_company(language="en"))
    >>> bool(result["lift"].iloc[0] > 2), float(result["recall"].iloc[-1])
    (True, 1.0)
    """
    ranked = _tenths(company, conditions, gap, horizon, model)
    result = ranked.groupby("decile").agg(
        customers=("left", "size"), predicted=("predicted", "mean"), left=("left", "sum")
    )
    result = result.reset_index()
    precision = result["left"].cumsum() / result["customers"].cumsum()
    lost = ranked["left"].sum() or np.nan
    return result.assign(
        observed=result["left"] / result["customers"],
        precision=precision,
        lift=precision / (lost / max(len(ranked), 1)),
        recall=result["left"].cumsum() / lost,
    )


def _at_risk_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return _TOO_SHORT.to(language)
    high = result[result["risk"] >= 0.5]
    sentence = Text(
        "{high} of {total} active customers will more likely leave than stay; "
        "{amount} of yearly net sales is at risk in all.",
        "{total}个活跃客户中有{high}个更可能流失；全部客户的年净销售额中有{amount}面临流失。",
    )
    return sentence.to(language).format(
        high=numbers.count(len(high)),
        total=numbers.count(len(result)),
        amount=numbers.yuan(result["sales_at_risk"].sum(), language),
    )


def _at_risk_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    head = result.nlargest(NAMED, "sales_at_risk")
    note = Text("{amount}  (risk {risk})", "{amount}（风险{risk}）").to(language)
    return Bars(
        Text(
            "Yearly net sales at risk: risk x net sales of 12 months, yuan",
            "面临流失的年净销售额：风险×近12个月净销售额（元）",
        ).to(language),
        head["customer"].tolist(),
        head["sales_at_risk"].tolist(),
        [
            note.format(amount=numbers.short(amount, language), risk=numbers.share(risk, language))
            for amount, risk in zip(head["sales_at_risk"], head["risk"], strict=True)
        ],
    )


@analysis(
    group=LOYALTY,
    name=Text("Customers at risk", "流失风险客户"),
    about=Text(
        "The active customers of a day by the predicted risk that they stop ordering, "
        "with the net sales that hang on it.",
        "截至某日的活跃客户，按预测的停止下单风险排名，并列出受影响的净销售额。",
    ),
    honours=("end", *CUSTOMER_FILTERS),
    own=_WINDOWS,
    columns={
        "rank": Heading(RANK, "count"),
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "risk": Heading(Text("Risk", "流失风险"), "share"),
        "last_order": Heading(LAST_ORDER, "date"),
        "orders": Heading(Text("Orders", "订单数"), "count", additive=True),
        "net_sales_12_months": Heading(NET_12_MONTHS, "yuan", additive=True),
        "sales_at_risk": Heading(Text("Net sales at risk", "面临流失的净销售额"), "yuan", additive=True),
    },
    finding=_at_risk_finding,
    picture=_at_risk_picture,
)
def customers_at_risk(
    company: Company, conditions: Conditions, gap: int = 30, horizon: int = 180, model: str = "logistic"
) -> pd.DataFrame:
    """Rank the active customers by the risk that they leave.

    The model of `churn_prediction`, taught with the latest outcome window that is over, and asked about
    the customers who are active now: at least two valid orders, the last less than 365 days ago. It learns
    from all customers, also where the filter chooses whom to show.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        ``end`` is the day as of which is asked. Customers can be chosen, products cannot.
    gap, horizon : int
        Days: the risk is that of no valid order in ``horizon`` days, beginning ``gap`` days from now.
    model : {"logistic", "boosting"}
        Logistic regression, or gradient boosting (which wants many more customers).

    Returns
    -------
    pandas.DataFrame
        ``rank`` (the highest risk first, ties by number), ``customer_id``, ``customer``, ``risk``,
        ``last_order``, ``orders``, ``net_sales_12_months`` in yuan, and ``sales_at_risk``, the product of
        that and the risk (0 if more came back than was sold). No rows when the model has nothing to
        learn from.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = customers_at_risk(open_company(language="en"))
    >>> bool(result["risk"].is_monotonic_decreasing), bool(result["risk"].between(0, 1).all())
    (True, True)
    """
    known = active(company, conditions, conditions.end)
    risk = _risk(company, conditions, known, cut(conditions.end, gap, horizon), model)
    if risk is None:
        known, risk = known.head(0), np.empty(0)
    net_sales = known["recent_cents"] / 100
    return known.assign(
        risk=risk,
        rank=pd.Series(risk, index=known.index).rank(method="min", ascending=False),
        last_order=known["last_day"],
        net_sales_12_months=net_sales,
        sales_at_risk=net_sales.clip(lower=0) * risk,
    ).sort_values(["rank", "customer_id"])
