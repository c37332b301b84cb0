"""What watches a training: a loss that is not a number stops it, a checkpoint is marked when it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import TrainerCallback

from fiduciary.training.errors import TrainingError
from fiduciary.training.folders import WHOLE


def watched(trainer_class: type) -> type:
    """The trainer's class, with every loss looked at before the optimiser's step."""

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

    Watched.__name__ = trainer_class.__name__  # TRL writes it into its texts
    return Watched


class MarkWhole(TrainerCallback):  # type: ignore[misc]
    """Marks a checkpoint after all processes have written their part of it."""

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        PartialState().wait_for_everyone()
        if state.is_world_process_zero:
            (Path(args.output_dir) / f"checkpoint-{state.global_step}" / WHOLE).touch()
