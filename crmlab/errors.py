"""The one kind of error that crmlab raises on purpose: a sentence for a person."""

from __future__ import annotations

from crmlab.locale import say


class CrmlabError(ValueError):
    """Something that the person at the keyboard can put right.

    The message says what is wrong, where, and what to do, in the notebook's language. In a notebook
    it is shown alone, without a traceback.

    Parameters
    ----------
    key : str
        The message in the catalogues of `crmlab.locale`.
    language : str, optional
        "en" or "zh"; that of the settings unless given.
    **values
        What the message has blanks for.
    """

    def __init__(self, key: str, language: str | None = None, **values: object) -> None:
        self.key = key
        super().__init__(say(key, language, **values))

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this instead of printing the stack.
        return [str(self)]
