"""Ranks and their confidence sets: what they hold, ties, missing answers, clusters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.ranking import rank_sets


def test_clear_differences_give_single_ranks() -> None:
    rng = np.random.default_rng(0)
    loss = np.array([3.0, 1.0, 2.0]) + 0.1 * rng.standard_normal((200, 3))
    found = rank_sets(loss)
    assert found.rank.tolist() == found.low.tolist() == found.high.tolist() == [3, 1, 2]
    assert found.better[1].tolist() == [True, False, True]
    np.testing.assert_allclose(found.mean, [3, 1, 2], atol=0.03)
    np.testing.assert_allclose(found.stderr, loss.std(axis=0, ddof=1) / np.sqrt(200))


def test_identical_answers_tie() -> None:
    """No spread and no difference: the case in which a bootstrap of ranks says nonsense."""
    shared = np.random.default_rng(1).random(50)
    found = rank_sets(np.column_stack([shared, shared, shared + 1]))
    assert found.rank.tolist() == [1, 1, 3]
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1, 3], [2, 2, 3])


def test_a_model_without_answers_has_no_rank() -> None:
    loss = np.random.default_rng(2).random((40, 3)) + np.array([0, 5, 0])
    loss[:, 2] = np.nan
    found = rank_sets(loss)
    assert (found.rank.tolist(), found.low.tolist(), found.high.tolist()) == ([1, 2, 0], [1, 2, 0], [1, 2, 0])
    assert np.isnan(found.mean[2]) and np.isnan(found.difference[0, 2])


def test_models_are_compared_on_what_both_answered() -> None:
    """Whoever leaves the hard problems out gains nothing."""
    rng = np.random.default_rng(3)
    hard = np.repeat([0.0, 10.0], 100)
    loss = np.column_stack([hard + rng.random(200), hard + rng.random(200) + 1])
    loss[100:, 1] = np.nan
    found = rank_sets(loss)
    assert found.mean[1] < found.mean[0], "by means alone it would look better"
    assert found.better[0, 1] and not found.better[1, 0]


def test_clusters_widen_the_sets() -> None:
    rng = np.random.default_rng(4)
    by_problem = rng.standard_normal((20, 2)) + np.array([0, 0.55])
    loss = np.repeat(by_problem, 30, axis=0)
    groups = np.repeat(np.arange(20), 30)
    assert rank_sets(loss).low.tolist() == [1, 2]
    clustered = rank_sets(loss, groups)
    once = rank_sets(by_problem)
    np.testing.assert_allclose(clustered.difference_stderr, once.difference_stderr)
    assert clustered.low.tolist() == once.low.tolist()


@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(0.1, 100))
def test_sets_hold_the_rank_and_do_not_depend_on_order_or_unit(seed: int, p: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    loss = rng.random((30, p)) + rng.random(p)
    found = rank_sets(loss, draws=300)
    assert (found.low <= found.rank).all() and (found.rank <= found.high).all()
    assert (found.low >= 1).all() and (found.high <= p).all()
    order = rng.permutation(p)
    again = rank_sets(unit * loss[:, order], draws=300)
    assert again.rank.tolist() == found.rank[order].tolist()
    # Draws are by problem, so the order of models does not matter either.
    assert again.low.tolist() == found.low[order].tolist()


def test_one_model_is_first() -> None:
    found = rank_sets(np.random.default_rng(5).random((10, 1)))
    assert (found.rank.tolist(), found.low.tolist(), found.high.tolist()) == ([1], [1], [1])


def test_one_cluster_says_nothing_about_spread() -> None:
    found = rank_sets([[1.0, 2.0]])
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])


def covers(truth: np.ndarray, n: int, runs: int, seed: int) -> float:
    """Share of studies whose sets hold all true ranks; among ties any order of the tied is true."""
    best = 1 + (truth[None, :] < truth[:, None]).sum(axis=1)
    worst = len(truth) - (truth[None, :] > truth[:, None]).sum(axis=1)
    held = 0
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        # Skewed, correlated over models, as regrets are: most decisions lose nothing.
        shared = rng.exponential(1.0, n)
        loss = truth * rng.exponential(1.0, (n, len(truth))) + 0.5 * shared[:, None]
        found = rank_sets(loss, seed=run, draws=500)
        held += bool((found.low <= best).all() and (found.high >= worst).all())
    return held / runs


@pytest.mark.parametrize("truth", [[1.0] * 6, [1.0, 1.0, 1.2, 1.2, 2.0], [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]])
def test_sets_hold_the_truth(truth: list[float]) -> None:
    assert covers(np.array(truth), n=300, runs=150, seed=6) >= 0.91  # .95 less three standard errors


@pytest.mark.parametrize(
    ("loss", "options", "said"),
    [
        ([1.0, 2.0], {}, "must be \\(problems, models\\)"),
        ([[1.0, np.inf]], {}, "must be finite"),
        ([[1.0, 2.0]], {"level": 1}, "level must lie strictly between"),
        ([[1.0, 2.0]], {"groups": [1, 2]}, "groups must have shape"),
    ],
)
def test_bad_input(loss: object, options: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rank_sets(loss, **options)  # type: ignore[arg-type]


def test_few_clusters_hold_the_level_for_equal_models() -> None:
    """Eight clusters with effects of their own and no true difference: hardly ever a sure order."""
    rng = np.random.default_rng(6)
    groups = np.repeat(np.arange(8), 20)
    wrong = 0
    for _ in range(300):
        loss = rng.standard_normal((8, 4))[groups] + 0.3 * rng.standard_normal((160, 4))
        wrong += bool(rank_sets(loss, groups, draws=400).better.any())
    assert wrong < 0.09 * 300
