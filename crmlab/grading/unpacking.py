"""Unpacking what strangers packed: notebooks only, inside of one folder, no more than a class hands in."""

from __future__ import annotations

import os
import re
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
#: How far zip files may lie in each other: the platform's holds the students' own.
DEEPEST = 2
_DRIVE = re.compile(r"[A-Za-z]:")
#: The bit that says that a name is UTF-8.
_UTF8 = 0x800


def unpack(archive: Path, folder: Path, language: str) -> Iterator[CrmlabError]:
    """Unpack the notebooks in ``archive`` below ``folder``, with their dates.

    Zip files inside of it are unpacked, too, each into a folder of its name. What is refused of them, and a
    file that is too large, is yielded as an error and costs nothing else.

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
            small = [one for one in entries if one[0].file_size <= LARGEST * MEGABYTE]
            if sum(entry.file_size for entry, _ in small) > MOST * MEGABYTE or len(small) > MOST_FILES:
                raise CrmlabError("grading.hand_zip_bomb", language, file=shown, most=MOST, files=MOST_FILES)
            for entry, name in small:
                target = folder / name
                _write(packed, entry, target)
                if target.suffix.lower() == ".zip":
                    inner.append((target, f"{shown}/{name}"))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise CrmlabError("grading.hand_no_zip", language, file=shown, reason=error) from None
    for _, name in (one for one in entries if one not in small):
        yield CrmlabError("grading.hand_zip_large", language, file=shown, entry=name, most=LARGEST)
    for target, within in inner:
        try:
            if depth == DEEPEST:
                raise CrmlabError("grading.hand_zip_deep", language, file=within)
            yield from _unpacked(target, target.with_suffix(""), language, within, depth + 1)
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
    return name.suffix.lower() in (".ipynb", ".zip") or name.name == FILE


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry. Older Windows writes it in its own letters and does not say which."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    return decoded(entry.filename.encode("cp437")).text


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Write one entry. No more is read of it than its header says, and that was looked at."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(entry) as source, target.open("wb") as copy:
        while block := source.read(MEGABYTE):
            copy.write(block)
    when = time.mktime((*entry.date_time, 0, 0, -1))
    os.utime(target, (when, when))
