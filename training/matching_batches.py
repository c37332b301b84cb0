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
        short_first: whether the first epoch begins with short rows: one that is longer than a share q of the
            others comes anywhere behind the first q/2 of the rows. A model that cannot compare figures yet
            learns it from two options sooner, and at a third of the cost, than from five.
    """

    def __init__(self, lengths: Sequence[int], batch: int, seed: int, short_first: bool = False) -> None:
        self.lengths = np.asarray(lengths)
        self.batch, self.seed, self.short_first, self.epoch = batch, seed, short_first, 0

    def set_epoch(self, epoch: int) -> None:
        """The next order."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng([self.seed, self.epoch])
        rows = rng.permutation(len(self.lengths))
        if self.short_first and not self.epoch:
            longer = self.lengths.argsort(kind="stable").argsort() / (2 * len(rows))
            rows = np.argsort(rng.uniform(longer, 1.0), kind="stable")
        # The last batch may be a smaller one, and only at the end: all others are whole.
        whole = len(rows) // self.batch * self.batch
        for start in range(0, whole, REACH * self.batch):
            lot = rows[start : min(start + REACH * self.batch, whole)]
            batches = lot[np.argsort(self.lengths[lot], kind="stable")].reshape(-1, self.batch)
            yield from rng.permutation(batches).ravel().tolist()
        yield from rows[whole:].tolist()
