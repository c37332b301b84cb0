"""What the consistency scorer left in its scores, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.losses import Losses


class Stakes(NamedTuple):
    """One entry a score.

    Attributes:
        right: 1 where the choice maximises utility (its probability under log-probabilities).
        missing: no valid answer.
        regret: u_best − u_chosen, dollars, 0 where missing.
        stake: u_best − u_worst, dollars.
        chance: share of options that maximise utility.
        chance_regret: u_best − mean u, dollars.
    """

    right: FloatArray
    missing: BoolArray
    regret: FloatArray
    stake: FloatArray
    chance: FloatArray
    chance_regret: FloatArray

    def losses(self, which: BoolArray) -> Losses:
        """What some of the answers lose."""
        return Losses(self.regret[which], self.stake[which], self.right[which])


def stakes_of(scores: Sequence[SampleScore]) -> Stakes:
    """Read the scores of ``scorers.stakeholder_choice.consistency``."""
    metadata = [s.score.metadata or {} for s in scores]

    def column(name: str) -> FloatArray:
        return np.array([float(m[name] or 0.0) for m in metadata])

    return Stakes(
        np.array([s.score.as_float() for s in scores]),
        np.array([bool(m["missing"]) for m in metadata]),
        column("regret"),
        column("stake"),
        column("chance"),
        column("chance_regret"),
    )
