"""The cards of the embedded model and its adapters, written again from what is noted beside them.

    python -m fiduciary.training.tiny_manager cards subjects/tiny_manager

What was measured stays as it stands. Needs no PyTorch.
"""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

from fiduciary.adapter_base import file_digest, weights_digest
from fiduciary.adapter_files import FACTS, WEIGHTS
from fiduciary.parsing import read_object
from fiduciary.tensor_files import tensors
from fiduciary.training.adapter_card import MEASURED, card
from fiduciary.training.card_parts import AUTHORS
from fiduciary.training.errors import TrainingError
from fiduciary.training.tiny_manager.base_card import base_card
from fiduciary.whole_files import write_whole

BASE, CARD = "base", "README.md"
ADAPTERS = ("for_profit", "symmetric", "nonprofit")
BASE_WEIGHTS = "model.safetensors"


def write_cards(folder: Path) -> list[Path]:
    """Write all cards of a folder that holds the base and the adapters; returns them.

    Raises:
        TrainingError: a file that the cards are made from is missing.
    """
    made = []
    try:
        base = folder / BASE
        made.append(_replace(base / CARD, base_text(base)))
        for name in ADAPTERS:
            facts, text = adapter_text(folder / name)
            _replace(folder / name / FACTS, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
            made.append(_replace(folder / name / CARD, text))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise TrainingError(f"{error.filename} is missing: the cards are made from it.") from error
    return made


def base_text(folder: Path) -> str:
    """The base's card, from ``training.json`` and its weights."""
    facts = read_object(folder / FACTS)
    numbers = sum(prod(tensor.shape) for tensor in tensors(folder / BASE_WEIGHTS).values())
    digests = {BASE_WEIGHTS: file_digest(folder / BASE_WEIGHTS)}
    return base_card(facts, numbers, digests, weights_digest(folder))


def adapter_text(folder: Path) -> tuple[dict[str, Any], str]:
    """An adapter's facts with the digest of its weights, and its card with what was measured."""
    facts = read_object(folder / FACTS)
    facts |= {"maker": AUTHORS, "files": {WEIGHTS: file_digest(folder / WEIGHTS)}}
    before = (folder / CARD).read_text(encoding="utf-8")
    measured = before.partition(MEASURED[0])[2].partition(MEASURED[1])[0]
    return facts, card(facts, measured or "\n")


def _replace(path: Path, text: str) -> Path:
    write_whole(path, text)
    return path
