"""What `hand_in` packed, brought back: on another computer, in another browser, after a loss."""

from __future__ import annotations

import itertools
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath

from crmlab import browser
from crmlab.checks.book import DAMAGED, book, parsed
from crmlab.checks.book import FILE as PROGRESS
from crmlab.checks.feedback import Card
from crmlab.config import FILE
from crmlab.errors import CrmlabError
from crmlab.locale import listed, say
from crmlab.settings import Settings, checked, settings
from crmlab.work import tomlfile
from crmlab.work.handin import file_name, put, read

MEGABYTE = 1024 * 1024
#: What no folder of labs holds, in megabytes.
LARGEST = 200


def restore(file: str | Path | None = None) -> Card:
    """Bring back what a file of `hand_in` holds: notebooks, progress, settings. Nothing is overwritten.

    A notebook takes the place of one in which no cell was run; else it gets a name of its own. Of each
    question, the progress that got further stays.

    Parameters
    ----------
    file : str or Path, optional
        In JupyterLab, upload it first; the one of the account unless given.

    Raises
    ------
    CrmlabError
        When it is not there, no such file, or nothing that Python sees, or a file cannot be written.

    Examples
    --------
    >>> from crmlab import restore
    >>> restore("s2026017.zip")
    Traceback (most recent call last):
        ...
    crmlab.errors.CrmlabError: There is no file s2026017.zip beside this notebook. ...
    """
    who = settings()
    path = Path(f"{file_name(who)}.zip" if file is None else file)
    if not browser.files_are_seen():
        raise CrmlabError("handin.no_files_back", who.language, file=path.name)
    entries = _entries(path, who.language)
    done = [*_notebooks(entries, path, who.language), *_progress(entries, who.language)]
    done += _settings(entries, who)
    heading = say("handin.restored", who.language, file=path.name)
    return Card("note", heading, tuple(done), who.language)


def _entries(path: Path, language: str) -> dict[str, bytes]:
    """Return what the file holds, by the names of its files without their folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > LARGEST * MEGABYTE:
                raise CrmlabError("handin.not_ours", language, file=path.name)
            return {
                PurePosixPath(one.filename).name: archive.read(one)
                for one in archive.infolist()
                if not one.is_dir()
            }
    except FileNotFoundError:
        raise CrmlabError("handin.no_file", language, file=path.name) from None
    except CrmlabError:
        raise
    except Exception:
        # zipfile lets the errors of all that it stands on through.
        raise CrmlabError("handin.not_ours", language, file=path.name) from None


def _notebooks(entries: Mapping[str, bytes], path: Path, language: str) -> Iterator[str]:
    brought: list[str] = []
    beside: list[str] = []
    for name, content in entries.items():
        here = Path(name)
        if here.suffix != ".ipynb" or read(here, content, datetime.min) is None:
            continue
        old = here.read_bytes() if here.exists() else None
        if old == content:
            continue
        if old is None or not _begun(here, old):
            target, told = here, brought
        else:
            target, told = _free(here, path.stem), beside
        put(target, content, language)
        told.append(target.name)
    if brought:
        yield say("handin.brought", language, labs=listed(brought, language))
    if beside:
        yield say("handin.beside", language, labs=listed(beside, language))
    if not (brought or beside):
        yield say("handin.same", language)


def _begun(path: Path, content: bytes) -> bool:
    """Say whether somebody worked here; a file that is no notebook is somebody's, too."""
    found = read(path, content, datetime.min)
    return found is None or found.begun


def _free(path: Path, of: str) -> Path:
    """Return a name beside ``path`` that nothing else has."""
    first = [path.with_name(f"{path.stem} ({of}){path.suffix}")]
    more = (path.with_name(f"{path.stem} ({of} {count}){path.suffix}") for count in itertools.count(2))
    return next(free for free in itertools.chain(first, more) if not free.exists())


def _progress(entries: Mapping[str, bytes], language: str) -> Iterator[str]:
    if PROGRESS not in entries:
        return
    try:
        records = parsed(entries[PROGRESS].decode("utf-8"))
    except DAMAGED:
        yield say("handin.progress_damaged", language)
        return
    yield say("handin.progress", language, count=book().take(records))


def _settings(entries: Mapping[str, bytes], who: Settings) -> Iterator[str]:
    """Set what is not set here; what is said here stays."""
    try:
        found = checked(tomllib.loads(entries.get(FILE, b"").decode("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, CrmlabError):
        return
    names = ("account", "course", "name")
    news = {name: value for name in names if (value := getattr(found, name)) and not getattr(who, name)}
    if news:
        comment = say("work.settings_comment", who.language)
        tomlfile.update(Path(FILE).absolute(), news, who.language, comment=comment)
        yield say("handin.settings", who.language, values=listed(news.values(), who.language), file=FILE)
