"""Answers to the pairs of a choice set, read and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from inspect_ai.solver import TaskState

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.scorers.answers import answers_of
from fiduciary.scorers.decisions import decision
from fiduciary.scorers.labelled import read_labelled
from fiduciary.scorers.labels import LABELS
from fiduciary.scorers.rows import required

REQUIRED = ("group", "m", "stratum", "questions", "repeats", "elicitation", "temperature")


@dataclass(frozen=True)
class PairCounts:
    """What a sample answered about the pairs of its set.

    Attributes:
        asked: valid answers with i shown first and j second, (m, m).
        first_wins: how many of them chose i, or the sum of its probabilities, (m, m).
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


def by_probability(elicitation: object) -> bool:
    """Whether probabilities stand in the place of counted answers: nothing is sampled on the way to them."""
    return elicitation == "choose"


def check(metadata: Mapping[str, Any] | None, sample: str | int | None) -> Mapping[str, Any]:
    """A sample's metadata, if they hold what scoring its pairs needs.

    Raises:
        ValueError: naming the keys that are missing.
    """
    return required(metadata, REQUIRED, sample, "tasks/transitivity and tasks/money_pump")


def counts_of(state: TaskState, *, probabilities: bool) -> PairCounts:
    """Count the answers that ``solvers.pairs.ask_pairs`` kept.

    A question without an answer (the sample ended early) is missing with reason "error".

    Args:
        state: the sample.
        probabilities: add up probabilities of the labels in place of decisions. A label that was not
            returned is censored: all probability of the two labels is then the other one's.

    Raises:
        ValueError: metadata that scoring needs are missing.
    """
    metadata = check(state.metadata, state.sample_id)
    m, elicitation, labels = int(metadata["m"]), str(metadata["elicitation"]), LABELS[:2]
    answers = answers_of(state)
    asked, first_wins = np.zeros((m, m), np.int64), np.zeros((m, m))
    reasons: Counter[str] = Counter()
    outside: list[float] = []
    for pair in metadata["questions"]:
        i, j = (int(option) for option in pair.split("-"))
        for repeat in range(1, int(metadata["repeats"]) + 1):
            kept = answers.get(f"{pair}-{repeat}")
            reading = read_labelled(kept, elicitation, labels)
            if np.isfinite(reading.outside):
                outside.append(reading.outside)
            shares = reading.tempered(1.0) if probabilities else None
            place, reason = (0, reading.reason) if probabilities else decision(reading, kept, labels)
            if reason is not None:
                reasons[reason] += 1
                continue
            asked[i, j] += 1
            first_wins[i, j] += float(place == 0) if shares is None else shares[0]
    return PairCounts(asked, first_wins, dict(reasons), tuple(outside))
