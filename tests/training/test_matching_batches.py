"""The order of training: every row once, like with like, and the same again for the same seed and epoch."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from fiduciary.training.matching_batches import AlikeInBatches

LENGTHS = np.random.default_rng(0).integers(20, 400, 1000)


def order(batch: int = 8, seed: int = 3, epoch: int = 0) -> list[int]:
    sampler = AlikeInBatches(LENGTHS, batch, seed)
    sampler.set_epoch(epoch)
    return list(sampler)


@pytest.mark.parametrize("batch", [1, 7, 8, 1000, 4000])
def test_every_row_comes_once(batch: int):
    assert sorted(order(batch)) == list(range(1000))
    assert len(AlikeInBatches(LENGTHS, batch, 0)) == 1000


def test_rows_of_a_batch_are_of_like_length():
    spread = [np.ptp(LENGTHS[part]) for part in np.array(order()[:992]).reshape(-1, 8)]
    assert np.mean(spread) < 20 < np.ptp(LENGTHS) / 10


def test_long_and_short_batches_are_mixed():
    """Neighbours in a sorted lot would have nearly the same length."""
    means = np.array([LENGTHS[part].mean() for part in np.array(order()[:992]).reshape(-1, 8)])
    assert np.abs(np.diff(means)).mean() > 60


def test_an_order_comes_back_with_its_seed_and_epoch_and_only_then():
    assert order() == order()
    assert order() != order(epoch=1) != order(seed=4)


def test_short_rows_come_first_where_that_is_asked_and_only_in_the_first_epoch():
    lengths = np.random.default_rng(0).integers(20, 400, 10_000)
    sampler = AlikeInBatches(lengths, 8, 3, short_first=True)
    rows = list(sampler)
    assert sorted(rows) == list(range(10_000))
    tenths = [float(lengths[part].mean()) for part in np.array_split(rows, 10)]
    assert tenths[0] < 150 < 190 < min(tenths[4:]) and max(tenths[4:]) < 260
    sampler.set_epoch(1)
    assert [float(lengths[part].mean()) for part in np.array_split(list(sampler), 10)] == pytest.approx(
        [210] * 10, abs=15
    )
