"""The spread of contexts is that of their preferences, not of their estimates' noise."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.estimation import THETA_NAMES, fit_ces
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.reach import Estimates, estimates_of, moved, spread
from fiduciary.economics.utility import CES

G, F = 80, 12


def noisy(theta: np.ndarray, noise: float, seed: int, clusters: str = "p") -> Estimates:
    """Estimates whose errors are the sums of their influences, as to first order they are."""
    rng = np.random.default_rng(seed)
    scale = noise / np.sqrt(G)
    drawn = rng.normal(0, scale, (len(theta), G, 4))
    labels = np.array([f"{clusters}{g:03}" for g in range(G)])
    names = tuple(f"context {f}" for f in range(len(theta)))
    return Estimates(names, theta + drawn.sum(axis=1), drawn, labels)


def true_spread(theta: np.ndarray) -> float:
    return float(((theta - theta.mean(axis=0)) ** 2).sum(axis=1).mean())


@pytest.mark.parametrize("size", [0.0, 0.05, 0.3])
def test_squared_spread_is_unbiased_and_its_interval_covers(size: float) -> None:
    theta = 0.25 + size * np.random.default_rng(9).normal(size=(F, 4))
    runs = [spread(noisy(theta, 0.05, seed)) for seed in range(300)]
    squared = np.array([one.squared.value for one in runs if one])
    truth = true_spread(theta)
    assert abs(squared.mean() - truth) < 4 * squared.std() / np.sqrt(len(squared))
    covered = np.mean([one.squared.low <= truth <= one.squared.high for one in runs if one])
    assert 0.92 <= covered <= 1
    naive = np.mean([one.naive for one in runs if one])
    assert naive**2 > truth + 5 * squared.std() / np.sqrt(len(squared))


def test_a_set_that_shrank_about_its_centre_is_told_from_one_that_moved() -> None:
    rng = np.random.default_rng(2)
    wide = 0.25 + 0.1 * rng.normal(size=(F, 4))
    narrow = wide.mean(axis=0) + 0.3 * (wide - wide.mean(axis=0))
    shrunk = moved(noisy(wide, 0.02, 0), noisy(narrow, 0.02, 1))
    assert shrunk is not None
    assert shrunk.squared.high < 0
    assert all(abs(one.value) < 4 * one.stderr for one in shrunk.centre)
    away = moved(noisy(wide, 0.02, 0), noisy(wide + np.array([0.1, -0.1, 0, 0]), 0.02, 1))
    assert away is not None
    assert away.squared.low < 0 < away.squared.high
    assert away.centre[0].low > 0
    assert away.centre[1].high < 0


def test_the_same_answers_twice_have_not_moved_at_all() -> None:
    one = noisy(np.random.default_rng(3).dirichlet(np.ones(4), F), 0.05, 4)
    same = moved(one, one)
    assert same is not None
    assert same.squared.value == 0
    assert all(change.value == 0 for change in same.centre)


def test_one_context_has_no_spread_and_no_contexts_in_common_no_change() -> None:
    one = noisy(np.full((F, 4), 0.25), 0.1, 5)
    assert spread(one.take(["context 1"])) is None
    other = Estimates(tuple(f"x{f}" for f in range(F)), one.theta, one.influence, one.clusters)
    assert moved(one, other) is None
    with pytest.raises(ValueError, match="no fit"):
        estimates_of({})


def test_fits_are_laid_out_by_the_labels_of_their_problems() -> None:
    problems = generate(60, seed=3)
    welfare = stack(problems)
    labels = np.array([problem.id for problem in problems])
    rng = np.random.default_rng(0)
    fits = {}
    for name, theta in (("a", (0.4, 0.3, 0.2, 0.1)), ("b", (0.1, 0.2, 0.3, 0.4))):
        u = np.where(np.isfinite(welfare[..., 0]), CES(theta, 0.5, 2.0).utility(welfare), np.nan)
        shares = choice_probabilities(u + rng.normal(size=u.shape))
        kept = slice(0, 60) if name == "a" else slice(10, 60)
        fits[name] = fit_ces(
            welfare[kept], None, 1.0, groups=labels[kept], probabilities=shares[kept], shift=5.0
        )
    found = estimates_of(fits)
    assert found.influence.shape == (2, 60, 4)
    for name, fit in fits.items():
        errors = np.sqrt(np.diag(found.covariance(name)))
        np.testing.assert_allclose(errors, [fit.se(which) for which in THETA_NAMES], rtol=1e-6)
