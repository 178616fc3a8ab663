"""Lab 03: are we growing, with what, and at what margin?"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from crmlab.analysis import profit, sales_composition, sales_trend
from crmlab.checks.fields import Identifier, Label, Percent, Yuan
from crmlab.checks.kinds import Choice, Decision, Number, ShortList, Table
from crmlab.checks.material import all_lines, best, sales, table, within, yuan
from crmlab.checks.question import question
from crmlab.company.company import Company
from crmlab.company.world.products import catalogue
from crmlab.locale import Text

TITLE = Text("Sales trends and mix", "销售趋势与构成")

YEAR = ("2025-01-01", "2025-12-31")
YEAR_BEFORE = ("2024-01-01", "2024-12-31")
DECEMBER = ("2025-12-01", "2025-12-31")
FEBRUARY = ("2025-02-01", "2025-02-28")
JANUARY = ("2026-01-01", "2026-01-31")
LAST_JANUARY = ("2025-01-01", "2025-01-31")
#: The days that lie as far before Spring Festival (29 January 2025) as January 2026 before that of 2026.
BEFORE_THE_FESTIVAL = ("2024-12-13", "2025-01-12")
FIRST_YEAR = ("2021-01-01", "2021-12-31")

MAJORS = tuple(catalogue()["majors"])
POINTS = Percent(decimals=2, unit=Text("percentage points", "个百分点"))
#: Which product is looked at: its place by net sales of 2025. It sells in some months and not in others.
PLACE = 60
#: So many products get a new price, so many percent higher.
RAISED, RISE = 8, 3
#: From this share of net sales on a margin is thick; below these net sales a product is small.
THICK, SMALL_CENTS = 0.2, 100_000_00


def _net(company: Company, start: str, end: str) -> int:
    """Return the net sales of the period in cents."""
    return int(sales(company, start, end)["net_cents"].sum())


def _growth(new: float, old: float) -> float:
    """Return the change from ``old`` to ``new`` in percent."""
    return 100 * (new / old - 1)


def _shown(percent: float, decimals: int = 1) -> str:
    return f"{percent:.{decimals}f}"


@question(
    "3.1",
    Text("Net sales of December 2025", "2025 年 12 月净销售额"),
    points=1,
    kind=Number(Yuan()),
    hints=(
        Text(
            "Copy the cell with November, and change both dates: December begins on 1 December and ends "
            "before 1 January.",
            "复制 11 月的单元格，把两个日期都改掉：12 月从 12 月 1 日开始，到 1 月 1 日之前结束。",
        ),
        Text(
            '`sales["booked_at"] < "2026-01-01"` keeps the whole of 31 December.',
            '`sales["booked_at"] < "2026-01-01"` 会保留 12 月 31 日全天。',
        ),
    ),
    right=Text(
        "December brought {net} yuan: {share} % of the year. An even month would bring 8.3 %.",
        "12 月净销售额为 {net} 元，占全年的 {share}%。如果各月均等，每月应占 8.3%。",
    ),
)
def december(company: Company) -> float:
    return round(float(sales_trend(company, start=DECEMBER[0], end=DECEMBER[1])["net_sales"].sum()), 2)


@december.fill
def _(company: Company) -> dict[str, object]:
    net = _net(company, *DECEMBER)
    return {"net": f"{net / 100:,.0f}", "share": _shown(100 * net / _net(company, *YEAR))}


@december.mistake(
    Text(
        'The lines of 31 December are not in it: `<= "2025-12-31"` ends at midnight, before that day began.',
        '缺少 12 月 31 日的明细：`<= "2025-12-31"` 止于当天零点，也就是这一天开始之前。',
    )
)
def misses_the_last_day_of_december(company: Company) -> float:
    lines = sales(company, *DECEMBER)
    return yuan(lines.loc[lines["booked_at"] <= DECEMBER[1], "net_cents"])


@december.mistake(
    Text(
        "The returns are left out. What came back was not sold: keep the lines with a negative quantity.",
        "没有算上退货。退回来的不算售出：请保留数量为负的明细行。",
    )
)
def leaves_the_returns_of_december_out(company: Company) -> float:
    lines = sales(company, *DECEMBER)
    return yuan(lines.loc[lines["quantity"] > 0, "net_cents"])


@december.mistake(
    Text(
        "Lines of drafts and cancelled orders are in it. They are no sales.",
        "其中包含草稿和已取消订单的明细。它们不是销售。",
    )
)
def keeps_invalid_lines_of_december(company: Company) -> float:
    lines = all_lines(company)
    return yuan(lines.loc[within(lines["booked_at"], *DECEMBER), "net_cents"])


@december.mistake(
    Text(
        "This is December 2024. Look at the year in both dates.",
        "这是 2024 年 12 月的净销售额。请看两个日期中的年份。",
    )
)
def takes_december_of_another_year(company: Company) -> float:
    return _net(company, "2024-12-01", "2024-12-31") / 100


@question(
    "3.2",
    Text("The last complete quarter", "最近一个完整季度"),
    points=3,
    kind=ShortList({"on_previous": Percent(), "on_year": Percent()}),
    hints=(
        Text(
            'Today is 31 January 2026. Which quarter is the last one that is over? `.dt.to_period("Q")` '
            "gives the quarter of each line.",
            '今天是 2026 年 1 月 31 日。最近一个已经结束的季度是哪一个？`.dt.to_period("Q")` '
            "给出每行明细所在的季度。",
        ),
        Text(
            "`by_quarter.pct_change()` compares each row with the row before. The same quarter of the year "
            "before is further up: how many rows?",
            "`by_quarter.pct_change()` 把每一行与上一行相比。去年的同一季度在更上面：要往上数几行？",
        ),
        Text(
            '`by_quarter.pct_change(4).loc["2025Q4"]` is a fraction: multiply it by 100 to get percent.',
            '`by_quarter.pct_change(4).loc["2025Q4"]` 得到的是小数：乘以 100 就是百分数。',
        ),
    ),
    right=Text(
        "The last complete quarter, {quarter}: {on_previous} % on the quarter before, {on_year} % on the "
        "same quarter of the year before. The first is partly the season; "
        "the second compares like with like.",
        "最近一个完整季度是 {quarter}：环比 {on_previous}%，同比 {on_year}%。"
        "环比里含有季节因素；同比才是同类相比。",
    ),
)
def last_quarter(company: Company) -> tuple[float, float]:
    last = _last_complete(company)
    return 100 * last["on_previous"], 100 * last["on_year"]


@last_quarter.fill
def _(company: Company) -> dict[str, object]:
    on_previous, on_year = last_quarter.expected(company)
    return {
        "quarter": _last_complete(company)["period"],
        "on_previous": f"{on_previous:+.1f}",
        "on_year": f"{on_year:+.1f}",
    }


def _quarters(company: Company) -> pd.DataFrame:
    return company.cached(("checks", "quarters"), lambda: sales_trend(company, every="quarter"))


def _last_complete(company: Company) -> pd.Series:
    quarters = _quarters(company)
    return quarters[quarters["complete"]].iloc[-1]


def _last_of(company: Company, back: int, *, partial: bool = False) -> tuple[float, float]:
    """Return a quarter's net sales, and those ``back`` quarters before."""
    quarters = _quarters(company)
    net = (quarters if partial else quarters[quarters["complete"]])["net_sales"].tolist()
    return net[-1], net[-1 - back]


