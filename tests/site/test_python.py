"""The lock file: all that the labs need, or a sentence that says what is missing."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytest.importorskip("pyodide_lock", reason="the extra site is not installed")

from pyodide_lock import PyodideLockSpec

from crmlab.errors import CrmlabError
from crmlab.fetching import WHEN_NEEDED
from crmlab.site import python

ROOT = Path(__file__).parents[2]
#: What a distribution has that is compiled, or that the kernel needs, with versions that fit.
THERE = """contourpy cycler decorator ipython jedi joblib matplotlib micropip numpy packaging pandas pillow
pygments pytz scikit-learn scipy six sqlite3 ssl threadpoolctl traitlets typing-extensions"""


def given(**versions):
    """Return the lock file of a small distribution."""
    package = {"install_dir": "site", "sha256": "", "package_type": "package", "depends": [], "imports": []}
    names = dict.fromkeys([*THERE.split(), "python-dateutil"], "999") | versions
    return {
        "info": {
            "abi_version": "2024_0",
            "arch": "wasm32",
            "platform": "emscripten_3_1_58",
            "python": "3.12.7",
            "version": "0.27.7",
        },
        "packages": {
            name: {**package, "name": name, "version": version, "file_name": f"{name}.whl"}
            for name, version in names.items()
        },
    }


@pytest.fixture
def fitting(monkeypatch):
    """A distribution in which every version fits."""
    monkeypatch.setattr(python, "_fit", lambda *_: None)
    return given()


def test_the_lock_file_is_closed_and_has_all_that_is_loaded(fitting, tmp_path):
    lock = python.complete(fitting, tmp_path)
    python.check(lock)
    for name in (*python.preloaded(), *WHEN_NEEDED):
        assert canonicalize_name(name) in lock.packages
    assert set(lock.packages["crmlab"].depends) == set(python.AT_ONCE)
    assert set(WHEN_NEEDED).isdisjoint(lock.packages["crmlab"].depends)
    brought = {path.name for path in tmp_path.glob("*.whl")}
    assert brought <= {package.file_name for package in lock.packages.values()}


def test_every_dependency_of_crmlab_has_its_place():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    assert needed <= {*python.AT_ONCE, *WHEN_NEEDED, *python.NOT_THERE}


def test_what_a_package_misses_is_named():
    lock = PyodideLockSpec(**given())
    lock.packages["pandas"].depends = ["pyarrow"]
    with pytest.raises(CrmlabError, match="pandas needs the package pyarrow"):
        python.check(lock)


def test_a_distribution_that_is_too_old_is_named(tmp_path):
    with pytest.raises(CrmlabError, match=r"crmlab needs pandas.*version 1\.5"):
        python.complete(given(pandas="1.5"), tmp_path)


def test_a_folder_that_is_no_distribution_is_named(tmp_path):
    with pytest.raises(CrmlabError, match=r"pyodide\.asm\.wasm"):
        python.bring(str(tmp_path), tmp_path / "site")


def test_python_from_elsewhere_and_our_wheels_from_here(fitting, tmp_path, monkeypatch):
    monkeypatch.setattr(python, "_fetched", lambda address: fitting)
    address = "https://example.org/pyodide/"
    python.bring(address, tmp_path / "pyodide")
    lock = PyodideLockSpec.from_json(tmp_path / "pyodide" / "pyodide-lock.json")
    assert lock.packages["pandas"].file_name == f"{address}pandas.whl"
    assert (tmp_path / "pyodide" / lock.packages["crmlab"].file_name).is_file()
    script = (tmp_path / "pyodide" / "pyodide.js").read_text(encoding="utf-8")
    assert f'"{address}"' in script and "@address@" not in script
