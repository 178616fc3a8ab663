"""A company made of a flat sales file: exact, explained, or refused as a whole."""

import csv
import importlib.metadata
import importlib.util
import io
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import Company, explore
from crmlab.analysis import customer_statistics, gift_list, new_customers, value_customers
from crmlab.analysis.frames import sales
from crmlab.company.problems import SHOWN
from crmlab.company.schema import TABLES, UNKNOWN
from crmlab.errors import CrmlabError

HEADER = ("订单", "日期", "客户", "产品", "分类", "数量", "单价", "折扣", "来源", "地区")
KEYS = (
    "order",
    "date",
    "customer",
    "product",
    "category",
    "quantity",
    "price",
    "discount",
    "source",
    "region",
)
COLUMNS = dict(zip(KEYS, HEADER, strict=True))
ROWS = [
    ("A1", "2024-01-05", "京东方", "键盘", "办公", "2", "￥1,200.50", "0.05", "展会", "华东"),
    ("A1", "2024-01-05", "京东方", "鼠标", "办公", "10", "19.99", "0", "展会", "华东"),
    ("A2", "2024-02-29", "Ann & Co", "键盘", "办公", "1", "1199", "", "Google", ""),
    ("A3", "2025-03-01", "京东方", "鼠标", "办公", "-1", "19.99", "0", "", "华东"),
]


def written(rows=ROWS, header=HEADER, delimiter=","):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([header, *rows])
    return text.getvalue()


def frame(rows=ROWS, header=HEADER):
    return pd.DataFrame(rows, columns=header)


@pytest.fixture
def shop():
    return Company.from_sales(frame(), COLUMNS, language="zh")


def cents_of(company):
    found = sales(company).select("line_id", "net_cents").collect("pandas").to_native()
    return dict(found.itertuples(index=False))


def problem(source, columns=COLUMNS, language="en"):
    with pytest.raises(CrmlabError) as caught:
        Company.from_sales(source, columns, language=language)
    return str(caught.value)


# What is understood


def test_every_line_is_right_to_the_cent(shop):
    # 2 x 1200.50 x 0.95 = 2280.95; 10 x 19.99 = 199.90
    assert cents_of(shop) == {1: 228095, 2: 19990, 3: 119900, 4: -1999}
    assert value_customers(shop)["net_sales"].tolist() == [2460.86, 1199.0]


def test_the_tables_are_whole_and_typed_as_the_schema_says(shop):
    for name, table in shop.raw.items():
        for column in TABLES[name].columns:
            values = table[column.stored]
            assert column.nullable or values.notna().all(), (name, column.name)
            assert column.dtype == "str" or values.dtype == column.dtype, (name, column.name)
            if column.references and column.references.split(".")[0] in shop.raw:
                other, key = column.references.split(".")
                assert values.dropna().isin(shop.raw[other][key]).all()
        assert table[TABLES[name].key].is_unique
    assert (shop.start, shop.today) == (pd.Timestamp("2024-01-05"), pd.Timestamp("2025-03-01"))


def test_a_return_goes_to_the_sale_that_it_reverses(shop):
    back = shop.order_lines.set_index("line_id").loc[4]
    assert (back["quantity"], back["returned_line_id"], back["order_id"]) == (-1, 2, 1)
    assert shop.orders["code"].tolist() == ["A1", "A2"]  # A3 was no purchase


def test_the_analyses_answer(shop):
    counted = customer_statistics(shop).set_index("source")["customers"].to_dict()
    assert counted == {"Google": 1, "展会": 1, UNKNOWN.zh: 0}
    assert new_customers(shop)["new_customers"].tolist() == [2, 0]
    assert value_customers(shop, source="展会", region="华东", product="鼠标")["net_sales"].tolist() == [
        179.91
    ]
    assert value_customers(shop, customer="Ann & Co", major_category="办公")["net_sales"].tolist() == [1199.0]
    with pytest.raises(CrmlabError, match="联系人"):
        gift_list(shop)


