"""A LoRA adapter's folder, checked whole before anything is done with it: by training, scaling, serving and
the re-benchmark alike. Needs no PyTorch."""

from __future__ import annotations

import math
import os
import re
import reprlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiduciary.errors import UsageError
from fiduciary.parsing import read_object
from fiduciary.tensor_files import Tensor, nonfinite, short, tensors

CONFIG, WEIGHTS, FACTS = "adapter_config.json", "adapter_model.safetensors", "training.json"

CHECKPOINTS = "checkpoints"
"""Folder of an adapter that holds earlier states of it: an adapter each, called by the step."""

_PREFIX = "base_model.model."
_SIDE = re.compile(r"^(?P<module>.+)\.lora_(?P<embedding>embedding_)?(?P<side>[AB])(\.weight)?$")
_PART = re.compile(r"\.(lora_|modules_to_save|token_adapter|(weight|bias)$)")
_NOTED: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("base", "target", "data", "hyperparameters", "versions", "files", "measured"), dict),
    **{"start": dict, "log": list, "method": str, "hardware": str, "maker": str, "ask": str},
    **dict.fromkeys(("strength", "seconds"), (int, float)),
    **dict.fromkeys(("pairs", "seed", "seen", "steps", "trainable"), int),
}


@dataclass(frozen=True)
class AdapterFiles:
    """What an adapter's folder holds.

    Attributes:
        folder: where it is.
        config: its configuration, as PEFT reads it.
        weights: name → tensor, as the header says.
        facts: what its training noted; empty where it was made elsewhere.
    """

    folder: Path
    config: dict[str, Any]
    weights: dict[str, Tensor]
    facts: dict[str, Any]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name → shape of every tensor."""
        return {name: tensor.shape for name, tensor in self.weights.items()}

    @property
    def rank(self) -> int:
        """The largest rank that it has or states, which a server has to make room for."""
        return max(int(self.config["r"]), *(pair["A"][0] for pair in self.pairs().values()))

    def pairs(self) -> dict[str, dict[str, tuple[int, ...]]]:
        """Module of the base → side, A or B → shape. A is (rank, inputs), B is (outputs, rank)."""
        found: dict[str, dict[str, tuple[int, ...]]] = {}
        for name, tensor in self.weights.items():
            if matched := _SIDE.match(name):
                found.setdefault(module_name(matched["module"]), {})[matched["side"]] = tensor.shape
        return found

    def modules(self) -> list[str]:
        """Modules of the base that it changes, by whatever means."""
        return sorted({module_name(_PART.split(name)[0]) for name in self.weights})

    def others(self) -> list[str]:
        """Names of the tensors that are not A or B of LoRA: magnitudes of DoRA, biases, whole modules."""
        return [name for name in self.weights if not _SIDE.match(name)]


def module_name(name: str) -> str:
    """The base's own name of a module that PEFT has wrapped."""
    return name.removeprefix(_PREFIX).replace(".base_layer", "")


def some(names: Sequence[str], of: int) -> str:
    """How many of how many, and the first one."""
    return f"{len(names)} of {of} ({short(names[0])}{', …' if len(names) > 1 else ''})"


