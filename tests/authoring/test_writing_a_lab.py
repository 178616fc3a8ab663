"""The lab in docs/writing-a-lab.md works as the page says, in a checkout of its own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import crmlab

ROOT = Path(crmlab.__file__).parents[1]
PAGES = {"en": ROOT / "docs" / "writing-a-lab.md", "zh": ROOT / "docs" / "writing-a-lab.zh.md"}
FILE = re.compile(r"^`([^`]+\.py)`[:：]\n\n```python\n(.*?)```", re.MULTILINE | re.DOTALL)

TRY = """
from crmlab import open_company
from crmlab.checks.answer import plain
from crmlab.checks.judge import judge
from crmlab.checks.question import labs

(lab,) = labs()
count, decide = lab.questions
for company in (open_company(language="en"), open_company(7, language="zh", account="s2026017")):
    verdict = judge(count, company, plain(count.answer(company)))
    print(verdict.outcome, verdict.points, "{" in "".join(verdict.sentences))
    for mistake in count.mistakes:
        print(judge(count, company, plain(mistake.answer(company))).mistakes)
    options = decide.answer(company)
    best = options.nlargest(10, "value_cents")
    verdict = judge(decide, company, plain(best["customer_id"].tolist()))
    print(verdict.outcome, verdict.points, options["naive"].sum())
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A checkout with the lab of the page and no other."""
    root = tmp_path_factory.mktemp("a checkout 副本")
    shutil.copytree(
        ROOT / "crmlab", root / "crmlab", ignore=shutil.ignore_patterns("__pycache__", "lab[0-9][0-9].py")
    )
    shutil.copy(ROOT / "pyproject.toml", root)
    for folder in ("labs", "solutions"):
        for language in ("en", "zh"):
            (root / folder / language).mkdir(parents=True)
            shutil.copy(ROOT / folder / language / "crmlab.toml", root / folder / language)
    shutil.copy(ROOT / "solutions" / "glossary.toml", root / "solutions")
    for name, text in FILE.findall(PAGES["en"].read_text(encoding="utf-8")):
        (root / name).write_text(text, encoding="utf-8")
    return root


def run(copy, *arguments):
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("CRMLAB_")}
    surroundings |= {"PYTHONPATH": str(copy), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=surroundings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_both_pages_show_the_same_two_files():
    en, zh = (FILE.findall(page.read_text(encoding="utf-8")) for page in PAGES.values())
    assert en == zh
    assert [name for name, _ in en] == ["crmlab/checks/questions/lab90.py", "solutions/90-catalogues.py"]


def test_nothing_is_wrong_with_it_and_it_builds(copy):
    checked = run(copy, "-m", "crmlab", "build", "--check", "90")
    assert (checked.returncode, checked.stdout) == (0, "Nothing is wrong with the sources.\n"), checked
    built = run(copy, "-m", "crmlab", "build", "90")
    assert built.returncode == 0, built.stderr
    for language, right, played in (("en", "Right", "Played out"), ("zh", "正确", "推演结果")):
        solved = copy / "solutions" / language / "90-catalogues.ipynb"
        text = solved.read_text(encoding="utf-8")
        assert f"✓ {right} · 90.1" in text and f"◆ {played} · 90.2" in text
        assert (copy / "labs" / language / "90-catalogues.ipynb").is_file()


def test_its_questions_do_what_the_page_says(copy):
    result = run(copy, "-c", TRY)
    assert (
        result.stdout.splitlines()
        == [
            "right 10 False",
            "('counts_all',)",
            "('counts_every_year',)",
            "played 10.0 10",
        ]
        * 2
    ), result.stderr


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_what_the_pages_name_is_there(page):
    text = page.read_text(encoding="utf-8")
    from crmlab.checks import fields, kinds

    named = set(re.findall(r"`([A-Z]\w+)\(", FILE.sub("", text)))
    assert {"Number", "Table", "Ranking", "Set", "Choice", "ShortList", "Decision", "Label"} <= named
    assert [name for name in named if not hasattr(fields, name) and not hasattr(kinds, name)] == []
    for path in re.findall(r"`((?:benchmarks|tests|solutions)/[\w/.-]+)`", FILE.sub("", text)):
        assert (ROOT / path).exists(), path
