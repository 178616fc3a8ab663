"""Cards: what check, hint, solution and progress show, as HTML and as plain text.

Colours come from JupyterLab's own variables, so that a card is readable in its light and dark themes; text
inherits the page's colour elsewhere. An icon and a word say what a colour says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from crmlab.locale import say

#: For each tone: an icon, and the colour of the bar (a mid-tone that shows on white and on black).
TONES: dict[str, tuple[str, str]] = {
    "right": ("✓", "var(--jp-success-color1, #2e8b57)"),
    "played": ("◆", "var(--jp-info-color1, #3b82c4)"),
    "mistake": ("✗", "var(--jp-error-color1, #d64545)"),
    "wrong": ("✗", "var(--jp-error-color1, #d64545)"),
    "form": ("!", "var(--jp-warn-color1, #b7791f)"),
    "open": ("○", "var(--jp-border-color1, #8a8a8a)"),
    "hint": ("?", "var(--jp-info-color1, #3b82c4)"),
    "note": ("!", "var(--jp-warn-color1, #b7791f)"),
    "progress": ("▤", "var(--jp-info-color1, #3b82c4)"),
    "certificate": ("✦", "var(--jp-success-color1, #2e8b57)"),
}
TEXT = "color:var(--jp-content-font-color1, inherit);background:transparent"
CELL = "padding:.2em .9em .2em 0;text-align:{side};vertical-align:top"


@dataclass(frozen=True)
class Card:
    """A short message with a heading, sentences, and perhaps a table.

    Attributes
    ----------
    tone : str
        One of `TONES`: the outcome of a check, or what else the card is.
    heading : str
        What it is about.
    sentences : tuple of str
        Words between backticks are code.
    header, rows : tuple
        The table, if any; columns of numbers are aligned to the right.
    language : str
        "en" or "zh".
    """

    tone: str
    heading: str
    sentences: tuple[str, ...]
    language: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def word(self) -> str:
        """The word that says what the colour says."""
        return say(f"checks.tone_{self.tone}", self.language)

    def __repr__(self) -> str:
        icon, _ = TONES[self.tone]
        sentences = [one.replace("`", "") for one in self.sentences]
        return "\n".join([f"{icon} {self.word} · {self.heading}", *sentences, *self._lines()])

    def _lines(self) -> list[str]:
        """Return what stands below the sentences, as text."""
        return ["  ".join(row) for row in (self.header, *self.rows) if row]

    def _parts(self) -> list[str]:
        """Return what stands below the sentences, as HTML."""
        return [_table(self.header, self.rows)] if self.rows else []

    def _repr_html_(self) -> str:
        icon, colour = TONES[self.tone]
        parts = [
            f'<p style="margin:0 0 .3em"><span aria-hidden="true">{icon}</span> '
            f"<strong>{escape(self.word)}</strong> · {escape(self.heading)}</p>",
            *(f'<p style="margin:.3em 0">{_coded(one)}</p>' for one in self.sentences),
            *self._parts(),
        ]
        return (
            f'<div class="crmlab-card crmlab-{self.tone}" role="status" lang="{self.language}" '
            f'style="{TEXT};border-left:5px solid {colour};padding:.5em 1em;margin:.3em 0;max-width:52em">'
            f"{''.join(parts)}</div>"
        )


@dataclass(frozen=True)
class Score:
    """A card for nbgrader, which takes a number that a check cell returns for its points."""

    card: Card
    points: float

    def __repr__(self) -> str:
        return f"{self.points:g}"

    def _repr_html_(self) -> str:
        return self.card._repr_html_()


@dataclass(frozen=True)
class WorkedCard:
    """A worked solution: Markdown, so that JupyterLab colours the code as in a cell."""

    heading: str
    explanation: str
    code: str

    def __repr__(self) -> str:
        return f"{self.heading}\n\n{self.explanation}\n\n{self.code}"

    def _repr_markdown_(self) -> str:
        return f"**{self.heading}**\n\n{self.explanation}\n\n```python\n{self.code}\n```"


def _coded(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """Return a table as HTML; columns of numbers are aligned to the right, no number or date is broken."""
    sides = ["right" if re.fullmatch(r"[\d./ ]+", value) else "left" for value in rows[0]]

    def cell(tag: str, value: str, side: str) -> str:
        whole = ";white-space:nowrap" if re.fullmatch(r"[\d./ -]+", value) else ""
        return f'<{tag} style="{CELL.format(side=side)}{whole}">{escape(value)}</{tag}>'

    def line(tag: str, values: tuple[str, ...]) -> str:
        return "".join(cell(tag, value, side) for value, side in zip(values, sides, strict=True))

    body = "".join(f"<tr>{line('td', row)}</tr>" for row in rows)
    return (
        f'<table style="{TEXT};border-collapse:collapse;margin:.4em 0">'
        f"<thead><tr>{line('th', header)}</tr></thead><tbody>{body}</tbody></table>"
    )
