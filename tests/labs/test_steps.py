"""Which step of the experiment is where: the table in the READMEs is what the menu and the sources say."""

import re

import pytest
from every_lab import ROOT, SOURCES

from crmlab.authoring import steps


@pytest.mark.parametrize("name", steps.READMES)
def test_the_tables_in_the_readme_are_up_to_date(name):
    assert steps.pages(ROOT, SOURCES)[ROOT / name] == (ROOT / name).read_text(encoding="utf-8")


def test_the_experiment_has_eighteen_steps():
    assert [entry.step for entry in steps.steps()] == list(range(1, 19))


@pytest.mark.parametrize("step", range(1, 19))
def test_every_step_is_in_a_lab(step):
    assert [source.lab for source in SOURCES if step in steps.used(source)]


@pytest.mark.parametrize(("name", "language"), steps.READMES.items())
def test_the_table_names_both_languages_and_links_notebooks_that_are_there(name, language):
    table = steps.table(SOURCES, language)
    assert len(table.splitlines()) == 2 + 18
    for entry in steps.steps():
        assert f"| {entry.step} | {entry.name.to(language)} | " in table
        assert entry.name.en in table and entry.name.zh in table
    for link in re.findall(r"\]\((.+?)\)", table):
        assert (ROOT / link).is_file()


@pytest.mark.parametrize(("name", "language"), steps.READMES.items())
def test_every_lab_is_there_with_its_question(name, language):
    rows = steps.labs(SOURCES, language).splitlines()[2:]
    assert len(rows) == len(SOURCES)
    for row in rows:
        assert re.search(r"\| [^|]+[?？] \| \d\d \|$", row), row
