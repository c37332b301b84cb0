"""Supervised fine-tuning of a LoRA adapter on the chosen responses: data, recipe, base → adapter."""

from __future__ import annotations

from pathlib import Path

from fiduciary.training.run import Method, Request, run


def train(request: Request) -> Path:
    """Train an adapter with TRL's ``SFTTrainer``, loss on the response alone; returns its folder."""
    from trl import SFTConfig, SFTTrainer

    columns = {"prompt": "prompt", "chosen": "completion"}
    curves = ("loss", "mean_token_accuracy")
    return run(request, Method("SFT", SFTConfig, SFTTrainer, columns, curves))
