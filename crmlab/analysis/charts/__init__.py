"""The few forms of chart that all analyses share, drawn without pyplot and without global state.

A picture is data first: what is compared, in which unit, what to call it. From that come both the
figure and the words for those who cannot see it. The title is the finding; values stand beside what
they belong to, so that no legend and hardly an axis is needed.
"""

from __future__ import annotations

from crmlab.analysis.charts.bars import Bars
from crmlab.analysis.charts.canvas import Canvas, Picture, png
from crmlab.analysis.charts.cards import Card, Cards
from crmlab.analysis.charts.columns import Columns
from crmlab.analysis.charts.curve import Curve, Line, Mark
from crmlab.analysis.charts.grouped import Grouped
from crmlab.analysis.charts.heatmap import Heatmap
from crmlab.analysis.charts.letters import shortened, width, wrapped
from crmlab.analysis.charts.pareto import Pareto
from crmlab.analysis.charts.pie import Pie, composition
from crmlab.analysis.charts.points import Points
from crmlab.analysis.charts.stacked import Part, Stacked
from crmlab.analysis.charts.trend import Series, Trend
from crmlab.analysis.charts.waterfall import Waterfall

__all__ = [
    "Bars",
    "Canvas",
    "Card",
    "Cards",
    "Columns",
    "Curve",
    "Grouped",
    "Heatmap",
    "Line",
    "Mark",
    "Pareto",
    "Part",
    "Picture",
    "Pie",
    "Points",
    "Series",
    "Stacked",
    "Trend",
    "Waterfall",
    "composition",
    "png",
    "shortened",
    "width",
    "wrapped",
]