@last_quarter.mistake(
    Text(
        "This compares a quarter of which one month is over with whole quarters. "
        "Take the last quarter that is complete.",
        "这是拿只过了一个月的季度与完整季度相比。请取最近一个完整的季度。",
    )
)
def compares_the_quarter_that_has_just_begun(company: Company) -> list[float]:
    return [_growth(*_last_of(company, back, partial=True)) for back in (1, 4)]


@last_quarter.mistake(
    Text(
        "The change on the year goes twelve rows back. A row is a quarter, so twelve rows are three years: "
        "a year is four.",
        "同比往回数了十二行。一行是一个季度，十二行就是三年：一年是四行。",
    )
)
def goes_twelve_quarters_back(company: Company) -> list[float]:
    return [_growth(*_last_of(company, back)) for back in (1, 12)]


@last_quarter.mistake(
    Text(
        "The difference is divided by the new value. A change is a share of the value from which it starts.",
        "差额除以了新值。变动率以起点的值为分母。",
    )
)
def divides_by_the_new_quarter(company: Company) -> list[float]:
    return [-_growth(*_last_of(company, back)[::-1]) for back in (1, 4)]


@last_quarter.mistake(
    Text(
        "This is the new value in percent of the old one. 100 % would be no change at all: subtract 100.",
        "这是新值占旧值的百分比。100% 表示完全没有变动：请减去 100。",
    )
)
def gives_the_ratio_of_quarters(company: Company) -> list[float]:
    return [100 + change for change in last_quarter.expected(company)]


