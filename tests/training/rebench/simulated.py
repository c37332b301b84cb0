"""What the tests of the re-benchmark are put together from: adapters' files, and an outcome."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fiduciary.comparison.choices import Comparison
from fiduciary.comparison.paired import Change
from fiduciary.economics.principals import Principal
from fiduciary.training.adapter_card import MEASURED
from fiduciary.training.rebench.canary import Sighting
from fiduciary.training.rebench.plan import BASE, Contender, Plan, TaskSpec
from fiduciary.training.rebench.run import Outcome


def safetensors(path: Path, shapes: Mapping[str, tuple[int, ...]], metadata: bool = True) -> None:
    """A file of zeros, without the library."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}} if metadata else {}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(end))


PROJECTION = "model.layers.0.self_attn.q_proj"


def write_base(folder: Path, hidden: int = 8, out: int = 6) -> Path:
    """A folder that passes for a base with one projection."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    safetensors(folder / "model.safetensors", {f"{PROJECTION}.weight": (out, hidden)})
    return folder


def write_adapter(
    folder: Path,
    base: str,
    *,
    hidden: int = 8,
    out: int = 6,
    rank: int = 4,
    module: str = PROJECTION,
    facts: Mapping[str, Any] | None = None,
    **config: Any,
) -> Path:
    """A folder that passes for a LoRA adapter of it."""
    folder.mkdir(parents=True)
    config = {"peft_type": "LORA", "r": rank, "base_model_name_or_path": base} | config
    (folder / "adapter_config.json").write_text(json.dumps(config))
    prefix = f"base_model.model.{module}"
    shapes = {f"{prefix}.lora_A.weight": (rank, hidden), f"{prefix}.lora_B.weight": (out, rank)}
    safetensors(folder / "adapter_model.safetensors", shapes)
    if facts is not None:
        (folder / "training.json").write_text(json.dumps(facts))
        (folder / "README.md").write_text(
            f"# A card\n\n## Measured\n\n{MEASURED[0]}\n{MEASURED[1]}\n\nEnd.\n"
        )
    return folder


def outcome(
    folder: Path, comparisons: tuple[Comparison, ...], shifts: dict[str, dict[str, tuple[Change, ...]]]
) -> Outcome:
    """An outcome of base, one adapter with a target in ``folder/adapter``, and the base again."""
    contenders = (
        Contender(BASE),
        Contender("adapter", folder / "adapter", Principal.named("nonprofit"), "digest", 4),
        Contender("again"),
    )
    plan = Plan("some/base", contenders, (TaskSpec.parse("stakeholder_choice n=120"),), folder / "out")
    seen = (Sighting("adapter", 0.5, 0.0),)
    logs = {"stakeholder_choice n=120": {BASE: str(folder / "out" / "logs" / "01" / "base.eval")}}
    return Outcome(plan, "a server", seen, comparisons, shifts, logs)
