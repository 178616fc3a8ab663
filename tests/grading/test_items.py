"""Item analysis and places to look, on classes whose statistics are known."""

import math

import made
import numpy as np
import pytest
from class_of import solved

from crmlab.checks.question import find
from crmlab.checks.question import labs as all_labs
from crmlab.grading import similar
from crmlab.grading.gradebook import Manual, Row
from crmlab.grading.items import charts, items
from crmlab.grading.outputs import handed_out
from crmlab.grading.result import Mark

LAB = next(lab for lab in all_labs() if lab.number == 1)


def rows(outcomes, **more):
    """Rows of lab 01 for students, each with an outcome for each of the first questions."""
    return [
        Row(f"s{i}", "01", made.mark(question, outcome, "en"), **more)
        for i, mine in enumerate(outcomes)
        for question, outcome in zip(LAB.questions, mine, strict=False)
    ]


def test_difficulty_discrimination_and_mistakes():
    right, wrong, open_ = "right", "mistake", "open"
    analysed = items(
        rows(
            [(right, right), (right, right), (right, wrong), (wrong, wrong), (wrong, open_), (wrong, wrong)]
        ),
        [LAB],
    )
    first, second = analysed
    assert (first.students, first.share, second.share) == (6, 0.5, 2 / 6)
    assert first.mistakes == {find("1.1").mistakes[-1].name: 3}
    assert (second.outcomes["mistake"], second.outcomes["open"]) == (3, 1)
    expected = np.corrcoef([1, 1, 1, 0, 0, 0], [2, 2, 0, 0, 0, 0])[0, 1]
    assert first.discrimination == pytest.approx(expected)


def test_what_says_nothing_is_not_a_number():
    few, same = rows([("right",), ("open",)]), rows([("right", "right")] * 9)
    assert all(math.isnan(item.discrimination) for item in [*items(few, [LAB]), *items(same, [LAB])])


def test_marks_by_hand_count():
    by_hand = rows([("open",)] * 5, manual=Manual(1))
    assert items(by_hand, [LAB])[0].outcomes == {"right": 5}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_charts_say_what_they_show(language):
    class_ = [Row(one.student, one.lab, mark) for one in made.results(12) for mark in one.marks]
    drawn = charts(items(class_, [LAB]), LAB, language)
    assert len(drawn) == 3
    for chart in drawn:
        assert "01" in chart.finding
        assert chart.picture.alt(language)
        chart.picture.figure(chart.finding, "", language)
    # A class of which there is nothing to say gets charts, too.
    assert len(charts(items(rows([("right",)]), [LAB]), LAB, language)) == 3
    assert charts([], LAB, language) == []


CODE = """
lines = company.order_lines.merge(company.orders, on="order_id")
valid = lines["status"].isin(["confirmed", "shipped", "completed"])
lines = lines[valid & (lines["booked_at"] >= "2025-01-01")]
net = (lines["quantity"] * lines["unit_price"] * (1 - lines["discount"])).groupby(lines["customer_id"]).sum()
best = net.sort_values(ascending=False).head(15).index.tolist()
share = round(100 * net.sort_values(ascending=False).head(15).sum() / net.sum(), 1)
"""
OTHER = """
valid = company.orders.query("status in ('confirmed', 'shipped', 'completed')")["order_id"]
mine = {}
for row in company.order_lines.itertuples():
    if row.order_id in set(valid):
        mine[row.order_id] = mine.get(row.order_id, 0) + row.quantity * row.unit_price
"""


def test_renamed_and_commented_code_is_still_alike():
    disguised = "# my own work\n" + CODE.replace("lines", "x").replace("net", "money").replace("15", "20")
    (pair,) = similar.alike({"amy": [CODE], "bob": [disguised], "eve": [OTHER]}, [])
    assert pair.students == ("amy", "bob") and pair.share > 0.9


def test_whatever_stands_in_a_notebook_is_taken_apart(recwarn):
    assert similar.tokens("a = '\\d'; b = 1if a else 2\n  \0 c")[:4] == ["name", "=", "text", ";"]
    assert list(recwarn) == []


def test_what_everybody_was_given_or_everybody_writes_is_not_alike():
    assert similar.alike({"amy": [CODE, OTHER], "bob": [CODE, OTHER]}, handed_out=[OTHER, CODE]) == []
    assert similar.alike({f"s{i}": [CODE] for i in range(7)}, []) == []


def test_who_looked_at_our_solutions_copied_from_nobody():
    cells = ["".join(cell["source"]) for cell in solved("02")["cells"] if cell["cell_type"] == "code"]
    assert similar.alike({"amy": cells, "bob": cells}, handed_out("02")) == []


def test_code_that_is_no_python_is_compared_as_far_as_it_goes():
    assert similar.alike({"amy": [CODE + "\nif ("], "bob": [CODE + "\n'''"], "eve": ["\0"]}, [])


def answered(student, outcome, *values):
    mark = Mark("1.4", 0, 3, outcome, answer=made.answer(*values))
    return Row(student, "01", mark)


@pytest.mark.parametrize(
    ("value", "others", "found"),
    [
        (15897687.25, [15897687.25, 16012345.5], 1),
        (15897687.250001, [15897687.25, 16012345.5], 1),
        (473.0, [473.0, 481.0], 0),  # a small number occurs anywhere
        (15897687.25, [15897687.25, 15897687.25, 16012345.5], 0),  # nobody's own
        (15897687.25, [15897687.25], 0),  # the same for all
    ],
)
def test_a_wrong_answer_that_is_right_for_one_other_student(value, others, found):
    class_ = [answered("amy", "wrong", value)]
    class_ += [answered(f"s{i}", "right", other) for i, other in enumerate(others)]
    assert len(similar.borrowed(class_)) == found


def test_a_known_mistake_explains_a_value():
    class_ = [answered("amy", "mistake", 15897687.25), answered("bob", "right", 15897687.25)]
    assert similar.borrowed([*class_, answered("eve", "right", 1.2345)]) == []
