"""Whether answers depend on what was drawn: exact where they do not, found where they do."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.inference.content import Content
from fiduciary.economics.inference.permuted import permuted_content

RUNS = 300
N, BLOCKS = 24, np.repeat(np.arange(2), 12)
SAID = {"about": "the prices", "unit": "budget"}


def features(rng: np.random.Generator) -> np.ndarray:  # type: ignore[type-arg]
    return rng.normal(size=(N, 2)) + BLOCKS[:, None]


def test_exact_whatever_the_answers_look_like() -> None:
    """Skewed, of another level in each block, some missing: p ≤ .05 in 5 to 27 of 300 runs (.999)."""
    p_values = []
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        y = rng.dirichlet([0.2, 0.3, 0.5], size=N) * (1 + 3 * BLOCKS[:, None])
        y[rng.random(N) < 0.1] = np.nan
        p_values.append(permuted_content(y, features(rng), BLOCKS, draws=199, seed=seed, **SAID).p_value)
    assert 5 <= np.sum(np.array(p_values) <= 0.05) <= 27


def test_what_depends_on_a_feature_is_found() -> None:
    rng = np.random.default_rng(0)
    x = features(rng)
    found = permuted_content(x[:, :1] + rng.normal(size=(N, 1)), x, BLOCKS, **SAID)
    assert found.reads
    assert found.sentence.startswith("it reads: its answers depend on the prices (p ")
    assert found.sentence.endswith("24 budgets)")


def test_the_level_of_a_block_is_no_dependence_within_it() -> None:
    x = np.repeat([[0.0], [5.0]], 12, axis=0) + np.tile(np.arange(12.0), 2)[:, None]
    rng = np.random.default_rng(1)
    assert (
        permuted_content(10.0 * BLOCKS[:, None] + rng.normal(size=(N, 1)), x, BLOCKS, **SAID).p_value > 0.05
    )


def test_what_never_varies_is_told_as_that() -> None:
    found = permuted_content(np.ones((N, 1)), features(np.random.default_rng(0)), BLOCKS, **SAID)
    assert found.p_value == 1
    assert found.sentence == "not shown to read: its answers never vary, or are too few to tell, n = 24"


def test_the_smallest_share_is_found_as_often_as_stated() -> None:
    n, block = 120, np.zeros(120)

    def found(share: float, seed: int) -> Content:
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, 2))
        y = np.sqrt(share) * x[:, :1] + np.sqrt(1 - share) * rng.normal(size=(n, 1))
        return permuted_content(y, x, block, draws=199, seed=seed, **SAID)

    share = found(0.0, 0).smallest
    assert 0.7 < np.mean([found(share, seed).p_value < 0.01 for seed in range(150)]) < 0.9


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="as long as each other"):
        permuted_content(np.ones((3, 1)), np.ones((4, 1)), np.zeros(3), **SAID)
