"""The course: what ``course.toml`` says about it. The file holds the secret and stays with the instructor."""

from __future__ import annotations

import difflib
import hashlib
import json
import secrets
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from crmlab.checks.question import labs as all_labs
from crmlab.errors import CrmlabError
from crmlab.files import replace_file
from crmlab.grading.kernel import Limits
from crmlab.locale import LANGUAGES, listed, say, spoken

FILE = "course.toml"
Rule = Literal["both", "weighted"]
RULES = ("both", "weighted")
#: A shorter secret could be guessed by trying.
LEAST_SECRET = 16
LAST_MINUTE = time(23, 59, 59)


@dataclass(frozen=True)
class Weights:
    """What a right answer on each of the two companies is worth.

    Attributes
    ----------
    seen, unseen : float
        Shares of a question's points, for the student's own company and for the one that nobody has seen.
        They sum to 1 and count under the rule "weighted".
    rule : str
        "both": the points of a question need both; "weighted": each of the two earns its share.
    """

    seen: float = 0.5
    unseen: float = 0.5
    rule: Rule = "both"


@dataclass(frozen=True)
class Course:
    """A course, as its instructor describes it.

    Attributes
    ----------
    title : str
        For people.
    course : str
        The name that students have in their ``crmlab.toml``; it makes the company that they see.
    secret : str
        Makes the company that nobody has seen; never given out.
    language : str
        "en" or "zh": for those students whose language the roster does not say.
    labs : tuple of str
        As in ("01", "02").
    due : mapping of str to datetime
        Until when each lab may come in, in the time of the instructor's computer; none where it is not said.
    weights : Weights
    limits : Limits
        What the code of one submission may use.
    roster : Path or None
        The list of students; beside ``course.toml`` unless the path is absolute.
    """

    title: str
    course: str
    secret: str = field(repr=False)
    language: str
    labs: tuple[str, ...]
    due: Mapping[str, datetime] = field(default_factory=dict, hash=False)
    weights: Weights = Weights()
    limits: Limits = field(default_factory=Limits)
    roster: Path | None = None

    @classmethod
    def read(cls, path: Path) -> Course:
        """Return the course that the file at ``path`` describes.

        Raises
        ------
        CrmlabError
            Naming all that is wrong at once: each key, its value, and what is allowed.
        """
        found = _loaded(path)
        language = found.get("language")
        reading = _Reading(found, str(language) if language in LANGUAGES else spoken())
        course = cls(
            title=reading.text("title"),
            course=reading.text("course"),
            secret=reading.text("secret", least=LEAST_SECRET),
            language=reading.choice("language", LANGUAGES, "en"),
            labs=reading.labs("labs"),
            due=reading.due("due"),
            weights=Weights(
                reading.share("weights.seen", Weights.seen),
                reading.share("weights.unseen", Weights.unseen),
                reading.choice("weights.rule", RULES, "both"),  # type: ignore[arg-type]
            ),
            limits=Limits(
                reading.number("limits.cell_seconds", Limits.cell_seconds, 1, 3600),
                reading.number("limits.notebook_seconds", Limits.seconds, 1, 36000),
                round(reading.number("limits.memory_mb", Limits.memory_mb, 512, 1 << 20)),
            ),
            roster=reading.path("roster", path.parent),
        )
        reading.compare(course)
        reading.stop(path)
        return course

    @property
    def unseen(self) -> str:
        """The course whose company nobody has seen. The secret cannot be found out from it.

        Examples
        --------
        >>> Course("CRM", "crm-2026", "a secret of 16 letters", "en", ("01",)).unseen
        'unseen-b97ac6e1e0a0da557979e641'
        """
        return "unseen-" + hashlib.sha256(f"crmlab unseen {self.secret}".encode()).hexdigest()[:24]

    @property
    def fingerprint(self) -> str:
        """What of the course decides about marks, as a hash: another one, and all is graded again."""
        decides = [self.course, self.secret, self.language, asdict(self.weights), asdict(self.limits)]
        return hashlib.sha256(json.dumps(decides).encode()).hexdigest()

    def due_text(self, lab: str) -> str | None:
        """Return until when ``lab`` may come in, as "2026-03-15 23:59"; None where that is not said."""
        return f"{self.due[lab]:%Y-%m-%d %H:%M}" if lab in self.due else None


def begin(path: Path, language: str) -> None:
    """Write a first ``course.toml`` with a secret of its own, to be gone through by the instructor."""
    if path.exists():
        raise CrmlabError("grading.hand_course_exists", language, file=path)
    text = files(__package__).joinpath("templates", f"course.{language}.toml").read_text(encoding="utf-8")
    replace_file(path, text.replace("{{ secret }}", secrets.token_urlsafe(24)).encode())


