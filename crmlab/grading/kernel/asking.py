"""Asking a kernel that speaks Jupyter's protocol for an answer."""

from __future__ import annotations

import json
import secrets
import time
from queue import Empty
from typing import TYPE_CHECKING, Any

from crmlab.grading.kernel.contract import Reply
from crmlab.grading.kernel.running import clean, cut

if TYPE_CHECKING:
    from jupyter_client import BlockingKernelClient

_MIME = "application/vnd.crmlab.answer"


class Answer:
    """An answer on its way out: what Jupyter sends of it is JSON for `crmlab.checks.kept.read`."""

    def __init__(self, value: object) -> None:
        self._value = value

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from crmlab.grading.kernel.inside import as_json

        return {_MIME: as_json(self._value)}


def ask(
    client: BlockingKernelClient, expression: str, seconds: float = 30, longest: int = 1_000_000
) -> Reply:
    """Return what ``expression`` is worth in the kernel.

    Only the reply to this very request is read: what a cell prints, shows or sends cannot be taken for it.

    Parameters
    ----------
    client : BlockingKernelClient
        With its channels started.
    expression : str
        Python, evaluated where the notebook's variables are.
    seconds : float
        How long to wait.
    longest : int
        Characters of the answer as JSON.
    """
    name = f"answer_{secrets.token_hex(8)}"
    wanted = f"__import__({__name__!r}, fromlist=['Answer']).Answer(({expression}))"
    number = client.execute(
        "", silent=True, store_history=False, user_expressions={name: wanted}, allow_stdin=False
    )
    try:
        content = _reply_to(client, number, time.monotonic() + seconds)
    except Empty:
        return Reply(problem="timeout")
    return _read(content.get("user_expressions", {}).get(name), longest)


def _reply_to(client: BlockingKernelClient, number: str, deadline: float) -> dict[str, Any]:
    while True:
        message = client.get_shell_msg(timeout=max(0, deadline - time.monotonic()))
        if message["parent_header"].get("msg_id") == number:
            return message["content"]


def _read(found: Any, longest: int) -> Reply:
    if not isinstance(found, dict):
        return Reply(problem="dead")
    if found.get("status") != "ok":
        return Reply(problem="error", name=cut(found.get("ename")), message=cut(found.get("evalue")))
    data = found.get("data")
    text = data.get(_MIME) if isinstance(data, dict) else None
    if not isinstance(text, str):
        text = json.dumps(text)
    return Reply(clean(text)) if len(text) <= longest else Reply(problem="large")
