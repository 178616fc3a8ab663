"""Grading students one after another, or several at a time in processes that may die."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from queue import SimpleQueue

from crmlab.errors import CrmlabError
from crmlab.grading.result import note
from crmlab.grading.student import Graded, Task, graded, not_run


def all_graded(tasks: Sequence[Task], jobs: int) -> Generator[list[Graded]]:
    """Yield the results of each task as it is done."""
    if jobs == 1 or len(tasks) < 2:
        for task in tasks:
            for result in graded(task):
                yield [result]
        return
    workers: SimpleQueue[_Worker] = SimpleQueue()
    for _ in range(jobs):
        workers.put(_Worker())
    with ThreadPoolExecutor(jobs) as threads:
        waiting = [threads.submit(_by_any, workers, task) for task in tasks]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except KeyboardInterrupt:
            # The processes were told too, and end with the submission that they are at: it is kept.
            for one in waiting:
                one.cancel()
            for done in as_completed([one for one in waiting if not one.cancelled()]):
                yield done.result()
            raise
        finally:
            threads.shutdown(cancel_futures=True)
            while not workers.empty():
                workers.get().end()


def _by_any(workers: SimpleQueue[_Worker], task: Task) -> list[Graded]:
    worker = workers.get()
    try:
        return worker.grade(task)
    finally:
        workers.put(worker)


class _Worker:
    """A process for one task after another. If it dies, that costs the task that it was at and no other."""

    def __init__(self) -> None:
        self._pool = self._started()

    @staticmethod
    def _started() -> ProcessPoolExecutor:
        # Not forked: threads run here, and a fork of them can hang.
        return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _stop_politely)

    def grade(self, task: Task) -> list[Graded]:
        try:
            found = self._pool.submit(finished, task).result()
        except BrokenProcessPool:
            self._pool = self._started()
            died = note("judge_grader_died")
            return [not_run(one, task.course, "failed", died) for one in task.submissions]
        if isinstance(found, str):
            raise CrmlabError("grading.judge_stopped", task.course.language, reason=found)
        return found

    def end(self) -> None:
        self._pool.shutdown()


_stopping = False


def _stop_politely() -> None:
    """Let Ctrl-C end this process after the submission that it is at."""

    def stop(*_: object) -> None:
        global _stopping
        _stopping = True

    signal.signal(signal.SIGINT, stop)


def finished(task: Task) -> list[Graded] | str:
    """Return the results of a task, or the sentence that says why nothing can be run here."""
    results = []
    try:
        for result in graded(task):
            results.append(result)
            if _stopping:
                break
    except CrmlabError as error:
        return str(error)  # an error with blanks does not come through to another process
    return results
