"""Made-up students: the worked solution of a lab, altered in known ways."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab.authoring.building import checkout
from crmlab.checks.answer import plain
from crmlab.checks.judge import judge
from crmlab.checks.kinds import Choice, Decision
from crmlab.checks.question import Question, labs
from crmlab.checks.source import worked
from crmlab.company.company import Company, open_company
from crmlab.grading.course import Course
from crmlab.grading.judging import Pair

Notebook = dict[str, Any]


def handed_out(lab: str, language: str = "en") -> Notebook:
    """Return a lab as students get it."""
    (path,) = (checkout() / "labs" / language).glob(f"{lab}-*.ipynb")
    return json.loads(path.read_text(encoding="utf-8"))


def questions(lab: str) -> tuple[Question, ...]:
    return next(one.questions for one in labs() if one.number == int(lab))


def solved(lab: str, language: str = "en") -> Notebook:
    """Return a lab as a student who does everything right hands it in."""
    notebook = handed_out(lab, language)
    for question in questions(lab):
        put(notebook, question.number, worked(question.number, language).code)
    return notebook


def put(notebook: Notebook, number: str, code: str) -> None:
    """Write ``code`` where the answer to a question belongs."""
    answer_cell(notebook, number)["source"] = code


def answer_cell(notebook: Notebook, number: str) -> dict[str, Any]:
    return _cell(notebook, "answer", number)


def check_cell(notebook: Notebook, number: str) -> dict[str, Any]:
    return _cell(notebook, "check", number)


def _cell(notebook: Notebook, key: str, number: str) -> dict[str, Any]:
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("crmlab", {}).get(key) == number)


def code_cell(source: str, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        **more,
    }


def name_of(notebook: Notebook, number: str) -> str:
    """Return the name under which the answer to a question is handed in."""
    source = "".join(check_cell(notebook, number)["source"])
    return source.partition(",")[2].strip().removesuffix(")")


def right_answer(question: Question, company: Company) -> Any:
    """Return a right answer; for a decision the best one."""
    answer = question.expected(company)
    if isinstance(question.kind, Decision):
        return answer.nlargest(question.kind.size, "value_cents")[question.kind.column].tolist()
    return answer


def literal(answer: Any) -> str:
    """Return ``answer`` as somebody writes it down who does not calculate it."""
    if isinstance(answer, pd.Series):
        answer = answer.reset_index()
    if isinstance(answer, pd.DataFrame):
        columns = {
            str(name): [None if pd.isna(one) else one for one in answer[name].tolist()]
            for name in answer.columns
        }
        return repr(columns)
    if isinstance(answer, (list, set, tuple)):
        return repr([_plain(one) for one in answer])
    return repr(_plain(answer))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def write(notebook: Notebook | bytes, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook, ensure_ascii=False).encode()
    path.write_bytes(content)
    return path


# A class


@dataclass(frozen=True)
class Made:
    """What a made-up student hands in for a lab, and what it must earn.

    Attributes
    ----------
    account, lab, kind : str
        ``kind`` is the name of the alteration.
    content : bytes
        The file.
    expected : mapping of str to float or None
        Points by question. None is a decision by the worked rule, which earns what it earns.
    """

    account: str
    lab: str
    kind: str
    content: bytes
    expected: Mapping[str, float | None]


@dataclass
class _Student:
    account: str
    companies: Pair
    another: Company
    draw: random.Random

    def value(self, question: Question, answer: Any) -> float:
        """What an answer that is written down earns under the rule "both"."""
        both = (self.companies.seen,) if isinstance(question.kind, Choice) else self.companies
        return min(judge(question, company, plain(answer)).points for company in both)


Alteration = Callable[[Notebook, tuple[Question, ...], _Student], dict[str, float | None]]


def _right(notebook: Notebook, asked: tuple[Question, ...], student: _Student) -> dict[str, float | None]:
    return {}


def _half(notebook: Notebook, asked: tuple[Question, ...], student: _Student) -> dict[str, float | None]:
    """The student stopped in the middle: the rest of the notebook is as it was handed out."""
    begun = student.draw.randrange(len(asked))
    as_given = handed_out(asked[0].number.partition(".")[0].zfill(2))
    for question in asked[begun:]:
        put(notebook, question.number, answer_cell(as_given, question.number)["source"])
    return {question.number: 0 for question in asked[begun:]}


def _written_down(
    notebook: Notebook, asked: tuple[Question, ...], student: _Student
) -> dict[str, float | None]:
    return _literals(notebook, student.draw.sample(asked, 2), student, student.companies.seen)


def _copied(notebook: Notebook, asked: tuple[Question, ...], student: _Student) -> dict[str, float | None]:
    """Two answers are those of somebody with another account."""
    return _literals(notebook, student.draw.sample(asked, 2), student, student.another)


def _literals(
    notebook: Notebook, some: list[Question], student: _Student, company: Company
) -> dict[str, float | None]:
    expected: dict[str, float | None] = {}
    for question in some:
        answer = right_answer(question, company)
        after(notebook, question.number, literal(answer))
        expected[question.number] = student.value(question, answer)
    return expected


def _wrong(notebook: Notebook, asked: tuple[Question, ...], student: _Student) -> dict[str, float | None]:
    """Two answers are of a form, or a size, that no right one has."""
    some = student.draw.sample(asked, 2)
    for question, nonsense in zip(some, ('"about a dozen"', "[-1, -1]"), strict=True):
        after(notebook, question.number, nonsense)
    return {question.number: 0 for question in some}


def _loop(notebook: Notebook, asked: tuple[Question, ...], student: _Student) -> dict[str, float | None]:
    """The last answer never comes."""
    put(notebook, asked[-1].number, "while True:\n    pass")
    return {asked[-1].number: 0}


def _errors(notebook: Notebook, asked: tuple[Question, ...], student: _Student) -> dict[str, float | None]:
    """Cells that fail, and matter to no answer."""
    for _ in range(3):
        notebook["cells"].insert(student.draw.randrange(1, len(notebook["cells"])), code_cell("1 / 0"))
    return {}


#: Alterations, and how many in a hundred students make them.
KINDS: dict[Alteration, int] = {
    _right: 40,
    _half: 22,
    _written_down: 10,
    _copied: 8,
    _wrong: 12,
    _loop: 2,
    _errors: 4,
}


def after(notebook: Notebook, number: str, expression: str) -> None:
    """Hand in something else than the worked solution, which later cells may need."""
    names = name_of(notebook, number).strip("[]")
    count = names.count(",") + 1
    if count > 1 and not expression.startswith("["):
        expression = f"[{expression}] * {count}"
    place = notebook["cells"].index(check_cell(notebook, number))
    notebook["cells"].insert(place, code_cell(f"_kept = {names}\n{names} = {expression}"))
    notebook["cells"].insert(place + 2, code_cell(f"{names} = _kept"))


def class_of(size: int, course: Course, seed: int = 1) -> Iterator[Made]:
    """Yield what a class of ``size`` students hands in for all labs of ``course``."""
    draw = random.Random(seed)
    originals = {lab: solved(lab, course.language) for lab in course.labs}
    another = open_company(language=course.language, account="somebody", course=course.course)
    for number in range(1, size + 1):
        account = f"s{number:03d}"
        names = (course.course, course.unseen)
        pair = Pair(*(open_company(language=course.language, account=account, course=name) for name in names))
        student = _Student(account, pair, another, draw)
        for lab in course.labs:
            yield _made(student, lab, copy.deepcopy(originals[lab]))


def _made(student: _Student, lab: str, notebook: Notebook) -> Made:
    asked = questions(lab)
    if student.draw.random() < 0.02:
        return Made(student.account, lab, "broken", json.dumps(notebook).encode()[:-300], {})
    (alter,) = student.draw.choices(list(KINDS), list(KINDS.values()))
    expected: dict[str, float | None] = {
        one.number: None if isinstance(one.kind, Decision) else one.points for one in asked
    }
    expected |= alter(notebook, asked, student)
    content = json.dumps(notebook, ensure_ascii=False).encode()
    return Made(student.account, lab, alter.__name__.strip("_"), content, expected)
