"""BG/NBD and Gamma-Gamma beside published figures and independent computations; lifetime value beside SQL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from crmlab import open_company
from crmlab.analysis import lifetime_value, profit
from crmlab.analysis.filters import Filter, resolve
from crmlab.analysis.lifetime import purchases
from crmlab.analysis.models import bgnbd, gamma_gamma
from crmlab.analysis.models.bgnbd import BGNBD
from crmlab.analysis.models.gamma_gamma import GammaGamma
from crmlab.analysis.stages import CUSTOMER_FILTERS

from .oracle import VALID, agree, cases, database

CDNOW = Path(__file__).with_name("cdnow")
#: As published in the paper, and its example of a customer.
PUBLISHED = BGNBD(r=0.2426, alpha=4.4135, a=0.7929, b=2.4258, log_likelihood=-9582.43)
CUSTOMER = {"frequency": 2, "recency": 30.43, "age": 38.86}
COMPANY = open_company(language="en", seed=2026)


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    found = pd.read_csv(CDNOW / "purchases.csv")
    return found.assign(recency=found["recency_days"] / 7, age=found["age_days"] / 7)


# The models


def test_bgnbd_gives_what_was_published(cdnow):
    assert cdnow["customers"].sum() == 2357
    model = bgnbd.fit(cdnow["frequency"], cdnow["recency"], cdnow["age"], cdnow["customers"])
    assert model.r == pytest.approx(0.2426, abs=1e-4)
    assert model.alpha == pytest.approx(4.4135, abs=1e-3)
    assert model.a == pytest.approx(0.7929, abs=1e-3)
    assert model.b == pytest.approx(2.4258, abs=1e-3)
    assert model.log_likelihood == pytest.approx(-9582.43, abs=0.01)
    assert float(model.expected_purchases(39, **CUSTOMER)) == pytest.approx(1.226, abs=1e-3)


def test_a_customer_counts_as_often_as_there_are(cdnow):
    columns = ["frequency", "recency", "age"]
    each = cdnow.loc[cdnow.index.repeat(cdnow["customers"]), columns]
    together = bgnbd.fit(*(cdnow[name] for name in columns), cdnow["customers"])
    apart = bgnbd.fit(*(each[name] for name in columns))
    assert together.log_likelihood == pytest.approx(apart.log_likelihood)


@pytest.mark.parametrize("unit", [1 / 7, 52])
def test_the_unit_of_time_does_not_matter(cdnow, unit):
    weeks = bgnbd.fit(cdnow["frequency"], cdnow["recency"], cdnow["age"], cdnow["customers"])
    other = bgnbd.fit(cdnow["frequency"], cdnow["recency"] / unit, cdnow["age"] / unit, cdnow["customers"])
    assert other.r == pytest.approx(weeks.r, rel=1e-3)
    assert other.alpha == pytest.approx(weeks.alpha / unit, rel=1e-3)
    expected = [
        float(model.expected_purchases(39 / scale, 2, 30.43 / scale, 38.86 / scale))
        for model, scale in ((weeks, 1), (other, unit))
    ]
    assert expected[0] == pytest.approx(expected[1], rel=1e-3)


@pytest.mark.parametrize(("frequency", "recency", "age"), [(0, 0, 20), (1, 5, 30), (4, 12, 26), (4, 25, 26)])
def test_bgnbd_is_the_mean_over_all_customers(frequency, recency, age):
    """What the formulas say is what integrating over rates and chances of leaving gives."""
    model = BGNBD(r=2.3, alpha=8.0, a=1.6, b=3.2, log_likelihood=np.nan)

    nodes, weights = np.polynomial.legendre.leggauss(500)
    rate, leaving = 4 * (1 + nodes)[:, None], (1 + nodes) / 2
    density = gamma.pdf(rate, model.r, scale=1 / model.alpha) * beta.pdf(leaving, model.a, model.b)
    seen = density * rate**frequency * (1 - leaving) ** max(frequency - 1, 0)
    here = seen * np.exp(-rate * age) * ((1 - leaving) if frequency else 1)
    gone = seen * np.exp(-rate * recency) * leaving if frequency else 0 * seen
    bought = here * -np.expm1(-leaving * rate * 15) / leaving
    total, alive, future = (2 * weights @ part @ weights for part in (here + gone, here, bought))
    assert float(model.p_alive(frequency, recency, age)) == pytest.approx(alive / total, rel=1e-5)
    expected = float(model.expected_purchases(15, frequency, recency, age))
    assert expected == pytest.approx(future / total, rel=1e-5)
    # The likelihood that is searched is the same integral.
    value, _ = bgnbd._log_likelihood(
        np.array([model.r, model.alpha, model.a, model.b]),
        *(np.array([float(number)]) for number in (frequency, recency, age, 1)),
    )
    assert value == pytest.approx(np.log(total), abs=1e-5)


def test_expected_purchases_as_the_paper_writes_it():
    """Equation 10, before it is transformed for customers with many purchases."""
    r, alpha, a, b = PUBLISHED.r, PUBLISHED.alpha, PUBLISHED.a, PUBLISHED.b
    for x, t_x, age in [(0, 0, 38.86), (2, 30.43, 38.86), (10, 35.0, 39.0)]:
        z = 39 / (alpha + age + 39)
        top = (a + b + x - 1) / (a - 1)
        top *= 1 - ((alpha + age) / (alpha + age + 39)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
        bottom = 1 + (x > 0) * a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x)
        assert float(PUBLISHED.expected_purchases(39, x, t_x, age)) == pytest.approx(top / bottom, rel=1e-9)
    assert np.isfinite(PUBLISHED.expected_purchases(52, 2000, 259.0, 260.0))


def test_gradients():
    """Each derivative is the difference quotient."""
    x, t_x, total, customers = (
        np.array(values, float) for values in ([0, 2, 7], [0, 9, 30], [20, 30, 33], [1, 4, 2])
    )

    def check(function, theta):
        _, gradient = function(theta)
        for place, step in enumerate(np.eye(len(theta)) * 1e-6):
            slope = (function(theta + step)[0] - function(theta - step)[0]) / 2e-6
            assert gradient[place] == pytest.approx(slope, rel=1e-6)

    check(
        lambda theta: bgnbd._log_likelihood(theta, x, t_x, total, customers), np.array([0.7, 5.0, 0.9, 2.2])
    )
    values = np.array([0.5, 1.2, 0.8])
    check(lambda theta: gamma_gamma._log_likelihood(theta, x + 1, values), np.array([3.0, 2.5, 0.7]))


def test_gamma_gamma_gives_what_was_published():
    found = pd.read_csv(CDNOW / "values.csv")
    assert len(found) == 946
    model = gamma_gamma.fit(found["purchases"], found["mean_value"])
    assert model.p == pytest.approx(6.25, abs=0.01)
    assert model.q == pytest.approx(3.74, abs=0.01)
    assert model.v == pytest.approx(15.45, abs=0.01)
    in_cents = gamma_gamma.fit(found["purchases"], 100 * found["mean_value"])
    assert in_cents.v == pytest.approx(100 * model.v, rel=1e-3)
    assert in_cents.log_likelihood == pytest.approx(model.log_likelihood - 946 * np.log(100), abs=0.01)


def test_gamma_gamma_is_the_mean_over_all_customers():
    model = GammaGamma(p=3.0, q=4.0, v=15.0, log_likelihood=np.nan)
    purchases, mean = 3, 22.0

    def weight(rate):
        # Of a customer with this rate the sum of three purchases is gamma distributed.
        seen = gamma.pdf(purchases * mean, model.p * purchases, scale=1 / rate)
        return gamma.pdf(rate, model.q, scale=1 / model.v) * seen

    total = quad(weight, 0, 5)[0]
    value = quad(lambda rate: weight(rate) * model.p / rate, 0, 5)[0] / total
    assert float(model.expected_value(purchases, mean)) == pytest.approx(value, rel=1e-6)
    log, _ = gamma_gamma._log_likelihood(
        np.array([model.p, model.q, model.v]), np.array([3.0]), np.array([mean])
    )
    assert log == pytest.approx(np.log(total * purchases), rel=1e-6)


def test_models_refuse_what_they_cannot_learn_from():
    with pytest.raises(ValueError, match="repeat"):
        bgnbd.fit([0, 0], [0, 0], [10, 20])
    with pytest.raises(ValueError, match="positive"):
        gamma_gamma.fit([1, 2], [10, -3])
    with pytest.raises(ValueError, match="positive"):
        gamma_gamma.fit([], [])


# The analysis


def test_purchases(company):
    connection = database(company)
    for case in cases(company):
        if case.order != "TRUE" or case.product:
            continue
        keywords = {name: value for name, value in case.keywords.items() if name != "start"}
        rows = connection.execute(
            f"""
            WITH bought AS (
                SELECT c.customer_id, c.name AS customer, CAST(o.ordered_at AS DATE) AS day,
                       min(CAST(o.ordered_at AS DATE)) OVER (PARTITION BY c.customer_id) AS first_day,
                       l.quantity * l.unit_price_cents * (100 - l.discount) / 100 AS net
                FROM order_lines l JOIN orders o USING (order_id) JOIN customers c USING (customer_id)
                WHERE {VALID} AND {case.customer} AND CAST(l.booked_at AS DATE) <= $end::DATE
            )
            SELECT customer_id, first_day, max(day) AS last_day, sum(net) AS net_cents,
                   count(DISTINCT day) AS days, customer,
                   coalesce(sum(net) FILTER (day > first_day), 0) AS repeat_cents
            FROM bought GROUP BY customer_id, customer, first_day ORDER BY customer_id
            """,
            {"end": case.period["end"]},
        ).df()
        conditions = resolve(company, Filter(**keywords), ("end", *CUSTOMER_FILTERS), "")
        agree(purchases(company, conditions)[list(rows)], rows)


def test_lifetime_value(company):
    """The result is the models' answer for each customer, at the margin of all, whomever one looks at."""
    result = lifetime_value(company, months=6)
    conditions = resolve(company, Filter(), ("end", *CUSTOMER_FILTERS), "")
    known = purchases(company, conditions).set_index("customer_id").loc[result["customer_id"]].reset_index()
    x = known["days"] - 1
    recency, age = (
        (day - known["first_day"]).dt.days / 7 for day in (known["last_day"], pd.Timestamp("2026-01-31"))
    )
    model = bgnbd.fit(x, recency, age)
    weeks = 6 * 365.25 / 12 / 7
    assert np.allclose(result["expected_orders"], model.expected_purchases(weeks, x, recency, age), rtol=1e-4)
    worth = (known["repeat_cents"] / 100 / x)[x > 0]
    spent = gamma_gamma.fit(x[x > 0][worth > 0], worth[worth > 0])
    assert np.allclose(result.loc[x == 0, "value"], spent.mean, rtol=1e-4)
    between = pd.concat([worth, pd.Series(spent.mean, index=worth.index)], axis=1)
    assert result.loc[x > 0, "value"].between(between.min(axis=1) * 0.999, between.max(axis=1) * 1.001).all()
    rate = profit(company).iloc[0]["margin_rate"]
    assert np.allclose(result["margin"], result["net_sales"] * rate)
    assert np.allclose(result["net_sales"], result["expected_orders"] * result["value"])
    assert result["margin"].is_monotonic_decreasing and result["rank"].tolist()[0] == 1

    few = lifetime_value(company, months=6, source=["Referral", "Unknown"]).set_index("customer_id")
    assert 0 < len(few) < len(result) and few["rank"].iloc[0] == 1
    same = ["p_alive", "expected_orders", "value", "net_sales", "margin"]
    pd.testing.assert_frame_equal(few[same], result.set_index("customer_id").loc[few.index, same])


