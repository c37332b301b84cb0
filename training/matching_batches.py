"""The order of training: rows that take alike in a batch, batches in a random order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

REACH = 50
"""Batches among whose rows those of a batch are chosen."""


class AlikeInBatches(torch.utils.data.Sampler[int]):
    """Every row once an epoch: of each random lot of rows those of like length meet.

    Transformers' own sampler by length leaves a lot sorted, so that a model sees long rows first and short
    ones last, over and over; here the batches of a lot are mixed. Seed and epoch give the order.

    Args:
        lengths: of the rows.
        batch: rows of a step on all processes together.
        seed: of the order.
    """

    def __init__(self, lengths: Sequence[int], batch: int, seed: int) -> None:
        self.lengths = np.asarray(lengths)
        self.batch, self.seed, self.epoch = batch, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """The next order."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng([self.seed, self.epoch])
        rows = rng.permutation(len(self.lengths))
        # The last batch may be a smaller one, and only at the end: all others are whole.
        whole = len(rows) // self.batch * self.batch
        for start in range(0, whole, REACH * self.batch):
            lot = rows[start : min(start + REACH * self.batch, whole)]
            batches = lot[np.argsort(self.lengths[lot], kind="stable")].reshape(-1, self.batch)
            yield from rng.permutation(batches).ravel().tolist()
        yield from rows[whole:].tolist()
