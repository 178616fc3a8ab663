"""Collecting what comes back as zip files or folders, of any platform, sorted by account and lab."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.grading.course import Course
from crmlab.grading.layouts import Place, places
from crmlab.grading.roster import Roster
from crmlab.grading.submission import Submission
from crmlab.grading.unpacking import free, is_foreign, unpack
from crmlab.locale import listed, say

#: What Canvas writes into the name of a file that came late.
LATE = "_LATE_"


@dataclass
class Collected:
    """What was found and where it went.

    Attributes
    ----------
    folder : Path
        It holds ``account/lab.ipynb``.
    new, twice, late : list of (str, str)
        Account and lab.
    same : int
        Notebooks that were there already, to the byte.
    unknown : list of str
        Files of whom nobody on the roster is the author; left out.
    nameless : list of str
        Files of no lab that can be told; kept under their own names.
    missing : dict of str to list of str
        Lab to the accounts that have not handed it in.
    refused : list of str
        Sentences about zip files.
    """

    folder: Path
    new: list[tuple[str, str]] = field(default_factory=list)
    twice: list[tuple[str, str]] = field(default_factory=list)
    late: list[tuple[str, str]] = field(default_factory=list)
    same: int = 0
    unknown: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def sentences(self, language: str) -> Iterator[str]:
        """Yield what there is to tell the instructor."""
        yield say("grading.hand_collected", language, new=len(self.new), same=self.same, folder=self.folder)
        yield from self.refused
        for key in ("twice", "late"):
            if found := getattr(self, key):
                named = [
                    say("grading.hand_named", language, student=who, lab=lab) for who, lab in sorted(found)
                ]
                yield say(f"grading.hand_{key}", language, items=listed(named, language))
        for key, names in (("unknown_student", self.unknown), ("no_lab", self.nameless)):
            if names:
                yield say(f"grading.hand_{key}", language, items=listed(names, language))
        for lab, who in self.missing.items():
            key = "absent" if who else "all_there"
            yield say(f"grading.hand_{key}", language, lab=lab, count=len(who), items=listed(who, language))


def collect(sources: Sequence[Path], out: Path, course: Course, roster: Roster) -> Collected:
    """Copy what students handed in to ``out/account/lab.ipynb``. Nothing is ever overwritten.

    Parameters
    ----------
    sources : sequence of Path
        Zip files, or folders that hold notebooks or zip files.
    out : Path
    course : Course
        Its labs are looked for; its due dates say what came late.
    roster : Roster
        Who the names of folders and files are.

    Raises
    ------
    CrmlabError
        When a source is not there, or a zip file given here is refused.
    """
    collected = Collected(out)
    for source in sources:
        if not source.exists():
            raise CrmlabError("grading.hand_no_source", course.language, file=source)
        with tempfile.TemporaryDirectory(prefix="crmlab-collect-") as unpacked:
            for folder in _folders(source, Path(unpacked), course.language, collected):
                # Of what somebody handed in twice, the first comes first.
                found = sorted(places(folder, roster), key=lambda place: place.path.stat().st_mtime)
                for place in found:
                    _take(place, course, roster, collected)
    for lab in course.labs:
        there = {path.parent.name for path in out.glob(f"*/{lab}*.ipynb")}
        collected.missing[lab] = [one.account for one in roster if one.account not in there]
    return collected


def _folders(source: Path, unpacked: Path, language: str, collected: Collected) -> Iterator[Path]:
    """Yield the folders to look through: the source itself, and where its zip files were unpacked."""
    if source.is_file():
        collected.refused += [str(error) for error in unpack(source, unpacked, language)]
        yield unpacked
        return
    yield source
    for archive in archives(source):
        within = archive.relative_to(source)
        if is_foreign(archive.name):
            error = CrmlabError("grading.hand_zip_foreign", language, file=source, entry=within.as_posix())
            collected.refused.append(str(error))
            continue
        # Whose it is, the path says.
        target = free(unpacked / within.with_suffix(""))
        try:
            collected.refused += [str(error) for error in unpack(archive, target, language)]
        except CrmlabError as error:
            collected.refused.append(str(error))
    yield unpacked


def is_packed(source: Path) -> bool:
    """Say whether ``source`` is as it came back: a file, or a folder that holds packed ones."""
    return source.is_file() or bool(archives(source))


def archives(folder: Path) -> list[Path]:
    """Return what is packed below a folder; hidden files and links are left out, as `places` does."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() == ".zip" or is_foreign(path.name))
    return sorted(
        path
        for path in found
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _take(place: Place, course: Course, roster: Roster, collected: Collected) -> None:
    """Put one notebook where it belongs."""
    student = roster.find(place.student)
    if student is None:
        collected.unknown.append(place.file)
        return
    submission = Submission.read(place)
    name = submission.lab or PurePosixPath(place.file).stem
    target = collected.folder / student.account / f"{name}.ipynb"
    content = place.path.read_bytes()
    others = sorted(target.parent.glob(f"{name}*.ipynb"))
    if any(other.read_bytes() == content for other in others):
        collected.same += 1
        return
    when = place.path.stat().st_mtime
    target = free(target)
    replace_file(target, content)
    os.utime(target, (when, when))
    collected.new.append((student.account, name))
    if others:
        collected.twice.append((student.account, name))
    if not submission.lab:
        collected.nameless.append(place.file)
    due = course.due.get(submission.lab)
    if LATE in place.file or (due is not None and datetime.fromtimestamp(when) > due):
        collected.late.append((student.account, name))
