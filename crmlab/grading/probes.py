"""What to run of a submission, and where to ask for the answer to each question."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from crmlab.grading.calls import handed_in, only_helps
from crmlab.grading.kernel import Probe
from crmlab.grading.submission import Cell
from crmlab.work.folder import shipped_labs

#: Behind a question's number: what the student's own check cell hands in, where that is another expression.
OWN = "/own"


class CheckCell(NamedTuple):
    """A check cell of a lab as it is handed out."""

    question: str
    expression: str
    id: str


class Plan(NamedTuple):
    """The code to run, its places among the code cells (from 1), and the answers to ask for on the way."""

    cells: tuple[str, ...]
    places: tuple[int, ...]
    probes: tuple[Probe, ...]


@cache
def check_cells(lab: str) -> tuple[CheckCell, ...]:
    """Return the check cells of lab ``lab`` as it is handed out, in their order.

    Examples
    --------
    >>> check_cells("01")[1]
    CheckCell(question='1.2', expression='buyers_2025', id='lab01-023')
    """
    path = next(path for path in shipped_labs("en") if path.name.startswith(f"{lab}-"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return tuple(
        CheckCell(*found, cell["id"])
        for cell in cells
        if "check" in cell["metadata"].get("crmlab", {})
        for found in handed_in("".join(cell["source"]))
    )


def plan(lab: str, cells: Sequence[Cell]) -> Plan:
    """Return what to run of a submission of ``lab``, and the probes for all questions of the lab.

    Cells that only check, hint or show progress are left out. A question's answer is asked for where the
    student's own check stands; of several, where the last one stands, because that is the last that the
    student was told. Without one it is asked for where our check cell stands (known by its id), and if
    that is gone too, at the end. What is asked for is what our check cell hands in, and beside it what the
    student's own hands in, where the student gave the answer another name.

    Examples
    --------
    >>> made = plan("01", [Cell("", "n = 5"), Cell("", 'check("1.1", n)'), Cell("", "n = 6")])
    >>> made.cells
    ('n = 5', 'n = 6')
    >>> made.probes[0], made.probes[1].question, made.probes[1].expression
    (Probe(question='1.1', expression='customers_on_file', after=0), '1.1/own', 'n')
    """
    kept = [at for at, cell in enumerate(cells) if not only_helps(cell.source)]
    checked = {
        one.question: (at, one.expression) for at, cell in enumerate(cells) for one in handed_in(cell.source)
    }
    ids = {cell.id: at for at, cell in enumerate(cells)}
    probes = []
    for ours in check_cells(lab):
        at, own = checked.get(ours.question, (ids.get(ours.id), ours.expression))
        after = None if at is None else sum(place <= at for place in kept) - 1
        if after == -1:  # checked before anything was done
            after = None
        probes.append(Probe(ours.question, ours.expression, after))
        if own != ours.expression:
            probes.append(Probe(ours.question + OWN, own, after))
    return Plan(tuple(cells[at].source for at in kept), tuple(at + 1 for at in kept), tuple(probes))
