"""Batches of like length: every row once, little padding, and the same order for the same seed and epoch."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("transformers")

from fiduciary.training.like_lengths import LikeLengths, token_lengths

LENGTHS = np.random.default_rng(0).integers(50, 700, 500).tolist()


def padding(order: list[int], batch: int) -> float:
    batches = [[LENGTHS[k] for k in order[at : at + batch]] for at in range(0, len(order), batch)]
    return 1 - sum(LENGTHS) / sum(max(rows) * len(rows) for rows in batches)


def test_every_row_comes_once_and_little_is_padding() -> None:
    order = list(LikeLengths(LENGTHS, 16, 3))
    assert sorted(order) == list(range(500)) and len(LikeLengths(LENGTHS, 16, 3)) == 500
    assert padding(order, 4) < padding(list(range(500)), 4) / 5


def test_seed_and_epoch_decide_the_order_whatever_was_drawn_before() -> None:
    import torch

    sampler = LikeLengths(LENGTHS, 16, 3)
    first = list(sampler)
    torch.rand(5)
    assert list(sampler) == first
    sampler.set_epoch(1)
    second = list(sampler)
    assert second != first and second != list(LikeLengths(LENGTHS, 16, 5))
    resumed = LikeLengths(LENGTHS, 16, 3)
    resumed.set_epoch(1)
    assert list(resumed) == second


def test_lengths_are_those_of_what_a_batch_is_padded_to() -> None:
    datasets = pytest.importorskip("datasets")
    supervised = datasets.Dataset.from_dict({"input_ids": [[1, 2, 3], [4]]})
    assert token_lengths(supervised) == [3, 1]
    columns = {"prompt_ids": [[1, 2], [3]], "chosen_ids": [[4], [5, 6]], "rejected_ids": [[7, 8, 9], []]}
    assert token_lengths(datasets.Dataset.from_dict(columns)) == [5, 3]
