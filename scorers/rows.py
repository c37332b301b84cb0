"""What tables start from: each sample's metadata and the metadata of its score, in a run or in a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

Row = tuple[str | int | None, Mapping[str, Any] | None, Mapping[str, Any]]
"""Sample id, sample metadata, metadata of the score."""


def scored_rows(
    scores: Sequence[SampleScore] | EvalLog, scorer: str, failed: Mapping[str, Any] | None = None
) -> Iterator[Row]:
    """The rows of one scorer.

    Args:
        scores: scores as a metric gets them, or a log read with its samples.
        scorer: name under which a log holds the scores.
        failed: stands for the score's metadata where a sample failed before it was scored.

    Raises:
        ValueError: a log whose samples have no score of that name.
    """
    if not isinstance(scores, EvalLog):
        for item in scores:
            yield item.sample_id, item.sample_metadata, item.score.metadata or {}
        return
    for sample in scores.samples or []:
        found = (sample.scores or {}).get(scorer)
        if found is None and sample.error is None:
            raise ValueError(
                f"sample {sample.id!r} has no score of {scorer!r}; it has "
                f"{', '.join(sample.scores or {}) or 'none'}"
            )
        yield sample.id, sample.metadata, (found.metadata or {}) if found else failed or {}


def required(
    metadata: Mapping[str, Any] | None, keys: Sequence[str], sample: str | int | None, tasks: str
) -> Mapping[str, Any]:
    """A sample's metadata, if they hold what scoring needs.

    Args:
        metadata: of the sample.
        keys: what scoring needs.
        sample: the sample's id.
        tasks: whose logs the scorer reads, for the message.

    Raises:
        ValueError: naming the keys that are missing.
    """
    metadata = metadata or {}
    lacking = [key for key in keys if key not in metadata]
    if lacking:
        raise ValueError(
            f"sample {sample!r} cannot be scored: its metadata lack {', '.join(lacking)}. This scorer reads "
            f"logs of {tasks}"
        )
    return metadata
