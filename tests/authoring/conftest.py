"""A small lab in a checkout of its own."""

from pathlib import Path

import pytest
from small_lab import LAB


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a source into a small checkout and returns its path."""
    for folder, more in (("labs", ""), ("solutions", "progress = false\n")):
        for language in ("en", "zh"):
            path = tmp_path / folder / language / "crmlab.toml"
            path.parent.mkdir(parents=True)
            path.write_text(f'language = "{language}"\n{more}', encoding="utf-8")

    def write_source(text: str = LAB, name: str = "07-small.py") -> Path:
        path = tmp_path / "solutions" / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_source
