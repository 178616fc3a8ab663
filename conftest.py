"""What holds for all tests: nobody's settings, and no lab run as a Python module."""

import pytest

#: Not looked through for doctests: sources of labs, which are run as notebooks (tests/labs), and files of
#: one name in several folders.
collect_ignore_glob = ["solutions/*.py", "tests/*/conftest.py"]

SETTINGS = ("LANGUAGE", "ACCOUNT", "COURSE", "PROGRESS")


@pytest.fixture(autouse=True)
def no_settings_of_the_environment(monkeypatch):
    """Tests see the defaults, whatever the person who runs them has set."""
    for name in SETTINGS:
        monkeypatch.delenv(f"CRMLAB_{name}", raising=False)
