"""What is written in one of the ways in which people write numbers and dates is read back."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.company.cells import dates, discounts, numbers
from crmlab.company.encodings import decoded

POINT = {
    "plain": lambda text: text,
    "thousands": lambda text: f"{Decimal(text):,}",
    "yuan": lambda text: f"￥{Decimal(text):,}",
    "dollars": lambda text: f"-${text[1:]}" if text.startswith("-") else f"$ {text}",
    "code": lambda text: f"RMB {text}",
    "chinese": lambda text: f"{text}元",
    "accounting": lambda text: f"({text[1:]})" if text.startswith("-") else text,
    "behind": lambda text: f"{text[1:]}-" if text.startswith("-") else text,
    "full width": lambda text: text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")),
}
AMOUNTS = st.integers(-(10**11), 10**11).map(lambda cents: f"{Decimal(cents) / 100:.2f}")

TIMES = st.datetimes(datetime(1930, 1, 1), datetime(2150, 12, 31)).map(
    lambda time: time.replace(second=0, microsecond=0)
)
FORMATS = (
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
    "%Y%m%d %H:%M",
    "%d %b %Y %H:%M",
    "%B %d, %Y %I:%M %p",
    "%Y/%m/%d %I:%M:%S %p",
)


@given(st.lists(AMOUNTS, min_size=1), st.sampled_from(list(POINT)))
def test_amounts_with_a_decimal_point(texts, form):
    written = [POINT[form](text) for text in texts]
    assert [numbers(written)[cell] for cell in written] == [Decimal(text) for text in texts]


@given(st.lists(AMOUNTS, min_size=1))
def test_amounts_with_a_decimal_comma(texts):
    swapped = str.maketrans(",.", ".,")
    written = [f"{Decimal(text):,}".translate(swapped) for text in texts]
    assert [numbers(written)[cell] for cell in written] == [Decimal(text) for text in texts]


@given(st.floats(-1e9, 1e9))
def test_numbers_of_a_spreadsheet_are_what_they_look_like(value):
    assert numbers([value])[value] == Decimal(str(value))


@pytest.mark.parametrize(
    "cell", ["", "-", "n/a", "1,23,4.5", "12 34", "1.2.3", "1-2", "１２三", True, "9" * 20]
)
def test_no_numbers(cell):
    assert numbers([cell]) == {}


def test_one_way_of_writing_is_chosen_for_a_column():
    assert numbers(["1,234", "5.5"])["1,234"] == 1234
    assert numbers(["1,234", "5,5"])["1,234"] == Decimal("1.234")
    assert set(numbers(["1.5", "2.5", "3,5"])) == {"1.5", "2.5"}


@given(st.lists(TIMES, min_size=1), st.sampled_from(FORMATS))
def test_times(times, form):
    written = [time.strftime(form) for time in times]
    found = dates(written).values
    assert [found[cell] for cell in written] == times


@given(st.lists(TIMES, min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m-%d-%Y %H:%M"]))
def test_the_data_decide_whether_the_day_comes_first(times, form):
    times = [*times, datetime(2024, 1, 31)]
    if "%H" not in form:
        times = [time.replace(hour=0, minute=0) for time in times]
    written = [time.strftime(form) for time in times]
    found = dates(written)
    assert [found.values[cell] for cell in written] == times
    assert found.order == ("day" if form.startswith("%d") else "month")


def test_a_file_in_order_of_time_decides_it_too():
    assert dates(["01/02/2024", "02/01/2024", "01/03/2024"]).undecided
    assert dates(["03/01/2024", "09/01/2024", "02/02/2024"]).values["02/02/2024"] == datetime(2024, 2, 2)
    assert dates(["03/01/2024", "09/01/2024", "02/02/2024"]).order == "day"
    assert dates(["05/05/2024"]).undecided == ()


@given(TIMES)
def test_serial_numbers_of_spreadsheets(time):
    serial = (time - datetime(1899, 12, 30)).total_seconds() / 86400
    assert dates([serial]).values == {serial: time}
    assert dates([f"{serial:.8f}"]).values == {f"{serial:.8f}": time}


@pytest.mark.parametrize(
    "cell", ["yesterday", "2024-02-30", "31/31/2024", "2024-01-31 25:00", "0", "20241332", True, 3.5, "2024"]
)
def test_no_dates(cell):
    found = dates([cell, "13/01/2024"])
    assert cell not in found.values
    assert cell not in found.undecided


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["5%", "12.5 %"], ["0.05", "0.125"]),
        ([0, 0.05, 1], ["0", "0.05", "1"]),
        (["0", "5", "100"], ["0", "0.05", "1"]),
        (["9折", "8.5折"], ["0.1", "0.15"]),
        (["0.05", "5%"], ["0.05", "0.05"]),
    ],
)
def test_discounts(cells, meant):
    assert [discounts(cells).values[cell] for cell in cells] == [Decimal(text) for text in meant]


def test_no_discounts():
    assert discounts(["120", "-5", "much"]).values == {}


CHINESE = st.text(
    st.sampled_from("客户订单日期金额北京上海有限公司销售产品数量张王李赵,123.\n abc"), min_size=8
).filter(lambda text: any(not letter.isascii() for letter in text))


@given(CHINESE, st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"]))
def test_encodings_of_chinese(text, encoding):
    assert decoded(text.encode(encoding)).text == text


WORDS = ("Müller", "Größe", "Café", "Señor", "naïve", "Ångström", "1,50", ";", "\n")


@given(
    st.lists(st.sampled_from(WORDS), min_size=1).map("".join), st.sampled_from(["utf-8", "latin-1", "utf-16"])
)
def test_encodings_of_western_text(text, encoding):
    assert decoded(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(encoding):
    text = "order,date,客户\n1,2024-01-31,北京\n" * 3
    assert decoded(text.encode(encoding)).text == text


def test_euros_of_windows():
    assert decoded("Müller;12,50 €".encode("cp1252")).text == "Müller;12,50 €"
