"""Writing a file whole or not at all, and a section of a page that a program keeps."""

from __future__ import annotations

import os
from pathlib import Path

from crmlab import browser


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``; whatever goes wrong, the file is the old one or the new one.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> replace_file(folder / "new" / "note.txt", b"kept")
    >>> (folder / "new" / "note.txt").read_bytes()
    b'kept'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # JupyterLite goes by the ending: what is to become a notebook has to begin as one.
    ending = path.suffix if browser.HERE else ""
    part = path.with_name(f"{path.name}.{os.getpid()}.part{ending}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def has_section(page: str, name: str) -> bool:
    """Say whether a Markdown page has a place for the section ``name``."""
    return f"<!-- {name} -->" in page and f"<!-- end of {name} -->" in page


def with_section(page: str, name: str, section: str) -> str:
    r"""Return a Markdown page with ``section`` between its markers, at the end if it is not there yet.

    Examples
    --------
    >>> page = with_section("# A page\n", "table", "1, 2")
    >>> with_section(page, "table", "3, 4")
    '# A page\n\n<!-- table -->\n3, 4\n<!-- end of table -->\n'
    """
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = page.partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    before = before if found else f"{page.rstrip()}\n\n"
    return f"{before}{begin}\n{section}\n{end}{after}"
