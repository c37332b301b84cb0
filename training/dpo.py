"""Direct preference optimisation of a LoRA adapter: pairs, recipe, base → adapter."""

from __future__ import annotations

from pathlib import Path

from fiduciary.training.run import Method, Request, run


def train(request: Request) -> Path:
    """Train an adapter with TRL's ``DPOTrainer``; returns its folder."""
    from trl import DPOConfig, DPOTrainer

    columns = {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"}
    curves = ("loss", "rewards/margins", "rewards/accuracies", "logps/chosen")
    return run(request, Method("DPO", DPOConfig, DPOTrainer, columns, curves))
