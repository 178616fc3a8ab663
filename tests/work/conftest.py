"""Labs to be copied, that tests can change as a new version would."""

import json
from pathlib import Path

import pytest

import crmlab


def notebook(*sources: str) -> str:
    """Return the text of a notebook with these code cells, not run."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{at}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for at, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


class Shipped:
    """The labs that come with crmlab."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch

    def release(self, version: str, *sources: str, lab: str = "01-value-customers") -> None:
        """Bring out a version of crmlab, in which one lab has these cells."""
        self.monkeypatch.setattr(crmlab, "__version__", version)
        for language in ("en", "zh"):
            path = self.folder / language / f"{lab}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(notebook(f"'{language}'", *sources), encoding="utf-8")


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(crmlab, "__file__", str(tmp_path / "site" / "crmlab" / "__init__.py"))
    labs = Shipped(tmp_path / "site" / "labs", monkeypatch)
    labs.release("0.1.0", "one = ...", lab="01-value-customers")
    labs.release("0.1.0", "two = ...", lab="02-receivables")
    return labs


@pytest.fixture
def mine(tmp_path):
    """A folder with a name that is hard on careless programs."""
    return tmp_path / "my work 我的 客户"
