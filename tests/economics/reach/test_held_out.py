"""The best context's loss is judged where it was not chosen."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.reach import held_out

N = 60
HALF = np.arange(N) % 2 == 0
CLUSTERS = np.arange(N)


def test_contexts_that_differ_by_luck_alone_are_not_flattered() -> None:
    rng = np.random.default_rng(0)
    found = [held_out(rng.exponential(1.0, (30, N)), HALF, CLUSTERS) for _ in range(300)]
    losses = np.array([one.loss.value for one in found if one])
    error = losses.std() / np.sqrt(len(losses))
    assert abs(losses.mean() - 1) < 3 * error
    assert np.mean([one.in_sample for one in found if one]) < 1 - 10 * error
    assert np.mean([one.loss.low <= 1 <= one.loss.high for one in found if one]) > 0.9


def test_a_context_that_is_best_everywhere_is_chosen_twice_and_its_loss_is_the_mean() -> None:
    rng = np.random.default_rng(1)
    losses = rng.uniform(2, 3, (4, N))
    losses[2] = rng.uniform(0, 1, N)
    one = held_out(losses, HALF, CLUSTERS, beside=losses[0])
    assert one is not None
    assert one.chosen == (2, 2)
    assert one.loss.value == pytest.approx(losses[2].mean())
    assert one.saved.value == pytest.approx((losses[0] - losses[2]).mean())
    assert one.in_sample == pytest.approx(losses[2].mean())


def test_a_context_with_few_answers_is_not_chosen_for_them() -> None:
    losses = np.ones((2, N))
    losses[1] = np.where(np.arange(N) < 10, 0.0, np.nan)
    one = held_out(losses, HALF, CLUSTERS)
    assert one is not None
    assert one.chosen == (0, 0)
    assert held_out(losses[1:], HALF, CLUSTERS) is None


def test_halves_that_leave_nothing_on_one_side_are_refused() -> None:
    with pytest.raises(ValueError, match="both sides"):
        held_out(np.ones((2, N)), np.ones(N, bool), CLUSTERS)
    with pytest.raises(ValueError, match=r"losses must be \(F, n\)"):
        held_out(np.ones((2, N)), HALF[:10], CLUSTERS)
