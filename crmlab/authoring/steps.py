"""What the labs are about, and which step of the experiment is in which: tables for the READMEs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from crmlab.analysis.menu import Entry, entries
from crmlab.authoring.source import Source
from crmlab.files import has_section, with_section
from crmlab.locale import LANGUAGES, say

STEPS, LABS = "steps", "labs"
READMES = {"README.md": "en", "README.zh.md": "zh"}


def steps() -> list[Entry]:
    """Return the analyses that are a step of the experiment, in the experiment's order."""
    return sorted((entry for entry in entries() if entry.step is not None), key=lambda entry: entry.step or 0)


def used(source: Source) -> set[int]:
    """Return the steps of a lab: the screens that it opens, and the analyses that it imports."""
    names = {name for cell in source.cells if cell.kind == "code" for name in _named(cell.text)}
    return {
        entry.step
        for entry in steps()
        if entry.step is not None and names & {entry.slug, entry.function.__name__, entry.step}
    }


def _named(code: str) -> Iterator[str | int]:
    """Yield what is handed to `explore`, and what is imported from `crmlab.analysis`."""
    try:
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "", code, flags=re.MULTILINE))
    except SyntaxError:  # said when the lab is built, with the cell's line
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "crmlab.analysis":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "explore":
            given = [*node.args, *(one.value for one in node.keywords if one.arg == "analysis")]
            values = [one.value for one in given if isinstance(one, ast.Constant)]
            yield from (value for value in values if isinstance(value, (str, int)))


def table(sources: Sequence[Source], language: str) -> str:
    """Return the table of all steps: number, name in both languages, the labs that have it."""
    found = {source.lab: used(source) for source in sources}
    rows = [say("build.steps_header", language), "|---:|---|---|---|"]
    other = next(one for one in LANGUAGES if one != language)
    for entry in steps():
        labs = [_link(source, language) for source in sources if entry.step in found[source.lab]]
        names = f"{entry.name.to(language)} | {entry.name.to(other)}"
        rows.append(f"| {entry.step} | {names} | {' · '.join(labs)} |")
    return "\n".join(rows)


def labs(sources: Sequence[Source], language: str) -> str:
    """Return the table of all labs: name, question, minutes."""
    rows = [say("build.labs_header", language), "|---|---|---:|"]
    rows += [f"| {_link(one, language)} | {_question(one, language)} | {one.minutes} |" for one in sources]
    return "\n".join(rows)


def _question(source: Source, language: str) -> str:
    """The question of a lab: what stands alone in bold letters at its beginning."""
    texts = (cell.text for cell in source.cells if cell.kind == "markdown" and cell.language == language)
    found = re.search(r"^\*\*([^*]+)\*\*$", next(texts, ""), flags=re.MULTILINE)
    return found[1] if found else ""


def _link(source: Source, language: str) -> str:
    title = source.title.to(language)
    return f"[{source.lab} {title}](labs/{language}/{source.path.stem}.ipynb)"


def pages(root: Path, sources: Iterable[Source]) -> dict[Path, str]:
    """Return the READMEs under ``root`` that have a place for the tables, with the tables in it."""
    known = list(sources)
    found = {}
    for name, language in READMES.items():
        path = root / name
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for section, made in ((LABS, labs), (STEPS, table)):
            if has_section(text, section):
                text = found[path] = with_section(text, section, made(known, language))
    return found