def test_the_other_views_of_a_company_work_too(shop):
    assert "order_lines" in shop.dictionary().text
    assert "<svg" in shop.diagram().svg
    assert "京东方" in repr(shop.customer_card("京东方"))


def test_the_page_opens(shop):
    page = explore(shop, "value-customers", source="Google")
    assert page.result["net_sales"].tolist() == [1199.0]
    page.choose("gift-list")
    assert "联系人" in str(page)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Gift list needs: Contacts", "Unit cost", "0.05 is read as 5 %"]),
        ("zh", ["节日礼物需要：联系人", "单位成本", "0.05 读作 5%"]),
    ],
)
def test_it_says_what_it_understood_and_what_is_missing(language, words):
    company = Company.from_sales(frame(), COLUMNS, language=language)
    for shown in (str(company.about), company.about._repr_html_()):
        for word in (*words, "value_customers(company)", "订单", "2024-01-05"):
            assert word in shown.replace("&quot;", '"')
    assert str(company.start.date()) in repr(company)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-9, 9), st.integers(0, 10**7), st.integers(0, 100)), min_size=1, max_size=20
    )
)
def test_net_amounts_are_exact_for_any_price_and_discount(lines):
    rows = [(n, "2024-01-31", "x", q, Decimal(p) / 1000, f"{d}%") for n, (q, p, d) in enumerate(lines)]
    columns = {name: name for name in ("order", "date", "customer", "quantity", "price", "discount")}
    company = Company.from_sales(pd.DataFrame(rows, columns=list(columns)), columns, language="en")
    expected = [
        int((Decimal(q * p * (100 - d)) / 1000).quantize(Decimal(1), ROUND_HALF_UP)) for q, p, d in lines
    ]
    assert list(cents_of(company).values()) == expected
    if "net_amount" not in company.order_lines:
        lines = company.raw["order_lines"]
        assert (
            lines["quantity"] * lines["unit_price_cents"] * (100 - lines["discount"]) / 100
        ).tolist() == expected


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(-(10**6), 10**9), st.integers(-(10**6), 10**6)), min_size=1
    )
)
def test_amounts_and_profits_are_kept_to_the_cent(lines):
    rows = [("2024-01-31", "x", q, a / 100, f"{p / 100:.2f}") for q, a, p in lines]
    names = ["date", "customer", "quantity", "amount", "profit"]
    company = Company.from_sales(
        pd.DataFrame(rows, columns=names), {name: name for name in names}, language="en"
    )
    assert list(cents_of(company).values()) == [amount for _, amount, _ in lines]
    found = company.raw["order_lines"]
    cost = (
        found["cost_amount_cents"]
        if "cost_amount_cents" in found
        else found["quantity"] * found["unit_cost_cents"]
    )
    assert cost.tolist() == [amount - profit for _, amount, profit in lines]
    assert company.knows("order_lines.unit_cost")


def test_a_cost_stands_beside_a_price_for_a_unit_and_beside_an_amount_for_the_line():
    row = {"d": ["2024-01-31"], "c": ["x"], "n": [3], "yuan": [30], "cost": [6]}
    each = Company.from_sales(
        pd.DataFrame(row),
        {"date": "d", "customer": "c", "quantity": "n", "price": "yuan", "cost": "cost"},
        language="en",
    )
    line = Company.from_sales(
        pd.DataFrame(row),
        {"date": "d", "customer": "c", "quantity": "n", "amount": "yuan", "cost": "cost"},
        language="en",
    )
    assert each.order_lines[["unit_price", "unit_cost"]].values.tolist() == [[30, 6]]
    assert line.order_lines[["unit_price", "unit_cost"]].values.tolist() == [[10, 2]]


def test_what_was_understood_is_saved_and_read_again(shop, tmp_path):
    shop.save(tmp_path)
    again = Company.read(tmp_path)
    for name in shop.raw:
        pd.testing.assert_frame_equal(again.raw[name], shop.raw[name])
    assert (again.start, again.today, again.origin, str(again.about)) == (
        shop.start,
        shop.today,
        shop.origin,
        str(shop.about),
    )
    assert customer_statistics(again).equals(customer_statistics(shop))


