"""Grading with plain pytest: ``pytest --crmlab-grade submissions/``.

Without that option this costs a pytest run nothing: everything else is imported when it is asked for.
"""

from __future__ import annotations

from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("crmlab", "grading of notebooks that students handed in")
    group.addoption(
        "--crmlab-grade", action="store_true", help="Grade the notebooks in the folders that are named."
    )
    group.addoption(
        "--crmlab-course", metavar="FILE", default="course.toml", help="The course; course.toml unless given."
    )
    group.addoption(
        "--i-trust-this-class", action="store_true", help="Run their code where nothing can be walled off."
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: Any) -> None:
    """Import no conftest.py: what lies among submissions is a stranger's."""
    if getattr(early_config.known_args_namespace, "crmlab_grade", False):
        early_config.known_args_namespace.noconftest = True


def pytest_configure(config: pytest.Config) -> None:
    """Begin to grade, where that is asked for."""
    if config.getoption("crmlab_grade"):
        from crmlab.grading.pytest_items import Grading

        config.pluginmanager.register(Grading(config), "crmlab-grading")
