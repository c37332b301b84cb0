"""Answers of a sample that asked several questions, as its solver kept them in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import Logprobs, StopReason
from inspect_ai.solver import TaskState

ANSWERS = "answers"
"""Store key of the answers; ``solvers/asking.py`` writes them."""


@dataclass(frozen=True)
class Kept:
    """One kept answer.

    Attributes:
        text: what the model wrote; empty where nothing came back.
        stop_reason: why it ended; None where nothing came back.
        error: what went wrong, or None.
        logprobs: of the first token, where they were asked for and returned.
    """

    text: str
    stop_reason: StopReason | None
    error: str | None
    logprobs: Logprobs | None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Kept:
        """The answer that a record of the store describes."""
        return cls(
            text=record["text"],
            stop_reason=record["stop_reason"],
            error=record["error"],
            logprobs=Logprobs.model_validate(record["logprobs"]) if record["logprobs"] else None,
        )


def answers_of(state: TaskState) -> dict[str, Kept]:
    """Answers by the question's name; empty where the sample ended before any was given."""
    stored: dict[str, dict[str, Any]] = state.store.get(ANSWERS, {})
    return {name: Kept.of(record) for name, record in stored.items()}
