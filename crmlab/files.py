"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


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
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
