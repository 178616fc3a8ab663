"""crmlab.toml: known keys are changed, every other line stays."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.errors import CrmlabError
from crmlab.work.tomlfile import changed, update

OWN = """\
# my own words
language = 'en' # not zh
colour = "blue = language"

[other]
account = "of a table"
"""


def test_only_the_value_changes(tmp_path):
    path = tmp_path / "crmlab.toml"
    path.write_text(OWN, encoding="utf-8")
    update(path, {"language": "zh", "account": "s1"}, "en")
    assert path.read_text(encoding="utf-8") == (
        OWN.replace("'en'", '"zh"').replace('= language"\n', '= language"\naccount = "s1"\n')
    )


def test_windows_line_ends_and_a_missing_last_one_are_kept():
    assert changed('language = "en"\r\nroom = 1', {"language": "zh", "account": "s1"}) == (
        'language = "zh"\r\nroom = 1\r\naccount = "s1"\r\n'
    )


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "crmlab.toml"
    path.write_bytes(b'\xef\xbb\xbflanguage = "en"\n')
    update(path, {"language": "zh"}, "en")
    assert path.read_text(encoding="utf-8") == 'language = "zh"\n'


@pytest.mark.parametrize(
    "own", ['"language" = "en"\n', 'language = """en"""\n', 'x = """\nlanguage = "en"\n"""\n']
)
def test_what_cannot_be_changed_safely_is_left_to_the_person(tmp_path, own):
    path = tmp_path / "crmlab.toml"
    path.write_text(own, encoding="utf-8")
    with pytest.raises(CrmlabError, match='write language = "zh" there'):
        update(path, {"language": "zh"}, "en")
    assert path.read_text(encoding="utf-8") == own


def test_a_new_file_says_what_it_is_for(tmp_path):
    update(tmp_path / "crmlab.toml", {"language": "en"}, "en", comment="Who works here.")
    assert (tmp_path / "crmlab.toml").read_text(encoding="utf-8") == '# Who works here.\nlanguage = "en"\n'


printable = st.text(st.characters(min_codepoint=32, blacklist_categories=("Cs", "Cc")), max_size=20)


@given(course=printable, language=st.sampled_from(["en", "zh"]))
def test_any_course_is_read_back(course, language):
    after = changed(OWN, {"course": course, "language": language})
    assert tomllib.loads(after) == tomllib.loads(OWN) | {"course": course, "language": language}
    assert changed(after, {"course": course, "language": language}) == after
