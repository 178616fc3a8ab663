"""Where a site may be built, and what it is not built from."""

import pytest

from crmlab.errors import CrmlabError
from crmlab.site import python
from crmlab.site.building import Site, steps


def begin(site):
    _, do = steps(site)[0]
    do()


def test_what_is_no_site_is_not_replaced(tmp_path):
    (tmp_path / "thesis.docx").touch()
    for folder in (tmp_path, tmp_path / "thesis.docx"):
        with pytest.raises(CrmlabError, match="holds what is no site"):
            begin(Site(folder))
    assert (tmp_path / "thesis.docx").is_file()


def test_the_zip_file_is_no_part_of_the_site(tmp_path):
    with pytest.raises(CrmlabError, match="outside of"):
        begin(Site(tmp_path / "site", archive=tmp_path / "site" / "all.zip"))
    begin(Site(tmp_path / "site", archive=tmp_path / "all.zip"))


def test_a_network_that_answers_with_a_page_of_its_own(tmp_path):
    (tmp_path / "lock.json").write_text("<html>Please log in</html>", encoding="utf-8")
    with pytest.raises(CrmlabError, match="could not be read"):
        python._fetched((tmp_path / "lock.json").as_uri())
