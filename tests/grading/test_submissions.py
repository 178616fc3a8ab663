"""Submissions made by hand, with the marks beside each: every one agrees."""

import json

import pytest
from made import course
from submissions import CASES, content

from crmlab.grading.kernel import Limits
from crmlab.grading.layouts import Place
from crmlab.grading.result import note
from crmlab.grading.student import grade_one
from crmlab.grading.submission import Submission

COURSE = course(labs=("01",), limits=Limits(cell_seconds=2, seconds=30))
#: On the company of amy's.
WRITTEN_DOWN = {b"ON_FILE": b"870", b"NET_SALES": b"16232384.62"}
#: For the blanks of a message, so that its beginning is known.
DOTS = dict.fromkeys(("cell", "line", "name", "message", "count", "lab", "labs", "size", "most"), "…")


@pytest.fixture(params=CASES)
def result(request, tmp_path):
    path = tmp_path / "01.ipynb"
    written = content(request.param)
    for word, number in WRITTEN_DOWN.items():
        written = written.replace(word, number)
    path.write_bytes(written)
    return CASES[request.param], grade_one(
        Submission.read(Place(path, "amy/01.ipynb", "amy", "amy", "en")), COURSE
    ).result


def test_it_earns_what_is_written_beside_it(result):
    case, found = result
    assert {mark.question: mark.points for mark in found.marks} == pytest.approx(case.expected)
    assert found.outcome == case.outcome
    assert {mark.question: mark.mistake for mark in found.marks if mark.mistake} == case.mistakes
    assert tuple(mark.question for mark in found.marks if mark.hard_coded) == case.hard_coded
    begun = {name: note(name, **DOTS).en.partition("…")[0] for name in case.notes}
    for name, words in begun.items():
        assert any(one.en.startswith(words) for one in found.notes), name
    if not case.notes:
        assert found.notes == ()
    assert all(mark.sentences for mark in found.marks)
    json.loads(found.to_json())
