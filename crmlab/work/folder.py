"""The labs in a student's folder. What a student has changed is never overwritten.

A folder holds the labs of one language. What was copied into it, and how it looked then, is written in
`MANIFEST`; a notebook that still looks so was not changed and may be brought up to date.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import crmlab
from crmlab.config import FILE
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.locale import listed, say
from crmlab.settings import settings, valid_account
from crmlab.work import tomlfile

#: Where crmlab keeps what is not for students, inside of their folder.
HIDDEN = Path(".crmlab")
MANIFEST = HIDDEN / "labs.json"


@dataclass
class Work:
    """A student's folder, ready to be opened.

    Attributes
    ----------
    path : Path
        The folder.
    language : str
        Language of its labs.
    labs : list of Path
        The labs in it, as they are numbered.
    fresh : Path or None
        The lab that was begun afresh.
    notes : list of str
        What was done to it, a sentence each, for the student.
    """

    path: Path
    language: str
    labs: list[Path] = field(default_factory=list)
    fresh: Path | None = None
    notes: list[str] = field(default_factory=list)

    def note(self, key: str, **values: object) -> None:
        """Tell the student something."""
        self.notes.append(say(f"work.{key}", self.language, **values))


def prepare(
    base: Path,
    language: str | None = None,
    *,
    account: str | None = None,
    course: str | None = None,
    reset: str | None = None,
) -> Work:
    """Make or bring up to date a student's folder.

    Parameters
    ----------
    base : Path
        The folder. When it holds the labs of another language already, theirs stay alone and a folder
        inside of it, named by the language, is used.
    language : str, optional
        "en" or "zh"; that of the settings unless given.
    account, course : str, optional
        Written to the folder's settings when given.
    reset : str, optional
        A lab ("01") to begin afresh; the student's notebook is kept under another name.

    Raises
    ------
    CrmlabError
        When the folder cannot be used or written, or something in it is damaged. Nothing is lost.
    """
    base = base.absolute()
    with usable(base, language):
        work = _home(base, language)
        if work.path != base:
            work.note("other_language", base=base, folder=work.path)
        _settle(work, base, account, course)
        _bring(work, reset)
    return work


@contextmanager
def usable(folder: Path, language: str | None) -> Iterator[None]:
    """Say in one sentence that ``folder`` cannot be read or written, when it is so."""
    try:
        yield
    except OSError as error:
        raise CrmlabError("work.cannot_write", language, folder=folder, reason=error.strerror) from None


def _home(base: Path, language: str | None) -> Work:
    """Return the folder for the labs asked for: ``base``, unless it holds those of another language."""
    if base.exists() and not base.is_dir():
        raise CrmlabError("work.not_a_folder", language, path=base)
    held = _manifest(base, language)["language"]
    if language is None:
        language = held if held and not (base / FILE).exists() else settings(base).language
    return Work(base if held in (None, language) else base / language, language)


def _settle(work: Work, base: Path, account: str | None, course: str | None) -> None:
    """Write who works here into the folder's settings: as given, else as it is in force already."""
    if account is not None:
        valid_account(account, work.language)
    inner, outer = settings(work.path), settings(base)
    values = {
        "language": work.language,
        "account": account or inner.account or outer.account,
        "course": course or inner.course or outer.course,
    }
    known = {name: value for name, value in values.items() if value is not None}
    comment = say("work.settings_comment", work.language)
    tomlfile.update(work.path / FILE, known, work.language, comment=comment)


def _bring(work: Work, reset: str | None) -> None:
    """Bring each lab into the folder, then tell what was done."""
    shipped = shipped_labs(work.language)
    work.labs = [work.path / lab.name for lab in shipped]
    if reset is not None:
        work.fresh = work.path / _chosen(shipped, reset, work.language).name
    known = _manifest(work.path, work.language)["labs"]
    done: dict[str, list[str]] = {}
    for lab in shipped:
        mine = work.path / lab.name
        what = _begin(work, lab, mine) if mine == work.fresh else _keep(work, lab, mine, known.get(lab.name))
        done.setdefault(what, []).append(mine.stem)
        known[lab.name] = fingerprint(lab, work.language)
        manifest = {"language": work.language, "labs": known}
        replace_file(work.path / MANIFEST, json.dumps(manifest, indent=1).encode())
    for what in ("copied", "again", "updated"):
        if what in done:
            work.note(what, labs=listed(done[what], work.language), folder=work.path)


