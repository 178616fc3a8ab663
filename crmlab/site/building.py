"""The site, step by step; it takes the place of an older one only when it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crmlab.errors import CrmlabError
from crmlab.locale import LANGUAGES, say
from crmlab.site import lite, offline, pages, python, wheels


@dataclass(frozen=True)
class Site:
    """What is to be built.

    Attributes
    ----------
    folder : Path
        Where the site goes.
    languages : tuple of str
        Its editions; the first is the one that it opens with.
    pyodide : str
        A folder with a Pyodide distribution, or the address of one.
    course : str or None
        The course whose company it has; None is the public company.
    archive : Path or None
        A zip file to be written besides.
    """

    folder: Path
    languages: tuple[str, ...] = LANGUAGES
    pyodide: str = python.CDN
    course: str | None = None
    archive: Path | None = None

    @property
    def part(self) -> Path:
        """Where it is built."""
        return self.folder.with_name(f"{self.folder.name}.part")


Step = tuple[str, Callable[[], object]]


def build(site: Site) -> None:
    """Build a site.

    Raises
    ------
    CrmlabError
        When something is missing, or ``site.folder`` holds what is no site.
    OSError
        When something cannot be written.
    """
    for _, do in steps(site):
        do()


def steps(site: Site) -> list[Step]:
    """Return what is done, in order: what to say about it, and a function."""
    return list(_steps(site))


def _steps(site: Site) -> Iterator[Step]:
    part = site.part
    yield say("site.step_begin"), lambda: _begin(site)
    yield say("site.step_python"), lambda: python.bring(site.pyodide, part / "static" / "pyodide")
    for language in site.languages:
        bring = partial(lite.bring, language, site.course, part / language)
        yield say(f"site.step_{language}"), bring
    remote = python.address(site.pyodide)
    yield say("site.step_pages"), lambda: pages.write(part, site.languages, remote=remote is not None)
    yield say("site.step_offline"), lambda: offline.write(part, site.languages, remote)
    yield say("site.step_end"), lambda: _end(site)
    if site.archive:
        archive = site.archive
        yield say("site.step_zip"), lambda: wheels.zip_folder(site.folder, archive)


def _begin(site: Site) -> None:
    if site.folder.exists() and not _may_go(site.folder):
        raise CrmlabError("site.not_empty", folder=site.folder)
    if site.archive and site.archive.is_relative_to(site.folder):
        raise CrmlabError("site.zip_inside", archive=site.archive, folder=site.folder)
    shutil.rmtree(site.part, ignore_errors=True)
    site.part.mkdir(parents=True)


def _may_go(folder: Path) -> bool:
    """Say whether nothing is lost with a folder: it is empty, or an older site."""
    return folder.is_dir() and ((folder / offline.LIST).is_file() or not any(folder.iterdir()))


def _end(site: Site) -> None:
    if site.folder.exists():
        shutil.rmtree(site.folder)
    site.part.replace(site.folder)
