"""What the tests of the re-benchmark are put together from: answers of known preferences, adapters' files."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.scorers.choice_table import Table
from fiduciary.training.adapter_card import MEASURED
from fiduciary.training.rebench.canary import Sighting
from fiduciary.training.rebench.choices import Comparison
from fiduciary.training.rebench.other import Shift
from fiduciary.training.rebench.plan import BASE, Contender, Plan, TaskSpec
from fiduciary.training.rebench.run import Outcome


def answers(
    preference: str | CES,
    n: int = 200,
    *,
    problems: int = 0,
    draws: int = 0,
    elicitation: str = "text",
    asked: int = 1,
    best: bool = False,
) -> Table:
    """Answers to n problems by a logit subject.

    Args:
        preference: a profile or a utility.
        n: number of problems.
        problems: seed of the problems.
        draws: seed of the noise.
        elicitation: ``choose`` and ``explain`` add the labels' probabilities.
        asked: how often each problem is asked, each time with noise of its own.
        best: without noise.
    """
    utility = PROFILES[preference] if isinstance(preference, str) else preference
    made = generate(n, problems)
    welfare = np.tile(stack(made), (asked, 1, 1))
    temperature = np.ones(len(welfare))
    if elicitation != "choose":
        temperature = np.resize([0.2, 0.5, 1.0, 1.5], len(welfare))
    u = utility.utility(welfare)
    exists = ~np.isnan(u)
    chosen = draw_choices(u, temperature, np.random.default_rng(draws))
    if best:
        chosen = np.nanargmax(u, axis=1)
    probabilities = np.full(u.shape, np.nan)
    if elicitation != "text":
        probabilities = np.where(exists, choice_probabilities(u), np.nan)
    # Shown in an order that changes from problem to problem, so that positions say nothing.
    rng = np.random.default_rng(1000 + problems)
    position = np.full(u.shape, -1)
    for row, there in zip(position, exists, strict=True):
        row[there] = rng.permutation(there.sum())
    return Table(
        welfare=welfare,
        chosen=chosen,
        temperature=temperature,
        position=position,
        label=position,
        probabilities=probabilities,
        mass_outside=np.full(len(welfare), np.nan),
        groups=np.array([problem.id for problem in made] * asked),
        trade_off=np.array([problem.trade_off for problem in made] * asked),
        wording=np.full(len(welfare), "plain"),
        reason=(None,) * len(welfare),
        elicitation=elicitation,
        shift=5.0,
    )


def safetensors(path: Path, shapes: Mapping[str, tuple[int, ...]], metadata: bool = True) -> None:
    """A file of zeros, without the library."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}} if metadata else {}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(end))


PROJECTION = "model.layers.0.self_attn.q_proj"


def write_base(folder: Path, hidden: int = 8, out: int = 6) -> Path:
    """A folder that passes for a base with one projection."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    safetensors(folder / "model.safetensors", {f"{PROJECTION}.weight": (out, hidden)})
    return folder


def write_adapter(
    folder: Path,
    base: str,
    *,
    hidden: int = 8,
    out: int = 6,
    rank: int = 4,
    module: str = PROJECTION,
    facts: Mapping[str, Any] | None = None,
    **config: Any,
) -> Path:
    """A folder that passes for a LoRA adapter of it."""
    folder.mkdir(parents=True)
    config = {"peft_type": "LORA", "r": rank, "base_model_name_or_path": base} | config
    (folder / "adapter_config.json").write_text(json.dumps(config))
    prefix = f"base_model.model.{module}"
    shapes = {f"{prefix}.lora_A.weight": (rank, hidden), f"{prefix}.lora_B.weight": (out, rank)}
    safetensors(folder / "adapter_model.safetensors", shapes)
    if facts is not None:
        (folder / "training.json").write_text(json.dumps(facts))
        (folder / "README.md").write_text(
            f"# A card\n\n## Measured\n\n{MEASURED[0]}\n{MEASURED[1]}\n\nEnd.\n"
        )
    return folder


def outcome(folder: Path, comparisons: tuple[Comparison, ...], shifts: dict[str, list[Shift]]) -> Outcome:
    """An outcome of base, one adapter with a target in ``folder/adapter``, and the base again."""
    contenders = (
        Contender(BASE),
        Contender("adapter", folder / "adapter", Principal.named("nonprofit"), "digest", 4),
        Contender("again"),
    )
    plan = Plan("some/base", contenders, (TaskSpec.parse("stakeholder_choice n=120"),), folder / "out")
    seen = (Sighting("adapter", 0.5, 0.0),)
    return Outcome(plan, "a server", seen, comparisons, shifts, {"stakeholder_choice n=120": {BASE: "log"}})
