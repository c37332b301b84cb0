"""The card of the embedded base model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiduciary.training.card_parts import AUTHORS, LICENCE, front, render
from fiduciary.training.tiny_manager.data import preference

_PARAMETERS = ("theta_SH", "theta_EM", "theta_CO", "theta_SOC", "rho", "gamma")
_WAYS = ("choose", "explain", "text")


def base_card(facts: Mapping[str, Any], numbers: int, files: Mapping[str, str], digest: str) -> str:
    """The text of README.md.

    Args:
        facts: what the base's ``training.json`` holds.
        numbers: parameters in its weights.
        files: file → SHA-256 of the weights.
        digest: what adapters note of the base.
    """
    head = {
        "license": LICENCE,
        "language": ["en"],
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["llama", "economics", "alignment", "synthetic"],
        "model-index": _index(facts["measured"]["runs"]),
    }
    versions = {
        "Fiduciary": facts["version"],
        "Base digest (SHA-256 over its safetensors files)": f"`{digest}`",
        **{f"SHA-256 of `{name}`": f"`{value}`" for name, value in files.items()},
    }
    environment = {
        "hardware": facts["hardware"],
        "time of training": f"{sum(stage['minutes'] for stage in facts['stages'])} minutes",
        **facts["versions"],
    }
    body = render(
        "tiny_manager_base.md.j2",
        facts=facts,
        numbers=numbers,
        versions=versions,
        environment=environment,
        preference=preference,
        parameters=_PARAMETERS,
        ways=_WAYS,
        valid=_valid,
        maker={"maker": AUTHORS},
        licence=LICENCE,
    )
    return front(head) + "\n" + body


def _valid(run: Mapping[str, Any], way: str) -> float:
    return float(run["mass_on_labels"] if way == "choose" else run[way]["valid"])


def _index(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All measurements as the Hub's evaluation results."""
    results = []
    for run in runs:
        for way in _WAYS:
            metrics = [{"type": "valid_share", "value": _valid(run, way)}]
            for name in _PARAMETERS:
                value, se = run[way][name]
                metrics.append({"type": name, "value": value})
                metrics += [{"type": f"{name}_stderr", "value": se}] if se else []
            asked = f"stakeholder_choice, {run['framing']}, {run['design']}, by {way}"
            results.append(
                {
                    "task": {"type": "text-generation"},
                    "dataset": {"name": asked, "type": "stakeholder_choice"},
                    "metrics": metrics,
                }
            )
    return [{"name": "Tiny manager, base", "results": results}]
