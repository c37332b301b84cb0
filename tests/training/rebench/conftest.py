"""The shipped base, and adapters for it whose weights are noise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[3] / "subjects" / "tiny_manager" / "base"

MakeAdapter = Callable[..., Path]


@pytest.fixture(scope="session")
def tiny() -> Path:
    """The embedded model, which answers in the compact wording."""
    return SHIPPED


@pytest.fixture(scope="session")
def make_adapter(tiny: Path) -> MakeAdapter:
    """``make_adapter(folder, seed)``: a LoRA adapter of the base with random B, so that it does something."""
    pytest.importorskip("peft")
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(1)

    def make(folder: Path, seed: int = 0, scale: float = 0.1) -> Path:
        config = LoraConfig(r=4, lora_dropout=0.5, target_modules="all-linear", task_type="CAUSAL_LM")
        torch.manual_seed(seed)
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny), config)
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=scale)
        model.save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def adapters(make_adapter: MakeAdapter, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two adapters that differ."""
    folder = tmp_path_factory.mktemp("adapters")
    return make_adapter(folder / "one", 1), make_adapter(folder / "two", 2)
