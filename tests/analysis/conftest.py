import pytest

from crmlab import Company, open_company
from crmlab.analysis.menu import entries

#: Both languages, with an account and without, with a course and without; two seeds.
WHICH = (
    {"seed": 2026, "language": "zh", "account": "s2026017"},
    {"seed": 7, "language": "en", "course": "spring"},
)


@pytest.fixture(params=WHICH, ids=lambda which: f"{which['seed']}-{which['language']}", scope="session")
def company(request: pytest.FixtureRequest) -> Company:
    return open_company(**request.param)


@pytest.fixture(params=["en", "zh"], scope="session")
def default(request: pytest.FixtureRequest) -> Company:
    """The default company in each language."""
    return open_company(language=request.param, seed=2026)


@pytest.fixture(params=entries(), ids=lambda entry: entry.slug, scope="session")
def entry(request: pytest.FixtureRequest):
    return request.param


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Keep the settings file of whoever runs the tests out of them."""
    monkeypatch.chdir(tmp_path)
