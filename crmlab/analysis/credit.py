"""Collections as data mining: how debts roll from month to month, who pays how, letter or phone call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crmlab.analysis import numbers
from crmlab.analysis.ageing import OLDEST, OVERDUE_AMOUNT, debtors
from crmlab.analysis.charts import Bars, Heatmap, Points
from crmlab.analysis.days import day_number
from crmlab.analysis.filters import Conditions
from crmlab.analysis.frames import collected, prepared_of_customers
from crmlab.analysis.groups import RECEIVABLES
from crmlab.analysis.heading import Heading
from crmlab.analysis.ledger import (
    AGE_WORDS,
    AGES,
    LEDGER_TABLES,
    OF_INVOICES,
    OVERDUE,
    changes,
    invoices,
    open_items,
)
from crmlab.analysis.menu import analysis
from crmlab.analysis.models.markov import absorption
from crmlab.analysis.own import Choice, Own
from crmlab.analysis.periods import periods, slot_of
from crmlab.analysis.terms import CUSTOMER, CUSTOMER_ID
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

INVOICES = Text("Invoices", "发票数")
AMOUNT = Text("Amount", "金额")


# Roll rates

PAID = "paid"
STATES = {**AGE_WORDS, PAID: Text("paid", "已付清")}
MEASURES = {"amount": Text("amount", "金额"), "invoices": Text("invoices", "发票数")}


def _moves(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """Every invoice open at a month's end: its state then and a month later, what of it is still open."""
    return prepared_of_customers(
        company, conditions, "credit.moves", lambda: _every_move(company, conditions)
    )


def _every_move(company: Company, conditions: Conditions) -> nw.LazyFrame:
    first, last = (day.year * 12 + day.month - 1 for day in (company.start, company.today))
    stays = nw.col("month") + 1 < nw.col("until")
    later_cents = nw.when(stays).then(nw.col("open_cents")).otherwise(nw.col("next_cents"))
    return (
        _spells(company, conditions, last)
        .join(_months(company, first, last), how="cross")
        .filter((nw.col("month") >= nw.col("since")) & (nw.col("month") < nw.col("until")))
        .join(_ageing_months(company, conditions), on="order_id", how="inner")
        .with_columns(later_cents=later_cents)
        .with_columns(
            state=_state(nw.col("month")),
            later_state=nw.when(nw.col("later_cents") > 0)
            .then(_state(nw.col("month") + 1))
            .otherwise(nw.lit(PAID)),
            # What is booked later on an invoice, such as a refund, is not what was open before.
            rolled_cents=nw.min_horizontal("open_cents", "later_cents").cast(nw.Int64),
        )
        .with_columns(settled_cents=nw.col("open_cents") - nw.col("rolled_cents"))
        .select(
            "customer_id", "recorder_id", "month", "state", "later_state", "rolled_cents", "settled_cents"
        )
    )


def _spells(company: Company, conditions: Conditions, last: int) -> nw.LazyFrame:
    """What is owed for each invoice, since which month's end, until which, and how much is owed then."""
    monthly = (
        changes(company, conditions)
        .with_columns(month=slot_of("at", "month"))
        .group_by("order_id", "month")
        .agg(nw.col("cents").sum())
    )

    def of_order(change: nw.Expr) -> nw.Expr:
        return change.over("order_id", order_by="month")

    open_cents, next_cents = nw.col("open_cents"), nw.col("open_cents") + nw.col("change_cents")
    return (
        monthly.with_columns(
            open_cents=of_order(nw.col("cents").cum_sum()),
            change_cents=of_order(nw.col("cents").shift(-1)),
            until=of_order(nw.col("month").shift(-1)).fill_null(last + 1),
        )
        .filter(open_cents > 0)
        .select(
            *("order_id", "until"),
            open_cents=open_cents.cast(nw.Int64),
            # A credit is no debt; after the last month nothing is looked at.
            next_cents=nw.when(next_cents > 0).then(next_cents).otherwise(0).cast(nw.Int64),
            since="month",
        )
    )


