"""For authors: ``crmlab build``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from crmlab.cli.common import tell
from crmlab.errors import CrmlabError
from crmlab.locale import say


def build(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="LAB", help="Labs (01); all unless given.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong with the sources.")] = False,
    data: Annotated[bool, typer.Option("--data", help="Write the default company to data/ instead.")] = False,
    gallery: Annotated[
        bool, typer.Option("--gallery", help="Write the gallery of all analyses to docs/ instead.")
    ] = False,
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
    elif gallery:
        from crmlab.authoring.gallery import write_gallery

        for path in write_gallery(root):
            tell(str(path.relative_to(root)))
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
