"""A model that always says the same."""

from __future__ import annotations

from typing import Any

from inspect_ai.log import EvalLog
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model


def saying(text: str, name: str) -> Model:
    """Inspect's mock model; with usage, since it would fetch a tokenizer's file to count tokens."""

    def output(*_: Any) -> ModelOutput:
        found = ModelOutput.from_content(name, text)
        found.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return found

    return get_model(name, memoize=False, custom_outputs=output)


def missing(log: EvalLog) -> dict[str, float]:
    """Scorer → share of answers that are missing, of a run that ended."""
    assert log.status == "success" and log.results is not None
    return {
        score.scorer: score.metrics["missing"].value
        for score in log.results.scores
        if "missing" in score.metrics
    }
