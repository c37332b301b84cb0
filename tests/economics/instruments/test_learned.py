"""A learned instrument: what it may learn from, and what it gains."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.instruments import learned_instrument, learned_two_stage, two_stage
from fiduciary.economics.instruments.learned import BLOCKS, Predict

N = 400


def cells(z: FloatArray, d: FloatArray) -> Predict:
    """Mean of the treatment in each of eight steps of z: a learner that sees any shape."""
    edges = np.linspace(-2, 2, 7)
    at = np.digitize(z[:, 0], edges)
    means = np.array([d[at == k].mean() if (at == k).any() else 0.0 for k in range(8)])
    return lambda other: means[np.digitize(other[:, 0], edges)]


def study(seed: int) -> tuple[FloatArray, ...]:
    """A treatment that is a hump of z, of which a straight line sees little."""
    rng = np.random.default_rng(seed)
    z, u = rng.normal(size=(N, 1)), rng.normal(size=N)
    d = 2.0 * (np.abs(z[:, 0]) < 0.8) + 0.4 * z[:, 0] + u
    return d + u + rng.normal(size=N), d, z, np.arange(N) // 2


def test_a_block_owes_nothing_to_itself_or_to_later_ones() -> None:
    """Whatever happens to a block's treatment, its own instrument and those of earlier blocks stay."""
    _, d, z, groups = study(0)
    h = learned_instrument(d, z, groups, cells, np.random.default_rng(1))
    labels = np.unique(groups)
    block = (np.random.default_rng(1).permutation(len(labels)) % BLOCKS)[groups]
    assert np.isnan(h[block == 0]).all() and np.isfinite(h[block > 0]).all()
    changed = np.where(block >= 5, d + 100 * np.random.default_rng(2).normal(size=N), d)
    again = learned_instrument(changed, z, groups, cells, np.random.default_rng(1))
    np.testing.assert_array_equal(again[block <= 5], h[block <= 5])
    assert not np.allclose(again[block > 5], h[block > 5])


def test_it_is_more_precise_where_the_relation_is_nonlinear_and_has_no_bias() -> None:
    linear, learned = [], []
    for seed in range(80):
        y, d, z, groups = study(seed)
        linear.append(two_stage(y, d, z[:, 0], groups).effect)
        learned.append(learned_two_stage(y, d, z, groups, cells, np.random.default_rng(seed)).effect)
    assert np.median([one.stderr for one in learned]) < 0.7 * np.median([one.stderr for one in linear])
    values = np.array([one.value for one in learned])
    assert abs(values.mean() - 1) < 3 * values.std(ddof=1) / np.sqrt(len(values)) + 0.01


def test_what_is_nonlinear_in_a_covariate_does_not_pass_for_the_instrument() -> None:
    """The learner never sees the covariates; without a relation to z the first stage finds none."""
    rng = np.random.default_rng(4)
    x, z, u = rng.normal(size=(N, 1)), rng.normal(size=(N, 1)), rng.normal(size=N)
    d = 3 * np.square(x[:, 0]) + u
    found = learned_two_stage(d + u, d, z, np.arange(N), cells, rng, covariates=x)
    assert found.strength < 10


def test_coverage_of_the_robust_set_where_there_is_no_relation_at_all() -> None:
    """Guards the order of the blocks: learned from each other, they reject far too often."""
    held = 0
    for seed in range(300):
        rng = np.random.default_rng([seed, 7])
        z, u = rng.normal(size=(N // 2, 1)), rng.normal(size=N // 2)
        found = learned_two_stage(2 * u + rng.normal(size=N // 2), u, z, np.arange(N // 2), cells, rng)
        held += 2.0 in found.robust
    assert held / 300 >= 0.92


def test_too_few_clusters_are_an_error() -> None:
    with pytest.raises(ValueError, match="at least 20 clusters, got 3"):
        learned_instrument(np.ones(9), np.ones((9, 1)), np.arange(9) % 3, cells, np.random.default_rng(0))
