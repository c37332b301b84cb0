"""What watches a training: a loss that is not a number stops it, a checkpoint is marked when it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import TrainerCallback

from fiduciary.training.errors import TrainingError
from fiduciary.training.folders import WHOLE
from fiduciary.training.like_lengths import BY_LENGTH, LikeLengths, token_lengths


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
            batch = self.args.train_batch_size * self.args.gradient_accumulation_steps
            return LikeLengths(token_lengths(self.train_dataset), batch, self.args.seed)

    Watched.__name__ = trainer_class.__name__  # TRL writes it into its texts
    return Watched


class MarkWhole(TrainerCallback):  # type: ignore[misc]
    """Marks a checkpoint after all processes have written their part of it."""

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        PartialState().wait_for_everyone()
        if state.is_world_process_zero:
            (Path(args.output_dir) / f"checkpoint-{state.global_step}" / WHOLE).touch()
