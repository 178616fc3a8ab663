"""The command line: ``crmlab lab``, ``crmlab company``, ``crmlab verify``, ``crmlab build``.

Each command imports what it needs when it runs, so that ``crmlab --help`` is there at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from crmlab import __version__
from crmlab.errors import CrmlabError
from crmlab.locale import listed, say
from crmlab.settings import Settings, checked, settings

if TYPE_CHECKING:
    from crmlab.company.company import Company
    from crmlab.company.size import Progress as Reached


class Language(StrEnum):
    """The editions."""

    en = "en"
    zh = "zh"


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


class Shape(StrEnum):
    """What the result of an analysis can be written as."""

    table = "table"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"
    png = "png"
    html = "html"


#: These are not for reading in a terminal: they go into a file.
IN_A_FILE = (Shape.xlsx, Shape.png, Shape.html)


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
    own = _settings(lang, account, course)
    if size is not None and customers is not None:
        raise CrmlabError("size.size_or_customers", own.language)
    number = SIZES[size or "class"] if customers is None else customers
    plan = Plan(out.absolute(), own.language, number, format, seed, own.account, own.course)
    with _progress_bar(plan.customers, plan.language) as advance:
        names = write(plan, jobs, advance)
    files = listed(names, plan.language)
    tell(say("cli.company_written", plan.language, count=len(names), files=files, folder=plan.folder))


def _settings(lang: Language | None, account: str | None, course: str | None) -> Settings:
    """Return the settings in force, where nothing else is asked for."""
    found = asdict(settings())
    asked = {"language": lang, "account": account, "course": course}
    return checked(found | {name: value for name, value in asked.items() if value is not None})


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
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda reached: bar.update(task, completed=reached.done, total=reached.parts)


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


@app.command()
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

    from crmlab.checks.book import read
    from crmlab.checks.overview import short
    from crmlab.checks.summary import confirm

    try:
        records = read(file.resolve(strict=True))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise CrmlabError("checks.verify_no_file", language, file=file, reason=error) from None
    findings = list(confirm(records, language, seed, **expected))
    names = ("question", "claimed", "confirmed", "account", "remark")
    table = Table(*(say(f"checks.verify_column_{name}", language) for name in names))
    for one in findings:
        remark = say(f"checks.verify_{one.remark}", language)
        table.add_row(one.number, short(one.claimed), short(one.confirmed), one.account or "–", remark)
    Console().print(table)
    claimed, confirmed = sum(one.claimed for one in findings), sum(one.confirmed for one in findings)
    told = {"confirmed": short(confirmed), "claimed": short(claimed), "file": file.name}
    tell(say("checks.verify_total", language, **told))
    return 0 if confirmed >= claimed else 1


Several = Annotated[list[str] | None, typer.Option(help="Name or number; may be given several times.")]
Words = Annotated[list[str] | None, typer.Option(help="In either language; may be given several times.")]


@app.command()
def analyse(
    name: Annotated[
        str | None, typer.Argument(metavar="ANALYSIS", help="Its name (value-customers), step (2) or title.")
    ] = None,
    menu: Annotated[
        bool, typer.Option("--list", help="Say which analyses there are, and what each can be asked.")
    ] = False,
    start: Annotated[str | None, typer.Option("--from", help="First day: 2025-01-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, or the day as of which.")] = None,
    recorder: Several = None,
    owner: Several = None,
    customer: Several = None,
    source: Words = None,
    industry: Words = None,
    region: Words = None,
    major_category: Words = None,
    minor_category: Words = None,
    product: Several = None,
    own: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of its own: top=20.")
    ] = None,
    format: Annotated[
        Shape | None, typer.Option(help="That of the file's name, or a table, unless given.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace that file if it is there.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--company", help="Another company: what `crmlab company` wrote.")
    ] = None,
    lang: Lang = None,
    account: Account = None,
    course: Course = None,
) -> None:
    """Run an analysis of the CRM and show what it finds, or write it to a file."""
    if name is None or menu:
        from crmlab.reporting.listing import listing

        return tell(listing(_settings(lang, account, course).language))
    filter = {
        "start": start, "end": end, "recorder": recorder, "owner": owner, "customer": customer,
        "source": source, "industry": industry, "region": region, "major_category": major_category,
        "minor_category": minor_category, "product": product,
    }  # fmt: skip
    shape = format or _shape_of(out)
    company = _asked_company(folder, lang, account, course)
    if out is not None and out.exists() and not force:
        raise CrmlabError("analyse.exists", company.language, file=out.absolute())

    from crmlab.analysis.filters import Filter
    from crmlab.analysis.menu import find
    from crmlab.reporting.asking import free_name, own_values
    from crmlab.reporting.report import WRITERS, Report

    entry = find(name, company.language)
    report = Report.of(entry, company, Filter(**filter), own_values(own or (), company.language))
    if shape is Shape.table and out is None and sys.stdout.isatty():
        return Console().print(report.table())
    content = WRITERS[shape](report)
    if out is None and shape not in IN_A_FILE:
        return _print(content)
    file = (out or free_name(entry.slug, shape)).absolute()
    _put(file, content, company.language)
    tell(say("analyse.written", company.language, finding=report.finding, file=file))


app.command("analyze", hidden=True)(analyse)


def _shape_of(out: Path | None) -> Shape:
    """Return what the name of a file asks for."""
    ending = "" if out is None else out.suffix.lower().lstrip(".")
    return Shape(ending) if ending in list(Shape) else Shape.table


def _asked_company(
    folder: Path | None, lang: Language | None, account: str | None, course: str | None
) -> Company:
    from crmlab.company.company import Company, open_company

    if folder is None:
        return open_company(language=lang, account=account, course=course)
    if lang or account or course:
        raise CrmlabError("analyse.company_or", lang)
    return Company.read(folder)


def _put(file: Path, content: bytes, language: str) -> None:
    from crmlab.files import replace_file

    try:
        replace_file(file, content)
    except OSError as error:
        raise CrmlabError("analyse.not_written", language, file=file, reason=error.strerror) from None


def _print(content: bytes) -> None:
    """Print what a file would hold: for a terminal as letters, for another program to the byte."""
    if sys.stdout.isatty():
        sys.stdout.write(content.decode("utf-8-sig"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


@app.command()
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
    language = _asked_company(folder, lang, account, course).language
    asked = {"language": lang, "account": account, "course": course}
    given = ", ".join(f"{name}={str(value)!r}" for name, value in asked.items() if value is not None)
    opened = f"open_company({given})" if folder is None else f"Company.read({str(folder.absolute())!r})"
    call = f"from crmlab import Company, explore, open_company\n\nexplore({opened})"
    raise typer.Exit(serve(call, language, port, tell, browser=browser))


@app.command()
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


if __name__ == "__main__":
    app()