def _keep(work: Work, lab: Path, mine: Path, known: str | None) -> str:
    """Bring one lab into the folder without touching what the student did, and return what was done.

    Parameters
    ----------
    work : Work
        The folder.
    lab : Path
        The lab as crmlab ships it.
    mine : Path
        Where it is in the folder.
    known : str or None
        How the lab looked that was last offered in this folder; None if none was.
    """
    if not mine.exists():
        replace_file(mine, lab.read_bytes())
        return "again" if known else "copied"
    now, new = fingerprint(mine, work.language), fingerprint(lab, work.language)
    if new in (now, known):
        return "kept"
    if now == known:
        replace_file(mine, lab.read_bytes())
        return "updated"
    beside = _free(work, "new", mine, when=crmlab.__version__)
    replace_file(beside, lab.read_bytes())
    work.note("beside", lab=mine.name, new=beside.name)
    return "beside"


def _begin(work: Work, lab: Path, mine: Path) -> str:
    """Begin a lab afresh; what the student had is kept under a name that says so."""
    if mine.exists():
        backup = _free(work, "backup", mine, when=f"{datetime.now():%Y-%m-%d %H.%M.%S}")
        replace_file(backup, mine.read_bytes())
        work.note("reset", lab=mine.name, backup=backup.name)
    replace_file(mine, lab.read_bytes())
    return "fresh"


def _free(work: Work, kind: str, path: Path, when: str) -> Path:
    """Return a name beside ``path`` that says what it is and that nothing else has."""
    for count in itertools.count(1):
        numbered = when if count == 1 else f"{when}, {count}"
        name = say(f"work.name_{kind}", work.language, name=path.stem, when=numbered)
        free = path.with_name(f"{name}{path.suffix}")
        if not free.exists():
            return free
    raise AssertionError("numbers do not end")


def fingerprint(notebook: Path, language: str) -> str:
    """Return what a notebook holds, as a hash: its cells and their outputs.

    Opening and saving a notebook changes its file; what its cells hold changes only when somebody works.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        held = [
            [cell["cell_type"], "".join(cell["source"]), cell["metadata"], cell.get("outputs")]
            for cell in cells
        ]
    except (ValueError, KeyError, TypeError) as error:
        number = notebook.name.partition("-")[0]
        raise CrmlabError(
            "work.notebook_damaged", language, path=notebook, lab=number, reason=error
        ) from None
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def _manifest(folder: Path, language: str | None) -> dict:
    """Return the language of the labs in ``folder`` (None when it is new), and how they looked."""
    path = folder / MANIFEST
    if not path.exists():
        return {"language": None, "labs": {}}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        return {"language": str(manifest["language"]), "labs": dict(manifest["labs"])}
    except (ValueError, KeyError, TypeError) as error:
        raise CrmlabError("work.manifest_damaged", language, path=path, reason=error) from None


def shipped_labs(language: str) -> list[Path]:
    """Return the labs that come with crmlab: in the package, or beside it in a checkout."""
    package = Path(crmlab.__file__).parent
    for folder in (package / "_labs", package.parent / "labs"):
        labs = sorted((folder / language).glob("*.ipynb"))
        if labs:
            return labs
    raise CrmlabError("work.no_labs", language)


def _chosen(shipped: list[Path], asked: str, language: str) -> Path:
    """Return the lab that ``asked`` names by number or name."""
    for lab in shipped:
        if asked.removesuffix(".ipynb") in (lab.stem, lab.stem.partition("-")[0]):
            return lab
    labs = listed([lab.stem.partition("-")[0] for lab in shipped], language)
    raise CrmlabError("work.no_such_lab", language, lab=asked, labs=labs)
