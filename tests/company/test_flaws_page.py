"""Every flaw on purpose is declared once: with its rate, its meaning, and how to find it."""

import numpy as np
import pandas as pd
import pytest

from crmlab.company.flaws_page import FILES, flaws_page, flaws_pages
from crmlab.company.world.flaws import Flaws, declared

FLAWS = {flaw.name: flaw for flaw in declared()}
FOUND = [name for name, flaw in FLAWS.items() if flaw.find]


def rows(expression, company):
    return eval(expression, {"company": company, "pd": pd, "np": np})


def test_the_declarations_are_the_fields():
    assert list(FLAWS) == list(vars(Flaws()))
    assert all(type(value) is int and 0 < value < 1000 for value in vars(Flaws()).values())


@pytest.mark.parametrize("name", FLAWS)
def test_every_flaw_says_what_it_is_in_both_languages(name):
    assert all(FLAWS[name].meaning) and all(FLAWS[name].among)


@pytest.mark.parametrize("name", FOUND)
def test_the_line_finds_rows_at_the_declared_rate(name, company):
    flaw = FLAWS[name]
    found = rows(flaw.find, company)
    assert isinstance(found, pd.DataFrame) and len(found)
    if flaw.out_of:
        assert len(found) / len(rows(flaw.out_of, company)) == pytest.approx(flaw.permille / 1000, rel=0.45)


@pytest.mark.parametrize("name", FOUND)
def test_the_line_finds_as_many_rows_in_the_other_language(name, company, chinese):
    find = FLAWS[name].find
    assert rows(find, company).index.equals(rows(find, chinese).index)


@pytest.mark.parametrize("name", ["duplicates", "first_cancelled", "wrong_customer", "prepaid"])
def test_the_line_finds_nothing_else(name, company):
    """Half of all rows would be found at the right rate, too: look at what was found."""
    found = rows(FLAWS[name].find, company)
    if name == "duplicates":
        assert len(found) == 2 * (800 * Flaws().duplicates // 1000)
        assert (found.groupby("letters").city.nunique() == 1).all()
        assert (found.groupby("letters").size() == 2).all()
    elif name == "first_cancelled":
        first = company.orders.groupby("customer_id").ordered_at.min()
        assert (found.status == "cancelled").all()
        assert (found.ordered_at == found.customer_id.map(first)).all()
    elif name == "wrong_customer":
        owners = company.orders.set_index("order_id").customer_id
        assert (found.customer_id_x != found.order_id.map(owners)).all()
    else:
        assert (found.received_on < found.ordered_at.dt.normalize()).all()


@pytest.mark.parametrize("language", FILES)
def test_the_page_has_every_flaw_with_rate_and_line(language):
    text = flaws_page(language)
    for flaw in FLAWS.values():
        assert f"## {flaw.name}\n\n{flaw.meaning.to(language)}" in text
        assert f"```python\n{flaw.find}\n```" in text or not flaw.find
    assert {"en": "Rate: 9.5 % of customers.", "zh": "比例：客户的 9.5%。"}[language] in text
    assert flaws_pages()[FILES[language]] == text
