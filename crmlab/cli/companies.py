"""Companies as files: ``crmlab company``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from crmlab.cli.common import Account, Course, Lang, settings_asked, tell
from crmlab.errors import CrmlabError
from crmlab.locale import listed, say

if TYPE_CHECKING:
    from crmlab.company.company import Company
    from crmlab.company.size import Progress as Reached


class Size(StrEnum):
    """Names of sizes."""

    tiny = "tiny"
    # "class" is a word of Python's own.
    class_ = "class"
    large = "large"
    huge = "huge"


class Format(StrEnum):
    """What a company can be written as."""

    csv = "csv"
    parquet = "parquet"
    duckdb = "duckdb"
    sqlite = "sqlite"
    xlsx = "xlsx"


def company(
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("crmlab-company"),
    lang: Lang = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another company.")] = 2026,
    account: Account = None,
    course: Course = None,
    size: Annotated[
        Size | None, typer.Option(help="80, 800, 80,000 or 800,000 customers; class unless given.")
    ] = None,
    customers: Annotated[int | None, typer.Option(help="Any other number of customers.")] = None,
    format: Annotated[
        Format, typer.Option(help="With many customers, csv and parquet are a folder for each table.")
    ] = Format.csv,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Number of processes; one for each processor unless given.")
    ] = None,
    realism: Annotated[
        bool, typer.Option("--realism", help="Only say how real it looks: facts, ranges, evidence.")
    ] = False,
    seeds: Annotated[int, typer.Option(min=1, help="With --realism: so many companies, from --seed on.")] = 1,
    page: Annotated[
        Path | None, typer.Option(help="With --realism: an HTML page with the distributions beside CDNOW's.")
    ] = None,
    cdnow: Annotated[
        Path | None, typer.Option(help="For that page: CDNOW_master.txt, where you have it.")
    ] = None,
) -> None:
    """Write the company as files or as a database, in any size.

    When it is interrupted, the same command goes on where it was.
    """
    from crmlab.company.size import SIZES, Plan, write

    def make(number: int) -> Company:
        from crmlab.company.company import open_company

        return open_company(number, language=lang, account=account, course=course)

    if realism:
        raise typer.Exit(_realism(make, range(seed, seed + seeds), page, cdnow))
    own = settings_asked(lang, account, course)
    if size is not None and customers is not None:
        raise CrmlabError("size.size_or_customers", own.language)
    number = SIZES[size or "class"] if customers is None else customers
    plan = Plan(out.absolute(), own.language, number, format, seed, own.account, own.course)
    with _progress_bar(plan.customers, plan.language) as advance:
        names = write(plan, jobs, advance)
    files = listed(names, plan.language)
    tell(say("cli.company_written", plan.language, count=len(names), files=files, folder=plan.folder))


@contextmanager
def _progress_bar(customers: int, language: str) -> Iterator[Callable[[Reached], None]]:
    """Show how many parts are finished and how long the others will take."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(say("size.writing", language, customers=f"{customers:,}")),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(say("size.time_left", language)),
        TimeRemainingColumn(compact=True),
    )
    # Drawn when a part is finished, not ten times a second: the processors are wanted elsewhere.
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("")
        yield lambda reached: bar.update(task, completed=reached.done, total=reached.parts, refresh=True)


def _realism(make: Callable[[int], Company], seeds: range, page: Path | None, log: Path | None) -> int:
    """Print the realism report of companies, write its page, and return 1 when a fact does not hold."""
    from rich.progress import track

    from crmlab.company.realism import Books, cdnow, measured, report
    from crmlab.company.realism import page as pages
    from crmlab.files import replace_file

    first = make(seeds[0])
    language = first.language
    theirs = None if log is None else cdnow.read(log, language)
    note, quiet = say("realism.measuring", language), Console(stderr=True)
    measurements = [measured(make(seed)) for seed in track(seeds, note, console=quiet, transient=True)]
    lines = report.lines(measurements)
    Console().print(report.as_table(lines, language))
    if page is not None:
        html = pages.page(lines, cdnow.generated(Books(first)), theirs, language)
        replace_file(page, html.encode("utf-8"))
        tell(say("realism.page_written", language, file=page.absolute()))
    return 0 if all(line.passed for line in lines) else 1
