"""Answers of a sample that asked several questions, as its solver kept them in the store."""

from __future__ import annotations

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


def answers_of(state: TaskState) -> dict[str, Kept]:
    """Answers by the question's name; empty where the sample ended before any was given."""
    stored: dict[str, dict[str, Any]] = state.store.get(ANSWERS, {})
    return {
        name: Kept(
            text=kept["text"],
            stop_reason=kept["stop_reason"],
            error=kept["error"],
            logprobs=Logprobs.model_validate(kept["logprobs"]) if kept["logprobs"] else None,
        )
        for name, kept in stored.items()
    }
