"""Writing the notebooks of all labs where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import crmlab
from crmlab.authoring import glossary, steps
from crmlab.authoring.editions import edition
from crmlab.authoring.execution import solved
from crmlab.authoring.problems import Problem, problems
from crmlab.authoring.source import Source, read
from crmlab.checks.question import labs as declared_labs
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.locale import LANGUAGES, listed, say


def checkout() -> Path:
    """Return the folder that holds ``solutions/`` and ``labs/``: a checkout, not an installed package."""
    folder = Path(crmlab.__file__).parents[1]
    if not (folder / "pyproject.toml").is_file():
        raise CrmlabError("build.no_checkout")
    return folder


def sources(root: Path, labs: tuple[str, ...] = ()) -> list[Source]:
    """Read the sources under ``root``; those of ``labs`` ("01") only, when any are named."""
    found = {
        path.name.partition("-")[0]: path for path in sorted((root / "solutions").glob("[0-9][0-9]-*.py"))
    }
    for lab in labs:
        if lab not in found:
            raise CrmlabError("build.no_source", lab=lab, labs=listed(found, "en"))
    return [read(path) for lab, path in found.items() if not labs or lab in labs]


def outputs(root: Path, source: Source) -> list[tuple[Path, str, bool]]:
    """Return what ``source`` is built into: path, language, and whether it is the solved edition."""
    name = f"{source.path.stem}.ipynb"
    return [
        (root / folder / language / name, language, folder == "solutions")
        for folder in ("labs", "solutions")
        for language in LANGUAGES
    ]


def build(root: Path, labs: tuple[str, ...] = ()) -> Iterator[Path]:
    """Write the notebooks of the labs under ``root``; yield each path when it is written."""
    for source in sources(root, labs):
        for path, language, is_solved in outputs(root, source):
            if is_solved:
                notebook = solved(source, language, path.parent)
            else:
                notebook = edition(source, language, solved=False)
            replace_file(path, written(notebook))
            yield path
    for path, text in pages(root).items():
        replace_file(path, text.encode())
        yield path


def pages(root: Path) -> dict[Path, str]:
    """Return the pages that are made from what the labs are made from, by path."""
    terms = glossary.read(root / "solutions")
    glossaries = {"glossary.md": "en", "glossary.zh.md": "zh"} if terms else {}
    return {
        root / "docs" / name: glossary.page(terms, language) for name, language in glossaries.items()
    } | steps.pages(root, sources(root))


def written(notebook: NotebookNode) -> bytes:
    """Return a notebook as the bytes of its file."""
    return f"{nbformat.writes(notebook)}\n".encode()


def check(root: Path, labs: tuple[str, ...] = (), language: str | None = None) -> list[Problem]:
    """Return what is wrong with the sources under ``root`` and with what was built from them."""
    questions = {lab.number: lab.questions for lab in declared_labs()}
    read_sources = sources(root, labs)
    found = [
        problem
        for source in read_sources
        for problem in problems(source, questions.get(int(source.lab), ()), language)
    ]
    return found if labs else found + _orphans(root, read_sources, language)


def _orphans(root: Path, read_sources: list[Source], language: str | None) -> list[Problem]:
    expected = {path for source in read_sources for path, *_ in outputs(root, source)}
    built = sorted(root.glob("labs/*/*.ipynb")) + sorted(root.glob("solutions/*/*.ipynb"))
    return [Problem(path, 1, say("build.orphan", language)) for path in built if path not in expected]
