"""The realism report as a page: the generated distributions beside CDNOW's, and every fact."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.company.realism import cdnow
from crmlab.company.realism.cdnow import Buying
from crmlab.company.realism.report import Line, headings
from crmlab.fonts import family
from crmlab.locale import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OURS, THEIRS = "#0072b2", "#d55e00"
_STYLE = """
body { font-family: system-ui, "Noto Sans SC", "Microsoft YaHei", sans-serif; margin: 2rem auto;
  max-width: 70rem; padding: 0 1rem; color: #222; }
img { max-width: 100%; }
table { border-collapse: collapse; }
th, td { padding: .3rem .8rem; text-align: left; border-bottom: 1px solid #ddd; }
.fail { color: #b00020; font-weight: bold; }
"""


def page(report: list[Line], ours: Buying, theirs: Buying | None, language: str) -> str:
    """Return the page as HTML that needs no other file.

    Parameters
    ----------
    report : list of Line
        The facts.
    ours, theirs : Buying
        How the company's customers buy, and CDNOW's when its file is there.
    language : str
        "en" or "zh".
    """
    picture = io.BytesIO()
    figure(ours, theirs, language).savefig(picture, format="png", dpi=130)
    source = base64.b64encode(picture.getvalue()).decode("ascii")
    title = escape(say("realism.title", language))
    head = "".join(f"<th>{escape(name)}</th>" for name in headings(language))
    rows = "\n".join(_row(line, language) for line in report)
    code = "zh-CN" if language == "zh" else "en"
    return f"""<!doctype html>
<html lang="{code}">
<head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>
<body>
<h1>{title}</h1>
<p>{escape(say("realism.about", language))}</p>
<img src="data:image/png;base64,{source}" alt="{escape(_alt(ours, language))}">
<table><thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody></table>
</body>
</html>
"""


def _row(line: Line, language: str) -> str:
    opening = "<tr>" if line.passed else '<tr class="fail">'
    return opening + "".join(f"<td>{escape(cell)}</td>" for cell in line.cells(language)) + "</tr>"


def _alt(ours: Buying, language: str) -> str:
    return say(
        "realism.alt",
        language,
        median=f"{ours.gaps.median():.0f}",
        mean=f"{ours.gaps.mean():.0f}",
        sigma=f"{_sigma(ours.values):.2f}",
        again=f"{ours.again.iloc[-1]:.0%}",
    )


def _sigma(values: pd.Series) -> float:
    return float(np.log(values).std())


def figure(ours: Buying, theirs: Buying | None, language: str) -> Figure:
    """Return three charts: time between purchases, order values, customers who bought again."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    with matplotlib.rc_context({"font.family": family(language), "font.size": 9, "axes.titlesize": 9.5}):
        drawn = Figure(figsize=(13, 4.6), layout="constrained")
        gaps, values, again = drawn.subplots(1, 3)
        _gaps(gaps, ours, theirs, language)
        _values(values, ours, theirs, language)
        _again(again, ours, theirs, language)
        for axes in (gaps, values, again):
            axes.spines[["top", "right"]].set_visible(False)
            axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
            axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
            axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
        return drawn


def _gaps(axes: Axes, ours: Buying, theirs: Buying | None, language: str) -> None:
    edges = np.arange(0.5, 300, 7)  # whole weeks, as nobody orders on Sundays
    _shares(axes, ours.gaps, edges, language, filled=True)
    if theirs is not None:
        _shares(axes, theirs.gaps, edges, language, filled=False)
    company = say("realism.ours", language)
    for style, name, mine, published in (
        (":", "median", ours.gaps.median(), cdnow.MEDIAN_GAP),
        ("--", "mean", ours.gaps.mean(), cdnow.MEAN_GAP),
    ):
        for days, colour, whose in ((mine, OURS, company), (published, THEIRS, cdnow.NAME)):
            label = say(f"realism.{name}", language, whose=whose, days=f"{days:.0f}")
            axes.axvline(days, color=colour, linestyle=style, label=label)
    axes.set_xlim(0, edges[-1])
    axes.set_title(
        say(
            "realism.gaps_title",
            language,
            ours=f"{ours.gaps.std() / ours.gaps.mean():.2f}",
            theirs=cdnow.GAP_VARIATION,
        )
    )
    axes.set_xlabel(say("realism.gaps_axis", language))
    axes.set_ylabel(say("realism.purchases_share", language))


def _values(axes: Axes, ours: Buying, theirs: Buying | None, language: str) -> None:
    edges = np.geomspace(0.02, 50, 33)
    _shares(axes, ours.values, edges, language, filled=True)
    if theirs is not None:
        _shares(axes, theirs.values, edges, language, filled=False)
    else:
        middle = np.sqrt(edges[1:] * edges[:-1])
        bell = np.exp(-(np.log(middle) ** 2) / (2 * cdnow.SIGMA**2)) / (cdnow.SIGMA * np.sqrt(2 * np.pi))
        label = say("realism.lognormal", language, sigma=cdnow.SIGMA)
        axes.plot(middle, bell * np.log(edges[1] / edges[0]), color=THEIRS, label=label)
    axes.set_xscale("log")
    ticks = (0.1, 1, 10)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_title(
        say("realism.values_title", language, ours=f"{_sigma(ours.values):.2f}", theirs=cdnow.SIGMA)
    )
    axes.set_xlabel(say("realism.values_axis", language))
    axes.set_ylabel(say("realism.orders_share", language))


def _again(axes: Axes, ours: Buying, theirs: Buying | None, language: str) -> None:
    axes.plot(ours.again.index, ours.again, color=OURS, label=say("realism.ours", language))
    if theirs is not None:
        axes.plot(theirs.again.index, theirs.again, color=THEIRS, label=cdnow.NAME)
    else:
        at = [cdnow.MONTHS], [cdnow.REPEATED]
        axes.plot(*at, "o", color=THEIRS, label=cdnow.NAME, clip_on=False)
    axes.set_xlim(0, cdnow.MONTHS)
    axes.set_ylim(0, 0.7)
    axes.set_xticks(range(0, cdnow.MONTHS + 1, 3))
    axes.set_title(
        say(
            "realism.again_title", language, ours=f"{ours.again.iloc[-1]:.0%}", theirs=f"{cdnow.REPEATED:.0%}"
        )
    )
    axes.set_xlabel(say("realism.again_axis", language))
    axes.set_ylabel(say("realism.customers_share", language))


def _shares(axes: Axes, values: pd.Series, edges: np.ndarray, language: str, *, filled: bool) -> None:
    shares = np.histogram(values, edges)[0] / len(values)
    label = say("realism.ours", language) if filled else cdnow.NAME
    if filled:
        axes.stairs(shares, edges, fill=True, color=OURS, alpha=0.35, label=label)
    else:
        axes.stairs(shares, edges, color=THEIRS, label=label)
