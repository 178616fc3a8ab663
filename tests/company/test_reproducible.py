"""The same seed gives the same bytes; what differs is only what should."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.company.data import SUMS, write_data
from crmlab.company.dictionary import dictionary
from crmlab.company.frames import to_frame
from crmlab.company.schema import TABLES, TRUTH, Text
from crmlab.company.world import World, generate
from crmlab.errors import CrmlabError

DATA = Path(__file__).parents[2] / "data"


def frames(seed, account=None):
    world = generate(seed, account=account)
    return {name: to_frame(table, world.tables[name], "en") for name, table in TABLES.items()}


def test_the_same_seed_gives_the_same_tables():
    one, other = frames(11, "s1"), frames(11, "s1")
    for name in TABLES:
        pd.testing.assert_frame_equal(one[name], other[name])


def test_another_process_with_another_hash_seed_gives_the_same(student, tmp_path):
    code = (
        "import json, crmlab;"
        "print(json.dumps(crmlab.open_company(language='en', account='s2026017').checksums()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "123"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(result.stdout) == student.checksums()


def test_what_is_committed_is_what_the_code_writes(tmp_path):
    write_data(tmp_path)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    committed = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}
    assert written == committed
    for name in written:
        # Not read_text: a line end that Git changed would be a difference.
        assert (DATA / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_checksums_are_those_in_data(company, chinese):
    lines = (DATA / SUMS).read_text(encoding="utf-8").splitlines()
    sums = {name: value for value, name in (line.split("  ") for line in lines)}
    for opened in (company, chinese):
        assert opened.checksums() == {name: sums[f"{opened.language}/{name}.csv"] for name in opened.raw}


def test_excel_reads_the_chinese_edition():
    content = (DATA / "zh" / "customers.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert "客户介绍" in content.decode("utf-8-sig")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_dictionary_has_every_column(language):
    text = dictionary(language)
    for table in TABLES.values():
        for column in table.columns:
            assert f"| `{column.name}` | {column.title.to(language)} |" in text
    assert "{" not in text


def test_both_languages_hold_the_same_numbers(company, chinese):
    for name, table in TABLES.items():
        for column in table.columns:
            english, other = company.raw[name][column.stored], chinese.raw[name][column.stored]
            assert (english.isna() == other.isna()).all()
            if column.choices and column.kind == "label":
                both = {text.en: text.zh for text in column.choices}
                assert (english.dropna().map(both) == other.dropna()).all()
            elif column.kind not in ("text", "label"):
                pd.testing.assert_series_equal(english, other)
    for name in TRUTH:
        pd.testing.assert_frame_equal(getattr(company.truth, name), getattr(chinese.truth, name))


def test_chinese_text_has_no_english_in_it(chinese):
    for name, column in [
        ("customers", "name"),
        ("contacts", "name"),
        ("leads", "name"),
        ("customers", "city"),
        ("products", "unit"),
    ]:
        assert not chinese.raw[name][column].str.contains("[a-zA-Z]", regex=True).any()


def test_a_student_has_own_customers(student):
    mine = student.customers[student.customers["owner_id"] == student.me]
    assert 60 <= len(mine) <= 80
    assert student.me > 100
    assert (student.employees.set_index("employee_id").loc[student.me, "account"]) == "s2026017"
    recorded = student.orders[student.orders["recorder_id"] == student.me]
    assert set(recorded["customer_id"]) <= set(mine["customer_id"])
    assert recorded["ordered_at"].dt.year.nunique() == 6
    assert student.customers["name"].is_unique


def test_two_accounts_differ(student):
    other = open_company(language="en", account="s2026018")
    assert other.me != student.me

    def sales(opened):
        own = opened.orders[opened.orders["recorder_id"] == opened.me]
        lines = opened.order_lines[opened.order_lines["order_id"].isin(own["order_id"])]
        return (lines["quantity"] * lines["unit_price"]).sum(), len(own), own["customer_id"].nunique()

    assert all(a != b for a, b in zip(sales(student), sales(other), strict=True))


def test_small_and_capital_letters_are_one_account(student):
    other = open_company(language="en", account="S2026017")
    assert other.me == student.me
    assert other.checksums()["orders"] == student.checksums()["orders"]


def test_the_account_of_an_employee_opens_that_persons_company(company):
    opened = open_company(language="en", account="sales05")
    assert opened.checksums() == company.checksums()
    assert opened.employees.set_index("employee_id").loc[opened.me, "account"] == "sales05"


@pytest.mark.parametrize("account", ["", " ", "a b", "../x", "学生", "x" * 33, "-a", "a\n"])
def test_an_account_with_odd_characters(account):
    with pytest.raises(CrmlabError, match="cannot be an account"):
        open_company(language="en", account=account)


def test_another_seed_or_course_changes_everything(company):
    others = [
        {"seed": 2027},
        {"course": "CRM-2026"},
        {"course": "CRM-2027"},
        {"seed": 2027, "course": "CRM-2027"},
    ]
    opened = [company, *(open_company(language="en", **other) for other in others)]
    checksums = [each.checksums() for each in opened]
    for name in TABLES:
        assert len({sums[name] for sums in checksums}) == len(opened), name


def test_a_company_of_two_partitions_keeps_the_first():
    small, large = generate(5, customers=1000), generate(5, customers=1300)
    for name, table in TABLES.items():
        one, two = (to_frame(table, world.tables[name], "en") for world in (small, large))
        assert two[table.key].is_unique
        if name == "products":
            assert len(one) == len(two)
        else:
            kept = two[two[table.key].isin(one[table.key])].reset_index(drop=True)
            pd.testing.assert_frame_equal(kept, one)


def test_streams_of_different_keys_are_different():
    world = World(1, "0")
    assert (world.stream("a", "bc").words(5) != world.stream("ab", "c").words(5)).any()


def test_opening_twice_gives_the_same_object():
    assert open_company(language="en") is open_company(2026, language="en")


def test_settings_are_followed(monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", "zh")
    monkeypatch.setenv("CRMLAB_ACCOUNT", "s2026017")
    opened = open_company()
    assert (opened.language, opened.account) == ("zh", "s2026017")


def test_columns_are_declared_in_both_languages():
    for table in TABLES.values():
        for column in table.columns:
            assert isinstance(column.title, Text) and all(column.title) and all(column.meaning)
