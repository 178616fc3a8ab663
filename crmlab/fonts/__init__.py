"""Chinese letters for charts: a subset of Noto Sans SC that travels with the package.

matplotlib's own font has no Chinese glyphs, and what a computer has installed differs from one to
the next. ``make.py`` says what is in the subset; its licence is ``OFL.txt``.
"""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("NotoSansSC-subset.ttf")
#: A name of its own: an installed "Noto Sans SC" may be a variable font, which matplotlib draws in Thin.
NAME = "Noto Sans SC crmlab"
LATIN = "DejaVu Sans"


def family(language: str) -> list[str]:
    """Return the font families for charts in ``language``, the first choice first, ready to be drawn with.

    Names may be Chinese in the English edition too: those of a company of one's own.

    Examples
    --------
    >>> family("zh")
    ['Noto Sans SC crmlab', 'DejaVu Sans']
    >>> family("en")
    ['DejaVu Sans', 'Noto Sans SC crmlab']
    """
    _register()
    return [NAME, LATIN] if language == "zh" else [LATIN, NAME]


def use_chinese() -> None:
    """Let all charts of this process show Chinese; what the subset lacks comes from DejaVu Sans."""
    import matplotlib

    others = [name for name in matplotlib.rcParams["font.sans-serif"] if name not in family("zh")]
    matplotlib.rcParams["font.sans-serif"] = [*family("zh"), *others]
    # Only families that are named one by one stand in for each other glyph by glyph.
    matplotlib.rcParams["font.family"] = family("zh")
    matplotlib.rcParams["axes.unicode_minus"] = True  # the subset has U+2212


@cache
def _register() -> None:
    # A browser knows no fonts when it starts, and matplotlib warns that it is going to look for them.
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    from matplotlib import font_manager

    logger.setLevel(level)
    font_manager.fontManager.addfont(str(FILE))
