"""course.toml: what it says, and everything that is wrong with it at once."""

import tomllib
from datetime import datetime

import pytest

from crmlab.errors import CrmlabError
from crmlab.grading.course import Course, begin

FINE = """
title = "CRM"
course = "crm-2026"
secret = "a secret of 16 letters"
language = "zh"
labs = ["01", "02"]
roster = "class.csv"
[due]
"01" = 2026-03-15
"02" = 2026-03-22 18:00:00
[weights]
rule = "weighted"
seen = 0.25
unseen = 0.75
[limits]
cell_seconds = 10
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "course.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_all_that_can_be_said_is_read(written, tmp_path):
    course = Course.read(written(FINE))
    assert (course.title, course.language, course.labs) == ("CRM", "zh", ("01", "02"))
    assert course.roster == tmp_path / "class.csv"
    assert course.due == {"01": datetime(2026, 3, 15, 23, 59, 59), "02": datetime(2026, 3, 22, 18)}
    assert (course.weights.rule, course.weights.unseen) == ("weighted", 0.75)
    assert (course.limits.cell_seconds, course.limits.memory_mb) == (10, 2048)
    assert "secret" not in repr(course)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_course_is_fine_and_has_a_secret_of_its_own(tmp_path, language):
    for name in ("one", "two"):
        begin(tmp_path / name, language)
    one, two = (Course.read(tmp_path / name) for name in ("one", "two"))
    assert one.language == language
    assert one.secret != two.secret and len(one.secret) >= 32
    before = (tmp_path / "one").read_bytes()
    with pytest.raises(CrmlabError):
        begin(tmp_path / "one", language)
    assert (tmp_path / "one").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("title =", "titel ="), ["title is missing", "titel is not known. Did you mean title?"]),
        (('labs = ["01", "02"]', 'labs = ["01", "77"]'), ['labs = ["01", "77"]: must be a list of labs']),
        (("[weights]", "weight = 3\n[weights]"), ["due.weight = 3: must be a day"]),
        (("seen = 0.25", 'seen = "half"'), ['weights.seen = "half": must be a number from 0 to 1']),
        (("seen = 0.25", "seen = 0.5"), ["weights.seen + weights.unseen = 1.25: must be 1."]),
        (("2026-03-15", '"15 March"'), ['due.01 = "15 March": must be a day such as 2026-03-15']),
        (
            ('"02" = 2026', '"09" = 2026'),
            ["due.09 = 2026-03-22 18:00:00: is not among the labs of the course"],
        ),
        (("a secret of 16 letters", "short"), ['secret = "…": must be a text of at least 16']),
        (("crm-2026", "a secret of 16 letters"), ["must be another one than the public name"]),
        (("[limits]", "[limit]"), ["limit is not known. Did you mean limits"]),
        (("cell_seconds = 10", "memory_mb = true"), ["limits.memory_mb = true: must be a number from 512"]),
    ],
)
def test_what_is_wrong_is_said_with_key_value_and_rule(written, monkeypatch, change, said):
    with pytest.raises(CrmlabError) as raised:
        Course.read(written(FINE.replace('"zh"', '"en"').replace(*change)))
    assert all(words in str(raised.value) for words in said), raised.value
    assert "16 letters" not in str(raised.value)


def test_everything_is_said_at_once_and_in_the_course_s_language(written):
    with pytest.raises(CrmlabError) as raised:
        Course.read(written('language = "zh"\ntitle = ""\nlabs = []\nseen = 1\n'))
    lines = str(raised.value).splitlines()
    assert [line.split()[1].rstrip("。") for line in lines[1:]] == [
        "title", "缺少", "缺少", "labs", "不认识",
    ]  # fmt: skip
    assert "你是想写 weights.seen 吗" in lines[-1]


@pytest.mark.parametrize("text", ["title = ", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")])
def test_a_file_that_is_no_toml_is_one_sentence(written, text):
    with pytest.raises(CrmlabError, match="cannot be read"):
        Course.read(written(text))


def test_only_what_decides_about_marks_makes_other_marks(written):
    course = Course.read(written(FINE))
    due = Course.read(written(FINE.replace("2026-03-15", "2026-04-15").replace('"CRM"', '"More"')))
    weights = Course.read(written(FINE.replace("weighted", "both")))
    secret = Course.read(written(FINE.replace("of 16", "of more")))
    assert course.fingerprint == due.fingerprint
    assert len({course.fingerprint, weights.fingerprint, secret.fingerprint}) == 3
    assert course.unseen != secret.unseen
    assert tomllib.loads(FINE)["secret"] not in course.unseen