@last_quarter.mistake(
    Text(
        "Both values are right, but the other way round: first the quarter before (`on_previous`), "
        "then the same quarter of the year before (`on_year`).",
        "两个值都对，但顺序反了：先是环比（`on_previous`），后是同比（`on_year`）。",
    )
)
def swaps_the_bases(company: Company) -> list[float]:
    return list(last_quarter.expected(company))[::-1]


@question(
    "3.3",
    Text("One product, month by month", "一种产品的逐月变动"),
    points=3,
    kind=Table({"month": Identifier(), "change": Yuan()}),
    hints=(
        Text(
            "Make two lists of twelve months, one for 2024 and one for 2025, as in the example with 2023.",
            "仿照 2023 年的例子，分别做出 2024 年和 2025 年各十二个月的净销售额。",
        ),
        Text(
            "Fill the gaps before you subtract: `.reindex(range(1, 13), fill_value=0)` for each year.",
            "先补齐缺少的月份，再相减：两年都要用 `.reindex(range(1, 13), fill_value=0)`。",
        ),
        Text(
            "`months_2025 - months_2024` subtracts month by month. "
            '`.rename_axis("month").reset_index(name="change")` makes a table of it.',
            "`months_2025 - months_2024` 逐月相减。"
            '`.rename_axis("month").reset_index(name="change")` 把结果变成表。',
        ),
    ),
    right=Text(
        "{product}: {better} of twelve months were better than a year before; the whole year changed by "
        "{change} yuan. In {gaps} of the 24 months nothing was booked. "
        "A gap is a zero, and zeros are part of the trend.",
        "{product}：十二个月中有 {better} 个月好于上年同月，全年变动 {change} 元。"
        "24 个月中有 {gaps} 个月没有任何记帐。没有销售就是 0，而 0 也是趋势的一部分。",
    ),
)
def months_of_a_product(company: Company) -> pd.DataFrame:
    start, end = "2024-01-01", YEAR[1]
    net = sales_trend(company, product=_product(company), start=start, end=end)["net_sales"]
    return _by_month(net.diff(12).tail(12).round(2).tolist())


@months_of_a_product.fill
def _(company: Company) -> dict[str, object]:
    products = table(company, "products").set_index("product_id")
    changes = months_of_a_product.expected(company)["change"]
    return {
        "product": products["name"][_product(company)],
        "better": int((changes > 0).sum()),
        "change": f"{changes.sum():+,.0f}",
        "gaps": sum(12 - len(_months(company, year)) for year in (2024, 2025)),
    }


def _product(company: Company) -> int:
    def build() -> int:
        ranking = sales_composition(company, by="product", start=YEAR[0], end=YEAR[1])
        return int(ranking["group_id"].iloc[PLACE - 1])

    return company.cached(("checks", "product of lab 03"), build)


def _by_month(changes: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"month": range(1, 13), "change": changes})


def _of_product(company: Company) -> pd.DataFrame:
    """Return the product's lines with their month, numbered through all years."""
    lines = sales(company, "2021-01-01", YEAR[1])
    lines = lines[lines["product_id"] == _product(company)]
    return lines.assign(month=12 * lines["booked_at"].dt.year + lines["booked_at"].dt.month - 1)


def _months(company: Company, year: int, amount: str = "net_cents") -> pd.Series:
    """Return the months of the year in which the product has lines, and the sum of each."""
    lines = _of_product(company)
    lines = lines[lines["booked_at"].dt.year == year]
    return lines.groupby(lines["booked_at"].dt.month)[amount].sum()


@months_of_a_product.mistake(
    Text(
        "Months with sales in only one of the two years have no change here. "
        "Nothing sold is 0 yuan: fill the gaps of each year before you subtract.",
        "只有一年有销售的月份，在这里没有变动。没有销售就是 0 元：请先补齐每一年的月份，再相减。",
    )
)
def fills_the_gaps_after_subtracting(company: Company) -> pd.DataFrame:
    changes = (_months(company, 2025) - _months(company, 2024)) / 100
    return _by_month(changes.reindex(range(1, 13)).fillna(0).tolist())


