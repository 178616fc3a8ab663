"""The plain pandas beside each of the eighteen steps makes the table of its analysis."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from itertools import product

import numpy as np
import pandas as pd
import pytest

from crmlab import Company, Filter, open_company
from crmlab.analysis import menu
from crmlab.analysis.own import Choice
from crmlab.errors import CrmlabError
from crmlab.explore.plain import WIDTH, code

STEPS = {entry.slug: entry for entry in menu.entries() if entry.step is not None}
COMPANIES = {
    "en": {"language": "en"},
    "zh": {"language": "zh"},
    "account": {"language": "zh", "account": "s2026017", "seed": 7},
}
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}
#: Own parameters that are numbers, off their defaults.
NUMBERS = {
    "value-customers": [{"top": 7}],
    "gift-list": [{"top": 9, "budget": 190}],
    "sales-performance": [
        {"attainment": 80, "collection": 70, "winners": 2},
        {"attainment": 0, "collection": 0, "winners": 50},  # all who are still here
    ],
    "weak-products": [{"bottom": 200}],
    "receivables-by-customer": [{"top": 5}],
    "expense-trend": [{"year": 2023}],
    "service-feedback": [{"minimum": 30}],
}


@pytest.fixture(params=COMPANIES, scope="module")
def company(request):
    return open_company(**COMPANIES[request.param])


def filters(company: Company) -> list[dict]:
    """Return ways to filter; what an analysis does not honour is left out of each."""
    orders = company.raw["orders"]
    day = f"{orders['ordered_at'].iloc[len(orders) // 2]:%Y-%m-%d}"
    minor = company.raw["products"]["minor_category"].iloc[-1]
    other = next(number for number in company.raw["employees"]["employee_id"] if number != company.me)
    products = [int(number) for number in company.raw["products"]["product_id"][::7]]
    return [
        {},
        YEAR,
        {"start": "2022-07-15", "end": "2024-11-10", "region": "East China"},
        {"start": "2024-03-01", "source": ["展会", "Unknown"]},
        {"end": "2024-02-29", "source": "Unknown"},
        {"start": day, "end": day},
        YEAR | {"recorder": company.me},
        {"recorder": [company.me, int(other)], "owner": int(other), "start": "2023-01-01"},
        {"owner": company.me, "industry": ["Education", "Finance"]},
        YEAR | {"major_category": "Furniture", "region": ["East China", "South China"]},
        {"minor_category": minor},
        {"product": products, "start": "2021-06-01", "end": "2023-06-30"},
        {"customer": [1001, 1002, 1016]},
        {"customer": 1001, "start": "2026-01-30"},  # next to nothing
    ]


def honoured(entry: menu.Entry, given: dict) -> dict:
    taken = {word for name in entry.honours for word in (("start", "end") if name == "period" else (name,))}
    return {name: value for name, value in given.items() if name in taken}


def forms(entry: menu.Entry) -> list[dict]:
    """Return every combination of the choices that an analysis offers."""
    choices = [parameter for parameter in entry.own if isinstance(parameter, Choice)]
    return [
        dict(zip((choice.name for choice in choices), words, strict=True))
        for words in product(*(choice.words for choice in choices))
    ]


def made(text: str, company: Company) -> pd.DataFrame:
    scope = {"company": company}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(text, "plain", "exec"), scope)
    return scope["result"]


def agree(plain: pd.DataFrame, result: pd.DataFrame, entry: menu.Entry) -> None:
    assert list(plain.columns) == list(result.columns)
    assert len(plain) == len(result)
    for name, heading in entry.columns.items():
        found, expected = plain[name].reset_index(drop=True), result[name]
        assert found.isna().tolist() == expected.isna().tolist(), name
        if heading.format in ("count", "id", "year") and found.notna().any():
            assert pd.api.types.is_integer_dtype(found), name
        found, expected = found[found.notna()], expected[expected.notna()]
        if heading.format in ("text", "date", "flag"):
            assert found.tolist() == expected.tolist(), name
            continue
        found, expected = (values.to_numpy(dtype=float) for values in (found, expected))
        if heading.format in ("count", "id", "year"):
            assert found.tolist() == expected.tolist(), name
        elif heading.format == "yuan":
            assert (np.abs(found - expected) < 0.005).all(), name
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=name)


def cases(entry: menu.Entry, company: Company) -> list[tuple[dict, dict]]:
    """Return each form with two filters, and each filter with a form: of all together there are too many.

    In the other companies, which differ in words and people only, every third of these.
    """
    variants = [*forms(entry), *NUMBERS.get(entry.slug, [])]
    given = [honoured(entry, one) for one in filters(company)]
    pairs = [(given[i % len(given)], own) for i, own in enumerate(variants)]
    pairs += [(given[(5 * i + 1) % len(given)], own) for i, own in enumerate(variants)]
    pairs += [(one, variants[i % len(variants)]) for i, one in enumerate(given)]
    unique = list({repr(pair): pair for pair in pairs}.values())
    return unique if company.language == "en" else unique[::3]


@pytest.mark.parametrize("slug", STEPS)
def test_plain_pandas_makes_the_same_table(company, slug):
    entry = STEPS[slug]
    for given, own in cases(entry, company):
        text = code(entry, company, Filter(**given), own)
        try:
            agree(made(text, company), entry.run(company, **given, **own), entry)
        except Exception as error:
            raise AssertionError(f"{slug} {given} {own}\n{text}") from error


def test_every_step_has_its_code_and_nothing_else_has():
    company = open_company(language="en")
    assert sorted(entry.step for entry in STEPS.values()) == list(range(1, 19))
    for entry in menu.entries():
        assert (code(entry, company) is not None) == (entry.slug in STEPS)


@pytest.mark.parametrize("slug", STEPS)
def test_the_code_is_the_same_in_both_languages_but_for_its_words(slug):
    given = Filter(**honoured(STEPS[slug], YEAR | {"source": ["Website", "未知"], "owner": 1}))
    english, chinese = (code(STEPS[slug], open_company(language=word), given) for word in ("en", "zh"))
    assert skeleton(english) == skeleton(chinese)
    assert not re.search("[\u4e00-\u9fff]", english)
    comments = [line for line in chinese.splitlines() if line.strip().startswith("#")]
    assert all(re.search("[\u4e00-\u9fff]", line) for line in comments)


def skeleton(text: str) -> list[str]:
    """Return the code without comments, layout and words."""
    ignored = {tokenize.COMMENT, tokenize.NL}
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [
        "word" if token.type == tokenize.STRING else token.string
        for token in tokens
        if token.type not in ignored and token.string != ","
    ]


@pytest.mark.parametrize("slug", STEPS)
def test_it_reads_like_a_notebook(company, slug):
    for given, own in cases(STEPS[slug], company):
        text = code(STEPS[slug], company, Filter(**given), own)
        assert "crmlab" not in text
        assert "\n\n\n\n" not in text and not re.search(r"[ \t]\n", text) and text == text.strip()
        # Double blank lines stand around a function only.
        assert text.count("\n\n\n") == 2 * text.count("def ")
        assert max(map(len, text.splitlines())) <= WIDTH
        assert not unused(text), f"{unused(text)} made and never used:\n{text}"


def unused(text: str) -> set[str]:
    """Return the names that are imported or assigned, and not read."""
    nodes = list(ast.walk(ast.parse(text)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    made |= {alias.asname for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return made - {node.id for node in names if isinstance(node.ctx, ast.Load)} - {"result"}


def test_what_the_filter_says_stands_in_the_code():
    company = open_company(language="zh")
    given = Filter(start="2025/1/1", region="East China", source=["Unknown", "Website"], product=[101, 102])
    text = code(STEPS["value-customers"], company, given, {"top": 12})
    for line in (
        'start = pd.Timestamp("2025-01-01")',
        "end = company.today",
        'customers = company.customers.fillna({"source": "未知"})',
        'customers = customers[customers["source"].isin(["未知", "公司网站"])]',
        'customers = customers[customers["region"] == "华东"]',
        'products = products[products["product_id"].isin([101, 102])]',
        'lines = lines[lines["booked_at"].dt.normalize().between(start, end)]',
        'lines = lines[lines["customer_id"].isin(customers["customer_id"])]',
        'lines = lines[lines["product_id"].isin(products["product_id"])]',
    ):
        assert line in text.splitlines()
    assert text.endswith("result = result[columns].head(12)")


def test_a_value_with_quotes_stays_a_value():
    sales = pd.DataFrame(
        {
            "day": ["2025-01-31", "2025-03-01"],
            "who": ["Ann", "Bo"],
            "from": ['a "b" \\', "c'd"],
            "yuan": [1, 2],
        }
    )
    columns = {"date": "day", "customer": "who", "source": "from", "amount": "yuan"}
    company = Company.from_sales(sales, columns, language="en")
    entry = STEPS["value-customers"]
    text = code(entry, company, Filter(source='a "b" \\'))
    assert made(text, company)["customer"].tolist() == ["Ann"]


def test_a_company_of_ones_own_has_its_own_amounts():
    sales = pd.DataFrame(
        {
            "no": [1, 1, 2, 3, 4],
            "day": ["2024-01-31", "2024-01-31", "2024-02-01", "2024-05-05", "2025-01-01"],
            "who": ["Ann", "Ann", "Bo", "Ann", "Cy"],
            "what": ["pen", "ink", "pen", "ink", "pen"],
            "kind": ["dry", "wet", "dry", "wet", "dry"],
            "many": [3, 1, 7, -1, 3],
            "yuan": [100.00, 33.33, 200.01, -33.33, 0.10],
            "cost": [70.00, 30.01, 150.00, -30.01, 0.05],
        }
    )
    columns = {
        "order": "no", "date": "day", "customer": "who", "product": "what", "category": "kind",
        "quantity": "many", "amount": "yuan", "cost": "cost",
    }  # fmt: skip
    company = Company.from_sales(sales, columns, language="en")
    compared = 0
    for entry in STEPS.values():
        for own in forms(entry):
            if not entry.missing(company):
                agree(made(code(entry, company, None, own), company), entry.run(company, **own), entry)
                compared += 1
    assert compared > 20


def test_what_the_analysis_would_not_take_is_refused():
    company = open_company(language="en")
    with pytest.raises(CrmlabError, match="product"):
        code(STEPS["new-customers"], company, Filter(product=1))
    with pytest.raises(CrmlabError, match="top"):
        code(STEPS["gift-list"], company, None, {"top": 0})
