"""What leaves the gradebook, as other programs read it."""

import csv
import io
import zipfile

import made
import pytest
from openpyxl import load_workbook

from crmlab.grading.export import Grades, canvas_csv, grades_csv, moodle_csv, questions_csv
from crmlab.grading.gradebook import Gradebook, Manual
from crmlab.grading.items import items
from crmlab.grading.sheets import workbook


@pytest.fixture(scope="module")
def rows_and_manual(tmp_path_factory):
    with Gradebook(tmp_path_factory.mktemp("book") / "gradebook.sqlite", made.course()) as book:
        for result in made.results(6):
            book.put(result)
        book.set_manual("s03", "1.2", Manual(1.5, "See <me>."))
        book.set_manual("s03", "01", Manual(None, "Well done."))
        return book.rows(), book.manual()


@pytest.fixture(params=["en", "zh"])
def grades(rows_and_manual, request):
    rows, manual = rows_and_manual
    return Grades.of(rows, manual, ("01", "02"), made.roster(6), request.param)


def table(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_row_for_each_student_on_the_roster(grades):
    header, *rows = table(grades_csv(grades))
    assert len(header) == 7
    assert [row[0] for row in rows] == [f"s{i:02}" for i in range(6)]
    points = grades.points()
    assert rows[3][3:6] == [f"{points['s03', lab]:g}" for lab in ("01", "02")] + [
        f"{points['s03', '01'] + points['s03', '02']:g}"
    ]
    assert rows[5][3:] == ["", "", "0", "40"]


def test_no_text_becomes_a_formula(grades):
    assert table(grades_csv(grades))[4][1] == "'=HYPERLINK(1)"


def test_a_row_for_each_question(grades):
    header, *rows = table(questions_csv(grades))
    assert len(rows) == 5 * 16
    by_hand = next(row for row in rows if row[:2] == ["s03", "1.2"])
    assert by_hand[2] == by_hand[8] == "1.5"
    assert by_hand[9] == "See <me>."
    assert len(header) == len(by_hand) == 13


def test_canvas_finds_its_columns_and_the_points_possible(grades):
    header, possible, *rows = table(canvas_csv(grades))
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert possible[0].strip() == "Points Possible" and possible[5:] == ["20", "20"]
    assert rows[0][3] == "s00" and rows[5][5:] == ["", ""]


def test_moodle_gets_points_and_feedback_side_by_side(grades):
    header, *rows = table(moodle_csv(grades))
    assert header[:2] == ["Username", "Email address"] and len(header) == 6
    assert rows[3][3].startswith("Well done.\n")
    # Moodle shows feedback as HTML.
    assert "See &lt;me&gt;." in rows[3][3]
    assert rows[5][2:] == ["", "", "", ""]


def test_moodle_is_told_of_nobody_whom_it_does_not_know(rows_and_manual):
    rows, manual = rows_and_manual
    grades = Grades.of(rows, manual, ("01", "02"), made.roster(2), "en")
    assert [row[0] for row in table(moodle_csv(grades))[1:]] == ["s00", "s01"]
    assert len(table(canvas_csv(grades))) == 2 + 5
    everybody = Grades.of(rows, manual, ("01", "02"), None, "en")
    assert len(table(moodle_csv(everybody))) == 1 + 5


def test_the_workbook_computes_and_has_all_sheets(grades):
    content = workbook(grades, items(grades.rows, grades.labs))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
    sheets = load_workbook(io.BytesIO(content)).worksheets
    assert len(sheets) == 3
    first = sheets[0]
    assert first["E3"].value == "=SUM(C3:D3)" and first["C2"].value == 20
    assert first["C9"].value == '=IF(COUNT(C3:C8)=0,"",AVERAGE(C3:C8))'
    assert first["B6"].value == "=HYPERLINK(1)" and first["B6"].data_type == "s"
    assert sheets[1].max_column == 2 + 16 and sheets[2].max_row == 1 + 16
