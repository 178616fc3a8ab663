"""No column of the tables, and no two of them together, tell what only the truth knows."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from crmlab import Company
from crmlab.company.schema import TABLES, TRUTH

#: A column that is right so often would give the truth away. The best guess of any is far below.
TOO_GOOD = 0.95
LEVELS = 12
KEYS = {table.key: name for name, table in TABLES.items()}
#: What only the truth knows: table, column, and the key of the rows that it is about. What is about a
#: pair (campaign and customer) is looked for in both.
HIDDEN = [
    (name, column.stored, key.name)
    for name, table in TRUTH.items()
    for key in table.columns
    if key.name in KEYS
    for column in table.columns
    if column.name not in KEYS
]


def codes(values):
    """Return a column as small integers: its values when they are few, else slices of equal size."""
    numbers, found = pd.factorize(values)
    if len(found) > LEVELS and pd.api.types.is_object_dtype(values.dtype):
        return numbers
    if len(found) > LEVELS and not pd.api.types.is_string_dtype(values.dtype):
        ranks = pd.Series(values).rank(method="dense")
        numbers = (
            pd.qcut(ranks, LEVELS, labels=False, duplicates="drop").fillna(-1).astype("int64").to_numpy()
        )
    return numbers - numbers.min()


def guessed(group, latent):
    """Return how often the others of a group show a row's truth: of groups of one nothing is learnt."""
    number = np.unique(group, return_inverse=True)[1]
    counts = np.zeros((number.max() + 1, latent.max() + 1), dtype=np.int64)
    np.add.at(counts, (number, latent), 1)
    others = counts[number]
    others[np.arange(len(latent)), latent] -= 1
    right = (others.argmax(axis=1) == latent) & (others.sum(axis=1) > 0)
    return right.mean()


def features(company, key):
    """Return what the tables say about each row of the table with this key: its columns, and of the rows
    that refer to it their number, and first, last and distinct values of each column.
    """
    own = company.raw[KEYS[key]].set_index(key)
    found = {column: own[column] for column in own}
    for name, table in TABLES.items():
        for column in table.columns:
            if column.references == f"{KEYS[key]}.{key}":
                rows = company.raw[name].dropna(subset=[column.stored])
                groups = rows.groupby(column.stored)
                found[f"{name} number"] = groups.size().reindex(own.index, fill_value=0)
                for other in rows.columns.difference([column.stored]):
                    found[f"{name}.{other} distinct"] = groups[other].nunique().reindex(own.index)
                    found[f"{name}.{other} first"] = groups[other].first().reindex(own.index)
                    found[f"{name}.{other} last"] = groups[other].last().reindex(own.index)
    return {name: codes(values) for name, values in found.items()}


@pytest.fixture(scope="module")
def told(company):
    """What the tables tell, by key."""
    return {key: features(company, key) for key in {key for _, _, key in HIDDEN}}


def latent(company, name, column, key):
    """Return the truth of each row as small integers; where there are several of a key, the mean."""
    values = getattr(company.truth, name)
    if values[key].is_unique:
        values = values.set_index(key)[column]
    elif pd.api.types.is_numeric_dtype(values[column]):
        values = values.groupby(key)[column].mean()
    else:
        pytest.skip("words of several rows have no mean")
    return codes(values.reindex(company.raw[KEYS[key]][key]))


@pytest.mark.parametrize(("name", "column", "key"), HIDDEN)
def test_no_column_nor_pair_of_columns_gives_it_away(company, told, name, column, key):
    truth, seen = latent(company, name, column, key), told[key]
    # Of rows that the truth says nothing about there is nothing to find out.
    about = company.raw[KEYS[key]][key].isin(getattr(company.truth, name)[key]).to_numpy()
    truth, seen = truth[about], {feature: values[about] for feature, values in seen.items()}
    if truth.min() == truth.max():
        pytest.skip("the same everywhere: there is nothing to find out")
    one = {feature: guessed(values, truth) for feature, values in seen.items()}
    best = sorted(one, key=one.get, reverse=True)
    assert one[best[0]] < TOO_GOOD, best[0]
    # Two columns that tell nothing each rarely tell it together; still, try the simple ones.
    simple = [feature for feature in seen if "." not in feature]
    for a, b in combinations(dict.fromkeys([*best[:12], *simple]), 2):
        assert guessed(seen[a] * 10_000 + seen[b], truth) < TOO_GOOD, (a, b)


def test_the_test_would_notice(company, told):
    truth = latent(company, "customers", "type", "customer_id")
    assert guessed(truth, truth) == 1
    assert guessed(np.arange(len(truth)), truth) == 0
    assert guessed(truth // 2 * 10_000 + truth % 2, truth) == 1


def test_no_value_of_a_column_means_one_type_of_customer(company, told):
    """The exact test: no value (nor slice) is shared by all customers of a type and nobody else."""
    types = company.truth.customers["type"].to_numpy()
    for feature, values in told["customer_id"].items():
        table = pd.crosstab(values, types)
        for kind in ("loyal", "steady", "seasonal", "occasional", "one_off"):
            pure = (table[kind] > 1) & (
                table[kind] == table.sum(axis=1)
            )  # names, numbers are of one row each
            assert table.loc[pure, kind].sum() < TOO_GOOD * (types == kind).sum(), (feature, kind)


def test_the_truth_says_what_it_is(company, chinese):
    for opened in (company, chinese):
        for shown in (repr(opened.truth), opened.truth._repr_html_()):
            for name in dir(opened.truth):
                table = TRUTH[name]
                assert name in shown and table.title.to(opened.language) in shown
                for column in table.columns:
                    assert column.title.to(opened.language) in shown
    assert set(dir(company.truth)) == set(TRUTH)


def test_a_company_that_was_read_has_no_truth(small, tmp_path):
    small.save(tmp_path)
    truth = Company.read(tmp_path).truth
    assert "nothing" in repr(truth)
    with pytest.raises(AttributeError, match="customers"):
        _ = truth.customers
