"""What lies beside the tables and says which company they are."""

from __future__ import annotations

import json
from typing import Any

#: The file beside the tables; in a database or a workbook a table of key and value.
CARD = "company.toml"
CARD_TABLE = "about_company"


def card(language: str, seed: int, account: str | None) -> dict[str, str]:
    """Return what is said about a company that was generated, by key."""
    return {"language": language, "seed": str(seed), "account": account or ""}


def card_text(language: str, seed: int, account: str | None, **more: Any) -> str:
    """Return what ``company.toml`` says about a company: texts, and lists of them.

    Examples
    --------
    >>> print(card_text("zh", 2026, None, source="销售.csv"), end="")
    language = "zh"
    seed = "2026"
    account = ""
    source = "销售.csv"
    """
    said = {**card(language, seed, account), **more}
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items())
