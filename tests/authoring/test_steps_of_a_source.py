"""The steps of a lab are found from its code."""

import pytest
from small_lab import LAB

from crmlab.authoring import steps
from crmlab.authoring.building import build, pages
from crmlab.authoring.source import read

PLAIN = LAB.replace("from crmlab import check\n", "check = print\n")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('explore(company, "gift-list", top=20)', {8}),
        ("explore(company, analysis='value-customers')", {2}),
        ("explore(company, 7)", {7}),
        ("from crmlab.analysis import gift_list, rfm, value_customers", {2, 8}),
        ('%matplotlib inline\nlines["profit"]\nprofit = 1', set()),
        ("not yet finished (", set()),
        ('print("gift-list")  # gift_list', set()),
    ],
)
def test_steps_of_a_source(write, code, found):
    source = read(write(LAB.replace('pd.DataFrame({"a": [1, 2]})', code)))
    assert steps.used(source) == found


def test_the_table_stands_between_its_markers_and_nothing_else_changes(write, tmp_path):
    write(PLAIN.replace('pd.DataFrame({"a": [1, 2]})', "from crmlab.analysis import gift_list"))
    readme = tmp_path / "README.zh.md"
    readme.write_text("前\n\n<!-- steps -->\nold\n<!-- end of steps -->\n\n后\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("no place for it\n", encoding="utf-8")
    assert list(pages(tmp_path)) == [readme]
    assert readme in list(build(tmp_path))
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("前\n\n<!-- steps -->\n| 步骤 |")
    assert text.endswith("|\n<!-- end of steps -->\n\n后\n")
    assert "| 8 | 节日礼物 | Gift list | [07 小实验](labs/zh/07-small.ipynb) |" in text
    assert "| 1 | 客户统计分析 | Customer statistics |  |" in text
    assert pages(tmp_path)[readme] == text