@pytest.mark.parametrize("seed", [2026, 7, 3])
def test_it_finds_what_generated_the_data(seed):
    company = open_company(language="en", seed=seed)
    truth = company.truth.customers.set_index("customer_id")["margin_per_year_cents"] / 100
    result = lifetime_value(company).set_index("customer_id")["margin"]
    assert result.sum() == pytest.approx(truth[result.index].sum(), rel=0.15)
    assert result.corr(truth[result.index]) > 0.85
    best = truth[result.index].nlargest(100).sum()
    assert truth[result.head(100).index].sum() > 0.85 * best


def test_mistakes():
    right = lifetime_value(COMPANY).set_index("customer_id").sort_index()
    conditions = resolve(COMPANY, Filter(), ("end", *CUSTOMER_FILTERS), "")
    known = purchases(COMPANY, conditions).set_index("customer_id")
    truth = COMPANY.truth.customers.set_index("customer_id")["margin_per_year_cents"].loc[right.index] / 100
    past = known["net_cents"] / 100 * 0.18
    years = ((COMPANY.today - known["first_day"]).dt.days / 365.25).clip(lower=1 / 12)
    for mistake, wrong in {
        "all that was ever bought is what comes": past,
        "the past year by year goes on, who left or not": past / years,
        "net sales are taken for margin": right["net_sales"],
    }.items():
        assert abs(wrong.sum() - truth.sum()) > 3 * abs(right["margin"].sum() - truth.sum()), mistake


def test_too_few_bought_again():
    result = lifetime_value(COMPANY, end="2021-01-05")
    assert result.empty and list(result) == list(lifetime_value(COMPANY))


def test_customers_who_are_all_alike():
    """Where parameters would run to infinity the answers stay sensible."""
    x, recency, age = np.full(40, 12), np.full(40, 48.0), np.full(40, 52.0)
    model = bgnbd.fit(x, recency, age)
    assert model.p_alive(12, 48, 52) > 0.9
    assert float(model.expected_purchases(52, 12, 48, 52)) == pytest.approx(12, rel=0.1)
    spending = gamma_gamma.fit(x, np.full(40, 80.0))
    assert float(spending.expected_value(3, 80.0)) == pytest.approx(80, rel=0.05)
