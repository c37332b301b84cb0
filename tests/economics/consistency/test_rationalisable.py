"""Random-utility rationalisability: triangle inequalities and the linear programme."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from fiduciary.economics.consistency.consistent_subset import above
from fiduciary.economics.consistency.noise import likelihood_ratio, rotations
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.rationalisable import distance, rationalisable, triangle_excess
from fiduciary.economics.consistency.stochastic_transitivity import deviance
from fiduciary.economics.consistency.triads import around
from tests.economics.consistency.conftest import one_order


def test_circle_is_a_third_away():
    circle = np.array([[np.nan, 1, 0], [0, np.nan, 1], [1, 0, np.nan]])
    assert distance(circle) == pytest.approx(1 / 3)
    choices = one_order([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert triangle_excess(choices)[0, 0] == 1 and not rationalisable(choices)[0]


def test_excess_is_three_times_the_distance_of_a_triad():
    rng = np.random.default_rng(0)
    for _ in range(30):
        upper = np.triu(rng.integers(0, 11, size=(3, 3)), 1)
        wins = upper + np.tril(10 - upper.T, -1)
        choices = one_order(wins.tolist())
        assert distance(choices.frequency[0]) == pytest.approx(triangle_excess(choices)[0, 0] / 3, abs=1e-9)


@given(st.integers(0, 10_000), st.integers(3, 6))
@settings(max_examples=25)
def test_mixtures_of_orders_are_rationalisable(seed, m):
    rng = np.random.default_rng(seed)
    table = above(m)
    p = (rng.dirichlet(np.full(len(table), 0.02)) @ table).reshape(m, m)
    assert distance(np.where(np.eye(m), np.nan, p)) == 0


@pytest.mark.parametrize("m", [4, 5])
def test_triangles_suffice_up_to_five_options(m):
    """The inequalities and the linear programme give the same verdict."""
    rng = np.random.default_rng(m)
    verdicts = []
    for _ in range(60):
        spread = rng.choice([0.1, 0.3, 0.5])
        upper = np.triu(np.rint(20 * rng.uniform(0.5 - spread, 0.5 + spread, size=(m, m))).astype(int), 1)
        choices = one_order((upper + np.tril(20 - upper.T, -1)).tolist())
        verdicts.append(bool(rationalisable(choices)[0]))
        assert verdicts[-1] == (distance(choices.frequency[0]) == 0)
    assert 5 < sum(verdicts) < 55


def fence(x: float, y: float) -> PairedChoices:
    """a_i beats b_i with x and b_j, j ≠ i, with y; all else even. Twelve answers a pair."""
    p = np.full((6, 6), 0.5)
    p[:3, 3:] = np.where(np.eye(3), x, y)
    p[3:, :3] = 1 - p[:3, 3:].T
    return one_order(np.rint(12 * p * (1 - np.eye(6))).astype(int).tolist())


@pytest.mark.parametrize(("x", "y"), [(1 / 2, 0), (7 / 12, 1 / 12), (1 / 2, 1 / 12), (5 / 12, 0), (1 / 3, 0)])
def test_six_options_need_more_than_triangles(x, y):
    """The 3-fence: Σ_i p(a_i, b_i) − Σ_{i≠j} p(a_i, b_j) ≤ 1 cuts off points that break no triangle.

    Here it says 3x − 6y ≤ 1, the triangles x − y ≤ ½. Source: Cohen & Falmagne (1990), "Random utility
    representation of binary choice probabilities", Journal of Mathematical Psychology 34.
    """
    choices = fence(x, y)
    assert np.all(triangle_excess(choices) == 0)
    assert rationalisable(choices)[0] == (3 * x - 6 * y <= 1 + 1e-9)
    assert (distance(choices.frequency[0]) > 0) == (3 * x - 6 * y > 1 + 1e-9)


def test_unasked_pairs_do_not_constrain():
    circle = np.array([[np.nan, 1, 0], [0, np.nan, np.nan], [1, np.nan, np.nan]])
    assert distance(circle) == 0
    asked = np.triu(np.ones((1, 3, 3), int), 1)
    asked[0, 0, 1] = 0
    choices = PairedChoices(asked, asked)
    assert not rationalisable(choices)[0] and np.isnan(triangle_excess(choices)).all()


def test_likelihood_ratio_against_an_optimiser():
    rng = np.random.default_rng(1)
    seen = 0
    for _ in range(60):
        n = rng.integers(3, 12, size=3)
        won = np.array([rng.integers(1, k) for k in n])
        f = won / n
        choices = one_order(
            [[0, won[0], n[2] - won[2]], [n[0] - won[0], 0, won[1]], [won[2], n[1] - won[1], 0]]
        )
        ratio = likelihood_ratio(choices, "random_utility")[0]
        if 1 <= f.sum() <= 2:
            assert ratio == 0
            continue
        seen += 1
        found = minimize(
            lambda p: deviance(f, n, p).sum(),  # noqa: B023
            [0.5, 0.5, 0.5],
            bounds=[(1e-6, 1 - 1e-6)] * 3,
            constraints=[
                {"type": "ineq", "fun": lambda p: 2 - p.sum()},
                {"type": "ineq", "fun": lambda p: p.sum() - 1},
            ],
            method="SLSQP",
            options={"ftol": 1e-12},
        )
        assert ratio == pytest.approx(found.fun, abs=1e-4)
    assert seen > 5


def test_unanimous_circle():
    """Two answers each way: the closest mixture has p = ⅔ on every pair, 3 · 4 · log(3/2)."""
    choices = one_order([[0, 2, 0], [0, 0, 2], [2, 0, 0]])
    assert likelihood_ratio(choices, "random_utility")[0] == pytest.approx(12 * np.log(1.5))


@pytest.mark.parametrize("m", [3, 4, 6])
@pytest.mark.parametrize(("lead", "two"), [(0.5, True), (None, False), (0.75, False)])
def test_rotations_lie_on_the_facet_of_every_triad(m, lead, two):
    p = rotations(lead, two, m)
    assert np.allclose(around(p[None]).sum(axis=-1), 2)
    assert distance(np.where(np.eye(m), np.nan, p)) == 0
