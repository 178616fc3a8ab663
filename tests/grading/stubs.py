"""In place of kernels: what the processes of a batch call."""

import os

from crmlab.errors import CrmlabError
from crmlab.grading.kernel import NotStartedError, Reply, RunResult


def answer_nothing(cells, company, probes, limits):
    """Everything ran, and every answer is 5; code may ask for the end of the grader itself."""
    if "END THE GRADER" in cells:
        os._exit(1)
    if "NO WALLS" in cells:
        raise CrmlabError("grading.kernel_untrusted", reason="none of this")
    if "NO KERNEL" in cells:
        raise NotStartedError("BlockingIOError: no more processes")
    if "FAIL" in cells:
        raise ZeroDivisionError
    if "INTERRUPT" in cells:
        raise KeyboardInterrupt
    five = Reply('{"form": "value", "columns": [{"name": null, "values": [5], "index": false}]}')
    return RunResult(dict.fromkeys((probe.question for probe in probes), five))