def _months(company: Company, first: int, last: int) -> nw.LazyFrame:
    """A row for each month, on the company's engine: no engine can be handed a table of another one.

    The numbers are put together of bits, so that there are few steps however long the history is.
    """
    zero = company.frame("orders").select(bit=nw.len().cast(nw.Int64) * 0)
    bits = nw.concat([zero, zero.with_columns(bit=nw.col("bit") + 1)])
    months = zero.select(month=nw.col("bit") + first)
    for place in range((last - first).bit_length()):
        months = months.join(bits, how="cross").select(month=nw.col("month") + nw.col("bit") * 2**place)
    return months.filter(nw.col("month") <= last)


def _ageing_months(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """For each invoice whose it is, and the first month at whose end it has each age."""
    since = {code: nw.col("due_on").dt.offset_by(f"{AGES[code][0]}d") for code in OVERDUE}
    days = invoices(company, conditions.everybody).with_columns(**since)
    return days.select(
        *("order_id", "customer_id", "recorder_id"), **{code: slot_of(code, "month") for code in OVERDUE}
    )


def _state(month: nw.Expr) -> nw.Expr:
    state = nw.lit("not_due")
    for code in OVERDUE:
        state = nw.when(month >= nw.col(code)).then(nw.lit(code)).otherwise(state)
    return state


def _rolled(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """The moves in the whole months of the period; the last month before the period opens it."""
    whole = periods(conditions, "month").query("complete")["slot"].tolist()
    month = nw.col("month") + 1
    in_period = (month >= whole[0]) & (month <= whole[-1]) if whole else month < 0
    return conditions.match(_moves(company, conditions).filter(in_period))


def _rollers(company: Company, conditions: Conditions, measure: str) -> nw.LazyFrame:
    """The customers whose invoices made each move."""
    moves = _rolled(company, conditions).select("customer_id", from_state="state", to_state="later_state")
    return moves.unique().sort("customer_id")


def _roll_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    rates = _matrix(result)
    known = rates.dropna()
    if known.empty:
        return Text(
            "In no whole month of this period was anything owed that meets the conditions.",
            "该期间的各整月没有符合条件的应收款项。",
        ).to(language)
    if "not_due" not in known.index:
        sentence = Text(
            "Of what is overdue at the end of a month ({state}), {paid} is paid a month later.",
            "月末逾期的应收款项（{state}）中，{paid}在一个月后付清。",
        )
        return sentence.to(language).format(
            state=STATES[known.index[0]].to(language), paid=numbers.share(known[PAID].iloc[0], language)
        )
    sentence = Text(
        "Of what is not yet due at the end of a month, {late} is overdue a month later.",
        "月末尚未到期的应收款项中，{late}在一个月后逾期。",
    )
    ends = np.nan
    if rates.drop("over_90").notna().all(axis=None):
        sentence = Text(
            "Of what is not yet due at the end of a month, {late} is overdue a month later, "
            "and {ends} ends up more than 90 days overdue.",
            "月末尚未到期的应收款项中，{late}在一个月后逾期，{ends}最终逾期超过90天。",
        )
        chain = np.vstack([rates, np.zeros(len(STATES))])
        ends = absorption(chain, [len(AGES) - 1, len(AGES)])[0, 0]
    return sentence.to(language).format(
        late=numbers.share(rates[list(OVERDUE)].sum(axis=1)["not_due"], language),
        ends=numbers.share(ends, language),
    )


def _matrix(result: pd.DataFrame) -> pd.DataFrame:
    rates = result.pivot(index="from_state", columns="to_state", values="rate")
    return rates.reindex(index=list(AGES), columns=list(STATES))


def _roll_picture(result: pd.DataFrame, company: Company) -> Heatmap:
    language = company.language
    rates = _matrix(result)
    return Heatmap(
        Text(
            "Share of what is open; rows: at the end of a month, columns: a month later",
            "占未收款项的比例；行：月末状态，列：一个月后的状态",
        ).to(language),
        [STATES[state].to(language) for state in rates.index],
        [STATES[state].to(language) for state in rates.columns],
        rates.to_numpy().tolist(),
        [[numbers.share(rate, language) for rate in row] for row in rates.to_numpy()],
    )


@analysis(
    group=RECEIVABLES,
    name=Text("Roll rates", "逾期滚动率"),
    about=Text(
        "Which share of what is open at the end of a month is paid, or how many days overdue, a month later.",
        "月末未收款项在一个月后付清或进入各逾期状态的比例（马尔可夫链）。",
    ),
    honours=("period", *OF_INVOICES),
    own=(Choice("measure", Text("Share of", "按"), "amount", MEASURES),),
    columns={
        "from_state": Heading(Text("End of month", "月末状态"), "text", words=STATES),
        "to_state": Heading(Text("A month later", "一个月后"), "text", words=STATES),
        "invoices": Heading(INVOICES, "count"),
        "amount": Heading(AMOUNT, "yuan"),
        "rate": Heading(Text("Rate", "滚动率"), "share"),
    },
    needs=LEDGER_TABLES,
    finding=_roll_finding,
    picture=_roll_picture,
    members=_rollers,
)
def roll_rates(company: Company, conditions: Conditions, measure: str = "amount") -> pd.DataFrame:
    """Follow open invoices from the end of one month to the end of the next.

    For each whole month of the period, every invoice that was open at the end of the month before is
    looked at again at its end. What is still open has rolled to the age that the invoice has by then;
    what is not was paid, or came back. New invoices start as not due. The rates are a Markov chain.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        As for `receivables`, and ``start``; a month that is only partly in the period is not counted.
    measure : {"amount", "invoices"}
        What the rates are shares of. An invoice of which a part was paid has not been paid.

    Returns
    -------
    pandas.DataFrame
        ``from_state`` (``not_due``, ``days_1_30``, ``days_31_60``, ``days_61_90``, ``over_90``),
        ``to_state`` (those, and ``paid``), ``invoices``, ``amount`` in yuan, both summed over the months,
        and ``rate``, which sums to 1 for each ``from_state`` and is missing where nothing was open: a row
        for each of the 30 pairs.

    References
    ----------
    Cyert, R. M., Davidson, H. J. and Thompson, G. L. (1962), "Estimation of the Allowance for Doubtful
    Accounts by Markov Chains", Management Science 8 (3), 287-303.

    Examples
    --------
    >>> from crmlab import open_company
    >>> rates = roll_rates(open_company(language="en")).pivot(index="from_state", columns="to_state")["rate"]
    >>> bool(rates.loc["days_61_90", "over_90"] > rates.loc["not_due", "days_1_30"])
    True
    """
    rolled = collected(
        _rolled(company, conditions)
        .group_by("state", "later_state")
        .agg(nw.col("rolled_cents").sum(), nw.col("settled_cents").sum(), invoices=nw.len())
        .with_columns(nw.col("rolled_cents", "settled_cents", "invoices").cast(nw.Int64))
    )
    pairs = pd.MultiIndex.from_product([AGES, STATES], names=["state", "later_state"])
    rolled = rolled.set_index(["state", "later_state"]).reindex(pairs, fill_value=0)
    paid = rolled.index.get_level_values("later_state") == PAID
    settled = rolled.groupby("state")["settled_cents"].transform("sum")
    amount = rolled["rolled_cents"].where(~paid, settled) / 100
    of = amount if measure == "amount" else rolled["invoices"]
    base = of.groupby("state").transform("sum")
    result = rolled.assign(amount=amount, rate=of / base.where(base != 0)).reset_index()
    return result.rename(columns={"state": "from_state", "later_state": "to_state"})


# Payer types

#: What a customer is clustered by. The share that is still unpaid is not among it: of most customers it is
#: nothing, so that the few others would be a cluster of their own, however they pay.
FEATURES = ("late_share", "days_late")
FEW = "few"
THREE_TYPES = {
    "prompt": Text("prompt", "准时"),
    "slow": Text("slow", "偏慢"),
    "late": Text("late", "拖欠"),
}
MOST_TYPES = 6
TYPES = {
    **THREE_TYPES,
    **{f"type_{n}": Text(f"type {n}", f"第{n}类") for n in range(1, MOST_TYPES + 1)},
    FEW: Text("too few invoices", "发票过少"),
}


def _payments(company: Company, conditions: Conditions) -> nw.LazyFrame:
    """Money received, with the fields of the invoice that it paid and the days after it was due."""

    def build() -> nw.LazyFrame:
        received = company.frame("receipts").filter(nw.col("amount_cents") > 0)
        received = received.select("order_id", "received_on", cents="amount_cents")
        paid = invoices(company, conditions.everybody)
        paid = paid.select("order_id", "customer_id", "recorder_id", "due_on")
        found = received.join(paid, on="order_id", how="inner")
        return found.with_columns(days=day_number("received_on") - day_number("due_on"))

    return prepared_of_customers(company, conditions, "credit.payments", build)


def _habits(company: Company, conditions: Conditions) -> pd.DataFrame:
    """How each customer has paid what was due in the period, until its end; by number."""
    columns = ("customer_id", "order_id", "cents", "days", "unpaid_cents")
    paid = (
        conditions.keep(_payments(company, conditions), "due_on")
        .filter(nw.col("received_on") < conditions.after)
        .with_columns(unpaid_cents=nw.lit(0).cast(nw.Int64))
        .select(columns)
    )
    end = conditions.end
    today = end.year * 365 + (end.year - 1) // 4 + end.day_of_year
    unpaid = (
        open_items(company, conditions)
        .filter(nw.col("age").is_in(OVERDUE) & (nw.col("due_on") >= conditions.first))
        .with_columns(
            cents=nw.col("open_cents"), unpaid_cents=nw.col("open_cents"), days=today - day_number("due_on")
        )
        .select(columns)
    )
    late = nw.col("days") > 0
    names = company.frame("customers").select("customer_id", customer="name")
    sums = ("cents", "unpaid_cents", "late_cents", "cents_days")
    return collected(
        nw.concat([paid, unpaid])
        .with_columns(
            late_cents=nw.when(late).then(nw.col("cents")).otherwise(0),
            cents_days=nw.when(late).then(nw.col("cents") * nw.col("days")).otherwise(0),
        )
        .group_by("customer_id")
        .agg(*(nw.col(name).sum() for name in sums), invoices=nw.col("order_id").n_unique())
        .with_columns(nw.col(*sums, "invoices").cast(nw.Int64))
        .join(names, on="customer_id", how="left")
    ).sort_values("customer_id", ignore_index=True)


def _clusters(habits: pd.DataFrame, k: int) -> np.ndarray:
    """Number the customers' clusters from the promptest to the latest payers."""
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    features = habits[list(FEATURES)]
    k = min(k, len(features.drop_duplicates()))
    if k == 0:
        return np.empty(0, dtype=np.int64)
    scaled = StandardScaler().fit_transform(features.to_numpy())
    # For a few hundred customers, several threads cost ten times what they share.
    with threadpool_limits(1):
        found = KMeans(k, n_init=10, random_state=0).fit(scaled)
    days_late = found.cluster_centers_[:, FEATURES.index("days_late")]
    return days_late.argsort(kind="stable").argsort()[found.labels_]


def _payer_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    known = result[result["type"] != FEW]
    if known.empty:
        return Text(
            "No customer has enough invoices due in this period to say how it pays.",
            "该期间没有客户有足够多的到期发票，无法判断付款习惯。",
        ).to(language)
    means = known.groupby("type")["days_late"].mean()
    latest = known[known["type"] == means.idxmax()]
    days, late = np.average(latest[["days_late", "late_share"]], axis=0, weights=latest["amount"])
    sentence = Text(
        "{latest} of {count} customers ({share}) are of the latest-paying type: "
        "on average {days} days late, with {late} of their amounts paid late.",
        "{count}个客户中有{latest}个（{share}）属于付款最晚的一类：平均逾期{days}天，{late}的金额逾期支付。",
    )
    return sentence.to(language).format(
        latest=numbers.count(len(latest)),
        count=numbers.count(len(known)),
        share=numbers.share(len(latest) / len(known), language),
        days=numbers.count(days),
        late=numbers.share(late, language),
    )


def _payer_picture(result: pd.DataFrame, company: Company) -> Points:
    language = company.language
    known = result[result["type"] != FEW].sort_values("days_late", kind="stable")
    return Points(
        Text("Days late, weighted by amount", "平均逾期天数（按金额加权）").to(language),
        Text("Share of amounts paid late", "逾期支付的金额占比").to(language),
        known["days_late"].tolist(),
        known["late_share"].tolist(),
        known["type"].map({code: text.to(language) for code, text in TYPES.items()}).tolist(),
        y_share=True,
    )


@analysis(
    group=RECEIVABLES,
    name=Text("Payer types", "付款类型"),
    about=Text(
        "Customers in groups of similar paying habits: k-means on the share of amounts paid late "
        "and the days late.",
        "按付款习惯将客户聚类：对逾期支付的金额占比和平均逾期天数标准化后进行 k-means 聚类。",
    ),
    honours=("period", *OF_INVOICES),
    own=(
        Own("k", Text("Types", "类型数"), 3, 2, MOST_TYPES, 1, Text("types", "类")),
        Own(
            "least",
            Text("Customers with at least", "客户至少有"),
            5,
            *(1, 1000, 1),
            Text("invoices due", "张到期发票"),
        ),
    ),
    columns={
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "invoices": Heading(INVOICES, "count", additive=True),
        "amount": Heading(AMOUNT, "yuan", additive=True),
        "late_share": Heading(Text("Paid late", "逾期支付占比"), "share"),
        "days_late": Heading(Text("Days late", "平均逾期天数"), "number"),
        "unpaid_share": Heading(Text("Overdue and unpaid", "逾期未付占比"), "share"),
        "type": Heading(Text("Type", "付款类型"), "text", words=TYPES),
    },
    needs=LEDGER_TABLES,
    finding=_payer_finding,
    picture=_payer_picture,
)
def payer_types(company: Company, conditions: Conditions, k: int = 3, least: int = 5) -> pd.DataFrame:
    """Group the customers by how they pay.

    Looked at are the invoices that were due in the period, as they stood at its end: each amount that was
    received until then with the days it came after the due date (none if it came in time), and each
    amount that was still open and overdue with the days it was late so far. What was open and not yet due
    says nothing.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        The period is of due dates; ``recorder`` is who keyed the order in, ``owner`` who looks after the
        customer today.
    k : int
        How many types.
    least : int
        A customer with fewer invoices cannot be told.

    Returns
    -------
    pandas.DataFrame
        ``customer_id``, ``customer``, ``invoices``, ``amount`` in yuan; ``late_share``, the share of it
        that was late; ``days_late``, the mean weighted by amount; ``unpaid_share``, the share of it that
        is overdue and still open; ``type``: of three, ``prompt``, ``slow`` and ``late``, of another
        number ``type_1``, ``type_2``, ... from the promptest on; ``few`` with too few invoices. The
        latest customer first, ties by number.

    Notes
    -----
    ``late_share`` and ``days_late`` are standardised and clustered by k-means, the best of ten starts;
    the types are in the order of their mean days late.

    References
    ----------
    MacQueen, J. (1967), "Some Methods for Classification and Analysis of Multivariate Observations",
    Proc. 5th Berkeley Symposium 1, 281-297.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = payer_types(open_company(language="en"))
    >>> days = result.groupby("type")["days_late"].mean()
    >>> bool(days["prompt"] < days["slow"] < days["late"])
    True
    """
    habits = _habits(company, conditions)
    habits = habits.assign(
        amount=habits["cents"] / 100,
        late_share=habits["late_cents"] / habits["cents"],
        days_late=habits["cents_days"] / habits["cents"],
        unpaid_share=habits["unpaid_cents"] / habits["cents"],
        type=FEW,
    )
    enough = habits["invoices"] >= least
    names = list(THREE_TYPES) if k == len(THREE_TYPES) else [f"type_{n}" for n in range(1, k + 1)]
    habits.loc[enough, "type"] = [names[number] for number in _clusters(habits[enough], k)]
    return habits.sort_values(["days_late", "customer_id"], ascending=[False, True])


# Letter or phone call

NAMED = 10


def _calls_finding(result: pd.DataFrame, company: Company) -> str:
    language = company.language
    if result.empty:
        return Text(
            "Nobody is overdue: there is nobody to write to or to call.", "没有客户逾期，无需催收。"
        ).to(language)
    calls = result[result["call"]]
    if calls.empty:
        return (
            Text(
                "Write to all {count} overdue customers: no call is worth its cost.",
                "向全部{count}个逾期客户发催款函：没有一个值得打电话。",
            )
            .to(language)
            .format(count=numbers.count(len(result)))
        )
    sentence = Text(
        "Call {calls} of {count} overdue customers and write to the others: "
        "the calls cost {cost} more than letters and are expected to bring {gain} more.",
        "{count}个逾期客户中，给{calls}个打电话，其余发催款函：电话比信函多花{cost}，预计多收回{gain}。",
    )
    return sentence.to(language).format(
        calls=numbers.count(len(calls)),
        count=numbers.count(len(result)),
        cost=numbers.yuan(calls["extra_cost"].sum(), language),
        gain=numbers.yuan(calls["expected_gain"].sum(), language),
    )


def _calls_picture(result: pd.DataFrame, company: Company) -> Bars:
    language = company.language
    head = result.head(NAMED)
    note = Text("{benefit}  ({overdue} overdue)", "{benefit}（逾期{overdue}）").to(language)
    return Bars(
        Text("Expected benefit of a call over a letter, yuan", "打电话比发函的预期收益（元）").to(language),
        head["customer"].tolist(),
        head["benefit"].tolist(),
        [
            note.format(benefit=numbers.short(benefit, language), overdue=numbers.short(overdue, language))
            for benefit, overdue in zip(head["benefit"], head["overdue"], strict=True)
        ],
    )


def _yuan(name: str, label: Text, default: float) -> Own:
    return Own(name, label, default, 0, 1000, 0.5, Text("yuan", "元"))


@analysis(
    group=RECEIVABLES,
    name=Text("Letter or phone call", "信函或电话催收"),
    about=Text(
        "For each overdue customer on the day: call if the gain in the chance of payment times the "
        "overdue amount exceeds what a call costs more than a letter.",
        "对当日每个逾期客户：若付款概率的提高乘以逾期金额超过电话比信函多出的成本，则打电话。",
    ),
    honours=("end", *OF_INVOICES),
    own=(
        _yuan("letter_cost", Text("A letter costs", "每封信函的成本"), 1.0),
        _yuan("call_cost", Text("A call costs", "每次电话的成本"), 30.0),
        Own(
            "gain",
            Text("A call adds to the chance of payment", "电话使付款概率提高"),
            1.0,
            *(0, 100, 0.1),
            Text("percentage points", "个百分点"),
        ),
    ),
    columns={
        "customer_id": Heading(CUSTOMER_ID, "id"),
        "customer": Heading(CUSTOMER, "text"),
        "overdue": Heading(OVERDUE_AMOUNT, "yuan", additive=True),
        "oldest_overdue_days": Heading(OLDEST, "count"),
        "expected_gain": Heading(Text("Expected gain", "预期多收回"), "yuan", additive=True),
        "extra_cost": Heading(Text("Extra cost", "多出的成本"), "yuan", additive=True),
        "benefit": Heading(Text("Expected benefit", "预期收益"), "yuan", additive=True),
        "call": Heading(Text("Call", "打电话"), "flag"),
    },
    needs=LEDGER_TABLES,
    finding=_calls_finding,
    picture=_calls_picture,
)
def collection_calls(
    company: Company,
    conditions: Conditions,
    letter_cost: float = 1.0,
    call_cost: float = 30.0,
    gain: float = 1.0,
) -> pd.DataFrame:
    """Decide for each overdue customer whether to call or only to write.

    Parameters
    ----------
    company : Company
    filter : Filter, optional
        As for `receivables`.
    letter_cost, call_cost : float
        What one letter and one call cost, in yuan.
    gain : float
        By how many percentage points a call makes payment likelier than a letter does.

    Returns
    -------
    pandas.DataFrame
        ``customer_id``, ``customer``, ``overdue``, ``oldest_overdue_days``; in yuan ``expected_gain`` (gain
        x overdue), ``extra_cost`` (call - letter) and ``benefit`` (the one less the other); ``call``,
        whether that is above 0: a row for each customer with an overdue invoice, the greatest benefit
        first, ties by number. Credit balances are not set off against what is overdue.

    Examples
    --------
    >>> from crmlab import open_company
    >>> result = collection_calls(open_company(language="en"), gain=2)
    >>> bool((result["call"] == (result["overdue"] * 0.02 > 29)).all())
    True
    """
    late = debtors(company, conditions).query("overdue > 0")
    # In cents and thousandths of a percentage point, so that what is just not worth it is not called.
    expected_gain = late["overdue"] * round(gain * 1000) / 10_000_000
    extra_cost = call_cost - letter_cost
    benefit = expected_gain - extra_cost
    return late.assign(
        overdue=late["overdue"] / 100,
        expected_gain=expected_gain,
        extra_cost=extra_cost,
        benefit=benefit,
        call=benefit > 0,
    )
