"""Lab 06: its own figures agree with the analyses, and its decision with what its text says."""

from math import exp

import pandas as pd
import pytest

from crmlab import Company
from crmlab.analysis import expense_composition, expense_trend, profit
from crmlab.checks.questions import lab06
from crmlab.company.world import behaviour


def test_contributions_and_the_unassigned_account_for_everything(company: Company) -> None:
    period = {"start": lab06.START, "end": lab06.END}
    margin = profit(company, **period)["margin"].sum()
    spent = expense_composition(company, **period)["amount"].sum()
    nobody, _ = lab06.unassigned.answer(company)
    assert lab06._contributions(company).sum() - nobody == pytest.approx(margin - spent)


def test_months_of_all_expenses_are_those_of_the_analysis(company: Company) -> None:
    months = lab06.takes_all_expenses(company)
    assert months.tolist() == pytest.approx(expense_trend(company, year=2025)["amount"].tolist())


def test_a_visit_to_somebody_who_left_is_wasted(company: Company) -> None:
    options = lab06.visits.answer(company)
    left = company.truth.customers["left_on"].notna()
    assert left.any()
    assert (options.loc[left, "value_cents"] == -lab06.VISIT_CENTS).all()


def test_the_rule_that_the_lab_teaches_beats_the_naive_one(company: Company) -> None:
    options = lab06.visits.answer(company).set_index("customer_id")
    contribution = lab06._contributions(company, lab06.LATELY, lab06.TODAY)
    let_down = options.index[~options["content"] & ~options["quiet"]]
    taught = contribution[contribution.index.isin(let_down)].nlargest(20).index
    values = options["value_cents"]
    naive, best = values[options["naive"]].sum(), values.nlargest(20).sum()
    assert values[taught].sum() > naive + best / 5


def test_an_open_ticket_or_a_low_mark_lets_a_customer_down(company: Company) -> None:
    options = lab06.visits.answer(company)
    tickets = company.tickets
    lately = tickets[tickets["opened_at"] >= pd.Timestamp(lab06.LATELY)]
    reasons = lately[lately["closed_at"].isna() | lately["satisfaction"].isin([1, 2, 3])]
    assert set(options.loc[~options["content"], "customer_id"]) == set(reasons["customer_id"])


def test_as_many_leave_in_a_year_as_the_generator_says() -> None:
    """Days of staying are exponential: 1 - exp(-365 / mean) of the customers leave within a year."""
    stays = dict(zip(behaviour.TYPES, behaviour._STAYS.tolist(), strict=True))
    buying = {kind: days for kind, days in stays.items() if days > 1}
    assert {kind: round(1000 * (1 - exp(-365 / days))) for kind, days in buying.items()} == lab06.LEAVES
