"""The pages: whole in themselves, in the reader's language, with nobody else's data and nothing that runs."""

import dataclasses
import re
from html.parser import HTMLParser

import made
import pytest

from crmlab.grading.classpage import class_page
from crmlab.grading.export import Grades
from crmlab.grading.feedback import feedback
from crmlab.grading.gradebook import Manual, Row
from crmlab.locale import Text

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">{{ 7 * 7 }}'


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def grades(results, language="en", manual=None):
    manual = manual or {}
    rows = [
        Row(one.student, one.lab, mark, manual.get((one.student, mark.question)), 0.4, one.sha256, one.file)
        for one in results
        for mark in one.marks
    ]
    return Grades.of(rows, manual, ("01", "02"), made.roster(6), language)


def hostile(result):
    marks = tuple(dataclasses.replace(mark, sentences=(HOSTILE,)) for mark in result.marks)
    note = Text(HOSTILE, HOSTILE)
    return dataclasses.replace(result, marks=marks, file=f"{HOSTILE}.ipynb", notes=(note,))


def assert_runs_nothing(page):
    tags = Tags(page)
    names = {tag for tag, _ in tags.found}
    assert not names & {"script", "iframe", "object", "embed", "link", "base", "form"}
    assert not any(name.startswith("on") for _, attributes in tags.found for name in attributes)
    sources = [attributes["src"] for _, attributes in tags.found if "src" in attributes]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    policy = next(one["content"] for tag, one in tags.found if tag == "meta" and "http-equiv" in one)
    assert policy.startswith("default-src 'none'")
    assert "{{ 7 * 7 }}" in page and not re.search(r"https?://", page)


@pytest.mark.parametrize(("student", "language"), [("s00", "en"), ("s01", "zh")])
def test_each_student_reads_the_own_marks_in_the_own_language(student, language):
    results = made.results(6)
    comment = Manual(0.5, "Nicht schlecht.")
    class_ = grades(results, manual={(student, "1.1"): comment, (student, "02"): Manual(None, "Bravo.")})
    one = next(one for one in class_.students if one.account == student)
    page = feedback(made.course(secret="never to be seen 123"), one, class_, results).decode("utf-8")
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    points = sum(row.points for row in class_.rows if row.student == student)
    assert re.search(rf'"finding">[^<]*\b{points:g}\b', page.replace(" 分", " "))
    assert "Nicht schlecht." in page and "Bravo." in page
    assert "never to be seen" not in page and made.answer(1) not in page
    others = [other for other in made.roster(6) if other.account != student]
    assert not any(other.email in page or f"{other.account}/" in page for other in others)


def test_who_handed_in_nothing_gets_a_page_too():
    class_ = grades(made.results(6))
    page = feedback(made.course(), class_.students[5], class_, made.results(6)).decode("utf-8")
    assert page.count("没有收到你的作业") == 2


def test_nothing_of_a_stranger_runs():
    results = [hostile(one) for one in made.results(6)]
    results.append(dataclasses.replace(results[0], lab="", marks=()))
    class_ = grades(results)
    course = made.course()
    assert_runs_nothing(feedback(course, class_.students[0], class_, results).decode("utf-8"))
    codes = {"01": {"s00": [HOSTILE], "s01": [HOSTILE]}}
    assert_runs_nothing(class_page(course, class_, results, codes, {}).decode("utf-8"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_about_the_class(language):
    results = made.results(6)
    code = "\n".join(f"x{i} = company.orders.groupby('a{i}').b.sum().c{i}.d(e, f)[g]" for i in range(40))
    codes = {"01": {"s00": [code], "s01": [code.replace("company", "firm")], "s02": ["print(1)"]}}
    page = class_page(made.course(), grades(results, language), results, codes, {}).decode("utf-8")
    assert page.count('src="data:image/png;base64,') == 6
    assert all(attributes["alt"] for tag, attributes in Tags(page).found if tag == "img")
    assert "陈雪 (s00)" in page and "100" in page
    assert ("Places to look" if language == "en" else "值得核对之处") in page


def test_a_class_of_which_nobody_handed_anything_in():
    page = class_page(made.course(), grades([]), [], {}, {}).decode("utf-8")
    assert "Nobody has handed anything in" in page and "<img" not in page
