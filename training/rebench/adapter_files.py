"""What an adapter's folder must hold, and whether it was made for a base, read without loading weights."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fiduciary.training.errors import TrainingError

CONFIG, WEIGHTS, FACTS = "adapter_config.json", "adapter_model.safetensors", "training.json"

_LORA = re.compile(r"^base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight$")


def check_adapter(folder: Path, base: str) -> dict[str, Any]:
    """The adapter's configuration, if the folder holds a LoRA adapter for the base.

    Args:
        folder: the adapter's.
        base: folder or name of the base it is to be used with.

    Raises:
        TrainingError: no adapter, another kind than LoRA, pickled weights, or one for another base.
    """
    if not folder.is_dir():
        raise TrainingError(f"there is no adapter folder {folder}.")
    if not (folder / CONFIG).is_file():
        raise TrainingError(f"{folder} holds no adapter (no {CONFIG}).")
    if not (folder / WEIGHTS).is_file():
        raise TrainingError(
            f"{folder} has no {WEIGHTS}. Pickled weights are not read, since they can run code when loaded: "
            f"save the adapter again where you trust it, with safe_serialization=True."
        )
    try:
        config = dict(json.loads((folder / CONFIG).read_text(encoding="utf-8")))
        shapes = tensor_shapes(folder / WEIGHTS)
        facts(folder)
    except (ValueError, TypeError, OSError) as error:
        raise TrainingError(f"{folder} is damaged: {error}. Copy or train it again.") from error
    if config.get("peft_type") != "LORA":
        raise TrainingError(f"{folder} is a {config.get('peft_type')} adapter; only LORA is served here.")
    _check_base(folder, config, shapes, base)
    return config


def facts(folder: Path) -> dict[str, Any]:
    """What the training noted beside the adapter; empty where it was made elsewhere."""
    path = folder / FACTS
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def weights_digest(folder: Path) -> str:
    """SHA-256 over the folder's safetensors files, names in order: equal weights, equal digest."""
    state = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        about = path.stat()
        state.update(_file_digest(path.resolve(), about.st_size, about.st_mtime_ns))
    return state.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits, as ``sha256sum`` prints it."""
    about = path.stat()
    return _file_digest(path.resolve(), about.st_size, about.st_mtime_ns).hex()


@cache
def _file_digest(path: Path, size: int, changed: int) -> bytes:
    """Remembered, since a large base would be read again for each of its adapters."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def adapter_rank(folder: Path) -> int:
    """The largest rank of the adapter's matrices, which a server has to make room for."""
    shapes = tensor_shapes(folder / WEIGHTS)
    return max((shape[0] for name, shape in shapes.items() if ".lora_A." in name), default=0)


def tensor_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Name → shape of every tensor of a safetensors file, from its header.

    Raises:
        ValueError: the file has no such header, or not the bytes that it announces.
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if not 0 < size <= path.stat().st_size:
            raise ValueError(f"{path.name} is not a whole safetensors file")
        header = json.loads(file.read(size))
    try:
        tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
        shapes = {name: tuple(entry["shape"]) for name, entry in tensors.items()}
        end = max((entry["data_offsets"][1] for entry in tensors.values()), default=0)
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError(f"{path.name} is not a safetensors file") from error
    if path.stat().st_size != 8 + size + end:
        raise ValueError(f"{path.name} is not a whole safetensors file")
    return shapes


def _check_base(
    folder: Path, config: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], base: str
) -> None:
    noted = facts(folder).get("base") or {}
    named = str(noted.get("name") or config.get("base_model_name_or_path"))
    local = Path(base)
    if not local.is_dir():
        if named != base:
            here = "" if local.exists() else f" (and there is no folder {base})"
            raise TrainingError(f"{folder} was trained on {named}, not on {base}{here}.")
        return
    digest = noted.get("digest")
    if digest is not None and digest != weights_digest(local):
        raise TrainingError(
            f"{folder} was trained on a base with other weights than {base} has (it was {named}). Name that "
            f"base, or train the adapter again."
        )
    theirs: dict[str, tuple[int, ...]] = {}
    for path in local.glob("*.safetensors"):
        try:
            theirs |= tensor_shapes(path)
        except ValueError as error:
            raise TrainingError(f"the base {base} is damaged: {error}. Copy it again.") from error
    known = 0
    for name, shape in shapes.items():
        matched = _LORA.match(name)
        weight = theirs.get(f"{matched['module']}.weight") if matched else None
        if matched is None or weight is None or len(weight) != 2:
            continue  # tied, packed or renamed on disk: only loading tells
        known += 1
        # A maps the module's input to the rank, B the rank to its output; some layers lie transposed.
        if (shape[1] if matched["side"] == "A" else shape[0]) not in weight:
            raise TrainingError(
                f"{folder} is an adapter for another base: {name} is {shape}, and {base} has {weight} there. "
                f"It was trained on {named}."
            )
    if not known and digest is None:
        raise TrainingError(
            f"{folder} is an adapter for another base: {base} has none of the modules that it changes. It "
            f"was trained on {named}."
        )
