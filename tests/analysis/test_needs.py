"""An analysis declares the tables that it asks for, so that it is known whether it can be made."""

import re

import pytest

from crmlab import Company, open_company
from crmlab.errors import CrmlabError


class Watched(Company):
    """A company that remembers which tables were asked of it."""

    def frame(self, name):
        self.__dict__.setdefault("asked", set()).add(name)
        return super().frame(name)


def test_an_analysis_asks_for_what_it_declares(entry):
    company = Watched(open_company(language="en").raw, language="en")
    entry.run(company)
    assert company.asked <= {place.partition(".")[0] for place in entry.needs}
    assert entry.missing(company) == []


def test_without_what_it_needs_it_says_so(entry):
    raw = open_company(language="en").raw
    tables = {place.partition(".")[0] for place in entry.needs} - {"employees"}
    for lacking in tables:
        company = Company({name: frame for name, frame in raw.items() if name != lacking}, language="zh")
        assert entry.missing(company)
        for missing in entry.missing(company):
            assert missing.endswith(")") and f"({lacking}" in missing
        with pytest.raises(CrmlabError, match=re.escape(entry.missing(company)[0])):
            entry.run(company)
