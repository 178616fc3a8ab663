"""Several processes that make parts, in order and a few ahead."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path

from crmlab.company.size.parts import Made, make
from crmlab.company.size.plan import Plan


def made(plan: Plan, todo: Sequence[int], jobs: int, folder: Path) -> Iterator[tuple[int, Made]]:
    """Make the parts ``todo`` in ``folder`` by ``jobs`` processes; return them in order."""
    if min(jobs, len(todo)) <= 1:
        yield from ((part, make(plan, part, folder)) for part in todo)
        return
    ahead: deque[tuple[int, Future[Made]]] = deque()
    rest = iter(todo)
    # Processes are started afresh, as on Windows: a copy of one with threads may hang.
    with ProcessPoolExecutor(min(jobs, len(todo)), get_context("spawn"), _begin) as pool:
        try:
            # Twice as many as processes: nobody waits, and little is lost when it is interrupted.
            ahead.extend((part, pool.submit(make, plan, part, folder)) for part in islice(rest, 2 * jobs))
            while ahead:
                part, future = ahead.popleft()
                result = future.result()
                ahead.extend((more, pool.submit(make, plan, more, folder)) for more in islice(rest, 1))
                yield part, result
        finally:
            for _, future in ahead:
                future.cancel()


def _begin() -> None:
    """Leave Ctrl-C to the first process, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Before NumPy is imported. Nothing here multiplies matrices, and the threads that would do it begin by
    # waiting in a loop, on the processor of another process.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    first = parent_process()
    assert first is not None
    first.join()
    os._exit(1)
