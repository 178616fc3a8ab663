import pytest

from crmlab import open_company


@pytest.fixture(scope="session")
def company():
    return open_company(language="en")


@pytest.fixture(scope="session")
def chinese():
    return open_company(language="zh")


@pytest.fixture(scope="session")
def student():
    return open_company(language="en", account="s2026017")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch, tmp_path):
    """Nothing that is set on this machine changes which company is opened."""
    for name in ("LANGUAGE", "ACCOUNT", "COURSE", "PROGRESS"):
        monkeypatch.delenv(f"CRMLAB_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
