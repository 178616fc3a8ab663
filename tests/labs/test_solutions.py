"""The solved notebooks give the outputs that are committed; a file of its own runs beside the others."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat

from crmlab.authoring.building import checkout
from crmlab.authoring.execution import versions
from crmlab.locale import LANGUAGES

ROOT = checkout()
FOLDERS = [Path("solutions") / language for language in LANGUAGES]


def built_here(path: Path) -> bool:
    """Return whether the outputs of a notebook were printed by the versions that are installed here."""
    return nbformat.read(path, as_version=4).metadata.crmlab.built_with == versions()


def test_solutions_give_what_they_promise():
    """Strict where tables and figures are printed by the same versions, lax elsewhere."""
    same = all(built_here(path) for folder in FOLDERS for path in (ROOT / folder).glob("*.ipynb"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CRMLAB_")}
    result = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider"),
            # Of the installed plugins the two that this needs, and none of this suite's options.
            *("-o", "addopts=", "-p", "nbval.plugin", "-p", "quick_nbval"),
            *("--nbval" if same else "--nbval-lax", "--nbval-current-env"),
            *map(str, FOLDERS),
        ],
        cwd=ROOT,
        env=environment
        | {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": f"{Path(__file__).parent}{os.pathsep}{ROOT}",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout[-6000:]
