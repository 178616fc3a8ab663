"""A question, declared once: how it is answered rightly, and the wrong answers that people give."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

from crmlab.checks import questions as home
from crmlab.checks.kinds import Decision, Kind
from crmlab.company.company import Company
from crmlab.locale import Text

Compute: TypeAlias = Callable[[Company], Any]
Facts: TypeAlias = Callable[[Company], Mapping[str, object]]


class Mistake(NamedTuple):
    """A wrong answer that people give, and the sentence that says what it is."""

    name: str
    says: Text
    answer: Compute


@dataclass
class Question:
    """One question of a lab.

    Attributes
    ----------
    number : str
        Lab and question, as in "1.2".
    title : Text
        A few words, for lists.
    points : int
        What the right answer earns.
    kind : Kind or Decision
        What is handed in.
    hints : tuple of Text
        From a nudge to nearly the solution.
    meaning : Text
        What the right answer means for the business; its blanks are filled by `facts`.
    answer : callable
        The expected answer from any company.
    mistakes : list of Mistake
        Wrong answers that people give.
    facts : callable, optional
        From a company, what the blanks of `meaning` hold.
    """

    number: str
    title: Text
    points: int
    kind: Kind | Decision
    hints: tuple[Text, ...]
    meaning: Text
    answer: Compute
    mistakes: list[Mistake] = field(default_factory=list)
    facts: Facts | None = None

    @property
    def lab(self) -> int:
        """The number of the lab."""
        return int(self.number.split(".")[0])

    def heading(self, language: str) -> str:
        """Return number and title."""
        return f"{self.number} {self.title.to(language)}"

    def mistake(self, says: Text) -> Callable[[Compute], Compute]:
        """Declare the function below as one that computes a wrong answer that people give."""

        def declare(compute: Compute) -> Compute:
            self.mistakes.append(Mistake(compute.__name__, says, compute))
            return compute

        return declare

    def fill(self, facts: Facts) -> Facts:
        """Declare the function below as the one that fills the blanks of the meaning."""
        self.facts = facts
        return facts

    def expected(self, company: Company) -> Any:
        """Return the expected answer; it is computed once for each company."""
        return company.cached(("checks", self.number), lambda: self.answer(company))

    def means(self, company: Company) -> str:
        """Return what the right answer means, in the company's language."""
        facts = self.facts
        found = company.cached(("checks", "facts", self.number), lambda: facts(company)) if facts else {}
        return self.meaning.to(company.language).format(**found)


def question(
    number: str, title: Text, *, points: int, kind: Kind | Decision, hints: tuple[Text, ...], right: Text
) -> Callable[[Compute], Question]:
    """Declare the function below as the one that computes the expected answer of a question.

    Parameters
    ----------
    number, title, points, kind, hints
        See `Question`; there are at least two hints.
    right : Text
        What the right answer means for the business. Blanks are filled by the function under ``@….fill``.

    Examples
    --------
    >>> from crmlab.checks.fields import Count
    >>> from crmlab.checks.kinds import Number
    >>> @question(
    ...     "99.1", Text("Products", "产品数"), points=1, kind=Number(Count(Text("products", "种产品"))),
    ...     hints=(Text("Count the rows.", "数一数行数。"),), right=Text("So many.", "这么多。"),
    ... )
    ... def products(company):
    ...     return len(company.raw["products"])
    >>> products.lab
    99
    """

    def declare(answer: Compute) -> Question:
        return Question(number, title, points, kind, hints, right, answer)

    return declare


class Lab(NamedTuple):
    """The questions of one lab, in the order of their declaration."""

    number: int
    title: Text
    questions: tuple[Question, ...]


@cache
def labs() -> tuple[Lab, ...]:
    """Return all labs that have questions, found by scanning `crmlab.checks.questions`."""
    found = []
    for module in pkgutil.iter_modules(home.__path__):
        if module.name.startswith("lab"):
            names = vars(import_module(f"{home.__name__}.{module.name}"))
            declared = tuple(value for value in names.values() if isinstance(value, Question))
            found.append(Lab(int(module.name.removeprefix("lab")), names["TITLE"], declared))
    return tuple(sorted(found))


def find(number: object) -> Question | None:
    """Return the question ``number``; "1.2" may also be written as the number 1.2."""
    wanted = str(number).strip()
    return next((one for lab in labs() for one in lab.questions if one.number == wanted), None)
