"""IPython without an audience: cells run as they do in Jupyter, and nothing is shown."""

from __future__ import annotations

import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


class _Hook(DisplayHook):
    """Keeps the value of a cell's last line for ``_``, and does not look at it."""

    def __call__(self, result: object = None) -> None:
        if result is not None:
            self.update_user_ns(result)


class _Formatter(DisplayFormatter):
    """Formats nothing, so that `display` shows nothing."""

    def format(self, *given: object, **named: object) -> tuple[dict, dict]:
        return {}, {}


class _Shell(InteractiveShell):
    """Runs cells; neither values nor errors are written out."""

    displayhook_class = _Hook
    system = InteractiveShell.system_raw  # the usual one needs a terminal

    def init_display_formatter(self) -> None:
        self.display_formatter = _Formatter(parent=self)

    def enable_gui(self, gui: object = None) -> None:
        """Do nothing: there are no windows."""

    def ask_exit(self) -> None:
        """Go on with the next cell, as Jupyter does when all cells are run."""

    def showtraceback(self, *given: object, **named: object) -> None:
        """Show nothing."""

    def showsyntaxerror(self, *given: object, **named: object) -> None:
        """Show nothing."""


def prepare() -> None:
    """Make the shell that `shell` returns; to be done before a kernel is forked, because it takes time."""
    config = Config()
    config.HistoryManager.enabled = False
    made = _Shell.instance(config=config)
    made.run_cell("pass", store_history=False)  # which imports what it needs the first time


def shell() -> Any:
    """Return the shell of this process, which nothing has run in yet."""
    import comm

    comm.create_comm = comm.DummyComm  # widgets talk to nobody
    made = _Shell.instance()
    made.events.register("post_run_cell", _close_figures)
    return made


def remove() -> None:
    """Make room for a shell that shows what it runs."""
    _Shell.clear_instance()


def _close_figures(result: object) -> None:
    """Close the figures of a cell, as Jupyter does once it has drawn them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and pyplot.get_fignums():
        pyplot.close("all")
