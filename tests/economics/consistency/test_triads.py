"""Circular triads, their chance level, Kendall's ζ."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.triads import (
    Triads,
    chance,
    chance_consistence,
    consistence,
    most_circular,
)
from tests.economics.consistency.conftest import one_order


def tournament(beats: np.ndarray) -> PairedChoices:
    """One answer a pair: 1 where the row beats the column."""
    return one_order(beats.astype(int).tolist())


def test_circle_and_order():
    circle = tournament(np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]]))
    order = tournament(np.triu(np.ones((3, 3)), 1))
    assert Triads(circle).circular.all() and consistence(circle)[0] == 0
    assert not Triads(order).circular.any() and consistence(order)[0] == 1


def test_tie_is_a_tie():
    """i beats j, j beats k, i and k tie."""
    choices = one_order([[0, 2, 1], [0, 0, 2], [1, 0, 0]])
    triads = Triads(choices)
    assert not triads.circular.any() and triads.tied_circle.all()
    assert consistence(choices)[0] == 0.5  # a coin's toss decides whether it is a circle
    flat = one_order([[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    assert not Triads(flat).tied_circle.any() and consistence(flat)[0] == 0.75


def test_kendalls_example_of_four():
    """1 > 2 > 3 > 1 and all beat 4: one circle of at most two."""
    beats = np.array([[0, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 0, 0, 0]])
    assert Triads(tournament(beats)).circular.sum() == 1
    assert consistence(tournament(beats))[0] == 0.5


@pytest.mark.parametrize(("m", "most"), [(3, 1), (4, 2), (5, 5), (6, 8), (7, 14)])
def test_most_circular(m, most):
    assert most_circular(m) == most


def test_regular_tournament_has_no_consistence():
    beats = np.array([[(j - i) % 5 in (1, 2) for j in range(5)] for i in range(5)])
    assert consistence(tournament(beats))[0] == pytest.approx(0)


@given(st.integers(0, 10_000), st.integers(3, 6))
def test_circles_by_kendalls_formula_of_scores(seed, m):
    """Without ties d = m(m − 1)(2m − 1)/12 − ½ Σ a², a being the numbers of wins."""
    upper = np.triu(np.random.default_rng(seed).integers(0, 2, size=(m, m)), 1)
    beats = upper + np.tril(1 - upper.T, -1)
    circles = m * (m - 1) * (2 * m - 1) / 12 - np.sum(beats.sum(axis=1) ** 2) / 2
    choices = tournament(beats)
    assert Triads(choices).circular.sum() == circles
    assert consistence(choices)[0] == pytest.approx(1 - circles / most_circular(m))


def test_incomplete_triads_are_not_scored():
    asked = np.triu(np.ones((1, 4, 4), int), 1)
    asked[0, 0, 1] = 0
    choices = PairedChoices(asked, asked)
    triads = Triads(choices)
    assert triads.exists.sum() == 4 and triads.scored.sum() == 2
    assert np.isnan(consistence(choices)).all()
    assert np.isnan(chance(choices)[0]).sum() == 2


def test_one_answer_a_pair_is_circular_a_quarter_of_the_time():
    circular, tied = chance(tournament(np.triu(np.ones((3, 3)), 1)))
    assert circular[0, 0] == 0.25 and tied[0, 0] == 0


def test_two_answers_a_pair():
    """A pair ties half of the time: 2 · ¼³ and 2 · 3 · ½ · ¼²."""
    asked = (1 - np.eye(3, dtype=int))[None]
    circular, tied = chance(PairedChoices(asked, asked))
    assert circular[0, 0] == pytest.approx(1 / 32)
    assert tied[0, 0] == pytest.approx(6 / 32)


def test_chance_by_enumeration_of_all_answers():
    """(2 + 1, 1 + 1, 3 + 1 answers): all 2⁹ sequences of answers, counted one by one."""
    orders = [(0, 1)] * 2 + [(1, 0)] + [(1, 2), (2, 1)] + [(0, 2)] * 3 + [(2, 0)]
    sequences = np.array(list(product((0, 1), repeat=len(orders))))
    asked = np.zeros((len(sequences), 3, 3), int)
    first = np.zeros_like(asked)
    for k, (i, j) in enumerate(orders):
        asked[:, i, j] += 1
        first[:, i, j] += sequences[:, k]
    choices = PairedChoices(asked, first)
    circular, tied = chance(choices)
    assert circular[0, 0] == pytest.approx(Triads(choices).circular.mean(), abs=1e-12)
    assert tied[0, 0] == pytest.approx(Triads(choices).tied_circle.mean(), abs=1e-12)
    assert chance_consistence(choices)[0] == pytest.approx(consistence(choices).mean(), abs=1e-12)


@pytest.mark.parametrize(("m", "each", "missing"), [(3, 1, 0.2), (4, 2, 0.1), (6, 1, 0.0)])
def test_chance_against_simulation(simulate, m, each, missing):
    choices = simulate(np.full((m, m), 0.5), each, sets=20_000, missing=missing)
    triads = Triads(choices)
    circular, tied = chance(choices)
    n = triads.scored.sum()
    assert triads.circular.sum() / n == pytest.approx(np.nanmean(circular), abs=4 * 0.5 / np.sqrt(n))
    assert triads.tied_circle.sum() / n == pytest.approx(np.nanmean(tied), abs=4 * 0.5 / np.sqrt(n))
    assert np.nanmean(consistence(choices)) == pytest.approx(
        np.nanmean(chance_consistence(choices)), abs=0.01
    )


@given(st.integers(0, 10_000), st.integers(3, 5))
def test_names_of_options_do_not_matter(seed, m):
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, 3, size=(4, m, m)) * (1 - np.eye(m, dtype=int))
    first = rng.integers(0, asked + 1)
    order = rng.permutation(m)
    at = np.ix_(range(4), order, order)
    one, two = PairedChoices(asked, first), PairedChoices(asked[at], first[at])
    for name in ("circular", "tied_circle", "scored"):
        assert np.array_equal(getattr(Triads(one), name).sum(axis=1), getattr(Triads(two), name).sum(axis=1))
    assert np.allclose(consistence(one), consistence(two), equal_nan=True)
    assert np.allclose(np.nansum(chance(one)[0], axis=1), np.nansum(chance(two)[0], axis=1))


def test_two_options_have_no_triads():
    asked = (1 - np.eye(2, dtype=int))[None]
    choices = PairedChoices(asked, asked)
    assert Triads(choices).circular.shape == (1, 0) and np.isnan(consistence(choices)[0])
