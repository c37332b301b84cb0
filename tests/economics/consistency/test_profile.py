"""The rationality profile as a whole."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary.economics.consistency.indices import INDICES, indices
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.profile import (
    bootstrap,
    chance_levels,
    chance_p_value,
    rationality_profile,
)

OFF = 1 - np.eye(3, dtype=int)
CIRCLE = np.array([[0.5, 1.0, 0.0], [0.0, 0.5, 1.0], [1.0, 0.0, 0.5]])
ORDER = np.triu(np.ones((3, 3)), 1)


def test_circular_respondent(simulate):
    profile = rationality_profile(simulate(CIRCLE, 1, sets=30))
    value = {name: index.value for name, index in profile.indices.items()}
    assert value["intransitive"] == value["weak"] == value["triangle"] == 1
    assert value["zeta"] == value["rationalisable"] == 0
    assert value["consistent_share"] == pytest.approx(2 / 3)  # of six answers two must go
    assert value["first_share"] == 0.5
    assert all(test.rejected() for test in profile.tests.values())
    assert profile.chance_p_value == pytest.approx(1)
    assert np.isnan(profile.position.constant)


def test_consistent_respondent(simulate):
    profile = rationality_profile(simulate(ORDER, 1, sets=30))
    value = {name: index.value for name, index in profile.indices.items()}
    assert value["intransitive"] == value["strong"] == value["triangle"] == 0
    assert value["zeta"] == value["rationalisable"] == value["consistent_share"] == 1
    assert not any(test.rejected() for test in profile.tests.values())
    assert all(test.p_value == 1 for test in profile.tests.values())
    assert profile.chance_p_value == pytest.approx((31 / 32) ** 30)  # two answers a pair circle rarely


def test_respondent_that_takes_the_first():
    asked = np.repeat(OFF[None], 30, axis=0)
    asked[:5, 0, 1] = 0  # missing answers
    profile = rationality_profile(PairedChoices(asked, asked))
    value = {name: index.value for name, index in profile.indices.items()}
    assert value["first_share"] == 1 and profile.position.constant == np.inf
    assert value["intransitive"] == value["tied_circle"] == 0
    assert value["zeta"] == 0.75 and value["consistent_share"] == 0.5
    assert not any(test.rejected() for test in profile.tests.values())
    assert (profile.pairs_one_sided, profile.sets_incomplete, profile.triads_incomplete) == (5, 5, 5)
    assert (profile.n_sets, profile.triads, profile.pairs, profile.pairs_unasked) == (30, 30, 90, 0)
    assert profile.answers == 30 * 6 - 5


def test_coins_are_at_chance(simulate):
    profile = rationality_profile(simulate(np.full((3, 3), 0.5), 2, sets=2_000))
    for name, index in profile.indices.items():
        assert index.low <= index.chance <= index.high, name
        assert index.low <= index.value <= index.high
    assert 0.01 < profile.chance_p_value < 0.99
    assert not any(test.rejected(0.01) for test in profile.tests.values())


def test_chance_levels_by_all_answers():
    """Two answers a pair: all 2⁶ sequences."""
    orders = [(i, j) for i in range(3) for j in range(3) if i != j]
    first = np.zeros((64, 3, 3), int)
    for k, sequence in enumerate(product((0, 1), repeat=6)):
        for (i, j), won in zip(orders, sequence, strict=True):
            first[k, i, j] = won
    everything = PairedChoices(np.repeat(OFF[None], 64, axis=0), first)
    expected, found = indices(everything), chance_levels(everything)
    assert set(found) == set(INDICES)
    for name in INDICES:
        assert found[name] == pytest.approx(expected[name], abs=1e-9), name


@pytest.mark.parametrize("m", [4, 5])
def test_chance_levels_of_larger_sets(simulate, m):
    choices = simulate(np.full((m, m), 0.5), 1, sets=4_000)
    value, chance = indices(choices), chance_levels(choices)
    for name in INDICES:
        # Shares of dependent triads, and 200 to 2,000 draws for the chance level.
        assert value[name] == pytest.approx(chance[name], abs=0.09 if name == "rationalisable" else 0.03), (
            name
        )


def test_chance_p_value_is_the_binomial_one():
    """One answer a pair, no circle in ten triads: ¾¹⁰; with one circle more."""
    asked = np.repeat(np.triu(OFF)[None], 10, axis=0)
    choices = PairedChoices(asked, asked)
    assert chance_p_value(choices) == pytest.approx(0.75**10)
    first = asked.copy()
    first[0, 0, 2] = 0
    assert chance_p_value(PairedChoices(asked, first)) == pytest.approx(0.75**10 + 10 * 0.25 * 0.75**9)


def test_chance_p_value_of_larger_sets(simulate, logit):
    assert chance_p_value(simulate(np.full((5, 5), 0.5), 1, sets=40)) > 0.02
    assert chance_p_value(simulate(logit(40, 5, 3.0), 1)) < 0.01


def test_interval_where_all_sets_agree_is_clopper_and_pearsons():
    parts = {"a": (np.zeros(30), np.ones(30)), "b": (np.ones(30), np.ones(30))}
    found = bootstrap(parts, np.random.default_rng(0), 99, 0.95)
    assert found["a"] == pytest.approx((0, 1 - 0.025 ** (1 / 30)))
    assert found["b"] == pytest.approx((0.025 ** (1 / 30), 1))


def test_nothing_to_score_says_why():
    asked = np.zeros((4, 3, 3), int)
    profile = rationality_profile(PairedChoices(asked, asked))
    for index in profile.indices.values():
        assert np.isnan(index.value) and index.reason == "no valid answers"
    assert np.isnan(profile.chance_p_value) and profile.pairs_unasked == 12
    asked[:, 0, 1] = asked[:, 1, 0] = 1
    profile = rationality_profile(PairedChoices(asked, asked))
    assert "three pairs" in profile.indices["intransitive"].reason
    assert profile.indices["first_share"].value == 1
    none = PairedChoices(np.zeros((0, 3, 3)), np.zeros((0, 3, 3)))
    assert rationality_profile(none).indices["zeta"].reason == "no choice sets"
    assert all(np.isnan(value) for value in indices(none).values())


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_names_of_options_and_sets_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, 3, size=(6, 4, 4)) * (1 - np.eye(4, dtype=int))
    first = rng.integers(0, asked + 1)
    sets, order = rng.permutation(6), rng.permutation(4)
    at = np.ix_(sets, order, order)
    one, two = indices(PairedChoices(asked, first)), indices(PairedChoices(asked[at], first[at]))
    for name in INDICES:
        assert one[name] == pytest.approx(two[name], nan_ok=True), name


def test_same_seed_same_profile(simulate, logit):
    choices = simulate(logit(20), 2, missing=0.1)
    one, two = (rationality_profile(choices, seed=3, replications=199) for _ in range(2))
    assert one.indices == two.indices and one.tests == two.tests


def test_refusals(simulate):
    choices = simulate(CIRCLE, 1, sets=2)
    with pytest.raises(ValueError, match="at least 99"):
        rationality_profile(choices, replications=0)
    with pytest.raises(ValueError, match="level"):
        rationality_profile(choices, level=0)
