"""Lab 05: what its questions ask is what the analyses say, and its decision follows the truth."""

import pandas as pd

from crmlab import Company, open_company
from crmlab.analysis import individual_performance, sales_performance
from crmlab.checks.question import find


def test_my_year_is_what_the_screen_says(company: Company) -> None:
    (row,) = individual_performance(company, start="2025-01-01", end="2025-12-31").to_dict("records")
    names = ["activities", "opportunities_won", "orders", "net_sales"]
    assert find("5.2").answer(company) == [row[name] for name in names]


def test_everybody_with_a_target_is_in_the_table_of_performance(company: Company) -> None:
    targets = company.targets
    asked = set(targets.loc[targets["year"] == 2025, "employee_id"])
    assert set(find("5.3").answer(company)["employee_id"]) == asked
    assert set(find("5.4").answer(company)["employee_id"]) == asked


def test_bonus_is_zero_below_the_threshold_only(company: Company) -> None:
    result = sales_performance(company, start="2025-01-01", end="2025-12-31").set_index("employee_id")
    bonus = find("5.4").answer(company).set_index("employee_id")["bonus"]
    attained = result["attainment"].reindex(bonus.index)
    assert ((bonus == 0) == (attained <= 0.8)).all()
    assert (bonus >= 0).all()


def test_deals_are_worth_what_their_real_chances_say() -> None:
    """Over many companies the chances that value the deals add up to those that are won."""
    expected, won = 0.0, 0
    for seed in range(6000, 6008):
        company = open_company(seed, language="en")
        options = find("5.8").answer(company)
        sold = sales_performance(company, start="2025-01-01", end="2025-12-31")
        margin = sold["gross_margin"].sum() / sold["net_sales"].sum()
        amounts = company.opportunities.set_index("opportunity_id")["expected_amount"]
        chance = (options["value_cents"] / 100 + 300) / margin / options["opportunity_id"].map(amounts)
        assert chance.between(0, 1).all()
        truth = company.truth.opportunities.set_index("opportunity_id")
        assert (chance[options["opportunity_id"].map(truth["win_permille"]) == 0].round(6) == 0).all()
        expected, won = expected + chance.sum(), won + int(truth["wins"].sum())
    assert 0.85 < won / expected < 1.15


def test_the_rule_that_is_taught_beats_the_simple_one() -> None:
    taught, naive = 0.0, 0.0
    for seed in range(6000, 6008):
        company = open_company(seed, language="en")
        options = find("5.8").answer(company).set_index("opportunity_id")
        best = options["value_cents"].nlargest(15).sum()
        naive += options.loc[options["naive"], "value_cents"].sum() / best
        taught += options.loc[chosen_as_taught(company), "value_cents"].sum() / best
    assert taught > naive + 8 * 0.1


def chosen_as_taught(company: Company) -> list[int]:
    """Return the 15 deals that the worked solution chooses."""
    deals, last = company.opportunities, company.opportunity_stages
    last = last.groupby("opportunity_id")["entered_on"].max()
    closed = deals[deals["outcome"] != "open"]
    won = closed["outcome"] == "won"
    stages = company.choices("opportunities", "stage")
    places = {word.to(company.language): place for place, word in enumerate(stages)}
    reached = closed["stage"].map(places)
    stage_rates = {word: won[reached >= place].mean() for word, place in places.items()}
    found = deals[deals["outcome"] == "open"].copy()
    source_rate = found["source"].map(won.groupby(closed["source"]).mean()).fillna(won.mean())
    found["worth"] = found["expected_amount"] * found["stage"].map(stage_rates) * source_rate
    moving = company.today - found["opportunity_id"].map(last) <= pd.Timedelta(days=45)
    ranked = found[moving].sort_values(["worth", "opportunity_id"], ascending=[False, True])
    return ranked["opportunity_id"].head(15).tolist()
