"""An adapter at another dose: its change of every weight matrix multiplied by a number."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from fiduciary.training.adapter_card import card
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.adapter_files import CONFIG, FACTS, WEIGHTS, facts, file_digest


def scale_adapter(adapter: Path, scale: float, out: Path) -> Path:
    """Write an adapter whose change ΔW = (α/r) B A is ``scale`` times as large; returns its folder.

    B is multiplied, so that every server applies it alike. The target that the adapter was trained
    towards is kept, its measurements are not.

    Args:
        adapter: folder of a LoRA adapter.
        scale: factor s > 0; at 0 there is no adapter, only the base.
        out: folder to make; left alone where it exists.

    Raises:
        TrainingError: a scale that is not finite and positive, or a folder without an adapter.
    """
    if not 0 < scale < float("inf"):
        raise TrainingError(f"the strength must be finite and > 0, got {scale}.")
    if not (adapter / WEIGHTS).is_file():
        raise TrainingError(f"{adapter} holds no adapter (no {WEIGHTS}).")
    if out.exists():
        return out
    from safetensors.torch import load_file, save_file

    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    weights = {
        name: weight * scale if ".lora_B." in name else weight
        for name, weight in load_file(adapter / WEIGHTS).items()
    }
    save_file(weights, partial / WEIGHTS, metadata={"format": "pt"})
    for name in (CONFIG, "curves.png"):
        if (adapter / name).is_file():
            shutil.copyfile(adapter / name, partial / name)
    if (adapter / FACTS).is_file():
        noted = facts(adapter)
        noted |= {"strength": scale * noted.get("strength", 1.0), "measured": {}}
        noted["files"] = {WEIGHTS: file_digest(partial / WEIGHTS)}
        (partial / FACTS).write_text(json.dumps(noted, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (partial / "README.md").write_text(card(noted), encoding="utf-8")
    os.replace(partial, out)
    return out
