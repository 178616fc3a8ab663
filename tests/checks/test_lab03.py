"""Lab 03: the survey that it shows is what the generator draws from."""

import pandas as pd
import pytest

from crmlab import open_company
from crmlab.authoring.building import checkout, sources


def test_the_survey_says_how_the_categories_answer_to_prices() -> None:
    (source,) = sources(checkout(), ("03",))
    (code,) = (cell.text for cell in source.cells if cell.text.startswith("survey = "))
    companies = [open_company(seed, language="en") for seed in range(6000, 6004)]
    names = {"pd": pd, "company": companies[0]}
    exec(code, names)
    told = names["survey"].set_index("major_category")["elasticity"]
    drawn = pd.concat(
        company.truth.products.merge(company.products[["product_id", "major_category"]])
        for company in companies
    )
    means = -drawn.groupby("major_category")["elasticity_milli"].mean() / 1000
    assert told.to_dict() == pytest.approx(means.to_dict(), rel=0.1)
