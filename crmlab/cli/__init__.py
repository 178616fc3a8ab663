"""The command line: ``crmlab lab``, ``crmlab company``, ``crmlab grade`` and the others.

Each command imports what it needs when it runs, so that ``crmlab --help`` is there at once.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from crmlab import __version__
from crmlab.cli.analyses import analyse
from crmlab.cli.answers import verify
from crmlab.cli.authors import build
from crmlab.cli.classes import collect, grade, release
from crmlab.cli.common import tell
from crmlab.cli.companies import company
from crmlab.cli.sites import site
from crmlab.cli.studying import dashboard, lab
from crmlab.errors import CrmlabError

__all__ = ["app"]


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


for command in (lab, dashboard, analyse, company, release, collect, grade, verify, site, build):
    app.command()(command)
app.command("analyze", hidden=True)(analyse)
