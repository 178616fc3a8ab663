"""Reading a source, and the editions that it becomes."""

import nbformat
import pytest
from small_lab import HEADER, LAB

from crmlab.authoring.editions import edition
from crmlab.authoring.source import read
from crmlab.errors import CrmlabError


def texts(notebook):
    return [cell.source for cell in notebook.cells]


def test_the_header_says_what_the_lab_is(write):
    source = read(write())
    assert (source.lab, source.minutes, source.needs, source.title.zh) == ("07", 45, ("01",), "小实验")


def test_every_cell_knows_its_line(write):
    path = write()
    lines = path.read_text(encoding="utf-8").splitlines()
    for cell in read(path).cells:
        assert lines[cell.line - 1].startswith("# %%")
        assert lines[cell.line].removeprefix("# ") == cell.text.splitlines()[0]


def test_the_students_edition_has_starters_and_no_solutions(write):
    notebook = edition(read(write()), "en", solved=False)
    assert "two = ..." in texts(notebook)
    assert not {"two = 1 + 1", "One and one."} & set(texts(notebook))
    assert all(not cell.get("outputs") for cell in notebook.cells)


def test_the_solved_edition_has_solutions_and_no_starters(write):
    notebook = edition(read(write()), "en", solved=True)
    assert {"two = 1 + 1", "One and one."} <= set(texts(notebook))
    assert "two = ..." not in texts(notebook)


@pytest.mark.parametrize("solved", [False, True])
def test_languages_differ_in_text_only(write, solved):
    en, zh = (edition(read(write()), language, solved=solved) for language in ("en", "zh"))
    assert [cell.id for cell in en.cells] == [cell.id for cell in zh.cells]
    for one, other in zip(en.cells, zh.cells, strict=True):
        assert (one.source == other.source) == (one.cell_type == "code")


def test_a_check_is_locked_and_nothing_else_is(write):
    notebook = edition(read(write()), "zh", solved=False)
    locked = [cell for cell in notebook.cells if cell.metadata.get("editable") is False]
    assert [cell.metadata.crmlab.check for cell in locked] == ["7.1"]
    assert all(cell.metadata.deletable is False for cell in locked)


def test_an_edition_is_a_valid_notebook_and_the_same_every_time(write):
    path = write()
    notebook = edition(read(path), "zh", solved=False)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) == nbformat.writes(edition(read(path), "zh", solved=False))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not that of a lab .'crmlab'"),
        (HEADER.replace("minutes: 45", "hours: 1"), "not that of a lab .'minutes'"),
        (HEADER.replace("zh: 小实验", "fr: x"), "not that of a lab .*'fr'"),
        (HEADER.replace("minutes: 45", "minutes: soon"), "not that of a lab .*'soon'"),
        (HEADER.replace("minutes: 45", "minutes: : ["), "07-small.py"),
        (HEADER + "import os\n\n# %%\nos.name\n", "1 lines that begin with # %% but 2 cells"),
        (HEADER + '# %%\n"""\n# %% no cell\n"""\n', "2 lines that begin with # %% but 1 cells"),
    ],
)
def test_what_is_no_source_is_said_in_one_sentence(write, text, words, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", "en")
    with pytest.raises(CrmlabError, match=words):
        read(write(text))


def test_a_source_that_is_not_utf8(write, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", "en")
    path = write()
    path.write_bytes(LAB.encode("gb18030"))
    with pytest.raises(CrmlabError, match="cannot be read as the source of a lab"):
        read(path)
