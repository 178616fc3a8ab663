"""From what a kernel says to a mark. What it says is a stranger's."""

import dataclasses
import json

import pytest
from class_of import questions, right_answer
from made import course

from crmlab import open_company
from crmlab.checks import kept
from crmlab.checks.answer import plain
from crmlab.checks.question import Question, find
from crmlab.grading import judging
from crmlab.grading.course import Weights
from crmlab.grading.judging import Pair, mark, marks, read_answer
from crmlab.grading.kernel import Reply

COURSE = course()
BOTH = Weights()


@pytest.fixture(scope="module", params=["en", "zh"])
def companies(request):
    names = (COURSE.course, COURSE.unseen)
    return Pair(*(open_company(language=request.param, account="amy", course=name) for name in names))


def reply(value):
    answer = plain(value)
    return Reply(json.dumps({"form": answer.form, "columns": [vars(column) for column in answer.columns]}))


def given(number, seen, unseen, companies, weights=BOTH):
    replies = ({number: one if isinstance(one, Reply) else reply(one)} for one in (seen, unseen))
    return mark(find(number), companies, *replies, weights)


def right(number, companies):
    return tuple(right_answer(find(number), company) for company in companies)


@pytest.mark.parametrize("question", questions("01") + questions("05"), ids=lambda one: one.number)
def test_right_on_both_earns_all_points(question, companies):
    found = given(question.number, *right(question.number, companies), companies)
    assert found.points == found.of == question.points
    assert not found.hard_coded
    assert found.sentences


def test_points_need_both_companies_or_are_weighted(companies):
    seen, unseen = right("1.2", companies)
    assert given("1.2", seen, unseen + 1, companies).points == 0
    assert given("1.2", seen + 1, unseen, companies).points == 0
    weights = Weights(0.25, 0.75, "weighted")
    assert given("1.2", seen, unseen + 1, companies, weights).points == 0.5
    assert given("1.2", seen + 1, unseen, companies, weights).points == 1.5
    assert given("1.2", seen, unseen, companies, weights).points == 2


def test_a_decision_earns_the_smaller_of_two(companies):
    seen, unseen = right("1.8", companies)
    worse = unseen[:10] + [one for one in companies.unseen.customers["customer_id"] if one not in unseen][:10]
    found = given("1.8", seen, worse, companies)
    assert (found.verdict_seen, found.verdict_unseen) == ("played", "played")
    assert found.points == found.points_unseen < found.points_seen == 3
    assert not found.hard_coded


def test_a_value_that_was_written_down_is_named(companies):
    for number in ("1.1", "1.4", "1.5", "1.8"):
        value = right(number, companies)[0]
        found = given(number, value, value, companies)
        assert found.hard_coded, number
        assert found.points < found.of
        assert len(found.sentences) >= 2
    products = given("4.1", *right("4.1", companies), companies)  # the same in every company
    assert products.points == products.of and not products.hard_coded
    assert products.verdict_unseen == "same"
    wrong = given("1.1", 5, 5, companies)
    assert not wrong.hard_coded


def test_an_answer_in_words_is_judged_on_the_own_company_only(companies):
    found = given("0.2", right("0.2", companies)[0], Reply(problem="dead"), companies)
    assert found.points == found.of
    assert found.verdict_unseen is None


def test_the_mistake_is_recognised_on_either_company(companies):
    seen, _ = right("1.2", companies)
    everybody = len(companies.unseen.customers)
    found = given("1.2", seen, everybody, companies)
    assert found.mistake == "counts_everybody_on_file"
    assert (
        given("1.2", len(companies.seen.customers), everybody, companies).mistake
        == "counts_everybody_on_file"
    )


def test_the_own_name_counts_where_ours_holds_nothing(companies):
    seen, unseen = (
        {"1.2/own": reply(one), "1.2": Reply(problem="error", name="NameError")}
        for one in right("1.2", companies)
    )
    assert mark(find("1.2"), companies, seen, unseen, BOTH).points == 2
    for begun in (reply(...), reply(None)):
        assert mark(find("1.2"), companies, seen | {"1.2": begun}, unseen | {"1.2": begun}, BOTH).points == 2
    wrong = {"1.2": reply(3)}
    assert mark(find("1.2"), companies, seen | wrong, unseen | wrong, BOTH).points == 0


