"""Writing a company: what is finished stays, whatever happens."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from pathlib import Path

from crmlab.company.size.plan import FORMATS, Plan, Progress
from crmlab.errors import CrmlabError

_WORK = ".crmlab-"


def write(
    plan: Plan, jobs: int | None = None, progress: Callable[[Progress], None] = lambda _: None
) -> list[str]:
    """Write the company that ``plan`` describes, and return the names of what is in its folder.

    The same plan gives the same content whatever the number of processes. An interrupted run goes on
    where it was when it is started again.

    Parameters
    ----------
    plan : Plan
        Which company, and where.
    jobs : int, optional
        Number of processes; as many as the machine has unless given.
    progress : callable, optional
        Told a `Progress` at the beginning and after each part.

    Raises
    ------
    CrmlabError
        When something else is there, the disk is full, or the run was interrupted.

    Examples
    --------
    >>> from crmlab.company.size import Plan
    >>> write(Plan(getfixture("tmp_path"), "en", customers=80, format="sqlite"))
    ['company.sqlite']
    """
    missing = [package for package in FORMATS[plan.format] if find_spec(package) is None]
    if missing:
        raise CrmlabError("size.no_extra", plan.language, format=plan.format, package=missing[0])
    reached = Progress(0, plan.parts, 0)

    def tell(now: Progress) -> None:
        nonlocal reached
        reached = now
        progress(now)

    try:
        return _written(plan, jobs or os.cpu_count() or 1, tell)
    except KeyboardInterrupt:
        raise _stopped("interrupted", plan, reached) from None
    except (BrokenProcessPool, MemoryError):
        raise _stopped("no_memory", plan, reached) from None
    except CrmlabError:
        raise
    except Exception as error:
        if is_full(error):
            raise _stopped("disk_full", plan, reached) from None
        if isinstance(error, OSError):
            raise CrmlabError(
                "cli.cannot_write", plan.language, folder=plan.folder, reason=error.strerror or error
            ) from None
        raise


def _written(plan: Plan, jobs: int, tell: Callable[[Progress], None]) -> list[str]:
    plan.folder.mkdir(parents=True, exist_ok=True)
    for left_behind in plan.folder.glob(f"{_WORK}*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    if plan.format == "xlsx":
        from crmlab.company.size import workbook

        return workbook.write(plan, tell)
    from crmlab.company.size.running import made
    from crmlab.company.size.targets import target_of

    target = target_of(plan)
    try:
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=plan.folder) as folder:
            reached = Progress(plan.parts - len(target.todo), plan.parts, 0)
            tell(reached)
            for part, result in made(plan, target.todo, jobs, Path(folder)):
                target.take(part, result)
                reached = Progress(reached.done + 1, plan.parts, reached.rows + result.rows)
                tell(reached)
        return target.finish()
    finally:
        target.close()


def _stopped(why: str, plan: Plan, reached: Progress) -> CrmlabError:
    return CrmlabError(
        f"size.{why}", plan.language, done=reached.done, parts=reached.parts, folder=plan.folder
    )


def is_full(error: Exception) -> bool:
    """Return whether an error says that the disk is full; databases say it in words only."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    text = str(error).lower()
    return "no space left" in text or "disk is full" in text or "not enough space" in text
