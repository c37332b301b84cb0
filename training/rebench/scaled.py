"""An adapter at another dose: its change of every weight matrix multiplied by a number."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from training.rebench.adapter_files import CONFIG, FACTS, WEIGHTS


def scale_adapter(adapter: Path, scale: float, out: Path) -> Path:
    """Write an adapter whose change ΔW = (α/r) B A is ``scale`` times as large; returns its folder.

    B is multiplied, so that every server applies it alike. The target that the adapter was trained
    towards is kept, its measurements are not.

    Args:
        adapter: folder of a LoRA adapter.
        scale: factor s > 0; at 0 there is no adapter, only the base.
        out: folder to make; left alone where it exists.

    Raises:
        ValueError: a scale that is not finite and positive.
    """
    if not 0 < scale < float("inf"):
        raise ValueError(f"scale must be finite and > 0, got {scale}")
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
    for name in (CONFIG, FACTS):
        if (adapter / name).is_file():
            shutil.copyfile(adapter / name, partial / name)
    os.replace(partial, out)
    return out