@pytest.mark.parametrize("problem", ["", "error", "timeout", "large", "dead"])
def test_no_answer_is_a_sentence(companies, problem):
    silent = Reply(problem=problem, name="ValueError", message="\x1b[2Jboo\u202e") if problem else None
    found = mark(find("1.2"), companies, {"1.2": silent} if silent else {}, {}, BOTH)
    assert (found.points, found.verdict_seen) == (0, "open")
    assert found.sentences and all(one.isprintable() for one in found.sentences)


def value(*values, **more):
    return {"form": "value", "columns": [{"name": None, "values": list(values), "index": False} | more]}


FORGED = {
    "nothing": "",
    "no JSON": "right",
    "a number": "3",
    "a verdict": json.dumps({"outcome": "right", "points": 99, "solved": True}),
    "deep": "[" * 100_000,
    "endless number": "1" * 5_000,
    "no columns": '{"form": "value"}',
    "columns of another kind": '{"form": "value", "columns": 7}',
    "columns of texts": '{"form": "value", "columns": ["a"]}',
    "values inside values": json.dumps(value([1])),
    "an object as value": json.dumps(value({"__eq__": True})),
    "another form": json.dumps(value(1) | {"form": "right"}),
    "form of another kind": json.dumps(value(1) | {"form": ["value"]}),
    "name of another kind": json.dumps(value(1, name=3)),
    "name too long": json.dumps(value(1, name="n" * 1000)),
    "not a number": '{"form": "value", "columns": [{"name": null, "values": [NaN], "index": false}]}',
    "infinity": '{"form": "value", "columns": [{"name": null, "values": [1e999], "index": false}]}',
    "half a letter": '{"form": "value", "columns": [{"name": null, "values": ["\\ud800"], "index": false}]}',
    "many values": json.dumps(value(*range(200_000))),
    "many columns": json.dumps({"form": "table", "columns": value(1)["columns"] * 500}),
    "unequal columns": json.dumps({"form": "table", "columns": value(1)["columns"] + value(1, 2)["columns"]}),
    "no values": json.dumps(value()),
    "truth": json.dumps(value(True)),
    "all at once": json.dumps(value(*range(2_000))),
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED)
def test_forged_replies_are_wrong_answers_at_most(companies, text):
    for number in ("1.1", "1.3", "1.5", "1.7", "1.8", "0.2", "2.2"):
        found = given(number, Reply(text), Reply(text), companies)
        assert found.points == 0
        assert found.verdict_seen in ("form", "wrong", "mistake")
        assert found.sentences
        json.dumps(dataclasses.asdict(found), ensure_ascii=False).encode("utf-8")


def test_an_answer_comes_back_as_it_was_kept(companies):
    for question in questions("01"):
        answer = plain(right_answer(question, companies.seen))
        back = read_answer(json.dumps(kept.keep(answer, companies.seen)))
        assert back.columns == answer.columns


def test_an_error_of_the_grader_costs_one_question(companies, monkeypatch):
    asked = questions("01")[:3]

    def fail(*given):
        raise ZeroDivisionError

    broken = Question(**(vars(asked[1]) | {"answer": fail, "number": "1.2 broken"}))
    replies = [
        {one.number: reply(right_answer(one, company)) for one in (asked[0], asked[2])}
        | {broken.number: reply(1)}
        for company in companies
    ]
    found, errors = marks((asked[0], broken, asked[2]), companies, *replies, BOTH)
    assert [one.points for one in found] == [1, 0, 3]
    assert [type(error) for error in errors] == [ZeroDivisionError]
    assert found[1].sentences


def test_a_long_answer_is_not_kept(companies, monkeypatch):
    monkeypatch.setattr(judging, "MOST_KEPT", 10)
    assert given("1.1", 5, 5, companies).answer is None
