"""The flaws on purpose, for instructors: what they are, how often they occur, how to find them."""

from __future__ import annotations

from crmlab.company.world.flaws import Flaw, declared
from crmlab.locale import LANGUAGES, say

#: Where the page of each language is kept.
FILES = {"en": "FLAWS.md", "zh": "FLAWS.zh.md"}


def flaws_page(language: str) -> str:
    """Return the page as Markdown.

    Examples
    --------
    >>> print(flaws_page("en").splitlines()[0])
    # Flaws on purpose
    """
    parts = [f"# {say('flaws.title', language)}", say("flaws.about", language)]
    parts += [_section(flaw, language) for flaw in declared()]
    return "\n\n".join(parts) + "\n"


def _section(flaw: Flaw, language: str) -> str:
    parts = [f"## {flaw.name}"]
    parts += [flaw.meaning.to(language)] if all(flaw.meaning) else []
    among = flaw.among.to(language)
    parts.append(say("flaws.rate", language, share=f"{flaw.permille / 10:g}", among=among))
    parts.append(f"```python\n{flaw.find}\n```" if flaw.find else say("flaws.hidden", language))
    return "\n\n".join(parts)


def flaws_pages() -> dict[str, str]:
    """Return the page of each language by file name."""
    return {FILES[language]: flaws_page(language) for language in LANGUAGES}
