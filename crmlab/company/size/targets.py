"""Where the parts go: a folder of files, or one database. Each knows what it has already."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, Protocol

from crmlab.company.identity import CARD, CARD_TABLE, card, card_text
from crmlab.company.schema import TABLES
from crmlab.company.size import sql
from crmlab.company.size.parts import Made, checksum
from crmlab.company.size.plan import Plan
from crmlab.errors import CrmlabError
from crmlab.files import replace_file

#: The file that says which parts are finished.
MANIFEST = "manifest.json"
_DUCK_MEMORY = "1GB"


class Target(Protocol):
    """Takes parts one after the other and keeps each whole or not at all."""

    todo: list[int]

    def take(self, part: int, made: Made) -> None:
        """Keep a part for good."""

    def finish(self) -> list[str]:
        """Put everything in place; return the names of what is there."""

    def close(self) -> None:
        """Let go of all files."""


def target_of(plan: Plan) -> Target:
    """Return the target of a plan.

    Raises
    ------
    CrmlabError
        When something else is there already.
    """
    return {"duckdb": _Duck, "sqlite": _Sqlite}.get(plan.format, _Folder)(plan)


def _refuse(plan: Plan, path: Path) -> CrmlabError:
    return CrmlabError("cli.would_overwrite", plan.language, file=path)


class _Folder:
    """A file for each table, or a folder of files when there are several parts."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.card = card_text(plan.language, plan.seed, plan.account).encode("utf-8")
        there = plan.folder / CARD
        if there.exists() and there.read_bytes() != self.card:
            raise _refuse(plan, there)
        self.parts = self._known()
        self.todo = [part for part in range(plan.parts) if not self._is_whole(part)]

    def _known(self) -> dict[str, dict[str, str]]:
        """Return for each finished part its files with their checksums."""
        path = self.plan.folder / MANIFEST
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            known = found["fingerprint"] == self.plan.fingerprint
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError):
            known = False
        if not known:
            raise _refuse(self.plan, path)
        return found["parts"]

    def _is_whole(self, part: int) -> bool:
        files = self.parts.get(str(part))
        return files is not None and all(
            (self.plan.folder / name).is_file() and checksum(self.plan.folder / name) == value
            for name, value in files.items()
        )

    def _name(self, table: str, part: int) -> str:
        if self.plan.parts == 1:
            return f"{table}.{self.plan.format}"
        return f"{table}/{part:05}.{self.plan.format}"

    def take(self, part: int, made: Made) -> None:
        files = {self._name(table, part): file for table, file in made.files.items()}
        for name, (_, value) in files.items():
            there = self.plan.folder / name
            if there.exists() and not (there.is_file() and checksum(there) == value):
                raise _refuse(self.plan, there)
        for name, (path, _) in files.items():
            there = self.plan.folder / name
            there.parent.mkdir(exist_ok=True)
            path.replace(there)
        self.parts[str(part)] = {name: value for name, (_, value) in files.items()}
        about = {"fingerprint": self.plan.fingerprint, "parts": dict(sorted(self.parts.items()))}
        replace_file(self.plan.folder / MANIFEST, (json.dumps(about, indent=1) + "\n").encode("utf-8"))

    def finish(self) -> list[str]:
        replace_file(self.plan.folder / CARD, self.card)
        made = {name.partition("/")[0] for files in self.parts.values() for name in files}
        return sorted({*made, CARD, MANIFEST})

    def close(self) -> None:
        pass


class _Database:
    """A database under a temporary name, which gets its own when it is whole."""

    connection: Any

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.path = plan.folder / f"company.{plan.format}"
        self.unfinished = self.path.with_name(f"{self.path.name}.part")
        self.todo: list[int] = []
        if self.path.exists():
            self._open(self.path)
            self.connection.close()
        else:
            self.todo = list(range(self._open(self.unfinished), plan.parts))

    def _open(self, path: Path) -> int:
        """Connect to a database of this plan, and return how many parts it has."""
        self.connection = self._connect(path)
        about = self._about()
        if not about and path == self.unfinished:
            about = {
                **card(self.plan.language, self.plan.seed, self.plan.account),
                "fingerprint": self.plan.fingerprint,
                "parts": "0",
            }
            self.connection.execute("BEGIN")
            self.connection.execute(f"CREATE TABLE {CARD_TABLE} (key VARCHAR, value VARCHAR)")
            self.connection.executemany(f"INSERT INTO {CARD_TABLE} VALUES (?, ?)", list(about.items()))
            self.connection.execute("COMMIT")
            return 0
        if about.get("fingerprint") != self.plan.fingerprint:
            self.connection.close()
            raise _refuse(self.plan, path)
        return int(about["parts"])

    def _about(self) -> dict[str, str]:
        try:
            return dict(self.connection.execute(f"SELECT key, value FROM {CARD_TABLE}").fetchall())
        except self._errors():
            return {}

    def take(self, part: int, made: Made) -> None:
        done = f"UPDATE {CARD_TABLE} SET value = '{part + 1}' WHERE key = 'parts'"
        self._insert({name: path for name, (path, _) in made.files.items()}, done)
        for path, _ in made.files.values():
            path.unlink()

    def finish(self) -> list[str]:
        self.connection.close()
        if self.unfinished.exists():
            self.unfinished.replace(self.path)
        return [self.path.name]

    def close(self) -> None:
        self.connection.close()

    def _run(self, *statements: str) -> None:
        """Run statements all or not at all."""
        self.connection.execute("BEGIN")
        try:
            for statement in statements:
                self.connection.execute(statement)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def _connect(self, path: Path) -> Any:
        raise NotImplementedError

    def _errors(self) -> type[Exception]:
        raise NotImplementedError

    def _insert(self, files: dict[str, Path], done: str) -> None:
        raise NotImplementedError


class _Duck(_Database):
    def _connect(self, path: Path) -> Any:
        import duckdb

        return duckdb.connect(str(path), config={"memory_limit": _DUCK_MEMORY})

    def _errors(self) -> type[Exception]:
        import duckdb

        return duckdb.Error

    def _insert(self, files: dict[str, Path], done: str) -> None:
        statements = []
        for name, path in files.items():
            rows = "SELECT * FROM read_parquet('{}')".format(str(path).replace("'", "''"))
            statements.append(f"CREATE TABLE IF NOT EXISTS {name} AS {rows} LIMIT 0")
            statements.append(f"INSERT INTO {name} {rows}")
        self._run(*statements, done)


class _Sqlite(_Database):
    def _connect(self, path: Path) -> Any:
        return sqlite3.connect(path, isolation_level=None)

    def _errors(self) -> type[Exception]:
        return sqlite3.Error

    def _insert(self, files: dict[str, Path], done: str) -> None:
        (path,) = files.values()
        self.connection.execute("ATTACH ? AS part", (str(path),))
        try:
            there = self.connection.execute("SELECT name FROM part.sqlite_master").fetchall()
            statements = []
            for (name,) in there:
                create = sql.create(TABLES[name]).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")
                statements += [create, f"INSERT INTO {name} SELECT * FROM part.{name}"]
            self._run(*statements, done)
        finally:
            self.connection.execute("DETACH part")
