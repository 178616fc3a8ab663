"""The same bytes under other Pythons and other pandas: long, and run by hand (``pytest -m versions``)."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
PANDAS = ("pandas==2.2.*", "pandas")
NEEDS = ("faker", "narwhals>=2.28")
CODE = (
    "import json, sys, pandas, numpy; from crmlab.company.company import opened;"
    "print(json.dumps([opened(2026, 'zh').checksums(), opened(2026, 'en', 's2026017').checksums()]));"
    "print(sys.version.split()[0], 'pandas', pandas.__version__, 'numpy', numpy.__version__, file=sys.stderr)"
)


def interpreter(version):
    """Return a Python of this version, if the machine has one."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = sorted(kept.glob(f"{version}.*/bin/python"))
    return str(found[-1]) if found else shutil.which(f"python{version}")


@pytest.mark.versions
@pytest.mark.parametrize("pandas", PANDAS)
@pytest.mark.parametrize("version", PYTHONS)
def test_checksums_are_equal(version, pandas, student, chinese, tmp_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"Python {version} is not on this machine")
    subprocess.run([python, "-m", "venv", str(tmp_path / "venv")], check=True)
    own = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([str(own), "-m", "pip", "install", "-q", pandas, *NEEDS], check=True)
    result = subprocess.run(
        [str(own), "-c", CODE],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    print(result.stderr.strip())
    assert json.loads(result.stdout) == [chinese.checksums(), student.checksums()]
