"""The labs that are committed: built from their sources, equal in both languages, true to their outputs.

`crmlab build` makes them; what fails here is usually put right by running it.
"""

import ast
import re

import nbformat
import pytest
from every_lab import ROOT, SOURCES

from crmlab.authoring.building import check, outputs, pages, written
from crmlab.authoring.editions import edition
from crmlab.authoring.glossary import names
from crmlab.locale import LANGUAGES, say

EDITIONS = [
    pytest.param(source, path, language, solved, id=f"{path.parent.parent.name}-{language}-{source.lab}")
    for source in SOURCES
    for path, language, solved in outputs(ROOT, source)
]
#: Each lab in one language, the labs in turns: their code is the same, and the test of the solutions (and by
#: hand the one in the browser) runs both.
UNTOUCHED = [
    param
    for param in EDITIONS
    if not param.values[3] and param.values[2] == LANGUAGES[int(param.values[0].lab) % len(LANGUAGES)]
]


def without_outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.crmlab.pop("built_with", None)
    return notebook


def read(path):
    return nbformat.read(path, as_version=4)


def test_there_are_labs():
    assert SOURCES


def test_nothing_is_wrong_with_the_sources():
    assert [str(problem) for problem in check(ROOT, language="en")] == []


@pytest.mark.parametrize(("source", "path", "language", "solved"), EDITIONS)
def test_what_is_committed_is_what_the_source_builds(source, path, language, solved):
    built = written(edition(source, language, solved=solved))
    committed = path.read_bytes()
    assert (written(without_outputs(read(path))) if solved else committed) == built


def test_the_glossary_pages_are_what_the_glossary_says():
    for path, text in pages(ROOT).items():
        assert path.read_text(encoding="utf-8") == text


def test_every_term_of_the_glossary_is_used():
    used = {name for source in SOURCES for cell in source.cells for name in names(cell.terms or "")}
    assert used == set(SOURCES[0].glossary)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.lab)
@pytest.mark.parametrize("folder", ["labs", "solutions"])
def test_both_languages_hold_the_same_code(source, folder):
    en, zh = (read(ROOT / folder / language / f"{source.path.stem}.ipynb").cells for language in LANGUAGES)
    assert [(cell.id, cell.cell_type) for cell in en] == [(cell.id, cell.cell_type) for cell in zh]
    for one, other in zip(en, zh, strict=True):
        if one.cell_type == "code":
            assert one.source == other.source
        else:
            assert one.source != other.source


def shown(code, space):
    """Run a cell, and return what stands in its last line."""
    *lines, last = ast.parse(code).body
    exec(compile(ast.Module(lines, []), "<cell>", "exec"), space)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "<cell>", "eval"), space)
    return exec(compile(ast.Module([last], []), "<cell>", "exec"), space)


@pytest.mark.parametrize(("source", "path", "language", "solved"), UNTOUCHED)
def test_a_notebook_run_untouched_raises_nothing_and_says_not_answered(
    source, path, language, solved, tmp_path, monkeypatch
):
    """In this process, where all is imported; the solved ones run in kernels of their own (test_solutions)."""
    (tmp_path / "crmlab.toml").write_bytes(path.with_name("crmlab.toml").read_bytes())
    monkeypatch.chdir(tmp_path)
    space = {}
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    results = [shown(cell.source, space) for cell in cells]
    checked = [
        repr(result)
        for cell, result in zip(cells, results, strict=True)
        if "check" in cell.metadata.get("crmlab", {})
    ]
    assert checked
    for said in checked:
        assert say("checks.tone_open", language) in said


#: What an analysis shows of the truth, and no decision is played out with in the same lab.
SHOWN = {"07": ['company.truth.customers[["customer_id", "type"]]']}


def test_no_lab_shows_what_its_decision_is_played_out_with():
    for source in SOURCES:
        code = "\n".join(cell.text for cell in source.cells if cell.kind == "code")
        shown = re.findall(r"company\.truth\S*\[\[.*?\]\]|company\.truth\S*", code)
        assert shown == SHOWN.get(source.lab, []), source.lab
