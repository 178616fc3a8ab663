"""A small form at the top of a lab: who works here. It writes ``crmlab.toml`` beside the notebook."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from crmlab.config import FILE, said_by_environment
from crmlab.errors import CrmlabError
from crmlab.locale import say
from crmlab.settings import settings, valid_account, valid_name
from crmlab.work import tomlfile

WIDE = "26em"


class AccountForm(widgets.VBox):
    """The form; what `my_account` returns.

    Attributes
    ----------
    account, name : widget
        The fields to type in.
    save : widget
        The button.
    sentence : str
        What the form says.
    """

    def __init__(self) -> None:
        known = settings()
        self._language = known.language
        self.account = self._field("account", known.account, placeholder="s2026017")
        self.name = self._field("name", known.name)
        self.save = widgets.Button(description=self._say("save"), button_style="primary")
        self.save.on_click(lambda _: self._save())
        self._says = widgets.HTML()
        super().__init__([self.account, self.name, self.save, self._says])
        self._given = "account" in said_by_environment()
        if self._given:
            for field in (self.account, self.name, self.save):
                field.disabled = True
            self._speak(self._say("account_given", account=known.account))
        elif known.account:
            self._speak(self._say("account_is", account=known.account))
        else:
            self._speak(self._say("account_none"))

    def _field(self, label: str, value: str | None, **more: str) -> widgets.Text:
        return widgets.Text(
            value or "",
            description=self._say(f"your_{label}"),
            # Sent when the field is left: letters that are still on their way would miss the click.
            continuous_update=False,
            style={"description_width": "12em"},
            layout=widgets.Layout(width=WIDE),
            **more,
        )

    def _save(self) -> None:
        """Write what was typed, or say why not."""
        try:
            self._speak(self._written())
        except CrmlabError as problem:
            self._speak(str(problem), "alert")
        except OSError as problem:
            reason = problem.strerror or problem
            self._speak(self._say("account_not_written", file=FILE, reason=reason), "alert")

    def _written(self) -> str:
        before = settings()
        account, name = self.account.value.strip(), self.name.value.strip()
        typed = {
            "account": account and valid_account(account, self._language),
            "name": name and valid_name(name, self._language),
        }
        # A field that is empty and was so before needs no line in the file.
        values = {key: value for key, value in typed.items() if value or getattr(before, key)}
        if not values:
            return self._say("account_none")
        comment = say("work.settings_comment", self._language)
        tomlfile.update(Path(FILE).absolute(), values, self._language, comment=comment)
        if (account or None) != before.account:
            key = "account_changed" if account else "account_removed"
            return self._say(key, account=account, file=FILE)
        return self._say("account_kept", file=FILE)

    def _say(self, name: str, **values: object) -> str:
        return say(f"work.{name}", self._language, **values)

    def _speak(self, sentence: str, role: str = "status") -> None:
        self.sentence = sentence
        self._says.value = f'<p role="{role}" lang="{self._language}" style="margin:0">{escape(sentence)}</p>'

    def __str__(self) -> str:
        """Return what to do where there are no widgets."""
        if self._given:
            return self.sentence
        return f"{self.sentence}\n{self._say('account_without_form')}"

    __repr__ = __str__

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**kwargs), "text/plain": str(self)}


def my_account() -> AccountForm:
    """Show the form in which a student types the own account, and a name for the certificate.

    Returns
    -------
    AccountForm
        A widget; where there are none, its text says what to do instead.

    Examples
    --------
    >>> from crmlab import my_account
    >>> my_account()
    You work without an account of your own.
    ...
    """
    return AccountForm()
