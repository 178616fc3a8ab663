"""House rules that a program can check."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "crmlab"

#: Each room, and the rooms that it may import from. Base is all that stands before the company.
BASE = {"browser", "config", "locale", "errors", "settings", "files", "fonts"}
MAY_IMPORT = {
    "browser": set(),
    "config": set(),
    "files": {"browser"},
    "fonts": {"locale"},
    "locale": {"config"},
    "errors": {"locale"},
    "settings": {"config", "locale", "errors"},
    "company": BASE,
    "analysis": BASE | {"company"},
    "reporting": BASE | {"company", "analysis"},
    "explore": BASE | {"company", "analysis", "reporting"},
    "checks": BASE | {"company", "analysis"},
    "fetching": {"locale", "errors"},
    "work": BASE | {"checks"},
    "site": BASE | {"fetching", "work"},
    "authoring": BASE | {"company", "analysis", "explore", "checks", "work"},
    "grading": BASE | {"company", "analysis", "explore", "checks", "work", "authoring"},
    "cli": BASE
    | {"company", "analysis", "reporting", "explore", "checks", "work", "site", "authoring", "grading"},
    "__main__": {"cli"},
}


def run(*command):
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize(
    "command",
    [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)],
    ids=["lint", "format", "types"],
)
def test_the_tools_have_nothing_to_say(command):
    result = run("-m", *command)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("module", ["crmlab", "crmlab.cli", "crmlab.company.size.running"])
def test_importing_loads_nothing_heavy(module):
    heavy = "{'pandas', 'numpy', 'matplotlib', 'sklearn', 'ipywidgets', 'narwhals', 'jupytext', 'nbformat'}"
    result = run("-c", f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))")
    assert result.stdout.strip() == "[]", result.stderr


def imported(path):
    """Return the names that a module imports, with the names taken from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_room_imports_only_from_the_rooms_before_it():
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for name in imported(path):
            package, _, other = name.partition(".")
            other = other.partition(".")[0]
            # What a student types comes from crmlab itself; only notebooks and doctests import that.
            if package == "crmlab" and other in MAY_IMPORT and other not in MAY_IMPORT[room] | {room}:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def tracked():
    """Return the text files that git knows or would add; all but hidden ones where there is no git."""
    result = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = result.stdout.decode("utf-8").split("\0") if result.returncode == 0 else []
    paths = [ROOT / name for name in names if name] or [
        path for path in ROOT.rglob("*") if ".git" not in path.parts
    ]
    binary = {".png", ".ttf", ".ico", ".gif", ".jpg"}
    return [path for path in paths if path.is_file() and path.suffix not in binary]


def test_no_file_names_a_place_on_somebodys_computer():
    place = re.compile(r"(?<![\w.~{}])/(?:home|Users|root|work|tmp|venvs?)/\w|[A-Z]:\\Users")
    found = []
    for path in tracked():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if place.search(line) and path != Path(__file__):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert found == []
