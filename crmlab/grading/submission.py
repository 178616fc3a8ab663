"""A file that somebody handed in: of a notebook nothing counts but the code of its cells.

It may be anything: damaged, empty, in an old format, 50 MB of pictures, another lab. Its outputs are dropped,
its metadata choose nothing but the language of its company's words.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from crmlab.checks.question import labs as declared_labs
from crmlab.grading.calls import handed_in
from crmlab.grading.layouts import Place
from crmlab.grading.result import note
from crmlab.locale import LANGUAGES, Text

MEGABYTE = 1024 * 1024
#: What no honest notebook reaches: megabytes of the file, cells, characters of code.
LARGEST, MOST_CELLS, MOST_CODE = 200, 2_000, 1_000_000
_OUR_CELL = re.compile(r"lab(\d\d)-\d{3}")
_IN_NAME = re.compile(r"(?:^|[^0-9])([01]\d)(?![0-9])")


class Cell(NamedTuple):
    """The code of a cell, and its id where it has one."""

    id: str
    source: str


@dataclass(frozen=True)
class Submission:
    """What somebody handed in.

    Attributes
    ----------
    place : Place
        Where it lies, and whose it is.
    size : int
        Bytes of the file.
    sha256 : str
        Of these bytes; empty where they could not be read.
    lab : str
        The lab, "01"; empty where that cannot be told.
    cells : tuple of Cell
        Its code; none where the file is no notebook.
    language : str or None
        The edition that it says it is, whose words its code may name.
    problems : tuple of Text
        What was wrong with the file, in sentences.
    """

    place: Place
    size: int = 0
    sha256: str = ""
    lab: str = ""
    cells: tuple[Cell, ...] = ()
    language: str | None = None
    problems: tuple[Text, ...] = ()

    @classmethod
    def read(cls, place: Place) -> Submission:
        """Return what lies at ``place``; whatever that is, nothing is raised."""
        try:
            size = place.path.stat().st_size
            if size > LARGEST * MEGABYTE:
                return cls(
                    place, size, problems=(note("judge_too_large", size=size // MEGABYTE, most=LARGEST),)
                )
            content = place.path.read_bytes()
        except OSError as error:
            return cls(place, problems=(note("judge_no_file", reason=error.strerror),))
        found = cls(place, size, hashlib.sha256(content).hexdigest())
        try:
            notebook = _notebook(content)
            cells, problems = _cells(notebook["cells"])
        except _NotANotebookError as error:
            return replace(found, lab=_lab_of_name(place.path.name), problems=(error.says,))
        lab, more = _lab(cells, place.path.name)
        return replace(found, lab=lab, cells=cells, language=_edition(notebook), problems=(*problems, *more))

    @property
    def key(self) -> tuple[str, str, str]:
        """Student, lab and file: what the gradebook knows it by."""
        return self.place.student, self.lab, self.place.file

    @property
    def readable(self) -> bool:
        """Whether there is something to grade."""
        return bool(self.cells and self.lab)


class _NotANotebookError(Exception):
    def __init__(self, key: str, **blanks: object) -> None:
        super().__init__(key)
        self.says = note(key, **blanks)


def _cells(all_cells: list[Any]) -> tuple[tuple[Cell, ...], tuple[Text, ...]]:
    """Return those of a notebook's cells that hold code, and what was wrong with them."""
    found = [cell for cell in all_cells if not isinstance(cell, dict) or _is_code(cell)]
    cells = [
        Cell(_text(cell.get("id")), _text(cell.get("source"))) for cell in found if isinstance(cell, dict)
    ]
    cells = [cell for cell in cells if cell.source.strip()]
    if not cells:
        raise _NotANotebookError("judge_empty")
    if len(cells) > MOST_CELLS or sum(len(cell.source) for cell in cells) > MOST_CODE:
        raise _NotANotebookError("judge_too_much_code")
    strange = sum(not isinstance(cell, dict) for cell in found)
    return tuple(cells), ((note("judge_bad_cells", count=strange),) if strange else ())


def _notebook(content: bytes) -> dict[str, Any]:
    """Return a notebook in the current format, without its outputs."""
    if not content.strip():
        raise _NotANotebookError("judge_no_bytes")
    try:
        notebook = json.loads(content)
    except json.JSONDecodeError as error:
        raise _NotANotebookError("judge_no_json", line=error.lineno) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise _NotANotebookError("judge_no_notebook") from None
    if not isinstance(notebook, dict):
        raise _NotANotebookError("judge_no_notebook")
    if "cells" not in notebook and "worksheets" in notebook:
        notebook = _of_old_format(notebook)
    if not isinstance(notebook.get("cells"), list):
        raise _NotANotebookError("judge_no_notebook")
    return notebook


def _of_old_format(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook of IPython's days, which has worksheets and calls code ``input``."""
    cells = [cell for sheet in _dicts(notebook["worksheets"]) for cell in _dicts(sheet.get("cells"))]
    return {"cells": [cell | {"source": cell.get("source", cell.get("input"))} for cell in cells]}


def _dicts(found: object) -> list[dict[str, Any]]:
    """Return the objects in a list; none where that is no list."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _edition(notebook: dict[str, Any]) -> str | None:
    """Return the language that a notebook says it is in, if it is one of ours."""
    metadata = notebook.get("metadata")
    about = metadata.get("crmlab") if isinstance(metadata, dict) else None
    language = about.get("language") if isinstance(about, dict) else None
    return language if language in LANGUAGES else None


def _is_code(cell: dict[str, Any]) -> bool:
    return cell.get("cell_type") == "code"


def _text(value: object) -> str:
    """Return a text that a notebook holds whole or as lines, in letters that UTF-8 can hold."""
    text = "".join(str(line) for line in value) if isinstance(value, list) else value
    return text.encode("utf-8", "replace").decode("utf-8") if isinstance(text, str) else ""


def _lab(cells: Collection[Cell], name: str) -> tuple[str, tuple[Text, ...]]:
    """Return which lab it is, by its cells rather than by the name of the file, which people change."""
    known = {f"{lab.number:02d}" for lab in declared_labs()}
    votes = Counter(match[1] for cell in cells if (match := _OUR_CELL.fullmatch(cell.id)))
    for cell in cells:
        votes.update(one.question.partition(".")[0].zfill(2) for one in handed_in(cell.source))
    likely = [lab for lab, _ in votes.most_common() if lab in known]
    named = _lab_of_name(name)
    if not likely:
        return named, (() if named else (note("judge_no_lab"),))
    other = named and named != likely[0]
    return likely[0], ((note("judge_other_name", file=name, lab=likely[0]),) if other else ())


def _lab_of_name(name: str) -> str:
    """Return the lab that a file's name speaks of.

    Examples
    --------
    >>> _lab_of_name("01-value-customers (2).ipynb"), _lab_of_name("homework.ipynb")
    ('01', '')
    """
    known = [f"{lab.number:02d}" for lab in declared_labs()]
    return next((lab for lab in _IN_NAME.findall(name) if lab in known), "")
