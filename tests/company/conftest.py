import pytest

from crmlab import Company, open_company
from crmlab.company.size import Plan, write


@pytest.fixture(scope="session")
def company():
    return open_company(language="en")


@pytest.fixture(scope="session")
def chinese():
    return open_company(language="zh")


@pytest.fixture(scope="session")
def student():
    return open_company(language="en", account="s2026017")


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A company of a few customers, for what does not depend on how many there are."""
    return _of_forty(tmp_path_factory.mktemp("small"), "en")


@pytest.fixture(scope="session")
def small_chinese(tmp_path_factory):
    return _of_forty(tmp_path_factory.mktemp("small"), "zh")


def _of_forty(folder, language):
    write(Plan(folder, language, customers=40), jobs=1)
    return Company.read(folder)


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """No settings file of this machine changes which company is opened."""
    monkeypatch.chdir(tmp_path)
