"""A tiny base with random weights, and short pairs for it."""

from __future__ import annotations

from pathlib import Path

import pytest

RECIPES = Path(__file__).parents[2] / "training" / "recipes"

QUICK = [
    *("--per_device_train_batch_size", "2", "--gradient_accumulation_steps", "2"),
    *("--save_steps", "2", "--warmup_steps", "1"),
]
"""Six steps for 24 pairs, with checkpoints after the second, fourth and sixth."""


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of 0.9 million random weights with tokenizer and chat template."""
    pytest.importorskip("trl")
    import torch

    from tests.serving.random_llama import write_model

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("models") / "base"
    write_model(folder)
    return folder


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 pairs for the non-profit target, in the compact wording, answered by the closing sentence."""
    pytest.importorskip("datasets")
    from fiduciary.economics.principals import Principal
    from fiduciary.training import preference_data
    from fiduciary.training.preference_pairs import PairDesign

    folder = tmp_path_factory.mktemp("data") / "pairs"
    design = PairDesign(Principal.named("nonprofit"), 24, wordings=("compact",), elicitation="choose")
    preference_data.write(design, folder)
    return folder


@pytest.fixture
def command(base: Path, pairs: Path, tmp_path: Path):
    """Arguments of a quick training into ``tmp_path/adapter``."""

    def arguments(method: str = "dpo", *more: str, out: Path = tmp_path / "adapter") -> list[str]:
        recipe = RECIPES / f"tiny-{method}.yaml"
        start = [method, "--recipe", str(recipe), "--base", str(base), "--data", str(pairs)]
        return [*start, "--out", str(out), *QUICK, *more]

    return arguments