@months_of_a_product.mistake(
    Text(
        "`shift(12)` or `diff(12)` went twelve rows back, but months without sales have no row. "
        "So other months were compared. Fill the gaps first.",
        "`shift(12)` 或 `diff(12)` 往回数了十二行，但没有销售的月份没有行，"
        "于是比较的是别的月份。请先补齐月份。",
    )
)
def shifts_over_missing_months(company: Company) -> pd.DataFrame:
    net = _of_product(company).groupby("month")["net_cents"].sum() / 100
    changes = (net - net.shift(12).fillna(0)).loc[12 * 2025 :]
    return pd.DataFrame({"month": changes.index % 12 + 1, "change": changes.to_numpy()})


@months_of_a_product.mistake(
    Text(
        "This is the change on the month before. Compare each month with the same month of 2024.",
        "这是与上个月相比的变动。请把每个月与 2024 年的同一个月相比。",
    )
)
def compares_with_the_month_before(company: Company) -> pd.DataFrame:
    net = _of_product(company).groupby("month")["net_cents"].sum() / 100
    net = net.reindex(range(12 * 2025 - 1, 12 * 2026), fill_value=0)
    return _by_month(net.diff().tail(12).tolist())


@months_of_a_product.mistake(
    Text(
        "This is the change in units. The question is about net sales, in yuan.",
        "这是数量的变动。题目问的是净销售额，单位为元。",
    )
)
def compares_units(company: Company) -> pd.DataFrame:
    last, previous = (
        _months(company, year, "quantity").reindex(range(1, 13), fill_value=0) for year in (2025, 2024)
    )
    return _by_month((last - previous).tolist())


@question(
    "3.4",
    Text("January and Spring Festival", "一月与春节"),
    points=2,
    kind=Choice(
        {
            "A": Text("December 2025, the month before", "2025 年 12 月，即上个月"),
            "B": Text("January 2025, the same month of last year", "2025 年 1 月，即去年同月"),
            "C": Text("13 December 2024 to 12 January 2025", "2024 年 12 月 13 日至 2025 年 1 月 12 日"),
            "D": Text("an average month of 2025", "2025 年的月平均数"),
        }
    ),
    hints=(
        Text(
            "A fair comparison differs in one thing only: the year. What else differs between the two "
            "periods of each row?",
            "公平的比较只应有一处不同：年份。每一行的两段期间还有哪些不同？",
        ),
        Text(
            "Count the days from the end of each period to the next Spring Festival. "
            "After 31 January 2026 there are 17.",
            "数一数每段期间结束后距离下一个春节还有几天。2026 年 1 月 31 日之后还有 17 天。",
        ),
    ),
    right=Text(
        "Beside the same days before the festival January 2026 changed by {fair} %; beside January 2025 the "
        "slide would say {calendar} %. Each year the festival moves the second figure. The first shows "
        "what the customers did.",
        "与节前同期相比，2026 年 1 月变动 {fair}%；如果与 2025 年 1 月相比，幻灯片上会写 {calendar}%。"
        "后一个数每年都随春节日期变动，前一个数才反映客户的行为。",
    ),
)
def january(company: Company) -> str:
    return "C"


@january.fill
def _(company: Company) -> dict[str, object]:
    net, fair, calendar = (
        sales_trend(company, start=start, end=end)["net_sales"].sum()
        for start, end in (JANUARY, BEFORE_THE_FESTIVAL, LAST_JANUARY)
    )
    return {"fair": f"{_growth(net, fair):+.1f}", "calendar": f"{_growth(net, calendar):+.1f}"}


@january.mistake(
    Text(
        "December belongs to the busy end of the year, and it is further away from the festival. "
        "A change on the month before shows the season, not growth.",
        "12 月正值年末旺季，离春节也更远。环比反映的是季节，而不是增长。",
    )
)
def compares_january_with_december(company: Company) -> str:
    return "A"


@january.mistake(
    Text(
        "In 2025 the festival was on 29 January: the quiet days before it and its first holidays fell into "
        "that month. In 2026 they fall into February.",
        "2025 年的春节是 1 月 29 日：节前的淡季和假期的头几天都落在 1 月。而 2026 年都落在 2 月。",
    )
)
def compares_by_the_calendar(company: Company) -> str:
    return "B"


@january.mistake(
    Text(
        "An average month mixes all seasons and the holidays. January is then compared with the summer, too.",
        "月平均数把各个季节和节假日混在一起。这样 1 月也在与夏天相比。",
    )
)
def compares_with_an_average_month(company: Company) -> str:
    return "D"


