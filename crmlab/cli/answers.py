"""Answers of a student: ``crmlab verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crmlab.cli.common import Lang, harmless, tell
from crmlab.errors import CrmlabError
from crmlab.locale import say
from crmlab.settings import settings


def verify(
    what: Annotated[str, typer.Argument(metavar="FILE|CODE", help="crmlab-progress.json, or a code.")],
    lang: Lang = None,
    name: Annotated[str | None, typer.Option(help="The name on the certificate.")] = None,
    account: Annotated[str | None, typer.Option(help="The account that it must be about.")] = None,
    course: Annotated[str | None, typer.Option(help="The course that it must be about.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The seed of the company.")] = 2026,
) -> None:
    """Judge the answers in a student's progress file again, or check the code of a certificate."""
    from crmlab.checks import summary
    from crmlab.checks.overview import short

    language = lang or settings().language
    if Path(what).exists() or Path(what).suffix:
        raise typer.Exit(_confirm(Path(what), language, seed, account=account, course=course))
    found = summary.told(what, summary.Person(name, account, course))
    if found is None:
        raise CrmlabError("checks.verify_fits_not", language)
    points, labs = found
    tell(say("checks.verify_fits", language, points=short(points), labs=labs))


def _confirm(file: Path, language: str, seed: int, **expected: str | None) -> int:
    """Print what judging the kept answers again gives, and return 1 when points are not confirmed."""
    from rich.table import Table
    from rich.text import Text

    from crmlab.checks.book import DAMAGED, read
    from crmlab.checks.overview import short
    from crmlab.checks.summary import confirm

    try:
        records = read(file.resolve(strict=True))
    except (OSError, *DAMAGED) as error:
        raise CrmlabError("checks.verify_no_file", language, file=file, reason=error) from None
    findings = list(confirm(records, language, seed, **expected))
    names = ("question", "claimed", "confirmed", "account", "remark")
    table = Table(*(say(f"checks.verify_column_{name}", language) for name in names))
    for one in findings:
        remark = say(f"checks.verify_{one.remark}", language)
        cells = (one.number, short(one.claimed), short(one.confirmed), one.account or "–", remark)
        table.add_row(*(Text(harmless(cell)) for cell in cells))
    Console().print(table)
    claimed, confirmed = sum(one.claimed for one in findings), sum(one.confirmed for one in findings)
    told = {"confirmed": short(confirmed), "claimed": short(claimed), "file": file.name}
    tell(say("checks.verify_total", language, **told))
    return 0 if confirmed >= claimed else 1
