"""HTML that opens anywhere, asks nothing of the network, and runs nothing: whatever is in it is escaped."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from crmlab.checks.overview import short
from crmlab.grading.export import verdict
from crmlab.locale import say

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


@cache
def templates() -> Environment:
    """Return the templates of this room: pages escape what they are given, plain texts have no need to."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=PackageLoader(__package__),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"coded": coded, "verdict": verdict}
    return made


def page(template: str, language: str, **values: object) -> bytes:
    """Return the page of a template; ``say`` speaks in ``language`` there."""
    told = partial(_told, language)
    return (
        templates()
        .get_template(template)
        .render(language=language, say=told, short=short, **values)
        .encode("utf-8")
    )


def _told(language: str, key: str, **blanks: object) -> str:
    return say(f"grading.book_{key}", language, **blanks)


def coded(text: str) -> Markup:
    """Return a text for HTML, with what stands between backticks as code.

    Examples
    --------
    >>> str(coded("Use `min()`, not <b>."))
    'Use <code>min()</code>, not &lt;b&gt;.'
    """
    from markupsafe import Markup, escape

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))