@question(
    "3.5",
    Text("What sales were made of in 2021", "2021 年的销售构成"),
    points=3,
    kind=Table({"major_category": Label(MAJORS), "share": Percent()}),
    hints=(
        Text(
            "Make the catalogue of 31 December 2021 as in the example, and merge it with the lines of 2021.",
            "仿照例子，做出 2021 年 12 月 31 日的产品目录，再与 2021 年的明细合并。",
        ),
        Text(
            "The share of a category is its sum divided by the sum of all: `100 * net / net.sum()`. "
            "One sum for the whole year, not one for each month.",
            "某一类的占比，是该类的总和除以全部总和：`100 * net / net.sum()`。"
            "全年算一个总和，而不是每个月算一个。",
        ),
        Text(
            '`.reset_index(name="share")` makes a table of the shares.',
            '`.reset_index(name="share")` 把占比变成表。',
        ),
    ),
    right=Text(
        'This is what the report of 2021 says. In today\'s catalogue the share of "{category}" would be '
        "{today} % instead of {then} %. To match an old report, use the catalogue of its time. "
        "To compare two years, put both into the same catalogue.",
        "这与 2021 年的报告一致。如果用现在的目录，“{category}”的占比会是 {today}%，而不是 {then}%。"
        "核对旧报告，用当时的目录；比较两个年份，则要用同一份目录。",
    ),
)
def mix_of_2021(company: Company) -> pd.DataFrame:
    found = sales_composition(company, by="major_category", start=FIRST_YEAR[0], end=FIRST_YEAR[1])
    return _shares(100 * found.set_index("group")["share"])


@mix_of_2021.fill
def _(company: Company) -> dict[str, object]:
    then, today = (
        shares.set_index("major_category")["share"]
        for shares in (mix_of_2021.expected(company), puts_old_sales_in_categories_of_today(company))
    )
    category = (today - then).abs().idxmax()
    return {"category": category, "then": _shown(then[category]), "today": _shown(today[category])}


def _shares(shares: pd.Series) -> pd.DataFrame:
    return shares.rename_axis("major_category").rename("share").reset_index()


def _in_words_of_2021(company: Company) -> pd.DataFrame:
    """Return the lines of 2021 with the category in which their product stood at the end of that year."""
    history = table(company, "product_categories").sort_values(["valid_from", "history_id"])
    known = history[history["valid_from"] <= FIRST_YEAR[1]].drop_duplicates("product_id", keep="last")
    return _in_categories(company, known)


def _in_categories(company: Company, products: pd.DataFrame) -> pd.DataFrame:
    categories = products.set_index("product_id")["major_category"]
    lines = sales(company, *FIRST_YEAR)
    return lines.assign(major_category=lines["product_id"].map(categories))


def _share(lines: pd.DataFrame, amount: str = "net_cents") -> pd.Series:
    sums = lines.groupby("major_category")[amount].sum()
    return 100 * sums / sums.sum()


@mix_of_2021.mistake(
    Text(
        "The sales of 2021 stand in the categories of today. Some products have moved since: "
        "use the catalogue of 2021 for 2021.",
        "2021 年的销售归入了现在的分类。有些产品后来换了分类：2021 年请用 2021 年的目录。",
    )
)
def puts_old_sales_in_categories_of_today(company: Company) -> pd.DataFrame:
    return _shares(_share(_in_categories(company, table(company, "products"))))


@mix_of_2021.mistake(
    Text(
        "These are means of monthly shares. A weak month then counts as much as a strong one: "
        "add up the year first, then divide.",
        "这是各月占比的平均数。这样淡季的一个月与旺季的一个月同等重要：请先求全年总和，再相除。",
    )
)
def averages_monthly_shares(company: Company) -> pd.DataFrame:
    lines = _in_words_of_2021(company)
    month = lines["booked_at"].dt.month.rename("month")
    sums = lines.groupby([month, "major_category"])["net_cents"].sum().unstack(fill_value=0)
    return _shares((100 * sums.div(sums.sum(axis=1), axis=0)).mean())


@mix_of_2021.mistake(
    Text(
        "These are shares of the quantity. A pen and a desk count the same there: use net sales.",
        "这是数量的占比。那样一支笔和一张办公桌就同等重要了：请用净销售额。",
    )
)
def takes_shares_of_quantity(company: Company) -> pd.DataFrame:
    return _shares(_share(_in_words_of_2021(company), "quantity"))


@mix_of_2021.mistake(
    Text(
        "These are shares of the number of lines. A small line counts as much as a large one there: "
        "use net sales.",
        "这是明细行数的占比。那样很小的一行与很大的一行同等重要：请用净销售额。",
    )
)
def takes_shares_of_lines(company: Company) -> pd.DataFrame:
    return _shares(_share(_in_words_of_2021(company).assign(lines=1), "lines"))


