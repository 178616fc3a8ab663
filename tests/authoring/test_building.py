"""Building all editions of a lab, with real kernels."""

import json

import nbformat
import pytest
from small_lab import LAB

from crmlab.authoring.building import build, sources, written
from crmlab.authoring.execution import solved, versions
from crmlab.errors import CrmlabError

PLAIN = LAB.replace("from crmlab import check\n", "check = print\n")


def outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    return [output for cell in cells for output in cell.get("outputs", ())]


def test_four_notebooks_the_same_every_time(write, tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", "en")
    write(PLAIN)
    built = list(build(tmp_path))
    assert [path.relative_to(tmp_path).as_posix() for path in built] == [
        f"{folder}/{language}/07-small.ipynb" for folder in ("labs", "solutions") for language in ("en", "zh")
    ]
    first = [path.read_bytes() for path in built]
    (source,) = sources(tmp_path)
    assert written(solved(source, "zh", built[3].parent)) == first[3]

    # The settings are those of the folder, whatever the environment says.
    assert outputs(built[3])[0].text == "zh\nFalse\n"
    assert outputs(built[0]) == []

    notebook = json.loads(first[3])
    assert notebook["metadata"]["crmlab"] == {"lab": "07", "language": "zh", "built_with": versions()}
    assert "widgets" not in notebook["metadata"]
    assert "model_id" not in first[3].decode("utf-8")
    assert [cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code"] == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_a_cell_that_fails_is_named(write, tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", "en")
    path = write(PLAIN.replace("two = 1 + 1", "two = 1 / 0"))
    line = path.read_text(encoding="utf-8").splitlines().index("two = 1 / 0")
    with pytest.raises(CrmlabError) as error:
        list(build(tmp_path))
    assert str(error.value) == f"{path}:{line}: this cell fails: ZeroDivisionError: division by zero"


def test_a_lab_that_is_not_there(write, tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLAB_LANGUAGE", "en")
    write(PLAIN)
    with pytest.raises(CrmlabError, match='no source for lab "08"'):
        list(build(tmp_path, ("08",)))
