"""What holds for all tests: nobody's settings, and no lab run as a Python module."""

import os
import sys

import pytest

# Each core has a process of its own already: more threads in one only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Kernels, servers, commands are started by the hundred: let the first keep what it compiled for the others.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

#: Not looked through for doctests: sources of labs, which are run as notebooks (tests/labs), and files of
#: one name in several folders.
collect_ignore_glob = ["solutions/*.py", "tests/*/conftest.py"]

#: Marks of tests that take long and are run by hand: ``pytest -m versions``.
LONG = ("labs_long", "page_long", "rehearsal", "seeds", "site_long", "versions")

SETTINGS = ("LANGUAGE", "ACCOUNT", "COURSE", "PROGRESS")


@pytest.fixture(autouse=True)
def no_settings_of_the_environment(monkeypatch):
    """Tests see the defaults, whatever the person who runs them has set."""
    for name in SETTINGS:
        monkeypatch.delenv(f"CRMLAB_{name}", raising=False)


def pytest_collection_modifyitems(config, items):
    """Leave the long tests out unless they are asked for by their mark."""
    for item in items:
        for mark in LONG:
            if item.get_closest_marker(mark) and mark not in config.getoption("-m"):
                item.add_marker(pytest.mark.skip(reason=f"takes long: run it with -m {mark}"))