@mix_of_2021.mistake(
    Text(
        "These are the shares of 2025, those of the example. The report is about 2021.",
        "这是 2025 年的占比，也就是例子里的结果。报告讲的是 2021 年。",
    )
)
def hands_in_the_example(company: Company) -> pd.DataFrame:
    categories = table(company, "products").set_index("product_id")["major_category"]
    lines = sales(company, *YEAR)
    return _shares(_share(lines.assign(major_category=lines["product_id"].map(categories))))


@question(
    "3.6",
    Text("The ten largest customers of February", "二月最大的十个客户"),
    points=2,
    kind=Number(Percent(decimals=2)),
    hints=(
        Text(
            "Take the lines of February 2025 and add up net sales by `customer_id`. `.nlargest(10)` gives "
            "the ten largest.",
            "取 2025 年 2 月的明细，按 `customer_id` 对净销售额求和。`.nlargest(10)` 给出最大的十个。",
        ),
        Text(
            "A share is a part of the whole. The whole is the net sales of February: the sum of all "
            "customers, also of those below zero.",
            "占比是部分与整体之比。整体是 2 月的净销售额，即所有客户之和，包括小于零的客户。",
        ),
    ),
    right=Text(
        "The ten largest brought {share} % of February. For {negative} customers more came back than they "
        "bought: they have no slice in a pie, but they belong in the total. Draw bars instead.",
        "最大的十个客户占 2 月的 {share}%。有 {negative} 个客户的退货多于购买："
        "他们在饼图里画不出来，却是总额的一部分。这时应改用条形图。",
    ),
)
def ten_largest(company: Company) -> float:
    found = sales_composition(company, by="customer", start=FEBRUARY[0], end=FEBRUARY[1])
    return 100 * float(found["share"].head(10).sum())


@ten_largest.fill
def _(company: Company) -> dict[str, object]:
    negative = int((_of_february(company) < 0).sum())
    return {"share": _shown(ten_largest.expected(company), 2), "negative": negative}


def _of_february(company: Company) -> pd.Series:
    return sales(company, *FEBRUARY).groupby("customer_id")["net_cents"].sum()


@ten_largest.mistake(
    Text(
        "The customers below zero are not in the total, as in a pie that cannot draw negative slices. "
        "But without them the total is no longer net sales.",
        "总额里没有小于零的客户，就像画不出负值扇形的饼图。但少了他们，总额就不再是净销售额了。",
    )
)
def leaves_negative_slices_out(company: Company) -> float:
    net = _of_february(company)
    return 100 * net.nlargest(10).sum() / net[net > 0].sum()


@ten_largest.mistake(
    Text(
        "The customers below zero count as if they had bought: their minus was taken away. "
        "A return reduces the total.",
        "小于零的客户被当成了购买：负号被去掉了。退货应使总额减少。",
    )
)
def turns_negative_slices_round(company: Company) -> float:
    net = _of_february(company)
    return 100 * net.nlargest(10).sum() / net.abs().sum()


@ten_largest.mistake(
    Text(
        "The returns are left out altogether. Net sales are what was sold less what came back.",
        "完全没有算退货。净销售额是售出的金额减去退货。",
    )
)
def leaves_the_returns_of_february_out(company: Company) -> float:
    lines = sales(company, *FEBRUARY)
    sold = lines[lines["quantity"] > 0].groupby("customer_id")["net_cents"].sum()
    return 100 * sold.nlargest(10).sum() / sold.sum()


@ten_largest.mistake(
    Text(
        "These are the ten largest customers of the whole year. Rank by the net sales of February.",
        "这是全年最大的十个客户。请按 2 月的净销售额排名。",
    )
)
def takes_the_largest_of_the_year(company: Company) -> float:
    largest = best(sales(company, *YEAR).groupby("customer_id")["net_cents"].sum(), 10)
    net = _of_february(company)
    return 100 * net[net.index.isin(largest)].sum() / net.sum()


