"""Handing in: one file with the labs that were begun, and who did them."""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import time
import warnings
import zipfile
from base64 import b64encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from crmlab import browser
from crmlab.checks.book import FILE as PROGRESS
from crmlab.checks.book import book, written
from crmlab.checks.feedback import Card
from crmlab.config import FILE
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.locale import listed, say
from crmlab.settings import Settings, settings
from crmlab.work import tomlfile

#: What a file is called while no account and no name are known.
NOBODY = "crmlab"
BUTTON = (
    "display:inline-block;padding:.4em 1em;margin:.3em 0;border-radius:3px;text-decoration:none;"
    "background:#1565c0;color:#ffffff;font-weight:bold"
)
#: What the name of a file must not contain, on any system.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
#: So many names of what is not saved are told.
MOST_NAMES = 5


@dataclass(frozen=True)
class Notebook:
    """A lab as it is saved.

    Attributes
    ----------
    path : Path
    content : bytes
    lab : str
        Its number, "01".
    begun : bool
        Whether one of its cells has been run.
    sources : frozenset of str
        The code of its cells.
    saved : datetime
    """

    path: Path
    content: bytes
    lab: str
    begun: bool
    sources: frozenset[str]
    saved: datetime


def read(path: Path, content: bytes, saved: datetime) -> Notebook | None:
    """Return what ``content`` holds, if that is one of our labs."""
    try:
        notebook = json.loads(content)
        lab = str(notebook["metadata"]["crmlab"]["lab"])
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        begun = any(cell.get("execution_count") or cell.get("outputs") for cell in code)
        sources = frozenset("".join(cell["source"]).strip() for cell in code)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return Notebook(path, content, lab, begun, sources, saved)


def notebooks(folder: Path) -> list[Notebook]:
    """Return the labs in ``folder``."""
    paths = sorted(folder.glob("*.ipynb"))
    found = (read(path, path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime)) for path in paths)
    return [one for one in found if one is not None]


class HandedIn(widgets.HTML):
    """What `hand_in` says, with a link to the file; what it says is its text where there are no widgets.

    Attributes
    ----------
    file : Path
        The file, beside the notebook.
    """

    def __init__(self, file: Path, content: bytes, card: Card) -> None:
        self.file = file
        self._card = card
        # The link holds the file itself. In a widget, because an output would be saved in the notebook.
        data = b64encode(content).decode("ascii")
        words = escape(say("handin.download", card.language, file=file.name))
        source = f'download="{escape(file.name)}" href="data:application/zip;base64,{data}"'
        link = f'<a {source} style="{BUTTON}">{words}</a>'
        # Widgets have lines as high as their fields.
        super().__init__(f'<div style="line-height:1.5">{card._repr_html_()}{link}</div>')

    def __str__(self) -> str:
        """Return the sentences."""
        return str(self._card)

    __repr__ = __str__

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**kwargs), "text/plain": str(self)}


def hand_in(lab: str | int | None = None) -> HandedIn:
    """Put the labs of this folder into one file to upload, with the settings and the progress.

    The file holds the notebooks as they are saved. `restore` brings back everything that is in it.

    Parameters
    ----------
    lab : str or int, optional
        The lab, as in "01"; all that were begun unless given.

    Returns
    -------
    HandedIn
        A widget with a link to the file, which is also beside the notebook.

    Raises
    ------
    CrmlabError
        When there is nothing to hand in, Python does not see the notebooks, or the file cannot be written.

    Examples
    --------
    >>> from crmlab import hand_in
    >>> hand_in()
    Traceback (most recent call last):
        ...
    crmlab.errors.CrmlabError: No lab in this folder has been run...
    """
    who = settings()
    if not browser.files_are_seen():
        raise CrmlabError("handin.no_files", who.language)
    chosen = _chosen(notebooks(Path()), lab, who.language)
    name = file_name(who)
    content = packed(name, chosen, who)
    file = Path(f"{name}.zip")
    put(file, content, who.language)
    sentences = tuple(_sentences(file, chosen, who))
    return HandedIn(file, content, Card("note", say("handin.heading", who.language), sentences, who.language))


