"""How long a lab takes, estimated from what is in it."""

from __future__ import annotations

import re
from collections.abc import Collection

from crmlab.authoring.source import Source
from crmlab.checks.question import Question

#: Of a text that is read in order to do something: much slower than a novel.
WORDS_A_MINUTE = 120
CHARACTERS_A_MINUTE = 200
#: To run a cell and look at what it shows.
MINUTES_A_CELL = 1
MINUTES_A_POINT = 2
#: Between the minutes in the header and the estimate.
TOLERANCE = 0.3

_WORD = re.compile(r"[A-Za-z0-9][\w'.-]*")
_CHARACTER = re.compile("[\u4e00-\u9fff]")


def estimate(source: Source, questions: Collection[Question], language: str) -> int:
    """Return how many minutes a student needs: to read, to run the cells, and to answer."""
    given = [cell for cell in source.cells if not cell.solution and not cell.check]
    text = " ".join(cell.text for cell in given if cell.kind == "markdown" and cell.language == language)
    words, characters = len(_WORD.findall(_CHARACTER.sub(" ", text))), len(_CHARACTER.findall(text))
    reading = words / WORDS_A_MINUTE + characters / CHARACTERS_A_MINUTE
    looking = MINUTES_A_CELL * sum(cell.kind == "code" for cell in given)
    return round(reading + looking + MINUTES_A_POINT * sum(question.points for question in questions))
