"""An adapter at another dose: its change of every weight matrix multiplied by a number."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from fiduciary.adapter_base import file_digest
from fiduciary.adapter_files import CONFIG, FACTS, WEIGHTS, AdapterFiles, some
from fiduciary.training.adapter_card import card
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.adapter_files import check_adapter

_B = re.compile(r"\.lora_(embedding_)?B(\.|$)")


def scale_adapter(adapter: Path, scale: float, out: Path) -> Path:
    """Write an adapter whose change ΔW = (α/r) B A is ``scale`` times as large; returns its folder.

    B is multiplied, so that every server applies it alike. The target that the adapter was trained
    towards is kept, its measurements are not.

    Args:
        adapter: folder of a LoRA adapter.
        scale: factor s > 0; at 0 there is no adapter, only the base.
        out: folder to make; left alone where it exists.

    Raises:
        TrainingError: a scale that is not finite and positive, no whole adapter, or more in it than B and A.
    """
    if not 0 < scale < float("inf"):
        raise TrainingError(f"the strength must be finite and > 0, got {scale}.")
    files = check_adapter(adapter)
    _refuse_what_is_not_b_times_a(files)
    if out.exists():
        return out
    from safetensors.torch import load_file, save_file

    weights = {
        name: weight * scale if _B.search(name) else weight
        for name, weight in load_file(adapter / WEIGHTS).items()
    }
    if not all(bool(weight.isfinite().all()) for weight in weights.values()):
        raise TrainingError(f"at strength {scale:g} weights of {adapter} are too large for their numbers.")
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    save_file(weights, partial / WEIGHTS, metadata={"format": "pt"})
    for name in (CONFIG, "curves.png"):
        if (adapter / name).is_file():
            shutil.copyfile(adapter / name, partial / name)
    if noted := files.facts:
        noted |= {"strength": scale * noted.get("strength", 1.0), "measured": {}}
        noted.pop("ask", None)  # names the folder of the other
        noted["files"] = {WEIGHTS: file_digest(partial / WEIGHTS)}
        (partial / FACTS).write_text(json.dumps(noted, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (partial / "README.md").write_text(card(noted), encoding="utf-8")
    os.replace(partial, out)
    return out


def _refuse_what_is_not_b_times_a(files: AdapterFiles) -> None:
    """DoRA divides by a norm that holds B A, and whole modules and biases are not multiplied with B."""
    kinds = {"use_dora": "DoRA", "modules_to_save": "modules trained whole (modules_to_save)"}
    found = [what for name, what in kinds.items() if files.config.get(name)]
    if others := files.others():
        found.append(f"tensors besides A and B: {some(others, len(files.weights))}")
    if found:
        raise TrainingError(
            f"{files.folder} has no strength to set: its change is more than (α/r) B A ({'; '.join(found)})."
        )
