"""What is checked before any work: the base model, the length of texts, the space on the disk."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fiduciary.training.conversations import folded, laid_out, takes_system, whole
from fiduciary.training.errors import TrainingError

PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_BYTES = 4  # of an adapter's weight
_SPARE = 64 * 2**20
_KERNELS = {"flash_attention_2": "flash_attn", "flash_attention_3": "flash_attn_interface"}
"""Attention that needs a package: its name, the package's."""


def check_base(base: str) -> None:
    """Look at a local base's files; a name on the Hub is looked at when it is loaded.

    Raises:
        TrainingError: no model, an adapter instead of one, or weights that are not safetensors.
    """
    folder = Path(base)
    if not folder.is_dir():
        if folder.is_absolute() or base.startswith(".") or base.count("/") > 1:
            raise TrainingError(f"the base {base} is not a folder.")
        return
    files = [file.name for file in folder.iterdir()]
    if "adapter_config.json" in files and "config.json" not in files:
        raise TrainingError(
            f"{base} is an adapter, not a base model. Merge it into its base first, or name the base."
        )
    if "config.json" not in files:
        raise TrainingError(f"{base} holds no model (no config.json).")
    if not any(name.endswith(".safetensors") for name in files):
        pickled = sorted(name for name in files if name.endswith(PICKLED))
        raise TrainingError(
            f"{base} has no .safetensors weights"
            + (
                f", only pickled ones ({', '.join(pickled)}), which can run code when loaded"
                if pickled
                else ""
            )
            + ". Convert them where you trust them: model.save_pretrained(folder, safe_serialization=True)."
        )


def check_machine(config: Any, model: Any) -> None:
    """Look for the packages and the hardware that a recipe's settings need.

    Args:
        config: TRL's settings.
        model: TRL's settings of the model.

    Raises:
        TrainingError: something is missing, or a setting that would be ignored.
    """
    import torch

    gpu = bool(torch.cuda.is_available())
    attention = model.attn_implementation or ""
    bits = next((bits for bits in (4, 8) if getattr(model, f"load_in_{bits}bit")), None)
    if "/" in attention:
        raise TrainingError(f"attn_implementation: {attention} would run code from the Hub, which stays off.")
    if (package := _KERNELS.get(attention)) and not (gpu and find_spec(package)):
        what = f"the package {package.replace('_', '-')}" if gpu else "a GPU"
        raise TrainingError(
            f"attn_implementation: {attention} needs {what}, which is not here. Take PyTorch's, sdpa."
        )
    if config.use_liger_kernel and not (gpu and find_spec("liger_kernel")):
        what = "the package liger-kernel" if gpu else "a GPU"
        raise TrainingError(f"use_liger_kernel needs {what}, which is not here. Set it to false.")
    if bits and not (gpu and find_spec("bitsandbytes")):
        what = "the package bitsandbytes" if gpu else "a GPU"
        raise TrainingError(f"load_in_{bits}bit needs {what}, which is not here. Leave it out.")
    if bits != 4:
        kin = ("bnb_4bit_quant_type", "use_bnb_nested_quant", "bnb_4bit_quant_storage")
        unset = type(model)()
        if idle := [name for name in kin if getattr(model, name) != getattr(unset, name)]:
            raise TrainingError(f"{idle[0]} says how 4 bits are used, and load_in_4bit is not set.")


def load_tokenizer(base: str, revision: str) -> Any:
    """The base's tokenizer, which must know how to lay out a conversation.

    Raises:
        TrainingError: it has no chat template, one that cannot lay out a question and its answer, or cannot
            be loaded without running its own code.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(base, revision=revision, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise TrainingError(f"the tokenizer of {base} could not be loaded: {error}") from error
    if tokenizer.chat_template is None:
        raise TrainingError(
            f"{base} has no chat template: it is a completion model, not an instruct model. Use the "
            f"instruct variant, or put a chat_template.jinja beside its tokenizer."
        )
    asked = [{"role": "system", "content": "You manage."}, {"role": "user", "content": "Choose."}]
    asked = asked if takes_system(tokenizer) else folded(asked)
    laid_out(tokenizer, asked, system=True)
    whole(tokenizer, [*asked, {"role": "assistant", "content": "A"}])
    return tokenizer


def with_system_folded(table: Any, tokenizer: Any) -> Any:
    """A table of conversations that the chat template can lay out.

    Args:
        table: with a column ``prompt`` of messages.
        tokenizer: the base's. Where its template takes no system message, the system texts go into the first
            user's turn.
    """
    if takes_system(tokenizer):
        return table
    return table.map(lambda row: {"prompt": folded(row["prompt"])}, load_from_cache_file=False)


def check_lengths(rows: Sequence[dict[str, Any]], tokenizer: Any, limit: int | None) -> int:
    """Tokens of the longest conversation, which must not be cut: the choice stands at its end.

    Args:
        rows: rows with ``prompt`` and further columns of messages.
        tokenizer: the base's.
        limit: the recipe's ``max_length``.

    Raises:
        TrainingError: longer than the limit, or what the chat template cannot lay out.
    """
    answers = [name for name in ("chosen", "rejected", "completion") if name in rows[0]]

    def characters(row: dict[str, Any]) -> int:
        return sum(len(m["content"]) for m in row["prompt"]) + max(
            len(row[name][0]["content"]) for name in answers
        )

    longest = 0
    for row in sorted(rows, key=characters)[-32:]:
        for name in answers:
            text = whole(tokenizer, [*row["prompt"], *row[name]])
            longest = max(longest, len(tokenizer(text, add_special_tokens=False)["input_ids"]))
    if limit is not None and longest > limit:
        raise TrainingError(
            f"the longest conversation has {longest} tokens and max_length is {limit}: the choice at its end "
            f"would be cut off. Set max_length to {longest} or more."
        )
    return longest


def count_kept(config: Any, rows: int) -> int:
    """How many checkpoints there will be before the last step, of which the adapter is kept.

    Args:
        config: TRL's settings.
        rows: of what is learnt from.

    Raises:
        TrainingError: none.
    """
    batch = config.per_device_train_batch_size * config.gradient_accumulation_steps * config.world_size
    steps = config.max_steps if config.max_steps > 0 else math.ceil(config.num_train_epochs * rows / batch)
    every = config.save_steps if config.save_steps >= 1 else math.ceil(steps * config.save_steps)
    kept = {"steps": (steps - 1) // every, "epoch": math.ceil(config.num_train_epochs) - 1}
    found = int(kept.get(config.save_strategy, 0))
    if found < 1:
        raise TrainingError(
            f"--keep-checkpoints would keep none: the recipe saves by save_strategy {config.save_strategy}, "
            f"save_steps {config.save_steps:g}, and there are about {steps} steps. Add --save_steps N."
        )
    return found


def check_disk(folder: Path, parameters: int, checkpoints: int, kept: int = 0) -> int:
    """Bytes that checkpoints (weights and two moments of Adam) and adapters take; they must be free.

    Args:
        folder: where they go; it exists.
        parameters: trainable parameters.
        checkpoints: most checkpoints there will be at a time.
        kept: checkpoints of which the adapter stays.

    Raises:
        TrainingError: too little space.
    """
    needed = parameters * _BYTES * (3 * (checkpoints + 1) + 1 + kept) + _SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise TrainingError(
            f"the disk of {folder} has {free / 1e9:.2f} GB free and the run needs {needed / 1e9:.2f} GB. "
            f"Make room, or keep fewer checkpoints (save_total_limit)."
        )
    return needed
