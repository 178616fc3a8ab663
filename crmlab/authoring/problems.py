"""What is wrong with the source of a lab, one sentence for each thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmlab.authoring import glossary
from crmlab.authoring.minutes import TOLERANCE, estimate
from crmlab.authoring.source import Cell, Source
from crmlab.checks.question import Question
from crmlab.locale import LANGUAGES, say

POINTS = 20
HINTS = 2
_KEYS = {"check", "lang", "solution", "student", "tags", "terms"}
_IMAGE_WITHOUT_ALT = re.compile(r"!\[\s*\]|<img\b(?![^>]*\balt\s*=\s*[\"'][^\"']*\w)")


@dataclass(frozen=True)
class Problem:
    """One thing to put right, and where."""

    path: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


def problems(source: Source, questions: Sequence[Question], language: str | None = None) -> list[Problem]:
    """Return what is wrong with ``source``, in the order of its lines.

    Parameters
    ----------
    source : Source
        The lab.
    questions : sequence of Question
        Those that are declared for this lab.
    language : str, optional
        Language of the sentences; that of the settings unless given.
    """
    found = [
        *_keys(source),
        *_translations(source),
        *_checks(source, {question.number for question in questions}),
        *_explanations(source),
        *_declared(source, questions),
        *_time(source, questions),
        *_images(source),
        *_terms(source),
    ]
    return [
        Problem(source.path, line, say(f"build.{key}", language, **values))
        for line, key, values in sorted(found, key=lambda problem: problem[:2])
    ]


_Found = Iterator[tuple[int, str, dict[str, object]]]


def _keys(source: Source) -> _Found:
    for cell in source.cells:
        for key in sorted(cell.metadata.keys() - _KEYS):
            yield cell.line, "unknown_key", {"word": key, "words": ", ".join(sorted(_KEYS))}
        if cell.kind == "code" and cell.language:
            yield cell.line, "code_in_one_language", {}


def _translations(source: Source) -> _Found:
    """Every text stands twice: English, and right after it Chinese."""
    places: dict[int, list[Cell]] = {}
    for cell in source.cells:
        if cell.kind == "markdown" and not cell.terms:
            places.setdefault(cell.position, []).append(cell)
    for cells in places.values():
        if [cell.language for cell in cells] != list(LANGUAGES):
            yield cells[0].line, "not_in_pairs", {"edition": cells[0].language or "?"}


def _checks(source: Source, questions: set[str]) -> _Found:
    """Every question has a starter, a solution, and then its check."""
    checked = {cell.check: cell for cell in source.cells if cell.check}
    for number in sorted(questions - checked.keys()):
        yield 1, "never_checked", {"number": number}
    for number, check in checked.items():
        if number not in questions:
            yield check.line, "no_such_question", {"number": number}
        if f'check("{number}"' not in check.text:
            yield check.line, "checks_another", {"number": number}
        before = [cell for cell in source.cells if cell.kind == "code" and cell.line < check.line]
        if number not in {cell.student for cell in before}:
            yield check.line, "no_starter", {"number": number}
        if number not in {cell.solution for cell in before}:
            yield check.line, "no_solution", {"number": number}
    for cell in source.cells:
        asked = cell.student or cell.solution
        if asked and asked not in checked:
            yield cell.line, "no_check", {"number": asked}


def _explanations(source: Source) -> _Found:
    """Every solution is explained in both languages, so that solution() says why."""
    solutions = {cell.solution: cell for cell in source.cells if cell.solution and cell.kind == "code"}
    explained = {(cell.solution, cell.language) for cell in source.cells if cell.kind == "markdown"}
    for number, cell in solutions.items():
        for language in LANGUAGES:
            if (number, language) not in explained:
                yield cell.line, "no_explanation", {"number": number, "edition": language}


def _declared(source: Source, questions: Sequence[Question]) -> _Found:
    """Every question has hints, and all points together are those of a lab."""
    lines = {cell.check: cell.line for cell in source.cells if cell.check}
    for question in questions:
        if len(question.hints) < HINTS:
            about = {"number": question.number, "count": len(question.hints), "least": HINTS}
            yield lines.get(question.number, 1), "few_hints", about
    points = sum(question.points for question in questions)
    if points != POINTS:
        yield 1, "points", {"points": points, "right": POINTS}


def _time(source: Source, questions: Sequence[Question]) -> _Found:
    for language in LANGUAGES:
        minutes = estimate(source, questions, language)
        if abs(source.minutes - minutes) > TOLERANCE * minutes:
            key = "too_long" if minutes > source.minutes else "too_short"
            yield 1, key, {"minutes": source.minutes, "estimate": minutes, "edition": language}


def _images(source: Source) -> _Found:
    for cell in source.cells:
        if cell.kind == "markdown":
            for offset, line in enumerate(cell.text.splitlines(), start=1):
                if _IMAGE_WITHOUT_ALT.search(line):
                    yield cell.line + offset, "no_alt_text", {}


def _terms(source: Source) -> _Found:
    for cell in source.cells:
        for name in glossary.names(cell.terms or ""):
            if name not in source.glossary:
                yield cell.line, "no_such_term", {"term": name, "file": glossary.FILE}
