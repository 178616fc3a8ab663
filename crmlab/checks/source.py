"""The worked solutions, read from the source of a lab (``solutions/NN-name.py``, percent format)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import crmlab

HEADER = re.compile(r"^# %%(?P<markdown> \[markdown\])?(?P<metadata>.*)$", re.MULTILINE)
PAIR = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Cell:
    """A cell of the source: its text, whether that is Markdown, and its metadata."""

    text: str
    markdown: bool
    metadata: dict[str, str]


@dataclass(frozen=True)
class Worked:
    """The worked solution of a question."""

    explanation: str
    code: str


def cells(source: str) -> list[Cell]:
    r"""Return the cells of a source in percent format.

    Examples
    --------
    >>> cells('# %% [markdown] lang="en"\n# Hello.\n\n# %% check="1.1"\ncheck("1.1", x)\n')[1]
    Cell(text='check("1.1", x)', markdown=False, metadata={'check': '1.1'})
    """
    headers = list(HEADER.finditer(source))
    ends = [header.start() for header in headers[1:]] + [len(source)]
    found = []
    for header, end in zip(headers, ends, strict=True):
        text = source[header.end() : end].strip()
        markdown = header["markdown"] is not None
        if markdown:
            text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
        found.append(Cell(text, markdown, dict(PAIR.findall(header["metadata"]))))
    return found


def worked(number: str, language: str) -> Worked | None:
    """Return the worked solution of question ``number``, or None where the source is not installed."""
    path = _source(number)
    if path is None:
        return None
    mine = [
        cell
        for cell in cells(path.read_text(encoding="utf-8"))
        if cell.metadata.get("solution") == number and cell.metadata.get("lang", language) == language
    ]
    if not mine:
        return None
    return Worked(
        "\n\n".join(cell.text for cell in mine if cell.markdown),
        "\n\n".join(cell.text for cell in mine if not cell.markdown),
    )


def _source(number: str) -> Path | None:
    """Return the source of a question's lab: in the package when installed, beside it in a checkout."""
    package = Path(crmlab.__file__).parent
    for folder in (package / "_solutions", package.parent / "solutions"):
        for path in sorted(folder.glob(f"{int(number.split('.')[0]):02d}-*.py")):
            return path
    return None
