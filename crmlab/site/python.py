"""Python for the browser: a Pyodide distribution, its lock file, and the wheels that it lacks."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from importlib.metadata import Distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from crmlab.errors import CrmlabError
from crmlab.fetching import WHEN_NEEDED
from crmlab.site.offline import WEB
from crmlab.site.wheels import installed, own_wheel, repacked

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from pyodide_lock import PyodideLockSpec

#: The newest Pyodide that the kernel named in the extra `site` works with.
CDN = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"
LOCK = "pyodide-lock.json"
#: Of a distribution, what the browser asks for besides the packages of the lock file.
RUNTIME = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")

#: What crmlab imports as soon as a company is opened or a chart is drawn.
AT_ONCE = ("ipywidgets", "jinja2", "matplotlib", "narwhals", "numpy", "pandas")
#: What is of no use in a browser: there JupyterLite is the surroundings, and there is no command line.
NOT_THERE = ("jupyterlab", "jupyterlab-language-pack-zh-cn", "typer")
#: What the kernel asks for when it starts, by the names that it uses; together they are fetched at once.
KERNEL = ("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython")
#: Wheels that the kernel's package brings along; some stand for packages that a browser has no use for.
OF_KERNEL = ("ipykernel", "piplite", "pyodide_kernel", "widgetsnbextension-4")

#: It asks for whatever was newest when it came out; what crmlab uses of it works with Pyodide's versions.
TOO_STRICT = ("mlxtend",)


def address(pyodide: str) -> str | None:
    """Return where a distribution on another server is; None where it is a folder here.

    Examples
    --------
    >>> address("https://example.org/pyodide"), address("pyodide")
    ('https://example.org/pyodide/', None)
    """
    return f"{pyodide.rstrip('/')}/" if pyodide.startswith(("http://", "https://")) else None


def preloaded() -> list[str]:
    """Return what is fetched when a kernel starts."""
    return [*KERNEL, "crmlab"]


def bring(pyodide: str, folder: Path) -> None:
    """Put Python into ``folder``: all of it, or what leads to the rest of it on another server.

    Parameters
    ----------
    pyodide : str
        A folder with a Pyodide distribution, or the address of one ("https://…/").
    folder : Path
        ``static/pyodide`` of the site.

    Raises
    ------
    CrmlabError
        When something is missing there, or here.
    """
    folder.mkdir(parents=True)
    remote = address(pyodide)
    given = _fetched(urljoin(remote, LOCK)) if remote else _read(Path(pyodide))
    lock = complete(given, folder)
    if remote:
        _lead(remote, folder, {name: spec["file_name"] for name, spec in given["packages"].items()}, lock)
    else:
        _copy(Path(pyodide), folder, lock)
    lock.to_json(folder / LOCK)


def complete(given: dict[str, Any], folder: Path) -> PyodideLockSpec:
    """Return a lock file with crmlab and all that it needs; the wheels go into ``folder``."""
    from packaging.utils import canonicalize_name
    from pyodide_lock import PyodideLockSpec
    from pyodide_lock.utils import add_wheels_to_spec

    lock = PyodideLockSpec(**given)
    for requirement in _requirements(installed("crmlab"), lock):
        _fit("crmlab", requirement, lock)
    own = [own_wheel(folder, AT_ONCE), *_wheels_of_kernel(folder)]
    more = [repacked(package, folder) for package in needed([*AT_ONCE, *WHEN_NEEDED, *KERNEL], lock)]
    lock = add_wheels_to_spec(lock, [*own, *more])
    for package in lock.packages.values():
        package.depends = [canonicalize_name(name) for name in package.depends]
    check(lock)
    return lock


def needed(packages: Iterable[str], lock: PyodideLockSpec) -> Iterator[Distribution]:
    """Yield the installed packages that must be added to ``lock`` so that ``packages`` can be imported."""
    from packaging.utils import canonicalize_name

    brought = {canonicalize_name(name.removesuffix("-4")) for name in OF_KERNEL}
    seen = set(lock.packages) | brought
    waiting = [canonicalize_name(package) for package in packages]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found = installed(name)
        yield found
        for requirement in _requirements(found, lock):
            if name not in TOO_STRICT:
                _fit(name, requirement, lock)
            waiting.append(canonicalize_name(requirement.name))


def _requirements(found: Distribution, lock: PyodideLockSpec) -> Iterator[Requirement]:
    """Yield what a package requires in the browser."""
    from packaging.requirements import Requirement

    python = lock.info.python
    there = {
        "extra": "",
        "os_name": "posix",
        "platform_system": "Emscripten",
        "sys_platform": "emscripten",
        "platform_machine": lock.info.arch,
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
    }
    for text in found.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(there):
            yield requirement


def _fit(name: str, requirement: Requirement, lock: PyodideLockSpec) -> None:
    """Say so if Pyodide has a package in a version that ``name`` does not work with."""
    from packaging.utils import canonicalize_name

    has = lock.packages.get(canonicalize_name(requirement.name))
    if has and not requirement.specifier.contains(has.version, prereleases=True):
        raise CrmlabError("site.other_version", package=name, requirement=requirement, version=has.version)


def check(lock: PyodideLockSpec) -> None:
    """Make sure that all that a package depends on is there: a kernel that misses it waits for ever."""
    for name, package in lock.packages.items():
        for other in package.depends:
            if other not in lock.packages:
                raise CrmlabError("site.not_in_lock", package=name, missing=other)


def _wheels_of_kernel(folder: Path) -> Iterator[Path]:
    """Copy the wheels that the kernel's package brings along."""
    for path in installed("jupyterlite-pyodide-kernel").files or ():
        if path.suffix == ".whl" and path.name.startswith(OF_KERNEL):
            yield Path(shutil.copyfile(str(path.locate()), folder / path.name))


def _read(source: Path) -> dict[str, Any]:
    missing = [name for name in (*RUNTIME, LOCK) if not (source / name).is_file()]
    if missing:
        raise CrmlabError("site.no_distribution", folder=source, missing=", ".join(missing))
    return json.loads((source / LOCK).read_text(encoding="utf-8"))


def _fetched(address: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return json.load(answer)
    except (OSError, HTTPException, ValueError) as error:
        # A network that asks one to log in first answers with a page of its own.
        raise CrmlabError("site.no_answer", address=address, reason=error) from None


def _copy(source: Path, folder: Path, lock: PyodideLockSpec) -> None:
    """Copy the runtime, and of the packages those that something in the labs depends on."""
    lock.packages = {name: lock.packages[name] for name in sorted(_reached(lock))}
    for name in [*RUNTIME, *(package.file_name for package in lock.packages.values())]:
        if (folder / name).exists():
            continue
        if not (source / name).is_file():
            raise CrmlabError("site.no_distribution", folder=source, missing=name)
        shutil.copyfile(source / name, folder / name)


def _reached(lock: PyodideLockSpec) -> set[str]:
    from packaging.utils import canonicalize_name

    reached: set[str] = set()
    waiting: list[str] = [canonicalize_name(name) for name in (*preloaded(), *WHEN_NEEDED)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += lock.packages[name].depends
    return reached


def _lead(address: str, folder: Path, theirs: dict[str, str], lock: PyodideLockSpec) -> None:
    """Write a ``pyodide.js`` that takes Python from ``address``, and our wheels from this site."""
    for name, file_name in theirs.items():
        lock.packages[name].file_name = urljoin(address, file_name)
    script = (WEB / "pyodide.js").read_text(encoding="utf-8")
    script = script.replace('"@address@"', json.dumps(address))
    (folder / "pyodide.js").write_text(script, encoding="utf-8")
