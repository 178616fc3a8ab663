"""The worked solutions are right on any company, and what they decide beats the simple rule."""

from __future__ import annotations

from collections import defaultdict

import matplotlib.pyplot as plt
import pytest
from every_lab import SOURCES

import crmlab
from crmlab import Company, open_company
from crmlab.authoring.source import Source
from crmlab.checks.answer import plain
from crmlab.checks.judge import judge
from crmlab.checks.kinds import Decision
from crmlab.checks.question import find


def answers(source: Source, company: Company, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Run the code of the solved edition on ``company``, without its screens, and return what it hands in."""
    handed_in: dict[str, object] = {}
    monkeypatch.setattr(crmlab, "open_company", lambda: company)
    monkeypatch.setattr(crmlab, "check", handed_in.__setitem__)
    for screen in ("explore", "my_account", "progress"):
        monkeypatch.setattr(crmlab, screen, lambda *_, **__: None)
    plt.switch_backend("agg")
    code = [cell.text for cell in source.cells if cell.kind == "code" and not cell.student]
    exec("\n".join(code), {})
    plt.close("all")
    return handed_in


def shares(question, company: Company, answer: object) -> tuple[float, float]:
    """Return what an answer to a decision earns and what the simple rule does, as shares of the best."""
    options = question.expected(company)
    chosen = question.kind.chosen(question.kind.read(plain(answer)), options)
    best = question.kind.best(options)
    naive = options.loc[options["naive"], "value_cents"].sum()
    return chosen["value_cents"].sum() / best, naive / best


@pytest.mark.seeds
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.lab)
def test_solutions_are_right_on_twenty_companies(source, monkeypatch, capsys):
    told = defaultdict(list)
    for seed in range(8000, 8020):
        company = open_company(seed, language="en", account=None if seed % 2 else f"s{seed}")
        for number, answer in answers(source, company, monkeypatch).items():
            question = find(number)
            if isinstance(question.kind, Decision):
                told[number].append(shares(question, company, answer))
            else:
                assert judge(question, company, plain(answer)).outcome == "right", (seed, number)
    for number, played in told.items():
        taught, naive = (sum(values) / len(values) for values in zip(*played, strict=True))
        beaten = sum(one > other for one, other in played)
        with capsys.disabled():
            print(f"\n{number}: taught {taught:.2f}, simple {naive:.2f}, better on {beaten} of {len(played)}")
        assert taught > naive + 0.1
        assert beaten >= 0.9 * len(played)