def _loaded(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise CrmlabError("grading.hand_no_course", file=path) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CrmlabError("grading.hand_course_unreadable", file=path, reason=error) from None


class _Reading:
    """The values of the file, taken one by one. What is wrong is kept, and a default goes on in its place."""

    tables = ("due", "weights", "limits")

    def __init__(self, found: Mapping[str, Any], language: str) -> None:
        self.language = language
        self.problems: list[str] = []
        self.known: list[str] = []
        self.values: dict[str, Any] = {}
        for key, value in found.items():
            if key not in self.tables:
                self.values[key] = value
            elif isinstance(value, dict):
                self.values |= {f"{key}.{name}": inner for name, inner in value.items()}
            else:
                self.wrong(key, value, "table", table=key)

    def wrong(self, key: str, value: object, rule: str, **blanks: object) -> None:
        """Note that the value of ``key`` breaks ``rule``."""
        allowed = say(f"grading.hand_rule_{rule}", self.language, **blanks)
        self.problems.append(
            say("grading.hand_problem", self.language, name=key, value=_shown(value), rule=allowed)
        )

    def take(self, key: str, default: Any = None) -> Any:
        """Return the value of ``key``; where it is missing and has no default, that is noted."""
        self.known.append(key)
        if key not in self.values and default is None:
            self.problems.append(say("grading.hand_missing", self.language, name=key))
        return self.values.get(key, default)

    def text(self, key: str, least: int = 1) -> str:
        """Return a text of at least so many letters."""
        value = self.take(key)
        if value is not None and not (isinstance(value, str) and len(value.strip()) >= least):
            # What is nearly a secret is not shown, either.
            secret = key == "secret"
            self.wrong(key, "…" if secret else value, "short" if secret else "text", least=least)
        return str(value)

    def choice(self, key: str, allowed: Collection[str], default: str) -> str:
        """Return one of the words ``allowed``."""
        value = self.take(key, default)
        if value not in allowed:
            self.wrong(key, value, "choice", choices=listed(allowed, self.language))
            return default
        return str(value)

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """Return a number from ``least`` to ``most``."""
        value = self.take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.wrong(key, value, "number", least=least, most=most)
            return default
        return value

    def share(self, key: str, default: float) -> float:
        """Return a number from 0 to 1."""
        return self.number(key, default, 0, 1)

    def labs(self, key: str) -> tuple[str, ...]:
        """Return the numbers of labs, each once."""
        value = self.take(key)
        numbers = lab_numbers()
        fine = isinstance(value, list) and value and all(one in numbers for one in value)
        if value is not None and not (fine and len(set(value)) == len(value)):
            self.wrong(key, value, "labs", labs=listed([f'"{number}"' for number in numbers], self.language))
            return ()
        return tuple(value or ())

    def due(self, table: str) -> dict[str, datetime]:
        """Return until when each lab may come in."""
        found = {}
        for key, value in self.values.items():
            if key.startswith(f"{table}."):
                self.known.append(key)
                moment = _moment(value)
                if moment is None:
                    self.wrong(key, value, "date")
                else:
                    found[key.removeprefix(f"{table}.")] = moment
        return found

    def path(self, key: str, folder: Path) -> Path | None:
        """Return the path of a file, seen from ``folder``."""
        value = self.take(key, "")
        if not isinstance(value, str):
            self.wrong(key, value, "text")
        return folder / value if value and isinstance(value, str) else None

    def compare(self, course: Course) -> None:
        """Note what is wrong with several values together, and what nobody asked for."""
        weights = course.weights
        if abs(weights.seen + weights.unseen - 1) > 1e-9:
            self.wrong("weights.seen + weights.unseen", round(weights.seen + weights.unseen, 9), "sum")
        if course.course == course.secret and "secret" in self.values:
            self.wrong("secret", "…", "secret")
        if course.labs:
            for lab in sorted(course.due.keys() - set(course.labs)):
                labs = listed([f'"{one}"' for one in course.labs], self.language)
                self.wrong(f"due.{lab}", course.due[lab], "due_lab", labs=labs)
        for key in self.values.keys() - set(self.known):
            inside = [one for one in self.known if one.endswith(f".{key}")]
            near = inside or difflib.get_close_matches(key, [*self.known, *self.tables], 1)
            if near:
                self.problems.append(say("grading.hand_near", self.language, name=key, near=near[0]))
            else:
                keys = listed(sorted(set(self.known)), self.language)
                self.problems.append(say("grading.hand_unknown", self.language, name=key, keys=keys))

    def stop(self, path: Path) -> None:
        """Raise what is wrong, if anything is."""
        if self.problems:
            lines = "\n".join(f"- {problem}" for problem in self.problems)
            raise CrmlabError("grading.hand_course_wrong", self.language, file=path, problems=lines)


def lab_numbers() -> list[str]:
    """Return the numbers of the labs that have questions.

    Examples
    --------
    >>> lab_numbers()[:3]
    ['00', '01', '02']
    """
    return [f"{lab.number:02d}" for lab in all_labs()]


def _moment(value: object) -> datetime | None:
    """Return a moment in local time; a day alone means its last minute.

    Examples
    --------
    >>> _moment("2026-03-15")
    datetime.datetime(2026, 3, 15, 23, 59, 59)
    >>> _moment(datetime(2026, 3, 15, 18))
    datetime.datetime(2026, 3, 15, 18, 0)
    """
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone().replace(tzinfo=None) if value.tzinfo else value
    return datetime.combine(value, LAST_MINUTE) if isinstance(value, date) else None


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_shown(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else str(value)
