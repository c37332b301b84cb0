"""What the inventories' tests read from logs."""

from __future__ import annotations

from typing import Any

import numpy as np
from inspect_ai.log import EvalLog


def scored(log: EvalLog) -> list[dict[str, Any]]:
    """Metadata of every block's score, joined with those of the sample."""
    assert log.status == "success", log.error
    assert log.samples
    return [{**s.metadata, **(s.scores or {})["inventory_answers"].metadata} for s in log.samples]  # type: ignore[dict-item]


def keyed(log: EvalLog) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Facet → (blocks, items) answers in the direction of the trait, NaN where missing."""
    rows: dict[str, list[list[float]]] = {}
    for block in scored(log):
        by_facet: dict[str, list[float]] = {}
        for item, agreement in zip(block["items"], block["agreement"], strict=True):
            answer = np.nan if agreement is None else float(agreement)
            by_facet.setdefault(item["facet"], []).append(6 - answer if item["reversed"] else answer)
        for facet, answers in by_facet.items():
            rows.setdefault(facet, []).append(answers)
    return {facet: np.array(answers) for facet, answers in rows.items()}


def metrics(log: EvalLog) -> dict[str, float]:
    """The log's metrics by name."""
    assert log.results
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
