"""The kinds of answers: what they say about an answer that is almost right."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.checks.answer import plain
from crmlab.checks.fields import Count, Identifier, Label, Percent, Year, Yuan
from crmlab.checks.kinds import Choice, Decision, Kind, Number, Ranking, Set, ShortList, Table
from crmlab.checks.sentences import FormError
from crmlab.company.schema import SOURCES
from crmlab.locale import Text

CUSTOMERS = Count(Text("customers", "个客户"))
AMOUNT = 1_234_567.89
BY_SOURCE = Table({"source": Label(SOURCES), "customers": CUSTOMERS})
SALES = Table({"customer_id": Identifier(), "net_sales": Yuan()})
RIGHT = pd.DataFrame({"source": ["Referral", "Website", None], "customers": [30, 20, 10]})


def key_of(kind: Kind, answer: object, right: object) -> str:
    """Return the message on an answer: "right", the key of what is almost right, or of the wrong form."""
    try:
        mine, theirs = kind.read(plain(answer)), kind.read(plain(right))
    except FormError as problem:
        return problem.sentence.key
    if kind.same(mine, theirs):
        return "right"
    near = kind.near(mine, theirs)
    assert near is None or all("{" not in near.to(language) for language in ("en", "zh"))
    return near.key if near else "wrong"


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (AMOUNT, "right"),
        (AMOUNT + 0.004, "right"),
        (AMOUNT + 0.011, "rounding"),
        (1_234_568, "rounding"),
        (AMOUNT * 100, "in_cents"),
        (123.46, "in_wan"),
        (123.456789, "in_wan"),
        (AMOUNT / 100, "hundredth"),
        (-AMOUNT, "sign"),
        (AMOUNT + 5, "wrong"),
        (AMOUNT * 2, "wrong"),
        (0, "wrong"),
        ("1234567.89", "text_for_number"),
        (" -1,234,567.89 ", "text_for_number"),
        ("a million", "word_for_number"),
        pytest.param("1 " * 100_000 + "x", "word_for_number", id="very long"),
        ("...", "word_for_number"),
        (False, "flag_for_number"),
        (float("nan"), "no_value"),
        (float("inf"), "endless"),
        ([1, 2], "handed_in"),
        ([], "empty"),
        (pd.DataFrame(), "empty"),
        (print, "handed_in"),
    ],
)
def test_amount(answer: object, key: str) -> None:
    assert key_of(Number(Yuan()), answer, AMOUNT) == key


@pytest.mark.parametrize(
    ("answer", "key"),
    [(611, "right"), (611.0, "right"), (611.4, "not_whole"), (610, "wrong"), (-611, "wrong"), (0, "wrong")],
)
def test_count(answer: object, key: str) -> None:
    assert key_of(Number(CUSTOMERS), answer, 611) == key


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (12.3, "right"),
        (12.345, "right"),
        (0.123, "right"),
        (12, "rounding"),
        (0.12, "rounding"),
        (13, "wrong"),
    ],
)
def test_percent_or_fraction(answer: object, key: str) -> None:
    assert key_of(Number(Percent()), answer, 12.34) == key


def changed(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(RIGHT.to_dict("list") | columns)


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (RIGHT, "right"),
        (RIGHT.dropna(), "row_unknown_lost"),
        (RIGHT.iloc[1:], "rows_lost"),
        (pd.concat([RIGHT, RIGHT.iloc[:1]]), "rows_twice"),
        (pd.concat([RIGHT, pd.DataFrame({"source": ["Total"], "customers": [60]})]), "no_such_label"),
        (pd.concat([RIGHT, pd.DataFrame({"source": ["Partner"], "customers": [0]})]), "rows_extra"),
        (changed(customers=[30, 20, 11]), "column_off"),
        (changed(customers=[30, 30, 30]), "constant"),
        (changed(customers=[30.5, 20.5, 10.5]), "not_whole"),
        (changed(customers=["30", "20", "10"]), "text_for_number"),
        (changed(customers=[30, 20, None]), "no_value"),
        (changed(source=[1, 2, 3]), "number_for_label"),
        (RIGHT[["source"]], "columns_missing"),
        (RIGHT.rename(columns={"source": "a", "customers": "b"}), "right"),
        (RIGHT.assign(more=1).rename(columns={"customers": "n"}), "columns_missing"),
        (RIGHT.set_index("source").assign(more=1).rename_axis("group"), "right"),
        ([30, 20, 10], "handed_in"),
        ({"Referral", "Website"}, "handed_in"),
        (RIGHT.iloc[:0], "empty"),
        (60, "handed_in"),
    ],
)
def test_table(answer: object, key: str) -> None:
    assert key_of(BY_SOURCE, answer, RIGHT) == key


@pytest.mark.parametrize(("factor", "key"), [(100, "in_cents"), (1 / 10_000, "in_wan"), (-1, "sign")])
def test_scale_of_a_column(factor: float, key: str) -> None:
    right = pd.DataFrame({"customer_id": [1, 2], "net_sales": [123_456.78, 98_765.43]})
    assert key_of(SALES, right.assign(net_sales=right["net_sales"] * factor), right) == key


def test_filtered_rows_do_not_become_the_key() -> None:
    right = pd.DataFrame({"customer_id": [12, 15], "net_sales": [2.5, 1.5]}, index=[5, 9])
    assert key_of(SALES, right.rename(columns={"customer_id": "customer"}), right) == "right"


@pytest.mark.parametrize("years", [[2024, 2025], ["2024", "2025"], [2024.0, 2025.0]])
def test_years(years: list[object]) -> None:
    kind = Table({"year": Year(), "new_customers": CUSTOMERS}, ignored=(2026,))
    right = pd.DataFrame({"year": [2024, 2025], "new_customers": [5, 6]})
    assert key_of(kind, pd.DataFrame({"year": years, "new_customers": [5, 6]}), right) == "right"
    assert key_of(kind, {2024: 5, 2025: 6, 2026: 99}, right) == "right"
    days = pd.to_datetime(["2024-12-31", "2025-12-31"])
    assert key_of(kind, pd.Series([5, 6], index=days), right) == "right"
    assert key_of(kind, pd.Series([5, 6], index=days.to_period("Y")), right) == "right"


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ([3, 1, 2], "right"),
        ([1, 2, 3], "order_off"),
        ([3, 1, 9], "some_right"),
        ({3, 1, 2}, "set_for_ranking"),
        ([3, 1], "size"),
        ([3, 1, 1], "ids_twice"),
        (["3", "1", "2"], "text_for_number"),
        (3, "handed_in"),
        ([], "empty"),
        (pd.DataFrame({"a": [3, 1, 2], "b": [1, 1, 1]}), "columns_missing"),
    ],
)
def test_ranking(answer: object, key: str) -> None:
    assert key_of(Ranking("customer_id", 3), answer, [3, 1, 2]) == key


@given(st.floats(0.01, 1e9), st.floats(-1e9, 1e9))
def test_an_amount_is_right_to_the_cent_only(right: float, given_amount: float) -> None:
    right = round(right, 2)
    assert key_of(Number(Yuan()), right, right) == "right"
    if abs(given_amount - right) > 0.006:
        assert key_of(Number(Yuan()), given_amount, right) != "right"


counts = st.lists(st.integers(0, 999), min_size=len(SOURCES), max_size=len(SOURCES))


@settings(deadline=None)  # of a computer that is busy
@given(counts, st.randoms(), st.booleans())
def test_order_and_language_of_a_table_make_no_difference(found: list[int], random, chinese: bool) -> None:
    right = pd.DataFrame({"source": [source.en for source in SOURCES], "customers": found})
    pairs = [(source[chinese], count) for source, count in zip(SOURCES, found, strict=True)]
    random.shuffle(pairs)
    assert key_of(BY_SOURCE, pairs, right) == "right"
    pairs[0] = (pairs[0][0], pairs[0][1] + 1)
    assert key_of(BY_SOURCE, pairs, right) != "right"


AGEING = Choice({"A": Text("by the due date", "按到期日"), "B": Text("by the invoice date", "按开票日")})


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("A", "right"),
        (" a. ", "right"),
        ("(A)", "right"),
        ("（Ａ）。", "right"),
        ("“a”", "right"),
        ("By the due date", "right"),
        ("按到期日", "right"),
        (["A"], "right"),
        ("B", "wrong"),
        ("C", "no_such_choice"),
        ("", "no_such_choice"),
        (1, "handed_in"),
        (["A", "B"], "handed_in"),
        ([], "empty"),
    ],
)
def test_a_choice(answer, key):
    assert key_of(AGEING, answer, "A") == key


NEVER = Set("customer_id")


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ([3, 1, 2], "right"),
        ({1, 2, 3}, "right"),
        (pd.DataFrame({"customer_id": [2, 1, 3], "name": list("abc")}), "right"),
        ([1, 2], "set_lost"),
        ([1, 2, 3, 4], "set_extra"),
        ([1, 2, 5], "set_some"),
        ([7, 8], "set_some"),
        ([1, 1, 2, 3], "ids_twice"),
        (["1", 2, 3], "text_for_number"),
        ([], "empty"),
        (3, "handed_in"),
    ],
)
def test_a_set(answer, key):
    assert key_of(NEVER, answer, [1, 2, 3]) == key


def test_a_set_of_words_in_either_language():
    sources = Set("source", Label(SOURCES))
    assert key_of(sources, ["Website", "客户介绍"], ["Referral", "Website"]) == "right"
    assert key_of(sources, ["Webside", "Referral"], ["Referral", "Website"]) == "no_such_label"
    assert key_of(sources, {"未知", "Referral"}, ["Referral", None]) == "right"


PAIR = ShortList({"customers": CUSTOMERS, "share": Percent()})


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ([80, 12.5], "right"),
        ((80, 0.125), "right"),
        ({"share": 12.5, "customers": 80}, "right"),
        (pd.Series({"customers": 80, "share": 12.5}), "right"),
        (pd.DataFrame({"share": [12.5], "customers": [80]}), "right"),
        ({"n": 80, "part": 12.5}, "right"),
        ([80, 12.7], "value_near"),
        ([79, 12.5], "values_off"),
        ([12.5, 80], "order_off"),
        ([79, 44], "values_off"),
        ([80], "size"),
        ([80, 12.5, 1], "size"),
        ([80, "12.5"], "text_for_number"),
        ({80, 12.5}, "set_for_ranking"),
        (80, "handed_in"),
        ([], "empty"),
    ],
)
def test_a_short_list(answer, key):
    assert key_of(PAIR, answer, [80, 12.5]) == key


def test_a_decision_of_fewer():
    options = pd.DataFrame({"medium": ["Letter", "E-mail", "Seminar"], "value_cents": [500, -100, 200]})
    media = tuple(Text(word, word) for word in options["medium"])
    decision = Decision("medium", 3, Text("all", "全部"), by=Label(media), at_most=True)
    assert decision.best(options) == 700
    given = decision.read(plain(["letter"]))
    assert decision.chosen(given, options)["value_cents"].sum() == 500
    with pytest.raises(FormError):
        decision.read(plain(["Letter", "E-mail", "Seminar", "Radio"]))
    with pytest.raises(FormError):
        decision.chosen(decision.read(plain(["Radio"])), options)


def test_what_makes_no_difference_need_not_be_readable():
    growth = Table({"year": Year(), "change": Percent()}, ignored=(2021,))
    answer = pd.DataFrame({"year": [2021, 2022], "change": [None, 12.5]})
    assert key_of(growth, answer, pd.DataFrame({"year": [2022], "change": [12.5]})) == "right"
