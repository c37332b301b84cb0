"""What an encouragement does to arguments and choices, and whether what is argued causes the choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.inference import LEVEL, Interval, mean
from fiduciary.economics.instruments import (
    DirectRoute,
    TwoStage,
    association,
    direct_route,
    learned_two_stage,
    two_stage,
)
from fiduciary.economics.instruments.learned import BLOCKS
from fiduciary.scorers.instruments.learner import available, boosted
from fiduciary.scorers.instruments.table import FORMS, Pairs, Table

_STREAM = 31  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class Effects:
    """All figures of a log.

    Attributes:
        linear: two stages with the encouragement itself as the instrument: its first stage is the share of
            explanations moved to argue for the group, its reduced form the dollars that the group gains.
        learned: two stages with the instrument learned from the wording; None where it was not asked for, or
            there are too few problems.
        direct: the encouragement where no explanation carries it.
        explanation: dollars by an explanation, the context held: that of another encouragement.
        context: dollars by the encouragement in the context, the explanation held.
        association: dollars by which the group that is argued for unasked gains above the menu's mean,
            against the other groups: what would be taken for an effect without an instrument.
    """

    linear: TwoStage
    learned: TwoStage | None
    direct: DirectRoute
    explanation: Interval
    context: Interval
    association: Interval

    @property
    def causal(self) -> bool:
        """Whether a two-stage effect may be called one of what is argued."""
        return self.direct.nil


def effects(found: Table, level: float = LEVEL, seed: int | None = None) -> Effects | None:
    """The figures; None with fewer than two problems whose pairs are complete.

    Args:
        found: of a log.
        level: of intervals.
        seed: of the blocks of the learned first stage; None leaves it out.
    """
    pairs = found.pairs
    at_once = np.flatnonzero(np.isfinite(pairs.direct).all(axis=1))
    names = np.array(pairs.groups)
    if len(set(names[pairs.known])) < 2 or len(set(names[at_once])) < 2:
        return None
    direct = pairs.direct[at_once]
    return Effects(
        linear_stages(pairs, level),
        None if seed is None else learned_stages(pairs, seed, level),
        direct_route(direct[:, 1] - direct[:, 0], names[at_once], pairs.stake[at_once]),
        _mean(pairs.elsewhere, names, level),
        _mean(pairs.own_context, names, level),
        _association(found, level),
    )


def linear_stages(pairs: Pairs, level: float = LEVEL) -> TwoStage:
    """Two stages with the encouragement itself as the instrument; every pair has a constant of its own."""
    known = np.flatnonzero(pairs.known)
    y, d, clusters = _columns(pairs, known)
    return two_stage(y, d, np.tile([0.0, 1.0], len(known)), clusters, None, np.repeat(known, 2), level)


def learned_stages(pairs: Pairs, seed: int, level: float = LEVEL) -> TwoStage | None:
    """The same with the instrument learned from the wording; None with too few problems, or no learner.

    Not from the group: effects differ between groups, and weights that depend on the group would make another
    mean of them.
    """
    known = np.flatnonzero(pairs.known)
    y, d, clusters = _columns(pairs, known)
    if len(set(clusters)) < 2 * BLOCKS or not available():
        return None
    asked = np.column_stack([np.ones(len(known)), np.eye(FORMS)[pairs.form[known]]])
    z = np.stack([np.zeros_like(asked), asked], axis=1).reshape(-1, 1 + FORMS)
    who = np.repeat(np.eye(len(STAKEHOLDERS))[pairs.named[known], 1:], 2, axis=0)
    rng = np.random.default_rng([seed, _STREAM])
    return learned_two_stage(y, d, z, clusters, boosted, rng, who, np.repeat(known, 2), level)


def _columns(pairs: Pairs, known: IntArray) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Gain, argument and problem of both explanations of each pair, (2P,)."""
    clusters = np.repeat(np.array(pairs.groups)[known], 2)
    return pairs.gain[known].ravel(), pairs.argues[known].ravel(), clusters


def _mean(values: FloatArray, names: np.ndarray, level: float) -> Interval:
    there = np.isfinite(values)
    return mean(values[there], names[there], level)


def _association(found: Table, level: float) -> Interval:
    names, argued, above = found.unasked
    if len(names) < 2 or not 0 < argued.mean() < 1:
        return Interval(level=level, reason="no two groups differ in being argued for")
    clusters, who = np.repeat(np.array(names), 4), np.tile(np.eye(4)[:, 1:], (len(names), 1))
    return association(above.ravel(), argued.ravel(), clusters, who, level=level)
