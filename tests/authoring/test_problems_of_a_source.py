"""What `crmlab build --check` finds."""

import pytest
from small_lab import LAB, question

from crmlab.authoring import building
from crmlab.authoring.minutes import estimate
from crmlab.authoring.problems import problems
from crmlab.authoring.source import read

ZH = '# %% [markdown] lang="zh"\n# # 小实验\n'
STARTER = '# %% student="7.1"\ntwo = ...\n'
SOLUTION = '# %% solution="7.1"\ntwo = 1 + 1\n'
EXPLANATION = '# %% [markdown] lang="en" solution="7.1"\n# One and one.\n\n'
IN_CHINESE = '# %% [markdown] lang="zh" solution="7.1"\n# 一加一。\n\n'
CHECK = '# %% check="7.1"\ncheck("7.1", two)\n'


QUESTIONS = (question(),)


def found(path, questions=QUESTIONS, language="en"):
    return [str(problem) for problem in problems(read(path), questions, language)]


def line_of(path, text):
    return path.read_text(encoding="utf-8").splitlines().index(text) + 1


def test_nothing_is_wrong_with_a_good_source(write):
    assert found(write()) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (ZH, "", "has no translation"),
        (ZH, ZH + "\n" + ZH, "has no translation"),
        (ZH, ZH.replace(' lang="zh"', ""), "has no translation"),
        (ZH, ZH.replace('lang="zh"', 'lang="zh" solution="7.1"'), "has no translation"),
        (STARTER, "", "7.1 has no starter"),
        (SOLUTION, "", "7.1 has no solution"),
        (EXPLANATION + IN_CHINESE, "", "7.1 is not explained (en)"),
        (EXPLANATION + IN_CHINESE, EXPLANATION, "7.1 is not explained (zh)"),
        (EXPLANATION + IN_CHINESE, IN_CHINESE, "7.1 is not explained (en)"),
        ("minutes: 45", "minutes: 20", "longer than its time (en): the header says 20 minutes"),
        ("minutes: 45", "minutes: 20", "longer than its time (zh)"),
        ("minutes: 45", "minutes: 90", "shorter than its time (en)"),
        (CHECK, "", "7.1 is declared but never checked"),
        (CHECK, CHECK.replace('check("7.1"', 'check("7.2"'), "does not call"),
        (CHECK, CHECK.replace('check="7.1"', 'check="7.9"'), "7.9 is checked but not declared"),
        ('student="7.1"', 'studnet="7.1"', '"studnet" means nothing'),
        ("# %%\nipy", '# %% lang="en"\nipy', "Code is the same in both languages"),
        ("# # 小实验\n", "# # 小实验\n# ![](x.png)\n", "no alternative text"),
        ("# # 小实验\n", '# # 小实验\n# <img src="x.png">\n', "no alternative text"),
        ("# # 小实验\n", '# # 小实验\n# <img src="x.png" alt="">\n', "no alternative text"),
    ],
)
def test_each_problem_is_found(write, old, new, words):
    assert old in LAB
    assert any(words in problem for problem in found(write(LAB.replace(old, new, 1))))


@pytest.mark.parametrize(
    ("questions", "words", "chinese"),
    [
        ((question(hints=1),), "Hints of question 7.1: 1.", "只有 1 条提示"),
        ((question(points=19),), "19 points", "共 19 分"),
        ((), "0 points", "共 0 分"),
        ((question(), question("7.2", points=1)), "21 points", "共 21 分"),
    ],
)
def test_what_is_wrong_with_the_declarations(write, questions, words, chinese):
    path = write()
    assert any(words in problem for problem in found(path, questions))
    assert any(chinese in problem for problem in found(path, questions, "zh"))


def test_too_few_hints_are_said_at_the_check(write):
    path = write()
    (problem,) = found(path, (question(hints=1),))
    line = line_of(path, '# %% check="7.1"')
    assert problem.startswith(f"{path}:{line}: ")


def test_more_text_and_more_points_take_more_time(write):
    little = read(write())
    assert estimate(little, QUESTIONS, "en") == 20 * 2 + 4
    long = read(write(LAB.replace("# # 小实验\n", "# # 小实验\n# " + "一" * 2000 + "\n", 1)))
    assert estimate(long, QUESTIONS, "zh") == estimate(little, QUESTIONS, "zh") + 10
    assert estimate(long, QUESTIONS, "en") == estimate(little, QUESTIONS, "en")


def test_images_with_alternative_text_are_fine(write):
    images = '# # 小实验\n# ![柱形图](x.png) <img src="x.png" alt="柱形图">\n'
    assert found(write(LAB.replace("# # 小实验\n", images, 1))) == []


def test_a_problem_says_where_in_the_readers_language(write):
    path = write(LAB.replace("# # 小实验\n", "# # 小实验\n# ![](x.png)\n", 1))
    line = line_of(path, "# ![](x.png)")
    assert found(path, language="zh") == [
        f"{path}:{line}: 这张图片没有替代文字：请在方括号中写明图片的内容。"
    ]


def test_a_notebook_without_a_source_is_found(write, tmp_path):
    write()
    left = tmp_path / "labs" / "en" / "06-gone.ipynb"
    left.write_text("{}", encoding="utf-8")
    assert [
        problem.path for problem in building.check(tmp_path, language="en") if "no source" in problem.sentence
    ] == [left]
