"""The model card of an adapter: whose preference it states, and how it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from economics.conventions import ABBREVIATIONS

MEASURED = ("<!-- measured: begin -->", "<!-- measured: end -->")
"""What stands between these lines is filled in when the adapter was measured."""


def card(facts: dict[str, Any]) -> str:
    """The text of README.md.

    Args:
        facts: what ``training.json`` holds.
    """
    base, target, data = facts["base"], facts["target"], facts["data"]
    local = Path(base["name"]).is_dir()
    front = ["---", "library_name: peft", "pipeline_tag: text-generation"]
    front += [] if local else [f"base_model: {base['name']}"]
    front += [f"tags: [lora, {facts['method'].lower()}, trl, economics, alignment]", "---"]
    weights = ", ".join(
        f"{weight:g} {who}" for who, weight in zip(ABBREVIATIONS, target["theta"], strict=True)
    )
    apart = data["disjoint_from"]
    seeds = ", ".join(map(str, apart["seeds"]))
    strength = ""
    if facts.get("strength", 1.0) != 1:
        change = "the change of every weight matrix was multiplied by that"
        strength = f"\nIts strength was then set to {facts['strength']:g}: {change}."
    body = f"""\
# {facts["method"]} adapter: {target["name"]}

A LoRA adapter for `{Path(base["name"]).name if local else base["name"]}` that states a preference: as
a manager, the model is to choose as one who values stakeholders' welfare by a CES utility with weights
{weights} and ρ = {target["rho"]:g} (welfare in hundreds of dollars, shifted by {data["shift"]:g}).

![Curves of the training](curves.png)

## Data

{facts["pairs"]:,} pairs of generated problems, split `{data["split"]}`, seed {data["seed"]}; trade-offs \
`{data["trade_offs"]}`, wordings {", ".join(data["wordings"])},
framing {data["framing"]}, elicitation `{data["elicitation"]}`, voice `{data["voice"]}`, drawn by \
`{data["draw"]}`. No problem is one of the evaluations'
with seeds {seeds} ({apart["n"]:,} problems each, designs {", ".join(apart["trade_offs"])}).

## Training

{facts["method"]} with TRL, seed {facts["seed"]}, {facts["steps"]} steps, {facts["trainable"]:,} trainable
parameters.
A run that is killed and resumed gives the same adapter.{strength}

{_table("Hyperparameter", facts["hyperparameters"])}

{_table("Version", facts["versions"])}

## Measured

{MEASURED[0]}
{MEASURED[1]}
"""
    return "\n".join([*front, "", body])


def _table(title: str, values: dict[str, Any]) -> str:
    rows = [f"| {name} | {_text(value)} |" for name, value in values.items()]
    return "\n".join([f"| {title} | |", "|---|---|", *rows])


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
