"""The solved notebooks give the outputs that are committed; a file of its own runs beside the others."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from crmlab.authoring.building import checkout
from crmlab.authoring.execution import versions
from crmlab.locale import LANGUAGES

ROOT = checkout()


def built_here(path: Path) -> bool:
    """Return whether the outputs of a notebook were printed by the versions that are installed here."""
    return nbformat.read(path, as_version=4).metadata.crmlab.built_with == versions()


@pytest.mark.parametrize("language", LANGUAGES)
def test_solutions_give_what_they_promise(language):
    """Strict where tables and figures are printed by the same versions, lax elsewhere."""
    folder = Path("solutions") / language
    same = all(built_here(path) for path in (ROOT / folder).glob("*.ipynb"))
    how = ["--nbval" if same else "--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CRMLAB_")}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", *how, "--color=no", str(folder)],
        cwd=ROOT,
        # Several threads only wait for each other here.
        env=environment | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout[-6000:]
