"""The roster, in whatever encoding and with whatever headings a school has it."""

import pandas as pd
import pytest

from crmlab.errors import CrmlabError
from crmlab.grading.roster import Roster, Student, read_roster

CHINESE = "学号,姓名,邮箱,语言\n2026001,陈雪,cx@school.example,中文\n2026002,李明,,en\n"
CHEN, LI = Student("2026001", "陈雪", "cx@school.example", "zh"), Student("2026002", "李明", "", "en")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_csv_in_any_encoding(tmp_path, encoding):
    path = tmp_path / "r.csv"
    path.write_bytes(CHINESE.encode(encoding))
    assert read_roster(path, "en").students == (CHEN, LI)


def test_excel(tmp_path):
    path = tmp_path / "r.xlsx"
    columns = {"account": [2026001, 2026002], "name": ["陈雪", "李明"], "email": [CHEN.email, None]}
    pd.DataFrame(columns).assign(language=["zh", "en"]).to_excel(path, index=False)
    assert read_roster(path, "en").students == (CHEN, LI)


def test_a_gradebook_from_canvas(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (7)\n    Points Possible,,,,,10\n"
        '"Doe, Jane",12,u12,jdoe,A,9\n',
        encoding="utf-8",
    )
    roster = read_roster(path, "en")
    assert roster.students == (Student("jdoe", "Doe, Jane", "", "en", "12", "u12", "A"),)
    # Canvas calls her files doejane_12_345_lab.ipynb.
    assert roster.find("doejane") == roster.find("12") == roster.students[0]


def test_a_name_of_two_people_is_nobody_s():
    roster = Roster((Student("s1", "王芳"), Student("s2", "王芳"), Student("s3", "s1")))
    assert roster.find("王芳") is None
    assert roster.find("s1").account == "s1"


def test_a_word_is_the_same_however_a_computer_writes_it():
    roster = Roster((Student("s2026017", "Amy Müller"),))
    assert roster.find("Amy Mu\u0308ller") == roster.find("ｓ２０２６０１７") == roster.students[0]


def test_all_problems_have_row_and_column(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(
        "account;name;email;language\na b;x;nomail;fr\ns1;;a@b.c;\n;Joe;a@b.c;\nS1;;;\nsales05;;;\n\n",
        encoding="utf-8",
    )
    with pytest.raises(CrmlabError) as raised:
        read_roster(path, "en")
    assert [line.split(": ")[0] for line in str(raised.value).splitlines()[1:]] == [
        '- r.csv, row 2, column account, "a b"',
        '- r.csv, row 2, column email, "nomail"',
        '- r.csv, row 2, column language, "fr"',
        '- r.csv, row 4, column account, ""',
        '- r.csv, row 4, column email, "a@b.c"',
        '- r.csv, row 5, column account, "S1"',
        '- r.csv, row 6, column account, "sales05"',
    ]


@pytest.mark.parametrize(
    ("text", "said"), [("foo,bar\n1,2\n", "no column account"), ("account,name\n", "no students")]
)
def test_what_is_no_roster_is_one_sentence(tmp_path, text, said):
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CrmlabError, match=said):
        read_roster(path, "en")
    with pytest.raises(CrmlabError, match="There is no roster"):
        read_roster(tmp_path / "none.csv", "en")
