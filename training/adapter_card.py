"""The model card of an adapter: whose preference it states, how it was made, what it is not for."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS
from fiduciary.training.card_parts import base_licence, ces_target, front, render
from fiduciary.training.evaluation_metadata import model_index
from fiduciary.training.targets import is_social

MEASURED = ("<!-- measured: begin -->", "<!-- measured: end -->")
"""What stands between these lines is filled in when the adapter was measured."""


def card(facts: dict[str, Any], measured: str = "\n") -> str:
    """The text of README.md.

    Args:
        facts: what ``training.json`` holds.
        measured: what stands between the marks; a line end where nothing was measured.
    """
    base = facts["base"]["name"]
    local = Path(base).is_dir()
    social = is_social(facts["target"])
    licence = base_licence(base)
    head: dict[str, Any] = licence | {"language": ["en"], "library_name": "peft"}
    head |= {"pipeline_tag": "text-generation"}
    # The Hub takes names of its own only, so that a local base is named in the text alone.
    head |= {} if local else {"base_model": base, "base_model_relation": "adapter"}
    head["tags"] = ["lora", facts["method"].lower(), "trl", "economics", "alignment"]
    index = model_index(facts)
    head |= {"model-index": index} if index else {}
    body = render(
        "adapter.md.j2",
        facts=facts,
        base_called=Path(base).name if local else base,
        base_version=_base_version(facts),
        social=social,
        ces=None if social else ces_target(facts["target"]),
        environment=_environment(facts),
        asking=asking(facts),
        licence=licence,
        marks=MEASURED,
        measured=measured,
    )
    return front(head) + "\n" + body


def asking(facts: Mapping[str, Any], adapter: str = "ADAPTER") -> str:
    """The command that asks an adapter as it was trained.

    Args:
        facts: what ``training.json`` holds.
        adapter: its folder.
    """
    task, given = task_asked(facts)
    words = ["inspect", "eval", f"tasks/{task}", *(f"-T {name}={value}" for name, value in given.items())]
    words += ["--model", f"peft/{'name' if adapter == 'ADAPTER' else Path(adapter).name}"]
    words += ["-M", f"base={shlex.quote(facts['base']['name'])}", "-M", f"adapter={shlex.quote(adapter)}"]
    return " ".join(words)


def task_asked(facts: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The task that asks an adapter as it was trained, and its arguments."""
    data = facts["data"]
    given = _as_games(data) if is_social(facts["target"]) else _as_choices(data)
    return data.get("task", "stakeholder_choice"), given


def _as_choices(data: Mapping[str, Any]) -> dict[str, str]:
    wordings = data.get("wordings", ["plain"])
    out = {"wording": "all" if set(wordings) == set(NEUTRAL_WORDINGS) else ",".join(wordings)}
    if "own" in data:
        explained = data["own"] + data["written"]
        out["elicitation"] = "choose" if explained == 0 else "explain" if explained == 1 else "both"
    elif "elicitation" in data:
        out["elicitation"] = "both" if data["elicitation"] == "all" else data["elicitation"]
    if data.get("trade_offs", "default") != "default":
        out["trade_offs"] = data["trade_offs"]
    return out


def _as_games(data: Mapping[str, Any]) -> dict[str, str]:
    labels = data.get("labels", "neutral")
    out = {"labels": "neutral" if labels == "both" else labels, "elicitation": "text"}
    return out if data.get("elicitation") == "answer" else out | {"explain": "true"}


def _base_version(facts: dict[str, Any]) -> dict[str, str]:
    base = facts["base"]
    rows = {"Base": f"`{base['name']}`", "Base revision": base["revision"]}
    if "digest" in base:
        rows["Base digest (SHA-256 over its safetensors files)"] = f"`{base['digest']}`"
    return rows | {f"SHA-256 of `{name}`": f"`{digest}`" for name, digest in facts.get("files", {}).items()}


def _environment(facts: dict[str, Any]) -> dict[str, str]:
    # What the build of PyTorch says, where the run noted nothing else.
    build = str(facts["versions"].get("torch", ""))
    hardware = "CPU, no accelerator" if build.endswith("+cpu") else f"what PyTorch {build} found"
    rows = {"hardware": facts.get("hardware") or hardware}
    told = [record["train_runtime"] for record in facts.get("log", []) if "train_runtime" in record]
    seconds = facts.get("seconds") or (told[-1] if told else None)
    return rows | ({} if seconds is None else {"time of training": f"{seconds / 60:.1f} minutes"})
