"""The command line: ``crmlab lab``, ``crmlab company``, ``crmlab build``.

Each command imports what it needs when it runs, so that ``crmlab --help`` is there at once.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from crmlab import __version__
from crmlab.errors import CrmlabError
from crmlab.locale import listed, say

if TYPE_CHECKING:
    from crmlab.company.company import Company


class Language(StrEnum):
    """The editions."""

    en = "en"
    zh = "zh"


class _Sentences(TyperGroup):
    """Says an error that is meant for a person in one red sentence, and ends with status 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CrmlabError as error:
            tell(str(error), style="red", stderr=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Sentences,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Learn customer relationship management with the data of a synthetic company.",
)

Lang = Annotated[Language | None, typer.Option(help="Language of the edition.")]
Account = Annotated[str | None, typer.Option(help="Your own account, such as s2026017.")]
Course = Annotated[str | None, typer.Option(help="The course that you take part in.")]


def tell(sentence: str, *, style: str | None = None, stderr: bool = False) -> None:
    """Print a sentence for the person at the keyboard."""
    console = Console(stderr=stderr)
    console.print(sentence, style=style, markup=False, highlight=False, soft_wrap=True)


def _version(asked: bool) -> None:
    if asked:
        tell(f"crmlab {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Chinese letters shows question marks instead of a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


@app.command()
def lab(
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Your folder; crmlab-work unless given.")
    ] = None,
    lang: Lang = None,
    account: Account = None,
    course: Course = None,
    reset: Annotated[
        str | None, typer.Option(help="Begin a lab (01) afresh; yours is kept under another name.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of JupyterLab.")] = None,
    more: Annotated[
        list[str] | None, typer.Argument(metavar="-- OPTIONS", help="Handed on to JupyterLab.")
    ] = None,
) -> None:
    """Open the labs in JupyterLab, in a folder of your own.

    The labs are copied there the first time. What you have changed is never overwritten.
    """
    from crmlab.work import jupyter
    from crmlab.work.folder import MANIFEST, prepare

    if folder is None:
        folder = Path() if MANIFEST.is_file() else Path("crmlab-work")
    work = prepare(folder, lang, account=account, course=course, reset=reset)
    for note in work.notes:
        tell(note)
    tell(say("work.opening", work.language, folder=work.path), style="bold")
    notebook = work.fresh or (None if jupyter.was_open(work.path) else work.labs[0])
    options = [] if browser else ["--no-browser"]
    options += [f"--port={port}"] if port else []
    raise typer.Exit(jupyter.start(work.path, work.language, notebook, options + (more or [])))


@app.command()
def company(
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("crmlab-company"),
    lang: Lang = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another company.")] = 2026,
    account: Account = None,
    course: Course = None,
) -> None:
    """Write the company as CSV files that Excel opens."""
    from crmlab.company.company import open_company

    opened = open_company(seed, language=lang, account=account, course=course)
    names = save_beside(opened, out.absolute())
    files = listed(names, opened.language)
    tell(say("cli.company_written", opened.language, count=len(names), files=files, folder=out.absolute()))


def save_beside(opened: Company, folder: Path) -> list[str]:
    """Save a company in ``folder`` without overwriting anything that is not the same; return the names."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".crmlab-", dir=folder) as made:
            opened.save(Path(made))
            files = sorted(Path(made).iterdir())
            for file in files:
                there = folder / file.name
                if there.exists() and not (there.is_file() and there.read_bytes() == file.read_bytes()):
                    raise CrmlabError("cli.would_overwrite", opened.language, file=there)
            for file in files:
                file.replace(folder / file.name)
            return [file.name for file in files]
    except OSError as error:
        raise CrmlabError("cli.cannot_write", opened.language, folder=folder, reason=error.strerror) from None


@app.command()
def build(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="LAB", help="Labs (01); all unless given.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong with the sources.")] = False,
    data: Annotated[bool, typer.Option("--data", help="Write the default company to data/ instead.")] = False,
    pools: Annotated[
        bool, typer.Option("--pools", help="Compute the generator's tables anew instead.")
    ] = False,
) -> None:
    """Build the notebooks of the labs from their sources (for authors, in a checkout)."""
    try:
        from crmlab.authoring import building
    except ModuleNotFoundError as error:
        raise CrmlabError("cli.no_authoring", package=error.name) from None
    root, chosen = building.checkout(), tuple(labs or ())
    if check:
        _report(building.check(root, chosen))
    elif data:
        from crmlab.company.data import write_data

        write_data(root / "data")
    elif pools:
        from crmlab.authoring.pools import write_distributions

        write_distributions()
    else:
        for path in building.build(root, chosen):
            tell(str(path.relative_to(root)))


def _report(problems: Sequence[object]) -> None:
    for problem in problems:
        tell(str(problem))
    if problems:
        raise typer.Exit(1)
    tell(say("build.no_problems"))


if __name__ == "__main__":
    app()
