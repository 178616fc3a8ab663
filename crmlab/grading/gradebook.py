"""The gradebook: what submissions earned, in one SQLite file, with marks and comments by hand beside it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from crmlab import __version__
from crmlab.checks.question import find
from crmlab.errors import CrmlabError
from crmlab.grading.course import Course
from crmlab.grading.result import Mark, SubmissionResult
from crmlab.locale import Text

#: Of the tables below. A file of another version is refused, never changed.
VERSION = 1
#: So many seconds another program may take to write to it.
PATIENCE = 20
_TABLES = """
CREATE TABLE submissions (
    student TEXT NOT NULL, lab TEXT NOT NULL, file TEXT NOT NULL,
    sha256 TEXT NOT NULL, graded_with TEXT NOT NULL, language TEXT NOT NULL, outcome TEXT NOT NULL,
    seconds REAL NOT NULL, notes TEXT NOT NULL, graded_at TEXT NOT NULL, run INTEGER NOT NULL,
    PRIMARY KEY (student, lab, file)
);
CREATE TABLE marks (
    student TEXT NOT NULL, lab TEXT NOT NULL, file TEXT NOT NULL, place INTEGER NOT NULL,
    question TEXT NOT NULL, points REAL NOT NULL, "of" REAL NOT NULL,
    verdict_seen TEXT NOT NULL, verdict_unseen TEXT, points_seen REAL NOT NULL, points_unseen REAL NOT NULL,
    mistake TEXT, sentences TEXT NOT NULL, hard_coded INTEGER NOT NULL, answer TEXT,
    PRIMARY KEY (student, lab, file, place),
    FOREIGN KEY (student, lab, file) REFERENCES submissions ON DELETE CASCADE
);
CREATE TABLE manual (
    student TEXT NOT NULL, question TEXT NOT NULL, points REAL, comment TEXT NOT NULL,
    PRIMARY KEY (student, question)
);
"""
_MARK = tuple(field.name for field in fields(Mark))


@dataclass(frozen=True)
class Manual:
    """What the instructor says: points that go before the grader's, and words for the student.

    Attributes
    ----------
    points : float or None
        None leaves the grader's points as they are.
    comment : str
    """

    points: float | None
    comment: str = ""


@dataclass(frozen=True)
class Row:
    """One question of one student.

    Attributes
    ----------
    student, lab : str
    mark : Mark
        What the grader found.
    manual : Manual or None
        What the instructor says.
    seconds : float
        Of the whole submission.
    sha256, file : str
        Which submission it is; empty where there is none, only a manual mark.
    """

    student: str
    lab: str
    mark: Mark
    manual: Manual | None = None
    seconds: float = 0.0
    sha256: str = ""
    file: str = ""

    @property
    def question(self) -> str:
        """The number of the question."""
        return self.mark.question

    @property
    def points(self) -> float:
        """What counts: the instructor's points where there are any, else the grader's."""
        if self.manual is not None and self.manual.points is not None:
            return self.manual.points
        return self.mark.points


class Gradebook:
    """The marks of a course. One process writes at a time; each submission is put whole or not at all.

    Parameters
    ----------
    path : Path
        The file; made where there is none.
    course : Course
        Marks that were made with other settings of it do not stand.

    Raises
    ------
    CrmlabError
        When the file is no gradebook, or one of another version.

    Examples
    --------
    >>> course = Course("CRM", "crm-2026", "a secret of 16 letters", "en", ("01",))
    >>> one = SubmissionResult("amy", "01", "amy/01.ipynb", "0" * 64, "en", "graded",
    ...                        marks=(Mark("1.1", 1, 1, "right", "right"),))
    >>> with Gradebook(getfixture("tmp_path") / "gradebook.sqlite", course) as book:
    ...     book.put(one)
    ...     book.set_manual("amy", "1.1", Manual(0.5, "Late."))
    ...     book.stands("amy", "01", "amy/01.ipynb", "0" * 64), book.rows()[0].points
    (True, 0.5)
    """

    def __init__(self, path: Path, course: Course) -> None:
        made_with = f"{__version__} {course.fingerprint}"
        self._graded_with = hashlib.sha256(made_with.encode()).hexdigest()
        self._language = course.language
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=PATIENCE)
        try:
            self._open(path)
        except sqlite3.DatabaseError as error:
            self._db.close()
            key = "busy" if error.sqlite_errorcode == sqlite3.SQLITE_BUSY else "damaged"
            raise CrmlabError(f"grading.book_{key}", course.language, file=path, reason=error) from None
        except CrmlabError:
            self._db.close()
            raise

    def _open(self, path: Path) -> None:
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        # Whoever ends this process loses nothing; without power the last submissions are graded again.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        elif version != VERSION:
            raise CrmlabError("grading.book_other_version", self._language, file=path)
        #: The number of this run: of a student's files for one lab, those of the latest run count.
        self._run = 1 + (self._db.execute("SELECT max(run) FROM submissions").fetchone()[0] or 0)

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def stands(self, student: str, lab: str, file: str, sha256: str) -> bool:
        """Note that a file is among the submissions of this run, and return whether its marks stand.

        They do when neither the file nor what decides about marks has changed: the course's settings and
        crmlab's version. What failed for a reason of the grader's own is tried again.
        """
        with self._db:
            found = self._db.execute(
                "UPDATE submissions SET run = ? WHERE student = ? AND lab = ? AND file = ? AND sha256 = ? "
                "AND graded_with = ? AND outcome <> 'failed'",
                (self._run, student, lab, file, sha256, self._graded_with),
            )
        return found.rowcount == 1

    def put(self, result: SubmissionResult) -> None:
        """Put what a submission earned into the book, in place of what the same file earned before."""
        key = (result.student, result.lab, result.file)
        now = datetime.now().isoformat(" ", "seconds")
        with self._db:
            # The same file may have been somebody else's before the roster said whose, or no lab's.
            self._db.execute(
                "DELETE FROM submissions WHERE file = ? AND (sha256 = ? OR student = ? AND lab IN ('', ?))",
                (result.file, result.sha256, result.student, result.lab),
            )
            self._db.execute(
                "INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *key, result.sha256, self._graded_with, result.language, result.outcome, result.seconds,
                    json.dumps(result.notes, ensure_ascii=False), now, self._run,
                ),
            )  # fmt: skip
            self._db.executemany(
                f"INSERT INTO marks VALUES (?, ?, ?, ?, {', '.join('?' * len(_MARK))})",
                [(*key, place, *_stored(mark)) for place, mark in enumerate(result.marks)],
            )

    def results(self) -> list[SubmissionResult]:
        """Return the submissions that count, by student and lab.

        Of several files that a student handed in for a lab, that is the one with most points among those
        that were there the last time.
        """
        counting: dict[tuple[str, str], tuple[tuple[int, float, str], SubmissionResult]] = {}
        for row in self._db.execute("SELECT * FROM submissions ORDER BY student, lab, file"):
            result = self._result(row)
            order = (row["run"], result.points, result.file)
            before = counting.get((result.student, result.lab))
            if before is None or order > before[0]:
                counting[result.student, result.lab] = order, result
        return [result for _, result in counting.values()]

    def _result(self, row: sqlite3.Row) -> SubmissionResult:
        key = (row["student"], row["lab"], row["file"])
        marks = self._db.execute(
            "SELECT * FROM marks WHERE student = ? AND lab = ? AND file = ? ORDER BY place", key
        )
        return SubmissionResult(
            *key,
            sha256=row["sha256"],
            language=row["language"],
            outcome=row["outcome"],
            seconds=row["seconds"],
            marks=tuple(_mark(mark) for mark in marks),
            notes=tuple(Text(*note) for note in json.loads(row["notes"])),
        )

    def rows(self) -> list[Row]:
        """Return a row for each student and question, with what the instructor says; by student and lab."""
        manual = self.manual()
        rows = [
            Row(
                one.student, one.lab, mark, manual.pop((one.student, mark.question), None), one.seconds,
                one.sha256, one.file,
            )
            for one in self.results()
            for mark in one.marks
        ]  # fmt: skip
        rows += [
            Row(student, _lab(mark), mark, manual[student, mark.question]) for student, mark in _only(manual)
        ]
        return sorted(rows, key=lambda row: (row.student, row.lab))

    def manual(self) -> dict[tuple[str, str], Manual]:
        """Return what the instructor says, by student and question (or lab)."""
        rows = self._db.execute("SELECT * FROM manual ORDER BY student, question")
        return {(row["student"], row["question"]): Manual(row["points"], row["comment"]) for row in rows}

    def set_manual(self, student: str, question: str, manual: Manual | None) -> None:
        """Keep what the instructor says about a question ("1.2") or a lab ("01"); None takes it away."""
        with self._db:
            self._db.execute("DELETE FROM manual WHERE student = ? AND question = ?", (student, question))
            if manual is not None:
                values = (student, question, manual.points, manual.comment)
                self._db.execute("INSERT INTO manual VALUES (?, ?, ?, ?)", values)


def _only(manual: Mapping[tuple[str, str], Manual]) -> Iterator[tuple[str, Mark]]:
    """Yield marks for questions that only the instructor says something about, with points."""
    for (student, number), one in manual.items():
        question = find(number)
        if question is not None and one.points is not None:
            yield student, Mark(number, 0, question.points, "open")


def _lab(mark: Mark) -> str:
    return mark.question.partition(".")[0].zfill(2)


def _stored(mark: Mark) -> Iterator[Any]:
    """Yield the values of a mark as the table keeps them."""
    for name in _MARK:
        value = getattr(mark, name)
        yield json.dumps(value, ensure_ascii=False) if name == "sentences" else value


def _mark(row: sqlite3.Row) -> Mark:
    values = {name: row[name] for name in _MARK}
    values |= {"sentences": tuple(json.loads(row["sentences"])), "hard_coded": bool(row["hard_coded"])}
    return Mark(**values)
