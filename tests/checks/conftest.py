import pytest

from crmlab import Company, open_company

COMPANIES = (
    {"seed": 2026, "language": "en"},
    {"seed": 31, "language": "zh", "account": "s2026017"},
    {"seed": 7, "language": "en", "course": "spring"},
    {"seed": 11, "language": "zh"},
    {"seed": 23, "language": "en", "account": "amy"},
)


@pytest.fixture(params=COMPANIES, ids=lambda which: f"{which['seed']}-{which['language']}", scope="session")
def company(request: pytest.FixtureRequest) -> Company:
    return open_company(**request.param)


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """Let a test work in a folder of its own, as a notebook does."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
