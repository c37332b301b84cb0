"""What was measured, as the Hub's metadata of evaluation results (``model-index``)."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from fiduciary.economics.estimation import THETA_NAMES


def model_index(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Results of a re-benchmark: estimates with the ends of their 95 % intervals, choices, missing answers.

    Args:
        facts: what an adapter's ``training.json`` holds. Each comparison under ``measured`` makes a result.

    Returns:
        The value of ``model-index``; empty where nothing was measured.
    """
    results = []
    for comparison in facts.get("measured", {}).get("comparisons", []):
        name = next(iter(comparison.get("adapters", {})), None)
        if name is None:
            continue
        metrics = _metrics(comparison, name)
        if metrics:
            task, way = comparison["task"], comparison["elicitation"]
            results.append(
                {
                    "task": {"type": "text-generation"},
                    "dataset": {"name": f"{task}, by {way}", "type": str(task).split(" ")[0]},
                    "metrics": metrics,
                }
            )
    title = f"{facts['method']} adapter: {facts['target']['name']}"
    return [{"name": title, "results": results}] if results else []


def _metrics(comparison: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    metrics = []
    own = comparison["estimates"].get(name, {})
    for parameter in (*THETA_NAMES, "rho"):
        value = own.get("estimates", {}).get(parameter)
        if own.get("statuses", {}).get(parameter) == "not identified":
            value = None  # the point at which a search stopped; its interval still says something
        low, high, *_ = own.get("intervals", {}).get(parameter, (None, None))
        metrics += [
            _metric(parameter, value),
            _metric(f"{parameter}_low", low),
            _metric(f"{parameter}_high", high),
        ]
    verdict = comparison["adapters"][name]
    for key, type_ in (("best", "best_choices"), ("loss_share", "loss_share")):
        metrics.append(_metric(type_, (verdict.get(key) or {}).get("adapter")))
        metrics.append(_metric(f"{type_}_difference_to_base", (verdict.get(key) or {}).get("difference")))
        metrics.append(_metric(f"{type_}_difference_stderr", (verdict.get(key) or {}).get("se")))
    if own.get("n") is not None and own.get("missing") is not None:
        # A fit counts the answers that it was made from.
        asked = own["n"] + (own["missing"] if "n_groups" in own else 0)
        metrics.append(_metric("missing_share", own["missing"] / asked if asked else None))
    return [metric for metric in metrics if metric is not None]


def _metric(type_: str, value: Any) -> dict[str, Any] | None:
    if not isinstance(value, (int, float)) or not isfinite(value):
        return None
    return {"type": type_, "value": round(float(value), 4)}
