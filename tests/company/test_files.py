"""Reading back what was saved, and saying what is wrong with what was not."""

import shutil

import pandas as pd
import pytest

from crmlab import Company, open_company
from crmlab.company.files import yuan
from crmlab.company.identity import CARD
from crmlab.company.problems import SHOWN
from crmlab.company.schema import TABLES
from crmlab.errors import CrmlabError


@pytest.fixture(scope="module")
def saved(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved")
    small.save(path)
    return path


@pytest.fixture
def folder(tmp_path, saved):
    return shutil.copytree(saved, tmp_path / "my company 公司")


def edit(path, old, new, count=1):
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8-sig", newline="\n")


def message(folder):
    with pytest.raises(CrmlabError) as caught:
        Company.read(folder)
    return str(caught.value)


@pytest.mark.parametrize(("language", "account"), [("en", None), ("zh", "s2026017")])
def test_what_was_saved_is_read_back(tmp_path, language, account):
    company = open_company(language=language, account=account)
    company.save(tmp_path)
    again = Company.read(tmp_path)
    for name in TABLES:
        pd.testing.assert_frame_equal(again.raw[name], company.raw[name])
    assert (again.language, again.seed, again.account, again.me) == (
        company.language,
        company.seed,
        company.account,
        company.me,
    )


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123456, "1234.56"), (-100, "-1.00")]
)
def test_amounts_are_written_exactly(cents, text):
    assert yuan(cents) == text


def test_a_missing_file(folder):
    (folder / "orders.csv").unlink()
    assert "orders.csv" in message(folder)


def test_a_missing_card(folder):
    (folder / CARD).unlink()
    assert CARD in message(folder)


@pytest.mark.parametrize(
    "content", ["language = ", 'language = "en"\n', 'language = "fr"\nseed="1"\naccount=""\n']
)
def test_a_damaged_card(folder, content):
    (folder / CARD).write_text(content, encoding="utf-8")
    assert CARD in message(folder)


def test_an_account_that_nobody_has(folder):
    edit(folder / CARD, 'account = ""', 'account = "s1"')
    assert "s1" in message(folder)


def test_a_missing_column(folder):
    edit(folder / "customers.csv", "credit_days", "days")
    assert "customers.csv" in message(folder)
    assert "credit_days" in message(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("customers.csv", "1001,", "x,", ["row 2", "customer_id", '"x"', "whole number"]),
        ("customers.csv", "\n1002,", "\n1001,", ["row 3", "customer_id", '"1001"', "more than once"]),
        ("customers.csv", "2021-01-0", "2021/01/0", ["created_on", "2021/01/0", "2026-01-31"]),
        ("customers.csv", ",Company,", ",Firm,", ["kind", '"Firm"', "Distributor"]),
        ("receipts.csv", ",Cash,", ",,", ["receipts.csv", "method", "must not be empty"]),
        ("receipts.csv", ".00,Bank transfer", ".001,Bank transfer", ["amount", "two decimals"]),
        ("contacts.csv", "true", "yes", ["is_key", '"yes"', "true or false"]),
        ("order_lines.csv", ",100001,", ",99,", ["order_id", '"99"', "not found in orders"]),
        ("orders.csv", "100002,", "100002,1,", ["row 3", "8 cells instead of 7"]),
        ("employees.csv", "2015-01-13", "", ["hired_on", "must not be empty"]),
    ],
)
def test_a_wrong_value_is_named_with_file_row_column_and_rule(folder, file, old, new, expected):
    edit(folder / file, old, new)
    said = message(folder)
    assert file in said
    for part in expected:
        assert part in said


def test_an_empty_table_and_an_empty_file(folder):
    header = (folder / "receipts.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    (folder / "receipts.csv").write_text(header + "\n", encoding="utf-8-sig")
    (folder / "contacts.csv").write_text("", encoding="utf-8")
    said = message(folder)
    assert "receipts.csv: the table has no rows" in said
    assert "contacts.csv: missing: contact_id" in said


def test_another_encoding(folder):
    (folder / "customers.csv").write_bytes("customer_id,name\n1,北京\n".encode("gbk"))
    assert "UTF-8" in message(folder)


def test_a_folder_in_the_place_of_a_file(folder):
    (folder / "orders.csv").unlink()
    (folder / "orders.csv").mkdir()
    assert "orders.csv" in message(folder)


def test_all_problems_at_once_but_a_screenful_at_most(folder):
    edit(folder / "orders.csv", ",completed,", ",done,", count=300)
    edit(folder / "customers.csv", ",Company,", ",Firm,", count=1)
    lines = message(folder).splitlines()
    assert len(lines) == SHOWN + 2
    assert "289" in lines[-1]


def test_problems_are_told_in_the_language_of_the_files(tmp_path, small_chinese):
    small_chinese.save(tmp_path)
    edit(tmp_path / "customers.csv", ",企业,", ",公司,")
    said = message(tmp_path)
    assert "第" in said and "须为以下之一" in said and "事业单位" in said


def test_a_folder_that_is_not_there(tmp_path):
    assert "nowhere" in message(tmp_path / "nowhere")
