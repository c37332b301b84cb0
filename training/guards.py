"""What watches a training: its losses, its checkpoints, its time."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import TrainerCallback

from fiduciary.adapter_files import CONFIG, WEIGHTS
from fiduciary.training.errors import TrainingError
from fiduciary.training.folders import WHOLE
from fiduciary.training.matching_batches import AlikeInBatches

BY_LENGTH = "group_by_length"
"""What a recipe's ``train_sampling_strategy`` says for batches of conversations of like length, short ones
first."""


def token_lengths(table: Any) -> list[int]:
    """Tokens of each row of a table that TRL has prepared, of its longer response where there are two."""
    if "input_ids" in table.column_names:
        return [len(ids) for ids in table["input_ids"]]
    columns = (table["prompt_ids"], table["chosen_ids"], table["rejected_ids"])
    return [
        len(prompt) + max(len(chosen), len(rejected))
        for prompt, chosen, rejected in zip(*columns, strict=True)
    ]


def watched(trainer_class: type) -> type:
    """The trainer's class, with every loss looked at before the optimiser's step, and its batches by length
    where the recipe asks for that."""

    class Watched(trainer_class):  # type: ignore[misc]
        def training_step(self, *arguments: Any, **keywords: Any) -> torch.Tensor:
            loss = super().training_step(*arguments, **keywords)
            if not torch.isfinite(loss).all():
                raise TrainingError(
                    f"the loss became {float(loss):g} in step {self.state.global_step + 1}: stopped, and no "
                    f"adapter was written. Remove {Path(self.args.output_dir).parent} and start again with a "
                    f"lower learning_rate (it is {self.args.learning_rate:g}), or look at the data."
                )
            return loss

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            if self.args.train_sampling_strategy != BY_LENGTH:
                return super()._get_train_sampler(train_dataset)
            # TRL's DPO has no lengths where transformers looks, which takes the order from
            # PyTorch's state at that moment, so that a resumed run would go on with other batches.
            steps = self.args.gradient_accumulation_steps * self.args.world_size
            batch = self.args.per_device_train_batch_size * steps
            return AlikeInBatches(token_lengths(self.train_dataset), batch, self.args.seed, short_first=True)

    Watched.__name__ = trainer_class.__name__  # TRL writes it into its texts
    return Watched


class KeepAdapter(TrainerCallback):  # type: ignore[misc]
    """Copies the adapter out of every checkpoint, since earlier checkpoints are deleted (save_total_limit).

    Stands before :class:`MarkWhole`, so that the adapter of a whole checkpoint is kept; what a kill cut
    short is copied again when the resumed run comes to that step.

    Args:
        folder: where to; each goes into a folder called by its step.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if not state.is_world_process_zero:
            return
        kept = self.folder / str(state.global_step)
        kept.mkdir(parents=True, exist_ok=True)
        for name in (CONFIG, WEIGHTS):
            shutil.copyfile(Path(args.output_dir) / f"checkpoint-{state.global_step}" / name, kept / name)


class MarkWhole(TrainerCallback):  # type: ignore[misc]
    """Marks a checkpoint after all processes have written their part of it."""

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        PartialState().wait_for_everyone()
        if state.is_world_process_zero:
            (Path(args.output_dir) / f"checkpoint-{state.global_step}" / WHOLE).touch()


class Clock(TrainerCallback):  # type: ignore[misc]
    """Keeps how long a run has trained, over all its parts, in a file of its folder.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.before = float(path.read_text(encoding="utf-8")) if path.exists() else 0.0
        self.since = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.since = time.monotonic()

    def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.is_world_process_zero:
            partial = self.path.with_name(f"{self.path.name}.part")
            partial.write_text(f"{self.seconds:.3f}\n", encoding="utf-8")
            partial.replace(self.path)

    on_save = on_log

    @property
    def seconds(self) -> float:
        """Of training so far; what a killed part did behind its last log is not in it."""
        return self.before + time.monotonic() - self.since
