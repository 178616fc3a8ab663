"""The source of a lab: text in both languages, code once, starters and solutions side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jupytext

from crmlab.authoring import glossary
from crmlab.authoring.glossary import Glossary
from crmlab.errors import CrmlabError
from crmlab.locale import Text

_CELL = re.compile(r"# %%(\s|$)")


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    Attributes
    ----------
    line : int
        Where it begins in the source.
    position : int
        Its place in the notebook. A text has the same place in both languages.
    kind : str
        "markdown" or "code".
    text : str
        What it holds.
    metadata : dict
        What stands beside ``# %%``.
    """

    line: int
    position: int
    kind: str
    text: str
    metadata: dict[str, object]

    @property
    def language(self) -> str | None:
        """The only language that it is for."""
        return self._word("lang")

    @property
    def student(self) -> str | None:
        """The question of which it is the starter: only for the student's edition."""
        return self._word("student")

    @property
    def solution(self) -> str | None:
        """The question that it answers or explains: only for the solved edition."""
        return self._word("solution")

    @property
    def check(self) -> str | None:
        """The question that it checks."""
        return self._word("check")

    @property
    def terms(self) -> str | None:
        """The terms of the glossary that stand here, in both editions."""
        return self._word("terms")

    def _word(self, key: str) -> str | None:
        return str(self.metadata[key]) if key in self.metadata else None


@dataclass(frozen=True)
class Source:
    """A lab as its author writes it.

    Attributes
    ----------
    path : Path
        The file.
    lab : str
        Number of the lab, "01".
    minutes : int
        How long the lab takes.
    needs : tuple of str
        Labs to be done before.
    title : Text
        Name of the lab.
    cells : tuple of Cell
        All cells of all editions.
    """

    path: Path
    lab: str
    minutes: int
    needs: tuple[str, ...]
    title: Text
    cells: tuple[Cell, ...]

    @cached_property
    def glossary(self) -> Glossary:
        """The terms of all labs."""
        return glossary.read(self.path.parent)


def read(path: Path) -> Source:
    """Read the source of a lab.

    Raises
    ------
    CrmlabError
        When the file cannot be read as the source of a lab.
    """
    try:
        text = path.read_text(encoding="utf-8")
        notebook = jupytext.reads(text, fmt="py:percent")
    except Exception as error:
        # jupytext lets the errors of all that it stands on through: YAML, JSON schema, its own.
        raise CrmlabError("build.unreadable", path=path, reason=str(error).splitlines()[0]) from None
    header = _header(path, notebook.metadata)
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if _CELL.match(line)]
    if len(lines) != len(notebook.cells):
        raise CrmlabError("build.cells", path=path, markers=len(lines), cells=len(notebook.cells))
    return Source(path, *header, _placed(notebook.cells, lines))


def _header(path: Path, metadata: Mapping) -> tuple[str, int, tuple[str, ...], Text]:
    """Return number, minutes, needs and title of the lab."""
    try:
        about = metadata["crmlab"]
        needs = tuple(str(lab) for lab in about["needs"])
        return str(about["lab"]), int(about["minutes"]), needs, Text(**about["title"])
    except (KeyError, TypeError, ValueError) as error:
        raise CrmlabError("build.header", path=path, reason=error) from None


def _placed(found: list, lines: list[int]) -> tuple[Cell, ...]:
    """Number the cells; a Chinese text shares the place of the English one before it."""
    cells: list[Cell] = []
    position = 0
    for cell, line in zip(found, lines, strict=True):
        metadata = dict(cell.metadata)
        before = cells[-1].metadata if cells else {}
        if not (metadata.get("lang") == "zh" and before == metadata | {"lang": "en"}):
            position += 1
        cells.append(Cell(line, position, cell.cell_type, cell.source, metadata))
    return tuple(cells)