@question(
    "3.7",
    Text("The company's margin and mine", "公司的毛利率与我的毛利率"),
    points=3,
    kind=ShortList({"company": Percent(decimals=2), "change": POINTS, "mine": Percent(decimals=2)}),
    hints=(
        Text(
            "Copy the cell with 2024 and change the year. That is the company's value. "
            "Subtract the margin rate of 2024 to get the change in percentage points.",
            "复制 2024 年的单元格，把年份改掉，就是公司的值。减去 2024 年的毛利率，就得到以百分点计的变动。",
        ),
        Text(
            'My sales are the lines with `sales["recorder_id"] == company.me`.',
            '我的销售是满足 `sales["recorder_id"] == company.me` 的明细。',
        ),
        Text(
            "Add up first, then divide: the sum of the margin by the sum of net sales, times 100. "
            "Round at the very end.",
            "先求和，再相除：毛利之和除以净销售额之和，再乘以 100。最后一步才四舍五入。",
        ),
    ),
    right=Text(
        "Of 100 yuan of net sales {company} remain to the company ({change} percentage points on 2024), "
        "and {mine} of 100 that you recorded. All expenses are paid from that. "
        "A further discount of 5 % would take 5 yuan of it.",
        "每 100 元净销售额，公司留下 {company} 元毛利（比 2024 年变动 {change} 个百分点）；"
        "由你录入的每 100 元，留下 {mine} 元。所有费用都要从中支付。再多打 5% 的折扣，就会拿走其中 5 元。",
    ),
)
def margins(company: Company) -> tuple[float, float, float]:
    now, before, mine = (
        100 * float(profit(company, start=start, end=end, recorder=recorder)["margin_rate"].iloc[0])
        for (start, end), recorder in ((YEAR, None), (YEAR_BEFORE, None), (YEAR, company.me))
    )
    return now, now - before, mine


@margins.fill
def _(company: Company) -> dict[str, object]:
    now, change, mine = margins.expected(company)
    return {"company": _shown(now, 2), "change": f"{change:+.2f}", "mine": _shown(mine, 2)}


def _margins(company: Company, rate: Callable[[pd.DataFrame], float]) -> list[float]:
    """Return the answer with another idea of what a margin rate is."""
    lines, before = sales(company, *YEAR), sales(company, *YEAR_BEFORE)
    now = rate(lines)
    return [now, now - rate(before), rate(lines[lines["recorder_id"] == company.me])]


def _rate(net: pd.Series, cost: pd.Series) -> float:
    return 100 * (1 - int(cost.sum()) / int(net.sum()))


@margins.mistake(
    Text(
        "The margin is divided by the cost: that is the markup. The margin rate is a share of net sales.",
        "毛利除以了成本：那是加成率。毛利率是毛利占净销售额的比例。",
    )
)
def takes_markup_for_margin(company: Company) -> list[float]:
    return _margins(company, lambda lines: _growth(yuan(lines["net_cents"]), yuan(lines["cost_cents"])))


@margins.mistake(
    Text(
        "This is the mean of the lines' margin rates. A line of 50 yuan then counts as much as one of "
        "50,000: add up first, then divide.",
        "这是各行毛利率的平均数。这样 50 元的一行与 50,000 元的一行同等重要：请先求和，再相除。",
    )
)
def averages_margin_rates(company: Company) -> list[float]:
    return _margins(
        company, lambda lines: 100 * (1 - float((lines["cost_cents"] / lines["net_cents"]).mean()))
    )


@margins.mistake(
    Text(
        "The returns take back the price, but not the cost. Goods that come back are in stock again: "
        "their cost comes off too.",
        "退货只冲减了售价，没有冲减成本。退回的货物又回到库存，成本也要减去。",
    )
)
def keeps_the_cost_of_returns(company: Company) -> list[float]:
    return _margins(
        company, lambda lines: _rate(lines["net_cents"], lines.loc[lines["quantity"] > 0, "cost_cents"])
    )


@margins.mistake(
    Text(
        "This uses what the products cost today. What counts is the cost on the day of the sale: "
        "`unit_cost` of the line.",
        "这里用的是产品现在的成本。应使用销售当日的成本：明细行里的 `unit_cost`。",
    )
)
def uses_the_cost_of_today(company: Company) -> list[float]:
    today = table(company, "products").set_index("product_id")["unit_cost_cents"]
    return _margins(
        company, lambda lines: _rate(lines["net_cents"], lines["quantity"] * lines["product_id"].map(today))
    )


@margins.mistake(
    Text(
        "The discount is not taken off. The margin is what is left of the price that customers really pay.",
        "没有扣除折扣。毛利是客户实际支付的价格中留下的部分。",
    )
)
def forgets_the_discount_in_the_margin(company: Company) -> list[float]:
    return _margins(company, lambda lines: _rate(lines["gross_cents"], lines["cost_cents"]))


