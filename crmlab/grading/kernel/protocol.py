"""The kernel that speaks Jupyter's own protocol, for nbval and nbclient."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FILE = "kernel.json"


def serve(connection: dict[str, Any], made: Callable[[], None]) -> None:
    """Serve at ``connection``, and call ``made`` once the sockets are there.

    Nothing of ZeroMQ may exist before: it does not survive a fork.
    """
    from ipykernel.kernelapp import IPKernelApp

    from crmlab.grading.kernel import shell

    shell.remove()
    Path(_FILE).write_text(json.dumps(connection), encoding="utf-8")
    app: Any = IPKernelApp.instance()
    app.initialize(["-f", _FILE, "--HistoryManager.enabled=False", "--IPKernelApp.quiet=True"])
    app.shell.enable_matplotlib("inline")
    made()
    app.start()
