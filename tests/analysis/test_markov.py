"""Absorbing Markov chains against published figures and against simulation by powers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.analysis.models.markov import absorption

# The accounts-receivable example of Anderson, Sweeney & Williams, "An Introduction to Management Science",
# ch. on Markov processes (Heidman's Department Stores): paid, bad debt, 0-30 days, 31-90 days.
HEIDMAN = [[1, 0, 0, 0], [0, 1, 0, 0], [0.4, 0, 0.3, 0.3], [0.4, 0.2, 0.3, 0.1]]


def test_published_figures():
    chances = absorption(HEIDMAN, [0, 1])
    assert chances.round(2).tolist() == [[0.89, 0.11], [0.74, 0.26]]
    # Of 1000 and 2000 dollars, 2370 are collected and 630 are lost, with the rounded chances of the book.
    assert ([1000, 2000] @ chances.round(2)).tolist() == pytest.approx([2370, 630])


def test_the_gambler():
    """With even chances, a gambler who has i of n ends with n by a chance of i / n."""
    n = 6
    moves = np.zeros((n + 1, n + 1))
    for i in range(1, n):
        moves[i, i - 1] = moves[i, i + 1] = 0.5
    assert absorption(moves, [0, n])[:, 1] == pytest.approx(np.arange(1, n) / n)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.floats(0.01, 1), min_size=5, max_size=5), min_size=5, max_size=5))
def test_it_is_what_many_steps_come_to(weights):
    moves = np.array(weights)
    moves /= moves.sum(axis=1, keepdims=True)
    moves[[1, 4]] = np.eye(5)[[1, 4]]
    chances = absorption(moves, [1, 4])
    assert chances.sum(axis=1) == pytest.approx(1)
    assert chances == pytest.approx(np.linalg.matrix_power(moves, 100_000)[np.ix_([0, 2, 3], [1, 4])])


def test_a_state_that_never_ends():
    with pytest.raises(np.linalg.LinAlgError):
        absorption([[1, 0], [0, 1]], [0])
