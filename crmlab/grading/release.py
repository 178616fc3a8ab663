"""Handing out: a zip file for each student, or one for all, with the labs and who works on them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from crmlab.config import FILE
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.grading.course import Course
from crmlab.grading.pages import templates
from crmlab.grading.roster import Roster, Student
from crmlab.locale import listed, say
from crmlab.work import tomlfile
from crmlab.work.folder import MANIFEST, fingerprint, shipped_labs

FIRST_CELL = "crmlab-handout"
README = "README.txt"
#: What the name of a file or folder must not contain, on any system.
_FORBIDDEN = re.compile(r"[^\w.-]+")


def release(
    course: Course, out: Path, roster: Roster | None, labs: Sequence[str] = (), *, one: bool = False
) -> list[Path]:
    """Write what students get, and return the zip files.

    Parameters
    ----------
    course : Course
    out : Path
        Folder for the zip files; those of an earlier release are replaced.
    roster : Roster or None
        The students; may be None where there is one file for all.
    labs : sequence of str
        Which of the course's labs; all unless given.
    one : bool
        Whether there is one file for all, which knows no account. There is one for each language.

    Raises
    ------
    CrmlabError
        When a lab is not one of the course.
    """
    chosen = _chosen(course, labs)
    handouts: dict[str, tuple[Student | None, str]]
    if one or roster is None:
        languages = sorted({student.language for student in roster or ()} or {course.language})
        handouts = {f"{safe(course.course)}-{language}": (None, language) for language in languages}
    else:
        handouts = {student.account: (student, student.language) for student in roster}
    written = []
    for name, (student, language) in handouts.items():
        path = out / f"{name}.zip"
        replace_file(path, packed(course, chosen, student, language))
        written.append(path)
    return written


def packed(course: Course, labs: Sequence[str], student: Student | None, language: str) -> bytes:
    """Return the zip file for a student; for everybody where that is None."""
    shipped = {path.name.partition("-")[0]: path for path in shipped_labs(language)}
    paths = [shipped[lab] for lab in labs]
    content = {path.name: _begun(path, course, lab, language) for lab, path in zip(labs, paths, strict=True)}
    content[FILE] = _settings(course, student, language)
    content[README] = _readme(course, dict(zip(labs, paths, strict=True)), student, language)
    # The labs differ from those that crmlab ships by their first cell; `crmlab lab` takes them for its own,
    # those too that were handed out before and are in the same folder.
    known = {shipped[lab].name: fingerprint(shipped[lab], language) for lab in course.labs}
    content[MANIFEST.as_posix()] = json.dumps({"language": language, "labs": known}, indent=1).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(f"{safe(course.course)}/{name}", data)
    return buffer.getvalue()


def safe(name: str) -> str:
    """Return ``name`` as a file may be called on any system.

    Examples
    --------
    >>> safe("CRM 2026/春: A")
    'CRM-2026-春-A'
    """
    return _FORBIDDEN.sub("-", name).strip("-.") or "course"


def _chosen(course: Course, asked: Sequence[str]) -> tuple[str, ...]:
    for lab in asked:
        if lab not in course.labs:
            known = listed(course.labs, course.language)
            raise CrmlabError("grading.hand_not_in_course", course.language, lab=lab, labs=known)
    return tuple(asked) or course.labs


def _begun(path: Path, course: Course, lab: str, language: str) -> bytes:
    """Return a lab with a first cell that says which course it is for and when it is due."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    due = course.due_text(lab)
    when = say("grading.hand_first_cell_due", language, due=due) if due else ""
    text = say("grading.hand_first_cell", language, title=course.title, lab=lab, due=f" {when}".rstrip())
    cell = {"cell_type": "markdown", "id": FIRST_CELL, "metadata": {}, "source": f"> {text}"}
    notebook["cells"].insert(0, cell)
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def _settings(course: Course, student: Student | None, language: str) -> bytes:
    """Return the settings beside the notebooks."""
    values = {"language": language, "course": course.course}
    if student is not None:
        values |= {"account": student.account} | ({"name": student.name} if student.name else {})
    return tomlfile.changed(f"# {say('grading.hand_settings', language)}\n", values).encode()


def _readme(course: Course, labs: dict[str, Path], student: Student | None, language: str) -> bytes:
    lines = [{"file": path.name, "due": course.due_text(lab)} for lab, path in labs.items()]
    text = templates().get_template(f"handout.{language}.txt")
    # With a mark and line ends that Windows' own editor knows.
    return text.render(course=course, labs=lines, student=student).replace("\n", "\r\n").encode("utf-8-sig")
