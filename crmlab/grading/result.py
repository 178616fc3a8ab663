"""What grading one submission gives: a mark for each question, and what there is to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from crmlab.locale import LANGUAGES, Text, say

#: "graded": all of it ran; "partly": something was stopped, the rest counts; "unreadable": no notebook of
#: a lab; "failed": the grader's own trouble, tried again the next time.
Outcome = Literal["graded", "partly", "unreadable", "failed"]
#: Of the company that only the grader has: right, and the right answer is the same as on the own one.
SAME = "same"


def note(key: str, **blanks: object) -> Text:
    """Return the message ``grading.<key>`` in both languages.

    Examples
    --------
    >>> note("judge_empty").zh
    '这份提交中没有代码。'
    """
    filled = {
        language: {
            name: value.to(language) if isinstance(value, Text) else value for name, value in blanks.items()
        }
        for language in LANGUAGES
    }
    return Text(*(say(f"grading.{key}", language, **filled[language]) for language in LANGUAGES))


def printable(text: str) -> str:
    r"""Return a stranger's text without what would steer a terminal or turn the direction of writing.

    Examples
    --------
    >>> printable("red: \x1b[31m\nnext")
    'red:  [31m next'
    """
    return "".join(letter if letter.isprintable() else " " for letter in text)


@dataclass(frozen=True)
class Mark:
    """What the answer to one question is worth.

    Attributes
    ----------
    question : str
        Its number, "1.2".
    points, of : float
        What was earned, and what could be.
    verdict_seen, verdict_unseen : str
        Outcome (`crmlab.checks.judge.Outcome`) on the student's own company and on the one that only the
        grader has. The second is None for a question that is answered in words and not by a calculation,
        and `SAME` where the right answer is the same in both, so that it cannot show who wrote it down.
    points_seen, points_unseen : float
        What each of the two earned, before the course's weights.
    mistake : str or None
        Names of the mistakes recognised, joined by a comma.
    sentences : tuple of str
        What to tell the student, in the student's language.
    hard_coded : bool
        Whether the value was written down: right on the own company, and the same on the other one,
        where it is wrong.
    answer : str or None
        What was handed in on the own company, as `crmlab.checks.kept` writes it, in JSON.
    """

    question: str
    points: float
    of: float
    verdict_seen: str
    verdict_unseen: str | None = None
    points_seen: float = 0.0
    points_unseen: float = 0.0
    mistake: str | None = None
    sentences: tuple[str, ...] = ()
    hard_coded: bool = False
    answer: str | None = None


@dataclass(frozen=True)
class SubmissionResult:
    """What came out of one submission.

    Attributes
    ----------
    student : str
        The account; the name of the folder or file where no account could be told.
    lab : str
        The lab, "01"; empty where that could not be told.
    file : str
        Where it lies below the folder of submissions, with slashes.
    sha256 : str
        Of the file's bytes.
    language : str
        In which the sentences are.
    outcome : str
        One of `Outcome`.
    seconds : float
        Wall time of running and judging it.
    marks : tuple of Mark
        One for each question of the lab, in the lab's order; none where it is unreadable.
    notes : tuple of Text
        What there is to say about the whole, in both languages.
    """

    student: str
    lab: str
    file: str
    sha256: str
    language: str
    outcome: Outcome
    seconds: float = 0.0
    marks: tuple[Mark, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def points(self) -> float:
        """What was earned."""
        return round(sum(mark.points for mark in self.marks), 2)

    @property
    def of(self) -> float:
        """What could be earned."""
        return sum(mark.of for mark in self.marks)

    def to_json(self) -> str:
        """Return the result as JSON, so that it can be kept."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> SubmissionResult:
        """Return the result that `to_json` wrote.

        Examples
        --------
        >>> one = SubmissionResult("amy", "01", "amy/01.ipynb", "0" * 64, "en", "graded",
        ...                        marks=(Mark("1.1", 1, 1, "right", sentences=("Well done.",)),))
        >>> SubmissionResult.from_json(one.to_json()) == one
        True
        """
        found: dict[str, Any] = json.loads(text)
        return cls(
            **found
            | {
                "marks": tuple(_mark(one) for one in found["marks"]),
                "notes": tuple(Text(*one) for one in found["notes"]),
            }
        )


def _mark(found: Mapping[str, Any]) -> Mark:
    return Mark(**{**found, "sentences": tuple(found["sentences"])})
