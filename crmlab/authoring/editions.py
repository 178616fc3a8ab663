"""The notebooks that one source becomes: for students and solved, in each language."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from crmlab.authoring import glossary
from crmlab.authoring.source import Cell, Source
from crmlab.checks.question import find

_MAKE = {"code": new_code_cell, "markdown": new_markdown_cell}


def edition(source: Source, language: str, *, solved: bool) -> NotebookNode:
    """Return one notebook of a lab, without outputs.

    Parameters
    ----------
    source : Source
        The lab.
    language : str
        "en" or "zh".
    solved : bool
        Whether solutions stand where the student's edition has starters.
    """
    cells = [
        notebook_cell(source, cell, language, solved=solved)
        for cell in source.cells
        if belongs(cell, language, solved=solved)
    ]
    notebook = new_notebook(cells=cells)
    notebook.metadata = NotebookNode(
        # No version of crmlab: a release that leaves a lab alone leaves its notebooks alone.
        crmlab=NotebookNode(lab=source.lab, language=language),
        kernelspec={"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    return notebook


def belongs(cell: Cell, language: str, *, solved: bool) -> bool:
    """Say whether a cell is part of an edition."""
    if cell.language not in (None, language):
        return False
    return cell.student is None if solved else cell.solution is None


def notebook_cell(source: Source, cell: Cell, language: str, *, solved: bool = False) -> NotebookNode:
    """Return a cell as it stands in a notebook; one that checks an answer is locked."""
    metadata: dict[str, object] = {}
    if cell.check:
        metadata = {"crmlab": {"check": cell.check}, "deletable": False, "editable": False}
    elif cell.kind == "code" and (cell.student or cell.solution):
        metadata = {"crmlab": {"answer": cell.student or cell.solution}}
    if "tags" in cell.metadata:
        metadata["tags"] = cell.metadata["tags"]
    if solved and (role := _role(cell)):
        metadata["nbgrader"] = role | {"grade_id": identity(source, cell), "schema_version": 3, "task": False}
    text = cell.text
    if cell.terms:
        text = glossary.table(source.glossary, glossary.names(cell.terms), language)
    return _MAKE[cell.kind](text, id=identity(source, cell), metadata=metadata)


def _role(cell: Cell) -> dict[str, object]:
    """Return what a cell of the solved edition is to nbgrader, which makes an assignment of it.

    nbgrader clears solutions, and does so with an explanation only where it is an answer that is graded.
    """
    question = find(cell.check) if cell.check else None
    if question is not None:
        return {"grade": True, "locked": True, "points": question.points, "solution": False}
    if cell.solution:
        explains = {"grade": True, "points": 0} if cell.kind == "markdown" else {"grade": False}
        return {**explains, "locked": False, "solution": True}
    return {}


def identity(source: Source, cell: Cell) -> str:
    """Return a cell's id: its place, so that building twice gives the same file."""
    return f"lab{source.lab}-{cell.position:03d}"
