"""Packages that are fetched when they are first imported: what is fetched, in which order, and how often."""

from types import SimpleNamespace

import pytest

from crmlab import fetching

PACKAGES = {
    "scikit-learn": ["scipy", "joblib"],
    "scipy": ["numpy", "openblas"],
    "joblib": [],
    "openblas": [],
    "numpy": [],
}


@pytest.fixture
def fetched(monkeypatch):
    """The names of what is fetched; NumPy is there already."""
    packages = {name: SimpleNamespace(depends=depends) for name, depends in PACKAGES.items()}
    pyodide = SimpleNamespace(
        _api=SimpleNamespace(lockfile_packages=SimpleNamespace(**packages)),
        loadedPackages=SimpleNamespace(numpy="default channel"),
    )
    names = []

    def note(self, package):
        setattr(pyodide.loadedPackages, package, "default channel")
        names.append(package)

    monkeypatch.setattr(fetching._Fetching, "_fetch", note)
    return fetching._Fetching(pyodide), names


def test_what_a_package_needs_comes_before_it_and_only_once(fetched):
    finder, names = fetched
    assert finder.find_spec("sklearn", None) is not None  # it is installed here
    assert names == ["openblas", "scipy", "joblib", "scikit-learn"]
    finder.find_spec("sklearn", None)
    finder.find_spec("scipy", None)
    assert len(names) == 4


def test_nothing_else_is_fetched(fetched):
    finder, names = fetched
    assert finder.find_spec("pandas", None) is None
    assert finder.find_spec("openpyxl", None) is not None  # not in this lock file: left to Python
    assert names == []
