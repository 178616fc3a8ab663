"""Item analysis: how hard each question was, what went wrong, and whether it tells students apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from crmlab.analysis import numbers
from crmlab.analysis.charts import Bars, Part, Picture, Points, Stacked, shortened
from crmlab.analysis.charts.curve import Line
from crmlab.checks.question import Lab, Question, find
from crmlab.grading.export import number
from crmlab.grading.gradebook import Row
from crmlab.locale import listed, say

#: What became of an answer, in the order of the chart.
OUTCOMES = ("right", "part", "mistake", "wrong", "open")
#: Below it, a question hardly tells students apart (Ebel's rule of thumb).
LEAST_DISCRIMINATION = 0.2
#: A correlation of fewer students says nothing.
LEAST_STUDENTS = 5
#: So many mistakes are in the chart, named in so many letters; the table below has all, in full.
MISTAKES_SHOWN, LABEL = 12, 36


@dataclass(frozen=True)
class Item:
    """What a class did with one question.

    Attributes
    ----------
    question : Question
    students : int
        How many submissions there are.
    outcomes : Counter of str
        How many had each of `OUTCOMES`.
    share : float
        Points earned of those that could be: its difficulty.
    discrimination : float
        Correlation of the points for it with those for the lab's other questions (for a question that is
        right or wrong, the point-biserial one); NaN where that says nothing.
    mistakes : Counter of str
        How many made each named mistake.
    written_down : int
        How many wrote a value down instead of computing it.
    """

    question: Question
    students: int
    outcomes: Counter[str]
    share: float
    discrimination: float
    mistakes: Counter[str]
    written_down: int


class Chart(NamedTuple):
    """A picture and the finding above it."""

    finding: str
    picture: Picture


def items(rows: Sequence[Row], labs: Sequence[Lab]) -> list[Item]:
    """Return the analysis of every question of ``labs`` that somebody was asked."""
    return [item for lab in labs for item in _of_lab([row for row in rows if row.lab == number(lab)], lab)]


def _of_lab(rows: Sequence[Row], lab: Lab) -> Iterator[Item]:
    asked = [question.number for question in lab.questions]
    students = sorted({row.student for row in rows})
    earned = np.zeros((len(students), len(asked)))
    for row in rows:
        if row.question in asked:
            earned[students.index(row.student), asked.index(row.question)] = row.points
    for place, question in enumerate(lab.questions):
        mine = [row for row in rows if row.question == question.number]
        if not mine:
            continue
        points = earned[:, place]
        yield Item(
            question,
            len(mine),
            Counter(outcome(row) for row in mine),
            float(points.sum() / (question.points * len(students))),
            correlation(points, earned.sum(axis=1) - points),
            Counter(name for row in mine for name in named(row)),
            sum(row.mark.hard_coded for row in mine),
        )


def outcome(row: Row) -> str:
    """Return which of `OUTCOMES` a row is, by its points first: marks by hand count.

    A value that was written down is wrong on the other company, whatever mistake it happens to look like.
    """
    if row.points >= row.mark.of:
        return "right"
    if row.points > 0:
        return "part"
    if named(row):
        return "mistake"
    return "open" if row.mark.verdict_seen == "open" else "wrong"


def named(row: Row) -> list[str]:
    """Return the names of the mistakes that were recognised."""
    if row.mark.hard_coded:
        return []
    return [name.strip() for name in (row.mark.mistake or "").split(",") if name.strip()]


def correlation(points: np.ndarray, rest: np.ndarray) -> float:
    """Return the correlation of two rows of points; NaN for few students, or where one does not vary.

    Examples
    --------
    >>> round(correlation(np.array([0, 0, 1, 1, 1]), np.array([2, 3, 4, 6, 5])), 2)
    0.87
    """
    if len(points) < LEAST_STUDENTS or np.ptp(points) == 0 or np.ptp(rest) == 0:
        return float("nan")
    return float(np.corrcoef(points, rest)[0, 1])


Column = tuple[str, Callable[[Item], Any], str]


def columns(language: str) -> list[Column]:
    """Return the columns of a table of items: title, value of an item, and Excel's format for it.

    The last is the most frequent mistake, in words.
    """

    def title(key: str) -> str:
        return say(f"grading.book_{key}", language)

    return [
        (title("question"), lambda item: item.question.number, ""),
        (title("title"), lambda item: item.question.title.to(language), ""),
        (title("item_students"), lambda item: item.students, "0"),
        (title("item_right"), lambda item: item.outcomes["right"] / item.students, "0%"),
        (title("item_answered"), lambda item: 1 - item.outcomes["open"] / item.students, "0%"),
        (title("item_share"), lambda item: item.share, "0%"),
        (title("item_discrimination"), lambda item: _known(item.discrimination), "0.00"),
        (title("item_written_down"), lambda item: item.written_down, "0"),
        (title("item_mistake"), lambda item: frequent(item, language), ""),
    ]


def frequent(item: Item, language: str) -> str:
    """Return the most frequent mistake of an item and how often it was made; empty where there was none."""
    made = item.mistakes.most_common(1)
    return f"{made[0][1]} × {says(item.question.number, made[0][0], language)}" if made else ""


def says(question: str, mistake: str, language: str) -> str:
    """Return the first sentence that a mistake is answered with.

    Examples
    --------
    >>> says("1.2", "counts_orders", "en"), says("1.2", "counts_orders", "zh")
    ('This is the number of orders.', '这是订单数。')
    """
    declared = find(question)
    texts = [one.says.to(language) for one in (declared.mistakes if declared else ()) if one.name == mistake]
    if not texts:
        return mistake
    stop = "。" if language == "zh" else ". "
    return texts[0].replace("`", "").split(stop)[0].rstrip(".") + stop.strip()


def charts(analysed: Sequence[Item], lab: Lab, language: str) -> list[Chart]:
    """Return the charts of one lab: outcomes, mistakes, discrimination."""
    mine = [item for item in analysed if item.question in lab.questions]
    return (
        [make(mine, number(lab), language) for make in (_outcomes, _mistakes, _discrimination)]
        if mine
        else []
    )


def _outcomes(mine: list[Item], lab: str, language: str) -> Chart:
    hardest = min(mine, key=lambda item: item.share)
    key = "all_right" if hardest.share == 1 else "hardest"
    finding = say(
        f"grading.book_chart_{key}", language, lab=lab, question=hardest.question.number,
        share=numbers.share(hardest.share, language),
    )  # fmt: skip
    parts = [
        Part(say(f"grading.book_outcome_{one}", language), [item.outcomes[one] for item in mine])
        for one in OUTCOMES
    ]
    students = max(item.students for item in mine)
    caption = say("grading.book_chart_outcomes", language, students=students)
    return Chart(finding, Stacked(caption, [_titled(item, language) for item in mine], parts, percent=True))


def _mistakes(mine: list[Item], lab: str, language: str) -> Chart:
    made = sorted(
        ((count, item, name) for item in mine for name, count in item.mistakes.items()),
        key=lambda one: (-one[0], one[1].question.number, one[2]),
    )[:MISTAKES_SHOWN]
    caption = say("grading.book_chart_mistakes", language)
    if not made:
        return Chart(say("grading.book_chart_no_mistake", language, lab=lab), Bars(caption, [], [], []))
    most = made[0][0]
    first = [item.question.number for count, item, _ in made if count == most]
    finding = say(
        "grading.book_chart_frequent" if len(first) == 1 else "grading.book_chart_frequent_tie",
        language,
        lab=lab,
        count=most,
        question=first[0],
        questions=listed(dict.fromkeys(first), language),
    )
    labels = [
        shortened(f"{item.question.number} {says(item.question.number, name, language)}", LABEL)
        for _, item, name in made
    ]
    counts = [count for count, _, _ in made]
    return Chart(
        finding,
        Bars(
            caption,
            labels,
            counts,
            [str(count) for count in counts],
            stressed=labels[0] if len(first) == 1 else None,
        ),
    )


def _discrimination(mine: list[Item], lab: str, language: str) -> Chart:
    known = [item for item in mine if not np.isnan(item.discrimination)]
    if not known:
        finding = say("grading.book_chart_few", language, lab=lab)
    else:
        weakest = min(known, key=lambda item: item.discrimination)
        key = "weak" if weakest.discrimination < LEAST_DISCRIMINATION else "all_tell"
        finding = say(
            f"grading.book_chart_{key}", language, lab=lab, question=weakest.question.number,
            value=f"{weakest.discrimination:.2f}",
        )  # fmt: skip
    least = [LEAST_DISCRIMINATION] * 2
    picture = Points(
        say("grading.book_chart_share", language),
        say("grading.book_chart_discrimination", language),
        [item.share for item in known],
        [item.discrimination for item in known],
        names=[item.question.number for item in known],
        lines=[Line(say("grading.book_chart_line", language), [0, 1], least)] if known else (),
        x_share=True,
    )
    return Chart(finding, picture)


def _titled(item: Item, language: str) -> str:
    return f"{item.question.number} {item.question.title.to(language)}"


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 2)
