"""Answers to the pairs of a choice set, read and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai.solver import TaskState

from fiduciary.scorers._answers import answers_of
from fiduciary.scorers._labelled import LABELS, read_labelled
from fiduciary.scorers._rows import required

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


def counts_of(state: TaskState) -> PairCounts:
    """Count the answers that ``solvers.pairs.ask_pairs`` kept.

    A question without an answer (the sample ended early) is missing with reason "error". With
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
            said = read_labelled(kept.get(f"{pair}-{repeat}"), elicitation, LABELS[:2])
            if not said.valid:
                reasons[said.reason or "no answer"] += 1
                continue
            shares = said.tempered(float(metadata["temperature"]))
            asked[i, j] += 1
            first_wins[i, j] += float(said.stated.place == 0) if shares is None else shares[0]
            if said.by_probability:
                outside.append(said.outside)
    return PairCounts(asked, first_wins, dict(reasons), tuple(outside))
