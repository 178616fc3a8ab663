"""For instructors: ``crmlab site``."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crmlab.cli.common import tell
from crmlab.errors import CrmlabError
from crmlab.locale import LANGUAGES, say


class Editions(StrEnum):
    """What a site can have."""

    en = "en"
    zh = "zh"
    both = "both"


def site(
    out: Annotated[Path, typer.Option(help="Folder of the site; an older site there is replaced.")] = Path(
        "site"
    ),
    lang: Annotated[Editions, typer.Option(help="Its editions.")] = Editions.both,
    course: Annotated[
        str | None, typer.Option(help="The course whose company it has; whoever looks can read it there.")
    ] = None,
    pyodide: Annotated[
        str,
        typer.Option(
            metavar="cdn|FOLDER",
            help="Python: from a public server, or a Pyodide distribution to take along.",
        ),
    ] = "cdn",
    archive: Annotated[
        Path | None, typer.Option("--zip", metavar="FILE", help="Write it all into one zip file besides.")
    ] = None,
) -> None:
    """Build the labs as a static site, with Python in the student's browser.

    Any web server can serve it: for a first look, `python -m http.server`.
    """
    from crmlab.site.building import Site, steps
    from crmlab.site.python import CDN

    _have_what_it_takes()
    languages = LANGUAGES if lang is Editions.both else (lang.value,)
    source = CDN if pyodide == "cdn" else pyodide
    asked = Site(out.resolve(), languages, source, course, archive and archive.resolve())
    try:
        _with_progress(steps(asked))
    except OSError as error:
        file, reason = error.filename or out, error.strerror or error
        raise CrmlabError("site.not_written", file=file, reason=reason) from None
    sizes = [path.stat().st_size for path in asked.folder.rglob("*") if path.is_file()]
    size, quoted = _megabytes(sum(sizes)), shlex.quote(str(out))
    tell(say("site.built", folder=asked.folder, size=size, count=len(sizes), quoted=quoted))
    if asked.archive:
        tell(say("site.zipped", archive=asked.archive, size=_megabytes(asked.archive.stat().st_size)))


def _have_what_it_takes() -> None:
    for name in ("jupyterlab_server", "jupyterlite_core", "jupyterlite_pyodide_kernel", "pyodide_lock"):
        if find_spec(name) is None:
            raise CrmlabError("site.missing", package=name)


def _with_progress(steps: Sequence[tuple[str, Callable[[], object]]]) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(steps))
        for what, do in steps:
            bar.update(task, description=what)
            do()
            bar.advance(task)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f}"
