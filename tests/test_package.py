"""What is installed: the wheel carries all that a student needs; versions and environments agree."""

import re
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from hatchling import build
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import crmlab

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

#: Packages that conda-forge calls otherwise.
CONDA_NAMES = {"duckdb": "python-duckdb", "playwright": "playwright-python"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names of the files in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        name = build.build_wheel(str(folder))
    with zipfile.ZipFile(folder / name) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["labs", "solutions"])
def test_the_wheel_carries_labs_and_solutions(wheel, folder):
    built = {
        path.relative_to(ROOT / folder).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".ipynb", ".py", ".toml")
    }
    assert built
    assert {f"crmlab/_{folder}/{name}" for name in built} <= wheel


def test_the_wheel_carries_all_data_of_the_package(wheel):
    wanted = {".json", ".toml", ".ttf", ".txt", ".css"}
    data = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "crmlab").rglob("*") if path.suffix in wanted
    }
    assert {"crmlab/locale/zh.toml", "crmlab/fonts/OFL.txt"} < data
    assert data <= wheel


def test_the_wheel_carries_nothing_of_a_students_or_of_a_run(wheel):
    unwanted = re.compile(r"crmlab-progress|checkpoints|__pycache__|/tests/|\.(pyc|part)$")
    assert [name for name in wheel if unwanted.search(name)] == []


def test_versions_are_equal():
    assert crmlab.__version__ == PROJECT["version"] == version("crmlab")


def ranges(requirements):
    """Return name and range of each requirement, without those on crmlab itself."""
    found = {}
    for text in requirements:
        requirement = Requirement(text)
        if requirement.name != "crmlab":
            found[canonicalize_name(requirement.name)] = requirement.specifier
    return found


def test_conda_and_pip_ask_for_the_same():
    extras = PROJECT["optional-dependencies"]
    names = ("authoring", "grading", "scale", "site", "spark", "test", "web")
    wanted = ranges([*PROJECT["dependencies"], *(text for name in names for text in extras[name])])
    wanted = {CONDA_NAMES.get(name, name): specifier for name, specifier in wanted.items()}
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *from_conda, own = environment["dependencies"]
    listed = ranges(entry for entry in [*from_conda, *own["pip"]] if entry not in ("pip", "-e ."))
    assert listed.pop("python") == Requirement(f"python{PROJECT['requires-python']}").specifier
    assert listed == wanted