# Where it comes from


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_files(tmp_path, shop, encoding, delimiter):
    file = tmp_path / "我的 销售.csv"
    file.write_bytes(written(delimiter=delimiter).encode(encoding))
    read = Company.from_sales(file, COLUMNS, language="zh")
    assert [line - 1 for line in cents_of(read)] == list(cents_of(shop))
    assert list(cents_of(read).values()) == list(cents_of(shop).values())


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ""])
def test_excel_whatever_its_name(tmp_path, suffix):
    pytest.importorskip("openpyxl")
    file = tmp_path / "sales.xlsx"
    table = frame().assign(日期=lambda x: pd.to_datetime(x["日期"]), 数量=lambda x: x["数量"].astype(int))
    with pd.ExcelWriter(file) as book:
        pd.DataFrame({"说明": ["不是这一页"]}).to_excel(book, sheet_name="首页", index=False)
        table.to_excel(book, sheet_name="销售", index=False, startrow=2)
    file = file.rename(tmp_path / f"sales{suffix}")
    company = Company.from_sales(file, COLUMNS, language="en")
    assert next(iter(cents_of(company).items())) == (4, 228095)  # below two rows and the header
    assert "销售" in str(company.about)


def test_parquet_and_other_data_frames(tmp_path, shop):
    polars = pytest.importorskip("polars")
    table = polars.DataFrame([dict(zip(HEADER, row, strict=True)) for row in ROWS])
    table.write_parquet(tmp_path / "sales.parquet")
    pytest.importorskip("pyarrow")
    for source in (table, table.lazy(), tmp_path / "sales.parquet"):
        assert cents_of(Company.from_sales(source, COLUMNS, language="zh")) == cents_of(shop)


def test_blank_rows_totals_and_a_title_are_no_sales(tmp_path):
    blank, total = [""] * 10, ["合计", "", "", "", "", "12", "", "", "", ""]
    file = tmp_path / "sales.csv"
    rows = [ROWS[0], blank, *ROWS[1:], blank, total, ["", "", "", "", "", "", "3660", "", "", ""], blank]
    file.write_text("销售明细\n\n" + written(rows), encoding="gbk")
    company = Company.from_sales(file, COLUMNS, language="en")
    assert list(cents_of(company)) == [4, 6, 7, 8]
    assert "left out: row 10, 11" in str(company.about)
    assert "Blank rows left out: 1" in str(company.about)


def test_copies_are_kept_and_counted():
    company = Company.from_sales(frame([ROWS[1], ROWS[1]]), COLUMNS, language="en")
    assert value_customers(company)["net_sales"].tolist() == [399.8]
    assert "earlier one in all columns: 1" in str(company.about)


# What is wrong


def needs(package):
    return pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"{package} is not installed")


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("日期", "2024-02-30", "not a date"),
        ("日期", "", "must not be empty"),
        ("客户", " ", "must not be empty"),
        ("订单", "", "must not be empty"),
        ("数量", "many", "not a number"),
        ("单价", "", "must not be empty"),
        ("单价", "1.2.3", "not a number"),
        ("折扣", "150", "0 to 100"),
        ("客户", "Somebody else", "an order of Somebody else here, but of 京东方 in row 2"),
    ],
)
def test_what_is_wrong_is_named_with_file_row_column_value_and_rule(tmp_path, column, value, rule):
    rows = [list(row) for row in ROWS]
    rows[1][HEADER.index(column)] = value
    file = tmp_path / "sales.csv"
    file.write_text(written(rows), encoding="utf-8")
    said = problem(file)
    assert "sales.csv, row 3" in said
    assert rule in said
    if rule.startswith("an order"):
        assert 'column 订单, "A1"' in said
    else:
        assert f"column {column}" in said
        assert not value.strip() or f'"{value}"' in said


def test_signs_that_contradict_each_other():
    rows = [("2024-01-31", "x", -1, 5.0), ("2024-01-31", "x", 1, -5.0)]
    names = ["date", "customer", "quantity", "amount"]
    said = problem(pd.DataFrame(rows, columns=names), {name: name for name in names})
    assert "row 1, column amount" in said and "row 2" not in said