def put(file: Path, content: bytes, language: str) -> None:
    """Write a file beside the notebook, or say in one sentence that it cannot be written."""
    try:
        replace_file(file, content)
    except OSError as error:
        raise CrmlabError("handin.not_written", language, file=file.name, reason=error.strerror) from None


def _chosen(found: list[Notebook], lab: str | int | None, language: str) -> list[Notebook]:
    if lab is None:
        begun = [one for one in found if one.begun]
        if not begun:
            raise CrmlabError("handin.nothing_begun", language)
        return begun
    asked = [one for one in found if one.lab == str(lab).zfill(2)]
    if not asked:
        labs = listed(dict.fromkeys(one.lab for one in found), language) or "–"
        raise CrmlabError("handin.no_such_lab", language, lab=lab, labs=labs)
    return asked


def file_name(who: Settings) -> str:
    """Return what the file is called, and the folder in it: by this `crmlab collect` knows whose it is.

    Examples
    --------
    >>> file_name(Settings(account="s2026017")), file_name(Settings(name="../O'Neil")), file_name(Settings())
    ('s2026017', "O'Neil", 'crmlab')
    """
    return who.account or _FORBIDDEN.sub("", who.name or "").strip(". ") or NOBODY


def packed(name: str, chosen: Collection[Notebook], who: Settings) -> bytes:
    """Return the zip file."""
    said = {key: getattr(who, key) for key in ("language", "account", "course", "name")}
    heading = f"# {say('work.settings_comment', who.language)}\n"
    entries: dict[str, bytes] = {one.path.name: one.content for one in chosen}
    entries[FILE] = tomlfile.changed(heading, {key: value for key, value in said.items() if value}).encode()
    entries[PROGRESS] = written(book().records()).encode()
    now = time.localtime()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries.items():
            archive.writestr(zipfile.ZipInfo(f"{name}/{entry}", now), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _sentences(file: Path, chosen: Collection[Notebook], who: Settings) -> Iterator[str]:
    items = [
        say("handin.item", who.language, name=one.path.name, when=f"{one.saved:%Y-%m-%d %H:%M}")
        for one in chosen
    ]
    yield say("handin.ready", who.language, file=file.name, items=listed(items, who.language))
    if unsaved := list(not_saved(chosen)):
        yield say("handin.not_saved", who.language, names=listed(unsaved, who.language))
    else:
        yield say("handin.as_saved", who.language)
    if not (who.account or who.name):
        yield say("handin.nobody", who.language)
    if browser.HERE:
        yield say("handin.in_browser", who.language, file=file.name)


def not_saved(chosen: Collection[Notebook]) -> Iterator[str]:
    """Yield names whose newest definition in this kernel is in none of the notebooks as they are saved."""
    saved = frozenset().union(*(one.sources for one in chosen))
    newest = {name: source for source in _run_so_far() for name in _defined(source)}
    names = [f"`{name}`" for name, source in newest.items() if source.strip() not in saved]
    yield from names[-MOST_NAMES:]


def _run_so_far() -> list[str]:
    """Return the code of the cells that were run in this kernel, in order."""
    running = sys.modules.get("IPython")
    shell = running and running.get_ipython()
    return shell.history_manager.input_hist_raw if shell else []


def _defined(source: str) -> Iterator[str]:
    r"""Yield the names that the code of a cell assigns to; none where that is no plain Python.

    Examples
    --------
    >>> list(_defined("a = b = 1\nc['x'] = 2\ndef f(): d = 3")), list(_defined("%pip list"))
    (['a', 'b', 'f'], [])
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python gave them when the cell was run
            lines = ast.parse(source).body
    except (SyntaxError, ValueError):
        return
    for line in lines:
        if isinstance(line, ast.FunctionDef):
            yield line.name
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        yield from (target.id for target in targets if isinstance(target, ast.Name))
