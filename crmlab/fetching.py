"""In the browser: a package that crmlab imports only where it needs it is fetched when that happens.

Pyodide fetches what a cell imports before the cell runs, and it looks at nothing but the cell. What crmlab
imports inside of a function it does not see, and to fetch all of that at the start would make every lab wait
for what one lab needs. So the first ``import scipy`` fetches SciPy, and waits: kernels run in a worker, where
waiting is allowed.
"""

from __future__ import annotations

import importlib
import io
import sys
import zipfile
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from crmlab.errors import CrmlabError

#: What crmlab needs in a browser, but not at once: packages, and what each is imported as.
WHEN_NEEDED = {
    "faker": "faker",
    "mlxtend": "mlxtend",
    "openpyxl": "openpyxl",
    "rich": "rich",
    "scikit-learn": "sklearn",
    "scipy": "scipy",
}


def fetch_when_imported() -> None:
    """Let Python fetch the packages of `WHEN_NEEDED` when they are first imported; for Pyodide only."""
    import pyodide_js

    place = next((i for i, finder in enumerate(sys.meta_path) if finder is PathFinder), 0)
    sys.meta_path.insert(place, _Fetching(pyodide_js))


class _Fetching(MetaPathFinder):
    """Fetches a package and what it depends on, then lets Python find it as usual."""

    def __init__(self, pyodide: Any) -> None:
        self._pyodide = pyodide
        self._packages = {name: package for package, name in WHEN_NEEDED.items()}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package = self._packages.get(fullname)
        if package is None:
            return None
        for missing in list(self._missing(package, set())):
            self._fetch(missing)
        del self._packages[fullname]
        importlib.invalidate_caches()
        return PathFinder.find_spec(fullname, path, target)

    def _missing(self, package: str, seen: set[str]) -> Iterator[str]:
        """Yield ``package`` and all that it depends on and that is not there yet; what others need first."""
        known = getattr(self._pyodide._api.lockfile_packages, package, None)
        if package in seen or known is None or hasattr(self._pyodide.loadedPackages, package):
            return
        seen.add(package)
        for other in known.depends:
            yield from self._missing(other, seen)
        yield package

    def _fetch(self, package: str) -> None:
        from pyodide._package_loader import get_install_dir

        known = getattr(self._pyodide._api.lockfile_packages, package)
        with zipfile.ZipFile(io.BytesIO(self._download(package, known.file_name))) as archive:
            folder = get_install_dir(known.install_dir)
            archive.extractall(folder)
            if known.package_type == "shared_library":
                for name in archive.namelist():
                    self._link(folder, name)
        # So that Pyodide does not fetch it once more for a cell that imports it.
        setattr(self._pyodide.loadedPackages, package, "default channel")

    def _download(self, package: str, file_name: str) -> bytes:
        from js import URL, XMLHttpRequest

        request = XMLHttpRequest.new()
        address = URL.new(file_name, self._pyodide._api.config.indexURL).href
        request.open("GET", address, False)
        request.responseType = "arraybuffer"
        try:
            request.send()
        except Exception:  # whatever JavaScript says: there is no connection
            raise CrmlabError("site.not_fetched", package=package) from None
        if request.status != 200:
            raise CrmlabError("site.not_fetched", package=package)
        return request.response.to_bytes()

    def _link(self, folder: str, name: str) -> None:
        """Make a shared library known, as Pyodide does, by its name alone: SciPy asks for it so."""
        from js import Object
        from pyodide.ffi import to_js

        module, path = self._pyodide._module, f"{folder}/{name}"
        how = {
            "fs": module.FS,
            "loadAsync": False,
            "nodelete": True,
            "allowUndefined": True,
            "global": True,
        }
        module.loadDynamicLibrary(path, to_js(how, dict_converter=Object.fromEntries))
        libraries = module.LDSO.loadedLibsByName
        setattr(libraries, name, getattr(libraries, path))
