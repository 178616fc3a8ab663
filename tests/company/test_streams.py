"""Random integers: in range, roughly uniform, and the same for ever."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.authoring.pools import SIZE, distributions
from crmlab.company.world.ragged import runs
from crmlab.company.world.sorting import number_upto
from crmlab.company.world.streams import Stream, Streams, digest, distribution, seeds

keys = st.integers(0, 10**6)
sizes = st.integers(0, 300)


@given(keys, st.integers(1, 2**32), sizes)
def test_below_is_in_range(key, bound, n):
    drawn = Stream(key).below(bound, n)
    assert len(drawn) == n
    assert drawn.dtype == np.int64
    assert ((drawn >= 0) & (drawn < bound)).all()


@given(keys, st.integers(-1000, 1000), st.integers(0, 1000), sizes)
def test_between_includes_both_ends_and_nothing_else(key, low, width, n):
    drawn = Stream(key).between(low, low + width, n)
    assert ((drawn >= low) & (drawn <= low + width)).all()


@given(keys, st.integers(2, 40))
def test_below_is_roughly_uniform(key, bound):
    counts = np.bincount(Stream(key).below(bound, 4000 * bound), minlength=bound)
    # 4000 expected in each cell; seven standard deviations.
    assert (abs(counts - 4000) < 7 * 64).all()


@given(keys, st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any), sizes)
def test_choose_never_takes_what_weighs_nothing(key, weights, n):
    drawn = Stream(key).choose(weights, n)
    assert (np.array(weights)[drawn] > 0).all()


@given(keys, sizes)
def test_choose_by_rows_takes_each_from_its_row(key, n):
    weights = np.array([[1, 0, 0], [0, 0, 5], [0, 2, 2]])
    rows = Stream(key, "rows").below(3, n)
    drawn = Stream(key).choose(weights, n, rows=rows)
    assert (weights[rows, drawn] > 0).all()


def test_choose_follows_the_weights():
    drawn = Stream(1).choose([1, 2, 7], 100_000)
    assert np.bincount(drawn) / 100_000 == pytest.approx([0.1, 0.2, 0.7], abs=0.01)


@given(keys, st.integers(0, 1000))
def test_chance_is_never_at_0_and_always_at_1000(key, n):
    assert not Stream(key).chance(0, n).any()
    assert Stream(key).chance(1000, n).all()


@given(keys, sizes)
def test_order_is_a_permutation(key, n):
    assert sorted(Stream(key).order(n).tolist()) == list(range(n))


@given(keys, st.integers(2, 500))
def test_spread_lies_evenly(key, n):
    drawn = np.sort(Stream(key).spread("normal", n))
    assert abs(np.median(drawn)) < 1200 / n + 10
    assert (drawn[0] < 0) and (drawn[-1] > 0)


def test_streams_go_on_where_they_stopped():
    whole, parts = Stream("a"), Stream("a")
    assert (whole.below(100, 6) == np.concatenate([parts.below(100, 2), parts.below(100, 4)])).all()


def test_words_are_the_same_for_ever():
    # Of NumPy only PCG64's raw words and SeedSequence are promised not to change: so were they first.
    assert Stream("for ever").words(3).tolist() == [3601155025, 1423898601, 1090750292]
    assert digest("a", 1) == 240583513490046600801900336261622535654


def test_the_tables_are_what_authoring_computes():
    for name, table in distributions().items():
        assert len(table) == SIZE
        assert abs(distribution(name) - np.array(table)).max() <= 1, name


def test_distributions_have_the_moments_of_their_names():
    assert distribution("exponential").mean() == pytest.approx(1000, rel=0.01)
    assert distribution("normal").std() == pytest.approx(1000, rel=0.01)
    assert np.median(distribution("lognormal_50")) == pytest.approx(1000, rel=0.01)


numbers = st.integers(0, 1 << 40)


@given(st.lists(numbers, max_size=40), st.lists(numbers, max_size=200))
def test_looking_up_finds_what_searching_finds(ends, values):
    ends, values = np.array(sorted(ends), dtype=np.int64), np.array(values, dtype=np.int64)
    expected = np.searchsorted(ends, values, side="right")
    np.testing.assert_array_equal(number_upto(ends, values), expected)


@given(st.lists(st.integers(0, 3), max_size=40))
def test_runs_begin_where_the_key_changes(key):
    begins, number = runs(np.array(key, dtype=np.int64))
    found = [(len(list(rows)), value) for value, rows in groupby(key)]
    assert [key[row] for row in begins] == [value for _, value in found]
    assert np.bincount(number, minlength=len(found)).tolist() == [size for size, _ in found]


@given(st.lists(st.integers(0, 2**128 - 1), max_size=5))
def test_seeds_made_together_are_those_of_numpy(numbers):
    for number, seed in zip(numbers, seeds(numbers), strict=True):
        expected = np.random.SeedSequence(number).generate_state(4, np.uint64)
        assert seed.generate_state(4, np.uint64).tolist() == expected.tolist()


@given(st.integers(0, 9))
def test_a_stream_is_the_same_whether_it_was_asked_for_before_or_not(partition):
    first = Streams("a test", partition)["orders", "status"].words(5)
    again = Streams("a test", partition)["orders", "status"].words(5)
    alone = Stream("a test", partition, "orders", "status").words(5)
    assert first.tolist() == again.tolist() == alone.tolist()
