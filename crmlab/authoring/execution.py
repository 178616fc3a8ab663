"""Running a notebook, so that what it holds is only what its code gives."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from crmlab.authoring.editions import edition, identity
from crmlab.authoring.source import Source
from crmlab.errors import CrmlabError
from crmlab.work.jupyter import QUIET

#: Seconds. A cell of a lab that takes longer is a mistake of its author.
TIMEOUT = 120
_WIDGET = "application/vnd.jupyter.widget-view+json"


class _ThisPython(AsyncKernelManager):
    """Starts the Python that is running, whatever a kernel called "python3" is on this computer."""

    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


def solved(source: Source, language: str, folder: Path) -> NotebookNode:
    """Return the solved edition with its outputs, and the versions on which they depend.

    Raises
    ------
    CrmlabError
        When a cell fails: where it stands in the source, and what it said.
    """
    notebook = executed(source, edition(source, language, solved=True), folder)
    notebook.metadata.crmlab.built_with = versions()
    return notebook


def executed(source: Source, notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run ``notebook``, an edition of ``source``, and return it with its outputs.

    It runs in ``folder``, with the settings kept there and not with those of the environment. The result
    is the same every time: it holds no times, and no views of widgets, whose ids are drawn at random.
    """
    metadata = notebook.metadata.copy()
    begun: list[str] = []
    client = NotebookClient(
        notebook,
        kernel_manager_class=_ThisPython,
        timeout=TIMEOUT,
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=[QUIET],
        on_cell_start=lambda cell, cell_index: begun.append(cell.id),
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CRMLAB_")}
    try:
        client.execute(env=environment)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        line = next(cell.line for cell in source.cells if identity(source, cell) == begun[-1])
        raise CrmlabError("build.cell_failed", path=source.path, line=line, reason=_reason(error)) from error
    notebook.metadata = metadata
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(_WIDGET, None)
    return notebook


def _reason(error: Exception) -> str:
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}"
    return str(error).splitlines()[0]


def versions() -> dict[str, str]:
    """Return the versions that decide how a result is printed."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python} | {name: version(name) for name in ("ipywidgets", "matplotlib", "pandas")}
