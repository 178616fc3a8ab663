"""Where Python runs inside of a browser (Pyodide), and what is different there: the one place that knows."""

from __future__ import annotations

import sys
from pathlib import Path

#: Whether this is such a Python.
HERE = sys.platform == "emscripten"
#: Where JupyterLite lets Python see the files of the page.
DRIVE = Path("/drive")


def files_are_seen() -> bool:
    """Say whether the notebooks of the page are files for Python, so that what it writes stays.

    In a browser they are only where the page came over a secure connection, or from this computer.
    """
    return not HERE or DRIVE.is_dir()