def read_adapter(folder: Path) -> AdapterFiles:
    """Look at all files of an adapter.

    Raises:
        UsageError: no LoRA adapter, or one that is damaged, contradicts itself, or holds NaN.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no adapter folder {folder}.")
    if not (folder / CONFIG).is_file():
        raise UsageError(f"{folder} holds no adapter (no {CONFIG}).")
    if not (folder / WEIGHTS).is_file():
        raise UsageError(
            f"{folder} has no {WEIGHTS}. Pickled weights are not read, since they can run code when loaded: "
            f"save the adapter again where you trust it, with safe_serialization=True."
        )
    refuse_links(folder)
    try:
        found = AdapterFiles(
            folder, read_object(folder / CONFIG), tensors(folder / WEIGHTS), noted_facts(folder / FACTS)
        )
        kind = found.config.get("peft_type")
        if kind == "LORA":
            _check_pairs(found)
            _check_ranks(found)
        bad = nonfinite(folder / WEIGHTS, found.weights)
    except (ValueError, OSError) as error:
        raise UsageError(f"{folder} is damaged: {error}. Copy or train it again.") from error
    if kind != "LORA":
        raise UsageError(f"{folder} is a {short(str(kind))} adapter; only LORA can be used here.")
    if bad:
        raise UsageError(
            f"{folder} holds values that are not finite, in {some(bad, len(found.weights))} tensors. Train "
            f"it again with a lower learning rate."
        )
    return found


def noted_facts(path: Path) -> dict[str, Any]:
    """What a training noted beside an adapter; empty where there is no such file.

    Raises:
        ValueError: not what a training notes.
        OSError: the file cannot be read.
    """
    if not path.is_file():
        return {}
    noted = read_object(path)
    for name, kind in _NOTED.items():
        if name in noted and (not isinstance(noted[name], kind) or isinstance(noted[name], bool)):
            raise ValueError(f"{path.name} has {type(noted[name]).__name__} for {name}")
    base = noted.get("base", {})
    for name in ("name", "digest"):
        if not isinstance(base.get(name, ""), str):
            raise ValueError(f"{path.name} has {type(base[name]).__name__} for base.{name}")
    return noted


def _check_pairs(found: AdapterFiles) -> None:
    pairs = found.pairs()
    if not pairs:
        raise ValueError(f"{WEIGHTS} holds no LoRA weights")
    if strange := [name for name in found.weights if not name.startswith(_PREFIX)]:
        raise ValueError(f"{some(strange, len(found.weights))} tensors do not begin with {_PREFIX}")
    alone = [f"{module}.lora_{side}" for module, pair in pairs.items() for side in pair if len(pair) == 1]
    if alone:
        raise ValueError(f"{some(alone, len(pairs))} modules have one matrix of the two, A and B")
    if empty := [name for name, tensor in found.weights.items() if 0 in tensor.shape]:
        raise ValueError(f"{some(empty, len(found.weights))} tensors hold no numbers")
    apart = [
        module
        for module, pair in pairs.items()
        if len(pair["A"]) < 2 or len(pair["B"]) < 2 or pair["A"][0] != pair["B"][1]
    ]
    if apart:
        shapes = " and ".join(str(pairs[apart[0]][side]) for side in "AB")
        raise ValueError(f"A and B do not fit each other in {some(apart, len(pairs))} modules: {shapes}")


def _check_ranks(found: AdapterFiles) -> None:
    config, pairs = found.config, found.pairs()
    pattern = config.get("rank_pattern") or {}
    stated = {"r": config.get("r"), **(pattern if isinstance(pattern, dict) else {"rank_pattern": pattern})}
    widest = max(max(pair["A"][1], pair["B"][0]) for pair in pairs.values())
    for name, rank in stated.items():
        if type(rank) is not int or rank < 1:
            raise ValueError(f"{CONFIG} gives no rank ({short(name)} is {reprlib.repr(rank)})")
        if rank > widest:  # no module has room for it, and a server would make room for what is stated
            raise ValueError(
                f"{CONFIG} says rank {rank:,} ({short(name)}), and the widest module has {widest}"
            )
    alphas = config.get("alpha_pattern") or {}
    scales = [config.get("lora_alpha", 1), *(alphas.values() if isinstance(alphas, dict) else ("",))]
    if not all(isinstance(alpha, int | float) and math.isfinite(alpha) for alpha in scales):
        raise ValueError(f"{CONFIG} gives no lora_alpha")
    largest = max(pair["A"][0] for pair in pairs.values())
    if largest > widest and not config.get("target_parameters"):
        raise ValueError(f"its matrices have rank {largest:,}, and the widest module has {widest}")
    apart = [
        module
        for module, pair in pairs.items()
        if not _may_have(pair["A"][0], _rank(module, config["r"], pattern), config)
    ]
    if apart:
        first = apart[0]
        raise ValueError(
            f"{CONFIG} says another rank than the matrices have in {some(apart, len(pairs))} modules: "
            f"{_rank(first, config['r'], pattern)}, not {pairs[first]['A'][0]}"
        )


def _may_have(rank: int, stated: int, config: Mapping[str, Any]) -> bool:
    # Of parameters that hold several matrices, such as experts, LoRA's lie one behind another.
    return rank == stated or bool(config.get("target_parameters") and rank % stated == 0)


def _rank(module: str, otherwise: int, pattern: Mapping[str, int]) -> int:
    """As PEFT finds it: the first pattern that ends the module's name."""
    for ending, rank in pattern.items():
        try:
            if re.match(rf"(.*\.)?({ending})$", module):
                return rank
        except re.error as error:
            raise ValueError(f"{CONFIG} has {reprlib.repr(ending)} in rank_pattern: {error}") from error
    return otherwise


def refuse_links(folder: Path) -> None:
    """Hold a folder that others made to files of its own: what it links to is read, copied and mounted too.

    Raises:
        UsageError: links that lead elsewhere than into the folder or the Hub's cache.
    """
    if links := list(_outside(folder)):
        raise UsageError(
            f"{folder} cannot be used: {len(links)} of its files are links that lead out of it (the first is "
            f"{short(links[0])}). Copy the files themselves."
        )


def _outside(folder: Path) -> Iterator[str]:
    """Links that lead out of the folder, but for those into the Hub's cache, where files lie by digest."""
    home = folder.resolve()
    allowed = [home, hub_cache()]
    if home.parent.name == "snapshots":
        allowed.append(home.parent.parent / "blobs")
    for place, folders, files in os.walk(home):
        for name in sorted([*folders, *files]):
            path = Path(place) / name
            if not path.is_symlink():
                continue
            try:
                real = path.resolve()
            except (OSError, RuntimeError):  # a circle of links
                continue
            if not any(real.is_relative_to(inside) for inside in allowed):
                yield path.relative_to(home).as_posix()


def hub_cache() -> Path:
    """Folder in which the Hub's programs keep what they downloaded."""
    home = os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser().resolve()
