"""Words that the generator puts together: people, customers, products, in both languages."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def pool(name: str) -> Any:
    """Return the content of ``<name>.json``."""
    return json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
