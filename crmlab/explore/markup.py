"""The HTML of the page, except its table: small functions from what is to be said to how it looks."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from crmlab.analysis.charts import png
from crmlab.analysis.menu import Entry
from crmlab.locale import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from crmlab.company.card import CustomerCard

#: More dots than most screens need, so that letters stay sharp when the page is enlarged.
DPI = 128


@cache
def style() -> str:
    """Return the page's style sheet and its script.

    A widget's HTML runs no ``<script>``; what a style sheet does when it is there, it does.
    """
    css, script = (
        files(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "page.js")
    )
    return f'<style onload="{escape(script)}">{css}</style>'


def note(text: str) -> str:
    """Return a remark in passing."""
    return f'<p class="crm-remark">{escape(text)}</p>'


def heading(entry: Entry, language: str) -> str:
    """Return the title of an analysis, its step in the experiment and its definition."""
    step = ""
    if entry.step is not None:
        step = f' <span class="crm-step">{say("explore.step", language, step=entry.step)}</span>'
    return (
        f'<h3 class="crm-title">{escape(entry.name.to(language))}{step}</h3>'
        f'<p class="crm-about">{escape(entry.about.to(language))}</p>'
    )


def title(text: str) -> str:
    """Return the title of a part of the page."""
    return f'<h4 class="crm-title">{escape(text)}</h4>'


def card(card: CustomerCard) -> str:
    """Return what is known of a customer, in a frame of its own."""
    region = f'tabindex="0" role="region" aria-label="{escape(card.title)}"'
    return f'<div class="crm-card crm-scroll" {region}>{card._repr_html_()}</div>'


def sentences(parts: Iterable[str], language: str) -> str:
    """Return sentences one after the other; in Chinese no space stands between them.

    Examples
    --------
    >>> sentences(["A.", "", "B."], "en"), sentences(["甲。", "乙。"], "zh")
    ('A. B.', '甲。乙。')
    """
    return ("" if language == "zh" else " ").join(filter(None, parts))


def sentence(text: str, role: str) -> str:
    """Return the finding ("status") or what went wrong ("alert"), read out by a screen reader.

    Examples
    --------
    >>> sentence("A < B", "status")
    '<p class="crm-finding crm-status" role="status">A &lt; B</p>'
    """
    # A line does not begin with what belongs to the number before it.
    words = escape(text).replace(" %", "&nbsp;%")
    return f'<p class="crm-finding crm-{role}" role="{role}">{words}</p>'


def progress(language: str) -> str:
    """Return what the style sheet shows when nothing else has taken its place for half a second."""
    return f'<p class="crm-progress" role="status">{escape(say("explore.computing", language))}</p>'


def image(figure: Figure, alt: str) -> str:
    """Return a chart as an ``<img>`` with its alternative text."""
    # Decoded at once, or the old picture would go before the new one is there.
    data = b64encode(png(figure, DPI)).decode("ascii")
    return f'<img class="crm-chart" decoding="sync" alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def code(code: str, language: str) -> str:
    """Return the call behind the screen, with a button that copies it."""
    hint = escape(say("explore.code_hint", language))
    return f"<p>{hint}</p>{_copied(code, 'crm-code', language)}"


def plain(code: str, language: str) -> str:
    """Return the same table in plain pandas, with a button that copies it."""
    hint = escape(say("explore.plain_hint", language))
    return f'<p class="crm-remark">{hint}</p>{_copied(code, "crm-plain", language)}'


def _copied(code: str, name: str, language: str) -> str:
    words, done = (escape(say(f"explore.{key}", language)) for key in ("copy", "copied"))
    button = f'<button type="button" class="crm-copy" aria-live="polite" data-done="{done}">{words}</button>'
    return f'<div class="crm-copied">{button}<pre class="{name}" tabindex="0">{escape(code)}</pre></div>'
