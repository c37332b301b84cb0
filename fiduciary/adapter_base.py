"""Whether an adapter was made for a base, read without loading weights; digests of both."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from fiduciary.adapter_files import AdapterFiles, hub_cache, some
from fiduciary.errors import UsageError
from fiduciary.tensor_files import short, tensors

Shape = tuple[int, ...]

_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_LAYER = re.compile(r"(?:^|\.)(?P<layer>[^.]+\.\d+)(?=\.|$)")


def check_base(found: AdapterFiles, base: str) -> None:
    """Hold an adapter to the base that it is to be used with.

    Args:
        found: the adapter.
        base: folder or name of the base.

    Raises:
        UsageError: it was made for another base, or the base is damaged.
    """
    folder, noted = found.folder, found.facts.get("base", {})
    said = noted.get("name") or found.config.get("base_model_name_or_path")
    named = short(str(said or "a base without a name"))
    local = Path(base)
    if not local.is_dir():
        if not said or named == base:
            return
        if _HUB.fullmatch(named):  # a folder elsewhere may hold what the Hub has
            here = "" if local.exists() else f" (and there is no folder {base})"
            raise UsageError(f"{folder} was trained on {named}, not on {base}{here}.")
        held = _downloaded(base)
        if held is None:
            raise UsageError(
                f"{folder} was trained on the folder {named}, which cannot be compared with {base}: name "
                f"that folder in place of {base}, or download it first (hf download {base})."
            )
        local = held
    digest = noted.get("digest")
    if digest is not None and digest != weights_digest(local):
        raise UsageError(
            f"{folder} was trained on a base with other weights than {base} has (it was {named}). Name that "
            f"base, or train the adapter again."
        )
    names, shapes = _on_disk(local)
    for name, wanted in found.pairs().items():
        for side, shape in wanted.items():
            # A maps the module's input to the rank, B the rank to its output; some layers lie transposed.
            there = shapes.get(name, ())
            if len(there) == 2 and len(shape) == 2 and (shape[1] if side == "A" else shape[0]) not in there:
                raise UsageError(
                    f"{folder} is an adapter for another base: {short(name)}.lora_{side}.weight is {shape}, "
                    f"and {base} has {there} there. It was trained on {named}."
                )
    if lost := _lost(found, names, local):
        raise UsageError(
            f"{folder} is an adapter for another base: {some(lost, len(found.modules()))} of the modules "
            f"that it changes are none of {base}'s. It was trained on {named}."
        )


def _downloaded(name: str) -> Path | None:
    """Where the Hub's cache holds a model's weights; None where it does not."""
    stored = hub_cache() / f"models--{name.replace('/', '--')}"
    main = stored / "refs" / "main"
    if not _HUB.fullmatch(name) or not main.is_file():
        return None
    held = stored / "snapshots" / main.read_text("utf-8").strip()
    return held if any(held.glob("*.safetensors")) else None


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


def _lost(found: AdapterFiles, names: set[str], base: Path) -> list[str]:
    """Modules of an adapter that a base cannot have: tied, packed and renamed ones are not named on disk."""
    lost = [name for name in found.modules() if name not in names]
    if not lost:
        return []
    built = _built(base.resolve())
    if built is not None:
        known = {_tail(name) for name in names | built}
        return [name for name in lost if _tail(name) not in known]
    if len(lost) == len(found.modules()):  # of this very base they have other names on disk
        return [] if "digest" in found.facts.get("base", {}) else lost
    layers = {_tail(name, layer=True) for name in names}
    return [name for name in lost if _tail(name, layer=True) not in layers | {""}]


@cache
def _built(base: Path) -> frozenset[str] | None:
    """Names of the modules as they are in memory; None where nothing here can tell."""
    try:
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM

        config = AutoConfig.from_pretrained(base, trust_remote_code=False)
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    except Exception:  # whatever an unknown configuration leads to: loading the base will say it
        return None
    return frozenset(name for name, _ in model.named_modules())


def _tail(name: str, *, layer: bool = False) -> str:
    """A module's name from its layer on, such as layers.3.mlp: what comes before differs by who loads it.

    Args:
        name: the module's.
        layer: the layer alone, "" for a module in none.
    """
    if matched := _LAYER.search(name):
        return matched["layer"] if layer else name[matched.start("layer") :]
    return "" if layer else name.rpartition(".")[2]


def _on_disk(base: Path) -> tuple[set[str], dict[str, Shape]]:
    """Names of the modules that a base has weights of, and shapes of those that are not quantised."""
    names, shapes = set(), {}
    for path in base.glob("*.safetensors"):
        try:
            header = tensors(path)
        except ValueError as error:
            raise UsageError(f"the base {base} is damaged: {error}. Copy it again.") from error
        for name, tensor in header.items():
            module, _, kind = name.rpartition(".")
            names.add(module)
            if kind == "weight" and tensor.plain:
                shapes[module] = tensor.shape
    return names, shapes
