"""What is checked before any work: the base model, the length of texts, the space on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fiduciary.training.errors import TrainingError

PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_BYTES = 4  # of an adapter's weight
_SPARE = 64 * 2**20


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


def load_tokenizer(base: str, revision: str) -> Any:
    """The base's tokenizer, which must know how to lay out a conversation.

    Raises:
        TrainingError: it has no chat template, or cannot be loaded without running its own code.
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
    return tokenizer


def check_lengths(rows: Sequence[dict[str, Any]], tokenizer: Any, limit: int | None) -> int:
    """Tokens of the longest conversation, which must not be cut: the choice stands at its end.

    Args:
        rows: rows with ``prompt`` and further columns of messages.
        tokenizer: the base's.
        limit: the recipe's ``max_length``.

    Raises:
        TrainingError: longer than the limit.
    """
    answers = [name for name in ("chosen", "rejected", "completion") if name in rows[0]]

    def characters(row: dict[str, Any]) -> int:
        return sum(len(m["content"]) for m in row["prompt"]) + max(
            len(row[name][0]["content"]) for name in answers
        )

    longest = 0
    for row in sorted(rows, key=characters)[-32:]:
        for name in answers:
            text = tokenizer.apply_chat_template([*row["prompt"], *row[name]], tokenize=False)
            longest = max(longest, len(tokenizer(text, add_special_tokens=False)["input_ids"]))
    if limit is not None and longest > limit:
        raise TrainingError(
            f"the longest conversation has {longest} tokens and max_length is {limit}: the choice at its end "
            f"would be cut off. Set max_length to {longest} or more."
        )
    return longest


def check_disk(folder: Path, parameters: int, checkpoints: int) -> int:
    """Bytes that checkpoints (weights and two moments of Adam) and the adapter take; they must be free.

    Args:
        folder: where they go; it exists.
        parameters: trainable parameters.
        checkpoints: most checkpoints there will be at a time.

    Raises:
        TrainingError: too little space.
    """
    needed = parameters * _BYTES * (3 * (checkpoints + 1) + 1) + _SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise TrainingError(
            f"the disk of {folder} has {free / 1e9:.2f} GB free and the run needs {needed / 1e9:.2f} GB. "
            f"Make room, or keep fewer checkpoints (save_total_limit)."
        )
    return needed
