"""What a command ends with: what it wrote, and what to type next."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from fiduciary.adapter_files import CHECKPOINTS, CONFIG, AdapterFiles, read_adapter
from fiduciary.training.adapter_card import task_asked


def after_data(out: Path) -> str:
    """The last line of a command that made pairs."""
    data = shlex.quote(str(out))
    recipe = "training/recipes/small-dpo.yaml"
    return _line(str(out), f"fiduciary train dpo --recipe {recipe} --base MODEL --data {data} --out ADAPTER")


def after_adapter(out: Path, *beside: Path) -> str:
    """The last line of a command that made an adapter.

    Args:
        out: its folder.
        beside: adapters to compare it with.
    """
    found = read_adapter(out)
    words = ["fiduciary", "rebench", "--base", _base(found)]
    for folder in (*beside, out):
        words += ["--adapter", _named(folder)]
    words += ["--checkpoints"] if (out / CHECKPOINTS).is_dir() else []
    if "data" in found.facts and "target" in found.facts:
        task, given = task_asked(found.facts)
        words += ["--task", " ".join([task, *(f"{name}={value}" for name, value in given.items())])]
    return _line(str(out), shlex.join([*words, "--out", f"{out}-rebench"]))


def after_comparison(out: Path, written: Sequence[str], *, cards: bool) -> str:
    """The last line of a re-benchmark.

    Args:
        out: its folder.
        written: names of its files.
        cards: whether the adapters' cards were filled in.
    """
    logs = shlex.quote(str(out / "logs"))
    then = f"fiduciary report {logs}" if cards else "the same with --write-cards, to fill in the cards"
    return _line(f"{out}: {', '.join(written)}, logs/", then)


def first_process() -> bool:
    """Whether this is the one of a run's processes that speaks."""
    return os.environ.get("RANK", "0") == "0"


def _named(folder: Path) -> str:
    """With a name where the folder's own cannot be one."""
    own = folder.resolve().name
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", own).lstrip("._-") or "adapter"
    return str(folder) if name == own else f"{name}={folder}"


def _base(found: AdapterFiles) -> str:
    noted = found.facts.get("base", {}).get("name")
    return str(noted or found.config.get("base_model_name_or_path") or f"(see {CONFIG})")


def _line(written: str, then: str) -> str:
    return f"Written to {written}. Next: {then}"
