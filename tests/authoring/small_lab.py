"""The source of a small lab, and its one question."""

from crmlab.checks.fields import Count
from crmlab.checks.kinds import Number
from crmlab.checks.question import Question
from crmlab.locale import Text


def question(number="7.1", points=20, hints=2):
    """Return a question; only what `crmlab build --check` looks at matters."""
    text = Text("How many?", "多少？")
    return Question(number, text, points, Number(Count(text)), (text,) * hints, text, lambda company: 2)


HEADER = """\
# ---
# jupyter:
#   crmlab:
#     lab: "07"
#     minutes: 45
#     needs: ["01"]
#     title:
#       en: A small lab
#       zh: 小实验
# ---

"""

LAB = (
    HEADER
    + """\
# %% [markdown] lang="en"
# # A small lab

# %% [markdown] lang="zh"
# # 小实验

# %%
import ipywidgets
import pandas as pd

from crmlab import check
from crmlab.settings import settings

print(settings().language)
print(settings().progress)

# %%
ipywidgets.IntSlider(value=3)

# %%
pd.DataFrame({"a": [1, 2]})

# %% student="7.1"
two = ...

# %% solution="7.1"
two = 1 + 1

# %% [markdown] lang="en" solution="7.1"
# One and one.

# %% [markdown] lang="zh" solution="7.1"
# 一加一。

# %% check="7.1"
check("7.1", two)
"""
)
