"""Unpacking what strangers packed: notebooks only, inside of one folder, no more than a class hands in."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import stat
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from crmlab.company.encodings import decoded
from crmlab.config import FILE
from crmlab.errors import CrmlabError

MEGABYTE = 1024 * 1024
#: What no class hands in: megabytes of one file and of all, and files.
LARGEST, MOST, MOST_FILES = 200, 4_000, 50_000
#: What else students pack with, and nothing here unpacks.
FOREIGN = (".7z", ".rar", ".tar", ".tar.gz", ".tgz")
#: How far zip files may lie in each other: the platform's holds the students' own.
DEEPEST = 2
_DRIVE = re.compile(r"[A-Za-z]:")
#: The bit that says that a name is UTF-8.
_UTF8 = 0x800


def unpack(archive: Path, folder: Path, language: str) -> Iterator[CrmlabError]:
    """Unpack the notebooks in ``archive`` below ``folder``, with their dates.

    Zip files inside of it are unpacked, too, each into a folder of its name. What is refused of them, and a
    file that is too large or packed in another way, is yielded as an error and costs nothing else.

    Raises
    ------
    CrmlabError
        When ``archive`` itself is no zip file, or is refused.
    """
    yield from _unpacked(archive, folder, language, archive.name, depth=1)


def _unpacked(archive: Path, folder: Path, language: str, shown: str, depth: int) -> Iterator[CrmlabError]:
    inner = []
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = _entries(packed, shown, language)
            taken = [one for one in entries if not _left_out(*one)]
            if sum(entry.file_size for entry, _ in taken) > MOST * MEGABYTE or len(taken) > MOST_FILES:
                raise CrmlabError("grading.hand_zip_bomb", language, file=shown, most=MOST, files=MOST_FILES)
            for entry, name in taken:
                target = folder / name
                _write(packed, entry, target)
                if target.suffix.lower() == ".zip":
                    inner.append((target, f"{shown}/{name}"))
    except CrmlabError:
        raise
    except Exception as error:
        # zipfile lets the errors of all that it stands on through.
        raise CrmlabError("grading.hand_no_zip", language, file=shown, reason=error) from None
    for entry, name in entries:
        if key := _left_out(entry, name):
            yield CrmlabError(f"grading.hand_zip_{key}", language, file=shown, entry=name, most=LARGEST)
    for target, within in inner:
        try:
            if depth == DEEPEST:
                raise CrmlabError("grading.hand_zip_deep", language, file=within)
            yield from _unpacked(target, free(target.with_suffix("")), language, within, depth + 1)
        except CrmlabError as error:
            yield error
        finally:
            target.unlink()


def _entries(packed: zipfile.ZipFile, shown: str, language: str) -> list[tuple[zipfile.ZipInfo, str]]:
    """Return what is worth unpacking and its name, or refuse the whole."""
    found = []
    for entry in packed.infolist():
        name = PurePosixPath(_name(entry).replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or _DRIVE.match(str(name)):
            raise CrmlabError("grading.hand_zip_outside", language, file=shown, entry=str(name)[:80])
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise CrmlabError("grading.hand_zip_link", language, file=shown, entry=str(name)[:80])
        hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
        if not entry.is_dir() and not hidden and _wanted(name):
            found.append((entry, str(name)))
    return found


def _wanted(name: PurePosixPath) -> bool:
    return name.suffix.lower() in (".ipynb", ".zip") or name.name == FILE or is_foreign(name.name)


def _left_out(entry: zipfile.ZipInfo, name: str) -> str:
    """Return the word for why an entry is not unpacked; none where it is."""
    if is_foreign(name):
        return "foreign"
    return "large" if entry.file_size > LARGEST * MEGABYTE else ""


def is_foreign(name: str) -> bool:
    """Say whether a file is packed in a way that nothing here unpacks."""
    return name.lower().endswith(FOREIGN)


def free(path: Path) -> Path:
    """Return ``path``, or where something is there already, a numbered name beside it.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> (folder / "01.ipynb").touch()
    >>> free(folder / "01.ipynb").name, free(folder / "02.ipynb").name
    ('01 (2).ipynb', '02.ipynb')
    """
    numbered = (path.with_name(f"{path.stem} ({count}){path.suffix}") for count in itertools.count(2))
    return next(one for one in itertools.chain([path], numbered) if not one.exists())


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry. Older Windows writes it in its own letters and does not say which."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    return decoded(entry.filename.encode("cp437")).text


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Write one entry, or nothing. No more is read of it than its header says, and that was looked at."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with packed.open(entry) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, MEGABYTE)
    except Exception:
        target.unlink(missing_ok=True)
        raise
    when = time.mktime((*entry.date_time, 0, 0, -1))
    os.utime(target, (when, when))
