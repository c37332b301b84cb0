"""Batches of conversations of like length, so that little of a batch is padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.utils.data import Sampler
from transformers.trainer_pt_utils import get_length_grouped_indices

BY_LENGTH = "group_by_length"
"""What a recipe's ``train_sampling_strategy`` says for it."""


class LikeLengths(Sampler[int]):
    """As transformers groups by length, in an order that seed and epoch alone decide.

    Its own takes the order from PyTorch's state at that moment, so that a resumed run would go on with other
    batches; and it finds no lengths in a table of pairs.

    Args:
        lengths: of the rows, tokens.
        batch: rows of like length that are wanted together.
        seed: of the order.
    """

    def __init__(self, lengths: Sequence[int], batch: int, seed: int) -> None:
        self.lengths, self.batch, self.seed, self.epoch = list(lengths), batch, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Called by accelerate before each pass."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        return iter(get_length_grouped_indices(self.lengths, self.batch, generator=generator))


def token_lengths(table: Any) -> list[int]:
    """Tokens of each row of a table that TRL has prepared, of its longer response where there are two."""
    if "input_ids" in table.column_names:
        return [len(ids) for ids in table["input_ids"]]
    columns = (table["prompt_ids"], table["chosen_ids"], table["rejected_ids"])
    return [
        len(prompt) + max(len(chosen), len(rejected))
        for prompt, chosen, rejected in zip(*columns, strict=True)
    ]
