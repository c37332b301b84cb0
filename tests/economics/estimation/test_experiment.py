"""The limiting experiment of a likelihood ratio: distances to a cone, and what singular information does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from fiduciary.economics.estimation.experiment import Experiment, gains, simulate


def cone(rng, f, m, q=0):
    """A random parabola over a random cone that holds 0, with m bounds and q equalities."""
    root = rng.normal(size=(f + 3, f))
    bounds, null = rng.normal(size=(m, f)), rng.normal(size=(q, f))
    offsets = -rng.random(m) * rng.integers(0, 2, m)
    return Experiment(root.T @ root, root, bounds, offsets, null, np.zeros(m, bool))


@given(st.integers(0, 500), st.integers(2, 4), st.integers(0, 4), st.integers(0, 1))
def test_the_gain_is_the_maximum_over_the_cone(seed, f, m, q):
    """Against a general solver of quadratic programmes."""
    rng = np.random.default_rng(seed)
    e = cone(rng, f, m, q)
    s = 3 * rng.normal(size=f)
    constraints = [{"type": "ineq", "fun": lambda u: e.bounds @ u - e.offsets}] if m else []
    constraints += [{"type": "eq", "fun": lambda u: e.null @ u}] if q else []
    found = optimize.minimize(
        lambda u: u @ e.information @ u - 2 * u @ s,
        np.zeros(f),
        jac=lambda u: 2 * (e.information @ u - s),
        constraints=constraints,
        method="SLSQP",
        options={"ftol": 1e-13, "maxiter": 500},
    )
    assert e.gain(np.concatenate([[0.0], s])[None])[0] == pytest.approx(-found.fun, rel=1e-5, abs=1e-6)


def test_bounds_that_leave_one_point_leave_nothing_to_gain():
    """u₁ ≥ 0, u₂ ≥ 0, u₁ + u₂ ≤ 0: redundant bounds are no trouble."""
    bounds = np.array([[1.0, 0], [0, 1], [-1, -1]])
    e = Experiment(np.eye(2), np.eye(2), bounds, np.zeros(3), np.empty((0, 2)), np.zeros(3, bool))
    np.testing.assert_allclose(
        e.gain(np.random.default_rng(0).normal(size=(50, 3)) * [0, 1, 1]), 0, atol=1e-9
    )


def test_information_of_very_different_size_is_no_trouble():
    """An information of 1e-12, as ρ has where one weight takes all, changes nothing else."""
    plain = Experiment(
        np.eye(2), np.eye(2), np.array([[1.0, 0.5]]), np.zeros(1), np.empty((0, 2)), np.zeros(1, bool)
    )
    wide = Experiment(
        np.diag([1.0, 1.0, 1e-12]),
        np.hstack([np.eye(2), np.zeros((2, 1))]),
        np.array([[1.0, 0.5, 0.0], [0.0, 0.0, -1.0]]),
        np.zeros(2),
        np.empty((0, 3)),
        np.zeros(2, bool),
    )
    np.testing.assert_allclose(gains([[wide]])[0].mean(), gains([[plain]])[0].mean(), rtol=0.1)


def test_singular_information_is_an_error_not_a_distance():
    e = Experiment(
        np.full((2, 2), np.nan), np.eye(2), np.eye(2), np.zeros(2), np.empty((0, 2)), np.zeros(2, bool)
    )
    with pytest.raises(FloatingPointError, match="cannot be simulated"):
        simulate([[e]], [e])


def test_a_level_is_a_head_start():
    """Twice the height of the origin is gained before any step; a grid takes the best of its experiments."""
    e = cone(np.random.default_rng(1), 2, 1)
    low, high = gains([[e], [replace(e, level=3.0)]])
    np.testing.assert_allclose(high, low + 3)
    np.testing.assert_allclose(
        gains([[e, replace(e, level=-1e6)]], skewed=True)[0], gains([[e]], skewed=True)[0]
    )


def test_skewed_draws_keep_mean_and_variance_and_take_the_scores_skewness():
    scores = np.random.default_rng(2).exponential(size=(300, 1))
    scores -= scores.mean()
    e = Experiment(np.eye(1), scores, np.empty((0, 1)), np.empty(0), np.empty((0, 1)), np.zeros(0, bool))
    plain, skewed = (gains([[e]], draws=10_000, skewed=s)[0] for s in (False, True))
    expected = (scores**2).sum()
    assert plain.mean() == pytest.approx(expected, rel=0.06)
    assert skewed.mean() == pytest.approx(expected, rel=0.06)
