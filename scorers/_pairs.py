"""Answers to the pairs of a choice set, read and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai.model import Logprobs
from inspect_ai.solver import TaskState

from fiduciary.scorers._answers import answers_of
from fiduciary.scorers._labels import label_probabilities
from fiduciary.scorers._rows import required
from fiduciary.scorers.reading.choice import Reading, read_choice

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

REQUIRED = ("group", "m", "stratum", "questions", "repeats", "elicitation", "temperature")


@dataclass(frozen=True)
class PairCounts:
    """What a sample answered about the pairs of its set.

    Attributes:
        asked: valid answers with i shown first and j second, (m, m).
        first_wins: how many of them chose i; with log-probabilities, the sum of its probabilities, (m, m).
        reasons: missing answers by reason.
        mass_outside: probability outside the labels of each answer (only with log-probabilities).
    """

    asked: IntArray
    first_wins: FloatArray
    reasons: Mapping[str, int]
    mass_outside: tuple[float, ...] = field(default=())

    @property
    def answered(self) -> int:
        """Valid answers."""
        return int(self.asked.sum())

    @property
    def missing(self) -> int:
        """Missing answers."""
        return sum(self.reasons.values())


def check(metadata: Mapping[str, Any] | None, sample: str | int | None) -> Mapping[str, Any]:
    """A sample's metadata, if they hold what scoring its pairs needs.

    Raises:
        ValueError: naming the keys that are missing.
    """
    return required(metadata, REQUIRED, sample, "tasks/transitivity and tasks/money_pump")


def read_pair(text: str, elicitation: str, stop_reason: str | None, error: str | None) -> Reading:
    """How a text answer to a choice between two options reads."""
    if error:
        return Reading(reason="error")
    return read_choice(text, 2, elicitation in ("explain", "both"), stop_reason or "stop")


def counts_of(state: TaskState) -> PairCounts:
    """Count the answers that ``solvers.pairs.ask_pairs`` kept.

    A question without an answer (the sample ended early) is missing with reason "no answer". With
    log-probabilities, a label that was not returned is censored: all probability of the two labels is
    then the other one's.

    Raises:
        ValueError: metadata that scoring needs are missing.
    """
    metadata = check(state.metadata, state.sample_id)
    m, elicitation = int(metadata["m"]), str(metadata["elicitation"])
    kept = answers_of(state)
    asked, first_wins = np.zeros((m, m), np.int64), np.zeros((m, m))
    reasons: Counter[str] = Counter()
    outside: list[float] = []
    for pair in metadata["questions"]:
        i, j = (int(option) for option in pair.split("-"))
        for repeat in range(1, int(metadata["repeats"]) + 1):
            answer = kept.get(f"{pair}-{repeat}")
            if answer is None:
                reasons["no answer"] += 1
                continue
            reading = read_pair(answer.text, elicitation, answer.stop_reason, answer.error)
            won: float | None = None
            if elicitation == "logprobs":
                won = _probability(answer.logprobs, outside)
            elif reading.reason is None:
                won = float(reading.place == 0)
            if won is None:
                reasons[reading.reason or "no log-probabilities"] += 1
            else:
                asked[i, j] += 1
                first_wins[i, j] += won
    return PairCounts(asked, first_wins, dict(reasons), tuple(outside))


def _probability(logprobs: Logprobs | None, outside: list[float]) -> float | None:
    """Probability of the first label among the two, or None; adds the mass outside both to a list."""
    labels = label_probabilities(logprobs, 2)
    if labels is None:
        return None
    outside.append(labels.outside)
    return labels.by_place[0] or 0.0
