"""Analyses without a notebook: ``crmlab analyse``."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crmlab.cli.common import Account, Course, Lang, asked_company, settings_asked, tell
from crmlab.errors import CrmlabError
from crmlab.locale import say


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


Several = Annotated[list[str] | None, typer.Option(help="Name or number; may be given several times.")]
Words = Annotated[list[str] | None, typer.Option(help="In either language; may be given several times.")]


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

        return tell(listing(settings_asked(lang, account, course).language))
    filter = {
        "start": start, "end": end, "recorder": recorder, "owner": owner, "customer": customer,
        "source": source, "industry": industry, "region": region, "major_category": major_category,
        "minor_category": minor_category, "product": product,
    }  # fmt: skip
    shape = format or _shape_of(out)
    company = asked_company(folder, lang, account, course)
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


def _shape_of(out: Path | None) -> Shape:
    """Return what the name of a file asks for."""
    ending = "" if out is None else out.suffix.lower().lstrip(".")
    return Shape(ending) if ending in list(Shape) else Shape.table


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
