"""The start page, one for each language: what this is, the labs as cards, where the work is kept."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crmlab.locale import say
from crmlab.site.offline import WEB
from crmlab.work.folder import shipped_labs

_HEADING = re.compile(r"#\s+(?P<lab>\D*\d+)\s*·\s*(?P<title>.+)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Card:
    """A lab, as its first cell presents it.

    Attributes
    ----------
    file : str
        Name of the notebook.
    lab, title, question : str
        "Lab 01", "Value customers", and the question that it answers.
    learn : tuple of str
        What one learns.
    time : str
        How long it takes.
    """

    file: str
    lab: str
    title: str
    question: str
    learn: tuple[str, ...]
    time: str


def card(notebook: Path) -> Card:
    """Return what the first cell of a lab says about it.

    Examples
    --------
    >>> one = card(shipped_labs("en")[1])
    >>> one.lab, one.title, one.time
    ('Lab 01', 'Value customers', 'about 75 minutes, 8 questions, 20 points')
    """
    first = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"]
    lines = "".join(first).splitlines()
    heading = _HEADING.match(lines[0])
    question = next(line.strip("*") for line in lines[1:] if line.startswith("**"))
    learn, _, time = (row.split("|")[2].strip() for row in lines if row.startswith("| **"))
    assert heading, notebook
    parts = tuple(part.strip() for part in _STRONG.sub(r"\1", learn).split("·"))
    return Card(notebook.name, heading["lab"].strip(), heading["title"].strip(), question, parts, time)


def write(site: Path, languages: Sequence[str], *, remote: bool) -> None:
    """Write the start pages: ``index.html`` in the first language, and one named by each language."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    jinja = Environment(
        loader=PackageLoader("crmlab.site", "web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = jinja.get_template("index.html.jinja")
    for language in languages:
        page = template.render(**_content(language, languages, remote))
        (site / f"{language}.html").write_text(page, encoding="utf-8")
    first = (site / f"{languages[0]}.html").read_text(encoding="utf-8")
    (site / "index.html").write_text(first, encoding="utf-8")
    shutil.copyfile(WEB / "style.css", site / "style.css")


def _content(language: str, languages: Sequence[str], remote: bool) -> dict[str, Any]:
    cards = [card(path) for path in shipped_labs(language)]
    return {
        "language": language,
        "others": [other for other in languages if other != language],
        "names": {"en": "English", "zh": "简体中文"},
        "tags": {"en": "en", "zh": "zh-Hans"},
        "cards": [(one, f"{language}/lab/index.html?path={quote(one.file)}") for one in cards],
        "say": partial(_message, language),
        "remote": remote,
        "script": {
            name: say(f"site.{name}", language) for name in ("fetched", "all_fetched", "not_all_fetched")
        },
    }


def _message(language: str, name: str, **values: object) -> str:
    return say(f"site.{name}", language, **values)
