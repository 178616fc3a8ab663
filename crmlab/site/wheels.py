"""Pure-Python wheels made of installed packages: what was tested here is what runs in the browser.

Nothing is downloaded. A wheel has no data files outside of its package and nothing compiled, and its bytes
depend on nothing but what is in it.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

import crmlab
from crmlab.errors import CrmlabError

#: Compiled parts that their package can do without.
SPARE = ("markupsafe",)
COMPILED = {".so", ".pyd", ".dylib", ".dll"}
#: The oldest date that a zip file can hold.
DATE = (1980, 1, 1, 0, 0, 0)
_TAG = "Wheel-Version: 1.0\nGenerator: crmlab\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_OF_THE_INSTALLER = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "WHEEL", "entry_points.txt"}


def installed(package: str) -> Distribution:
    """Return an installed package, or say that it is missing."""
    try:
        return distribution(package)
    except PackageNotFoundError:
        raise CrmlabError("site.no_package", package=package) from None


def repacked(found: Distribution, folder: Path) -> Path:
    """Write the wheel of an installed package into ``folder`` and return its path.

    Raises
    ------
    CrmlabError
        When the package has compiled parts: those are for this computer, not for a browser.
    """
    content, name = {}, found.metadata["Name"]
    for path in found.files or ():
        if ".." in path.parts or "__pycache__" in path.parts or _left_out(path):
            continue
        if path.suffix in COMPILED:
            if name.lower() not in SPARE:
                raise CrmlabError("site.not_pure", package=name)
            continue
        content[path.as_posix()] = Path(str(path.locate())).read_bytes()
    return write_wheel(folder, name, found.version, content)


def _left_out(path: PurePosixPath) -> bool:
    inside = path.parts[0].endswith(".dist-info")
    return path.is_absolute() or (inside and len(path.parts) == 2 and path.name in _OF_THE_INSTALLER)


def own_wheel(folder: Path, requirements: Iterable[str]) -> Path:
    """Write crmlab's wheel for the browser, from a checkout or from what is installed.

    It has the sources of the labs, which ``solution()`` reads, and no notebooks: the site has those.
    """
    version = crmlab.__version__
    info = "".join(
        [
            f"Metadata-Version: 2.1\nName: crmlab\nVersion: {version}\n",
            *(f"Requires-Dist: {one}\n" for one in requirements),
        ]
    )
    content = {**dict(_own_files()), f"crmlab-{version}.dist-info/METADATA": info.encode()}
    return write_wheel(folder, "crmlab", version, content)


def _own_files() -> Iterator[tuple[str, bytes]]:
    package = Path(crmlab.__file__).parent
    for path in sorted(package.rglob("*")):
        place = path.relative_to(package)
        if path.is_file() and not {"__pycache__", "_labs", "_solutions"} & set(place.parts):
            yield f"crmlab/{place.as_posix()}", path.read_bytes()
    for folder in (package / "_solutions", package.parent / "solutions"):
        for path in sorted(folder.glob("*")):
            if path.suffix in (".py", ".toml"):
                yield f"crmlab/_solutions/{path.name}", path.read_bytes()


def write_wheel(folder: Path, name: str, version: str, content: Mapping[str, bytes]) -> Path:
    """Write a wheel with the given files, and what makes a wheel of them.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> path = write_wheel(folder, "Some.Name", "1.0", {"some_name.py": b"answer = 42"})
    >>> path.name
    'some_name-1.0-py3-none-any.whl'
    >>> sorted(zipfile.ZipFile(path).namelist())
    ['some_name-1.0.dist-info/RECORD', 'some_name-1.0.dist-info/WHEEL', 'some_name.py']
    """
    from packaging.utils import canonicalize_name

    plain = canonicalize_name(name).replace("-", "_")
    info = next((path.split("/")[0] for path in content if ".dist-info/" in path), None)
    info = info or f"{plain}-{version}.dist-info"
    files = {**content, f"{info}/WHEEL": _TAG.encode()}
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    for path, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow([path, f"sha256={digest}", len(data)])
    rows.writerow([f"{info}/RECORD", "", ""])
    wheel = folder / f"{plain}-{version}-py3-none-any.whl"
    write_zip(wheel, {**files, f"{info}/RECORD": record.getvalue().encode()})
    return wheel


def write_zip(archive: Path, files: Mapping[str, bytes]) -> None:
    """Write a zip file whose bytes depend on its content alone."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in sorted(files.items()):
            opened.writestr(_entry(name), data)


def zip_folder(folder: Path, archive: Path) -> None:
    """Write all of ``folder`` into one zip file, whose bytes depend on what is in it alone."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_name(f"{archive.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as opened:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                opened.writestr(
                    _entry(f"{folder.name}/{path.relative_to(folder).as_posix()}"), path.read_bytes()
                )
    part.replace(archive)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
