"""For students: ``crmlab lab`` and ``crmlab dashboard``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmlab.cli.common import Account, Course, Lang, asked_company, tell
from crmlab.locale import say
from crmlab.settings import settings


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


def dashboard(
    lang: Lang = None,
    account: Account = None,
    course: Course = None,
    folder: Annotated[
        Path | None, typer.Option("--company", help="Another company: what `crmlab company` wrote.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="8866 or the next free one.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Open the Analysis page in the browser, without a notebook."""
    from crmlab.work.dashboard import check, serve

    port = check(lang or settings().language, port)
    # What is wrong with the company is said here, not on the page.
    language = asked_company(folder, lang, account, course).language
    asked = {"language": lang, "account": account, "course": course}
    given = ", ".join(f"{name}={str(value)!r}" for name, value in asked.items() if value is not None)
    opened = f"open_company({given})" if folder is None else f"Company.read({str(folder.absolute())!r})"
    call = f"from crmlab import Company, explore, open_company\n\nexplore({opened})"
    raise typer.Exit(serve(call, language, port, tell, browser=browser))
