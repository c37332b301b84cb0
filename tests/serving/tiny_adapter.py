"""A LoRA adapter of random numbers for the embedded model, written without torch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

MODEL = Path(__file__).parents[2] / "subjects" / "tiny_manager" / "base"
HIDDEN, LAYERS = 128, 4  # of that model


def write_safetensors(file: Path, tensors: dict[str, np.ndarray]) -> None:
    """The format: length of a header, the header, the numbers."""
    header: dict[str, object] = {}
    place = 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [place, place + tensor.nbytes]}
        place += tensor.nbytes
    text = json.dumps(header).encode()
    file.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(t.tobytes() for t in tensors.values()))


def write_adapter(folder: Path, rank: int = 4, hidden: int = HIDDEN, **settings: object) -> Path:
    """A LoRA adapter of random numbers for the embedded model, or for a wider one."""
    rng = np.random.default_rng(rank)
    tensors = {}
    for layer in range(LAYERS):
        for projection in ("q_proj", "v_proj"):
            name = f"base_model.model.model.layers.{layer}.self_attn.{projection}"
            for part, shape in (("A", (rank, hidden)), ("B", (hidden, rank))):
                tensors[f"{name}.lora_{part}.weight"] = rng.normal(0, 0.2, shape).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "adapter_model.safetensors", tensors)
    given = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": rank,
        "lora_alpha": 2 * rank,
        "lora_dropout": 0.0,
        "target_modules": ["q_proj", "v_proj"],
        "bias": "none",
        **settings,
    }
    (folder / "adapter_config.json").write_text(json.dumps(given))
    return folder