def test_dates_that_nothing_decides():
    said = problem(
        pd.DataFrame({"d": ["01/02/2024"], "c": ["x"], "a": [1]}),
        {"date": "d", "customer": "c", "amount": "a"},
    )
    assert "day first or month first" in said


def test_all_problems_at_once_but_a_screenful_at_most(tmp_path):
    rows = [("A", f"day {n}", f"c{n}", "p", "c", "x", "1", "", "", "") for n in range(200)]
    file = tmp_path / "sales.csv"
    file.write_text(written(rows), encoding="utf-8")
    said = problem(file)
    assert len(said.splitlines()) == SHOWN + 2
    assert "not a date" in said and "not a number" in said and "one order has one customer" in said
    assert f"{3 * 200 - 1 - SHOWN}" in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"date": "日期", "customer": "客户"}, "amount"),
        ({"date": "日期", "price": "单价"}, "customer"),
        (COLUMNS | {"quantiti": "数量"}, '"quantity"'),
        (COLUMNS | {"cost": "成本"}, "no column: 成本"),
        (["日期"], "order"),
    ],
)
def test_columns_that_cannot_be(columns, word):
    assert word in problem(frame(), columns)


def test_names_of_columns_may_differ_in_capitals_but_not_be_there_twice():
    table = pd.DataFrame([["2024-01-31", "x", 1, 2]], columns=["Date", "Customer", "Amount", "Amount"])
    columns = {"date": "DATE ", "customer": "customer", "amount": "amount"}
    assert value_customers(Company.from_sales(table.iloc[:, :3], columns, language="en"))[
        "net_sales"
    ].tolist() == [1]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        pytest.param(b"PK\x03\x04 no workbook", "damaged", marks=needs("openpyxl")),
        pytest.param(b"PAR1 no parquet", "damaged", marks=needs("pyarrow")),
        (b"\xd0\xcf\x11\xe0 old", ".xlsx"),
        (bytes(range(256)) * 20, "holds no table"),
        (b"<html><body>Please log in</body></html>", "no column"),
        ((",".join(HEADER) + "\n").encode(), "no sales below"),
    ],
)
@pytest.mark.parametrize("name", ["sales.csv", "sales.xlsx"])
def test_files_that_are_not_what_they_say(tmp_path, name, content, word):
    (tmp_path / name).write_bytes(content)
    said = problem(tmp_path / name)
    assert word in said and name in said


def test_no_file_and_no_table(tmp_path):
    assert "nowhere.csv" in problem(tmp_path / "nowhere.csv")
    assert "int" in problem(7)


def test_a_row_with_too_many_cells(tmp_path):
    file = tmp_path / "sales.csv"
    file.write_text(written() + "A9,2024-01-01,x,p,c,1,1,200.50,0,s,r\n", encoding="utf-8")
    assert "row 6: the row has 11 cells instead of 10" in problem(file)


def test_problems_are_told_in_both_languages():
    said = problem(frame([(*ROWS[0][:1], "昨天", *ROWS[0][2:])]), language="zh")
    assert "- 数据框、第 1 行、“日期”列、“昨天”：" in said and "不是可以识别的日期" in said


# Real data


def cdnow():
    """CDNOW_master.txt, which the package ``lifetimes`` brings."""
    files = importlib.metadata.files("lifetimes") or []
    return next(Path(file.locate()) for file in files if file.name == "CDNOW_master.txt")


def test_cdnow():
    columns = {
        "customer": "customer_id",
        "date": "date",
        "quantity": "number_of_cds",
        "amount": "dollar_value",
    }
    company = Company.from_sales(cdnow(), columns, language="en")
    assert len(company.order_lines) == 69_659
    assert len(company.customers) == 23_570
    assert sum(cents_of(company).values()) == 250_031_563
    assert company.order_lines["quantity"].sum() > 69_659
    assert round(value_customers(company)["net_sales"].sum(), 2) == 2_500_315.63