@margins.mistake(
    Text(
        "The second value is the change of a percentage as a percentage. From 20 % to 22 % is "
        "2 percentage points: subtract the rates, do not divide them.",
        "第二个值把百分比的变化又算成了百分比。从 20% 到 22% 是上升 2 个百分点：请把两个比率相减，不要相除。",
    )
)
def takes_a_percentage_of_a_percentage(company: Company) -> list[float]:
    now, change, mine = margins.expected(company)
    return [now, _growth(now, now - change), mine]


@margins.mistake(
    Text(
        "The third value is the margin of the customers that you own. "
        "What you recorded is something else: use `recorder_id`.",
        "第三个值是由你负责的客户的毛利率。由你录入的销售是另一回事：请用 `recorder_id`。",
    )
)
def takes_the_owner_for_the_recorder(company: Company) -> list[float]:
    lines = sales(company, *YEAR)
    owner = table(company, "orders").set_index("order_id")["owner_id"]
    owned = lines[lines["order_id"].map(owner) == company.me]
    now, change, _ = margins.expected(company)
    return [now, change, _rate(owned["net_cents"], owned["cost_cents"])]


@question(
    "3.8",
    Text("Which prices to raise", "提高哪些产品的价格"),
    points=3,
    kind=Decision(
        "product_id",
        RAISED,
        naive=Text(
            "the 8 products with the highest net sales in 2025",
            "2025 年净销售额最高的 8 种产品",
        ),
        remarks={
            "thick": Text(
                "Products among your {size} with a margin rate above 20 %: {count}. "
                "There a lost sale hurts most.",
                "你的 {size} 种产品中，毛利率高于 20% 的有 {count} 种。这类产品少卖一件，损失也最大。",
            ),
            "small": Text(
                "Products among your {size} with net sales below 100,000 yuan in 2025: {count}. "
                "There is little to gain.",
                "你的 {size} 种产品中，2025 年净销售额不足 100,000 元的有 {count} 种，能多赚的很少。",
            ),
        },
    ),
    hints=(
        Text(
            'Make a table of the products: `profit(company, by="product", start="2025-01-01", '
            'end="2025-12-31")` has `net_sales` and `margin_rate` of each.',
            "先做一张产品表：用 "
            '`profit(company, by="product", start="2025-01-01", end="2025-12-31")` '
            "得到每种产品的 `net_sales` 和 `margin_rate`。",
        ),
        Text(
            "A rise pays where the margin is thin, the sales are large, and customers mind little. "
            "Sort out the products with a thick margin first.",
            "毛利薄、销售额大、客户对价格不敏感的产品，提价才划算。先排除毛利厚的产品。",
        ),
        Text(
            "Merge the products' category and the survey, compute `gain(...)` for every row, and take the 8 "
            'rows with the highest value: `.nlargest(8, "gain")`.',
            '合并产品的分类和市场调查，为每一行计算 `gain(...)`，再取最高的 8 行：`.nlargest(8, "gain")`。',
        ),
    ),
    right=Text(
        "A rise of 3 % pays while the price elasticity is below 1 / (margin rate + 3 %): below 12.5 at a "
        "margin rate of 5 %, below 3.6 at 25 %. Best sellers with a good margin are the wrong place "
        "to try it.",
        "价格弹性低于 1 ÷（毛利率 + 3%）时，提价 3% 才划算：毛利率为 5% 时，界限是 12.5；"
        "毛利率为 25% 时，界限只有 3.6。毛利丰厚的畅销产品，不是提价的地方。",
    ),
)
def raises(company: Company) -> pd.DataFrame:
    products = profit(company, by="product", start=YEAR[0], end=YEAR[1])
    net, cost = ((100 * products[name]).round().astype("int64") for name in ("net_sales", "cost"))
    truth = company.truth.products.set_index("product_id")["elasticity_milli"]
    # What remains of the units: elasticity is in thousandths of a percent for each percent of price.
    units = 100_000 + RISE * products["group_id"].map(truth).astype("int64")
    after = units * ((100 + RISE) * net - 100 * cost) // 10_000_000
    return pd.DataFrame(
        {
            "product_id": products["group_id"].astype("int64"),
            "value_cents": after - (net - cost),
            "naive": products["group_id"].isin(best(net.set_axis(products["group_id"]), RAISED)),
            "thick": products["margin_rate"] > THICK,
            "small": net < SMALL_CENTS,
        }
    )
